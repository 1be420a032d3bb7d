/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What a connection asks of its session beside the calls that are public: a connection drives the
 * stream of its session itself. */
#pragma once

#include <libwsproto/session/wsp-session.h>

#include "core/stream/stream.h"

/* The stream, which lives as long as the session, to be looked at. */
WscStream *wsp_session_peek_stream  (WspSession *self);
/* From here on the caller drives the stream, and the calls that would drive the session fail.
 * Bytes that the session was given and has not read are in the stream.  FALSE: the session is not
 * open, not in automatic mode, has something to do, or is driven by another connection. */
gboolean wsp_session_give_stream     (WspSession *self);
/* Would it be given? */
gboolean wsp_session_is_free         (WspSession *self);
/* Takes limits that have changed, unless a message is being received. */
void     wsp_session_refresh_options (WspSession *self);
/* The reason of the peer's Close outlives the memory that it was read into. */
void     wsp_session_keep_close_reason (WspSession *self,
                                        const char *reason,
                                        gsize       length);
/* limit: the property whose limit was exceeded, or NULL; may be NULL itself. */
GError  *wsp_session_make_error      (WspSession  *self,
                                      WscFault     fault,
                                      const char **limit);

typedef enum
{
  WSP_MESSAGE_LIMIT_ON,
  WSP_MESSAGE_LIMIT_OFF,        /* messages of any length and any number of fragments */
} WspMessageLimit;

/* At once, also for the message that is coming: what of it has come is the caller's to judge.
 * FALSE: it was so before. */
gboolean wsp_session_set_message_limit (WspSession     *self,
                                        WspMessageLimit limit);

/* What was done, as an action for those who look on; nothing is handed out. */
void     wsp_session_action_describe_read     (WspSessionAction *self,
                                               WscBuffer         bytes);
void     wsp_session_action_describe_received (WspSessionAction  *self,
                                               const WscReceived *received);
void     wsp_session_action_describe_written  (WspSessionAction *self,
                                               WscBytes          bytes);
void     wsp_session_action_describe_sent     (WspSessionAction *self,
                                               WscBufferType     type,
                                               guint16           close_code);

/* Takes the reference.  A session of the pool that was never shown goes back there: it is the last
 * one then. */
void        wsp_session_pool_release (WspSession *self);
/* It is about to be shown to the program, which may keep it, or tie something to it. */
WspSession *wsp_session_pool_detach  (WspSession *self);
