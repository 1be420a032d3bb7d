/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The page of engines: of the example's sessions step by step, of a connection as a tap has it. */
#include "inspector/client-text.h"
#include "inspector/opened.h"
#include "inspector/started.h"
#include "picture.h"
#include "ui-test.h"

#include "inspect/show/engine/wsi-action-model.h"
#include "inspect/sources/example/wsi-example.h"
#include "inspect/sources/wsi-client-source.h"
#include "ui/session/wsi-session-page.h"
#include "ui/template-children.h"

#include <adwaita.h>
#include <string.h>

#define KEPT "Older actions were removed: the last 131072 of all connections are kept"

typedef struct
{
  GtkWindow      *window;
  WsiSessionPage *page;
  WsiSession     *session;
  WsiStore       *store;
  WsiEnginePage  *engine;
  guint           n_wanted;     /* actions */
} Scene;

static void
scene_init (Scene *scene,
            int    width)
{
  WsiDetail *detail;

  scene->session = opened_session ();
  scene->store = wsi_session_get_store (scene->session);
  scene->page = g_object_new (WSI_TYPE_SESSION_PAGE, NULL);
  detail = ui_test_get_detail (scene->page);
  scene->engine = ui_test_get_child (detail, "engine_page");
  scene->window = ui_test_open (GTK_WIDGET (scene->page), width, 900);
  wsi_session_page_set_session (scene->page, scene->session);
}

static void
scene_clear (Scene *scene)
{
  ui_test_close (scene->window);
  g_object_run_dispose (G_OBJECT (scene->session));
  g_clear_object (&scene->session);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static gboolean
has_ended (gpointer data)
{
  return wsi_source_get_state (data) == WSI_SOURCE_ENDED;
}

static void
run_example (Scene *scene)
{
  g_autoptr (WsiRecorder) recorder = wsi_session_make_recorder (scene->session, WSP_ROLE_CLIENT,
                                                                NULL);
  g_autoptr (WsiExample) example = wsi_example_new (recorder, WSI_PLACE_THREAD, 0);

  wsi_session_add (scene->session, WSI_SOURCE (example));
  ui_test_wait_until (has_ended, example);
}

static GListModel *
get_steps (Scene *scene)
{
  return G_LIST_MODEL (gtk_list_view_get_model (ui_test_get_child (scene->engine, "list")));
}

static gboolean
has_steps (gpointer data)
{
  Scene *scene = data;

  return get_steps (scene) != NULL &&
         g_list_model_get_n_items (get_steps (scene)) > scene->n_wanted;
}

static gboolean
is_list_filled (gpointer data)
{
  Scene *scene = data;
  WsiFrameList *list = wsi_session_page_get_frame_list (scene->page);
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (list), &counts);
  return counts.n_shown > 10 && counts.n_shown == counts.n_rows;
}

static void
show_row (Scene  *scene,
          guint64 number)
{
  WsiFrameList *list = wsi_session_page_get_frame_list (scene->page);

  ui_test_wait_until (is_list_filled, scene);
  g_assert_true (wsi_frame_list_go_to (list, number));
  wsi_detail_show_tab (ui_test_get_detail (scene->page), "engine");
  ui_test_wait_until (has_steps, scene);
  ui_test_draw (GTK_WIDGET (scene->window), 3);
}

static const WsiAction *
get_step (Scene *scene)
{
  GtkSingleSelection *selection =
    GTK_SINGLE_SELECTION (gtk_list_view_get_model (ui_test_get_child (scene->engine, "list")));

  return wsi_action_item_get (gtk_single_selection_get_selected_item (selection));
}

static guint64
get_row (Scene *scene)
{
  return wsi_row_get_number (wsi_frame_list_get_row (
                               wsi_session_page_get_frame_list (scene->page)));
}

static void
act (Scene      *scene,
     const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (scene->engine), action, NULL));
}

/* The first text of the client, and the ping after it. */
static void
test_example (void)
{
  g_auto (Scene) scene = { 0 };
  guint64 first;

  scene_init (&scene, 1100);
  run_example (&scene);
  show_row (&scene, 0);
  g_assert_cmpuint (get_step (&scene)->row, ==, 0);
  g_assert_nonnull (strstr (ui_test_get_text (scene.engine, "client"), "Client: OPEN"));
  picture_save (GTK_WIDGET (scene.window), "engine-wide");
  first = get_step (&scene)->number;
  act (&scene, "engine.next");
  g_assert_cmpuint (get_step (&scene)->number, >, first);
  act (&scene, "engine.previous");
  g_assert_cmpuint (get_step (&scene)->number, ==, first);

  act (&scene, "engine.next-frame");
  g_assert_cmpuint (get_row (&scene), ==, 1);
  g_assert_cmpuint (get_step (&scene)->row, ==, 1);
  act (&scene, "engine.previous");
  act (&scene, "engine.previous");
  while (get_step (&scene)->row == WSI_NO_ROW)
    act (&scene, "engine.previous");
  act (&scene, "engine.show-frame");
  g_assert_cmpuint (get_row (&scene), ==, get_step (&scene)->row);
}

