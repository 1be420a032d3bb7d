/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Taps of a client and of a server, and the dissector after them: both sides see the same
 * conversation. */
#include "connection/wire.h"
#include "endpoint/far/dialed.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/observer.h"
#include "lib/rows.h"

#include <libwsproto/observe/dissector/wsp-dissector.h>
#include <unistd.h>

#define SHORT 100               /* milliseconds */
#define MAX_HEAD 1000           /* bytes */

/* Opcodes and lengths, in the order in which they were observed. */
static char *
list_records (TestObserver *self,
              WspDirection  direction)
{
  GString *list = g_string_new (NULL);
  guint n;
  const WspFrameRecord *records = wsp_dissector_take_records (self->dissector, &n);

  for (guint i = 0; i < n; i++)
    {
      const WspFrameRecord *record = &records[i];

      g_assert_cmpuint (record->fault, ==, 0);
      if (record->direction == direction)
        g_string_append_printf (list, "%x:%" G_GUINT64_FORMAT " ", record->opcode,
                                record->payload_length);
    }

  return g_string_free (list, FALSE);
}

static void
check_handshake (TestObserver *self)
{
  g_autoptr (WspHeaders) request = wsp_dissector_dup_request_headers (self->dissector);
  g_autoptr (WspHeaders) response = wsp_dissector_dup_response_headers (self->dissector);

  g_assert_nonnull (wsp_headers_get_one (request, "Sec-WebSocket-Key"));
  g_assert_nonnull (wsp_headers_get_one (response, "Sec-WebSocket-Accept"));
}

/* All that one side has sent the other one has received. */
static void
check_bytes (TestObserver *from,
             TestObserver *to)
{
  GString *sent = ((TestConversation *) from->conversations->pdata[0])->bytes[WSP_DIRECTION_SENT];
  GString *received =
    ((TestConversation *) to->conversations->pdata[0])->bytes[WSP_DIRECTION_RECEIVED];

  g_assert_cmpuint (from->conversations->len, ==, 1);
  g_assert_cmpmem (sent->str, sent->len, received->str, received->len);
}

static void
test_conversation (void)
{
  g_autoptr (TestObserver) near = test_observer_new (WSP_ROLE_CLIENT);
  g_autoptr (TestObserver) far = test_observer_new (WSP_ROLE_SERVER);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (Watched) remote = NULL;
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/a",
                                          listen_on_free_port (server, NULL));

  wsp_client_add_tap (client, WSP_TAP (near));
  wsp_server_add_tap (server, WSP_TAP (far));
  g_signal_connect (server, "connection", G_CALLBACK (watch_echoing), &remote);
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  g_autoptr (WspConnection) connection = wsp_client_connect_finish (client, result, NULL);
  g_autoptr (Watched) local = watch (connection);

  g_object_set (limits, "fragment-size", (guint64) 3, NULL);
  wsp_connection_start_receiving (connection);
  wsp_connection_queue_text (connection, "Hello", NULL);
  wsp_connection_set_limits (connection, limits);
  wsp_connection_queue_text (connection, "in 3", NULL);
  run_until_count (&local->n_messages, 2);
  wsp_connection_close_async (connection, 1000, "bye", NULL, NULL, NULL);
  run_until_closed (local);
  run_until_closed (remote);

  g_autofree char *near_sent = list_records (near, WSP_DIRECTION_SENT);
  g_autofree char *far_received = list_records (far, WSP_DIRECTION_RECEIVED);

  check_handshake (near);
  check_handshake (far);
  g_assert_true (near->source == G_OBJECT (connection));
  g_assert_true (far->source == G_OBJECT (remote->connection));
  g_assert_cmpstr (near_sent, ==, "1:5 1:3 0:1 8:5 ");
  g_assert_cmpstr (near_sent, ==, far_received);

  g_assert_cmpuint (near->n_states, >=, 2);

  check_bytes (near, far);
  check_bytes (far, near);

  /* Each head is one piece, the same on both sides. */
  g_assert_true (g_str_has_suffix (near->first[WSP_DIRECTION_SENT]->str, "\r\n\r\n"));
  g_assert_cmpstr (near->first[WSP_DIRECTION_SENT]->str, ==,
                   far->first[WSP_DIRECTION_RECEIVED]->str);
  g_assert_cmpstr (near->first[WSP_DIRECTION_RECEIVED]->str, ==,
                   far->first[WSP_DIRECTION_SENT]->str);
}

