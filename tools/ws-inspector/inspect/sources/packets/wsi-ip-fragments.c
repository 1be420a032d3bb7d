/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Holds the fragments of a packet until all have come.  Where fragments overlap, bytes of the first
 * one are used, as in TCP; bytes beyond the end of the packet are not used.
 *
 * `recent` has the packets in the order in which their first fragments came: the first one is
 * forgotten if there are too many, or if the time for them has passed.  n_held is their memory. */

#include "inspect/sources/packets/wsi-ip-fragments.h"

#include <string.h>

#include "inspect/sources/packets/wsi-tcp-pieces.h"

#define MAX_PACKETS 1024
#define MAX_HELD (16 * 1024 * 1024)     /* bytes of all fragments */
#define MAX_FRAGMENTS 2048              /* fragments of a packet of 64 KiB over the smallest
                                         * links */
#define MAX_PAYLOAD 65535
#define MAX_WAIT_US (30 * G_USEC_PER_SEC)       /* time that fragments wait, as in Linux */

typedef struct
{
  WsiIpPacketKey key;
  GList          recent;
  WsiTcpPieces   pieces;
  gsize          length;        /* length of the packet; 0: the last fragment has not come */
  guint          n_fragments;
  gboolean       had_first;
  gint64         since_us;
} Packet;

struct _WsiIpFragments
{
  GTree     *packets;           /* packets by WsiIpPacketKey (Packet) */
  GQueue     recent;
  gsize      n_held;
  gint64     now_us;
  guint64    n_left_out;
  GPtrArray *payloads;          /* payloads of the captured packet, joined from fragments */
};

static int
ip_fragments_compare_keys (gconstpointer a,
                           gconstpointer b,
                           gpointer      unused)
{
  return memcmp (a, b, sizeof (WsiIpPacketKey));
}

WsiIpFragments *
wsi_ip_fragments_new (void)
{
  WsiIpFragments *self = g_new0 (WsiIpFragments, 1);

  self->packets = g_tree_new_full (ip_fragments_compare_keys, NULL, NULL, NULL);
  g_queue_init (&self->recent);
  self->payloads = g_ptr_array_new_with_free_func (g_free);
  return self;
}

static gsize
ip_fragments_get_cost (const Packet *packet)
{
  return sizeof *packet + packet->pieces.n_bytes;
}

static void
ip_fragments_forget (WsiIpFragments *self,
                     Packet         *packet)
{
  self->n_held -= ip_fragments_get_cost (packet);
  g_tree_remove (self->packets, &packet->key);
  g_queue_unlink (&self->recent, &packet->recent);
  wsi_tcp_pieces_clear (&packet->pieces);
  g_free (packet);
}

void
wsi_ip_fragments_free (WsiIpFragments *self)
{
  while (self->recent.head != NULL)
    ip_fragments_forget (self, self->recent.head->data);
  g_tree_unref (self->packets);
  g_ptr_array_unref (self->payloads);
  g_free (self);
}

void
wsi_ip_fragments_begin (WsiIpFragments *self,
                        gint64          time_us)
{
  self->now_us = time_us;
  if (self->payloads->len > 0)
    g_ptr_array_set_size (self->payloads, 0);
}

guint64
wsi_ip_fragments_get_n_left_out (const WsiIpFragments *self)
{
  return self->n_left_out;
}

static Packet *
get_packet (WsiIpFragments       *self,
            const WsiIpPacketKey *key)
{
  Packet *packet = g_tree_lookup (self->packets, key);

  if (packet != NULL && ABS (self->now_us - packet->since_us) > MAX_WAIT_US)
    {
      ip_fragments_forget (self, packet);
      packet = NULL;
    }
  if (packet != NULL)
    return packet;

  packet = g_new0 (Packet, 1);
  packet->key = *key;
  packet->since_us = self->now_us;
  packet->recent.data = packet;
  wsi_tcp_pieces_init (&packet->pieces);
  g_tree_insert (self->packets, &packet->key, packet);
  g_queue_push_tail_link (&self->recent, &packet->recent);
  self->n_held += ip_fragments_get_cost (packet);
  return packet;
}

static void
ip_fragments_hold (WsiIpFragments      *self,
                   Packet              *packet,
                   const WsiIpFragment *fragment)
{
  const gsize n_before = ip_fragments_get_cost (packet);
  WsiTcpPiece piece = {
    .position = fragment->offset,
    .data     = (guint8 *) fragment->at,
    .length   = (guint32) fragment->n_captured,
  };

  wsi_tcp_pieces_add (&packet->pieces, &piece);
  piece.position += piece.length;
  piece.length = (guint32) (fragment->length - fragment->n_captured);
  piece.data = NULL;
  wsi_tcp_pieces_add (&packet->pieces, &piece);
  packet->n_fragments++;
  if (fragment->is_last && packet->length == 0)
    packet->length = fragment->offset + fragment->length;
  self->n_held += ip_fragments_get_cost (packet) - n_before;
}

/* Whether the packet is complete: pieces never overlap, and are in order. */
static gboolean
ip_fragments_is_complete (const Packet *packet)
{
  const WsiTcpPieces *pieces = &packet->pieces;
  guint64 end = 0;

  for (guint i = pieces->first; i < pieces->end && end < packet->length; i++)
    {
      if (pieces->pieces[i].position != end)
        return FALSE;
      end += pieces->pieces[i].length;
    }
  return packet->length > 0 && end >= packet->length;
}

/* Bytes behind some that were not captured are not captured either. */
static void
ip_fragments_join (WsiIpFragments *self,
                   const Packet   *packet,
                   WsiIpPayload   *payload)
{
  const WsiTcpPieces *pieces = &packet->pieces;
  guint8 *bytes = g_malloc (packet->length);
  gsize n_captured = 0;

  for (guint i = pieces->first; i < pieces->end && pieces->pieces[i].data != NULL &&
       n_captured < packet->length; i++)
    {
      const gsize n = MIN (pieces->pieces[i].length, packet->length - n_captured);

      memcpy (bytes + n_captured, pieces->pieces[i].data, n);
      n_captured += n;
    }
  g_ptr_array_add (self->payloads, bytes);
  *payload = (WsiIpPayload) { bytes, n_captured, packet->length, packet->had_first };
}

static void
ip_fragments_make_room (WsiIpFragments *self)
{
  while (self->recent.length > MAX_PACKETS || self->n_held > MAX_HELD)
    ip_fragments_forget (self, self->recent.head->data);
}

gboolean
wsi_ip_fragments_add (WsiIpFragments       *self,
                      const WsiIpPacketKey *key,
                      const WsiIpFragment  *fragment,
                      WsiIpPayload         *payload)
{
  Packet *packet;

  self->n_left_out++;
  if (fragment->length == 0 || fragment->offset + fragment->length > MAX_PAYLOAD)
    return FALSE;

  packet = get_packet (self, key);
  ip_fragments_hold (self, packet, fragment);
  if (ip_fragments_is_complete (packet))
    {
      ip_fragments_join (self, packet, payload);
      self->n_left_out -= packet->n_fragments;
      ip_fragments_forget (self, packet);
      return TRUE;
    }

  packet->had_first |= fragment->offset == 0;
  if (packet->n_fragments >= MAX_FRAGMENTS)
    ip_fragments_forget (self, packet);
  else
    ip_fragments_make_room (self);
  return FALSE;
}
