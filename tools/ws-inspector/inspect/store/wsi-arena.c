/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Positions are counted through all blocks; each block begins at a multiple of BLOCK_SIZE, so that
 * the block of a position is found by a division.
 *
 * (1) A payload is in one block; one that is larger than a block has its own.
 * (2) A block that was dropped is freed, and its places in the ring used again, only after first
 *     was published and all who read by then have left.
 * (3) The last block is never dropped.
 */
#include "inspect/store/wsi-arena.h"

#include <string.h>

#define BLOCK_SIZE (1024 * 1024)
#define SPARE_PLACES 128        /* for the largest payload, and for what readers still hold */

typedef struct
{
  guint64 position;             /* of its first byte */
  gsize   size, used;
  guint   n_places;
  guint8 *bytes;
  guint64 ticket;               /* when it is dropped */
} Block;

struct _WsiArena
{
  _Atomic guint64  first;       /* position of the oldest byte */
  Block * _Atomic *places;
  guint64          n_places;

  WsiReaders      *readers;
  GQueue           blocks;      /* of Block, the oldest at the head */
  GQueue           dropped;     /* the same; readers may still look at them */
  guint64          end_place;   /* the number of the next place, counted through */
  gsize            memory, max_memory;  /* of all blocks; of those that are not dropped */
};

static void
block_free (Block *block)
{
  g_free (block->bytes);
  g_free (block);
}

WsiArena *
wsi_arena_new (WsiReaders *readers,
               gsize       max_memory)
{
  WsiArena *self = g_new0 (WsiArena, 1);

  self->readers = readers;
  self->max_memory = max_memory;
  self->n_places = max_memory / BLOCK_SIZE + SPARE_PLACES;
  self->places = g_new0 (Block * _Atomic, self->n_places);
  g_queue_init (&self->blocks);
  g_queue_init (&self->dropped);
  return self;
}

void
wsi_arena_free (WsiArena *self)
{
  g_queue_clear_full (&self->blocks, (GDestroyNotify) block_free);
  g_queue_clear_full (&self->dropped, (GDestroyNotify) block_free);
  g_free (self->places);
  g_free (self);
}

static Block * _Atomic *
get_place (WsiArena *self,
           guint64   number)
{
  return &self->places[number % self->n_places];
}

static void
set_places (WsiArena *self,
            Block    *block,
            Block    *value)
{
  for (guint i = 0; i < block->n_places; i++)
    atomic_store (get_place (self, block->position / BLOCK_SIZE + i), value);
}

/* (2) */
static void
free_left (WsiArena *self)
{
  Block *oldest;

  while ((oldest = g_queue_peek_head (&self->dropped)) &&
         wsi_readers_have_left (self->readers, oldest->ticket))
    {
      set_places (self, oldest, NULL);
      self->memory -= oldest->size;
      block_free (g_queue_pop_head (&self->dropped));
    }
}

static gsize
get_size_in_use (WsiArena *self)
{
  gsize size = self->memory;

  for (GList *link = self->dropped.head; link != NULL; link = link->next)
    size -= ((const Block *) link->data)->size;
  return size;
}

static void
drop_oldest (WsiArena *self)
{
  gsize in_use = get_size_in_use (self);

  while (in_use > self->max_memory && self->blocks.length > 1)  /* (3) */
    {
      Block *oldest = g_queue_pop_head (&self->blocks);
      const Block *next = g_queue_peek_head (&self->blocks);

      in_use -= oldest->size;
      atomic_store (&self->first, next->position);
      oldest->ticket = wsi_readers_get_ticket (self->readers);
      g_queue_push_tail (&self->dropped, oldest);
    }
}

/* Readers that stay would let it grow. */
static gboolean
has_places (WsiArena *self,
            guint     n)
{
  for (guint i = 0; i < n; i++)
    if (n > self->n_places || atomic_load (get_place (self, self->end_place + i)) != NULL)
      return FALSE;

  return TRUE;
}

/* NULL: there is no memory, or readers hold too much of it. */
static Block *
add_block (WsiArena *self,
           gsize     length)
{
  gsize size = MAX (length, BLOCK_SIZE);
  guint n_places = (size + BLOCK_SIZE - 1) / BLOCK_SIZE;
  guint8 *bytes = has_places (self, n_places) ? g_try_malloc (size) : NULL;
  Block *block;

  if (bytes == NULL)
    return NULL;

  block = g_new (Block, 1);
  *block = (Block) {
    .position = self->end_place * BLOCK_SIZE,
    .size = size,
    .n_places = n_places,
    .bytes = bytes,
  };
  self->end_place += n_places;
  self->memory += size;
  set_places (self, block, block);
  g_queue_push_tail (&self->blocks, block);
  return block;
}

/* Where the payload is to be written, and the position by which it is found again.  NULL: it cannot
 * be kept. */
guint8 *
wsi_arena_add (WsiArena *self,
               gsize     length,
               guint64  *position)
{
  Block *block = g_queue_peek_tail (&self->blocks);

  if (block == NULL || block->size - block->used < length)
    {
      free_left (self);
      block = add_block (self, length);
      if (block == NULL)
        return NULL;

      drop_oldest (self);
      free_left (self);
    }

  *position = block->position + block->used;
  block->used += length;
  return block->bytes + (*position - block->position);
}

/* Where the bytes are; NULL: they were dropped. */
const guint8 *
wsi_arena_peek (WsiArena *self,
                guint64   position,
                gsize     length)
{
  if (position < atomic_load (&self->first))
    return NULL;

  const Block *block = atomic_load_explicit (get_place (self, position / BLOCK_SIZE),
                                             memory_order_acquire);

  if (block == NULL || position < block->position ||
      position - block->position + length > block->size)
    return NULL;

  return block->bytes + (position - block->position);
}

/* FALSE: they were dropped. */
gboolean
wsi_arena_read (WsiArena *self,
                guint64   position,
                guint8   *bytes,
                gsize     length)
{
  const guint8 *from = wsi_arena_peek (self, position, length);

  if (from == NULL)
    return FALSE;

  memcpy (bytes, from, length);
  return TRUE;
}
