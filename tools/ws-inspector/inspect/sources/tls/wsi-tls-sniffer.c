/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds the TLS connections of a capture.  `outer` of a connection is NULL before its first byte,
 * `no_tls` if it is none, else its Entry.
 *
 * A connection that has ended while it waits for secrets is kept, as `ended`, until they come or
 * it has to lose what it holds.
 *
 * `holding` has the entries that hold something, the one that began first at its head: it is the
 * first that has to lose what it holds when all together hold too much.
 *
 * The content of one connection may have another one in it, of which the next listener tells while
 * the first one is read: only what happens outside of every such call may change other entries.
 *
 * New secrets are tried on everything that waits, but not before a packet has come for each that
 * waits: so the time stays linear in the packets, however many secrets blocks there are. */

#include "inspect/sources/tls/wsi-tls-sniffer.h"

#include "inspect/sources/packets/wsi-packet.h"
#include "inspect/sources/tls/wsi-tls-side.h"

#define MAX_HELD (16 * 1024 * 1024)     /* bytes that all connections hold */
#define PATIENCE_US G_USEC_PER_SEC      /* time within which a key comes, if one comes */

typedef struct
{
  WsiTlsStream     *stream;
  WsiTcpConnection *tcp;
  GList             holding;    /* link in the sniffer's holding; data is NULL: holds nothing */
  gsize             cost;       /* bytes that the stream holds */
  gint64            since_us;   /* monotonic time at which the entry began to hold bytes */
  gboolean          was_told;   /* the store has a row which says that there are no keys */
  GObject          *row;        /* the row that says so; NULL: none, or its end was recorded */
  WsiTcpConnection  ended;      /* copy of the connection, if it has ended */
  WsiTcpClose       why;
} Entry;

struct _WsiTlsSniffer
{
  WsiTlsShared     shared;
  const WsiTlsClosedFuncs *closed;
  gpointer         user_data;
  WsiTlsReport    *report;
  GQueue           holding;
  gsize            n_held;
  guint64          n_tried;     /* secrets that were tried */
  guint64          n_packets;   /* packets since new secrets were tried */
  guint            n_calls;     /* calls of the listener that are running, one inside the other */
};

static Entry no_tls;

WsiTlsSniffer *
wsi_tls_sniffer_new (WsiKeyLog               *keys,
                     const WsiTcpListener    *next,
                     gpointer                 next_data,
                     const WsiTlsClosedFuncs *closed,
                     gpointer                 user_data)
{
  WsiTlsSniffer *self = g_new0 (WsiTlsSniffer, 1);

  self->shared = (WsiTlsShared) {
    .next = next,
    .next_data = next_data,
    .keys = keys,
    .tickets = wsi_tls_tickets_new (),
  };
  wsi_tls_room_init (&self->shared.room);
  self->closed = closed;
  self->user_data = user_data;
  self->report = wsi_tls_report_new ();
  g_queue_init (&self->holding);
  return self;
}

void
wsi_tls_sniffer_free (WsiTlsSniffer *self)
{
  g_assert (self->holding.length == 0);
  wsi_tls_tickets_free (self->shared.tickets);
  wsi_tls_report_free (self->report);
  g_free (self);
}

void
wsi_tls_sniffer_set_may_get_keys (WsiTlsSniffer *self,
                                  gboolean       may_get_keys)
{
  self->shared.may_get_keys = may_get_keys;
}

gboolean
wsi_tls_sniffer_waits (const WsiTlsSniffer *self)
{
  return self->holding.length > 0;
}

const WsiTlsReport *
wsi_tls_sniffer_get_report (const WsiTlsSniffer *self)
{
  return self->report;
}

gsize
wsi_tls_sniffer_get_n_held (const WsiTlsSniffer *self)
{
  return self->n_held;
}

/* The name in the ClientHello, or the server's address. */
static char *
tls_sniffer_dup_name (const Entry *entry)
{
  const char *name = wsi_tls_stream_get_name (entry->stream);
  const guint client = entry->tcp->client;

  return name != NULL ? g_strdup (name)
         : wsi_endpoint_to_string (&entry->tcp->endpoints[client == 1 ? 0 : 1]);
}

static void
tell_closed (WsiTlsSniffer *self,
             Entry         *entry)
{
  g_autofree char *name = entry->was_told ? NULL : tls_sniffer_dup_name (entry);

  if (entry->was_told)
    return;

  entry->was_told = TRUE;
  if (self->closed != NULL && wsi_tls_report_is_new_name (self->report, name))
    entry->row = self->closed->closed (entry->tcp, name, entry->tcp->now_us, self->user_data);
}

/* Reports the end, also one that came before the row. */
static void
tell_end (WsiTlsSniffer *self,
          Entry         *entry)
{
  for (guint side = 0; side < WSI_TCP_N_SIDES; side++)
    if (entry->row != NULL && entry->tcp->directions[side].has_ended)
      {
        self->closed->ended (entry->row, entry->tcp, side, self->user_data);
        g_clear_object (&entry->row);
      }
}

