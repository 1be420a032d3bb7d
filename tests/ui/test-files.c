/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Files of a window: opening, saving, and the question before frames are lost. */
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-window.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "inspect/compose/wsi-message-book.h"
#include "inspect/save/saving/wsi-made.h"
#include "inspect/sources/wsi-client-source.h"
#include "inspector/client-text.h"
#include "lib/rows.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/parts/wsi-settings.h"
#include "ui/start/wsi-start-page.h"
#include "ui/template-children.h"

#define FULL_DISK (256 * 1024)

static GtkApplication *application;

/* A window and the file that it may have; the window is NULL once it is gone. */
typedef struct
{
  WsiWindow *window;
  char      *folder;
  GFile     *file;
} Place;

static void
place_init (Place *self)
{
  g_autofree char *path = NULL;

  self->window = wsi_window_new (application);
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  gtk_window_present (GTK_WINDOW (self->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (self->window));
  self->folder = g_dir_make_tmp ("wsi-XXXXXX", NULL);
  path = g_build_filename (self->folder, "a.wsinspect", NULL);
  self->file = g_file_new_for_path (path);
}

static const char *
get_filter (WsiWindow *window)
{
  return wsi_shown_rows_get_filter (wsi_frame_list_get_rows (ui_test_get_list (window)));
}

static gboolean
is_gone (gpointer data)
{
  Place *self = data;

  return self->window == NULL;
}

static void
place_clear (Place *self)
{
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  ui_test_wait_until (is_gone, self);
  g_file_delete (self->file, NULL, NULL);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_object_unref (self->file);
  g_free (self->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

/* The dialog of this type over any window; NULL = none. */
static GtkWindow *
find_dialog (const char *type_name)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *i = windows; i != NULL; i = i->next)
    if (g_str_equal (G_OBJECT_TYPE_NAME (i->data), type_name) && gtk_widget_get_visible (i->data))
      return i->data;

  return NULL;
}

static gboolean
has_dialog (gpointer type_name)
{
  return find_dialog (type_name) != NULL;
}

static AdwMessageDialog *
wait_for_question (void)
{
  ui_test_wait_until (has_dialog, (gpointer) "AdwMessageDialog");
  return ADW_MESSAGE_DIALOG (find_dialog ("AdwMessageDialog"));
}

static void
answer (const char *response)
{
  adw_message_dialog_response (wait_for_question (), response);
}

static gboolean
has_frames (gpointer data)
{
  Place *self = data;
  WsiSession *session = ui_test_get_session (self->window);

  return session != NULL && wsi_store_get_end (wsi_session_get_store (session)) >= 8;
}

/* A server and its client in one window: events and a text. */
static void
capture (Place *self)
{
  WsiSource *server, *client;

  ui_test_serve (self->window, "0");
  server = ui_test_get_source (self->window);
  ui_test_connect (self->window, wsi_source_get_uri (server));
  client = wsi_session_get_source (ui_test_get_session (self->window), 1);
  ui_test_wait_until (ui_test_is_running, client);
  client_text_send (client, "Hello");
  ui_test_wait_until (has_frames, self);
}

static void
capture_and_save (Place *self)
{
  capture (self);
  ui_test_save (self->window, self->file);
}

/* The session goes on as if nothing was asked. */
static void
test_cancel (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  capture (&place);
  gtk_window_close (GTK_WINDOW (place.window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (wait_for_question ()));
  picture_save (GTK_WIDGET (wait_for_question ()), "files-question");
  answer ("cancel");
  g_assert_true (wsi_session_is_running (ui_test_get_session (place.window)));
  gtk_widget_activate_action (GTK_WIDGET (place.window), "win.back", NULL);
  answer ("cancel");
  g_assert_cmpstr (ui_test_get_page (place.window), ==, "session");
  gtk_widget_activate_action (GTK_WIDGET (place.window), "win.back", NULL);
  answer ("discard");
  g_assert_cmpstr (ui_test_get_page (place.window), ==, "start");
  g_assert_null (ui_test_get_session (place.window));
}

static gboolean
is_at_start (gpointer data)
{
  Place *self = data;

  return g_str_equal (ui_test_get_page (self->window), "start");
}

static void
read_recording (Place *self)
{
  g_autoptr (WsiTarget) target = NULL;

  capture_and_save (self);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.back", NULL);
  ui_test_wait_until (is_at_start, self);
  target = wsi_target_new_for_file (self->file);
  wsi_window_start (self->window, target);
  ui_test_wait_until (has_frames, self);
}

static void
make_comment (Place *self)
{
  read_recording (self);
  wsi_store_set_comment (wsi_session_get_store (ui_test_get_session (self->window)), 0, "a");
}

static void
make_mark (Place *self)
{
  read_recording (self);
  wsi_store_set_mark (wsi_session_get_store (ui_test_get_session (self->window)), 0, 1);
}

static GtkWidget *
find_composer (Place *self)
{
  return ui_test_find (GTK_WIDGET (self->window), ui_test_is_type, "WsiComposer");
}

static gpointer
find_entry (Place *self)
{
  return ui_test_get_child (find_composer (self), "entry");
}

static void
make_draft (Place *self)
{
  wsi_window_demonstrate (self->window, NULL);
  ui_test_wait_until (has_frames, self);
  gtk_editable_set_text (find_entry (self), "not sent yet");
}

#define DRAFT_SENTENCE \
  "The message that was written and not sent will be lost. " \
  "Save keeps it among the saved messages."

static const struct
{
  const char *name;
  void        (*make)(Place *self);
  const char *sentence;
} made[] = {
  [WSI_MADE_FRAMES] = { "frames", capture, "Frames that are in no file will be lost." },
  [WSI_MADE_COMMENT] = { "comment", make_comment, "Comments that are in no file will be lost." },
  [WSI_MADE_MARK] = { "mark", make_mark, "Marks that are in no file will be lost." },
  [WSI_MADE_DRAFT] = { "draft", make_draft, DRAFT_SENTENCE },
};

G_STATIC_ASSERT (G_N_ELEMENTS (made) == WSI_N_MADE);

/* A window that closes asks about all that its user has made, and only about that. */
static void
test_made (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *picture = g_strconcat ("files-question-", made[i].name, NULL);
  g_auto (Place) place = { 0 };

  place_init (&place);
  made[i].make (&place);
  gtk_window_close (GTK_WINDOW (place.window));
  g_assert_cmpstr (adw_message_dialog_get_body (wait_for_question ()), ==, made[i].sentence);
  g_assert_true (adw_message_dialog_has_response (wait_for_question (), "save"));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (wait_for_question ()));
  picture_save (GTK_WIDGET (wait_for_question ()), picture);
  answer ("cancel");
  g_assert_nonnull (ui_test_get_session (place.window));
  gtk_widget_activate_action (GTK_WIDGET (place.window), "win.back", NULL);
  answer ("discard");
  ui_test_wait_until (is_at_start, &place);
  gtk_window_close (GTK_WINDOW (place.window));
  ui_test_wait_until (is_gone, &place);
}

/* Keys and menus do nothing while the file is completed: a source that is added, or a dialog, would
 * belong to a window that goes. */
static void
test_actions_while_leaving (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  capture_and_save (&place);
  gtk_window_close (GTK_WINDOW (place.window));
  g_assert_nonnull (place.window);
  gtk_widget_activate_action (GTK_WIDGET (place.window), "win.add-source", NULL);
  g_assert_cmpstr (ui_test_get_page (place.window), ==, "session");
  gtk_widget_activate_action (GTK_WIDGET (place.window), "win.save-as", NULL);
  g_assert_null (find_dialog ("GtkFileChooserDialog"));
  ui_test_wait_until (is_gone, &place);
}

/* A user who closes the last window and starts the program again gets a window that stays. */
static void
test_start_while_leaving (void)
{
  g_auto (Place) place = { 0 };
  GtkWindow *other;

  place_init (&place);
  capture_and_save (&place);
  gtk_window_close (GTK_WINDOW (place.window));
  g_application_activate (G_APPLICATION (application));
  other = gtk_application_get_active_window (application);
  g_assert_nonnull (other);
  g_assert_true (other != GTK_WINDOW (place.window));
  g_application_activate (G_APPLICATION (application));
  g_assert_cmpuint (g_list_length (gtk_application_get_windows (application)), ==, 2);

  ui_test_wait_until (is_gone, &place);
  g_assert_cmpuint (g_list_length (gtk_application_get_windows (application)), ==, 1);
  g_application_activate (G_APPLICATION (application));
  g_assert_true (gtk_application_get_active_window (application) == other);
  gtk_window_destroy (other);
}

/* A dialog loads its first folder, and shows another one when that is loaded. */
static gboolean
is_in_folder (gpointer folder)
{
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (find_dialog ("GtkFileChooserDialog"));
  g_autoptr (GFile) shown = gtk_file_chooser_get_current_folder (chooser);

  return shown != NULL && (folder == NULL || g_file_equal (shown, folder));
}

/* As a user types the name. */
static void
choose (Place *self)
{
  GtkWindow *dialog;
  g_autoptr (GFile) folder = g_file_get_parent (self->file);
  g_autofree char *name = g_file_get_basename (self->file);

  ui_test_wait_until (has_dialog, (gpointer) "GtkFileChooserDialog");
  dialog = find_dialog ("GtkFileChooserDialog");
  ui_test_wait_until (is_in_folder, NULL);
  ui_test_draw (GTK_WIDGET (dialog), 2);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), folder, NULL);
  ui_test_wait_until (is_in_folder, folder);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
}

