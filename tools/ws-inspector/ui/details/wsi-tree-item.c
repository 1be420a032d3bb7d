/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-tree-item.h"

#include "inspect/store/wsi-task.h"

#define MAX_AT_ONCE (64 * 1024) /* bytes of a part; the children of a larger one are read in a
                                 * thread */

struct _WsiTreeItem
{
  GObject        parent_instance;

  WsiDecodeNode *node;
  WsiTreeItem   *parent;
  GListModel    *children;      /* items of the children; NULL = not asked for yet, or none */
};

G_DEFINE_FINAL_TYPE (WsiTreeItem, wsi_tree_item, G_TYPE_OBJECT)

typedef enum
{
  NOT_READ,
  READING,
  READ,
} Progress;

#define TYPE_CHILDREN (children_get_type ())

/* The children of an item: they are read when their number is asked for. */
G_DECLARE_FINAL_TYPE (Children, children, WSI, TREE_CHILDREN, GObject)

struct _Children
{
  GObject        parent_instance;

  WsiDecodeNode *node;
  WsiTreeItem   *item;          /* item of the node; NULL after it was freed */
  Progress       progress;
};

static void children_init_list (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (Children, children, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, children_init_list))

static GType
children_get_item_type (GListModel *model)
{
  return WSI_TYPE_TREE_ITEM;
}

static void
tree_item_run_reading (GTask        *task,
                       gpointer      source,
                       gpointer      data,
                       GCancellable *cancellable)
{
  g_task_return_int (task, wsi_decode_node_get_n_children (data));
}

static void
tree_item_on_read (GObject      *source,
                   GAsyncResult *result,
                   gpointer      data)
{
  Children *self = WSI_TREE_CHILDREN (source);
  gssize n_children = g_task_propagate_int (G_TASK (result), NULL);

  self->progress = READ;
  if (n_children > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, n_children);
}

/* Begins to read; no other thread looks at the children of the node meanwhile. */
static void
tree_item_begin_reading (Children *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->node->expand == NULL || self->node->length <= MAX_AT_ONCE)
    {
      self->progress = READ;
      return;
    }

  self->progress = READING;
  task = g_task_new (self, NULL, tree_item_on_read, NULL);
  g_task_set_task_data (task, wsi_decode_node_ref (self->node),
                        (GDestroyNotify) wsi_decode_node_unref);
  wsi_task_run_in_thread (task, tree_item_run_reading);
}

static guint
children_get_n_items (GListModel *model)
{
  Children *self = WSI_TREE_CHILDREN (model);

  if (self->progress == NOT_READ)
    tree_item_begin_reading (self);
  return self->progress == READ ? wsi_decode_node_get_n_children (self->node) : 0;
}

static gpointer
children_get_item (GListModel *model,
                   guint       position)
{
  Children *self = WSI_TREE_CHILDREN (model);

  if (position >= children_get_n_items (model))
    return NULL;

  return wsi_tree_item_new (wsi_decode_node_ref (wsi_decode_node_get_child (self->node, position)),
                            self->item);
}

static void
children_init_list (GListModelInterface *interface)
{
  interface->get_item_type = children_get_item_type;
  interface->get_n_items = children_get_n_items;
  interface->get_item = children_get_item;
}

static void
children_finalize (GObject *object)
{
  Children *self = WSI_TREE_CHILDREN (object);

  wsi_decode_node_unref (self->node);
  g_clear_weak_pointer (&self->item);
  G_OBJECT_CLASS (children_parent_class)->finalize (object);
}

static void
children_class_init (ChildrenClass *class)
{
  G_OBJECT_CLASS (class)->finalize = children_finalize;
}

static void
children_init (Children *self)
{
}

static void
wsi_tree_item_finalize (GObject *object)
{
  WsiTreeItem *self = WSI_TREE_ITEM (object);

  g_clear_object (&self->children);
  g_clear_object (&self->parent);
  wsi_decode_node_unref (self->node);
  G_OBJECT_CLASS (wsi_tree_item_parent_class)->finalize (object);
}

static void
wsi_tree_item_class_init (WsiTreeItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_tree_item_finalize;
}

static void
wsi_tree_item_init (WsiTreeItem *self)
{
}

WsiTreeItem *
wsi_tree_item_new (WsiDecodeNode *node,
                   WsiTreeItem   *parent)
{
  WsiTreeItem *self = g_object_new (WSI_TYPE_TREE_ITEM, NULL);

  self->node = node;
  g_set_object (&self->parent, parent);
  return self;
}

WsiDecodeNode *
wsi_tree_item_get_node (WsiTreeItem *self)
{
  return self->node;
}

WsiTreeItem *
wsi_tree_item_get_parent (WsiTreeItem *self)
{
  return self->parent;
}

gboolean
wsi_tree_item_is_rest (WsiTreeItem *self)
{
  return g_str_equal (self->node->type, WSI_DECODE_REST);
}

/* The children of a part, which has some if it has a function for them, or has them already. */
GListModel *
wsi_tree_item_dup_children (WsiTreeItem *self)
{
  Children *children;

  if (self->children != NULL)
    return g_object_ref (self->children);

  if (self->node->expand == NULL &&
      (self->node->children == NULL || self->node->children->len == 0))
    return NULL;

  children = g_object_new (TYPE_CHILDREN, NULL);
  children->node = wsi_decode_node_ref (self->node);
  g_set_weak_pointer (&children->item, self);
  self->children = G_LIST_MODEL (children);
  return g_object_ref (self->children);
}
