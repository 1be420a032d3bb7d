/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The page of one connection: its facts are in their rows, and stay true while it goes on. */
#include "ui/details/wsi-connection-page.h"

#include <adwaita.h>
#include <string.h>

#include "inspect/capture/wsi-recorder.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/template-children.h"
#include "ui/window/wsi-application.h"

#define REQUEST "GET /?token=Secret12345 HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
#define RESPONSE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" \
  "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n\r\n"
#define CLIENT "<b>client</b>"
#define PING "\x89\x81\x00\x00\x00\x00x"
#define PONG "\x8a\x01x"
#define CLOSE "\x88\x05\x03\xe9" "b\xe2\x80"

static GtkApplication *application;

typedef struct
{
  WsiStore          *store;
  WsiRecorder       *recorder;
  WsiConversation   *conversation;
  gint64             now;
  GtkWindow         *window;
  WsiConnectionPage *page;
} Scene;

static void
push (Scene       *scene,
      WspDirection direction,
      const char  *bytes,
      gsize        length)
{
  g_autoptr (GBytes) pushed = g_bytes_new (bytes, length);

  scene->now += 1500;
  wsi_recorder_push (scene->recorder, scene->conversation, direction, pushed, scene->now);
}

static void
scene_init (Scene      *scene,
            const char *source)
{
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT, .client = "127.0.0.1:4711", .server = "127.0.0.1:80",
    .source = source,
  };
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  limits.max_file = 0;
  *scene = (Scene) { .store = wsi_store_new_with_limits (&limits), .now = 1000 };
  scene->recorder = wsi_recorder_new (scene->store, WSP_ROLE_CLIENT);
  scene->conversation = g_object_ref (wsi_recorder_open (scene->recorder, &opening, scene->now));
  push (scene, WSP_DIRECTION_SENT, REQUEST, sizeof REQUEST - 1);
  push (scene, WSP_DIRECTION_RECEIVED, RESPONSE, sizeof RESPONSE - 1);
  scene->page = g_object_new (WSI_TYPE_CONNECTION_PAGE, NULL);
  scene->window = GTK_WINDOW (gtk_application_window_new (application));
  gtk_window_set_default_size (scene->window, 360, 1300);
  gtk_window_set_child (scene->window, GTK_WIDGET (scene->page));
  gtk_window_present (scene->window);
  wsi_connection_page_set_conversation (scene->page, scene->store, scene->conversation);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (scene->window));
}

static void
scene_clear (Scene *scene)
{
  gtk_window_destroy (scene->window);
  g_clear_object (&scene->recorder);
  g_clear_object (&scene->conversation);
  g_clear_object (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static AdwActionRow *
find_row (GtkWidget * widget,
          const char *title)
{
  if (ADW_IS_ACTION_ROW (widget) && gtk_widget_get_visible (widget) &&
      g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title))
    return ADW_ACTION_ROW (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      AdwActionRow *found = find_row (child, title);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static void
assert_fact (Scene      *scene,
             const char *title,
             const char *expected)
{
  AdwActionRow *row = find_row (GTK_WIDGET (scene->page), title);

  if (expected == NULL)
    {
      g_assert_null (row);
      return;
    }

  g_assert_nonnull (row);
  g_assert_false (adw_preferences_row_get_use_markup (ADW_PREFERENCES_ROW (row)));
  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, expected);
}

static void
test_open (void)
{
  g_auto (Scene) scene = { 0 };
  AdwActionRow *uri;

  scene_init (&scene, CLIENT);
  uri = find_row (GTK_WIDGET (scene.page), "URI");
  g_assert_true (g_str_has_prefix (adw_action_row_get_subtitle (uri), "ws://h/?token=redacted-"));
  assert_fact (&scene, "Client", "127.0.0.1:4711");
  assert_fact (&scene, "Recorded by", CLIENT);
  assert_fact (&scene, "State", "● open");
  assert_fact (&scene, "Opening handshake", "3.0 ms");
  assert_fact (&scene, "TLS", "No: the URI does not ask for it");
  assert_fact (&scene, "Compression by the client",
               "Window of 15 bits; each message may refer to earlier ones");
  assert_fact (&scene, "Compression by the server",
               "Window of 15 bits; each message is compressed alone");
  assert_fact (&scene, "Round trips of pings", NULL);
  assert_fact (&scene, "Close code", NULL);
  assert_fact (&scene, "Closed first by", NULL);
}

static void
test_closed (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, CLIENT);
  push (&scene, WSP_DIRECTION_SENT, PING, sizeof PING - 1);
  push (&scene, WSP_DIRECTION_RECEIVED, PONG, sizeof PONG - 1);
  push (&scene, WSP_DIRECTION_RECEIVED, CLOSE, sizeof CLOSE - 1);
  wsi_recorder_close_stream (scene.recorder, scene.conversation, WSI_STREAM_ENDED, scene.now);
  while (find_row (GTK_WIDGET (scene.page), "Close code") == NULL ||
         find_row (GTK_WIDGET (scene.page), "Round trips of pings") == NULL)
    g_main_context_iteration (NULL, TRUE);
  assert_fact (&scene, "Close code",
               "1001 · Going away: the server is shutting down, or the page was closed");
  assert_fact (&scene, "Close reason", "b\\xe2\\x80");
  assert_fact (&scene, "Closed first by", "The server");
  assert_fact (&scene, "Round trips of pings",
               "1: min 1.500 ms, median 1.500 ms, max 1.500 ms");
  picture_save (GTK_WIDGET (scene.window), "connection-page");
}

/* Nothing is said of what a browser does not report, also not that nothing was sent. */
static void
test_browser (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) text = g_bytes_new_static ("Hello", 5);

  scene_init (&scene, WSI_SOURCE_BROWSER);
  wsi_recorder_message (scene.recorder, scene.conversation, WSP_DIRECTION_SENT, WSI_OPCODE_TEXT,
                        text, scene.now);
  assert_fact (&scene, "Close code", NULL);
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_CUT,
                      WSI_SENTENCE (BROWSER_CLOSED), scene.now);
  while (find_row (GTK_WIDGET (scene.page), "Close code") == NULL)
    g_main_context_iteration (NULL, TRUE);
  assert_fact (&scene, "State", "◐ cut");
  assert_fact (&scene, "Sent", "Messages: 1, bytes of payload: 5; frames are not recorded");
  assert_fact (&scene, "Close code", "Not reported by the browser");
  assert_fact (&scene, "Closed first by", "Not reported by the browser");
  assert_fact (&scene, "Ending", "Closed: the code is not reported by the browser");
}

