/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-drop-down.h"

#include <glib/gi18n.h>

static void
drop_down_set_label (GtkWidget  *widget,
                     const char *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
drop_down_on_selected (GtkDropDown *drop_down,
                       GParamSpec  *property,
                       const char  *name)
{
  GtkStringObject *item = gtk_drop_down_get_selected_item (drop_down);
  g_autofree char *label = NULL;

  if (item == NULL)
    label = g_strdup (name);
  else
    /* Translators: a choice and what is chosen, such as "Time: UTC" */
    label = g_strdup_printf (_("%s: %s"), name, gtk_string_object_get_string (item));

  drop_down_set_label (gtk_widget_get_first_child (GTK_WIDGET (drop_down)), label);
}

/* Names a list of strings.  The button inside has the focus: GTK gives it no name, and a screen
 * reader would say neither what is chosen here nor which choice it is. */
void
wsi_drop_down_set_name (GtkDropDown *drop_down,
                        const char  *name)
{
  drop_down_set_label (GTK_WIDGET (drop_down), name);
  g_signal_connect_data (drop_down, "notify::selected-item", G_CALLBACK (drop_down_on_selected),
                         g_strdup (name), (GClosureNotify) (GCallback) g_free, 0);
  drop_down_on_selected (drop_down, NULL, name);
}