static void
test_refusal (void)
{
  g_autoptr (TestObserver) near = test_observer_new (WSP_ROLE_CLIENT);
  g_autoptr (TestObserver) far = test_observer_new (WSP_ROLE_SERVER);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspClient) client = g_object_new (WSP_TYPE_CLIENT, "origin", "https://other.example",
                                               NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/a",
                                          listen_on_free_port (server, NULL));

  wsp_client_add_tap (client, WSP_TAP (near));
  wsp_server_add_tap (server, WSP_TAP (far));
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  g_assert_null (wsp_client_connect_finish (client, result, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_HANDSHAKE);
  g_assert_true (WSP_IS_HANDSHAKE (near->source));
  g_assert_true (WSP_IS_HANDSHAKE (far->source));
  g_assert_true (g_str_has_prefix (near->first[WSP_DIRECTION_RECEIVED]->str, "HTTP/1.1 403 "));
}

static void
test_removed (void)
{
  WspConnection *connections[2];
  g_autoptr (TestObserver) observer = test_observer_new (WSP_ROLE_CLIENT);

  wire_pair (&connections[0], &connections[1]);
  wsp_connection_add_tap (connections[0], WSP_TAP (observer));
  wsp_connection_remove_tap (connections[0], WSP_TAP (observer));
  wsp_connection_queue_text (connections[0], "unheard", NULL);
  g_assert_null (observer->first[WSP_DIRECTION_SENT]);
  g_object_unref (connections[0]);
  g_object_unref (connections[1]);
}

typedef struct
{
  WspServer    *server;
  TestObserver *observer;
  guint16       port;
  guint         n_failures;
} Listener;

static void
listener_init (Listener        *self,
               GTlsCertificate *certificate)
{
  self->server = wsp_server_new ();
  self->observer = test_observer_new (WSP_ROLE_SERVER);
  wsp_limits_set_handshake_timeout (wsp_server_get_limits (self->server), SHORT);
  wsp_limits_set_max_head_size (wsp_server_get_limits (self->server), MAX_HEAD);
  g_object_set (self->server, "max-pending-handshakes", 1,
                "tls-certificate", certificate, NULL);
  g_signal_connect_swapped (self->server, "handshake-failed", G_CALLBACK (g_atomic_int_inc),
                            &self->n_failures);
  wsp_server_add_tap (self->server, WSP_TAP (self->observer));
  self->port = listen_on_free_port (self->server, NULL);
}

static void
listener_clear (Listener *self)
{
  g_clear_object (&self->server);
  g_clear_object (&self->observer);
  run_pending ();
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Listener, listener_clear)

/* The properties that a tap of either side can read from the source of a failed handshake. */
static void
check_source (GObject *source)
{
  g_autoptr (WspHeaders) request = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  guint status;

  g_assert_true (WSP_IS_HANDSHAKE (source));
  g_object_get (source, "request-headers", &request, "remote-address", &address,
                "response-status", &status, NULL);
  wsp_handshake_get_path (WSP_HANDSHAKE (source));
  g_assert_true (G_IS_INET_SOCKET_ADDRESS (address));
}

typedef enum
{
  CLIENT_READS,
  CLIENT_HANGS_UP,
  CLIENT_IS_PUSHED_OUT,         /* the handshake ends for a newer one, which has sent as much */
} ClientEnd;

#define LONG_FIELD "X-Long: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"
#define LONG_FIELDS LONG_FIELD LONG_FIELD LONG_FIELD LONG_FIELD
#define LONG_HEAD LONG_FIELDS LONG_FIELDS LONG_FIELDS LONG_FIELDS

static const struct
{
  const char *name, *request;
  const char *status;           /* status of the response; "" = no response */
  ClientEnd   end;
} refused[] = {
  { "malformed", "GET\r\n\r\n", "HTTP/1.1 400 ", CLIENT_READS },
  { "another-version-of-http", "GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 505 ", CLIENT_READS },
  { "not-for-a-websocket", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 426 ",
    CLIENT_READS },
  { "too-long", "GET / HTTP/1.1\r\n" LONG_HEAD "\r\n", "HTTP/1.1 431 ", CLIENT_READS },
  { "frames-after-a-malformed-head", "GET\r\n\r\nframes", "HTTP/1.1 400 ", CLIENT_READS },
  { "frames-after-a-head-without-key", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\nframes",
    "HTTP/1.1 426 ",
    CLIENT_READS },
  { "frames-after-a-foreign-origin", KNOCK_REQUEST ("Origin: http://evil.example\r\n") "frames",
    "HTTP/1.1 403 ",
    CLIENT_READS },
  { "never-completed", "GET / HTTP/1.1\r\nHos", "HTTP/1.1 408 ", CLIENT_READS },
  { "silent", "", "", CLIENT_READS },
  { "hung-up", "GET / HTTP/1.1\r\nHos", "", CLIENT_HANGS_UP },
  { "too-many-pending", "GET / HTTP/1.1\r\nHos", "HTTP/1.1 503 ", CLIENT_IS_PUSHED_OUT },
  { "too-many-silent", "", "", CLIENT_IS_PUSHED_OUT },
};

