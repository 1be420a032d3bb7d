/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/hose.h"

#include <string.h>

#define MAX_AT_ONCE 1000

typedef struct                  /* one direction; each end holds a reference */
{
  GByteArray *octets;
  GTask      *reader;           /* waits for octets or the end */
  guint8     *buffer;
  gsize       size;
  gboolean    has_ended;
} Hose;

static void
hose_free (Hose *self)
{
  g_assert_null (self->reader);
  g_byte_array_unref (self->octets);
}

/* Gives the reader what there is. */
static void
hose_serve (Hose *self)
{
  GTask *reader = self->reader;
  gsize n = MIN (MIN (self->size, self->octets->len), MAX_AT_ONCE);

  if (reader == NULL || (n == 0 && !self->has_ended))
    return;

  self->reader = NULL;
  if (n > 0)
    {
      memcpy (self->buffer, self->octets->data, n);
      g_byte_array_remove_range (self->octets, 0, n);
    }
  g_task_return_int (reader, n);
  g_object_unref (reader);
}

typedef struct
{
  GInputStream parent_instance;
  Hose        *hose;
} HoseInput;

typedef struct
{
  GInputStreamClass parent_class;
} HoseInputClass;

typedef struct
{
  GOutputStream parent_instance;
  Hose         *hose;
} HoseOutput;

typedef struct
{
  GOutputStreamClass parent_class;
} HoseOutputClass;

static GType hose_input_get_type (void);
static GType hose_output_get_type (void);
G_DEFINE_TYPE (HoseInput, hose_input, G_TYPE_INPUT_STREAM)
G_DEFINE_TYPE (HoseOutput, hose_output, G_TYPE_OUTPUT_STREAM)

static void
on_cancelled (HoseInput *self)
{
  GTask *reader = g_steal_pointer (&self->hose->reader);

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
  Hose *hose = ((HoseInput *) stream)->hose;

  g_assert_null (hose->reader);
  hose->reader = g_task_new (stream, cancellable, callback, user_data);
  hose->buffer = buffer;
  hose->size = size;
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), stream,
                             G_CONNECT_SWAPPED);
  hose_serve (hose);
}

static gssize
read_finish (GInputStream *stream,
             GAsyncResult *result,
             GError      **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
hose_input_finalize (GObject *object)
{
  g_rc_box_release_full (((HoseInput *) object)->hose, (GDestroyNotify) hose_free);
  G_OBJECT_CLASS (hose_input_parent_class)->finalize (object);
}

static void
hose_input_class_init (HoseInputClass *class)
{
  G_OBJECT_CLASS (class)->finalize = hose_input_finalize;
  G_INPUT_STREAM_CLASS (class)->read_async = read_async;
  G_INPUT_STREAM_CLASS (class)->read_finish = read_finish;
}

static void
hose_input_init (HoseInput *self)
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
  Hose *hose = ((HoseOutput *) stream)->hose;

  size = MIN (size, MAX_AT_ONCE);
  g_byte_array_append (hose->octets, buffer, size);
  g_task_return_int (task, size);
  hose_serve (hose);
}

static gssize
write_finish (GOutputStream *stream,
              GAsyncResult  *result,
              GError       **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
close_async (GOutputStream      *stream,
             int                 priority,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  Hose *hose = ((HoseOutput *) stream)->hose;

  hose->has_ended = TRUE;
  hose_serve (hose);
  g_task_return_boolean (task, TRUE);
}

static gboolean
close_finish (GOutputStream *stream,
              GAsyncResult  *result,
              GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
hose_output_finalize (GObject *object)
{
  g_rc_box_release_full (((HoseOutput *) object)->hose, (GDestroyNotify) hose_free);
  G_OBJECT_CLASS (hose_output_parent_class)->finalize (object);
}

static void
hose_output_class_init (HoseOutputClass *class)
{
  G_OBJECT_CLASS (class)->finalize = hose_output_finalize;
  G_OUTPUT_STREAM_CLASS (class)->write_async = write_async;
  G_OUTPUT_STREAM_CLASS (class)->write_finish = write_finish;
  G_OUTPUT_STREAM_CLASS (class)->close_async = close_async;
  G_OUTPUT_STREAM_CLASS (class)->close_finish = close_finish;
}

static void
hose_output_init (HoseOutput *self)
{
}

static void
make_hose (HoseInput  **input,
           HoseOutput **output)
{
  Hose *hose = g_rc_box_new0 (Hose);

  hose->octets = g_byte_array_new ();
  *input = g_object_new (hose_input_get_type (), NULL);
  (*input)->hose = hose;
  *output = g_object_new (hose_output_get_type (), NULL);
  (*output)->hose = g_rc_box_acquire (hose);
}

void
hose_pair (GIOStream **one,
           GIOStream **other)
{
  HoseInput *inputs[2];
  HoseOutput *outputs[2];

  make_hose (&inputs[0], &outputs[1]);
  make_hose (&inputs[1], &outputs[0]);
  *one = g_simple_io_stream_new (G_INPUT_STREAM (inputs[0]), G_OUTPUT_STREAM (outputs[0]));
  *other = g_simple_io_stream_new (G_INPUT_STREAM (inputs[1]), G_OUTPUT_STREAM (outputs[1]));
  for (guint i = 0; i < 2; i++)
    {
      g_object_unref (inputs[i]);
      g_object_unref (outputs[i]);
    }
}
