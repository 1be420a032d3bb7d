/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sidebar of a session whose records are written by hand: what its labels say. */
#include "fit.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/session/wsi-sidebar.h"

#include <adwaita.h>

#include "inspect/sources/wsi-client-source.h"
#include "inspect/targets/wsi-target-start.h"
#include "inspector/opened.h"
#include "ui/session/wsi-connection-row.h"
#include "ui/session/wsi-source-text.h"
#include "ui/template-children.h"

#define N_FRAMES 3
#define N_CONNECTIONS 5000

typedef struct
{
  WsiSession *session;
  WsiStore   *store;
  WsiSidebar *sidebar;
  GtkWindow  *window;
  guint       n_selected;
  const char *text;             /* text that is expected */
  guint       n_rows;
} Scene;

static void
scene_init (Scene *scene)
{
  scene->session = opened_session ();
  scene->store = wsi_session_get_store (scene->session);
  scene->sidebar = g_object_new (WSI_TYPE_SIDEBAR, NULL);
  scene->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (scene->window, 260, 500);
  gtk_window_set_child (scene->window, GTK_WIDGET (scene->sidebar));
  wsi_sidebar_set_session (scene->sidebar, scene->session);
  g_signal_connect_swapped (scene->sidebar, "selected", G_CALLBACK (g_atomic_int_inc),
                            &scene->n_selected);
  gtk_window_present (scene->window);
}

static void
scene_clear (Scene *scene)
{
  gtk_window_destroy (scene->window);
  g_object_unref (scene->session);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static WsiConversation *
open_one (Scene * scene,
          const char *uri)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = uri };
  const WspFrameRecord frame = { .fin = 1, .opcode = 1, .header_length = 2, .direction = 1 };
  const WsiFrame kept = { .frame = &frame };
  WsiConversation *conversation = opened_conversation (scene->store, &opening, 1);

  for (guint i = 0; i < N_FRAMES; i++)
    wsi_store_append (scene->store, conversation, &kept);
  return conversation;
}

static void
collect_texts (GtkWidget *widget,
               GString   *texts)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget))
    g_string_append_printf (texts, "%s\n", gtk_label_get_text (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_texts (child, texts);
}

static gboolean
has_text (gpointer data)
{
  Scene *scene = data;
  g_autoptr (GString) texts = g_string_new (NULL);

  collect_texts (GTK_WIDGET (scene->sidebar), texts);
  return strstr (texts->str, scene->text) != NULL;
}

/* Until the labels of the sidebar have this text. */
static void
wait_for_text (Scene      *scene,
               const char *text)
{
  scene->text = text;
  ui_test_wait_until (has_text, scene);
}

static GListModel *
get_rows (Scene *scene)
{
  GtkListView *view =
    GTK_LIST_VIEW (ui_test_get_child (scene->sidebar, "connections"));

  return G_LIST_MODEL (gtk_list_view_get_model (view));
}

static gboolean
has_rows (gpointer data)
{
  Scene *scene = data;

  return g_list_model_get_n_items (get_rows (scene)) == scene->n_rows;
}

static void
wait_for_rows (Scene *scene,
               guint  n_rows)
{
  scene->n_rows = n_rows;
  ui_test_wait_until (has_rows, scene);
}

static void
test_states (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiConversation) first = NULL, second = NULL, third = NULL, fourth = NULL;

  scene_init (&scene);
  first = open_one (&scene, "ws://localhost:1/chat");
  second = open_one (&scene, "ws://localhost:1/<b>feed</b>");
  third = open_one (&scene, NULL);
  fourth = open_one (&scene, NULL);
  wsi_conversation_set_close (second, WSP_DIRECTION_RECEIVED, 1000, NULL);
  wsi_conversation_end (second, WSI_ENDING_CLEAN, WSI_SENTENCE (TEXT, "Closed"), 5);
  wsi_conversation_end (third, WSI_ENDING_ABNORMAL, WSI_SENTENCE (TEXT, "Reset"), 5);
  wsi_conversation_end (fourth, WSI_ENDING_CUT, WSI_SENTENCE (TEXT, "The capture ends"), 5);
  wsi_store_announce (scene.store);

  wait_for_text (&scene, "#1 · /chat\n◌ opening\n↑0 ↓3");
  wait_for_text (&scene, "#2 · /<b>feed</b>\n○ closed 1000\n↑0 ↓3");
  wait_for_text (&scene, "#3 · /\n✕ failed\n↑0 ↓3");
  wait_for_text (&scene, "#4 · /\n◐ cut\n↑0 ↓3");
}

