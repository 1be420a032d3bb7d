/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The decision about a request: handlers, limits, and the log of refusals. */
#include "connection/fault-stream.h"
#include "connection/narrow-stream.h"
#include "connection/transports.h"
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "endpoint/served.h"

#include <gio/gunixsocketaddress.h>
#include <sys/socket.h>
#include <unistd.h>

static void
set_limit (Served     *self,
           const char *name,
           guint       value)
{
  g_object_set (self->server, name, value, NULL);
}

static gboolean
accept_request (WspServer    *server,
                WspHandshake *handshake,
                Served       *self)
{
  self->n_requests++;
  return wsp_handshake_accept (handshake, NULL, NULL, NULL);
}

static gboolean
hold_request (WspServer    *server,
              WspHandshake *handshake,
              Served       *self)
{
  self->n_requests++;
  g_set_object (&self->held, handshake);
  wsp_handshake_defer (handshake);
  return TRUE;
}

static void
test_decided_later (void)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (Served) served = served_listen ();

  wsp_headers_append (headers, "X-Decided", "later", NULL);
  g_signal_connect (served->server, "request", G_CALLBACK (hold_request), served);
  int fd = knock_dial (served->port);

  knock_send (fd, KNOCK_REQUEST ("Sec-WebSocket-Protocol: a, b\r\n"));
  run_until_count (&served->n_requests, 1);
  run_pending ();
  g_assert_cmpuint (served->n_connections, ==, 0);
  g_assert_true (wsp_handshake_accept (served->held, "b", headers, NULL));
  g_assert_cmpuint (served->n_connections, ==, 0);      /* nothing happens inside the call */
  g_autofree char *answer = knock_read (fd, "\r\n\r\n");

  g_assert_nonnull (strstr (answer, "\r\nX-Decided: later\r\n"));
  g_assert_nonnull (strstr (answer, "\r\nSec-WebSocket-Protocol: b\r\n"));
  g_assert_cmpuint (served->n_connections, ==, 1);
  close (fd);
}

static const struct
{
  guint       status;
  const char *name, *value, *body, *line;
} rejections[] = {
  { 401, "WWW-Authenticate", "Basic realm=\"x\"", "who?", "HTTP/1.1 401 Unauthorized\r\n" },
  { 403, "X-Why", "because", "", "HTTP/1.1 403 Forbidden\r\n" },
  { 404, "Content-Type", "text/html", "<p>", "HTTP/1.1 404 Not Found\r\n" },
  { 302, "Location", "wss://elsewhere.example/", "", "HTTP/1.1 302 Found\r\n" },
  { 503, "Retry-After", "5", "busy", "HTTP/1.1 503 Service Unavailable\r\n" },
  { 418, "Content-Length", "9999", "tea", "HTTP/1.1 418 " },
  { 403, "Connection", "keep-alive", "x", "HTTP/1.1 403 Forbidden\r\n" },
  { 403, "Transfer-Encoding", "chunked", "x", "HTTP/1.1 403 Forbidden\r\n" },
};

static gboolean
frames_the_answer (const char *name)
{
  return g_str_equal (name, "Content-Length") || g_str_equal (name, "Connection") ||
         g_str_equal (name, "Transfer-Encoding");
}

/* The program's headers and body are sent once; the library alone sets the headers for the
 * length of the body. */
static void
test_rejected (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *field = g_strdup_printf ("\r\n%s: %s\r\n", rejections[i].name,
                                            rejections[i].value);
  g_autofree char *end = g_strdup_printf ("\r\nContent-Length: %zu\r\n\r\n%s",
                                          strlen (rejections[i].body), rejections[i].body);
  g_autoptr (GBytes) body = g_bytes_new_static (rejections[i].body, strlen (rejections[i].body));
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (Served) served = served_listen ();

  wsp_headers_append (headers, rejections[i].name, rejections[i].value, NULL);
  g_signal_connect (served->server, "request", G_CALLBACK (hold_request), served);
  int fd = knock_dial (served->port);

  knock_send (fd, KNOCK_REQUEST (""));
  run_until_count (&served->n_requests, 1);
  wsp_handshake_reject (served->held, rejections[i].status, headers, body);
  g_autofree char *answer = knock_read (fd, NULL);

  g_assert_true (g_str_has_prefix (answer, rejections[i].line));
  g_assert_true (g_str_has_suffix (answer, end));
  g_assert_nonnull (strstr (answer, "\r\nConnection: close\r\n"));
  if (frames_the_answer (rejections[i].name))
    g_assert_null (strstr (answer, field));
  else
    g_assert_nonnull (strstr (answer, field));
  g_assert_error (served->error, WSP_ERROR, WSP_ERROR_REJECTED);
  close (fd);
}

