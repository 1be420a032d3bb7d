/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The listeners of a server, and the sockets that it accepts. */
#include "endpoint/serving/wsp-server-private.h"

#include <errno.h>
#include <fcntl.h>
#include <libwsproto/base/wsp-error.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection/wsp-connection-transport-private.h"
#include "endpoint/opening/wsp-server-tls-private.h"
#include "handshake/wsp-handshake-private.h"
#include "log/wsp-excerpt-private.h"
#include "log/wsp-log-private.h"
#include "reactor/wsp-reactor-private.h"

#define MAX_ADDRESS_SHOWN 80

#define BACKLOG 1024
#define ACCEPTS_PER_DISPATCH 64
#define ACCEPT_PAUSE G_USEC_PER_SEC     /* when there are no file descriptors left */
#define PORT_TRIES 16

typedef union
{
  struct sockaddr     any;
  struct sockaddr_in  inet;
  struct sockaddr_in6 inet6;
} Address;

void
wsp_listener_free (WspListener *self)
{
  wsp_reactor_unwatch (self->server->reactor, &self->watch);
  wsp_reactor_unset_timer (self->server->reactor, &self->timer);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_free (self);
}

static void
stop_while_full (WspListener          *self,
                 const WspServerRules *rules)
{
  wsp_reactor_set_events (self->server->reactor, &self->watch, WSP_WATCH_NOTHING);
  if (self->server->was_full_logged)
    return;

  self->server->was_full_logged = TRUE;
  wsp_log (WSP_LOG_LIMITS, WSP_LOG_LEVEL_INFO, &(WspLogFields) { .limit = "max-connections" },
           "Accepting is paused: %u connections, limit max-connections %u", self->server->n_clients,
           rules->max_connections);
}

void
wsp_server_resume_accepting (WspServer *self)
{
  g_autoptr (WspServerRules) rules = NULL;

  if (self->listeners->len == 0)
    return;

  rules = wsp_server_ref_rules (self);
  if (wsp_server_is_full (self, rules))
    return;

  for (guint i = 0; i < self->listeners->len; i++)
    {
      WspListener *listener = self->listeners->pdata[i];

      if (listener->timer.link.next == NULL)
        wsp_reactor_set_events (self->reactor, &listener->watch, WSP_WATCH_READ);
    }
}

