/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Counts the records of a range of time in buckets.  All records are read for each range: sources
 * that are added later have earlier times, so that no search would find the first one.  A million
 * takes some milliseconds. */
#include "inspect/show/charts/wsi-time-buckets.h"

#include "inspect/store/wsi-record.h"

#define RECORDS_AT_ONCE 20000
#define PAIRS_AT_ONCE 256
#define MAX_PAIRS_AT_ONCE 8192
#define ROWS_OF_SPAN 1024
#define MAX_TIME_US (G_GINT64_CONSTANT (1) << 60)       /* times whose differences fit */

/* The times of ROWS_OF_SPAN rows that follow each other. */
typedef struct
{
  gint64 first_us, last_us;
} Span;

struct _WsiTimeline
{
  WsiStore      *store;
  guint32        conversation;  /* number of the connection; 0 = all */
  gint64         begin_us, end_us;      /* range of time that is shown */
  WsiTimeBuckets shown;
  WsiTimeBuckets next;          /* buckets of a range that is read; none: no range is */
  guint64        n_read;        /* number of the next record */
  guint64        n_pairs;       /* pairs of request and reply that were read */
  guint64        version;
  GArray        *spans;         /* spans of rows that were read and are still there (Span) */
  guint64        first_span;    /* number of its first row, divided by ROWS_OF_SPAN */
  gint64         first_us, last_us;     /* times of the first and the last row of all spans */
  guint64        first;         /* number of the first row, when those before it were dropped */
};

WsiTimeline *
wsi_timeline_new (WsiStore *store)
{
  WsiTimeline *self = g_new0 (WsiTimeline, 1);

  self->store = g_object_ref (store);
  self->begin_us = -MAX_TIME_US;
  self->end_us = MAX_TIME_US;
  self->spans = g_array_new (FALSE, FALSE, sizeof (Span));
  wsi_time_buckets_init (&self->shown, 0);
  return self;
}

void
wsi_timeline_free (WsiTimeline *self)
{
  wsi_time_buckets_clear (&self->shown);
  wsi_time_buckets_clear (&self->next);
  g_array_unref (self->spans);
  g_object_unref (self->store);
  g_free (self);
}

/* The buckets that rows are read into. */
static WsiTimeBuckets *
get_buckets (WsiTimeline *self)
{
  return self->next.buckets != NULL ? &self->next : &self->shown;
}

/* The part of the range that has rows. */
static gint64
timeline_get_span (WsiTimeline *self)
{
  gint64 begin = self->spans->len > 0 ? MAX (self->begin_us, self->first_us) : 0;
  gint64 end = self->spans->len > 0 ? MIN (self->end_us, self->last_us) : 0;

  return MAX (end - begin, 0);
}

static void
timeline_read_again (WsiTimeline *self)
{
  wsi_time_buckets_clear (&self->next);
  wsi_time_buckets_init (&self->next, timeline_get_span (self));
  self->n_read = 0;
  self->n_pairs = 0;
}

void
wsi_timeline_set_conversation (WsiTimeline *self,
                               guint32      conversation)
{
  if (self->conversation == conversation)
    return;

  self->conversation = conversation;
  timeline_read_again (self);
}

guint32
wsi_timeline_get_conversation (WsiTimeline *self)
{
  return self->conversation;
}

/* Whether the buckets are wider than need be. */
static gboolean
is_coarse (WsiTimeline *self)
{
  g_auto (WsiTimeBuckets) buckets = { 0 };

  wsi_time_buckets_init (&buckets, timeline_get_span (self));
  return buckets.width_us < get_buckets (self)->width_us;
}

/* Sets the range.  A range without an end whose beginning moves on is followed without reading
 * anything again. */
void
wsi_timeline_set_range (WsiTimeline *self,
                        gint64       begin_us,
                        gint64       end_us)
{
  gboolean is_later;

  begin_us = CLAMP (begin_us, -MAX_TIME_US, MAX_TIME_US);
  end_us = CLAMP (end_us, begin_us, MAX_TIME_US);
  if (self->begin_us == begin_us && self->end_us == end_us)
    return;

  is_later = begin_us >= self->begin_us && end_us == self->end_us;
  self->begin_us = begin_us;
  self->end_us = end_us;
  if (!is_later || is_coarse (self))
    timeline_read_again (self);
  else if (wsi_time_buckets_drop_before (get_buckets (self), begin_us))
    self->version++;
}

