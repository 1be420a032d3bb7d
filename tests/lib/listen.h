/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Servers of tests listen on a free port. */
#pragma once

#include <libwsproto/wsproto.h>

/* host: an IP address; NULL: both loopback addresses.  A server with a certificate uses TLS.
 * Returns the port. */
static inline guint16
listen_on_free_port (WspServer  *server,
                     const char *host)
{
  gboolean has_tls = wsp_server_get_tls_certificate (server) != NULL;
  g_autoptr (GError) error = NULL;
  WspListener *listener =
    wsp_server_listen_inet (server, host, 0,
                            has_tls ? WSP_LISTEN_FLAGS_TLS : WSP_LISTEN_FLAGS_DEFAULT, &error);

  g_assert_no_error (error);
  return wsp_listener_get_port (listener);
}
