/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A message that is delivered from where it was read, and one that is written at once: from the
 * program to where the next write begins.
 *
 * What is written at once needs no operation, no action and no memory of its own.  The output pump
 * sends everything else, and everything while a tap is attached.
 *
 * (1) A message that is pushed lies in the memory of the running turn, and is given up before more
 *     is read.
 * (2) A message that is deferred has nothing before it, and whatever is sent later settles it
 *     first.
 */
#include "connection/wsp-connection-private.h"

#include "connection/message/wsp-message-private.h"

#define COPY_LIMIT (16 * 1024)
#define TRIM_INTERVAL (5 * G_USEC_PER_SEC)

typedef struct                  /* the reactor's guest: one for each main context */
{
  WspMessagePool *pool;
  WspReactor     *reactor;      /* not owned */
  WspTimer        timer;        /* set while large blocks may be spare */
} Guest;

static void
trim_pool (WspTimer *timer)
{
  Guest *self = WSP_OWNER_OF (timer, Guest, timer);

  if (wsp_message_pool_trim (self->pool))
    wsp_reactor_set_timer (self->reactor, timer,
                           wsp_reactor_get_time (self->reactor) + TRIM_INTERVAL);
}

static void
free_guest (gpointer guest)
{
  Guest *self = guest;

  wsp_message_pool_free (self->pool);
  g_free (self);
}

static Guest *
get_guest (WspConnection *self)
{
  Guest *guest = wsp_reactor_get_part (self->reactor, WSP_REACTOR_PART_CONNECTIONS);

  if (guest != NULL)
    return guest;

  guest = g_new0 (Guest, 1);
  guest->pool = wsp_message_pool_new ();
  guest->reactor = self->reactor;
  guest->timer.expired = trim_pool;
  wsp_reactor_set_part (self->reactor, WSP_REACTOR_PART_CONNECTIONS, guest, free_guest);
  return guest;
}

/* Whoever takes large blocks sees to it that they go back to the system some time. */
static Guest *
get_trimmed_guest (WspConnection *self)
{
  Guest *guest = get_guest (self);

  if (!wsp_timer_is_set (&guest->timer))
    wsp_reactor_set_timer (self->reactor, &guest->timer,
                           wsp_reactor_get_time (self->reactor) + TRIM_INTERVAL);

  return guest;
}

WspMessagePool *
wsp_connection_get_pool (WspConnection *self)
{
  return get_trimmed_guest (self)->pool;
}

void
wsp_connection_share (WspConnection *self,
                      WspTurn       *turn)
{
  Guest *guest = get_trimmed_guest (self);

  turn->pool = guest->pool;
  turn->memory = wsp_reactor_borrow (self->reactor);
  turn->workspace = (WscWorkspace) {
    .read = { turn->memory->read, WSP_REACTOR_READ_SIZE },
    .write = { turn->memory->write, wsp_connection_is_blocked (self) ? 0 : WSP_REACTOR_WRITE_SIZE },
    .copy_limit = COPY_LIMIT,
    .inflate = { turn->memory->inflate, WSP_REACTOR_INFLATE_SIZE },
    .streams = wsp_message_pool_get_streams (turn->pool),
    .deflate_left = &self->output.deflate_left,
  };
}

static WspMessageType
get_message_type (WspBufferType type)
{
  return type == WSP_BUFFER_TYPE_UTF8_MESSAGE ? WSP_MESSAGE_TYPE_TEXT : WSP_MESSAGE_TYPE_BINARY;
}

static inline gboolean
is_input_held (const WspConnectionDetails *details)
{
  return details != NULL && (details->input.builder.block != NULL ||
                             details->input.inbox.length > 0 ||
                             details->input.incoming != WSP_INCOMING_WHOLE);
}

static inline gboolean
is_pushing (WspConnection *self)
{
  return self->input.is_reading && self->input.delivery == WSP_DELIVERY_PUSH &&
         !is_input_held (self->details) && wsc_stream_may_receive (self->stream) &&
         self->message_filter == WSP_MESSAGE_FILTER_NONE &&
         self->transport == WSP_TRANSPORT_OPEN && !wsp_input_pump_is_held_back (self);
}

/* Asked again after every handler. */
static inline gboolean
may_push (WspConnection *self)
{
  return is_pushing (self) && wsp_input_pump_has_budget (self);
}

gboolean
wsp_connection_may_push (WspConnection *self)
{
  return may_push (self);
}

static inline gboolean
is_output_waited_for (const WspConnectionDetails *details)
{
  return details != NULL && (details->output.blocked != NULL || details->output.raw.length > 0 ||
                             details->output.finished.length > 0 || details->flushers.length > 0);
}

/* A turn that does not read has nothing to do. */
static inline gboolean
is_quiet (WspConnection *self)
{
  return is_pushing (self) && !self->output.is_full && !is_output_waited_for (self->details) &&
         (self->door == NULL || !self->door->is_waiting) &&
         self->state == WSP_CONNECTION_STATE_OPEN &&
         wsp_session_is_at_rest (self->session);
}

gboolean
wsp_connection_is_at_rest (WspConnection *self)
{
  return self->input.is_socket_empty && is_quiet (self);
}

