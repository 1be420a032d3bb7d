/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Claims that hold for each kind of source, in the thread of its owner and in one of its own. */
#include "inspect/sources/proxy/wsi-proxy-source.h"
#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-demo.h"
#include "inspect/sources/wsi-file-source.h"
#include "inspect/sources/wsi-server-source.h"
#include "inspector/client-text.h"

#include <string.h>

#include "inspector/sources/capture-writer.h"
#include "inspector/upgrade.h"
#include "lib/hold-port.h"

#define MAX_STATES 8

typedef struct _Scene Scene;

typedef struct
{
  const char *name;
  WspRole     role;
  WsiLaneKind lane;
  WsiSource *(*make)(Scene * scene,
                     WsiRecorder *recorder);
  /* Lets a message pass, if the source does not do that by itself; nullable. */
  void (*talk)(Scene *scene);
  /* Makes a source that cannot run; NULL: there is none. */
  WsiSource *(*make_failing)(Scene * scene,
                             WsiRecorder *recorder);
} Kind;

struct _Scene
{
  const Kind      *kind;
  WsiPlace         place;
  WsiStore        *store;
  WsiMerger       *merger;
  WsiSource       *source;
  GFile           *file;        /* file that the source reads; NULL: it reads none */
  WsiServerSource *server;      /* server that is the peer of the source; NULL: there is none */
  WsiClientSource *client;
  GSocket         *held;        /* socket of a port that refuses connections; NULL: there is none */
  GSocketListener *silent;      /* listener of a server that does not answer; NULL: there is none */
  GSocket         *accepted;    /* connection that silent has accepted */
  GThread         *thread;      /* thread of the test */
  GThread         *cancelled_in;        /* thread in which a call was cancelled; NULL: none was */
  WsiSourceState   states[MAX_STATES];
  guint            n_states;
};

static gboolean
is_in_state (Scene *scene,
             guint  state)
{
  return wsi_source_get_state (scene->source) == state;
}

static gboolean
has_run (Scene *scene,
         guint  n)
{
  return wsi_source_get_state (scene->source) >= WSI_SOURCE_RUNNING;
}

static guint
count_frames (WsiStore *store)
{
  guint n = 0;

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    n += wsi_record_is_frame (wsi_store_get_record (store, i));
  return n;
}

static gboolean
has_frames (Scene *scene,
            guint  n)
{
  return count_frames (scene->store) >= n;
}

static void
wait_until (Scene *scene,
            gboolean (*is_true)(Scene *, guint),
            guint n)
{
  while (!is_true (scene, n))
    g_main_context_iteration (NULL, TRUE);
}

static void
on_changed (Scene     *scene,
            WsiSource *source)
{
  g_assert_true (g_thread_self () == scene->thread);
  g_assert_cmpuint (scene->n_states, <, MAX_STATES);
  scene->states[scene->n_states++] = wsi_source_get_state (source);
}

static WspHandshake *
make_handshake (const char *uri)
{
  g_autoptr (GError) error = NULL;
  WspHandshake *handshake = wsp_handshake_new_client (uri, NULL, NULL, &error);

  g_assert_no_error (error);
  return handshake;
}

static void
start_peer_server (Scene *scene)
{
  g_autoptr (GError) error = NULL;

  if (scene->server != NULL)
    return;

  scene->server = wsi_server_source_new (NULL, WSI_PLACE_OWNER);
  wsi_server_source_listen (scene->server, 0, &error);
  g_assert_no_error (error);
  wsi_source_start (WSI_SOURCE (scene->server));
}

static void
say_hello (WsiSource *client)
{
  if (wsi_source_get_state (client) == WSI_SOURCE_RUNNING)
    client_text_send (client, "Hello");
}

static void
start_peer_client (Scene *scene)
{
  g_autoptr (WspHandshake) handshake = make_handshake (wsi_source_get_uri (scene->source));

  scene->client = wsi_client_source_new (NULL, WSI_PLACE_OWNER, handshake);
  g_signal_connect (scene->client, "changed", G_CALLBACK (say_hello), NULL);
  wsi_source_start (WSI_SOURCE (scene->client));
}

static WsiSource *
make_client (Scene       *scene,
             WsiRecorder *recorder)
{
  g_autoptr (WspHandshake) handshake = NULL;

  start_peer_server (scene);
  handshake = make_handshake (wsi_source_get_uri (WSI_SOURCE (scene->server)));
  return WSI_SOURCE (wsi_client_source_new (recorder, scene->place, handshake));
}

