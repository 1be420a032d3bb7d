/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/binary/wsi-item.h"

void
wsi_item_walk_init (WsiItemWalk  *self,
                    WsiItemRead   read,
                    const guint8 *at,
                    gsize         length,
                    gsize         position)
{
  self->read = read;
  self->at = at;
  self->length = length;
  self->position = position;
  self->n_open = 0;
  self->levels[0] = (WsiItemLevel) { 1, WSI_ITEM_NONE, 0 };
}

guint64
wsi_item_get_n_items (const WsiItem *item)
{
  if (item->kind == WSI_ITEM_TAG)
    return 1;
  if (item->count == WSI_ITEM_OPEN)
    return 0;
  if (item->kind == WSI_ITEM_LIST)
    return item->number;
  if (item->kind == WSI_ITEM_MAP)
    return item->number > G_MAXUINT64 / 2 ? G_MAXUINT64 : 2 * item->number;
  return 0;
}

static WsiItemResult
end_level (WsiItemWalk *self)
{
  const WsiItemLevel *level = &self->levels[self->n_open];

  /* the walk itself has one item, or has ended */
  if (level->n_left > 0 || level->n_taken == 1)
    return WSI_ITEM_INVALID;

  self->n_open--;
  self->position++;
  return WSI_ITEM_READ;
}

/* Text and bytes without a length consist of pieces of their own kind. */
static gboolean
may_contain (const WsiItemLevel *level,
             const WsiItem      *item)
{
  if (level->kind != WSI_ITEM_TEXT && level->kind != WSI_ITEM_BYTES)
    return TRUE;

  return item->kind == level->kind && item->count == WSI_ITEM_COUNTED;
}

/* Takes an item, which has at least one byte: a count beyond the bytes that are left is as good as
 * any other. */
static void
item_take_item (WsiItemWalk   *self,
                const WsiItem *item)
{
  WsiItemLevel *level = &self->levels[self->n_open];
  guint64 n_possible;

  if (level->n_left > 0)
    level->n_left--;
  else if (level->kind == WSI_ITEM_MAP)
    level->n_taken ^= 1;

  self->position += item->head_length + item->length;
  n_possible = self->length - self->position + 1;
  level->n_left = MIN (n_possible, level->n_left + MIN (n_possible, wsi_item_get_n_items (item)));
  if (item->count == WSI_ITEM_OPEN)
    {
      level = &self->levels[++self->n_open];
      *level = (WsiItemLevel) { 0, item->kind, 0 };
    }
}

WsiItemResult
wsi_item_walk_next (WsiItemWalk *self,
                    WsiItem     *item)
{
  const WsiItemLevel *level = &self->levels[self->n_open];
  WsiItemResult result;

  if (self->n_open == 0 && level->n_left == 0)
    return WSI_ITEM_DONE;

  result = self->read (self->at != NULL ? self->at + self->position : NULL,
                       self->length - self->position, item);
  if (result != WSI_ITEM_READ)
    return result;
  if (item->kind == WSI_ITEM_BREAK)
    return end_level (self);
  if (!may_contain (level, item))
    return WSI_ITEM_INVALID;
  if (item->count == WSI_ITEM_OPEN && self->n_open == WSI_ITEM_MAX_OPEN)
    return WSI_ITEM_DEEP;

  item_take_item (self, item);
  return WSI_ITEM_READ;
}

WsiItemResult
wsi_item_skip (WsiItemRead   read,
               const guint8 *at,
               gsize         length,
               gsize        *position)
{
  WsiItemResult result = WSI_ITEM_READ;
  WsiItemWalk walk;
  WsiItem item;

  wsi_item_walk_init (&walk, read, at, length, *position);
  while (result == WSI_ITEM_READ)
    result = wsi_item_walk_next (&walk, &item);
  *position = walk.position;
  return result;
}

guint64
wsi_item_read_number (const guint8 *at,
                      gsize         length)
{
  guint64 number = 0;

  for (gsize i = 0; i < length; i++)
    number = number << 8 | at[i];
  return number;
}

WsiItemResult
wsi_item_set_length (WsiItem *item,
                     guint64  stated_length,
                     gsize    length)
{
  item->stated_length = stated_length;
  item->length = MIN (stated_length, length - item->head_length);
  return item->length < stated_length ? WSI_ITEM_CUT : WSI_ITEM_READ;
}