/* The window closes once the file is whole, and the file has no secrets of the handshake. */
static void
test_save_when_closed (void)
{
  g_auto (Place) place = { 0 };
  g_autofree char *text = NULL;

  place_init (&place);
  capture (&place);
  gtk_window_close (GTK_WINDOW (place.window));
  answer ("save");
  choose (&place);
  ui_test_wait_until (is_gone, &place);
  g_assert_true (g_file_get_contents (g_file_peek_path (place.file), &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "{\"type\":\"wsinspect-session\""));
  g_assert_nonnull (strstr (text, "Hello"));
}

static gboolean
is_written (gpointer data)
{
  Place *self = data;
  g_autofree char *text = NULL;

  g_file_get_contents (g_file_peek_path (self->file), &text, NULL, NULL);
  return text != NULL && strstr (text, "Hello") != NULL;
}

static void
test_save (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  capture (&place);
  gtk_widget_activate_action (GTK_WIDGET (place.window), "win.save", NULL);
  choose (&place);
  ui_test_wait_until (is_written, &place);
  g_assert_true (g_str_has_suffix (gtk_window_get_title (GTK_WINDOW (place.window)),
                                   "2 sources · a.wsinspect"));
  picture_save (GTK_WIDGET (place.window), "files-saved");
  gtk_widget_activate_action (GTK_WIDGET (place.window), "win.save", NULL);
  g_assert_null (find_dialog ("GtkFileChooserDialog"));
}

