/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Keeps a connection up: connects, waits, connects again.
 *
 *   STOPPED --start--> CONNECTING --open--> OPEN
 *      ^                 |     ^              |
 *      |              failed   | time,     closed
 *      |                 v     | network      |
 *      +----given up-- WAITING-+ <------------+
 *
 * (1) The timer is set in WAITING only, and there is a cancellable in CONNECTING only.  OPEN has a
 *     connection, which stays after a stop until it has closed.
 * (2) A change is complete before the program is notified: notifies are held during it, and
 *     released by a due call.  Signals follow them, and what comes after one checks first whether
 *     the state is still the same.
 */
#include <libwsproto/endpoint/wsp-reconnector.h>
#include <libwsproto/observe/wsp-close-code.h>
#include <libwsproto/session/wsp-session-error.h>
#include <sys/random.h>

#include "connection/wsp-connection-transport-private.h"
#include "endpoint/dialing/wsp-back-off-private.h"
#include "reactor/wsp-reactor-private.h"
#include "session/wsp-uri-private.h"

#define DEFAULT_MIN_DELAY 1000
#define DEFAULT_MAX_DELAY 60000
#define DEFAULT_RESET_AFTER 30000

typedef enum
{
  STOPPED,
  CONNECTING,
  OPEN,
  WAITING,
} ReconnectorState;

typedef enum                    /* milliseconds; in the order of the properties */
{
  MIN_DELAY,
  MAX_DELAY,
  RESET_AFTER,
  N_TIMES,
} ReconnectorTime;

struct _WspReconnector
{
  GObject          parent_instance;

  WspReactor      *reactor;
  WspClient       *client;
  char            *uri;
  char           **subprotocols;
  WspHeaders      *headers;
  GNetworkMonitor *monitor;
  guint            times[N_TIMES];

  ReconnectorState state;
  guint            attempt;
  gint64           next_attempt;
  gint64           opened_at;
  WspTimer         timer;
  WspDue           due;
  gboolean         holds_notifies;
  GCancellable    *cancellable;
  WspHandshake    *handshake;           /* of the attempt */
  WspConnection   *connection;
};

enum
{
  PROP_0,
  PROP_CLIENT,
  PROP_URI,
  PROP_SUBPROTOCOLS,
  PROP_HEADERS,
  PROP_NETWORK_MONITOR,
  PROP_MIN_DELAY,
  PROP_MAX_DELAY,
  PROP_RESET_AFTER,
  PROP_CONNECTION,
  PROP_ATTEMPT,
  PROP_NEXT_ATTEMPT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint connected_signal, disconnected_signal, should_retry_signal;

/**
 * WspReconnector:
 *
 * Keeps a connection to one URI open. If connecting fails, or the connection closes, it waits
 * and connects again. The wait gets longer with each attempt and has a random part, so that
 * many clients of a server that restarts do not connect at once. When the network comes back,
 * it connects without waiting.
 *
 * It holds a reference to the present connection. The program must read from it: start it, or
 * receive, in the handler of [signal@Wsp.Reconnector::connected].
 *
 * For many reconnectors to one server, set [property@Wsp.Client:serialize-connects] to %FALSE, or
 * use one client for each.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspReconnector, wsp_reconnector, G_TYPE_OBJECT)

/* (2) */
static void
hold_notifies (WspReconnector *self)
{
  if (!self->holds_notifies)
    g_object_freeze_notify (G_OBJECT (self));
  self->holds_notifies = TRUE;
  if (!wsp_due_is_queued (&self->due))
    wsp_reactor_call (self->reactor, &WSP_RECONNECTOR (g_object_ref (self))->due,
                      WSP_DUE_THIS_TURN);
}

static void
release_notifies (WspReconnector *self)
{
  if (self->holds_notifies)
    {
      self->holds_notifies = FALSE;
      g_object_thaw_notify (G_OBJECT (self));
    }
}

static void
set_attempt (WspReconnector *self,
             guint           attempt)
{
  if (self->attempt == attempt)
    return;

  self->attempt = attempt;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ATTEMPT]);
}

static void
set_next_attempt (WspReconnector *self,
                  gint64          time)
{
  if (self->next_attempt == time)
    return;

  self->next_attempt = time;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NEXT_ATTEMPT]);
}

/* Releases what belongs to the old state (1), but not the connection. */
static void
enter (WspReconnector  *self,
       ReconnectorState state)
{
  self->state = state;
  wsp_reactor_unset_timer (self->reactor, &self->timer);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->handshake);
  set_next_attempt (self, 0);
}

