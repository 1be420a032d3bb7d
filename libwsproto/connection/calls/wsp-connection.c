/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The connection as an object. */
#include "connection/wsp-connection-private.h"

#include <sys/socket.h>

#include "attach/wsp-attach-private.h"
#include "connection/link/wsp-life-private.h"
#include "connection/message/wsp-message-stream-private.h"
#include "connection/report/wsp-connection-stats-private.h"
#include "connection/report/wsp-trace-private.h"
#include "core/frames/compression.h"
#include "log/wsp-log-private.h"
#include "reactor/wsp-last-reference-private.h"
#include "reactor/wsp-reactor-private.h"
#include "session/wsp-session-lend-private.h"
#include "session/wsp-session-pool-private.h"

/* A larger struct would take the next size of GLib's allocator, for each idle connection of a
 * server. */
G_STATIC_ASSERT (sizeof (WspConnection) <= 336);

/**
 * WspConnection:
 *
 * A WebSocket that is open: sends and receives messages over a stream.
 *
 * There are two ways to receive. A connection that has started reads on and calls the function of
 * [method@Wsp.Connection.set_message_func], or emits [signal@Wsp.Connection::message];
 * [method@Wsp.Connection.receive_async] asks for one message after the other. A connection with
 * such a function or handler starts by itself when the callback or the handlers that were given
 * the connection have returned; [method@Wsp.Connection.start_receiving] says when a program calls
 * `start_receiving()`. A connection uses one of the two ways at a time;
 * [method@Wsp.Connection.stop_receiving] ends the effect of `start_receiving()`. Before the program
 * uses either way, at most one message or 64 KiB are read ahead; after `stop_receiving()` and
 * between two receives at most [property@Wsp.Limits:max-read-ahead] messages or 64 KiB, with 240
 * bytes for each message. Then the connection stops reading, and the peer waits: its pings and its
 * Close are not received. Messages that were read ahead are delivered first. The length of a
 * message is checked when it is known whether the program receives the message whole or as a
 * stream.
 *
 * A connection belongs to the main context that was the thread-default one when the connection was
 * created. Its signals are emitted in that context. The callback of an asynchronous call runs in
 * the context that is the thread-default one during the call, or in that of the connection if no
 * context was pushed. No signal and no callback runs inside a call, except for `notify` of a
 * property that the call sets. Once it has started, and while an asynchronous call is pending, the
 * connection keeps itself alive until it is closed; otherwise dropping the last reference closes
 * the transport without a Close frame.
 *
 * Any signal handler and any callback may close, abort or drop the connection, or run a main
 * loop. While a handler of [signal@Wsp.Connection::message] runs, the connection does not read: a
 * main loop inside the handler does not see the response of the peer. Return from the handler
 * first, or wait for the response in the callback of an asynchronous call.
 *
 * When the connection has ended, its calls and its message streams fail with %WSP_ERROR, however it
 * ended: with [error@Wsp.Error.CLOSED] after a closing handshake or an abort, with the code of the
 * rule that the peer broke, such as [error@Wsp.Error.INVALID_FORMAT], and else with
 * [error@Wsp.Error.ABNORMAL_CLOSURE]. The error of the transport, such as
 * %G_IO_ERROR_CONNECTION_CLOSED, is that of [property@Wsp.Connection:close-info].
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspConnection, wsp_connection, G_TYPE_OBJECT)

/* next_session: the session of the connection that this thread is creating.  A property would let
 * other code give a connection a session that is in use. */
static _Thread_local WspSession *next_session;

static void
connection_trace (WspConnection *self)
{
  if (!wsp_log_has_topic (WSP_LOG_FRAMES) && !wsp_log_has_topic (WSP_LOG_IO))
    return;

  WspSession *session = wsp_connection_peek_session (self);
  g_autofree char *peer = wsp_connection_name_peer (self);
  g_autoptr (WspTrace) tap =
    wsp_trace_new_if_asked (self->number, peer, wsp_session_peek_role (session),
                            wsp_session_get_extensions (session));

  wsp_connection_add_tap (self, WSP_TAP (tap));
}

static void
connection_begin (WspConnection *self,
                  WspTransport  *transport,
                  GBytes        *initial_input)
{
  wsp_attach_begin_if_asked (); /* what writes the log may run a main loop */
  wsp_connection_begin (self, transport, initial_input);
  wsp_connection_attach (self);
  wsp_connection_report_open (self);
  connection_trace (self);
}

static void
wsp_connection_constructed (GObject *object)
{
  WspConnection *self = WSP_CONNECTION (object);

  G_OBJECT_CLASS (wsp_connection_parent_class)->constructed (object);

  wsp_connection_begin_limits (self);
  self->number = wsp_log_next_number ();
}

