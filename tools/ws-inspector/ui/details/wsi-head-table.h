/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The lines of an HTTP head as rows of a list: a name and its value each. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* lines: made fit to be shown; NULL = none.  Replaces the rows of the list. */
void wsi_head_table_fill (GtkListBox        *list,
                          const char *const *lines);
/* Removes all rows of a list. */
void wsi_list_box_clear  (GtkListBox *list);

G_END_DECLS
