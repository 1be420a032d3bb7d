/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A TLS connection, and what happens to the bytes of a side:
 *
 *   before its hello                 read in the clear
 *   client, after its ClientHello    held until a ServerHello: they may be early data
 *   client, with early data          held until EncryptedExtensions says whether it is accepted
 *   protected, without secrets       both sides held, until all secrets are there, so that their
 *                                    messages stay in order
 *   protected, with secrets          opened
 *
 * A key log has the secrets of the first ClientHello's random.  A connection of TLS 1.2 that
 * resumes a session has those of the connection that its ticket or session id comes from.
 *
 * An item is held only while its side waits; so the items of the other side that are older are read
 * before the next record. */

#include "inspect/sources/tls/wsi-tls-stream.h"

#include <string.h>

#include "inspect/sources/tls/wsi-tls-messages.h"
#include "inspect/sources/tls/wsi-tls-side.h"

#define CERTIFICATE 11          /* type of a message with a certificate */
#define MAX_FAILED 64           /* records, while none could be opened */

typedef enum
{
  EARLY_NONE,                   /* early data was not offered, or was rejected */
  EARLY_OFFERED,
  EARLY_ACCEPTED,
} EarlyData;

struct _WsiTlsStream
{
  WsiTlsShared     *shared;
  WsiTcpConnection *tcp;
  WsiTlsOutcome     outcome;
  gboolean          is_final;   /* the outcome is final, so nothing is held */
  gboolean          is_sure;    /* the stream begins with a hello, not only with a part of one */
  guint64           n_items;    /* number of items so far, which is their order */

  guint             client;     /* side of the client, after has_begun */
  gboolean          has_begun;          /* a ClientHello was read */
  gboolean          has_client_hello;
  gboolean          has_server_hello;   /* a ServerHello was read after the last ClientHello, and it
                                         * is not a retry */
  gboolean          has_secrets;        /* the secrets of both sides are known */
  WsiTlsClientHello hello;
  guint8            server_random[WSI_TLS_RANDOM_LENGTH];
  gboolean          has_ticket;         /* the ClientHello has a ticket of a known session */
  guint8            ticket_origin[WSI_TLS_RANDOM_LENGTH];
  gboolean          is_resumed;         /* the session is resumed, as far as TLS 1.2 shows it */
  guint8            origin[WSI_TLS_RANDOM_LENGTH];      /* random of the resumed session */
  guint16           version, suite_id;
  const WsiTlsSuite *suite;     /* cipher suite; NULL: none that can be read */
  EarlyData         early;
  char             *details;    /* version and cipher suite; NULL: no record was opened */

  WsiTlsSide        sides[WSI_TCP_N_SIDES];
  WsiTlsMessages    messages[WSI_TCP_N_SIDES];
  WsiTlsHeld        held[WSI_TCP_N_SIDES];
  guint64           n_missing[WSI_TCP_N_SIDES];         /* bytes missing before a record */
};

static WsiTlsKeys *make_keys    (gpointer    stream,
                                 guint       side,
                                 WsiTlsEpoch epoch,
                                 guint       number);
static void        take_content (gpointer      stream,
                                 guint         side,
                                 guint8        type,
                                 const guint8 *at,
                                 gsize         length,
                                 gint64        time_us);
static void        take_missing (gpointer stream,
                                 guint    side,
                                 guint64  length,
                                 gint64   time_us);
static gboolean    tls_stream_is_beginning (gpointer      stream,
                                            const guint8 *at,
                                            gsize         length);

static const WsiTlsSideFuncs side_funcs =
{ make_keys, take_content, take_missing, tls_stream_is_beginning };

WsiTlsStream *
wsi_tls_stream_new (WsiTlsShared     *shared,
                    WsiTcpConnection *tcp)
{
  WsiTlsStream *self = g_new0 (WsiTlsStream, 1);

  self->shared = shared;
  self->tcp = tcp;
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    wsi_tls_side_init (&self->sides[side], side, &side_funcs, self, &shared->room);
  return self;
}

static void
drop_held (WsiTlsStream *self)
{
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    {
      wsi_tls_side_clear (&self->sides[side]);
      wsi_tls_messages_clear (&self->messages[side]);
      wsi_tls_held_clear (&self->held[side]);
    }
}

