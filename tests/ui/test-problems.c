/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The page of problems: groups and their rows by mouse and by keys, reports, filters, the badge,
 * and what the page does with very many problems or none. */
#include "ui/charts/wsi-problems-page.h"
#include "ui/session/wsi-detail.h"
#include "ui/session/wsi-session-page.h"
#include "ui/session/wsi-sidebar.h"
#include "ui/window/wsi-window.h"

#include <adwaita.h>
#include <string.h>

#include "inspect/capture/wsi-recorder.h"
#include "inspector/opened.h"
#include "inspector/scene.h"
#include "keyboard.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/parts/wsi-settings.h"
#include "ui/template-children.h"

#define MANY 60000
#define MAX_ROWS 100            /* of the product: of a group */
#define REFUSAL "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 24\r\n\r\n" \
  "This origin is not known"
#define SECRET "Secret12345"

static GtkApplication *application;

typedef struct
{
  WsiWindow       *window;
  WsiStore        *store;
  WsiRecorder     *recorder;
  WsiProblemsPage *page;
  GtkListBox      *list;
  gint64           now;
  guint            n_rows;      /* number of rows that is waited for */
} ProblemScene;

static gpointer
find (ProblemScene *scene,
      GType         type)
{
  return ui_test_find (GTK_WIDGET (scene->window), ui_test_is_type, g_type_name (type));
}

static void
problem_scene_init (ProblemScene *scene,
                    int           width)
{
  scene->window = wsi_window_new (application);
  gtk_window_set_default_size (GTK_WINDOW (scene->window), width, 720);
  gtk_window_present (GTK_WINDOW (scene->window));
  ui_test_serve (scene->window, "0");
  scene->store = g_object_ref (wsi_session_get_store (ui_test_get_session (scene->window)));
  scene->recorder = wsi_recorder_new (scene->store, WSP_ROLE_CLIENT);
  scene->page = find (scene, WSI_TYPE_PROBLEMS_PAGE);
  scene->list = GTK_LIST_BOX (ui_test_get_child (scene->page, "list"));
  scene->now = G_GINT64_CONSTANT (1767000000000000);
  gtk_widget_activate_action (GTK_WIDGET (scene->window), "win.show-problems", NULL);
  ui_test_draw (GTK_WIDGET (scene->window), 3);
}

static void
problem_scene_clear (ProblemScene *scene)
{
  gtk_window_destroy (GTK_WINDOW (scene->window));
  g_clear_object (&scene->recorder);
  g_clear_object (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ProblemScene, problem_scene_clear)

/* A whole connection.  server: what the server sends. */
static void
play (ProblemScene *scene,
      const char   *server,
      gsize         length)
{
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT, .client = "127.0.0.1:41000", .server = "127.0.0.1:8080",
  };
  WsiConversation *conversation = wsi_recorder_open (scene->recorder, &opening, scene->now);
  g_autoptr (GBytes) request = g_bytes_new_static (REQUEST, strlen (REQUEST));
  g_autoptr (GBytes) response = g_bytes_new (server, length);

  scene->now += G_USEC_PER_SEC;
  wsi_recorder_push (scene->recorder, conversation, WSP_DIRECTION_SENT, request, scene->now);
  wsi_recorder_push (scene->recorder, conversation, WSP_DIRECTION_RECEIVED, response, scene->now);
  wsi_recorder_close_stream (scene->recorder, conversation, WSI_STREAM_ENDED, scene->now);
  wsi_store_announce (scene->store);
}

#define PLAY(scene, text) play (scene, text, sizeof text - 1)

static void
play_mixed (ProblemScene *scene)
{
  PLAY (scene, REFUSAL);
  PLAY (scene, RESPONSE "\x81\x02Hi");
  PLAY (scene, RESPONSE "\x81\x02Hi\x88\x0d\x03\xf3out of room");
  PLAY (scene, RESPONSE "\x81\x82" "abcdHi\x88\x02\x03\xe8");
  PLAY (scene, RESPONSE "\x88\x00");
  PLAY (scene, RESPONSE "\x88\x02\x0f\xa1");
}

static guint
count_rows (ProblemScene *scene)
{
  guint n = 0;

  while (gtk_list_box_get_row_at_index (scene->list, n) != NULL)
    n++;
  return n;
}

static gboolean
has_rows (gpointer data)
{
  ProblemScene *scene = data;

  return count_rows (scene) == scene->n_rows;
}

static void
wait_for_rows (ProblemScene *scene,
               guint         n_rows)
{
  scene->n_rows = n_rows;
  ui_test_wait_until (has_rows, scene);
  ui_test_draw (GTK_WIDGET (scene->window), 3);
}

