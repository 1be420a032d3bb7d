/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The client as an object: its settings, and which attempt may go on.  One attempt is wsp-
 * client-attempt.c. */
#include "endpoint/wsp-client-private.h"

enum
{
  PROP_0,
  PROP_ORIGIN,
  PROP_USER_AGENT,
  PROP_REQUIRE_PROTOCOL,
  PROP_SERIALIZE_CONNECTS,
  PROP_LIMITS,
  PROP_MAX_MESSAGE_SIZE,
  PROP_MAX_FRAME_SIZE,
  PROP_MAX_SEND_QUEUE,
  PROP_KEEPALIVE_INTERVAL,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint prepare_signal;

static const char connect_tag[] = "connect";
static const char open_tag[] = "open";

/**
 * WspClient:
 *
 * Connects to WebSocket servers. It holds the settings for any number of connections.
 *
 * This version connects to `ws` URIs over TCP, without proxies.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspClient, wsp_client, G_TYPE_OBJECT)

static void
set_limit (WspClient    *self,
           const char   *name,
           const GValue *value)
{
  g_autoptr (WspLimits) limits = wsp_limits_copy (self->limits);

  g_object_set_property (G_OBJECT (limits), name, value);
  wsp_client_set_limits (self, limits);
}

static void
wsp_client_get_property (GObject    *object,
                         guint       property,
                         GValue     *value,
                         GParamSpec *pspec)
{
  WspClient *self = WSP_CLIENT (object);

  switch (property)
    {
    case PROP_ORIGIN:
      g_value_set_string (value, self->origin);
      break;
    case PROP_USER_AGENT:
      g_value_set_string (value, self->user_agent);
      break;
    case PROP_REQUIRE_PROTOCOL:
      g_value_set_boolean (value, self->requires_protocol);
      break;
    case PROP_SERIALIZE_CONNECTS:
      g_value_set_boolean (value, self->serializes_connects);
      break;
    case PROP_LIMITS:
      g_value_set_object (value, self->limits);
      break;
    default:
      g_object_get_property (G_OBJECT (self->limits), pspec->name, value);
    }
}

static void
wsp_client_set_property (GObject      *object,
                         guint         property,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  WspClient *self = WSP_CLIENT (object);

  switch (property)
    {
    case PROP_ORIGIN:
      g_free (self->origin);
      self->origin = g_value_dup_string (value);
      break;
    case PROP_USER_AGENT:
      g_free (self->user_agent);
      self->user_agent = g_value_dup_string (value);
      break;
    case PROP_REQUIRE_PROTOCOL:
      self->requires_protocol = g_value_get_boolean (value);
      break;
    case PROP_SERIALIZE_CONNECTS:
      self->serializes_connects = g_value_get_boolean (value);
      break;
    case PROP_LIMITS:
      if (g_value_get_object (value) != NULL)
        wsp_client_set_limits (self, g_value_get_object (value));
      break;
    default:
      set_limit (self, pspec->name, value);
    }
}

static void
wsp_client_finalize (GObject *object)
{
  WspClient *self = WSP_CLIENT (object);

  g_hash_table_unref (self->connecting);
  g_ptr_array_unref (self->taps);
  g_free (self->origin);
  g_free (self->user_agent);
  g_object_unref (self->limits);
  wsp_reactor_unref (self->reactor);

  G_OBJECT_CLASS (wsp_client_parent_class)->finalize (object);
}

static void
install_limit_properties (void)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * WspClient:limits: (getter get_limits) (setter set_limits)
   *
   * The limits and timeouts, shared with the connections.
   *
   * Since: 0.1
   */
  properties[PROP_LIMITS] = g_param_spec_object ("limits", NULL, NULL, WSP_TYPE_LIMITS, flags);
  /**
   * WspClient:max-message-size:
   *
   * Bytes that a message of a peer may have. Writing it copies the limits, as with the
   * next three.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_MESSAGE_SIZE] =
    g_param_spec_uint64 ("max-message-size", NULL, NULL, 1, G_MAXUINT64, 16 * 1024 * 1024, flags);
  /**
   * WspClient:max-frame-size:
   *
   * Bytes that a frame of a peer may have; 0 = as a message.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_FRAME_SIZE] =
    g_param_spec_uint64 ("max-frame-size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  /**
   * WspClient:max-send-queue:
   *
   * Bytes in a send queue from which on messages are refused.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_SEND_QUEUE] =
    g_param_spec_uint64 ("max-send-queue", NULL, NULL, 1, G_MAXUINT64, 16 * 1024 * 1024, flags);
  /**
   * WspClient:keepalive-interval:
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
   * WspClient:origin:
   *
   * What the `Origin` header says; %NULL = there is none, as with programs that are no
   * browser.
   *
   * Since: 0.1
   */
  properties[PROP_ORIGIN] = g_param_spec_string ("origin", NULL, NULL, NULL, flags);
  /**
   * WspClient:user-agent:
   *
   * What the `User-Agent` header says; %NULL = there is none.
   *
   * Since: 0.1
   */
  properties[PROP_USER_AGENT] = g_param_spec_string ("user-agent", NULL, NULL, NULL, flags);
  /**
   * WspClient:require-protocol:
   *
   * Whether a server that selects none of the offered subprotocols is an error.
   *
   * Since: 0.1
   */
  properties[PROP_REQUIRE_PROTOCOL] =
    g_param_spec_boolean ("require-protocol", NULL, NULL, FALSE, flags);
  /**
   * WspClient:serialize-connects:
   *
   * Whether a connect to a host and port waits until an earlier one to the same place has
   * its answer, as RFC 6455, section 4.1 wants it.
   *
   * Since: 0.1
   */
  properties[PROP_SERIALIZE_CONNECTS] =
    g_param_spec_boolean ("serialize-connects", NULL, NULL, TRUE, flags);
  install_limit_properties ();
  g_object_class_install_properties (class, N_PROPS, properties);
}

