/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The server as an object: its settings, routes and signals.  Where it listens is
 * wsp-server-listen.c, one opening handshake wsp-server-handshake.c; its connections are
 * wsp-server-connections.c, its threads wsp-server-workers.c. */
#include "endpoint/wsp-server-private.h"

#include <unistd.h>

#include "log/wsp-log-private.h"
#include "session/wsp-handshake-private.h"
#include "session/wsp-limits-private.h"

enum
{
  PROP_0,
  PROP_PROTOCOLS,
  PROP_ALLOWED_ORIGINS,
  PROP_ALLOWED_HOSTS,
  PROP_PREFER_OWN_PROTOCOLS,
  PROP_TLS_CERTIFICATE,         /* the order of WspServerTlsSetting */
  PROP_TLS_DATABASE,
  PROP_TLS_AUTHENTICATION_MODE,
  PROP_TLS_TICKET_KEY,
  PROP_COMPRESSION,
  PROP_SERVER_HEADER,
  PROP_KEEP_HANDSHAKE,
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

/**
 * WspServer:
 *
 * Accepts WebSockets. It keeps its connections alive until they are closed.
 *
 * Pages of other sites may not connect unless [property@Wsp.Server:allowed-origins] says
 * so: a server on this machine can be reached by every page that a browser shows.
 *
 * A request passes, in this order: the rules of the protocol, the origin and the number of
 * connections of its address, the handlers of [signal@Wsp.Server::request], and what
 * [method@Wsp.Server.add_route] says of its path.
 *
 * A server belongs to the thread-default main context of its creation, and so do its
 * connections unless [method@Wsp.Server.start_workers] was called.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspServer, wsp_server, G_TYPE_OBJECT)

static void
set_strings (char       ***place,
             const GValue *value)
{
  g_strfreev (*place);
  *place = g_value_dup_boxed (value);
}

static WspServerRules *
collect_rules (WspServer *self)
{
  WspServerRules *rules = wsp_server_rules_new (self->limits);

  rules->protocols = g_strdupv (self->protocols);
  rules->allowed_origins = g_strdupv (self->allowed_origins);
  rules->allowed_hosts = g_strdupv (self->allowed_hosts);
  rules->prefers_own_protocols = self->prefers_own_protocols;
  rules->keeps_handshake = self->keeps_handshake;
  rules->server_header = g_strdup (self->server_header);
  if (self->compression != NULL)
    rules->compression = wsp_deflate_options_copy (self->compression);
  wsp_server_tls_copy (&rules->tls, &self->tls);
  for (guint i = 0; i < self->routes->len; i++)
    g_ptr_array_add (rules->routes, wsp_route_ref (self->routes->pdata[i]));
  for (guint i = 0; i < self->taps->len; i++)
    g_ptr_array_add (rules->taps, g_object_ref (self->taps->pdata[i]));
  return rules;
}

/* Under the lock. */
static WspServerRules *
ensure_rules (WspServer *self)
{
  if (self->rules == NULL)
    self->rules = collect_rules (self);

  return self->rules;
}

WspServerRules *
wsp_server_ref_rules (WspServer *self)
{
  WspServerRules *rules;

  g_mutex_lock (&self->rules_lock);
  rules = wsp_server_rules_ref (ensure_rules (self));
  g_mutex_unlock (&self->rules_lock);
  return rules;
}

/* Settings change between these two; handshakes that have begun keep what they have.  The rules
 * hold the objects that go, so that none of them ends under the lock: code of the program runs
 * when it does. */
static void
begin_change (WspServer *self)
{
  g_mutex_lock (&self->rules_lock);
  ensure_rules (self);
}

static void
end_change (WspServer *self)
{
  g_autoptr (WspServerRules) old = g_steal_pointer (&self->rules);

  g_mutex_unlock (&self->rules_lock);
}

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
    case PROP_PREFER_OWN_PROTOCOLS:
      g_value_set_boolean (value, self->prefers_own_protocols);
      break;
    case PROP_TLS_CERTIFICATE:
    case PROP_TLS_DATABASE:
    case PROP_TLS_AUTHENTICATION_MODE:
    case PROP_TLS_TICKET_KEY:
      wsp_server_tls_get (&self->tls, property - PROP_TLS_CERTIFICATE, value);
      break;
    case PROP_COMPRESSION:
      g_value_set_boxed (value, self->compression);
      break;
    case PROP_SERVER_HEADER:
      g_value_set_string (value, self->server_header);
      break;
    case PROP_KEEP_HANDSHAKE:
      g_value_set_boolean (value, self->keeps_handshake);
      break;
    case PROP_LIMITS:
      g_value_set_object (value, self->limits);
      break;
    default:
      g_object_get_property (G_OBJECT (self->limits), pspec->name, value);
    }
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
set_setting (WspServer    *self,
             guint         property,
             const GValue *value)
{
  if (property == PROP_PROTOCOLS)
    set_strings (&self->protocols, value);
  else if (property == PROP_ALLOWED_ORIGINS)
    set_strings (&self->allowed_origins, value);
  else if (property == PROP_ALLOWED_HOSTS)
    set_strings (&self->allowed_hosts, value);
  else if (property == PROP_PREFER_OWN_PROTOCOLS)
    self->prefers_own_protocols = g_value_get_boolean (value);
  else if (property == PROP_SERVER_HEADER)
    set_server_header (self, g_value_get_string (value));
  else if (property == PROP_KEEP_HANDSHAKE)
    self->keeps_handshake = g_value_get_boolean (value);
  else
    {
      g_clear_pointer (&self->compression, wsp_deflate_options_free);
      self->compression = g_value_dup_boxed (value);
    }
}

