/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memory of a dissector: records and payloads in, records and payloads out.
 *
 * Without memory the program goes on: records and payloads that do not fit are dropped.
 *
 * (1) At most MAX_RECORDS records are queued.
 * (2) The payloads of a push are at most MAX_KEPT bytes, and each of them is kept whole or not
 *     at all.
 */
#include "observe/wsp-dissector-kept-private.h"

#include "core/bytes/byte-order.h"
#include "core/limits.h"

#define MAX_PAYLOAD WSC_DEFAULT_MAX_MESSAGE_SIZE
#define MAX_RECORDS (1024u * 1024)
#define MAX_KEPT (2 * MAX_PAYLOAD)     /* a large payload leaves room for others */

typedef struct
{
  guint64 offset;               /* of its frame */
  gsize   begin, length;
} Entry;

gboolean
wsp_kept_records_append (WspKeptRecords       *self,
                         const WspFrameRecord *record)
{
  WscBytes bytes = { (const guint8 *) record, sizeof *record };

  return wsp_kept_records_get_n (self) < MAX_RECORDS    /* (1) */
         && wsc_byte_buffer_append (&self->records, bytes);
}

guint
wsp_kept_records_get_n (const WspKeptRecords *self)
{
  return wsc_byte_buffer_peek (&self->records).length / sizeof (WspFrameRecord);
}

const WspFrameRecord *
wsp_kept_records_peek (const WspKeptRecords *self)
{
  return (const WspFrameRecord *) wsc_byte_buffer_peek (&self->records).at;
}

void
wsp_kept_records_forget (WspKeptRecords *self,
                         guint           n)
{
  wsc_byte_buffer_forget (&self->records, n * sizeof (WspFrameRecord));
}

void
wsp_kept_payloads_append (WspKeptPayloads *self,
                          WscBytes         bytes)
{
  gsize in_all = wsc_byte_buffer_peek (&self->bytes).length;
  gsize in_progress = in_all - self->begin;

  if (self->is_dropped)
    return;

  /* (2) */
  if (bytes.length > MAX_PAYLOAD - in_progress || bytes.length > MAX_KEPT - in_all
      || !wsc_byte_buffer_append (&self->bytes, bytes))
    wsp_kept_payloads_drop (self);
}

void
wsp_kept_payloads_drop (WspKeptPayloads *self)
{
  self->is_dropped = TRUE;
  wsc_byte_buffer_shrink (&self->bytes, self->begin);
}

WscBytes
wsp_kept_payloads_peek (const WspKeptPayloads *self)
{
  WscBytes all = wsc_byte_buffer_peek (&self->bytes);

  return all.length > self->begin ? bytes_after (all, self->begin) : (WscBytes) { NULL, 0 };
}

gboolean
wsp_kept_payloads_end (WspKeptPayloads *self,
                       guint64          offset)
{
  Entry entry = { offset, self->begin, wsp_kept_payloads_peek (self).length };
  WscBytes bytes = { (const guint8 *) &entry, sizeof entry };

  if (!self->is_dropped && !wsc_byte_buffer_append (&self->entries, bytes))
    wsp_kept_payloads_drop (self);

  gboolean is_kept = !self->is_dropped;

  self->begin = wsc_byte_buffer_peek (&self->bytes).length;
  self->is_dropped = FALSE;
  return is_kept;
}

static void
forget (WscByteBuffer *buffer,
        gsize          n)
{
  wsc_byte_buffer_forget (buffer, n);
  if (buffer->end == 0)
    wsc_byte_buffer_clear (buffer);
}

void
wsp_kept_payloads_forget (WspKeptPayloads *self)
{
  forget (&self->entries, wsc_byte_buffer_peek (&self->entries).length);
  forget (&self->bytes, self->begin);
  self->begin = 0;
}

gboolean
wsp_kept_payloads_find (const WspKeptPayloads *self,
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
wsp_kept_payloads_clear (WspKeptPayloads *self)
{
  wsc_byte_buffer_clear (&self->bytes);
  wsc_byte_buffer_clear (&self->entries);
}