void
wsi_tls_stream_free (WsiTlsStream *self)
{
  drop_held (self);
  wsi_tls_client_hello_clear (&self->hello);
  self->tcp->security = NULL;
  g_free (self->details);
  g_free (self);
}

/* Gives a connection up; held bytes are dropped when the record that is read has been. */
static void
tls_stream_give_up (WsiTlsStream *self,
                    WsiTlsOutcome outcome)
{
  self->outcome = outcome;
  wsi_tcp_connection_ignore (self->tcp);
}

static gboolean
is_given_up (const WsiTlsStream *self)
{
  return self->tcp->is_ignored || self->outcome > WSI_TLS_OPENED;
}

static const WsiTlsSecret *
find_master (const WsiTlsStream *self,
             guint               number)
{
  const WsiKeyLog *keys = self->shared->keys;
  guint n_own = 0;

  for (const WsiTlsSecret *secret;
       (secret = wsi_key_log_find (keys, WSI_TLS_SECRET_MASTER, self->hello.random,
                                   n_own)) != NULL; n_own++)
    if (n_own == number)
      return secret;
  return self->is_resumed ? wsi_key_log_find (keys, WSI_TLS_SECRET_MASTER, self->origin,
                                              number - n_own) : NULL;
}

static const WsiTlsSecret *
tls_stream_find_secret (const WsiTlsStream *self,
                        guint               side,
                        WsiTlsEpoch         epoch,
                        guint               number)
{
  const gboolean is_client = side == self->client;
  const WsiTlsSecretKind kind =
    epoch == WSI_TLS_EPOCH_EARLY ? WSI_TLS_SECRET_CLIENT_EARLY
    : epoch == WSI_TLS_EPOCH_HANDSHAKE && is_client ? WSI_TLS_SECRET_CLIENT_HANDSHAKE
    : epoch == WSI_TLS_EPOCH_HANDSHAKE ? WSI_TLS_SECRET_SERVER_HANDSHAKE
    : is_client ? WSI_TLS_SECRET_CLIENT_TRAFFIC : WSI_TLS_SECRET_SERVER_TRAFFIC;

  if (self->suite == NULL || epoch == WSI_TLS_EPOCH_CLEAR)
    return NULL;
  if (self->suite->version == WSI_TLS_1_2)
    return epoch == WSI_TLS_EPOCH_APPLICATION ? find_master (self, number) : NULL;

  return wsi_key_log_find (self->shared->keys, kind, self->hello.random, number);
}

static WsiTlsKeys *
make_keys (gpointer    stream,
           guint       side,
           WsiTlsEpoch epoch,
           guint       number)
{
  const WsiTlsStream *self = stream;
  const WsiTlsSecret *secret = tls_stream_find_secret (self, side, epoch, number);

  if (secret == NULL)
    return NULL;

  return self->suite->version == WSI_TLS_1_3 ? wsi_tls_keys_new (self->suite, secret)
         : wsi_tls_keys_new_from_master (self->suite, secret, self->hello.random,
                                         self->server_random, side == self->client);
}

static gboolean
tls_stream_has_secret (const WsiTlsStream *self,
                       guint               side)
{
  return tls_stream_find_secret (self, side, WSI_TLS_EPOCH_APPLICATION, 0) != NULL;
}

/* Looks for secrets; a connection that can get none is not kept. */
static void
look_for_secrets (WsiTlsStream *self)
{
  self->has_secrets = tls_stream_has_secret (self, 0) && tls_stream_has_secret (self, 1);
  if (!self->has_secrets && (!self->shared->may_get_keys || self->is_final) &&
      !tls_stream_has_secret (self, 0) && !tls_stream_has_secret (self, 1))
    tls_stream_give_up (self, WSI_TLS_NO_KEYS);
}

/* Looks for the session of the ticket, which the server may resume. */
static void
look_for_ticket (WsiTlsStream *self)
{
  const guint8 *origin = self->hello.ticket != NULL
                         ? wsi_tls_tickets_find (self->shared->tickets, self->hello.ticket) : NULL;

  self->has_ticket = origin != NULL;
  if (origin != NULL)
    memcpy (self->ticket_origin, origin, sizeof self->ticket_origin);
  g_clear_pointer (&self->hello.ticket, g_bytes_unref);
}

