/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The connection as an object.  The calls that send are in wsp-connection-send.c, those that
 * receive in wsp-connection-receive.c; the turns of wsp-connection-turn.c do the work. */
#include "connection/wsp-connection-private.h"

#include "connection/message/wsp-message-private.h"
#include "connection/report/wsp-trace-private.h"
#include "connection/wsp-connection-transport-private.h"
#include "log/wsp-log-private.h"

static guint signals[WSP_CONNECTION_N_SIGNALS];

/**
 * WspConnection:
 *
 * A WebSocket that is open: sends and receives messages over a stream.
 *
 * There are two ways to receive. [method@Wsp.Connection.start] makes the connection read
 * on and emit [signal@Wsp.Connection::message]; [method@Wsp.Connection.receive_async]
 * asks for one message after the other. A connection uses one of the two at a time;
 * [method@Wsp.Connection.stop] takes `start()` back. Before either is called, and between
 * two receives, at most [property@Wsp.Limits:receive-queue-limit] messages or 64 KiB are
 * read ahead; then the peer is left waiting. Messages that were read ahead are delivered
 * first. The length of a message is checked when it is known how the message is taken.
 *
 * A connection belongs to the thread-default main context of its creation. No signal and
 * no callback runs inside a call: they come out of the main loop. After `start()`, and
 * while an asynchronous call is pending, it keeps itself alive until it is closed;
 * otherwise dropping the last reference closes the transport without a Close frame.
 *
 * Any signal handler and any callback may close, abort or drop the connection, or run a main
 * loop. While a handler of [signal@Wsp.Connection::message], [signal@Wsp.Connection::pong] or
 * `notify::rtt` runs, nothing more is read of this connection: a main loop inside it does not
 * see the peer's answer. Return first, or wait for it in an asynchronous call's callback.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspConnection, wsp_connection, G_TYPE_OBJECT)

static void
trace (WspConnection *self)
{
  if (!wsp_log_has_topic (WSP_LOG_FRAMES) && !wsp_log_has_topic (WSP_LOG_IO))
    return;

  g_autofree char *peer = wsp_connection_name_peer (self);
  g_autoptr (WspTrace) tap =
    wsp_trace_new_if_asked (self->number, peer, wsp_session_get_role (self->link.session),
                            wsp_session_get_extensions (self->link.session));

  wsp_connection_add_tap (self, WSP_TAP (tap));
}

static void
begin (WspConnection *self,
       WspTransport  *transport)
{
  wsp_connection_begin (self, transport);
  wsp_connection_report_open (self);
  trace (self);
}

static void
take_limits (WspConnection *self,
             WspLimits     *limits)
{
  self->link.limits = wsp_limits_get_values (limits);
  g_atomic_int_set (&self->max_from_threads, MIN (self->link.limits->max_send_queue, G_MAXUINT));
}

static void
wsp_connection_constructed (GObject *object)
{
  WspConnection *self = WSP_CONNECTION (object);

  G_OBJECT_CLASS (wsp_connection_parent_class)->constructed (object);

  if (self->link.session == NULL)
    self->link.session = wsp_session_new (WSP_ROLE_CLIENT);

  self->has_taken_session = wsp_session_give_stream (self->link.session);
  self->link.stream = wsp_session_peek_stream (self->link.session);
  self->link.reactor = wsp_reactor_ref_thread_default ();
  take_limits (self, self->has_taken_session ? wsp_session_get_limits (self->link.session)
                                             : wsp_limits_get_default ());
  self->number = wsp_log_next_number ();
#if WSP_CHECKS_THREADS
  self->thread = g_thread_self ();
#endif
  if (wsp_connection_peek_details (self)->origin.stream == NULL)
    {
      wsp_connection_wait_for_transport (self);
      return;
    }

  begin (self, wsp_transport_new_for_stream (self->link.reactor, self->details->origin.stream));
  if (!self->has_taken_session)
    wsp_connection_refuse_session (self);
}

static void
wsp_connection_dispose (GObject *object)
{
  WspConnection *self = WSP_CONNECTION (object);

  wsp_connection_drop (self);
  if (self->ended != NULL)      /* disposed by force: its server holds it */
    self->ended (self, self->ended_owner);
  if (self->is_held && self->link.turn == NULL)      /* by force, too; a turn ends it itself */
    wsp_connection_end (self);
  wsp_connection_drop_message_func (self);

  G_OBJECT_CLASS (wsp_connection_parent_class)->dispose (object);
}

