/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/choosing/wsi-tails.h"

#define MAX_BYTES (4 * 1024 * 1024)     /* of all */
#define FLAG_LATEST ((guint64) 1 << 63) /* the key is a direction of a conversation */

typedef struct
{
  guint64       key;            /* number of a message, or a direction */
  WsiUnfinished unfinished;
  GList         link;           /* link in order, whose data is the entry */
} Entry;

struct _WsiTails
{
  GHashTable *entries;          /* entries by their keys */
  GQueue      order;            /* entries, the oldest first */
  gsize       n_bytes;
};

WsiTails *
wsi_tails_new (void)
{
  WsiTails *self = g_new0 (WsiTails, 1);

  self->entries = g_hash_table_new (g_int64_hash, g_int64_equal);
  return self;
}

static gsize
tails_measure (const Entry *entry)
{
  return sizeof *entry + g_bytes_get_size (entry->unfinished.bytes);
}

static void
tails_drop (WsiTails *self,
            Entry    *entry)
{
  self->n_bytes -= tails_measure (entry);
  g_hash_table_remove (self->entries, &entry->key);
  g_queue_unlink (&self->order, &entry->link);
  g_bytes_unref (entry->unfinished.bytes);
  g_free (entry);
}

void
wsi_tails_free (WsiTails *self)
{
  while (self->order.head != NULL)
    tails_drop (self, self->order.head->data);
  g_hash_table_unref (self->entries);
  g_free (self);
}

/* Most connections have no tail at all. */
static Entry *
tails_find (WsiTails *self,
            guint64   key)
{
  return self->n_bytes > 0 ? g_hash_table_lookup (self->entries, &key) : NULL;
}

static guint64
tails_get_key (guint32 conversation,
               guint   direction)
{
  return FLAG_LATEST | (guint64) conversation << 1 | (direction & 1);
}

void
wsi_tails_leave (WsiTails            *self,
                 guint32              conversation,
                 guint                direction,
                 const WsiUnfinished *unfinished)
{
  guint64 key = tails_get_key (conversation, direction);
  Entry *entry = tails_find (self, key);

  if (entry != NULL)
    tails_drop (self, entry);
  if (unfinished->bytes == NULL)
    return;

  entry = g_new0 (Entry, 1);
  entry->key = key;
  entry->unfinished.bytes = g_bytes_ref (unfinished->bytes);
  entry->unfinished.n_skipped = unfinished->n_skipped;
  entry->link.data = entry;
  g_hash_table_insert (self->entries, &entry->key, entry);
  g_queue_push_tail_link (&self->order, &entry->link);
  self->n_bytes += tails_measure (entry);
  while (self->n_bytes > MAX_BYTES && self->order.head->data != entry)
    tails_drop (self, self->order.head->data);
}

const WsiUnfinished *
wsi_tails_take (WsiTails *self,
                guint32   conversation,
                guint     direction,
                guint64   number)
{
  Entry *entry = tails_find (self, tails_get_key (conversation, direction));

  if (entry == NULL)
    return NULL;

  g_hash_table_remove (self->entries, &entry->key);
  entry->key = number;
  g_hash_table_insert (self->entries, &entry->key, entry);
  return &entry->unfinished;
}

const WsiUnfinished *
wsi_tails_get (WsiTails *self,
               guint64   number)
{
  Entry *entry = tails_find (self, number);

  return entry != NULL ? &entry->unfinished : NULL;
}

void
wsi_tails_forget_latest (WsiTails *self)
{
  GList *next;

  for (GList *at = self->order.head; at != NULL; at = next)
    {
      Entry *entry = at->data;

      next = at->next;
      if ((entry->key & FLAG_LATEST) != 0)
        tails_drop (self, entry);
    }
}
