/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/unpack/wsi-peek-stream.h"

#include <string.h>

#define BLOCK 256

struct _WsiPeekStream
{
  GFilterInputStream parent_instance;

  GByteArray        *first;     /* bytes that were looked at, and not yet read */
  guint64            n_read;    /* bytes of the base stream that were read */
};

G_DEFINE_FINAL_TYPE (WsiPeekStream, wsi_peek_stream, G_TYPE_FILTER_INPUT_STREAM)

static gssize
wsi_peek_stream_read (GInputStream *stream,
                      void         *buffer,
                      gsize         count,
                      GCancellable *cancellable,
                      GError      **error)
{
  WsiPeekStream *self = WSI_PEEK_STREAM (stream);
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));
  gsize length = MIN (count, self->first->len);
  gssize n_read;

  if (length == 0)
    {
      n_read = g_input_stream_read (base, buffer, count, cancellable, error);
      self->n_read += MAX (n_read, 0);
      return n_read;
    }

  memcpy (buffer, self->first->data, length);
  g_byte_array_remove_range (self->first, 0, length);
  return length;
}

static void
wsi_peek_stream_finalize (GObject *object)
{
  g_byte_array_unref (WSI_PEEK_STREAM (object)->first);
  G_OBJECT_CLASS (wsi_peek_stream_parent_class)->finalize (object);
}

static void
wsi_peek_stream_class_init (WsiPeekStreamClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_peek_stream_finalize;
  G_INPUT_STREAM_CLASS (class)->read_fn = wsi_peek_stream_read;
}

static void
wsi_peek_stream_init (WsiPeekStream *self)
{
  self->first = g_byte_array_new ();
}

GInputStream *
wsi_peek_stream_new (GInputStream *base)
{
  return g_object_new (WSI_TYPE_PEEK_STREAM, "base-stream", base, NULL);
}

const guint8 *
wsi_peek_stream_peek (WsiPeekStream *self,
                      gsize          min_length,
                      gsize         *length,
                      GCancellable  *cancellable,
                      GError       **error)
{
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self));
  guint8 block[BLOCK];
  gssize n_read = 1;

  while (n_read > 0 && self->first->len < min_length)
    {
      gsize n_wanted = min_length - self->first->len;

      n_read = g_input_stream_read (base, block, MIN (n_wanted, sizeof block), cancellable, error);
      g_byte_array_append (self->first, block, MAX (n_read, 0));
      self->n_read += MAX (n_read, 0);
    }

  *length = self->first->len;
  return n_read >= 0 ? self->first->data : NULL;
}

guint64
wsi_peek_stream_get_n_read (WsiPeekStream *self)
{
  return self->n_read;
}
