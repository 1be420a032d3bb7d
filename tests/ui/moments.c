/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "moments.h"

#include "inspect/save/saving/wsi-document.h"
#include "inspector/client-text.h"
#include "inspector/opened.h"
#include "inspector/saved.h"
#include "inspector/sources/deaf-client.h"
#include "inspector/sources/open-conversation.h"
#include "ui-test.h"
#include "ui/composer/wsi-replay-dialog.h"
#include "ui/template-children.h"
#include "ui/window/wsi-export-window.h"

#define MIN_GRACE (G_TIME_SPAN_SECOND * 3 / 2)        /* a server waits longer for its peers */
#define N_MANY 20000            /* rows: work on them does not end at once */
#define N_TEXTS 2000            /* that are on their way */
#define HOUR_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
#define OF_FILE "many.wsinspect"
#define TEXT (VIEW_OF_SESSION | VIEW_OF_TEXT)
#define UNSAVED (TEXT | VIEW_OF_UNSAVED)

static WsiStore *
get_store (Place *self)
{
  return wsi_session_get_store (ui_test_get_session (self->window));
}

static void
act (Place      *self,
     const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->window), action, NULL));
}

static void
edit (Place        *self,
      WsiTargetKind kind)
{
  g_autoptr (WsiTarget) target = wsi_target_new (kind);

  wsi_window_edit (self->window, target);
}

static void
edit_client (Place *self)
{
  edit (self, WSI_TARGET_CLIENT);
}

static void
edit_server (Place *self)
{
  edit (self, WSI_TARGET_SERVER);
}

static void
edit_proxy (Place *self)
{
  edit (self, WSI_TARGET_PROXY);
}

static void
edit_browser (Place *self)
{
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_BROWSER);

  wsi_target_set_options (target, WSI_TARGET_STARTS);
  wsi_window_edit (self->window, target);
}

static void
edit_interface (Place *self)
{
  edit (self, WSI_TARGET_CAPTURE);
}

static void
edit_program (Place *self)
{
  edit (self, WSI_TARGET_PROGRAM);
}

/* The system takes the connection, and nothing is answered. */
static void
connect_to_silence (Place *self)
{
  g_autofree char *uri = NULL;
  guint16 port;

  self->listener = g_socket_listener_new ();
  port = g_socket_listener_add_any_inet_port (self->listener, NULL, NULL);
  uri = g_strdup_printf ("ws://127.0.0.1:%u/", port);
  ui_test_connect (self->window, uri);
}

static void
fail (Place *self)
{
  ui_test_connect (self->window, "ws://127.0.0.1:1/");
  ui_test_wait_until (ui_test_has_failed, self->window);
}

static void
listen (Place *self)
{
  ui_test_serve (self->window, "0");
}

static void
refuse_certificate (Place *self)
{
  state_reach (&self->around, self->window, "certificate-refused");
}

static void
have_certificate_refused (Place *self)
{
  state_reach (&self->around, self->window, "certificate-refused-by-client");
}

static void
play (Place *self)
{
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_EXAMPLE);

  wsi_window_start (self->window, target);
}

static void
capture (Place *self)
{
  self->client = state_capture (self->window);
}

static void
capture_and_add (Place *self)
{
  capture (self);
  act (self, "win.add-source");
}

static void
capture_and_pause (Place *self)
{
  capture (self);
  act (self, "win.pause-capture");
}

static void
capture_and_pause_view (Place *self)
{
  capture (self);
  act (self, "win.pause-view");
}

static void
capture_and_follow (Place *self)
{
  capture (self);
  act (self, "win.follow");
}

/* They are echoed; both sources have threads of their own, which go on meanwhile. */
static void
send_texts (Place *self)
{
  for (guint i = 0; i < N_TEXTS; i++)
    client_text_send (self->client, "Hello");
}

/* The first byte of its header. */
static gboolean
has_frame (Place *self,
           guint8 byte0)
{
  WsiStore *store = get_store (self);
  guint reading = wsi_store_begin_reading (store);
  gboolean is_there = FALSE;

  for (guint64 i = 0; i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      is_there = is_there || (record != NULL && wsi_record_is_frame (record) &&
                              record->byte0 == byte0);
    }
  wsi_store_end_reading (store, reading);
  return is_there;
}

static gboolean
has_text (gpointer place)
{
  return has_frame (place, 0x81);
}

static gboolean
has_close (gpointer place)
{
  return has_frame (place, 0x88);
}

