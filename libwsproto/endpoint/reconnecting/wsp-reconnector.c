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
 * The timer is set in WAITING only, and there is a cancellable in CONNECTING only.  OPEN has a
 * connection, which stays after a stop until the connection has closed.
 *
 * A change is complete before the program is notified: notify signals are held during the change,
 * and emitted by a due call, or before `connected` and `disconnected`.  Code after a signal first
 * checks whether the state is still the same.
 */
#include "endpoint/reconnecting/wsp-reconnector-private.h"

#include <libwsproto/base/wsp-error.h>
#include <libwsproto/base/wsp-close-code.h>

#include "base/wsp-error-private.h"
#include "base/wsp-network-private.h"
#include "connection/report/wsp-close-info.h"
#include "connection/report/wsp-close-info-private.h"
#include "connection/wsp-connection-transport-private.h"
#include "http/wsp-retry-after-private.h"
#include "http/wsp-uri-private.h"
#include "log/wsp-log-private.h"
#include "random/random-pool.h"
#include "reactor/wsp-last-reference-private.h"
#include "reactor/wsp-reactor-private.h"

static guint connected_signal, disconnected_signal, attempt_failed_signal, should_retry_signal;

/**
 * WspReconnector:
 *
 * Keeps a connection to one URI open. When the connection ends, or an attempt to connect fails, the
 * reconnector waits and connects again. [property@Wsp.Reconnector:active] is %TRUE from
 * [method@Wsp.Reconnector.start] until the reconnector is stopped, or gives up because another
 * attempt cannot help; then it does nothing until it is started again.
 *
 * A server that restarts or dies ends all its connections in the same moment. If all clients
 * connected in the same moment too, the server would have to serve them all at once. Therefore each
 * wait has a random part:
 *
 * - After close code 1001, 1012 or 1013, or an end without a Close frame, the first attempt comes
 *   at any moment within [property@Wsp.Reconnector:spread]. With 5 seconds and 1000 clients, the
 *   server gets 200 a second.
 * - After a failed attempt, and after other close codes, the wait is random between
 *   [property@Wsp.Reconnector:min-delay] and twice that. It doubles with each further attempt, up
 *   to [property@Wsp.Reconnector:max-delay]. So does the wait after a connection that ended within
 *   [property@Wsp.Reconnector:reset-after].
 * - A connection that was open for `min-delay` and ended with 1001 or 1012 is no failure: the wait
 *   is within `spread`, however often this happens.
 * - `Retry-After` of a refusal is a minimum. A random part of `spread` is added to it.
 *
 * A server can say in the reason of its Close when it wants the client back. The reason begins with
 * `retry-after=N`, N seconds from 0 to 86400, and ends there or goes on with `; ` and other text.
 * After 0, the reconnector connects at once: only this client has to go, to another server. If the
 * connection was not open for `min-delay`, the wait is the one after a server that has gone away.
 * Any other number counts as `Retry-After` of a refusal does.
 *
 * When the network has changed ([property@Wsp.Reconnector:network-monitor]), a waiting reconnector
 * connects at once, whatever it waits for, and an open connection is checked with a ping. Further
 * changes within `min-delay` have no effect before that time is over.
 *
 * A reconnector holds a reference to the present connection. The program must read from the
 * connection: in the handler of [signal@Wsp.Reconnector::connected], connect a handler of
 * [signal@Wsp.Connection::message], set a message function, or receive. A program that only sends
 * calls [method@Wsp.Connection.start_receiving].
 *
 * For a token that expires, connect a handler of [signal@Wsp.Client::prepare] to
 * [property@Wsp.Reconnector:client]: it is called before each attempt.
 *
 * For many reconnectors to one server, set [property@Wsp.Client:concurrent-connects] to %TRUE, or
 * use one client for each.
 *
 * A reconnector belongs to the thread-default main context of its creation, from which its signals
 * come: call it only from the thread that runs it.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspReconnector, wsp_reconnector, G_TYPE_OBJECT)

static void
set_attempt (WspReconnector *self,
             guint           attempt)
{
  if (self->attempt == attempt)
    return;

  self->attempt = attempt;
  wsp_reconnector_notify (self, WSP_RECONNECTOR_ATTEMPT);
}

static void
set_next_attempt (WspReconnector *self,
                  gint64          time)
{
  if (self->next_attempt == time)
    return;

  self->next_attempt = time;
  wsp_reconnector_notify (self, WSP_RECONNECTOR_NEXT_ATTEMPT);
}

/* Releases what belongs to the old state, but not the connection. */
static void
reconnector_enter (WspReconnector     *self,
                   WspReconnectorState state)
{
  gboolean was_active = wsp_reconnector_get_active (self);

  self->state = state;
  wsp_reactor_unset_timer (self->reactor, &self->timer);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->handshake);
  set_next_attempt (self, 0);
  if (wsp_reconnector_get_active (self) != was_active)
    wsp_reconnector_notify (self, WSP_RECONNECTOR_ACTIVE);
}

