/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/http/wsi-http-exchange.h"

#define MAX_REQUESTS 256                /* without a response */

void
wsi_http_exchange_init (WsiHttpExchange *self,
                        WsiHttpRoom     *room)
{
  *self = (WsiHttpExchange) { 0 };
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    wsi_http_side_init (&self->sides[side], room);
  g_queue_init (&self->requests);
}

void
wsi_http_exchange_clear (WsiHttpExchange *self)
{
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    wsi_http_side_clear (&self->sides[side]);
  g_queue_clear (&self->requests);
  g_clear_object (&self->upgrade.conversation);
}

void
wsi_http_exchange_give_up (WsiHttpExchange   *self,
                           const WsiSentence *sentence,
                           gint64             time_us)
{
  wsi_upgrade_abandon (&self->upgrade, sentence, time_us);
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    wsi_http_side_drop (&self->sides[side]);
  wsi_tcp_connection_ignore (self->upgrade.tcp);
}

static void
http_exchange_pass (gpointer      upgrade,
                    guint         side,
                    const guint8 *at,
                    gsize         length,
                    gint64        time_us)
{
  wsi_upgrade_push (upgrade, side, at, length, time_us);
}

void
wsi_http_exchange_pass_held (WsiHttpExchange *self,
                             guint            side)
{
  wsi_http_side_hand_on (&self->sides[side], side, http_exchange_pass, &self->upgrade);
}

/* The beginning is missing, and bytes may still be those of a frame that began before. */
static void
look_for_frame (WsiHttpExchange *self,
                guint            side,
                const guint8    *at,
                gsize            length,
                gint64           time_us)
{
  const WsiGuess expected = side == self->upgrade.client ? WSI_GUESS_MASKED_FRAMES
                                                         : WSI_GUESS_FRAMES;

  if (wsi_stream_guess (at, length, WSI_GUESS_HTTP_OR_FRAMES, WSI_GUESS_ENDED) != expected)
    return;

  wsi_upgrade_expect_frame (&self->upgrade, side, time_us);
  self->sides[side].n_lost = 0;
}

void
wsi_http_exchange_push (WsiHttpExchange *self,
                        guint            side,
                        const guint8    *at,
                        gsize            length,
                        gint64           time_us)
{
  if (self->sides[side].n_lost == WSI_HTTP_UNKNOWN_LENGTH)
    look_for_frame (self, side, at, length, time_us);
  wsi_upgrade_push (&self->upgrade, side, at, length, time_us);
}

gint64
wsi_http_exchange_get_first_time (const WsiHttpExchange *self,
                                  gint64                 time_us)
{
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    if (self->sides[side].held.bytes->len > 0)
      time_us = MIN (time_us, wsi_http_side_get_first_time (&self->sides[side]));
  return time_us;
}

static void
pass_gap (WsiHttpExchange *self,
          guint            side,
          gint64           time_us)
{
  WsiHttpSide *own = &self->sides[side];

  if (own->state != WSI_HTTP_SIDE_GUESS && own->state != WSI_HTTP_SIDE_HELD)
    wsi_http_side_drop (own);
  wsi_upgrade_skip (&self->upgrade, side, own->n_lost, time_us);
  if (own->n_lost == WSI_HTTP_UNKNOWN_LENGTH && own->held.bytes->len > 0)
    look_for_frame (self, side, own->held.bytes->data, own->held.bytes->len, time_us);
}

void
wsi_http_exchange_pass_everything (WsiHttpExchange *self,
                                   gint64           time_us)
{
  const gint64 first_us = wsi_http_exchange_get_first_time (self, time_us);

  self->upgrade.is_open = TRUE;
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    pass_gap (self, side, first_us);
  wsi_http_sides_hand_on (self->sides, http_exchange_pass, &self->upgrade);
}

gboolean
wsi_http_exchange_waits_for_upgrade (WsiHttpExchange *self)
{
  return GPOINTER_TO_UINT (g_queue_peek_head (&self->requests)) == WSI_HTTP_REQUEST_UPGRADE;
}

/* Whether the client's next bytes depend on the response. */
static gboolean
is_decided_by_response (WsiHttpRequest request)
{
  return request == WSI_HTTP_REQUEST_CONNECT || request == WSI_HTTP_REQUEST_UPGRADE;
}

