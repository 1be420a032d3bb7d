/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Follows the requests and responses of a connection, and hands what belongs to an upgrade to the
 * recorder.
 *
 * Each side is guessed at first, at the beginning and after a gap.  A client that has asked for an
 * upgrade or a tunnel is held until the response is read.  From a 101 on, or once frames were
 * found where the handshake is missing, every byte passes.  The bytes come in the order in which
 * the two sides read them (see wsi-tcp-connection.c), so a response finds its request. */

#include "inspect/http/wsi-http-stream.h"

#define MAX_GUESSED (16 * 1024)         /* bytes in one guess */
#define HEAD_PIECE 1024                 /* bytes; short: several heads may follow each other */
#define MAX_BEFORE_GIVING_UP (64 * 1024)
#define MAX_REQUESTS 256                /* without a response */

typedef enum
{
  REQUEST_NONE,                         /* the response has none that was seen */
  REQUEST_OTHER,
  REQUEST_HEAD,
  REQUEST_CONNECT,
  REQUEST_UPGRADE,
} Request;

struct _WsiHttpStream
{
  WsiHttpShared *shared;
  WsiUpgrade     upgrade;
  WsiHttpSide    sides[WSI_TCP_N_SIDES];
  GQueue         requests;              /* Request, without a response so far */
  Request        last_request;
  Request        answered;              /* by the response that is being read */
};

static void take (WsiHttpStream *self,
                  guint          side,
                  const guint8  *at,
                  gsize          length,
                  gint64         time_us);

WsiHttpStream *
wsi_http_stream_new (WsiHttpShared    *shared,
                     WsiTcpConnection *tcp)
{
  WsiHttpStream *self = g_new0 (WsiHttpStream, 1);

  self->shared = shared;
  self->upgrade = (WsiUpgrade) {
    .recorder = shared->recorder,
    .source = shared->source,
    .tcp = tcp,
    .client = tcp->client,
  };
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    wsi_http_side_init (&self->sides[side], &shared->room);
  g_queue_init (&self->requests);
  return self;
}

void
wsi_http_stream_free (WsiHttpStream *self)
{
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    wsi_http_side_clear (&self->sides[side]);
  g_queue_clear (&self->requests);
  g_clear_object (&self->upgrade.conversation);
  g_free (self);
}

static void
give_up (WsiHttpStream *self,
         const char    *sentence,
         gint64         time_us)
{
  wsi_upgrade_abandon (&self->upgrade, sentence, time_us);
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    wsi_http_side_drop (&self->sides[side]);
  wsi_tcp_connection_ignore (self->upgrade.tcp);
}

static void
hold (WsiHttpStream *self,
      guint          side,
      const guint8  *at,
      gsize          length,
      gint64         time_us)
{
  if (wsi_http_side_hold (&self->sides[side], at, length, time_us))
    return;

  self->shared->n_given_up++;
  give_up (self, "The rest was not read: too many bytes without a response", time_us);
}

/* Takes what a side holds in another state. */
static void
take_held (WsiHttpStream   *self,
           guint            side,
           WsiHttpSideState state,
           gint64           time_us)
{
  g_autoptr (GByteArray) held = g_byte_array_new ();

  g_byte_array_append (held, self->sides[side].held->data, self->sides[side].held->len);
  wsi_http_side_drop (&self->sides[side]);
  self->sides[side].state = state;
  self->sides[side].n_lost = 0;
  take (self, side, held->data, held->len, time_us);
}

static void
pass_held (WsiHttpStream *self,
           guint          side)
{
  const WsiHttpSide *own = &self->sides[side];

  wsi_upgrade_push (&self->upgrade, side, own->held->data, own->held->len, own->time_us);
}

/* From here on every byte is the conversation's; first those that are held. */
static void
pass_everything (WsiHttpStream *self)
{
  self->upgrade.is_open = TRUE;
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    {
      WsiHttpSide *own = &self->sides[side];

      wsi_upgrade_skip (&self->upgrade, side, own->n_lost, own->time_us);
      if (own->state == WSI_HTTP_SIDE_GUESS || own->state == WSI_HTTP_SIDE_HELD)
        pass_held (self, side);
      wsi_http_side_drop (own);
    }
}