/* The body of a refusal is sent whole. */
static void
test_rejected_with_a_page (void)
{
  gsize length = 1 << 20;
  g_autofree char *page = g_strnfill (length, 'x');
  g_autoptr (GBytes) body = g_bytes_new_static (page, length);
  g_autoptr (Served) served = served_listen ();

  g_signal_connect (served->server, "request", G_CALLBACK (hold_request), served);
  int fd = knock_dial (served->port);

  knock_send (fd, KNOCK_REQUEST (""));
  run_until_count (&served->n_requests, 1);
  wsp_handshake_reject (served->held, 403, NULL, body);
  g_autofree char *answer = knock_read (fd, NULL);

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 403 "));
  g_assert_cmpstr (strstr (answer, "\r\n\r\n") + 4, ==, page);
  close (fd);
}

/* A second decision, or one that is too late, fails and has no other effect. */
static void
test_decided_too_late (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Served) served = served_listen ();

  wsp_limits_set_handshake_timeout (wsp_server_get_limits (served->server), 20);
  g_signal_connect (served->server, "request", G_CALLBACK (hold_request), served);
  g_autofree char *answer = knock_ask (served->port, KNOCK_REQUEST (""), NULL);

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 503 "));
  g_assert_error (served->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (served->error->message, "limit handshake-timeout 20 ms"));
  g_assert_false (wsp_handshake_accept (served->held, NULL, NULL, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
  wsp_handshake_reject (served->held, 404, NULL, NULL);
  run_pending ();
  g_assert_cmpuint (served->n_failures, ==, 1);
}

/* An error of the transport with the code of a timeout: no limit was exceeded. */
static void
test_transport_timed_out (gconstpointer data)
{
  const char *request = KNOCK_REQUEST ("");
  const gboolean is_undecided = GPOINTER_TO_INT (data);
  const FaultPlan plan = {
    STREAM_POLLABLE, strlen (request), is_undecided ? 2 : 1, FAULT_TIMED_OUT
  };
  g_autoptr (FaultStream) stream = fault_stream_new (&plan, WSP_ROLE_CLIENT);
  GByteArray *outgoing = fault_stream_get_peer (stream)->outgoing;
  g_autoptr (Served) served = served_listen ();

  g_signal_connect (served->server, "request", G_CALLBACK (hold_request), served);
  g_byte_array_append (outgoing, (const guint8 *) request, strlen (request));
  g_byte_array_append (outgoing, (const guint8 *) "a", 1);
  wsp_server_accept_stream (served->server, G_IO_STREAM (stream), WSP_LISTEN_FLAGS_DEFAULT, NULL);
  run_until_count (&served->n_failures, 1);
  g_assert_cmpuint (served->n_requests, ==, is_undecided);
  g_assert_error (served->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpstr (served->error->message, ==, "timed out by the test");
}

/* A client that does not wait for the response: what it sends meanwhile is kept. */
static void
test_input_while_responding (void)
{
  static const guint8 text[] = { 0x81, 0x81, 0, 0, 0, 0, 'a' };
  const char *request = KNOCK_REQUEST ("");
  g_autoptr (NarrowStream) stream = narrow_stream_new (10);
  g_autoptr (Served) served = served_listen ();

  stream->is_shut = TRUE;
  g_byte_array_append (stream->unread, (const guint8 *) request, strlen (request));
  g_signal_connect (served->server, "request", G_CALLBACK (accept_request), served);
  wsp_server_accept_stream (served->server, G_IO_STREAM (stream), WSP_LISTEN_FLAGS_DEFAULT, NULL);
  run_until_count (&served->n_requests, 1);
  run_pending ();
  g_byte_array_append (stream->unread, text, sizeof text);
  run_pending ();
  g_assert_cmpuint (stream->unread->len, ==, sizeof text);
  g_assert_cmpuint (served->n_connections, ==, 0);

  stream->is_shut = FALSE;
  run_until_count (&served->n_connections, 1);
  g_assert_true (stream->written->len > 4 &&
                 memcmp (stream->written->data + stream->written->len - 4, "\r\n\r\n", 4) == 0);
  while (stream->unread->len > 0)
    g_main_context_iteration (NULL, TRUE);
}

/* WS-95: the peer disconnects while the request is undecided. */
static void
test_peer_gone (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Served) served = served_listen ();

  g_signal_connect (served->server, "request", G_CALLBACK (hold_request), served);
  int fd = knock_dial (served->port);

  knock_send (fd, KNOCK_REQUEST (""));
  run_until_count (&served->n_requests, 1);
  close (fd);
  run_until_count (&served->n_failures, 1);
  g_assert_error (served->error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_false (wsp_handshake_accept (served->held, NULL, NULL, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
  wsp_handshake_reject (served->held, 404, NULL, NULL);
  run_pending ();
  g_assert_cmpuint (served->n_connections, ==, 0);
  g_assert_cmpuint (served->n_failures, ==, 1);
}

/* The first input of the connection may arrive while the request is undecided; its size is
 * limited. */
static void
test_input_while_undecided (void)
{
  g_autoptr (Served) served = served_listen ();

  g_signal_connect (served->server, "request", G_CALLBACK (hold_request), served);
  int fd = knock_dial (served->port);

  knock_send (fd, KNOCK_REQUEST (""));
  run_until_count (&served->n_requests, 1);
  wire_write (fd, "89 81 00 00 00 00 61");
  run_pending ();
  g_assert_true (wsp_handshake_accept (served->held, NULL, NULL, NULL));
  g_free (knock_read (fd, "\r\n\r\n"));
  g_autofree char *pong = wire_read (fd, 3);

  g_assert_cmpstr (pong, ==, "8a 01 61");
  close (fd);
}

/* A connection counts for its peer's address from accept () to its end. */
static void
test_per_address (void)
{
  g_autoptr (Served) served = served_listen ();

  set_limit (served, "max-connections-per-address", 1);
  int first = knock_dial (served->port);

  knock_send (first, KNOCK_REQUEST (""));
  g_free (knock_read (first, "\r\n\r\n"));
  g_autofree char *refused = knock_ask (served->port, KNOCK_REQUEST (""), NULL);

  g_assert_true (g_str_has_prefix (refused, "HTTP/1.1 503 "));
  g_assert_error (served->error, WSP_ERROR, WSP_ERROR_REJECTED);
  g_assert_nonnull (strstr (served->error->message, "max-connections-per-address"));
  close (first);
  while (g_list_model_get_n_items (wsp_server_get_connections (served->server)) > 0)
    g_main_context_iteration (NULL, TRUE);
  run_pending ();
  g_autofree char *response = knock_ask (served->port, KNOCK_REQUEST (""), "\r\n\r\n");

  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 101 "));
}

static int
dial_by_ipv6 (guint16 port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);

  return knock_dial_address (address);
}

static gboolean
has_ipv6 (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();

  return wsp_server_listen_inet (server, "::1", 0, WSP_LISTEN_FLAGS_DEFAULT, NULL) != NULL;
}

static void
test_per_ipv6_address (void)
{
  if (!has_ipv6 ())
    {
      g_test_skip ("there is no IPv6");
      return;
    }

  g_autoptr (Served) served = served_listen ();
  set_limit (served, "max-connections-per-address", 1);
  int first = dial_by_ipv6 (served->port);
  int second = dial_by_ipv6 (served->port);

  knock_send (first, KNOCK_REQUEST (""));
  g_free (knock_read (first, "\r\n\r\n"));
  knock_send (second, KNOCK_REQUEST (""));
  g_autofree char *refused = knock_read (second, NULL);

  g_assert_true (g_str_has_prefix (refused, "HTTP/1.1 503 "));
  close (first);
  close (second);
}

/* A refused request still waits for its client to close.  When a newer one, refused too, takes its
 * place in max-pending-handshakes, it fails only once. */
static void
test_pushed_out_when_refused (void)
{
  g_autoptr (Served) served = served_listen ();

  set_limit (served, "max-pending-handshakes", 1);
  int refused = knock_dial (served->port);

  knock_send (refused, "GET / HTTP/1.1\r\n\r\n");
  run_until_count (&served->n_failures, 1);

  g_autofree char *response = knock_ask (served->port, KNOCK_REQUEST (""), "\r\n\r\n");

  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 101 "));
  g_assert_cmpuint (served->n_failures, ==, 1);

  int next = knock_dial (served->port);

  knock_send (next, "GET / HTTP/1.1\r\n\r\n");
  run_until_count (&served->n_failures, 2);
  run_pending ();
  g_assert_cmpuint (served->n_failures, ==, 2);
  close (next);
  close (refused);
}

typedef struct
{
  int      fd;                  /* socket of the client */
  gboolean has_response;
} Client;

static void
look_for_response (WspServer      *server,
                   GSocketAddress *address,
                   WspHandshake   *handshake,
                   GError         *error,
                   Client         *self)
{
  char byte;

  self->has_response = recv (self->fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 1;
}

/* No handler runs while a request is refused: the response is written before. */
static void
test_failed_after_response (void)
{
  int fds[2];
  Client refused;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fds[0], NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);

  g_autoptr (Served) served = served_listen ();
  refused = (Client) { .fd = fds[1] };
  g_signal_connect (served->server, "handshake-failed", G_CALLBACK (look_for_response), &refused);
  wsp_server_accept_stream (served->server, G_IO_STREAM (stream), WSP_LISTEN_FLAGS_DEFAULT, NULL);
  knock_send (refused.fd, "GET / HTTP/1.1\r\n\r\n");
  run_until_count (&served->n_failures, 1);
  g_assert_true (refused.has_response);
  close (refused.fd);
}

static int
offer_stream (WspServer *server)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fds[0], NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);

  knock_send (fds[1], KNOCK_REQUEST (""));
  wsp_server_accept_stream (server, G_IO_STREAM (stream), WSP_LISTEN_FLAGS_DEFAULT, NULL);
  return fds[1];
}

static void
look_for_responses (WspServer     *server,
                    WspConnection *connection,
                    Client        *clients)
{
  g_signal_handlers_disconnect_by_func (server, look_for_responses, clients);
  for (guint i = 0; i < 2; i++)
    look_for_response (server, NULL, NULL, NULL, &clients[i]);
}

/* No handler runs while a request is accepted: if two arrive together, both responses are
 * written before the first handler of `connection` runs. */
static void
test_connection_after_responses (void)
{
  Client clients[2] = { { .fd = -1 } };
  g_autoptr (Served) served = served_listen ();

  for (guint i = 0; i < 2; i++)
    clients[i].fd = offer_stream (served->server);
  g_signal_connect (served->server, "connection", G_CALLBACK (look_for_responses), clients);
  run_until_count (&served->n_connections, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (clients[i].has_response);
      close (clients[i].fd);
    }
}

/* 32 subprotocols may be offered. */
static void
test_number_of_subprotocols (void)
{
  g_autoptr (GString) request = g_string_new ("GET /chat HTTP/1.1\r\n" KNOCK_FIELDS
                                              "Sec-WebSocket-Protocol: p0");

  for (guint i = 1; i < 40; i++)
    g_string_append_printf (request, ", p%u", i);
  g_string_append (request, "\r\n\r\n");
  g_autoptr (Served) served = served_listen ();
  g_autofree char *refused = knock_ask (served->port, request->str, NULL);

  g_string_truncate (request, strstr (request->str, ", p32") - request->str);
  g_string_append (request, "\r\n\r\n");
  g_autofree char *accepted = knock_ask (served->port, request->str, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (refused, "HTTP/1.1 400 "));
  g_assert_true (g_str_has_prefix (accepted, "HTTP/1.1 101 "));
}

static void
test_server_header (void)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (Served) served = served_listen ();
  g_autofree char *without = knock_ask (served->port, KNOCK_REQUEST (""), "\r\n\r\n");

  g_object_set (served->server, "server-header", "toaster/1", NULL);
  g_autofree char *with = knock_ask (served->port, KNOCK_REQUEST (""), "\r\n\r\n");
  g_autofree char *refused = knock_ask (served->port, "GET / HTTP/1.1\r\n\r\n", NULL);

  g_assert_null (strstr (without, "Server:"));
  g_assert_nonnull (strstr (with, "\r\nServer: toaster/1\r\n"));
  g_assert_nonnull (strstr (refused, "\r\nServer: toaster/1\r\n"));
}

