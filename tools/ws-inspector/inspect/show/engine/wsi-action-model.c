/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/engine/wsi-action-model.h"

#include "inspect/store/memory/wsi-actions.h"

struct _WsiActionItem
{
  GObject   parent_instance;

  WsiAction action;
};

G_DEFINE_FINAL_TYPE (WsiActionItem, wsi_action_item, G_TYPE_OBJECT)

struct _WsiActionModel
{
  GObject   parent_instance;

  WsiStore *store;
  guint32   conversation;
  GArray   *numbers;            /* numbers of the shown actions (guint64) */
  guint64   next;               /* number of the action that is looked at next */
};

static void wsi_action_model_init_list (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WsiActionModel, wsi_action_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      wsi_action_model_init_list))

static void
wsi_action_item_class_init (WsiActionItemClass *class)
{
}

static void
wsi_action_item_init (WsiActionItem *self)
{
}

const WsiAction *
wsi_action_item_get (WsiActionItem *self)
{
  return &self->action;
}

static GType
wsi_action_model_get_item_type (GListModel *model)
{
  return WSI_TYPE_ACTION_ITEM;
}

static guint
wsi_action_model_get_n_items (GListModel *model)
{
  return WSI_ACTION_MODEL (model)->numbers->len;
}

/* The item at a position; one that was forgotten since the last update is empty, until the next
 * one. */
static gpointer
wsi_action_model_get_item (GListModel *model,
                           guint       position)
{
  WsiActionModel *self = WSI_ACTION_MODEL (model);
  const WsiAction *action;
  WsiActionItem *item;

  if (position >= self->numbers->len)
    return NULL;

  item = g_object_new (WSI_TYPE_ACTION_ITEM, NULL);
  action = wsi_actions_get (wsi_store_get_actions (self->store),
                            g_array_index (self->numbers, guint64, position));
  item->action = action != NULL ? *action : (WsiAction) { .row = WSI_NO_ROW };
  return item;
}

static void
wsi_action_model_init_list (GListModelInterface *interface)
{
  interface->get_item_type = wsi_action_model_get_item_type;
  interface->get_n_items = wsi_action_model_get_n_items;
  interface->get_item = wsi_action_model_get_item;
}

static void
wsi_action_model_finalize (GObject *object)
{
  WsiActionModel *self = WSI_ACTION_MODEL (object);

  g_array_unref (self->numbers);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (wsi_action_model_parent_class)->finalize (object);
}

static void
wsi_action_model_class_init (WsiActionModelClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_action_model_finalize;
}

static void
wsi_action_model_init (WsiActionModel *self)
{
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
}

WsiActionModel *
wsi_action_model_new (WsiStore *store,
                      guint32   conversation)
{
  WsiActionModel *self = g_object_new (WSI_TYPE_ACTION_MODEL, NULL);

  self->store = g_object_ref (store);
  self->conversation = conversation;
  wsi_action_model_update (self);
  return self;
}

static void
drop_forgotten (WsiActionModel *self,
                guint64         first)
{
  guint n = 0;

  while (n < self->numbers->len && g_array_index (self->numbers, guint64, n) < first)
    n++;
  if (n == 0)
    return;

  g_array_remove_range (self->numbers, 0, n);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}

void
wsi_action_model_update (WsiActionModel *self)
{
  const WsiActions *actions = wsi_store_get_actions (self->store);
  guint64 end = wsi_actions_get_end (actions);
  guint before;

  drop_forgotten (self, wsi_actions_get_first (actions));
  before = self->numbers->len;
  self->next = MAX (self->next, wsi_actions_get_first (actions));
  for (; self->next < end; self->next++)
    if (wsi_actions_get (actions, self->next)->conversation == self->conversation)
      g_array_append_val (self->numbers, self->next);
  if (self->numbers->len > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->numbers->len - before);
}

gboolean
wsi_action_model_find_row (WsiActionModel *self,
                           guint64         row,
                           guint          *position)
{
  const WsiActions *actions = wsi_store_get_actions (self->store);

  for (guint i = 0; i < self->numbers->len; i++)
    {
      const WsiAction *action = wsi_actions_get (actions,
                                                 g_array_index (self->numbers, guint64, i));

      if (action != NULL && action->row == row)
        {
          *position = i;
          return TRUE;
        }
    }
  return FALSE;
}