/* Frames without a handshake: the side that masks them is the client. */
static void
take_frames (WsiHttpStream *self,
             guint          side,
             WsiGuess       guess,
             gint64         time_us)
{
  const guint client = guess == WSI_GUESS_MASKED_FRAMES ? side : !side;

  if (self->upgrade.conversation == NULL)
    {
      self->upgrade.client = client;
      wsi_upgrade_begin (&self->upgrade, WSI_HANDSHAKE_MISSING, NULL, time_us);
      for (guint i = 0; i < WSI_TCP_N_SIDES; i++)
        self->sides[i].n_lost = WSI_TCP_UNKNOWN_LENGTH;
    }
  pass_everything (self);
}

static gboolean
waits_for_upgrade (WsiHttpStream *self)
{
  return GPOINTER_TO_UINT (g_queue_peek_head (&self->requests)) == REQUEST_UPGRADE;
}

static void
take_no_guess (WsiHttpStream *self,
               guint          side,
               gint64         time_us)
{
  WsiHttpSide *own = &self->sides[side], *other = &self->sides[!side];

  if (side != self->upgrade.client && waits_for_upgrade (self))
    pass_held (self, side);
  own->n_unknown += own->held->len;
  wsi_http_side_drop (own);
  if (own->n_unknown + other->n_unknown > MAX_BEFORE_GIVING_UP)
    give_up (self, "Response is not in the capture", time_us);
}

/* Whether a guess fits what is known about the two sides. */
static gboolean
is_possible (WsiHttpStream *self,
             guint          side,
             WsiGuess       guess)
{
  const gboolean is_client = guess == WSI_GUESS_REQUEST || guess == WSI_GUESS_MASKED_FRAMES;

  return self->upgrade.client == WSI_TCP_NO_SIDE || (self->upgrade.client == side) == is_client;
}

static void
take_guess (WsiHttpStream *self,
            guint          side,
            WsiGuessEnd    end,
            gint64         time_us)
{
  WsiHttpSide *own = &self->sides[side];
  WsiGuess guess;

  if (own->held->len == 0)
    return;

  guess = wsi_stream_guess (own->held->data, own->held->len, own->scope, end);
  if (guess == WSI_GUESS_MORE && own->held->len <= MAX_GUESSED)
    return;
  if (guess == WSI_GUESS_MORE || guess == WSI_GUESS_NOTHING || !is_possible (self, side, guess))
    {
      take_no_guess (self, side, time_us);
    }
  else if (guess == WSI_GUESS_MASKED_FRAMES || guess == WSI_GUESS_FRAMES)
    {
      take_frames (self, side, guess, time_us);
    }
  else
    {
      self->upgrade.client = guess == WSI_GUESS_REQUEST ? side : !side;
      own->n_unknown = 0;
      take_held (self, side, WSI_HTTP_SIDE_HEAD, time_us);
    }
}

/* A request is complete: an upgrade or a tunnel needs its response first. */
static void
end_request (WsiHttpStream *self)
{
  const gboolean has_to_wait =
    self->last_request == REQUEST_CONNECT || self->last_request == REQUEST_UPGRADE;

  self->sides[self->upgrade.client].state = has_to_wait ? WSI_HTTP_SIDE_HELD : WSI_HTTP_SIDE_HEAD;
}

