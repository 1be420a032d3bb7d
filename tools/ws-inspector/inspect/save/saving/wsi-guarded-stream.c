/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/saving/wsi-guarded-stream.h"

struct _WsiGuardedStream
{
  GFilterOutputStream parent_instance;

  GCancellable       *cancellable;      /* cancellable of the writes; NULL: never cancelled */
};

G_DEFINE_FINAL_TYPE (WsiGuardedStream, wsi_guarded_stream, G_TYPE_FILTER_OUTPUT_STREAM)

static gssize
wsi_guarded_stream_write (GOutputStream *stream,
                          const void    *buffer,
                          gsize          count,
                          GCancellable  *cancellable,
                          GError       **error)
{
  WsiGuardedStream *self = WSI_GUARDED_STREAM (stream);
  GOutputStream *base = g_filter_output_stream_get_base_stream (G_FILTER_OUTPUT_STREAM (stream));

  return g_output_stream_write (base, buffer, count, self->cancellable, error);
}

static void
wsi_guarded_stream_finalize (GObject *object)
{
  g_clear_object (&WSI_GUARDED_STREAM (object)->cancellable);
  G_OBJECT_CLASS (wsi_guarded_stream_parent_class)->finalize (object);
}

static void
wsi_guarded_stream_class_init (WsiGuardedStreamClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_guarded_stream_finalize;
  G_OUTPUT_STREAM_CLASS (class)->write_fn = wsi_guarded_stream_write;
}

static void
wsi_guarded_stream_init (WsiGuardedStream *self)
{
}

GOutputStream *
wsi_guarded_stream_new (GOutputStream *base,
                        GCancellable  *cancellable)
{
  WsiGuardedStream *self = g_object_new (WSI_TYPE_GUARDED_STREAM, "base-stream", base,
                                         "close-base-stream", FALSE, NULL);

  g_set_object (&self->cancellable, cancellable);
  return G_OUTPUT_STREAM (self);
}