static void
wsp_client_class_init (WspClientClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->finalize = wsp_client_finalize;
  object_class->get_property = wsp_client_get_property;
  object_class->set_property = wsp_client_set_property;
  install_properties (object_class);

  /**
   * WspClient::prepare:
   * @self: the client
   * @handshake: what is going to be asked for
   *
   * A handshake is about to begin: the last moment to set its `request-headers`.
   *
   * Since: 0.1
   */
  prepare_signal = g_signal_new ("prepare", WSP_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, WSP_TYPE_HANDSHAKE);
}

static void
wsp_client_init (WspClient *self)
{
  self->reactor = wsp_reactor_ref_thread_default ();
  self->limits = wsp_limits_new ();
  self->taps = g_ptr_array_new_with_free_func (g_object_unref);
  self->connecting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) g_queue_free);
  self->serializes_connects = TRUE;
}

void
wsp_client_emit_prepare (WspClient    *self,
                         WspHandshake *handshake)
{
  g_signal_emit (self, prepare_signal, 0, handshake);
}

gboolean
wsp_client_claim (WspClient        *self,
                  const char       *place,
                  WspClientAttempt *attempt)
{
  GQueue *waiting = g_hash_table_lookup (self->connecting, place);

  if (waiting == NULL)
    {
      g_hash_table_insert (self->connecting, g_strdup (place), g_queue_new ());
      return TRUE;
    }

  g_queue_push_tail (waiting, attempt);
  return FALSE;
}

WspClientAttempt *
wsp_client_release (WspClient  *self,
                    const char *place)
{
  GQueue *waiting = g_hash_table_lookup (self->connecting, place);

  if (waiting == NULL)
    return NULL;

  if (!g_queue_is_empty (waiting))
    return g_queue_pop_head (waiting);

  g_hash_table_remove (self->connecting, place);
  return NULL;
}

void
wsp_client_withdraw (WspClient        *self,
                     const char       *place,
                     WspClientAttempt *attempt)
{
  GQueue *waiting = g_hash_table_lookup (self->connecting, place);

  if (waiting != NULL)
    g_queue_remove (waiting, attempt);
}

/**
 * wsp_client_new: (constructor)
 *
 * Makes a client with the default settings.
 *
 * Returns: (transfer full): a new client
 *
 * Since: 0.1
 */
WspClient *
wsp_client_new (void)
{
  return g_object_new (WSP_TYPE_CLIENT, NULL);
}

/**
 * wsp_client_connect_async:
 * @self: a client
 * @uri: where to: a `ws` URI, without a fragment
 * @subprotocols: (nullable) (array zero-terminated=1): what to offer, best first
 * @headers: (nullable): more header fields for the request; they are frozen
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (nullable): called when the connection is open
 * @user_data: for @callback
 *
 * Connects and shakes hands.
 *
 * Fails with [error@Wsp.SessionError.INVALID_ARGUMENT] for a bad URI, subprotocol or
 * header, before anything is sent; with [error@Wsp.SessionError.HANDSHAKE] when the answer
 * is not 101 or not HTTP; with the other errors of the session when the answer breaks a
 * rule; with %G_IO_ERROR_TIMED_OUT after `connect-timeout` milliseconds; with
 * %G_IO_ERROR_NOT_SUPPORTED for `wss` and `ws+unix` in this version; and with the errors
 * of GIO when there is no connection.
 *
 * To look at a refusal, make the handshake yourself: [method@Wsp.Client.open_async].
 *
 * See RFC 6455, section 4.1.
 *
 * Since: 0.1
 */
