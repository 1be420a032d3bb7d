/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The traffic of a store by time, in at most some thousand buckets whatever its span: they get
 * wider as it grows.  Rows that the store has removed are not in it.  A part of the time is read
 * again, with narrower buckets.  It reads on where it ended, and some records at once, so that a
 * window stays fluent. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_TIMELINE_MAX_BUCKETS 2048

/* Times from one record to another, such as those from a ping to its pong. */
typedef struct
{
  guint64 n;
  guint64 sum_us, min_us, max_us;
} WsiSpread;

typedef struct
{
  guint64   n_wire_bytes[2];    /* bytes on the wire, by direction */
  guint64   n_frames[2];
  guint64   n_unframed[2];      /* messages of which no frame is known; n_frames counts them, too */
  guint64   n_by_kind[WSI_N_KINDS];     /* frames, by WspFrameKind */
  guint64   n_faults;           /* rows with a fault */
  guint64   end;                /* number after that of the latest row; 0: the bucket has none */
  WsiSpread round_trips, replies;
} WsiTimeBucket;

typedef struct _WsiTimeline WsiTimeline;

WsiTimeline *wsi_timeline_new  (WsiStore *store);
void         wsi_timeline_free (WsiTimeline *self);
/* Sets the connection whose rows are read; 0 = all. */
void         wsi_timeline_set_conversation (WsiTimeline *self,
                                            guint32      conversation);
guint32      wsi_timeline_get_conversation (WsiTimeline *self);
/* Sets the range: only rows from begin on and before end are read.  The buckets stay until these
 * are read. */
void         wsi_timeline_set_range   (WsiTimeline *self,
                                       gint64       begin_us,
                                       gint64       end_us);
/* Reads on.  FALSE: there are more records to read. */
gboolean     wsi_timeline_update      (WsiTimeline *self);
/* The version of the buckets, which goes up whenever they change. */
guint64      wsi_timeline_get_version (WsiTimeline *self);
/* The times from the first to the last row of all that were read.  FALSE: there is none. */
gboolean     wsi_timeline_get_span    (WsiTimeline *self,
                                       gint64      *begin_us,
                                       gint64      *end_us);
/* Time of the first row, from which the filter counts; 0 = there is none. */
gint64       wsi_timeline_get_origin  (WsiTimeline *self);
/* Files may have any time: two times that were limited have a difference. */
gint64       wsi_timeline_limit_time (gint64 time_us);
gint64       wsi_timeline_get_width   (WsiTimeline *self);
guint        wsi_timeline_get_n_buckets (WsiTimeline *self);
gint64       wsi_timeline_get_bucket_time (WsiTimeline *self,
                                           guint        i);
const WsiTimeBucket *wsi_timeline_get_bucket (WsiTimeline *self,
                                              guint        i);
/* The sum of the buckets that begin at begin or later, and before end. */
void         wsi_timeline_sum         (WsiTimeline   *self,
                                       gint64         begin_us,
                                       gint64         end_us,
                                       WsiTimeBucket *sum);
void         wsi_time_bucket_add      (WsiTimeBucket       *self,
                                       const WsiTimeBucket *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiTimeline, wsi_timeline_free)

G_END_DECLS