static void
take_client_hello (WsiTlsStream *self,
                   guint         side,
                   const guint8 *at,
                   gsize         length)
{
  WsiTlsClientHello hello;

  if (at == NULL || !wsi_tls_client_hello_parse (&hello, at, length))
    {
      tls_stream_give_up (self, WSI_TLS_NO_BEGINNING);
      return;
    }

  if (hello.name == NULL)
    hello.name = g_steal_pointer (&self->hello.name);
  wsi_tls_client_hello_clear (&self->hello);
  self->hello = hello;
  self->client = side;
  self->has_begun = TRUE;
  self->early = hello.has_early_data ? EARLY_OFFERED : EARLY_NONE;
  self->has_client_hello = TRUE;
  self->has_server_hello = FALSE;
  self->is_resumed = FALSE;
  look_for_ticket (self);
}

/* Looks for the origin of the session, if it is resumed: a Certificate later shows that it is
 * not. */
static void
look_for_origin (WsiTlsStream            *self,
                 const WsiTlsServerHello *hello)
{
  const WsiTlsClientHello *client = &self->hello;
  const gboolean has_session = hello->n_session_id > 0 &&
                               hello->n_session_id == client->n_session_id &&
                               memcmp (hello->session_id, client->session_id,
                                       hello->n_session_id) == 0;
  g_autoptr (GBytes) session_id = g_bytes_new (hello->session_id, hello->n_session_id);
  const guint8 *origin = self->has_ticket ? self->ticket_origin : NULL;

  if (origin == NULL && has_session)
    origin = wsi_tls_tickets_find (self->shared->tickets, session_id);
  self->is_resumed = origin != NULL;
  memcpy (self->origin, origin != NULL ? origin : client->random, sizeof self->origin);
  if (!has_session && hello->n_session_id > 0)
    wsi_tls_tickets_add (self->shared->tickets, session_id, client->random);
}

static void
begin_protection (WsiTlsStream *self)
{
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    {
      self->sides[side].version = self->version;
      if (self->version == WSI_TLS_1_3)
        wsi_tls_side_begin_epoch (&self->sides[side], WSI_TLS_EPOCH_HANDSHAKE);
    }
}

static void
take_server_hello (WsiTlsStream *self,
                   guint         side,
                   const guint8 *at,
                   gsize         length)
{
  WsiTlsServerHello hello;

  if (at == NULL || !self->has_client_hello || side == self->client ||
      !wsi_tls_server_hello_parse (&hello, at, length))
    {
      tls_stream_give_up (self, WSI_TLS_NO_BEGINNING);
      return;
    }

  if (hello.is_retry)
    {
      self->has_client_hello = FALSE;
      self->early = EARLY_NONE;
      return;
    }

  self->has_server_hello = TRUE;
  self->version = hello.version;
  self->suite_id = hello.suite;
  self->suite = wsi_tls_suite_find (hello.version, hello.suite);
  memcpy (self->server_random, hello.random, sizeof self->server_random);
  if (self->suite == NULL)
    tls_stream_give_up (self, WSI_TLS_UNKNOWN_SUITE);
  else if (hello.is_http_2)
    tls_stream_give_up (self, WSI_TLS_HTTP_2);
  else
    {
      if (self->version == WSI_TLS_1_2)
        self->early = EARLY_NONE;
      look_for_origin (self, &hello);
      begin_protection (self);
      look_for_secrets (self);
    }
}

static void
take_extensions (WsiTlsStream *self,
                 const guint8 *at,
                 gsize         length)
{
  WsiTlsExtensions extensions = { 0 };

  if (at == NULL || !wsi_tls_extensions_parse (&extensions, at, length))
    extensions = (WsiTlsExtensions) { 0 };
  if (extensions.is_http_2)
    tls_stream_give_up (self, WSI_TLS_HTTP_2);
  if (self->early == EARLY_OFFERED)
    self->early = extensions.has_early_data ? EARLY_ACCEPTED : EARLY_NONE;
  if (self->early == EARLY_ACCEPTED)
    wsi_tls_side_begin_epoch (&self->sides[self->client], WSI_TLS_EPOCH_EARLY);
}

static void
tls_stream_take_ticket (WsiTlsStream *self,
                        const guint8 *at,
                        gsize         length)
{
  g_autoptr (GBytes) ticket = at != NULL ? wsi_tls_ticket_parse (at, length) : NULL;

  if (ticket != NULL)
    wsi_tls_tickets_add (self->shared->tickets, ticket, self->origin);
}

