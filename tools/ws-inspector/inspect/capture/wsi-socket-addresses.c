/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-socket-addresses.h"

/* "192.0.2.1:80"; NULL: it is no address of TCP, such as that of a Unix socket. */
static char *
describe_address (GSocketAddress *address)
{
  return G_IS_INET_SOCKET_ADDRESS (address)
         ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : NULL;
}

/* NULL: not known, as where a server speaks TLS by itself. */
static char *
dup_local_address (WspConnection *connection)
{
  GIOStream *stream = wsp_connection_get_io_stream (connection);
  g_autoptr (GIOStream) base = NULL;
  g_autoptr (GSocketAddress) address = NULL;

  if (G_IS_TLS_CONNECTION (stream))
    g_object_get (stream, "base-io-stream", &base, NULL);
  else
    g_set_object (&base, stream);
  if (G_IS_SOCKET_CONNECTION (base))
    address = g_socket_connection_get_local_address (G_SOCKET_CONNECTION (base), NULL);
  return describe_address (address);
}

void
wsi_socket_addresses_describe (WspConnection *connection,
                               char         **local,
                               char         **remote)
{
  *local = dup_local_address (connection);
  *remote = describe_address (wsp_connection_get_remote_address (connection));
}
