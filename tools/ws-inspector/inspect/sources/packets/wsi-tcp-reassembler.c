/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds the connection of each segment, and limits how many there are and what they hold.
 *
 * A balanced tree and no hash: the file chooses the keys.  A connection that has ended stays until
 * its place is needed, so that a late packet of it does not begin another one.  Where every place
 * has an open connection, others are left out: each of their segments would else take the place of
 * a connection that is read, and be a connection of its own.
 *
 * `recent` has every connection of the tree, the one with the latest packet first; `ended` those
 * that have ended, in this order, and `closing` those that were reset.
 * n_held is the sum of what the connections hold. */

#include "inspect/sources/packets/wsi-tcp-reassembler.h"

#include <string.h>

#define MAX_CONNECTIONS 100000          /* connections, of 512 bytes without what they hold */
#define MAX_IDLE_US (600 * G_USEC_PER_SEC)
#define MAX_SILENT_US (10 * G_USEC_PER_SEC)     /* time that a connection may have no first byte */
#define PATIENCE 64                     /* packets of any connection */
#define PATIENCE_US (G_USEC_PER_SEC / 4)

static const WsiTcpLimits usual_limits = {
  .n_connections      = MAX_CONNECTIONS,
  .n_pieces           = 4096,
  .n_connection_bytes = 4 * 1024 * 1024,
  .n_bytes            = 16 * 1024 * 1024,
};

typedef struct
{
  WsiEndpoint endpoints[WSI_TCP_N_SIDES];       /* endpoints, the lesser one first */
} Key;

typedef struct
{
  WsiTcpConnection connection;          /* connection, the first member: both are freed as one */
  Key              key;
  GList            recent;
  GList            end;                 /* link in `closing` or `ended`; data is NULL: in neither */
  guint64          reset_packet;
  gint64           reset_us;
} Entry;

G_STATIC_ASSERT (sizeof (Entry) <= 512);

struct _WsiTcpReassembler
{
  WsiTcpLimits          limits;
  const WsiTcpListener *listener;
  gpointer              user_data;
  GTree                *entries;        /* entries by their Key (Entry) */
  GQueue                recent, closing, ended;
  Entry                *last;           /* entry that was found last */
  guint64               n_packets, n_connections;
  guint64               n_left_out, n_forgotten;
  gsize                 n_held;
  WsiTcpCounts          counts;
};

static int
tcp_reassembler_compare_keys (gconstpointer a,
                              gconstpointer b,
                              gpointer      unused)
{
  return memcmp (a, b, sizeof (Key));
}

static Key
tcp_reassembler_make_key (const WsiSegment *segment)
{
  const gboolean is_ordered =
    memcmp (&segment->source, &segment->destination, sizeof (WsiEndpoint)) < 0;
  Key key;

  key.endpoints[is_ordered ? 0 : 1] = segment->source;
  key.endpoints[is_ordered ? 1 : 0] = segment->destination;
  return key;
}

WsiTcpReassembler *
wsi_tcp_reassembler_new (const WsiTcpLimits   *limits,
                         const WsiTcpListener *listener,
                         gpointer              user_data)
{
  WsiTcpReassembler *self = g_new0 (WsiTcpReassembler, 1);

  self->limits = limits != NULL ? *limits : usual_limits;
  self->listener = listener;
  self->user_data = user_data;
  self->entries = g_tree_new_full (tcp_reassembler_compare_keys, NULL, NULL, NULL);
  g_queue_init (&self->recent);
  g_queue_init (&self->closing);
  g_queue_init (&self->ended);
  return self;
}

static void
tcp_reassembler_close_entry (WsiTcpReassembler *self,
                             Entry             *entry,
                             WsiTcpClose        why)
{
  const gsize n_before = wsi_tcp_connection_get_n_held (&entry->connection);

  if (entry->connection.is_closed)
    return;

  wsi_tcp_connection_close (&entry->connection,
                            entry->connection.is_reset ? WSI_TCP_CLOSE_RESET : why);
  wsi_tcp_connection_clear (&entry->connection);
  self->n_held -= n_before;
  if (entry->end.data != NULL)
    g_queue_unlink (&self->closing, &entry->end);
  entry->end.data = entry;
  g_queue_push_tail_link (&self->ended, &entry->end);
}

