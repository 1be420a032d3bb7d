/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/narrow-stream.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (NarrowStream, narrow_stream, POLLED_TYPE_STREAM)

static gssize
would_block (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "not now");
  return -1;
}

static gboolean
narrow_stream_is_readable (PolledStream *stream)
{
  return NARROW_STREAM (stream)->unread->len > 0;
}

static gssize
narrow_stream_read (PolledStream *stream,
                    gpointer      buffer,
                    gsize         count,
                    GError      **error)
{
  GByteArray *unread = NARROW_STREAM (stream)->unread;
  gsize n = MIN (count, unread->len);

  if (n == 0)
    return would_block (error);

  memcpy (buffer, unread->data, n);
  g_byte_array_remove_range (unread, 0, n);
  return n;
}

/* A poll makes room again. */
static gboolean
narrow_stream_is_writable (PolledStream *stream)
{
  NarrowStream *self = NARROW_STREAM (stream);
  gboolean is_wide = self->wide_room > 0 && self->n_blocked % 5 == 0;

  if (!self->is_shut)
    self->left = is_wide ? self->wide_room : self->room;
  return !self->is_shut;
}

static gssize
narrow_stream_write (PolledStream *stream,
                     gpointer      buffer,
                     gsize         count,
                     GError      **error)
{
  NarrowStream *self = NARROW_STREAM (stream);
  gsize n = self->is_shut ? 0 : MIN (count, self->left);

  if (n == 0)
    {
      self->n_blocked++;
      return would_block (error);
    }

  self->left -= n;
  g_byte_array_append (self->written, buffer, n);
  g_array_append_val (self->writes, n);
  return n;
}

static void
narrow_stream_finalize (GObject *object)
{
  NarrowStream *self = NARROW_STREAM (object);

  g_byte_array_unref (self->written);
  g_byte_array_unref (self->unread);
  g_array_unref (self->writes);

  G_OBJECT_CLASS (narrow_stream_parent_class)->finalize (object);
}

static void
narrow_stream_class_init (NarrowStreamClass *class)
{
  PolledStreamClass *stream_class = POLLED_STREAM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = narrow_stream_finalize;
  stream_class->is_readable = narrow_stream_is_readable;
  stream_class->is_writable = narrow_stream_is_writable;
  stream_class->read = narrow_stream_read;
  stream_class->write = narrow_stream_write;
}

static void
narrow_stream_init (NarrowStream *self)
{
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
