/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A source sends on one of its connections, which the records show: a client and a server of one
 * session, each in its own thread. */
#include "inspect/compose/wsi-draft.h"
#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-server-source.h"
#include "inspect/sources/wsi-session.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "inspect/decode/wsi-hex.h"
#include "inspect/targets/wsi-target-start.h"
#include "inspector/opened.h"
#include "inspector/sources/deaf-client.h"
#include "inspector/sources/open-conversation.h"
#include "lib/rows.h"

#define HELLO "Hello, Hello, Hello, Hello, Hello, Hello!" /* 41 bytes */
#define KEEPALIVE_S 20          /* less than the time after which the connection is lost */
#define LARGE (3 * 1024 * 1024 + 5)
#define HUGE (G_GINT64_CONSTANT (1) << 30)

typedef enum
{
  PLAIN,
  DEFLATE,
} Compression;

typedef struct
{
  WsiSession      *session;
  WsiSource       *server, *client;
  WsiConversation *of_server, *of_client;
} Scene;

static void
scene_init (Scene      *scene,
            Compression compression)
{
  g_autoptr (WsiRecorder) of_server = NULL;
  g_autoptr (WsiRecorder) of_client = NULL;
  g_autoptr (WspHandshake) handshake = NULL;
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();

  *scene = (Scene) { .session = opened_session () };
  of_server = wsi_session_make_recorder (scene->session, WSP_ROLE_SERVER, NULL);
  scene->server = WSI_SOURCE (wsi_server_source_new (of_server, WSI_PLACE_THREAD));
  if (compression == DEFLATE)
    wsp_server_set_deflate (wsi_server_source_get_server (WSI_SERVER_SOURCE (scene->server)),
                            options);
  g_assert_cmpuint (wsi_server_source_listen (WSI_SERVER_SOURCE (scene->server), 0, NULL), !=, 0);
  wsi_session_add (scene->session, scene->server);

  handshake = wsp_handshake_new_client (wsi_source_get_uri (scene->server), NULL, NULL, NULL);
  of_client = wsi_session_make_recorder (scene->session, WSP_ROLE_CLIENT, NULL);
  scene->client = WSI_SOURCE (wsi_client_source_new (of_client, WSI_PLACE_THREAD, handshake));
  if (compression == DEFLATE)
    wsi_client_source_compress (WSI_CLIENT_SOURCE (scene->client));
  wsi_session_add (scene->session, scene->client);
  while (scene->of_server == NULL || scene->of_client == NULL)
    {
      g_main_context_iteration (NULL, TRUE);
      g_clear_object (&scene->of_server);
      g_clear_object (&scene->of_client);
      scene->of_server = open_conversation_dup (scene->session, WSP_ROLE_SERVER);
      scene->of_client = open_conversation_dup (scene->session, WSP_ROLE_CLIENT);
    }
}