static void
details_free (WspConnectionDetails *details)
{
  g_clear_pointer (&details->origin.initial_input, g_bytes_unref);
  g_clear_error (&details->ending.error);
  g_free (details->ending.local_reason);
  g_free (details->origin.uri);
  g_clear_object (&details->origin.stream);
  g_slice_free (WspConnectionDetails, details);
}

static void
wsp_connection_finalize (GObject *object)
{
  WspConnection *self = WSP_CONNECTION (object);

  wsp_connection_drop_message_func (self);
  wsp_input_clear (&self->input, &self->link);
  g_clear_pointer (&self->link.session, wsp_session_pool_release);
  wsp_output_clear (&self->output);
  g_clear_pointer (&self->link.taps, wsp_taps_free);
  if (self->thread_sends != NULL)
    wsp_mailbox_free (self->thread_sends->mailbox);
  g_free (self->thread_sends);
  g_clear_pointer (&self->close_info, wsp_close_info_unref);
  g_clear_pointer (&self->details, details_free);
  wsp_connection_drop_handshake (self);
  g_clear_pointer (&self->link.reactor, wsp_reactor_unref);

  G_OBJECT_CLASS (wsp_connection_parent_class)->finalize (object);
}

typedef void (*MessageHandler) (gpointer    first,
                                WspMessage *message,
                                gpointer    last);

/* GLib's own marshaller copies the message for each handler.  This one lends the message to a
 * handler in C, which takes a reference to keep it. */
static void
call_message_handler (GClosure *closure,
                      GValue   *return_value,
                      gpointer  instance,
                      va_list   arguments,
                      gpointer  marshal_data,
                      int       n_params,
                      GType    *param_types)
{
  GCClosure *handler = (GCClosure *) closure;
  MessageHandler call =
    (MessageHandler) (marshal_data != NULL ? marshal_data : handler->callback);
  WspMessage *message;
  va_list copy;

  va_copy (copy, arguments);
  message = va_arg (copy, WspMessage *);
  va_end (copy);

  if (G_CCLOSURE_SWAP_DATA (closure))
    call (closure->data, message, instance);
  else
    call (instance, message, closure->data);
}

