/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The connections of a session that tests make. */
#pragma once

#include "inspect/sources/wsi-session.h"

/* The first one with this role whose handshake has succeeded; NULL: there is none yet. */
WsiConversation *open_conversation_dup (WsiSession *session,
                                        WspRole     role);