static void
reserve_descriptor (WspServer *self)
{
  if (self->spare_fd < 0)
    self->spare_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* For the time without free file descriptors, in which accept () would fail again at once.  The
 * first socket that waits is accepted with the spare descriptor and closed, so that its client can
 * try another server. */
static void
pause_accepting (WspListener *self,
                 int          reason)
{
  WspServer *server = self->server;
  WspReactor *reactor = server->reactor;
  const WspLogFields fields = { 0 };

  wsp_log (WSP_LOG_LIMITS, WSP_LOG_LEVEL_INFO, &fields, "Accepting is paused: %s",
           g_strerror (reason));
  if (server->spare_fd >= 0)
    {
      close (server->spare_fd);
      server->spare_fd = accept4 (g_socket_get_fd (self->socket), NULL, NULL, SOCK_CLOEXEC);
      if (server->spare_fd >= 0)
        close (server->spare_fd);
      server->spare_fd = -1;
      reserve_descriptor (server);
    }

  wsp_reactor_set_events (reactor, &self->watch, WSP_WATCH_NOTHING);
  wsp_reactor_set_timer (reactor, &self->timer, wsp_reactor_get_time (reactor) + ACCEPT_PAUSE);
}

static WspTransport *
make_tls_transport (WspWorker *worker,
                    int        fd)
{
  g_autoptr (WspServerRules) rules = wsp_server_ref_rules (worker->server);

  return wsp_server_tls_begin (&rules->tls, worker->reactor, fd);
}

typedef struct                  /* an accepted socket that is queued for its worker */
{
  WspServerClient *client;
  WspListenerKind  kind;
  int              fd;
  Address          address;
  gsize            address_length;
} AcceptedSocket;

static void
serve_socket (gpointer receiver,
              gpointer content)
{
  WspWorker *worker = receiver;
  AcceptedSocket *accepted = content;
  WspTransport *transport = NULL;

  switch (accepted->kind)
    {
    case WSP_LISTENER_PLAIN:
      transport = wsp_transport_new_for_fd (worker->reactor, accepted->fd);
      break;
    case WSP_LISTENER_TLS:
      transport = make_tls_transport (worker, accepted->fd);
      break;
    }

  if (transport != NULL)
    wsp_server_handshake_begin (accepted->client, transport, &accepted->address,
                                accepted->address_length);
  else
    wsp_server_client_leave (accepted->client);
}

static void
assign_worker (WspListener          *self,
               const WspServerRules *rules,
               int                   fd,
               const Address        *address)
{
  WspWorker *worker = wsp_server_choose_worker (self->server);
  guint8 bytes[16];
  const guint8 *host = wsp_server_get_address_bytes (&address->any, bytes);
  AcceptedSocket accepted = {
    .client = wsp_server_client_new (self->server, worker, rules, host), .kind = self->kind,
    .fd = fd, .address = *address, .address_length = host != NULL ? sizeof *address : 0
  };

  if (worker->thread == NULL)
    serve_socket (worker, &accepted);
  else
    wsp_worker_invoke (worker, serve_socket, g_memdup2 (&accepted, sizeof accepted), g_free);
}

/* FALSE: no socket waits, or accepting is paused. */
static gboolean
accept_one (WspListener          *self,
            const WspServerRules *rules)
{
  Address address = { .any.sa_family = AF_UNSPEC };
  socklen_t length = sizeof address;
  int fd;

  if (wsp_server_is_full (self->server, rules))
    {
      stop_while_full (self, rules);
      return FALSE;
    }

  self->server->was_full_logged = FALSE;
  fd = accept4 (g_socket_get_fd (self->socket), &address.any, &length,
                SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd >= 0)
    {
      assign_worker (self, rules, fd, &address);
      return TRUE;
    }

  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
    {
      pause_accepting (self, errno);
      return FALSE;
    }

  /* Accepting goes on after a client that has closed meanwhile. */
  return errno == EINTR || errno == ECONNABORTED || errno == EPROTO;
}

/* accept_one () may run code of the program, which may stop accepting, or drop the server. */
static void
on_listener_ready (WspWatch      *watch,
                   WspWatchEvents events)
{
  WspListener *self = (WspListener *) watch;
  g_autoptr (WspServer) server = g_object_ref (self->server);
  g_autoptr (WspServerRules) rules = wsp_server_ref_rules (server);

  for (guint n_accepted = 0; n_accepted < ACCEPTS_PER_DISPATCH; n_accepted++)
    {
      if (!g_ptr_array_find (server->listeners, self, NULL) || !accept_one (self, rules))
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

/* Adds ::1 on the port of 127.0.0.1.  If ::1 has the port in use, that is an error; if the system
 * has no IPv6, 127.0.0.1 is enough. */
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

/* With port 0 the system chooses a free port of 127.0.0.1, which may be in use on ::1: then another
 * port is tried. */
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

static void
set_no_delay (GSocket *socket)
{
  const int yes = 1;

  /* Accepted sockets inherit TCP_NODELAY; Unix sockets have no such option. */
  setsockopt (g_socket_get_fd (socket), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

/**
 * wsp_server_add_inet_port:
 * @self: a server
 * @address: (transfer none) (nullable): an IP address to listen on; %NULL = loopback only,
 *   127.0.0.1 and, with IPv6, ::1 on the same port
 * @port: a port; 0 = a free one
 * @error: return location for an error
 *
 * Listens on a TCP port.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] if @address is not an IP address, and
 * with the errors of GIO.
 *
 * Returns: the port, 0 on error
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
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);

  if (address == NULL)
    return add_loopback (self, port, error);

  g_autoptr (GInetAddress) inet_address = g_inet_address_new_from_string (address);

  if (inet_address == NULL)
    {
      g_autofree char *received = wsp_excerpt_quote (address, strlen (address), MAX_ADDRESS_SHOWN);

      g_set_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                   "Cannot listen: expected an IP address, received %s (for this machine alone "
                   "leave the address out, for all networks write 0.0.0.0 or ::)", received);
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
 * @address: (transfer none): where to listen
 * @error: return location for an error
 *
 * Listens on an address, which may be one of a Unix socket. The file of a Unix socket is
 * created here, and the library does not remove it.
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
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), FALSE);
  g_return_val_if_fail (G_IS_SOCKET_ADDRESS (address), FALSE);

  g_autoptr (GSocket) socket = listen_at (address, error);

  return socket != NULL && wsp_server_add_socket (self, socket, error);
}

/**
 * wsp_server_add_socket:
 * @self: a server
 * @socket: (transfer none): a listening socket
 * @error: return location for an error
 *
 * Accepts connections from a socket, such as one inherited from a service manager.
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
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), FALSE);
  g_return_val_if_fail (G_IS_SOCKET (socket), FALSE);

  WspListener *listener = g_new0 (WspListener, 1);

  g_socket_set_blocking (socket, FALSE);
  set_no_delay (socket);
  reserve_descriptor (self);
  listener->server = self;
  listener->socket = g_object_ref (socket);
  listener->kind = self->settings->tls.settings.certificate != NULL ? WSP_LISTENER_TLS
                                                                     : WSP_LISTENER_PLAIN;
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

/**
 * wsp_server_stop_accepting:
 * @self: a server
 *
 * Closes the listening sockets. Connections stay open, and opening handshakes continue.
 *
 * A program that is being replaced calls this, so that its successor can listen at the same
 * place, and [method@Wsp.Server.shutdown_async] when its own clients may be closed.
 *
 * Since: 0.1
 */
void
wsp_server_stop_accepting (WspServer *self)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  g_ptr_array_set_size (self->listeners, 0);
}