static char *
be_refused (Listener   *listener,
            const char *request,
            ClientEnd   end)
{
  const guint n_expected = listener->observer->conversations->len + 1;
  int fd = knock_dial (listener->port), next = -1;
  char *answer;

  listener->n_failures = 0;
  knock_send (fd, request);
  run_pending ();
  if (end == CLIENT_IS_PUSHED_OUT)
    {
      next = knock_dial (listener->port);
      knock_send (next, request);
    }
  answer = end != CLIENT_HANGS_UP ? knock_read (fd, NULL) : g_strdup ("");
  close (fd);
  run_until_count (&listener->n_failures, 1);
  if (next >= 0)
    {
      close (next);
      run_until_count (&listener->n_failures, 2);
      g_ptr_array_set_size (listener->observer->conversations, n_expected);
    }
  return answer;
}

static void
test_refused_request (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Listener) listener = { 0 };

  listener_init (&listener, NULL);
  for (guint n = 0; n < 2; n++)
    {
      g_autofree char *answer = be_refused (&listener, refused[i].request, refused[i].end);
      TestConversation *observed;

      g_assert_cmpuint (listener.observer->conversations->len, ==, n + 1);
      observed = listener.observer->conversations->pdata[n];
      check_source (observed->source);
      g_assert_false (wsp_handshake_accept (WSP_HANDSHAKE (observed->source), NULL, NULL, NULL));
      g_assert_cmpstr (observed->bytes[WSP_DIRECTION_RECEIVED]->str, ==, refused[i].request);
      g_assert_cmpstr (observed->bytes[WSP_DIRECTION_SENT]->str, ==, answer);
      g_assert_cmpuint (observed->n_states, ==, 1);
      g_assert_true (g_str_has_prefix (answer, refused[i].status));
      g_assert_true (refused[i].status[0] != '\0' || answer[0] == '\0');
    }
}

/* Without a response, and without a byte that could be shown. */
static void
test_refused_tls (void)
{
  g_auto (Listener) listener = { 0 };

  listener_init (&listener, authority_get_certificate (CERTIFICATE_GOOD));
  for (guint n = 0; n < 2; n++)
    {
      g_autofree char *answer = be_refused (&listener, "GET / HTTP/1.1\r\n\r\n", CLIENT_READS);
      TestConversation *observed;

      g_assert_cmpuint (listener.observer->conversations->len, ==, n + 1);
      observed = listener.observer->conversations->pdata[n];
      check_source (observed->source);
      g_assert_cmpuint (observed->bytes[WSP_DIRECTION_RECEIVED]->len, ==, 0);
      g_assert_cmpuint (observed->bytes[WSP_DIRECTION_SENT]->len, ==, 0);
    }
}

#define WRONG_ACCEPT "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"
#define INTERIM "HTTP/1.1 100 Continue\r\n\r\n"

static void
answer_and_wait (FarPeer *peer,
                 gpointer answer)
{
  g_autofree char *head = far_read_head (peer);

  if (head != NULL && far_write (peer, answer))
    far_wait_for_end (peer);
}

static const struct
{
  const char *name, *answer;
  FarFunc     serve;
} answered[] = {
  { "malformed", "HTTP/1.1 abc\r\n\r\n", far_serve },
  { "another-version-of-http", "HTTP/1.0 101 Switching Protocols\r\n\r\n", far_serve },
  { "not-http", "SSH-2.0-OpenSSH_9.2\r\n", far_serve },
  { "too-long", "HTTP/1.1 101 Switching Protocols\r\n" LONG_HEAD "\r\n", far_serve },
  { "cut-off", "HTTP/1.1 101 Switch", far_serve },
  { "missing", "", far_serve },
  { "never-completed", "HTTP/1.1 101 Switch", answer_and_wait },
  { "malformed-after-an-interim-one", INTERIM "HTTP/9", far_serve },
  { "cut-off-after-an-interim-one", INTERIM "HTTP/1.1 101", far_serve },
  { "one-interim-too-many", INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM "HTTP/1.1 101",
    far_serve },
  { "frames-after-a-wrong-accept", WRONG_ACCEPT "frames", far_serve },
  { "body-of-a-refusal", "HTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\nbody", far_serve },
};

