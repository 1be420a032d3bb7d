/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/ways.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include "endpoint/far/certificates.h"
#include "lib/listen.h"
#include "lib/tcp-streams.h"

static const char *const way_names[N_WAYS] = {
  [OVER_TCP] = "tcp",
  [OVER_GIO_TLS] = "gio-tls",
  [OVER_OWN_TLS] = "own-tls",
  [OVER_UNIX] = "unix",
  [OVER_STREAMS] = "streams-of-the-program",
  [OVER_TLS_STREAMS] = "tls-streams-of-the-program",
};

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               WayPair       *self)
{
  g_set_object (&self->connections[1], connection);
  wsp_connection_start_receiving (connection);
}

char *
way_describe_address (GSocketAddress *address)
{
  return address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : NULL;
}

static void
listen_on_tcp (WayPair *self,
               Way      way)
{
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string (WAY_CLIENT_HOST, 0);

  if (way == OVER_GIO_TLS)
    g_setenv ("WSP_TLS", "gio", TRUE);
  if (way != OVER_TCP)
    g_object_set (self->server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD),
                  NULL);
  if (way == OVER_GIO_TLS)
    g_unsetenv ("WSP_TLS");
  guint16 port = listen_on_free_port (self->server, "127.0.0.1");

  g_assert_cmpuint (port, >, 0);
  self->expected = g_strdup_printf ("127.0.0.1:%u", port);
  self->uri = g_strdup_printf ("%s://%s/", way == OVER_TCP ? "ws" : "wss", self->expected);
  wsp_client_set_local_address (self->client, local);
}

static void
listen_on_unix (WayPair *self)
{
  g_autoptr (GSocketAddress) address = NULL;

  self->folder = g_dir_make_tmp ("wsp-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "socket", NULL);
  address = g_unix_socket_address_new (self->path);
  g_assert_nonnull (wsp_server_listen (self->server, address, WSP_LISTEN_FLAGS_DEFAULT, NULL));
  self->expected = way_describe_address (address);
  self->uri = g_strdup_printf ("ws+unix:%s:/", self->path);
}

static void
make_streams (WayPair *self)
{
  g_autoptr (GSocketAddress) bound = tcp_streams_make (self->streams, WAY_CLIENT_HOST);

  self->expected = way_describe_address (bound);
  self->uri = g_strdup_printf ("ws://%s/", self->expected);
}

static void
add_tls (WayPair *self)
{
  GTlsCertificate *certificate = authority_get_certificate (CERTIFICATE_GOOD);
  g_autoptr (GSocketConnectable) identity = g_network_address_parse (self->expected, 0, NULL);
  GIOStream *client = g_tls_client_connection_new (self->streams[0], identity, NULL);
  GIOStream *server = g_tls_server_connection_new (self->streams[1], certificate, NULL);

  g_tls_connection_set_database (G_TLS_CONNECTION (client), authority_get_database ());
  g_object_unref (self->streams[0]);
  g_object_unref (self->streams[1]);
  self->streams[0] = client;
  self->streams[1] = server;
}

void
way_pair_init (WayPair *self,
               Way      way)
{
  *self = (WayPair) { .server = wsp_server_new (), .client = wsp_client_new () };
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  wsp_client_set_tls_database (self->client, authority_get_database ());
  switch (way)
    {
    case OVER_TCP:
    case OVER_GIO_TLS:
    case OVER_OWN_TLS:
      listen_on_tcp (self, way);
      break;
    case OVER_UNIX:
      listen_on_unix (self);
      break;
    case OVER_STREAMS:
    case OVER_TLS_STREAMS:
      make_streams (self);
      if (way == OVER_TLS_STREAMS)
        add_tls (self);
      wsp_server_accept_stream (self->server, self->streams[1], WSP_LISTEN_FLAGS_DEFAULT, NULL);
      break;
    }
}

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  WayPair *self = data;

  self->result = g_object_ref (result);
}

void
way_pair_connect (WayPair *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (self->uri, NULL, NULL, &error);

  g_assert_no_error (error);
  wsp_client_open_async (self->client, handshake, self->streams[0], NULL, keep_result,
                         self);
  while (self->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  self->connections[0] = wsp_client_open_finish (self->client, self->result, &error);
  g_assert_no_error (error);
  while (self->connections[1] == NULL)
    g_main_context_iteration (NULL, TRUE);
}

void
way_pair_clear (WayPair *self)
{
  for (guint i = 0; i < 2; i++)
    {
      wsp_connection_abort (self->connections[i]);
      g_clear_object (&self->connections[i]);
      g_clear_object (&self->streams[i]);
    }
  g_clear_object (&self->result);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (self->path != NULL)
    {
      g_unlink (self->path);
      g_rmdir (self->folder);
    }
  g_free (self->path);
  g_free (self->folder);
  g_free (self->uri);
  g_free (self->expected);
}

int
way_run (int           argc,
         char        **argv,
         const char   *path,
         GTestDataFunc test)
{
  g_test_init (&argc, &argv, NULL);
  for (Way way = 0; way < N_WAYS; way++)
    {
      g_autofree char *name = g_strconcat (path, "/", way_names[way], NULL);

      g_test_add_data_func (name, GUINT_TO_POINTER (way), test);
    }
  return g_test_run ();
}
