/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/recordings/wsi-in-order.h"

#include "inspect/store/wsi-conversation.h"

struct _WsiInOrder
{
  WsiTakeConversation take;
  gpointer            user_data;
  GTree              *waiting;  /* connections by number */
  guint32             next;     /* number of the connection that is taken next */
};

static int
in_order_compare_numbers (gconstpointer a,
                          gconstpointer b,
                          gpointer      unused)
{
  return GPOINTER_TO_UINT (a) < GPOINTER_TO_UINT (b) ? -1 : a != b;
}

WsiInOrder *
wsi_in_order_new (WsiTakeConversation take,
                  gpointer            user_data)
{
  WsiInOrder *self = g_new0 (WsiInOrder, 1);

  self->take = take;
  self->user_data = user_data;
  self->waiting = g_tree_new_full (in_order_compare_numbers, NULL, NULL, g_object_unref);
  self->next = 1;
  return self;
}

void
wsi_in_order_free (WsiInOrder *self)
{
  g_tree_unref (self->waiting);
  g_free (self);
}

static void
in_order_take_first (WsiInOrder *self,
                     GTreeNode  *first)
{
  guint32 number = GPOINTER_TO_UINT (g_tree_node_key (first));

  self->take (self->user_data, g_tree_node_value (first));
  g_tree_remove (self->waiting, GUINT_TO_POINTER (number));
  self->next = number + 1;
}

void
wsi_in_order_add (WsiInOrder      *self,
                  WsiConversation *conversation)
{
  guint32 number = wsi_conversation_get_number (conversation);
  GTreeNode *first;

  g_tree_insert (self->waiting, GUINT_TO_POINTER (number), g_object_ref (conversation));
  while ((first = g_tree_node_first (self->waiting)) != NULL &&
         GPOINTER_TO_UINT (g_tree_node_key (first)) <= self->next)
    in_order_take_first (self, first);
}

void
wsi_in_order_end (WsiInOrder *self)
{
  GTreeNode *first;

  while ((first = g_tree_node_first (self->waiting)) != NULL)
    in_order_take_first (self, first);
}
