/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Counts what the main loop and the lists of frames do, in the functions that GLib and the model of
 * the rows call. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  guint   n_wake_ups;           /* of the main loop, when it had waited */
  double  longest_s;            /* the processor's time between two polls */
  double  longest_wall_s;
  guint64 n_look_ups;           /* of rows */
  guint   n_live_at_most;       /* rows that are alive */
} Meter;

void         meter_install (void);
/* All figures begin anew. */
void         meter_reset   (void);
const Meter *meter_read    (void);
/* Seconds of the processor. */
double       meter_get_thread_time  (void);
double       meter_get_process_time (void);

G_END_DECLS
