/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Makes wall times of the times that connections measure.  Records of all sources have wall times,
 * so that they can be compared; those of live ones come from one clock, so that neither a small
 * correction of the system's clock nor the age of a source changes their order.
 *
 * The monotonic clock does not run while the computer sleeps, and the user may set the other one:
 * the pair of both is taken anew when they have moved apart. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WsiClock WsiWallClock;

WsiWallClock *wsi_wall_clock_new   (void);
WsiWallClock *wsi_wall_clock_ref   (WsiWallClock *self);
void      wsi_wall_clock_unref (WsiWallClock *self);
/* Converts a time of g_get_monotonic_time () to microseconds since 1970, UTC; from any thread. */
gint64    wsi_wall_clock_to_wall (WsiWallClock *self,
                                  gint64        monotonic_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiWallClock, wsi_wall_clock_unref)

G_END_DECLS
