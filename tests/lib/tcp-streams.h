/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The two streams of one TCP connection on the loopback, for a program that makes its own. */
#pragma once

#include <gio/gio.h>

/* streams: of the client, and of the server.  client_host: an address of the loopback.
 * Returns the address of the server. */
static inline GSocketAddress *
tcp_streams_make (GIOStream **streams,
                  const char *client_host)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string (client_host, 0);
  g_autoptr (GSocketClient) client = g_object_new (G_TYPE_SOCKET_CLIENT, "local-address", local,
                                                   "enable-proxy", FALSE, NULL);
  GSocketAddress *bound = NULL;

  g_assert_true (g_socket_listener_add_address (listener, any, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_DEFAULT, NULL, &bound, NULL));
  streams[0] =
    G_IO_STREAM (g_socket_client_connect (client, G_SOCKET_CONNECTABLE (bound), NULL, NULL));
  streams[1] = G_IO_STREAM (g_socket_listener_accept (listener, NULL, NULL, NULL));
  g_assert_true (streams[0] != NULL && streams[1] != NULL);
  return bound;
}