static void
make_signals (GType type)
{
  /**
   * WspConnection::message:
   * @self: the connection
   * @message: the message
   *
   * A message was received. Only emitted after [method@Wsp.Connection.start], and not where
   * [method@Wsp.Connection.set_message_func] has set a function.
   *
   * Since: 0.1
   */
  signals[WSP_CONNECTION_SIGNAL_MESSAGE] =
    g_signal_new ("message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, g_cclosure_marshal_VOID__BOXED,
                  G_TYPE_NONE, 1, WSP_TYPE_MESSAGE);
  g_signal_set_va_marshaller (signals[WSP_CONNECTION_SIGNAL_MESSAGE], type, call_message_handler);
  /**
   * WspConnection::closing:
   * @self: the connection
   * @code: the close code that was received, or that we sent; 1005 = none
   * @reason: (nullable): the reason that was received, or that we sent
   *
   * The peer's Close was received, or ours was queued, whichever is first. Messages may
   * still be received.
   *
   * Since: 0.1
   */
  signals[WSP_CONNECTION_SIGNAL_CLOSING] =
    g_signal_new ("closing", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  G_TYPE_UINT, G_TYPE_STRING);
  /**
   * WspConnection::closed:
   * @self: the connection
   *
   * The transport has ended: the last signal, emitted once.
   * [property@Wsp.Connection:close-info] tells how it ended.
   *
   * It may be emitted as soon as the callback that hands out the connection has returned. If you
   * connect a handler later (after an `await`, say), check [property@Wsp.Connection:state] first.
   *
   * Since: 0.1
   */
  signals[WSP_CONNECTION_SIGNAL_CLOSED] =
    g_signal_new ("closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * WspConnection::writable:
   * @self: the connection
   *
   * The send queue fell to the limit `low-water-mark` after it had reached
   * `high-water-mark`.
   *
   * Since: 0.1
   */
  signals[WSP_CONNECTION_SIGNAL_WRITABLE] =
    g_signal_new ("writable", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * WspConnection::pong:
   * @self: the connection
   * @payload: what the pong carries
   * @rtt: microseconds since the ping that it answers, -1 if none was sent by
   *   [method@Wsp.Connection.ping_async]
   *
   * A pong has come, asked for or not.
   *
   * Since: 0.1
   */
  signals[WSP_CONNECTION_SIGNAL_PONG] =
    g_signal_new ("pong", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  G_TYPE_BYTES, G_TYPE_INT64);
}

static void
wsp_connection_class_init (WspConnectionClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->constructed = wsp_connection_constructed;
  object_class->dispose = wsp_connection_dispose;
  object_class->finalize = wsp_connection_finalize;
  wsp_connection_install_properties (object_class);
  make_signals (WSP_TYPE_CONNECTION);
}

static void
wsp_connection_init (WspConnection *self)
{
  wsp_connection_init_turns (self);
}

const WspConnectionDetails wsp_connection_no_details;

WspConnectionDetails *
wsp_connection_need_details (WspConnection *self)
{
  if (self->details == NULL)
    {
      self->details = g_slice_new0 (WspConnectionDetails);
      self->details->connection = self;
    }

  return self->details;
}

void
wsp_connection_emit_message (WspConnection *self,
                             WspMessage    *message)
{
  g_signal_emit (self, signals[WSP_CONNECTION_SIGNAL_MESSAGE], 0, message);
}

void
wsp_connection_emit_closing (WspConnection *self,
                             guint          code,
                             const char    *reason)
{
  if (self->was_closing_told)
    return;

  self->was_closing_told = TRUE;
  g_signal_emit (self, signals[WSP_CONNECTION_SIGNAL_CLOSING], 0, code, reason);
}

void
wsp_connection_emit_pong (WspConnection *self,
                          GBytes        *payload,
                          gint64         rtt)
{
  g_signal_emit (self, signals[WSP_CONNECTION_SIGNAL_PONG], 0, payload, rtt);
}

void
wsp_connection_emit_writable (WspConnection *self)
{
  g_signal_emit (self, signals[WSP_CONNECTION_SIGNAL_WRITABLE], 0);
}

void
wsp_connection_emit_closed (WspConnection *self)
{
  g_signal_emit (self, signals[WSP_CONNECTION_SIGNAL_CLOSED], 0);
  if (self->ended != NULL)
    self->ended (self, self->ended_owner);
  wsp_connection_drop_message_func (self);
}

void
wsp_connection_hold (WspConnection *self)
{
  if (self->is_held || self->close_info != NULL)
    return;

  self->is_held = TRUE;
  g_object_ref (self);
}

/**
 * wsp_connection_new_for_stream: (constructor)
 * @stream: a connected stream
 * @session: a session that is open and has nothing to do
 *
 * Makes a connection of a stream on which the opening handshake is over. It may be of any
 * kind: a socket, TLS, pipes, memory, one of another library. The connection closes it.
 *
 * The connection drives @session from then on: its getters work, and every call that would drive
 * it fails with [error@Wsp.SessionError.INVALID_OPERATION], or is a critical where it has no
 * error. Bytes that @session was given before are read first. @session must be open, have
 * [property@Wsp.Session:auto-close] on, belong to no other connection, have no Send, no Receive
 * and no action left, and be inside no message.
 *
 * Pipes may block: no call waits for room in one, and a descriptor is never made non-blocking,
 * since others may use it as well. With a stream that is no socket SIGPIPE is ignored from then
 * on, as GIO does with the first socket, unless the program has a handler for it.
 *
 * With another session `g_object_new ()` makes a connection that is closed from the start: its
 * [property@Wsp.Connection:close-info] has [error@Wsp.SessionError.INVALID_OPERATION], and
 * `closed` follows. One that is made without a stream is closed from the start, too, without a
 * signal.
 *
 * Returns: (transfer full): a new connection, %NULL with a critical for another session
 *
 * Since: 0.1
 */
WspConnection *
wsp_connection_new_for_stream (GIOStream  *stream,
                               WspSession *session)
{
  g_return_val_if_fail (G_IS_IO_STREAM (stream), NULL);
  g_return_val_if_fail (WSP_IS_SESSION (session), NULL);

  g_return_val_if_fail (wsp_session_is_free (session), NULL);

  return g_object_new (WSP_TYPE_CONNECTION, "io-stream", stream, "session", session, NULL);
}

WspConnection *
wsp_connection_new_for_transport (WspTransport *transport,
                                  WspSession   *session,
                                  WspHandshake *handshake,
                                  GBytes       *initial_input)
{
  WspConnection *self = g_object_new (WSP_TYPE_CONNECTION, "session", session, NULL);

  g_set_object (&self->handshake, handshake);
  if (initial_input != NULL && g_bytes_get_size (initial_input) > 0)
    wsp_connection_need_details (self)->origin.initial_input = g_bytes_ref (initial_input);
  if (wsp_session_get_role (session) == WSP_ROLE_CLIENT)
    g_object_get (handshake, "uri", &wsp_connection_need_details (self)->origin.uri, NULL);
  begin (self, transport);

  return self;
}

void
wsp_connection_set_ended_func (WspConnection         *self,
                               WspConnectionEndedFunc ended,
                               gpointer               owner)
{
  self->ended = ended;
  self->ended_owner = owner;
}

#if WSP_CHECKS_THREADS

/* The thread that made it may be at work between two turns of its loop, when anybody may hold the
 * context for a moment. */
static gboolean
is_in_thread (WspConnection *self)
{
  if (self->thread == g_thread_self ())
    return TRUE;

  GMainContext *context = wsp_reactor_get_context (self->link.reactor);

  if (g_main_context_is_owner (context))
    return TRUE;

  if (!g_main_context_acquire (context))
    return FALSE;

  g_main_context_release (context);
  return TRUE;
}

#else

static gboolean
is_in_thread (WspConnection *self)
{
  return TRUE;
}

#endif

gboolean
wsp_connection_may_be_called (WspConnection *self)
{
  return !wsp_taps_is_calling (self->link.taps) && is_in_thread (self);
}

/* From now on no message of another thread is accepted.  Those that were accepted, but not yet
 * moved to the send queue, are dropped. */
void
wsp_connection_close_thread_sends (WspConnection *self)
{
  WspThreadSends *thread_sends = g_atomic_pointer_get (&self->thread_sends);

  if (thread_sends != NULL)
    wsp_mailbox_close (thread_sends->mailbox);
}

void
wsp_connection_take_posted (WspConnection *self)
{
  self->thread_sends->is_waiting = TRUE;
  while (self->thread_sends->is_waiting && self->output.queue.outgoing == WSP_OUTGOING_NONE &&
         self->output.queue.bytes < self->link.limits->max_send_queue)
    {
      g_autoptr (WspMessage) message = wsp_mailbox_take (self->thread_sends->mailbox);

      /* A message is refused only because closing has begun: it is dropped, as those that still
       * wait. */
      if (message != NULL)
        wsp_connection_send_quietly (self, message, NULL);
      self->thread_sends->is_waiting = message != NULL;
    }
}

static void
run_post (WspPost *post)
{
  WspThreadSends *thread_sends = (WspThreadSends *) post;
  g_autoptr (WspConnection) self = thread_sends->connection;

  wsp_connection_take_posted (self);
}

static WspThreadSends *
ensure_thread_sends (WspConnection *self)
{
  WspThreadSends *thread_sends = g_atomic_pointer_get (&self->thread_sends);

  if (thread_sends != NULL)
    return thread_sends;

  thread_sends = g_new0 (WspThreadSends, 1);
  thread_sends->post.run = run_post;
  thread_sends->connection = self;
  thread_sends->mailbox = wsp_mailbox_new ();
  if (!g_atomic_pointer_compare_and_exchange (&self->thread_sends, NULL, thread_sends))
    {
      wsp_mailbox_free (thread_sends->mailbox);
      g_free (thread_sends);
    }
  return g_atomic_pointer_get (&self->thread_sends);
}

static gboolean
refuse_closed (GError **error)
{
  g_set_error_literal (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_CLOSED,
                       "Connection is closing or closed");
  return FALSE;
}

static gboolean
queue_from_thread (WspConnection *self,
                   WspMessage    *message,
                   GError       **error)
{
  WspThreadSends *thread_sends = ensure_thread_sends (self);
  gsize max_bytes = (guint) g_atomic_int_get (&self->max_from_threads);

  /* Before it can run. */
  g_object_ref (self);
  switch (wsp_mailbox_put (thread_sends->mailbox, message, max_bytes))
    {
    case WSP_MAILBOX_TAKEN_FIRST:
      wsp_reactor_post (self->link.reactor, &thread_sends->post);
      return TRUE;
    case WSP_MAILBOX_TAKEN:
      g_object_unref (self);
      return TRUE;
    case WSP_MAILBOX_FULL:
      g_set_error (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_TOO_BIG,
                   "Messages of other threads wait: %" G_GSIZE_FORMAT ", limit max-send-queue %"
                   G_GSIZE_FORMAT, wsp_mailbox_get_bytes (thread_sends->mailbox), max_bytes);
      break;
    case WSP_MAILBOX_CLOSED:
      refuse_closed (error);
      break;
    }

  g_object_unref (self);
  return FALSE;
}

static gboolean
is_utf8 (WspMessage *message)
{
  gsize length;
  const char *text = g_bytes_get_data (wsp_message_get_bytes (message), &length);

  return wsp_message_is_checked (message) || g_utf8_validate_len (text, length, NULL);
}

/**
 * wsp_connection_send_from_thread:
 * @self: a connection, of which the caller holds a reference that is not the last
 * @message: a message
 * @error: return location for an error
 *
 * Sends a message from any thread: the only call that other threads than that of the
 * connection's main context may make. The messages of one thread keep their order. Messages
 * that the connection's own thread sends may be queued between them.
 *
 * Fails, with nothing sent, with [error@Wsp.SessionError.INVALID_ARGUMENT] for text that is
 * not UTF-8, with [error@Wsp.SessionError.TOO_BIG] while `max-send-queue` bytes wait to be
 * moved to the send queue, and with [error@Wsp.SessionError.CLOSED] once closing has started.
 *
 * Returns: %TRUE if the message was accepted: it is queued, unless closing starts before
 *
 * Since: 0.1
 */
gboolean
wsp_connection_send_from_thread (WspConnection *self,
                                 WspMessage    *message,
                                 GError       **error)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  if (!is_utf8 (message))
    {
      g_set_error_literal (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_ARGUMENT,
                           "Cannot send text: not valid UTF-8");
      return FALSE;
    }

  if (g_atomic_int_get (&self->state) != WSP_CONNECTION_STATE_OPEN)
    return refuse_closed (error);

  return queue_from_thread (self, message, error);
}

/**
 * wsp_connection_fail:
 * @self: a connection
 * @error: (nullable): what went wrong; it is not shown to the peer
 *
 * Ends the connection because a handler of the program cannot go on: the peer is sent close
 * code 1011, nothing of it is read any more, and @error is what pending and later calls and
 * the close info tell. Does nothing once the connection has failed or the closing handshake
 * is complete.
 *
 * See RFC 6455, section 7.4.1.
 *
 * Since: 0.1
 */
void
wsp_connection_fail (WspConnection *self,
                     const GError  *error)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  WspConnectionEnding *ending = &wsp_connection_need_details (self)->ending;

  if (self->link.transport_state != WSP_TRANSPORT_OPEN || ending->error != NULL)
    return;

  if (error != NULL)
    ending->error = g_error_copy (error);
  wsp_connection_refuse (self, WSC_FAULT_HANDLER_FAILED, 0);
  wsp_connection_wake (self);
}