static void
wait_until (WspReconnector *self,
            gint64          time)
{
  wsp_held_notifies_hold (&self->notifies);
  reconnector_enter (self, WSP_RECONNECTOR_WAITING);
  wsp_reactor_set_timer (self->reactor, &self->timer, time);
  set_next_attempt (self, time);
}

static void
begin_waiting (WspReconnector        *self,
               const WspBackOffCause *cause)
{
  guint32 random;

  wsc_random_fill (NULL, (guint8 *) &random, sizeof random);
  wait_until (self, g_get_monotonic_time () + 1000 *
              (gint64) wsp_back_off_choose_delay (&self->back_off, cause, random));
}

static void
begin_connecting (WspReconnector *self)
{
  wsp_held_notifies_hold (&self->notifies);
  reconnector_enter (self, WSP_RECONNECTOR_CONNECTING);
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
                      WspHandshake   *handshake,
                      const GError   *error)
{
  guint status = handshake != NULL ? wsp_handshake_get_response_status (handshake) : 0;

  if (g_error_matches (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT) ||
      g_error_matches (error, WSP_ERROR, WSP_ERROR_VERSION_NOT_SUPPORTED) ||
      g_error_matches (error, WSP_ERROR, WSP_ERROR_SUBPROTOCOL_NOT_SUPPORTED))
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

  g_signal_emit (self, attempt_failed_signal, 0, handshake, error);
  if (self->cancellable == cancellable)
    g_signal_emit (self, should_retry_signal, 0, handshake, error, &retries);
  if (self->cancellable != cancellable)
    return;                     /* a handler has stopped or restarted the reconnector */

  wsp_held_notifies_hold (&self->notifies);
  if (retries)
    begin_waiting (self, &(WspBackOffCause) { .n_attempts = self->attempt,
                                              .retry_after = get_retry_after (handshake) });
  else
    reconnector_enter (self, WSP_RECONNECTOR_STOPPED);
}

static void
wait_after_connection (WspReconnector *self,
                       WspCloseInfo   *info)
{
  gint64 duration = g_get_monotonic_time () - self->opened_at;
  WspBackOffCause cause = {
    .close_code = wsp_close_info_get_peer_code (info),
    .has_lasted = duration >= self->back_off.min_delay * (gint64) 1000,
  };

  cause.may_return_at_once =
    wsp_close_mark_parse (info->peer_reason, info->peer_reason_length, &cause.retry_after) &&
    cause.retry_after == 0;
  if (duration >= self->reset_after * (gint64) 1000 || wsp_back_off_was_planned (&cause))
    set_attempt (self, 0);
  cause.n_attempts = self->attempt;
  begin_waiting (self, &cause);
}

static void
reconnector_on_closed (WspReconnector *self,
                       WspConnection  *connection)
{
  g_autoptr (WspConnection) closed = g_object_ref (connection);
  WspCloseInfo *info = wsp_connection_get_close_info (closed);
  gboolean is_present = self->connection == closed;     /* FALSE: from before the last stop () */

  g_signal_handlers_disconnect_by_func (closed, reconnector_on_closed, self);
  wsp_held_notifies_hold (&self->notifies);
  if (is_present)
    {
      g_clear_object (&self->connection);
      wsp_reconnector_notify (self, WSP_RECONNECTOR_CONNECTION);
    }

  if (is_present && self->state == WSP_RECONNECTOR_OPEN)
    wait_after_connection (self, info);
  wsp_held_notifies_release (&self->notifies);
  g_signal_emit (self, disconnected_signal, 0, info);
}

