/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/polled-stream.h"

#include "connection/message/wsp-stream-source-private.h"

typedef struct
{
  GInputStream  *input;
  GOutputStream *output;
} PolledStreamPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PolledStream, polled_stream, G_TYPE_IO_STREAM)

static gboolean
polled_stream_can_poll (PolledStream *self)
{
  PolledStreamClass *class = POLLED_STREAM_GET_CLASS (self);

  return class->can_poll == NULL || class->can_poll (self);
}

/* The asynchronous calls */

typedef struct
{
  PolledStream *stream;
  gpointer      buffer;
  gsize         count;
  PolledMove    move;
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

  gssize n = pending->move (pending->stream, pending->buffer, pending->count, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_int (task, n);
  return G_SOURCE_REMOVE;
}

static void
pending_begin (GTask             *task,
               WspStreamReadyFunc is_ready,
               PolledStream      *stream,
               PolledMove         move,
               gpointer           buffer,
               gsize              count)
{
  Pending *pending = g_new0 (Pending, 1);
  g_autoptr (GSource) source =
    wsp_stream_source_new (g_task_get_source_object (task), is_ready,
                           g_task_get_cancellable (task));

  pending->stream = g_object_ref (stream);
  pending->buffer = buffer;
  pending->count = count;
  pending->move = move;
  g_task_set_task_data (task, pending, (GDestroyNotify) pending_free);
  g_source_set_callback (source, (GSourceFunc) (void (*)(void))pending_run, task, g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

/* The two halves */

#define POLLED_TYPE_INPUT (polled_input_get_type ())
G_DECLARE_FINAL_TYPE (PolledInput, polled_input, POLLED, INPUT, GInputStream)

struct _PolledInput
{
  GInputStream  parent_instance;
  PolledStream *stream;         /* the stream, which owns this half */
};

static gboolean
input_is_ready (GObject *half)
{
  PolledStream *stream = POLLED_INPUT (half)->stream;

  return POLLED_STREAM_GET_CLASS (stream)->is_readable (stream);
}

static gboolean
polled_input_can_poll (GPollableInputStream *half)
{
  return polled_stream_can_poll (POLLED_INPUT (half)->stream);
}

static gboolean
polled_input_is_readable (GPollableInputStream *half)
{
  return input_is_ready (G_OBJECT (half));
}

static GSource *
polled_input_create_source (GPollableInputStream *half,
                            GCancellable         *cancellable)
{
  return wsp_stream_source_new (G_OBJECT (half), input_is_ready, cancellable);
}

static gssize
polled_input_read (GPollableInputStream *half,
                   void                 *buffer,
                   gsize                 count,
                   GError              **error)
{
  PolledStream *stream = POLLED_INPUT (half)->stream;

  return POLLED_STREAM_GET_CLASS (stream)->read (stream, buffer, count, error);
}

static void
polled_input_pollable_init (GPollableInputStreamInterface *interface)
{
  interface->can_poll = polled_input_can_poll;
  interface->is_readable = polled_input_is_readable;
  interface->create_source = polled_input_create_source;
  interface->read_nonblocking = polled_input_read;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PolledInput, polled_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      polled_input_pollable_init))

static void
polled_input_read_async (GInputStream       *half,
                         void               *buffer,
                         gsize               count,
                         int                 io_priority,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  PolledStream *stream = POLLED_INPUT (half)->stream;

  pending_begin (g_task_new (half, cancellable, callback, user_data), input_is_ready, stream,
                 POLLED_STREAM_GET_CLASS (stream)->read, buffer, count);
}

static void
polled_input_class_init (PolledInputClass *class)
{
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (class);

  stream_class->read_async = polled_input_read_async;
}

static void
polled_input_init (PolledInput *self)
{
}

#define POLLED_TYPE_OUTPUT (polled_output_get_type ())
G_DECLARE_FINAL_TYPE (PolledOutput, polled_output, POLLED, OUTPUT, GOutputStream)

struct _PolledOutput
{
  GOutputStream parent_instance;
  PolledStream *stream;         /* the stream, which owns this half */
};

static gboolean
output_is_ready (GObject *half)
{
  PolledStream *stream = POLLED_OUTPUT (half)->stream;

  return POLLED_STREAM_GET_CLASS (stream)->is_writable (stream);
}

static gboolean
polled_output_can_poll (GPollableOutputStream *half)
{
  return polled_stream_can_poll (POLLED_OUTPUT (half)->stream);
}

static gboolean
polled_output_is_writable (GPollableOutputStream *half)
{
  return output_is_ready (G_OBJECT (half));
}

static GSource *
polled_output_create_source (GPollableOutputStream *half,
                             GCancellable          *cancellable)
{
  return wsp_stream_source_new (G_OBJECT (half), output_is_ready, cancellable);
}

static gssize
polled_output_write (GPollableOutputStream *half,
                     const void            *buffer,
                     gsize                  count,
                     GError               **error)
{
  PolledStream *stream = POLLED_OUTPUT (half)->stream;

  return POLLED_STREAM_GET_CLASS (stream)->write (stream, (gpointer) buffer, count, error);
}

static void
polled_output_pollable_init (GPollableOutputStreamInterface *interface)
{
  interface->can_poll = polled_output_can_poll;
  interface->is_writable = polled_output_is_writable;
  interface->create_source = polled_output_create_source;
  interface->write_nonblocking = polled_output_write;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PolledOutput, polled_output, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      polled_output_pollable_init))

static void
polled_output_write_async (GOutputStream      *half,
                           const void         *buffer,
                           gsize               count,
                           int                 io_priority,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  PolledStream *stream = POLLED_OUTPUT (half)->stream;

  pending_begin (g_task_new (half, cancellable, callback, user_data), output_is_ready, stream,
                 POLLED_STREAM_GET_CLASS (stream)->write, (gpointer) buffer, count);
}

/* Without it GIO would close in a thread. */
static void
polled_output_close_async (GOutputStream      *half,
                           int                 io_priority,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (half, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static void
polled_output_class_init (PolledOutputClass *class)
{
  GOutputStreamClass *stream_class = G_OUTPUT_STREAM_CLASS (class);

  stream_class->write_async = polled_output_write_async;
  stream_class->close_async = polled_output_close_async;
}

static void
polled_output_init (PolledOutput *self)
{
}

/* The stream */

static PolledStreamPrivate *
get_private (gpointer self)
{
  return polled_stream_get_instance_private (POLLED_STREAM (self));
}

static GInputStream *
polled_stream_get_input (GIOStream *stream)
{
  return get_private (stream)->input;
}

static GOutputStream *
polled_stream_get_output (GIOStream *stream)
{
  return get_private (stream)->output;
}

static gboolean
polled_stream_close (GIOStream    *stream,
                     GCancellable *cancellable,
                     GError      **error)
{
  return TRUE;
}

/* In this thread, for the same reason. */
static void
polled_stream_close_async (GIOStream          *stream,
                           int                 io_priority,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  GError *error = NULL;

  if (G_IO_STREAM_GET_CLASS (stream)->close_fn (stream, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
polled_stream_finalize (GObject *object)
{
  PolledStreamPrivate *private = get_private (object);

  g_object_unref (private->input);
  g_object_unref (private->output);

  G_OBJECT_CLASS (polled_stream_parent_class)->finalize (object);
}

static void
polled_stream_class_init (PolledStreamClass *class)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = polled_stream_finalize;
  stream_class->get_input_stream = polled_stream_get_input;
  stream_class->get_output_stream = polled_stream_get_output;
  stream_class->close_fn = polled_stream_close;
  stream_class->close_async = polled_stream_close_async;
}

static void
polled_stream_init (PolledStream *self)
{
  PolledStreamPrivate *private = get_private (self);
  PolledInput *input = g_object_new (POLLED_TYPE_INPUT, NULL);
  PolledOutput *output = g_object_new (POLLED_TYPE_OUTPUT, NULL);

  input->stream = self;
  output->stream = self;
  private->input = G_INPUT_STREAM (input);
  private->output = G_OUTPUT_STREAM (output);
}
