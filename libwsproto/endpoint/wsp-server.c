/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The server as an object: its settings and connections.  Its listeners are wsp-server-listen.c,
 * one opening handshake is wsp-server-handshake.c. */
#include "endpoint/wsp-server-private.h"

#include <libwsproto/observe/wsp-close-code.h>
#include <libwsproto/session/wsp-session-error.h>

enum
{
  PROP_0,
  PROP_PROTOCOLS,
  PROP_ALLOWED_ORIGINS,
  PROP_ALLOWED_HOSTS,
  PROP_SERVER_HEADER,
  PROP_LIMITS,
  PROP_MAX_MESSAGE_SIZE,
  PROP_MAX_FRAME_SIZE,
  PROP_MAX_SEND_QUEUE,
  PROP_KEEPALIVE_INTERVAL,
  N_PROPS,
};

enum
{
  REQUEST,
  CONNECTION,
  HANDSHAKE_FAILED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static const char shutdown_tag[] = "shutdown";

/**
 * WspServer:
 *
 * Accepts WebSockets. It keeps its connections alive until they are closed.
 *
 * Pages of other sites may not connect unless [property@Wsp.Server:allowed-origins] says
 * so: a server on this machine can be reached by every page that a browser shows.
 *
 * This version serves plain TCP and unix sockets.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspServer, wsp_server, G_TYPE_OBJECT)

static void
set_limit (WspServer    *self,
           const char   *name,
           const GValue *value)
{
  g_autoptr (WspLimits) limits = wsp_limits_copy (self->limits);

  g_object_set_property (G_OBJECT (limits), name, value);
  wsp_server_set_limits (self, limits);
}

static void
wsp_server_get_property (GObject    *object,
                         guint       property,
                         GValue     *value,
                         GParamSpec *pspec)
{
  WspServer *self = WSP_SERVER (object);

  switch (property)
    {
    case PROP_PROTOCOLS:
      g_value_set_boxed (value, self->protocols);
      break;
    case PROP_ALLOWED_ORIGINS:
      g_value_set_boxed (value, self->allowed_origins);
      break;
    case PROP_ALLOWED_HOSTS:
      g_value_set_boxed (value, self->allowed_hosts);
      break;
    case PROP_SERVER_HEADER:
      g_value_set_string (value, self->server_header);
      break;
    case PROP_LIMITS:
      g_value_set_object (value, self->limits);
      break;
    default:
      g_object_get_property (G_OBJECT (self->limits), pspec->name, value);
    }
}

static void
set_strings (char       ***place,
             const GValue *value)
{
  g_strfreev (*place);
  *place = g_value_dup_boxed (value);
}

/* It is written into every answer: what could not stand in a header is not taken. */
static void
set_server_header (WspServer  *self,
                   const char *text)
{
  for (const char *at = text; at != NULL && *at != '\0'; at++)
    {
      if (g_ascii_iscntrl (*at))
        return;
    }

  g_free (self->server_header);
  self->server_header = g_strdup (text);
}

static void
wsp_server_set_property (GObject      *object,
                         guint         property,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  WspServer *self = WSP_SERVER (object);

  switch (property)
    {
    case PROP_PROTOCOLS:
      set_strings (&self->protocols, value);
      break;
    case PROP_ALLOWED_ORIGINS:
      set_strings (&self->allowed_origins, value);
      break;
    case PROP_ALLOWED_HOSTS:
      set_strings (&self->allowed_hosts, value);
      break;
    case PROP_SERVER_HEADER:
      set_server_header (self, g_value_get_string (value));
      break;
    case PROP_LIMITS:
      if (g_value_get_object (value) != NULL)
        wsp_server_set_limits (self, g_value_get_object (value));
      break;
    default:
      set_limit (self, pspec->name, value);
    }
}

static void on_connection_closed (WspConnection *connection,
                                  WspServer     *self);

static void
wsp_server_dispose (GObject *object)
{
  WspServer *self = WSP_SERVER (object);

  wsp_server_stop_accepting (self);
  wsp_reactor_unset_timer (self->reactor, &self->shutdown_timer);
  while (!g_queue_is_empty (&self->pending))
    wsp_server_handshake_drop (g_queue_peek_head (&self->pending));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->connections)); i++)
    {
      g_autoptr (WspConnection) connection =
        g_list_model_get_item (G_LIST_MODEL (self->connections), i);

      g_signal_handlers_disconnect_by_func (connection, on_connection_closed, self);
      wsp_connection_abort (connection);
    }
  g_list_store_remove_all (self->connections);

  G_OBJECT_CLASS (wsp_server_parent_class)->dispose (object);
}

