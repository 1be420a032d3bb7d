/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Payload bytes in blocks.  Positions are counted through all blocks; each block begins at a
 * multiple of BLOCK_SIZE, so that the block of a position is found by a division.  The file is a
 * ring of the same places.
 *
 * A payload is in one block; one that is larger than a block has its own.
 * Memory and parts of the file that a reader may still see are freed or written over only after
 * they were made unreachable and all who read by then have left.
 * The last block is never dropped.
 * Memory that waits for readers is counted, too, and makes the arena refuse more in the end.
 */
#include "inspect/store/memory/wsi-arena.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "inspect/store/memory/wsi-nameless-file.h"

#define BLOCK_SIZE (1024 * 1024)
#define MAX_EXCESS (48 * 1024 * 1024)   /* bytes over max_memory, for readers and a payload */
#define SPARE_PLACES (4 * MAX_EXCESS / BLOCK_SIZE)
#define DROPPED_PART 16                 /* parts of the file, of which one is dropped at once */

typedef struct
{
  guint64          place;       /* number of its first place */
  guint            n_places;
  gsize            size, used;
  guint8 * _Atomic bytes;       /* the bytes in memory; NULL: they are in the file */
} Block;

/* Memory that is freed when the readers of its time have left. */
typedef struct
{
  Block  *block;                /* block to free; NULL: it stays, and only its bytes are freed */
  guint8 *bytes;
  gsize   size;
  guint64 ticket;
} Garbage;

struct _WsiArena
{
  Block * _Atomic *places;      /* ring of places, with a block each */
  guint64          n_places;
  int              file;        /* descriptor of the file; -1: there is none */
  guint64          n_file_places;

  WsiReaders      *readers;
  GQueue           in_file;     /* blocks in the file (Block), the oldest at the head */
  GQueue           in_memory;   /* blocks in memory (Block), all later than those in_file */
  GQueue           garbage;     /* memory to free (Garbage), in the order of tickets */
  guint64          end_place;
  gsize _Atomic    memory;      /* bytes of the blocks in_memory */
  gsize            max_memory;  /* bytes of in_memory at most */
  gsize            garbage_memory;
  _Atomic guint64  n_dropped;   /* bytes that were dropped */
  int              error;       /* errno after which nothing is written to the file any more */
};

static void
block_free (Block *block)
{
  g_free (atomic_load (&block->bytes));
  g_free (block);
}

static void
garbage_free (Garbage *garbage)
{
  g_clear_pointer (&garbage->block, block_free);
  g_free (garbage->bytes);
  g_free (garbage);
}

WsiArena *
wsi_arena_new (WsiReaders *readers,
               gsize       max_memory,
               guint64     max_file,
               const char *folder)
{
  WsiArena *self = g_new0 (WsiArena, 1);

  self->readers = readers;
  self->max_memory = max_memory;
  self->n_file_places = max_file / BLOCK_SIZE;
  self->file = self->n_file_places > 0 ? wsi_nameless_file_open (folder) : -1;
  self->error = self->n_file_places > 0 && self->file < 0 ? errno : 0;
  self->n_places = max_memory / BLOCK_SIZE + self->n_file_places + SPARE_PLACES;
  self->places = g_new0 (Block * _Atomic, self->n_places);
  g_queue_init (&self->in_file);
  g_queue_init (&self->in_memory);
  g_queue_init (&self->garbage);
  return self;
}

void
wsi_arena_free (WsiArena *self)
{
  g_queue_clear_full (&self->in_file, (GDestroyNotify) block_free);
  g_queue_clear_full (&self->in_memory, (GDestroyNotify) block_free);
  g_queue_clear_full (&self->garbage, (GDestroyNotify) garbage_free);
  if (self->file >= 0)
    close (self->file);
  g_free (self->places);
  g_free (self);
}

static Block * _Atomic *
arena_get_place (WsiArena *self,
                 guint64   number)
{
  return &self->places[number % self->n_places];
}

static void
set_places (WsiArena    *self,
            const Block *block,
            Block       *value)
{
  for (guint i = 0; i < block->n_places; i++)
    atomic_store (arena_get_place (self, block->place + i), value);
}

static void
free_garbage (WsiArena *self)
{
  Garbage *oldest;

  while ((oldest = g_queue_peek_head (&self->garbage)) &&
         wsi_readers_have_left (self->readers, oldest->ticket))
    {
      self->garbage_memory -= oldest->size;
      garbage_free (g_queue_pop_head (&self->garbage));
    }
}

