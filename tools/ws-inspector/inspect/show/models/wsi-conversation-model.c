/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/models/wsi-conversation-model.h"

#include "inspect/store/wsi-conversation.h"

struct _WsiConversationModel
{
  GObject    parent_instance;

  WsiStore  *store;
  GPtrArray *shown;             /* conversations shown since the last update (WsiConversation) */
  guint32    end;               /* first number that was not looked at */
};

static GType
wsi_conversation_model_get_item_type (GListModel *list)
{
  return WSI_TYPE_CONVERSATION;
}

static guint
wsi_conversation_model_get_n_items (GListModel *list)
{
  return WSI_CONVERSATION_MODEL (list)->shown->len;
}

static gpointer
wsi_conversation_model_get_item (GListModel *list,
                                 guint       position)
{
  WsiConversationModel *self = WSI_CONVERSATION_MODEL (list);

  return position < self->shown->len ? g_object_ref (self->shown->pdata[position]) : NULL;
}

static void
wsi_conversation_model_list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = wsi_conversation_model_get_item_type;
  iface->get_n_items = wsi_conversation_model_get_n_items;
  iface->get_item = wsi_conversation_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WsiConversationModel, wsi_conversation_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      wsi_conversation_model_list_model_iface_init))

static void
wsi_conversation_model_finalize (GObject *object)
{
  WsiConversationModel *self = WSI_CONVERSATION_MODEL (object);

  g_ptr_array_unref (self->shown);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (wsi_conversation_model_parent_class)->finalize (object);
}

static void
wsi_conversation_model_class_init (WsiConversationModelClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_conversation_model_finalize;
}

static void
wsi_conversation_model_init (WsiConversationModel *self)
{
  self->shown = g_ptr_array_new_with_free_func (g_object_unref);
  self->end = 1;
}

WsiConversationModel *
wsi_conversation_model_new (WsiStore *store)
{
  WsiConversationModel *self = g_object_new (WSI_TYPE_CONVERSATION_MODEL, NULL);

  self->store = g_object_ref (store);
  wsi_conversation_model_update (self);
  return self;
}

static gboolean
is_forgotten (WsiConversationModel *self,
              guint                 position)
{
  guint32 number = wsi_conversation_get_number (self->shown->pdata[position]);
  g_autoptr (WsiConversation) conversation = wsi_store_dup_conversation (self->store, number);

  return conversation == NULL;
}

/* Removes conversations that the store has forgotten, with one signal for the part from the first
 * to the last of them. */
static void
remove_forgotten (WsiConversationModel *self)
{
  guint begin = 0, end = self->shown->len, n_left = 0;
  guint n_removed;

  while (!is_forgotten (self, begin))
    begin++;
  while (!is_forgotten (self, end - 1))
    end--;
  for (guint i = begin; i < end; i++)
    if (!is_forgotten (self, i))
      {
        gpointer kept = self->shown->pdata[i];

        self->shown->pdata[i] = self->shown->pdata[begin + n_left];
        self->shown->pdata[begin + n_left++] = kept;
      }

  n_removed = end - begin;
  g_ptr_array_remove_range (self->shown, begin + n_left, n_removed - n_left);
  g_list_model_items_changed (G_LIST_MODEL (self), begin, n_removed, n_left);
}

static void
add_new (WsiConversationModel *self,
         guint32               end)
{
  guint n_old = self->shown->len;

  for (; self->end < end; self->end++)
    {
      WsiConversation *conversation = wsi_store_dup_conversation (self->store, self->end);

      if (conversation != NULL)
        g_ptr_array_add (self->shown, conversation);
    }
  if (self->shown->len > n_old)
    g_list_model_items_changed (G_LIST_MODEL (self), n_old, 0, self->shown->len - n_old);
}

void
wsi_conversation_model_update (WsiConversationModel *self)
{
  guint32 n_kept;
  guint32 n_opened = wsi_store_count_conversations (self->store, &n_kept);

  add_new (self, n_opened + 1);
  if (self->shown->len > n_kept)
    remove_forgotten (self);
}