static void
wsp_server_finalize (GObject *object)
{
  WspServer *self = WSP_SERVER (object);

  g_ptr_array_unref (self->listeners);
  g_ptr_array_unref (self->taps);
  g_object_unref (self->connections);
  g_object_unref (self->limits);
  g_strfreev (self->protocols);
  g_strfreev (self->allowed_origins);
  g_strfreev (self->allowed_hosts);
  g_free (self->server_header);
  wsp_reactor_unref (self->reactor);

  G_OBJECT_CLASS (wsp_server_parent_class)->finalize (object);
}

static void
install_limit_properties (void)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * WspServer:limits: (getter get_limits) (setter set_limits)
   *
   * The limits and timeouts, shared with the connections.
   *
   * Since: 0.1
   */
  properties[PROP_LIMITS] = g_param_spec_object ("limits", NULL, NULL, WSP_TYPE_LIMITS, flags);
  /**
   * WspServer:max-message-size:
   *
   * Bytes that a message of a peer may have. Writing it copies the limits, as with the
   * next three.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_MESSAGE_SIZE] =
    g_param_spec_uint64 ("max-message-size", NULL, NULL, 1, G_MAXUINT64, 16 * 1024 * 1024, flags);
  /**
   * WspServer:max-frame-size:
   *
   * Bytes that a frame of a peer may have; 0 = as a message.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_FRAME_SIZE] =
    g_param_spec_uint64 ("max-frame-size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  /**
   * WspServer:max-send-queue:
   *
   * Bytes in a send queue from which on messages are refused.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_SEND_QUEUE] =
    g_param_spec_uint64 ("max-send-queue", NULL, NULL, 1, G_MAXUINT64, 16 * 1024 * 1024, flags);
  /**
   * WspServer:keepalive-interval:
   *
   * Milliseconds of silence after which a ping is sent; 0 = off.
   *
   * Since: 0.1
   */
  properties[PROP_KEEPALIVE_INTERVAL] =
    g_param_spec_uint ("keepalive-interval", NULL, NULL, 0, G_MAXINT, 30000, flags);
}

