/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* window-scenes make FILE N
 * window-scenes empty|window
 * window-scenes bare|ours FILE MIB IDLE_MS
 * window-scenes searches FILE
 * window-scenes connections RATE MS KEPT
 * window-scenes peers PORT RATE MS KEPT
 *
 * One process of bench-window, which compares what they print: a name and a figure in each line.
 * MIB: the size of the messages that are hard to show.  IDLE_MS: for which it is idle.  RATE:
 * connections a second, or messages on as many connections as are KEPT open.  Times are those of
 * the processor, in milliseconds. */
#include "meter.h"
#include "peers.h"
#include "recording.h"
#include "scene-changes.h"
#include "scene-connections.h"
#include "scene-messages.h"
#include "scene-searches.h"
#include "ui/template-children.h"
#include "ui/window/wsi-application.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define RATE 10000              /* rows a second */
#define FOLLOW_MS 5000
#define SETTLE_MS 1000

static GtkApplication *application;

static void
say (const char *name,
     double      figure)
{
  printf ("%s %.3f\n", name, figure);
  fflush (stdout);
}

/* How often all threads but this one have waited. */
static double
count_waits (void)
{
  struct rusage all, own;

  getrusage (RUSAGE_SELF, &all);
  getrusage (RUSAGE_THREAD, &own);
  return all.ru_nvcsw - own.ru_nvcsw;
}

static void
print_first_frame (void)
{
  say ("first-frame", 1000 * meter_get_process_time ());
}

/* No session is in it. */
static int
run_empty (SceneKind kind)
{
  Scene scene;

  scene_init (&scene, application, kind);
  print_first_frame ();
  scene_run_for (SETTLE_MS);
  say ("resident-mib", scene_read_resident_mib ());
  scene_clear (&scene);
  return EXIT_SUCCESS;
}

/* The list has them, too. */
static gboolean
has_read (Scene *scene)
{
  WsiSource *source = wsi_session_get_source (scene->session, 0);

  return wsi_source_get_state (source) == WSI_SOURCE_ENDED &&
         scene_count_rows (scene) == wsi_store_get_end (scene->store);
}

static void
read_file (Scene      *scene,
           const char *path)
{
  g_autofree char *line = g_strdup_printf ("read %s", path);
  double begin_s;

  meter_reset ();
  begin_s = meter_get_thread_time ();
  scene_start (scene, line);
  scene_wait_until (scene, has_read);
  scene_run_for (SETTLE_MS);
  say ("read-cpu", 1000 * (meter_get_thread_time () - begin_s));
  say ("read-longest", 1000 * meter_read ()->longest_s);
  say ("rows", scene_count_rows (scene));
  say ("resident-mib", scene_read_resident_mib ());
  say ("payload-mib", wsi_store_get_memory (scene->store) / 1048576.);
  say ("records-mib", wsi_store_get_end (scene->store) * sizeof (WsiRecord) / 1048576.);
}

/* The first half is for toasts, which go by then.  The last wake-up is the one that ends it. */
static void
stay_idle (guint ms)
{
  double begin_s, n_waits;

  scene_run_for (ms);
  n_waits = count_waits ();
  meter_reset ();
  begin_s = meter_get_process_time ();
  scene_run_for (ms);
  say ("idle-wake-ups", (double) meter_read ()->n_wake_ups - 1);
  say ("idle-thread-waits", count_waits () - n_waits);
  say ("idle-cpu", 1000 * (meter_get_process_time () - begin_s));
}

static void
follow (Scene   *scene,
        Traffic *traffic)
{
  guint64 n_before;
  double begin_s;

  if (scene->kind == SCENE_OURS)
    gtk_widget_activate_action (GTK_WIDGET (scene->list), "frames.follow", NULL);
  n_before = wsi_store_get_end (scene->store);
  traffic_set_rate (traffic, RATE);
  while (wsi_store_get_end (scene->store) < n_before + RATE / 10)
    g_main_context_iteration (NULL, TRUE);
  traffic_set_rate (traffic, RATE);     /* from now on, when it is connected */
  scene_run_for (SETTLE_MS);
  scene_watch (scene);
  meter_reset ();
  n_before = wsi_store_get_end (scene->store);
  begin_s = meter_get_thread_time ();
  scene_run_for (FOLLOW_MS);
  say ("follow-cpu", 1000 * (meter_get_thread_time () - begin_s));
  say ("follow-rows", wsi_store_get_end (scene->store) - n_before);
  say ("follow-signals", scene->n_signals);
  say ("follow-look-ups", meter_read ()->n_look_ups);
  say ("follow-live-rows", meter_read ()->n_live_at_most);
  say ("follow-late", scene->n_late_at_most);
  say ("follow-longest", 1000 * meter_read ()->longest_s);
  traffic_set_rate (traffic, 0);
  scene_run_for (SETTLE_MS);
}