static GtkWidget *
get_row (ProblemScene *scene,
         guint         i)
{
  return GTK_WIDGET (gtk_list_box_get_row_at_index (scene->list, i));
}

static gboolean
has_words (GtkWidget  *widget,
           const char *words)
{
  return GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), words) != NULL;
}

static void
assert_words (ProblemScene *scene,
              guint         i,
              const char   *words)
{
  g_assert_nonnull (ui_test_find (get_row (scene, i), has_words, words));
}

static void
assert_row (ProblemScene *scene,
            guint         i,
            const char   *title,
            const char   *words)
{
  g_assert_nonnull (ui_test_find (get_row (scene, i), ui_test_is_label, title));
  assert_words (scene, i, words);
}

static guint
get_badge (ProblemScene *scene)
{
  WsiSessionPage *page = find (scene, WSI_TYPE_SESSION_PAGE);

  return adw_view_stack_page_get_badge_number (ADW_VIEW_STACK_PAGE (
                                                 ui_test_get_child (page, "problems")));
}

/* By its label, or by its tooltip. */
static gboolean
is_button (GtkWidget  *widget,
           const char *text)
{
  return GTK_IS_BUTTON (widget) &&
         (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), text) == 0 ||
          g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) == 0);
}

static void
open_group (ProblemScene *scene,
            guint         i)
{
  GtkWidget *toggle = ui_test_find (get_row (scene, i), is_button, "Rows of the Group");

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle), TRUE);
}

static void
click (ProblemScene *scene,
       guint         row,
       const char   *button)
{
  g_signal_emit_by_name (ui_test_find (get_row (scene, row), is_button, button), "clicked");
  ui_test_draw (GTK_WIDGET (scene->window), 3);
}

static const char *
get_tab (ProblemScene *scene)
{
  WsiDetail *detail = find (scene, WSI_TYPE_DETAIL);

  return adw_view_stack_get_visible_child_name (ui_test_get_child (detail, "tabs"));
}

static const char *
get_shown_page (ProblemScene *scene)
{
  WsiSessionPage *page = find (scene, WSI_TYPE_SESSION_PAGE);

  return adw_view_stack_get_visible_child_name (wsi_session_page_get_stack (page));
}

static gboolean
has_end_selected (gpointer data)
{
  ProblemScene *scene = data;
  WsiRow *row = wsi_frame_list_get_row (ui_test_get_list (scene->window));

  return row != NULL && wsi_row_get_record (row)->event == WSI_EVENT_ENDED &&
         wsi_row_get_record (row)->kind == WSI_RECORD_KIND_EVENT;
}

static gboolean
is_filtered (gpointer data)
{
  ProblemScene *scene = data;
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (ui_test_get_list (scene->window)), &counts);
  return counts.n_shown == 0 && counts.n_tested >= counts.n_rows;
}

static void
test_none (void)
{
  g_auto (ProblemScene) scene = { 0 };

  problem_scene_init (&scene, 1280);
  g_assert_nonnull (ui_test_find (GTK_WIDGET (scene.page), ui_test_is_label,
                                  "No Problems So Far"));
  picture_save (GTK_WIDGET (scene.window), "problems-none");
  PLAY (&scene, RESPONSE "\x88\x02\x03\xe8");
  ui_test_draw (GTK_WIDGET (scene.window), 20);
  g_assert_cmpuint (count_rows (&scene), ==, 0);
  g_assert_cmpuint (get_badge (&scene), ==, 0);
}

/* Open it, copy its report, and go to its handshake, whatever the list shows. */
static void
test_refused (void)
{
  g_auto (ProblemScene) scene = { 0 };
  g_autofree char *report = NULL;

  problem_scene_init (&scene, 1280);
  PLAY (&scene, REFUSAL);
  wait_for_rows (&scene, 1);
  assert_row (&scene, 0, "Handshake refused with status 403", "Send the Origin");
  g_assert_cmpuint (get_badge (&scene), ==, 1);
  open_group (&scene, 0);
  wait_for_rows (&scene, 2);
  assert_words (&scene, 1, "Body: This origin is not known");
  picture_save (GTK_WIDGET (scene.window), "problems-refused");
  click (&scene, 1, "Copy Report");
  report = ui_test_read_clipboard (GTK_WIDGET (scene.window));
  g_assert_nonnull (strstr (report, "Handshake refused with status 403\n"));
  g_assert_nonnull (strstr (report, "\nThis origin is not known"));
  g_assert_null (strstr (report, SECRET));

  gtk_widget_activate_action (GTK_WIDGET (ui_test_get_list (scene.window)), "frames.apply-filter",
                              "s", "ping");
  ui_test_wait_until (is_filtered, &scene);
  click (&scene, 1, "Show");
  ui_test_wait_until (has_end_selected, &scene);
  g_assert_cmpstr (get_shown_page (&scene), ==, "frames");
  g_assert_cmpstr (get_tab (&scene), ==, "handshake");
}