/* What was set before is let go outside of the lock: code of the program may run. */
static void
set_tls (WspServer          *self,
         WspServerTlsSetting setting,
         const GValue       *value)
{
  g_auto (WspServerTls) before = self->tls;
  g_autoptr (GError) error = NULL;
  WspServerTls tls;

  wsp_server_tls_copy (&tls, &before);
  if (!wsp_server_tls_set (&tls, setting, value, &error))
    wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_INFO, &(WspLogFields) { 0 },
             "TLS of the server is left to GIO: %s", error->message);

  begin_change (self);
  self->tls = tls;
  end_change (self);
}

static void
wsp_server_set_property (GObject      *object,
                         guint         property,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  WspServer *self = WSP_SERVER (object);

  if (property == PROP_LIMITS)
    {
      if (g_value_get_object (value) != NULL)
        wsp_server_set_limits (self, g_value_get_object (value));
    }
  else if (property > PROP_LIMITS)
    set_limit (self, pspec->name, value);
  else if (property >= PROP_TLS_CERTIFICATE && property <= PROP_TLS_TICKET_KEY)
    set_tls (self, property - PROP_TLS_CERTIFICATE, value);
  else
    {
      begin_change (self);
      set_setting (self, property, value);
      end_change (self);
    }
}

static void
on_limits_changed (WspServer *self)
{
  begin_change (self);
  end_change (self);
  wsp_server_resume_accepting (self);
}

static void
let_go (gpointer receiver,
        gpointer content)
{
}

static void
hand_over (gpointer receiver,
           gpointer content)
{
  WspServer **place = content;

  wsp_worker_invoke_main (receiver, let_go, g_steal_pointer (place), g_object_unref);
}

static void
free_place (gpointer content)
{
  WspServer **place = content;

  g_clear_object (place);
  g_free (place);
}

/* A handler in a worker's thread has dropped the last reference: the server is disposed in its own
 * context.  The reference goes there in the thread's next turn, when the call that drops it has
 * returned: otherwise the server's context could drop its reference first, and this thread would
 * dispose the server after all. */
static gboolean
is_left_to_main_context (WspServer *self)
{
  WspWorker *worker = wsp_server_find_worker (self, g_thread_self ());

  if (worker == NULL)
    return FALSE;

  WspServer **place = g_new (WspServer *, 1);

  *place = g_object_ref (self);
  wsp_worker_invoke (worker, hand_over, place, free_place);
  return TRUE;
}

/* What the program gave ends while the server can still be called: code of the program may run
 * then, and call it. */
static void
let_go_of_program (WspServer *self)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  begin_change (self);
  g_ptr_array_set_size (self->routes, 0);
  g_ptr_array_set_size (self->taps, 0);
  wsp_server_tls_clear (&self->tls);
  end_change (self);
  wsp_server_set_limits (self, limits);
}

