/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Many connections open and end in a second: the window works for what is seen and as often as it
 * is drawn, not for each of them.  bench-window measures the same with clients of another
 * process. */
#include "ui-test.h"
#include "ui/session/wsi-session-page.h"
#include "ui/session/wsi-sidebar.h"

#include <adwaita.h>
#include <string.h>
#include <time.h>

#include "ui/composer/wsi-composer.h"
#include "ui/session/wsi-status-bar.h"
#include "ui/template-children.h"

#define REQUEST "GET /prices HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Sec-WebSocket-Version: 13\r\n\r\n"
#define RESPONSE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
#define CLIENT "\x81\x85\0\0\0\0hello\x88\x82\0\0\0\0\x03\xe8"
#define SERVER "\x81\x05hello\x88\x02\x03\xe8"
#define N_BATCH 250             /* connections at a time */
#define N_BATCHES 8
#define N_MEASURED 500
#define N_ROUNDS 15
#define MAX_RATIO 1.5
#define N_FEW 1000
#define N_MANY 50000
#define MAX_UPDATES 25          /* of a part of the window, in a second */
#define N_FILLINGS 4
#define OLD_US (5 * G_USEC_PER_SEC)

static GtkApplication *application;

typedef struct
{
  WsiWindow       *window;
  WsiSession      *session;
  WsiRecorder     *recorder;
  WsiSessionPage  *page;
  guint32          n_opened;
  gint64           age_us;      /* age of the rows that are added */
  double           frame_s;     /* CPU time when the last frame began */
  double           drawing_s;   /* time that drawing all frames took */
} Scene;

static GtkWidget *
find (Scene      *scene,
      const char *type)
{
  return ui_test_find (GTK_WIDGET (scene->window), ui_test_is_type, type);
}

static void
scene_init (Scene *scene)
{
  scene->window = ui_test_open_window (application);
  ui_test_serve (scene->window, "0");
  scene->session = ui_test_get_session (scene->window);
  scene->recorder = wsi_session_make_recorder (scene->session, WSP_ROLE_SERVER, NULL);
  ui_test_draw (GTK_WIDGET (scene->window), 1);
  scene->page = WSI_SESSION_PAGE (find (scene, "WsiSessionPage"));
}

static void
scene_clear (Scene *scene)
{
  g_clear_object (&scene->recorder);
  gtk_window_destroy (GTK_WINDOW (scene->window));
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static gint64
get_time (Scene *scene)
{
  return g_get_real_time () - scene->age_us;
}

static void
push (Scene           *scene,
      WsiConversation *conversation,
      WspDirection     direction,
      const char      *bytes,
      gsize            length)
{
  g_autoptr (GBytes) static_bytes = g_bytes_new_static (bytes, length);

  wsi_recorder_push (scene->recorder, conversation, direction, static_bytes, get_time (scene));
}

/* As of a client that connects, sends a message, reads the echo and closes. */
static void
feed_one (Scene       *scene,
          WsiStreamEnd how)
{
  const WsiOpening opening = { .role = WSP_ROLE_SERVER };
  WsiConversation *conversation =
    wsi_recorder_open (scene->recorder, &opening, get_time (scene));

  push (scene, conversation, WSP_DIRECTION_RECEIVED, REQUEST, strlen (REQUEST));
  push (scene, conversation, WSP_DIRECTION_SENT, RESPONSE, strlen (RESPONSE));
  push (scene, conversation, WSP_DIRECTION_RECEIVED, CLIENT, sizeof CLIENT - 1);
  push (scene, conversation, WSP_DIRECTION_SENT, SERVER, sizeof SERVER - 1);
  wsi_recorder_close_stream (scene->recorder, conversation, how, get_time (scene));
  scene->n_opened++;
}

static void
feed (Scene *scene,
      guint  n)
{
  for (guint i = 0; i < n; i++)
    feed_one (scene, WSI_STREAM_ENDED);
}

static GListModel *
get_connections (Scene *scene)
{
  GtkListView *view = GTK_LIST_VIEW (ui_test_get_child (find (scene, "WsiSidebar"), "connections"));

  return G_LIST_MODEL (gtk_list_view_get_model (view));
}

/* In both lists. */
static gboolean
is_shown (gpointer data)
{
  Scene *scene = data;
  WsiStore *store = wsi_session_get_store (scene->session);
  WsiFrameList *list = ui_test_get_list (scene->window);
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (list), &counts);
  return g_list_model_get_n_items (get_connections (scene)) == scene->n_opened &&
         counts.n_shown == wsi_store_get_end (store) && wsi_session_get_delay (scene->session) == 0;
}

