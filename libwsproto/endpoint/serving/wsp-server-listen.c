/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The places where a server listens. */
#include "endpoint/serving/wsp-server-private.h"

#include <libwsproto/base/wsp-error.h>
#include <sys/socket.h>

#include "endpoint/serving/wsp-listener-list-private.h"
#include "endpoint/serving/wsp-listener-private.h"
#include "log/wsp-excerpt-private.h"
#include "reactor/wsp-reactor-private.h"

#define MAX_HOST_SHOWN 80

#define BACKLOG 1024
#define PORT_TRIES 16

/* Sets file for the path of a Unix socket, otherwise to NULL. */
static GSocket *
server_listen_at (GSocketAddress *address,
                  WspSocketFile **file,
                  GError        **error)
{
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                             error);

  if (socket == NULL)
    return NULL;

  g_socket_set_listen_backlog (socket, BACKLOG);
  *file = NULL;
  if (wsp_socket_file_is_for (address))
    {
      *file = wsp_socket_file_listen (socket, address, error);
      return *file != NULL ? g_steal_pointer (&socket) : NULL;
    }

  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;

  return g_steal_pointer (&socket);
}

static GSocket *
listen_at_port (GInetAddress *address,
                guint16       port,
                GError      **error)
{
  g_autoptr (GSocketAddress) socket_address = g_inet_socket_address_new (address, port);
  WspSocketFile *none;

  return server_listen_at (socket_address, &none, error);
}

static gboolean
may_listen (WspServer     *self,
            WspListenFlags flags,
            GError       **error)
{
  const guint unknown =
    flags & ~(guint) (WSP_LISTEN_FLAGS_TLS | WSP_LISTEN_FLAGS_PROXY_PROTOCOL);

  if (unknown != 0)
    g_set_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                 "Cannot listen: expected flags of WspListenFlags, received 0x%x", unknown);
  else if (self->settings->tls.refusal != NULL)
    g_set_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                 "Cannot listen: WspServer:tls-certificate was refused: %s",
                 self->settings->tls.refusal->message);
  else if (flags & WSP_LISTEN_FLAGS_TLS && self->settings->tls.settings.certificate == NULL)
    g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION,
                         "Cannot listen with TLS: expected a server with a certificate, received "
                         "one without (set WspServer:tls-certificate first)");
  else if (self->service == WSP_SERVICE_SHUTDOWN)
    g_set_error_literal (error, WSP_ERROR, WSP_ERROR_CLOSED, "Server is being shut down");
  else
    return TRUE;

  return FALSE;
}

/* Handlers of items-changed and of the log are code of the program, which may close the listener,
 * or drop the server. */
static WspListener *
add_listener (WspServer      *self,
              WspListenFlags  flags,
              GSocket *const *sockets,
              guint           n_sockets,
              WspStreamOwner  owner,
              WspSocketFile  *file,
              GError        **error)
{
  g_autoptr (WspListener) listener = wsp_listener_new (self, flags, sockets, n_sockets, owner, file,
                                                       error);

  if (listener == NULL)
    return NULL;

  g_object_ref (self);
  wsp_listener_list_add (self->listeners, listener);
  wsp_server_log_clear_text (self);
  g_object_unref (self);

  if (wsp_listener_is_open (listener))
    return listener;            /* the server's list has a reference */

  g_set_error_literal (error, WSP_ERROR, WSP_ERROR_CLOSED,
                       "Listener was closed by a handler of items-changed or of the log");
  return NULL;
}

/* Listens at 127.0.0.1, and on the same port of ::1.  If ::1 has the port in use, that is an error;
 * if the system has no IPv6, 127.0.0.1 is enough.  Returns the number of sockets, 0 = error. */
