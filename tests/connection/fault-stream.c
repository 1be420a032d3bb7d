/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/fault-stream.h"

#include <string.h>

struct _FaultStream
{
  PolledStream parent_instance;

  FaultPlan plan;
  Peer      peer;
  guint     n_steps;
  gboolean  is_stalled;
  gboolean  has_ended;          /* the peer's bytes end here, even if it has more */
  GError   *broken;             /* error that each further step returns; NULL: none */
};

G_DEFINE_FINAL_TYPE (FaultStream, fault_stream, POLLED_TYPE_STREAM)

/* The peer */

static void
peer_keep (Peer             *self,
           WspSessionAction *action)
{
  g_autoptr (GBytes) bytes = wsp_session_action_dup_bytes (action);
  WspBufferType type = wsp_session_action_get_buffer_type (action);
  gsize length = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  if (type == WSP_BUFFER_TYPE_UTF8_MESSAGE || type == WSP_BUFFER_TYPE_UTF8_FRAGMENT)
    g_string_append_len (self->partial, data, length);
  if (type == WSP_BUFFER_TYPE_UTF8_MESSAGE)
    {
      g_ptr_array_add (self->texts, g_strdup (self->partial->str));
      g_string_truncate (self->partial, 0);
    }
  wsp_session_complete_action (self->session, action, 0);
  wsp_session_receive (self->session, NULL);
}

static gboolean
peer_read (Peer             *self,
           WspSessionAction *action)
{
  gsize wanted = wsp_session_action_get_wanted (action);
  gsize length = MIN (wanted, self->incoming->len);

  if (length == 0)
    return FALSE;

  g_autoptr (GBytes) data = g_bytes_new (self->incoming->data, length);

  g_byte_array_remove_range (self->incoming, 0, length);
  wsp_session_complete_receive (self->session, action, data);
  return TRUE;
}

static gboolean
peer_step (Peer             *self,
           WspSessionAction *action)
{
  g_autoptr (GBytes) bytes = NULL;

  switch (wsp_session_action_get_action_type (action))
    {
    case WSP_ACTION_TYPE_SEND_TO_NETWORK:
      bytes = wsp_session_action_dup_bytes (action);
      g_byte_array_append (self->outgoing, g_bytes_get_data (bytes, NULL),
                           g_bytes_get_size (bytes));
      wsp_session_complete_action (self->session, action, g_bytes_get_size (bytes));
      return TRUE;
    case WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK:
      return peer_read (self, action);
    case WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE:
      peer_keep (self, action);
      return TRUE;
    case WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE:
    case WSP_ACTION_TYPE_NONE:
      wsp_session_complete_action (self->session, action, 0);
      return TRUE;
    }
  g_assert_not_reached ();
}

static gboolean
peer_pump_queue (Peer          *self,
                 WspActionQueue queue)
{
  gboolean moved = FALSE;

  for (;;)
    {
      g_autoptr (WspSessionAction) action = NULL;

      if (queue == WSP_ACTION_QUEUE_RECEIVE && self->waiting != NULL)
        action = g_steal_pointer (&self->waiting);
      else
        action = wsp_session_next_action (self->session, queue,
                                          self->error == NULL ? &self->error : NULL);
      if (action == NULL)
        return moved;
      if (!peer_step (self, action))
        {
          self->waiting = g_steal_pointer (&action);
          return moved;
        }
      moved = TRUE;
    }
}

void
peer_pump (Peer *self)
{
  while (peer_pump_queue (self, WSP_ACTION_QUEUE_SEND)
         | peer_pump_queue (self, WSP_ACTION_QUEUE_RECEIVE))
    continue;

  WspSessionState state = wsp_session_get_state (self->session);

  self->is_ended = state == WSP_SESSION_STATE_CLOSED || state == WSP_SESSION_STATE_FAILED;
}

/* One step */

static GError *
make_broken (Fault fault)
{
  switch (fault)
    {
    case FAULT_CONNECTION_CLOSED:
      return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "reset by the test");
    case FAULT_TIMED_OUT:
      return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "timed out by the test");
    case FAULT_BROKEN_PIPE:
      return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE, "broken by the test");
    case FAULT_NONE:
    case FAULT_SHORT:
    case FAULT_WOULD_BLOCK:
    case FAULT_STALL:
    case FAULT_END:
    case FAULT_CLOSE:
    case N_FAULTS:
      break;
    }
  return NULL;
}

/* Counts the step and makes it fail if the plan says so.  Returns how many bytes it may move, 0 for
 * the end, -1 with an error. */
static gssize
begin_step (FaultStream *self,
            gsize        length,
            GError     **error)
{
  Fault fault = ++self->n_steps == self->plan.step ? self->plan.fault : FAULT_NONE;

  length = MIN (length, self->plan.chunk);
  if (fault == FAULT_SHORT)
    return 1;
  self->has_ended |= fault == FAULT_END;
  if (fault == FAULT_END)
    return 0;
  self->is_stalled |= fault == FAULT_STALL;
  self->broken = make_broken (fault);
  if (self->broken != NULL)
    {
      g_propagate_error (error, g_error_copy (self->broken));
      return -1;
    }
  if (fault == FAULT_STALL || fault == FAULT_WOULD_BLOCK)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "not now");
      return -1;
    }
  return length;
}

