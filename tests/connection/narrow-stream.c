/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/narrow-stream.h"

#include "connection/message/wsp-stream-source-private.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (NarrowStream, narrow_stream, G_TYPE_IO_STREAM)

static gssize
would_block (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "not now");
  return -1;
}

/* The two halves */

#define NARROW_TYPE_INPUT (narrow_input_get_type ())
G_DECLARE_FINAL_TYPE (NarrowInput, narrow_input, NARROW, INPUT, GInputStream)

struct _NarrowInput
{
  GInputStream  parent_instance;
  NarrowStream *stream;         /* the stream, which owns this half */
};

static gboolean
input_is_ready (GObject *half)
{
  return NARROW_INPUT (half)->stream->unread->len > 0;
}

static gboolean
narrow_input_is_readable (GPollableInputStream *half)
{
  return input_is_ready (G_OBJECT (half));
}

static GSource *
narrow_input_create_source (GPollableInputStream *half,
                            GCancellable         *cancellable)
{
  return wsp_stream_source_new (G_OBJECT (half), input_is_ready, cancellable);
}

static gssize
narrow_input_read (GPollableInputStream *half,
                   void                 *buffer,
                   gsize                 count,
                   GError              **error)
{
  GByteArray *unread = NARROW_INPUT (half)->stream->unread;
  gsize n = MIN (count, unread->len);

  if (n == 0)
    return would_block (error);

  memcpy (buffer, unread->data, n);
  g_byte_array_remove_range (unread, 0, n);
  return n;
}

static void
narrow_input_pollable_init (GPollableInputStreamInterface *interface)
{
  interface->is_readable = narrow_input_is_readable;
  interface->create_source = narrow_input_create_source;
  interface->read_nonblocking = narrow_input_read;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (NarrowInput, narrow_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      narrow_input_pollable_init))

static void
narrow_input_class_init (NarrowInputClass *class)
{
}

static void
narrow_input_init (NarrowInput *self)
{
}

#define NARROW_TYPE_OUTPUT (narrow_output_get_type ())
G_DECLARE_FINAL_TYPE (NarrowOutput, narrow_output, NARROW, OUTPUT, GOutputStream)

struct _NarrowOutput
{
  GOutputStream parent_instance;
  NarrowStream *stream;         /* the stream, which owns this half */
};

/* A poll makes room again. */
static gboolean
output_is_ready (GObject *half)
{
  NarrowStream *stream = NARROW_OUTPUT (half)->stream;
  gboolean is_wide = stream->wide_room > 0 && stream->n_blocked % 5 == 0;

  if (!stream->is_shut)
    stream->left = is_wide ? stream->wide_room : stream->room;
  return !stream->is_shut;
}

static gboolean
narrow_output_is_writable (GPollableOutputStream *half)
{
  return output_is_ready (G_OBJECT (half));
}

static GSource *
narrow_output_create_source (GPollableOutputStream *half,
                             GCancellable          *cancellable)
{
  return wsp_stream_source_new (G_OBJECT (half), output_is_ready, cancellable);
}

static gssize
narrow_output_write (GPollableOutputStream *half,
                     const void            *buffer,
                     gsize                  count,
                     GError               **error)
{
  NarrowStream *stream = NARROW_OUTPUT (half)->stream;
  gsize n = stream->is_shut ? 0 : MIN (count, stream->left);

  if (n == 0)
    {
      stream->n_blocked++;
      return would_block (error);
    }

  stream->left -= n;
  g_byte_array_append (stream->written, buffer, n);
  g_array_append_val (stream->writes, n);
  return n;
}

static void
narrow_output_pollable_init (GPollableOutputStreamInterface *interface)
{
  interface->is_writable = narrow_output_is_writable;
  interface->create_source = narrow_output_create_source;
  interface->write_nonblocking = narrow_output_write;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (NarrowOutput, narrow_output, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      narrow_output_pollable_init))

/* Without it GIO would close in a thread. */
static void
narrow_output_close_async (GOutputStream      *half,
                           int                 io_priority,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (half, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static gboolean
narrow_output_close_finish (GOutputStream *half,
                            GAsyncResult  *result,
                            GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
narrow_output_class_init (NarrowOutputClass *class)
{
  GOutputStreamClass *stream_class = G_OUTPUT_STREAM_CLASS (class);

  stream_class->close_async = narrow_output_close_async;
  stream_class->close_finish = narrow_output_close_finish;
}

static void
narrow_output_init (NarrowOutput *self)
{
}

/* The stream */

static GInputStream *
narrow_stream_get_input (GIOStream *stream)
{
  return G_INPUT_STREAM (NARROW_STREAM (stream)->input);
}

static GOutputStream *
narrow_stream_get_output (GIOStream *stream)
{
  return G_OUTPUT_STREAM (NARROW_STREAM (stream)->output);
}

/* In this thread: GIO would close it in another one. */
static void
narrow_stream_close_async (GIOStream          *stream,
                           int                 io_priority,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static gboolean
narrow_stream_close_finish (GIOStream    *stream,
                            GAsyncResult *result,
                            GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
narrow_stream_close (GIOStream    *stream,
                     GCancellable *cancellable,
                     GError      **error)
{
  return TRUE;
}

static void
narrow_stream_finalize (GObject *object)
{
  NarrowStream *self = NARROW_STREAM (object);

  g_object_unref (self->input);
  g_object_unref (self->output);
  g_byte_array_unref (self->written);
  g_byte_array_unref (self->unread);
  g_array_unref (self->writes);

  G_OBJECT_CLASS (narrow_stream_parent_class)->finalize (object);
}

static void
narrow_stream_class_init (NarrowStreamClass *class)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = narrow_stream_finalize;
  stream_class->get_input_stream = narrow_stream_get_input;
  stream_class->get_output_stream = narrow_stream_get_output;
  stream_class->close_fn = narrow_stream_close;
  stream_class->close_async = narrow_stream_close_async;
  stream_class->close_finish = narrow_stream_close_finish;
}

static void
narrow_stream_init (NarrowStream *self)
{
  NarrowInput *input = g_object_new (NARROW_TYPE_INPUT, NULL);
  NarrowOutput *output = g_object_new (NARROW_TYPE_OUTPUT, NULL);

  input->stream = self;
  output->stream = self;
  self->input = G_OBJECT (input);
  self->output = G_OBJECT (output);
  self->written = g_byte_array_new ();
  self->writes = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->unread = g_byte_array_new ();
}

NarrowStream *
narrow_stream_new (gsize room)
{
  NarrowStream *self = g_object_new (NARROW_TYPE_STREAM, NULL);

  self->room = room;
  self->left = room;
  return self;
}