static gboolean
has_heading (GtkWidget *row)
{
  return gtk_list_box_row_get_header (GTK_LIST_BOX_ROW (row)) != NULL;
}

/* The rows below a heading are a box, which has a first and a last row. */
static void
assert_boxes (ProblemScene *scene)
{
  GtkWidget *row, *next;

  for (guint i = 0; i < count_rows (scene); i++)
    {
      row = get_row (scene, i);
      next = i + 1 < count_rows (scene) ? get_row (scene, i + 1) : NULL;
      g_assert_true (gtk_widget_has_css_class (row, "first") == has_heading (row));
      g_assert_true (gtk_widget_has_css_class (row, "last") ==
                     (next == NULL || has_heading (next)));
    }
}

/* Errors count in the badge, but neither warnings nor notes; the filter finds the rows also where
 * events are hidden. */
static void
test_mixed (void)
{
  g_auto (ProblemScene) scene = { 0 };
  WsiShownRows *rows;

  problem_scene_init (&scene, 1280);
  play_mixed (&scene);
  wait_for_rows (&scene, 6);
  assert_row (&scene, 0, "Handshake refused with status 403", "1 connection");
  assert_row (&scene, 1, "Ended without a Close frame (1006)", "last frames");
  assert_row (&scene, 2, "Closed by the server with 1011", "Reason: out of room");
  assert_row (&scene, 3, "Closed by the server without a code (1005)", "send a code");
  assert_row (&scene, 4, "Closed by the server with 4001", "documentation of the application");
  assert_row (&scene, 5, "Frame from the server is masked (by the server)", "RFC 6455 5.1");
  g_assert_cmpuint (get_badge (&scene), ==, 4);
  open_group (&scene, 2);
  wait_for_rows (&scene, 7);
  assert_words (&scene, 3, "Reason: out of room");
  picture_save (GTK_WIDGET (scene.window), "problems-mixed");
  assert_boxes (&scene);

  rows = wsi_frame_list_get_rows (ui_test_get_list (scene.window));
  g_object_set (ui_test_get_list (scene.window), "show-events", FALSE, NULL);
  click (&scene, 2, "Only These Rows");
  g_assert_cmpstr (get_shown_page (&scene), ==, "frames");
  g_assert_cmpstr (wsi_shown_rows_get_filter (rows), ==,
                   "event == ended and close.code == 1011 and close.by == recv and "
                   "role == client and server == \"127.0.0.1:8080\"");
}

/* Problems of the connection that is chosen in the sidebar, while a group is open; the badge counts
 * those of all. */
static void
test_chosen (void)
{
  g_auto (ProblemScene) scene = { 0 };
  WsiSidebar *sidebar;
  GtkWidget *scope;

  problem_scene_init (&scene, 1280);
  play_mixed (&scene);
  wait_for_rows (&scene, 6);
  open_group (&scene, 2);
  wait_for_rows (&scene, 7);
  sidebar = find (&scene, WSI_TYPE_SIDEBAR);
  scope = ui_test_get_child (scene.page, "scope");
  g_assert_false (gtk_widget_get_visible (scope));
  wsi_sidebar_select (sidebar, 3);
  wait_for_rows (&scene, 1);
  assert_row (&scene, 0, "Closed by the server with 1011", "Reason: out of room");
  g_assert_true (gtk_widget_get_visible (scope));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (scope)), ==, "Only connection #3");
  g_assert_cmpuint (get_badge (&scene), ==, 4);
  picture_save (GTK_WIDGET (scene.window), "problems-chosen");
  wsi_sidebar_select (sidebar, 0);
  wait_for_rows (&scene, 6);
  g_assert_false (gtk_widget_get_visible (scope));
}

static gboolean
has_focus (ProblemScene *scene,
           guint         i)
{
  return gtk_window_get_focus (GTK_WINDOW (scene->window)) == get_row (scene, i);
}

static void
press (ProblemScene *scene,
       const char   *keys)
{
  keyboard_press (GTK_WIDGET (scene->window), keys);
  ui_test_draw (GTK_WIDGET (scene->window), 3);
}