static Traffic *
start_traffic (Scene *scene)
{
  Traffic *traffic = traffic_new ();
  g_autofree char *line = g_strdup_printf ("proxy 0 ws://127.0.0.1:%u",
                                           traffic_get_port (traffic));
  WsiSource *proxy = scene_start (scene, line);
  g_autoptr (GUri) uri = g_uri_parse (wsi_source_get_uri (proxy), G_URI_FLAGS_NONE, NULL);

  traffic_connect (traffic, g_uri_get_port (uri));
  return traffic;
}

static int
run_rows (SceneKind   kind,
          const char *path,
          gsize       n_mib,
          guint       idle_ms)
{
  Traffic *traffic;
  Scene scene;

  scene_init (&scene, application, kind);
  read_file (&scene, path);
  stay_idle (idle_ms);
  scene_measure_changes (&scene, say);
  traffic = start_traffic (&scene);
  follow (&scene, traffic);
  for (BigKind big = 0; big < N_BIG; big++)
    scene_measure_message (&scene, traffic, big, n_mib * 1048576, say);
  traffic_free (traffic);
  scene_clear (&scene);
  return EXIT_SUCCESS;
}

/* Whether the window has dropped its session. */
static gboolean
has_left (Scene *scene)
{
  return ui_test_get_session (WSI_WINDOW (scene->window)) == NULL;
}

/* Then the session is dropped: its memory goes back to the system. */
static int
run_searches (const char *path)
{
  Scene scene;

  scene_init (&scene, application, SCENE_OURS);
  read_file (&scene, path);
  scene_measure_searches (&scene, say);
  gtk_widget_activate_action (GTK_WIDGET (scene.window), "win.back", NULL);
  scene_wait_until (&scene, has_left);
  scene_run_for (SETTLE_MS);
  say ("left-mib", scene_read_resident_mib ());
  scene_clear (&scene);
  return EXIT_SUCCESS;
}

static int
run_connections (const char *program,
                 guint       rate,
                 guint       ms,
                 guint       n_kept)
{
  Scene scene;

  scene_init (&scene, application, SCENE_OURS);
  scene_measure_connections (&scene, program, rate, ms, n_kept, say);
  scene_clear (&scene);
  return EXIT_SUCCESS;
}

static void
print_peers (guint16 port,
             guint   rate,
             guint   ms,
             guint   n_kept)
{
  printf ("%u\n", n_kept > 0 ? peers_talk (port, rate, ms, n_kept) : peers_run (port, rate, ms));
}

static int
run (int    argc,
     char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "make"))
    {
      recording_make (argv[2], atoi (argv[3]));
      return EXIT_SUCCESS;
    }

  if (argc == 6 && g_str_equal (argv[1], "peers"))
    {
      print_peers (atoi (argv[2]), atoi (argv[3]), atoi (argv[4]), atoi (argv[5]));
      return EXIT_SUCCESS;
    }

  gtk_init ();
  meter_install ();
  application = GTK_APPLICATION (wsi_application_new (APP_ID));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_application_register (G_APPLICATION (application), NULL, NULL);
  if (argc == 2)
    return run_empty (g_str_equal (argv[1], "window") ? SCENE_OURS : SCENE_BARE);
  if (argc == 3 && g_str_equal (argv[1], "searches"))
    return run_searches (argv[2]);
  if (argc == 5 && g_str_equal (argv[1], "connections"))
    return run_connections (argv[0], atoi (argv[2]), atoi (argv[3]), atoi (argv[4]));
  if (argc == 5)
    return run_rows (g_str_equal (argv[1], "ours") ? SCENE_OURS : SCENE_BARE, argv[2],
                     atoi (argv[3]), atoi (argv[4]));
  return EXIT_FAILURE;
}

int
main (int    argc,
      char **argv)
{
  int status;

  setlocale (LC_ALL, "");
  status = run (argc, argv);
  g_clear_object (&application);
  return status;
}
