/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-frame-table.h"

#include "ui/frames/wsi-frame-copy.h"
#include "ui/frames/wsi-frame-menu.h"
#include "ui/frames/wsi-frame-moves.h"

struct _WsiFrameTable
{
  WsiFrameList parent_instance;
};

G_DEFINE_FINAL_TYPE (WsiFrameTable, wsi_frame_table, WSI_TYPE_FRAME_LIST)

static void
wsi_frame_table_class_init (WsiFrameTableClass *class)
{
  wsi_frame_copy_install_actions (GTK_WIDGET_CLASS (class));
  wsi_frame_menu_install_actions (GTK_WIDGET_CLASS (class));
  wsi_frame_moves_install_actions (GTK_WIDGET_CLASS (class));
}

static void
wsi_frame_table_init (WsiFrameTable *self)
{
  wsi_frame_menu_attach (WSI_FRAME_LIST (self));
}