static void
take_message_of_1_3 (WsiTlsStream *self,
                     guint         side,
                     guint8        type,
                     const guint8 *at,
                     gsize         length)
{
  const WsiTlsEpoch epoch = self->sides[side].epoch;

  if (type == WSI_TLS_ENCRYPTED_EXTENSIONS && side != self->client)
    take_extensions (self, at, length);
  else if (type == WSI_TLS_END_OF_EARLY_DATA && epoch == WSI_TLS_EPOCH_EARLY)
    wsi_tls_side_begin_epoch (&self->sides[side], WSI_TLS_EPOCH_HANDSHAKE);
  else if (type == WSI_TLS_FINISHED && epoch != WSI_TLS_EPOCH_APPLICATION)
    wsi_tls_side_begin_epoch (&self->sides[side], WSI_TLS_EPOCH_APPLICATION);
  else if (type == WSI_TLS_KEY_UPDATE && epoch == WSI_TLS_EPOCH_APPLICATION)
    wsi_tls_side_update_keys (&self->sides[side]);
}

static void
take_message_of_1_2 (WsiTlsStream *self,
                     guint8        type,
                     const guint8 *at,
                     gsize         length)
{
  if (type == CERTIFICATE && self->is_resumed)
    {
      self->is_resumed = FALSE;
      memcpy (self->origin, self->hello.random, sizeof self->origin);
      look_for_secrets (self);
    }
  else if (type == WSI_TLS_NEW_SESSION_TICKET)
    {
      tls_stream_take_ticket (self, at, length);
    }
}

/* Takes a message; both hellos of TLS 1.2 may come again, protected: then the keys change. */
static void
tls_stream_take_message (gpointer      stream,
                         guint         side,
                         guint8        type,
                         const guint8 *at,
                         gsize         length)
{
  WsiTlsStream *self = stream;
  const gboolean is_1_3 = self->has_server_hello && self->version == WSI_TLS_1_3;

  if (is_given_up (self))
    return;

  if (is_1_3)
    take_message_of_1_3 (self, side, type, at, length);
  else if (type == WSI_TLS_CLIENT_HELLO)
    take_client_hello (self, side, at, length);
  else if (type == WSI_TLS_SERVER_HELLO)
    take_server_hello (self, side, at, length);
  else
    take_message_of_1_2 (self, type, at, length);
}

static void
take_missing (gpointer stream,
              guint    side,
              guint64  length,
              gint64   time_us)
{
  WsiTlsStream *self = stream;

  if (is_given_up (self))
    return;

  if (self->outcome == WSI_TLS_OPENED)
    self->shared->next->gap (self->tcp, side, length, time_us, self->shared->next_data);
  else
    self->n_missing[side] = self->n_missing[side] == 0 ? length : WSI_TCP_UNKNOWN_LENGTH;
}

static void
tls_stream_note_opened (WsiTlsStream *self,
                        gint64        time_us)
{
  if (self->outcome == WSI_TLS_OPENED || self->suite == NULL)
    return;

  self->outcome = WSI_TLS_OPENED;
  self->details = wsi_tls_stream_dup_details (self);
  self->tcp->security = self->details;
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    if (self->n_missing[side] > 0)
      take_missing (self, side, self->n_missing[side], time_us);
}

static void
take_content (gpointer      stream,
              guint         side,
              guint8        type,
              const guint8 *at,
              gsize         length,
              gint64        time_us)
{
  WsiTlsStream *self = stream;
  const gboolean is_protected = self->sides[side].epoch != WSI_TLS_EPOCH_CLEAR;

  if (is_given_up (self))
    return;

  if (is_protected)
    tls_stream_note_opened (self, time_us);
  if (type == WSI_TLS_HANDSHAKE)
    wsi_tls_messages_take (&self->messages[side], side, at, length, tls_stream_take_message, self);
  else if (type == WSI_TLS_CHANGE_CIPHER_SPEC && self->has_server_hello &&
           self->version == WSI_TLS_1_2)
    wsi_tls_side_begin_epoch (&self->sides[side], WSI_TLS_EPOCH_APPLICATION);
  else if (type == WSI_TLS_APPLICATION_DATA && is_protected && length > 0)
    self->shared->next->bytes (self->tcp, side, at, length, time_us, self->shared->next_data);
}