static void
wsp_connection_dispose (GObject *object)
{
  WspConnection *self = WSP_CONNECTION (object);
  /* TRUE: g_object_run_dispose () was called while a server, the connection itself or pending
   * calls hold references. */
  gboolean is_forced = g_atomic_int_get (&object->ref_count) > 1;

  if (wsp_connection_is_inherited (self))
    wsp_connection_leave (self);
  else if (wsp_last_reference_is_elsewhere (self->link.reactor, object))
    return;

  if (!is_forced)
    wsp_connection_report_drop (self);
  wsp_connection_drop (self);
  wsp_connection_call_ended (self);
  if (is_forced && self->link.turn == NULL)     /* the turn ends the connection */
    wsp_connection_end (self);
  wsp_connection_drop_message_func (self);

  G_OBJECT_CLASS (wsp_connection_parent_class)->dispose (object);
}

static void
wsp_connection_finalize (GObject *object)
{
  WspConnection *self = WSP_CONNECTION (object);

  wsp_connection_drop_message_func (self);
  wsp_connection_end_limits (self);
  wsp_input_clear (&self->input, &self->link);
  wsp_session_pool_release (wsp_connection_peek_session (self));
  wsp_output_clear (&self->output, &self->link);
  g_clear_pointer (&self->link.taps, wsp_tap_list_free);
  if (self->thread_sends != NULL)
    wsp_mailbox_free (self->thread_sends->mailbox);
  g_free (self->thread_sends);
  wsp_connection_drop_handshake (self);
  g_clear_pointer (&self->details, wsp_connection_details_free);
  if (self->accepted_family == AF_INET6)
    g_free (self->accepted_other);
  g_clear_pointer (&self->link.reactor, wsp_reactor_unref);

  G_OBJECT_CLASS (wsp_connection_parent_class)->finalize (object);
}

static void
wsp_connection_class_init (WspConnectionClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->constructed = wsp_connection_constructed;
  object_class->dispose = wsp_connection_dispose;
  object_class->finalize = wsp_connection_finalize;
  wsp_connection_install_properties (object_class);
  wsp_connection_install_signals ();
}

static void
wsp_connection_init (WspConnection *self)
{
  WspSession *session = g_steal_pointer (&next_session);

  if (session == NULL)          /* the connection is closed from the start */
    session = wsp_session_new (WSP_ROLE_CLIENT);

  self->link.stream = wsp_session_peek_stream (session);
  self->link.reactor = wsp_reactor_ref_thread_default ();
  wsp_connection_init_turns (self);
}

/* session: transfer full; open, and idle. */
static WspConnection *
new_with_session (WspSession *session)
{
  next_session = session;
  return g_object_new (WSP_TYPE_CONNECTION, NULL);
}

/**
 * wsp_connection_new_for_stream: (constructor)
 * @stream: (transfer none): a connected stream
 * @role: which side of the WebSocket the connection is
 * @subprotocol: (transfer none) (nullable): the subprotocol that was negotiated
 * @extensions: (transfer none) (nullable) (array zero-terminated=1): the extensions that were
 *   negotiated, each as in `Sec-WebSocket-Extensions`, with its parameters
 * @initial_input: (transfer none) (nullable): bytes of the peer that were read after the HTTP head:
 *   its first frames
 * @error: return location for an error
 *
 * Makes a connection from a stream on which the opening handshake is complete. The stream may be of
 * any kind: a socket, TLS, pipes, memory, or a stream of another library. The connection closes
 * the stream; if this call fails, @stream stays the caller's. Close the connection, not @stream: a
 * stream that the program closes ends the connection with %G_IO_ERROR_CLOSED. Messages are
 * compressed if `permessage-deflate` is among the extensions. Frames that use another extension are
 * shown to taps only.
 *
 * The descriptors of pipes may be blocking: the connection never waits for room in a pipe, and
 * never makes a descriptor non-blocking, because other code may use it as well. If @stream is not
 * a socket, SIGPIPE is ignored from then on, as GIO does for the first socket, unless the program
 * has a handler for SIGPIPE.
 *
 * A connection that is made by `g_object_new ()` is closed from the start, and emits no signal.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] for a subprotocol that is not a token and
 * for extensions that are malformed, with [error@Wsp.Error.EXTENSION_NOT_SUPPORTED] for parameters
 * of `permessage-deflate` that no response may have, with %G_IO_ERROR_CLOSED for a @stream that is
 * closed, and with %G_IO_ERROR_TOO_MANY_OPEN_FILES.
 *
 * See RFC 6455, section 4.
 *
 * Returns: (transfer full): a new connection
 *
 * Since: 0.1
 */
