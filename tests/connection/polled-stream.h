/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A GIOStream in memory whose halves can be polled.  A subclass moves the bytes; the asynchronous
 * calls move them when the half is ready, and nothing is done in another thread. */
#pragma once

#include <gio/gio.h>

#define POLLED_TYPE_STREAM (polled_stream_get_type ())
G_DECLARE_DERIVABLE_TYPE (PolledStream, polled_stream, POLLED, STREAM, GIOStream)

/* PolledMove moves up to @count bytes, and fails with G_IO_ERROR_WOULD_BLOCK where it cannot. */
typedef gssize (*PolledMove) (PolledStream *self,
                              gpointer      buffer,
                              gsize         count,
                              GError      **error);

struct _PolledStreamClass
{
  GIOStreamClass parent_class;

  gboolean (*can_poll)(PolledStream *self);     /* NULL: always */
  gboolean (*is_readable)(PolledStream *self);
  gboolean (*is_writable)(PolledStream *self);
  PolledMove read;
  PolledMove write;
};