static gboolean
tls_stream_is_beginning (gpointer      stream,
                         const guint8 *at,
                         gsize         length)
{
  const WsiTlsStream *self = stream;

  return self->shared->next->is_beginning (at, length, self->shared->next_data);
}

/* Whether the next bytes of a side have to wait. */
static gboolean
is_blocked (const WsiTlsStream *self,
            guint               side)
{
  const gboolean is_client = self->has_client_hello && side == self->client;

  if (self->is_final)
    return FALSE;
  if (!self->has_server_hello)
    return is_client && self->sides[side].epoch == WSI_TLS_EPOCH_CLEAR;
  if (is_client && self->early == EARLY_OFFERED &&
      self->sides[!side].epoch != WSI_TLS_EPOCH_APPLICATION)
    return TRUE;

  return self->sides[side].epoch != WSI_TLS_EPOCH_CLEAR && !self->has_secrets &&
         self->shared->may_get_keys;
}

/* Hands on bytes of another protocol, which have begun as TLS does. */
static void
tls_stream_hand_on (WsiTlsStream *self,
                    gint64        time_us)
{
  self->outcome = WSI_TLS_NO_TLS;
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    {
      g_autoptr (GByteArray) bytes = g_steal_pointer (&self->sides[side].bytes);

      if (bytes != NULL && bytes->len > 0 && !self->tcp->is_ignored)
        self->shared->next->bytes (self->tcp, side, bytes->data, bytes->len, time_us,
                                   self->shared->next_data);
    }
}

static void
note_malformed (WsiTlsStream *self,
                gint64        time_us)
{
  if (self->has_begun)
    tls_stream_give_up (self, WSI_TLS_NO_BEGINNING);
  else
    tls_stream_hand_on (self, time_us);
}

/* Takes bytes until the side has to wait, or something has changed that the other side waits for;
 * returns how many. */
static gsize
tls_stream_take_some (WsiTlsStream *self,
                      guint         side,
                      const guint8 *at,
                      gsize         length,
                      gint64        time_us)
{
  WsiTlsSide *own = &self->sides[side];
  gsize n_taken = 0;
  gboolean more = length > 0;

  while (more && !is_given_up (self) && !is_blocked (self, side))
    {
      const gboolean was_blocked = is_blocked (self, !side);

      n_taken += wsi_tls_side_take (own, at + n_taken, length - n_taken, time_us, &more);
      more |= n_taken < length;
      if (own->is_malformed)
        note_malformed (self, time_us);
      if (was_blocked && !is_blocked (self, !side))
        break;
    }
  if (self->outcome != WSI_TLS_OPENED &&
      self->sides[0].n_failed + self->sides[1].n_failed > MAX_FAILED)
    tls_stream_give_up (self, WSI_TLS_WRONG_KEYS);
  return n_taken;
}

/* Skips messages of the handshake in the clear on which keys depend; or, of TLS 1.2, only some that
 * come after it. */
static void
skip_in_clear (WsiTlsStream *self,
               guint         side,
               guint64       length,
               gint64        time_us)
{
  wsi_tls_messages_clear (&self->messages[side]);
  if (!self->has_server_hello)
    {
      tls_stream_give_up (self, WSI_TLS_NO_BEGINNING);
      return;
    }

  wsi_tls_side_begin_epoch (&self->sides[side], WSI_TLS_EPOCH_APPLICATION);
  wsi_tls_side_skip (&self->sides[side], length, time_us);
}

static void
tls_stream_take_gap (WsiTlsStream *self,
                     guint         side,
                     guint64       length,
                     gint64        time_us)
{
  WsiTlsSide *own = &self->sides[side];

  if (own->epoch == WSI_TLS_EPOCH_CLEAR)
    {
      skip_in_clear (self, side, length, time_us);
      return;
    }

  wsi_tls_messages_clear (&self->messages[side]);
  wsi_tls_side_skip (own, length, time_us);
}

