/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-arena.h"

#include <string.h>

#define BLOCK_SIZE (1024 * 1024)

typedef struct
{
  guint64 first;                /* position of its first byte */
  gsize   size, used;
  guint8 *bytes;
} Block;

struct _WsiArena
{
  GQueue  blocks;               /* of Block, the oldest at the head */
  guint64 end;                  /* position after the last byte */
  gsize   size, max_size;       /* of all blocks */
};

static void
block_free (Block *block)
{
  g_free (block->bytes);
  g_free (block);
}

WsiArena *
wsi_arena_new (gsize max_size)
{
  WsiArena *self = g_new0 (WsiArena, 1);

  g_queue_init (&self->blocks);
  self->max_size = max_size;
  return self;
}

void
wsi_arena_free (WsiArena *self)
{
  g_queue_clear_full (&self->blocks, (GDestroyNotify) block_free);
  g_free (self);
}

/* A payload is in one block; one that is larger than a block has its own.  NULL: no memory. */
static Block *
get_block_for (WsiArena *self,
               gsize     length)
{
  Block *last = g_queue_peek_tail (&self->blocks);
  Block *block;

  if (last != NULL && last->size - last->used >= length)
    return last;

  gsize size = MAX (length, BLOCK_SIZE);
  guint8 *bytes = g_try_malloc (size);

  if (bytes == NULL)
    return NULL;

  block = g_new (Block, 1);
  *block = (Block) { .first = self->end, .size = size, .bytes = bytes };
  g_queue_push_tail (&self->blocks, block);
  self->size += block->size;
  return block;
}

static void
drop_oldest (WsiArena *self)
{
  while (self->size > self->max_size && self->blocks.length > 1)
    {
      Block *oldest = g_queue_pop_head (&self->blocks);

      self->size -= oldest->size;
      block_free (oldest);
    }
}

/* position: by which the payload is found again.  FALSE: there is no memory. */
gboolean
wsi_arena_add (WsiArena *self,
               GBytes   *payload,
               guint64  *position)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (payload, &length);
  Block *block;

  *position = self->end;
  if (length == 0)
    return TRUE;

  block = get_block_for (self, length);
  if (block == NULL)
    return FALSE;

  memcpy (block->bytes + block->used, bytes, length);
  block->used += length;
  self->end += length;
  drop_oldest (self);
  return TRUE;
}

/* At most max_length bytes of a payload; NULL when it was dropped.  Recent ones are asked for
 * most. */
GBytes *
wsi_arena_dup (WsiArena *self,
               guint64   position,
               gsize     length,
               gsize     max_length)
{
  if (length == 0)
    return g_bytes_new_static ("", 0);

  for (GList *link = self->blocks.tail; link != NULL; link = link->prev)
    {
      const Block *block = link->data;

      if (position < block->first)
        continue;

      if (position - block->first + length > block->used)
        return NULL;

      return g_bytes_new (block->bytes + (position - block->first), MIN (length, max_length));
    }

  return NULL;
}