/**
 * wsp_connection_abort:
 * @self: a connection
 *
 * Drops the transport now, without a Close. Pending calls end with
 * [error@Wsp.SessionError.CLOSED], and `closed` follows.
 *
 * Since: 0.1
 */
void
wsp_connection_abort (WspConnection *self)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  wsp_connection_drop_transport (self);
}

/**
 * wsp_connection_add_tap:
 * @self: a connection
 * @tap: a tap
 *
 * Adds @tap and takes a reference to it: it observes all traffic from now on.
 *
 * Since: 0.1
 */
void
wsp_connection_add_tap (WspConnection *self,
                        WspTap        *tap)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (WSP_IS_TAP (tap));

  if (self->link.taps == NULL)
    self->link.taps = wsp_taps_new (G_OBJECT (self), wsp_connection_take_put_off);
  wsp_taps_add (self->link.taps, tap);
}

/**
 * wsp_connection_remove_tap:
 * @self: a connection
 * @tap: a tap that was added
 *
 * Removes @tap: it observes nothing more.
 *
 * Since: 0.1
 */
void
wsp_connection_remove_tap (WspConnection *self,
                           WspTap        *tap)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (WSP_IS_TAP (tap));

  WspTaps *taps = self->link.taps;

  if (taps == NULL)
    return;

  wsp_taps_remove (taps, tap);
  if (wsp_taps_is_empty (taps) && !wsp_taps_is_telling (taps))
    g_clear_pointer (&self->link.taps, wsp_taps_free);
}