static void
talk_as_client (Scene *scene)
{
  say_hello (scene->source);
}

static WsiSource *
make_failing_client (Scene       *scene,
                     WsiRecorder *recorder)
{
  guint16 port;
  g_autofree char *uri = NULL;
  g_autoptr (WspHandshake) handshake = NULL;

  scene->held = hold_port (&port);
  uri = g_strdup_printf ("ws://127.0.0.1:%u/", port);
  handshake = make_handshake (uri);
  return WSI_SOURCE (wsi_client_source_new (recorder, scene->place, handshake));
}

/* Wakes the main loop. */
static gboolean
on_readable (GSocket     *socket,
             GIOCondition condition,
             gpointer     data)
{
  return G_SOURCE_REMOVE;
}

static void
on_accepted (GObject      *listener,
             GAsyncResult *result,
             gpointer      data)
{
  Scene *scene = data;
  g_autoptr (GSource) source = NULL;

  scene->accepted = g_socket_listener_accept_socket_finish (G_SOCKET_LISTENER (listener), result,
                                                            NULL, NULL);
  source = g_socket_create_source (scene->accepted, G_IO_IN, NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (on_readable), NULL, NULL);
  g_source_attach (source, NULL);
}

/* Its server reads nothing, and does not answer. */
static WsiSource *
make_unanswered_client (Scene       *scene,
                        WsiRecorder *recorder)
{
  guint16 port;
  g_autofree char *uri = NULL;
  g_autoptr (WspHandshake) handshake = NULL;

  scene->silent = g_socket_listener_new ();
  port = g_socket_listener_add_any_inet_port (scene->silent, NULL, NULL);
  g_socket_listener_accept_socket_async (scene->silent, NULL, on_accepted, scene);
  uri = g_strdup_printf ("ws://127.0.0.1:%u/", port);
  handshake = make_handshake (uri);
  return WSI_SOURCE (wsi_client_source_new (recorder, scene->place, handshake));
}

static gboolean
has_request (Scene *scene,
             guint  n)
{
  return scene->accepted != NULL && g_socket_get_available_bytes (scene->accepted) > (gssize) n;
}

static WsiSource *
make_server (Scene       *scene,
             WsiRecorder *recorder)
{
  WsiServerSource *server = wsi_server_source_new (recorder, scene->place);
  g_autoptr (GError) error = NULL;

  wsi_server_source_listen (server, 0, &error);
  g_assert_no_error (error);
  return WSI_SOURCE (server);
}

static WsiSource *
make_demo (Scene       *scene,
           WsiRecorder *recorder)
{
  g_autoptr (GError) error = NULL;
  WsiDemo *demo = wsi_demo_new (recorder, scene->place, NULL, &error);

  g_assert_no_error (error);
  return WSI_SOURCE (demo);
}

static void
add_segment (CaptureWriter *writer,
             guint          side,
             WsiTcpFlags    flags,
             guint32       *next,
             const char    *text,
             gint64         time_us)
{
  const WsiEndpoint ends[] = {
    { .address = { 127, 0, 0, 1 }, .port = 1000, .family = G_SOCKET_FAMILY_IPV4 },
    { .address = { 127, 0, 0, 1 }, .port = 80, .family = G_SOCKET_FAMILY_IPV4 },
  };
  const WsiSegment segment = {
    .source = ends[side],
    .destination = ends[!side],
    .sequence = next[side],
    .acknowledgement = next[!side],
    .flags = flags,
    .payload = (const guint8 *) text,
    .n_captured = strlen (text),
    .length = strlen (text),
  };

  capture_writer_add_segment (writer, &segment, time_us);
  next[side] += strlen (text) + ((flags & WSI_TCP_SYN) != 0);
}

static void
drop_file (Scene *scene)
{
  if (scene->file != NULL)
    g_file_delete (scene->file, NULL, NULL);
  g_clear_object (&scene->file);
}

