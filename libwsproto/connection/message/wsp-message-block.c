/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Blocks and the pool that keeps them.
 *
 * Any thread may release a block, so the list of spare blocks has a lock.  A message that borrows
 * has no block, so it needs no lock.
 *
 * A block in use holds a reference to its pool, a spare block does not.
 */
#include "connection/message/wsp-message-block-private.h"

#define MAX_SPARE_BYTES (16 * 1024 * 1024)
#define MAX_SPARE_BLOCKS 32

struct _WspMessagePool
{
  gatomicrefcount  ref_count;
  GMutex           lock;
  WspMessageBlock *spare;               /* written with the lock, but read without it, too */
  guint            n_spare, min_spare;  /* min_spare: the least n_spare since the last trim */
  gsize            n_bytes;
  gboolean         is_closed;           /* the pool has no user: blocks that are returned are
                                           freed */
};

static void
pool_unref (WspMessagePool *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_assert (self->spare == NULL);
  g_mutex_clear (&self->lock);
  g_free (self);
}

WspMessagePool *
wsp_message_pool_new (void)
{
  WspMessagePool *self = g_new0 (WspMessagePool, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  return self;
}

/* Call it with the lock held. */
static WspMessageBlock *
message_block_take_first (WspMessagePool   *self,
                          WspMessageBlock **place)
{
  WspMessageBlock *block = *place;

  g_atomic_pointer_set (place, block->next);
  block->next = NULL;
  self->n_bytes -= block->capacity;
  self->n_spare--;
  self->min_spare = MIN (self->min_spare, self->n_spare);
  return block;
}

gboolean
wsp_message_pool_trim (WspMessagePool *self)
{
  g_mutex_lock (&self->lock);
  for (guint n_unused = self->min_spare; n_unused > 0; n_unused--)
    {
      WspMessageBlock **last = &self->spare;

      while ((*last)->next != NULL)
        last = &(*last)->next;
      g_free (message_block_take_first (self, last));
    }
  self->min_spare = self->n_spare;

  gboolean is_left = self->n_spare > 0;

  g_mutex_unlock (&self->lock);
  return is_left;
}

void
wsp_message_pool_free (WspMessagePool *self)
{
  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  self->min_spare = self->n_spare;
  g_mutex_unlock (&self->lock);
  wsp_message_pool_trim (self);
  pool_unref (self);
}

static gboolean
message_block_keep (WspMessagePool  *self,
                    WspMessageBlock *block)
{
  gboolean is_kept;

  g_mutex_lock (&self->lock);
  is_kept = !self->is_closed && self->n_spare < MAX_SPARE_BLOCKS &&
            self->n_bytes + block->capacity <= MAX_SPARE_BYTES;
  if (is_kept)
    {
      block->next = self->spare;
      g_atomic_pointer_set (&self->spare, block);
      self->n_bytes += block->capacity;
      self->n_spare++;
    }
  g_mutex_unlock (&self->lock);
  return is_kept;
}

/* Takes the block that was released last and is large enough: it is most likely in the cache. */
static WspMessageBlock *
take_spare (WspMessagePool *self,
            gsize           capacity)
{
  gsize most = MAX (capacity, 1024) * 4;
  WspMessageBlock *block = NULL;

  if (g_atomic_pointer_get (&self->spare) == NULL)
    return NULL;

  g_mutex_lock (&self->lock);
  for (WspMessageBlock **place = &self->spare; *place != NULL && block == NULL;)
    {
      if ((*place)->capacity >= capacity && (*place)->capacity <= most)
        block = message_block_take_first (self, place);
      else
        place = &(*place)->next;
    }
  g_mutex_unlock (&self->lock);
  return block;
}

static WspMessageBlock *
message_block_hand_out (WspMessagePool  *pool,
                        WspMessageBlock *block)
{
  if (block == NULL)
    return NULL;

  g_atomic_ref_count_init (&block->ref_count);
  block->next = NULL;
  block->pool = pool;
  if (pool != NULL)
    g_atomic_ref_count_inc (&pool->ref_count);
  return block;
}

WspMessageBlock *
wsp_message_block_new_spare (WspMessagePool *pool,
                             gsize           capacity)
{
  return pool != NULL ? message_block_hand_out (pool, take_spare (pool, capacity)) : NULL;
}

WspMessageBlock *
wsp_message_block_new (WspMessagePool *pool,
                       gsize           capacity)
{
  WspMessageBlock *block = wsp_message_block_new_spare (pool, capacity);

  if (block != NULL)
    return block;

  if (capacity > G_MAXSIZE - sizeof *block - 1)
    return NULL;

  block = g_try_malloc (sizeof *block + capacity + 1);
  if (block != NULL)
    block->capacity = capacity;
  return message_block_hand_out (pool, block);
}

WspMessageBlock *
wsp_message_block_ref (WspMessageBlock *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
wsp_message_block_unref (WspMessageBlock *self)
{
  WspMessagePool *pool = self->pool;

  if (!wsp_drops_last (&self->ref_count))
    return;

  if (pool == NULL || !message_block_keep (pool, self))
    g_free (self);
  if (pool != NULL)
    pool_unref (pool);
}

WspMessageBlock *
wsp_message_block_grow (WspMessageBlock *self,
                        gsize            capacity)
{
  if (capacity > G_MAXSIZE - sizeof *self - 1)
    return NULL;

  WspMessageBlock *grown = g_try_realloc (self, sizeof *self + capacity + 1);

  if (grown != NULL)
    grown->capacity = capacity;
  return grown;
}