static void
end_request (WsiHttpExchange *self)
{
  self->sides[self->upgrade.client].state =
    is_decided_by_response (self->last_request) ? WSI_HTTP_SIDE_HELD : WSI_HTTP_SIDE_HEAD;
}

static WsiHttpRequest
classify_request (const WsiHttpHead *head)
{
  if (head->is_websocket)
    return WSI_HTTP_REQUEST_UPGRADE;
  if (head->method == WSI_HTTP_METHOD_CONNECT)
    return WSI_HTTP_REQUEST_CONNECT;

  return head->method == WSI_HTTP_METHOD_HEAD ? WSI_HTTP_REQUEST_HEAD : WSI_HTTP_REQUEST_OTHER;
}

static gboolean
http_exchange_take_request (WsiHttpExchange *self,
                            const guint8    *at,
                            gsize            length,
                            gint64           time_us)
{
  WsiHttpSide *own = &self->sides[self->upgrade.client];
  WsiHttpHead head;

  wsi_upgrade_abandon (&self->upgrade, WSI_SENTENCE (NO_RESPONSE), time_us);
  if (!wsi_http_head_parse (&head, WSI_HTTP_REQUEST, at, length) ||
      self->requests.length >= MAX_REQUESTS)
    return FALSE;

  self->last_request = classify_request (&head);
  g_queue_push_tail (&self->requests, GUINT_TO_POINTER (self->last_request));
  if (self->last_request == WSI_HTTP_REQUEST_UPGRADE)
    {
      wsi_upgrade_begin (&self->upgrade, WSI_HANDSHAKE_READ, NULL, time_us);
      wsi_upgrade_push (&self->upgrade, self->upgrade.client, at, length, time_us);
    }
  wsi_http_body_begin_request (&own->body, &head, WSI_HTTP_CHUNKS_OBSERVED);
  own->state = WSI_HTTP_SIDE_BODY;
  if (own->body.state == WSI_HTTP_BODY_DONE)
    end_request (self);
  return TRUE;
}

/* The client's bytes that waited for the response are to be read in another state. */
static void
http_exchange_release (WsiHttpExchange *self,
                       WsiHttpSideState state)
{
  self->is_released = TRUE;
  self->sides[self->upgrade.client].state = state;
}

void
wsi_http_exchange_end_response (WsiHttpExchange *self,
                                gint64           time_us)
{
  const guint client = self->upgrade.client;
  const WsiHttpSideState next =
    self->sides[client].n_lost > 0 ? WSI_HTTP_SIDE_GUESS : WSI_HTTP_SIDE_HEAD;

  if (self->answered == WSI_HTTP_REQUEST_UPGRADE)
    wsi_upgrade_abandon (&self->upgrade, NULL, time_us);
  self->sides[!client].state = WSI_HTTP_SIDE_HEAD;
  if (is_decided_by_response (self->answered) &&
      self->sides[client].state == WSI_HTTP_SIDE_HELD)
    http_exchange_release (self, next);
}

/* Another connection begins after the response to CONNECT. */
static void
http_exchange_begin_tunnel (WsiHttpExchange *self)
{
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    {
      WsiHttpSide *own = &self->sides[side];

      own->scope = own->n_lost > 0 ? WSI_GUESS_HTTP_OR_FRAMES : WSI_GUESS_HTTP;
    }
  g_queue_clear (&self->requests);
  self->sides[!self->upgrade.client].state = WSI_HTTP_SIDE_GUESS;
  http_exchange_release (self, WSI_HTTP_SIDE_GUESS);
}

static void
switch_protocol (WsiHttpExchange   *self,
                 const WsiHttpHead *head,
                 const guint8      *at,
                 gsize              length,
                 gint64             time_us)
{
  WsiHttpSide *client = &self->sides[self->upgrade.client];

  if (self->answered != WSI_HTTP_REQUEST_UPGRADE && !head->is_websocket)
    {
      wsi_http_exchange_give_up (self, WSI_SENTENCE (OTHER_PROTOCOL), time_us);
      return;
    }

  if (self->upgrade.conversation == NULL)
    {
      g_autofree char *extensions = wsi_http_head_dup_extensions (at, length);

      wsi_upgrade_begin (&self->upgrade, WSI_HANDSHAKE_MISSING, extensions, time_us);
      if (client->state == WSI_HTTP_SIDE_GUESS)
        client->n_lost = WSI_TCP_UNKNOWN_LENGTH;
      wsi_http_exchange_pass_everything (self, time_us);
      return;
    }
  wsi_http_exchange_pass_everything (self, time_us);
  wsi_upgrade_push (&self->upgrade, !self->upgrade.client, at, length, time_us);
}