/* The file of an earlier source goes.  n_cut: bytes that are missing at the end of this one. */
static WsiSource *
open_file (Scene       *scene,
           WsiRecorder *recorder,
           gsize        n_cut)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFileIOStream) io = NULL;
  CaptureWriter writer;
  guint32 next[2] = { 100, 200 };

  capture_writer_init (&writer, CAPTURE_PCAP, WSI_LINK_RAW_IP);
  add_segment (&writer, 0, WSI_TCP_SYN, next, "", 1000);
  add_segment (&writer, 1, WSI_TCP_SYN | WSI_TCP_ACK, next, "", 2000);
  add_segment (&writer, 0, WSI_TCP_ACK, next, UPGRADE_REQUEST, 3000);
  add_segment (&writer, 1, WSI_TCP_ACK, next, UPGRADE_RESPONSE, 4000);
  add_segment (&writer, 0, WSI_TCP_ACK, next, MASKED_HELLO, 5000);
  add_segment (&writer, 1, WSI_TCP_ACK, next, HELLO, 6000);
  drop_file (scene);
  scene->file = g_file_new_tmp (NULL, &io, NULL);
  g_assert_true (g_file_replace_contents (scene->file, (const char *) writer.bytes->data,
                                          writer.bytes->len - n_cut, NULL, FALSE, 0, NULL, NULL,
                                          NULL));
  capture_writer_clear (&writer);
  g_list_store_append (files, scene->file);
  return WSI_SOURCE (wsi_file_source_new (recorder, scene->place, G_LIST_MODEL (files), NULL,
                                          NULL));
}

static WsiSource *
make_file (Scene       *scene,
           WsiRecorder *recorder)
{
  return open_file (scene, recorder, 0);
}

static WsiSource *
make_failing_file (Scene       *scene,
                   WsiRecorder *recorder)
{
  return open_file (scene, recorder, 3);
}

static WsiSource *
make_proxy (Scene       *scene,
            WsiRecorder *recorder)
{
  g_autoptr (GError) error = NULL;
  WsiProxySource *proxy;

  start_peer_server (scene);
  proxy = wsi_proxy_source_new (recorder, scene->place, "0",
                                wsi_source_get_uri (WSI_SOURCE (scene->server)), &error);
  g_assert_no_error (error);
  wsi_proxy_source_listen (proxy, &error);
  g_assert_no_error (error);
  return WSI_SOURCE (proxy);
}

static const Kind kinds[] = {
  { "client", WSP_ROLE_CLIENT, WSI_LANE_LIVE, make_client, talk_as_client, make_failing_client },
  { "server", WSP_ROLE_SERVER, WSI_LANE_LIVE, make_server, start_peer_client, NULL },
  { "demo", WSP_ROLE_CLIENT, WSI_LANE_LIVE, make_demo, NULL, NULL },
  { "proxy", WSP_ROLE_CLIENT, WSI_LANE_LIVE, make_proxy, start_peer_client, NULL },
  { "file", WSP_ROLE_CLIENT, WSI_LANE_RECORDED, make_file, NULL, make_failing_file },
};

static void
scene_init (Scene      *scene,
            const Kind *kind,
            WsiPlace    place)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  *scene = (Scene) { .kind = kind, .place = place, .thread = g_thread_self () };
  scene->store = wsi_store_new_with_limits (&limits);
  scene->merger = wsi_merger_new (NULL);
}

static void
scene_make (Scene *scene,
            WsiSource *(*make)(Scene *, WsiRecorder *))
{
  const WsiLaneOptions options = { .kind = scene->kind->lane };
  g_autoptr (WsiRecorder) recorder =
    scene->place == WSI_PLACE_OWNER
    ? wsi_recorder_new (scene->store, scene->kind->role)
    : wsi_recorder_new_in_lane (scene->store, scene->kind->role, scene->merger, &options);

  scene->source = make (scene, recorder);
  g_signal_connect_swapped (scene->source, "changed", G_CALLBACK (on_changed), scene);
}

