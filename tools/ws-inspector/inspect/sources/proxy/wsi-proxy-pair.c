/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Relays between two legs, which are transports.  Bytes of one leg are written to the other first,
 * then recorded.
 *
 * A leg is read only while nothing waits for the other one: a peer that reads slowly slows the one
 * that sends, and at most one buffer waits in each direction.  An end is passed on as an end, a
 * reset as a reset.  A write that fails ends one direction: what the broken leg has sent before
 * still passes.
 *
 * A side is the index of the leg that has sent: CLIENT or TARGET.
 * Bytes wait for a leg, or it is read from the other one, never both. */

#include "inspect/sources/proxy/wsi-proxy-private.h"

#include <string.h>

#include "inspect/capture/wsi-recorder.h"
#include "inspect/sources/http/wsi-upgrade.h"
#include "inspect/sources/packets/wsi-tcp-connection.h"
#include "inspect/store/wsi-sentence.h"
#include "reactor/wsp-transport-private.h"

#define CLIENT 0
#define TARGET 1
#define MAX_REFUSED (64 * 1024)         /* bytes that are read from a client that was refused */

typedef struct
{
  WspTransport *leg;                    /* transport of this side; NULL: there is none */
  GByteArray   *waiting;                /* bytes that wait to be written to this leg */
  gboolean      has_ended;              /* the leg has sent everything */
  gboolean      is_to_shut;             /* output of the leg is shut once nothing waits */
  gboolean      is_shut;
  gboolean      is_broken;              /* a write to the leg has failed: no other one follows */
  gsize         n_received;
} Side;

struct _WsiProxyPair
{
  WsiProxyShared   *shared;
  Side              sides[2];
  WsiTcpConnection  tcp;                /* addresses of both peers, for the recording */
  WsiHttpStream    *http;               /* recorder of the bytes; NULL: nothing is recorded */
  WsiRewriter      *rewriter;           /* rewriter of the heads; NULL: none is rewritten */
  char             *refusal;            /* response to the client; NULL: there is a target */
  WsiProxyPairFunc  ended;
  gpointer          user_data;
  gboolean          is_closed;
};

/* The current time, for the recorder. */
static gint64
get_now (WsiProxyPair *self)
{
  return wsi_recorder_get_now (self->shared->http.recorder);
}

static void
proxy_pair_record (WsiProxyPair *self,
                   guint         side,
                   const guint8 *at,
                   gsize         length)
{
  if (self->http != NULL && length > 0)
    wsi_http_stream_push (self->http, side, at, length, get_now (self));
}

static void
proxy_pair_close_leg (Side             *side,
                      WspTransportClose how)
{
  if (side->leg != NULL)
    wsp_transport_close (g_steal_pointer (&side->leg), how);
}

static gboolean
is_one_broken (const WsiProxyPair *self)
{
  return self->sides[CLIENT].is_broken || self->sides[TARGET].is_broken;
}

/* Closes a pair; a reset would throw away what a broken leg had sent before. */
static void
close_pair (WsiProxyPair *self,
            WsiTcpClose   why)
{
  WspTransportClose how = why == WSI_TCP_CLOSE_RESET && !is_one_broken (self)
                          ? WSP_TRANSPORT_CLOSE_RESET : WSP_TRANSPORT_CLOSE_GRACEFUL;

  if (self->is_closed)
    return;

  self->is_closed = TRUE;
  for (guint side = 0; side < 2; side++)
    proxy_pair_close_leg (&self->sides[side], how);
  if (self->http != NULL)
    wsi_http_stream_close (self->http, why, get_now (self));
}

/* Whether the leg of the side is read now. */
static gboolean
is_read (const WsiProxyPair *self,
         guint               side)
{
  return !self->sides[side].has_ended && self->sides[!side].waiting->len == 0 &&
         !self->sides[!side].is_broken;
}

/* Whether a leg has unsent bytes; TLS counts bytes as written that it has not sent yet. */
static gboolean
has_unsent (const Side *side)
{
  return side->leg != NULL && wsp_transport_is_secure (side->leg) &&
         wsp_transport_write (side->leg, NULL, 0, NULL) == WSP_TRANSPORT_WOULD_BLOCK;
}

static gboolean
are_shut (const WsiProxyPair *self)
{
  return self->sides[CLIENT].is_shut && self->sides[TARGET].is_shut;
}

/* A plain leg that is neither read nor written still notifies of a reset.  After its output was
 * shut, it would notify of its end as well. */