static void
scene_clear (Scene *scene)
{
  g_clear_object (&scene->of_server);
  g_clear_object (&scene->of_client);
  g_clear_object (&scene->session);
  g_clear_object (&scene->server);
  g_clear_object (&scene->client);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

typedef struct
{
  gboolean has_ended;
  GError  *error;
} Call;

static void
on_ended (GObject      *none,
          GAsyncResult *result,
          gpointer      data)
{
  Call *call = data;

  g_assert_null (none);
  g_assert_true (wsi_source_send_finish (result, &call->error) == (call->error == NULL));
  call->has_ended = TRUE;
}

static void
wait_for (Call *call)
{
  while (!call->has_ended)
    g_main_context_iteration (NULL, TRUE);
}

static GError *
send_and_wait (Scene       *scene,
               WsiOutgoing *outgoing)
{
  Call call = { 0 };

  wsi_source_send_async (scene->client, scene->of_client, outgoing, NULL, on_ended, &call);
  wait_for (&call);
  return call.error;
}

static WsiOutgoing *
make_message (const char    *text,
              const guint32 *fragments,
              guint          n_fragments)
{
  g_autoptr (GBytes) payload = g_bytes_new (text, strlen (text));
  WsiOutgoing *outgoing = wsi_outgoing_new_message (WSP_MESSAGE_TYPE_TEXT, payload);

  outgoing->fragments = g_memdup2 (fragments, n_fragments * sizeof *fragments);
  outgoing->n_fragments = n_fragments;
  return outgoing;
}

/* The frames of one direction: "01:2 80:3". */
static char *
list_frames (Scene           *scene,
             WsiConversation *conversation,
             WspDirection     direction)
{
  WsiStore *store = wsi_session_get_store (scene->session);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      if (wsi_record_is_frame (record) && record->direction == direction &&
          record->conversation == wsi_conversation_get_number (conversation))
        g_string_append_printf (text, "%s%02x:%" G_GUINT64_FORMAT, text->len > 0 ? " " : "",
                                record->byte0, wsi_record_get_length (record));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_frames (Scene           *scene,
               WsiConversation *conversation,
               WspDirection     direction,
               const char      *expected)
{
  g_autofree char *frames = list_frames (scene, conversation, direction);

  while (strlen (frames) < strlen (expected))
    {
      g_main_context_iteration (NULL, TRUE);
      g_free (frames);
      frames = list_frames (scene, conversation, direction);
    }
  g_assert_cmpstr (frames, ==, expected);
}

static const struct
{
  const char *name, *text;
  guint32     fragments[3];
  guint       n_fragments;
  const char *frames;
} messages[] = {
  { "one-frame", "Hello", { 0 }, 0, "81:5" },
  { "empty", "", { 0 }, 0, "81:0" },
  { "fragments-of-one-length", "Hello", { 2 }, 1, "01:2 00:2 80:1" },
  { "fragments-that-fit", "Hell", { 2 }, 1, "01:2 80:2" },
  { "fragments-of-several-lengths", "Hello", { 1, 3 }, 2, "01:1 00:3 80:1" },
  { "fragment-larger-than-the-message", "Hello", { 9 }, 1, "81:5" },
  { "fragments-of-nothing", "", { 9 }, 1, "81:0" },
};

static void
test_message (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene;
  g_autoptr (GError) error = NULL;

  scene_init (&scene, PLAIN);
  error = send_and_wait (&scene, make_message (messages[i].text, messages[i].fragments,
                                               messages[i].n_fragments));
  g_assert_no_error (error);
  assert_frames (&scene, scene.of_client, WSP_DIRECTION_SENT, messages[i].frames);
}

/* A server writes to one of its clients, too. */
static void
test_server (void)
{
  const guint32 two = 2;
  g_auto (Scene) scene;
  Call call = { 0 };

  scene_init (&scene, PLAIN);
  wsi_source_send_async (scene.server, scene.of_server, make_message ("Hello", &two, 1), NULL,
                         on_ended, &call);
  wait_for (&call);
  g_assert_no_error (call.error);
  assert_frames (&scene, scene.of_client, WSP_DIRECTION_RECEIVED, "01:2 00:2 80:1");
}

static void
test_controls (void)
{
  g_auto (Scene) scene;
  g_autoptr (GBytes) payload = g_bytes_new_static ("hi", 2);
  g_autoptr (GBytes) raw = wsi_hex_parse ("8a 80 00 00 00 00", NULL);
  g_autoptr (GError) error = NULL;

  scene_init (&scene, PLAIN);
  error = send_and_wait (&scene, wsi_outgoing_new_ping (payload, NULL));
  g_assert_no_error (error);
  error = send_and_wait (&scene, wsi_outgoing_new_raw (raw));
  g_assert_no_error (error);
  error = send_and_wait (&scene, wsi_outgoing_new_close (3001, "bye", NULL));
  g_assert_no_error (error);
  assert_frames (&scene, scene.of_client, WSP_DIRECTION_SENT, "89:2 8a:0 88:5");
  g_assert_cmpuint (wsi_conversation_get_close_code (scene.of_client), ==, 3001);

  error = send_and_wait (&scene, make_message ("late", NULL, 0));
  g_assert_nonnull (error);
}

/* Each message says itself whether it is compressed. */
static void
test_compression (void)
{
  const guint32 length = 200;
  g_auto (Scene) scene;
  WsiOutgoing *plain = make_message (HELLO HELLO HELLO HELLO HELLO, NULL, 0);
  WsiOutgoing *pieces = make_message (HELLO HELLO HELLO HELLO HELLO, &length, 1);
  g_autoptr (GError) error = NULL;

  plain->compression = pieces->compression = WSI_COMPRESSION_NONE;
  scene_init (&scene, DEFLATE);
  error = send_and_wait (&scene, make_message (HELLO HELLO HELLO HELLO HELLO, NULL, 0));
  g_assert_no_error (error);
  error = send_and_wait (&scene, plain);
  g_assert_no_error (error);
  error = send_and_wait (&scene, pieces);
  g_assert_no_error (error);
  error = send_and_wait (&scene, make_message (HELLO HELLO HELLO HELLO HELLO, &length, 1));
  g_assert_no_error (error);
  assert_frames (&scene, scene.of_client, WSP_DIRECTION_SENT,
                 "c1:205 81:205 01:200 80:5 41:200 80:5");
}

static char *
make_file (gint64 length)
{
  char *path = NULL;
  int file = g_file_open_tmp ("sending-XXXXXX", &path, NULL);

  g_assert_cmpint (ftruncate (file, length), ==, 0);
  g_assert_true (g_close (file, NULL));
  return path;
}

static WsiOutgoing *
make_file_message (const char *path)
{
  WsiOutgoing *outgoing = wsi_outgoing_new (WSI_OUTGOING_FILE);

  outgoing->message_type = WSP_MESSAGE_TYPE_BINARY;
  outgoing->path = g_strdup (path);
  return outgoing;
}

static void
test_small_file (void)
{
  g_auto (Scene) scene;
  g_autofree char *path = make_file (5);
  g_autoptr (GError) error = NULL;

  scene_init (&scene, PLAIN);
  error = send_and_wait (&scene, make_file_message (path));
  g_assert_no_error (error);
  assert_frames (&scene, scene.of_client, WSP_DIRECTION_SENT, "82:5");
  g_unlink (path);
}

/* A ping passes between its frames. */
static void
test_large_file (void)
{
  g_auto (Scene) scene;
  g_autofree char *path = make_file (LARGE);
  g_autoptr (GBytes) payload = g_bytes_new_static ("hi", 2);
  WsiCounters counters;
  Call call = { 0 }, ping = { 0 };

  scene_init (&scene, PLAIN);
  wsi_source_send_async (scene.client, scene.of_client, make_file_message (path), NULL, on_ended,
                         &call);
  wsi_source_send_async (scene.client, scene.of_client, wsi_outgoing_new_ping (payload, NULL), NULL,
                         on_ended, &ping);
  wait_for (&ping);
  g_assert_no_error (ping.error);
  wait_for (&call);
  g_assert_no_error (call.error);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      wsi_conversation_get_counters (scene.of_client, WSP_DIRECTION_SENT, &counters);
    }
  while (counters.n_messages < 1 || counters.n_bytes < LARGE);
  g_assert_cmpuint (counters.n_bytes, ==, LARGE + 2);
  g_unlink (path);
}

static void
test_wrong_files (void)
{
  g_auto (Scene) scene;
  g_autoptr (GError) error = NULL;

  scene_init (&scene, PLAIN);
  error = send_and_wait (&scene, make_file_message ("/no/such/file"));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  error = send_and_wait (&scene, make_file_message ("/dev/zero"));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);

  /* Nothing has begun, so that the connection is as before. */
  error = send_and_wait (&scene, make_message ("Hello", NULL, 0));
  g_assert_no_error (error);
}

