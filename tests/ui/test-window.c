/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The window on a display of its own, driven from inside: what it shows is read back out of its
 * widgets and compared with what the peer says that it sent and saw. */
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-window.h"

#include <libwsproto/observe/wsp-frame-record.h>
#include <string.h>

#include "inspect/capture/wsi-row.h"
#include "inspect/decode/wsi-summary.h"
#include "inspect/sources/wsi-client-source.h"
#include "ui/frames/wsi-frame-pane.h"
#include "ui/start/wsi-failure-page.h"
#include "ui/start/wsi-start-page.h"

#include "form.h"
#include "inspector/client-text.h"
#include "inspector/opened.h"
#include "keyboard.h"
#include "lib/hold-port.h"
#include "lib/rows.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/parts/wsi-column-titles.h"
#include "ui/parts/wsi-settings.h"
#include "ui/template-children.h"

#define TIMEOUT_S 30
#define LARGE_LENGTH (16 * 1024 * 1024)
#define FREEZE_US (3 * G_USEC_PER_SEC)  /* a hundred times what it takes */
#define N_FRAMES_AT_FIRST 12    /* those of the peer, and the pong to its ping */
#define N_FRAMES_WITH_TEXT 14   /* and a text there and back */
#define N_FRAMES_OF_DEMO 13
#define NARROW_WIDTH 360
#define N_FRAMES_AT_END 16      /* and the close */

enum
{
  COLUMN_NUMBER,
  COLUMN_TIME,
  COLUMN_KIND,
  COLUMN_SIZE,
  COLUMN_WAY,                   /* the arrow at the head of the summary */
  COLUMN_PAYLOAD,
  N_COLUMNS,
};

static const char *const kind_names[16] = {
  [0x0] = "cont",
  [0x1] = "text",
  [0x2] = "binary",
  [0x8] = "close",
  [0x9] = "ping",
  [0xa] = "pong",
};

static GtkApplication *application;

typedef gboolean (*IsTrueFunc) (WsiWindow *window,
                                guint      n);

typedef struct
{
  WsiWindow *window;
  IsTrueFunc is_true;
  guint      n;
} Condition;

static gboolean
is_met (gpointer data)
{
  Condition *condition = data;

  return condition->is_true (condition->window, condition->n);
}

static void
wait_until (WsiWindow *window,
            IsTrueFunc is_true,
            guint      n)
{
  Condition condition = { window, is_true, n };

  ui_test_wait_until (is_met, &condition);
}

static GListModel *
get_rows (WsiWindow *window)
{
  GtkColumnView *view = wsi_frame_list_get_view (ui_test_get_list (window));

  return G_LIST_MODEL (gtk_column_view_get_model (view));
}

static gboolean
has_rows (WsiWindow *window,
          guint      n)
{
  return g_list_model_get_n_items (get_rows (window)) >= n;
}

static gboolean
is_in_state (WsiWindow *window,
             guint      state)
{
  return wsi_source_get_state (ui_test_get_source (window)) == state;
}

/* The peer as a process: first it says where it listens, then what passed. */
typedef struct
{
  GSubprocess      *process;
  GDataInputStream *says;
  char             *uri;
} Peer;

static void
peer_init (Peer       *peer,
           const char *what)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "ui", "peer", NULL);
  g_autoptr (GError) error = NULL;

  peer->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, path, what, NULL);
  g_assert_no_error (error);
  peer->says = g_data_input_stream_new (g_subprocess_get_stdout_pipe (peer->process));
  peer->uri = g_data_input_stream_read_line (peer->says, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (peer->uri);
}

static void
peer_clear (Peer *peer)
{
  g_subprocess_force_exit (peer->process);
  g_subprocess_wait (peer->process, NULL, NULL);
  g_clear_object (&peer->says);
  g_clear_object (&peer->process);
  g_clear_pointer (&peer->uri, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Peer, peer_clear)

/* Everything it has said, once it has ended: lines of "received 81 13". */
static GStrv
peer_receive (Peer *peer)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  char *line;

  while ((line = g_data_input_stream_read_line (peer->says, NULL, NULL, NULL)) != NULL)
    {
      g_strv_builder_add (builder, line);
      g_free (line);
    }
  return g_strv_builder_end (builder);
}

/* The rows of one direction, in the words of the peer. */
static char *
describe_rows (WsiWindow   *window,
               WspDirection direction)
{
  GListModel *rows = get_rows (window);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (WsiRow) row = g_list_model_get_item (rows, i);
      const WspFrameRecord *frame = wsi_row_get_frame (row);

      g_assert_cmpuint (wsi_row_get_number (row), >=, i);
      if (frame->direction == direction)
        g_string_append_printf (text, "%02x %" G_GUINT64_FORMAT "\n",
                                (guint) frame->fin << 7 | frame->opcode, frame->payload_length);
    }
  return g_string_free (text, FALSE);
}

static char *
pick_lines (GStrv       lines,
            const char *way)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], way))
      g_string_append_printf (text, "%s\n", lines[i] + strlen (way) + 1);

  return g_string_free (text, FALSE);
}

