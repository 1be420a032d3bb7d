/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/log-watch.h"
#include "lib/rows.h"

#include <sys/socket.h>
#include <unistd.h>

#define PLAIN_REQUEST KNOCK_REQUEST ("")
#define MASKED_HELLO "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"

typedef struct
{
  WspServer  *server;
  guint16     port;
  guint       n_connections, n_failures, n_requests;
  Watched    *last;
  int         error;            /* error code of the last failure */
  gboolean    is_later;         /* TRUE if the request is decided after `request` */
  guint       reject_status;
} Fixture;

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  self->n_connections++;
  g_clear_pointer (&self->last, watched_free);
  self->last = watch (connection);
  self->last->echoes = TRUE;
  wsp_connection_start_receiving (connection);
}

static void
on_handshake_failed (WspServer      *server,
                     GSocketAddress *address,
                     WspHandshake   *handshake,
                     GError         *error,
                     Fixture        *self)
{
  self->n_failures++;
  self->error = error->code;
}

static gboolean
decide_later (gpointer data)
{
  g_autoptr (WspHandshake) handshake = data;

  g_assert_true (wsp_handshake_accept (handshake, "later", NULL, NULL));
  return G_SOURCE_REMOVE;
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Fixture      *self)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GBytes) body = g_bytes_new_static ("no", 2);

  self->n_requests++;
  g_assert_cmpstr (wsp_handshake_get_path (handshake), ==, "/chat");
  if (self->is_later)
    {
      wsp_handshake_defer (handshake);
      g_timeout_add (0, decide_later, g_object_ref (handshake));
      return TRUE;
    }
  if (self->reject_status == 0)
    return TRUE;

  wsp_headers_append (headers, "X-Why", "because", NULL);
  wsp_handshake_reject (handshake, self->reject_status, headers, body);
  return FALSE;
}

