/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Calls of a session that only the API of Windows has: the tests play the rows of that API on
 * WspSession, too.  docs/rationales/windows.md has the reasons. */
#pragma once

#include <libwsproto/session/wsp-session.h>

/* Returns the index of the selected subprotocol in the client's offer; -1: none was selected. */
int wsp_session_get_subprotocol_index     (WspSession *self);
/* WebSocketEndServerHandshake (): opens the session after the headers of the response were
 * returned.  The first Send, Receive or action opens the session too. */
gboolean wsp_session_end_server_handshake (WspSession *self,
                                           GError    **error);
