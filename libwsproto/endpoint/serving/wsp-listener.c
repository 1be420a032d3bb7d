/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A listener: accepts sockets and gives them to workers, until it is closed.
 *
 * (1) A listener with a server is open, and the server's list has a reference to it.
 */
#include "endpoint/serving/wsp-listener-private.h"

#include <errno.h>
#include <fcntl.h>
#include <libwsproto/base/wsp-enum-types.h>
#include <sys/socket.h>
#include <unistd.h>

#include "endpoint/opening/wsp-trusted-proxies-private.h"
#include "endpoint/serving/wsp-listener-list-private.h"
#include "log/wsp-log-private.h"
#include "reactor/wsp-last-reference-private.h"
#include "reactor/wsp-reactor-private.h"
#include "reactor/wsp-transport-private.h"
#include "system/sockets.h"

#define ACCEPTS_PER_DISPATCH 64
#define ACCEPT_PAUSE G_USEC_PER_SEC     /* time to wait when there are no file descriptors left */

typedef struct
{
  WspWatch     watch;           /* the first member: its address is that of the struct */
  WspTimer     timer;           /* timer until the next try to accept */
  WspListener *listener;
  GSocket     *socket;
  WspStreamOwner owner;         /* owner of socket */
  int          fd;              /* descriptor of the socket; of a shared socket a duplicate */
  WspShared    shared;          /* member of the reactor's shared list while socket is shared and
                                   open */
  WspDue       due;             /* closes the listener when the program has closed its socket */
} ListeningSocket;

/**
 * WspListener:
 *
 * A place at which a [class@Wsp.Server] accepts connections. [method@Wsp.Server.listen_inet],
 * [method@Wsp.Server.listen] and [method@Wsp.Server.listen_socket] create listeners, and
 * [property@Wsp.Server:listeners] has those that are open.
 *
 * A listener belongs to the main context of its server: call it in the thread that iterates this
 * context. A listener is closed by [method@Wsp.Listener.close], [method@Wsp.Server.stop_accepting]
 * and [method@Wsp.Server.shutdown_async], and when the server is freed. A closed listener accepts
 * nothing, cannot be opened again, and keeps its properties.
 *
 * Since: 0.1
 */
struct _WspListener
{
  GObject         parent_instance;
  WspReactor     *reactor;
  WspServer      *server;       /* server that accepts; NULL: the listener is closed */
  GSocketAddress *address;
  WspSocketFile  *file;         /* file of the Unix socket; NULL: no file, or it was removed */
  WspListenFlags  flags;
  ListeningSocket sockets[WSP_LISTENER_MAX_SOCKETS];
  guint           n_sockets;
  gboolean        was_clear_text_logged;
};

enum
{
  PROP_0,
  PROP_ADDRESS,
  PROP_FLAGS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WspListener, wsp_listener, G_TYPE_OBJECT)

static void
stop_while_full (ListeningSocket      *self,
                 const WspServerRules *rules)
{
  WspServer *server = self->listener->server;

  wsp_reactor_set_events (server->reactor, &self->watch, WSP_WATCH_NOTHING);
  if (server->was_full_logged)
    return;

  server->was_full_logged = TRUE;
  wsp_log (WSP_LOG_LIMITS, WSP_LOG_LEVEL_INFO, &(WspLogFields) { .limit = "max-connections" },
           "Accepting is paused: %u connections, limit max-connections %u", server->n_clients,
           rules->max_connections);
}

static void
listener_resume (WspListener *self)
{
  for (guint i = 0; i < self->n_sockets; i++)
    {
      if (self->sockets[i].timer.link.next == NULL)
        wsp_reactor_set_events (self->reactor, &self->sockets[i].watch, WSP_WATCH_READ);
    }
}

