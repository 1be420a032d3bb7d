/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/start/wsi-drop.h"

typedef struct
{
  WsiDropFunc function;
  gpointer    user_data;
} Drop;

/* Handles dropped files; a program that drags one file may give it without a list. */
static gboolean
drop_on_drop (GtkDropTarget *drop_target,
              const GValue  *value,
              double         x,
              double         y,
              Drop          *drop)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (WsiTarget) target = NULL;
  GSList *dropped = NULL;

  if (G_VALUE_HOLDS (value, G_TYPE_FILE))
    g_list_store_append (files, g_value_get_object (value));
  else
    dropped = gdk_file_list_get_files (g_value_get_boxed (value));
  for (GSList *i = dropped;
       i != NULL && g_list_model_get_n_items (G_LIST_MODEL (files)) < WSI_DROP_MAX_FILES;
       i = i->next)
    g_list_store_append (files, i->data);
  g_slist_free (dropped);
  if (g_list_model_get_n_items (G_LIST_MODEL (files)) == 0)
    return FALSE;

  target = wsi_target_new_for_files (G_LIST_MODEL (files));
  drop->function (target, drop->user_data);
  return TRUE;
}

static void
drop_free (gpointer  data,
           GClosure *closure)
{
  g_free (data);
}

void
wsi_drop_install (GtkWidget  *widget,
                  WsiDropFunc function,
                  gpointer    user_data)
{
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_FILE };
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  Drop *drop = g_new0 (Drop, 1);

  drop->function = function;
  drop->user_data = user_data;
  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect_data (target, "drop", G_CALLBACK (drop_on_drop), drop, drop_free, 0);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (target));
}
