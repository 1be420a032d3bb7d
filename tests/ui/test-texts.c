/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Windows of long texts: two messages compared, both sides of a connection; and files for other
 * programs. */
#include "picture.h"
#include "ui-test.h"

#include "inspector/opened.h"
#include "ui/details/wsi-external-file.h"
#include "ui/details/wsi-message-page.h"
#include "ui/parts/wsi-compare-window.h"
#include "ui/parts/wsi-talk-window.h"
#include "ui/parts/wsi-text-window.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

static GtkWindow *
compare (const char *first,
         const char *second,
         gsize       length)
{
  g_autoptr (GBytes) one = g_bytes_new (first, length);
  g_autoptr (GBytes) other = g_bytes_new (second, length);
  const WsiCompared a = { one, 2 }, b = { other, 6 };
  GtkWindow *window = wsi_compare_window_new (NULL, &a, &b);

  gtk_window_present (window);
  ui_test_draw (GTK_WIDGET (window), 3);
  return window;
}

static GListModel *
get_lines (GtkWindow *window)
{
  GtkWidget *list = ui_test_find (GTK_WIDGET (window), ui_test_is_type, "GtkListView");

  return G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (list)));
}

static const char *
get_line (GtkWindow *window,
          guint      i)
{
  g_autoptr (GtkStringObject) line = g_list_model_get_item (get_lines (window), i);

  return line != NULL ? gtk_string_object_get_string (line) : NULL;
}

static const char *
get_sentence (GtkWindow *window)
{
  GtkWidget *label = ui_test_find (gtk_window_get_child (window), ui_test_is_type, "GtkLabel");

  return gtk_label_get_text (GTK_LABEL (label));
}

static void
test_json (void)
{
  const char *first = "{\"a\":1,\"b\":[1,2],\"c\":\"x\"}";
  const char *second = "{\"a\":1,\"b\":[1,3],\"c\":\"x\"}";
  GtkWindow *window = compare (first, second, strlen (first));

  g_assert_cmpstr (gtk_window_get_title (window), ==, "Rows 3 and 7");
  g_assert_cmpstr (get_sentence (window), ==,
                   "1 line is only in the first message.\n"
                   "1 line is only in the second message.");
  g_assert_cmpstr (get_line (window, 1), ==, "    \"a\": 1,");
  g_assert_cmpstr (get_line (window, 4), ==, "−     2");
  g_assert_cmpstr (get_line (window, 5), ==, "+     3");
  picture_save (GTK_WIDGET (window), "texts-compare");
  gtk_window_destroy (window);
}

/* Bytes are hexadecimal, and no line says where it was: those that moved are equal. */
static void
test_bytes (void)
{
  const char first[] = "\xff\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe" "0123456789abcdef";
  const char second[] = "\xff\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe" "0123456789abcdeX";
  GtkWindow *window = compare (first, second, sizeof first - 1);

  g_assert_nonnull (strstr (get_line (window, 0), "ff 00 01"));
  g_assert_true (g_str_has_prefix (get_line (window, 1), "− "));
  g_assert_true (g_str_has_prefix (get_line (window, 2), "+ "));
  g_assert_null (get_line (window, 3));
  gtk_window_destroy (window);
}

/* Markup, and one line of megabytes. */
static void
test_hostile (void)
{
  g_autofree char *line = g_strnfill (3 * 1024 * 1024, 'x');
  GtkWindow *window;

  memcpy (line, "<b>", 3);
  window = compare (line, line, strlen (line));
  g_assert_nonnull (strstr (get_sentence (window), "No line differs"));
  g_assert_nonnull (strstr (get_sentence (window), "beginnings"));
  gtk_window_destroy (window);
}

typedef struct
{
  WsiStore        *store;
  WsiConversation *conversation;
  GtkWindow       *window;
  guint            n_wanted;
} Scene;

static void
append (Scene       *scene,
        WspDirection direction,
        guint        opcode,
        const char  *payload)
{
  const UiTestFrame frame = { .direction = direction, .opcode = opcode, .payload = payload };

  ui_test_append (scene->store, scene->conversation, &frame);
}

static void
scene_init (Scene *scene)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };

  scene->store = wsi_store_new (100000, WSI_DEFAULT_MAX_PAYLOAD);
  scene->conversation = opened_conversation (scene->store, &opening, 1);
}