/* The texts of the cells on the screen, row by row. */
static void
collect_cells (GtkWidget *widget,
               GPtrArray *texts)
{
  if (GTK_IS_INSCRIPTION (widget))
    {
      g_ptr_array_add (texts, g_strdup (gtk_inscription_get_text (GTK_INSCRIPTION (widget))));
      return;
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_cells (child, texts);
}

/* Each row on the screen says what the record says, and they stand in order. */
static void
assert_cells (WsiWindow *window)
{
  GListModel *rows = get_rows (window);
  GtkColumnView *view = wsi_frame_list_get_view (ui_test_get_list (window));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  collect_cells (wsi_column_titles_get_list (view), texts);
  g_assert_cmpuint (texts->len, ==, N_COLUMNS * g_list_model_get_n_items (rows));

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      char **cells = (char **) &texts->pdata[i * N_COLUMNS];
      g_autoptr (WsiRow) row = g_list_model_get_item (rows, i);
      const WspFrameRecord *frame = wsi_row_get_frame (row);
      gboolean is_sent = frame->direction == WSP_DIRECTION_SENT;
      g_autofree char *number =
        g_strdup_printf ("%" G_GUINT64_FORMAT, wsi_row_get_number (row) + 1);
      g_autofree char *size = g_strdup_printf ("%" G_GUINT64_FORMAT, frame->payload_length);

      g_assert_cmpstr (cells[COLUMN_NUMBER], ==, number);
      g_assert_cmpstr (cells[COLUMN_WAY], ==, is_sent ? "↑" : "↓");
      g_assert_true (g_str_has_prefix (cells[COLUMN_KIND], kind_names[frame->opcode]));
      g_assert_cmpstr (cells[COLUMN_SIZE], ==, size);
    }
}

/* NULL before the first frame was drawn. */
static GskRenderNode *
snapshot (GtkWidget *widget)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *picture = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, picture, gtk_widget_get_width (widget),
                          gtk_widget_get_height (widget));
  return gtk_snapshot_free_to_node (picture);
}

static void
save_screenshot (WsiWindow  *window,
                 const char *name)
{
  GtkWidget *widget = GTK_WIDGET (window);
  g_autofree char *path = g_test_build_filename (G_TEST_BUILT, name, NULL);
  g_autoptr (GdkTexture) texture = NULL;
  graphene_rect_t area;
  GskRenderNode *node;

  gtk_test_widget_wait_for_draw (widget);
  node = snapshot (widget);
  g_assert_nonnull (node);
  graphene_rect_init (&area, 0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &area);
  gsk_render_node_unref (node);
  g_assert_true (gdk_texture_save_to_png (texture, path));
  g_test_message ("screenshot: %s", path);
}

/* Its list has no rows of events, so that its rows are those that the peer names. */
static WsiWindow *
open_window (void)
{
  WsiWindow *window = wsi_window_new (application);

  g_object_set (ui_test_get_list (window), "show-events", FALSE, NULL);

  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  return window;
}

static gboolean
note_timeout (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* The lines that the page of the message shows. */
static char *
dup_text (WsiMessagePage *page)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean is_late = FALSE;
  guint timeout = g_timeout_add_seconds (TIMEOUT_S, note_timeout, &is_late);
  const char *view;
  GtkWidget *list;

  while (!wsi_message_page_is_ready (page))
    {
      g_assert_false (is_late);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (timeout);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (page));
  view = gtk_stack_get_visible_child_name (ui_test_get_child (page, "views"));
  list = ui_test_find (ui_test_get_child (page, view), ui_test_is_type, "GtkListView");
  for (GtkWidget *row = gtk_widget_get_first_child (list);
       row != NULL; row = gtk_widget_get_next_sibling (row))
    g_string_append_printf (text, "%s\n",
                            gtk_label_get_text (GTK_LABEL (gtk_widget_get_first_child (row))));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
choose_row (WsiWindow *window,
            guint      position)
{
  wsi_frame_list_select (ui_test_get_list (window), position);
  return dup_text (ui_test_get_tab (window, "message_page"));
}

/* The first row of this kind and length. */
static guint
find_row (WsiWindow   *window,
          WspFrameKind kind,
          guint64      length)
{
  GListModel *rows = get_rows (window);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (WsiRow) row = g_list_model_get_item (rows, i);
      const WspFrameRecord *frame = wsi_row_get_frame (row);

      if (wsp_frame_record_get_kind (frame) == kind && frame->payload_length == length)
        return i;
    }

  g_assert_not_reached ();
}

static void
assert_payloads (WsiWindow *window)
{
  g_autofree char *text = choose_row (window, find_row (window, WSP_FRAME_KIND_TEXT, 13));
  g_autofree char *hostile = choose_row (window, find_row (window, WSP_FRAME_KIND_TEXT, 32));
  g_autofree char *binary = choose_row (window, find_row (window, WSP_FRAME_KIND_BINARY, 256));

  g_assert_cmpstr (text, ==, "Hello, window\n");
  g_assert_cmpstr (hostile, ==, "<b>not bold</b> \\x1b[31m \\u{202e} ü ☺\n");
  g_assert_true (g_str_has_prefix (binary, "0000  00 01 02 03 04 05 06 07 "));
}

/* The heads of this conversation, each in its place. */
static void
assert_heads (WsiWindow  *window,
              const char *request,
              const char *response)
{
  WsiHandshakePage *page = ui_test_get_tab (window, "handshake_page");
  GObject *request_label = ui_test_get_child (page, "request");
  GObject *response_label = ui_test_get_child (page, "response");

  g_assert_true (g_str_has_prefix (gtk_label_get_text (GTK_LABEL (request_label)), request));
  g_assert_true (g_str_has_prefix (gtk_label_get_text (GTK_LABEL (response_label)), response));
  g_assert_nonnull (gtk_list_box_get_row_at_index (ui_test_get_child (page, "check_list"), 10));
}