static void
tls_stream_take_end (WsiTlsStream *self,
                     guint         side,
                     WsiTcpEnd     how,
                     gint64        time_us)
{
  if (!self->has_begun && self->outcome == WSI_TLS_UNFINISHED)
    tls_stream_hand_on (self, time_us);
  wsi_tls_side_end (&self->sides[side], time_us);
  if (self->outcome == WSI_TLS_NO_TLS ||
      (self->outcome == WSI_TLS_OPENED && !self->tcp->is_ignored))
    self->shared->next->end (self->tcp, side, how, time_us, self->shared->next_data);
}

/* The side with the oldest item that need not wait; WSI_TCP_NO_SIDE: there is none. */
static guint
pick_side (const WsiTlsStream *self)
{
  const WsiTlsHeldItem *oldest = NULL;
  guint picked = WSI_TCP_NO_SIDE;

  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    {
      const WsiTlsHeldItem *item = wsi_tls_held_peek (&self->held[side]);

      if (item != NULL && !is_blocked (self, side) &&
          (oldest == NULL || item->order < oldest->order))
        {
          oldest = item;
          picked = side;
        }
    }
  return picked;
}

static void
tls_stream_take_item (WsiTlsStream *self,
                      guint         side)
{
  WsiTlsHeld *held = &self->held[side];
  const WsiTlsHeldItem item = *wsi_tls_held_peek (held);

  switch (item.kind)
    {
    case WSI_TLS_HELD_BYTES:
      wsi_tls_held_use (held, tls_stream_take_some (self, side, wsi_tls_held_get_bytes (held),
                                                    item.length,
                                                    item.time_us));
      break;
    case WSI_TLS_HELD_GAP:
      wsi_tls_held_drop (held);
      tls_stream_take_gap (self, side, item.length, item.time_us);
      break;
    case WSI_TLS_HELD_END:
      wsi_tls_held_drop (held);
      tls_stream_take_end (self, side, item.end, item.time_us);
      break;
    }
}

/* Reads held bytes that need not wait any more. */
static void
tls_stream_run (WsiTlsStream *self)
{
  guint side;

  while (!is_given_up (self) && (side = pick_side (self)) != WSI_TCP_NO_SIDE)
    tls_stream_take_item (self, side);
  if (is_given_up (self) && self->outcome != WSI_TLS_NO_TLS)
    drop_held (self);
}

/* Whether bytes need not wait: those that follow belong after the held ones. */
static gboolean
tls_stream_is_free (const WsiTlsStream *self,
                    guint               side)
{
  return wsi_tls_held_peek (&self->held[side]) == NULL && !is_blocked (self, side) &&
         pick_side (self) == WSI_TCP_NO_SIDE;
}

static void
tls_stream_hold (WsiTlsStream         *self,
                 guint                 side,
                 const WsiTlsHeldItem *item,
                 const guint8         *at)
{
  WsiTlsHeldItem kept = *item;

  kept.order = self->n_items++;
  wsi_tls_held_add (&self->held[side], &kept, at);
}

/* Whether the first bytes of the connection, as far as they are there, are those of a hello. */
static gboolean
begins_with_hello (WsiTlsStream *self,
                   guint         side,
                   const guint8 *at,
                   gsize         length)
{
  const GByteArray *bytes = self->sides[side].bytes;
  guint8 first[WSI_TLS_HEADER + 1];
  const gsize n_before = bytes != NULL ? MIN (bytes->len, sizeof first) : 0;
  const gsize n = MIN (length, sizeof first - n_before);

  if (n_before > 0)
    memcpy (first, bytes->data, n_before);
  memcpy (first + n_before, at, n);
  self->is_sure = n_before + n == sizeof first;
  return wsi_tls_side_is_hello (first, n_before + n);
}

void
wsi_tls_stream_push (WsiTlsStream *self,
                     guint         side,
                     const guint8 *at,
                     gsize         length,
                     gint64        time_us)
{
  gsize n_taken = 0;
  WsiTlsHeldItem item = { .kind = WSI_TLS_HELD_BYTES, .time_us = time_us };

  if (!self->is_sure && !begins_with_hello (self, side, at, length))
    tls_stream_hand_on (self, time_us);
  else if (tls_stream_is_free (self, side))
    n_taken = tls_stream_take_some (self, side, at, length, time_us);
  if (self->outcome == WSI_TLS_NO_TLS)
    {
      if (n_taken < length)
        self->shared->next->bytes (self->tcp, side, at + n_taken, length - n_taken, time_us,
                                   self->shared->next_data);
      return;
    }

  item.length = length - n_taken;
  if (item.length > 0 && !is_given_up (self))
    tls_stream_hold (self, side, &item, at + n_taken);
  tls_stream_run (self);
}

