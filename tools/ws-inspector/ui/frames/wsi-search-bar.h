/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds the next or previous row with a text, and jumps to numbers and times.  It hides no row. */
#pragma once

#include "inspect/filter/wsi-filter.h"
#include "ui/frames/wsi-frame-list.h"

G_BEGIN_DECLS

#define WSI_TYPE_SEARCH_BAR (wsi_search_bar_get_type ())

G_DECLARE_FINAL_TYPE (WsiSearchBar, wsi_search_bar, WSI, SEARCH_BAR, GtkWidget)

typedef enum
{
  WSI_SEARCH_FOR_TEXT,          /* a text in payloads */
  WSI_SEARCH_FOR_FILTER,
  WSI_SEARCH_FOR_PLACE,         /* a place: the number of a row, or a time */
} WsiSearchSubject;

/* Sets the list, which must live as long as the bar. */
void        wsi_search_bar_set_list (WsiSearchBar *self,
                                     WsiFrameList *list);
void        wsi_search_bar_open     (WsiSearchBar    *self,
                                     WsiSearchSubject subject);
void        wsi_search_bar_close    (WsiSearchBar *self);
/* Ends the search and the count, as their store goes away. */
void        wsi_search_bar_end      (WsiSearchBar *self);
/* Searches from the selected row on. */
void        wsi_search_bar_step     (WsiSearchBar      *self,
                                     WsiSearchDirection direction);

G_END_DECLS