static void
test_connect (void)
{
  g_auto (Peer) peer = { 0 };
  WsiWindow *window = open_window ();
  g_autoptr (GError) error = NULL;

  peer_init (&peer, "play");
  ui_test_connect (window, peer.uri);
  wait_until (window, has_rows, N_FRAMES_AT_FIRST);
  g_assert_cmpstr (ui_test_get_page (window), ==, "session");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-handshake", NULL);
  assert_heads (window, "GET / HTTP/1.1\nHost: ", "HTTP/1.1 101 Switching Protocols\n");
  save_screenshot (window, "inspector-handshake.png");
  assert_payloads (window);

  client_text_send (ui_test_get_source (window), "typed");
  wait_until (window, has_rows, N_FRAMES_WITH_TEXT);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.stop", NULL);
  wait_until (window, has_rows, N_FRAMES_AT_END);
  wait_until (window, is_in_state, WSI_SOURCE_ENDED);
  assert_cells (window);
  g_free (choose_row (window, 2));
  save_screenshot (window, "inspector.png");

  g_auto (GStrv) lines = peer_receive (&peer);
  g_autofree char *received = describe_rows (window, WSP_DIRECTION_RECEIVED);
  g_autofree char *sent = describe_rows (window, WSP_DIRECTION_SENT);
  g_autofree char *peer_sent = pick_lines (lines, "received");
  g_autofree char *peer_received = pick_lines (lines, "sent");

  g_assert_cmpstr (received, ==, peer_sent);
  g_assert_cmpstr (sent, ==, peer_received);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      data)
{
  WspConnection **connection = data;

  *connection = wsp_client_connect_finish (WSP_CLIENT (client), result, NULL);
  g_assert_nonnull (*connection);
  wsp_connection_queue_text (*connection, "one", NULL);
}

static gboolean
has_ended_with (WsiWindow *window,
                guint      n_rows)
{
  return is_in_state (window, WSI_SOURCE_ENDED) && has_rows (window, n_rows);
}

/* Those of the example: opened, request, response, and closed. */
static void
test_events (void)
{
  WsiWindow *window = open_window ();
  guint n_frames, n_events = 0;

  wsi_window_demonstrate (window, NULL);
  wait_until (window, has_ended_with, N_FRAMES_OF_DEMO);
  n_frames = g_list_model_get_n_items (get_rows (window));
  g_object_set (ui_test_get_list (window), "show-events", TRUE, NULL);
  wait_until (window, has_rows, n_frames + 4);
  for (guint i = 0; i < g_list_model_get_n_items (get_rows (window)); i++)
    {
      g_autoptr (WsiRow) row = g_list_model_get_item (get_rows (window), i);

      n_events += wsi_row_get_record (row)->kind == WSI_RECORD_KIND_EVENT;
    }
  g_assert_cmpuint (n_events, ==, 4);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Two clients at once: the rows say which is which. */
static void
test_serve (void)
{
  WsiWindow *window = open_window ();
  g_autoptr (WspClient) client = wsp_client_new ();
  WspConnection *connections[2] = { NULL, NULL };

  ui_test_serve (window, "0");
  wait_until (window, is_in_state, WSI_SOURCE_RUNNING);
  save_screenshot (window, "inspector-waiting.png");
  for (guint i = 0; i < 2; i++)
    {
      wsp_client_connect_async (client, wsi_source_get_uri (ui_test_get_source (window)), NULL,
                                NULL, NULL, on_connected, &connections[i]);
      wait_until (window, has_rows, 2 * (i + 1));
    }

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (WsiRow) row = g_list_model_get_item (get_rows (window), i);

      g_assert_cmpuint (wsi_row_get_conversation (row), ==, i / 2 + 1);
      g_assert_cmpuint (wsi_row_get_frame (row)->direction, ==,
                        i % 2 == 0 ? WSP_DIRECTION_RECEIVED : WSP_DIRECTION_SENT);
    }

  gtk_window_destroy (GTK_WINDOW (window));
  for (guint i = 0; i < 2; i++)
    {
      wsp_connection_abort (connections[i]);
      g_object_unref (connections[i]);
    }
}

/* The state of a source is in its row alone; a window has sources in any state. */
static void
assert_title_has_no_state (WsiWindow *window)
{
  WsiSource *source = ui_test_get_source (window);

  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, wsi_source_get_title (source));
}

/* The URI of a source that is running; it ends with the port. */
static char *
dup_listening (WsiWindow *window)
{
  const char *uri = wsi_source_get_uri (ui_test_get_source (window));

  return g_strdup_printf ("Port %d, listening", atoi (strrchr (uri, ':') + 1));
}

static void
test_title (void)
{
  WsiWindow *window = open_window ();
  g_autofree char *listening = NULL;

  ui_test_serve (window, "0");
  wait_until (window, is_in_state, WSI_SOURCE_RUNNING);
  assert_title_has_no_state (window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.sidebar", NULL);
  listening = dup_listening (window);
  g_assert_nonnull (ui_test_find (GTK_WIDGET (window), ui_test_is_label, listening));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.stop", NULL);
  wait_until (window, is_in_state, WSI_SOURCE_ENDED);
  assert_title_has_no_state (window);
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
is_in_sight (WsiWindow  *window,
             const char *action)
{
  GtkWidget *button = ui_test_get_child (window, "stop_button");
  graphene_rect_t bounds;

  g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (button)), ==, action);
  return gtk_widget_get_mapped (button) &&
         gtk_widget_compute_bounds (button, GTK_WIDGET (window), &bounds) &&
         bounds.origin.x >= 0 &&
         bounds.origin.x + bounds.size.width <= gtk_widget_get_width (GTK_WIDGET (window));
}

