/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The tickets and session ids of TLS 1.2, as hashes, because a ticket may have 64 KiB.  `order` has
 * all of the tree, the oldest first. */

#include "inspect/sources/tls/wsi-tls-tickets.h"

#include <string.h>

#include "inspect/store/memory/wsi-bytes.h"

#define MAX_TICKETS 16384
#define HASH_LENGTH 32

typedef struct
{
  guint8 hash[HASH_LENGTH];     /* hash of the ticket, the key of the tree; the first member */
  guint8 random[WSI_TLS_RANDOM_LENGTH];
  GList  order;
} Ticket;

struct _WsiTlsTickets
{
  GTree *tickets;               /* tickets by hash (Ticket) */
  GQueue order;
};

static int
compare_hashes (gconstpointer a,
                gconstpointer b,
                gpointer      unused)
{
  return memcmp (a, b, HASH_LENGTH);
}

WsiTlsTickets *
wsi_tls_tickets_new (void)
{
  WsiTlsTickets *self = g_new0 (WsiTlsTickets, 1);

  self->tickets = g_tree_new_full (compare_hashes, NULL, NULL, g_free);
  g_queue_init (&self->order);
  return self;
}

void
wsi_tls_tickets_free (WsiTlsTickets *self)
{
  g_tree_unref (self->tickets);
  g_free (self);
}

static void
make_hash (GBytes *ticket,
           guint8 *hash)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize n = HASH_LENGTH, length;
  const char *at = wsi_bytes_get_data (ticket, &length);

  g_checksum_update (checksum, (const guint8 *) at, (gssize) length);
  g_checksum_get_digest (checksum, hash, &n);
}

void
wsi_tls_tickets_add (WsiTlsTickets *self,
                     GBytes        *ticket,
                     const guint8  *random)
{
  guint8 hash[HASH_LENGTH];
  Ticket *kept;

  make_hash (ticket, hash);
  kept = g_tree_lookup (self->tickets, hash);
  if (kept == NULL)
    {
      if (self->order.length == MAX_TICKETS)
        g_tree_remove (self->tickets, g_queue_pop_head_link (&self->order)->data);
      kept = g_new0 (Ticket, 1);
      memcpy (kept->hash, hash, sizeof hash);
      kept->order.data = kept;
      g_tree_insert (self->tickets, kept, kept);
      g_queue_push_tail_link (&self->order, &kept->order);
    }
  memcpy (kept->random, random, WSI_TLS_RANDOM_LENGTH);
}

const guint8 *
wsi_tls_tickets_find (const WsiTlsTickets *self,
                      GBytes              *ticket)
{
  guint8 hash[HASH_LENGTH];
  const Ticket *kept;

  make_hash (ticket, hash);
  kept = g_tree_lookup (self->tickets, hash);
  return kept != NULL ? kept->random : NULL;
}