static void
wsp_server_dispose (GObject *object)
{
  WspServer *self = WSP_SERVER (object);

  if (is_left_to_main_context (self))
    return;

  wsp_server_stop_accepting (self);
  wsp_reactor_unset_timer (self->reactor, &self->shutdown_timer);
  wsp_server_stop_workers (self);
  wsp_worker_abort_all_unnotified (self->workers->pdata[0]);
  let_go_of_program (self);

  G_OBJECT_CLASS (wsp_server_parent_class)->dispose (object);
}

static void
wsp_server_finalize (GObject *object)
{
  WspServer *self = WSP_SERVER (object);

  g_signal_handlers_disconnect_by_data (self->limits, self);
  g_ptr_array_unref (self->workers);
  g_ptr_array_unref (self->listeners);
  g_ptr_array_unref (self->taps);
  g_clear_pointer (&self->rules, wsp_server_rules_unref);
  g_ptr_array_unref (self->routes);
  g_clear_pointer (&self->addresses, g_hash_table_unref);
  g_object_unref (self->connections);
  g_object_unref (self->limits);
  g_strfreev (self->protocols);
  g_strfreev (self->allowed_origins);
  g_strfreev (self->allowed_hosts);
  g_free (self->server_header);
  g_clear_pointer (&self->compression, wsp_deflate_options_free);
  wsp_server_tls_clear (&self->tls);
  if (self->spare_fd >= 0)
    close (self->spare_fd);
  g_mutex_clear (&self->rules_lock);
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
  properties[PROP_MAX_MESSAGE_SIZE] = wsp_limits_property_new (WSC_LIMIT_MAX_MESSAGE_SIZE, flags);
  /**
   * WspServer:max-frame-size:
   *
   * Bytes that a frame of a peer may have; 0 = as a message.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_FRAME_SIZE] = wsp_limits_property_new (WSC_LIMIT_MAX_FRAME_SIZE, flags);
  /**
   * WspServer:max-send-queue:
   *
   * Bytes in a send queue from which on messages are refused.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_SEND_QUEUE] = wsp_limits_property_new (WSC_LIMIT_MAX_SEND_QUEUE, flags);
  /**
   * WspServer:keepalive-interval:
   *
   * Milliseconds of silence after which a ping is sent; 0 = off.
   *
   * Since: 0.1
   */
  properties[PROP_KEEPALIVE_INTERVAL] =
    wsp_limits_property_new (WSC_LIMIT_KEEPALIVE_INTERVAL, flags);
}