typedef struct
{
  Served    *served;
  const char *keep;             /* fate of the handshake: "dropped", "held" or "kept" */
  gboolean    has_handshake;
  WspConnection *connection;
} Keeping;

static void
look_for_handshake (WspServer     *server,
                    WspConnection *connection,
                    Keeping       *self)
{
  g_autoptr (WspHandshake) handshake = NULL;

  g_object_get (connection, "handshake", &handshake, NULL);
  g_assert_nonnull (handshake);
  g_assert_cmpstr (wsp_handshake_get_path (handshake), ==, "/chat");
  self->connection = g_object_ref (connection);
}

static void
test_keep_handshake (gconstpointer data)
{
  gboolean is_kept = GPOINTER_TO_UINT (data);
  g_autoptr (WspHandshake) handshake = NULL;
  Keeping keeping = { .keep = NULL };
  g_autoptr (Served) served = served_listen ();

  g_object_set (served->server, "persistent-handshakes", is_kept, NULL);
  g_signal_connect (served->server, "connection", G_CALLBACK (look_for_handshake), &keeping);
  g_autofree char *answer = knock_ask (served->port, KNOCK_REQUEST (""), "\r\n\r\n");

  g_assert_nonnull (keeping.connection);
  g_object_get (keeping.connection, "handshake", &handshake, NULL);
  g_assert_cmpint (handshake != NULL, ==, is_kept);
  g_object_unref (keeping.connection);
}

