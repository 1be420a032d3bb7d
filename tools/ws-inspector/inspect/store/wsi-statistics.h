/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Counts frames.  One thread adds, any thread asks, without a lock.  By time: see WsiTimeline. */
#pragma once

#include "inspect/store/wsi-record.h"

G_BEGIN_DECLS

/* Counts of one direction. */
typedef struct
{
  guint64 n_frames, n_messages;
  guint64 n_bytes;              /* bytes of payload, inflated */
  guint64 n_wire_bytes;         /* bytes of frames on the wire */
  guint64 n_unframed;           /* messages of which no frame is known; n_frames counts them, too */
  guint64 n_stopped;            /* frames with more bytes than n_bytes has of them */
} WsiFlow;

typedef struct
{
  WsiFlow flows[2];
  guint64 n_faults;             /* frames with a broken rule */
} WsiTraffic;

#define WSI_N_KINDS 8           /* room for every WspFrameKind */
#define WSI_N_SIZES 65          /* sizes: 0, then powers of two: size i is less than 2^i */
#define WSI_N_ROUND_TRIPS 128   /* times: four in each power of two of microseconds */

typedef struct
{
  WsiTraffic all;
  guint64   n_events;
  guint64   n_by_kind[2][WSI_N_KINDS];
  guint64   n_by_size[2][WSI_N_SIZES];  /* payloads by their size after inflating */
  guint64   n_compressed[2];            /* compressed frames, and their bytes before and after */
  guint64   n_compressed_wire[2], n_compressed_bytes[2];
  guint64   n_by_round_trip[WSI_N_ROUND_TRIPS];
} WsiTotals;

typedef struct _WsiStatistics WsiStatistics;

WsiStatistics *wsi_statistics_new  (void);
void           wsi_statistics_free (WsiStatistics *self);
void           wsi_statistics_add  (WsiStatistics   *self,
                                    const WsiRecord *record);
void           wsi_statistics_get_totals  (WsiStatistics *self,
                                           WsiTotals     *totals);
/* The time that so many of a hundred round trips do not exceed, by at most a quarter too long.
 * FALSE: there was none. */
gboolean       wsi_totals_get_round_trip  (const WsiTotals *self,
                                           guint            percent,
                                           guint64         *round_trip_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiStatistics, wsi_statistics_free)

G_END_DECLS