/* 1 GiB, of which hardly anything has left: the call ends, and nothing is leaked or waited for. */
static void
test_closed_while_sending (void)
{
  g_auto (Scene) scene;
  g_autofree char *path = make_file (HUGE);
  Call file = { 0 }, waiting = { 0 };

  scene_init (&scene, PLAIN);
  wsi_source_send_async (scene.client, scene.of_client, make_file_message (path), NULL, on_ended,
                         &file);
  wsi_source_send_async (scene.client, scene.of_client, make_message ("Hello", NULL, 0), NULL,
                         on_ended, &waiting);
  wsi_session_remove (scene.session, scene.client);
  wait_for (&file);
  wait_for (&waiting);
  g_assert_nonnull (file.error);
  g_assert_nonnull (waiting.error);
  g_clear_error (&file.error);
  g_clear_error (&waiting.error);
  g_unlink (path);
}

/* Nothing has begun, so that the connection is as before.  A message that has begun cannot be taken
 * back: then the connection fails. */
static void
test_cancelled (void)
{
  g_auto (Scene) scene;
  g_autofree char *path = make_file (HUGE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Call call = { 0 };

  scene_init (&scene, PLAIN);
  g_cancellable_cancel (cancellable);
  wsi_source_send_async (scene.client, scene.of_client, make_file_message (path), cancellable,
                         on_ended, &call);
  wait_for (&call);
  g_assert_error (call.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&call.error);
  error = send_and_wait (&scene, make_message ("Hello", NULL, 0));
  g_assert_no_error (error);
  g_unlink (path);
}

/* The one of the deaf client comes after the first one. */
static void
find_deaf (Scene *scene)
{
  WsiStore *store = wsi_session_get_store (scene->session);
  guint32 n_kept;

  while (wsi_store_count_conversations (store, &n_kept) < 3)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&scene->of_server);
  scene->of_server = wsi_store_dup_conversation (store, 3);
  while (wsi_conversation_get_status (scene->of_server) != 101)
    g_main_context_iteration (NULL, TRUE);
}

