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

WspSession *
wsp_session_of_stream (WscStream *stream)
{
  return (WspSession *) ((char *) stream - offsetof (WspSession, engine.stream));
}

gboolean
wsp_session_is_free (WspSession *self)
{
  const WscEngine *engine = &self->engine;
  gboolean is_inside_message = engine->stream.sending.message.opcode != 0 ||
                               wsc_receive_path_is_inside_message (&engine->stream.receiving);

  return !self->is_driven && engine->stream.phase == WSC_PHASE_OPEN &&
         self->options->options.mode == WSC_MODE_AUTOMATIC &&
         !wsc_engine_has_pending (engine, WSC_ACTION_QUEUE_ALL) && !is_inside_message;
}

gboolean
wsp_session_give_stream (WspSession *self)
{
  GBytes *unread = self->details != NULL ? self->details->unread : NULL;
  WscBytes bytes = { NULL, 0 };

  if (!wsp_session_is_free (self))
    return FALSE;

  wsp_session_give_memory_back (self);
  if (unread != NULL)
    bytes.at = g_bytes_get_data (unread, &bytes.length);
  if (wsc_receive_path_unread (&self->engine.stream.receiving, bytes) != WSC_FAULT_NONE)
    return FALSE;

  if (unread != NULL)
    g_clear_pointer (&self->details->unread, g_bytes_unref);
  self->is_driven = TRUE;
  return TRUE;
}