static gboolean
is_open_through_proxy (gpointer place)
{
  g_autoptr (WsiConversation) conversation =
    open_conversation_dup (ui_test_get_session (((Place *) place)->window), WSP_ROLE_CLIENT);

  return conversation != NULL && ui_test_is_running (((Place *) place)->client);
}

/* Without the pauses of the example. */
static void
demonstrate (Place *self)
{
  wsi_window_demonstrate (self->window, NULL);
  ui_test_wait_until (has_text, self);
}

/* A server, a proxy before it, and a client of the proxy. */
static void
capture_through_proxy (Place *self)
{
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_PROXY);
  WsiSession *session;

  ui_test_serve (self->window, "0");
  wsi_target_set_text (target, WSI_TARGET_LISTEN, "0");
  wsi_target_set_text (target, WSI_TARGET_ADDRESS,
                       wsi_source_get_uri (ui_test_get_source (self->window)));
  wsi_window_start (self->window, target);
  session = ui_test_get_session (self->window);
  ui_test_connect (self->window, wsi_source_get_uri (wsi_session_get_source (session, 1)));
  self->client = wsi_session_get_source (session, 2);
  ui_test_wait_until (is_open_through_proxy, self);
  client_text_send (self->client, "Hello");
  ui_test_wait_until (has_text, self);
}

static gboolean
has_client (gpointer place)
{
  g_autoptr (WsiConversation) conversation =
    open_conversation_dup (ui_test_get_session (((Place *) place)->window), WSP_ROLE_SERVER);

  return conversation != NULL;
}

/* The client never answers the Close frame.  The server waits for the answer, but on a slow machine
 * that time may be over before the window shows the Close. */
static void
stop_without_answer (Place *self)
{
  WsiSource *server;
  gint64 begin;

  ui_test_serve (self->window, "0");
  server = ui_test_get_source (self->window);
  self->deaf = deaf_client_new (server);
  ui_test_wait_until (has_client, self);
  begin = g_get_monotonic_time ();
  act (self, "win.stop");
  ui_test_wait_until (has_close, self);
  if (g_get_monotonic_time () - begin < MIN_GRACE)
    g_assert_cmpint (wsi_source_get_state (server), ==, WSI_SOURCE_RUNNING);
}

static void
append_many (WsiStore *store,
             guint     n)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  const UiTestFrame frame = { .direction = WSP_DIRECTION_SENT, .opcode = 1, .payload = "Hello" };
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);

  for (guint i = 0; i < n; i++)
    ui_test_append (store, conversation, &frame);
}

static void
capture_many (Place *self)
{
  capture (self);
  append_many (get_store (self), N_MANY);
  wsi_store_announce (get_store (self));
}

static void
make_file (Place *self)
{
  g_autofree char *path = NULL;

  self->around.folder = g_dir_make_tmp ("wsi-XXXXXX", NULL);
  path = g_build_filename (self->around.folder, OF_FILE, NULL);
  self->around.file = g_file_new_for_path (path);
}

/* It is read in a thread, which tells of its end in the main loop. */
static void
read_file (Place *self)
{
  static GBytes *recording = NULL;
  g_autoptr (WsiTarget) target = NULL;

  make_file (self);
  if (recording == NULL)
    {
      g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS,
                                                  WSI_DEFAULT_MAX_PAYLOAD);

      append_many (store, N_MANY);
      recording = saved_store (store, WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
    }
  g_assert_true (g_file_set_contents (g_file_peek_path (self->around.file),
                                      g_bytes_get_data (recording, NULL),
                                      g_bytes_get_size (recording), NULL));
  target = wsi_target_new_for_file (self->around.file);
  wsi_window_start (self->window, target);
}

static void
read_damaged_file (Place *self)
{
  g_autoptr (WsiTarget) target = NULL;

  make_file (self);
  g_assert_true (g_file_set_contents (g_file_peek_path (self->around.file), "{", -1, NULL));
  target = wsi_target_new_for_file (self->around.file);
  wsi_window_start (self->window, target);
}

/* Rows of before are still being written. */
static void
save (Place *self)
{
  make_file (self);
  ui_test_save (self->window, self->around.file);
  send_texts (self);
}

static void
set_dialog (Place     *self,
            GtkWidget *dialog)
{
  self->dialog = GTK_WINDOW (dialog);
  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &self->dialog);
  gtk_window_present (self->dialog);
}

