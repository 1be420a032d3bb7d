/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Takes what sources in other threads observe to the one thread that writes to the store.  Each
 * source has a lane: a queue of bounded size.  The lanes are merged by wall time: a recorded lane
 * makes the others wait until its next entry is there, a live one does not.  Live lanes wait half a
 * second at most, since a recording may come from a pipe that is silent for hours. */
#pragma once

#include "inspect/capture/lanes/wsi-entry.h"
#include "inspect/capture/lanes/wsi-wall-clock.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_LANE_LIVE,
  WSI_LANE_RECORDED,
} WsiLaneKind;

typedef enum
{
  WSI_WHEN_FULL_SKIP,           /* bytes that do not fit become a gap */
  WSI_WHEN_FULL_WAIT,           /* the thread of the source waits */
} WsiWhenFull;

typedef struct
{
  WsiLaneKind kind;
  WsiWhenFull when_full;        /* action of a full live lane; the source of a recorded one waits */
  gsize       max_bytes;        /* bytes of all entries that may wait; 0 = the default */
} WsiLaneOptions;

#define WSI_LANE_DEFAULT_MAX_BYTES (32 * 1024 * 1024)

typedef struct _WsiLane WsiLane;

/* Receives an entry in the thread of the writer. */
typedef void (*WsiLaneFunc) (gpointer        user_data,
                             const WsiEntry *entry);

#define WSI_TYPE_MERGER (wsi_merger_get_type ())

G_DECLARE_FINAL_TYPE (WsiMerger, wsi_merger, WSI, MERGER, GObject)

/* Makes a merger that writes in the thread of the context; NULL: that of the caller's default
 * context. */
WsiMerger *wsi_merger_new (GMainContext * context);
/* The clock of all live sources of the merger. */
WsiWallClock  *wsi_merger_get_clock (WsiMerger *self);
/* Writes what waits at the time of the call and may be written.  A call while an entry is being
 * written does nothing. */
void       wsi_merger_flush (WsiMerger *self);
/* How long the first entry of a live lane has waited; 0 = none waits.  Call it in the writer's
 * thread. */
gint64     wsi_merger_get_delay (WsiMerger *self);
/* Drops what waits; entries that still come are dropped too.  No source waits any more. */
void       wsi_merger_close (WsiMerger *self);

/* The lane is the writer's and the caller's; destroy is called in the writer's thread, when the
 * lane has ended and its last entry was written, or with the writer. */
WsiLane   *wsi_lane_new   (WsiMerger            *merger,
                           const WsiLaneOptions *options,
                           WsiLaneFunc           function,
                           gpointer              user_data,
                           GDestroyNotify        destroy);
/* Puts an entry into the lane; call it in the thread of the source.  The entry is copied, and what
 * it refers to is referenced. */
void       wsi_lane_put   (WsiLane        *self,
                           const WsiEntry *entry);
/* The source is to end, and never waits for room again: what does not fit becomes a gap.  From any
 * thread. */
void       wsi_lane_stop_waiting (WsiLane *self);
/* Ends the lane, from any thread: entries that are put later are dropped. */
void       wsi_lane_end   (WsiLane *self);
void       wsi_lane_unref (WsiLane *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiLane, wsi_lane_unref)

G_END_DECLS
