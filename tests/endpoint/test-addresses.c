/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Both addresses of a connection, on each kind of transport and in both roles: the local address
 * of one side is the remote address of the other. */
#include "endpoint/knock.h"
#include "endpoint/ways.h"

#include <gio/gunixsocketaddress.h>

/* A server's io-stream is NULL where it speaks TLS by itself: its transport knows the socket. */
static void
test_pair (gconstpointer data)
{
  Way way = GPOINTER_TO_UINT (data);
  WayPair pair;

  way_pair_init (&pair, way);
  way_pair_connect (&pair);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GSocketAddress) local = NULL;
      g_autoptr (GSocketAddress) remote = NULL;
      WspConnection *other = pair.connections[1 - i];
      g_autofree char *shown = NULL;
      g_autofree char *peer = NULL;

      g_object_get (pair.connections[i], "local-address", &local, "remote-address", &remote,
                    NULL);
      g_assert_true (local == wsp_connection_get_local_address (pair.connections[i]));
      shown = way_describe_address (local);
      peer = way_describe_address (wsp_connection_get_remote_address (other));
      g_assert_cmpstr (shown, ==, peer);
      if (i == 1)
        g_assert_cmpstr (shown, ==, pair.expected);
      else if (way == OVER_UNIX)
        g_assert_cmpint (g_unix_socket_address_get_address_type (G_UNIX_SOCKET_ADDRESS (local)),
                         ==, G_UNIX_SOCKET_ADDRESS_ANONYMOUS);
      else
        g_assert_true (g_str_has_prefix (shown, WAY_CLIENT_HOST ":"));
    }
  if (way == OVER_OWN_TLS && !knock_leaves_tls_to_gio ())
    g_assert_null (wsp_connection_get_io_stream (pair.connections[1]));
  way_pair_clear (&pair);
}

int
main (int    argc,
      char **argv)
{
  return way_run (argc, argv, "/endpoint/addresses", test_pair);
}