/**
 * wsp_connection_get_state: (get-property state)
 * @self: a connection
 *
 * Tells where the connection is in its life.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
WspConnectionState
wsp_connection_get_state (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), WSP_CONNECTION_STATE_CLOSED);

  return self->state;
}

/**
 * wsp_connection_get_close_info: (get-property close-info)
 * @self: a connection
 *
 * Tells how the connection ended.
 *
 * Returns: (transfer none) (nullable): the close info, %NULL before the end
 *
 * Since: 0.1
 */
WspCloseInfo *
wsp_connection_get_close_info (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);

  return self->close_info;
}

/**
 * wsp_connection_get_stats:
 * @self: a connection
 *
 * Takes a snapshot of what the connection has counted.
 *
 * Returns: (transfer full): the stats; they do not change any more
 *
 * Since: 0.1
 */
WspStats *
wsp_connection_get_stats (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);

  const WspHeldInput *held = wsp_input_peek_held (&self->input);
  WspStats *stats = wsp_stats_new (&self->link.counters);
  gint64 now = wsp_reactor_get_time (self->link.reactor);

  stats->send_queue_bytes = self->output.queue.bytes;
  stats->receive_buffer_bytes = held->builder.length + held->inbox_bytes;
  if (held->stream != NULL)
    stats->receive_buffer_bytes += wsp_message_stream_get_held (held->stream);
  stats->compression_memory = wsc_compression_get_memory (self->link.stream->receiving.compression);
  stats->age = MAX (now - self->opened, 0);
  stats->idle_time = MAX (now - self->link.last_input, 0);
  return stats;
}