/* In milliseconds; the mean if there are no random bytes. */
static guint
choose_delay (WspReconnector *self,
              guint           retry_after)
{
  guint32 random = G_MAXUINT32 / 2;
  guint delay;

  if (getrandom (&random, sizeof random, GRND_NONBLOCK) != sizeof random)
    random = G_MAXUINT32 / 2;

  delay = wsp_back_off_get_delay (self->times[MIN_DELAY], self->times[MAX_DELAY], self->attempt,
                                  random);
  return MAX (delay, retry_after);
}

static void
begin_waiting (WspReconnector *self,
               guint           retry_after)
{
  gint64 time = g_get_monotonic_time () + choose_delay (self, retry_after) * (gint64) 1000;

  hold_notifies (self);
  enter (self, WAITING);
  wsp_reactor_set_timer (self->reactor, &self->timer, time);
  set_next_attempt (self, time);
}

static void
begin_connecting (WspReconnector *self)
{
  hold_notifies (self);
  enter (self, CONNECTING);
  self->cancellable = g_cancellable_new ();
  set_attempt (self, self->attempt + 1);
}

/* The delay that an overloaded server asks for. */
static guint
get_retry_after (WspHandshake *handshake)
{
  WspHeaders *headers = NULL;
  const char *value = NULL;

  if (handshake != NULL)
    headers = wsp_handshake_get_response_headers (handshake);
  if (headers != NULL)
    value = wsp_headers_get_one (headers, "Retry-After");

  return value != NULL ? wsp_retry_after_parse (value, g_get_real_time () / G_USEC_PER_SEC) : 0;
}

/* FALSE for errors that another attempt would not change. */
static gboolean
default_should_retry (WspReconnector *self,
                      const GError   *error,
                      guint           status)
{
  if (g_error_matches (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_ARGUMENT) ||
      g_error_matches (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_VERSION_NOT_SUPPORTED) ||
      g_error_matches (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_SUBPROTOCOL_NOT_SUPPORTED))
    return FALSE;

  return status < 400 || status >= 500 || status == 408 || status == 425 || status == 429;
}

static void
end_attempt (WspReconnector *self,
             const GError   *error)
{
  g_autoptr (WspHandshake) handshake = g_steal_pointer (&self->handshake);
  g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);
  gboolean retries = FALSE;
  guint status = 0;

  if (handshake != NULL)
    status = wsp_handshake_get_response_status (handshake);
  g_signal_emit (self, should_retry_signal, 0, error, status, &retries);
  if (self->state != CONNECTING || self->cancellable != cancellable)
    return;                     /* a handler has stopped or restarted it */

  if (retries)
    begin_waiting (self, get_retry_after (handshake));
  else
    enter (self, STOPPED);
}

static void
on_closed (WspReconnector *self,
           WspConnection  *connection)
{
  g_autoptr (WspConnection) closed = g_object_ref (connection);
  gint64 duration = g_get_monotonic_time () - self->opened_at;
  gboolean is_present = self->connection == closed;     /* FALSE: of before a stop and a start */

  g_signal_handlers_disconnect_by_func (closed, on_closed, self);
  hold_notifies (self);
  if (is_present)
    {
      g_clear_object (&self->connection);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTION]);
    }

  if (is_present && self->state == OPEN)
    {
      if (duration >= self->times[RESET_AFTER] * (gint64) 1000)
        set_attempt (self, 0);
      begin_waiting (self, 0);
    }
  release_notifies (self);
  g_signal_emit (self, disconnected_signal, 0, wsp_connection_get_close_info (closed));
}

static void
take_connection (WspReconnector *self,
                 WspConnection  *connection)
{
  hold_notifies (self);
  enter (self, OPEN);
  self->opened_at = g_get_monotonic_time ();
  g_set_object (&self->connection, connection);
  g_signal_connect_object (connection, "closed", G_CALLBACK (on_closed), self, G_CONNECT_SWAPPED);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTION]);
  release_notifies (self);
  if (self->connection == connection)   /* it may have closed meanwhile */
    g_signal_emit (self, connected_signal, 0, connection);
}

typedef struct                  /* of an attempt, which may outlive the reconnector */
{
  GWeakRef      reconnector;
  GCancellable *cancellable;
} Waiting;

