/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Listeners of a server, and what they accept: ports, Unix sockets, inherited sockets, TLS. */
#include "connection/transports.h"
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "endpoint/served.h"
#include "lib/heads.h"
#include "lib/listen.h"
#include "lib/rows.h"
#include "lib/turns.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void
greet (int fd)
{
  knock_send (fd, KNOCK_REQUEST (""));
  g_autofree char *answer = knock_read (fd, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
  close (fd);
}

static void
greet_address (GSocketAddress *address)
{
  greet (knock_dial_address (address));
}

static gboolean
has_ipv6 (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, NULL);

  return socket != NULL && g_socket_bind (socket, address, TRUE, NULL);
}

static void
test_loopback (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GError) error = NULL;
  g_autoptr (Served) served = served_new ();
  guint16 port = listen_on_free_port (served->server, NULL);
  g_autoptr (GSocketAddress) twin = g_inet_socket_address_new (loopback, port);

  g_assert_no_error (error);
  greet (knock_dial (port));
  if (has_ipv6 ())
    greet_address (twin);
  else
    g_test_message ("There is no IPv6 here");
}

static void
test_port_in_use (void)
{
  g_autoptr (WspServer) other = wsp_server_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Served) served = served_new ();
  guint16 port = listen_on_free_port (served->server, NULL);

  g_assert_null (wsp_server_listen_inet (other, NULL, port, WSP_LISTEN_FLAGS_DEFAULT, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

/* In IPv6 only. */
static void
test_twin_in_use (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  if (!has_ipv6 ())
    {
      g_test_skip ("There is no IPv6 here");
      return;
    }

  socket = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                         NULL);
  g_assert_true (g_socket_bind (socket, address, TRUE, NULL));
  g_assert_true (g_socket_listen (socket, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  g_autoptr (Served) served = served_new ();
  guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));

  g_assert_null (wsp_server_listen_inet (served->server, NULL, port, WSP_LISTEN_FLAGS_DEFAULT,
                                         &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

/* Several at once, of all kinds. */
static void
test_unix (void)
{
  g_autofree char *dir = g_dir_make_tmp ("wsp-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "socket", NULL);
  g_autofree char *name = g_strdup_printf ("wsp-test-%d", getpid ());
  g_autoptr (GSocketAddress) by_path = g_unix_socket_address_new (path);
  g_autoptr (GSocketAddress) by_name =
    g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (GError) error = NULL;
  g_autoptr (Served) served = served_new ();

  wsp_server_listen (served->server, by_path, WSP_LISTEN_FLAGS_DEFAULT, &error);
  g_assert_no_error (error);
  wsp_server_listen (served->server, by_name, WSP_LISTEN_FLAGS_DEFAULT, &error);
  g_assert_no_error (error);
  guint16 port = listen_on_free_port (served->server, NULL);

  g_assert_no_error (error);
  greet_address (by_path);
  greet_address (by_name);
  greet (knock_dial (port));

  /* Loopback's rule about names of this machine is not for them. */
  int fd = knock_dial_address (by_path);

  knock_send (fd, KNOCK_REQUEST ("Origin: http://localhost\r\n"));
  g_autofree char *answer = knock_read (fd, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
  close (fd);
  g_assert_null (wsp_server_listen (served->server, by_name, WSP_LISTEN_FLAGS_DEFAULT, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_pointer (&served, served_free);
  g_unlink (path);
  g_rmdir (dir);
}

/* A socket that is listening, such as one from systemd: it may be a blocking one. */
static void
test_inherited (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_socket_bind (socket, any, TRUE, &error));
  g_assert_true (g_socket_listen (socket, &error));
  address = g_socket_get_local_address (socket, &error);
  g_autoptr (Served) served = served_new ();
  wsp_server_listen_socket (served->server, socket, WSP_LISTEN_FLAGS_DEFAULT, &error);
  g_assert_no_error (error);
  greet_address (address);
  wsp_server_stop_accepting (served->server);
  g_assert_true (g_socket_is_closed (socket));
  g_assert_cmpuint (g_list_model_get_n_items (wsp_server_get_connections (served->server)), <=, 1);
}

static const struct
{
  const char *name, *request, *status;
  gboolean    is_listed;
} loopback_hosts[] = {
  { "no-origin", "Host: example.org\r\n", "101", FALSE },
  { "rebound", "Host: example.org\r\nOrigin: http://example.org\r\n", "403", FALSE },
  { "rebound-but-listed", "Host: example.org\r\nOrigin: http://example.org\r\n", "101", TRUE },
  { "behind-a-proxy", "Host: proxied.example\r\nOrigin: http://proxied.example\r\n", "101", FALSE },
  { "own-name", "Host: app.localhost:80\r\nOrigin: http://app.localhost\r\n", "101", FALSE },
};

static void
test_loopback_host (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const char *hosts[] = { "proxied.example", NULL }, *origins[] = { "http://example.org", NULL };
  g_autofree char *request = g_strconcat ("GET / HTTP/1.1\r\n", KNOCK_UPGRADE, KNOCK_KEY,
                                          KNOCK_VERSION, loopback_hosts[i].request, "\r\n", NULL);
  g_autofree char *line = g_strdup_printf ("HTTP/1.1 %s ", loopback_hosts[i].status);
  g_autoptr (Served) served = served_new ();

  g_object_set (served->server, "allowed-hosts", hosts, NULL);
  if (loopback_hosts[i].is_listed)
    g_object_set (served->server, "allowed-origins", origins, NULL);
  guint16 port = listen_on_free_port (served->server, NULL);
  g_autofree char *answer = knock_ask (port, request, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (answer, line));
  if (g_str_equal (loopback_hosts[i].status, "403"))
    g_assert_nonnull (strstr (served->error->message, "allowed-hosts"));
}

/* SEC-95, in its own process: there are no more descriptors; the first waiting client is
 * disconnected, accepting pauses without using processor time, and continues when descriptors
 * were closed. */
static void
test_no_descriptors (void)
{
  struct rlimit limit;
  int held[64], n_held = 0;
  g_autoptr (Served) served = served_new ();
  guint16 port = listen_on_free_port (served->server, NULL);
  int waiting = knock_dial (port), next = knock_dial (port);

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = 64;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  while (n_held < 64 && (held[n_held] = dup (waiting)) >= 0)
    n_held++;
  g_assert_cmpint (n_held, >, 1);

  g_assert_cmpuint (count_turns (100), <, 20);
  g_assert_true (wire_is_ended (waiting));
  g_assert_cmpuint (served->n_connections, ==, 0);
  while (n_held > 0)
    close (held[--n_held]);
  greet (next);
  g_assert_cmpuint (served->n_connections, ==, 1);
  close (waiting);
}

static void
test_no_descriptors_in_subprocess (void)
{
  g_test_trap_subprocess ("/endpoint/server-listen/descriptors/subprocess", 0, 0);
  g_test_trap_assert_passed ();
}

typedef struct
{
  GIOStream *stream;
  GError    *error;
  GString   *answer;
  gboolean   is_done;
} TlsPeer;

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  TlsPeer *self = data;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result,
                                                               &self->error);

  if (bytes != NULL)
    g_string_append_len (self->answer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  self->is_done = bytes == NULL || g_bytes_get_size (bytes) == 0 ||
                  g_str_has_suffix (self->answer->str, "\r\n\r\n");
  if (!self->is_done)
    g_input_stream_read_bytes_async (G_INPUT_STREAM (source), 4096, 0, NULL, on_read, self);
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  TlsPeer *self = data;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &self->error))
    {
      self->is_done = TRUE;
      return;
    }
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (self->stream), 4096, 0, NULL,
                                   on_read, self);
}

static void
tls_peer_ask (TlsPeer    *self,
              GIOStream  *stream,
              const char *request)
{
  self->stream = stream;
  self->answer = g_string_new (NULL);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (stream), request,
                                   strlen (request), 0, NULL, on_written, self);
  run_until (&self->is_done);
}

static void
tls_peer_clear (TlsPeer *self)
{
  g_object_unref (self->stream);
  g_string_free (self->answer, TRUE);
  g_clear_error (&self->error);
}

static gboolean
accept_any (void)
{
  return TRUE;
}

static GIOStream *
dial_tls (guint16             port,
          const char * const *protocols)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (knock_dial (port), NULL);
  g_autoptr (GSocketConnection) base = g_socket_connection_factory_create_connection (socket);
  GIOStream *tls = g_tls_client_connection_new (G_IO_STREAM (base), NULL, NULL);

  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), protocols);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any), NULL);
  return tls;
}