static gboolean
check_target (WspServer    *server,
              WspHandshake *handshake,
              Served       *self)
{
  g_autofree char *query = NULL;
  g_autoptr (GSocketAddress) address = NULL;

  g_object_get (handshake, "query", &query, "remote-address", &address, NULL);
  g_assert_cmpstr (wsp_handshake_get_path (handshake), ==, "/a/../../%2e%2e/etc%2fpasswd%00");
  g_assert_cmpstr (query, ==, "x=%2e&y=/..");
  g_assert_true (G_IS_INET_SOCKET_ADDRESS (address));
  self->n_requests++;
  return TRUE;
}

/* The server does not interpret a path: the program gets it as it was sent. */
static void
test_raw_target (void)
{
  g_autoptr (Served) served = served_listen ();

  g_signal_connect (served->server, "request", G_CALLBACK (check_target), served);
  g_free (knock_ask (served->port, KNOCK_GET ("/a/../../%2e%2e/etc%2fpasswd%00?x=%2e&y=/..", ""),
                     "\r\n\r\n"));
  g_assert_cmpuint (served->n_requests, ==, 1);
}

/* The handshake property of a connection has all data of the request, even if no handler has
 * read it before. */
static void
check_late_look (WspServer     *server,
                 WspConnection *connection,
                 Served        *self)
{
  g_autoptr (WspHandshake) handshake = NULL, again = NULL;
  g_autoptr (WspHeaders) request = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *origin = NULL, *subprotocol = NULL;
  g_auto (GStrv) offered = NULL;
  guint status;

  g_object_get (connection, "handshake", &handshake, NULL);
  g_object_get (connection, "handshake", &again, NULL);
  g_assert_true (again == handshake);
  g_object_get (handshake, "request-headers", &request, "origin", &origin, "offered-subprotocols",
                &offered, "response-status", &status, "subprotocol", &subprotocol,
                "remote-address", &address, NULL);
  g_assert_cmpuint (status, ==, 101);
  g_assert_cmpstr (subprotocol, ==, "b");
  g_assert_true (G_IS_INET_SOCKET_ADDRESS (address));
  g_assert_false (wsp_handshake_accept (handshake, NULL, NULL, NULL));
  g_assert_cmpstr (origin, ==, "http://localhost");
  g_assert_cmpstr (wsp_headers_get_one (request, "X-Own"), ==, "1");
  g_assert_cmpuint (g_strv_length (offered), ==, 2);
  g_assert_cmpstr (wsp_headers_get_one (wsp_handshake_get_response_headers (handshake),
                                        "Sec-WebSocket-Accept"), ==,
                   "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  self->n_requests++;
}

static void
test_late_look (void)
{
  const char *protocols[] = { "b", NULL };
  g_autoptr (Served) served = served_listen ();

  g_object_set (served->server, "subprotocols", protocols, NULL);
  g_signal_connect (served->server, "connection", G_CALLBACK (check_late_look), served);
  g_free (knock_ask (served->port,
                     KNOCK_REQUEST ("Origin: http://localhost\r\nX-Own: 1\r\n"
                                    "Sec-WebSocket-Protocol: a, b\r\n"), "\r\n\r\n"));
  g_assert_cmpuint (served->n_requests, ==, 1);
}

static void
check_address (WspServer     *server,
               WspConnection *connection,
               Served        *self)
{
  g_autoptr (WspHandshake) handshake = NULL;

  g_object_get (connection, "handshake", &handshake, NULL);
  g_assert_true (G_IS_UNIX_SOCKET_ADDRESS (wsp_handshake_get_remote_address (handshake)));
  self->n_requests++;
}

/* A stream has its address only as long as the handshake has the stream.  One that is no IP address
 * is not counted. */
static void
test_late_look_at_stream (void)
{
  const char *request = KNOCK_REQUEST ("");
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (Served) served = served_listen ();

  transport_pair (TRANSPORT_SOCKET, &client, &stream);
  set_limit (served, "max-connections-per-address", 1);
  g_signal_connect (served->server, "connection", G_CALLBACK (check_address), served);
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (client), request,
                                            strlen (request), NULL, NULL, NULL));
  wsp_server_accept_stream (served->server, stream, WSP_LISTEN_FLAGS_DEFAULT, NULL);
  run_until_count (&served->n_requests, 1);
}

