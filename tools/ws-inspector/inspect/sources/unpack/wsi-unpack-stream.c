/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/unpack/wsi-unpack-stream.h"

#include "inspect/sources/unpack/wsi-members.h"
#include "inspect/sources/unpack/wsi-peek-stream.h"

/* The base stream is a WsiPeekStream on the file. */
struct _WsiUnpackStream
{
  GFilterInputStream parent_instance;

  goffset            begin;     /* position of the base stream at which the file begins */
  gboolean           is_known;  /* the format of the file is known */
  GInputStream      *unpacked;  /* stream that unpacks the file; NULL: the file is not packed */
};

G_DEFINE_FINAL_TYPE (WsiUnpackStream, wsi_unpack_stream, G_TYPE_FILTER_INPUT_STREAM)

static GInputStream *
unpack_stream_get_first (WsiUnpackStream * self)
{
  return g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self));
}

static gboolean
find_packing (WsiUnpackStream *self,
              GCancellable    *cancellable,
              GError         **error)
{
  g_autoptr (GError) failure = NULL;
  gsize length;
  const guint8 *at = wsi_peek_stream_peek (WSI_PEEK_STREAM (unpack_stream_get_first (self)),
                                           WSI_PACKING_MAGIC_LENGTH, &length, cancellable,
                                           &failure);
  WsiPacking packing = at != NULL ? wsi_packing_find (at, length) : WSI_PACKING_NONE;
  g_autoptr (GConverter) converter = packing != WSI_PACKING_NONE
                                     ? wsi_members_new (packing) : NULL;

  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  if (converter != NULL)
    {
      self->unpacked = g_converter_input_stream_new (unpack_stream_get_first (self), converter);
      g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (self->unpacked), FALSE);
    }
  self->is_known = TRUE;
  return TRUE;
}

static gssize
wsi_unpack_stream_read (GInputStream *stream,
                        void         *buffer,
                        gsize         count,
                        GCancellable *cancellable,
                        GError      **error)
{
  WsiUnpackStream *self = WSI_UNPACK_STREAM (stream);

  if (!self->is_known && !find_packing (self, cancellable, error))
    return -1;

  return g_input_stream_read (self->unpacked != NULL ? self->unpacked
                              : unpack_stream_get_first (self), buffer,
                              count, cancellable, error);
}

static void
wsi_unpack_stream_dispose (GObject *object)
{
  g_clear_object (&WSI_UNPACK_STREAM (object)->unpacked);
  G_OBJECT_CLASS (wsi_unpack_stream_parent_class)->dispose (object);
}

static void
wsi_unpack_stream_class_init (WsiUnpackStreamClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_unpack_stream_dispose;
  G_INPUT_STREAM_CLASS (class)->read_fn = wsi_unpack_stream_read;
}

static void
wsi_unpack_stream_init (WsiUnpackStream *self)
{
}

WsiUnpackStream *
wsi_unpack_stream_new (GInputStream *file)
{
  g_autoptr (GInputStream) first = wsi_peek_stream_new (file);
  WsiUnpackStream *self = g_object_new (WSI_TYPE_UNPACK_STREAM, "base-stream", first, NULL);

  self->begin = G_IS_SEEKABLE (file) ? g_seekable_tell (G_SEEKABLE (file)) : 0;
  return self;
}

WsiUnpackStream *
wsi_unpack_stream_new_again (WsiUnpackStream *self)
{
  GInputStream *file = wsi_unpack_stream_get_file (self);
  GSeekable *seekable = G_IS_SEEKABLE (file) ? G_SEEKABLE (file) : NULL;
  WsiUnpackStream *again;

  if (seekable == NULL || !g_seekable_can_seek (seekable) ||
      !g_seekable_seek (seekable, self->begin, G_SEEK_SET, NULL, NULL))
    return NULL;

  again = wsi_unpack_stream_new (file);
  g_filter_input_stream_set_close_base_stream (
    G_FILTER_INPUT_STREAM (unpack_stream_get_first (again)), FALSE);
  return again;
}

GInputStream *
wsi_unpack_stream_get_file (WsiUnpackStream *self)
{
  return g_filter_input_stream_get_base_stream (
    G_FILTER_INPUT_STREAM (unpack_stream_get_first (self)));
}

guint64
wsi_unpack_stream_get_n_read (WsiUnpackStream *self)
{
  return wsi_peek_stream_get_n_read (WSI_PEEK_STREAM (unpack_stream_get_first (self)));
}
