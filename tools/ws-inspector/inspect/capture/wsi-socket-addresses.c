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

void
wsi_socket_addresses_describe (GObject *source,
                               char   **local,
                               char   **remote)
{
  *local = WSP_IS_CONNECTION (source)
           ? describe_address (wsp_connection_get_local_address (WSP_CONNECTION (source))) : NULL;
  *remote = WSP_IS_CONNECTION (source)
            ? describe_address (wsp_connection_get_remote_address (WSP_CONNECTION (source)))
            : WSP_IS_HANDSHAKE (source)
            ? describe_address (wsp_handshake_get_remote_address (WSP_HANDSHAKE (source)))
            : WSP_IS_HTTP_REQUEST (source)
            ? describe_address (wsp_http_request_get_remote_address (WSP_HTTP_REQUEST (source)))
            : NULL;
}
