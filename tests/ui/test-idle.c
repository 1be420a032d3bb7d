/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Each page and state of the window comes to rest: a frame of the clock that nothing needs is a
 * part of a core, for as long as the window is open.  Animations, toasts and scrollbars may end
 * before.
 *
 * test-idle [MS]: how long none is drawn, 250 if not given; tools/test --long has 10000. */
#include <stdlib.h>

#include "pages.h"
#include "ui-test.h"

#define WIDTH 1280
#define HEIGHT 800
#define MAX_TRIES 48            /* an animation or a toast lasts for some of them */

static guint watch_ms = 250;
static GtkApplication *application;
static GString *restless;       /* pages with their frames */
static guint n_watched;

static void
count (GdkFrameClock *clock,
       guint         *n_frames)
{
  *n_frames += 1;
}

static gboolean
stop (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

/* Counts the frames that the window draws meanwhile. */
static guint
count_frames (GtkWindow *window,
              guint      ms)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  gboolean is_over = FALSE;
  guint n_frames = 0;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (count), &n_frames);

  g_timeout_add (ms, stop, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, handler);
  return n_frames;
}

static void
watch (GtkWindow  *window,
       const Page *page)
{
  guint n_frames = 1, n_tries = 0;

  for (; n_frames > 0 && n_tries < MAX_TRIES; n_tries++)
    n_frames = count_frames (window, watch_ms);
  g_test_message ("%s: at rest after %u times", page->name, n_tries);
  n_watched++;
  if (n_frames > 0)
    g_string_append_printf (restless, " %s (%u)", page->name, n_frames);
}

static void
test_pages (void)
{
  restless = g_string_new (NULL);
  page_show_all (application, WIDTH, HEIGHT, watch);
  g_assert_cmpuint (n_watched, ==, n_pages);
  g_assert_cmpstr (restless->str, ==, "");
  g_string_free (restless, TRUE);
}

int
main (int    argc,
      char **argv)
{
  application = ui_test_begin (&argc, &argv);
  if (argc > 1)
    watch_ms = atoi (argv[1]);
  /* As users have them; a cursor blinks for a while after the last key. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, "gtk-cursor-blink",
                FALSE, NULL);
  g_test_add_func ("/ui/idle/each-page-comes-to-rest", test_pages);
  return ui_test_end (application);
}
