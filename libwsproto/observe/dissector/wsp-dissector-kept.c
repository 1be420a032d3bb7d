/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memory of a dissector: records and payloads in, records and payloads out.
 *
 * Without memory the program goes on: records that do not fit are dropped, and of a payload that
 * does not fit the beginning is kept.
 *
 * At most MAX_RECORDS records are queued.  At most MAX_PAYLOAD bytes of a payload are kept.  The
 * inflated payloads of a push are at most MAX_KEPT bytes.
 */
#include "observe/dissector/wsp-dissector-kept-private.h"

#include "core/bytes/byte-order.h"
#include "core/limits.h"

#include <string.h>

#define MAX_PAYLOAD WSC_DEFAULT_MAX_MESSAGE_SIZE
#define MAX_RECORDS (1024u * 1024)
#define MAX_KEPT (2 * MAX_PAYLOAD)     /* a large payload leaves room for others */
#define KEPT_CAPACITY (16 * 1024)      /* bytes for records that stay allocated */

typedef struct
{
  guint64 offset;               /* offset of the frame */
  gsize   begin, length;
} Entry;

static guint
get_n_in_all (const WspKeptRecords *self)
{
  return wsc_byte_buffer_peek (&self->records).length / sizeof (WspFrameRecord);
}

/* All records are lent at once, and no record is appended before the lent records are forgotten. */
static void
forget_lent (WspKeptRecords *self)
{
  wsc_byte_buffer_forget (&self->records, self->n_lent * sizeof (WspFrameRecord));
  self->n_lent = 0;
  if (self->records.capacity > KEPT_CAPACITY)
    wsc_byte_buffer_clear (&self->records);
}

gboolean
wsp_kept_records_append (WspKeptRecords       *self,
                         const WspFrameRecord *record)
{
  WscBytes bytes = { (const guint8 *) record, sizeof *record };

  if (self->n_lent > 0)
    forget_lent (self);

  return get_n_in_all (self) < MAX_RECORDS && wsc_byte_buffer_append (&self->records, bytes);
}

const WspFrameRecord *
wsp_kept_records_lend (WspKeptRecords *self,
                       guint          *n)
{
  WscBytes all = wsc_byte_buffer_peek (&self->records);
  WscBytes queued = bytes_after (all, self->n_lent * sizeof (WspFrameRecord));

  *n = queued.length / sizeof (WspFrameRecord);
  self->n_lent += *n;
  return (const WspFrameRecord *) queued.at;
}

void
wsp_kept_records_clear (WspKeptRecords *self)
{
  wsc_byte_buffer_clear (&self->records);
  self->n_lent = 0;
}

void
wsp_kept_wire_set_pushed (WspKeptWire *self,
                          GBytes      *bytes,
                          guint64      offset)
{
  WspWindow *window = &self->windows[WSP_WINDOW_PUSHED];

  g_clear_pointer (&self->pushed, g_bytes_unref);
  self->pushed = g_bytes_ref (bytes);
  window->bytes.at = g_bytes_get_data (bytes, &window->bytes.length);
  window->offset = offset;
}

gboolean
wsp_kept_wire_holds (const WspKeptWire *self,
                     guint64            frame)
{
  return self->is_holding && self->held_frame == frame;
}

void
wsp_kept_wire_hold (WspKeptWire *self,
                    guint64      frame,
                    WscBytes     bytes)
{
  if (!wsp_kept_wire_holds (self, frame))
    wsp_kept_wire_forget_held (self);

  gsize room = MAX_PAYLOAD - wsc_byte_buffer_peek (&self->held).length;

  self->is_holding = TRUE;
  self->held_frame = frame;
  if (!self->is_short &&
      !wsc_byte_buffer_append (&self->held, bytes_first (bytes, MIN (bytes.length, room))))
    self->is_short = TRUE;
}

