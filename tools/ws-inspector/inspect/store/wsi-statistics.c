/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Frames are added to one bucket of the finest width; when another one begins, it is added to the
 * rings of all widths.  All numbers are atomic and have one writer, so that adding costs no more
 * than without readers.
 *
 * (1) version is odd while a bucket is moved to the rings: readers begin again.  Each number is
 *     released and acquired: a reader that sees a later one sees the version before it, too.
 */
#include "inspect/store/wsi-statistics.h"

#include <stdatomic.h>

#define N_COUNTS (sizeof (WsiBucket) / sizeof (guint64))
#define N_TOTALS (sizeof (WsiTotals) / sizeof (guint64))
#define NEVER G_MININT64

typedef struct
{
  _Atomic gint64  index;        /* its time divided by the width; NEVER: empty */
  _Atomic guint64 counts[N_COUNTS];     /* as in WsiBucket */
} Slot;

struct _WsiStatistics
{
  atomic_uint     version;
  Slot            current;      /* of the finest width */
  Slot            rings[WSI_N_WIDTHS][WSI_N_BUCKETS];
  _Atomic guint64 totals[N_TOTALS];     /* as in WsiTotals */
};

static const gint64 widths[WSI_N_WIDTHS] = {
  [WSI_WIDTH_10_MS] = 10 * 1000,
  [WSI_WIDTH_100_MS] = 100 * 1000,
  [WSI_WIDTH_1_S] = 1000 * 1000,
  [WSI_WIDTH_10_S] = 10 * 1000 * 1000,
};

WsiStatistics *
wsi_statistics_new (void)
{
  WsiStatistics *self = g_new0 (WsiStatistics, 1);

  atomic_store (&self->current.index, NEVER);
  for (guint width = 0; width < WSI_N_WIDTHS; width++)
    for (guint i = 0; i < WSI_N_BUCKETS; i++)
      atomic_store_explicit (&self->rings[width][i].index, NEVER, memory_order_relaxed);
  return self;
}

void
wsi_statistics_free (WsiStatistics *self)
{
  g_free (self);
}

/* In microseconds. */
gint64
wsi_statistics_get_width (WsiWidth width)
{
  return widths[width];
}

static void
add (_Atomic guint64 *count,
     guint64          n)
{
  atomic_store_explicit (count, atomic_load_explicit (count, memory_order_relaxed) + n,
                         memory_order_release);   /* (1) */
}

static guint64
get (const _Atomic guint64 *count)
{
  return atomic_load_explicit (count, memory_order_acquire);
}

/* Rounded down, before 0 too. */
static gint64
get_index (gint64 time_us,
           gint64 width)
{
  return time_us / width - (time_us % width < 0 ? 1 : 0);
}

static Slot *
get_slot (WsiStatistics *self,
          WsiWidth       width,
          gint64         index)
{
  return &self->rings[width][(guint64) index % WSI_N_BUCKETS];
}

static void
move_to_ring (WsiStatistics *self,
              WsiWidth       width,
              gint64         index)
{
  Slot *slot = get_slot (self, width, index);
  gint64 known = atomic_load_explicit (&slot->index, memory_order_relaxed);

  /* Too old: its place has a later one. */
  if (known > index)
    return;

  for (guint i = 0; i < N_COUNTS; i++)
    {
      guint64 n = known == index ? get (&slot->counts[i]) : 0;

      atomic_store_explicit (&slot->counts[i], n + get (&self->current.counts[i]),
                             memory_order_release);
    }
  atomic_store_explicit (&slot->index, index, memory_order_release);
}

static void
begin_bucket (WsiStatistics *self,
              gint64         index)
{
  gint64 before = atomic_load_explicit (&self->current.index, memory_order_relaxed);

  atomic_fetch_add (&self->version, 1); /* (1) */
  for (guint width = 0; before != NEVER && width < WSI_N_WIDTHS; width++)
    move_to_ring (self, width, get_index (before * widths[WSI_WIDTH_10_MS], widths[width]));
  for (guint i = 0; i < N_COUNTS; i++)
    atomic_store_explicit (&self->current.counts[i], 0, memory_order_release);
  atomic_store_explicit (&self->current.index, index, memory_order_release);
  atomic_fetch_add (&self->version, 1);
}

#define BUCKET_COUNT(member) (G_STRUCT_OFFSET (WsiBucket, member) / sizeof (guint64))
#define TOTAL_COUNT(member) (G_STRUCT_OFFSET (WsiTotals, member) / sizeof (guint64))

static void
add_to_bucket (_Atomic guint64 *counts,
               const WsiRecord *record)
{
  guint flow = record->direction * sizeof (WsiFlow) / sizeof (guint64);

  add (&counts[BUCKET_COUNT (flows[0].n_wire_bytes) + flow], wsi_record_get_wire_length (record));
  if (record->fault != 0)
    add (&counts[BUCKET_COUNT (n_faults)], 1);
  if (!wsi_record_is_frame (record))
    return;

  add (&counts[BUCKET_COUNT (flows[0].n_frames) + flow], 1);
  if (wsi_record_is_fin (record) && !wsi_record_is_control (record))
    add (&counts[BUCKET_COUNT (flows[0].n_messages) + flow], 1);
  add (&counts[BUCKET_COUNT (flows[0].n_bytes) + flow], wsi_record_get_length (record));
  if (wsi_record_is_control (record))
    add (&counts[BUCKET_COUNT (n_control)], 1);
}

