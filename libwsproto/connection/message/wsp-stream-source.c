/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/message/wsp-stream-source-private.h"

typedef struct
{
  GSource            source;            /* the first member: its address is that of the struct */
  GObject           *stream;
  WspStreamReadyFunc is_ready;
} WspStreamSource;

static gboolean
stream_source_prepare (GSource *source,
                       int     *timeout)
{
  WspStreamSource *self = (WspStreamSource *) source;

  *timeout = -1;
  return self->is_ready (self->stream);
}

static gboolean
stream_source_check (GSource *source)
{
  WspStreamSource *self = (WspStreamSource *) source;

  return self->is_ready (self->stream);
}

/* The parent source, a pollable source, calls the callback of the program. */
static gboolean
stream_source_dispatch (GSource    *source,
                        GSourceFunc callback,
                        gpointer    user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
stream_source_finalize (GSource *source)
{
  g_object_unref (((WspStreamSource *) source)->stream);
}

static GSourceFuncs funcs = {
  .prepare = stream_source_prepare,
  .check = stream_source_check,
  .dispatch = stream_source_dispatch,
  .finalize = stream_source_finalize,
};

GSource *
wsp_stream_source_new (GObject           *stream,
                       WspStreamReadyFunc is_ready,
                       GCancellable      *cancellable)
{
  GSource *source = g_pollable_source_new_full (stream, NULL, cancellable);
  g_autoptr (GSource) child = g_source_new (&funcs, sizeof (WspStreamSource));
  WspStreamSource *self = (WspStreamSource *) child;

  self->stream = g_object_ref (stream);
  self->is_ready = is_ready;
  g_source_add_child_source (source, child);
  return source;
}
