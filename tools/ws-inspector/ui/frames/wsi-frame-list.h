/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of frames: grows with the store, at most ten times a second.  It scrolls to new frames
 * until the user scrolls up; the key End makes it follow again. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/capture/wsi-row.h"

G_BEGIN_DECLS

#define WSI_TYPE_FRAME_LIST (wsi_frame_list_get_type ())

G_DECLARE_FINAL_TYPE (WsiFrameList, wsi_frame_list, WSI, FRAME_LIST, GtkWidget)

void           wsi_frame_list_set_store (WsiFrameList *self,
                                         WsiStore     *store);
WsiRow        *wsi_frame_list_get_row   (WsiFrameList *self);
GtkColumnView *wsi_frame_list_get_view  (WsiFrameList *self);
void           wsi_frame_list_follow    (WsiFrameList *self);
void           wsi_frame_list_select    (WsiFrameList *self,
                                         guint         position);

G_END_DECLS