static void
test_refused_answer (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (TestObserver) observer = test_observer_new (WSP_ROLE_CLIENT);
  g_autoptr (Far) server = far_new (answered[i].serve, (gpointer) answered[i].answer);
  g_autoptr (WspClient) client = dial_client (NULL);

  wsp_client_add_tap (client, WSP_TAP (observer));
  wsp_limits_set_max_head_size (wsp_client_get_limits (client), MAX_HEAD);
  if (answered[i].serve == answer_and_wait)
    wsp_client_set_connect_timeout (client, 10 * SHORT);
  for (guint n = 0; n < 2; n++)
    {
      g_auto (Dialed) dialed = { 0 };
      TestConversation *observed;

      dial (&dialed, client, "ws://127.0.0.1:PORT/", far_get_port (server));
      g_assert_null (dialed.connection);
      g_assert_cmpuint (observer->conversations->len, ==, n + 1);
      observed = observer->conversations->pdata[n];
      check_source (observed->source);
      g_assert_true (g_str_has_prefix (observed->bytes[WSP_DIRECTION_SENT]->str,
                                       "GET / HTTP/1.1\r\n"));
      g_assert_cmpstr (observed->bytes[WSP_DIRECTION_RECEIVED]->str, ==, answered[i].answer);
      g_assert_cmpuint (observed->n_states, ==, 1);
    }
}

/* A redirect is reported with its body, from its own source. */
static void
test_redirect (void)
{
  g_autoptr (TestObserver) observer = test_observer_new (WSP_ROLE_CLIENT);
  g_autoptr (Far) second = far_new (far_serve, (gpointer) "HTTP/1.0 200 OK\r\n\r\n");
  g_autofree char *place = far_make_uri ("ws://127.0.0.1:PORT/", second);
  g_autofree char *answer =
    g_strdup_printf ("HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 4\r\n\r\nbody", place);
  g_autoptr (Far) first = far_new (far_serve, answer);
  g_autoptr (WspClient) client = dial_client (NULL);
  g_auto (Dialed) dialed = { 0 };
  TestConversation *observed[2];

  wsp_client_add_tap (client, WSP_TAP (observer));
  g_object_set (client, "max-redirects", 1, NULL);
  dial (&dialed, client, "ws://127.0.0.1:PORT/", far_get_port (first));
  g_assert_null (dialed.connection);
  g_assert_cmpuint (observer->conversations->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    observed[i] = observer->conversations->pdata[i];
  g_assert_cmpstr (observed[0]->bytes[WSP_DIRECTION_RECEIVED]->str, ==, answer);
  g_assert_cmpstr (observed[1]->bytes[WSP_DIRECTION_RECEIVED]->str, ==, "HTTP/1.0 200 OK\r\n\r\n");
}

static const struct
{
  const char *name, *answer;
} proxied[] = {
  { "refused", "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n" },
  { "malformed", "HTTP/9\r\n\r\n" },
  { "cut-off", "HTTP/1.1 200" },
};

/* The conversation with a proxy is not the server's, and may contain credentials. */
static void
test_proxy (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (TestObserver) observer = test_observer_new (WSP_ROLE_CLIENT);
  g_autoptr (Far) proxy = far_new (far_serve, (gpointer) proxied[i].answer);
  g_autofree char *proxy_uri = far_make_uri ("http://user:secret@127.0.0.1:PORT", proxy);
  g_autoptr (WspClient) client = dial_client (proxy_uri);

  wsp_client_add_tap (client, WSP_TAP (observer));
  for (guint n = 0; n < 2; n++)
    {
      g_auto (Dialed) dialed = { 0 };
      TestConversation *observed;

      dial (&dialed, client, "ws://inside.example/", 0);
      g_assert_null (dialed.connection);
      g_assert_cmpuint (observer->conversations->len, ==, n + 1);
      observed = observer->conversations->pdata[n];
      g_assert_true (observed->source == G_OBJECT (dialed.handshake));
      g_assert_cmpuint (observed->bytes[WSP_DIRECTION_SENT]->len, ==, 0);
      g_assert_cmpuint (observed->bytes[WSP_DIRECTION_RECEIVED]->len, ==, 0);
      g_assert_cmpuint (observed->n_states, ==, 1);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/endpoint/observed/tap/WS-132-both-sides-see-the-same-frames",
                   test_conversation);
  g_test_add_func ("/endpoint/observed/tap/refusal-has-the-handshake-as-source", test_refusal);
  g_test_add_func ("/endpoint/observed/tap/removed-observes-nothing", test_removed);
  ADD_ROWS ("/endpoint/observed/refused-request/own-source", refused, test_refused_request);
  g_test_add_func ("/endpoint/observed/refused-request/own-source/no-tls", test_refused_tls);
  ADD_ROWS ("/endpoint/observed/refused-answer/unchanged", answered, test_refused_answer);
  g_test_add_func ("/endpoint/observed/redirect/body-belongs-to-its-place", test_redirect);
  ADD_ROWS ("/endpoint/observed/proxy/its-response-is-not-reported", proxied, test_proxy);

  return g_test_run ();
}