static void
take_request (WsiHttpStream *self,
              const guint8  *at,
              gsize          length,
              gint64         time_us)
{
  WsiHttpSide *own = &self->sides[self->upgrade.client];
  WsiHttpHead head;

  wsi_upgrade_abandon (&self->upgrade, "Response is not in the capture", time_us);
  if (!wsi_http_head_parse (&head, WSI_HTTP_REQUEST, at, length)
      || self->requests.length >= MAX_REQUESTS)
    {
      wsi_http_side_lose_track (own);
      return;
    }

  self->last_request = head.is_websocket ? REQUEST_UPGRADE
                       : head.method == WSI_HTTP_METHOD_CONNECT ? REQUEST_CONNECT
                       : head.method == WSI_HTTP_METHOD_HEAD ? REQUEST_HEAD : REQUEST_OTHER;
  g_queue_push_tail (&self->requests, GUINT_TO_POINTER (self->last_request));
  if (self->last_request == REQUEST_UPGRADE)
    {
      wsi_upgrade_begin (&self->upgrade, WSI_HANDSHAKE_READ, NULL, time_us);
      wsi_upgrade_push (&self->upgrade, self->upgrade.client, at, length, time_us);
    }
  wsi_http_body_begin_request (&own->body, &head);
  own->state = WSI_HTTP_SIDE_BODY;
  if (own->body.state == WSI_HTTP_BODY_DONE)
    end_request (self);
}

/* The response is complete and was no 101: the client goes on with HTTP. */
static void
end_response (WsiHttpStream *self,
              gint64         time_us)
{
  const guint client = self->upgrade.client;
  const gboolean releases = self->answered == REQUEST_UPGRADE || self->answered == REQUEST_CONNECT;
  const WsiHttpSideState next =
    self->sides[client].n_lost > 0 ? WSI_HTTP_SIDE_GUESS : WSI_HTTP_SIDE_HEAD;

  if (self->answered == REQUEST_UPGRADE)
    wsi_upgrade_abandon (&self->upgrade, "Server refused the upgrade", time_us);
  self->sides[!client].state = WSI_HTTP_SIDE_HEAD;
  if (releases && self->sides[client].state == WSI_HTTP_SIDE_HELD)
    take_held (self, client, next, time_us);
}

/* Another connection begins after the response to CONNECT. */
static void
begin_tunnel (WsiHttpStream *self,
              gint64         time_us)
{
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    {
      WsiHttpSide *own = &self->sides[side];

      own->scope = own->n_lost > 0 ? WSI_GUESS_HTTP_OR_FRAMES : WSI_GUESS_HTTP;
    }
  g_queue_clear (&self->requests);
  self->sides[!self->upgrade.client].state = WSI_HTTP_SIDE_GUESS;
  take_held (self, self->upgrade.client, WSI_HTTP_SIDE_GUESS, time_us);
}

static void
switch_protocol (WsiHttpStream     *self,
                 const WsiHttpHead *head,
                 const guint8      *at,
                 gsize              length,
                 gint64             time_us)
{
  WsiHttpSide *client = &self->sides[self->upgrade.client];

  if (self->answered != REQUEST_UPGRADE && !head->is_websocket)
    {
      give_up (self, "Connection switched to another protocol", time_us);
      return;
    }

  if (self->upgrade.conversation == NULL)
    {
      g_autofree char *extensions = wsi_http_head_dup_extensions (at, length);

      wsi_upgrade_begin (&self->upgrade, WSI_HANDSHAKE_MISSING, extensions, time_us);
      if (client->state == WSI_HTTP_SIDE_GUESS)
        client->n_lost = WSI_TCP_UNKNOWN_LENGTH;
      pass_everything (self);
      return;
    }
  pass_everything (self);
  wsi_upgrade_push (&self->upgrade, !self->upgrade.client, at, length, time_us);
}

static void
begin_response_body (WsiHttpStream     *self,
                     const WsiHttpHead *head,
                     gint64             time_us)
{
  WsiHttpSide *own = &self->sides[!self->upgrade.client];

  wsi_http_body_begin_response (&own->body, head,
                                self->answered == REQUEST_HEAD ? WSI_HTTP_METHOD_HEAD
                                                        : WSI_HTTP_METHOD_OTHER);
  own->state = WSI_HTTP_SIDE_BODY;
  if (own->body.state == WSI_HTTP_BODY_DONE)
    end_response (self, time_us);
}