static void
scene_clear (Scene *scene)
{
  g_clear_object (&scene->conversation);
  g_clear_object (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static gboolean
has_rows (gpointer data)
{
  Scene *scene = data;

  return g_list_model_get_n_items (get_lines (scene->window)) == scene->n_wanted;
}

/* Only one connection is shown, without control frames, and with what comes later. */
static void
test_talk (void)
{
  g_auto (Scene) scene = { 0 }, other = { 0 };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  GtkWidget *copy;
  g_autofree char *text = NULL;

  scene_init (&scene);
  other.store = g_object_ref (scene.store);
  other.conversation = opened_conversation (scene.store, &opening, 1);
  append (&scene, WSP_DIRECTION_SENT, 1, "hello");
  append (&other, WSP_DIRECTION_SENT, 1, "of another connection");
  append (&scene, WSP_DIRECTION_SENT, 9, "ping");
  append (&scene, WSP_DIRECTION_RECEIVED, 1, "<b>how\nare you</b>");
  wsi_store_announce (scene.store);
  scene.window = wsi_talk_window_new (NULL, scene.store,
                                      wsi_conversation_get_number (scene.conversation));
  gtk_window_present (scene.window);
  scene.n_wanted = 2;
  ui_test_wait_until (has_rows, &scene);
  append (&scene, WSP_DIRECTION_SENT, 1, "fine");
  wsi_store_announce (scene.store);
  scene.n_wanted = 3;
  ui_test_wait_until (has_rows, &scene);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  picture_save (GTK_WIDGET (scene.window), "texts-talk");
  copy = ui_test_find (GTK_WIDGET (scene.window), ui_test_is_label, "Copy");
  g_signal_emit_by_name (gtk_widget_get_ancestor (copy, GTK_TYPE_BUTTON), "clicked");
  text = ui_test_read_clipboard (copy);
  g_assert_true (g_str_has_prefix (text, "↑ hello\n↓ <b>how"));
  g_assert_true (g_str_has_suffix (text, "are you</b>\n↑ fine\n"));
  gtk_window_destroy (scene.window);
}

/* While rows are still tested, and while an update is due. */
static void
test_close_early (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  for (guint i = 0; i < 50000; i++)
    append (&scene, WSP_DIRECTION_SENT, 1, "hello");
  scene.window = wsi_talk_window_new (NULL, scene.store, 1);
  gtk_window_present (scene.window);
  wsi_store_announce (scene.store);
  gtk_window_destroy (scene.window);
  for (guint i = 0; i < 100; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_marked (void)
{
  g_auto (Scene) scene = { 0 };
  WsiMessagePage *page = g_object_new (WSI_TYPE_MESSAGE_PAGE, NULL);
  GtkWindow *window = ui_test_open (GTK_WIDGET (page), 700, 500);
  g_autoptr (WsiRow) first = NULL, second = NULL;
  g_autoptr (GListModel) windows = NULL;
  g_autoptr (WsiLearner) other = NULL;

  scene_init (&scene);
  append (&scene, WSP_DIRECTION_SENT, 1, "one");
  append (&scene, WSP_DIRECTION_SENT, 1, "two");
  first = wsi_row_new (scene.store, 0);
  second = wsi_row_new (scene.store, 1);
  wsi_message_page_set_row (page, first);
  windows = g_object_ref (gtk_window_get_toplevels ());
  gtk_widget_activate_action (GTK_WIDGET (page), "message.compare", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (windows), ==, 1);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "message.mark-for-comparison",
                                             NULL));
  wsi_message_page_set_row (page, second);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "message.compare", NULL));
  g_assert_cmpuint (g_list_model_get_n_items (windows), ==, 2);

  /* Another session has other messages. */
  other = wsi_learner_new (scene.store);
  wsi_message_page_set_learner (page, other);
  gtk_widget_activate_action (GTK_WIDGET (page), "message.compare", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (windows), ==, 2);
  ui_test_close (window);
  g_assert_cmpuint (g_list_model_get_n_items (windows), ==, 0);
}

/* No other user can read it, its name says nothing of the payload, and it is gone in the end. */
static void
test_external (void)
{
  GObject *owner = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GBytes) text = g_bytes_new_static ("{\"a\":1}", 7);
  g_autoptr (GBytes) program = g_bytes_new_static ("\x7f" "ELF\0", 5);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = wsi_external_file_new (owner, text, &error);
  g_autoptr (GFile) other = NULL;
  g_autofree char *path = NULL, *name = NULL, *folder = NULL, *contents = NULL;
  GStatBuf facts;

  g_assert_no_error (error);
  path = g_file_get_path (file);
  name = g_path_get_basename (path);
  folder = g_path_get_dirname (path);
  g_assert_cmpstr (name, ==, "payload.txt");
  g_assert_cmpint (g_stat (path, &facts), ==, 0);
  g_assert_cmpuint (facts.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (folder, &facts), ==, 0);
  g_assert_cmpuint (facts.st_mode & 0777, ==, 0700);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "{\"a\":1}");
  other = wsi_external_file_new (owner, program, &error);
  g_assert_null (other);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_object_unref (owner);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);

  g_test_add_func ("/ui/compare/json-is-compared-member-by-member", test_json);
  g_test_add_func ("/ui/compare/bytes-are-compared-in-hexadecimal", test_bytes);
  g_test_add_func ("/ui/compare/hostile-text-is-cut-and-it-says-so", test_hostile);
  g_test_add_func ("/ui/compare/a-message-is-marked-and-compared-with-another", test_marked);
  g_test_add_func ("/ui/conversation/has-both-sides-of-one-connection", test_talk);
  g_test_add_func ("/ui/conversation/may-be-closed-early", test_close_early);
  g_test_add_func ("/ui/external/is-private-text-and-gone-in-the-end", test_external);
  return g_test_run ();
}