static Fixture *
fixture_new (const char * const *origins)
{
  Fixture *self = g_new (Fixture, 1);
  const char *protocols[] = { "chat", "later", NULL };
  g_autoptr (GError) error = NULL;

  *self = (Fixture) { 0 };
  self->server = g_object_new (WSP_TYPE_SERVER, "subprotocols", protocols,
                               "allowed-origins", origins, NULL);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_signal_connect (self->server, "handshake-failed", G_CALLBACK (on_handshake_failed), self);
  g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
  self->port = listen_on_free_port (self->server, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (self->port, >, 0);
  return self;
}

static void
fixture_free (Fixture *self)
{
  g_clear_pointer (&self->last, watched_free);
  g_clear_object (&self->server);
  run_pending ();
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static char *
ask (Fixture * self,
     const char *request,
     gsize       length,
     const char *end)
{
  int fd = knock_dial (self->port);

  g_assert_cmpint (send (fd, request, length, MSG_NOSIGNAL), ==, length);
  char *answer = knock_read (fd, end);

  close (fd);
  return answer;
}

static const struct
{
  const char *name, *request, *status, *header;         /* request and response; header: expected in
                                                         * the response */
  int         error;
} refusals[] = {
  { "WS-60-post", "POST /chat HTTP/1.1\r\n" KNOCK_HOST KNOCK_UPGRADE KNOCK_KEY KNOCK_VERSION "\r\n",
    "405",
    "\r\nAllow: GET\r\n",
    WSP_ERROR_INVALID_FORMAT },
  { "WS-61-http-1-0",
    "GET /chat HTTP/1.0\r\n" KNOCK_HOST KNOCK_UPGRADE KNOCK_KEY KNOCK_VERSION "\r\n", "505", NULL,
    WSP_ERROR_INVALID_FORMAT },
  { "WS-63-no-host", "GET /chat HTTP/1.1\r\n" KNOCK_UPGRADE KNOCK_KEY KNOCK_VERSION "\r\n", "400",
    NULL,
    WSP_ERROR_INVALID_FORMAT },
  { "WS-65-plain-get", "GET /chat HTTP/1.1\r\n" KNOCK_HOST "\r\n", "426",
    "\r\nUpgrade: websocket\r\n",
    WSP_ERROR_NOT_WEBSOCKET },
  { "WS-67-no-connection",
    "GET /chat HTTP/1.1\r\n" KNOCK_HOST "Upgrade: websocket\r\n" KNOCK_KEY KNOCK_VERSION "\r\n", "400", NULL,
    WSP_ERROR_INVALID_FORMAT },
  { "WS-68-no-key", "GET /chat HTTP/1.1\r\n" KNOCK_HOST KNOCK_UPGRADE KNOCK_VERSION "\r\n", "400",
    NULL,
    WSP_ERROR_INVALID_FORMAT },
  { "WS-69-version-8",
    "GET /chat HTTP/1.1\r\n" KNOCK_HOST KNOCK_UPGRADE KNOCK_KEY "Sec-WebSocket-Version: 8\r\n\r\n", "426",
    "\r\nSec-WebSocket-Version: 13\r\n", WSP_ERROR_VERSION_NOT_SUPPORTED },
  { "WS-72-WS-253-foreign-origin", KNOCK_REQUEST ("Origin: https://evil.example\r\n"), "403", NULL,
    WSP_ERROR_REJECTED },
  { "WS-72-null-origin", KNOCK_REQUEST ("Origin: null\r\n"), "403", NULL, WSP_ERROR_REJECTED },
  { "SEC-27-rebound-name",
    "GET /chat HTTP/1.1\r\nHost: rebound.example\r\n" KNOCK_UPGRADE KNOCK_KEY KNOCK_VERSION
    "Origin: http://rebound.example\r\n\r\n", "403", NULL, WSP_ERROR_REJECTED },
  { "SEC-27-rebound-name-in-the-target",
    "GET http://rebound.example/chat HTTP/1.1\r\n" KNOCK_HOST KNOCK_UPGRADE KNOCK_KEY
    KNOCK_VERSION "Origin: http://rebound.example\r\n\r\n", "403", NULL, WSP_ERROR_REJECTED },
  { "WS-72-origin-of-host-but-not-of-the-target",
    "GET http://app.localhost/chat HTTP/1.1\r\n" KNOCK_HOST KNOCK_UPGRADE
    KNOCK_KEY KNOCK_VERSION "Origin: http://localhost\r\n\r\n", "403", NULL, WSP_ERROR_REJECTED },
  { "WS-73-two-origins", KNOCK_REQUEST ("Origin: http://localhost\r\nOrigin: http://localhost\r\n"),
    "400", NULL,
    WSP_ERROR_INVALID_FORMAT },
  { "WS-78-body", KNOCK_REQUEST ("Content-Length: 5\r\n") "hello", "400", NULL,
    WSP_ERROR_INVALID_FORMAT },
  { "SEC-31-not-http", "\x16\x03\x01\x02\r\n\r\n", "400", NULL, WSP_ERROR_INVALID_FORMAT },
};

static void
test_refused (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *line = g_strdup_printf ("HTTP/1.1 %s ", refusals[i].status);
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autofree char *answer = ask (fixture, refusals[i].request, strlen (refusals[i].request), NULL);

  g_assert_true (g_str_has_prefix (answer, line));
  g_assert_nonnull (strstr (answer, "\r\nConnection: close"));
  g_assert_nonnull (strstr (answer, "\r\nContent-Length: "));
  if (refusals[i].header != NULL)
    g_assert_nonnull (strstr (answer, refusals[i].header));
  g_assert_null (strstr (answer, "evil"));
  g_assert_cmpuint (fixture->n_failures, ==, 1);
  g_assert_cmpuint (fixture->n_requests, ==, 0);
  g_assert_cmpint (fixture->error, ==, refusals[i].error);
  g_assert_cmpuint (fixture->n_connections, ==, 0);
}

/* WS-79, SEC-18: a head without an end is refused at the limit. */
static void
test_endless_head (void)
{
  g_autoptr (GString) request = g_string_new ("GET /chat HTTP/1.1\r\n");

  for (guint i = 0; i < 90; i++)
    g_string_append_printf (request, "X-%u: %0200u\r\n", i, i);
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_autofree char *answer = ask (fixture, request->str, request->len, NULL);

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 431 "));
}

static const struct
{
  const char *name, *request;
  const char *origin, *protocol;        /* origin that is allowed; subprotocol in the response */
} accepted[] = {
  { "WS-71-no-origin", KNOCK_REQUEST (""), NULL, NULL },
  { "SEC-26-same-host", KNOCK_REQUEST ("Origin: http://localhost:3000\r\n"), NULL, NULL },
  { "WS-72-listed-origin", KNOCK_REQUEST ("Origin: https://page.example\r\n"),
    "https://page.example",
    NULL },
  { "WS-72-any-origin", KNOCK_REQUEST ("Origin: https://page.example\r\n"), "*", NULL },
  { "SEC-27-no-origin-any-host",
    "GET /chat HTTP/1.1\r\nHost: proxy.example\r\n" KNOCK_UPGRADE KNOCK_KEY KNOCK_VERSION "\r\n", NULL,
    NULL },
  { "WS-90-first-of-the-clients", KNOCK_REQUEST ("Sec-WebSocket-Protocol: other, later, chat\r\n"),
    NULL,
    "later" },
  { "WS-89-no-common-protocol", KNOCK_REQUEST ("Sec-WebSocket-Protocol: other\r\n"), NULL, NULL },
  { "WS-62-SEC-26-host-of-the-target",
    "GET ws://app.localhost/chat HTTP/1.1\r\nHost: evil.example\r\n" KNOCK_UPGRADE KNOCK_KEY KNOCK_VERSION
    "Origin: http://app.localhost\r\n\r\n", NULL, NULL },
  { "WS-62-absolute-target",
    "GET http://localhost/chat HTTP/1.1\r\n" KNOCK_HOST KNOCK_UPGRADE KNOCK_KEY KNOCK_VERSION "\r\n", NULL, NULL },
};

static void
test_accepted (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const char *origins[] = { accepted[i].origin, NULL };
  g_autoptr (Fixture) fixture = fixture_new (accepted[i].origin != NULL ? origins : NULL);
  g_autofree char *answer = ask (fixture, accepted[i].request, strlen (accepted[i].request),
                                 "\r\n\r\n");
  g_autofree char *line = g_strdup_printf ("\r\nSec-WebSocket-Protocol: %s\r\n",
                                           accepted[i].protocol !=
                                           NULL ? accepted[i].protocol : "");

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 Switching Protocols\r\n"));
  g_assert_nonnull (strstr (answer, "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  g_assert_null (strstr (answer, "Content-Length"));
  if (accepted[i].protocol != NULL)
    g_assert_nonnull (strstr (answer, line));
  else
    g_assert_null (strstr (answer, "Sec-WebSocket-Protocol"));
  g_assert_cmpuint (fixture->n_connections, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (wsp_server_get_connections (fixture->server)), ==, 1);
  run_until_closed (fixture->last);
  g_assert_cmpuint (g_list_model_get_n_items (wsp_server_get_connections (fixture->server)), ==, 0);
}

/* Rows 81, SEC-29: the first frame follows in the segment of the request, with any cut. */
static void
test_pipelined (void)
{
  const char *request = KNOCK_REQUEST ("") MASKED_HELLO;
  gsize length = strlen (KNOCK_REQUEST ("")) + 11;

  for (gsize cut = 1; cut <= length; cut += 17)
    {
      int fd;

      g_autoptr (Fixture) fixture = fixture_new (NULL);
      fd = knock_dial (fixture->port);
      for (gsize at = 0; at < length; at += cut)
        {
          gsize part = MIN (cut, length - at);

          g_assert_cmpint (send (fd, request + at, part, MSG_NOSIGNAL), ==, part);
          run_pending ();
        }
      g_free (knock_read (fd, "\r\n\r\n"));
      g_autofree char *frame = wire_read (fd, 7);

      g_assert_cmpstr (frame, ==, "81 05 48 65 6c 6c 6f");
      close (fd);
    }
}

static void
test_rejected (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);

  fixture->reject_status = 401;
  g_autofree char *answer = ask (fixture, PLAIN_REQUEST, strlen (PLAIN_REQUEST), NULL);

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 401 Unauthorized\r\n"));
  g_assert_nonnull (strstr (answer, "\r\nX-Why: because\r\n"));
  g_assert_true (g_str_has_suffix (answer, "\r\nContent-Length: 2\r\n\r\nno"));
  g_assert_cmpint (fixture->error, ==, WSP_ERROR_REJECTED);
}

static void
test_decided_later (void)
{
  const char *request = KNOCK_REQUEST ("Sec-WebSocket-Protocol: later\r\n");

  g_autoptr (Fixture) fixture = fixture_new (NULL);
  fixture->is_later = TRUE;
  g_autofree char *answer = ask (fixture, request, strlen (request), "\r\n\r\n");

  g_assert_nonnull (strstr (answer, "\r\nSec-WebSocket-Protocol: later\r\n"));
}

static gboolean
take_forever (WspServer    *server,
              WspHandshake *handshake)
{
  wsp_handshake_defer (handshake);
  return TRUE;
}

static void
test_timeouts (void)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  wsp_limits_set_handshake_timeout (limits, 30);
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  wsp_server_set_limits (fixture->server, limits);

  g_autofree char *nothing = ask (fixture, "", 0, NULL);
  g_autofree char *slow = ask (fixture, "GET /chat HTTP/1.1\r\nHost", 24, NULL);

  g_assert_cmpstr (nothing, ==, "");
  g_assert_true (g_str_has_prefix (slow, "HTTP/1.1 408 "));
  g_signal_handlers_disconnect_by_func (fixture->server, on_request, fixture);
  g_signal_connect (fixture->server, "request", G_CALLBACK (take_forever), NULL);
  g_autofree char *undecided = ask (fixture, PLAIN_REQUEST, strlen (PLAIN_REQUEST), NULL);

  g_assert_true (g_str_has_prefix (undecided, "HTTP/1.1 503 "));
  g_assert_cmpuint (fixture->n_failures, ==, 3);
}

/* SEC-25: the oldest of too many pending handshakes is dropped, and a good client is accepted. */
static void
test_too_many_pending (void)
{
  int idle[4];

  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_object_set (fixture->server, "max-pending-handshakes", 2, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    idle[i] = knock_dial (fixture->port);

  g_autofree char *answer = ask (fixture, PLAIN_REQUEST, strlen (PLAIN_REQUEST), "\r\n\r\n");

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
  g_assert_true (wire_is_ended (idle[0]));
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    close (idle[i]);
}

/* At max-connections so many clients more are accepted. */
#define N_EXTRA 32

/* SEC-95: when those beyond max-connections are too many, accepting pauses until one of them has
 * ended, or the limit is raised. */
static void
test_max_connections (gconstpointer is_raised)
{
  int extra[N_EXTRA];

  g_autoptr (Fixture) fixture = fixture_new (NULL);
  wsp_server_set_max_connections (fixture->server, 1);
  int first = knock_dial (fixture->port);

  knock_send (first, PLAIN_REQUEST);
  run_until_count (&fixture->n_connections, 1);
  for (guint i = 0; i < N_EXTRA; i++)
    extra[i] = knock_dial (fixture->port);
  run_pending ();
  int second = knock_dial (fixture->port);

  knock_send (second, PLAIN_REQUEST);
  run_pending ();
  g_assert_cmpuint (fixture->n_connections, ==, 1);
  g_assert_cmpuint (fixture->n_failures, ==, 0);
  if (is_raised != NULL)
    wsp_server_set_max_connections (fixture->server, 2);
  else
    {
      close (first);
      run_until_closed (fixture->last);
    }
  run_until_count (&fixture->n_connections, 2);
  for (guint i = 0; i < N_EXTRA; i++)
    close (extra[i]);
  if (is_raised != NULL)
    {
      g_assert_cmpuint (g_list_model_get_n_items (wsp_server_get_connections (fixture->server)), ==,
                        2);
      close (first);
    }
  close (second);
}

/* SEC-30, row 202: the peer disconnects after any byte of its request; nothing but TCP ends. */
static void
test_gone_at_any_byte (void)
{
  const char *request = KNOCK_REQUEST ("");
  guint n_gone = 0;

  g_autoptr (Fixture) fixture = fixture_new (NULL);
  for (gsize length = 0; length < strlen (request); length += 3)
    {
      int fd = knock_dial (fixture->port);

      g_assert_cmpint (send (fd, request, length, MSG_NOSIGNAL), ==, length);
      close (fd);
      run_until_count (&fixture->n_failures, ++n_gone);
      g_assert_cmpint (fixture->error, ==, G_IO_ERROR_CONNECTION_CLOSED);
    }
  g_assert_cmpuint (fixture->n_connections, ==, 0);
}

static GString *caught;

static GLogWriterOutput
catch_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    {
      if (g_str_equal (fields[i].key, "MESSAGE"))
        g_string_append_printf (caught, "%s\n", (const char *) fields[i].value);
    }
  return G_LOG_WRITER_HANDLED;
}

static void
test_log (void)
{
  caught = g_string_new (NULL);
  log_watch (catch_log);
  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_free (ask (fixture, "GET /\x1b[2J HTTP/1.1\r\n\r\n", 23, NULL));
  g_assert_nonnull (strstr (caught->str, "Opening handshake refused: "));
  g_assert_nonnull (strstr (caught->str, "127.0.0.1:"));
  g_assert_null (strchr (caught->str, '\x1b'));
  g_clear_pointer (&fixture, fixture_free);
  g_string_free (caught, TRUE);
}

/* The log writer of a process can be set only once. */
static void
test_log_in_subprocess (void)
{
  g_setenv ("G_MESSAGES_DEBUG", "Wsp", TRUE);
  g_test_trap_subprocess ("/endpoint/server/log/subprocess", 0, 0);
  g_unsetenv ("G_MESSAGES_DEBUG");
  g_test_trap_assert_passed ();
}

static void
drop_server (Fixture *self)
{
  g_clear_object (&self->server);
}

/* SEC-32: a handler drops the server that called it. */
static void
test_dropped_in_handler (gconstpointer signal)
{
  int fd;

  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_signal_connect_swapped (fixture->server, signal, G_CALLBACK (drop_server), fixture);
  fixture->reject_status = g_str_equal (signal, "handshake-failed") ? 404 : 0;
  fd = knock_dial (fixture->port);
  g_assert_cmpint (send (fd, PLAIN_REQUEST, strlen (PLAIN_REQUEST), MSG_NOSIGNAL), >, 0);
  while (fixture->server != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&fixture, fixture_free);
  close (fd);
}

static void
test_ports (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspServer) other = wsp_server_new ();
  g_autoptr (GError) error = NULL;
  guint16 port = listen_on_free_port (server, "127.0.0.1");

  g_assert_null (wsp_server_listen_inet (other, "127.0.0.1", port, WSP_LISTEN_FLAGS_DEFAULT,
                                         &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/endpoint/server/refused", refusals, test_refused);
  ADD_ROWS ("/endpoint/server/accepted", accepted, test_accepted);
  g_test_add_func ("/endpoint/server/refused/WS-79-endless-head", test_endless_head);
  g_test_add_func ("/endpoint/server/accepted/WS-81-frame-after-the-request", test_pipelined);
  g_test_add_func ("/endpoint/server/request/WS-83-handler-rejects", test_rejected);
  g_test_add_func ("/endpoint/server/request/handler-decides-later", test_decided_later);
  g_test_add_func ("/endpoint/server/timeout/WS-80-WS-96-SEC-24-408-and-503", test_timeouts);
  g_test_add_func ("/endpoint/server/limits/SEC-25-oldest-handshake-goes", test_too_many_pending);
  g_test_add_data_func ("/endpoint/server/limits/SEC-95-max-connections", NULL,
                        test_max_connections);
  g_test_add_data_func ("/endpoint/server/limits/SEC-95-max-connections-raised", "raised",
                        test_max_connections);
  g_test_add_func ("/endpoint/server/listen/ports", test_ports);
  g_test_add_func ("/endpoint/server/life/SEC-30-WS-202-gone-at-any-byte",
                   test_gone_at_any_byte);
  g_test_add_func ("/endpoint/server/log/subprocess", test_log);
  g_test_add_func ("/endpoint/server/log/WS-165-WS-257-names-the-peer-and-is-escaped",
                   test_log_in_subprocess);
  g_test_add_data_func ("/endpoint/server/life/SEC-32-dropped-in-request", "request",
                        test_dropped_in_handler);
  g_test_add_data_func ("/endpoint/server/life/SEC-32-dropped-in-connection", "connection",
                        test_dropped_in_handler);
  g_test_add_data_func ("/endpoint/server/life/SEC-32-dropped-in-handshake-failed",
                        "handshake-failed", test_dropped_in_handler);

  return g_test_run ();
}
