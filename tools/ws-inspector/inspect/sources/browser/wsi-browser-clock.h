/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The times of a browser, which counts seconds from some start, as wall times. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean is_set;
  gint64   offset_us;           /* offset that makes a wall time of a time of the browser */
  gint64   last_us;             /* latest time; times do not go back, but targets differ */
} WsiBrowserClock;

/* A moment in both times: the clock of the browser stands still while the computer sleeps.  wall:
 * seconds since 1970.  A number that is not a time is ignored. */
void   wsi_browser_clock_set     (WsiBrowserClock *self,
                                  double           timestamp,
                                  double           wall,
                                  gint64           now_us);
/* Converts a browser's time to µs since 1970, never later than now_us.  timestamp: seconds, or no
 * number. */
gint64 wsi_browser_clock_to_wall (WsiBrowserClock *self,
                                  double           timestamp,
                                  gint64           now_us);

G_END_DECLS