/* Through groups and rows with the arrow keys alone. */
static void
test_keys (void)
{
  g_auto (ProblemScene) scene = { 0 };

  problem_scene_init (&scene, 1280);
  play_mixed (&scene);
  wait_for_rows (&scene, 6);
  gtk_widget_grab_focus (GTK_WIDGET (scene.page));
  g_assert_true (has_focus (&scene, 0));
  press (&scene, "Down");
  g_assert_true (has_focus (&scene, 1));
  press (&scene, "Right");
  wait_for_rows (&scene, 7);
  press (&scene, "Down");
  g_assert_true (has_focus (&scene, 2));
  press (&scene, "Left");
  g_assert_true (has_focus (&scene, 1));
  press (&scene, "Left");
  wait_for_rows (&scene, 6);
  press (&scene, "Return");
  ui_test_wait_until (has_end_selected, &scene);
  g_assert_cmpstr (get_tab (&scene), ==, "connection");
}

/* They are one group with so many rows, which stays open while more come. */
static void
test_many (void)
{
  g_auto (ProblemScene) scene = { 0 };

  problem_scene_init (&scene, 1280);
  for (guint i = 0; i < MANY; i++)
    {
      PLAY (&scene, RESPONSE);
      scene.now -= G_USEC_PER_SEC - 1;
    }
  wait_for_rows (&scene, 1);
  open_group (&scene, 0);
  wait_for_rows (&scene, 1 + MAX_ROWS);
  while (ui_test_find (get_row (&scene, 0), has_words, "60000 connections") == NULL)
    g_main_context_iteration (NULL, TRUE);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  picture_save (GTK_WIDGET (scene.window), "problems-many");
  g_assert_cmpuint (get_badge (&scene), ==, 1);
  PLAY (&scene, REFUSAL);
  wait_for_rows (&scene, 2 + MAX_ROWS);
  assert_row (&scene, 0, "Handshake refused with status 403", "1 connection");
}

/* The page follows the preference, also with an open group. */
static void
test_slow (void)
{
  g_auto (ProblemScene) scene = { 0 };
  g_autoptr (GSettings) settings = wsi_settings_new ();
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .handshake = WSI_HANDSHAKE_MISSING };
  g_autoptr (WsiConversation) conversation = NULL;

  problem_scene_init (&scene, 1280);
  conversation = opened_conversation (scene.store, &opening, 1);
  ui_test_append (scene.store, conversation,
                  &(UiTestFrame) { WSP_DIRECTION_SENT, 9, FALSE, "a", 1 });
  ui_test_append (scene.store, conversation,
                  &(UiTestFrame) { WSP_DIRECTION_RECEIVED, 10, FALSE, "a", 1500001 });
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 1);
  assert_row (&scene, 0, "Pongs of the server after more than 1000 ms", "1 frame");
  open_group (&scene, 0);
  wait_for_rows (&scene, 2);
  assert_words (&scene, 1, "1500.0 ms");
  g_assert_cmpuint (get_badge (&scene), ==, 0);
  g_settings_set_uint (settings, "slow-ms", 0);
  wait_for_rows (&scene, 0);
  g_settings_set_uint (settings, "slow-ms", 1400);
  wait_for_rows (&scene, 1);
  g_settings_reset (settings, "slow-ms");
}

static void
test_pictures (void)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  for (guint i = 0; i < 2; i++)
    {
      g_auto (ProblemScene) scene = { 0 };

      adw_style_manager_set_color_scheme (style, i == 0 ? ADW_COLOR_SCHEME_FORCE_DARK
                                                        : ADW_COLOR_SCHEME_DEFAULT);
      problem_scene_init (&scene, i == 0 ? 1280 : 640);
      play_mixed (&scene);
      wait_for_rows (&scene, 6);
      open_group (&scene, 1);
      wait_for_rows (&scene, 7);
      picture_save (GTK_WIDGET (scene.window), i == 0 ? "problems-dark" : "problems-640");
    }
}

int
main (int    argc,
      char **argv)
{
  application = ui_test_begin (&argc, &argv);
  g_test_add_func ("/ui/problems/none/are-said", test_none);
  g_test_add_func ("/ui/problems/refused/has-body-report-and-handshake", test_refused);
  g_test_add_func ("/ui/problems/mixed/badge-counts-errors-and-filter-finds-rows", test_mixed);
  g_test_add_func ("/ui/problems/chosen/are-of-the-connection-of-the-sidebar", test_chosen);
  g_test_add_func ("/ui/problems/keys/go-through-groups-and-rows", test_keys);
  g_test_add_func ("/ui/problems/many/are-one-group", test_many);
  g_test_add_func ("/ui/problems/slow/follows-the-preference", test_slow);
  g_test_add_func ("/ui/problems/pictures/dark-and-narrow", test_pictures);
  return ui_test_end (application);
}