static void
send_raw (Scene      *scene,
          const void *at,
          gsize       length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (at, length);
  Call call = { 0 };

  wsi_source_send_async (scene->server, scene->of_server, wsi_outgoing_new_raw (bytes), NULL,
                         on_ended, &call);
  wait_for (&call);
  g_assert_no_error (call.error);
}

/* More than the sockets take: nothing that follows it leaves. */
static void
fill_sockets (Scene *scene)
{
  g_autofree guint8 *frame = g_malloc0 (10 + LARGE);

  frame[0] = 0x82;
  frame[1] = 127;
  for (guint i = 0; i < 8; i++)
    frame[2 + i] = (guint64) LARGE >> 8 * (7 - i);
  for (guint i = 0; i < 3; i++)
    send_raw (scene, frame, 10 + LARGE);
}

/* The rest is not sent, the peer is not waited for, and the sentence says what becomes of the
 * connection. */
static void
test_cancelled_amid (void)
{
  g_auto (Scene) scene;
  g_autofree char *path = make_file (HUGE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GSocketConnection) deaf = NULL;
  gint64 begin = g_get_monotonic_time ();
  Call call = { 0 };

  scene_init (&scene, PLAIN);
  deaf = deaf_client_new (scene.server);
  find_deaf (&scene);
  fill_sockets (&scene);
  wsi_source_send_async (scene.server, scene.of_server, make_file_message (path), cancellable,
                         on_ended, &call);
  send_raw (&scene, "\x8a\x00", 2);    /* then the first piece is on its way */
  g_assert_false (call.has_ended);
  g_cancellable_cancel (cancellable);
  wait_for (&call);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, KEEPALIVE_S * G_USEC_PER_SEC);
  g_assert_error (call.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_nonnull (strstr (call.error->message, "after 65536 bytes of the message the connection "
                            "ends with code 1011"));
  g_clear_error (&call.error);
  g_unlink (path);
}