static void
hold_connection (WspServer      *server,
                 WspConnection  *connection,
                 WspConnection **place)
{
  g_set_object (place, connection);
}

/* After the handlers of `connection`, a handshake that none of them has read is kept only if it
 * shall be. */
static void
test_kept (gconstpointer data)
{
  gboolean is_kept = GPOINTER_TO_INT (data);
  g_autoptr (WspConnection) connection = NULL;
  g_autoptr (Served) served = served_listen ();

  g_object_set (served->server, "persistent-handshakes", is_kept, NULL);
  g_signal_connect (served->server, "connection", G_CALLBACK (hold_connection), &connection);
  int fd = knock_dial (served->port);

  knock_send (fd, KNOCK_REQUEST (""));
  g_free (knock_read (fd, "\r\n\r\n"));
  run_until_count (&served->n_connections, 1);
  run_pending ();
  g_assert_true ((wsp_connection_get_handshake (connection) != NULL) == is_kept);
  close (fd);
}

/* The connection ends while a handler of its own `connection` signal still runs. */
static void
read_after_end (WspServer     *server,
                WspConnection *connection,
                Served        *self)
{
  g_autoptr (WspHandshake) handshake = NULL;

  wsp_connection_start_receiving (connection);
  wsp_connection_abort (connection);
  while (wsp_connection_get_state (connection) != WSP_CONNECTION_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);

  g_object_get (connection, "handshake", &handshake, NULL);
  g_assert_cmpstr (wsp_handshake_get_path (handshake), ==, "/chat");
  self->n_requests++;
}

