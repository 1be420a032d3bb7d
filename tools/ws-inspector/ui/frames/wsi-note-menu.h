/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The notes of a user about a row: mark, comment and tags.  A part of a menu, and its actions. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/capture/wsi-row.h"

G_BEGIN_DECLS

/* Items with the actions frames.mark, frames.comment, frames.tags, and frames.tag of a tag. */
GMenuModel *wsi_note_menu_make         (WsiRow *row);
void        wsi_note_menu_toggle_mark  (WsiRow *row);
/* A row that has the tag loses it. */
void        wsi_note_menu_toggle_tag   (WsiRow     *row,
                                        const char *tag);
/* Opens a dialog for all of them. */
void        wsi_note_menu_edit_comment (WsiRow    *row,
                                        GtkWindow *parent);
void        wsi_note_menu_edit_tags    (WsiRow    *row,
                                        GtkWindow *parent);

G_END_DECLS
