/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The properties of a reconnector and their functions. */
#include "endpoint/reconnecting/wsp-reconnector-private.h"

#include "http/wsp-headers-private.h"
#include "reactor/wsp-reactor-private.h"

/* A row makes the value of the enum, the case of get_property that reads the member, and the case
 * of set_property.  A program sets those of ONCE when it makes the reconnector. */
#define PROPERTIES(ONCE, SETTING) \
  ONCE (CLIENT, client, object, client) \
  ONCE (URI, uri, string, shown_uri) \
  ONCE (NETWORK_MONITOR, monitor, object, monitor) \
  SETTING (SUBPROTOCOLS, subprotocols, boxed, subprotocols) \
  SETTING (HEADERS, headers, boxed, headers) \
  SETTING (SPREAD, spread, uint, back_off.spread) \
  SETTING (MIN_DELAY, min_delay, uint, back_off.min_delay) \
  SETTING (MAX_DELAY, max_delay, uint, back_off.max_delay) \
  SETTING (RESET_AFTER, reset_after, uint, reset_after)

#define ID(NAME, name, kind, member) PROP_ ## NAME,

enum
{
  LAST_STATE = WSP_RECONNECTOR_N_STATES - 1,
  PROPERTIES (ID, ID)
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

void
wsp_reconnector_notify (WspReconnector        *self,
                        WspReconnectorProperty property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/**
 * wsp_reconnector_get_client: (get-property client)
 * @self: a reconnector
 *
 * Gets the client that connects.
 *
 * Returns: (transfer none): the client; valid as long as @self
 *
 * Since: 0.1
 */
WspClient *
wsp_reconnector_get_client (WspReconnector *self)
{
  g_return_val_if_fail (WSP_IS_RECONNECTOR (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return self->client;
}

/**
 * wsp_reconnector_get_uri: (get-property uri)
 * @self: a reconnector
 *
 * Gets the URI to connect to, without user name and password.
 *
 * Returns: (transfer none): the URI; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_reconnector_get_uri (WspReconnector *self)
{
  g_return_val_if_fail (WSP_IS_RECONNECTOR (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return self->shown_uri;
}

/**
 * wsp_reconnector_get_subprotocols: (get-property subprotocols)
 * @self: a reconnector
 *
 * Gets the subprotocols to offer.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): the subprotocols, best first;
 *   %NULL = none; valid until the property changes or @self is freed
 *
 * Since: 0.1
 */
const char * const *
wsp_reconnector_get_subprotocols (WspReconnector *self)
{
  g_return_val_if_fail (WSP_IS_RECONNECTOR (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return (const char * const *) self->subprotocols;
}

/* NULL is another value than an empty list, though both offer nothing. */
static gboolean
reconnector_properties_is_same_list (const char * const *a,
                                     const char * const *b)
{
  return a == b || (a != NULL && b != NULL && g_strv_equal (a, b));
}

/**
 * wsp_reconnector_set_subprotocols: (set-property subprotocols)
 * @self: a reconnector
 * @subprotocols: (transfer none) (nullable) (array zero-terminated=1): the subprotocols, best first
 *
 * Sets the subprotocols to offer, from the next attempt on.
 *
 * Since: 0.1
 */
void
wsp_reconnector_set_subprotocols (WspReconnector     *self,
                                  const char * const *subprotocols)
{
  g_return_if_fail (WSP_IS_RECONNECTOR (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  g_auto (GStrv) before = self->subprotocols;   /* subprotocols may point into before */

  self->subprotocols = g_strdupv ((char **) subprotocols);
  if (!reconnector_properties_is_same_list ((const char * const *) before, subprotocols))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBPROTOCOLS]);
}

/**
 * wsp_reconnector_get_headers: (get-property headers)
 * @self: a reconnector
 *
 * Gets the custom headers for the request.
 *
 * Returns: (transfer none) (nullable): the headers; %NULL = none; valid until the property changes
 *   or @self is freed
 *
 * Since: 0.1
 */
WspHeaders *
wsp_reconnector_get_headers (WspReconnector *self)
{
  g_return_val_if_fail (WSP_IS_RECONNECTOR (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return self->headers;
}

/**
 * wsp_reconnector_set_headers: (set-property headers)
 * @self: a reconnector
 * @headers: (transfer none) (nullable): custom headers for the request; the next attempt freezes
 *   them
 *
 * Sets the custom headers for the request, from the next attempt on.
 *
 * Since: 0.1
 */
void
wsp_reconnector_set_headers (WspReconnector *self,
                             WspHeaders     *headers)
{
  g_return_if_fail (WSP_IS_RECONNECTOR (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  g_autoptr (WspHeaders) before = self->headers;

  /* headers are taken even if they are equal to before: the program may add to them later. */
  self->headers = headers != NULL ? wsp_headers_ref (headers) : NULL;
  if (!wsp_headers_are_equal (before, headers))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HEADERS]);
}

static void
reconnector_properties_set_time (WspReconnector *self,
                                 guint          *place,
                                 guint           milliseconds,
                                 guint           property)
{
  if (*place == milliseconds)
    return;

  *place = milliseconds;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/**
 * wsp_reconnector_get_spread: (get-property spread)
 * @self: a reconnector
 *
 * Gets the time within which the first attempt comes after the server has gone away.
 *
 * Returns: milliseconds
 *
 * Since: 0.1
 */
guint
wsp_reconnector_get_spread (WspReconnector *self)
{
  g_return_val_if_fail (WSP_IS_RECONNECTOR (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);

  return self->back_off.spread;
}

/**
 * wsp_reconnector_set_spread: (set-property spread)
 * @self: a reconnector
 * @spread: milliseconds, at most `G_MAXINT`
 *
 * Sets the time within which the first attempt comes after the server has gone away.
 *
 * Since: 0.1
 */
void
wsp_reconnector_set_spread (WspReconnector *self,
                            guint           spread)
{
  g_return_if_fail (WSP_IS_RECONNECTOR (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (spread <= G_MAXINT);

  reconnector_properties_set_time (self, &self->back_off.spread, spread, PROP_SPREAD);
}

/**
 * wsp_reconnector_get_min_delay: (get-property min-delay)
 * @self: a reconnector
 *
 * Gets the minimum wait after a failed attempt.
 *
 * Returns: milliseconds
 *
 * Since: 0.1
 */
guint
wsp_reconnector_get_min_delay (WspReconnector *self)
{
  g_return_val_if_fail (WSP_IS_RECONNECTOR (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);

  return self->back_off.min_delay;
}

/**
 * wsp_reconnector_set_min_delay: (set-property min-delay)
 * @self: a reconnector
 * @min_delay: milliseconds, at most `G_MAXINT`
 *
 * Sets the minimum wait after a failed attempt.
 *
 * Since: 0.1
 */
void
wsp_reconnector_set_min_delay (WspReconnector *self,
                               guint           min_delay)
{
  g_return_if_fail (WSP_IS_RECONNECTOR (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (min_delay <= G_MAXINT);

  reconnector_properties_set_time (self, &self->back_off.min_delay, min_delay, PROP_MIN_DELAY);
}

/**
 * wsp_reconnector_get_max_delay: (get-property max-delay)
 * @self: a reconnector
 *
 * Gets the maximum wait after a failed attempt.
 *
 * Returns: milliseconds
 *
 * Since: 0.1
 */
guint
wsp_reconnector_get_max_delay (WspReconnector *self)
{
  g_return_val_if_fail (WSP_IS_RECONNECTOR (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);

  return self->back_off.max_delay;
}

/**
 * wsp_reconnector_set_max_delay: (set-property max-delay)
 * @self: a reconnector
 * @max_delay: milliseconds, at most `G_MAXINT`
 *
 * Sets the maximum wait after a failed attempt.
 *
 * Since: 0.1
 */
void
wsp_reconnector_set_max_delay (WspReconnector *self,
                               guint           max_delay)
{
  g_return_if_fail (WSP_IS_RECONNECTOR (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (max_delay <= G_MAXINT);

  reconnector_properties_set_time (self, &self->back_off.max_delay, max_delay, PROP_MAX_DELAY);
}

/**
 * wsp_reconnector_get_reset_after: (get-property reset-after)
 * @self: a reconnector
 *
 * Gets the time after which a connection counts as working.
 *
 * Returns: milliseconds
 *
 * Since: 0.1
 */
guint
wsp_reconnector_get_reset_after (WspReconnector *self)
{
  g_return_val_if_fail (WSP_IS_RECONNECTOR (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);

  return self->reset_after;
}

/**
 * wsp_reconnector_set_reset_after: (set-property reset-after)
 * @self: a reconnector
 * @reset_after: milliseconds, at most `G_MAXINT`
 *
 * Sets the time after which a connection counts as working.
 *
 * Since: 0.1
 */
void
wsp_reconnector_set_reset_after (WspReconnector *self,
                                 guint           reset_after)
{
  g_return_if_fail (WSP_IS_RECONNECTOR (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (reset_after <= G_MAXINT);

  reconnector_properties_set_time (self, &self->reset_after, reset_after, PROP_RESET_AFTER);
}

/**
 * wsp_reconnector_get_connection: (get-property connection)
 * @self: a reconnector
 *
 * Gets the present connection.
 *
 * Returns: (transfer none) (nullable): the connection; %NULL while there is none; valid until it
 *   ends or @self is freed
 *
 * Since: 0.1
 */
WspConnection *
wsp_reconnector_get_connection (WspReconnector *self)
{
  g_return_val_if_fail (WSP_IS_RECONNECTOR (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return self->connection;
}

/**
 * wsp_reconnector_get_attempt: (get-property attempt)
 * @self: a reconnector
 *
 * Gets the number of the present or last attempt.
 *
 * Returns: the number; 0 = none
 *
 * Since: 0.1
 */
guint
wsp_reconnector_get_attempt (WspReconnector *self)
{
  g_return_val_if_fail (WSP_IS_RECONNECTOR (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);

  return self->attempt;
}

/**
 * wsp_reconnector_get_next_attempt_us: (get-property next-attempt-us)
 * @self: a reconnector
 *
 * Gets the time of the next attempt.
 *
 * Returns: microseconds of [func@GLib.get_monotonic_time]; 0 = none is scheduled
 *
 * Since: 0.1
 */
gint64
wsp_reconnector_get_next_attempt_us (WspReconnector *self)
{
  g_return_val_if_fail (WSP_IS_RECONNECTOR (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);

  return self->next_attempt;
}

/**
 * wsp_reconnector_get_active: (get-property active)
 * @self: a reconnector
 *
 * Gets whether the reconnector connects, is connected, or waits for its next attempt.
 *
 * Returns: %FALSE before the start, after a stop, and after it has given up
 *
 * Since: 0.1
 */
gboolean
wsp_reconnector_get_active (WspReconnector *self)
{
  g_return_val_if_fail (WSP_IS_RECONNECTOR (self), FALSE);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), FALSE);

  return self->state != WSP_RECONNECTOR_STOPPED;
}

#define GET_CASE(NAME, name, kind, member) \
case PROP_ ## NAME: g_value_set_ ## kind (value, self->member); break;

static void
get_property (GObject    *object,
              guint       property,
              GValue     *value,
              GParamSpec *pspec)
{
  WspReconnector *self = WSP_RECONNECTOR (object);

  switch (property)
    {
    case WSP_RECONNECTOR_CONNECTION:
      g_value_set_object (value, self->connection);
      break;
    case WSP_RECONNECTOR_ATTEMPT:
      g_value_set_uint (value, self->attempt);
      break;
    case WSP_RECONNECTOR_NEXT_ATTEMPT:
      g_value_set_int64 (value, self->next_attempt);
      break;
    case WSP_RECONNECTOR_ACTIVE:
      g_value_set_boolean (value, wsp_reconnector_get_active (self));
      break;
      PROPERTIES (GET_CASE, GET_CASE)
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

#define KEEP_CASE(NAME, name, kind, member) \
case PROP_ ## NAME: self->name = g_value_dup_ ## kind (value); break;
#define SET_CASE(NAME, name, kind, member) \
case PROP_ ## NAME: wsp_reconnector_set_ ## name (self, g_value_get_ ## kind (value)); break;

static void
set_property (GObject      *object,
              guint         property,
              const GValue *value,
              GParamSpec   *pspec)
{
  WspReconnector *self = WSP_RECONNECTOR (object);

  switch (property)
    {
      PROPERTIES (KEEP_CASE, SET_CASE)
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
reconnector_properties_install_connecting (GParamFlags once,
                                           GParamFlags flags)
{
  /**
   * WspReconnector:client:
   *
   * The client that connects; %NULL = a new one, with the default settings.
   *
   * Since: 0.1
   */
  properties[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, WSP_TYPE_CLIENT, once);
  /**
   * WspReconnector:uri:
   *
   * The URI to connect to. The value that is read has no user name and password.
   *
   * Required, never %NULL.
   *
   * Since: 0.1
   */
  properties[PROP_URI] = g_param_spec_string ("uri", NULL, NULL, NULL, once);
  /**
   * WspReconnector:network-monitor:
   *
   * The monitor that reports changes of the network; %NULL = the system's. The monitor may emit its
   * signals in any thread.
   *
   * Since: 0.1
   */
  properties[PROP_NETWORK_MONITOR] =
    g_param_spec_object ("network-monitor", NULL, NULL, G_TYPE_NETWORK_MONITOR, once);
  /**
   * WspReconnector:subprotocols:
   *
   * The subprotocols to offer, best first; used from the next attempt on. See RFC 6455, section
   * 4.1.
   *
   * Default: %NULL: none.
   *
   * Since: 0.1
   */
  properties[PROP_SUBPROTOCOLS] =
    g_param_spec_boxed ("subprotocols", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * WspReconnector:headers:
   *
   * Custom headers for the request; used from the next attempt on, which freezes them.
   *
   * Default: %NULL: none.
   *
   * Since: 0.1
   */
  properties[PROP_HEADERS] = g_param_spec_boxed ("headers", NULL, NULL, WSP_TYPE_HEADERS, flags);
}

static GParamSpec *
new_time (const char *name,
          guint       milliseconds,
          GParamFlags flags)
{
  return g_param_spec_uint (name, NULL, NULL, 0, G_MAXINT, milliseconds, flags);
}

static void
install_times (GParamFlags flags)
{
  /**
   * WspReconnector:spread:
   *
   * The time within which the first attempt comes after the server has gone away, in milliseconds;
   * 0 = at once. The server has gone away if the connection ended with close code 1001, 1012 or
   * 1013, or without a Close frame. The moment is random, so that the clients of a server that
   * restarts do not all connect at once: choose the time by the number of clients, and by how many
   * of them the server accepts in a second.
   *
   * A random part of this time is also added to the wait that a server asks for with `Retry-After`,
   * or with `retry-after=N` in the reason of its Close. With `retry-after=0` the first attempt
   * comes at once.
   *
   * A change of this property, and of the next three, takes effect with the next wait.
   *
   * Default: 5000; range: 0 to 2^31 − 1.
   *
   * Since: 0.1
   */
  properties[PROP_SPREAD] = new_time ("spread", WSP_RECONNECTOR_SPREAD, flags);
  /**
   * WspReconnector:min-delay:
   *
   * Minimum wait after a failed attempt, in milliseconds. The wait after the n-th attempt is
   * random, between this value doubled n - 1 times and doubled n times.
   *
   * It is also the time for which a connection must have been open so that close code 1001 or 1012,
   * or `retry-after=0` in the reason of the Close, is no failure. With 0, a server can make the
   * reconnector connect again and again without a wait.
   *
   * Default: 1000; range: 0 to 2^31 − 1.
   *
   * Since: 0.1
   */
  properties[PROP_MIN_DELAY] = new_time ("min-delay", WSP_RECONNECTOR_MIN_DELAY, flags);
  /**
   * WspReconnector:max-delay:
   *
   * Maximum wait after a failed attempt, in milliseconds. A server can ask for a longer wait with
   * `Retry-After`, up to a day.
   *
   * Default: 60000; range: 0 to 2^31 − 1.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_DELAY] = new_time ("max-delay", WSP_RECONNECTOR_MAX_DELAY, flags);
  /**
   * WspReconnector:reset-after:
   *
   * Time after which a connection counts as working, in milliseconds: after a working connection
   * the waits begin with the shortest one again.
   *
   * Default: 30000; range: 0 to 2^31 − 1.
   *
   * Since: 0.1
   */
  properties[PROP_RESET_AFTER] = new_time ("reset-after", WSP_RECONNECTOR_RESET_AFTER, flags);
}

static void
install_states (GParamFlags flags)
{
  /**
   * WspReconnector:connection:
   *
   * The connection, or %NULL.
   *
   * Since: 0.1
   */
  properties[WSP_RECONNECTOR_CONNECTION] =
    g_param_spec_object ("connection", NULL, NULL, WSP_TYPE_CONNECTION, flags);
  /**
   * WspReconnector:attempt:
   *
   * The number of the present or last attempt, counted from the start or from the last
   * working connection ([property@Wsp.Reconnector:reset-after]), or from the last one that a server
   * ended on purpose, by close code 1001 or 1012, after [property@Wsp.Reconnector:min-delay].
   *
   * Since: 0.1
   */
  properties[WSP_RECONNECTOR_ATTEMPT] =
    g_param_spec_uint ("attempt", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * WspReconnector:next-attempt-us:
   *
   * When the next attempt begins, in microseconds of [func@GLib.get_monotonic_time]; 0 = no
   * attempt is scheduled.
   *
   * Since: 0.1
   */
  properties[WSP_RECONNECTOR_NEXT_ATTEMPT] =
    g_param_spec_int64 ("next-attempt-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  /**
   * WspReconnector:active:
   *
   * Whether the reconnector connects, is connected, or waits for its next attempt: %TRUE from
   * [method@Wsp.Reconnector.start] until [method@Wsp.Reconnector.stop], or until it gives up after
   * [signal@Wsp.Reconnector::should-retry]. While it is %FALSE, no attempt is made.
   *
   * Since: 0.1
   */
  properties[WSP_RECONNECTOR_ACTIVE] =
    g_param_spec_boolean ("active", NULL, NULL, FALSE, flags);
}

void
wsp_reconnector_install_properties (GObjectClass *class)
{
  const GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags flags =
    G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  class->get_property = get_property;
  class->set_property = set_property;
  reconnector_properties_install_connecting (once, flags);
  install_times (flags);
  install_states (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (class, N_PROPS, properties);
}
