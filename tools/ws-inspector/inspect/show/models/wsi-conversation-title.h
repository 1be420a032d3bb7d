/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a conversation is called on the screen, without secrets. */
#pragma once

#include "inspect/store/wsi-conversation.h"

G_BEGIN_DECLS

/* The whole URI, in one line, and bounded. */
char *wsi_conversation_title_dup_address (WsiConversation *conversation);
/* The path of the URI, whose host and scheme are those of the source; if the connections of the
 * store have several servers, the host with it: "localhost:9444 /chat".  In one line, and
 * bounded. */
char *wsi_conversation_title_dup_name (WsiConversation *conversation);
/* The number and name of a conversation, such as "#2 · /feed". */
char *wsi_conversation_title_dup      (WsiConversation *conversation);

G_END_DECLS
