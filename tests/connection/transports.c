/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/transports.h"

#include "connection/async-stream.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

const char * const transport_names[N_TRANSPORTS] = {
  "socket", "tls", "tls-in-a-wrapper", "tls-over-pipes", "tls-in-tls", "pipes", "async",
};

GTlsCertificate *
make_certificate (void)
{
  static GTlsCertificate *certificate;
  g_autoptr (GError) error = NULL;

  if (certificate != NULL)
    return g_object_ref (certificate);

  g_autofree char *folder = g_dir_make_tmp ("wsp-XXXXXX", &error);
  g_autofree char *key = g_build_filename (folder, "key.pem", NULL);
  g_autofree char *pem = g_build_filename (folder, "certificate.pem", NULL);
  const char *command[] = {
    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
    "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
    "-keyout", key, "-out", pem, NULL
  };

  g_assert_no_error (error);
  g_spawn_sync (NULL, (char **) command, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                NULL, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  certificate = g_tls_certificate_new_from_files (pem, key, &error);
  g_assert_no_error (error);

  g_unlink (key);
  g_unlink (pem);
  g_rmdir (folder);
  return g_object_ref (certificate);
}

static GIOStream *
make_socket (int fd)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static void
socket_pair (GIOStream **client,
             GIOStream **server)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  *client = make_socket (pair[0]);
  *server = make_socket (pair[1]);
}

/* The wrapper needs a TCP socket. */
static void
tcp_pair (GIOStream **client,
          GIOStream **server)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM, 0);
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  g_assert_cmpint (getsockname (listener, (struct sockaddr *) &address, &length), ==, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, length), ==, 0);
  *client = make_socket (fd);
  *server = make_socket (accept (listener, NULL, NULL));
  close (listener);
}

static GIOStream *
make_ends (int read_fd,
           int write_fd)
{
  g_assert_true (g_unix_set_fd_nonblocking (read_fd, TRUE, NULL));
  g_assert_true (g_unix_set_fd_nonblocking (write_fd, TRUE, NULL));

  g_autoptr (GInputStream) input = g_unix_input_stream_new (read_fd, TRUE);
  g_autoptr (GOutputStream) output = g_unix_output_stream_new (write_fd, TRUE);

  return g_simple_io_stream_new (input, output);
}

static void
pipe_pair (GIOStream **client,
           GIOStream **server)
{
  int there[2], back[2];

  g_assert_true (g_unix_open_pipe (there, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (back, FD_CLOEXEC, NULL));
  *client = make_ends (back[0], there[1]);
  *server = make_ends (there[0], back[1]);
}

static gboolean
accept_any (GTlsConnection      *connection,
            GTlsCertificate     *certificate,
            GTlsCertificateFlags errors)
{
  return TRUE;
}

void
transport_add_tls (GIOStream **client,
                   GIOStream **server)
{
  g_autoptr (GIOStream) client_base = *client;
  g_autoptr (GIOStream) server_base = *server;
  g_autoptr (GTlsCertificate) certificate = make_certificate ();
  g_autoptr (GError) error = NULL;

  *client = g_tls_client_connection_new (client_base, NULL, &error);
  g_assert_no_error (error);
  *server = g_tls_server_connection_new (server_base, certificate, &error);
  g_assert_no_error (error);
  g_signal_connect (*client, "accept-certificate", G_CALLBACK (accept_any), NULL);
}

static void
wrap (GIOStream **stream,
      GSocket    *socket)
{
  GIOStream *base = *stream;

  *stream = G_IO_STREAM (g_tcp_wrapper_connection_new (base, socket));
  g_object_unref (base);
}

static void
tls_in_a_wrapper_pair (GIOStream **client,
                       GIOStream **server)
{
  tcp_pair (client, server);

  GSocket *client_socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (*client));
  GSocket *server_socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (*server));

  transport_add_tls (client, server);
  wrap (client, client_socket);
  wrap (server, server_socket);
}

static void
keep_outcome (GObject      *source,
              GAsyncResult *result,
              gpointer      place)
{
  g_autoptr (GError) error = NULL;

  g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) place = TRUE;
}

/* TLS within TLS is possible only after the handshake of the outer connection. */
static void
tls_in_tls_pair (GIOStream **client,
                 GIOStream **server)
{
  gboolean is_client_done = FALSE, is_server_done = FALSE;

  socket_pair (client, server);
  transport_add_tls (client, server);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (*client), 0, NULL, keep_outcome,
                                    &is_client_done);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (*server), 0, NULL, keep_outcome,
                                    &is_server_done);
  while (!is_client_done || !is_server_done)
    g_main_context_iteration (NULL, TRUE);
  transport_add_tls (client, server);
}

void
transport_pair (Transport   transport,
                GIOStream **client,
                GIOStream **server)
{
  switch (transport)
    {
    case TRANSPORT_SOCKET:
      socket_pair (client, server);
      return;
    case TRANSPORT_TLS:
      socket_pair (client, server);
      transport_add_tls (client, server);
      return;
    case TRANSPORT_TLS_IN_A_WRAPPER:
      tls_in_a_wrapper_pair (client, server);
      return;
    case TRANSPORT_TLS_OVER_PIPES:
      pipe_pair (client, server);
      transport_add_tls (client, server);
      return;
    case TRANSPORT_TLS_IN_TLS:
      tls_in_tls_pair (client, server);
      return;
    case TRANSPORT_PIPES:
      pipe_pair (client, server);
      return;
    case TRANSPORT_ASYNC:
      async_stream_pair (client, server);
      return;
    case N_TRANSPORTS:
      break;
    }

  g_assert_not_reached ();
}
