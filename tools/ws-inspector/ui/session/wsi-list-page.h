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

#define WSI_TYPE_LIST_PAGE (wsi_list_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiListPage, wsi_list_page, WSI, LIST_PAGE, GtkWidget)

WsiFrameList *wsi_list_page_get_list (WsiListPage * self);
WsiFilterBar *wsi_list_page_get_filter_bar (WsiListPage *self);
WsiDetail    *wsi_list_page_get_detail     (WsiListPage *self);
WsiComposer  *wsi_list_page_get_composer   (WsiListPage *self);
/* Sets the store, whose rows are waited for.  store NULL: there is none. */
void          wsi_list_page_set_store      (WsiListPage *self,
                                            WsiStore    *store);
/* Says what source waits for, until the first row comes; NULL: nothing. */
void          wsi_list_page_show_waiting   (WsiListPage *self,
                                            WsiSource   *source);
/* Shows the rows, of which the first one has come. */
void          wsi_list_page_show_rows      (WsiListPage *self);
/* Shows a tab of the details, instead of the list where only one has room. */
void          wsi_list_page_show_tab       (WsiListPage *self,
                                            const char  *name);
void          wsi_list_page_show_list      (WsiListPage *self);
/* The selected row becomes the message that is written; without one the composer opens. */
void          wsi_list_page_compose_row    (WsiListPage *self);
/* Gives the focus to the part where a user begins. */
void          wsi_list_page_focus          (WsiListPage *self);
void          wsi_list_page_bind_settings  (WsiListPage *self,
                                            GSettings   *settings);

G_END_DECLS