static void
scene_clear (Scene *scene)
{
  if (scene->source != NULL)
    wsi_source_close (scene->source);
  if (scene->client != NULL)
    wsi_source_close (WSI_SOURCE (scene->client));
  if (scene->server != NULL)
    wsi_source_close (WSI_SOURCE (scene->server));
  drop_file (scene);
  g_clear_object (&scene->source);
  g_clear_object (&scene->client);
  g_clear_object (&scene->server);
  g_clear_object (&scene->accepted);
  g_clear_object (&scene->silent);
  g_clear_object (&scene->held);
  g_clear_object (&scene->merger);
  g_clear_object (&scene->store);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
on_stopped (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  gboolean *is_stopped = data;

  wsi_source_stop_finish (WSI_SOURCE (source), result);
  *is_stopped = TRUE;
}

static void
stop (Scene *scene)
{
  gboolean is_stopped[2] = { FALSE, FALSE };

  for (guint i = 0; i < 2; i++)
    wsi_source_stop_async (scene->source, on_stopped, &is_stopped[i]);
  while (!is_stopped[0] || !is_stopped[1])
    g_main_context_iteration (NULL, TRUE);
  wsi_merger_flush (scene->merger);
}

/* Each state once, in order, and in the thread of the owner. */
static void
assert_states (const Scene *scene)
{
  g_assert_cmpuint (scene->n_states, >=, 3);
  g_assert_cmpuint (scene->states[0], ==, WSI_SOURCE_STARTING);
  g_assert_cmpuint (scene->states[1], ==, WSI_SOURCE_RUNNING);
  g_assert_cmpuint (scene->states[scene->n_states - 1], ==, WSI_SOURCE_ENDED);
  for (guint i = 1; i < scene->n_states; i++)
    g_assert_cmpuint (scene->states[i], >=, scene->states[i - 1]);
}

/* The rows of a conversation begin with its opening, end with its end, and are in the order of
 * time. */
static void
assert_rows (Scene *scene)
{
  const WsiRecord *last = NULL;
  g_autoptr (WsiConversation) conversation = wsi_store_dup_conversation (scene->store, 1);

  for (guint64 i = 0; i < wsi_store_get_end (scene->store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (scene->store, i);

      if (record->conversation != 1)
        continue;

      if (last == NULL)
        g_assert_cmpuint (record->event, ==, WSI_EVENT_OPENED);
      else
        g_assert_cmpint (record->time_us, >=, last->time_us);
      last = record;
    }
  g_assert_nonnull (last);
  g_assert_cmpuint (last->kind, ==, WSI_RECORD_KIND_EVENT);
  g_assert_cmpuint (last->event, ==, WSI_EVENT_ENDED);
  g_assert_cmpuint (wsi_conversation_get_status (conversation), ==, 101);
  g_assert_cmpint (wsi_conversation_get_ending (conversation), !=, WSI_ENDING_NONE);
}

static void
note_thread (GCancellable *cancellable,
             Scene        *scene)
{
  g_assert_null (scene->cancelled_in);
  scene->cancelled_in = g_thread_self ();
}

static void
run (Scene *scene)
{
  scene_make (scene, scene->kind->make);
  scene->cancelled_in = NULL;
  g_signal_connect (wsi_source_get_cancellable (scene->source), "cancelled",
                    G_CALLBACK (note_thread), scene);
  g_assert_cmpint (wsi_source_get_state (scene->source), ==, WSI_SOURCE_NEW);
  g_assert_nonnull (wsi_source_get_uri (scene->source));
  wsi_source_start (scene->source);
  wait_until (scene, has_run, 0);
  if (scene->kind->talk != NULL)
    scene->kind->talk (scene);
  wait_until (scene, has_frames, 2);
}

static void
test_run (Scene *scene)
{
  guint64 end;

  run (scene);
  stop (scene);
  g_assert_nonnull (scene->cancelled_in);
  if (scene->place == WSI_PLACE_OWNER)
    g_assert_true (scene->cancelled_in == scene->thread);
  else
    g_assert_true (scene->cancelled_in != scene->thread);
  assert_states (scene);
  assert_rows (scene);

  end = wsi_store_get_end (scene->store);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (wsi_store_get_end (scene->store), ==, end);
}

/* It is dropped without a word, whatever it does. */
static void
test_close_at_once (Scene *scene)
{
  guint n_states;

  for (guint when = 0; when < 4; when++)
    {
      if (when == 3)
        run (scene);
      else
        scene_make (scene, scene->kind->make);
      if (when == 1 || when == 2)
        wsi_source_start (scene->source);
      if (when == 2)
        wait_until (scene, has_run, 0);
      wsi_source_close (scene->source);
      n_states = scene->n_states;
      while (g_main_context_iteration (NULL, FALSE))
        continue;
      g_assert_cmpuint (scene->n_states, ==, n_states);
      scene->n_states = 0;
      if (scene->client != NULL)
        wsi_source_close (WSI_SOURCE (scene->client));
      g_clear_object (&scene->client);
      g_clear_object (&scene->source);
    }
}

static void
test_stop_before_start (Scene *scene)
{
  scene_make (scene, scene->kind->make);
  stop (scene);
  g_assert_cmpuint (wsi_store_get_end (scene->store), ==, 0);
  g_assert_cmpuint (scene->n_states, ==, 0);
}

/* Without waiting for the state in between. */
static void
test_stop_after_start (Scene *scene)
{
  scene_make (scene, scene->kind->make);
  wsi_source_start (scene->source);
  stop (scene);
  g_assert_true (is_in_state (scene, WSI_SOURCE_ENDED));
}

/* The user ends the connection, not the server. */
static void
test_stop_before_response (Scene *scene)
{
  g_autoptr (WsiConversation) conversation = NULL;

  scene_make (scene, make_unanswered_client);
  wsi_source_start (scene->source);
  wait_until (scene, has_request, 0);
  stop (scene);
  conversation = wsi_store_dup_conversation (scene->store, 1);
  g_assert_cmpint (wsi_conversation_get_ending (conversation), ==, WSI_ENDING_CUT);
}

static void
test_failure (Scene *scene)
{
  scene_make (scene, scene->kind->make_failing);
  wsi_source_start (scene->source);
  wait_until (scene, is_in_state, WSI_SOURCE_FAILED);
  g_assert_nonnull (wsi_source_get_sentence (scene->source));
  stop (scene);
  g_assert_true (is_in_state (scene, WSI_SOURCE_FAILED));
}

/* A recording that was read to its end holds nothing back that others observe. */
static void
test_end_by_itself (Scene *scene)
{
  const WsiLaneOptions live = { .kind = WSI_LANE_LIVE };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .source = "other" };
  g_autoptr (WsiRecorder) other =
    wsi_recorder_new_in_lane (scene->store, WSP_ROLE_CLIENT, scene->merger, &live);
  guint64 end;

  if (scene->kind->lane != WSI_LANE_RECORDED)
    return;

  scene_make (scene, scene->kind->make);
  wsi_source_start (scene->source);
  wait_until (scene, is_in_state, WSI_SOURCE_ENDED);
  wsi_merger_flush (scene->merger);
  end = wsi_store_get_end (scene->store);
  wsi_recorder_open (other, &opening, g_get_monotonic_time ());
  wsi_merger_flush (scene->merger);
  g_assert_cmpuint (wsi_store_get_end (scene->store), ==, end + 1);
  wsi_recorder_end (other);
}

static const struct
{
  const char *name;
  void (*function) (Scene *scene);
} claims[] = {
  { "runs-records-and-stops", test_run },
  { "may-be-closed-at-any-time", test_close_at_once },
  { "stops-before-it-has-started", test_stop_before_start },
  { "stops-while-it-starts", test_stop_after_start },
  { "a-stop-before-the-response-is-no-failure", test_stop_before_response },
  { "a-failure-has-its-reason", test_failure },
  { "others-go-on-after-its-end", test_end_by_itself },
};

#define N_PLACES 2

static void
test (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  guint kind = number / N_PLACES / G_N_ELEMENTS (claims);
  Scene scene;

  scene_init (&scene, &kinds[kind], number % N_PLACES);
  claims[number / N_PLACES % G_N_ELEMENTS (claims)].function (&scene);
  scene_clear (&scene);
}

int
main (int    argc,
      char **argv)
{
  static const char *const places[N_PLACES] = { "in-the-owners-thread", "in-its-own-thread" };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds) * G_N_ELEMENTS (claims) * N_PLACES; i++)
    {
      guint claim = i / N_PLACES % G_N_ELEMENTS (claims);
      const Kind *kind = &kinds[i / N_PLACES / G_N_ELEMENTS (claims)];
      g_autofree char *path = g_strdup_printf ("/inspector/sources/%s/%s/%s", kind->name,
                                               places[i % N_PLACES], claims[claim].name);

      if ((claims[claim].function != test_failure || kind->make_failing != NULL) &&
          (claims[claim].function != test_stop_before_response || kind->make == make_client))
        g_test_add_data_func (path, GUINT_TO_POINTER (i), test);
    }
  return g_test_run ();
}
