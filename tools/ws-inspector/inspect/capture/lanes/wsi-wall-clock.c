/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/lanes/wsi-wall-clock.h"

#include <stdatomic.h>

#define MAX_DISTANCE_US 100000          /* distance of both clocks that is accepted: NTP corrects
                                         * less at a time */
#define MAX_ERROR_US 10000

struct _WsiClock
{
  _Atomic gint64 offset;
};

static gint64
wall_clock_get_offset (WsiWallClock *self)
{
  return atomic_load_explicit (&self->offset, memory_order_relaxed);
}

/* A thread that was interrupted between reading the two clocks has measured nothing, and reads
 * again. */
gint64
wsi_wall_clock_to_wall (WsiWallClock *self,
                        gint64        monotonic_us)
{
  gint64 now = g_get_monotonic_time ();
  gint64 wall = g_get_real_time ();
  gint64 moved = ABS (wall - now - wall_clock_get_offset (self));

  if (moved > MAX_DISTANCE_US && g_get_monotonic_time () - now <= MAX_ERROR_US)
    atomic_store_explicit (&self->offset, wall - now, memory_order_relaxed);
  return monotonic_us + wall_clock_get_offset (self);
}

WsiWallClock *
wsi_wall_clock_new (void)
{
  WsiWallClock *self = g_atomic_rc_box_new0 (WsiWallClock);

  atomic_store (&self->offset, g_get_real_time () - g_get_monotonic_time ());
  return self;
}

WsiWallClock *
wsi_wall_clock_ref (WsiWallClock *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
wsi_wall_clock_unref (WsiWallClock *self)
{
  g_atomic_rc_box_release (self);
}
