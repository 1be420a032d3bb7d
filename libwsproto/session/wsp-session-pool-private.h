/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The pool of sessions of a server's connections. */
#pragma once

#include <libwsproto/session/wsp-session.h>

/* Returns a session of the pool in the state of a new session: a server in automatic mode.
 * deflate may be NULL. */
WspSession *wsp_session_pool_acquire (WspLimits         *limits,
                                      WspDeflateOptions *deflate);
/* Takes the caller's reference to self.  A session of the pool returns to the pool; the caller's
 * reference must be the only one. */
void        wsp_session_pool_release (WspSession *self);