void
wsp_server_resume_accepting (WspServer *self)
{
  GPtrArray *listeners = wsp_listener_list_peek (self->listeners);
  g_autoptr (WspServerRules) rules = NULL;

  if (listeners->len == 0)
    return;

  rules = wsp_server_ref_rules (self);
  if (!wsp_server_may_accept (self, rules))
    return;

  for (guint i = 0; i < listeners->len; i++)
    listener_resume (listeners->pdata[i]);
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
pause_accepting (ListeningSocket *self,
                 int              reason)
{
  WspServer *server = self->listener->server;
  WspReactor *reactor = server->reactor;

  if (server->spare_fd >= 0)
    {
      close (server->spare_fd);
      server->spare_fd = wsc_socket_accept (self->fd, NULL, NULL);
      if (server->spare_fd >= 0)
        close (server->spare_fd);
      server->spare_fd = -1;
      reserve_descriptor (server);
    }

  wsp_reactor_set_events (reactor, &self->watch, WSP_WATCH_NOTHING);
  wsp_reactor_set_timer (reactor, &self->timer, wsp_reactor_get_time (reactor) + ACCEPT_PAUSE);
  wsp_log (WSP_LOG_LIMITS, WSP_LOG_LEVEL_INFO, &(WspLogFields) { 0 }, "Accepting is paused: %s",
           g_strerror (reason));
}

typedef struct                  /* an accepted socket that is queued for its worker */
{
  WspServerClient *client;
  WspListenFlags   flags;
  int              fd;
  WspNativeAddress address;
} AcceptedSocket;

static void
serve_socket (gpointer receiver,
              gpointer content)
{
  const AcceptedSocket *accepted = content;

  wsp_server_serve_socket (accepted->client, accepted->flags, accepted->fd, &accepted->address);
}

/* Behind a proxy the address of the client is known later. */
static void
assign_worker (WspListener            *self,
               const WspServerRules   *rules,
               int                     fd,
               const WspNativeAddress *address)
{
  WspWorker *worker = wsp_server_choose_worker (self->server);
  const struct sockaddr *host = self->flags & WSP_LISTEN_FLAGS_PROXY_PROTOCOL ? NULL
                                                                              : &address->any;
  AcceptedSocket accepted = {
    .client = wsp_server_client_new (self->server, worker, rules, host), .flags = self->flags,
    .fd = fd, .address = *address
  };

  if (worker->thread == NULL)
    serve_socket (worker, &accepted);
  else
    wsp_worker_invoke (worker, serve_socket, g_memdup2 (&accepted, sizeof accepted), g_free);
}

/* FALSE: no socket waits, or accepting is paused. */
static gboolean
listener_accept_one (ListeningSocket      *self,
                     const WspServerRules *rules)
{
  WspServer *server = self->listener->server;
  WspNativeAddress address = WSP_NO_NATIVE_ADDRESS;
  socklen_t length = sizeof address;
  int fd;

  if (!wsp_server_may_accept (server, rules))
    {
      stop_while_full (self, rules);
      return FALSE;
    }

  server->was_full_logged = server->was_full_logged && wsp_server_is_full (server, rules);
  fd = wsc_socket_accept (self->fd, &address.any, &length);
  if (fd >= 0)
    {
      assign_worker (self->listener, rules, fd, &address);
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

static void
listener_run_due (WspDue *due)
{
  g_autoptr (WspListener) listener = WSP_OWNER_OF (due, ListeningSocket, due)->listener;

  if (!wsp_reactor_has_ended (listener->reactor))
    wsp_listener_close (listener);
}

/* FALSE: the program has closed its socket, and the listener will be closed. */
static gboolean
check_socket (ListeningSocket *self)
{
  if (!g_socket_is_closed (self->socket))
    return TRUE;

  if (!wsp_due_is_queued (&self->due))
    g_object_ref (self->listener);
  wsp_reactor_remove_shared (self->listener->reactor, &self->shared);
  wsp_reactor_call (self->listener->reactor, &self->due, WSP_DUE_THIS_DISPATCH);
  return FALSE;
}

static void
listener_look (WspShared *shared)
{
  check_socket (WSP_OWNER_OF (shared, ListeningSocket, shared));
}

/* listener_accept_one () may run code of the program, which may close the listener, or drop the
 * server. */
static void
listener_on_socket_ready (WspWatch      *watch,
                          WspWatchEvents events)
{
  ListeningSocket *self = (ListeningSocket *) watch;
  g_autoptr (WspListener) listener = g_object_ref (self->listener);
  g_autoptr (WspServer) server = g_object_ref (listener->server);
  g_autoptr (WspServerRules) rules = wsp_server_ref_rules (server);

  if (!check_socket (self))
    return;

  for (guint n_accepted = 0; n_accepted < ACCEPTS_PER_DISPATCH; n_accepted++)
    {
      if (!wsp_listener_is_open (listener) || wsp_reactor_is_inherited (listener->reactor) ||
          !listener_accept_one (self, rules))
        return;
    }
}

static void
on_pause_over (WspTimer *timer)
{
  wsp_server_resume_accepting (WSP_OWNER_OF (timer, ListeningSocket, timer)->listener->server);
}

static WspListener *
find_clear_text_listener (WspServer *self)
{
  GPtrArray *listeners = wsp_listener_list_peek (self->listeners);

  for (guint i = 0; i < listeners->len; i++)
    {
      WspListener *listener = listeners->pdata[i];

      if (!(listener->flags & WSP_LISTEN_FLAGS_TLS) && !listener->was_clear_text_logged)
        return listener;
    }

  return NULL;
}

/* A handler of the log is code of the program, which may close listeners. */
void
wsp_server_log_clear_text (WspServer *self)
{
  WspListener *listener;

  while (self->settings->tls.settings.certificate != NULL &&
         (listener = find_clear_text_listener (self)) != NULL)
    {
      g_autofree char *place =
        g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (listener->address));

      listener->was_clear_text_logged = TRUE;
      wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_MESSAGE, &(WspLogFields) { 0 },
               "Listener at %s has no TLS: expected the flag TLS on a server with a certificate, "
               "received no flag (the flag is given when the listener is created)", place);
    }
}

static void
wsp_listener_get_property (GObject    *object,
                           guint       property,
                           GValue     *value,
                           GParamSpec *pspec)
{
  WspListener *self = WSP_LISTENER (object);

  switch (property)
    {
    case PROP_ADDRESS:
      g_value_set_object (value, wsp_listener_get_address (self));
      break;
    case PROP_FLAGS:
      g_value_set_flags (value, wsp_listener_get_flags (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
wsp_listener_dispose (GObject *object)
{
  if (wsp_last_reference_is_elsewhere (WSP_LISTENER (object)->reactor, object))
    return;

  G_OBJECT_CLASS (wsp_listener_parent_class)->dispose (object);
}

static void
wsp_listener_finalize (GObject *object)
{
  WspListener *self = WSP_LISTENER (object);

  g_assert (self->server == NULL);      /* (1) */
  g_clear_object (&self->address);
  wsp_reactor_unref (self->reactor);
  G_OBJECT_CLASS (wsp_listener_parent_class)->finalize (object);
}

static void
wsp_listener_class_init (WspListenerClass *class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = wsp_listener_get_property;
  object_class->dispose = wsp_listener_dispose;
  object_class->finalize = wsp_listener_finalize;

  /**
   * WspListener:address: (getter get_address)
   *
   * The address at which the server listens, with the port or the abstract name that the system
   * has chosen. A listener on the loopback addresses of IPv4 and IPv6 has the one of IPv4. The
   * address stays the same after the listener was closed.
   *
   * Since: 0.1
   */
  properties[PROP_ADDRESS] =
    g_param_spec_object ("address", NULL, NULL, G_TYPE_SOCKET_ADDRESS, flags);
  /**
   * WspListener:flags: (getter get_flags)
   *
   * The flags with which the listener was created.
   *
   * Default: %WSP_LISTEN_FLAGS_DEFAULT.
   *
   * Since: 0.1
   */
  properties[PROP_FLAGS] =
    g_param_spec_flags ("flags", NULL, NULL, WSP_TYPE_LISTEN_FLAGS, WSP_LISTEN_FLAGS_DEFAULT,
                        flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wsp_listener_init (WspListener *self)
{
  self->reactor = wsp_reactor_ref_thread_default ();
}

static void
listener_prepare_socket (GSocket *socket)
{
  g_socket_set_blocking (socket, FALSE);
  if (g_socket_get_family (socket) != G_SOCKET_FAMILY_UNIX)
    wsp_transport_prepare_tcp (g_socket_get_fd (socket));
}

static gboolean
fail_to_watch (int      number,
               GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "Socket cannot be watched: %s",
               g_strerror (number));
  return FALSE;
}

static gboolean
watch_socket (WspListener   *self,
              GSocket       *socket,
              WspStreamOwner owner,
              GError       **error)
{
  ListeningSocket *place = &self->sockets[self->n_sockets];

  place->listener = self;
  place->owner = owner;
  place->timer.expired = on_pause_over;
  place->shared.look = listener_look;
  place->due.run = listener_run_due;
  place->fd = g_socket_get_fd (socket);
  if (owner == WSP_STREAM_IS_SHARED)
    place->fd = fcntl (place->fd, F_DUPFD_CLOEXEC, 0);
  if (place->fd < 0)
    return fail_to_watch (errno, error);

  if (!wsp_reactor_watch (self->reactor, &place->watch, place->fd, WSP_WATCH_READ,
                          listener_on_socket_ready))
    {
      int number = errno;

      if (owner == WSP_STREAM_IS_SHARED)
        close (place->fd);
      return fail_to_watch (number, error);
    }

  if (owner == WSP_STREAM_IS_SHARED)
    wsp_reactor_add_shared (self->reactor, &place->shared);
  place->socket = g_object_ref (socket);
  self->n_sockets++;
  listener_prepare_socket (socket);
  return TRUE;
}

static void
listener_remove_file (WspListener *self)
{
  if (self->file != NULL)
    wsp_socket_file_remove (g_steal_pointer (&self->file));
}

/* The socket of the program stays open. */
static void
forget_socket (WspListener     *self,
               ListeningSocket *place)
{
  wsp_reactor_unwatch (self->reactor, &place->watch);
  wsp_reactor_unset_timer (self->reactor, &place->timer);
  wsp_reactor_remove_shared (self->reactor, &place->shared);
  if (place->owner == WSP_STREAM_IS_SHARED)
    close (place->fd);
  g_clear_object (&place->socket);
}

void
wsp_listener_move (WspListener *self,
                   WspReactor  *reactor)
{
  for (guint i = 0; i < self->n_sockets; i++)
    {
      ListeningSocket *place = &self->sockets[i];

      wsp_reactor_unwatch (self->reactor, &place->watch);
      wsp_reactor_unset_timer (self->reactor, &place->timer);
      wsp_reactor_remove_shared (self->reactor, &place->shared);
      if (!wsp_reactor_watch (reactor, &place->watch, place->fd, WSP_WATCH_READ,
                              listener_on_socket_ready))
        wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_MESSAGE, &(WspLogFields) { 0 },
                 "Listener does not accept: the system has no room for its socket");
      if (place->owner == WSP_STREAM_IS_SHARED)
        wsp_reactor_add_shared (reactor, &place->shared);
    }

  wsp_reactor_unref (self->reactor);
  self->reactor = wsp_reactor_ref (reactor);
}

static void
forget_all (WspListener *self)
{
  for (guint i = 0; i < self->n_sockets; i++)
    forget_socket (self, &self->sockets[i]);

  listener_remove_file (self);
  self->n_sockets = 0;
  self->server = NULL;
}

WspListener *
wsp_listener_new (WspServer      *server,
                  WspListenFlags  flags,
                  GSocket *const *sockets,
                  guint           n_sockets,
                  WspStreamOwner  owner,
                  WspSocketFile  *file,
                  GError        **error)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (sockets[0], error);

  if (address == NULL)
    {
      g_clear_pointer (&file, wsp_socket_file_remove);
      return NULL;
    }

  wsp_reactor_push_context (server->reactor);
  g_autoptr (WspListener) self = g_object_new (WSP_TYPE_LISTENER, NULL);

  wsp_reactor_pop_context (server->reactor);
  self->server = server;
  self->address = g_steal_pointer (&address);
  self->file = file;
  self->flags = flags;
  for (guint i = 0; i < n_sockets; i++)
    {
      if (!watch_socket (self, sockets[i], owner, error))
        {
          forget_all (self);
          return NULL;
        }
    }

  reserve_descriptor (server);
  return g_steal_pointer (&self);
}

gboolean
wsp_listener_is_open (WspListener *self)
{
  return self->server != NULL;
}

gboolean
wsp_listener_has_socket (WspListener *self,
                         GSocket     *socket)
{
  for (guint i = 0; i < self->n_sockets; i++)
    {
      if (g_socket_get_fd (self->sockets[i].socket) == g_socket_get_fd (socket))
        return TRUE;
    }

  return FALSE;
}

/* The file is removed first: while the socket listens, no other server takes its place. */
void
wsp_listener_end (WspListener *self)
{
  listener_remove_file (self);
  for (guint i = 0; i < self->n_sockets; i++)
    {
      g_autoptr (GSocket) socket = g_object_ref (self->sockets[i].socket);

      forget_socket (self, &self->sockets[i]);
      g_socket_close (socket, NULL);
    }

  self->n_sockets = 0;
  self->server = NULL;
}

/**
 * wsp_listener_get_port:
 * @self: a listener
 *
 * Gets the TCP port, which the system has chosen if the listener was created with port 0. The port
 * stays the same after the listener was closed.
 *
 * Returns: the port; 0 = not a TCP port, as that of a Unix socket
 *
 * Since: 0.1
 */
guint16
wsp_listener_get_port (WspListener *self)
{
  g_return_val_if_fail (WSP_IS_LISTENER (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);

  return G_IS_INET_SOCKET_ADDRESS (self->address)
         ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (self->address))
         : 0;
}

/**
 * wsp_listener_close:
 * @self: a listener
 *
 * Closes the listening socket, also one that the program has passed to
 * [method@Wsp.Server.listen_socket], and removes the listener from
 * [property@Wsp.Server:listeners], which drops its reference. Connections stay open, and opening
 * handshakes continue. A listener that is closed already stays closed.
 *
 * The file of a Unix socket that [method@Wsp.Server.listen] has created is removed, unless it was
 * replaced meanwhile; the child of a `fork ()` does not remove it.
 *
 * Since: 0.1
 */
void
wsp_listener_close (WspListener *self)
{
  g_return_if_fail (WSP_IS_LISTENER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  if (!wsp_listener_is_open (self))
    return;

  WspServer *server = self->server;

  wsp_listener_end (self);
  wsp_listener_list_remove (server->listeners, self);   /* last: a handler may drop the server */
}

/**
 * wsp_listener_get_address: (get-property address)
 * @self: a listener
 *
 * Gets the address at which the server listens.
 *
 * Returns: (transfer none): the address; valid as long as @self
 *
 * Since: 0.1
 */
GSocketAddress *
wsp_listener_get_address (WspListener *self)
{
  g_return_val_if_fail (WSP_IS_LISTENER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return self->address;
}

/**
 * wsp_listener_get_flags: (get-property flags)
 * @self: a listener
 *
 * Gets the flags with which the listener was created.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
WspListenFlags
wsp_listener_get_flags (WspListener *self)
{
  g_return_val_if_fail (WSP_IS_LISTENER (self), WSP_LISTEN_FLAGS_DEFAULT);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), WSP_LISTEN_FLAGS_DEFAULT);

  return self->flags;
}
