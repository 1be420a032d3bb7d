/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-file.h"

#include <gio/gunixinputstream.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 65536
#define MAX_PEEK 16

/* A stream whose first bytes can be looked at.  It never waits for more than one read: the bytes of
 * a pipe are handed on as they come, which GBufferedInputStream does not do. */
#define WSI_TYPE_FILE_STREAM (wsi_file_stream_get_type ())

G_DECLARE_FINAL_TYPE (WsiFileStream, wsi_file_stream, WSI, FILE_STREAM, GFilterInputStream)

struct _WsiFileStream
{
  GFilterInputStream parent_instance;

  GByteArray        *first;     /* bytes that were looked at, and not yet read */
};

G_DEFINE_FINAL_TYPE (WsiFileStream, wsi_file_stream, G_TYPE_FILTER_INPUT_STREAM)

static gssize
wsi_file_stream_read (GInputStream *stream,
                      void         *buffer,
                      gsize         count,
                      GCancellable *cancellable,
                      GError      **error)
{
  WsiFileStream *self = WSI_FILE_STREAM (stream);
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));
  gsize length = MIN (count, self->first->len);

  if (length == 0)
    return g_input_stream_read (base, buffer, count, cancellable, error);

  memcpy (buffer, self->first->data, length);
  g_byte_array_remove_range (self->first, 0, length);
  return length;
}

static void
wsi_file_stream_finalize (GObject *object)
{
  g_byte_array_unref (WSI_FILE_STREAM (object)->first);
  G_OBJECT_CLASS (wsi_file_stream_parent_class)->finalize (object);
}

static void
wsi_file_stream_class_init (WsiFileStreamClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_file_stream_finalize;
  G_INPUT_STREAM_CLASS (class)->read_fn = wsi_file_stream_read;
}

static void
wsi_file_stream_init (WsiFileStream *self)
{
  self->first = g_byte_array_new ();
}

static GInputStream *
open_base (const char *path,
           GError    **error)
{
  g_autoptr (GFile) file = NULL;

  if (path == NULL || g_str_equal (path, "-"))
    return g_unix_input_stream_new (STDIN_FILENO, FALSE);

  file = g_file_new_for_commandline_arg (path);
  return (GInputStream *) g_file_read (file, NULL, error);
}

GInputStream *
wsi_file_open (const char *path,
               GError    **error)
{
  g_autoptr (GInputStream) base = open_base (path, error);

  return base != NULL ? g_object_new (WSI_TYPE_FILE_STREAM, "base-stream", base, NULL) : NULL;
}

const guint8 *
wsi_file_peek (GInputStream *stream,
               gsize         min_length,
               gsize        *length,
               GError      **error)
{
  WsiFileStream *self = WSI_FILE_STREAM (stream);
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));
  guint8 block[MAX_PEEK];
  gssize n_read = 1;

  while (n_read > 0 && self->first->len < min_length)
    {
      n_read = g_input_stream_read (base, block, MIN (min_length, sizeof block), NULL, error);
      g_byte_array_append (self->first, block, MAX (n_read, 0));
    }

  *length = self->first->len;
  return n_read >= 0 ? self->first->data : NULL;
}

GBytes *
wsi_file_read_all (GInputStream *stream,
                   gsize         max_length,
                   GError      **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 block[BLOCK];
  gssize length = 1;

  while (length > 0 && bytes->len <= max_length)
    {
      length = g_input_stream_read (stream, block, sizeof block, NULL, error);
      g_byte_array_append (bytes, block, MAX (length, 0));
    }

  if (length < 0)
    return NULL;

  if (bytes->len <= max_length)
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the file is too long: expected at most "
               "%zu bytes", max_length);
  return NULL;
}

GBytes *
wsi_file_read (const char *path,
               gsize       max_length,
               GError    **error)
{
  g_autoptr (GInputStream) stream = wsi_file_open (path, error);

  return stream != NULL ? wsi_file_read_all (stream, max_length, error) : NULL;
}