/* Files that are opened together are one source, in a window that is empty. */
/* As a browser exports it. */
#define RECORDING \
  "{\"log\":{\"version\":\"1.2\",\"entries\":[{\"startedDateTime\":\"2026-01-01T00:00:00Z\"," \
  "\"request\":{\"method\":\"GET\",\"url\":\"ws://h/\",\"headers\":[]}," \
  "\"response\":{\"status\":101,\"headers\":[]},\"_webSocketMessages\":[" \
  "{\"type\":\"send\",\"time\":1,\"opcode\":1,\"data\":\"a\"}," \
  "{\"type\":\"receive\",\"time\":2,\"opcode\":1,\"data\":\"b\"}]}]}}"

static gboolean
has_row (gpointer list)
{
  return wsi_frame_list_get_row (list) != NULL;
}

static const char *
get_following (WsiWindow *window)
{
  GObject *page = ui_test_get_session_page (window);

  return ui_test_get_text (ui_test_get_child (page, "status_bar"), "following");
}

/* A recording is read from its beginning: nothing follows, and nothing says that it might. */
static void
test_first_row (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  WsiFrameList *list;
  gpointer frames_page;

  place_init (&place);
  g_assert_true (g_file_set_contents (g_file_peek_path (place.file), RECORDING, -1, NULL));
  g_list_store_append (files, place.file);
  wsi_window_open_files (place.window, G_LIST_MODEL (files));
  list = ui_test_get_list (place.window);
  ui_test_wait_until (has_row, list);
  g_assert_cmpuint (wsi_row_get_number (wsi_frame_list_get_row (list)), ==, 0);
  g_assert_false (wsi_frame_list_is_following (list));
  g_assert_cmpstr (get_following (place.window), ==, "");
  gtk_widget_activate_action (GTK_WIDGET (list), "frames.follow", NULL);
  g_assert_false (wsi_frame_list_is_following (list));

  /* A row that the user unselects stays so. */
  gtk_selection_model_unselect_all (gtk_column_view_get_model (wsi_frame_list_get_view (list)));
  frames_page = ui_test_get_child (ui_test_get_session_page (place.window), "frames_page");
  wsi_filter_bar_apply (ui_test_get_child (frames_page, "filter_bar"), "text");
  ui_test_draw (GTK_WIDGET (place.window), 10);
  g_assert_null (wsi_frame_list_get_row (list));
}

