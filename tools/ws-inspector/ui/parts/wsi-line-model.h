/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The lines of a payload as a list for GtkListView, and the bytes of it that are selected: by whole
 * lines through GtkSelectionModel, and by single bytes. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/lines/wsi-line-index.h"

G_BEGIN_DECLS

#define WSI_TYPE_LINE_ITEM (wsi_line_item_get_type ())

/* A line, made when it is looked at. */
G_DECLARE_FINAL_TYPE (WsiLineItem, wsi_line_item, WSI, LINE_ITEM, GObject)

const WsiLine *wsi_line_item_get_line (WsiLineItem * self);

typedef struct
{
  gsize begin, end;             /* range of bytes; equal: empty */
} WsiByteRange;

#define WSI_TYPE_LINE_MODEL (wsi_line_model_get_type ())

G_DECLARE_FINAL_TYPE (WsiLineModel, wsi_line_model, WSI, LINE_MODEL, GObject)

WsiLineModel *wsi_line_model_new (WsiLineIndex * index);
WsiLineIndex *wsi_line_model_get_index     (WsiLineModel *self);
WsiByteRange  wsi_line_model_get_selection (WsiLineModel *self);
/* Selects bytes; the end may be before the begin. */
void          wsi_line_model_select_bytes  (WsiLineModel *self,
                                            gsize         begin,
                                            gsize         end);

G_END_DECLS