static guint
get_round_trip_bucket (guint64 time_us)
{
  guint n_bits = g_bit_storage (time_us);

  return n_bits <= 2 ? time_us : (n_bits - 2) * 4 + (time_us >> (n_bits - 3) & 3);
}

/* The least time of the next bucket. */
static guint64
get_round_trip_end (guint bucket)
{
  return bucket < 4 ? bucket + 1 : (guint64) (bucket % 4 + 5) << (bucket / 4 - 1);
}

static void
add_to_totals (WsiStatistics   *self,
               const WsiRecord *record)
{
  _Atomic guint64 *totals = self->totals;
  guint direction = record->direction;
  guint64 length = wsi_record_get_length (record);
  guint size = length > 0 ? g_bit_storage (length) : 0;

  add_to_bucket (&totals[TOTAL_COUNT (all)], record);
  if (!wsi_record_is_frame (record))
    return;

  if (record->kind < WSI_N_KINDS)
    add (&totals[TOTAL_COUNT (n_by_kind) + direction * WSI_N_KINDS + record->kind], 1);
  add (&totals[TOTAL_COUNT (n_by_size) + direction * WSI_N_SIZES + size], 1);
  if ((record->flags & WSI_RECORD_ROUND_TRIP) != 0)
    add (&totals[TOTAL_COUNT (n_by_round_trip) + get_round_trip_bucket (record->round_trip_us)], 1);

  if (!wsi_record_is_inflated (record))
    return;

  add (&totals[TOTAL_COUNT (n_compressed) + direction], 1);
  add (&totals[TOTAL_COUNT (n_compressed_wire) + direction], record->payload_length);
  add (&totals[TOTAL_COUNT (n_compressed_bytes) + direction], length);
}

/* Records that are merged from several sources may be a little out of order. */
void
wsi_statistics_add (WsiStatistics   *self,
                    const WsiRecord *record)
{
  gint64 index = get_index (record->time_us, widths[WSI_WIDTH_10_MS]);

  if (record->kind == WSI_RECORD_KIND_EVENT)
    {
      add (&self->totals[TOTAL_COUNT (n_events)], 1);
      return;
    }

  if (index != atomic_load_explicit (&self->current.index, memory_order_relaxed))
    begin_bucket (self, index);
  add_to_bucket (self->current.counts, record);
  add_to_totals (self, record);
}

static void
add_slot (WsiBucket  *bucket,
          const Slot *slot)
{
  guint64 *counts = (guint64 *) bucket;

  for (guint i = 0; i < N_COUNTS; i++)
    counts[i] += get (&slot->counts[i]);
}

static void
get_bucket (WsiStatistics *self,
            WsiWidth       width,
            gint64         index,
            WsiBucket     *bucket)
{
  const Slot *slot = get_slot (self, width, index);
  gint64 current = atomic_load_explicit (&self->current.index, memory_order_acquire);

  *bucket = (WsiBucket) { 0 };
  if (atomic_load_explicit (&slot->index, memory_order_acquire) == index)
    add_slot (bucket, slot);
  if (current != NEVER && get_index (current * widths[WSI_WIDTH_10_MS], widths[width]) == index)
    add_slot (bucket, &self->current);
}

/* So many of a width, the first one being that of begin_us.  One of which nothing is known, or
 * nothing any more, is zero. */
void
wsi_statistics_get_buckets (WsiStatistics *self,
                            WsiWidth       width,
                            gint64         begin_us,
                            WsiBucket     *buckets,
                            guint          n_buckets)
{
  gint64 first = get_index (begin_us, widths[width]);

  for (guint i = 0; i < n_buckets; i++)
    {
      guint before, after;

      do
        {
          before = atomic_load (&self->version);
          get_bucket (self, width, first + i, &buckets[i]);
          after = atomic_load (&self->version);
        }
      while (before != after || before % 2 != 0);
    }
}

void
wsi_statistics_get_totals (WsiStatistics *self,
                           WsiTotals     *totals)
{
  guint64 *counts = (guint64 *) totals;

  for (guint i = 0; i < N_TOTALS; i++)
    counts[i] = get (&self->totals[i]);
}

/* The time that so many of a hundred round trips do not exceed, by at most a quarter too long.
 * FALSE: there was none. */
gboolean
wsi_totals_get_round_trip (const WsiTotals *self,
                           guint            percent,
                           guint64         *round_trip_us)
{
  guint64 n = 0, wanted = 0;

  for (guint i = 0; i < WSI_N_ROUND_TRIPS; i++)
    wanted += self->n_by_round_trip[i];
  if (wanted == 0)
    return FALSE;

  wanted = MAX ((wanted * percent + 99) / 100, 1);
  for (guint i = 0; i < WSI_N_ROUND_TRIPS && n < wanted; i++)
    {
      n += self->n_by_round_trip[i];
      *round_trip_us = get_round_trip_end (i) - 1;
    }
  return TRUE;
}