static void
install_properties (GObjectClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * WspServer:protocols:
   *
   * The subprotocols that the server speaks. The first one that a client offers of them
   * is chosen.
   *
   * Since: 0.1
   */
  properties[PROP_PROTOCOLS] = g_param_spec_boxed ("protocols", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * WspServer:allowed-origins:
   *
   * Which pages may connect, by the `Origin` that the browser sends: scheme, host and
   * perhaps port; `*` = all. %NULL = those of the same host as the server.
   * Requests without an `Origin` do not come from pages and are not affected.
   *
   * See RFC 6455, section 10.2.
   *
   * Since: 0.1
   */
  properties[PROP_ALLOWED_ORIGINS] =
    g_param_spec_boxed ("allowed-origins", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * WspServer:allowed-hosts:
   *
   * Names for which a listener on a loopback address also serves pages, beside those of
   * this machine.
   *
   * Since: 0.1
   */
  properties[PROP_ALLOWED_HOSTS] =
    g_param_spec_boxed ("allowed-hosts", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * WspServer:server-header:
   *
   * What the `Server` header of answers says; %NULL = there is none. Text with control
   * characters is ignored.
   *
   * Since: 0.1
   */
  properties[PROP_SERVER_HEADER] = g_param_spec_string ("server-header", NULL, NULL, NULL, flags);
  install_limit_properties ();
  g_object_class_install_properties (class, N_PROPS, properties);
}

static void
make_signals (void)
{
  /**
   * WspServer::request:
   * @self: the server
   * @handshake: what is asked for
   *
   * A client asks for a WebSocket; the rules of the protocol and of the origin have been
   * judged. The handler decides with [method@Wsp.Handshake.accept] or
   * [method@Wsp.Handshake.reject], now or, having returned %TRUE, later; if nobody decides
   * within `handshake-timeout` milliseconds, the answer is 503.
   *
   * Returns: %TRUE = decided, or will be; %FALSE = the request is accepted with a
   *   subprotocol of the server's list
   *
   * Since: 0.1
   */
  signals[REQUEST] = g_signal_new ("request", WSP_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0,
                                   g_signal_accumulator_true_handled, NULL, NULL,
                                   G_TYPE_BOOLEAN, 1, WSP_TYPE_HANDSHAKE);
  /**
   * WspServer::connection:
   * @self: the server
   * @connection: an open connection
   *
   * A client has connected. The server keeps the connection alive.
   *
   * Since: 0.1
   */
  signals[CONNECTION] = g_signal_new ("connection", WSP_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, WSP_TYPE_CONNECTION);
  /**
   * WspServer::handshake-failed:
   * @self: the server
   * @address: (nullable): where it came from
   * @error: what was wrong
   *
   * An opening handshake has failed or was refused.
   *
   * Since: 0.1
   */
  signals[HANDSHAKE_FAILED] = g_signal_new ("handshake-failed", WSP_TYPE_SERVER, G_SIGNAL_RUN_LAST,
                                            0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                            G_TYPE_SOCKET_ADDRESS, G_TYPE_ERROR);
}

static void
wsp_server_class_init (WspServerClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = wsp_server_dispose;
  object_class->finalize = wsp_server_finalize;
  object_class->get_property = wsp_server_get_property;
  object_class->set_property = wsp_server_set_property;
  install_properties (object_class);
  make_signals ();
}

static void
wsp_server_init (WspServer *self)
{
  self->reactor = wsp_reactor_ref_thread_default ();
  self->limits = wsp_limits_new ();
  self->taps = g_ptr_array_new_with_free_func (g_object_unref);
  self->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) wsp_listener_free);
  self->connections = g_list_store_new (WSP_TYPE_CONNECTION);
  g_queue_init (&self->pending);
}

gboolean
wsp_server_emit_request (WspServer    *self,
                         WspHandshake *handshake)
{
  gboolean is_taken = FALSE;

  g_signal_emit (self, signals[REQUEST], 0, handshake, &is_taken);
  return is_taken;
}

void
wsp_server_emit_handshake_failed (WspServer      *self,
                                  GSocketAddress *address,
                                  const GError   *error)
{
  g_signal_emit (self, signals[HANDSHAKE_FAILED], 0, address, error);
}

gboolean
wsp_server_is_full (WspServer *self)
{
  guint max_connections;

  g_object_get (self->limits, "max-connections", &max_connections, NULL);
  return max_connections > 0 &&
         g_list_model_get_n_items (G_LIST_MODEL (self->connections)) + self->pending.length >=
         max_connections;
}

void
wsp_server_resume_accepting (WspServer *self)
{
  if (wsp_server_is_full (self))
    return;

  for (guint i = 0; i < self->listeners->len; i++)
    {
      WspListener *listener = self->listeners->pdata[i];

      if (listener->timer.link.next == NULL)
        wsp_reactor_set_events (self->reactor, &listener->watch, WSP_WATCH_READ);
    }
}

static void
end_shutdown (WspServer *self)
{
  WspCompletion *completion = g_steal_pointer (&self->shutdown);

  if (completion == NULL)
    return;

  wsp_reactor_unset_timer (self->reactor, &self->shutdown_timer);
  wsp_completion_return_number (completion, 0);
}

static void
on_connection_closed (WspConnection *connection,
                      WspServer     *self)
{
  guint position;

  g_signal_handlers_disconnect_by_func (connection, on_connection_closed, self);
  if (g_list_store_find (self->connections, connection, &position))
    g_list_store_remove (self->connections, position);
  wsp_server_resume_accepting (self);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->connections)) == 0)
    end_shutdown (self);
}

void
wsp_server_add_connection (WspServer     *self,
                           WspConnection *connection)
{
  g_list_store_append (self->connections, connection);

  /* Behind the handlers of the program, for whom the list still has it. */
  g_signal_emit (self, signals[CONNECTION], 0, connection);
  if (wsp_connection_get_close_info (connection) == NULL)
    g_signal_connect_after (connection, "closed", G_CALLBACK (on_connection_closed), self);
  else
    on_connection_closed (connection, self);
}

/**
 * wsp_server_new: (constructor)
 *
 * Makes a server with the default settings, which listens nowhere yet.
 *
 * Returns: (transfer full): a new server
 *
 * Since: 0.1
 */
WspServer *
wsp_server_new (void)
{
  return g_object_new (WSP_TYPE_SERVER, NULL);
}

/**
 * wsp_server_get_connections:
 * @self: a server
 *
 * Gives the connections that are open or closing, as a list that tells of its changes.
 *
 * Returns: (transfer none): a list of [class@Wsp.Connection]
 *
 * Since: 0.1
 */
GListModel *
wsp_server_get_connections (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);

  return G_LIST_MODEL (self->connections);
}

/**
 * wsp_server_stop_accepting:
 * @self: a server
 *
 * Closes the listening sockets. Connections stay.
 *
 * Since: 0.1
 */
void
wsp_server_stop_accepting (WspServer *self)
{
  g_return_if_fail (WSP_IS_SERVER (self));

  g_ptr_array_set_size (self->listeners, 0);
}

static GPtrArray *
list_connections (WspServer *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_connections = g_list_model_get_n_items (G_LIST_MODEL (self->connections));

  for (guint i = 0; i < n_connections; i++)
    g_ptr_array_add (list, g_list_model_get_item (G_LIST_MODEL (self->connections), i));
  return list;
}

