/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The counts of a store.  All numbers are atomic and have one writer, so that adding costs no more
 * than without readers. */
#include "inspect/store/wsi-statistics.h"

#include <stdatomic.h>

#define N_TOTALS (sizeof (WsiTotals) / sizeof (guint64))

struct _WsiStatistics
{
  _Atomic guint64 totals[N_TOTALS];     /* totals as in WsiTotals */
};

WsiStatistics *
wsi_statistics_new (void)
{
  return g_new0 (WsiStatistics, 1);
}

void
wsi_statistics_free (WsiStatistics *self)
{
  g_free (self);
}

static void
statistics_add (_Atomic guint64 *count,
                guint64          n)
{
  atomic_store_explicit (count, atomic_load_explicit (count, memory_order_relaxed) + n,
                         memory_order_release);
}

static guint64
statistics_get (const _Atomic guint64 *count)
{
  return atomic_load_explicit (count, memory_order_acquire);
}

#define TRAFFIC_COUNT(member) (G_STRUCT_OFFSET (WsiTraffic, member) / sizeof (guint64))
#define TOTAL_COUNT(member) (G_STRUCT_OFFSET (WsiTotals, member) / sizeof (guint64))

static void
add_to_traffic (_Atomic guint64 *counts,
                const WsiRecord *record)
{
  guint flow = record->direction * sizeof (WsiFlow) / sizeof (guint64);

  statistics_add (&counts[TRAFFIC_COUNT (flows[0].n_wire_bytes) + flow],
                  wsi_record_get_wire_length (record));
  if (record->fault != 0)
    statistics_add (&counts[TRAFFIC_COUNT (n_faults)], 1);
  if (!wsi_record_is_frame (record))
    return;

  statistics_add (&counts[TRAFFIC_COUNT (flows[0].n_frames) + flow], 1);
  if ((record->flags & WSI_RECORD_NO_FRAME) != 0)
    statistics_add (&counts[TRAFFIC_COUNT (flows[0].n_unframed) + flow], 1);
  if (record->is_stopped)
    statistics_add (&counts[TRAFFIC_COUNT (flows[0].n_stopped) + flow], 1);
  if (wsi_record_is_fin (record) && !wsi_record_is_control (record))
    statistics_add (&counts[TRAFFIC_COUNT (flows[0].n_messages) + flow], 1);
  statistics_add (&counts[TRAFFIC_COUNT (flows[0].n_bytes) + flow], wsi_record_get_length (record));
}

static guint
get_round_trip_bucket (guint64 time_us)
{
  guint n_bits = g_bit_storage (time_us);

  return n_bits <= 2 ? time_us : (n_bits - 2) * 4 + (time_us >> (n_bits - 3) & 3);
}

/* The least time of the next bucket of round trips. */
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

  add_to_traffic (&totals[TOTAL_COUNT (all)], record);
  if (!wsi_record_is_frame (record))
    return;

  if (record->kind < WSI_N_KINDS)
    statistics_add (&totals[TOTAL_COUNT (n_by_kind) + direction * WSI_N_KINDS + record->kind], 1);
  statistics_add (&totals[TOTAL_COUNT (n_by_size) + direction * WSI_N_SIZES + size], 1);
  if (wsi_record_is_round_trip (record))
    statistics_add (&totals[TOTAL_COUNT (n_by_round_trip) +
                            get_round_trip_bucket (record->round_trip_us)], 1);

  if (!wsi_record_is_inflated (record))
    return;

  statistics_add (&totals[TOTAL_COUNT (n_compressed) + direction], 1);
  statistics_add (&totals[TOTAL_COUNT (n_compressed_wire) + direction], record->payload_length);
  statistics_add (&totals[TOTAL_COUNT (n_compressed_bytes) + direction], length);
}

void
wsi_statistics_add (WsiStatistics   *self,
                    const WsiRecord *record)
{
  if (record->kind == WSI_RECORD_KIND_EVENT)
    statistics_add (&self->totals[TOTAL_COUNT (n_events)], 1);
  else
    add_to_totals (self, record);
}

void
wsi_statistics_get_totals (WsiStatistics *self,
                           WsiTotals     *totals)
{
  guint64 *counts = (guint64 *) totals;

  for (guint i = 0; i < N_TOTALS; i++)
    counts[i] = statistics_get (&self->totals[i]);
}

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

  g_assert (percent <= 100);
  wanted = MAX ((wanted * percent + 99) / 100, 1);
  for (guint i = 0; n < wanted; i++)
    {
      n += self->n_by_round_trip[i];
      *round_trip_us = get_round_trip_end (i) - 1;
    }
  return TRUE;
}
