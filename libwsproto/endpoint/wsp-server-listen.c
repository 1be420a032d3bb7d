/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The listeners of a server: where it listens, and whom it lets in. */
#include "endpoint/wsp-server-private.h"

#include <libwsproto/session/wsp-session-error.h>

#define BACKLOG 1024
#define ACCEPTS_PER_TURN 64
#define ACCEPT_PAUSE G_USEC_PER_SEC     /* when there are no descriptors left */
#define PORT_TRIES 16

void
wsp_listener_free (WspListener *self)
{
  wsp_reactor_unwatch (self->server->reactor, &self->watch);
  wsp_reactor_unset_timer (self->server->reactor, &self->timer);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_free (self);
}

/* Descriptors may come back; until then asking would only burn time. */
static void
pause_accepting (WspListener *self)
{
  WspReactor *reactor = self->server->reactor;

  wsp_reactor_set_events (reactor, &self->watch, WSP_WATCH_NOTHING);
  wsp_reactor_set_timer (reactor, &self->timer, wsp_reactor_get_time (reactor) + ACCEPT_PAUSE);
}

/* FALSE: nobody else waits, or nobody else may come in. */
static gboolean
accept_one (WspListener *self)
{
  g_autoptr (GError) error = NULL;

  if (wsp_server_is_full (self->server))
    {
      wsp_reactor_set_events (self->server->reactor, &self->watch, WSP_WATCH_NOTHING);
      return FALSE;
    }

  g_autoptr (GSocket) socket = g_socket_accept (self->socket, NULL, &error);

  if (socket == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          g_debug ("Accepting is paused: %s", error->message);
          pause_accepting (self);
        }
      return FALSE;
    }

  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);

  wsp_server_handshake_begin (self->server,
                              wsp_transport_new_for_stream (self->server->reactor,
                                                            G_IO_STREAM (stream)));
  return TRUE;
}

static void
on_listener_ready (WspWatch      *watch,
                   WspWatchEvents events)
{
  WspListener *self = (WspListener *) watch;

  for (guint n_accepted = 0; n_accepted < ACCEPTS_PER_TURN; n_accepted++)
    {
      if (!accept_one (self))
        return;
    }
}

static void
on_pause_over (WspTimer *timer)
{
  wsp_server_resume_accepting (WSP_OWNER_OF (timer, WspListener, timer)->server);
}

static GSocket *
listen_at (GSocketAddress *address,
           GError        **error)
{
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                             error);

  if (socket == NULL)
    return NULL;

  g_socket_set_listen_backlog (socket, BACKLOG);
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

  return listen_at (socket_address, error);
}

static guint16
get_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return G_IS_INET_SOCKET_ADDRESS (address)
         ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address))
         : 0;
}

/* Where there is no IPv6, 127.0.0.1 is enough; a port that is taken there is not. */
static gboolean
add_loopback_twin (WspServer *self,
                   guint16    port,
                   GError   **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GError) twin_error = NULL;
  g_autoptr (GSocket) socket = listen_at_port (address, port, &twin_error);

  if (socket != NULL)
    return wsp_server_add_socket (self, socket, error);

  if (!g_error_matches (twin_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&twin_error));
  return FALSE;
}

static guint16
add_loopback_once (WspServer *self,
                   guint16    port,
                   GError   **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocket) socket = listen_at_port (address, port, error);

  if (socket == NULL)
    return 0;

  guint16 chosen = get_port (socket);

  if (!add_loopback_twin (self, chosen, error) || !wsp_server_add_socket (self, socket, error))
    return 0;

  return chosen;
}

/* A port that the system chose for one family may be taken in the other: then another one is
 * tried. */
static guint16
add_loopback (WspServer *self,
              guint16    port,
              GError   **error)
{
  for (guint n_tries = 1; port == 0 && n_tries < PORT_TRIES; n_tries++)
    {
      guint16 chosen = add_loopback_once (self, 0, NULL);

      if (chosen != 0)
        return chosen;
    }

  return add_loopback_once (self, port, error);
}

/**
 * wsp_server_add_inet_port:
 * @self: a server
 * @address: (nullable): an IP address to listen at; %NULL = only this machine, 127.0.0.1
 *   and, where there is one, ::1 on the same port
 * @port: a port; 0 = one that is free
 * @error: return location for an error
 *
 * Listens at a TCP port.
 *
 * Fails with [error@Wsp.SessionError.INVALID_ARGUMENT] when @address is no IP address, and
 * with the errors of GIO.
 *
 * Returns: the port, 0 with an error
 *
 * Since: 0.1
 */
guint16
wsp_server_add_inet_port (WspServer  *self,
                          const char *address,
                          guint16     port,
                          GError    **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), 0);

  if (address == NULL)
    return add_loopback (self, port, error);

  g_autoptr (GInetAddress) inet_address = g_inet_address_new_from_string (address);

  if (inet_address == NULL)
    {
      g_set_error_literal (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_ARGUMENT,
                           "Address to listen at is not an IP address");
      return 0;
    }

  g_autoptr (GSocket) socket = listen_at_port (inet_address, port, error);

  if (socket == NULL || !wsp_server_add_socket (self, socket, error))
    return 0;

  return get_port (socket);
}

/**
 * wsp_server_add_address:
 * @self: a server
 * @address: where to listen
 * @error: return location for an error
 *
 * Listens at an address, which may be one of a unix socket.
 *
 * Fails with the errors of GIO.
 *
 * Returns: %TRUE if the server listens there
 *
 * Since: 0.1
 */
gboolean
wsp_server_add_address (WspServer      *self,
                        GSocketAddress *address,
                        GError        **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), FALSE);
  g_return_val_if_fail (G_IS_SOCKET_ADDRESS (address), FALSE);

  g_autoptr (GSocket) socket = listen_at (address, error);

  return socket != NULL && wsp_server_add_socket (self, socket, error);
}

/**
 * wsp_server_add_socket:
 * @self: a server
 * @socket: a socket that listens
 * @error: return location for an error
 *
 * Accepts connections from a socket, such as one that was inherited.
 *
 * Fails with the errors of GIO.
 *
 * Returns: %TRUE if the server listens there
 *
 * Since: 0.1
 */
gboolean
wsp_server_add_socket (WspServer *self,
                       GSocket   *socket,
                       GError   **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), FALSE);
  g_return_val_if_fail (G_IS_SOCKET (socket), FALSE);

  WspListener *listener = g_new0 (WspListener, 1);

  g_socket_set_blocking (socket, FALSE);
  listener->server = self;
  listener->socket = g_object_ref (socket);
  listener->timer.expired = on_pause_over;
  if (!wsp_reactor_watch (self->reactor, &listener->watch, g_socket_get_fd (socket), WSP_WATCH_READ,
                          on_listener_ready))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Socket cannot be watched");
      wsp_listener_free (listener);
      return FALSE;
    }

  g_ptr_array_add (self->listeners, listener);
  return TRUE;
}
