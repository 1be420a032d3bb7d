/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sentences about connections that several parts of the window show. */
#pragma once

#include "inspect/store/wsi-conversation.h"

G_BEGIN_DECLS

/* The state as a sign and a word: the sign alone may not be understood. */
char *wsi_state_text_dup (WsiConversation *conversation);

G_END_DECLS
