/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A main context is freed while a client or a server works in it: no callback of the program is
 * called any more, nothing keeps the object, and its peers see the end. */
#include <errno.h>
#include <sys/socket.h>

#include "connection/wire.h"

#define PATH "/endpoint/ended-context/"
#define REQUEST "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n" \
  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
#define RESPONSE "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"

typedef struct
{
  GMainContext *context;
  GObject      *object;         /* the client, server or reconnector */
  GSocket      *peer;           /* of its connection */
  gboolean      has_ended;      /* the object's context */
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
  return TRUE;
}

static void
iterate (Scene *self)
{
  for (guint i = 0; i < 20; i++)
    {
      g_usleep (1000);
      while (g_main_context_iteration (self->context, FALSE))
        continue;
    }
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

static void
begin_connect (Scene *self)
{
  g_autoptr (GSocket) listener = make_socket ();
  g_autofree char *uri = listen_for (listener);
  WspClient *client = wsp_client_new ();

  self->object = G_OBJECT (client);
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, call_early, self);
}

static void
request (Scene *self)
{
  g_autoptr (GSocket) listener = make_socket ();
  g_autofree char *uri = listen_for (listener);
  WspClient *client = wsp_client_new ();

  self->object = G_OBJECT (client);
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, call_early, self);
  iterate (self);
  self->peer = g_socket_accept (listener, NULL, NULL);
  g_assert_nonnull (self->peer);
}

static void
take_half_of_a_response (Scene *self)
{
  request (self);
  iterate (self);
  g_assert_cmpint (g_socket_send (self->peer, RESPONSE, strlen (RESPONSE), NULL, NULL), >, 0);
  iterate (self);
}

static void
reconnect (Scene *self)
{
  g_autoptr (GSocket) listener = make_socket ();
  g_autofree char *uri = listen_for (listener);
  g_autoptr (WspClient) client = wsp_client_new ();
  WspReconnector *reconnector = wsp_reconnector_new (client, uri);

  g_assert_nonnull (reconnector);
  self->object = G_OBJECT (reconnector);
  wsp_reconnector_start (reconnector);
}

static void
serve (Scene *self)
{
  WspServer *server = wsp_server_new ();
  g_autoptr (GError) error = NULL;
  WspListener *listener =
    wsp_server_listen_inet (server, "127.0.0.1", 0, WSP_LISTEN_FLAGS_NONE, &error);

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
  iterate (self);
}

static void
serve_a_connection (Scene *self)
{
  serve (self);
  g_signal_handlers_disconnect_by_data (self->object, self);
  send_to_server (self, REQUEST);
  iterate (self);
}

static void
shut_down (Scene *self)
{
  serve_a_connection (self);
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
  { "reconnector", reconnect },
  { "server-without-a-request", serve },
  { "half-of-a-request", serve_half_of_a_request },
  { "request-is-deferred", serve_a_deferred_request },
  { "server-has-a-connection", serve_a_connection },
  { "server-shuts-down", shut_down },
};

typedef enum
{
  REFERENCE_FIRST,              /* the program's */
  CONTEXT_FIRST,
  N_ORDERS,
} Order;

static const char *const orders[N_ORDERS] = { "reference-first", "context-first" };

static gboolean
peer_has_ended (Scene *self)
{
  char bytes[1000];
  gssize n;

  do
    n = recv (g_socket_get_fd (self->peer), bytes, sizeof bytes, MSG_DONTWAIT);
  while (n > 0);
  return n == 0 || errno == ECONNRESET;
}

static void
on_gone (gpointer data,
         GObject *where)
{
  *(gboolean *) data = TRUE;
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
  g_object_weak_ref (self.object, on_gone, &is_gone);
  g_main_context_pop_thread_default (self.context);
  self.has_ended = TRUE;
  if (order == REFERENCE_FIRST)
    g_object_unref (self.object);
  g_main_context_unref (self.context);
  if (order == CONTEXT_FIRST)
    g_object_unref (self.object);

  g_assert_true (is_gone);
  g_assert_true (self.peer == NULL || peer_has_ended (&self));
  g_clear_object (&self.peer);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  (void) g_network_monitor_get_default ();      /* keeps the context in which it was made */

  for (guint i = 0; i < N_ORDERS * G_N_ELEMENTS (acts); i++)
    {
      g_autofree char *path = g_strconcat (PATH, acts[i / N_ORDERS].name, "/",
                                           orders[i % N_ORDERS], NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_end);
    }

  return g_test_run ();
}