static void
wait_until_shown (Scene *scene)
{
  ui_test_wait_until (is_shown, scene);
}

static double
get_thread_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void
on_frame_begins (Scene *scene)
{
  scene->frame_s = get_thread_time ();
}

static void
on_frame_ends (Scene *scene)
{
  scene->drawing_s += get_thread_time () - scene->frame_s;
}

/* The size of a window decides what it draws, and the machine how often. */
static void
leave_drawing_out (Scene *scene)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (scene->window));

  g_signal_connect_swapped (clock, "before-paint", G_CALLBACK (on_frame_begins), scene);
  g_signal_connect_data (clock, "after-paint", G_CALLBACK (on_frame_ends), scene, NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static double
measure_batch (Scene *scene,
               Scene *other)
{
  double begin_s = get_thread_time () - scene->drawing_s - other->drawing_s;

  feed (scene, N_MEASURED);
  wait_until_shown (scene);
  return get_thread_time () - scene->drawing_s - other->drawing_s - begin_s;
}

/* Opened and closed, no more: they are only many. */
static void
fill (Scene *scene,
      guint  n)
{
  for (; scene->n_opened < n; scene->n_opened++)
    {
      const WsiOpening opening = { .role = WSP_ROLE_SERVER };
      WsiConversation *conversation =
        wsi_recorder_open (scene->recorder, &opening, get_time (scene));

      wsi_recorder_close (scene->recorder, conversation, WSI_ENDING_CLEAN,
                          WSI_SENTENCE (TEXT, "closed"), get_time (scene));
    }
  wait_until_shown (scene);
}

static int
compare_ratios (gconstpointer left,
                gconstpointer right)
{
  const double *a = left, *b = right;

  return (*a > *b) - (*a < *b);
}

/* Time of the processor, in turns; the median, because one batch may be lucky. */
static void
test_cost (void)
{
  g_auto (Scene) few = { 0 }, many = { 0 };
  double ratios[N_ROUNDS];

  scene_init (&few);
  scene_init (&many);
  fill (&few, N_FEW);
  fill (&many, N_MANY);
  leave_drawing_out (&few);
  leave_drawing_out (&many);
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      double of_few = measure_batch (&few, &many), of_many = measure_batch (&many, &few);

      g_test_message ("one of few: %.0f us, of many: %.0f us", 1e6 * of_few / N_MEASURED,
                      1e6 * of_many / N_MEASURED);
      ratios[i] = of_many / of_few;
    }
  qsort (ratios, N_ROUNDS, sizeof ratios[0], compare_ratios);
  g_test_message ("median of the ratios %.2f", ratios[N_ROUNDS / 2]);
  g_assert_cmpfloat (ratios[N_ROUNDS / 2], <, MAX_RATIO);
}

/* Signals and updates, while connections come. */
typedef struct
{
  guint n_status, n_connections, n_session, n_handshakes, n_fillings;
} Counts;

static void
add_one (guint *n)
{
  *n += 1;
}

/* A table is cleared before it is filled. */
static void
count_clearing (GListModel *rows,
                guint       position,
                guint       n_removed,
                guint       n_added,
                guint      *n_fillings)
{
  *n_fillings += n_removed > 0 && g_list_model_get_n_items (rows) == 0;
}

static GListModel *
watch (Scene  *scene,
       Counts *counts)
{
  WsiHandshakePage *page = ui_test_get_tab (scene->window, "handshake_page");
  GListModel *rows = gtk_widget_observe_children (GTK_WIDGET (
                                                    ui_test_get_child (page, "request_table")));

  g_signal_connect (rows, "items-changed", G_CALLBACK (count_clearing), &counts->n_fillings);
  g_signal_connect_swapped (ui_test_get_child (ui_test_get_child (scene->page, "status_bar"),
                                               "sentence"),
                            "notify::label", G_CALLBACK (add_one), &counts->n_status);
  g_signal_connect_swapped (get_connections (scene), "items-changed", G_CALLBACK (add_one),
                            &counts->n_connections);
  g_signal_connect_swapped (scene->session, "changed", G_CALLBACK (add_one), &counts->n_session);
  g_signal_connect_swapped (scene->session, "handshake", G_CALLBACK (add_one),
                            &counts->n_handshakes);
  return rows;
}

static void
assert_few (const char *name,
            guint       n,
            double      max)
{
  g_test_message ("%s: %u, at most %.0f", name, n, max);
  g_assert_cmpfloat (n, <=, max);
}