static void
test_open (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  guint n_before = g_list_length (gtk_application_get_windows (application));
  GList *windows;

  place_init (&place);
  g_assert_true (g_file_set_contents (g_file_peek_path (place.file), "{", -1, NULL));
  for (guint i = 0; i < 3; i++)
    g_list_store_append (files, place.file);
  wsi_window_open_files (place.window, G_LIST_MODEL (files));
  g_assert_nonnull (ui_test_get_source (place.window));
  g_assert_cmpuint (g_list_length (gtk_application_get_windows (application)), ==, n_before + 1);
  g_assert_cmpuint (wsi_session_get_n_sources (ui_test_get_session (place.window)), ==, 1);
  g_assert_cmpstr (wsi_source_get_title (ui_test_get_source (place.window)), ==,
                   "a.wsinspect, a.wsinspect, a.wsinspect");
  wsi_window_open_files (place.window, G_LIST_MODEL (files));
  g_assert_cmpuint (g_list_length (gtk_application_get_windows (application)), ==, n_before + 2);
  g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
  ui_test_wait_until (is_gone, &place);
  while ((windows = gtk_application_get_windows (application)) != NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
send (Place      *self,
      const char *text)
{
  WsiSource *client = wsi_session_get_source (ui_test_get_session (self->window), 1);

  client_text_send (client, text);
}

static gboolean
has_left_out (gpointer data)
{
  Place *self = data;

  return wsi_store_get_n_left_out (wsi_session_get_store (ui_test_get_session (self->window))) >=
         4;
}

static gboolean
is_quiet (gpointer data)
{
  Place *self = data;

  return wsi_store_get_end (wsi_session_get_store (ui_test_get_session (self->window))) >= 10;
}

/* The title says so, and events of the list say what is missing. */
static void
test_pause (void)
{
  g_auto (Place) place = { 0 };
  WsiStore *store;
  guint64 end;

  place_init (&place);
  capture (&place);
  store = wsi_session_get_store (ui_test_get_session (place.window));
  ui_test_wait_until (is_quiet, &place);
  gtk_widget_activate_action (GTK_WIDGET (place.window), "win.pause-capture", NULL);
  g_assert_nonnull (ui_test_find (GTK_WIDGET (place.window), ui_test_is_label, "Not recording"));
  end = wsi_store_get_end (store);
  send (&place, "unseen");
  ui_test_wait_until (has_left_out, &place);
  g_assert_cmpuint (wsi_store_get_end (store), ==, end);
  picture_save (GTK_WIDGET (place.window), "files-paused");
  gtk_widget_activate_action (GTK_WIDGET (place.window), "win.pause-capture", NULL);
  g_assert_true (g_str_has_suffix (gtk_window_get_title (GTK_WINDOW (place.window)), "2 sources"));
}

/* A session with a filter; then back to the cards. */
static void
begin_and_leave (Place      *self,
                 const char *uri)
{
  ui_test_serve (self->window, "0");
  ui_test_connect (self->window, uri);
  gtk_widget_activate_action (GTK_WIDGET (ui_test_get_list (self->window)),
                              "frames.apply-filter", "s", "recv");
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.back", NULL);
}

/* A session in a file is not kept a second time. */
static void
test_last (void)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_auto (GStrv) lines = NULL;
  g_auto (Place) place = { 0 }, other = { 0 };

  place_init (&place);
  begin_and_leave (&place, "ws://127.0.0.1:9/");
  g_assert_nonnull (ui_test_find (GTK_WIDGET (place.window), ui_test_is_label,
                                  "Continue the last session"));
  picture_save (GTK_WIDGET (place.window), "files-last");

  gtk_widget_activate_action (GTK_WIDGET (place.window), "win.continue", NULL);
  g_assert_cmpuint (wsi_session_get_n_sources (ui_test_get_session (place.window)), ==, 2);
  g_assert_cmpstr (get_filter (place.window), ==, "recv");
  place_init (&other);
  g_assert_null (ui_test_find (GTK_WIDGET (other.window), ui_test_is_label,
                               "Continue the last session"));
  gtk_widget_activate_action (GTK_WIDGET (other.window), "win.continue", NULL);
  g_assert_null (ui_test_get_session (other.window));
  gtk_widget_activate_action (GTK_WIDGET (place.window), "win.continue", NULL);
  g_assert_cmpuint (wsi_session_get_n_sources (ui_test_get_session (place.window)), ==, 2);
  ui_test_save (place.window, place.file);
  gtk_window_close (GTK_WINDOW (place.window));
  ui_test_wait_until (is_gone, &place);
  lines = g_settings_get_strv (settings, "last-sources");
  g_assert_cmpuint (g_strv_length (lines), ==, 0);
}

/* Also in a window that was there before they were chosen. */
static void
test_last_columns (void)
{
  const char *const columns[] = { "time", "summary", NULL };
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_auto (Place) place = { 0 }, other = { 0 };
  g_auto (GStrv) shown = NULL;

  place_init (&other);
  place_init (&place);
  g_object_set (ui_test_get_list (place.window), "columns", columns, NULL);
  begin_and_leave (&place, "ws://127.0.0.1:9/");
  gtk_widget_activate_action (GTK_WIDGET (other.window), "win.continue", NULL);
  g_assert_cmpuint (wsi_session_get_n_sources (ui_test_get_session (other.window)), ==, 2);
  g_object_get (ui_test_get_list (other.window), "columns", &shown, NULL);
  g_assert_true (g_strv_equal ((const char *const *) shown, columns));
  g_settings_reset (settings, "columns");
  g_settings_reset (settings, "last-sources");
}

/* The sources that follow are not forgotten: they wait for the correction. */
static void
test_last_after_failure (void)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_auto (GStrv) lines = NULL, kept = NULL;
  g_auto (Place) place = { 0 };
  const char *reversed[3] = { NULL };

  place_init (&place);
  begin_and_leave (&place, "ws://127.0.0.1:9/?token=topsecret");
  lines = g_settings_get_strv (settings, "last-sources");
  reversed[0] = lines[1];
  reversed[1] = lines[0];
  g_settings_set_strv (settings, "last-sources", reversed);
  gtk_widget_activate_action (GTK_WIDGET (place.window), "win.continue", NULL);
  g_assert_cmpstr (ui_test_get_page (place.window), ==, "start");
  ui_test_connect (place.window, "ws://127.0.0.1:9/?token=othersecret");
  g_assert_cmpstr (ui_test_get_page (place.window), ==, "session");
  g_assert_cmpuint (wsi_session_get_n_sources (ui_test_get_session (place.window)), ==, 2);
  g_assert_cmpstr (get_filter (place.window), ==, "recv");
  kept = g_settings_get_strv (settings, "last-sources");
  g_assert_cmpuint (g_strv_length (kept), ==, 2);
  g_settings_reset (settings, "last-sources");
}

