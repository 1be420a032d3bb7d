/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A copy leaves secrets out, and a toast offers the same text with them; an export says which
 * messages it could not search.  Sentences that quote a URI hide its secrets wherever they are
 * shown, until the user shows secrets. */
#include "ui/charts/wsi-problems-page.h"
#include "ui/parts/wsi-settings.h"
#include "ui/window/wsi-export-window.h"
#include "ui/window/wsi-window.h"

#include <glib/gstdio.h>
#include <string.h>

#include "inspect/capture/wsi-recorder.h"
#include "inspector/scene.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/template-children.h"

#define SECRET "hunter2hunter2"
#define HIDDEN "xxxxxxxxxxxxxx"
#define REFUSAL "HTTP/1.1 403 No\r\nContent-Length: 26\r\n\r\n{\"token\":\"" SECRET "\"}"
#define MESSAGE "\x81\x1d{\"password\":\"" SECRET "\"}"

static GtkApplication *application;

typedef struct
{
  WsiWindow   *window;
  WsiRecorder *recorder;
} SecretScene;

static void
play (SecretScene *scene,
      const char  *server)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = "ws://h/chat" };
  const gint64 now = G_GINT64_CONSTANT (1767000000000000);
  WsiConversation *conversation = wsi_recorder_open (scene->recorder, &opening, now);
  g_autoptr (GBytes) request = g_bytes_new_static (REQUEST, strlen (REQUEST));
  g_autoptr (GBytes) response = g_bytes_new_static (server, strlen (server));

  wsi_recorder_push (scene->recorder, conversation, WSP_DIRECTION_SENT, request, now);
  wsi_recorder_push (scene->recorder, conversation, WSP_DIRECTION_RECEIVED, response, now);
  wsi_recorder_close_stream (scene->recorder, conversation, WSI_STREAM_ENDED, now);
  wsi_store_announce (wsi_session_get_store (ui_test_get_session (scene->window)));
}

static void
secret_scene_init (SecretScene *scene)
{
  scene->window = wsi_window_new (application);
  gtk_window_present (GTK_WINDOW (scene->window));
  ui_test_serve (scene->window, "0");
  scene->recorder =
    wsi_recorder_new (wsi_session_get_store (ui_test_get_session (scene->window)), WSP_ROLE_CLIENT);
}

static void
secret_scene_clear (SecretScene *scene)
{
  gtk_window_destroy (GTK_WINDOW (scene->window));
  g_clear_object (&scene->recorder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SecretScene, secret_scene_clear)

static gboolean
is_button (GtkWidget  *widget,
           const char *label)
{
  return GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) &&
         (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0 ||
          g_strcmp0 (gtk_widget_get_tooltip_text (widget), label) == 0);
}

static gboolean
ends_with (GtkWidget  *widget,
           const char *words)
{
  return GTK_IS_LABEL (widget) && g_str_has_suffix (gtk_label_get_text (GTK_LABEL (widget)), words);
}

static gboolean
has_copy_button (gpointer window)
{
  return ui_test_find (window, is_button, "Copy With Secrets") != NULL;
}

/* The button of the toast is pressed, after the text without secrets has been read. */
static void
assert_copied (SecretScene *scene,
               const char  *sentence)
{
  GtkWidget *window = GTK_WIDGET (scene->window);
  g_autofree char *hidden = ui_test_read_clipboard (window);
  g_autofree char *whole = NULL;

  g_assert_nonnull (strstr (hidden, HIDDEN));
  g_assert_null (strstr (hidden, SECRET));
  ui_test_wait_until (has_copy_button, window);
  g_assert_nonnull (ui_test_find (window, ends_with, sentence));
  picture_save (window, "secrets-left-out");
  g_signal_emit_by_name (ui_test_find (window, is_button, "Copy With Secrets"), "clicked");
  whole = ui_test_read_clipboard (window);
  g_assert_nonnull (strstr (whole, SECRET));
}

static void
test_rows (gconstpointer form)
{
  g_auto (SecretScene) scene = { 0 };
  WsiFrameList *list;

  secret_scene_init (&scene);
  list = ui_test_get_list (scene.window);
  play (&scene, RESPONSE MESSAGE);
  gtk_widget_activate_action (GTK_WIDGET (list), "frames.apply-filter", "s", "text");
  ui_test_wait_for_rows (list, 1);
  wsi_frame_list_select (list, 0);
  gtk_widget_activate_action (GTK_WIDGET (list), "frames.copy", "s", form);
  /* The lines of JSON begin with the handshake, which has secrets, too. */
  assert_copied (&scene, g_str_equal (form, "json") ? " secrets were left out"
                                                    : "1 secret was left out");
}

static gboolean
has_report_button (gpointer page)
{
  return ui_test_find (page, is_button, "Copy Report") != NULL;
}

