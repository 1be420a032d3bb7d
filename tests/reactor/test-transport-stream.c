/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The transport over a TLS stream of GIO: how it ends during the handshake. */
#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "endpoint/far/certificates.h"
#include "lib/turns.h"
#include "reactor/wsp-transport-private.h"

#define PATH "/reactor/transport-stream/"

static void
on_ready (WspTransport  *transport,
          WspWatchEvents events,
          gpointer       owner)
{
  g_assert_not_reached ();
}

static GIOStream *
make_stream (int fd)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);
  g_autoptr (GIOStream) below =
    G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  g_autoptr (GError) error = NULL;
  GIOStream *tls = g_tls_server_connection_new (below, authority_get_certificate (CERTIFICATE_GOOD),
                                                &error);

  g_assert_no_error (error);
  return tls;
}

/* The peer sends nothing, so only a cancellation or a time limit ends the handshake. */
static void
test_close_in_handshake (gconstpointer data)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);

  g_autoptr (GIOStream) stream = make_stream (fds[0]);
  WspTransport *transport = wsp_transport_new_for_stream (reactor, stream);

  wsp_transport_set_owner (transport, on_ready, NULL);
  wsp_transport_set_events (transport, WSP_WATCH_READ | WSP_WATCH_WRITE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  wsp_transport_close (transport, GPOINTER_TO_INT (data));

  guint limit = begin_wait (20);

  while (!g_io_stream_is_closed (stream))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
  close (fds[1]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func (PATH "close-in-the-handshake/now",
                        GINT_TO_POINTER (WSP_TRANSPORT_CLOSE_NOW), test_close_in_handshake);
  g_test_add_data_func (PATH "close-in-the-handshake/gracefully",
                        GINT_TO_POINTER (WSP_TRANSPORT_CLOSE_GRACEFUL), test_close_in_handshake);

  return g_test_run ();
}
