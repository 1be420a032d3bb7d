/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds the heads and bodies of a connection, or frames where the handshake is missing; what they
 * do to each other is in wsi-http-exchange.c.
 *
 * Each side is guessed at first, at the beginning and after a gap.  A client that has asked for an
 * upgrade or a tunnel is held until the response is read.  From a 101 on, or once frames were
 * found where the handshake is missing, every byte passes.  The bytes come in the order in which
 * the two sides read them (see wsi-tcp-connection.c), so a response finds its request. */

#include "inspect/sources/http/wsi-http-stream.h"

#include "inspect/sources/http/wsi-http-exchange.h"
#include "inspect/sources/http/wsi-proxy-header.h"
#include "inspect/sources/http/wsi-tunnel.h"
#include "inspect/sources/http/wsi-unread.h"

#define MAX_GUESSED (16 * 1024)         /* bytes that are looked at in one guess */
#define HEAD_PIECE 1024                 /* bytes of a piece of a head, after which another may
                                         * follow */
#define MAX_BEFORE_GIVING_UP (64 * 1024)
#define TIME_TO_ANSWER_US G_USEC_PER_SEC
#define MAX_WAITING (8 * 1024 * 1024)   /* bytes of all sides, half of the room */

struct _WsiHttpStream
{
  WsiHttpShared    *shared;
  WsiHttpExchange   http;
  WsiTcpConnection *tunnel;     /* connection inside a tunnel, which takes all bytes from its first
                                 * one on; NULL: none */
  gboolean          is_answered;        /* the server's side of the tunnel has begun */
  guint64           n_seen;     /* bytes and gaps that were seen */
};

static void http_stream_take          (gpointer      stream,
                                       guint         side,
                                       const guint8 *at,
                                       gsize         length,
                                       gint64        time_us);
static void miss_response (WsiHttpStream *self,
                           guint64        length,
                           WsiGuessEnd    end,
                           gint64         time_us);

WsiHttpStream *
wsi_http_stream_new (WsiHttpShared    *shared,
                     WsiTcpConnection *tcp)
{
  WsiHttpStream *self = g_new0 (WsiHttpStream, 1);

  self->shared = shared;
  wsi_http_exchange_init (&self->http, &shared->room);
  self->http.upgrade = (WsiUpgrade) {
    .recorder = shared->recorder,
    .source = shared->source,
    .note = shared->note,
    .tcp = tcp,
    .client = tcp->client,
  };
  return self;
}

void
wsi_http_stream_free (WsiHttpStream *self)
{
  g_assert (self->tunnel == NULL);
  wsi_http_exchange_clear (&self->http);
  g_free (self);
}

gboolean
wsi_http_stream_is_tunnel (const WsiHttpStream *self)
{
  return self->tunnel != NULL;
}

/* The dissector says why bytes are no request or response.  From here on all are shown. */
static void
show_unknown (WsiHttpStream *self,
              guint          side,
              const guint8  *at,
              gsize          length,
              gint64         time_us)
{
  WsiHttpExchange *http = &self->http;

  if (http->upgrade.client == WSI_TCP_NO_SIDE)
    http->upgrade.client = http->upgrade.tcp->client;
  if (http->upgrade.conversation == NULL)
    wsi_upgrade_begin (&http->upgrade, WSI_HANDSHAKE_READ, NULL, time_us);
  for (guint i = 0; i < WSI_TCP_N_SIDES; i++)
    if (http->sides[i].state == WSI_HTTP_SIDE_HEAD)
      http->sides[i].state = WSI_HTTP_SIDE_HELD;
  wsi_http_exchange_pass_everything (http, time_us);
  wsi_upgrade_push (&http->upgrade, side, at, length, time_us);
}

/* The bytes held are not read.  The end of a head is looked for; behind it, and behind everything
 * else, frames are guessed as after missing bytes. */
