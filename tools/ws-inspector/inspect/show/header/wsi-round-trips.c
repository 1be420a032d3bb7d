/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/header/wsi-round-trips.h"

#include "inspect/show/header/wsi-record-search.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"

#define RECORDS_AT_ONCE 100000
#define MAX_KEPT 65536          /* round trips that are kept, the latest ones */

struct _WsiRoundTrips
{
  WsiStore *store;
  guint32   conversation;
  guint64   next;               /* number of the record that is read next */
  guint     n_found;
  GArray   *times;              /* round trips in microseconds (guint32) */
};

WsiRoundTrips *
wsi_round_trips_new (WsiStore        *store,
                     WsiConversation *conversation)
{
  WsiRoundTrips *self = g_new0 (WsiRoundTrips, 1);

  self->store = g_object_ref (store);
  self->conversation = wsi_conversation_get_number (conversation);
  self->next = wsi_record_search_time (store, wsi_conversation_get_begin_time (conversation));
  self->times = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

void
wsi_round_trips_free (WsiRoundTrips *self)
{
  g_object_unref (self->store);
  g_array_unref (self->times);
  g_free (self);
}

static void
round_trips_keep (WsiRoundTrips *self,
                  guint32        time_us)
{
  guint place = self->n_found++ % MAX_KEPT;

  if (place < self->times->len)
    g_array_index (self->times, guint32, place) = time_us;
  else
    g_array_append_val (self->times, time_us);
}

gboolean
wsi_round_trips_update (WsiRoundTrips *self)
{
  guint reading = wsi_store_begin_reading (self->store);
  guint64 end = wsi_store_get_end (self->store);
  guint64 first = MAX (self->next, wsi_store_get_first (self->store));
  guint64 last = MIN (end, first + RECORDS_AT_ONCE);

  for (guint64 i = first; i < last; i++)
    {
      const WsiRecord *record = wsi_store_get_record (self->store, i);

      if (record != NULL && record->conversation == self->conversation &&
          wsi_record_is_round_trip (record))
        round_trips_keep (self, record->round_trip_us);
    }
  self->next = last;
  wsi_store_end_reading (self->store, reading);
  return last == end;
}

static int
round_trips_compare (gconstpointer a,
                     gconstpointer b)
{
  guint32 first = *(const guint32 *) a, second = *(const guint32 *) b;

  return (first > second) - (first < second);
}

void
wsi_round_trips_summarize (WsiRoundTrips       *self,
                           WsiRoundTripSummary *summary)
{
  g_autoptr (GArray) sorted = g_array_copy (self->times);
  const guint32 *times;

  *summary = (WsiRoundTripSummary) { .n = self->n_found };
  if (sorted->len == 0)
    return;

  g_array_sort (sorted, round_trips_compare);
  times = (const guint32 *) sorted->data;
  summary->min_us = times[0];
  summary->median_us = times[(sorted->len - 1) / 2];
  summary->max_us = times[sorted->len - 1];
}
