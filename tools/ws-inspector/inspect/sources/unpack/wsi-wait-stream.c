/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/unpack/wsi-wait-stream.h"

#include <gio/gfiledescriptorbased.h>
#include <sys/stat.h>

#include "inspect/sources/unpack/wsi-waiting.h"

struct _WsiWaitStream
{
  GFilterInputStream parent_instance;

  int                descriptor;
  WsiWaitingFunc     function;
  gpointer           user_data;
};

static void wait_stream_implement_waiting (WsiWaitingInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WsiWaitStream, wsi_wait_stream, G_TYPE_FILTER_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (WSI_TYPE_WAITING,
                                                      wait_stream_implement_waiting))

static void
set_func (WsiWaiting    *waiting,
          WsiWaitingFunc function,
          gpointer       user_data)
{
  WsiWaitStream *self = WSI_WAIT_STREAM (waiting);

  self->function = function;
  self->user_data = user_data;
}

static void
wait_stream_implement_waiting (WsiWaitingInterface *interface)
{
  interface->set_func = set_func;
}

/* Waits until there is something to read, or an end, or the reading is cancelled. */
static void
wait_for_bytes (WsiWaitStream *self,
                GCancellable  *cancellable)
{
  GPollFD descriptors[2] = { { .fd = self->descriptor, .events = G_IO_IN } };
  const guint n = g_cancellable_make_pollfd (cancellable, &descriptors[1]) ? 2 : 1;

  while (self->function != NULL && g_poll (descriptors, n, WSI_WAITING_INTERVAL_MS) == 0)
    self->function (self->user_data);
  if (n == 2)
    g_cancellable_release_fd (cancellable);
}

static gssize
wsi_wait_stream_read (GInputStream *stream,
                      void         *buffer,
                      gsize         count,
                      GCancellable *cancellable,
                      GError      **error)
{
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));

  wait_for_bytes (WSI_WAIT_STREAM (stream), cancellable);
  return g_input_stream_read (base, buffer, count, cancellable, error);
}

static void
wsi_wait_stream_class_init (WsiWaitStreamClass *class)
{
  G_INPUT_STREAM_CLASS (class)->read_fn = wsi_wait_stream_read;
}

static void
wsi_wait_stream_init (WsiWaitStream *self)
{
}

GInputStream *
wsi_wait_stream_new (GInputStream *base)
{
  const int descriptor = G_IS_FILE_DESCRIPTOR_BASED (base)
                         ? g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (base)) : -1;
  struct stat facts;
  WsiWaitStream *self;

  if (descriptor == -1 || fstat (descriptor, &facts) != 0 || S_ISREG (facts.st_mode))
    return g_object_ref (base);

  self = g_object_new (WSI_TYPE_WAIT_STREAM, "base-stream", base, NULL);
  self->descriptor = descriptor;
  return G_INPUT_STREAM (self);
}