static void
test_search (void)
{
  g_auto (Scene) scene = { 0 };
  GtkEditable *search;

  scene_init (&scene);
  for (guint i = 0; i < N_CONNECTIONS; i++)
    g_object_unref (open_one (&scene, i == 17 ? "ws://localhost:1/Needle" : "ws://localhost:1/"));
  wsi_store_announce (scene.store);
  wait_for_text (&scene, "#1 · /\n");
  g_assert_cmpuint (g_list_model_get_n_items (get_rows (&scene)), ==, N_CONNECTIONS);

  search = GTK_EDITABLE (ui_test_get_child (scene.sidebar, "search"));
  gtk_editable_set_text (search, "needle");
  wait_for_rows (&scene, 1);
  wait_for_text (&scene, "#18 · /Needle\n");
}

/* Host and port of the URI, and the addresses of both ends; a search that finds nothing says so. */
static void
test_search_of_hosts (void)
{
  static const struct
  {
    const char *text;
    guint       n_rows;
  } searches[] = {
    { "ALPHA:9444", 1 }, { "beta", 1 }, { "10.0.0.7:81", 1 }, { "10.0.0.8", 1 }, { "/chat", 3 }, { "gamma", 0 },
  };
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT, .uri = "ws://delta/chat", .client = "10.0.0.8:5", .server = "10.0.0.7:81",
  };
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiConversation) first = NULL, second = NULL, third = NULL;
  GtkWidget *none;

  scene_init (&scene);
  first = open_one (&scene, "ws://alpha:9444/chat");
  second = open_one (&scene, "ws://beta:9444/chat");
  third = opened_conversation (scene.store, &opening, 1);
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 3);
  none = ui_test_get_child (scene.sidebar, "none");
  for (guint i = 0; i < G_N_ELEMENTS (searches); i++)
    {
      gtk_editable_set_text (GTK_EDITABLE (ui_test_get_child (scene.sidebar, "search")),
                             searches[i].text);
      wait_for_rows (&scene, searches[i].n_rows);
      g_assert_cmpint (gtk_widget_get_visible (none), ==, searches[i].n_rows == 0);
    }
}

static gboolean
change (gpointer session)
{
  g_signal_emit_by_name (session, "changed");
  return G_SOURCE_CONTINUE;
}

/* A connection ends at each turn of the main loop, and changes its state in the sidebar. */
static void
test_steady_changes (void)
{
  g_auto (Scene) scene = { 0 };
  guint changes;

  scene_init (&scene);
  changes = g_idle_add_full (G_PRIORITY_DEFAULT, change, scene.session, NULL);
  g_object_unref (open_one (&scene, "ws://localhost:1/a"));
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 1);
  g_source_remove (changes);
}

static void
test_selection (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  g_object_unref (open_one (&scene, "ws://localhost:1/a"));
  g_object_unref (open_one (&scene, "ws://localhost:1/b"));
  wsi_store_announce (scene.store);
  wait_for_text (&scene, "#2 · /b\n");
  g_assert_cmpuint (wsi_sidebar_get_conversation (scene.sidebar), ==, 0);

  gtk_selection_model_select_item (GTK_SELECTION_MODEL (get_rows (&scene)), 1, TRUE);
  g_assert_cmpuint (wsi_sidebar_get_conversation (scene.sidebar), ==, 2);
  gtk_widget_activate_action (GTK_WIDGET (scene.sidebar), "sidebar.show-all", NULL);
  g_assert_cmpuint (wsi_sidebar_get_conversation (scene.sidebar), ==, 0);
  g_assert_cmpuint (scene.n_selected, ==, 2);
}

/* The list is updated by a tick: a connection is selected before the next one, too. */
static void
test_new_connection (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  g_object_unref (open_one (&scene, "ws://localhost:1/a"));
  wsi_store_announce (scene.store);
  g_assert_cmpuint (g_list_model_get_n_items (get_rows (&scene)), ==, 0);
  wsi_sidebar_select (scene.sidebar, 1);
  g_assert_cmpuint (wsi_sidebar_get_conversation (scene.sidebar), ==, 1);
  wsi_sidebar_select (scene.sidebar, 0);
  g_assert_cmpuint (wsi_sidebar_get_conversation (scene.sidebar), ==, 0);
}

static gboolean
has_sentence (gpointer source)
{
  return wsi_source_get_sentence (source) != NULL;
}