static WspWatchEvents
get_events (const WsiProxyPair *self,
            guint               side)
{
  const Side *own = &self->sides[side];
  gboolean is_written = own->waiting->len > 0 || (are_shut (self) && has_unsent (own));
  WspWatchEvents events = (is_read (self, side) ? WSP_WATCH_READ : 0) |
                          (is_written ? WSP_WATCH_WRITE : 0);

  if (events == WSP_WATCH_NOTHING && !own->is_shut && !wsp_transport_is_secure (own->leg))
    return WSP_WATCH_ENDED;

  return events;
}

static void
wait_for_legs (WsiProxyPair *self)
{
  for (guint side = 0; side < 2; side++)
    if (self->sides[side].leg != NULL)
      wsp_transport_set_events (self->sides[side].leg, get_events (self, side));
}

static void
close_if_over (WsiProxyPair *self)
{
  if (are_shut (self) && !has_unsent (&self->sides[CLIENT]) && !has_unsent (&self->sides[TARGET]))
    close_pair (self, is_one_broken (self) ? WSI_TCP_CLOSE_RESET : WSI_TCP_CLOSE_ENDED);
}

static void
shut_if_empty (WsiProxyPair *self,
               guint         side)
{
  Side *own = &self->sides[side];

  if (self->is_closed || !own->is_to_shut || own->is_shut || own->waiting->len > 0)
    return;

  own->is_shut = TRUE;
  if (own->leg != NULL)
    wsp_transport_shutdown (own->leg);
  close_if_over (self);
}

/* Breaks a leg: reads all that it has sent, until its end. */
static void
break_leg (WsiProxyPair *self,
           guint         side)
{
  Side *own = &self->sides[side];

  own->is_broken = own->is_shut = TRUE;
  g_byte_array_set_size (own->waiting, 0);
  if (own->has_ended || self->sides[!side].leg == NULL || self->sides[!side].is_broken)
    close_pair (self, WSI_TCP_CLOSE_RESET);
}

/* Writes to a leg.  FALSE: it is broken, and the pair may be closed. */
static gboolean
write_leg (WsiProxyPair *self,
           guint         side,
           const guint8 *at,
           gsize         length,
           gsize        *n_written)
{
  const struct iovec bytes = { (guint8 *) at, length };
  gssize n = wsp_transport_write (self->sides[side].leg, &bytes, 1, NULL);

  *n_written = MAX (n, 0);
  if (n != WSP_TRANSPORT_FAILED)
    return TRUE;

  break_leg (self, side);
  return FALSE;
}

/* Writes to the leg of the side; the rest waits.  FALSE: it is broken, and the pair may be
 * closed. */
static gboolean
write_to (WsiProxyPair *self,
          guint         side,
          const guint8 *at,
          gsize         length)
{
  Side *own = &self->sides[side];
  gsize n_written = 0;

  if (own->is_broken)
    return FALSE;
  if (own->leg == NULL || length == 0)
    return TRUE;
  if (own->waiting->len == 0 && !write_leg (self, side, at, length, &n_written))
    return FALSE;

  g_byte_array_append (own->waiting, at + n_written, length - n_written);
  return TRUE;
}

/* Ends a side.  Without a target, the end of the client ends both.  An end comes after bytes that
 * are held. */
static void
end_side (WsiProxyPair *self,
          guint         side)
{
  self->sides[side].has_ended = TRUE;
  if (side == CLIENT && self->rewriter != NULL && wsi_rewriter_is_holding (self->rewriter))
    return;

  if (self->http != NULL)
    wsi_http_stream_end_side (self->http, side, get_now (self));
  self->sides[!side].is_to_shut = TRUE;
  shut_if_empty (self, !side);
  if (self->sides[TARGET].leg != NULL)
    return;

  self->sides[CLIENT].is_to_shut = TRUE;
  shut_if_empty (self, CLIENT);
}

/* The bytes of a refusal are our own: they come after everything that the client has sent. */
static void
proxy_pair_refuse (WsiProxyPair *self,
                   const char   *head,
                   const char   *sentence)
{
  g_autofree char *response =
    g_strdup_printf ("HTTP/1.1 %s\r\nServer: " WSI_PROXY_NAME "\r\n"
                     "Content-Type: text/plain; charset=utf-8\r\n"
                     "Content-Length: %" G_GSIZE_FORMAT "\r\nConnection: close\r\n\r\n%s\n", head,
                     strlen (sentence) + 1, sentence);
  gsize length = strlen (response);

  if (!write_to (self, CLIENT, (const guint8 *) response, length))
    {
      close_pair (self, WSI_TCP_CLOSE_RESET);
      return;
    }

  if (self->http != NULL)
    wsi_http_stream_show_incomplete (self->http, get_now (self));
  proxy_pair_record (self, TARGET, (const guint8 *) response, length);
  proxy_pair_close_leg (&self->sides[TARGET], WSP_TRANSPORT_CLOSE_RESET);
  g_byte_array_set_size (self->sides[TARGET].waiting, 0);
  if (!self->sides[TARGET].has_ended)
    end_side (self, TARGET);
}