static WsiConversation *
open_older (Scene            *scene,
            const WsiOpening *opening)
{
  WsiConversation *conversation = wsi_recorder_open (scene->recorder, opening, scene->now);

  wsi_connection_page_set_conversation (scene->page, scene->store, conversation);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (scene->window));
  return conversation;
}

/* Connections that may be older than the recording: of them is known a bound, or nothing. */
static void
test_program (void)
{
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT, .uri = "wss://h/", .source = WSI_SOURCE_PROGRAM,
    .handshake = WSI_HANDSHAKE_MISSING, .tls = "TLS 1.3, TLS_AES_128_GCM_SHA256",
  };
  const WsiOpening other = { .uri = "ws://h/", .handshake = WSI_HANDSHAKE_MISSING };
  g_auto (Scene) scene = { 0 };
  WsiConversation *conversation;

  scene_init (&scene, CLIENT);
  scene.now = G_USEC_PER_SEC;
  conversation = open_older (&scene, &opening);
  assert_fact (&scene, "State", "● open");
  assert_fact (&scene, "Began", "1970-01-01 00:00:01 or before");
  assert_fact (&scene, "Opening handshake", "Not recorded: the program has not kept it");
  assert_fact (&scene, "TLS", "TLS 1.3, TLS_AES_128_GCM_SHA256");
  wsi_recorder_close (scene.recorder, conversation, WSI_ENDING_CUT, WSI_SENTENCE (PROGRAM_ENDED),
                      scene.now + 3 * G_USEC_PER_SEC);
  while (find_row (GTK_WIDGET (scene.page), "Duration") == NULL)
    g_main_context_iteration (NULL, TRUE);
  assert_fact (&scene, "Duration", "3.000 s or more");
  assert_fact (&scene, "Ending", "The program has ended");
  picture_save (GTK_WIDGET (scene.window), "connection-page-of-a-program");

  open_older (&scene, &other);
  assert_fact (&scene, "State", "● open");
  assert_fact (&scene, "Began", "1970-01-01 00:00:01");
  assert_fact (&scene, "Opening handshake", "Not recorded: the recording began later");

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  wsi_connection_page_set_conversation (scene.page, NULL, NULL);
  wsi_connection_page_set_conversation (scene.page, scene.store, scene.conversation);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  assert_fact (&scene, "Began", "\u20661970-01-01 00:00:00\u2069");
}

/* Secrets are in a command when they are shown, not before. */
static void
test_copy (void)
{
  g_auto (Scene) scene = { 0 };
  GObject *copied, *secrets;

  scene_init (&scene, CLIENT);
  copied = ui_test_get_child (scene.page, "copied");
  secrets = ui_test_get_child (scene.page, "secrets_button");
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (copied)));
  for (guint is_open = 0; is_open < 2; is_open++)
    {
      GdkContentProvider *content;
      g_auto (GValue) text = G_VALUE_INIT;

      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (secrets), is_open);
      g_assert_true (gtk_widget_activate_action (GTK_WIDGET (scene.page), "connection.copy", "s",
                                                 "wsinspect"));
      g_assert_true (gtk_widget_get_visible (GTK_WIDGET (copied)));
      content = gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (scene.page)));
      g_value_init (&text, G_TYPE_STRING);
      g_assert_true (gdk_content_provider_get_value (content, &text, NULL));
      g_assert_true (g_str_has_prefix (g_value_get_string (&text), "wsinspect connect"));
      g_assert_cmpint (strstr (g_value_get_string (&text), "Secret12345") != NULL, ==, is_open);
    }
}

static void
test_none (void)
{
  g_auto (Scene) scene = { 0 };
  GObject *stack;

  scene_init (&scene, CLIENT);
  wsi_connection_page_set_conversation (scene.page, NULL, NULL);
  stack = ui_test_get_child (scene.page, "stack");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (stack)), ==, "none");
  push (&scene, WSP_DIRECTION_RECEIVED, PONG, sizeof PONG - 1);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (scene.page), "connection.copy", "s",
                                             "curl"));
}

int
main (int    argc,
      char **argv)
{
  application = ui_test_begin (&argc, &argv);

  g_test_add_func ("/ui/connection-page/open/facts-are-in-their-rows", test_open);
  g_test_add_func ("/ui/connection-page/closed/rows-follow-the-connection", test_closed);
  g_test_add_func ("/ui/connection-page/closed/of-a-browser", test_browser);
  g_test_add_func ("/ui/connection-page/older/only-what-is-known-is-said", test_program);
  g_test_add_func ("/ui/connection-page/copy/secrets-are-hidden-until-asked", test_copy);
  g_test_add_func ("/ui/connection-page/none/is-shown-without-one", test_none);
  return ui_test_end (application);
}
