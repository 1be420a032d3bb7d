/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of frames, the details of the selected one, and the composer at the
 * foot.  A page without the room for all shows one of them.
 *
 * Property "arrangement": of list and details (WsiArrangement). */
#pragma once

#include "ui/composer/wsi-composer.h"
#include "ui/frames/wsi-frame-pane.h"
#include "ui/session/wsi-detail.h"

G_BEGIN_DECLS

#define WSI_TYPE_FRAMES_PAGE (wsi_frames_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiFramesPage, wsi_frames_page, WSI, FRAMES_PAGE, GtkWidget)

WsiFrameList *wsi_frames_page_get_list (WsiFramesPage * self);
WsiFilterBar *wsi_frames_page_get_filter_bar (WsiFramesPage *self);
WsiDetail    *wsi_frames_page_get_detail     (WsiFramesPage *self);
WsiComposer  *wsi_frames_page_get_composer   (WsiFramesPage *self);
/* Sets the store, whose rows are waited for.  store NULL: there is none. */
void          wsi_frames_page_set_store      (WsiFramesPage *self,
                                              WsiStore      *store);
/* Says what source waits for, until the first row comes; NULL: nothing. */
void          wsi_frames_page_show_waiting   (WsiFramesPage *self,
                                              WsiSource     *source);
/* Shows the rows, of which the first one has come. */
void          wsi_frames_page_show_rows      (WsiFramesPage *self);
/* Shows a tab of the details, instead of the list where only one has room. */
void          wsi_frames_page_show_tab       (WsiFramesPage *self,
                                              const char    *name);
void          wsi_frames_page_show_list      (WsiFramesPage *self);
/* The selected row becomes the message that is written; without one the composer opens. */
void          wsi_frames_page_compose_row    (WsiFramesPage *self);
/* Gives the focus to the part where a user begins. */
void          wsi_frames_page_focus          (WsiFramesPage *self);
void          wsi_frames_page_bind_settings  (WsiFramesPage *self,
                                              GSettings     *settings);

G_END_DECLS
