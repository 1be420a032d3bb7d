/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/binary/wsi-item-format.h"

#include <string.h>

#define MAX_STEPS 64

/* A container on the way to the values of a path. */
typedef struct
{
  WsiItemKind  kind;
  WsiItemCount count;
  guint64      n_left;          /* elements or entries that are left */
  guint64      index;
} Level;

typedef struct
{
  const WsiItemFormat *format;
  const guint8        *at;
  gsize                length, position;
  const WsiDecodeStep *path;
  guint                n_steps;
  guint                depth;
  Level                levels[MAX_STEPS];
} Search;

static WsiItemResult
read_at_position (const Search *self,
                  WsiItem      *item)
{
  return self->format->read (self->at + self->position, self->length - self->position, item);
}

/* Reads an item; the position stays before it, but for tags, which are passed. */
static WsiItemResult
item_find_read_item (Search  *self,
                     WsiItem *item)
{
  WsiItemResult result = read_at_position (self, item);

  while (item->kind == WSI_ITEM_TAG)
    {
      self->position += item->head_length;
      result = read_at_position (self, item);
    }
  return result;
}

static gboolean
skip_item (Search *self)
{
  return wsi_item_skip (self->format->read, self->at, self->length, &self->position)
         == WSI_ITEM_DONE;
}

static gboolean
item_find_is_key (const WsiDecodeStep *step,
                  const WsiItem       *key,
                  const guint8        *at)
{
  if (step->name == NULL)
    return key->kind == WSI_ITEM_WHOLE && key->number == step->index;

  return key->kind == WSI_ITEM_TEXT && key->count == WSI_ITEM_COUNTED &&
         key->length == strlen (step->name) &&
         memcmp (at + key->head_length, step->name, key->length) == 0;
}

static void
item_find_enter (Search        *self,
                 const WsiItem *item)
{
  self->position += item->head_length;
  self->levels[self->depth++] = (Level) { item->kind, item->count, item->number, 0 };
}

static gboolean
item_find_is_container (const WsiItem *item)
{
  return item->kind == WSI_ITEM_LIST || item->kind == WSI_ITEM_MAP;
}

/* Whether the next element or entry is the next step.  Passes the key of an entry.  FALSE as
 * result: no more can be read. */
static gboolean
match_step (Search   *self,
            gboolean *is_match)
{
  Level *level = &self->levels[self->depth - 1];
  const WsiDecodeStep *step = &self->path[self->depth - 1];
  WsiItem key;

  if (level->kind == WSI_ITEM_LIST)
    {
      *is_match = step->name == NULL && level->index++ == step->index;
      return TRUE;
    }
  if (item_find_read_item (self, &key) != WSI_ITEM_READ)
    return FALSE;

  *is_match = item_find_is_key (step, &key, self->at + self->position);
  return skip_item (self);
}

/* Takes an item.  FALSE: no more can be read. */
static gboolean
item_find_take_item (Search         *self,
                     WsiDescription *description)
{
  gboolean is_match = FALSE;
  WsiItem item;

  if (!match_step (self, &is_match) || item_find_read_item (self, &item) != WSI_ITEM_READ)
    return FALSE;
  if (is_match && self->depth < self->n_steps && item_find_is_container (&item))
    {
      item_find_enter (self, &item);
      return TRUE;
    }
  if (is_match && self->depth == self->n_steps)
    wsi_item_add_field (description, self->format->name, &item, self->at + self->position);
  return skip_item (self);
}

/* Whether the container at the top has ended; passes its break. */
static gboolean
item_find_is_at_end (Search *self)
{
  Level *level = &self->levels[self->depth - 1];
  WsiItem item;

  if (level->count == WSI_ITEM_COUNTED)
    return level->n_left-- == 0;

  read_at_position (self, &item);
  if (item.kind != WSI_ITEM_BREAK)
    return FALSE;
  self->position++;
  return TRUE;
}

/* All entries with equal names are values of the path.  Values that are not on the way are
 * skipped, so each byte is read once or twice. */
void
wsi_item_find (const WsiItemFormat  *format,
               const WsiDecodeInput *input,
               const WsiDecodeStep  *path,
               guint                 n_steps,
               WsiDescription       *description)
{
  Search self = { format, input->at, input->length, 0, path, n_steps, 0, { { 0 } } };
  WsiItem item;

  if (input->length == 0 || n_steps == 0 || n_steps > MAX_STEPS)
    return;
  item_find_read_item (&self, &item);
  if (!item_find_is_container (&item))
    return;

  item_find_enter (&self, &item);
  while (self.depth > 0)
    if (item_find_is_at_end (&self))
      self.depth--;
    else if (!item_find_take_item (&self, description))
      return;
}