/* The button that stops is in sight but where the header has no room for it. */
static void
test_stop (void)
{
  static const int widths[] = { 1280, 1024, 640, 360 };
  WsiWindow *window = open_window ();

  ui_test_serve (window, "0");
  wait_until (window, is_in_state, WSI_SOURCE_RUNNING);
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      g_autofree char *picture = g_strdup_printf ("window-stop-%d", widths[i]);

      gtk_window_set_default_size (GTK_WINDOW (window), widths[i], 700);
      ui_test_draw (GTK_WIDGET (window), 10);
      picture_save (GTK_WIDGET (window), picture);
      g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, widths[i]);
      g_assert_cmpint (is_in_sight (window, "win.stop"), ==, widths[i] >= 640);
    }
  gtk_window_set_default_size (GTK_WINDOW (window), 1024, 700);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.stop", NULL);
  wait_until (window, is_in_state, WSI_SOURCE_ENDED);
  ui_test_draw (GTK_WIDGET (window), 3);
  g_assert_false (is_in_sight (window, "win.stop"));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The form has the wrong text, and says what is wrong in it. */
static void
assert_mistake (WsiWindow     *window,
                WsiTargetKind  kind,
                WsiTargetField field,
                const char    *text)
{
  GObject *page = ui_test_get_child (window, "start_page");
  WsiTargetForm *form = wsi_start_page_get_form (WSI_START_PAGE (page), kind);

  g_assert_cmpstr (ui_test_get_page (window), ==, "start");
  g_assert_null (ui_test_get_session (window));
  g_assert_true (wsi_start_page_is_form (WSI_START_PAGE (page)));
  g_assert_cmpstr (gtk_editable_get_text (form_get_row (form, field)), ==, text);
  g_assert_nonnull (form_get_error (form, field));
}

static void
test_start_page (void)
{
  WsiWindow *window = open_window ();

  g_assert_cmpstr (ui_test_get_page (window), ==, "start");
  save_screenshot (window, "inspector-start.png");

  ui_test_connect (window, "ftp://example.com/");
  assert_mistake (window, WSI_TARGET_CLIENT, WSI_TARGET_ADDRESS, "ftp://example.com/");
  ui_test_serve (window, "65536");
  assert_mistake (window, WSI_TARGET_SERVER, WSI_TARGET_LISTEN, "65536");
  save_screenshot (window, "inspector-mistake.png");
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
has_failed (WsiWindow *window,
            guint      n)
{
  return g_str_equal (ui_test_get_page (window), "failed");
}

static void
assert_focus (WsiWindow  *window,
              const char *label)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  g_assert_true (GTK_IS_BUTTON (focus));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (focus)), ==, label);
}

/* At last something is there, which accepts the connection and says nothing. */
static gboolean
is_connecting (WsiWindow *window,
               guint      n)
{
  return g_str_equal (ui_test_get_page (window), "session") &&
         is_in_state (window, WSI_SOURCE_STARTING);
}

static void
assert_form_has (WsiWindow  *window,
                 const char *uri)
{
  GObject *page = ui_test_get_child (window, "start_page");
  WsiTargetForm *form = wsi_start_page_get_form (WSI_START_PAGE (page), WSI_TARGET_CLIENT);

  g_assert_cmpstr (ui_test_get_page (window), ==, "start");
  g_assert_cmpstr (gtk_editable_get_text (form_get_row (form, WSI_TARGET_ADDRESS)), ==, uri);
}