static void
take_response (WsiHttpStream *self,
               const guint8  *at,
               gsize          length,
               gint64         time_us)
{
  WsiHttpHead head;

  if (!wsi_http_head_parse (&head, WSI_HTTP_RESPONSE, at, length))
    {
      if (waits_for_upgrade (self))
        wsi_upgrade_push (&self->upgrade, !self->upgrade.client, at, length, time_us);
      wsi_http_side_lose_track (&self->sides[!self->upgrade.client]);
      return;
    }

  self->answered = GPOINTER_TO_UINT (g_queue_peek_head (&self->requests));
  if (self->answered == REQUEST_NONE && self->upgrade.conversation != NULL)
    self->answered = REQUEST_UPGRADE;
  if (head.status >= 200 || head.status == 101)
    g_queue_pop_head (&self->requests);
  if (head.status == 101)
    {
      switch_protocol (self, &head, at, length, time_us);
      return;
    }
  if (self->answered == REQUEST_UPGRADE)
    wsi_upgrade_push (&self->upgrade, !self->upgrade.client, at, length, time_us);
  if (self->answered == REQUEST_CONNECT && head.status / 100 == 2)
    begin_tunnel (self, time_us);
  else if (head.status >= 200)
    begin_response_body (self, &head, time_us);
}

/* Returns how many bytes the head has taken. */
static gsize
take_head (WsiHttpStream *self,
           guint          side,
           const guint8  *at,
           gsize          length,
           gint64         time_us)
{
  WsiHttpSide *own = &self->sides[side];
  const gsize n_before = own->held->len;
  g_autoptr (GByteArray) head = NULL;
  gsize head_length;

  length = MIN (length, HEAD_PIECE);
  hold (self, side, at, length, time_us);
  head_length = wsi_http_head_find_end (own->held->data, own->held->len, own->n_searched);
  own->n_searched = own->held->len;
  if (head_length == 0)
    return length;

  head = g_byte_array_new ();
  g_byte_array_append (head, own->held->data, (guint) head_length);
  wsi_http_side_drop (own);
  if (side == self->upgrade.client)
    take_request (self, head->data, head->len, time_us);
  else
    take_response (self, head->data, head->len, time_us);
  return head_length - n_before;
}

/* Whether the body of the side is that of the response to an upgrade. */
static gboolean
is_refusal (WsiHttpStream *self,
            guint          side)
{
  return side != self->upgrade.client && self->answered == REQUEST_UPGRADE;
}

static void
end_body (WsiHttpStream *self,
          guint          side,
          gint64         time_us)
{
  if (self->sides[side].body.state != WSI_HTTP_BODY_DONE)
    return;

  if (side == self->upgrade.client)
    end_request (self);
  else
    end_response (self, time_us);
}

static gsize
take_body (WsiHttpStream *self,
           guint          side,
           const guint8  *at,
           gsize          length,
           gint64         time_us)
{
  const gsize n_taken = wsi_http_body_take (&self->sides[side].body, at, length);

  if (is_refusal (self, side))
    wsi_upgrade_push (&self->upgrade, side, at, n_taken, time_us);
  end_body (self, side, time_us);
  return n_taken;
}

/* Takes some bytes in the state of the side; returns how many. */
static gsize
take_some (WsiHttpStream *self,
           guint          side,
           const guint8  *at,
           gsize          length,
           gint64         time_us)
{
  switch (self->sides[side].state)
    {
    case WSI_HTTP_SIDE_GUESS:
      hold (self, side, at, length, time_us);
      take_guess (self, side, WSI_GUESS_OPEN, time_us);
      return length;
    case WSI_HTTP_SIDE_HEAD:
      return take_head (self, side, at, length, time_us);
    case WSI_HTTP_SIDE_BODY:
      return take_body (self, side, at, length, time_us);
    case WSI_HTTP_SIDE_HELD:
      hold (self, side, at, length, time_us);
      return length;
    }
  return length;
}

