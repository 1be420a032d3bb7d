/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a connection is called where one of them is chosen. */
#pragma once

#include "inspect/store/wsi-conversation.h"

G_BEGIN_DECLS

/* "#2 ws://h/chat"; a server has the same address as its clients.  In one line, and bounded. */
char *wsi_connection_name_dup (WsiConversation *conversation);

G_END_DECLS
