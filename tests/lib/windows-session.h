/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Calls of a session that only the API of Windows has: the tests play the rows of that API on
 * WspSession, too.  docs/rationales/windows.md has the reasons. */
#pragma once

#include "session/wsp-session-private.h"

/* Returns the index of the selected subprotocol in the client's offer; -1: none was selected. */
static inline int
windows_get_subprotocol_index (WspSession *session)
{
  return session->details != NULL ? session->details->subprotocol_index : -1;
}

/* WebSocketEndServerHandshake (): opens the session after the headers of the response were
 * returned.  The first Send, Receive or action opens the session too. */
static inline gboolean
windows_end_server_handshake (WspSession *session,
                              GError    **error)
{
  return wsp_session_open (session, error);
}
