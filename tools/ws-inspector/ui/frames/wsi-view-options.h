/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a list shows its rows: frames or messages, the clock, and the columns. */
#pragma once

#include "ui/frames/wsi-frame-list.h"

G_BEGIN_DECLS

#define WSI_TYPE_VIEW_OPTIONS (wsi_view_options_get_type ())

G_DECLARE_FINAL_TYPE (WsiViewOptions, wsi_view_options, WSI, VIEW_OPTIONS, GtkWidget)

/* Sets the list, which must live as long as the options. */
void     wsi_view_options_set_list   (WsiViewOptions *self,
                                      WsiFrameList   *list);
/* Adds a field as a column.  FALSE: there is no such field. */
gboolean wsi_view_options_add_column (WsiViewOptions *self,
                                      const char     *name);

G_END_DECLS
