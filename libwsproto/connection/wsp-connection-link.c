/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The functions of the connection that its input and output call (WspLinkFuncs). */
#include "connection/wsp-connection-private.h"

#include "base/wsp-error-private.h"
#include "connection/message/wsp-message-stream-private.h"
#include "core/stream/keepalive.h"
#include "session/wsp-session-lend-private.h"

/* A pong answers its ping and all older ones (RFC 6455 5.5.3). */
static gint64
answer_pings (WspConnection *self,
              GBytes        *payload)
{
  GList *found = wsp_connection_peek_details (self)->pings.head;
  gint64 rtt = -1;
  gboolean is_last = FALSE;

  while (found != NULL && !g_bytes_equal (((WspWaitingPing *) found->data)->payload, payload))
    found = found->next;

  while (found != NULL && !is_last)
    {
      is_last = self->details->pings.head == found;
      WspWaitingPing *ping = g_queue_pop_head (&self->details->pings);

      rtt = g_get_monotonic_time () - ping->time;
      wsp_completion_return_number (g_steal_pointer (&ping->completion), rtt);
      wsp_waiting_ping_free (ping);
    }

  return rtt;
}

static gint64
measure_pong (WspConnection *self,
              GBytes        *payload)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (payload, &length);
  gint64 ping_time = wsc_keepalive_take_ping_time (&self->link.stream->keepalive,
                                                   (WscBytes) { data, length });

  if (ping_time == 0)
    return answer_pings (self, payload);

  wsp_connection_report_timer (self, "Pong for keepalive's ping has come");
  return MAX (g_get_monotonic_time () - ping_time, 0);
}

static void
connection_link_take_pong (WspLink *link,
                           GBytes  *payload)
{
  WspConnection *self = WSP_OWNER_OF (link, WspConnection, link);

  wsp_connection_keep_pong (self, payload, measure_pong (self, payload));
}

static void
connection_link_take_close (WspLink           *link,
                            const WscReceived *close)
{
  WspConnection *self = WSP_OWNER_OF (link, WspConnection, link);

  wsp_session_keep_close_reason (wsp_link_peek_session (link), (const char *) close->payload.at,
                                 close->payload.length);
  link->life.was_closed_by_peer = wsp_connection_peek_details (self)->ending.local_reason == NULL;
  wsp_output_send_due_close (&self->output, link);
}

static void
on_stream_drained (GObject *owner)
{
  wsp_connection_call_soon (WSP_CONNECTION (owner), WSP_DUE_AFTER_RESULTS);
}

static void
on_stream_dropped (GObject *owner)
{
  WspConnection *self = WSP_CONNECTION (owner);

  wsp_input_skip_message (&self->input, &self->link);
  on_stream_drained (owner);
}

static const WspMessageStreamFuncs stream_funcs = { on_stream_drained, on_stream_dropped };

static WspMessageStream *
connection_link_make_stream (WspLink       *link,
                             WspMessageType type)
{
  return wsp_message_stream_new (link->reactor, type,
                                 G_OBJECT (WSP_OWNER_OF (link, WspConnection, link)),
                                 &stream_funcs);
}

static GError *
make_unread_error (WspLink *link)
{
  WspConnection *self = WSP_OWNER_OF (link, WspConnection, link);
  const WspConnectionEnding *ending = &wsp_connection_peek_details (self)->ending;

  if (ending->error != NULL)
    return wsp_connection_make_call_error (ending->error);

  return g_error_new (WSP_ERROR, WSP_ERROR_CLOSED,
                      "Message was not read to its end before this side closed the connection "
                      "with code %u (read on, then close)",
                      wsp_session_get_local_close_code (wsp_link_peek_session (link)));
}

/* There was no memory to compress with: the rest of the message cannot be sent. */
static void
on_send_failed (WspLink *link,
                WscFault fault)
{
  WspConnection *self = WSP_OWNER_OF (link, WspConnection, link);
  g_autoptr (GError) error = wsp_session_make_error (wsp_link_peek_session (link), fault, NULL);

  wsp_output_drop_all (&self->output, link, error);
  wsp_connection_refuse (self, fault, 0);
}

static void
on_transport_lost (WspLink *link,
                   GError  *error)
{
  wsp_connection_lose (WSP_OWNER_OF (link, WspConnection, link), error);
}

static void
on_output_lost (WspLink *link,
                GError  *error)
{
  wsp_connection_lose_output (WSP_OWNER_OF (link, WspConnection, link), error);
}

static void
on_queue_filled (WspLink *link)
{
  WspConnection *self = WSP_OWNER_OF (link, WspConnection, link);

  wsp_connection_report_limit_once (self, WSP_REPORTED_SEND_HIGH_WATER_MARK,
                                    self->output.queue.bytes,
                                    link->limits->send_high_water_mark);
}

static void
on_fault (WspLink *link,
          WscFault fault)
{
  wsp_connection_follow_fault (WSP_OWNER_OF (link, WspConnection, link), fault);
}

static void
connection_link_on_refused (WspLink *link,
                            WscFault fault,
                            guint64  number)
{
  wsp_connection_refuse (WSP_OWNER_OF (link, WspConnection, link), fault, number);
}

static GError *
make_send_error (WspLink *link,
                 WscFault fault)
{
  return wsp_connection_make_send_error (WSP_OWNER_OF (link, WspConnection, link), fault);
}

static GError *
make_late_refusal (WspLink *link,
                   WscFault fault,
                   guint64  number)
{
  GError *error = NULL;

  wsp_error_from_fault (&error, fault, number, link->stream->options);
  wsp_connection_report_limit (WSP_OWNER_OF (link, WspConnection, link),
                               wsp_error_name_limit (fault), error->message);
  return error;
}

static void
on_turn_wanted (WspLink *link)
{
  wsp_connection_call_soon (WSP_OWNER_OF (link, WspConnection, link), WSP_DUE_AFTER_RESULTS);
}

static void
on_inbox_filled (WspLink *link,
                 guint    length)
{
  wsp_connection_report_limit_once (WSP_OWNER_OF (link, WspConnection, link),
                                    WSP_REPORTED_MAX_READ_AHEAD, length,
                                    link->limits->max_read_ahead);
}

static void
on_sent_outside (WspLink *link,
                 guint    n_messages,
                 gsize    n_bytes)
{
  wsp_connection_count_outside (WSP_OWNER_OF (link, WspConnection, link), n_messages, n_bytes);
}

const WspLinkFuncs wsp_link_funcs = {
  .lost = on_transport_lost,
  .output_lost = on_output_lost,
  .failed = on_send_failed,
  .filled = on_queue_filled,
  .sent_outside = on_sent_outside,
  .message = wsp_connection_deliver,
  .pong = connection_link_take_pong,
  .peer_closed = connection_link_take_close,
  .fault = on_fault,
  .refuse = connection_link_on_refused,
  .call_soon = on_turn_wanted,
  .inbox_filled = on_inbox_filled,
  .make_stream = connection_link_make_stream,
  .make_unread_error = make_unread_error,
  .make_send_error = make_send_error,
  .make_late_refusal = make_late_refusal,
};
