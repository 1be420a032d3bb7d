/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/files/wsi-file.h"

#include <gio/gunixinputstream.h>
#include <unistd.h>

#include "inspect/sources/files/wsi-recording.h"

#define BLOCK 65536

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

  return base != NULL ? wsi_recording_open_stream (base) : NULL;
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
  g_autoptr (GInputStream) stream = open_base (path, error);

  return stream != NULL ? wsi_file_read_all (stream, max_length, error) : NULL;
}