WspConnection *
wsp_connection_new_for_stream (GIOStream          *stream,
                               WspRole             role,
                               const char         *subprotocol,
                               const char * const *extensions,
                               GBytes             *initial_input,
                               GError            **error)
{
  g_autoptr (WspReactor) reactor = NULL;
  g_autoptr (WspSession) session = NULL;
  WspConnection *self;
  WspTransport *transport;

  g_return_val_if_fail (G_IS_IO_STREAM (stream), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  session = wsp_session_new_established (role, subprotocol, extensions, error);
  if (session == NULL)
    return NULL;

  reactor = wsp_reactor_ref_thread_default ();
  transport = wsp_transport_new_for_stream (reactor, stream, WSP_STREAM_IS_SHARED, error);
  if (transport == NULL)
    return NULL;

  self = new_with_session (g_steal_pointer (&session));
  wsp_connection_own_limits (self);
  wsp_connection_ensure_details (self)->origin.stream = g_object_ref (stream);
  connection_begin (self, transport, initial_input);
  wsp_attach_show (G_OBJECT (self));
  return self;
}

WspConnection *
wsp_connection_new_for_transport (WspTransport *transport,
                                  WspSession   *session,
                                  WspHandshake *handshake,
                                  GBytes       *initial_input)
{
  WspConnection *self = new_with_session (g_object_ref (session));

  if (g_set_object (&self->handshake, handshake))
    self->link.handshake_form = WSP_HANDSHAKE_FORM_UNASKED;
  if (wsp_session_peek_role (session) == WSP_ROLE_CLIENT)
    wsp_connection_ensure_details (self)->origin.uri = g_strdup (wsp_handshake_get_uri (handshake));
  connection_begin (self, transport, initial_input);

  return self;
}

WspReactor *
wsp_connection_peek_reactor (WspConnection *self)
{
  return self->link.reactor;
}

/**
 * wsp_connection_fail:
 * @self: a connection
 * @error: (transfer none) (nullable): what went wrong; it is not sent to the peer
 *
 * Ends the connection because a handler of the program cannot go on. The connection sends a Close
 * with code 1011, stops reading, and drops messages that were read ahead. Pending and later calls
 * fail with @error, or, if its domain is not %WSP_ERROR, with
 * [error@Wsp.Error.ABNORMAL_CLOSURE] and its text. The close info has @error. Does nothing once the
 * connection has failed or the closing handshake is complete.
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

  WspConnectionEnding *ending = &wsp_connection_ensure_details (self)->ending;

  if (!wsp_life_receives (&self->link.life) || ending->error != NULL)
    return;

  if (error != NULL)
    ending->error = g_error_copy (error);
  wsp_input_drop_ahead (&self->input);
  wsp_connection_refuse (self, WSC_FAULT_HANDLER_FAILED, 0);
  wsp_connection_wake (self);
}

/**
 * wsp_connection_abort:
 * @self: a connection
 *
 * Drops the transport now, without a Close. Pending calls end with
 * [error@Wsp.Error.CLOSED], and `closed` follows.
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
 * @tap: (transfer none): a tap
 *
 * Adds @tap, which observes all traffic from now on. The connection takes a reference to @tap.
 *
 * Since: 0.1
 */
void
wsp_connection_add_tap (WspConnection *self,
                        WspTap        *tap)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_is_in_thread (self));
  g_return_if_fail (WSP_IS_TAP (tap));

  wsp_connection_insert_tap (self, tap);
}

/**
 * wsp_connection_remove_tap:
 * @self: a connection
 * @tap: (transfer none): a tap that was added
 *
 * Removes @tap, which observes nothing afterwards. A program calls this to end a recording before
 * the end of the connection.
 *
 * Since: 0.1
 */
void
wsp_connection_remove_tap (WspConnection *self,
                           WspTap        *tap)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_is_in_thread (self));
  g_return_if_fail (WSP_IS_TAP (tap));

  wsp_connection_drop_tap (self, tap);
}

/**
 * wsp_connection_dup_stats:
 * @self: a connection
 *
 * Takes a snapshot of the counters of the connection.
 *
 * Returns: (transfer full): the stats; they do not change any more
 *
 * Since: 0.1
 */
WspConnectionStats *
wsp_connection_dup_stats (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  const WspHeldInput *held = wsp_input_peek_held (&self->input);
  WspConnectionStats *stats = wsp_connection_stats_new (&self->link.counters);
  gint64 now = wsp_reactor_get_time (self->link.reactor);

  stats->messages_skipped = wsp_connection_peek_details (self)->n_skipped;
  stats->send_queue_bytes = self->output.queue.bytes;
  stats->receive_buffer_bytes = held->builder.length + held->inbox.bytes;
  if (held->stream != NULL)
    stats->receive_buffer_bytes += wsp_message_stream_get_held (held->stream);
  stats->compression_memory = wsc_compression_get_memory (self->link.stream->compression);
  stats->age_us = MAX (now - self->opened, 0);
  stats->idle_time_us = MAX (now - self->link.last_input, 0);
  return stats;
}