static void
lose_held (WsiHttpStream *self,
           guint          side,
           gint64         time_us)
{
  WsiHttpSide *own = &self->http.sides[side];
  const gboolean is_head = own->state == WSI_HTTP_SIDE_HEAD;
  const guint n_held = own->held.bytes->len;
  const gboolean is_line_ended = n_held > 0 && own->held.bytes->data[n_held - 1] == '\n';

  own->is_pushed_out = FALSE;
  wsi_http_stream_skip (self, side, WSI_TCP_UNKNOWN_LENGTH, time_us);
  if (!is_head || own->state != WSI_HTTP_SIDE_GUESS)
    return;

  own->is_lost = FALSE;
  own->is_in_large_head = TRUE;
  own->is_line_ended = is_line_ended;
}

/* Holds bytes.  FALSE: there is no room, and the side is in another state. */
static gboolean
http_stream_hold (WsiHttpStream *self,
                  guint          side,
                  const guint8  *at,
                  gsize          length,
                  gint64         time_us)
{
  WsiHttpSide *own = &self->http.sides[side];

  if (wsi_http_side_hold (own, at, length, time_us))
    return TRUE;

  if (self->shared->shows_unknown)
    {
      show_unknown (self, side, at, length, time_us);
      return FALSE;
    }

  if (own->state == WSI_HTTP_SIDE_HELD)
    miss_response (self, 0, WSI_GUESS_OPEN, time_us);
  if (self->http.upgrade.is_open)
    {
      wsi_upgrade_push (&self->http.upgrade, side, at, length, time_us);
      return FALSE;
    }

  self->shared->room.n_lost++;
  lose_held (self, side, time_us);
  return FALSE;
}

/* Takes held bytes in another state of the side. */
static void
http_stream_take_held (WsiHttpStream   *self,
                       guint            side,
                       WsiHttpSideState state)
{
  WsiHttpSide *own = &self->http.sides[side];

  own->state = state;
  own->n_lost = 0;
  wsi_http_side_hand_on (own, side, http_stream_take, self);
}

/* Takes held bytes of the client after a response. */
static void
take_released (WsiHttpStream *self)
{
  const guint client = self->http.upgrade.client;

  if (!self->http.is_released)
    return;

  self->http.is_released = FALSE;
  http_stream_take_held (self, client, self->http.sides[client].state);
}

/* Frames without a handshake: the side that masks them is the client. */
static void
take_frames (WsiHttpStream *self,
             guint          side,
             WsiGuess       guess,
             gint64         time_us)
{
  const guint client = guess == WSI_GUESS_MASKED_FRAMES ? side : !side;

  if (self->http.upgrade.conversation == NULL)
    {
      self->http.upgrade.client = client;
      wsi_upgrade_begin (&self->http.upgrade, WSI_HANDSHAKE_MISSING, NULL,
                         wsi_http_exchange_get_first_time (&self->http, time_us));
      for (guint i = 0; i < WSI_TCP_N_SIDES; i++)
        self->http.sides[i].n_lost = WSI_TCP_UNKNOWN_LENGTH;
    }
  wsi_http_exchange_pass_everything (&self->http, time_us);
}

/* The bytes before the ClientHello, such as those of SOCKS, are not read. */
static void
http_stream_begin_tunnel (WsiHttpStream *self,
                          guint          side,
                          gsize          from)
{
  WsiTcpConnection *tcp = self->http.upgrade.tcp;
  WsiHttpSide *own = &self->http.sides[side];
  const gint64 time_us = wsi_http_side_get_time (own);
  const gsize length = own->held.bytes->len - from;
  g_autofree guint8 *hello = g_memdup2 (own->held.bytes->data + from, length);

  wsi_upgrade_abandon (&self->http.upgrade, WSI_SENTENCE (NO_RESPONSE), time_us);
  for (guint i = 0; i < WSI_TCP_N_SIDES; i++)
    wsi_http_side_drop (&self->http.sides[i]);
  self->tunnel = wsi_tunnel_new (tcp, side);
  if (self->tunnel != NULL && self->http.upgrade.proxied.family != 0)
    self->tunnel->endpoints[side] = self->http.upgrade.proxied;
  if (self->tunnel != NULL)
    {
      wsi_tunnel_push (self->tunnel, tcp, side, hello, length, time_us);
      return;
    }
  tcp->tag = WSI_CONTENT_DEEP_TUNNEL;
  wsi_tcp_connection_ignore (tcp);
}