static void
add_time (WsiSpread *spread,
          gint64     time_us)
{
  guint64 time = MAX (time_us, 0);

  spread->min_us = spread->n > 0 ? MIN (spread->min_us, time) : time;
  spread->max_us = MAX (spread->max_us, time);
  spread->sum_us += time;
  spread->n++;
}

static void
timeline_add_record (WsiTimeBucket   *bucket,
                     const WsiRecord *record,
                     guint64          number)
{
  bucket->end = MAX (bucket->end, number + 1);
  bucket->n_faults += record->fault != 0;
  if (record->direction >= WSI_NO_DIRECTION)
    return;

  bucket->n_wire_bytes[record->direction] += wsi_record_get_wire_length (record);
  if (!wsi_record_is_frame (record))
    return;

  bucket->n_frames[record->direction]++;
  bucket->n_unframed[record->direction] += (record->flags & WSI_RECORD_NO_FRAME) != 0;
  if (record->kind < WSI_N_KINDS)
    bucket->n_by_kind[record->kind]++;
  if (wsi_record_is_round_trip (record))
    add_time (&bucket->round_trips, record->round_trip_us);
}

gint64
wsi_timeline_limit_time (gint64 time_us)
{
  return CLAMP (time_us, -MAX_TIME_US + 1, MAX_TIME_US - 1);
}

static gint64
timeline_get_time (const WsiRecord *record)
{
  return wsi_timeline_limit_time (record->time_us);
}

static gboolean
timeline_is_wanted (WsiTimeline     *self,
                    const WsiRecord *record)
{
  gint64 time_us = timeline_get_time (record);

  return time_us >= self->begin_us && time_us < self->end_us &&
         (self->conversation == 0 || self->conversation == record->conversation);
}

static void
note_span (WsiTimeline *self,
           guint64      number,
           gint64       time_us)
{
  const Span none = { MAX_TIME_US, -MAX_TIME_US };
  guint64 index = number / ROWS_OF_SPAN;
  Span *span;

  if (self->spans->len == 0)
    self->first_span = index;
  while (self->first_span + self->spans->len <= index)
    g_array_append_val (self->spans, none);

  /* rows are read again, but only those that are still there */
  span = &g_array_index (self->spans, Span, index - self->first_span);
  span->first_us = MIN (span->first_us, time_us);
  span->last_us = MAX (span->last_us, time_us);
}

static void
join_spans (WsiTimeline *self)
{
  self->first_us = self->spans->len > 0 ? MAX_TIME_US : 0;
  self->last_us = self->spans->len > 0 ? -MAX_TIME_US : 0;
  for (guint i = 0; i < self->spans->len; i++)
    {
      const Span *span = &g_array_index (self->spans, Span, i);

      self->first_us = MIN (self->first_us, span->first_us);
      self->last_us = MAX (self->last_us, span->last_us);
    }
}

static void
timeline_read_run (WsiTimeline     *self,
                   const WsiRecord *records,
                   guint64          first,
                   guint64          n)
{
  WsiTimeBuckets *buckets = get_buckets (self);
  WsiTimeBucket *bucket = NULL;
  gint64 begin_us = 0;          /* time of the bucket */

  for (guint64 i = 0; i < n; i++)
    {
      const WsiRecord *record = &records[i];
      gint64 time_us = timeline_get_time (record);

      note_span (self, first + i, time_us);
      if (!timeline_is_wanted (self, record))
        continue;

      if (bucket == NULL || time_us < begin_us || time_us >= begin_us + buckets->width_us)
        {
          bucket = wsi_time_buckets_ensure (buckets, time_us);
          begin_us = wsi_time_buckets_round (buckets, time_us);
        }
      timeline_add_record (bucket, record, first + i);
    }
}

/* Reads records; returns how many. */
static guint64
timeline_read_records (WsiTimeline *self)
{
  guint reading = wsi_store_begin_reading (self->store);
  guint64 end = wsi_store_get_end (self->store);
  guint64 begin = MAX (self->n_read, wsi_store_get_first (self->store));
  guint64 at = begin, n;

  end = MIN (end, begin + RECORDS_AT_ONCE);
  while (at < end)
    {
      const WsiRecord *run = wsi_store_get_run (self->store, at, &n);

      if (run == NULL)
        break;
      n = MIN (n, end - at);
      timeline_read_run (self, run, at, n);
      at += n;
    }
  self->n_read = MAX (at, self->n_read);
  join_spans (self);
  wsi_store_end_reading (self->store, reading);
  return at - begin;
}