/* The detail of the row and the body below have the same value. */
static void
test_report (void)
{
  g_auto (SecretScene) scene = { 0 };
  GtkWidget *page, *toggle;

  secret_scene_init (&scene);
  play (&scene, REFUSAL);
  gtk_widget_activate_action (GTK_WIDGET (scene.window), "win.show-problems", NULL);
  page = ui_test_find (GTK_WIDGET (scene.window), ui_test_is_type,
                       g_type_name (WSI_TYPE_PROBLEMS_PAGE));
  ui_test_wait_until (has_report_button, page);
  toggle = ui_test_find (page, is_button, "Rows of the Group");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle), TRUE);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  g_signal_emit_by_name (ui_test_find (page, is_button, "Copy Report"), "clicked");
  assert_copied (&scene, "1 secret was left out");
}

static gboolean
has_ended (gpointer dialog)
{
  const char *page = ui_test_get_page (dialog);

  return g_str_equal (page, "report") || g_str_equal (page, "failed");
}

/* A text is in no format that has names. */
static void
test_unread (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wsi-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.wsinspect", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_auto (SecretScene) scene = { 0 };
  WsiExportWindow *dialog;
  const char *report;

  secret_scene_init (&scene);
  play (&scene, RESPONSE "\x81\x16my password is hunter2");
  dialog = wsi_export_window_new (GTK_WINDOW (scene.window), ui_test_get_list (scene.window));
  gtk_window_present (GTK_WINDOW (dialog));
  picture_save (GTK_WIDGET (dialog), "secrets-searched");
  wsi_export_window_write (dialog, file);
  ui_test_wait_until (has_ended, dialog);
  report = adw_status_page_get_description (ui_test_get_child (dialog, "report_page"));
  g_assert_nonnull (strstr (report, "\n1 message may have secrets and could not be read."));
  picture_save (GTK_WIDGET (dialog), "secrets-unread");
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_file_delete (file, NULL, NULL);
  g_rmdir (folder);
}

#define OPEN_SENTENCE "no answer of ws://me:hunter2@h/?token=" SECRET
#define HIDDEN_SENTENCE "no answer of ws://redacted-10-bytes-0000@h/?token=redacted-14-bytes-0000"

/* A label, a cell or a tooltip. */
static gboolean
shows (GtkWidget  *widget,
       const char *words)
{
  const char *tooltip = gtk_widget_get_tooltip_text (widget);
  const char *text = GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget))
                     : GTK_IS_INSCRIPTION (widget)
                     ? gtk_inscription_get_text (GTK_INSCRIPTION (widget)) : NULL;

  return gtk_widget_get_mapped (widget) &&
         ((text != NULL && strstr (text, words) != NULL) ||
          (tooltip != NULL && strstr (tooltip, words) != NULL));
}

typedef struct
{
  WsiWindow  *window;
  const char *part;             /* type of a widget of the window */
  const char *sentence;
} Shown;

static gboolean
is_shown (gpointer data)
{
  const Shown *shown = data;
  GtkWidget *part = ui_test_find (GTK_WIDGET (shown->window), ui_test_is_type, shown->part);

  return part != NULL && ui_test_find (part, shows, shown->sentence) != NULL;
}

/* The parts show the sentence, and no part of the window shows the other one. */
static void
assert_sentence (SecretScene       *scene,
                 gboolean           is_hidden,
                 const char *const *parts)
{
  GtkWidget *window = GTK_WIDGET (scene->window);
  Shown shown = { scene->window, NULL, is_hidden ? HIDDEN_SENTENCE : OPEN_SENTENCE };

  for (guint i = 0; parts[i] != NULL; i++)
    {
      shown.part = parts[i];
      ui_test_wait_until (is_shown, &shown);
    }
  if (is_hidden)
    {
      g_assert_null (ui_test_find (window, shows, SECRET));
      g_assert_null (ui_test_find (window, shows, "hunter2@"));
    }
}

static void
show_secrets (SecretScene *scene,
              gboolean     are_shown)
{
  gpointer page = ui_test_get_tab (scene->window, "handshake_page");

  gtk_toggle_button_set_active (ui_test_get_child (page, "secrets_button"), are_shown);
}

/* A source says something while it waits for a client. */
static void
test_source (void)
{
  static const char *const places[] = { "WsiWaitingPage", "WsiStatusBar", NULL };
  static const char *const toasts[] = { "AdwToastOverlay", NULL };
  g_auto (SecretScene) scene = { 0 };

  secret_scene_init (&scene);
  ui_test_wait_until (ui_test_is_running, ui_test_get_source (scene.window));
  for (guint i = 0; i < 2; i++)
    {
      show_secrets (&scene, i == 1);
      wsi_source_report (ui_test_get_source (scene.window), WSI_SOURCE_RUNNING,
                         WSI_SENTENCE (TEXT, OPEN_SENTENCE));
      assert_sentence (&scene, i == 0, places);
      assert_sentence (&scene, i == 0, toasts);
      picture_save (GTK_WIDGET (scene.window),
                    i == 0 ? "secrets-waiting" : "secrets-waiting-shown");
    }
  show_secrets (&scene, FALSE);
  g_assert_null (ui_test_find (ui_test_get_child (ui_test_get_session_page (scene.window),
                                                  "status_bar"), shows, SECRET));
}

