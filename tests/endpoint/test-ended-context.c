/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Clients and servers whose main context ends.  A main context is freed while a client or a server
 * works in it: no callback of the program is called any more, nothing keeps the object, and its
 * peers see the end. */
#include "connection/wire.h"
#include "lib/ended-context.h"
#include "lib/rows.h"

#define PATH "/endpoint/ended-context/"
#define REQUEST "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n" \
  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
#define RESPONSE "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"

typedef struct
{
  GMainContext *context;
  GObject      *object;         /* the client or server of the context */
  GSocket      *peer;           /* socket of the connection's peer */
  WspHandshake *handshake;      /* handshake that was deferred */
  gboolean      has_ended;      /* TRUE from the end of the object's context on */
} Scene;

typedef void (*ActFunc) (Scene *self);

static void
call_early (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_assert_false (((Scene *) data)->has_ended);
}

static gboolean
is_deferred (WspServer    *server,
             WspHandshake *handshake,
             Scene        *self)
{
  g_assert_false (self->has_ended);
  wsp_handshake_defer (handshake);
  g_set_object (&self->handshake, handshake);
  return TRUE;
}

static void
iterate (Scene *self)
{
  while (g_main_context_iteration (self->context, FALSE))
    continue;
}

static GSocket *
make_socket (void)
{
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, NULL);

  g_assert_nonnull (socket);
  return socket;
}

static char *
listen_for (GSocket *listener)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);

  g_assert_true (g_socket_bind (listener, any, FALSE, NULL));
  g_assert_true (g_socket_listen (listener, NULL));

  g_autoptr (GSocketAddress) address = g_socket_get_local_address (listener, NULL);

  return g_strdup_printf ("ws://127.0.0.1:%u/",
                          g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
}

static GSocket *
connect_to_listener (Scene *self)
{
  GSocket *listener = make_socket ();
  g_autofree char *uri = listen_for (listener);
  WspClient *client = wsp_client_new ();

  self->object = G_OBJECT (client);
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, call_early, self);
  return listener;
}

static void
begin_connect (Scene *self)
{
  g_object_unref (connect_to_listener (self));
}

static void
iterate_until_readable (Scene   *self,
                        GSocket *socket)
{
  while (!(g_socket_condition_check (socket, G_IO_IN) & G_IO_IN))
    g_main_context_iteration (self->context, FALSE);
}

static void
request (Scene *self)
{
  g_autoptr (GSocket) listener = connect_to_listener (self);

  iterate_until_readable (self, listener);
  self->peer = g_socket_accept (listener, NULL, NULL);
  g_assert_nonnull (self->peer);
  iterate_until_readable (self, self->peer);
}

static void
take_half_of_a_response (Scene *self)
{
  request (self);
  g_assert_cmpint (g_socket_send (self->peer, RESPONSE, strlen (RESPONSE), NULL, NULL), >, 0);
  iterate (self);
}

static void
serve (Scene *self)
{
  WspServer *server = wsp_server_new ();
  g_autoptr (GError) error = NULL;
  WspListener *listener =
    wsp_server_listen_inet (server, "127.0.0.1", 0, WSP_LISTEN_FLAGS_DEFAULT, &error);

  g_assert_no_error (error);
  self->object = G_OBJECT (server);
  g_signal_connect (server, "request", G_CALLBACK (is_deferred), self);

  g_autoptr (GSocketAddress) address =
    g_inet_socket_address_new_from_string ("127.0.0.1", wsp_listener_get_port (listener));

  self->peer = make_socket ();
  g_assert_true (g_socket_connect (self->peer, address, NULL, NULL));
  iterate (self);
}

static void
send_to_server (Scene      *self,
                const char *bytes)
{
  g_assert_cmpint (g_socket_send (self->peer, bytes, strlen (bytes), NULL, NULL), >, 0);
}

static void
serve_half_of_a_request (Scene *self)
{
  serve (self);
  send_to_server (self, "GET / HT");
  iterate (self);
}

static void
serve_a_deferred_request (Scene *self)
{
  serve (self);
  send_to_server (self, REQUEST);
  while (self->handshake == NULL)
    g_main_context_iteration (self->context, FALSE);
}

static void
take_connection (WspServer     *server,
                 WspConnection *connection,
                 Scene         *self)
{
  g_assert_false (self->has_ended);
}

static void
note_failure (WspServer      *server,
              GSocketAddress *address,
              WspHandshake   *handshake,
              GError         *error,
              Scene          *self)
{
  g_assert_false (self->has_ended);
}

static void
note_change (GObject    *object,
             GParamSpec *property,
             Scene      *self)
{
  g_assert_false (self->has_ended);
}

static void
watch_server (Scene *self)
{
  g_signal_connect (self->object, "connection", G_CALLBACK (take_connection), self);
  g_signal_connect (self->object, "handshake-failed", G_CALLBACK (note_failure), self);
  g_signal_connect (self->object, "notify", G_CALLBACK (note_change), self);
}

static void
accept_late (Scene *self)
{
  serve_a_deferred_request (self);
  watch_server (self);
  wsp_handshake_accept (self->handshake, NULL, NULL, NULL);
}