static void
take (WsiHttpStream *self,
      guint          side,
      const guint8  *at,
      gsize          length,
      gint64         time_us)
{
  while (length > 0 && !self->upgrade.tcp->is_ignored && !self->sides[side].is_lost)
    {
      gsize n_taken = length;

      if (self->upgrade.is_open)
        wsi_upgrade_push (&self->upgrade, side, at, length, time_us);
      else
        n_taken = take_some (self, side, at, length, time_us);
      at += n_taken;
      length -= n_taken;
    }
}

/* The next bytes of a side. */
void
wsi_http_stream_push (WsiHttpStream *self,
                      guint          side,
                      const guint8  *at,
                      gsize          length,
                      gint64         time_us)
{
  if (self->upgrade.client == WSI_TCP_NO_SIDE)
    self->upgrade.client = self->upgrade.tcp->client;
  self->sides[side].is_lost = FALSE;
  take (self, side, at, length, time_us);
}

/* The response is missing, at least its beginning: the client's bytes may show what it was. */
static void
miss_response (WsiHttpStream *self,
               guint64        length,
               gint64         time_us)
{
  WsiHttpSide *client = &self->sides[self->upgrade.client];

  wsi_upgrade_skip (&self->upgrade, !self->upgrade.client, length, time_us);
  g_queue_clear (&self->requests);
  if (client->state != WSI_HTTP_SIDE_HELD)
    return;

  client->state = WSI_HTTP_SIDE_GUESS;
  client->scope = WSI_GUESS_HTTP_OR_FRAMES;
  take_guess (self, self->upgrade.client, WSI_GUESS_OPEN, time_us);
}

/* Whether the side's state can go on after missing bytes. */
static gboolean
goes_on (WsiHttpStream *self,
         guint          side,
         guint64        length,
         gint64         time_us)
{
  WsiHttpSide *own = &self->sides[side];

  if (own->state == WSI_HTTP_SIDE_HELD)
    {
      wsi_http_side_drop_and_miss (own, length);
      return TRUE;
    }
  if (own->state != WSI_HTTP_SIDE_BODY || !wsi_http_body_skip (&own->body, length))
    return FALSE;

  if (is_refusal (self, side))
    wsi_upgrade_skip (&self->upgrade, side, length, time_us);
  end_body (self, side, time_us);
  return TRUE;
}

/* Bytes of a side are missing; WSI_TCP_UNKNOWN_LENGTH: it is not known how many. */
void
wsi_http_stream_skip (WsiHttpStream *self,
                      guint          side,
                      guint64        length,
                      gint64         time_us)
{
  if (self->upgrade.is_open)
    {
      wsi_upgrade_skip (&self->upgrade, side, length, time_us);
      return;
    }
  if (goes_on (self, side, length, time_us))
    return;

  wsi_http_side_lose_track (&self->sides[side]);
  self->sides[side].scope = WSI_GUESS_HTTP_OR_FRAMES;
  if (self->upgrade.client == !side)
    miss_response (self, length, time_us);
}

/* No more bytes follow. */
void
wsi_http_stream_end_side (WsiHttpStream *self,
                          guint          side,
                          gint64         time_us)
{
  WsiHttpSide *own = &self->sides[side];

  if (self->upgrade.is_open)
    wsi_upgrade_end_side (&self->upgrade, side, time_us);
  else if (own->state == WSI_HTTP_SIDE_BODY && side != self->upgrade.client)
    end_response (self, time_us);
}

/* The connection has ended, or the capture. */
void
wsi_http_stream_close (WsiHttpStream *self,
                       WsiTcpClose    why,
                       gint64         time_us)
{
  for (guint side = 0; side < WSI_TCP_N_SIDES && !self->upgrade.is_open; side++)
    if (self->sides[side].state == WSI_HTTP_SIDE_GUESS)
      take_guess (self, side, WSI_GUESS_ENDED, time_us);
    else
      wsi_http_stream_end_side (self, side, time_us);

  if (waits_for_upgrade (self) && self->sides[!self->upgrade.client].state == WSI_HTTP_SIDE_HEAD)
    pass_held (self, !self->upgrade.client);
  wsi_upgrade_close (&self->upgrade, why, time_us);
}