static void
test_read_after_end (void)
{
  g_autoptr (Served) served = served_listen ();

  g_signal_connect (served->server, "connection", G_CALLBACK (read_after_end), served);
  g_free (knock_ask (served->port, KNOCK_REQUEST (""), "\r\n\r\n"));
  g_assert_cmpuint (served->n_requests, ==, 1);
}

static void
keep_connection (WspServer      *server,
                 WspConnection  *connection,
                 WspConnection **kept)
{
  g_set_object (kept, connection);
}

/* Nothing of the message is held when its length is checked. */
static void
test_too_long_before_start (void)
{
  const guint8 header[] = { 0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0 };
  g_autoptr (WspConnection) connection = NULL;
  g_autoptr (Served) served = served_listen ();

  g_signal_handlers_disconnect_by_data (served->server, served);
  g_signal_connect (served->server, "connection", G_CALLBACK (keep_connection), &connection);

  int fd = knock_dial (served->port);

  knock_send (fd, KNOCK_REQUEST (""));
  g_free (knock_read (fd, "\r\n\r\n"));
  g_assert_cmpint (write (fd, header, sizeof header), ==, sizeof header);
  run_pending ();
  g_assert_cmpint (wsp_connection_get_state (connection), ==, WSP_CONNECTION_STATE_OPEN);

  wsp_connection_start_receiving (connection);
  g_autofree char *close_frame = knock_read (fd, NULL);

  g_assert_true (g_str_has_prefix (close_frame + 2, "\x03\xf1"));
  close (fd);
  while (wsp_connection_get_state (connection) != WSP_CONNECTION_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&connection);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rejections); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/endpoint/server-requests/rejected/WS-83-%u-%s", rejections[i].status,
                         rejections[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_rejected);
    }
  g_test_add_func ("/endpoint/server-requests/decided/later", test_decided_later);
  g_test_add_func ("/endpoint/server-requests/rejected-with-a-page-of-a-mebibyte",
                   test_rejected_with_a_page);
  g_test_add_func ("/endpoint/server-requests/decided/WS-96-SEC-32-too-late",
                   test_decided_too_late);
  g_test_add_data_func ("/endpoint/server-requests/transport-timed-out/before-the-request",
                        GINT_TO_POINTER (FALSE), test_transport_timed_out);
  g_test_add_data_func ("/endpoint/server-requests/transport-timed-out/before-the-decision",
                        GINT_TO_POINTER (TRUE), test_transport_timed_out);
  g_test_add_func ("/endpoint/server-requests/decided/WS-95-peer-has-gone", test_peer_gone);
  g_test_add_func ("/endpoint/server-requests/decided/input-meanwhile", test_input_while_undecided);
  g_test_add_func ("/endpoint/server-requests/decided/input-while-the-response-waits",
                   test_input_while_responding);
  g_test_add_func ("/endpoint/server-requests/limit/max-connections-per-address", test_per_address);
  g_test_add_func ("/endpoint/server-requests/limit/max-connections-per-ipv6-address",
                   test_per_ipv6_address);
  g_test_add_func ("/endpoint/server-requests/limit/WS-79-number-of-subprotocols",
                   test_number_of_subprotocols);
  g_test_add_func ("/endpoint/server-requests/answer/server-header", test_server_header);
  g_test_add_func ("/endpoint/server-requests/request/SEC-16-target-as-it-was-sent",
                   test_raw_target);
  g_test_add_func ("/endpoint/server-requests/handshake/looked-at-late", test_late_look);
  g_test_add_func ("/endpoint/server-requests/handshake/of-a-stream-looked-at-late",
                   test_late_look_at_stream);
  g_test_add_data_func ("/endpoint/server-requests/handshake/not-kept", GINT_TO_POINTER (FALSE),
                        test_kept);
  g_test_add_data_func ("/endpoint/server-requests/handshake/kept-though-no-handler-has-read-it",
                        GINT_TO_POINTER (TRUE), test_kept);
  g_test_add_func ("/endpoint/server-requests/handshake/read-after-the-end",
                   test_read_after_end);
  g_test_add_func ("/endpoint/server-requests/limit/too-long-before-start",
                   test_too_long_before_start);
  g_test_add_func ("/endpoint/server-requests/failed/once-though-pushed-out",
                   test_pushed_out_when_refused);
  /* If a system call must be repeated, one of the responses may be late. */
  if (g_getenv ("FAULTY_CALLS_SEED") == NULL)
    {
      g_test_add_func ("/endpoint/server-requests/failed/after-the-response",
                       test_failed_after_response);
      g_test_add_func ("/endpoint/server-requests/connection/after-the-responses",
                       test_connection_after_responses);
    }
  g_test_add_data_func ("/endpoint/server-requests/handshake/dropped", GUINT_TO_POINTER (FALSE),
                        test_keep_handshake);
  g_test_add_data_func ("/endpoint/server-requests/handshake/kept", GUINT_TO_POINTER (TRUE),
                        test_keep_handshake);

  return g_test_run ();
}
