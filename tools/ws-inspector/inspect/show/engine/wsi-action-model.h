/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The actions of one conversation as a list for the screen: of WsiActionItem.  It grows when it is
 * updated. */
#pragma once

#include <gio/gio.h>

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_TYPE_ACTION_ITEM (wsi_action_item_get_type ())

G_DECLARE_FINAL_TYPE (WsiActionItem, wsi_action_item, WSI, ACTION_ITEM, GObject)

const WsiAction *wsi_action_item_get (WsiActionItem * self);

#define WSI_TYPE_ACTION_MODEL (wsi_action_model_get_type ())

G_DECLARE_FINAL_TYPE (WsiActionModel, wsi_action_model, WSI, ACTION_MODEL, GObject)

WsiActionModel  *wsi_action_model_new (WsiStore * store,
                                       guint32   conversation);
/* Adds those that were appended since, and removes those that are forgotten. */
void             wsi_action_model_update   (WsiActionModel *self);
/* Finds the first action that has made or consumed the frame of this row. */
gboolean         wsi_action_model_find_row (WsiActionModel *self,
                                            guint64         row,
                                            guint          *position);

G_END_DECLS
