/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/sources/deaf-client.h"

#include <string.h>
#include <sys/socket.h>

#include "inspector/upgrade.h"

static void
limit_buffer (GSocketClient      *client,
              GSocketClientEvent  event,
              GSocketConnectable *address,
              GIOStream          *connection)
{
  if (event == G_SOCKET_CLIENT_CONNECTING)
    g_assert_true (g_socket_set_option (g_socket_connection_get_socket
                                          (G_SOCKET_CONNECTION (connection)),
                                        SOL_SOCKET, SO_RCVBUF, 4096, NULL));
}

GSocketConnection *
deaf_client_new (WsiSource *server)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GUri) uri = g_uri_parse (wsi_source_get_uri (server), G_URI_FLAGS_NONE, NULL);
  GSocketConnection *deaf;

  g_signal_connect (client, "event", G_CALLBACK (limit_buffer), NULL);
  deaf = g_socket_client_connect_to_host (client, g_uri_get_host (uri), g_uri_get_port (uri), NULL,
                                          NULL);
  g_assert_nonnull (deaf);
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (deaf)),
                                            UPGRADE_REQUEST, strlen (UPGRADE_REQUEST), NULL, NULL,
                                            NULL));
  return deaf;
}