static void
forget_entry (WsiTcpReassembler *self,
              Entry             *entry,
              WsiTcpClose        why)
{
  tcp_reassembler_close_entry (self, entry, why);
  g_queue_unlink (&self->ended, &entry->end);
  g_tree_remove (self->entries, &entry->key);
  g_queue_unlink (&self->recent, &entry->recent);
  if (self->last == entry)
    self->last = NULL;
  g_free (entry);
}

void
wsi_tcp_reassembler_free (WsiTcpReassembler *self)
{
  GList *next;

  for (GList *at = self->recent.head; at != NULL; at = next)
    {
      next = at->next;
      wsi_tcp_connection_clear (at->data);
      g_free (at->data);
    }
  g_tree_unref (self->entries);
  g_free (self);
}

static gboolean
tcp_reassembler_has_begun (const Entry *entry)
{
  return entry->connection.directions[0].has_begun || entry->connection.directions[1].has_begun;
}

/* The connection whose place another one may have; NULL: all are open, and had a packet lately. */
static Entry *
tcp_reassembler_find_place (WsiTcpReassembler *self,
                            gint64             time_us)
{
  Entry *oldest = self->recent.tail->data;

  if (self->ended.head != NULL)
    return self->ended.head->data;

  return time_us -
         oldest->connection.now_us > (tcp_reassembler_has_begun (oldest) ? MAX_IDLE_US
                                      : MAX_SILENT_US)
         ? oldest : NULL;
}

static gboolean
tcp_reassembler_make_place (WsiTcpReassembler *self,
                            gint64             time_us)
{
  Entry *entry;

  if (self->recent.length < self->limits.n_connections)
    return TRUE;

  entry = tcp_reassembler_find_place (self, time_us);
  if (entry == NULL)
    return FALSE;

  self->n_forgotten += !entry->connection.is_closed && tcp_reassembler_has_begun (entry);
  forget_entry (self, entry, WSI_TCP_CLOSE_FORGOTTEN);
  return TRUE;
}

static Entry *
tcp_reassembler_add_entry (WsiTcpReassembler *self,
                           const Key         *key,
                           const WsiSegment  *segment)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->key = *key;
  entry->recent.data = entry;
  wsi_tcp_connection_init (&entry->connection, segment, self->listener, self->user_data,
                           &self->counts);
  g_tree_insert (self->entries, &entry->key, entry);
  g_queue_push_head_link (&self->recent, &entry->recent);
  self->n_connections++;
  return entry;
}

static guint
tcp_reassembler_get_side (const Entry      *entry,
                          const WsiSegment *segment)
{
  return memcmp (&entry->connection.endpoints[0], &segment->source, sizeof segment->source) == 0
         ? 0 : 1;
}

static Entry *
tcp_reassembler_find_entry (WsiTcpReassembler *self,
                            const Key         *key)
{
  if (self->last != NULL && memcmp (&self->last->key, key, sizeof *key) == 0)
    return self->last;

  return g_tree_lookup (self->entries, key);
}

/* The entry of a connection.  NULL: there is no place for another one. */
static Entry *
tcp_reassembler_get_entry (WsiTcpReassembler *self,
                           const WsiSegment  *segment,
                           gint64             time_us)
{
  const Key key = tcp_reassembler_make_key (segment);
  Entry *entry = tcp_reassembler_find_entry (self, &key);

  if (entry != NULL &&
      wsi_tcp_connection_is_another (&entry->connection, tcp_reassembler_get_side (entry, segment),
                                     segment))
    {
      forget_entry (self, entry, WSI_TCP_CLOSE_REPLACED);
      entry = NULL;
    }
  if (entry == NULL && !tcp_reassembler_make_place (self, time_us))
    {
      self->n_left_out++;
      return NULL;
    }
  if (entry == NULL)
    entry = tcp_reassembler_add_entry (self, &key, segment);

  self->last = entry;
  if (self->recent.head != &entry->recent)
    {
      g_queue_unlink (&self->recent, &entry->recent);
      g_queue_push_head_link (&self->recent, &entry->recent);
    }
  return entry;
}