static void
reconnector_take_connection (WspReconnector *self,
                             WspConnection  *connection)
{
  wsp_held_notifies_hold (&self->notifies);
  reconnector_enter (self, WSP_RECONNECTOR_OPEN);
  self->opened_at = g_get_monotonic_time ();
  g_clear_object (&self->handshake);    /* the connection has it */
  g_set_object (&self->connection, connection);
  g_signal_connect_object (connection, "closed", G_CALLBACK (reconnector_on_closed), self,
                           G_CONNECT_SWAPPED);
  wsp_reconnector_notify (self, WSP_RECONNECTOR_CONNECTION);
  wsp_held_notifies_release (&self->notifies);
  if (self->connection == connection)   /* the connection may have closed meanwhile */
    g_signal_emit (self, connected_signal, 0, connection);
}

typedef struct                  /* of an attempt, which may outlive the reconnector */
{
  GWeakRef      reconnector;
  GCancellable *cancellable;
} Waiting;

static void
reconnector_on_opened (GObject      *client,
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
    reconnector_take_connection (self, connection);
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
  wsp_reactor_push_context (self->reactor);
  wsp_client_open_async (self->client, self->handshake, NULL, self->cancellable,
                         reconnector_on_opened,
                         waiting);
  wsp_reactor_pop_context (self->reactor);
}

static void
reconnector_run_due (WspDue *due)
{
  g_autoptr (WspReconnector) self = WSP_OWNER_OF (due, WspReconnector, notifies.due);

  if (wsp_reactor_is_inherited (self->reactor))
    return;

  if (wsp_held_notifies_release (&self->notifies) &&
      self->state == WSP_RECONNECTOR_CONNECTING && self->handshake == NULL)
    connect_now (self);
}

static void
reconnector_on_expired (WspTimer *timer)
{
  begin_connecting (WSP_OWNER_OF (timer, WspReconnector, timer));
}

static void
reconnector_probe (WspReconnector *self,
                   gint64          now)
{
  self->next_probe = now + self->back_off.min_delay * (gint64) 1000;
  if (self->state == WSP_RECONNECTOR_WAITING)
    begin_connecting (self);
  else
    wsp_connection_ping_async (self->connection, NULL, NULL, NULL, NULL);
}

/* The network has changed: connect now, or check an open connection by a ping.  A network that
 * comes up in steps, or comes and goes, causes several signals. */
static void
use_network (WspReconnector *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->state != WSP_RECONNECTOR_OPEN && self->state != WSP_RECONNECTOR_WAITING)
    return;

  if (now >= self->next_probe)
    reconnector_probe (self, now);
  else if (self->next_probe < self->next_attempt)
    wait_until (self, self->next_probe);
}

typedef struct                  /* of the monitor's handler */
{
  gatomicrefcount ref_count;
  GWeakRef        reconnector;
  GMainContext   *context;
} MonitorWatch;

static void
monitor_watch_unref (gpointer data)
{
  MonitorWatch *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_weak_ref_clear (&self->reconnector);
  g_main_context_unref (self->context);
  g_free (self);
}

static void
monitor_watch_free (gpointer  data,
                    GClosure *closure)
{
  monitor_watch_unref (data);
}

static gboolean
use_network_in_context (gpointer data)
{
  MonitorWatch *watch = data;
  g_autoptr (WspReconnector) self = g_weak_ref_get (&watch->reconnector);

  if (self != NULL && !wsp_reactor_is_inherited (self->reactor))
    use_network (self);
  return G_SOURCE_REMOVE;
}

/* The system's monitor emits its signals in the first thread that called
 * g_network_monitor_get_default (). */
static void
on_network_changed (GNetworkMonitor *monitor,
                    gboolean         is_available,
                    MonitorWatch    *watch)
{
  if (!is_available)
    return;

  g_atomic_ref_count_inc (&watch->ref_count);
  g_main_context_invoke_full (watch->context, G_PRIORITY_DEFAULT, use_network_in_context, watch,
                              monitor_watch_unref);
}

