/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/filter/filter-tree.h"

static gboolean
are_paths_equal (const WsiNode *a,
                 const WsiNode *b)
{
  if (a->path->len != b->path->len)
    return FALSE;

  for (guint i = 0; i < a->path->len; i++)
    {
      const WsiPathStep *one = &g_array_index (a->path, WsiPathStep, i);
      const WsiPathStep *other = &g_array_index (b->path, WsiPathStep, i);

      if (g_strcmp0 (one->name, other->name) != 0 || one->index != other->index)
        return FALSE;
    }
  return TRUE;
}

static gboolean
are_literals_equal (const WsiNode *a,
                    const WsiNode *b)
{
  if (a->literals->len != b->literals->len)
    return FALSE;

  for (guint i = 0; i < a->literals->len; i++)
    {
      const WsiLiteral *one = a->literals->pdata[i], *other = b->literals->pdata[i];

      if (one->forms != other->forms || one->number != other->number ||
          one->real < other->real || one->real > other->real ||
          (one->bytes == NULL) != (other->bytes == NULL) ||
          (one->bytes != NULL && !g_bytes_equal (one->bytes, other->bytes)))
        return FALSE;
    }
  return TRUE;
}

gboolean
filter_tree_is_equal (const WsiNode *self,
                      const WsiNode *other)
{
  if (self->kind != other->kind || self->field != other->field || self->flag != other->flag ||
      self->operator != other->operator || self->children->len != other->children->len ||
      !are_paths_equal (self, other) || !are_literals_equal (self, other))
    return FALSE;

  for (guint i = 0; i < self->children->len; i++)
    if (!filter_tree_is_equal (self->children->pdata[i], other->children->pdata[i]))
      return FALSE;
  return TRUE;
}
