/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of frames with its bars.  Its actions, such as frames.search, are for the window's
 * shortcuts and menus. */
#pragma once

#include "ui/frames/wsi-filter-bar.h"
#include "ui/frames/wsi-search-bar.h"
#include "ui/frames/wsi-status-bar.h"

G_BEGIN_DECLS

#define WSI_TYPE_FRAME_PANE (wsi_frame_pane_get_type ())

G_DECLARE_FINAL_TYPE (WsiFramePane, wsi_frame_pane, WSI, FRAME_PANE, GtkWidget)

/* "selected" of the list is the signal to watch. */
WsiFrameList *wsi_frame_pane_get_list (WsiFramePane * self);
WsiFilterBar *wsi_frame_pane_get_filter_bar (WsiFramePane *self);
WsiStatusBar *wsi_frame_pane_get_status_bar (WsiFramePane *self);
/* The keys of the schema that belong to the list and its bars. */
void          wsi_frame_pane_bind_settings  (WsiFramePane *self,
                                             GSettings    *settings);

G_END_DECLS