/* Pushes bytes to the tunnel.  A client may send its ClientHello before the answer to what came
 * first, as that of SOCKS. */
static void
push_to_tunnel (WsiHttpStream *self,
                guint          side,
                const guint8  *at,
                gsize          length,
                gint64         time_us)
{
  gsize from = 0;

  if (side != self->tunnel->client && !self->is_answered)
    {
      from = wsi_tunnel_find_answer (at, length);
      self->is_answered = from < length;
    }
  if (from < length)
    wsi_tunnel_push (self->tunnel, self->http.upgrade.tcp, side, at + from, length - from, time_us);
}

/* Whether TLS begins with the bytes held, or may: TLS that is the first of a connection was looked
 * for before. */
static gboolean
look_for_tls (WsiHttpStream *self,
              guint          side,
              WsiGuessEnd    end)
{
  const GByteArray *bytes = self->http.sides[side].held.bytes;
  WsiTunnelGuess guess;

  if (self->http.upgrade.tcp->listener == NULL || self->n_seen == bytes->len)
    return FALSE;

  guess = wsi_tunnel_guess (bytes->data, bytes->len);
  if (guess == WSI_TUNNEL_HELLO)
    http_stream_begin_tunnel (self, side, 0);
  return guess == WSI_TUNNEL_HELLO || (guess == WSI_TUNNEL_MORE && end == WSI_GUESS_OPEN);
}

/* Looks for TLS after other bytes: a client may send its ClientHello together with the last bytes
 * before it. */
static gboolean
look_for_tls_behind (WsiHttpStream *self,
                     guint          side)
{
  const GByteArray *bytes = self->http.sides[side].held.bytes;
  const gsize from = self->http.upgrade.tcp->listener != NULL
                     ? wsi_tunnel_find_hello (bytes->data, bytes->len) : bytes->len;

  if (from == bytes->len)
    return FALSE;

  http_stream_begin_tunnel (self, side, from);
  return TRUE;
}

/* Whether a guess fits what is known about the two sides. */
static gboolean
is_possible (WsiHttpStream *self,
             guint          side,
             WsiGuess       guess)
{
  const gboolean is_client = guess == WSI_GUESS_REQUEST || guess == WSI_GUESS_MASKED_FRAMES;
  const guint client = self->http.upgrade.client;

  return client == WSI_TCP_NO_SIDE || (client == side) == is_client;
}

/* Whether the other side's bytes are no frames, or have not come yet.  Frames without masks alone
 * are a weak guess: SUBSCRIBE of MQTT looks like one. */
static gboolean
is_doubtful (WsiHttpStream *self,
             guint          side,
             WsiGuessEnd    end)
{
  WsiHttpSide *own = &self->http.sides[side], *other = &self->http.sides[!side];
  const GByteArray *held = other->held.bytes;

  if (self->http.upgrade.conversation != NULL || other->state != WSI_HTTP_SIDE_GUESS)
    return FALSE;
  if (other->n_unknown == 0 && held->len == 0)
    return end == WSI_GUESS_OPEN && own->held.bytes->len <= MAX_GUESSED &&
           own->room->n_bytes <= MAX_WAITING &&
           wsi_http_side_get_time (own) - wsi_http_side_get_first_time (own) < TIME_TO_ANSWER_US;

  return other->n_unknown > 0 || WSI_GUESS_NOTHING ==
         wsi_stream_guess (held->data, held->len, other->scope, WSI_GUESS_OPEN);
}

static gboolean
is_websocket_port (WsiHttpStream *self,
                   guint          side)
{
  const GArray *ports = self->shared->websocket_ports;

  for (guint i = 0; ports != NULL && i < ports->len; i++)
    if (g_array_index (ports, guint16, i) == self->http.upgrade.tcp->endpoints[side].port)
      return TRUE;
  return FALSE;
}