static void
add_garbage (WsiArena *self,
             Block    *block,
             guint8   *bytes,
             gsize     size)
{
  Garbage *garbage = g_new (Garbage, 1);

  *garbage = (Garbage) {
    .block = block,
    .bytes = bytes,
    .size = size,
    .ticket = wsi_readers_get_ticket (self->readers),
  };
  self->garbage_memory += size;
  g_queue_push_tail (&self->garbage, garbage);
}

static void
arena_drop (WsiArena *self,
            Block    *block)
{
  gsize size = atomic_load (&block->bytes) != NULL ? block->size : 0;

  set_places (self, block, NULL);
  self->n_dropped += block->used;
  add_garbage (self, block, NULL, size);
}

/* Whether the block's part of the file is free: blocks use it in the order of their places. */
static gboolean
has_room_in_file (WsiArena    *self,
                  const Block *block)
{
  const Block *oldest = g_queue_peek_head (&self->in_file);
  guint64 first = oldest != NULL ? oldest->place : block->place;

  for (GList *link = self->garbage.head; link != NULL; link = link->next)
    {
      const Garbage *garbage = link->data;

      if (garbage->block != NULL)
        first = MIN (first, garbage->block->place);
    }

  return block->place + block->n_places - first <= self->n_file_places;
}

/* Drops blocks; while readers hold what was dropped before, nothing more is. */
static gboolean
has_dropped_blocks (WsiArena *self)
{
  for (GList *link = self->garbage.head; link != NULL; link = link->next)
    if (((const Garbage *) link->data)->block != NULL)
      return TRUE;

  return FALSE;
}

static void
make_room_in_file (WsiArena    *self,
                   const Block *block)
{
  guint64 n_wanted = MAX (block->n_places, self->n_file_places / DROPPED_PART);
  guint64 n_dropped = 0;

  free_garbage (self);
  if (has_room_in_file (self, block) || has_dropped_blocks (self))
    return;

  while (n_dropped < n_wanted && self->in_file.length > 0)
    {
      Block *oldest = g_queue_pop_head (&self->in_file);

      n_dropped += oldest->n_places;
      arena_drop (self, oldest);
    }
  free_garbage (self);
}

/* The part from a position on that is in one piece in the file. */
static gsize
get_piece (WsiArena *self,
           guint64   position,
           gsize     length,
           off_t    *offset)
{
  guint64 size = self->n_file_places * BLOCK_SIZE;

  *offset = position % size;
  return MIN (length, size - position % size);
}

/* Writes a block.  FALSE: errno says why. */
static gboolean
write_block (WsiArena    *self,
             const Block *block)
{
  const guint8 *bytes = block->bytes;
  gsize n_written = 0;

  while (n_written < block->used)
    {
      off_t offset;
      gsize length = get_piece (self, block->place * BLOCK_SIZE + n_written,
                                block->used - n_written, &offset);
      ssize_t n = pwrite (self->file, bytes + n_written, length, offset);

      if (n > 0)
        n_written += n;
      else if (n == 0 || errno != EINTR)
        return FALSE;
    }
  return TRUE;
}

/* Moves blocks from memory to the file; FALSE: it cannot be written. */
static gboolean
arena_spill (WsiArena *self,
             Block    *block)
{
  if (self->error != 0 || block->n_places > self->n_file_places)
    return FALSE;

  make_room_in_file (self, block);
  if (!has_room_in_file (self, block))
    return FALSE;

  if (!write_block (self, block))
    {
      self->error = errno != 0 ? errno : EIO;
      return FALSE;
    }

  add_garbage (self, NULL, atomic_exchange (&block->bytes, NULL), block->size);
  g_queue_push_tail (&self->in_file, block);
  return TRUE;
}

static void
limit_memory (WsiArena *self)
{
  while (self->memory > self->max_memory && self->in_memory.length > 1)
    {
      Block *oldest = g_queue_pop_head (&self->in_memory);

      self->memory -= oldest->size;
      if (!arena_spill (self, oldest))
        arena_drop (self, oldest);
    }
  free_garbage (self);
}

/* The ring's places are those of the oldest blocks, if the file kept these for longer than memory
 * kept later ones: nothing more can be written to it. */
