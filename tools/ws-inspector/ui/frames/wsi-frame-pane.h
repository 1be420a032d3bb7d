/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of frames with the bar of its search; its other bars are where the window has them.
 * Its actions, such as frames.search, are for the window's shortcuts and menus. */
#pragma once

#include "ui/frames/wsi-filter-bar.h"
#include "ui/frames/wsi-search-bar.h"

G_BEGIN_DECLS

#define WSI_TYPE_FRAME_PANE (wsi_frame_pane_get_type ())

G_DECLARE_FINAL_TYPE (WsiFramePane, wsi_frame_pane, WSI, FRAME_PANE, GtkWidget)

/* The list of the pane; its signal "selected" is the one to watch. */
WsiFrameList *wsi_frame_pane_get_list (WsiFramePane * self);
/* Sets the store of the list; NULL = none. */
void          wsi_frame_pane_set_store      (WsiFramePane *self,
                                             WsiStore     *store);
/* Sets the filter bar, which is the list's from now on.  The pane keeps it. */
void          wsi_frame_pane_set_filter_bar (WsiFramePane *self,
                                             WsiFilterBar *bar);
/* Binds the settings of the list and its bars. */
void          wsi_frame_pane_bind_settings  (WsiFramePane *self,
                                             GSettings    *settings);

G_END_DECLS