/* The form asks for what is missing. */
static void
test_last_secret (void)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_auto (GStrv) lines = NULL;
  g_auto (Place) place = { 0 };

  place_init (&place);
  begin_and_leave (&place, "ws://127.0.0.1:9/?token=topsecret");
  lines = g_settings_get_strv (settings, "last-sources");
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  g_assert_cmpstr (lines[0], ==, "serve 0");
  g_assert_null (strstr (lines[1], "topsecret"));
  gtk_widget_activate_action (GTK_WIDGET (place.window), "win.continue", NULL);
  g_assert_cmpstr (ui_test_get_page (place.window), ==, "start");
  g_assert_cmpuint (wsi_session_get_n_sources (ui_test_get_session (place.window)), ==, 1);
  g_settings_reset (settings, "last-sources");
}

static gboolean
has_label_with (GtkWidget  *widget,
                const char *part)
{
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), part) != NULL)
    return TRUE;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_label_with (child, part))
      return TRUE;
  return FALSE;
}

static gboolean
has_advice (gpointer data)
{
  Place *self = data;

  return has_label_with (GTK_WIDGET (self->window), "a.wsinspect: ") &&
         has_label_with (GTK_WIDGET (self->window), "Frames are no longer saved: make room");
}

static gboolean
says_when (gpointer data)
{
  return has_label_with (GTK_WIDGET (((Place *) data)->window), "is replaced when");
}