static void
watch_monitor (WspReconnector *self)
{
  MonitorWatch *watch = g_new0 (MonitorWatch, 1);

  g_atomic_ref_count_init (&watch->ref_count);
  g_weak_ref_init (&watch->reconnector, self);
  watch->context = g_main_context_ref (wsp_reactor_get_context (self->reactor));
  self->monitor_handler =
    g_signal_connect_data (self->monitor, "network-changed", G_CALLBACK (on_network_changed),
                           watch, monitor_watch_free, 0);
}

static void
reconnector_let_go (WspReconnector *self)
{
  g_autoptr (WspConnection) connection =
    self->connection != NULL ? g_object_ref (self->connection) : NULL;

  if (self->cancellable != NULL && !wsp_reactor_is_inherited (self->reactor))
    g_cancellable_cancel (self->cancellable);
  reconnector_enter (self, WSP_RECONNECTOR_STOPPED);
  if (connection != NULL)
    wsp_connection_close_quietly (connection, WSP_CLOSE_CODE_NORMAL, NULL);
}

/* FALSE: the reconnector is the parent's, and this is the child of a fork (). */
static gboolean
may_act (WspReconnector *self)
{
  g_autoptr (GError) error = NULL;

  if (!wsp_reactor_is_inherited (self->reactor))
    return TRUE;

  error = wsp_error_new_inherited ("Reconnector");
  wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_MESSAGE, &(WspLogFields) { 0 }, "%s", error->message);
  return FALSE;
}

static void
wsp_reconnector_constructed (GObject *object)
{
  WspReconnector *self = WSP_RECONNECTOR (object);

  G_OBJECT_CLASS (wsp_reconnector_parent_class)->constructed (object);

  if (self->client == NULL)
    self->client = wsp_client_new ();
  if (self->monitor == NULL)
    self->monitor = g_object_ref (wsp_network_get_monitor ());
  if (self->uri != NULL)
    self->shown_uri = wsp_uri_hide_credentials (self->uri);
  watch_monitor (self);
}

static void
wsp_reconnector_dispose (GObject *object)
{
  WspReconnector *self = WSP_RECONNECTOR (object);

  if (wsp_last_reference_is_elsewhere (self->reactor, object))
    return;

  self->next_attempt = 0;       /* without notifies */
  self->state = WSP_RECONNECTOR_STOPPED;
  reconnector_let_go (self);
  g_clear_object (&self->connection);
  g_clear_signal_handler (&self->monitor_handler, self->monitor);

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
  g_free (self->shown_uri);
  wsp_reactor_unref (self->reactor);

  G_OBJECT_CLASS (wsp_reconnector_parent_class)->finalize (object);
}