static void
make_room_in_ring (WsiArena *self,
                   guint     n)
{
  for (guint i = 0; i < n; i++)
    while (self->in_file.length > 0 &&
           atomic_load (arena_get_place (self, self->end_place + i)) != NULL)
      arena_drop (self, g_queue_pop_head (&self->in_file));
}

/* Whether there are places; readers that stay would let the memory grow. */
static gboolean
has_places (WsiArena *self,
            gsize     size,
            guint     n)
{
  if (self->memory + self->garbage_memory + size > self->max_memory + MAX_EXCESS)
    return FALSE;

  for (guint i = 0; i < n; i++)
    if (atomic_load (arena_get_place (self, self->end_place + i)) != NULL)
      return FALSE;

  return TRUE;
}

/* Adds a block.  NULL: there is no memory, or readers hold too much of it. */
static Block *
arena_add_block (WsiArena *self,
                 gsize     length)
{
  gsize size = MAX (length, BLOCK_SIZE);
  guint n_places = (size + BLOCK_SIZE - 1) / BLOCK_SIZE;
  guint8 *bytes;
  Block *block;

  make_room_in_ring (self, n_places);
  bytes = has_places (self, size, n_places) ? g_try_malloc (size) : NULL;
  if (bytes == NULL)
    return NULL;

  block = g_new0 (Block, 1);
  block->place = self->end_place;
  block->n_places = n_places;
  block->size = size;
  atomic_store (&block->bytes, bytes);
  self->end_place += n_places;
  self->memory += size;
  set_places (self, block, block);
  g_queue_push_tail (&self->in_memory, block);
  return block;
}

/* Adds a payload: returns where it is to be written, and the position by which it is found
 * again.  NULL: it cannot be kept. */
guint8 *
wsi_arena_add (WsiArena *self,
               gsize     length,
               guint64  *position)
{
  Block *block = g_queue_peek_tail (&self->in_memory);
  gsize begin;

  if (block == NULL || block->size - block->used < length)
    {
      free_garbage (self);
      block = arena_add_block (self, length);
      if (block == NULL)
        return NULL;

      limit_memory (self);
    }

  begin = block->used;
  block->used += length;
  *position = block->place * BLOCK_SIZE + begin;
  return atomic_load_explicit (&block->bytes, memory_order_relaxed) + begin;
}

/* How many bytes were dropped so far. */
guint64
wsi_arena_get_n_dropped (const WsiArena *self)
{
  return self->n_dropped;
}

int
wsi_arena_get_error (const WsiArena *self)
{
  return self->error;
}

/* Finds the block of a position.  NULL: it was dropped. */
static Block *
find_block (WsiArena *self,
            guint64   position,
            gsize     length)
{
  Block *block = atomic_load (arena_get_place (self, position / BLOCK_SIZE));

  /* a position before the block, whose place it has in the ring now, wraps */
  if (block == NULL || position - block->place * BLOCK_SIZE + length > block->size)
    return NULL;

  return block;
}

/* The bytes in memory; NULL: they were dropped, or are in the file. */
const guint8 *
wsi_arena_peek (WsiArena *self,
                guint64   position,
                gsize     length)
{
  Block *block = find_block (self, position, length);
  const guint8 *bytes = block != NULL ? atomic_load (&block->bytes) : NULL;

  return bytes != NULL ? bytes + (position - block->place * BLOCK_SIZE) : NULL;
}

static gboolean
arena_read_file (WsiArena *self,
                 guint64   position,
                 guint8   *bytes,
                 gsize     length)
{
  gsize n_read = 0;

  while (n_read < length)
    {
      off_t offset;
      gsize piece = get_piece (self, position + n_read, length - n_read, &offset);
      ssize_t n = pread (self->file, bytes + n_read, piece, offset);

      if (n > 0)
        n_read += n;
      else if (n == 0 || errno != EINTR)
        return FALSE;
    }
  return TRUE;
}

gboolean
wsi_arena_read (WsiArena *self,
                guint64   position,
                guint8   *bytes,
                gsize     length)
{
  const guint8 *from = wsi_arena_peek (self, position, length);

  if (from != NULL)
    {
      memcpy (bytes, from, length);
      return TRUE;
    }

  return find_block (self, position, length) != NULL &&
         arena_read_file (self, position, bytes, length);
}

gsize
wsi_arena_get_memory (const WsiArena *self)
{
  return self->memory;
}
