/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Message builder: pieces in, one message out.
 *
 * (1) The capacity of the block is never less than length.
 *
 * A block that was not spare is at most twice as large as the bytes received, or FIRST_CAPACITY.
 */
#include "connection/message/wsp-message-builder-private.h"

#include "connection/message/wsp-message-private.h"

#include <string.h>

#define FIRST_CAPACITY 4096

static gsize
get_whole (gsize   came,
           guint64 announced)
{
  return announced < G_MAXSIZE - came ? came + (gsize) announced : G_MAXSIZE;
}

/* A message that is received in one piece gets a block of exactly its size, or a spare block. */
static gboolean
message_builder_begin (WspMessageBuilder *self,
                       WspMessagePool    *pool,
                       gsize              needed,
                       guint64            announced)
{
  gsize whole = get_whole (needed, announced);

  if (whole > needed)
    self->block = wsp_message_block_new_spare (pool, whole);
  if (self->block == NULL)
    self->block = wsp_message_block_new (pool, CLAMP (FIRST_CAPACITY, needed, whole));
  return self->block != NULL;
}

/* announced, the rest of the frame, only limits how far the block grows.  announced is 0 at the end
 * of a frame: if more frames follow, their length is unknown. */
static gboolean
message_builder_make_room (WspMessageBuilder *self,
                           gsize              length,
                           guint64            announced)
{
  gsize needed = self->length + length;
  gsize most = announced > 0 ? get_whole (needed, announced) : G_MAXSIZE;

  if (needed <= self->block->capacity)
    return TRUE;

  WspMessageBlock *grown =
    wsp_message_block_grow (self->block, CLAMP (MAX (self->length * 2, FIRST_CAPACITY), needed,
                                                most));

  if (grown != NULL)
    self->block = grown;
  return grown != NULL;
}

gboolean
wsp_message_builder_add (WspMessageBuilder *self,
                         WspMessagePool    *pool,
                         const guint8      *data,
                         gsize              length,
                         guint64            announced)
{
  if (length > G_MAXSIZE / 2 - self->length)
    return FALSE;

  if (self->block == NULL ? !message_builder_begin (self, pool, length, announced)
                          : !message_builder_make_room (self, length, announced))
    return FALSE;

  if (length > 0)
    memcpy (self->block->data + self->length, data, length);
  wsp_message_builder_fill (self, length);
  return TRUE;
}

gsize
wsp_message_builder_get_room (WspMessageBuilder *self,
                              guint64            announced,
                              guint8           **room)
{
  if (!message_builder_make_room (self, 1, announced - 1))
    return 0;

  gsize length = self->block->capacity - self->length;

  *room = self->block->data + self->length;
  return announced < length ? (gsize) announced : length;
}

void
wsp_message_builder_fill (WspMessageBuilder *self,
                          gsize              length)
{
  self->length += length;
  g_assert (self->length <= self->block->capacity);     /* (1) */
}

WspMessage *
wsp_message_builder_end (WspMessageBuilder *self,
                         WspMessageType     type)
{
  gsize length = self->length;

  g_assert (self->block != NULL);

  self->length = 0;
  return wsp_message_new_of_block (type, g_steal_pointer (&self->block), length);
}

void
wsp_message_builder_clear (WspMessageBuilder *self)
{
  g_clear_pointer (&self->block, wsp_message_block_unref);
  self->length = 0;
}
