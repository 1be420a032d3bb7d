/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls of a connection to its session, in addition to the public ones: a connection drives the
 * stream of its session itself. */
#pragma once

#include <libwsproto/session/wsp-session.h>

#include "core/stream/stream.h"
#include "session/wsp-session-private.h"

/* Returns the stream of the session, which lives as long as the session. */
WscStream *wsp_session_peek_stream  (WspSession *self);
/* Applies limits that have changed, unless a message is being received. */
void     wsp_session_replace_options (WspSession *self);
/* Copies the reason of the peer's Close, which is in read memory. */
void     wsp_session_keep_close_reason (WspSession *self,
                                        const char *reason,
                                        gsize       length);
/* Returns the bytes of the reason, which may have a NUL. */
gsize    wsp_session_get_peer_close_reason_length (WspSession *self);
/* limit: nullable; set to the property whose limit was exceeded, or to NULL. */
GError  *wsp_session_make_error      (WspSession  *self,
                                      WscFault     fault,
                                      const char **limit);

typedef enum
{
  WSP_MESSAGE_LIMIT_ON,
  WSP_MESSAGE_LIMIT_OFF,        /* messages of any length and any number of fragments */
} WspMessageLimit;

/* Takes effect at once, also for the message that is being received: the caller checks the part
 * that was received before.  FALSE: limit was already set. */
gboolean wsp_session_set_message_limit (WspSession     *self,
                                        WspMessageLimit limit);

static inline WspRole
wsp_session_peek_role (const WspSession *self)
{
  return self->settings & WSP_SESSION_SETTING_SERVER ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT;
}

/* Returns the session that the stream is part of. */
static inline WspSession *
wsp_session_of_stream (WscStream *stream)
{
  return (WspSession *) ((char *) stream - offsetof (WspSession, engine.stream));
}

/* TRUE: a limit has changed, which most often is not so. */
static inline gboolean
wsp_session_has_old_options (const WspSession *self)
{
  return G_UNLIKELY ((self->details != NULL && self->details->next_limits != NULL) ||
                     g_atomic_int_get (&self->options->is_outdated));
}

/* Call it before each message. */
static inline void
wsp_session_refresh_options (WspSession *self)
{
  if (wsp_session_has_old_options (self))
    wsp_session_replace_options (self);
}