static void
test_queues (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 1100);
  run_example (&scene);
  show_row (&scene, 0);
  while (get_step (&scene)->kind != WSI_ACTION_QUEUED ||
         get_step (&scene)->queue != WSP_ACTION_QUEUE_SEND ||
         get_step (&scene)->role != WSP_ROLE_CLIENT)
    act (&scene, "engine.next");
  g_assert_nonnull (strstr (ui_test_get_text (scene.engine, "client"), "Send queue: "));
  g_assert_null (strstr (ui_test_get_text (scene.engine, "client"), "Send queue: empty"));
}

static void
test_narrow (void)
{
  g_auto (Scene) scene = { 0 };
  int minimum;

  scene_init (&scene, 360);
  run_example (&scene);
  ui_test_wait_until (is_list_filled, &scene);
  g_assert_true (wsi_frame_list_go_to (wsi_session_page_get_frame_list (scene.page), 3));
  g_signal_emit_by_name (wsi_frame_list_get_view (wsi_session_page_get_frame_list (scene.page)),
                         "activate", 3);
  wsi_detail_show_tab (ui_test_get_detail (scene.page), "engine");
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  gtk_widget_measure (GTK_WIDGET (scene.engine), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL,
                      NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  picture_save (GTK_WIDGET (scene.window), "engine-narrow");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  picture_save (GTK_WIDGET (scene.window), "engine-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

static gboolean
is_running (gpointer source)
{
  return wsi_source_get_state (source) == WSI_SOURCE_RUNNING;
}

/* A connection has no queues of operations, but a state and bytes that wait. */
static void
test_connection (void)
{
  g_auto (Scene) scene = { 0 };
  WsiSession *server = opened_session ();
  WsiSource *serving = started_server (server, 0, NULL);
  WsiSource *client;
  g_autoptr (WsiConversation) conversation = NULL;

  scene_init (&scene, 1100);
  client = started_client (scene.session, wsi_source_get_uri (serving), NULL);
  ui_test_wait_until (is_running, client);
  wsi_detail_show_tab (ui_test_get_detail (scene.page), "engine");
  client_text_send (client, "hello");
  scene.n_wanted = 4;
  ui_test_wait_until (has_steps, &scene);
  g_assert_nonnull (strstr (ui_test_get_text (scene.engine, "state"), "State OPEN"));
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  picture_save (GTK_WIDGET (scene.window), "engine-connection");
  g_object_run_dispose (G_OBJECT (server));
  g_object_unref (server);
}

/* The example goes on with so many actions that its first ones are removed. */
static void
test_removed (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiAction left_out = {
    .kind = WSI_ACTION_LEFT_OUT, .conversation = 1, .n_actions = 3, .row = WSI_NO_ROW,
  };

  scene_init (&scene, 1100);
  run_example (&scene);
  show_row (&scene, 3);
  g_assert_null (ui_test_find (GTK_WIDGET (scene.engine), ui_test_is_label, KEPT));
  for (guint i = 0; i < WSI_MAX_ACTIONS; i++)
    wsi_actions_append (wsi_store_get_actions (scene.store), &left_out);
  wsi_detail_show_tab (ui_test_get_detail (scene.page), "message");
  wsi_detail_show_tab (ui_test_get_detail (scene.page), "engine");
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  g_assert_nonnull (ui_test_find (GTK_WIDGET (scene.engine), ui_test_is_label, KEPT));
  picture_save (GTK_WIDGET (scene.window), "engine-removed");
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);

  g_test_add_func ("/ui/engine/example/steps-lead-to-their-frames-and-back", test_example);
  g_test_add_func ("/ui/engine/example/shows-queues-of-the-selected-step", test_queues);
  g_test_add_func ("/ui/engine/example/fits-a-narrow-window", test_narrow);
  g_test_add_func ("/ui/engine/example/says-that-actions-were-removed", test_removed);
  g_test_add_func ("/ui/engine/connection/shows-its-state-and-actions", test_connection);
  return g_test_run ();
}