void
wsi_tls_stream_skip (WsiTlsStream *self,
                     guint         side,
                     guint64       length,
                     gint64        time_us)
{
  const WsiTlsHeldItem gap = { .kind = WSI_TLS_HELD_GAP, .length = length, .time_us = time_us };

  tls_stream_hold (self, side, &gap, NULL);
  tls_stream_run (self);
}

void
wsi_tls_stream_end_side (WsiTlsStream *self,
                         guint         side,
                         WsiTcpEnd     how,
                         gint64        time_us)
{
  const WsiTlsHeldItem end = { .kind = WSI_TLS_HELD_END, .end = how, .time_us = time_us };

  tls_stream_hold (self, side, &end, NULL);
  tls_stream_run (self);
}

void
wsi_tls_stream_retry (WsiTlsStream *self)
{
  if (self->has_server_hello && !self->has_secrets && !is_given_up (self))
    {
      look_for_secrets (self);
      tls_stream_run (self);
    }
}

/* Ends the waiting: bytes that cannot be opened now are missing. */
static void
tls_stream_end_waiting (WsiTlsStream *self)
{
  if (is_given_up (self) || self->is_final)
    return;

  self->is_final = TRUE;
  if (self->has_server_hello)
    look_for_secrets (self);
  tls_stream_run (self);
}

void
wsi_tls_stream_move (WsiTlsStream     *self,
                     WsiTcpConnection *tcp)
{
  self->tcp = tcp;
}

void
wsi_tls_stream_finish (WsiTlsStream *self)
{
  tls_stream_end_waiting (self);
  for (guint side = 0; side < WSI_TCP_N_SIDES && !is_given_up (self); side++)
    wsi_tls_side_end (&self->sides[side], self->tcp->now_us);
  if (self->outcome == WSI_TLS_UNFINISHED && self->sides[0].n_failed + self->sides[1].n_failed > 0)
    self->outcome = WSI_TLS_WRONG_KEYS;
  else if (self->outcome == WSI_TLS_UNFINISHED && !self->has_begun)
    tls_stream_hand_on (self, self->tcp->now_us);
  drop_held (self);
}

void
wsi_tls_stream_lose (WsiTlsStream *self)
{
  tls_stream_end_waiting (self);
  for (guint side = 0; side < WSI_TCP_N_SIDES && !is_given_up (self); side++)
    if (wsi_tls_side_get_cost (&self->sides[side]) > 0 || self->messages[side].body != NULL)
      tls_stream_take_gap (self, side, WSI_TCP_UNKNOWN_LENGTH, self->tcp->now_us);
  tls_stream_run (self);
}

gboolean
wsi_tls_stream_waits (const WsiTlsStream *self)
{
  return self->has_server_hello && !self->has_secrets && !self->is_final && !is_given_up (self) &&
         (wsi_tls_held_peek (&self->held[0]) != NULL || wsi_tls_held_peek (&self->held[1]) != NULL);
}

WsiTlsOutcome
wsi_tls_stream_get_outcome (const WsiTlsStream *self)
{
  return self->outcome;
}

const char *
wsi_tls_stream_get_name (const WsiTlsStream *self)
{
  return self->hello.name;
}

char *
wsi_tls_stream_dup_details (const WsiTlsStream *self)
{
  g_autofree char *version = NULL;
  g_autofree char *suite = NULL;

  if (!self->has_server_hello)
    return NULL;

  version = wsi_tls_version_to_string (self->version);
  suite = wsi_tls_suite_dup_name (self->version, self->suite_id);
  return g_strconcat (version, ", ", suite, NULL);
}

gsize
wsi_tls_stream_get_cost (const WsiTlsStream *self)
{
  gsize cost = 0;

  /* arrays grow by doubling, so their cost is at most twice their length */
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    cost += wsi_tls_side_get_cost (&self->sides[side]) + wsi_tls_held_get_cost (&self->held[side]) +
            (self->messages[side].body != NULL ? self->messages[side].body->len : 0);
  return cost > 0 ? 2 * cost + sizeof *self : 0;
}
