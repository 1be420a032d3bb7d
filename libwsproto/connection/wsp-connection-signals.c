/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a connection notifies the program: its signals, and the function for messages.
 *
 * A WspMessageHandler may be replaced by its own function, or because its function ends the
 * connection.  Then is_replaced is set, and the handler is freed after the function has
 * returned.  A handler is never called inside its own call: while it runs, nothing is read.
 *
 * docs/rationales/connection.md has the reasons.
 */
#include "connection/wsp-connection-private.h"

#include "connection/link/wsp-life-private.h"

/* At most this many pongs wait for a handler; a further pong replaces the last of them.  All pongs
 * of one turn have room. */
#define MAX_RECEIVED_PONGS WSP_MESSAGES_PER_TURN

struct _WspMessageHandler
{
  WspMessageFunc func;
  gpointer       user_data;
  GDestroyNotify destroy;       /* may be NULL */
  gboolean       is_running, is_replaced;
};

enum
{
  SIGNAL_MESSAGE,
  SIGNAL_CLOSING,
  SIGNAL_CLOSED,
  SIGNAL_SKIPPED,
  SIGNAL_STREAM_RECEIVED,
  SIGNAL_WRITABLE,
  SIGNAL_PONG,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

typedef void (*MessageHandler) (gpointer    first,
                                WspMessage *message,
                                gpointer    last);

/* GLib's own marshaller copies the message for each handler.  call_message_handler () lends the
 * message to a handler in C, which takes a reference to keep the message. */
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

void
wsp_connection_install_signals (void)
{
  const GType type = WSP_TYPE_CONNECTION;

  /**
   * WspConnection::message:
   * @self: the connection
   * @message: (transfer none): the message
   *
   * A message was received.
   *
   * A handler that is connected in a handler of [signal@Wsp.Server::connection] or of
   * [signal@Wsp.Reconnector::connected], or in the callback of [method@Wsp.Client.connect_async] or
   * [method@Wsp.Client.open_async], starts the connection, as
   * [method@Wsp.Connection.start_receiving] says. In Python and JavaScript a handler that is
   * connected later does so, too; in C, call `start_receiving()` then.
   *
   * Not emitted where [method@Wsp.Connection.set_message_func] has set a function.
   *
   * Since: 0.1
   */
  signals[SIGNAL_MESSAGE] =
    g_signal_new ("message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, g_cclosure_marshal_VOID__BOXED,
                  G_TYPE_NONE, 1, WSP_TYPE_MESSAGE);
  g_signal_set_va_marshaller (signals[SIGNAL_MESSAGE], type, call_message_handler);
  /**
   * WspConnection::closing:
   * @self: the connection
   * @code: the close code that was received or queued; 1005 = the Close has no code
   * @reason: (transfer none) (nullable): the reason that was received or queued
   *
   * A Close of the peer was received, or a Close of this side was queued, whichever was first.
   * Messages may still be received. See RFC 6455, section 7.1.3.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CLOSING] =
    g_signal_new ("closing", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  G_TYPE_UINT, G_TYPE_STRING);
  /**
   * WspConnection::closed:
   * @self: the connection
   *
   * The transport has ended: the last signal, emitted once.
   * [property@Wsp.Connection:close-info] tells how it ended.
   *
   * `closed` may be emitted as soon as the callback that hands out the connection has returned. If
   * you connect a handler later (after an `await`, say), check [property@Wsp.Connection:state]
   * first.
   * See RFC 6455, section 7.1.4.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CLOSED] =
    g_signal_new ("closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * WspConnection::skipped:
   * @self: the connection
   *
   * A broadcast has skipped the connection because it is slow, see
   * [property@Wsp.Server:slow-policy]: the peer does not get the message. Emitted for the first
   * message of a row, in a later turn of the main loop than the broadcast;
   * [signal@Wsp.Connection::writable] ends the row, and is the time to send what the peer needs
   * instead. The peer may get some messages of the row, if there is room in the send queue.
   * `messages_skipped` of [struct@Wsp.ConnectionStats] counts all of them.
   *
   * Since: 0.1
   */
  signals[SIGNAL_SKIPPED] =
    g_signal_new ("skipped", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * WspConnection::stream-received:
   * @self: the connection
   * @stream: (transfer none) (nullable): the next message; %NULL with an error, and without one
   *   when the closing handshake was complete, whatever the code
   * @error: (transfer none) (nullable): the error of the call
   *
   * A call of [method@Wsp.Connection.receive_stream_async] without a callback has ended: for
   * languages in which each callback costs more than a handler that stays connected.
   *
   * Since: 0.1
   */
  signals[SIGNAL_STREAM_RECEIVED] =
    g_signal_new ("stream-received", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  WSP_TYPE_MESSAGE_STREAM, G_TYPE_ERROR);
  /**
   * WspConnection::writable:
   * @self: the connection
   *
   * The send queue fell to the limit `send-low-water-mark` after it had reached
   * `send-high-water-mark`, or after [signal@Wsp.Connection::skipped], and the connection is not
   * slow any more: [method@Wsp.Connection.is_writable] is %TRUE again.
   *
   * Since: 0.1
   */
  signals[SIGNAL_WRITABLE] =
    g_signal_new ("writable", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * WspConnection::pong:
   * @self: the connection
   * @payload: (transfer none): the payload of the pong
   * @rtt: microseconds since the ping that the pong answers, a ping of
   *   [method@Wsp.Connection.ping_async] or of keepalive; -1 if the pong answers no ping
   *
   * A pong was received, solicited or unsolicited. Messages that were received before the pong,
   * and `notify::rtt-us`, are emitted before this signal. If a Close was received after the pong,
   * [signal@Wsp.Connection::closing] is emitted after this signal.
   *
   * At most 64 pongs wait for a handler to return; each further pong then replaces the last of
   * them. Pongs that wait when the connection ends or is aborted are dropped. If a handler of this
   * signal runs a main loop, [signal@Wsp.Connection::closing] may be emitted before the waiting
   * pongs.
   * See RFC 6455, section 5.5.3.
   *
   * Since: 0.1
   */
  signals[SIGNAL_PONG] =
    g_signal_new ("pong", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  G_TYPE_BYTES, G_TYPE_INT64);
}

/* Runs code of the program. */
static void
end_handler (WspMessageHandler *self)
{
  GDestroyNotify destroy = self->destroy;
  gpointer user_data = self->user_data;

  g_slice_free (WspMessageHandler, self);
  if (destroy != NULL)
    destroy (user_data);
}

static void
replace_handler (WspConnection     *connection,
                 WspMessageHandler *handler)
{
  WspMessageHandler *old = connection->message_handler;

  connection->message_handler = handler;
  if (old == NULL)
    return;

  old->is_replaced = TRUE;
  if (!old->is_running)
    end_handler (old);
}

void
wsp_connection_drop_message_func (WspConnection *self)
{
  replace_handler (self, NULL);
}

/* The handler may have called fork (): the messages that follow are the parent's. */
static inline void
stop_in_child (WspConnection *self)
{
  if (wsp_connection_is_inherited (self))
    (void) wsp_life_enter (&self->link.life, WSP_LIFE_LOST);
}

void
wsp_connection_deliver (WspLink    *link,
                        WspMessage *message)
{
  WspConnection *self = WSP_OWNER_OF (link, WspConnection, link);
  WspMessageHandler *handler = self->message_handler;

  if (G_UNLIKELY (wsp_reactor_holds_replies (link->reactor)))
    self->input.reply_iteration = wsp_reactor_get_iteration (link->reactor);
  if (handler == NULL)
    {
      g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
      stop_in_child (self);
      return;
    }

  handler->is_running = TRUE;
  handler->func (self, message, handler->user_data);
  handler->is_running = FALSE;
  if (handler->is_replaced)
    end_handler (handler);
  stop_in_child (self);
}

gboolean
wsp_connection_has_message_handler (WspConnection *self)
{
  return g_signal_has_handler_pending (self, signals[SIGNAL_MESSAGE], 0, FALSE);
}

void
wsp_connection_replace_message_func (WspConnection *self,
                                     WspMessageFunc func,
                                     gpointer       user_data,
                                     GDestroyNotify destroy)
{
  WspMessageHandler *handler = NULL;

  if (func != NULL && wsp_life_get_row (&self->link.life)->shown != WSP_LIFE_SHOWS_CLOSED)
    {
      handler = g_slice_new0 (WspMessageHandler);
      handler->func = func;
      handler->user_data = user_data;
      handler->destroy = destroy;
    }

  replace_handler (self, handler);
  if (handler == NULL && destroy != NULL)
    destroy (user_data);
}

void
wsp_connection_emit_stream (WspConnection    *self,
                            WspMessageStream *stream,
                            const GError     *error)
{
  g_signal_emit (self, signals[SIGNAL_STREAM_RECEIVED], 0, stream, error);
}

void
wsp_connection_emit_closing (WspConnection *self,
                             guint          code,
                             const char    *reason)
{
  if (self->link.life.has_notified_closing || wsp_connection_is_inherited (self))
    return;

  self->link.life.has_notified_closing = TRUE;
  g_signal_emit (self, signals[SIGNAL_CLOSING], 0, code, reason);
}

/* A turn reads no more pongs than may wait.  More pongs are received only if a handler of `pong`
 * runs a main loop. */
void
wsp_connection_keep_pong (WspConnection *self,
                          GBytes        *payload,
                          gint64         rtt)
{
  WspConnectionDetails *details = wsp_connection_ensure_details (self);
  WspReceivedPong *pong = g_slice_new (WspReceivedPong);

  if (details->pongs.length == MAX_RECEIVED_PONGS)
    wsp_received_pong_free (g_queue_pop_tail (&details->pongs));

  pong->payload = g_bytes_ref (payload);
  pong->rtt = rtt;
  g_queue_push_tail (&details->pongs, pong);
  wsp_link_set_waiting (&self->link, WSP_WAITING_PONG, TRUE);
  if (rtt < 0)
    return;

  details->rtt = rtt;
  details->has_rtt = TRUE;
  details->is_rtt_new = TRUE;
}

static void
notify_rtt (WspConnection *self)
{
  if (!self->details->is_rtt_new || !wsp_life_has_transport (&self->link.life) ||
      wsp_connection_is_inherited (self))
    return;

  self->details->is_rtt_new = FALSE;
  wsp_connection_notify (self, WSP_NOTIFIES_RTT_US);
}

static WspReceivedPong *
connection_signals_take_pong (WspConnection *self)
{
  WspReceivedPong *pong;

  if (!wsp_life_has_transport (&self->link.life) || wsp_connection_is_inherited (self))
    return NULL;

  pong = g_queue_pop_head (&self->details->pongs);
  wsp_link_set_waiting (&self->link, WSP_WAITING_PONG, self->details->pongs.length > 0);
  return pong;
}

/* Pongs that are received in the main loop of a handler wait until the handler has returned:
 * otherwise a peer could nest handlers. */
void
wsp_connection_emit_pongs (WspConnection *self)
{
  WspReceivedPong *pong;

  if (self->details == NULL || self->details->is_emitting_pong)
    return;

  self->details->is_emitting_pong = TRUE;
  notify_rtt (self);
  while ((pong = connection_signals_take_pong (self)))
    {
      g_signal_emit (self, signals[SIGNAL_PONG], 0, pong->payload, pong->rtt);
      wsp_received_pong_free (pong);
      notify_rtt (self);
    }
  self->details->is_emitting_pong = FALSE;
}

void
wsp_connection_emit_skipped (WspConnection *self)
{
  if (!wsp_connection_is_inherited (self))
    g_signal_emit (self, signals[SIGNAL_SKIPPED], 0);
}

void
wsp_connection_emit_writable (WspConnection *self)
{
  if (!wsp_connection_is_inherited (self))
    g_signal_emit (self, signals[SIGNAL_WRITABLE], 0);
}

void
wsp_connection_emit_closed (WspConnection *self)
{
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
  wsp_connection_call_ended (self);
  wsp_connection_drop_message_func (self);
}