static void
note_cost (WsiTlsSniffer *self,
           Entry         *entry)
{
  const gsize held = wsi_tls_stream_get_cost (entry->stream);
  const gsize cost = held > 0 ? held + sizeof *entry : 0;

  self->n_held += cost - entry->cost;
  entry->cost = cost;
  if (cost > 0 && entry->holding.data == NULL)
    {
      entry->holding.data = entry;
      entry->since_us = g_get_monotonic_time ();
      g_queue_push_tail_link (&self->holding, &entry->holding);
    }
  else if (cost == 0 && entry->holding.data != NULL)
    {
      g_queue_unlink (&self->holding, &entry->holding);
      entry->holding.data = NULL;
    }
}

static gboolean
tls_sniffer_has_no_keys (const Entry *entry)
{
  const WsiTlsOutcome outcome = wsi_tls_stream_get_outcome (entry->stream);

  return outcome == WSI_TLS_NO_KEYS || outcome == WSI_TLS_WRONG_KEYS;
}

static void
tls_sniffer_remove_entry (WsiTlsSniffer *self,
                          Entry         *entry)
{
  self->n_held -= entry->cost;
  if (entry->holding.data != NULL)
    g_queue_unlink (&self->holding, &entry->holding);
  wsi_tls_stream_free (entry->stream);
  g_clear_object (&entry->row);
  g_free (entry);
}

static gboolean
has_ended (const Entry *entry)
{
  return entry->tcp == &entry->ended;
}

/* Closes an entry whose connection has ended, after what can be opened was. */
static void
tls_sniffer_close_entry (WsiTlsSniffer *self,
                         Entry         *entry,
                         WsiTcpClose    why)
{
  WsiTcpConnection *connection = entry->tcp;
  g_autofree char *name = NULL;
  g_autofree char *details = wsi_tls_stream_dup_details (entry->stream);

  wsi_tls_stream_finish (entry->stream);
  if (tls_sniffer_has_no_keys (entry))
    tell_closed (self, entry);
  tell_end (self, entry);
  name = tls_sniffer_dup_name (entry);
  wsi_tls_report_count (self->report, name, wsi_tls_stream_get_outcome (entry->stream), details,
                        connection);
  self->shared.next->close (connection, why, connection->now_us, self->shared.next_data);
  connection->outer = NULL;
  tls_sniffer_remove_entry (self, entry);
}

/* Settles an entry after something has happened to it; it may be gone then. */
static void
tls_sniffer_settle (WsiTlsSniffer *self,
                    Entry         *entry)
{
  note_cost (self, entry);
  if (has_ended (entry) && !wsi_tls_stream_waits (entry->stream))
    {
      tls_sniffer_close_entry (self, entry, entry->why);
      return;
    }

  if (tls_sniffer_has_no_keys (entry))
    tell_closed (self, entry);
  tell_end (self, entry);
}

static void
tls_sniffer_make_room (WsiTlsSniffer *self)
{
  while (self->n_held > MAX_HELD && self->n_calls == 0)
    {
      Entry *oldest = self->holding.head->data;

      self->n_calls++;
      wsi_tls_stream_lose (oldest->stream);
      tls_sniffer_settle (self, oldest);
      self->n_calls--;
    }
}

/* Tries new secrets; an entry whose secrets have come may leave the queue. */
static void
try_secrets (WsiTlsSniffer *self)
{
  GList *next;

  self->n_tried = wsi_key_log_get_n_added (self->shared.keys);
  self->n_packets = 0;
  self->n_calls++;
  for (GList *at = self->holding.head; at != NULL; at = next)
    {
      Entry *entry = at->data;

      next = at->next;
      wsi_tls_stream_retry (entry->stream);
      tls_sniffer_settle (self, entry);
    }
  self->n_calls--;
}

void
wsi_tls_sniffer_end (WsiTlsSniffer *self)
{
  Entry *entry;

  try_secrets (self);
  self->n_calls++;
  while (self->holding.head != NULL)
    {
      entry = self->holding.head->data;
      tls_sniffer_close_entry (self, entry, entry->why);
    }
  self->n_calls--;
}

static void
note_packet (WsiTlsSniffer *self)
{
  self->n_packets++;
  if (self->n_calls == 0 && self->n_tried != wsi_key_log_get_n_added (self->shared.keys) &&
      self->n_packets >= self->holding.length)
    try_secrets (self);
}

void
wsi_tls_sniffer_look_again (WsiTlsSniffer *self)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (self->n_tried != wsi_key_log_get_n_added (self->shared.keys))
    try_secrets (self);
  for (GList *at = self->holding.head; at != NULL; at = at->next)
    {
      Entry *entry = at->data;

      if (now_us - entry->since_us < PATIENCE_US)
        break;
      if (wsi_tls_stream_waits (entry->stream))
        tell_closed (self, entry);
      tell_end (self, entry);
    }
}