static void
test_failure (void)
{
  WsiWindow *window = open_window ();
  GObject *child = ui_test_get_child (window, "failed_page");
  WsiFailurePage *page = WSI_FAILURE_PAGE (child);
  guint16 port;
  g_autoptr (GSocket) held = hold_port (&port);
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", port);
  g_autofree char *sentence = NULL;

  ui_test_connect (window, uri);
  wait_until (window, has_failed, 0);
  g_assert_cmpstr (ui_test_get_text (page, "title"), ==, "Cannot Connect");
  g_assert_cmpstr (ui_test_get_text (page, "name"), ==, uri);
  sentence = wsi_sentence_to_string (wsi_session_get_sentence (ui_test_get_session (window)));
  g_assert_cmpstr (ui_test_get_text (page, "sentence"), ==, sentence);
  g_assert_null (strstr (ui_test_get_text (page, "sentence"), uri));
  assert_focus (window, "Change _Address…");
  save_screenshot (window, "inspector-failed.png");

  g_assert_true (g_socket_listen (held, NULL));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.try-again", NULL);
  wait_until (window, is_connecting, 0);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.change-target", NULL);
  assert_form_has (window, uri);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.back", NULL);
  g_assert_cmpstr (ui_test_get_page (window), ==, "start");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* As from a command line, which has no form to say it. */
static void
test_note (void)
{
  WsiWindow *window = open_window ();
  guint16 port;
  g_autoptr (GSocket) held = hold_port (&port);
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", port);
  g_autofree char *note =
    g_strdup_printf ("Understood as ws://127.0.0.1:%u (write wss:// for TLS)", port);
  g_autofree char *uri = g_strconcat ("ws://", address, NULL);
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_autofree char *line = g_strconcat ("connect ", uri, NULL);
  g_auto (GStrv) recent = NULL;

  ui_test_connect (window, address);
  wait_until (window, has_failed, 0);
  g_assert_nonnull (ui_test_find (GTK_WIDGET (window), ui_test_is_label, note));
  g_assert_cmpstr (wsi_source_get_uri (ui_test_get_source (window)), ==, uri);
  recent = g_settings_get_strv (settings, "recent-targets");
  g_assert_cmpstr (recent[0], ==, line);
  save_screenshot (window, "inspector-understood.png");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
assert_fits (GObject *widget)
{
  int width;

  gtk_widget_measure (GTK_WIDGET (widget), GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL,
                      NULL);
  g_test_message ("%s: %d", G_OBJECT_TYPE_NAME (widget), width);
  g_assert_cmpint (width, <=, NARROW_WIDTH);
}

/* Nothing is cut off, and nothing scrolls to the side, with a session that has rows, wherever the
 * details are when there is room for them. */
static void
test_narrow (gconstpointer is_beside)
{
  const char *const pages[] = { "start_page", "failed_page" };
  const char *const actions[] = {
    "win.show-message", "win.show-frame", "win.show-handshake", "win.show-connection",
  };
  g_autoptr (GSettings) settings = wsi_settings_new ();
  WsiWindow *window;
  GtkWidget *menu_button;

  g_settings_set_string (settings, "arrangement", is_beside ? "beside" : "below");
  window = wsi_window_new (application);
  menu_button = GTK_WIDGET (ui_test_get_child (window, "menu_button"));
  gtk_window_set_default_size (GTK_WINDOW (window), NARROW_WIDTH, 600);
  gtk_window_present (GTK_WINDOW (window));
  ui_test_draw (GTK_WIDGET (window), 2);
  wsi_window_demonstrate (window, NULL);
  wait_until (window, has_rows, N_FRAMES_OF_DEMO);
  ui_test_draw (GTK_WIDGET (window), 5);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    assert_fits (ui_test_get_child (window, pages[i]));
  assert_fits (ui_test_get_session_page (window));
  assert_fits (G_OBJECT (gtk_widget_get_ancestor (menu_button, ADW_TYPE_HEADER_BAR)));
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      gtk_widget_activate_action (GTK_WIDGET (window), actions[i], NULL);
      ui_test_draw (GTK_WIDGET (window), 5);
      assert_fits (G_OBJECT (window));
      g_assert_cmpint (gtk_widget_get_mapped (ui_test_get_tab (window, "message_page")), ==,
                       i == 0);
    }
  gtk_window_destroy (GTK_WINDOW (window));
  g_settings_reset (settings, "arrangement");
  g_settings_reset (settings, "window-width");
  g_settings_reset (settings, "window-height");
}

/* The page of the session has no part in the first frame. */
static void
test_no_session_page (void)
{
  WsiWindow *window = wsi_window_new (application);

  gtk_window_present (GTK_WINDOW (window));
  ui_test_draw (GTK_WIDGET (window), 3);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.next-part", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.divider", NULL);
  g_assert_null (ui_test_get_session_page (window));
  wsi_window_demonstrate (window, NULL);
  g_assert_nonnull (ui_test_get_session_page (window));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Actions on a selected row, or on all rows. */
static const struct
{
  const char *name;
  const char *action, *parameter;
} uses[] = {
  { "row", NULL, NULL },
  { "search", "frames.next-match", NULL },
  { "order", "frames.sort", "len" },
  { "messages", "frames.other-view", NULL },
  { "mark", "win.mark", NULL },
  { "frame", "win.show-frame", NULL },
  { "handshake", "win.show-handshake", NULL },
  { "connection", "win.show-connection", NULL },
  { "timeline", "win.show-timeline", NULL },
  { "statistics", "win.show-statistics", NULL },
  { "problems", "win.show-problems", NULL },
  { "composer", "win.compose-row", NULL },
};

static void
use (WsiWindow *window,
     guint      i)
{
  GtkWidget *list = GTK_WIDGET (ui_test_get_list (window));
  gboolean is_of_list = uses[i].action != NULL && g_str_has_prefix (uses[i].action, "frames.");
  GtkWidget *bar = ui_test_get_child (gtk_widget_get_ancestor (list, WSI_TYPE_FRAME_PANE),
                                      "search_bar");

  wsi_search_bar_open (WSI_SEARCH_BAR (bar), WSI_SEARCH_FOR_TEXT);
  gtk_editable_set_text (ui_test_get_child (bar, "entry"), "e");
  if (uses[i].action != NULL)
    g_assert_true (gtk_widget_activate_action (is_of_list ? list : GTK_WIDGET (window),
                                               uses[i].action, uses[i].parameter != NULL ? "s"
                                                                                         : NULL,
                                               uses[i].parameter));
  ui_test_draw (GTK_WIDGET (window), 10);
}

/* The memory of rows goes back to the system when nothing has the store any more. */
static void
test_freed (gconstpointer data)
{
  WsiWindow *window = open_window ();
  gint64 end_us = g_get_monotonic_time () + TIMEOUT_S * G_USEC_PER_SEC;
  WsiStore *store;

  wsi_window_demonstrate (window, NULL);
  wait_until (window, has_rows, N_FRAMES_OF_DEMO);
  wsi_frame_list_select (ui_test_get_list (window), 3);
  use (window, GPOINTER_TO_UINT (data));
  store = wsi_session_get_store (ui_test_get_session (window));
  g_object_add_weak_pointer (G_OBJECT (store), (gpointer *) &store);
  wsi_window_model_end (ui_test_get_model (window));
  while (store != NULL && g_get_monotonic_time () < end_us)
    ui_test_draw (GTK_WIDGET (window), 1);
  g_assert_null (store);
  g_assert_cmpstr (ui_test_get_page (window), ==, "start");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A page without a session holds nothing of it, and choices about the list reach nothing. */
static void
test_empty (void)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();
  WsiWindow *window = open_window ();
  GObject *page;
  WsiFrameList *list;
  WsiStore *store;

  wsi_window_demonstrate (window, NULL);
  wait_until (window, has_rows, N_FRAMES_OF_DEMO);
  page = ui_test_get_session_page (window);
  list = ui_test_get_list (window);
  wsi_frame_list_select (list, 3);
  g_assert_nonnull (wsi_frame_list_get_row (list));
  store = wsi_session_get_store (ui_test_get_session (window));
  g_object_add_weak_pointer (G_OBJECT (store), (gpointer *) &store);

  wsi_session_page_set_session (WSI_SESSION_PAGE (page), NULL);
  g_settings_set_boolean (settings, "show-events", FALSE);
  g_settings_set_string (settings, "default-view", "messages");
  ui_test_draw (GTK_WIDGET (window), 5);
  g_assert_null (wsi_frame_list_get_row (list));
  g_assert_null (wsi_shown_rows_get_store (wsi_frame_list_get_rows (list)));
  g_settings_reset (settings, "show-events");
  g_settings_reset (settings, "default-view");
  gtk_window_destroy (GTK_WINDOW (window));
  while (store != NULL)
    g_main_context_iteration (NULL, TRUE);
}

static GtkWidget *
find_replay (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *i = windows; i != NULL; i = i->next)
    if (ui_test_is_type (i->data, "WsiReplayDialog"))
      return i->data;
  return NULL;
}

