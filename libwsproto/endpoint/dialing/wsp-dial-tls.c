/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/dialing/wsp-dial-tls-private.h"

#include <libwsproto/base/wsp-error.h>

#include "endpoint/dialing/wsp-dial-database-private.h"
#include "reactor/wsp-transport-private.h"

WspTlsContext *
wsp_dial_tls_get_context (GIOStream       *base,
                          GTlsCertificate *certificate,
                          GTlsInteraction *interaction,
                          GError         **error)
{
  const char *obstacle = NULL;

  if (interaction != NULL)
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
  g_autoptr (GSocketConnectable) identity = wsp_transport_make_tls_identity (uri->host, uri->port);
  const WspTlsTarget target = { .identity = identity, .database = database, .accept = accept,
                                .way = way };
  int fd = wsp_transport_dup_descriptor (G_SOCKET_CONNECTION (base), error);

  return fd >= 0 ? wsp_transport_new_for_tls_client (reactor, fd, context, &target) : NULL;
}

GTlsConnection *
wsp_dial_tls_new (GIOStream    *base,
                  const char   *host,
                  guint16       port,
                  GTlsDatabase *database,
                  GError      **error)
{
  const char *const protocols[] = { "http/1.1", NULL };
  g_autoptr (GSocketConnectable) identity = wsp_transport_make_tls_identity (host, port);
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