static void
install_tls (GParamFlags flags)
{
  /**
   * WspServer:tls-certificate:
   *
   * The certificate, with its private key, that listeners show. A listener that is added while
   * this is set speaks TLS and nothing else for all of its life. A certificate that is set later
   * is shown to those who connect from then on.
   *
   * The server speaks TLS by itself, in its main context, and no client that is slow or silent
   * holds up another. GIO does it instead, with a limit of ten handshakes at a time for the whole
   * program, where the key cannot be read (one of a PKCS#11 token), where libwsproto was built
   * without GnuTLS, and where the environment variable `WSP_TLS` is `gio`. `WSP_DEBUG=handshake`
   * logs which.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_CERTIFICATE] =
    g_param_spec_object ("tls-certificate", NULL, NULL, G_TYPE_TLS_CERTIFICATE, flags);
  /**
   * WspServer:tls-database:
   *
   * The authorities by which certificates of clients are judged; %NULL = the system's. It is a
   * matter of [property@Wsp.Server:tls-authentication-mode] whether clients show any. What
   * changes counts for who connects from then on.
   *
   * Where GIO speaks TLS (see [property@Wsp.Server:tls-certificate]) and clients are asked, give
   * the server a database of its own: GIO reads the system's list anew for each connection, which
   * takes some 9 ms of CPU and 3.8 MB.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_DATABASE] =
    g_param_spec_object ("tls-database", NULL, NULL, G_TYPE_TLS_DATABASE, flags);
  /**
   * WspServer:tls-authentication-mode:
   *
   * Whether clients that connect through a listener with TLS are asked for a certificate. Who
   * shows one that [property@Wsp.Server:tls-database] does not trust is refused, and with
   * %G_TLS_AUTHENTICATION_REQUIRED who shows none, too: before any HTTP, told by
   * [signal@Wsp.Server::handshake-failed] with an error of TLS.
   *
   * Whose certificate it is stands in [property@Wsp.Handshake:tls-certificate]: a handler of
   * [signal@Wsp.Server::request] or a route decides what its owner may do. Whether it was made
   * for clients (its extended key usage) is not judged: let an authority that issues nothing
   * else be the one of [property@Wsp.Server:tls-database].
   *
   * Since: 0.1
   */
  properties[PROP_TLS_AUTHENTICATION_MODE] =
    g_param_spec_enum ("tls-authentication-mode", NULL, NULL, G_TYPE_TLS_AUTHENTICATION_MODE,
                       G_TLS_AUTHENTICATION_NONE, flags);
  /**
   * WspServer:tls-ticket-key:
   *
   * The 64 random bytes from which the keys of session tickets are made, by which a client that
   * comes back is spared most of the handshake. %NULL, the default: the server makes its own, and
   * tickets are good for this server only. Instances that serve the same clients share one.
   *
   * The keys in use change by themselves, every few hours. Whoever knows this one can read resumed
   * connections of TLS 1.2: keep it as secret as the private key, and replace it every few days.
   * No tickets are given where clients are asked for certificates, nor where GIO speaks TLS.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_TICKET_KEY] =
    g_param_spec_boxed ("tls-ticket-key", NULL, NULL, G_TYPE_BYTES, flags);
}

static void
install_properties (GObjectClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * WspServer:protocols:
   *
   * The subprotocols that the server speaks. The first one that a client offers of them
   * is chosen, or with [property@Wsp.Server:prefer-own-protocols] the first one here that the
   * client offers. If there is none, the connection has no subprotocol.
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
   * WspServer:prefer-own-protocols:
   *
   * Whether the order of [property@Wsp.Server:protocols] counts, and not that of the client.
   *
   * Since: 0.1
   */
  properties[PROP_PREFER_OWN_PROTOCOLS] =
    g_param_spec_boolean ("prefer-own-protocols", NULL, NULL, FALSE, flags);
  install_tls (flags);
  /**
   * WspServer:compression:
   *
   * With which settings permessage-deflate is accepted where a client offers it; %NULL = it
   * is not.
   *
   * Since: 0.1
   */
  properties[PROP_COMPRESSION] =
    g_param_spec_boxed ("compression", NULL, NULL, WSP_TYPE_DEFLATE_OPTIONS, flags);
  /**
   * WspServer:keep-handshake:
   *
   * Whether [property@Wsp.Connection:handshake] stays for the life of the connection. Else the
   * connection gives it up when the [signal@Wsp.Server::connection] signal has returned.
   *
   * Since: 0.1
   */
  properties[PROP_KEEP_HANDSHAKE] =
    g_param_spec_boolean ("keep-handshake", NULL, NULL, FALSE, flags);
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

/* The handshake that handlers are being asked about in this thread: what they do to it counts more
 * than what they return. */
static GPrivate asked_handshake;

/* Another one is asked as long as all say yes and nothing was decided. */
static gboolean
accumulate_consent (GSignalInvocationHint *hint,
                    GValue                *consent,
                    const GValue          *returned,
                    gpointer               data)
{
  gboolean is_consent = g_value_get_boolean (returned);

  g_value_set_boolean (consent, is_consent);
  return is_consent && wsp_handshake_is_open_question (g_private_get (&asked_handshake));
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
   * judged. May it have one, as far as the handler is concerned?
   *
   * When all handlers have returned %TRUE, the route of the path decides, or, where there are
   * no routes, the request is accepted with a subprotocol of [property@Wsp.Server:protocols].
   * A handler that returns %FALSE, which a language binding also does for one that failed or
   * returned nothing, ends that: the answer is status 500, and a line in the log says so.
   *
   * [method@Wsp.Handshake.accept] and [method@Wsp.Handshake.reject] end it too, whatever is
   * returned, and [method@Wsp.Handshake.defer] does so for a decision that comes later: no
   * other handler and no route is asked any more.
   *
   * Returns: %TRUE = yes
   *
   * Since: 0.1
   */
  signals[REQUEST] = g_signal_new ("request", WSP_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0,
                                   accumulate_consent, NULL, NULL,
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
follow_limits (WspServer *self,
               WspLimits *limits)
{
  self->limits = g_object_ref (limits);
  g_signal_connect_swapped (limits, "notify", G_CALLBACK (on_limits_changed), self);
}

static void
wsp_server_init (WspServer *self)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  self->reactor = wsp_reactor_ref_thread_default ();
  self->spare_fd = -1;
  self->taps = g_ptr_array_new_with_free_func (g_object_unref);
  self->routes = g_ptr_array_new_with_free_func ((GDestroyNotify) wsp_route_unref);
  self->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) wsp_listener_free);
  self->workers = g_ptr_array_new_with_free_func ((GDestroyNotify) wsp_worker_free);
  self->connections = wsp_connection_list_new ();
  g_mutex_init (&self->rules_lock);
  g_ptr_array_add (self->workers, wsp_worker_new_main (self));
  follow_limits (self, limits);
}

