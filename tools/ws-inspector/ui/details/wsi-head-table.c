/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-head-table.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define MAX_ROWS 200            /* rows of a table: a head in a file may have any number */

static GtkWidget *
head_table_make_row (const char *name,
                     const char *value)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), value);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

void
wsi_list_box_clear (GtkListBox *list)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, row);
}

void
wsi_head_table_fill (GtkListBox        *list,
                     const char *const *lines)
{
  wsi_list_box_clear (list);
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      const char *colon = i > 0 ? strchr (lines[i], ':') : NULL;
      g_autofree char *name = colon != NULL ? g_strndup (lines[i], colon - lines[i]) : NULL;

      if (i == MAX_ROWS)
        {
          gtk_list_box_append (list,
                               head_table_make_row (_("More lines are shown as text only"), ""));
          return;
        }

      if (colon != NULL)
        gtk_list_box_append (list, head_table_make_row (name, colon + 1 + strspn (colon + 1, " ")));
      else
        gtk_list_box_append (list, head_table_make_row (lines[i], ""));
    }
}
