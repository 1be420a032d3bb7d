/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A part of a decoded message, for a list of parts.  Its children are read when they are asked for;
 * those of a large part in a thread. */
#pragma once

#include <gio/gio.h>

#include "inspect/decode/wsi-decode-node.h"

G_BEGIN_DECLS

#define WSI_TYPE_TREE_ITEM (wsi_tree_item_get_type ())

G_DECLARE_FINAL_TYPE (WsiTreeItem, wsi_tree_item, WSI, TREE_ITEM, GObject)

/* Makes an item, and takes the node. */
WsiTreeItem   *wsi_tree_item_new (WsiDecodeNode * node,
                                  WsiTreeItem * parent);
WsiDecodeNode *wsi_tree_item_get_node     (WsiTreeItem *self);
/* The parent; NULL for the whole message. */
WsiTreeItem   *wsi_tree_item_get_parent   (WsiTreeItem *self);
/* Whether the part has the elements after the others. */
gboolean       wsi_tree_item_is_rest      (WsiTreeItem *self);
/* The children (WsiTreeItem); NULL = there are none. */
GListModel    *wsi_tree_item_dup_children (WsiTreeItem *self);

G_END_DECLS
