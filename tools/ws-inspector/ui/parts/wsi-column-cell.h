/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A cell of a column view: one line, whose text has the baseline of the font, and so of the whole
 * row, also where the font lacks the script of the text. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Makes a cell.  alignment: 0 is at the beginning, 1 at the end. */
GtkWidget      *wsi_column_cell_new      (float alignment);
GtkInscription *wsi_column_cell_get_text (GtkWidget *cell);
/* Adds a sign before the text, with a width of its own, so that texts begin below each other. */
GtkInscription *wsi_column_cell_add_sign (GtkWidget *cell);
/* Makes the content of a tooltip for a text of any length, which may be a single word. */
GtkWidget      *wsi_column_cell_make_tooltip (const char *text);

G_END_DECLS