static void
test_obstacles (void)
{
  g_auto (Scene) scene;
  const char *advice = NULL;

  scene_init (&scene, PLAIN);
  g_assert_null (wsi_session_find_obstacle (scene.session, scene.of_client, &advice));
  g_assert_null (wsi_session_find_obstacle (scene.session, scene.of_server, &advice));
  g_assert_cmpstr (wsi_session_find_obstacle (scene.session, NULL, &advice), ==,
                   "No connection is open.");
  wsi_session_remove (scene.session, scene.client);
  g_assert_cmpstr (wsi_session_find_obstacle (scene.session, scene.of_client, &advice), ==,
                   "The connection is closed.");
  g_assert_nonnull (advice);
}

/* A browser that has opened no connection yet, and one that cannot be reached. */
static void
test_obstacle_of_browser (void)
{
  g_autoptr (WsiSession) session = opened_session ();
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (silent, NULL, NULL);
  g_autofree char *line = g_strdup_printf ("browser %u", port);
  g_autoptr (WsiTarget) target = wsi_target_parse (line, NULL);
  const char *advice = NULL;
  WsiTargetField wrong;
  WsiSource *source = wsi_target_start (target, session, &wrong, NULL);

  g_assert_nonnull (source);
  while (wsi_source_get_state (source) == WSI_SOURCE_NEW)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (wsi_session_find_obstacle (session, NULL, &advice), ==,
                   "A browser is watched only.");
  g_assert_nonnull (strstr (advice, "Connect to the server"));

  g_socket_listener_close (silent);
  while (wsi_session_is_running (session))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (wsi_session_find_obstacle (session, NULL, &advice), ==,
                   "No connection is open.");
  g_object_run_dispose (G_OBJECT (session));
}

static void
test_obstacle_of_kind (gconstpointer data)
{
  g_autoptr (WsiSession) session = opened_session ();
  const char *advice = NULL, *obstacle;
  WsiSource *source = wsi_session_demonstrate (session, NULL, NULL);

  while (wsi_session_get_conversation (session) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (wsi_source_get_kind (source), ==, WSI_SOURCE_KIND_EXAMPLE);
  obstacle = wsi_session_find_obstacle (session, wsi_session_get_conversation (session), &advice);
  g_assert_cmpstr (obstacle, ==, data);
  g_object_run_dispose (G_OBJECT (session));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/inspector/sending/message", messages, test_message);
  g_test_add_func ("/inspector/sending/server/writes-to-a-client", test_server);
  g_test_add_func ("/inspector/sending/control/ping-raw-and-close", test_controls);
  g_test_add_func ("/inspector/sending/compression/is-chosen-for-each-message", test_compression);
  g_test_add_func ("/inspector/sending/file/small-is-one-frame", test_small_file);
  g_test_add_func ("/inspector/sending/file/large-lets-a-ping-pass", test_large_file);
  g_test_add_func ("/inspector/sending/file/that-cannot-be-read-begins-nothing", test_wrong_files);
  g_test_add_func ("/inspector/sending/file/source-is-closed-meanwhile", test_closed_while_sending);
  g_test_add_func ("/inspector/sending/file/cancelled-before-it-begins", test_cancelled);
  g_test_add_func ("/inspector/sending/file/cancelled-amid-says-what-it-did", test_cancelled_amid);
  g_test_add_func ("/inspector/sending/obstacle/closed-or-none", test_obstacles);
  g_test_add_func ("/inspector/sending/obstacle/of-a-browser-without-a-connection",
                   test_obstacle_of_browser);
  g_test_add_data_func ("/inspector/sending/obstacle/an-example-says-so",
                        "The example plays by itself.", test_obstacle_of_kind);
  return g_test_run ();
}