/* Offsets may wrap at 2^64, because a gap may have any length: only differences are compared. */
static gboolean
find_in_window (const WspWindow *window,
                guint64          begin,
                guint64          length,
                WscBytes        *payload)
{
  guint64 before = begin - window->offset;

  if (before > window->bytes.length || length > window->bytes.length - before)
    return FALSE;

  *payload = bytes_first (bytes_after (window->bytes, before), MIN (length, MAX_PAYLOAD));
  return TRUE;
}

gboolean
wsp_kept_wire_find (const WspKeptWire *self,
                    guint64            frame,
                    guint64            begin,
                    guint64            length,
                    WscBytes          *payload)
{
  if (wsp_kept_wire_holds (self, frame))
    {
      *payload = wsc_byte_buffer_peek (&self->held);
      return TRUE;
    }

  for (guint i = 0; i < WSP_N_WINDOWS; i++)
    {
      if (find_in_window (&self->windows[i], begin, length, payload))
        return TRUE;
    }

  return FALSE;
}

void
wsp_kept_wire_forget_windows (WspKeptWire *self)
{
  g_clear_pointer (&self->pushed, g_bytes_unref);
  memset (self->windows, 0, sizeof self->windows);
}

void
wsp_kept_wire_forget_held (WspKeptWire *self)
{
  wsc_byte_buffer_clear (&self->held);
  self->is_holding = FALSE;
  self->is_short = FALSE;
}

gboolean
wsp_kept_inflated_append (WspKeptInflated *self,
                          WscBytes         bytes)
{
  gsize in_all = wsc_byte_buffer_peek (&self->bytes).length;
  gsize in_progress = in_all - self->begin;
  gsize room = MIN (MAX_PAYLOAD - in_progress, MAX_KEPT - in_all);
  gsize length = MIN (bytes.length, room);

  return wsc_byte_buffer_append (&self->bytes, bytes_first (bytes, length)) &&
         length == bytes.length;
}

gboolean
wsp_kept_inflated_end (WspKeptInflated *self,
                       guint64          offset)
{
  gsize in_all = wsc_byte_buffer_peek (&self->bytes).length;
  Entry entry = { offset, self->begin, in_all - self->begin };
  WscBytes bytes = { (const guint8 *) &entry, sizeof entry };
  gboolean is_kept = wsc_byte_buffer_append (&self->entries, bytes);

  if (!is_kept)
    wsc_byte_buffer_shrink (&self->bytes, self->begin);
  self->begin = wsc_byte_buffer_peek (&self->bytes).length;
  return is_kept;
}

static void
dissector_kept_forget (WscByteBuffer *buffer,
                       gsize          n)
{
  wsc_byte_buffer_forget (buffer, n);
  if (buffer->end == 0)
    wsc_byte_buffer_clear (buffer);
}

void
wsp_kept_inflated_forget (WspKeptInflated *self)
{
  dissector_kept_forget (&self->entries, wsc_byte_buffer_peek (&self->entries).length);
  dissector_kept_forget (&self->bytes, self->begin);
  self->begin = 0;
}

gboolean
wsp_kept_inflated_find (const WspKeptInflated *self,
                        guint64                offset,
                        WscBytes              *payload)
{
  WscBytes all = wsc_byte_buffer_peek (&self->bytes);
  WscBytes bytes = wsc_byte_buffer_peek (&self->entries);
  const Entry *entries = (const Entry *) bytes.at;
  gsize low = 0, high = bytes.length / sizeof *entries;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;
      const Entry *entry = &entries[middle];

      if (entry->offset == offset)
        {
          *payload = bytes_first (bytes_after (all, entry->begin), entry->length);
          return TRUE;
        }

      if (entry->offset < offset)
        low = middle + 1;
      else
        high = middle;
    }

  return FALSE;
}

void
wsp_kept_inflated_clear (WspKeptInflated *self)
{
  wsc_byte_buffer_clear (&self->bytes);
  wsc_byte_buffer_clear (&self->entries);
}