static void
reject_late (Scene *self)
{
  serve_a_deferred_request (self);
  watch_server (self);
  wsp_handshake_reject (self->handshake, 403, NULL, NULL);
}

static void
take_stream (Scene *self)
{
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GSocket) socket = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  self->peer = g_socket_new_from_fd (fds[0], NULL);
  socket = g_socket_new_from_fd (fds[1], NULL);
  stream = g_socket_connection_factory_create_connection (socket);
  self->object = G_OBJECT (wsp_server_new ());
  watch_server (self);
  g_assert_true (wsp_server_accept_stream (WSP_SERVER (self->object), G_IO_STREAM (stream),
                                           WSP_LISTEN_FLAGS_DEFAULT, NULL));
}

static void
serve_a_connection (Scene *self)
{
  serve (self);
  g_signal_handlers_disconnect_by_data (self->object, self);
  send_to_server (self, REQUEST);
  iterate_until_readable (self, self->peer);
}

static void
shut_down (Scene *self)
{
  serve_a_connection (self);
  watch_server (self);
  wsp_server_shutdown_async (WSP_SERVER (self->object), 1001, NULL, 1000, NULL, call_early, self);
}

static const struct
{
  const char *name;
  ActFunc     act;
} acts[] = {
  { "connect-has-begun", begin_connect },
  { "request-was-sent", request },
  { "half-of-a-response", take_half_of_a_response },
  { "server-without-a-request", serve },
  { "half-of-a-request", serve_half_of_a_request },
  { "request-is-deferred", serve_a_deferred_request },
  { "request-was-accepted", accept_late },
  { "request-was-rejected", reject_late },
  { "stream-was-given", take_stream },
  { "server-has-a-connection", serve_a_connection },
  { "server-shuts-down", shut_down },
};

/* A server that is dropped reports what it drops, but not while its context ends. */
static void
end (Scene *self,
     Order  order)
{
  if (order == REFERENCE_FIRST)
    g_object_unref (self->object);
  self->has_ended = TRUE;
  g_main_context_unref (self->context);
  self->has_ended = FALSE;
  if (order == CONTEXT_FIRST)
    g_object_unref (self->object);
}

static void
test_end (gconstpointer data)
{
  const guint row = GPOINTER_TO_UINT (data) / N_ORDERS;
  const Order order = GPOINTER_TO_UINT (data) % N_ORDERS;
  Scene self = { .context = g_main_context_new () };
  gboolean is_gone = FALSE;

  g_main_context_push_thread_default (self.context);
  acts[row].act (&self);
  g_clear_object (&self.handshake);
  g_object_weak_ref (self.object, on_gone, &is_gone);
  g_main_context_pop_thread_default (self.context);
  end (&self, order);
  g_assert_true (is_gone);
  g_assert_true (self.peer == NULL || has_ended (g_socket_get_fd (self.peer)));
  g_clear_object (&self.peer);
}

static gboolean
accept_early (WspServer    *server,
              WspHandshake *handshake,
              Scene        *self)
{
  g_assert_false (self->has_ended);
  return TRUE;
}

#define FRAMES "\x81\x82\0\0\0\0hi\x81\x82\0\0\0\0ho"
#define BYTES(text) text, sizeof text - 1

/* Requests to a server whose context ends after each number of iterations. */
static const struct
{
  const char *name, *bytes;
  gsize       length;
} requests[] = {
  { "good", BYTES (REQUEST) },
  { "bad", BYTES ("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n") },
  { "malformed", BYTES ("GET\r\n\r\n") },
  { "with-frames", BYTES (REQUEST FRAMES) },
};

#define N_ITERATIONS 12

static void
end_server_after (guint row,
                  guint n_iterations)
{
  Scene self = { .context = g_main_context_new () };
  gboolean is_gone = FALSE;

  g_main_context_push_thread_default (self.context);
  serve (&self);
  g_signal_handlers_disconnect_by_data (self.object, &self);
  g_signal_connect (self.object, "request", G_CALLBACK (accept_early), &self);
  watch_server (&self);
  g_assert_cmpint (g_socket_send (self.peer, requests[row].bytes, requests[row].length, NULL, NULL),
                   >, 0);
  for (guint i = 0; i < n_iterations; i++)
    g_main_context_iteration (self.context, FALSE);
  g_object_weak_ref (self.object, on_gone, &is_gone);
  g_main_context_pop_thread_default (self.context);
  end (&self, n_iterations % N_ORDERS);
  g_assert_true (is_gone);
  g_assert_true (has_ended (g_socket_get_fd (self.peer)));
  g_object_unref (self.peer);
}

static void
test_server_at_each_step (gconstpointer row)
{
  for (guint i = 0; i < N_ITERATIONS; i++)
    end_server_after (GPOINTER_TO_UINT (row), i);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    add_in_each_order (PATH, acts[i].name, i, test_end);
  ADD_ROWS (PATH "server-at-each-step", requests, test_server_at_each_step);

  return g_test_run ();
}