static gboolean
is_over_limit (WsiTcpReassembler *self,
               Entry             *entry,
               gsize              n_other)
{
  const WsiTcpDirection *directions = entry->connection.directions;
  const gsize n_held = wsi_tcp_connection_get_n_held (&entry->connection);
  const guint n_pieces = wsi_tcp_pieces_get_n (&directions[0].pieces)
                         + wsi_tcp_pieces_get_n (&directions[1].pieces);

  return n_held > self->limits.n_connection_bytes || n_pieces > self->limits.n_pieces ||
         n_other + n_held > self->limits.n_bytes;
}

static void
tcp_reassembler_note_end (WsiTcpReassembler *self,
                          Entry             *entry)
{
  const WsiTcpConnection *connection = &entry->connection;

  if (connection->is_closed)
    return;

  if (connection->directions[0].has_ended && connection->directions[1].has_ended)
    {
      tcp_reassembler_close_entry (self, entry, WSI_TCP_CLOSE_ENDED);
    }
  else if (connection->is_reset && entry->end.data == NULL)
    {
      entry->end.data = entry;
      entry->reset_packet = self->n_packets;
      entry->reset_us = connection->now_us;
      g_queue_push_tail_link (&self->closing, &entry->end);
    }
}

/* Closes connections that were reset; a packet that was captured late may follow the RST of the
 * other side. */
static void
close_reset_ones (WsiTcpReassembler *self,
                  gint64             now_us)
{
  Entry *entry;

  while ((entry = g_queue_peek_head (&self->closing)) != NULL &&
         (self->n_packets - entry->reset_packet >= PATIENCE ||
          now_us - entry->reset_us >= PATIENCE_US))
    tcp_reassembler_close_entry (self, entry, WSI_TCP_CLOSE_RESET);
}

void
wsi_tcp_reassembler_take (WsiTcpReassembler *self,
                          const WsiSegment  *segment,
                          gint64             time_us)
{
  Entry *entry = tcp_reassembler_get_entry (self, segment, time_us);
  gsize n_other;

  self->n_packets++;
  if (entry == NULL)
    return;

  n_other = self->n_held - wsi_tcp_connection_get_n_held (&entry->connection);
  wsi_tcp_connection_take (&entry->connection, tcp_reassembler_get_side (entry, segment), segment,
                           time_us);
  /* the other connections were within the limits before, so this one holds bytes */
  while (is_over_limit (self, entry, n_other))
    wsi_tcp_connection_give_up_hole (&entry->connection);
  self->n_held = n_other + wsi_tcp_connection_get_n_held (&entry->connection);
  tcp_reassembler_note_end (self, entry);
  close_reset_ones (self, time_us);
}

void
wsi_tcp_reassembler_note_fragment (WsiTcpReassembler *self,
                                   const WsiSegment  *segment)
{
  const Key key = tcp_reassembler_make_key (segment);
  Entry *entry = tcp_reassembler_find_entry (self, &key);

  if (entry != NULL)
    entry->connection.n_fragments++;
}

void
wsi_tcp_reassembler_note_whole (WsiTcpReassembler *self,
                                const WsiSegment  *segment)
{
  const Key key = tcp_reassembler_make_key (segment);
  Entry *entry = tcp_reassembler_find_entry (self, &key);

  if (entry != NULL)
    entry->connection.n_fragments -= MIN (entry->connection.n_fragments, 1);
}

void
wsi_tcp_reassembler_end (WsiTcpReassembler *self,
                         WsiTcpClose        why)
{
  while (self->recent.tail != NULL)
    forget_entry (self, self->recent.tail->data, why);
}

guint64
wsi_tcp_reassembler_get_n_connections (WsiTcpReassembler *self)
{
  return self->n_connections;
}

guint
wsi_tcp_reassembler_get_max_connections (const WsiTcpReassembler *self)
{
  return self->limits.n_connections;
}

guint64
wsi_tcp_reassembler_get_n_left_out (const WsiTcpReassembler *self)
{
  return self->n_left_out;
}

guint64
wsi_tcp_reassembler_get_n_forgotten (const WsiTcpReassembler *self)
{
  return self->n_forgotten;
}

gsize
wsi_tcp_reassembler_get_n_held (WsiTcpReassembler *self)
{
  return self->n_held;
}

const WsiTcpCounts *
wsi_tcp_reassembler_get_counts (WsiTcpReassembler *self)
{
  return &self->counts;
}