/**
 * wsp_connection_get_session: (get-property session)
 * @self: a connection
 *
 * Gives the session that the connection uses. Only inspect it: a call that changes it
 * disturbs the connection.
 *
 * Returns: (transfer none): the session
 *
 * Since: 0.1
 */
WspSession *
wsp_connection_get_session (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);

  return wsp_session_pool_detach (self->link.session);
}

/**
 * wsp_connection_get_io_stream: (get-property io-stream)
 * @self: a connection
 *
 * Gives the stream. Only inspect it: the connection uses it.
 *
 * Returns: (transfer none) (nullable): the stream; %NULL where a server speaks TLS by itself
 *   ([property@Wsp.Server:tls-certificate]), and when the connection of a server is closed and
 *   the stream was not asked for before
 *
 * Since: 0.1
 */
GIOStream *
wsp_connection_get_io_stream (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);

  WspConnectionOrigin *origin = &wsp_connection_need_details (self)->origin;

  if (origin->stream == NULL && self->link.transport != NULL)
    g_set_object (&origin->stream, wsp_transport_get_stream (self->link.transport));

  return origin->stream;
}

/**
 * wsp_connection_get_subprotocol: (get-property subprotocol)
 * @self: a connection
 *
 * Tells which subprotocol was agreed.
 *
 * Returns: (transfer none) (nullable): the subprotocol, %NULL if none was agreed
 *
 * Since: 0.1
 */
const char *
wsp_connection_get_subprotocol (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);

  return wsp_session_get_subprotocol (self->link.session);
}

/**
 * wsp_connection_get_limits: (get-property limits)
 * @self: a connection
 *
 * Gives the limits of the connection; they may be shared with others.
 *
 * Returns: (transfer none): the limits
 *
 * Since: 0.1
 */
WspLimits *
wsp_connection_get_limits (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);

  return wsp_session_get_limits (self->link.session);
}

/**
 * wsp_connection_set_limits: (set-property limits)
 * @self: a connection
 * @limits: limits
 *
 * Gives this connection other limits, from the next message on. A time counts at once; one
 * that is changed in limits that are shared counts when the connection next has work.
 *
 * Since: 0.1
 */
void
wsp_connection_set_limits (WspConnection *self,
                           WspLimits     *limits)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (WSP_IS_LIMITS (limits));

  if (!self->has_taken_session)
    return;

  wsp_input_uncount (&self->input, &self->link);
  take_limits (self, limits);           /* first: what follows drops the old ones, and notifies */
  wsp_session_change_limits (self->link.session, limits);
  if (self->link.transport_state != WSP_TRANSPORT_ENDED)
    wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
}