static guint
open_loopback (GSocket **sockets,
               guint16   port,
               GError  **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GInetAddress) twin = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GSocket) socket = listen_at_port (address, port, error);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) twin_error = NULL;

  if (socket == NULL || (bound = g_socket_get_local_address (socket, error)) == NULL)
    return 0;

  sockets[1] = listen_at_port (twin, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)),
                               &twin_error);
  if (g_error_matches (twin_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    {
      g_propagate_error (error, g_steal_pointer (&twin_error));
      return 0;
    }

  sockets[0] = g_steal_pointer (&socket);
  return sockets[1] != NULL ? 2 : 1;
}

/* With port 0 the system chooses a free port of 127.0.0.1, which may be in use on ::1: then another
 * port is tried. */
static WspListener *
listen_at_loopback (WspServer     *self,
                    guint16        port,
                    WspListenFlags flags,
                    GError       **error)
{
  g_autoptr (GSocket) first = NULL;
  g_autoptr (GSocket) second = NULL;
  GSocket *sockets[WSP_LISTENER_MAX_SOCKETS] = { NULL, NULL };
  guint n_sockets = 0;

  for (guint n_tries = 1; port == 0 && n_sockets == 0 && n_tries < PORT_TRIES; n_tries++)
    n_sockets = open_loopback (sockets, 0, NULL);

  if (n_sockets == 0)
    n_sockets = open_loopback (sockets, port, error);

  first = sockets[0];
  second = sockets[1];
  return n_sockets > 0
         ? add_listener (self, flags, sockets, n_sockets, WSP_STREAM_IS_OURS, NULL, error) : NULL;
}

static gboolean
server_listen_has_socket (WspServer *self,
                          GSocket   *socket)
{
  GPtrArray *listeners = wsp_listener_list_peek (self->listeners);

  for (guint i = 0; i < listeners->len; i++)
    {
      if (wsp_listener_has_socket (listeners->pdata[i], socket))
        return TRUE;
    }

  return FALSE;
}

static gboolean
server_listen_may_take (WspServer *self,
                        GSocket   *socket,
                        GError   **error)
{
  int is_listening = 0;

  if (!g_socket_get_option (socket, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, error))
    return FALSE;

  if (!is_listening)
    g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                         "Cannot listen: expected a socket that listens, received one that does "
                         "not (call g_socket_listen () first)");
  else if (server_listen_has_socket (self, socket))
    g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                         "Cannot listen: expected another socket, received one that a listener of "
                         "the server has");
  else
    return TRUE;

  return FALSE;
}

/**
 * wsp_server_listen:
 * @self: a server
 * @address: (transfer none): where to listen
 * @flags: how to listen
 * @error: return location for an error
 *
 * Listens at an address, which may be one of a Unix socket. With port 0 the system chooses a free
 * port, which [method@Wsp.Listener.get_port] returns.
 *
 * The file of a Unix socket is created here, and removed when the listener is closed. A file that a
 * server has left which has ended, such as by a crash, is removed first: a socket that refuses to
 * connect. Any other file is an error, %G_IO_ERROR_ADDRESS_IN_USE. GIO cuts a path of more than 107
 * bytes without an error when the [class@Gio.UnixSocketAddress] is made: check the length before.
 *
 * Fails with [error@Wsp.Error.INVALID_OPERATION] if @flags has %WSP_LISTEN_FLAGS_TLS and the server
 * has no [property@Wsp.Server:tls-certificate], with [error@Wsp.Error.INVALID_ARGUMENT] for unknown
 * flags, with [error@Wsp.Error.CLOSED] while the server is being shut down and if a handler has
 * closed the listener, and with the errors of GIO.
 *
 * Returns: (transfer none): the listener, valid until it is closed; %NULL on error
 *
 * Since: 0.1
 */
WspListener *
wsp_server_listen (WspServer      *self,
                   GSocketAddress *address,
                   WspListenFlags  flags,
                   GError        **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);
  g_return_val_if_fail (G_IS_SOCKET_ADDRESS (address), NULL);

  if (!may_listen (self, flags, error))
    return NULL;

  WspSocketFile *file;
  g_autoptr (GSocket) socket = server_listen_at (address, &file, error);

  return socket != NULL
         ? add_listener (self, flags, &socket, 1, WSP_STREAM_IS_OURS, file, error) : NULL;
}

