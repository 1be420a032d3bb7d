/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Counts what the main loop and the lists of frames do, in the functions that GLib and the model of
 * the rows call. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  guint   n_wake_ups;           /* number of times that the main loop woke up after it had waited */
  double  longest_s;            /* longest CPU time between two polls, in seconds */
  double  longest_wall_s;
  guint64 n_look_ups;           /* number of rows that were asked for */
  guint   n_live_at_most;       /* largest number of row objects that existed at one time */
} Meter;

void         meter_install (void);
/* All figures begin anew. */
void         meter_reset   (void);
const Meter *meter_read    (void);
/* Seconds of the processor. */
double       meter_get_thread_time  (void);
double       meter_get_process_time (void);

G_END_DECLS