static gboolean
says_saved (gpointer data)
{
  return has_label_with (GTK_WIDGET (((Place *) data)->window), "Saved to");
}

/* A toast that says the opposite would go before the advice is shown. */
static gboolean
has_only_advice (gpointer data)
{
  g_assert_false (says_saved (data));
  g_assert_false (says_when (data));
  return has_advice (data);
}

/* The system then refuses to write as a full disk does; the list of recent files has room. */
static void
test_full_disk (void)
{
  g_auto (Place) place = { 0 };
  g_autofree char *text = g_strnfill (2 * FULL_DISK, 'a');
  struct rlimit limit, small;

  place_init (&place);
  capture (&place);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &limit);
  small = limit;
  small.rlim_cur = FULL_DISK;
  setrlimit (RLIMIT_FSIZE, &small);
  ui_test_save (place.window, place.file);
  client_text_send (wsi_session_get_source (ui_test_get_session (place.window), 1), text);
  ui_test_wait_until (has_advice, &place);
  setrlimit (RLIMIT_FSIZE, &limit);
  picture_save (GTK_WIDGET (place.window), "files-full-disk");
  g_assert_true (wsi_session_is_running (ui_test_get_session (place.window)));
}

static gboolean
has_long_text (gpointer data)
{
  WsiStore *store = wsi_session_get_store (ui_test_get_session (((Place *) data)->window));

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    if (wsi_record_get_length (wsi_store_get_record (store, i)) == 2 * FULL_DISK)
      return TRUE;

  return FALSE;
}

/* The old file is there as it was, and nothing says that the session was saved. */
static void
test_full_disk_over_file (void)
{
  g_auto (Place) place = { 0 };
  g_autofree char *text = g_strnfill (2 * FULL_DISK, 'a');
  g_autofree char *old = NULL;
  struct rlimit limit, small;

  place_init (&place);
  capture (&place);
  client_text_send (wsi_session_get_source (ui_test_get_session (place.window), 1), text);
  ui_test_wait_until (has_long_text, &place);
  g_assert_true (g_file_set_contents (g_file_peek_path (place.file), "old", -1, NULL));
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &limit);
  small = limit;
  small.rlim_cur = FULL_DISK;
  setrlimit (RLIMIT_FSIZE, &small);
  ui_test_save (place.window, place.file);
  ui_test_wait_until (has_only_advice, &place);
  setrlimit (RLIMIT_FSIZE, &limit);
  g_assert_true (g_file_get_contents (g_file_peek_path (place.file), &old, NULL, NULL));
  g_assert_cmpstr (old, ==, "old");
}

/* While connections are open the old file stays. */
static void
test_replaced_late (void)
{
  g_auto (Place) place = { 0 };
  g_autofree char *path = NULL;
  gsize length;

  place_init (&place);
  capture (&place);
  path = g_file_get_path (place.file);
  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  ui_test_save (place.window, place.file);
  g_assert_false (says_when (&place));  /* the disk has not answered yet */
  ui_test_wait_until (says_when, &place);
  picture_save (GTK_WIDGET (place.window), "files-replaced-late");
  gtk_window_close (GTK_WINDOW (place.window));
  ui_test_wait_until (is_gone, &place);
  g_clear_pointer (&path, g_free);
  g_assert_true (g_file_get_contents (g_file_peek_path (place.file), &path, &length, NULL));
  g_assert_nonnull (strstr (path, "wsinspect-session"));
}

static void
test_says_saved (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  capture_and_save (&place);
  ui_test_wait_until (says_saved, &place);
}

