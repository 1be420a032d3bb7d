/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The buckets of a timeline: they follow each other without a gap. */
#pragma once

#include "inspect/show/charts/wsi-timeline.h"

G_BEGIN_DECLS

typedef struct
{
  gint64  width_us;
  guint   n_widened;            /* times that the width grew; odd: 20 us, 200 us, ... */
  gint64  first;                /* time of the first bucket, divided by the width */
  GArray *buckets;              /* buckets from the first one on (WsiTimeBucket) */
} WsiTimeBuckets;

/* Initializes buckets with the least width by which a span has few enough of them. */
void           wsi_time_buckets_init  (WsiTimeBuckets *self,
                                       gint64          span_us);
void           wsi_time_buckets_clear (WsiTimeBuckets *self);
gint64         wsi_time_buckets_get_time (const WsiTimeBuckets *self,
                                          guint                 i);
/* The time at which the bucket of this time begins. */
gint64         wsi_time_buckets_round (const WsiTimeBuckets *self,
                                       gint64                time_us);
/* The bucket of this time; it is made, and all get wider, if need be. */
WsiTimeBucket *wsi_time_buckets_ensure (WsiTimeBuckets *self,
                                        gint64          time_us);
/* The index of the first bucket that begins at this time or later. */
guint          wsi_time_buckets_find   (const WsiTimeBuckets *self,
                                        gint64                time_us);
/* Drops buckets that end before this time.  TRUE: there were some. */
gboolean       wsi_time_buckets_drop_before (WsiTimeBuckets *self,
                                             gint64          time_us);
/* Drops buckets whose rows are all before this number; sources are not in the order of time.  TRUE:
 * there were some. */
gboolean       wsi_time_buckets_drop_evicted (WsiTimeBuckets *self,
                                              guint64         first);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiTimeBuckets, wsi_time_buckets_clear)

G_END_DECLS