/* From the list to the dialog of the composer, for all rows that are selected; without one nothing
 * opens. */
static void
test_send_again (void)
{
  WsiWindow *window = open_window ();
  WsiFrameList *list = ui_test_get_list (window);
  GtkWidget *dialog;

  wsi_window_demonstrate (window, NULL);
  wait_until (window, has_rows, N_FRAMES_OF_DEMO);
  wsi_frame_list_select (list, GTK_INVALID_LIST_POSITION);
  keyboard_press (GTK_WIDGET (window), "<Control><Shift>r");
  g_assert_null (find_replay ());
  wsi_frame_list_select (list, 3);
  g_assert_nonnull (keyboard_press (GTK_WIDGET (window), "<Control><Shift>r"));
  dialog = find_replay ();
  g_assert_nonnull (dialog);
  g_assert_cmpstr (ui_test_get_text (dialog, "heading"), ==, "1 selected row");
  gtk_window_destroy (GTK_WINDOW (dialog));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The source of the connection of a row. */
static WsiSource *
find_source (WsiWindow *window,
             WsiRow    *row)
{
  WsiSession *session = ui_test_get_session (window);
  g_autoptr (WsiConversation) conversation =
    wsi_store_dup_conversation (wsi_session_get_store (session), wsi_row_get_conversation (row));

  return conversation != NULL ? wsi_session_find_source (session, conversation) : NULL;
}

/* Counts the texts that the source with this index has sent or received.  last: the number of the
 * last one, or NULL. */
static guint
count_texts (WsiWindow   *window,
             guint        n,
             WspDirection direction,
             guint64     *last)
{
  WsiStore *store = wsi_session_get_store (ui_test_get_session (window));
  WsiSource *source = wsi_session_get_source (ui_test_get_session (window), n);
  guint n_texts = 0;

  for (guint64 i = 0; i < wsi_store_get_end (store); i++)
    {
      g_autoptr (WsiRow) row = wsi_row_new (store, i);
      const WsiRecord *record = wsi_row_get_record (row);

      if (record->kind != WSP_FRAME_KIND_TEXT || record->direction != direction ||
          find_source (window, row) != source)
        continue;

      n_texts++;
      if (last != NULL)
        *last = i;
    }
  return n_texts;
}

/* number: of a row. */
static gboolean
is_listed (WsiWindow *window,
           guint      number)
{
  guint position;

  return wsi_shown_rows_has (wsi_frame_list_get_rows (ui_test_get_list (window)), number,
                             &position);
}

static gboolean
has_server_texts (WsiWindow *window,
                  guint      n)
{
  return count_texts (window, 0, WSP_DIRECTION_RECEIVED, NULL) == n;
}

/* n: index of the source. */
static gboolean
is_source_running (WsiWindow *window,
                   guint      n)
{
  return wsi_session_get_n_sources (ui_test_get_session (window)) > n &&
         wsi_source_get_state (wsi_session_get_source (ui_test_get_session (window), n)) ==
         WSI_SOURCE_RUNNING;
}

static gboolean
has_reply (WsiWindow *window,
           guint      n)
{
  return count_texts (window, n, WSP_DIRECTION_RECEIVED, NULL) == 1;
}

/* The message of a row of a proxy is sent to the server itself, past the proxy, and the list goes
 * to the reply. */
static void
test_proxied (void)
{
  enum { SERVER, PROXY, CLIENT, AGAIN };
  WsiWindow *window = open_window ();
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_PROXY);
  WsiFrameList *list = ui_test_get_list (window);
  WsiSession *session;
  const char *server;
  guint64 number;

  ui_test_serve (window, "0");
  session = ui_test_get_session (window);
  server = wsi_source_get_uri (wsi_session_get_source (session, SERVER));
  wsi_target_set_text (target, WSI_TARGET_LISTEN, "0");
  wsi_target_set_text (target, WSI_TARGET_ADDRESS, server);
  wsi_window_start (window, target);
  wait_until (window, is_source_running, PROXY);
  ui_test_connect (window, wsi_source_get_uri (wsi_session_get_source (session, PROXY)));
  wait_until (window, is_source_running, CLIENT);
  client_text_send (wsi_session_get_source (session, CLIENT), "Hello");
  wait_until (window, has_server_texts, 1);
  wait_until (window, has_reply, CLIENT);

  g_assert_cmpuint (count_texts (window, PROXY, WSP_DIRECTION_SENT, &number), ==, 1);
  wait_until (window, is_listed, number);
  g_assert_true (wsi_frame_list_go_to (list, number));
  g_assert_false (wsi_frame_list_is_following (list));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.compose-row", NULL));
  ui_test_draw (GTK_WIDGET (window), 3);
  picture_save (GTK_WIDGET (window), "window-proxied");
  g_assert_true (gtk_widget_activate_action (
                   ui_test_find (GTK_WIDGET (window), ui_test_is_type, "WsiComposer"),
                   "composer.connect-and-send", NULL));
  wait_until (window, has_server_texts, 2);
  wait_until (window, has_reply, AGAIN);
  g_assert_cmpstr (wsi_source_get_uri (wsi_session_get_source (session, AGAIN)), ==, server);
  g_assert_cmpuint (count_texts (window, PROXY, WSP_DIRECTION_SENT, NULL), ==, 1);
  g_assert_true (wsi_frame_list_is_following (list));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The response of the server can be inspected. */
static void
test_refusal (void)
{
  g_auto (Peer) peer = { 0 };
  WsiWindow *window = open_window ();

  peer_init (&peer, "refuse");
  ui_test_connect (window, peer.uri);
  wait_until (window, has_failed, 0);
  save_screenshot (window, "inspector-refused.png");

  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-handshake", NULL);
  g_assert_cmpstr (ui_test_get_page (window), ==, "session");
  assert_heads (window, "GET / HTTP/1.1\nHost: ", "HTTP/1.1 404 <b>Gone</b>\n");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The sentence below all connections says which one it is about. */
static void
assert_last_ended (WsiWindow *window)
{
  GObject *page = ui_test_get_session_page (window);
  GObject *status = ui_test_get_child (ui_test_get_child (page, "status_bar"), "sentence");
  g_autofree char *number = g_strdup_printf ("#%u: ", wsi_session_get_ended
                                               (ui_test_get_session (window)));

  g_assert_true (g_str_has_prefix (gtk_label_get_text (GTK_LABEL (status)), number));
  g_assert_true (g_str_has_prefix (gtk_widget_get_tooltip_text (GTK_WIDGET (status)), number));
}

static void
test_demonstration (void)
{
  WsiWindow *window = open_window ();

  wsi_window_demonstrate (window, "a text of the test");
  wait_until (window, is_in_state, WSI_SOURCE_ENDED);
  wait_until (window, has_rows, 15);

  g_autofree char *text = choose_row (window, find_row (window, WSP_FRAME_KIND_TEXT, 18));

  g_assert_cmpstr (text, ==, "a text of the test\n");
  find_row (window, WSP_FRAME_KIND_CONTINUATION, 12);
  find_row (window, WSP_FRAME_KIND_PING, 14);
  find_row (window, WSP_FRAME_KIND_PONG, 14);
  assert_last_ended (window);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The page of problems shows how the connection ended, and no toast does. */
static gboolean
has_one_error (WsiWindow *window,
               guint      n)
{
  GObject *page = ui_test_get_session_page (window);
  AdwViewStackPage *problems = ADW_VIEW_STACK_PAGE (ui_test_get_child (page, "problems"));

  return adw_view_stack_page_get_badge_number (problems) == 1;
}

static void
assert_no_toast (WsiWindow *window)
{
  AdwToastOverlay *overlay = ADW_TOAST_OVERLAY (ui_test_get_child (window, "toasts"));

  g_assert_true (gtk_widget_get_last_child (GTK_WIDGET (overlay)) ==
                 adw_toast_overlay_get_child (overlay));
}

static void
test_abnormal_ending (void)
{
  g_auto (Peer) peer = { 0 };
  WsiWindow *window = open_window ();

  peer_init (&peer, "play");
  ui_test_connect (window, peer.uri);
  wait_until (window, has_rows, 3);
  g_subprocess_force_exit (peer.process);
  wait_until (window, has_one_error, 0);
  assert_no_toast (window);
  assert_last_ended (window);
  save_screenshot (window, "inspector-ended.png");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* One line without an end, 16 MiB of it: what is worst for a text view. */
static void
test_large_message (void)
{
  WsiWindow *window = open_window ();
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD);
  g_autofree char *letters = g_strnfill (LARGE_LENGTH, 'x');
  const WsiOpening opening = { .role = WSP_ROLE_SERVER };
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);
  const WspFrameRecord frame = {
    .fin = 1,
    .opcode = 1,
    .header_length = 10,
    .payload_length = LARGE_LENGTH,
    .inflated_length = LARGE_LENGTH,
  };
  const WsiFrame kept = {
    .frame = &frame,
    .payload = (const guint8 *) letters,
    .n_payload = LARGE_LENGTH,
  };
  gint64 begin_us;

  g_object_set (ui_test_get_list (window), "show-events", TRUE, NULL);
  ui_test_serve (window, "0");
  wsi_store_append (store, conversation, &kept);
  begin_us = g_get_monotonic_time ();
  wsi_frame_list_set_store (ui_test_get_list (window), store);
  wsi_frame_list_select (ui_test_get_list (window), 0);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  g_test_message ("shown after %" G_GINT64_FORMAT " us", g_get_monotonic_time () - begin_us);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, FREEZE_US);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A window that is closed while everything is under way. */
static void
test_close_early (void)
{
  WsiWindow *window = open_window ();

  wsi_window_demonstrate (window, NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

/* The first window of a user has this width. */
static void
test_narrow_at_first (gconstpointer is_beside)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();
  WsiWindow *window;

  g_settings_set_int (settings, "window-width", NARROW_WIDTH);
  g_settings_set_string (settings, "arrangement", is_beside ? "beside" : "below");
  window = wsi_window_new (application);
  wsi_window_demonstrate (window, NULL);
  gtk_window_present (GTK_WINDOW (window));
  wait_until (window, has_rows, N_FRAMES_OF_DEMO);
  ui_test_draw (GTK_WIDGET (window), 8);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, NARROW_WIDTH);
  gtk_window_destroy (GTK_WINDOW (window));
  g_settings_reset (settings, "window-width");
  g_settings_reset (settings, "arrangement");
}

static gboolean
is_expanded (WsiWindow *window)
{
  gboolean is_expanded;

  g_object_get (ui_test_find (GTK_WIDGET (window), ui_test_is_type, "WsiComposer"), "expanded",
                &is_expanded, NULL);
  return is_expanded;
}

/* A window has a composer when its session begins. */
static WsiWindow *
open_session (void)
{
  WsiWindow *window = open_window ();

  wsi_window_demonstrate (window, NULL);
  wait_until (window, has_rows, N_FRAMES_OF_DEMO);
  return window;
}

/* Each window has its own composer, and begins with it folded. */
static void
test_expanded (void)
{
  WsiWindow *one = open_session (), *other = open_session (), *next;

  gtk_widget_activate_action (ui_test_find (GTK_WIDGET (one), ui_test_is_type, "WsiComposer"),
                              "composer.expand", NULL);
  g_assert_true (is_expanded (one));
  g_assert_false (is_expanded (other));
  next = open_session ();
  g_assert_false (is_expanded (next));
  gtk_window_destroy (GTK_WINDOW (one));
  gtk_window_destroy (GTK_WINDOW (other));
  gtk_window_destroy (GTK_WINDOW (next));
}

static gboolean
is_offer (GtkWidget  *widget,
          const char *unused)
{
  const char *label = GTK_IS_BUTTON (widget) ? gtk_button_get_label (GTK_BUTTON (widget)) : NULL;

  return label != NULL && g_str_has_prefix (label, "Use ") && gtk_widget_get_mapped (widget);
}

static gboolean
has_no_error (gpointer form)
{
  return form_get_error (form, WSI_TARGET_LISTEN) == NULL;
}

/* The next one is there by Tab and Return, and Return starts with it. */
static void
test_port_in_use (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *text = g_strdup_printf ("%u", port);
  WsiWindow *window = open_window ();
  WsiStartPage *page = WSI_START_PAGE (ui_test_find (GTK_WIDGET (window), ui_test_is_type,
                                                     "WsiStartPage"));
  WsiTargetForm *form;
  GtkWidget *offer;

  ui_test_serve (window, text);
  ui_test_draw (GTK_WIDGET (window), 3);
  form = wsi_start_page_get_form (page, WSI_TARGET_SERVER);
  g_assert_nonnull (strstr (form_get_error (form, WSI_TARGET_LISTEN), "is in use by"));
  offer = ui_test_find (GTK_WIDGET (form), is_offer, NULL);
  g_assert_nonnull (offer);
  g_assert_cmpstr (gtk_widget_get_name (offer), ==, G_OBJECT_TYPE_NAME (offer));
  gtk_widget_child_focus (GTK_WIDGET (form), GTK_DIR_TAB_FORWARD);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == offer);
  keyboard_press (GTK_WIDGET (window), "Return");
  ui_test_wait_until (has_no_error, form);
  g_signal_emit_by_name (ui_test_find (GTK_WIDGET (form), ui_test_is_type, "WsiFieldRow"),
                         "entry-activated");
  g_assert_cmpstr (ui_test_get_page (window), ==, "session");
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  application = ui_test_begin (&argc, &argv);

  g_test_add_func ("/ui/window/list/send-again-opens-the-replay", test_send_again);
  g_test_add_func ("/ui/window/list/a-row-of-a-proxy-is-sent-past-it", test_proxied);
  g_test_add_func ("/ui/window/start/a-bad-address-or-port-stays-and-is-explained",
                   test_start_page);
  g_test_add_func ("/ui/window/start/the-port-after-one-in-use-is-offered", test_port_in_use);
  g_test_add_func ("/ui/window/connect/SEC-114-rows-are-what-the-peer-sent-and-saw", test_connect);
  g_test_add_func ("/ui/window/serve/rows-name-their-connection", test_serve);
  g_test_add_func ("/ui/window/title/has-no-state-of-a-source", test_title);
  g_test_add_func ("/ui/window/stop/is-in-sight-where-there-is-room", test_stop);
  g_test_add_func ("/ui/window/events/are-rows-that-can-be-shown", test_events);
  g_test_add_func ("/ui/window/session-page/is-made-for-the-first-session", test_no_session_page);
  g_test_add_func ("/ui/window/session/a-page-without-one-holds-nothing-of-it", test_empty);
  ADD_ROWS ("/ui/window/session/one-that-ends-is-freed", uses, test_freed);
  g_test_add_data_func ("/ui/window/narrow/fits-360-pixels/details-below", GINT_TO_POINTER (FALSE),
                        test_narrow);
  g_test_add_data_func ("/ui/window/narrow/fits-360-pixels/details-beside", GINT_TO_POINTER (TRUE),
                        test_narrow);
  g_test_add_data_func ("/ui/window/narrow/at-first/details-below", GINT_TO_POINTER (FALSE),
                        test_narrow_at_first);
  g_test_add_data_func ("/ui/window/narrow/at-first/details-beside", GINT_TO_POINTER (TRUE),
                        test_narrow_at_first);
  g_test_add_func ("/ui/window/composer/is-expanded-in-its-own-window", test_expanded);
  g_test_add_func ("/ui/window/failed/says-why-and-can-try-again", test_failure);
  g_test_add_func ("/ui/window/start/what-an-address-is-understood-as-is-said", test_note);
  g_test_add_func ("/ui/window/failed/an-abnormal-ending-says-of-which-connection",
                   test_abnormal_ending);
  g_test_add_func ("/ui/window/failed/a-refused-handshake-can-be-seen", test_refusal);
  g_test_add_func ("/ui/window/demo/each-kind-of-exchange-is-listed", test_demonstration);
  g_test_add_func ("/ui/window/payload/SEC-116-a-message-of-16-mib-does-not-freeze-it",
                   test_large_message);
  g_test_add_func ("/ui/window/demo/a-window-may-be-closed-early", test_close_early);
  return ui_test_end (application);
}
