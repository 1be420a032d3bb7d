/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/dialing/wsp-dial-error-private.h"

#include <libwsproto/base/wsp-error.h>

#include "log/wsp-certificate-private.h"
#include "log/wsp-excerpt-private.h"

#define MAX_SHOWN 100           /* bytes of a path */
#define ANY_CODE -1

typedef struct
{
  GQuark      (*domain)(void);
  int         code;
  const char *advice;
} AdviceRow;

static const AdviceRow connect_advice[] = {
  { g_resolver_error_quark, ANY_CODE, "check the host name" },
  { g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, "check that a server listens there" },
  { g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE, "check the network" },
  { g_io_error_quark, G_IO_ERROR_NETWORK_UNREACHABLE, "check the network" },
  { g_io_error_quark, G_IO_ERROR_TIMED_OUT, "check host, port and firewalls" },
  { g_io_error_quark, G_IO_ERROR_NOT_FOUND, "check the path of the socket" },
  { g_io_error_quark, G_IO_ERROR_PERMISSION_DENIED, "check the permissions" },
};

static const AdviceRow tls_advice[] = {
  { g_tls_error_quark, G_TLS_ERROR_NOT_TLS, "if the server has no TLS, use ws://" },
  { g_tls_error_quark, G_TLS_ERROR_MISC, "if the server has no TLS, use ws://" },
  { g_tls_error_quark, G_TLS_ERROR_EOF, "if the server has no TLS, use ws://" },
  { g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED, "if the server has no TLS, use ws://" },
  { g_tls_error_quark, G_TLS_ERROR_CERTIFICATE_REQUIRED, "set WspClient:tls-certificate" },
};

/* A proxy gets no certificate of the client. */
static const AdviceRow proxy_tls_advice[G_N_ELEMENTS (tls_advice)] = {
  { g_tls_error_quark, G_TLS_ERROR_NOT_TLS, "if the proxy has no TLS, its URI is http://" },
  { g_tls_error_quark, G_TLS_ERROR_MISC, "if the proxy has no TLS, its URI is http://" },
  { g_tls_error_quark, G_TLS_ERROR_EOF, "if the proxy has no TLS, its URI is http://" },
  { g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED, "if the proxy has no TLS, its URI is http://" },
  { g_tls_error_quark, G_TLS_ERROR_CERTIFICATE_REQUIRED, "use a proxy that asks for no certificate" },
};

static const char *
find_advice (const AdviceRow *rows,
             gsize            n_rows,
             const GError    *error)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      if (rows[i].domain () == error->domain &&
          (rows[i].code == ANY_CODE || rows[i].code == error->code))
        return rows[i].advice;
    }

  return NULL;
}

static void
dial_error_prefix (GError    **error,
                   const char *what,
                   const char *place,
                   const char *advice)
{
  g_autofree char *way_out = advice != NULL ? g_strdup_printf (" (%s)", advice) : g_strdup ("");

  g_prefix_error (error, "%s %s%s: ", what, place, way_out);
}

char *
wsp_place_name_uri (const WspUri *uri)
{
  if (uri->socket_path == NULL)
    return wsp_uri_dup_authority (uri);

  /* The path was decoded, and may have any byte except NUL. */
  return wsp_excerpt_quote (uri->socket_path, strlen (uri->socket_path), MAX_SHOWN);
}

/* The host in the proxy's URI: the socket address may be the result of a name lookup. */
static char *
dup_proxy_host (GProxyAddress *proxy)
{
  const char *uri = g_proxy_address_get_uri (proxy);
  g_autofree char *host = NULL;

  if (uri != NULL)
    g_uri_split_network (uri, G_URI_FLAGS_NONE, NULL, &host, NULL, NULL);

  return host != NULL ? g_ascii_strdown (host, -1) : NULL;
}

char *
wsp_proxy_make_key (GProxyAddress *proxy)
{
  g_autofree char *host = dup_proxy_host (proxy);
  guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (proxy));

  if (host == NULL)
    return NULL;

  return g_strdup_printf ("%s %s %u", g_proxy_address_get_protocol (proxy), host, port);
}

char *
wsp_place_name_proxy (GProxyAddress *proxy)
{
  GInetSocketAddress *address = G_INET_SOCKET_ADDRESS (proxy);
  g_autofree char *host = dup_proxy_host (proxy);

  if (host == NULL)
    host = g_inet_address_to_string (g_inet_socket_address_get_address (address));

  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host,
                          g_inet_socket_address_get_port (address));
}

void
wsp_dial_error_explain_connect (GError    **error,
                                const char *place,
                                gboolean    is_by_proxy)
{
  const char *advice = find_advice (connect_advice, G_N_ELEMENTS (connect_advice), *error);

  dial_error_prefix (error, "Cannot connect to", place,
                     is_by_proxy ? "by a proxy: see WspClient:proxy-resolver" : advice);
}

static void
explain_certificate (GError             **error,
                     const char          *place,
                     GTlsCertificate     *certificate,
                     GTlsCertificateFlags errors)
{
  g_autofree char *before = g_steal_pointer (&(*error)->message);
  g_autofree char *reasons = wsp_certificate_describe_errors (certificate, errors);
  g_autofree char *subject = wsp_certificate_quote_subject (certificate);

  (*error)->message =
    g_strdup_printf ("Certificate of %s is not trusted: %s, subject %s (set "
                     "WspClient:tls-database, or accept it in WspClient::accept-certificate): %s",
                     place, reasons, subject, before);
}

void
wsp_dial_error_explain_tls (GError             **error,
                            WspDialPeer          peer,
                            const char          *place,
                            GTlsCertificate     *refused,
                            GTlsCertificateFlags errors)
{
  const AdviceRow *rows = peer == WSP_DIAL_PEER_PROXY ? proxy_tls_advice : tls_advice;

  if (refused != NULL && g_error_matches (*error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    explain_certificate (error, place, refused, errors);
  else if ((*error)->domain != WSP_ERROR)
    dial_error_prefix (error, "No TLS with", place,
                       find_advice (rows, G_N_ELEMENTS (tls_advice), *error));
}
