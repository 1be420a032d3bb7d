/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/dialing/wsp-dial-tls-private.h"

#include <errno.h>
#include <fcntl.h>
#include <libwsproto/base/wsp-error.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "endpoint/dialing/wsp-dial-database-private.h"
#include "reactor/wsp-transport-private.h"

/* The name that the certificate must have.  For a GNetworkAddress GIO sends an IP literal as
 * server name, which RFC 6066 3 forbids; for a GSocketAddress GIO sends no name, and still
 * checks the certificate for the address.  The dot at the end of a name is in no certificate. */
static GSocketConnectable *
make_identity (const char *host,
               guint16     port)
{
  GSocketAddress *literal = g_inet_socket_address_new_from_string (host, port);
  gsize length = strlen (host);
  g_autofree char *name = g_strndup (host, g_str_has_suffix (host, ".") ? length - 1 : length);

  return literal != NULL ? G_SOCKET_CONNECTABLE (literal) : g_network_address_new (name, port);
}

/* Another backend has certificates and databases of its own. */
static gboolean
is_backend_of_gnutls (void)
{
  return strcmp (G_OBJECT_TYPE_NAME (g_tls_backend_get_default ()), "GTlsBackendGnutls") == 0;
}

WspTlsContext *
wsp_dial_tls_get_context (GIOStream       *base,
                          GTlsCertificate *certificate,
                          GTlsInteraction *interaction,
                          GError         **error)
{
  const char *obstacle = NULL;

  if (!is_backend_of_gnutls ())
    obstacle = "GIO's TLS is not that of GnuTLS";
  else if (interaction != NULL)
    obstacle = "GnuTLS cannot wait for tls-interaction";
  else if (!wsp_transport_is_plain_socket (base))
    obstacle = "the stream is no socket";
  if (obstacle == NULL)
    return wsp_tls_context_get_client (certificate, error);

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, obstacle);
  return NULL;
}

WspTransport *
wsp_dial_tls_begin (WspReactor      *reactor,
                    GIOStream       *base,
                    WspTlsContext   *context,
                    const WspUri    *uri,
                    const char      *way,
                    GTlsDatabase    *database,
                    WspTlsAcceptFunc accept,
                    GError         **error)
{
  GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (base));
  g_autoptr (GSocketConnectable) identity = make_identity (uri->host, uri->port);
  const WspTlsTarget target = { identity, database, accept, way };
  int fd = fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 0);

  if (fd < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
      return NULL;
    }

  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  return wsp_transport_new_for_tls_client (reactor, fd, context, &target);
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

/* protocol NULL: none was chosen. */
static gboolean
check_chosen (const char *protocol,
              GError    **error)
{
  if (protocol == NULL || strcmp (protocol, "http/1.1") == 0)
    return TRUE;

  g_set_error_literal (error, WSP_ERROR, WSP_ERROR_HANDSHAKE,
                       "Another protocol than http/1.1 was chosen by ALPN");
  return FALSE;
}

/* A version that is too old is an error of the handshake. */
static void
convert_version_error (GError **error)
{
  g_autoptr (GError) given = *error;

  *error = g_error_matches (given, G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE)
           ? g_error_new_literal (WSP_ERROR, WSP_ERROR_HANDSHAKE, given->message)
           : g_steal_pointer (&given);
}

gboolean
wsp_dial_tls_finish (WspTransport *transport,
                     GError      **error)
{
  GError *failure = NULL;

  /* Nothing can be written to a transport whose handshake has failed. */
  if (wsp_transport_write (transport, NULL, 0, &failure) == WSP_TRANSPORT_FAILED)
    {
      convert_version_error (&failure);
      g_propagate_error (error, failure);
      return FALSE;
    }

  g_autofree char *protocol = wsp_transport_tls_dup_protocol (transport);

  return check_chosen (protocol, error);
}

/* Refuses a TLS version that is too old, and an ALPN protocol other than http/1.1, which is the
 * only one that is offered. */
gboolean
wsp_dial_tls_check_protocol (GTlsConnection *tls,
                             GError        **error)
{
  GError *old = NULL;

  if (!wsp_transport_check_tls_version (tls, &old))
    {
      convert_version_error (&old);
      g_propagate_error (error, old);
      return FALSE;
    }

  return check_chosen (g_tls_connection_get_negotiated_protocol (tls), error);
}