/* The guess about bytes of a port that the user has named: they need no evidence. */
static WsiGuess
guess_as_told (WsiHttpStream *self,
               guint          side,
               const guint8  *at,
               gsize          length,
               WsiGuessEnd    end)
{
  const gboolean is_server = is_websocket_port (self, side);
  const WsiGuess guess = wsi_stream_guess (at, length, WSI_GUESS_HTTP, end);

  if (guess != WSI_GUESS_NOTHING || (!is_server && !is_websocket_port (self, !side)))
    return guess;

  return is_server ? WSI_GUESS_FRAMES : WSI_GUESS_MASKED_FRAMES;
}

/* Guesses what begins at one of the bytes held, where a segment does. */
static WsiGuess
guess_from (WsiHttpStream *self,
            guint          side,
            gsize          from,
            WsiGuessEnd    end)
{
  WsiHttpSide *own = &self->http.sides[side];
  const gsize length = own->held.bytes->len - from;
  const guint8 *at = own->held.bytes->data + from;
  WsiGuess guess = guess_as_told (self, side, at, length, end);

  if (guess == WSI_GUESS_FRAMES || guess == WSI_GUESS_MASKED_FRAMES)
    return is_possible (self, side, guess) ? guess : WSI_GUESS_NOTHING;

  guess = wsi_stream_guess (at, length, own->scope, end);
  if (guess == WSI_GUESS_FRAMES && is_doubtful (self, side, end))
    guess = end == WSI_GUESS_OPEN ? WSI_GUESS_MORE : WSI_GUESS_NOTHING;
  if (guess == WSI_GUESS_MORE)
    return length <= MAX_GUESSED ? WSI_GUESS_MORE : WSI_GUESS_NOTHING;

  return is_possible (self, side, guess) ? guess : WSI_GUESS_NOTHING;
}

/* Whole frames with masks, however few: no other protocol has many of them. */
static gboolean
has_masked_frames (WsiHttpStream *self,
                   guint          side)
{
  WsiHttpSide *own = &self->http.sides[side];

  return own->state == WSI_HTTP_SIDE_GUESS && own->held.bytes->len > 0 &&
         guess_from (self, side, 0, WSI_GUESS_ENDED) == WSI_GUESS_MASKED_FRAMES;
}

/* Passes the first n of the held bytes as bytes of an unknown protocol. */
static void
take_no_guess (WsiHttpStream *self,
               guint          side,
               gsize          n,
               gint64         time_us)
{
  WsiHttpSide *own = &self->http.sides[side], *other = &self->http.sides[!side];

  if (look_for_tls_behind (self, side))
    return;

  if (self->shared->shows_unknown)
    {
      show_unknown (self, side, NULL, 0, time_us);
      return;
    }

  own->n_unknown += n;
  wsi_unread_classify (self->http.upgrade.tcp, own->held.bytes->data, n);
  if (side != self->http.upgrade.client && own->n_lost == 0 &&
      wsi_http_exchange_waits_for_upgrade (&self->http))
    wsi_upgrade_push (&self->http.upgrade, side, own->held.bytes->data, n,
                      wsi_http_side_get_first_time (own));
  wsi_http_side_forget (own, n);
  if (own->n_unknown + other->n_unknown <= MAX_BEFORE_GIVING_UP)
    return;

  if (has_masked_frames (self, !side))
    take_frames (self, !side, WSI_GUESS_MASKED_FRAMES, time_us);
  else
    wsi_http_exchange_give_up (&self->http, WSI_SENTENCE (NO_RESPONSE), time_us);
}

static gboolean
http_stream_is_line_end (guint8 byte)
{
  return byte == '\r' || byte == '\n';
}

/* Empty lines (RFC 9112 2.2) and the header of a load balancer may precede a request.  FALSE: more
 * bytes are needed. */
static gboolean
skip_preamble (WsiHttpStream *self,
               guint          side,
               WsiGuessEnd    end)
{
  WsiHttpSide *own = &self->http.sides[side];
  WsiUpgrade *upgrade = &self->http.upgrade;
  WsiProxyHeader header = WSI_PROXY_HEADER_NONE;
  WsiEndpoint client;
  gsize n = 0;

  if (upgrade->client == WSI_TCP_NO_SIDE || upgrade->client == side)
    header = wsi_proxy_header_read (own->held.bytes->data, own->held.bytes->len, &n, &client);
  if (header == WSI_PROXY_HEADER_MORE)
    return end == WSI_GUESS_ENDED;

  if (header == WSI_PROXY_HEADER_READ)
    {
      upgrade->client = side;
      upgrade->proxied = client;
    }
  while (n < own->held.bytes->len && http_stream_is_line_end (own->held.bytes->data[n]))
    n++;
  if (n > 0)
    wsi_http_side_forget (own, n);
  return own->held.bytes->len > 0;
}

