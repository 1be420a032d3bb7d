/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The widths of a timeline's buckets: 10 and 20 microseconds, 100 and 200, and so on: each one is a
 * multiple of the one before, so that buckets can be joined, and ends at a time that people can
 * read.
 *
 * There are never more than WSI_TIMELINE_MAX_BUCKETS.
 */
#include "inspect/show/charts/wsi-time-buckets.h"

#define MIN_WIDTH_US 10

/* The factor from this width to the next one. */
static int
get_factor (const WsiTimeBuckets *self)
{
  return self->n_widened % 2 == 0 ? 2 : 5;
}

void
wsi_time_buckets_init (WsiTimeBuckets *self,
                       gint64          span_us)
{
  *self = (WsiTimeBuckets) {
    .width_us = MIN_WIDTH_US,
    .buckets = g_array_new (FALSE, TRUE, sizeof (WsiTimeBucket)),
  };
  while (span_us / self->width_us >= WSI_TIMELINE_MAX_BUCKETS - 1)
    {
      self->width_us *= get_factor (self);
      self->n_widened++;
    }
}

void
wsi_time_buckets_clear (WsiTimeBuckets *self)
{
  g_clear_pointer (&self->buckets, g_array_unref);
}

/* Divides a time, rounded down, also before 0. */
static gint64
time_buckets_divide (gint64 time,
                     gint64 width)
{
  return time / width - (time % width < 0 ? 1 : 0);
}

gint64
wsi_time_buckets_get_time (const WsiTimeBuckets *self,
                           guint                 i)
{
  return (self->first + i) * self->width_us;
}

gint64
wsi_time_buckets_round (const WsiTimeBuckets *self,
                        gint64                time_us)
{
  return time_buckets_divide (time_us, self->width_us) * self->width_us;
}

static void
add_spread (WsiSpread       *self,
            const WsiSpread *other)
{
  if (other->n == 0)
    return;

  self->min_us = self->n > 0 ? MIN (self->min_us, other->min_us) : other->min_us;
  self->max_us = MAX (self->max_us, other->max_us);
  self->sum_us += other->sum_us;
  self->n += other->n;
}

void
wsi_time_bucket_add (WsiTimeBucket       *self,
                     const WsiTimeBucket *other)
{
  for (guint i = 0; i < 2; i++)
    {
      self->n_wire_bytes[i] += other->n_wire_bytes[i];
      self->n_frames[i] += other->n_frames[i];
      self->n_unframed[i] += other->n_unframed[i];
    }
  for (guint i = 0; i < WSI_N_KINDS; i++)
    self->n_by_kind[i] += other->n_by_kind[i];
  self->n_faults += other->n_faults;
  self->end = MAX (self->end, other->end);
  add_spread (&self->round_trips, &other->round_trips);
  add_spread (&self->replies, &other->replies);
}

static void
time_buckets_widen (WsiTimeBuckets *self)
{
  const int factor = get_factor (self);
  gint64 first = time_buckets_divide (self->first, factor);
  g_autoptr (GArray) wider = g_array_new (FALSE, TRUE, sizeof (WsiTimeBucket));

  if (self->buckets->len > 0)
    g_array_set_size (wider, time_buckets_divide (self->first + self->buckets->len - 1, factor) -
                      first + 1);
  for (guint i = 0; i < self->buckets->len; i++)
    wsi_time_bucket_add (&g_array_index (wider, WsiTimeBucket,
                                         time_buckets_divide (self->first + i, factor) - first),
                         &g_array_index (self->buckets, WsiTimeBucket, i));

  g_array_unref (self->buckets);
  self->buckets = g_steal_pointer (&wider);
  self->first = first;
  self->width_us *= factor;
  self->n_widened++;
}

/* The number of buckets, if there was one with this index, too. */
static guint64
count_with (const WsiTimeBuckets *self,
            gint64                index)
{
  gint64 first = MIN (self->first, index);
  gint64 last = MAX (self->first + (gint64) self->buckets->len - 1, index);

  return self->buckets->len > 0 ? (guint64) (last - first) + 1 : 1;
}

static void
time_buckets_prepend (WsiTimeBuckets *self,
                      guint           n)
{
  g_autoptr (GArray) more = g_array_new (FALSE, TRUE, sizeof (WsiTimeBucket));

  g_array_set_size (more, n);
  g_array_prepend_vals (self->buckets, more->data, n);
  self->first -= n;
}

WsiTimeBucket *
wsi_time_buckets_ensure (WsiTimeBuckets *self,
                         gint64          time_us)
{
  while (count_with (self, time_buckets_divide (time_us, self->width_us)) >
         WSI_TIMELINE_MAX_BUCKETS)
    time_buckets_widen (self);

  gint64 index = time_buckets_divide (time_us, self->width_us);

  if (self->buckets->len == 0)
    self->first = index;
  if (index < self->first)
    time_buckets_prepend (self, self->first - index);
  if (index >= self->first + (gint64) self->buckets->len)
    g_array_set_size (self->buckets, index - self->first + 1);
  return &g_array_index (self->buckets, WsiTimeBucket, index - self->first);
}

guint
wsi_time_buckets_find (const WsiTimeBuckets *self,
                       gint64                time_us)
{
  gint64 index = time_buckets_divide (time_us, self->width_us) +
                 (time_us % self->width_us != 0 ? 1 : 0);

  return CLAMP (index - self->first, 0, (gint64) self->buckets->len);
}

gboolean
wsi_time_buckets_drop_before (WsiTimeBuckets *self,
                              gint64          time_us)
{
  gint64 n = time_buckets_divide (time_us, self->width_us) - self->first;

  n = CLAMP (n, 0, (gint64) self->buckets->len);
  if (n > 0)
    g_array_remove_range (self->buckets, 0, n);
  self->first += n;
  return n > 0;
}

gboolean
wsi_time_buckets_drop_evicted (WsiTimeBuckets *self,
                               guint64         first)
{
  guint begin = self->buckets->len, end = 0;    /* range of the buckets that stay */
  gboolean is_changed = FALSE;

  for (guint i = 0; i < self->buckets->len; i++)
    {
      WsiTimeBucket *bucket = &g_array_index (self->buckets, WsiTimeBucket, i);

      if (bucket->end > first)
        {
          begin = MIN (begin, i);
          end = i + 1;
        }
      else if (bucket->end > 0)
        {
          *bucket = (WsiTimeBucket) { 0 };
          is_changed = TRUE;
        }
    }
  if (!is_changed)
    return FALSE;

  g_array_set_size (self->buckets, end);
  g_array_remove_range (self->buckets, 0, MIN (begin, end));
  self->first += MIN (begin, end);
  return TRUE;
}
