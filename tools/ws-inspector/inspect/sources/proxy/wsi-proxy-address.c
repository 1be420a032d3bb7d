/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/proxy/wsi-proxy-address.h"

#include <glib/gi18n.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "inspect/sources/wsi-server-address.h"

#define HTTP_PORT 80
#define HTTPS_PORT 443

static const char *const loopback[] = { "127.0.0.1", "::1" };

static GSocket *
proxy_address_listen_at (const char *host,
                         guint16     port,
                         guint       backlog,
                         GError    **error)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;

  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, backlog);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    {
      g_prefix_error (error, _("cannot listen on %s, port %u: "), host, port);
      return NULL;
    }

  return g_steal_pointer (&socket);
}

static guint16
proxy_address_get_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

/* Listens on the loopback addresses.  A system may have no IPv6, which is not an error, but a port
 * that another program has is one. */
static gboolean
listen_on_loopback (GPtrArray *sockets,
                    guint16    port,
                    guint      backlog,
                    GError   **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (loopback); i++)
    {
      g_autoptr (GError) failure = NULL;
      GSocket *socket = proxy_address_listen_at (loopback[i], port, backlog, &failure);

      if (socket != NULL)
        {
          port = proxy_address_get_port (socket);
          g_ptr_array_add (sockets, socket);
        }
      else if (i == 0 || g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }
  return TRUE;
}

GPtrArray *
wsi_proxy_address_listen (const WsiListenAddress *self,
                          guint                   backlog,
                          GError                **error)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  GSocket *socket;

  if (self->host == NULL)
    return listen_on_loopback (sockets, self->port, backlog, error) ? g_steal_pointer (&sockets)
                                                                    : NULL;

  socket = proxy_address_listen_at (self->host, self->port, backlog, error);
  if (socket == NULL)
    return NULL;

  g_ptr_array_add (sockets, socket);
  return g_steal_pointer (&sockets);
}

static char *
proxy_address_make_authority (const char *host,
                              guint16     port)
{
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

char *
wsi_proxy_address_make_uri (GSocket *socket,
                            gboolean is_tls,
                            guint16 *port)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);
  GInetAddress *ip = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  g_autofree char *host = g_inet_address_get_is_any (ip) ? g_strdup (loopback[0])
                                                         : g_inet_address_to_string (ip);
  g_autofree char *authority = NULL;

  *port = proxy_address_get_port (socket);
  authority = proxy_address_make_authority (host, *port);
  return g_strconcat (is_tls ? "wss://" : "ws://", authority, "/", NULL);
}

gboolean
wsi_proxy_address_is_same (GSocketAddress *own,
                           GSocketAddress *other)
{
  g_autoptr (GInetSocketAddress) place = G_INET_SOCKET_ADDRESS (own);
  GInetAddress *ip = g_inet_socket_address_get_address (place);
  GInetAddress *other_ip;

  if (!G_IS_INET_SOCKET_ADDRESS (other) ||
      g_inet_socket_address_get_port (place) !=
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (other)))
    return FALSE;

  other_ip = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (other));
  return g_inet_address_equal (ip, other_ip) ||
         (g_inet_address_get_is_any (ip) && g_inet_address_get_is_loopback (other_ip));
}

/* Parses a URI; the library refuses one without host or port. */
static GUri *
proxy_address_parse_uri (const char *text,
                         GError    **error)
{
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (text, NULL, NULL, error);

  return handshake != NULL ? g_uri_parse (text, G_URI_FLAGS_NONE, error) : NULL;
}

gboolean
wsi_proxy_target_parse (const char *text,
                        char      **host,
                        guint16    *port,
                        gboolean   *is_tls,
                        GError    **error)
{
  g_autofree char *address =
    wsi_server_address_make_uri (text, WSI_SERVER_ADDRESS_WITHOUT_PATH, NULL);
  g_autoptr (GUri) uri = proxy_address_parse_uri (address, error);

  if (uri == NULL)
    return FALSE;

  /* The received text is not quoted: it may have a password. */
  if (g_uri_get_userinfo (uri) != NULL || g_uri_get_host (uri) == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           g_uri_get_userinfo (uri) != NULL
                           ? _("invalid target: expected ws://HOST:PORT or wss://HOST:PORT without "
                               "a user name, because clients send their own")
                           : _("invalid target: expected ws://HOST:PORT or wss://HOST:PORT"));
      return FALSE;
    }

  *is_tls = strcmp (g_uri_get_scheme (uri), "wss") == 0;
  *host = g_strdup (g_uri_get_host (uri));
  *port = g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : *is_tls ? HTTPS_PORT : HTTP_PORT;
  return TRUE;
}

/* The port is left out where it is the scheme's own, as clients do. */
static char *
proxy_address_make_name (const char *host,
                         guint16     port,
                         gboolean    is_tls)
{
  if (port != (is_tls ? HTTPS_PORT : HTTP_PORT))
    return proxy_address_make_authority (host, port);

  return strchr (host, ':') != NULL ? g_strdup_printf ("[%s]", host) : g_strdup (host);
}

WsiProxyNames *
wsi_proxy_make_names (const WsiListenAddress *address,
                      guint16                 port,
                      gboolean                is_tls,
                      const char             *target,
                      guint16                 target_port,
                      gboolean                is_target_tls)
{
  WsiProxyNames *self = g_new0 (WsiProxyNames, 1);
  g_autoptr (GStrvBuilder) own = g_strv_builder_new ();
  const char *const hosts[] = { "127.0.0.1", "localhost", "::1", address->host };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *name = hosts[i] != NULL ? proxy_address_make_name (hosts[i], port, is_tls)
      : NULL;

      if (name != NULL)
        g_strv_builder_add (own, name);
    }
  self->own = g_strv_builder_end (own);
  self->own_scheme = g_strdup (is_tls ? "https" : "http");
  self->target = proxy_address_make_name (target, target_port, is_target_tls);
  self->target_origin = g_strconcat (is_target_tls ? "https://" : "http://", self->target, NULL);
  return self;
}