static guint16
listen_with_tls (Served *self)
{
  g_autoptr (GTlsCertificate) certificate = make_certificate ();
  g_autoptr (GError) error = NULL;

  g_object_set (self->server, "tls-certificate", certificate, NULL);
  guint16 port = listen_on_free_port (self->server, NULL);

  g_assert_no_error (error);
  return port;
}

/* SEC-111: http/1.1 is negotiated, whatever else the client offers. */
static void
test_tls (void)
{
  const char *protocols[] = { "h2", "http/1.1", NULL };
  TlsPeer peer = { .stream = NULL };
  g_autoptr (Served) served = served_new ();
  guint16 port = listen_with_tls (served);

  tls_peer_ask (&peer, dial_tls (port, protocols), KNOCK_REQUEST (""));
  g_assert_no_error (peer.error);
  g_assert_true (g_str_has_prefix (peer.answer->str, "HTTP/1.1 101 "));
  g_assert_cmpstr (g_tls_connection_get_negotiated_protocol (G_TLS_CONNECTION (peer.stream)), ==,
                   "http/1.1");
  g_assert_true (served->is_secure);
  tls_peer_clear (&peer);
}

/* A refusal is sent through TLS as well. */
static void
test_tls_refusal (void)
{
  TlsPeer peer = { .stream = NULL };
  g_autoptr (Served) served = served_new ();
  guint16 port = listen_with_tls (served);

  tls_peer_ask (&peer, dial_tls (port, NULL), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  g_assert_no_error (peer.error);
  g_assert_true (g_str_has_prefix (peer.answer->str, "HTTP/1.1 426 "));
  tls_peer_clear (&peer);
}

/* A client that does not use TLS gets no HTTP response; it may get a TLS alert. */
static void
test_clear_text_on_tls (void)
{
  g_autoptr (Served) served = served_new ();
  guint16 port = listen_with_tls (served);
  g_autofree char *answer = knock_ask (port, KNOCK_REQUEST (""), NULL);

  g_assert_null (strstr (answer, "HTTP"));
  g_assert_cmpuint (served->n_failures, ==, 1);
  g_assert_true (served->error->domain == G_TLS_ERROR);

  /* The same when the certificate was removed meanwhile. */
  g_object_set (served->server, "tls-certificate", NULL, NULL);
  g_autofree char *nothing = knock_ask (port, KNOCK_REQUEST (""), NULL);

  g_assert_cmpstr (nothing, ==, "");
  g_assert_cmpuint (served->n_connections, ==, 0);
}

/* Row 113 of SECURITY.md: the deadline includes the TLS handshake. */
static void
test_slow_tls (void)
{
  g_autoptr (Served) served = served_new ();

  wsp_limits_set_handshake_timeout (wsp_server_get_limits (served->server), 30);
  guint16 port = listen_with_tls (served);
  g_autofree char *nothing = knock_ask (port, "", NULL);
  int fd = knock_dial (port);

  g_assert_cmpstr (nothing, ==, "");
  wire_write (fd, "16 03 01 02");       /* a ClientHello that never ends */
  g_assert_true (wire_is_ended (fd));
  run_until_count (&served->n_failures, 2);
  g_assert_error (served->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  close (fd);
}

/* A listener that was added without TLS stays without it. */
static void
test_both_kinds (void)
{
  g_autoptr (Served) served = served_new ();
  guint16 port = listen_on_free_port (served->server, NULL);

  listen_with_tls (served);
  greet (knock_dial (port));
  g_assert_false (served->is_secure);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/endpoint/server-listen/port/both-loopback-families", test_loopback);
  g_test_add_func ("/endpoint/server-listen/port/in-use", test_port_in_use);
  g_test_add_func ("/endpoint/server-listen/port/in-use-for-ipv6-only", test_twin_in_use);
  g_test_add_func ("/endpoint/server-listen/unix/path-and-abstract", test_unix);
  g_test_add_func ("/endpoint/server-listen/socket/inherited", test_inherited);
  ADD_ROWS_AS ("/endpoint/server-listen/loopback/SEC-27-WS-253-%s", loopback_hosts,
               test_loopback_host);
  g_test_add_func ("/endpoint/server-listen/descriptors/subprocess", test_no_descriptors);
  g_test_add_func ("/endpoint/server-listen/descriptors/SEC-95-pauses-without-spinning",
                   test_no_descriptors_in_subprocess);
  g_test_add_func ("/endpoint/server-listen/tls/SEC-111-opens", test_tls);
  g_test_add_func ("/endpoint/server-listen/tls/refusal", test_tls_refusal);
  g_test_add_func ("/endpoint/server-listen/tls/WS-82-nothing-in-clear", test_clear_text_on_tls);
  g_test_add_func ("/endpoint/server-listen/tls/SEC-113-WS-80-within-the-deadline", test_slow_tls);
  g_test_add_func ("/endpoint/server-listen/tls/plain-stays-plain", test_both_kinds);

  return g_test_run ();
}
