/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Aligns the titles of columns: GTK 4.8 has no property for that, and no functions for the parts of
 * a view. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The alignment of a title: 0 is at the beginning, 1 at the end, as that of the cells. */
typedef float (*WsiAlignmentFunc) (GtkColumnViewColumn *column);

/* Whenever columns were added.  A column without a fixed width may be narrower than its title,
 * which is its tooltip. */
void wsi_column_titles_align (GtkColumnView   *view,
                              WsiAlignmentFunc get_alignment);

/* The titles, in the order of the columns. */
GtkWidget *wsi_column_titles_get (GtkColumnView *view);
/* The list of rows that is below the titles. */
GtkWidget *wsi_column_titles_get_list (GtkColumnView *view);

G_END_DECLS