static void
on_opened (GObject      *client,
           GAsyncResult *result,
           gpointer      data)
{
  Waiting *waiting = data;
  g_autoptr (WspReconnector) self = g_weak_ref_get (&waiting->reconnector);
  g_autoptr (GError) error = NULL;
  g_autoptr (WspConnection) connection =
    wsp_client_open_finish (WSP_CLIENT (client), result, &error);
  gboolean is_wanted = self != NULL && self->cancellable == waiting->cancellable;

  if (is_wanted && connection != NULL)
    take_connection (self, connection);
  else if (is_wanted)
    end_attempt (self, error);
  else if (connection != NULL)
    wsp_connection_abort (connection);

  g_weak_ref_clear (&waiting->reconnector);
  g_object_unref (waiting->cancellable);
  g_free (waiting);
}

static void
connect_now (WspReconnector *self)
{
  g_autoptr (GError) error = NULL;
  Waiting *waiting;

  self->handshake = wsp_handshake_new_client (self->uri, (const char * const *) self->subprotocols,
                                              self->headers, &error);
  if (self->handshake == NULL)
    {
      end_attempt (self, error);
      return;
    }

  waiting = g_new0 (Waiting, 1);
  g_weak_ref_init (&waiting->reconnector, self);
  waiting->cancellable = g_object_ref (self->cancellable);
  wsp_client_open_async (self->client, self->handshake, NULL, self->cancellable, on_opened,
                         waiting);
}

static void
run_due (WspDue *due)
{
  g_autoptr (WspReconnector) self = WSP_OWNER_OF (due, WspReconnector, due);

  release_notifies (self);
  if (self->state == CONNECTING && self->handshake == NULL && !self->holds_notifies)
    connect_now (self);
}

static void
on_expired (WspTimer *timer)
{
  begin_connecting (WSP_OWNER_OF (timer, WspReconnector, timer));
}

/* Another network: connect now, or check an open connection by a ping. */
static void
on_network_changed (WspReconnector  *self,
                    gboolean         is_available,
                    GNetworkMonitor *monitor)
{
  if (is_available && self->state == WAITING)
    begin_connecting (self);
  else if (is_available && self->state == OPEN &&
           wsp_connection_get_state (self->connection) == WSP_CONNECTION_STATE_OPEN)
    wsp_connection_ping_async (self->connection, NULL, NULL, NULL, NULL);
}

static void
let_go (WspReconnector *self)
{
  g_autoptr (WspConnection) connection =
    self->connection != NULL ? g_object_ref (self->connection) : NULL;

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  enter (self, STOPPED);
  if (connection != NULL && wsp_connection_get_state (connection) == WSP_CONNECTION_STATE_OPEN)
    wsp_connection_close_quietly (connection, WSP_CLOSE_CODE_NORMAL, NULL);
}

static void
wsp_reconnector_get_property (GObject    *object,
                              guint       property,
                              GValue     *value,
                              GParamSpec *pspec)
{
  WspReconnector *self = WSP_RECONNECTOR (object);

  switch (property)
    {
    case PROP_CLIENT:
      g_value_set_object (value, self->client);
      break;
    case PROP_URI:
      g_value_take_string (value, self->uri != NULL ? wsp_uri_hide_credentials (self->uri) : NULL);
      break;
    case PROP_SUBPROTOCOLS:
      g_value_set_boxed (value, self->subprotocols);
      break;
    case PROP_HEADERS:
      g_value_set_boxed (value, self->headers);
      break;
    case PROP_NETWORK_MONITOR:
      g_value_set_object (value, self->monitor);
      break;
    case PROP_MIN_DELAY:
    case PROP_MAX_DELAY:
    case PROP_RESET_AFTER:
      g_value_set_uint (value, self->times[property - PROP_MIN_DELAY]);
      break;
    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;
    case PROP_ATTEMPT:
      g_value_set_uint (value, self->attempt);
      break;
    default:
      g_value_set_int64 (value, self->next_attempt);
    }
}