/* The bytes of a refused client go nowhere; they are read so that the response is not lost to a
 * reset. */
static void
take_from_refused (WsiProxyPair *self,
                   gsize         length)
{
  Side *client = &self->sides[CLIENT];
  gboolean is_first = client->n_received == 0;

  client->n_received += length;
  if (client->n_received > MAX_REFUSED)
    close_pair (self, WSI_TCP_CLOSE_RESET);
  else if (is_first)
    {
      proxy_pair_record (self, CLIENT, self->shared->buffer, length);
      proxy_pair_refuse (self, "502 Bad Gateway", self->refusal);
    }
}

/* The end of what may pass.  Without a sentence, the response was complete. */
static void
end_rewriting (WsiProxyPair     *self,
               guint             side,
               gsize             length,
               WsiRewriterResult result,
               const char       *sentence)
{
  if (sentence == NULL)
    {
      end_side (self, TARGET);
      return;
    }

  if (side == CLIENT)
    proxy_pair_record (self, CLIENT, self->shared->buffer, length);
  proxy_pair_refuse (self, wsi_rewriter_describe (result), sentence);
}

/* Takes rewritten bytes, which are passed and recorded. */
static void
take_rewritten (WsiProxyPair *self,
                guint         side,
                gsize         length)
{
  g_autoptr (GByteArray) client = g_byte_array_new ();
  g_autoptr (GByteArray) target = g_byte_array_new ();
  GByteArray *to[] = { [CLIENT] = client, [TARGET] = target };
  g_autofree char *sentence = NULL;
  WsiRewriterResult result =
    wsi_rewriter_take (self->rewriter, side, self->shared->buffer, length, to, &sentence);

  for (guint i = 0; i < 2; i++)
    if (!self->is_closed && write_to (self, !i, to[i]->data, to[i]->len))
      proxy_pair_record (self, i, to[i]->data, to[i]->len);
  if (!self->is_closed && self->sides[CLIENT].has_ended && !self->sides[TARGET].is_to_shut)
    end_side (self, CLIENT);
  if (!self->is_closed && result != WSI_REWRITER_GOES_ON)
    end_rewriting (self, side, length, result, sentence);
}

static void
proxy_pair_take (WsiProxyPair *self,
                 guint         side,
                 gsize         length)
{
  self->sides[side].n_received += length;
  if (self->rewriter != NULL)
    {
      take_rewritten (self, side, length);
      return;
    }

  if (write_to (self, !side, self->shared->buffer, length))
    proxy_pair_record (self, side, self->shared->buffer, length);
}

/* Reads a leg; many peers end TLS without saying so, which is an end, too. */
static void
read_from (WsiProxyPair *self,
           guint         side)
{
  const struct iovec room = { self->shared->buffer, WSI_PROXY_BUFFER_SIZE };
  g_autoptr (GError) error = NULL;
  gssize n = wsp_transport_read (self->sides[side].leg, &room, 1, &error);

  if (n == WSP_TRANSPORT_WOULD_BLOCK)
    return;

  if (n == 0 || g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_EOF))
    end_side (self, side);
  else if (n == WSP_TRANSPORT_FAILED)
    close_pair (self, WSI_TCP_CLOSE_RESET);
  else if (self->refusal != NULL || self->sides[TARGET].leg == NULL)
    take_from_refused (self, n);
  else
    proxy_pair_take (self, side, n);
}

static void
proxy_pair_write_waiting (WsiProxyPair *self,
                          guint         side)
{
  Side *own = &self->sides[side];
  gsize n_written;

  if (own->waiting->len == 0)
    return;

  if (!write_leg (self, side, own->waiting->data, own->waiting->len, &n_written))
    return;

  g_byte_array_remove_range (own->waiting, 0, n_written);
  shut_if_empty (self, side);
}

/* Handles events of a leg.  One that broke while it was not read is noticed at once: nothing it
 * still has can pass. */
static void
on_leg (WspTransport  *leg,
        WspWatchEvents events,
        gpointer       data)
{
  WsiProxyPair *self = data;
  guint side = leg == self->sides[CLIENT].leg ? CLIENT : TARGET;

  if ((events & WSP_WATCH_WRITE) != 0)
    proxy_pair_write_waiting (self, side);
  if (!self->is_closed && (events & WSP_WATCH_READ) != 0)
    read_from (self, side);
  if (!self->is_closed && (events & WSP_WATCH_ENDED) != 0)
    close_pair (self, WSI_TCP_CLOSE_RESET);
  close_if_over (self);
  if (self->is_closed)
    self->ended (self, self->user_data);
  else
    wait_for_legs (self);
}