static void
on_grace_over (WspTimer *timer)
{
  WspServer *self = WSP_OWNER_OF (timer, WspServer, shutdown_timer);
  g_autoptr (GPtrArray) connections = list_connections (self);

  for (guint i = 0; i < connections->len; i++)
    wsp_connection_abort (connections->pdata[i]);
}

/**
 * wsp_server_shutdown_async:
 * @self: a server
 * @code: close code for all connections, usually 1001
 * @reason: (nullable): close reason
 * @grace: milliseconds to wait for the peers; 0 = none
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (nullable): called when no connection is left
 * @user_data: for @callback
 *
 * Stops accepting, closes all connections, and aborts those that are left after @grace.
 *
 * Fails with %G_IO_ERROR_PENDING while another shutdown is going on, and with
 * [error@Wsp.SessionError.INVALID_ARGUMENT] for a code that may not be sent.
 *
 * Since: 0.1
 */
void
wsp_server_shutdown_async (WspServer          *self,
                           guint16             code,
                           const char         *reason,
                           guint               grace,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_return_if_fail (WSP_IS_SERVER (self));

  WspCompletion *completion = wsp_completion_new (self->reactor, self, shutdown_tag, cancellable,
                                                  callback, user_data);

  if (self->shutdown != NULL)
    {
      wsp_completion_return_error (completion, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PENDING,
                                                                    "Another shutdown is going on"));
      return;
    }

  if (!wsp_close_code_is_sendable (code) && code != WSP_CLOSE_CODE_NO_STATUS)
    {
      wsp_completion_return_error (completion,
                                   g_error_new_literal (WSP_SESSION_ERROR,
                                                        WSP_SESSION_ERROR_INVALID_ARGUMENT,
                                                        "Close code may not be sent"));
      return;
    }

  g_autoptr (GPtrArray) connections = list_connections (self);

  self->shutdown = completion;
  wsp_server_stop_accepting (self);
  while (!g_queue_is_empty (&self->pending))
    wsp_server_handshake_drop (g_queue_peek_head (&self->pending));
  for (guint i = 0; i < connections->len; i++)
    wsp_connection_close_async (connections->pdata[i], code, reason, NULL, NULL, NULL);

  self->shutdown_timer.expired = on_grace_over;
  wsp_reactor_set_timer (self->reactor, &self->shutdown_timer,
                         wsp_reactor_get_time (self->reactor) + grace * (gint64) 1000);
  if (connections->len == 0)
    end_shutdown (self);
}

/**
 * wsp_server_shutdown_finish:
 * @self: a server
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Server.shutdown_async].
 *
 * Returns: %TRUE if no connection is left
 *
 * Since: 0.1
 */
gboolean
wsp_server_shutdown_finish (WspServer    *self,
                            GAsyncResult *result,
                            GError      **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), FALSE);
  g_return_val_if_fail (wsp_completion_is_valid (result, self, shutdown_tag), FALSE);

  return wsp_completion_propagate_number (WSP_COMPLETION (result), error) >= 0;
}

/**
 * wsp_server_add_tap:
 * @self: a server
 * @tap: a tap
 *
 * Lets @tap hear what passes on connections that are made from now on, their opening
 * handshakes included. The source of all it hears is the connection; where none came
 * about, the handshake, or the server when the request was no good.
 *
 * Since: 0.1
 */
void
wsp_server_add_tap (WspServer *self,
                    WspTap    *tap)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (WSP_IS_TAP (tap));

  g_ptr_array_add (self->taps, g_object_ref (tap));
}

/**
 * wsp_server_remove_tap:
 * @self: a server
 * @tap: a tap that was added
 *
 * Gives @tap to no more connections; those that have it keep it.
 *
 * Since: 0.1
 */
void
wsp_server_remove_tap (WspServer *self,
                       WspTap    *tap)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (WSP_IS_TAP (tap));

  g_ptr_array_remove (self->taps, tap);
}

/**
 * wsp_server_get_limits: (get-property limits)
 * @self: a server
 *
 * Gives the limits that new connections share.
 *
 * Returns: (transfer none): the limits
 *
 * Since: 0.1
 */
WspLimits *
wsp_server_get_limits (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);

  return self->limits;
}

/**
 * wsp_server_set_limits: (set-property limits)
 * @self: a server
 * @limits: limits
 *
 * Gives new connections other limits.
 *
 * Since: 0.1
 */
void
wsp_server_set_limits (WspServer *self,
                       WspLimits *limits)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (WSP_IS_LIMITS (limits));

  g_set_object (&self->limits, limits);
}
