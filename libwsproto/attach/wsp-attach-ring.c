/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The ring of records that wait for inspectors.  A place counts all bytes that were ever put in;
 * its byte is at the place modulo the size of the ring.  docs/rationales/attaching-inspectors.md
 * has the reasons. */
#include "attach/wsp-attach-ring-private.h"

#include <string.h>

#define WHOLE_HEADER (WSP_ATTACH_LENGTH_LENGTH + WSP_ATTACH_HEADER_LENGTH)
#define CONNECTION_AT 5         /* offset of the connection's number in the header of a record */

struct _WspAttachRing
{
  WspAttachReader *readers[WSP_ATTACH_MAX_READERS];
  guint64          begin, end;  /* places of the oldest record and of the next */
  guint8           bytes[WSP_ATTACH_RING_SIZE];
};

WspAttachRing *
wsp_attach_ring_new (void)
{
  WspAttachRing *self = g_try_malloc (sizeof *self);

  if (self == NULL)
    return NULL;

  memset (self->readers, 0, sizeof self->readers);
  self->begin = self->end = 0;
  return self;
}

void
wsp_attach_ring_free (WspAttachRing *self)
{
  g_free (self);
}

gboolean
wsp_attach_ring_enter (WspAttachRing   *self,
                       WspAttachReader *reader)
{
  gboolean is_taken = FALSE;

  for (guint i = 0; i < WSP_ATTACH_MAX_READERS && !is_taken; i++)
    if (self->readers[i] == NULL)
      {
        self->readers[i] = reader;
        reader->place = self->end;
        is_taken = TRUE;
      }
  return is_taken;
}

void
wsp_attach_ring_leave (WspAttachRing   *self,
                       WspAttachReader *reader)
{
  for (guint i = 0; i < WSP_ATTACH_MAX_READERS; i++)
    if (self->readers[i] == reader)
      self->readers[i] = NULL;
}

static void
copy_out (const WspAttachRing *self,
          guint64              place,
          guint8              *to,
          gsize                length)
{
  gsize at = place % WSP_ATTACH_RING_SIZE, first = MIN (length, WSP_ATTACH_RING_SIZE - at);

  memcpy (to, self->bytes + at, first);
  memcpy (to + first, self->bytes, length - first);
}

static void
copy_in (WspAttachRing *self,
         gconstpointer  from,
         gsize          length)
{
  gsize at = self->end % WSP_ATTACH_RING_SIZE, first = MIN (length, WSP_ATTACH_RING_SIZE - at);

  if (length == 0)
    return;

  memcpy (self->bytes + at, from, first);
  memcpy (self->bytes, (const guint8 *) from + first, length - first);
  self->end += length;
}

guint32
wsp_attach_load (const guint8 *at)
{
  guint32 value;

  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_LE (value);
}

/* Returns the length of the record at a place, with its header. */
static gsize
look_at (const WspAttachRing *self,
         guint64              place,
         guint32             *connection)
{
  guint8 header[CONNECTION_AT + sizeof (guint32)];

  copy_out (self, place, header, sizeof header);
  *connection = wsp_attach_load (header + CONNECTION_AT);
  return WSP_ATTACH_LENGTH_LENGTH + wsp_attach_load (header);
}

static gboolean
attach_ring_is_wanted (const WspAttachReader *reader,
                       guint32                connection)
{
  return reader->wanted == NULL || connection == 0 ||
         g_hash_table_contains (reader->wanted, GUINT_TO_POINTER (connection));
}

static void
attach_ring_drop_oldest (WspAttachRing *self)
{
  guint32 connection;
  guint64 next = self->begin + look_at (self, self->begin, &connection);

  for (guint i = 0; i < WSP_ATTACH_MAX_READERS; i++)
    {
      WspAttachReader *reader = self->readers[i];

      if (reader == NULL || reader->place >= next)
        continue;

      reader->place = next;
      reader->n_dropped += attach_ring_is_wanted (reader, connection);
    }
  self->begin = next;
}

static gsize
attach_ring_write_header (guint8       *to,
                          WspAttachKind kind,
                          guint32       connection,
                          gint64        time_us,
                          gsize         length)
{
  guint32 whole = GUINT32_TO_LE ((guint32) (WSP_ATTACH_HEADER_LENGTH + length));
  guint64 time = GUINT64_TO_LE ((guint64) time_us);

  connection = GUINT32_TO_LE (connection);
  memcpy (to, &whole, sizeof whole);
  to[WSP_ATTACH_LENGTH_LENGTH] = (guint8) kind;
  memcpy (to + CONNECTION_AT, &connection, sizeof connection);
  memcpy (to + CONNECTION_AT + sizeof connection, &time, sizeof time);
  return WHOLE_HEADER;
}

gsize
wsp_attach_record_write (guint8       *to,
                         WspAttachKind kind,
                         guint32       connection,
                         gint64        time_us,
                         gconstpointer payload,
                         gsize         length)
{
  gsize n = attach_ring_write_header (to, kind, connection, time_us, length);

  memcpy (to + n, payload, length);
  return n + length;
}

void
wsp_attach_ring_put (WspAttachRing       *self,
                     WspAttachKind        kind,
                     guint32              connection,
                     gint64               time_us,
                     const WspAttachPart *parts,
                     guint                n_parts)
{
  guint8 header[WHOLE_HEADER];
  gsize length = 0;

  for (guint i = 0; i < n_parts; i++)
    length += parts[i].length;
  g_return_if_fail (length + WHOLE_HEADER <= WSP_ATTACH_MAX_RECORD);
  attach_ring_write_header (header, kind, connection, time_us, length);

  while (self->end + WHOLE_HEADER + length - self->begin > WSP_ATTACH_RING_SIZE)
    attach_ring_drop_oldest (self);
  copy_in (self, header, sizeof header);
  for (guint i = 0; i < n_parts; i++)
    copy_in (self, parts[i].at, parts[i].length);
}

/* DROPPED is written first: its records came before those that are taken now. */
static gsize
attach_ring_take_dropped (WspAttachReader *reader,
                          guint8          *to,
                          gsize            room)
{
  guint64 n = GUINT64_TO_LE (reader->n_dropped);

  if (reader->n_dropped == 0 || room < WHOLE_HEADER + sizeof n)
    return 0;

  reader->n_dropped = 0;
  return wsp_attach_record_write (to, WSP_ATTACH_DROPPED, 0, g_get_real_time (), &n, sizeof n);
}

gsize
wsp_attach_ring_take (WspAttachRing   *self,
                      WspAttachReader *reader,
                      guint8          *to,
                      gsize            room)
{
  gsize n;

  n = attach_ring_take_dropped (reader, to, room);
  while (reader->place < self->end && reader->n_dropped == 0)
    {
      guint32 connection;
      gsize length = look_at (self, reader->place, &connection);

      if (attach_ring_is_wanted (reader, connection))
        {
          if (length > room - n)
            break;
          copy_out (self, reader->place, to + n, length);
          n += length;
        }
      reader->place += length;
    }
  return n;
}

gsize
wsp_attach_ring_get_behind (const WspAttachRing   *self,
                            const WspAttachReader *reader)
{
  return self->end - reader->place;
}
