/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/dialing/wsp-dial-tls-private.h"

#include <libwsproto/base/wsp-error.h>

#include "endpoint/dialing/wsp-dial-database-private.h"
#include "reactor/wsp-transport-private.h"

/* The name that the certificate must have.  For a GNetworkAddress GIO sends an IP literal as
 * server name, which RFC 6066 3 forbids; for a GSocketAddress GIO sends no name, and still
 * checks the certificate for the address. */
static GSocketConnectable *
make_identity (const char *host,
               guint16     port)
{
  GSocketAddress *literal = g_inet_socket_address_new_from_string (host, port);

  return literal != NULL ? G_SOCKET_CONNECTABLE (literal) : g_network_address_new (host, port);
}

GTlsConnection *
wsp_dial_tls_new (GIOStream    *base,
                  const char   *host,
                  guint16       port,
                  GTlsDatabase *database,
                  GError      **error)
{
  const char *const protocols[] = { "http/1.1", NULL };
  g_autoptr (GSocketConnectable) identity = make_identity (host, port);
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (GTlsDatabase) used = wsp_dial_database_new (database);

  /* If the database were set later, GIO would read the system's list first. */
  GTlsConnection *self =
    g_initable_new (g_tls_backend_get_client_connection_type (backend), NULL, error,
                    "base-io-stream", base, "server-identity", identity, "database", used, NULL);

  if (self != NULL)
    g_tls_connection_set_advertised_protocols (self, protocols);
  return self;
}

/* Refuses a TLS version that is too old, and an ALPN protocol other than http/1.1, which is the
 * only one that is offered. */
gboolean
wsp_dial_tls_check_protocol (GTlsConnection *tls,
                             GError        **error)
{
  const char *protocol = g_tls_connection_get_negotiated_protocol (tls);
  g_autoptr (GError) old = NULL;

  if (!wsp_transport_check_tls_version (tls, &old))
    {
      g_set_error_literal (error, WSP_ERROR, WSP_ERROR_HANDSHAKE, old->message);
      return FALSE;
    }

  if (protocol == NULL || strcmp (protocol, "http/1.1") == 0)
    return TRUE;

  g_set_error_literal (error, WSP_ERROR, WSP_ERROR_HANDSHAKE,
                       "Another protocol than http/1.1 was chosen by ALPN");
  return FALSE;
}
