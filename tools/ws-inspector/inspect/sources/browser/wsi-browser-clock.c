/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/browser/wsi-browser-clock.h"

#include <math.h>

#define MAX_SECONDS 1e10
/* A time that is further from now is a mistake of the browser. */
#define MAX_DISTANCE_US (G_GINT64_CONSTANT (24) * 3600 * G_USEC_PER_SEC)

static gboolean
is_time (double seconds)
{
  return isfinite (seconds) && seconds >= 0 && seconds < MAX_SECONDS;
}

static gint64
browser_clock_to_us (double seconds)
{
  return (gint64) (seconds * G_USEC_PER_SEC + 0.5);
}

static gboolean
browser_clock_is_near (gint64 time_us,
                       gint64 now_us)
{
  return ABS (time_us - now_us) <= MAX_DISTANCE_US;
}

static void
set_offset (WsiBrowserClock *self,
            double           timestamp,
            gint64           wall_us)
{
  self->offset_us = wall_us - browser_clock_to_us (timestamp);
  self->is_set = TRUE;
}

void
wsi_browser_clock_set (WsiBrowserClock *self,
                       double           timestamp,
                       double           wall,
                       gint64           now_us)
{
  if (is_time (timestamp) && is_time (wall) &&
      browser_clock_is_near (browser_clock_to_us (wall), now_us))
    set_offset (self, timestamp, browser_clock_to_us (wall));
}

gint64
wsi_browser_clock_to_wall (WsiBrowserClock *self,
                           double           timestamp,
                           gint64           now_us)
{
  gint64 time_us = now_us;

  if (is_time (timestamp))
    {
      if (!self->is_set)
        set_offset (self, timestamp, now_us);
      time_us = browser_clock_to_us (timestamp) + self->offset_us;
    }
  if (!browser_clock_is_near (time_us, now_us))
    time_us = now_us;

  self->last_us = MAX (self->last_us, MIN (time_us, now_us));
  return self->last_us;
}