static Entry *
tls_sniffer_entry_new (WsiTlsSniffer    *self,
                       WsiTcpConnection *connection)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->tcp = connection;
  entry->stream = wsi_tls_stream_new (&self->shared, connection);
  return entry;
}

/* Forgets a connection without TLS, whose bytes go past the sniffer from now on. */
static void
forget_if_no_tls (WsiTlsSniffer *self,
                  Entry         *entry)
{
  if (wsi_tls_stream_get_outcome (entry->stream) != WSI_TLS_NO_TLS)
    return;

  entry->tcp->outer = &no_tls;
  tls_sniffer_remove_entry (self, entry);
}

static void
tls_sniffer_take_bytes (WsiTcpConnection *connection,
                        guint             side,
                        const guint8     *at,
                        gsize             length,
                        gint64            time_us,
                        gpointer          user_data)
{
  WsiTlsSniffer *self = user_data;
  Entry *entry = connection->outer;

  if (entry == NULL)
    connection->outer = entry = wsi_tls_side_is_hello (at, length)
    ? tls_sniffer_entry_new (self, connection)
                                                                   : &no_tls;
  if (entry == &no_tls)
    {
      self->shared.next->bytes (connection, side, at, length, time_us, self->shared.next_data);
      return;
    }

  note_packet (self);
  wsi_tls_room_add_bytes (&self->shared.room, length);
  self->n_calls++;
  wsi_tls_stream_push (entry->stream, side, at, length, time_us);
  tls_sniffer_settle (self, entry);
  forget_if_no_tls (self, entry);
  self->n_calls--;
  tls_sniffer_make_room (self);
}

/* Takes a gap; a connection that begins with missing bytes may have begun with anything. */
static void
tls_sniffer_take_gap (WsiTcpConnection *connection,
                      guint             side,
                      guint64           length,
                      gint64            time_us,
                      gpointer          user_data)
{
  WsiTlsSniffer *self = user_data;
  Entry *entry = connection->outer;

  if (entry == NULL)
    connection->outer = entry = &no_tls;
  if (entry == &no_tls)
    {
      self->shared.next->gap (connection, side, length, time_us, self->shared.next_data);
      return;
    }

  self->n_calls++;
  wsi_tls_stream_skip (entry->stream, side, length, time_us);
  tls_sniffer_settle (self, entry);
  self->n_calls--;
  tls_sniffer_make_room (self);
}

static void
tls_sniffer_take_end (WsiTcpConnection *connection,
                      guint             side,
                      WsiTcpEnd         how,
                      gint64            time_us,
                      gpointer          user_data)
{
  WsiTlsSniffer *self = user_data;
  Entry *entry = connection->outer;

  if (entry == NULL || entry == &no_tls)
    {
      self->shared.next->end (connection, side, how, time_us, self->shared.next_data);
      return;
    }

  self->n_calls++;
  wsi_tls_stream_end_side (entry->stream, side, how, time_us);
  tls_sniffer_settle (self, entry);
  forget_if_no_tls (self, entry);
  self->n_calls--;
}

/* The connection has ended, but its secrets may still come.  The next listener knows nothing of it
 * so far. */
static void
keep_ended (Entry      *entry,
            WsiTcpClose why)
{
  WsiTcpConnection *connection = entry->tcp;

  entry->ended = *connection;
  entry->why = why;
  entry->tcp = &entry->ended;
  wsi_tls_stream_move (entry->stream, entry->tcp);
  connection->outer = NULL;
}

static void
tls_sniffer_take_close (WsiTcpConnection *connection,
                        WsiTcpClose       why,
                        gint64            time_us,
                        gpointer          user_data)
{
  WsiTlsSniffer *self = user_data;
  Entry *entry = connection->outer;

  if (entry == NULL || entry == &no_tls)
    {
      self->shared.next->close (connection, why, time_us, self->shared.next_data);
      connection->outer = NULL;
      return;
    }

  self->n_calls++;
  wsi_tls_stream_retry (entry->stream);
  if (wsi_tls_stream_waits (entry->stream) &&
      wsi_tls_stream_get_outcome (entry->stream) != WSI_TLS_OPENED)
    keep_ended (entry, why);
  else
    tls_sniffer_close_entry (self, entry, why);
  self->n_calls--;
}

static gboolean
tls_sniffer_is_beginning (const guint8 *at,
                          gsize         length,
                          gpointer      user_data)
{
  const WsiTlsSniffer *self = user_data;

  return (length > WSI_TLS_HEADER && wsi_tls_side_is_hello (at, length)) ||
         self->shared.next->is_beginning (at, length, self->shared.next_data);
}

const WsiTcpListener wsi_tls_sniffer_listener = {
  tls_sniffer_take_bytes, tls_sniffer_take_gap, tls_sniffer_take_end, tls_sniffer_take_close,
  tls_sniffer_is_beginning,
};
