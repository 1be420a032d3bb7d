/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/grammar/wsi-node.h"

static void
node_clear_step (gpointer data)
{
  g_free (((WsiPathStep *) data)->name);
}

WsiNode *
wsi_node_new (WsiNodeKind kind)
{
  WsiNode *self = g_new0 (WsiNode, 1);

  self->kind = kind;
  self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) wsi_node_free);
  self->literals = g_ptr_array_new_with_free_func ((GDestroyNotify) wsi_literal_free);
  self->path = g_array_new (FALSE, TRUE, sizeof (WsiPathStep));
  g_array_set_clear_func (self->path, node_clear_step);
  return self;
}

/* Frees the tree by recursion, which the parser's limit of depth bounds. */
void
wsi_node_free (WsiNode *self)
{
  g_ptr_array_unref (self->children);
  g_ptr_array_unref (self->literals);
  g_array_unref (self->path);
  g_free (self);
}

void
wsi_node_add (WsiNode *self,
              WsiNode *child)
{
  if (child->kind != self->kind)
    {
      g_ptr_array_add (self->children, child);
      return;
    }

  for (guint i = 0; i < child->children->len; i++)
    g_ptr_array_add (self->children, g_steal_pointer (&child->children->pdata[i]));
  g_ptr_array_set_free_func (child->children, NULL);
  wsi_node_free (child);
}

WsiNode *
wsi_node_negate (WsiNode *child)
{
  WsiNode *self;

  if (child->kind == WSI_NODE_NOT)
    {
      self = g_ptr_array_steal_index (child->children, 0);
      wsi_node_free (child);
      return self;
    }

  self = wsi_node_new (WSI_NODE_NOT);
  g_ptr_array_add (self->children, child);
  return self;
}