static void
timeline_add_pair (WsiTimeline   *self,
                   const WsiPair *pair)
{
  const WsiRecord *request = wsi_store_get_record (self->store, pair->request);
  const WsiRecord *reply = wsi_store_get_record (self->store, pair->reply);
  WsiTimeBucket *bucket;

  if (request == NULL || reply == NULL || !timeline_is_wanted (self, reply))
    return;

  bucket = wsi_time_buckets_ensure (get_buckets (self), timeline_get_time (reply));
  bucket->end = MAX (bucket->end, pair->reply + 1);
  add_time (&bucket->replies, timeline_get_time (reply) - timeline_get_time (request));
}

/* Reads pairs, which a decoder finds maybe long after their rows.  Returns how many. */
static guint
timeline_read_pairs (WsiTimeline *self)
{
  guint reading = wsi_store_begin_reading (self->store);
  WsiPair pairs[PAIRS_AT_ONCE];
  guint n, n_all = 0;

  do
    {
      n = wsi_store_get_pairs (self->store, &self->n_pairs, pairs, G_N_ELEMENTS (pairs));
      for (guint i = 0; i < n; i++)
        timeline_add_pair (self, &pairs[i]);
      n_all += n;
    }
  while (n == G_N_ELEMENTS (pairs) && n_all < MAX_PAIRS_AT_ONCE);
  wsi_store_end_reading (self->store, reading);
  return n_all;
}

/* Buckets of rows that the store has removed.  A row that was added later may be of an earlier
 * time. */
static void
timeline_drop_evicted (WsiTimeline *self)
{
  guint64 first = wsi_store_get_first (self->store);
  guint64 n_spans = first / ROWS_OF_SPAN - MIN (self->first_span, first / ROWS_OF_SPAN);

  if (first == self->first)
    return;

  self->first = first;
  n_spans = MIN (n_spans, self->spans->len);
  if (n_spans > 0)
    g_array_remove_range (self->spans, 0, n_spans);
  self->first_span += n_spans;
  join_spans (self);
  if (wsi_time_buckets_drop_evicted (get_buckets (self), first))
    self->version++;
}

gboolean
wsi_timeline_update (WsiTimeline *self)
{
  guint64 n_records;
  guint n_pairs;

  timeline_drop_evicted (self);
  n_records = timeline_read_records (self);
  n_pairs = timeline_read_pairs (self);
  self->version += n_records > 0 || n_pairs > 0;
  if (n_records == RECORDS_AT_ONCE || n_pairs >= MAX_PAIRS_AT_ONCE)
    return FALSE;

  if (self->next.buckets != NULL)
    {
      wsi_time_buckets_clear (&self->shown);
      self->shown = self->next;
      self->next = (WsiTimeBuckets) { 0 };
      self->version++;
    }
  return TRUE;
}

guint64
wsi_timeline_get_version (WsiTimeline *self)
{
  return self->version;
}

gboolean
wsi_timeline_get_span (WsiTimeline *self,
                       gint64      *begin_us,
                       gint64      *end_us)
{
  *begin_us = self->first_us;
  *end_us = self->last_us;
  return self->spans->len > 0;
}

gint64
wsi_timeline_get_origin (WsiTimeline *self)
{
  gint64 begin_us;

  return wsi_store_get_begin (self->store, &begin_us) ? wsi_timeline_limit_time (begin_us) : 0;
}

gint64
wsi_timeline_get_width (WsiTimeline *self)
{
  return self->shown.width_us;
}

guint
wsi_timeline_get_n_buckets (WsiTimeline *self)
{
  return self->shown.buckets->len;
}

gint64
wsi_timeline_get_bucket_time (WsiTimeline *self,
                              guint        i)
{
  return wsi_time_buckets_get_time (&self->shown, i);
}

const WsiTimeBucket *
wsi_timeline_get_bucket (WsiTimeline *self,
                         guint        i)
{
  return &g_array_index (self->shown.buckets, WsiTimeBucket, i);
}

void
wsi_timeline_sum (WsiTimeline   *self,
                  gint64         begin_us,
                  gint64         end_us,
                  WsiTimeBucket *sum)
{
  guint end = wsi_time_buckets_find (&self->shown, end_us);

  *sum = (WsiTimeBucket) { 0 };
  for (guint i = wsi_time_buckets_find (&self->shown, begin_us); i < end; i++)
    wsi_time_bucket_add (sum, wsi_timeline_get_bucket (self, i));
}