static void
begin_response_body (WsiHttpExchange   *self,
                     const WsiHttpHead *head,
                     gint64             time_us)
{
  WsiHttpSide *own = &self->sides[!self->upgrade.client];

  wsi_http_body_begin_response (&own->body, head,
                                self->answered == WSI_HTTP_REQUEST_HEAD ? WSI_HTTP_METHOD_HEAD
                                                                        : WSI_HTTP_METHOD_OTHER);
  own->state = WSI_HTTP_SIDE_BODY;
  if (own->body.state == WSI_HTTP_BODY_DONE)
    wsi_http_exchange_end_response (self, time_us);
}

static gboolean
http_exchange_take_response (WsiHttpExchange *self,
                             const guint8    *at,
                             gsize            length,
                             gint64           time_us)
{
  WsiHttpHead head;

  if (!wsi_http_head_parse (&head, WSI_HTTP_RESPONSE, at, length))
    return FALSE;

  self->answered = GPOINTER_TO_UINT (g_queue_peek_head (&self->requests));
  if (self->answered == WSI_HTTP_REQUEST_NONE && self->upgrade.conversation != NULL)
    self->answered = WSI_HTTP_REQUEST_UPGRADE;
  if (head.status >= 200 || head.status == 101)
    g_queue_pop_head (&self->requests);
  if (head.status == 101)
    {
      switch_protocol (self, &head, at, length, time_us);
      return TRUE;
    }
  if (self->answered == WSI_HTTP_REQUEST_UPGRADE)
    wsi_upgrade_push (&self->upgrade, !self->upgrade.client, at, length, time_us);
  if (self->answered == WSI_HTTP_REQUEST_CONNECT && head.status / 100 == 2)
    http_exchange_begin_tunnel (self);
  else if (head.status >= 200)
    begin_response_body (self, &head, time_us);
  return TRUE;
}

/* Whether the body of the side is that of the response to an upgrade. */
static gboolean
http_exchange_is_refusal (WsiHttpExchange *self,
                          guint            side)
{
  return side != self->upgrade.client && self->answered == WSI_HTTP_REQUEST_UPGRADE;
}

static void
http_exchange_end_body (WsiHttpExchange *self,
                        guint            side,
                        gint64           time_us)
{
  if (self->sides[side].body.state != WSI_HTTP_BODY_DONE)
    return;

  if (side == self->upgrade.client)
    end_request (self);
  else
    wsi_http_exchange_end_response (self, time_us);
}

gsize
wsi_http_exchange_take_body (WsiHttpExchange *self,
                             guint            side,
                             const guint8    *at,
                             gsize            length,
                             gint64           time_us)
{
  const gsize n_taken = wsi_http_body_take (&self->sides[side].body, at, length);

  if (http_exchange_is_refusal (self, side))
    wsi_upgrade_push (&self->upgrade, side, at, n_taken, time_us);
  http_exchange_end_body (self, side, time_us);
  return n_taken;
}

/* Takes a complete head. */
gboolean
wsi_http_exchange_take_head (WsiHttpExchange *self,
                             guint            side,
                             const guint8    *at,
                             gsize            length,
                             gint64           time_us)
{
  return side == self->upgrade.client ? http_exchange_take_request (self, at, length, time_us)
                                      : http_exchange_take_response (self, at, length, time_us);
}

gboolean
wsi_http_exchange_skip_body (WsiHttpExchange *self,
                             guint            side,
                             guint64          length,
                             gint64           time_us)
{
  if (!wsi_http_body_skip (&self->sides[side].body, length))
    return FALSE;

  if (http_exchange_is_refusal (self, side))
    wsi_upgrade_skip (&self->upgrade, side, length, time_us);
  http_exchange_end_body (self, side, time_us);
  return TRUE;
}