/* Guesses the protocol at each held segment: the one before it may have been the end of something
 * else. */
static void
take_guess (WsiHttpStream *self,
            guint          side,
            WsiGuessEnd    end,
            gint64         time_us)
{
  WsiHttpSide *own = &self->http.sides[side];
  WsiGuess guess = WSI_GUESS_NOTHING;
  gsize from = 0;

  if (own->held.bytes->len == 0 || !skip_preamble (self, side, end) ||
      look_for_tls (self, side, end))
    return;

  for (guint i = 0; from < own->held.bytes->len; i++)
    {
      guess = guess_from (self, side, from, end);
      if (guess != WSI_GUESS_NOTHING)
        break;
      from = g_array_index (own->held.times, WsiHttpTime, i).end;
    }
  if (from > 0)
    take_no_guess (self, side, from, time_us);
  if (guess == WSI_GUESS_NOTHING || guess == WSI_GUESS_MORE || own->held.bytes->len == 0)
    return;

  if (guess == WSI_GUESS_MASKED_FRAMES || guess == WSI_GUESS_FRAMES)
    {
      take_frames (self, side, guess, time_us);
    }
  else
    {
      self->http.upgrade.client = guess == WSI_GUESS_REQUEST ? side : !side;
      own->n_unknown = 0;
      http_stream_take_held (self, side, WSI_HTTP_SIDE_HEAD);
    }
}

/* Loses track after a head that cannot be read. */
static void
lose_track (WsiHttpStream *self,
            guint          side,
            const guint8  *at,
            gsize          length,
            gint64         time_us)
{
  if (self->shared->shows_unknown)
    {
      show_unknown (self, side, at, length, time_us);
      return;
    }

  wsi_unread_classify (self->http.upgrade.tcp, at, length);
  if (side != self->http.upgrade.client && wsi_http_exchange_waits_for_upgrade (&self->http))
    wsi_upgrade_push (&self->http.upgrade, side, at, length, time_us);
  wsi_http_side_lose_track (&self->http.sides[side]);
}

/* Takes a head; returns how many bytes it has. */
static gsize
http_stream_take_head (WsiHttpStream *self,
                       guint          side,
                       const guint8  *at,
                       gsize          length,
                       gint64         time_us)
{
  WsiHttpSide *own = &self->http.sides[side];
  const gsize n_before = own->held.bytes->len;
  g_autoptr (GByteArray) head = NULL;
  gsize head_length;
  gint64 latest_us;

  length = MIN (length, HEAD_PIECE);
  if (n_before == 0 && http_stream_is_line_end (*at))
    return 1;                   /* empty lines before a request are skipped: RFC 9112 2.2 */
  if (!http_stream_hold (self, side, at, length, time_us))
    return own->is_in_large_head ? 0 : length;

  head_length = wsi_http_head_find_end (own->held.bytes->data, own->held.bytes->len,
                                        own->n_searched);
  own->n_searched = own->held.bytes->len;
  if (head_length == 0)
    return length;

  head = g_byte_array_new ();
  g_byte_array_append (head, own->held.bytes->data, (guint) head_length);
  latest_us = wsi_http_side_get_time (own);
  wsi_http_side_drop (own);
  if (!wsi_http_exchange_take_head (&self->http, side, head->data, head->len, latest_us))
    lose_track (self, side, head->data, head->len, latest_us);
  return head_length - n_before;
}