/* Titles and sentences hide what the page of the handshake hides. */
static void
test_secrets (void)
{
  const char *uri = "ws://h/webhooks/secret?token=secret";
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiConversation) conversation = NULL;
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (uri, NULL, NULL, NULL);
  g_autoptr (WsiRecorder) recorder = NULL;
  g_autoptr (WsiClientSource) source = NULL;
  g_autofree char *title = NULL;
  g_autofree char *sentence = NULL;

  scene_init (&scene);
  conversation = open_one (&scene, uri);
  wsi_store_announce (scene.store);
  wait_for_text (&scene, "#1 · /webhooks/redacted-6-bytes-0000?token=redacted-6-bytes-0000\n");

  recorder = wsi_session_make_recorder (scene.session, WSP_ROLE_CLIENT, NULL);
  source = wsi_client_source_new (recorder, WSI_PLACE_THREAD, handshake);
  title = wsi_source_text_dup_title (WSI_SOURCE (source));
  g_assert_cmpstr (title, ==, "ws://h/webhooks/redacted-6-bytes-0000?token=redacted-6-bytes-0000");

  wsi_source_report (WSI_SOURCE (source), WSI_SOURCE_FAILED,
                     WSI_SENTENCE (TEXT, "no answer of ws://h/?token=secret"));
  ui_test_wait_until (has_sentence, source);
  sentence = wsi_source_text_dup_sentence (WSI_SOURCE (source));
  g_assert_cmpstr (sentence, ==, "no answer of ws://h/?token=redacted-6-bytes-0000");
}

#define LONG_URI "ws://127.0.0.1:1/prices-of-today-and-of-yesterday-and-of-all-days-before-them"

/* Titles of a peer and of a user may be of any length. */
static void
test_tooltips (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiTarget) target = wsi_target_parse ("connect " LONG_URI, NULL);
  g_autoptr (WsiConversation) conversation = NULL;
  g_autofree char *faults = NULL;
  WsiTargetField wrong;
  GtkWidget *row;

  scene_init (&scene);
  conversation = open_one (&scene, LONG_URI);
  wsi_store_announce (scene.store);
  g_assert_nonnull (wsi_target_start (target, scene.session, &wrong, NULL));
  wait_for_text (&scene, "\nCannot connect to ");
  wait_for_text (&scene, "#1 · /prices");
  ui_test_draw (GTK_WIDGET (scene.window), 2);
  picture_save (GTK_WIDGET (scene.window), "sidebar-long-titles");

  faults = fit_describe (scene.window, 260, 500);
  g_assert_cmpstr (faults, ==, "");
  row = ui_test_find (GTK_WIDGET (scene.window), ui_test_is_type, "WsiSourceRow");
  g_assert_true (g_str_has_prefix (gtk_widget_get_tooltip_text (row),
                                   LONG_URI "\nFailed\nCannot connect to "));
  g_object_run_dispose (G_OBJECT (scene.session));
}

static void
test_sentence (void)
{
  g_autoptr (WsiSession) session = opened_session ();
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = "ws://h/a\x1b\xe2\x80\xae" };
  const WspFrameRecord frame = { .header_length = 2, .direction = 1, .fault = 2 };
  const WsiFrame kept = { .frame = &frame };
  g_autoptr (WsiConversation) conversation =
    opened_conversation (wsi_session_get_store (session), &opening, 1);
  g_autofree char *sentence = NULL;

  wsi_store_append (wsi_session_get_store (session), conversation, &kept);
  sentence = wsi_connection_row_describe (conversation);
  g_assert_cmpstr (sentence, ==,
                   "Connection #1 · /a\\x1b\\u{202e}, ◌ opening, frames sent: 0, received: 1, faults: 1");
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/sidebar/connections-say-their-state", test_states);
  g_test_add_func ("/ui/sidebar/new-ones-are-listed-while-states-change", test_steady_changes);
  g_test_add_func ("/ui/sidebar/a-search-finds-one-of-many", test_search);
  g_test_add_func ("/ui/sidebar/a-search-finds-host-and-port", test_search_of_hosts);
  g_test_add_func ("/ui/sidebar/a-selected-connection-is-reported", test_selection);
  g_test_add_func ("/ui/sidebar/one-that-has-just-come-is-selected", test_new_connection);
  g_test_add_func ("/ui/sidebar/SEC-114-a-screen-reader-gets-a-sentence", test_sentence);
  g_test_add_func ("/ui/sidebar/tooltips-have-what-is-cut-off", test_tooltips);
  g_test_add_func ("/ui/sidebar/SEC-122-secrets-are-hidden-in-titles", test_secrets);
  return g_test_run ();
}