static gboolean
can_step (FaultStream *self,
          GError     **error)
{
  if (self->broken != NULL)
    g_propagate_error (error, g_error_copy (self->broken));
  else if (self->is_stalled)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "stalled");
  return self->broken == NULL && !self->is_stalled;
}

static gboolean
fault_stream_is_readable (PolledStream *stream)
{
  FaultStream *self = FAULT_STREAM (stream);

  return !self->is_stalled &&
         (self->broken != NULL || self->has_ended || self->peer.outgoing->len > 0 ||
          self->peer.is_ended);
}

static gboolean
fault_stream_is_writable (PolledStream *stream)
{
  return !FAULT_STREAM (stream)->is_stalled;
}

static gssize
fault_stream_read (PolledStream *stream,
                   gpointer      buffer,
                   gsize         count,
                   GError      **error)
{
  FaultStream *self = FAULT_STREAM (stream);

  if (!can_step (self, error))
    return -1;
  if (self->has_ended)
    return 0;
  if (self->peer.outgoing->len == 0)
    {
      if (self->peer.is_ended)
        return 0;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "nothing there");
      return -1;
    }

  gssize length = begin_step (self, MIN (count, self->peer.outgoing->len), error);

  if (length > 0)
    {
      memcpy (buffer, self->peer.outgoing->data, length);
      g_byte_array_remove_range (self->peer.outgoing, 0, length);
    }
  return length;
}

static gssize
fault_stream_write (PolledStream *stream,
                    gpointer      buffer,
                    gsize         count,
                    GError      **error)
{
  FaultStream *self = FAULT_STREAM (stream);

  if (!can_step (self, error))
    return -1;

  gssize length = begin_step (self, count, error);

  /* The peer's bytes have ended; the connection can still write. */
  if (length == 0)
    length = MIN (count, self->plan.chunk);
  if (length > 0)
    {
      g_byte_array_append (self->peer.incoming, buffer, length);
      peer_pump (&self->peer);
    }
  return length;
}

static gboolean
fault_stream_can_poll (PolledStream *stream)
{
  return FAULT_STREAM (stream)->plan.kind == STREAM_POLLABLE;
}

static gboolean
fault_stream_close (GIOStream    *stream,
                    GCancellable *cancellable,
                    GError      **error)
{
  if (FAULT_STREAM (stream)->plan.fault != FAULT_CLOSE)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "closing fails in the test");
  return FALSE;
}

static void
fault_stream_finalize (GObject *object)
{
  FaultStream *self = FAULT_STREAM (object);

  g_clear_error (&self->broken);
  g_clear_pointer (&self->peer.waiting, wsp_session_action_free);
  g_object_unref (self->peer.session);
  g_byte_array_unref (self->peer.incoming);
  g_byte_array_unref (self->peer.outgoing);
  g_ptr_array_unref (self->peer.texts);
  g_string_free (self->peer.partial, TRUE);
  g_clear_error (&self->peer.error);

  G_OBJECT_CLASS (fault_stream_parent_class)->finalize (object);
}

static void
fault_stream_class_init (FaultStreamClass *class)
{
  PolledStreamClass *stream_class = POLLED_STREAM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = fault_stream_finalize;
  G_IO_STREAM_CLASS (class)->close_fn = fault_stream_close;
  stream_class->can_poll = fault_stream_can_poll;
  stream_class->is_readable = fault_stream_is_readable;
  stream_class->is_writable = fault_stream_is_writable;
  stream_class->read = fault_stream_read;
  stream_class->write = fault_stream_write;
}

static void
fault_stream_init (FaultStream *self)
{
  self->peer.incoming = g_byte_array_new ();
  self->peer.outgoing = g_byte_array_new ();
  self->peer.texts = g_ptr_array_new_with_free_func (g_free);
  self->peer.partial = g_string_new (NULL);
}

FaultStream *
fault_stream_new (const FaultPlan *plan,
                  WspRole          peer_role)
{
  FaultStream *self = g_object_new (FAULT_TYPE_STREAM, NULL);

  self->plan = *plan;
  self->peer.session = wsp_session_new_established (peer_role, NULL, NULL, NULL);
  g_assert_cmpuint (wsp_session_receive (self->peer.session, NULL), !=, 0);
  return self;
}

Peer *
fault_stream_get_peer (FaultStream *self)
{
  return &self->peer;
}

guint
fault_stream_get_n_steps (FaultStream *self)
{
  return self->n_steps;
}

gboolean
fault_stream_is_closed (FaultStream *self)
{
  return g_io_stream_is_closed (G_IO_STREAM (self));
}
