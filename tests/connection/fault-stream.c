/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/fault-stream.h"
#include "connection/message/wsp-stream-source-private.h"

#include <string.h>

struct _FaultStream
{
  GIOStream parent_instance;

  FaultPlan plan;
  Peer      peer;
  GObject  *input, *output;
  guint     n_steps;
  gboolean  is_stalled;
  gboolean  has_ended;          /* the peer's bytes end here, even if it has more */
  GError   *broken;             /* error that each further step returns; NULL: none */
};

G_DEFINE_FINAL_TYPE (FaultStream, fault_stream, G_TYPE_IO_STREAM)

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
is_readable (FaultStream *self)
{
  return !self->is_stalled &&
         (self->broken != NULL || self->has_ended || self->peer.outgoing->len > 0 ||
          self->peer.is_ended);
}

static gboolean
is_writable (FaultStream *self)
{
  return !self->is_stalled;
}

static gssize
step_read (FaultStream *self,
           gpointer     buffer,
           gsize        count,
           GError     **error)
{
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
step_write (FaultStream  *self,
            gconstpointer buffer,
            gsize         count,
            GError      **error)
{
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

/* The asynchronous calls: the step is made when the stream is ready for it. */

typedef struct
{
  FaultStream *stream;
  gpointer     buffer;
  gsize        count;
  gssize     (*step)(FaultStream *self,
                     gpointer     buffer,
                     gsize        count,
                     GError     **error);
} Pending;

static void
pending_free (Pending *self)
{
  g_object_unref (self->stream);
  g_free (self);
}

static gboolean
pending_run (GObject *half,
             gpointer data)
{
  GTask *task = data;
  Pending *pending = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;

  gssize n = pending->step (pending->stream, pending->buffer, pending->count, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_int (task, n);
  return G_SOURCE_REMOVE;
}

static void
begin_pending (gpointer            half,
               WspStreamReadyFunc  is_ready,
               FaultStream        *stream,
               gpointer            step,
               gpointer            buffer,
               gsize               count,
               GCancellable       *cancellable,
               GAsyncReadyCallback callback,
               gpointer            user_data)
{
  GTask *task = g_task_new (half, cancellable, callback, user_data);
  Pending *pending = g_new0 (Pending, 1);
  g_autoptr (GSource) source = wsp_stream_source_new (half, is_ready, cancellable);

  pending->stream = g_object_ref (stream);
  pending->buffer = buffer;
  pending->count = count;
  pending->step = step;
  g_task_set_task_data (task, pending, (GDestroyNotify) pending_free);
  g_source_set_callback (source, (GSourceFunc) (void (*)(void))pending_run, task, g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

/* The two halves */

#define FAULT_TYPE_INPUT (fault_input_get_type ())
G_DECLARE_FINAL_TYPE (FaultInput, fault_input, FAULT, INPUT, GInputStream)

struct _FaultInput
{
  GInputStream parent_instance;
  FaultStream *stream;          /* the stream, which owns this half */
};

static gboolean
input_is_ready (GObject *half)
{
  return is_readable (FAULT_INPUT (half)->stream);
}

static gboolean
fault_input_can_poll (GPollableInputStream *stream)
{
  return FAULT_INPUT (stream)->stream->plan.kind == STREAM_POLLABLE;
}

static gboolean
fault_input_is_readable (GPollableInputStream *stream)
{
  return input_is_ready (G_OBJECT (stream));
}

static GSource *
fault_input_create_source (GPollableInputStream *stream,
                           GCancellable         *cancellable)
{
  return wsp_stream_source_new (G_OBJECT (stream), input_is_ready, cancellable);
}

static gssize
fault_input_read_nonblocking (GPollableInputStream *stream,
                              void                 *buffer,
                              gsize                 count,
                              GError              **error)
{
  return step_read (FAULT_INPUT (stream)->stream, buffer, count, error);
}

static void
fault_input_pollable_init (GPollableInputStreamInterface *interface)
{
  interface->can_poll = fault_input_can_poll;
  interface->is_readable = fault_input_is_readable;
  interface->create_source = fault_input_create_source;
  interface->read_nonblocking = fault_input_read_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FaultInput, fault_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      fault_input_pollable_init))

static void
fault_input_read_async (GInputStream       *stream,
                        void               *buffer,
                        gsize               count,
                        int                 io_priority,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  begin_pending (stream, input_is_ready, FAULT_INPUT (stream)->stream, step_read, buffer, count,
                 cancellable, callback, user_data);
}

static gssize
fault_input_read_finish (GInputStream *stream,
                         GAsyncResult *result,
                         GError      **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
fault_input_class_init (FaultInputClass *class)
{
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (class);

  stream_class->read_async = fault_input_read_async;
  stream_class->read_finish = fault_input_read_finish;
}

static void
fault_input_init (FaultInput *self)
{
}

#define FAULT_TYPE_OUTPUT (fault_output_get_type ())
G_DECLARE_FINAL_TYPE (FaultOutput, fault_output, FAULT, OUTPUT, GOutputStream)

struct _FaultOutput
{
  GOutputStream parent_instance;
  FaultStream  *stream;         /* the stream, which owns this half */
};

static gboolean
output_is_ready (GObject *half)
{
  return is_writable (FAULT_OUTPUT (half)->stream);
}

static gboolean
fault_output_can_poll (GPollableOutputStream *stream)
{
  return FAULT_OUTPUT (stream)->stream->plan.kind == STREAM_POLLABLE;
}

static gboolean
fault_output_is_writable (GPollableOutputStream *stream)
{
  return output_is_ready (G_OBJECT (stream));
}

static GSource *
fault_output_create_source (GPollableOutputStream *stream,
                            GCancellable          *cancellable)
{
  return wsp_stream_source_new (G_OBJECT (stream), output_is_ready, cancellable);
}

static gssize
fault_output_write_nonblocking (GPollableOutputStream *stream,
                                const void            *buffer,
                                gsize                  count,
                                GError               **error)
{
  return step_write (FAULT_OUTPUT (stream)->stream, buffer, count, error);
}

static void
fault_output_pollable_init (GPollableOutputStreamInterface *interface)
{
  interface->can_poll = fault_output_can_poll;
  interface->is_writable = fault_output_is_writable;
  interface->create_source = fault_output_create_source;
  interface->write_nonblocking = fault_output_write_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FaultOutput, fault_output, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      fault_output_pollable_init))

static void
fault_output_write_async (GOutputStream      *stream,
                          const void         *buffer,
                          gsize               count,
                          int                 io_priority,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  begin_pending (stream, output_is_ready, FAULT_OUTPUT (stream)->stream, step_write,
                 (gpointer) buffer, count, cancellable, callback, user_data);
}

static gssize
fault_output_write_finish (GOutputStream *stream,
                           GAsyncResult  *result,
                           GError       **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

/* Without it GIO would close in a thread. */
static void
fault_output_close_async (GOutputStream      *stream,
                          int                 io_priority,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static gboolean
fault_output_close_finish (GOutputStream *stream,
                           GAsyncResult  *result,
                           GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
fault_output_class_init (FaultOutputClass *class)
{
  GOutputStreamClass *stream_class = G_OUTPUT_STREAM_CLASS (class);

  stream_class->write_async = fault_output_write_async;
  stream_class->write_finish = fault_output_write_finish;
  stream_class->close_async = fault_output_close_async;
  stream_class->close_finish = fault_output_close_finish;
}

static void
fault_output_init (FaultOutput *self)
{
}

/* The stream */

static GInputStream *
fault_stream_get_input (GIOStream *stream)
{
  return G_INPUT_STREAM (FAULT_STREAM (stream)->input);
}

static GOutputStream *
fault_stream_get_output (GIOStream *stream)
{
  return G_OUTPUT_STREAM (FAULT_STREAM (stream)->output);
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

/* In this thread, for the same reason. */
static void
fault_stream_close_async (GIOStream          *stream,
                          int                 io_priority,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  GError *error = NULL;

  if (fault_stream_close (stream, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
fault_stream_close_finish (GIOStream    *stream,
                           GAsyncResult *result,
                           GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
fault_stream_finalize (GObject *object)
{
  FaultStream *self = FAULT_STREAM (object);

  g_object_unref (self->input);
  g_object_unref (self->output);
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
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = fault_stream_finalize;
  stream_class->get_input_stream = fault_stream_get_input;
  stream_class->get_output_stream = fault_stream_get_output;
  stream_class->close_fn = fault_stream_close;
  stream_class->close_async = fault_stream_close_async;
  stream_class->close_finish = fault_stream_close_finish;
}

static void
fault_stream_init (FaultStream *self)
{
  FaultInput *input = g_object_new (FAULT_TYPE_INPUT, NULL);
  FaultOutput *output = g_object_new (FAULT_TYPE_OUTPUT, NULL);

  input->stream = self;
  output->stream = self;
  self->input = G_OBJECT (input);
  self->output = G_OBJECT (output);
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
