/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Decides which rows a list shows: a filter, filters that were saved, and a switch for each
 * direction and kind.  Return applies the filter. */
#pragma once

#include "ui/frames/wsi-filter-entry.h"
#include "ui/frames/wsi-frame-list.h"

G_BEGIN_DECLS

#define WSI_TYPE_FILTER_BAR (wsi_filter_bar_get_type ())

G_DECLARE_FINAL_TYPE (WsiFilterBar, wsi_filter_bar, WSI, FILTER_BAR, GtkWidget)

/* Sets the list, which must live as long as the bar. */
void            wsi_filter_bar_set_list  (WsiFilterBar *self,
                                          WsiFrameList *list);
/* Sets the sample whose values are offered, too; NULL: none are. */
void            wsi_filter_bar_set_sample (WsiFilterBar *self,
                                           WsiSample    *sample);
/* Applies a filter as if it had been typed, with Return. */
void            wsi_filter_bar_apply     (WsiFilterBar *self,
                                          const char   *text);
/* Shows the field in a column of its own; FALSE: there is no such field. */
gboolean        wsi_filter_bar_add_column (WsiFilterBar *self,
                                           const char   *name);

G_END_DECLS
