/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bytes in a file and in memory after it (the tail).  Positions go through the file and on through
 * the tail, which has what follows the file's end.  A window keeps a part of the file that was
 * read, because reads of a few bytes follow each other there. */
#include "inspect/save/formats/parts/wsi-spill.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "inspect/store/memory/wsi-nameless-file.h"

#define TAIL_SIZE (256 * 1024)
#define WINDOW_SIZE 4096

struct _WsiSpill
{
  int     file;                 /* descriptor of the file; -1: all bytes are in the tail */
  guint64 n_written;            /* bytes that were written to the file */
  guint8 *tail;
  gsize   n_tail;
  guint64 window_begin;
  gsize   n_window;
  guint8  window[WINDOW_SIZE];
};

WsiSpill *
wsi_spill_new (void)
{
  WsiSpill *self = g_new0 (WsiSpill, 1);

  self->file = -1;
  self->tail = g_malloc (TAIL_SIZE);
  return self;
}

void
wsi_spill_free (WsiSpill *self)
{
  if (self->file >= 0)
    close (self->file);
  g_free (self->tail);
  g_free (self);
}

guint64
wsi_spill_get_end (const WsiSpill *self)
{
  return self->n_written + self->n_tail;
}

static gboolean
spill_fail (int      number,
            GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number),
               _("messages wait in a file in %s until the end, and it has failed: %s (make room "
                 "there, or write a session file)"), WSI_NAMELESS_FOLDER, g_strerror (number));
  return FALSE;
}

static gboolean
spill_write_file (WsiSpill     *self,
                  guint64       position,
                  const guint8 *bytes,
                  gsize         length,
                  GError      **error)
{
  while (length > 0)
    {
      ssize_t n = pwrite (self->file, bytes, length, (off_t) position);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return spill_fail (n < 0 ? errno : ENOSPC, error);

      position += (guint64) n;
      bytes += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static gboolean
spill_read_file (WsiSpill *self,
                 guint64   position,
                 guint8   *bytes,
                 gsize     length,
                 GError  **error)
{
  while (length > 0)
    {
      ssize_t n = pread (self->file, bytes, length, (off_t) position);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return spill_fail (n < 0 ? errno : EIO, error);

      position += (guint64) n;
      bytes += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static gboolean
spill_flush (WsiSpill *self,
             GError  **error)
{
  if (self->file < 0)
    self->file = wsi_nameless_file_open (NULL);
  if (self->file < 0)
    return spill_fail (errno, error);
  if (!spill_write_file (self, self->n_written, self->tail, self->n_tail, error))
    return FALSE;

  self->n_written += self->n_tail;
  self->n_tail = 0;
  return TRUE;
}

gboolean
wsi_spill_add (WsiSpill   *self,
               const void *bytes,
               gsize       length,
               GError    **error)
{
  const guint8 *at = bytes;

  while (length > 0)
    {
      gsize n = MIN (length, TAIL_SIZE - self->n_tail);

      memcpy (self->tail + self->n_tail, at, n);
      self->n_tail += n;
      at += n;
      length -= n;
      if (self->n_tail == TAIL_SIZE && !spill_flush (self, error))
        return FALSE;
    }
  return TRUE;
}

/* How many bytes of a piece are in the file. */
static gsize
count_in_file (const WsiSpill *self,
               guint64         position,
               gsize           length)
{
  return position < self->n_written ? (gsize) MIN (length, self->n_written - position) : 0;
}

gboolean
wsi_spill_replace (WsiSpill   *self,
                   guint64     position,
                   const void *bytes,
                   gsize       length,
                   GError    **error)
{
  gsize n = count_in_file (self, position, length);

  if (n < length)
    memcpy (self->tail + (position + n - self->n_written), (const guint8 *) bytes + n, length - n);
  self->n_window = 0;
  return spill_write_file (self, position, bytes, n, error);
}

/* Reads through the window, or directly if the window has no room for the bytes. */
static gboolean
spill_read_some (WsiSpill *self,
                 guint64   position,
                 guint8   *bytes,
                 gsize     length,
                 GError  **error)
{
  gsize n_wanted = count_in_file (self, position, WINDOW_SIZE);

  if (length > WINDOW_SIZE)
    return spill_read_file (self, position, bytes, length, error);

  if (position < self->window_begin ||
      position + length > self->window_begin + self->n_window)
    {
      self->n_window = 0;
      if (!spill_read_file (self, position, self->window, n_wanted, error))
        return FALSE;

      self->window_begin = position;
      self->n_window = n_wanted;
    }
  memcpy (bytes, self->window + (position - self->window_begin), length);
  return TRUE;
}

gboolean
wsi_spill_read (WsiSpill *self,
                guint64   position,
                void     *bytes,
                gsize     length,
                GError  **error)
{
  gsize n = count_in_file (self, position, length);

  if (n > 0 && !spill_read_some (self, position, bytes, n, error))
    return FALSE;

  if (n < length)
    memcpy ((guint8 *) bytes + n, self->tail + (position + n - self->n_written), length - n);
  return TRUE;
}
