/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "meter.h"

#include <time.h>

#include "inspect/show/models/wsi-frame-model.h"

/* GLib and GObject hand no data of ours to these functions. */
static Meter meter;
static double began_s;          /* when the last poll ended, by the processor's time */
static gint64 began_us;
static gpointer (*get_item) (GListModel *model,
                             guint       position);
static GHashTable *live_rows;

static double
read_clock (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

double
meter_get_thread_time (void)
{
  return read_clock (CLOCK_THREAD_CPUTIME_ID);
}

double
meter_get_process_time (void)
{
  return read_clock (CLOCK_PROCESS_CPUTIME_ID);
}

static void
begin_turn (void)
{
  began_s = meter_get_thread_time ();
  began_us = g_get_monotonic_time ();
}

static int
poll_and_count (GPollFD *fds,
                guint    n_fds,
                int      timeout_ms)
{
  double passed_s = meter_get_thread_time () - began_s;
  double passed_wall_s = (g_get_monotonic_time () - began_us) / 1e6;
  int n_ready;

  meter.longest_s = MAX (meter.longest_s, passed_s);
  meter.longest_wall_s = MAX (meter.longest_wall_s, passed_wall_s);
  n_ready = g_poll (fds, n_fds, timeout_ms);
  meter.n_wake_ups += timeout_ms != 0;
  begin_turn ();
  return n_ready;
}

static void
on_row_gone (gpointer data,
             GObject *row)
{
  g_hash_table_remove (live_rows, row);
}

static gpointer
count_item (GListModel *model,
            guint       position)
{
  gpointer row = get_item (model, position);

  meter.n_look_ups++;
  if (row != NULL && g_hash_table_add (live_rows, row))
    g_object_weak_ref (row, on_row_gone, NULL);
  meter.n_live_at_most = MAX (meter.n_live_at_most, g_hash_table_size (live_rows));
  return row;
}

/* Before a model is made. */
void
meter_install (void)
{
  gpointer class = g_type_class_ref (WSI_TYPE_FRAME_MODEL);
  GListModelInterface *iface = g_type_interface_peek (class, G_TYPE_LIST_MODEL);

  live_rows = g_hash_table_new (NULL, NULL);
  get_item = iface->get_item;
  iface->get_item = count_item;
  begin_turn ();
  g_main_context_set_poll_func (NULL, poll_and_count);
}

void
meter_reset (void)
{
  meter = (Meter) { .n_live_at_most = g_hash_table_size (live_rows) };
  begin_turn ();
}

const Meter *
meter_read (void)
{
  return &meter;
}