/* Ends of connections change the sentence below the list, the title and the sidebar. */
static void
test_updates (gconstpointer how)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GListModel) rows = NULL;
  Counts counts = { 0 };
  gint64 begin_us;
  double max;

  scene_init (&scene);
  fill (&scene, 1);
  rows = watch (&scene, &counts);
  begin_us = g_get_monotonic_time ();
  for (guint i = 0; i < N_BATCHES; i++)
    {
      for (guint j = 0; j < N_BATCH; j++)
        feed_one (&scene, GPOINTER_TO_UINT (how));
      wait_until_shown (&scene);
    }
  max = 2 + MAX_UPDATES * (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC;
  g_assert_cmpfloat (max, <, N_BATCH * N_BATCHES);
  assert_few ("sentences", counts.n_status, max);
  assert_few ("updates of the sidebar", counts.n_connections, max);
  assert_few ("signals of the session", counts.n_session, max);
  assert_few ("handshakes", counts.n_handshakes, max);
}

static gboolean
is_latest (gpointer data)
{
  Scene *scene = data;
  WsiConversation *latest = wsi_session_get_conversation (scene->session);

  return latest != NULL && wsi_conversation_get_number (latest) == scene->n_opened;
}

/* A frame is drawn for each of them; the page has the handshake of a connection that is alone. */
static void
test_fillings (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GListModel) rows = NULL;
  Counts counts = { 0 };

  scene_init (&scene);
  wsi_session_page_show_tab (scene.page, "handshake");
  rows = watch (&scene, &counts);
  for (guint i = 0; i < N_FILLINGS; i++)
    {
      feed (&scene, 1);
      ui_test_wait_until (is_latest, &scene);
      ui_test_draw (GTK_WIDGET (scene.window), 1);
    }
  g_assert_cmpuint (counts.n_fillings, <=, 1);
}

/* The one that is shown; NULL = none. */
static GtkWidget *
find_toast (Scene *scene)
{
  AdwToastOverlay *overlay = ADW_TOAST_OVERLAY (find (scene, "AdwToastOverlay"));
  GtkWidget *child = gtk_widget_get_last_child (GTK_WIDGET (overlay));

  return child != adw_toast_overlay_get_child (overlay) ? child : NULL;
}

static gboolean
is_reported (gpointer data)
{
  Scene *scene = data;

  return wsi_session_get_ended (scene->session) == scene->n_opened;
}

static void
end_abnormally (Scene *scene)
{
  feed_one (scene, WSI_STREAM_RESET);
  ui_test_wait_until (is_reported, scene);
}

/* The page of problems shows them: a toast would only repeat it. */
static void
test_toasts (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  for (guint i = 0; i < N_BATCHES; i++)
    end_abnormally (&scene);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  g_assert_null (find_toast (&scene));
}

static void
note_late (WsiStatusBar *bar)
{
  if (strstr (ui_test_get_text (bar, "label"), " seconds late") != NULL)
    g_object_set_data (G_OBJECT (bar), "was-late", bar);
}

/* As after a main loop that stood still for so long. */
static void
test_late (void)
{
  g_auto (Scene) scene = { 0 };
  WsiStatusBar *bar;

  scene_init (&scene);
  bar = WSI_STATUS_BAR (find (&scene, "WsiStatusBar"));
  g_signal_connect_object (ui_test_get_list (scene.window), "changed",
                           G_CALLBACK (note_late), bar, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  fill (&scene, 1);
  g_assert_null (g_object_get_data (G_OBJECT (bar), "was-late"));

  scene.age_us = OLD_US;
  fill (&scene, N_MANY);
  g_assert_nonnull (g_object_get_data (G_OBJECT (bar), "was-late"));
  g_assert_null (strstr (ui_test_get_text (bar, "label"), " late"));
}

int
main (int    argc,
      char **argv)
{
  application = ui_test_begin (&argc, &argv);
  g_test_add_data_func ("/ui/many-connections/updates-do-not-follow-their-number/ended",
                        GUINT_TO_POINTER (WSI_STREAM_ENDED), test_updates);
  g_test_add_data_func ("/ui/many-connections/updates-do-not-follow-their-number/reset",
                        GUINT_TO_POINTER (WSI_STREAM_RESET), test_updates);
  g_test_add_func ("/ui/many-connections/the-page-of-the-handshake-stays", test_fillings);
  g_test_add_func ("/ui/many-connections/ends-have-no-toasts", test_toasts);
  g_test_add_func ("/ui/many-connections/status-bar-says-how-late-the-list-is", test_late);
  g_test_add_func ("/ui/many-connections/cost-of-one-does-not-follow-their-number", test_cost);
  return ui_test_end (application);
}