gboolean
wsp_server_has_request_handler (WspServer *self)
{
  return g_signal_has_handler_pending (self, signals[REQUEST], 0, FALSE);
}

gboolean
wsp_server_emit_request (WspServer    *self,
                         WspHandshake *handshake)
{
  gpointer outer = g_private_get (&asked_handshake);
  gboolean is_consent = FALSE;

  if (!wsp_server_has_request_handler (self))
    return TRUE;

  g_private_set (&asked_handshake, handshake);
  g_signal_emit (self, signals[REQUEST], 0, handshake, &is_consent);
  g_private_set (&asked_handshake, outer);
  return is_consent;
}

void
wsp_server_emit_connection (WspServer     *self,
                            WspConnection *connection)
{
  g_signal_emit (self, signals[CONNECTION], 0, connection);
}

void
wsp_server_emit_handshake_failed (WspServer      *self,
                                  GSocketAddress *address,
                                  const GError   *error)
{
  g_signal_emit (self, signals[HANDSHAKE_FAILED], 0, address, error);
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
 * Gives the connections that are open or closing, as a list that tells of its changes. They
 * are in no order: one that ends leaves its place to the last one.
 *
 * Returns: (transfer none): a list of [class@Wsp.Connection]
 *
 * Since: 0.1
 */
GListModel *
wsp_server_get_connections (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);

  return wsp_connection_list_show (self->connections);
}

/**
 * wsp_server_add_route:
 * @self: a server
 * @path: a path, beginning with `/`, as it stands in requests, without a query
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): decides about
 *   requests; %NULL = it would say yes to all
 * @user_data: for @func
 * @destroy: called with @user_data when the server is gone
 *
 * Serves a path and all paths below it: `/chat` stands for `/chat` and `/chat/room`, not for
 * `/chatter`. Of several routes the longest counts, of equal ones the last that was added.
 *
 * A server without routes serves every path. One with routes answers 404 to what is on
 * none, unless a handler of [signal@Wsp.Server::request] has decided. @func is asked when all
 * of these handlers have said yes.
 *
 * Since: 0.1
 */
void
wsp_server_add_route (WspServer     *self,
                      const char    *path,
                      WspRouteFunc   func,
                      gpointer       user_data,
                      GDestroyNotify destroy)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (path != NULL && path[0] == '/');

  begin_change (self);
  g_ptr_array_add (self->routes, wsp_route_new (path, G_CALLBACK (func), user_data, destroy));
  end_change (self);
}

/**
 * wsp_server_add_tap:
 * @self: a server
 * @tap: a tap
 *
 * Lets @tap hear what passes on connections that are made from now on, their opening
 * handshakes included. The source of all it hears is the connection. If the handshake failed, the
 * source is a [class@Wsp.Handshake] of that connection alone, even if the request was malformed,
 * incomplete or missing: its properties then say what could be read.
 *
 * Since: 0.1
 */
void
wsp_server_add_tap (WspServer *self,
                    WspTap    *tap)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (WSP_IS_TAP (tap));

  begin_change (self);
  g_ptr_array_add (self->taps, g_object_ref (tap));
  end_change (self);
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

  begin_change (self);
  g_ptr_array_remove (self->taps, tap);
  end_change (self);
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

  if (limits == self->limits)
    return;

  g_autoptr (WspLimits) old = self->limits;

  g_signal_handlers_disconnect_by_data (old, self);
  begin_change (self);
  follow_limits (self, limits);
  end_change (self);
  wsp_server_resume_accepting (self);
}
