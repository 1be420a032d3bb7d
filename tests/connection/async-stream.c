/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/async-stream.h"

#include <string.h>

#define MAX_AT_ONCE 1000

typedef struct                  /* one direction; each end holds a reference */
{
  GByteArray *bytes;
  GTask      *reader;           /* pending read, which waits for bytes or for the end; NULL: none */
  guint8     *buffer;
  gsize       size;
  gboolean    has_ended;
} Direction;

static void
direction_free (Direction *self)
{
  g_assert_null (self->reader);
  g_byte_array_unref (self->bytes);
}

/* Gives the reader the bytes that are there. */
static void
serve_reader (Direction *self)
{
  GTask *reader = self->reader;
  gsize n = MIN (MIN (self->size, self->bytes->len), MAX_AT_ONCE);

  if (reader == NULL || (n == 0 && !self->has_ended))
    return;

  self->reader = NULL;
  if (n > 0)
    {
      memcpy (self->buffer, self->bytes->data, n);
      g_byte_array_remove_range (self->bytes, 0, n);
    }
  g_task_return_int (reader, n);
  g_object_unref (reader);
}

typedef struct
{
  GInputStream parent_instance;
  Direction        *direction;
} AsyncInput;

typedef struct
{
  GInputStreamClass parent_class;
} AsyncInputClass;

typedef struct
{
  GOutputStream parent_instance;
  Direction         *direction;
} AsyncOutput;

typedef struct
{
  GOutputStreamClass parent_class;
} AsyncOutputClass;

static GType async_input_get_type (void);
static GType async_output_get_type (void);
G_DEFINE_TYPE (AsyncInput, async_input, G_TYPE_INPUT_STREAM)
G_DEFINE_TYPE (AsyncOutput, async_output, G_TYPE_OUTPUT_STREAM)

static void
on_cancelled (AsyncInput *self)
{
  GTask *reader = g_steal_pointer (&self->direction->reader);

  if (reader == NULL)
    return;

  g_task_return_error_if_cancelled (reader);
  g_object_unref (reader);
}

static void
read_async (GInputStream       *stream,
            void               *buffer,
            gsize               size,
            int                 priority,
            GCancellable       *cancellable,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  Direction *direction = ((AsyncInput *) stream)->direction;

  g_assert_null (direction->reader);
  direction->reader = g_task_new (stream, cancellable, callback, user_data);
  direction->buffer = buffer;
  direction->size = size;
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), stream,
                             G_CONNECT_SWAPPED);
  serve_reader (direction);
}

static void
async_input_finalize (GObject *object)
{
  g_rc_box_release_full (((AsyncInput *) object)->direction, (GDestroyNotify) direction_free);
  G_OBJECT_CLASS (async_input_parent_class)->finalize (object);
}

static void
async_input_class_init (AsyncInputClass *class)
{
  G_OBJECT_CLASS (class)->finalize = async_input_finalize;
  G_INPUT_STREAM_CLASS (class)->read_async = read_async;
}

static void
async_input_init (AsyncInput *self)
{
}

static void
write_async (GOutputStream      *stream,
             const void         *buffer,
             gsize               size,
             int                 priority,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  Direction *direction = ((AsyncOutput *) stream)->direction;

  size = MIN (size, MAX_AT_ONCE);
  g_byte_array_append (direction->bytes, buffer, size);
  g_task_return_int (task, size);
  serve_reader (direction);
}

static void
close_async (GOutputStream      *stream,
             int                 priority,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  Direction *direction = ((AsyncOutput *) stream)->direction;

  direction->has_ended = TRUE;
  serve_reader (direction);
  g_task_return_boolean (task, TRUE);
}

static void
async_output_finalize (GObject *object)
{
  g_rc_box_release_full (((AsyncOutput *) object)->direction, (GDestroyNotify) direction_free);
  G_OBJECT_CLASS (async_output_parent_class)->finalize (object);
}

static void
async_output_class_init (AsyncOutputClass *class)
{
  G_OBJECT_CLASS (class)->finalize = async_output_finalize;
  G_OUTPUT_STREAM_CLASS (class)->write_async = write_async;
  G_OUTPUT_STREAM_CLASS (class)->close_async = close_async;
}

static void
async_output_init (AsyncOutput *self)
{
}

static void
make_direction (AsyncInput  **input,
                AsyncOutput **output)
{
  Direction *direction = g_rc_box_new0 (Direction);

  direction->bytes = g_byte_array_new ();
  *input = g_object_new (async_input_get_type (), NULL);
  (*input)->direction = direction;
  *output = g_object_new (async_output_get_type (), NULL);
  (*output)->direction = g_rc_box_acquire (direction);
}

void
async_stream_pair (GIOStream **one,
                   GIOStream **other)
{
  AsyncInput *inputs[2];
  AsyncOutput *outputs[2];

  make_direction (&inputs[0], &outputs[1]);
  make_direction (&inputs[1], &outputs[0]);
  *one = g_simple_io_stream_new (G_INPUT_STREAM (inputs[0]), G_OUTPUT_STREAM (outputs[0]));
  *other = g_simple_io_stream_new (G_INPUT_STREAM (inputs[1]), G_OUTPUT_STREAM (outputs[1]));
  for (guint i = 0; i < 2; i++)
    {
      g_object_unref (inputs[i]);
      g_object_unref (outputs[i]);
    }
}
