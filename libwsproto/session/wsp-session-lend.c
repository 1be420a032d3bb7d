/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls of a connection to its session, in addition to the public ones. */
#include "session/wsp-session-lend-private.h"

#include "base/wsp-error-private.h"
#include "core/stream/receive-path.h"
#include "session/wsp-session-private.h"

WscStream *
wsp_session_peek_stream (WspSession *self)
{
  return &self->engine.stream;
}