void
wsp_client_connect_async (WspClient          *self,
                          const char         *uri,
                          const char * const *subprotocols,
                          WspHeaders         *headers,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (uri != NULL);

  WspCompletion *completion = wsp_completion_new (self->reactor, self, connect_tag, cancellable,
                                                  callback, user_data);
  GError *error = NULL;
  g_autoptr (WspHandshake) handshake =
    wsp_handshake_new_client (uri, subprotocols, headers, &error);

  if (handshake == NULL)
    wsp_completion_return_error (completion, error);
  else
    wsp_client_attempt_begin (self, handshake, NULL, completion);
}

/**
 * wsp_client_connect_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Client.connect_async].
 *
 * Returns: (transfer full): an open connection
 *
 * Since: 0.1
 */
WspConnection *
wsp_client_connect_finish (WspClient    *self,
                           GAsyncResult *result,
                           GError      **error)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);
  g_return_val_if_fail (wsp_completion_is_valid (result, self, connect_tag), NULL);

  return wsp_completion_propagate_pointer (WSP_COMPLETION (result), error);
}

/**
 * wsp_client_open_async:
 * @self: a client
 * @handshake: a handshake of a client
 * @stream: (nullable): a connected stream; %NULL = connect to where the handshake leads
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (nullable): called when the connection is open
 * @user_data: for @callback
 *
 * Shakes hands as @handshake says. Whatever the outcome, the answer can be read in
 * @handshake afterwards: `response-status`, `response-headers`, `response-body`.
 *
 * A stream that is handed in belongs to the client from then on: it is closed when the
 * handshake fails. One of TLS that has not shaken hands yet does so first.
 *
 * Fails as [method@Wsp.Client.connect_async] does.
 *
 * Since: 0.1
 */
void
wsp_client_open_async (WspClient          *self,
                       WspHandshake       *handshake,
                       GIOStream          *stream,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (WSP_IS_HANDSHAKE (handshake));
  g_return_if_fail (stream == NULL || G_IS_IO_STREAM (stream));

  wsp_client_attempt_begin (self, handshake, stream,
                            wsp_completion_new (self->reactor, self, open_tag, cancellable,
                                                callback, user_data));
}

/**
 * wsp_client_open_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Client.open_async].
 *
 * Returns: (transfer full): an open connection
 *
 * Since: 0.1
 */
WspConnection *
wsp_client_open_finish (WspClient    *self,
                        GAsyncResult *result,
                        GError      **error)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);
  g_return_val_if_fail (wsp_completion_is_valid (result, self, open_tag), NULL);

  return wsp_completion_propagate_pointer (WSP_COMPLETION (result), error);
}

/**
 * wsp_client_add_tap:
 * @self: a client
 * @tap: a tap
 *
 * Lets @tap hear what passes on connections that are made from now on, their opening
 * handshakes included. The source of all it hears is the connection; where none came
 * about, the handshake.
 *
 * Since: 0.1
 */
void
wsp_client_add_tap (WspClient *self,
                    WspTap    *tap)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (WSP_IS_TAP (tap));

  g_ptr_array_add (self->taps, g_object_ref (tap));
}

/**
 * wsp_client_remove_tap:
 * @self: a client
 * @tap: a tap that was added
 *
 * Gives @tap to no more connections; those that have it keep it.
 *
 * Since: 0.1
 */
void
wsp_client_remove_tap (WspClient *self,
                       WspTap    *tap)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (WSP_IS_TAP (tap));

  g_ptr_array_remove (self->taps, tap);
}

/**
 * wsp_client_get_limits: (get-property limits)
 * @self: a client
 *
 * Gives the limits that new connections share.
 *
 * Returns: (transfer none): the limits
 *
 * Since: 0.1
 */
WspLimits *
wsp_client_get_limits (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);

  return self->limits;
}

/**
 * wsp_client_set_limits: (set-property limits)
 * @self: a client
 * @limits: limits
 *
 * Gives new connections other limits.
 *
 * Since: 0.1
 */
void
wsp_client_set_limits (WspClient *self,
                       WspLimits *limits)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (WSP_IS_LIMITS (limits));

  g_set_object (&self->limits, limits);
}
