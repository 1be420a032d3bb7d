/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The times from a ping of ours to the pong of the peer in one conversation.  It reads on where it
 * ended, and some records at once, so that a window stays fluent. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef struct
{
  guint   n;
  guint32 min_us, median_us, max_us;
} WsiRoundTripSummary;

typedef struct _WsiRoundTrips WsiRoundTrips;

WsiRoundTrips *wsi_round_trips_new    (WsiStore        *store,
                                       WsiConversation *conversation);
void           wsi_round_trips_free   (WsiRoundTrips *self);
/* Reads on.  FALSE: there are more records to read. */
gboolean       wsi_round_trips_update (WsiRoundTrips *self);
/* The summary of the round trips; all zero as long as there are none. */
void           wsi_round_trips_summarize (WsiRoundTrips       *self,
                                          WsiRoundTripSummary *summary);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiRoundTrips, wsi_round_trips_free)

G_END_DECLS