static void
export (Place *self)
{
  WsiExportWindow *dialog = wsi_export_window_new (GTK_WINDOW (self->window),
                                                   ui_test_get_list (self->window));

  make_file (self);
  set_dialog (self, GTK_WIDGET (dialog));
  wsi_export_window_write (dialog, self->around.file);
  g_assert_cmpstr (ui_test_get_page (dialog), ==, "progress");
}

/* The second text has an hour to wait. */
static void
replay (Place *self)
{
  WsiSession *session = ui_test_get_session (self->window);
  g_autoptr (WsiConversation) conversation = open_conversation_dup (session, WSP_ROLE_CLIENT);
  const UiTestFrame frame = {
    .direction = WSP_DIRECTION_SENT, .opcode = 1, .payload = "Hello",
    .time_us = g_get_real_time () + HOUR_US,
  };
  GtkWidget *dialog;

  ui_test_append (get_store (self), conversation, &frame);
  dialog = wsi_replay_dialog_new (GTK_WINDOW (self->window), session, conversation);
  set_dialog (self, dialog);
  ui_test_choose_replay (dialog, wsi_conversation_get_number (conversation), WSP_ROLE_CLIENT);
  g_assert_true (gtk_widget_activate_action (dialog, "replay.start", NULL));
  g_assert_true (ui_test_is_replay_running (dialog));
}

static gboolean
waits_for_second_text (gpointer place)
{
  return strstr (ui_test_get_text (((Place *) place)->dialog, "sentence"), "1 of 2") != NULL;
}

static void
replay_until_pause (Place *self)
{
  replay (self);
  ui_test_wait_until (waits_for_second_text, self);
}

static void
filter (Place *self)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (ui_test_get_list (self->window));
  WsiShownCounts counts;

  g_assert_true (wsi_shown_rows_set_filter (rows, "text contains \"nothing\"", NULL));
  wsi_shown_rows_get_counts (rows, &counts);
  g_assert_cmpuint (counts.n_tested, <, counts.n_rows);
}

const Moment moments[] = {
  { "start", VIEW_OF_ANY_WINDOW, NULL, NULL },
  { "form-of-client", VIEW_OF_FORM, edit_client, NULL },
  { "form-of-server", VIEW_OF_FORM, edit_server, NULL },
  { "form-of-proxy", VIEW_OF_FORM, edit_proxy, NULL },
  { "form-of-browser", VIEW_OF_FORM, edit_browser, NULL },
  { "form-of-interface", VIEW_OF_ANY_WINDOW, edit_interface, NULL },
  { "form-of-program", VIEW_OF_ANY_WINDOW, edit_program, NULL },
  { "connecting", VIEW_OF_SESSION, connect_to_silence, NULL },
  { "waiting", VIEW_OF_SESSION, listen, NULL },
  { "failed", VIEW_OF_SESSION, fail, NULL },
  { "certificate-refused", VIEW_OF_SESSION, refuse_certificate, NULL },
  { "certificate-refused-by-client", VIEW_OF_SESSION, have_certificate_refused,
    NULL },
  { "example", VIEW_OF_ANY_WINDOW, NULL, play },
  { "demo", TEXT, demonstrate, NULL },
  { "damaged-file", VIEW_OF_ANY_WINDOW, NULL, read_damaged_file },
  { "loading", VIEW_OF_ANY_WINDOW, NULL, read_file },
  { "open", UNSAVED, capture, send_texts },
  { "open-through-proxy", UNSAVED, capture_through_proxy, send_texts },
  { "adding", VIEW_OF_UNSAVED, capture_and_add, NULL },
  { "following", UNSAVED, capture_and_follow, send_texts },
  { "paused", UNSAVED, capture_and_pause, send_texts },
  { "view-paused", UNSAVED, capture_and_pause_view, send_texts },
  { "loading-beside", UNSAVED, capture, read_file },
  { "saving", TEXT, capture_many, save },
  { "exporting", UNSAVED, capture_many, export },
  { "filtering", UNSAVED, capture_many, filter },
  { "replay-begins", UNSAVED, capture, replay },
  { "replaying", UNSAVED, capture, replay_until_pause },
  { "closing", VIEW_OF_SESSION | VIEW_OF_UNSAVED, stop_without_answer, NULL },
};

const guint n_moments = G_N_ELEMENTS (moments);

void
place_init (Place          *self,
            GtkApplication *application)
{
  *self = (Place) { .window = ui_test_open_window (application) };
}

void
place_clear (Place *self)
{
  g_clear_object (&self->deaf);
  g_clear_object (&self->listener);
  state_clear (&self->around);
}