static void
set_endpoint (WsiEndpoint  *self,
              WspTransport *leg,
              GSocketAddress *(*dup_address)(WspTransport *))
{
  g_autoptr (GSocketAddress) address = leg != NULL ? dup_address (leg) : NULL;
  GInetAddress *ip;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return;

  ip = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  memcpy (self->address, g_inet_address_to_bytes (ip), g_inet_address_get_native_size (ip));
  self->family = g_inet_address_get_family (ip);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

/* Initializes the connection for the recording.  Without a target, the client has connected to the
 * proxy itself.  Both may be NULL. */
static void
init_tcp (WsiTcpConnection *tcp,
          WspTransport     *front,
          WspTransport     *back)
{
  WsiSegment first = { 0 };

  set_endpoint (&first.source, front, wsp_transport_dup_remote_address);
  set_endpoint (&first.destination, back != NULL ? back : front,
                back != NULL ? wsp_transport_dup_remote_address : wsp_transport_dup_local_address);
  wsi_tcp_connection_init (tcp, &first, NULL, NULL, NULL);
  tcp->client = CLIENT;
}

static void
set_leg (WsiProxyPair *self,
         guint         side,
         WspTransport *leg)
{
  self->sides[side].leg = leg;
  wsp_transport_set_owner (leg, on_leg, self);
}

static WsiProxyPair *
make_pair (WsiProxyShared  *shared,
           WspTransport    *front,
           WspTransport    *back,
           WsiProxyPairFunc ended,
           gpointer         user_data)
{
  WsiProxyPair *self = g_new0 (WsiProxyPair, 1);

  self->shared = shared;
  self->ended = ended;
  self->user_data = user_data;
  for (guint i = 0; i < 2; i++)
    self->sides[i].waiting = g_byte_array_new ();
  init_tcp (&self->tcp, front, back);
  if (shared->http.recorder != NULL)
    self->http = wsi_http_stream_new (&shared->http, &self->tcp);
  if (shared->names != NULL)
    self->rewriter = wsi_rewriter_new (shared->names);
  set_leg (self, CLIENT, front);
  return self;
}

WsiProxyPair *
wsi_proxy_pair_new (WsiProxyShared  *shared,
                    WspTransport    *front,
                    WspTransport    *back,
                    WsiProxyPairFunc ended,
                    gpointer         user_data)
{
  WsiProxyPair *self = make_pair (shared, front, back, ended, user_data);

  set_leg (self, TARGET, back);
  wait_for_legs (self);
  return self;
}

WsiProxyPair *
wsi_proxy_pair_new_refused (WsiProxyShared    *shared,
                            WspTransport      *front,
                            const WsiSentence *sentence,
                            WsiProxyPairFunc   ended,
                            gpointer           user_data)
{
  WsiProxyPair *self = make_pair (shared, front, NULL, ended, user_data);

  self->refusal = wsi_sentence_to_string (sentence);
  wait_for_legs (self);
  return self;
}

void
wsi_proxy_pair_record_failure (WsiProxyShared    *shared,
                               WspTransport      *front,
                               const WsiSentence *sentence)
{
  WsiTcpConnection tcp;
  WsiUpgrade upgrade = {
    .recorder = shared->http.recorder, .source = shared->http.source, .tcp = &tcp, .client = CLIENT,
  };
  gint64 now;

  if (upgrade.recorder == NULL)
    return;

  now = wsi_recorder_get_now (upgrade.recorder);
  init_tcp (&tcp, front, NULL);
  wsi_upgrade_begin (&upgrade, WSI_HANDSHAKE_READ, NULL, now);
  wsi_upgrade_abandon (&upgrade, sentence, now);
  wsi_tcp_connection_clear (&tcp);
}

/* Closes both legs. */
void
wsi_proxy_pair_end (WsiProxyPair *self)
{
  close_pair (self, WSI_TCP_CLOSE_CAPTURE_ENDED);
}

void
wsi_proxy_pair_free (WsiProxyPair *self)
{
  self->is_closed = TRUE;
  for (guint i = 0; i < 2; i++)
    {
      proxy_pair_close_leg (&self->sides[i], WSP_TRANSPORT_CLOSE_RESET);
      g_byte_array_unref (self->sides[i].waiting);
    }
  g_clear_pointer (&self->http, wsi_http_stream_free);
  g_clear_pointer (&self->rewriter, wsi_rewriter_free);
  wsi_tcp_connection_clear (&self->tcp);
  g_free (self->refusal);
  g_free (self);
}
