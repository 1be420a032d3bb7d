/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The opening handshake of a client on a blocking socket, for both examples of a WspSession. */
#pragma once

#include <libwsproto/wsproto-session.h>

/* Returns the connection of an open session.  rest: set to what was read after the response, the
 * first bytes of frames, if there was something. */
GSocketConnection *open_session (WspSession *session,
                                 const char *uri,
                                 GBytes    **rest,
                                 GError    **error);