/* Each window with frames asks; one that is kept keeps the program. */
static void
test_quit (void)
{
  g_auto (Place) place = { 0 };

  place_init (&place);
  capture (&place);
  g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
  answer ("cancel");
  g_assert_nonnull (place.window);
  g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
  answer ("discard");
  ui_test_wait_until (is_gone, &place);
}

static const struct
{
  const char *name;
  void        (*make)(Place *self);
  gsize       length;           /* of the text in the composer */
  gboolean    is_expanded, asks_for_file, is_kept;
} drafts[] = {
  { "alone", make_draft, 12, FALSE, FALSE, TRUE },
  { "in-the-editor", make_draft, 12, TRUE, FALSE, TRUE },
  { "with-frames", capture, 12, FALSE, TRUE, TRUE },
  { "too-long", make_draft, WSI_BOOK_MAX_TEXT + 1, FALSE, FALSE, FALSE },
};

/* Save keeps the draft among the saved messages, where the composer offers it. */
static void
test_draft (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *text = g_strnfill (drafts[i].length, 'd');
  g_autoptr (WsiMessageBook) book = wsi_message_book_new (NULL);
  g_auto (Place) place = { 0 };
  guint n_before;

  g_assert_true (wsi_message_book_read (book, NULL));
  n_before = wsi_message_book_get_n_saved (book);
  place_init (&place);
  drafts[i].make (&place);
  gtk_editable_set_text (find_entry (&place), text);
  g_object_set (find_composer (&place), "expanded", drafts[i].is_expanded, NULL);
  gtk_window_close (GTK_WINDOW (place.window));
  answer ("save");
  if (drafts[i].asks_for_file)
    choose (&place);
  if (drafts[i].is_kept)
    ui_test_wait_until (is_gone, &place);
  else
    g_assert_cmpstr (gtk_editable_get_text (find_entry (&place)), ==, text);
  g_assert_true (wsi_message_book_read (book, NULL));
  g_assert_cmpuint (wsi_message_book_get_n_saved (book), ==, n_before + drafts[i].is_kept);
  if (drafts[i].is_kept)
    g_assert_cmpstr (wsi_message_book_get_saved (book, n_before)->text, ==, text);
}

int
main (int    argc,
      char **argv)
{
  application = ui_test_begin (&argc, &argv);

  g_test_add_func ("/ui/files/close/cancel-keeps-the-session", test_cancel);
  ADD_ROWS_AS ("/ui/files/close/asks-about-%s", made, test_made);
  ADD_ROWS ("/ui/files/close/save-keeps-a-draft", drafts, test_draft);
  g_test_add_func ("/ui/files/close/save-completes-the-file-first", test_save_when_closed);
  g_test_add_func ("/ui/files/close/keys-do-nothing-meanwhile", test_actions_while_leaving);
  g_test_add_func ("/ui/files/close/a-start-meanwhile-opens-a-window", test_start_while_leaving);
  g_test_add_func ("/ui/files/save/is-written-as-it-goes", test_save);
  g_test_add_func ("/ui/files/save/a-full-disk-says-what-to-do", test_full_disk);
  g_test_add_func ("/ui/files/save/a-full-disk-leaves-the-old-file", test_full_disk_over_file);
  g_test_add_func ("/ui/files/save/replaces-the-old-file-at-the-end", test_replaced_late);
  g_test_add_func ("/ui/files/save/says-so-once-it-is-on-the-disk", test_says_saved);
  g_test_add_func ("/ui/files/open/each-file-has-a-window", test_open);
  g_test_add_func ("/ui/files/open/begins-with-the-first-row", test_first_row);
  g_test_add_func ("/ui/files/pause/says-so-and-records-nothing", test_pause);
  g_test_add_func ("/ui/files/last/is-offered-with-its-filter", test_last);
  g_test_add_func ("/ui/files/last/is-continued-with-its-columns", test_last_columns);
  g_test_add_func ("/ui/files/last/others-follow-after-a-correction", test_last_after_failure);
  g_test_add_func ("/ui/files/last/secrets-are-asked-for-again", test_last_secret);
  g_test_add_func ("/ui/files/quit/asks-for-each-window", test_quit);
  return ui_test_end (application);
}
