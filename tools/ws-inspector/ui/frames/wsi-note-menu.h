/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The comment and the tags of a row.  A part of a menu, and its actions. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/capture/wsi-row.h"

G_BEGIN_DECLS

/* Items with the actions frames.comment, frames.tags, and frames.tag of a tag.
 * numbers: of all rows that these are about; comments are those of the row. */
GMenuModel *wsi_note_menu_make         (WsiRow *row,
                                        GArray *numbers);
/* Opens a dialog for the comment on all these rows. */
void        wsi_note_menu_edit_comment (WsiRow    *row,
                                        GtkWindow *parent);
void        wsi_note_menu_edit_tags    (WsiRow    *row,
                                        GtkWindow *parent);

G_END_DECLS