/* Takes some bytes in the state of the side; returns how many. */
static gsize
http_stream_take_some (WsiHttpStream *self,
                       guint          side,
                       const guint8  *at,
                       gsize          length,
                       gint64         time_us)
{
  switch (self->http.sides[side].state)
    {
    case WSI_HTTP_SIDE_GUESS:
      http_stream_hold (self, side, at, length, time_us);
      take_guess (self, side, WSI_GUESS_OPEN, time_us);
      return length;
    case WSI_HTTP_SIDE_HEAD:
      return http_stream_take_head (self, side, at, length, time_us);
    case WSI_HTTP_SIDE_BODY:
      return wsi_http_exchange_take_body (&self->http, side, at, length, time_us);
    case WSI_HTTP_SIDE_HELD:
      http_stream_hold (self, side, at, length, time_us);
      return length;
    }
  return length;
}

static gsize
skip_in_large_head (WsiHttpSide  *own,
                    const guint8 *at,
                    gsize         length)
{
  gboolean has_ended;
  const gsize n = wsi_http_head_skip (&own->is_line_ended, &has_ended, at, length);

  own->is_in_large_head = !has_ended;
  return n;
}

static void
http_stream_take (gpointer      stream,
                  guint         side,
                  const guint8 *at,
                  gsize         length,
                  gint64        time_us)
{
  WsiHttpStream *self = stream;

  while (length > 0 && !self->http.upgrade.tcp->is_ignored && !self->http.sides[side].is_lost)
    {
      gsize n_taken = length;

      if (self->tunnel != NULL)
        push_to_tunnel (self, side, at, length, time_us);
      else if (self->http.sides[side].is_in_large_head && !self->http.upgrade.is_open)
        n_taken = skip_in_large_head (&self->http.sides[side], at, length);
      else if (self->http.upgrade.is_open)
        wsi_http_exchange_push (&self->http, side, at, length, time_us);
      else
        n_taken = http_stream_take_some (self, side, at, length, time_us);
      take_released (self);
      at += n_taken;
      length -= n_taken;
    }
}

void
wsi_http_stream_push (WsiHttpStream *self,
                      guint          side,
                      const guint8  *at,
                      gsize          length,
                      gint64         time_us)
{
  if (self->http.upgrade.client == WSI_TCP_NO_SIDE)
    self->http.upgrade.client = self->http.upgrade.tcp->client;
  self->n_seen += length;
  self->http.sides[side].has_begun = TRUE;
  self->http.sides[side].is_lost = FALSE;
  if (self->http.sides[side].is_pushed_out)
    lose_held (self, side, time_us);
  http_stream_take (self, side, at, length, time_us);
}

/* The response is missing, at least its beginning: the client's bytes may show what it was. */
static void
miss_response (WsiHttpStream *self,
               guint64        length,
               WsiGuessEnd    end,
               gint64         time_us)
{
  WsiHttpSide *client = &self->http.sides[self->http.upgrade.client];
  WsiHttpSide *server = &self->http.sides[!self->http.upgrade.client];

  wsi_upgrade_skip (&self->http.upgrade, !self->http.upgrade.client, MAX (length, server->n_lost),
                    time_us);
  server->n_lost = 0;
  g_queue_clear (&self->http.requests);
  if (client->state != WSI_HTTP_SIDE_HELD)
    return;

  client->state = WSI_HTTP_SIDE_GUESS;
  client->scope = WSI_GUESS_HTTP_OR_FRAMES;
  take_guess (self, self->http.upgrade.client, end, time_us);
}

/* Whether the side's state can go on after missing bytes. */
static gboolean
http_stream_goes_on (WsiHttpStream *self,
                     guint          side,
                     guint64        length,
                     gint64         time_us)
{
  WsiHttpSide *own = &self->http.sides[side];

  if (own->state == WSI_HTTP_SIDE_HELD)
    {
      wsi_http_side_drop_and_miss (own, length);
      return TRUE;
    }
  if (own->state != WSI_HTTP_SIDE_BODY ||
      !wsi_http_exchange_skip_body (&self->http, side, length, time_us))
    return FALSE;

  take_released (self);
  return TRUE;
}