static void
wsp_reconnector_set_property (GObject      *object,
                              guint         property,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  WspReconnector *self = WSP_RECONNECTOR (object);

  switch (property)
    {
    case PROP_CLIENT:
      self->client = g_value_dup_object (value);
      break;
    case PROP_URI:
      self->uri = g_value_dup_string (value);
      break;
    case PROP_SUBPROTOCOLS:
      g_strfreev (self->subprotocols);
      self->subprotocols = g_value_dup_boxed (value);
      break;
    case PROP_HEADERS:
      g_clear_pointer (&self->headers, wsp_headers_unref);
      self->headers = g_value_dup_boxed (value);
      break;
    case PROP_NETWORK_MONITOR:
      self->monitor = g_value_dup_object (value);
      break;
    case PROP_MIN_DELAY:
    case PROP_MAX_DELAY:
    case PROP_RESET_AFTER:
      self->times[property - PROP_MIN_DELAY] = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
wsp_reconnector_constructed (GObject *object)
{
  WspReconnector *self = WSP_RECONNECTOR (object);

  G_OBJECT_CLASS (wsp_reconnector_parent_class)->constructed (object);

  if (self->client == NULL)
    self->client = wsp_client_new ();
  if (self->monitor == NULL)
    self->monitor = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect_object (self->monitor, "network-changed", G_CALLBACK (on_network_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
wsp_reconnector_dispose (GObject *object)
{
  WspReconnector *self = WSP_RECONNECTOR (object);

  self->next_attempt = 0;       /* without a notify */
  let_go (self);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (wsp_reconnector_parent_class)->dispose (object);
}

static void
wsp_reconnector_finalize (GObject *object)
{
  WspReconnector *self = WSP_RECONNECTOR (object);

  g_clear_object (&self->client);
  g_clear_object (&self->monitor);
  g_clear_pointer (&self->headers, wsp_headers_unref);
  g_strfreev (self->subprotocols);
  g_free (self->uri);
  wsp_reactor_unref (self->reactor);

  G_OBJECT_CLASS (wsp_reconnector_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *class)
{
  const GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  const GParamFlags state = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * WspReconnector:client:
   *
   * The client that connects.
   *
   * Since: 0.1
   */
  properties[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, WSP_TYPE_CLIENT, once);
  /**
   * WspReconnector:uri:
   *
   * The URI to connect to. Reading it gives it without user name and password.
   *
   * Since: 0.1
   */
  properties[PROP_URI] = g_param_spec_string ("uri", NULL, NULL, NULL, once);
  /**
   * WspReconnector:network-monitor:
   *
   * The monitor that reports changes of the network; %NULL = the system's.
   *
   * Since: 0.1
   */
  properties[PROP_NETWORK_MONITOR] =
    g_param_spec_object ("network-monitor", NULL, NULL, G_TYPE_NETWORK_MONITOR, once);
  /**
   * WspReconnector:subprotocols:
   *
   * The subprotocols to offer, best first; used from the next attempt on.
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
   * Since: 0.1
   */
  properties[PROP_HEADERS] = g_param_spec_boxed ("headers", NULL, NULL, WSP_TYPE_HEADERS, flags);
  /**
   * WspReconnector:min-delay:
   *
   * Minimum wait, in milliseconds. The wait after the n-th attempt is random, between this value
   * doubled n - 1 times and doubled n times.
   *
   * Since: 0.1
   */
  properties[PROP_MIN_DELAY] =
    g_param_spec_uint ("min-delay", NULL, NULL, 0, G_MAXINT, DEFAULT_MIN_DELAY,
                       flags | G_PARAM_CONSTRUCT);
  /**
   * WspReconnector:max-delay:
   *
   * Maximum wait, in milliseconds. A server can ask for a longer one with `Retry-After`, up to a
   * day.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_DELAY] =
    g_param_spec_uint ("max-delay", NULL, NULL, 0, G_MAXINT, DEFAULT_MAX_DELAY,
                       flags | G_PARAM_CONSTRUCT);
  /**
   * WspReconnector:reset-after:
   *
   * Time after which a connection counts as working, in milliseconds: when it closes, the waits
   * begin with the shortest one again.
   *
   * Since: 0.1
   */
  properties[PROP_RESET_AFTER] =
    g_param_spec_uint ("reset-after", NULL, NULL, 0, G_MAXINT, DEFAULT_RESET_AFTER,
                       flags | G_PARAM_CONSTRUCT);
  /**
   * WspReconnector:connection:
   *
   * The connection, or %NULL.
   *
   * Since: 0.1
   */
  properties[PROP_CONNECTION] =
    g_param_spec_object ("connection", NULL, NULL, WSP_TYPE_CONNECTION, state);
  /**
   * WspReconnector:attempt:
   *
   * The number of the present or last attempt, counted from the start or from the last
   * working connection ([property@Wsp.Reconnector:reset-after]).
   *
   * Since: 0.1
   */
  properties[PROP_ATTEMPT] = g_param_spec_uint ("attempt", NULL, NULL, 0, G_MAXUINT, 0, state);
  /**
   * WspReconnector:next-attempt:
   *
   * When the next attempt begins, in microseconds of [func@GLib.get_monotonic_time]; 0 = no
   * attempt is scheduled.
   *
   * Since: 0.1
   */
  properties[PROP_NEXT_ATTEMPT] =
    g_param_spec_int64 ("next-attempt", NULL, NULL, 0, G_MAXINT64, 0, state);
  g_object_class_install_properties (class, N_PROPS, properties);
}

static void
install_signals (void)
{
  /**
   * WspReconnector::connected:
   * @self: the reconnector
   * @connection: an open connection, from which nothing has been read
   *
   * The reconnector has connected.
   *
   * Since: 0.1
   */
  connected_signal = g_signal_new ("connected", WSP_TYPE_RECONNECTOR, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, WSP_TYPE_CONNECTION);
  /**
   * WspReconnector::disconnected:
   * @self: the reconnector
   * @info: how the connection ended
   *
   * The connection has closed, from either side. Unless it was stopped, the reconnector waits for
   * its next attempt.
   *
   * Since: 0.1
   */
  disconnected_signal = g_signal_new ("disconnected", WSP_TYPE_RECONNECTOR, G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 1, WSP_TYPE_CLOSE_INFO);
  /**
   * WspReconnector::should-retry:
   * @self: the reconnector
   * @error: why the attempt has failed
   * @status: the HTTP status of the response; 0 = no response
   *
   * Asks whether to make another attempt. The first handler decides. Without a handler there is
   * no other attempt after a status of 400 to 499, except 408, 425 and 429, and after an invalid
   * argument, an unsupported version or an unsupported subprotocol.
   *
   * Returns: %FALSE to stop the reconnector
   *
   * Since: 0.1
   */
  should_retry_signal =
    g_signal_new_class_handler ("should-retry", WSP_TYPE_RECONNECTOR, G_SIGNAL_RUN_LAST,
                                G_CALLBACK (default_should_retry), g_signal_accumulator_first_wins,
                                NULL, NULL, G_TYPE_BOOLEAN, 2, G_TYPE_ERROR, G_TYPE_UINT);
}

static void
wsp_reconnector_class_init (WspReconnectorClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->constructed = wsp_reconnector_constructed;
  object_class->dispose = wsp_reconnector_dispose;
  object_class->finalize = wsp_reconnector_finalize;
  object_class->get_property = wsp_reconnector_get_property;
  object_class->set_property = wsp_reconnector_set_property;
  install_properties (object_class);
  install_signals ();
}

static void
wsp_reconnector_init (WspReconnector *self)
{
  self->reactor = wsp_reactor_ref_thread_default ();
  self->timer.expired = on_expired;
  self->due.run = run_due;
}

/**
 * wsp_reconnector_new:
 * @client: the client that connects
 * @uri: the URI to connect to
 *
 * Creates a new reconnector, which does nothing before it is started.
 *
 * Returns: (transfer full): a new reconnector
 *
 * Since: 0.1
 */
WspReconnector *
wsp_reconnector_new (WspClient  *client,
                     const char *uri)
{
  g_return_val_if_fail (WSP_IS_CLIENT (client), NULL);
  g_return_val_if_fail (uri != NULL, NULL);

  return g_object_new (WSP_TYPE_RECONNECTOR, "client", client, "uri", uri, NULL);
}

/**
 * wsp_reconnector_start:
 * @self: a reconnector
 *
 * Starts the reconnector; the first attempt begins at once. Does nothing if it is running.
 *
 * Since: 0.1
 */
void
wsp_reconnector_start (WspReconnector *self)
{
  g_return_if_fail (WSP_IS_RECONNECTOR (self));

  if (self->state != STOPPED)
    return;

  hold_notifies (self);
  set_attempt (self, 0);
  begin_connecting (self);
}

/**
 * wsp_reconnector_stop:
 * @self: a reconnector
 *
 * Stops the reconnector: cancels a running attempt, closes a connection with code 1000, and
 * makes no other attempt.
 *
 * Since: 0.1
 */
void
wsp_reconnector_stop (WspReconnector *self)
{
  g_return_if_fail (WSP_IS_RECONNECTOR (self));

  hold_notifies (self);
  let_go (self);
}

/**
 * wsp_reconnector_retry_now:
 * @self: a reconnector
 *
 * Begins the next attempt at once, even if the reconnector was stopped. Does nothing during an
 * attempt, and while there is a connection.
 *
 * Since: 0.1
 */
void
wsp_reconnector_retry_now (WspReconnector *self)
{
  g_return_if_fail (WSP_IS_RECONNECTOR (self));

  if (self->state == WAITING || self->state == STOPPED)
    begin_connecting (self);
}