/**
 * wsp_server_listen_inet:
 * @self: a server
 * @host: (transfer none) (nullable): an IP address, or `localhost`; %NULL = `localhost`
 * @port: a port; 0 = a free one, which [method@Wsp.Listener.get_port] returns
 * @flags: how to listen
 * @error: return location for an error
 *
 * Listens on a TCP port. `localhost` is loopback only: one listener for 127.0.0.1 and, if the
 * system has IPv6, for ::1 on the same port. Other host names are not resolved.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] if @host is neither an IP address nor `localhost`
 * and for unknown flags, with [error@Wsp.Error.INVALID_OPERATION] if @flags has
 * %WSP_LISTEN_FLAGS_TLS and the server has no [property@Wsp.Server:tls-certificate], with
 * [error@Wsp.Error.CLOSED] while the server is being shut down and if a handler has closed the
 * listener, and with the errors of GIO, such as %G_IO_ERROR_ADDRESS_IN_USE.
 *
 * Returns: (transfer none): the listener, valid until it is closed; %NULL on error
 *
 * Since: 0.1
 */
WspListener *
wsp_server_listen_inet (WspServer     *self,
                        const char    *host,
                        guint16        port,
                        WspListenFlags flags,
                        GError       **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  if (!may_listen (self, flags, error))
    return NULL;

  if (host == NULL || g_ascii_strcasecmp (host, "localhost") == 0)
    return listen_at_loopback (self, port, flags, error);

  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address == NULL)
    {
      g_autofree char *received = wsp_excerpt_quote (host, strlen (host), MAX_HOST_SHOWN);

      g_set_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                   "Cannot listen: expected an IP address or localhost, received %s (for all "
                   "networks write 0.0.0.0 or ::)", received);
      return NULL;
    }

  g_autoptr (GSocket) socket = listen_at_port (address, port, error);

  return socket != NULL
         ? add_listener (self, flags, &socket, 1, WSP_STREAM_IS_OURS, NULL, error) : NULL;
}

/**
 * wsp_server_listen_socket:
 * @self: a server
 * @socket: (transfer none): a listening socket
 * @flags: how to listen
 * @error: return location for an error
 *
 * Accepts connections from a socket, such as one inherited from a service manager. The listener
 * closes the socket when it is closed; on error the socket stays open. If the program closes
 * @socket, the listener is closed in the next turn of the main loop.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] if @socket does not listen, if a listener of the
 * server has it, and for unknown flags, with [error@Wsp.Error.INVALID_OPERATION] if @flags has
 * %WSP_LISTEN_FLAGS_TLS and the server has no [property@Wsp.Server:tls-certificate], with
 * [error@Wsp.Error.CLOSED] while the server is being shut down and if a handler has closed the
 * listener, and with the errors of GIO.
 *
 * Returns: (transfer none): the listener, valid until it is closed; %NULL on error
 *
 * Since: 0.1
 */
WspListener *
wsp_server_listen_socket (WspServer     *self,
                          GSocket       *socket,
                          WspListenFlags flags,
                          GError       **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);
  g_return_val_if_fail (G_IS_SOCKET (socket), NULL);

  return may_listen (self, flags, error) && server_listen_may_take (self, socket, error)
         ? add_listener (self, flags, &socket, 1, WSP_STREAM_IS_SHARED, NULL, error) : NULL;
}

void
wsp_server_end_listeners (WspServer *self)
{
  GPtrArray *listeners = wsp_listener_list_peek (self->listeners);

  for (guint i = 0; i < listeners->len; i++)
    wsp_listener_end (listeners->pdata[i]);

  wsp_listener_list_remove_all (self->listeners);       /* last: a handler may drop the server */
}

/**
 * wsp_server_stop_accepting:
 * @self: a server
 *
 * Closes all listeners, and empties [property@Wsp.Server:listeners]. Connections stay open, and
 * opening handshakes continue. The server may listen again afterwards. To close one listener alone,
 * call [method@Wsp.Listener.close].
 *
 * A program that is being replaced calls this, so that its successor can listen at the same place.
 * It calls [method@Wsp.Server.shutdown_async] later, when its own clients may be closed.
 *
 * Since: 0.1
 */
void
wsp_server_stop_accepting (WspServer *self)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  wsp_server_end_listeners (self);
}