void
wsi_http_stream_skip (WsiHttpStream *self,
                      guint          side,
                      guint64        length,
                      gint64         time_us)
{
  WsiHttpSide *own = &self->http.sides[side];

  self->n_seen++;
  if (self->tunnel != NULL)
    {
      wsi_tunnel_skip (self->tunnel, self->http.upgrade.tcp, side, length, time_us);
      return;
    }
  if (self->http.upgrade.is_open)
    {
      wsi_upgrade_skip (&self->http.upgrade, side, length, time_us);
      return;
    }
  if (http_stream_goes_on (self, side, length, time_us))
    return;

  wsi_http_side_lose_track (own);
  own->scope = WSI_GUESS_HTTP_OR_FRAMES;
  if (self->http.upgrade.client != !side)
    return;

  /* Bytes that are missing before the first one of a capture may be another response. */
  if (length == WSI_TCP_UNKNOWN_LENGTH && !own->has_begun)
    own->n_lost = length;
  else
    miss_response (self, length, WSI_GUESS_OPEN, time_us);
}

void
wsi_http_stream_end_side (WsiHttpStream *self,
                          guint          side,
                          gint64         time_us)
{
  WsiHttpSide *own = &self->http.sides[side];

  if (self->tunnel != NULL)
    wsi_tunnel_end_side (self->tunnel, self->http.upgrade.tcp, side, time_us);
  else if (self->http.upgrade.is_open)
    wsi_upgrade_end_side (&self->http.upgrade, side, time_us);
  else if (own->state == WSI_HTTP_SIDE_BODY && side != self->http.upgrade.client)
    wsi_http_exchange_end_response (&self->http, time_us);
  take_released (self);
}

/* The client has sent more before the response, which is missing. */
static gboolean
waits_in_vain (const WsiHttpStream *self)
{
  const guint client = self->http.upgrade.client;

  return !self->http.upgrade.is_open && client != WSI_TCP_NO_SIDE &&
         self->http.sides[client].state == WSI_HTTP_SIDE_HELD &&
         self->http.sides[client].held.bytes->len > 0;
}

static gboolean
has_incomplete_request (const WsiHttpStream *self)
{
  const WsiHttpSide *client = &self->http.sides[self->http.upgrade.tcp->client];

  return client->state == WSI_HTTP_SIDE_HEAD && client->held.bytes->len > 0;
}

void
wsi_http_stream_show_incomplete (WsiHttpStream *self,
                                 gint64         time_us)
{
  const WsiHttpSide *sides = self->http.sides;
  const gboolean is_silent = !sides[0].has_begun && !sides[1].has_begun;

  if (self->http.upgrade.conversation == NULL && !self->http.upgrade.is_open &&
      (is_silent || has_incomplete_request (self)))
    show_unknown (self, self->http.upgrade.tcp->client, NULL, 0, time_us);
}

/* Reads the bytes that wait for more. */
static void
http_stream_end_waiting (WsiHttpStream *self,
                         gint64         time_us)
{
  for (guint side = 0; side < WSI_TCP_N_SIDES && !self->http.upgrade.is_open; side++)
    if (self->http.sides[side].state == WSI_HTTP_SIDE_GUESS)
      take_guess (self, side, WSI_GUESS_ENDED, time_us);
    else
      wsi_http_stream_end_side (self, side, time_us);

  if (self->shared->shows_unknown)
    wsi_http_stream_show_incomplete (self, time_us);
  if (waits_in_vain (self))
    miss_response (self, 0, WSI_GUESS_ENDED, time_us);
  if (wsi_http_exchange_waits_for_upgrade (&self->http) &&
      self->http.sides[!self->http.upgrade.client].state == WSI_HTTP_SIDE_HEAD)
    wsi_http_exchange_pass_held (&self->http, !self->http.upgrade.client);
}

void
wsi_http_stream_close (WsiHttpStream *self,
                       WsiTcpClose    why,
                       gint64         time_us)
{
  WsiTcpConnection *tunnel;

  if (self->tunnel == NULL)
    http_stream_end_waiting (self, time_us);
  tunnel = g_steal_pointer (&self->tunnel);
  if (tunnel != NULL)
    wsi_tunnel_close (tunnel, self->http.upgrade.tcp, why, time_us);
  wsi_upgrade_close (&self->http.upgrade, why, time_us);
}
