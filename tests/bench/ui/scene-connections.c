/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "scene-connections.h"

#include <stdlib.h>
#include <string.h>

#include "meter.h"
#include "ui/session/wsi-sidebar.h"
#include "ui/template-children.h"

#define WARM_UP_MS 1000

/* A list, with what it shows. */
typedef struct
{
  GListModel *model;
  gint64      begin_us;         /* time before which rows are not looked at */
  gint64      newest_us;        /* time of the model's last row when it was painted last */
  GArray     *delays;           /* ages of the last row before each frame (gint64) */
  guint       n_signals;
} Watched;

typedef struct
{
  Scene   *scene;
  Watched  rows, connections;
  gboolean is_over;
  double   n_made;              /* number of connections that the peers have made */
} Watch;

static GtkWidget *
find (GtkWidget *widget,
      GType      type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type);
  return found;
}

/* 0: it has no row. */
static gint64
get_newest (GListModel *model)
{
  guint n = g_list_model_get_n_items (model);
  g_autoptr (GObject) item = n > 0 ? g_list_model_get_item (model, n - 1) : NULL;

  if (item == NULL)
    return 0;

  return WSI_IS_ROW (item) ? wsi_row_get_record (WSI_ROW (item))->time_us
                           : wsi_conversation_get_begin_time (WSI_CONVERSATION (item));
}

/* Until this frame a user saw what the one before has shown. */
static void
look (Watched *self)
{
  gint64 delay_us = g_get_real_time () - self->newest_us;

  if (self->newest_us >= self->begin_us)
    g_array_append_val (self->delays, delay_us);
  self->newest_us = get_newest (self->model);
}

static void
on_painted (Watch *watch)
{
  look (&watch->rows);
  look (&watch->connections);
}

static void
watch_model (Watched    *self,
             GListModel *model)
{
  self->model = model;
  self->begin_us = g_get_real_time ();
  self->delays = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_signal_connect_swapped (model, "items-changed", G_CALLBACK (g_atomic_int_inc),
                            &self->n_signals);
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const gint64 *one = a, *other = b;

  return (*one > *other) - (*one < *other);
}

static void
say_delays (Watched    *self,
            const char *name,
            SayFunc     say)
{
  g_autofree char *late = g_strdup_printf ("connections-%s-late", name);
  g_autofree char *most = g_strdup_printf ("connections-%s-late-p95", name);
  g_autofree char *signals = g_strdup_printf ("connections-%s-signals", name);
  guint n = self->delays->len;

  g_array_sort (self->delays, compare);
  say (late, n > 0 ? g_array_index (self->delays, gint64, n - 1) / 1e3 : 0);
  say (most, n > 0 ? g_array_index (self->delays, gint64, n * 95 / 100) / 1e3 : 0);
  say (signals, self->n_signals);
}

static void
on_peers_ended (GObject      *process,
                GAsyncResult *result,
                gpointer      data)
{
  Watch *watch = data;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_subprocess_communicate_utf8_finish (G_SUBPROCESS (process), result, &text, NULL, &error))
    g_error ("peers: %s", error->message);
  watch->n_made = g_ascii_strtod (text, NULL);
  watch->is_over = TRUE;
}

/* They print how many connections they have made. */
static void
run_peers (Watch      *watch,
           const char *peers,
           guint16     port,
           guint       rate,
           guint       ms,
           guint       n_kept)
{
  g_autofree char *words = g_strdup_printf ("%u %u %u %u", port, rate, ms, n_kept);
  g_auto (GStrv) texts = g_strsplit (words, " ", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, peers, "peers", texts[0], texts[1],
                      texts[2], texts[3], NULL);

  if (process == NULL)
    g_error ("%s: %s", peers, error->message);
  watch->is_over = FALSE;
  g_subprocess_communicate_utf8_async (process, NULL, NULL, on_peers_ended, watch);
  while (!watch->is_over)
    g_main_context_iteration (NULL, TRUE);
}

static double
count_conversations (const Scene *scene)
{
  guint32 n_kept;

  return wsi_store_count_conversations (scene->store, &n_kept);
}

void
scene_measure_connections (Scene      *self,
                           const char *peers,
                           guint       rate,
                           guint       ms,
                           guint       n_kept,
                           SayFunc     say)
{
  WsiSource *server = scene_start (self, "serve 0");
  g_autoptr (GUri) uri = g_uri_parse (wsi_source_get_uri (server), G_URI_FLAGS_NONE, NULL);
  GtkListView *view = GTK_LIST_VIEW (
    ui_test_get_child (find (GTK_WIDGET (self->window), WSI_TYPE_SIDEBAR), "connections"));
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self->window));
  Watch watch = { .scene = self };
  double n_before, n, begin_s, cpu_s, resident_mib;
  gint64 begin_us;
  guint64 n_rows;
  guint n_painted;

  run_peers (&watch, peers, g_uri_get_port (uri), rate, WARM_UP_MS, n_kept);
  scene_run_for (WARM_UP_MS);
  watch_model (&watch.rows, G_LIST_MODEL (gtk_column_view_get_model (scene_get_view (self))));
  watch_model (&watch.connections, G_LIST_MODEL (gtk_list_view_get_model (view)));
  g_signal_connect_data (clock, "after-paint", G_CALLBACK (on_painted), &watch, NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);

  meter_reset ();
  n_before = count_conversations (self);
  n_rows = wsi_store_get_end (self->store);
  n_painted = self->n_painted;
  resident_mib = scene_read_resident_mib ();
  begin_us = g_get_monotonic_time ();
  begin_s = meter_get_thread_time ();
  run_peers (&watch, peers, g_uri_get_port (uri), rate, ms, n_kept);
  g_signal_handlers_disconnect_by_data (clock, &watch);
  cpu_s = meter_get_thread_time () - begin_s;
  n = MAX (count_conversations (self) - n_before, 1);
  n_rows = wsi_store_get_end (self->store) - n_rows;
  say ("connections-rows", n_rows);
  say ("connections-row-cpu", 1e6 * cpu_s / MAX (n_rows, 1));
  say ("connections-cpu", 1e6 * cpu_s / n);
  say ("connections-seconds", (g_get_monotonic_time () - begin_us) / 1e6);
  say ("connections-made", watch.n_made);
  say ("connections-frames", self->n_painted - n_painted);
  say ("connections-longest", 1000 * meter_read ()->longest_s);
  say ("connections-kib", 1024 * (scene_read_resident_mib () - resident_mib) / n);
  say_delays (&watch.rows, "rows", say);
  say_delays (&watch.connections, "sidebar", say);
}