void
wsp_connection_push_lent (WspConnection *self,
                          WspBufferType  type,
                          const guint8  *data,
                          gsize          length)
{
  WspMessagePool *pool = self->turn->pool;
  WspMessage *message = wsp_message_pool_take (pool);

  self->turn->spent.n_messages++;
  self->last_message = self->turn->now;
  self->counters.messages_received++;
  self->counters.payload_received += length;

  if (message != NULL)
    wsp_message_borrow (message, get_message_type (type), data, length);
  else
    message = wsp_message_new_borrowing (pool, get_message_type (type), data, length);

  wsp_connection_deliver (self, message);
  if (wsp_message_end_borrowing (message))      /* (1) */
    wsp_message_pool_keep (pool, message);
}

static inline gboolean
is_output_held (const WspConnectionDetails *details)
{
  return details != NULL && (details->taps != NULL || details->output.blocked != NULL ||
                             details->output.raw.length > 0);
}

/* Nor does anything above the session refuse a message. */
static inline gboolean
may_send (WspConnection *self)
{
  return self->output.outgoing == WSP_OUTGOING_NONE &&
         self->output.queue_bytes < self->limits->max_send_queue &&
         !is_output_held (self->details) && self->transport == WSP_TRANSPORT_OPEN;
}

static inline gboolean
may_write (WspConnection *self)
{
  return self->turn != NULL && may_send (self) && !self->turn->was_disturbed &&
         self->turn->depth == wsp_reactor_get_depth (self->reactor);
}

/* What is too long to be copied leaves at once, from where it lies. */
static gboolean
write_long (WspConnection *self,
            WspMessage    *message,
            WspBufferType  type,
            gsize          length)
{
  gsize header_length;

  if (length <= self->turn->workspace.copy_limit || !wsp_message_is_checked (message))
    return FALSE;

  header_length = wsp_session_write_header (self->session, type, length);
  if (header_length == 0)
    return FALSE;

  wsp_output_pump_write_long (self, message, header_length);
  return TRUE;
}

gboolean
wsp_connection_write_message (WspConnection *self,
                              WspMessage    *message)
{
  WspBufferType type;
  gsize length, n;
  const guint8 *data;

  if (!may_write (self))
    return FALSE;

  type = wsp_message_get_buffer_type (message);
  data = wsp_message_peek (message, &length);
  n = wsp_session_write_message (self->session, type, data, length,
                                 wsp_message_is_checked (message) ? WSC_TEXT_JUDGED
                                                                  : WSC_TEXT_UNJUDGED);
  if (n == 0 && !write_long (self, message, type, length))
    return FALSE;

  self->counters.messages_sent++;
  self->counters.payload_sent += length;
  self->last_message = self->turn->now;

  self->turn->workspace.write_kept += n;
  if (self->turn->workspace.write_kept >= WSP_OUTPUT_FLUSH_LENGTH)
    wsp_output_pump_flush (self);
  return TRUE;
}

static void
defer (WspConnection *self,
       WspMessage    *message,
       gsize          length)
{
  self->output.deferred = wsp_message_ref (message);
  self->output.queue_bytes += length + WSP_MESSAGE_OVERHEAD;
  self->output.queue_length++;
  wsp_output_pump_note_load (self);
}

static WspMessage *
take_deferred (WspConnection *self)
{
  self->output.queue_bytes -= wsp_message_get_size (self->output.deferred) + WSP_MESSAGE_OVERHEAD;
  self->output.queue_length--;
  return g_steal_pointer (&self->output.deferred);
}

gboolean
wsp_connection_defer_message (WspConnection *self,
                              WspMessage    *message)
{
  gsize length = wsp_message_get_size (message);

  if (self->turn != NULL || wsp_reactor_get_depth (self->reactor) == 0 ||
      self->output.deferred != NULL || length >= WSP_OUTPUT_PREPARED_LENGTH ||
      !may_send (self) || !wsp_message_is_checked (message) ||
      !wsp_session_may_write (self->session, length))         /* (2) */
    return FALSE;

  defer (self, message, length);
  wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
  return TRUE;
}

void
wsp_connection_settle_deferred (WspConnection *self)
{
  if (self->output.deferred == NULL)
    return;

  g_autoptr (WspMessage) message = take_deferred (self);

  if (!wsp_connection_write_message (self, message))
    wsp_output_pump_send (self, wsp_message_get_buffer_type (message),
                          wsp_message_get_bytes (message), 0, WSP_SEND_FLAGS_DEFAULT, NULL, NULL);
}

/* What it was deferred for has been judged then, and nothing has come before it since (2). */
static inline gboolean
may_leave_alone (WspConnection *self)
{
  return self->output.deferred != NULL && self->turn == NULL && !self->input.has_more &&
         wsp_message_get_header_length (self->output.deferred) > 0 &&
         wsp_session_get_role (self->session) == WSP_ROLE_SERVER && is_quiet (self);
}

gboolean
wsp_connection_send_deferred (WspConnection *self)
{
  if (!may_leave_alone (self))
    return FALSE;

  g_autoptr (WspMessage) message = take_deferred (self);
  guint8 header_length = wsp_message_get_header_length (message);
  gsize length;
  const guint8 *data = wsp_message_peek (message, &length);

  self->counters.messages_sent++;
  self->counters.payload_sent += length;
  self->last_message = wsp_reactor_get_time (self->reactor);
  return wsp_output_pump_write (self, data - header_length, header_length + length) &&
         !wsp_connection_is_blocked (self);
}

void
wsp_connection_drop_deferred (WspConnection *self)
{
  if (self->output.deferred != NULL)
    wsp_message_unref (take_deferred (self));
}