/* Shows a note with a secret as the only row.  Returns the list. */
static WsiFrameList *
show_note (SecretScene *scene)
{
  WsiFrameList *list;

  secret_scene_init (scene);
  list = ui_test_get_list (scene->window);
  wsi_recorder_event (scene->recorder, NULL, WSI_EVENT_NOTE, WSI_SENTENCE (TEXT, OPEN_SENTENCE), 1);
  wsi_store_announce (wsi_session_get_store (ui_test_get_session (scene->window)));
  ui_test_wait_for_rows (list, 1);
  return list;
}

static void
test_note (void)
{
  static const char *const places[] = { "WsiFrameList", "WsiMessagePage", NULL };
  g_auto (SecretScene) scene = { 0 };
  WsiFrameList *list = show_note (&scene);

  wsi_frame_list_select (list, 0);
  gtk_widget_activate_action (GTK_WIDGET (scene.window), "win.show-message", NULL);
  for (guint i = 0; i < 3; i++)
    {
      show_secrets (&scene, i == 1);
      assert_sentence (&scene, i != 1, places);
      picture_save (GTK_WIDGET (scene.window), i == 1 ? "secrets-note-shown" : "secrets-note");
    }
}

static gboolean
shows_name (gpointer window)
{
  return ui_test_find (window, shows, "nickname=" SECRET) != NULL;
}

static gboolean
hides_name (gpointer window)
{
  return ui_test_find (window, shows, "nickname=redacted-14-bytes-0000") != NULL &&
         ui_test_find (window, shows, SECRET) == NULL;
}

/* A parameter of a URI is hidden once the user has named it, and shown again after that. */
static void
test_own_name (void)
{
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT, .uri = "ws://h/?nickname=" SECRET, .server = "h:1", .client = "c:1",
  };
  const char *const names[] = { "Nickname", NULL };
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_auto (SecretScene) scene = { 0 };
  WsiConversation *conversation;

  secret_scene_init (&scene);
  conversation = wsi_recorder_open (scene.recorder, &opening, 1);
  wsi_recorder_close (scene.recorder, conversation, WSI_ENDING_CLEAN, NULL, 2);
  wsi_store_announce (wsi_session_get_store (ui_test_get_session (scene.window)));
  g_object_set (ui_test_get_session_page (scene.window), "sidebar", TRUE, NULL);
  gtk_widget_activate_action (GTK_WIDGET (scene.window), "win.show-connection", NULL);
  ui_test_wait_for_rows (ui_test_get_list (scene.window), 2);
  wsi_frame_list_select (ui_test_get_list (scene.window), 0);
  ui_test_wait_until (shows_name, scene.window);
  g_settings_set_strv (settings, "redact-names", names);
  ui_test_wait_until (hides_name, scene.window);
  picture_save (GTK_WIDGET (scene.window), "secrets-own-name");
  g_settings_reset (settings, "redact-names");
  ui_test_wait_until (shows_name, scene.window);
}

/* A copy of the row has no secrets, whatever the list shows; "Copy With Secrets" has them. */
static void
test_note_copy (void)
{
  g_auto (SecretScene) scene = { 0 };
  WsiFrameList *list = show_note (&scene);

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *hidden = NULL, *whole = NULL;

      show_secrets (&scene, i == 1);
      wsi_frame_list_select (list, 0);
      gtk_widget_activate_action (GTK_WIDGET (list), "frames.copy", "s", "shown");
      hidden = ui_test_read_clipboard (GTK_WIDGET (scene.window));
      g_assert_nonnull (strstr (hidden, "token=redacted-14-bytes-"));
      g_assert_null (strstr (hidden, SECRET));
      ui_test_wait_until (has_copy_button, scene.window);
      g_signal_emit_by_name (ui_test_find (GTK_WIDGET (scene.window), is_button,
                                           "Copy With Secrets"), "clicked");
      whole = ui_test_read_clipboard (GTK_WIDGET (scene.window));
      g_assert_nonnull (strstr (whole, OPEN_SENTENCE));
    }
}

int
main (int    argc,
      char **argv)
{
  static const char *const forms[] = { "text", "shown", "json" };

  application = ui_test_begin (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autofree char *path = g_strconcat ("/ui/secrets/copied-rows-leave-them-out/", forms[i],
                                           NULL);

      g_test_add_data_func (path, forms[i], test_rows);
    }
  g_test_add_func ("/ui/secrets/a-report-leaves-them-out", test_report);
  g_test_add_func ("/ui/secrets/an-export-counts-what-it-could-not-read", test_unread);
  g_test_add_func ("/ui/secrets/sentences-of-a-source-hide-them-until-they-are-shown", test_source);
  g_test_add_func ("/ui/secrets/a-note-hides-them-until-they-are-shown", test_note);
  g_test_add_func ("/ui/secrets/titles-hide-what-the-user-has-named", test_own_name);
  g_test_add_func ("/ui/secrets/a-copied-note-leaves-them-out", test_note_copy);
  return ui_test_end (application);
}