static void
reconnector_install_signals (void)
{
  /**
   * WspReconnector::connected:
   * @self: the reconnector
   * @connection: (transfer none): an open connection, from which nothing has been read
   *
   * The reconnector has connected. When all handlers have returned, a connection with a receiver of
   * messages starts, as [method@Wsp.Connection.start_receiving] says.
   *
   * Since: 0.1
   */
  connected_signal = g_signal_new ("connected", WSP_TYPE_RECONNECTOR, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, WSP_TYPE_CONNECTION);
  /**
   * WspReconnector::disconnected:
   * @self: the reconnector
   * @info: (transfer none): how the connection ended
   *
   * The connection has closed, from either side. Unless the reconnector was stopped, it waits for
   * its next attempt.
   *
   * Since: 0.1
   */
  disconnected_signal = g_signal_new ("disconnected", WSP_TYPE_RECONNECTOR, G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 1, WSP_TYPE_CLOSE_INFO);
  /**
   * WspReconnector::attempt-failed:
   * @self: the reconnector
   * @handshake: (transfer none) (nullable): the handshake, with the response if there was one;
   *   %NULL if the URI, a subprotocol or a header field is not valid
   * @error: (transfer none): why the attempt has failed
   *
   * An attempt to connect has failed. [signal@Wsp.Reconnector::should-retry] is emitted next, and
   * the reconnector waits or gives up. If a handler stops the reconnector, or starts it anew,
   * nothing is asked about this attempt. Use this signal to log or show @error.
   *
   * Since: 0.1
   */
  attempt_failed_signal =
    g_signal_new ("attempt-failed", WSP_TYPE_RECONNECTOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, WSP_TYPE_HANDSHAKE, G_TYPE_ERROR);
  /**
   * WspReconnector::should-retry:
   * @self: the reconnector
   * @handshake: (transfer none) (nullable): the handshake, with the response if there was one;
   *   %NULL if the URI, a subprotocol or a header field is not valid
   * @error: (transfer none): why the attempt has failed
   *
   * Asks whether to make another attempt; [signal@Wsp.Reconnector::attempt-failed] tells of the
   * failure without a question. The first handler decides. Without a handler there is
   * no other attempt after a status of 400 to 499, except 408, 425 and 429, and after an invalid
   * argument, an unsupported version or an unsupported subprotocol.
   *
   * %FALSE gives up: [property@Wsp.Reconnector:active] becomes %FALSE. A handler that raises an
   * exception, or returns nothing, has answered %FALSE.
   *
   * Returns: %TRUE to wait and try again, %FALSE to give up
   *
   * Since: 0.1
   */
  should_retry_signal =
    g_signal_new_class_handler ("should-retry", WSP_TYPE_RECONNECTOR, G_SIGNAL_RUN_LAST,
                                G_CALLBACK (default_should_retry), g_signal_accumulator_first_wins,
                                NULL, NULL, G_TYPE_BOOLEAN, 2, WSP_TYPE_HANDSHAKE, G_TYPE_ERROR);
}

static void
wsp_reconnector_class_init (WspReconnectorClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->constructed = wsp_reconnector_constructed;
  object_class->dispose = wsp_reconnector_dispose;
  object_class->finalize = wsp_reconnector_finalize;
  wsp_reconnector_install_properties (object_class);
  reconnector_install_signals ();
}

static void
wsp_reconnector_init (WspReconnector *self)
{
  self->reactor = wsp_reactor_ref_thread_default ();
  self->timer.expired = reconnector_on_expired;
  wsp_held_notifies_init (&self->notifies, self->reactor, G_OBJECT (self), self, g_object_ref,
                          reconnector_run_due);
  self->back_off = (WspBackOff) { WSP_RECONNECTOR_SPREAD, WSP_RECONNECTOR_MIN_DELAY,
                                  WSP_RECONNECTOR_MAX_DELAY };
  self->reset_after = WSP_RECONNECTOR_RESET_AFTER;
}

/**
 * wsp_reconnector_new:
 * @uri: (transfer none): the URI to connect to
 * @client: (transfer none) (nullable): the client that connects; %NULL = a new one
 *
 * Creates a new reconnector, which does nothing before it is started.
 *
 * Returns: (transfer full): a new reconnector
 *
 * Since: 0.1
 */
WspReconnector *
wsp_reconnector_new (const char *uri,
                     WspClient  *client)
{
  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (client == NULL || WSP_IS_CLIENT (client), NULL);

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
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (self->uri != NULL);

  if (!may_act (self))
    return;

  if (self->state != WSP_RECONNECTOR_STOPPED)
    return;

  wsp_held_notifies_hold (&self->notifies);
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
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  if (!may_act (self))
    return;

  wsp_held_notifies_hold (&self->notifies);
  reconnector_let_go (self);
}

/**
 * wsp_reconnector_retry_now:
 * @self: a reconnector
 *
 * Begins the next attempt at once, even if the reconnector was stopped. Does nothing during an
 * attempt, and while there is a connection.
 *
 * A program calls this when its user asks to connect now, or when it learns that the server is
 * back, instead of waiting for the delay.
 *
 * Since: 0.1
 */
void
wsp_reconnector_retry_now (WspReconnector *self)
{
  g_return_if_fail (WSP_IS_RECONNECTOR (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (self->uri != NULL);

  if (!may_act (self))
    return;

  if (self->state == WSP_RECONNECTOR_WAITING || self->state == WSP_RECONNECTOR_STOPPED)
    begin_connecting (self);
}
