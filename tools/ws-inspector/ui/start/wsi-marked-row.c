/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/start/wsi-marked-row.h"

#include <glib/gi18n.h>

#define MARK "wsi-mark"

/* The texts are set after the row is made: a row that is made with them reads them as markup
 * once. */
AdwActionRow *
wsi_unmarked_row_new (const char *title,
                      const char *subtitle)
{
  AdwActionRow *row = g_object_new (ADW_TYPE_ACTION_ROW,
                                    "title-lines", 0,
                                    "subtitle-lines", 1,
                                    "use-markup", FALSE,
                                    NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (row, subtitle);
  return row;
}

AdwActionRow *
wsi_marked_row_new (const char *title,
                    const char *subtitle)
{
  AdwActionRow *row = wsi_unmarked_row_new (title, subtitle);
  GtkWidget *mark = gtk_image_new_from_icon_name ("object-select-symbolic");

  adw_action_row_add_suffix (row, mark);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data (G_OBJECT (row), MARK, mark);
  return row;
}

void
wsi_marked_row_set_watched (AdwActionRow *row,
                            gboolean      is_watched)
{
  GtkWidget *mark = g_object_get_data (G_OBJECT (row), MARK);

  gtk_widget_set_opacity (mark, is_watched ? 1 : 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (mark), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  is_watched ? _("is watched") : _("is not watched"), -1);
}
