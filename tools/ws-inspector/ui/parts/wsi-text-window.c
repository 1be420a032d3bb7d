/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-text-window.h"

#include <adwaita.h>

#include "ui/parts/wsi-dialog.h"

#define WIDTH 800
#define HEIGHT 600
#define MARGIN 12

/* The parts of a window, which has them as long as it lives. */
typedef struct
{
  GtkHeaderBar *bar;
  GtkLabel     *sentence;
  GtkListView  *list;
} Parts;

static Parts *
get_parts (GtkWindow *window)
{
  return g_object_get_data (G_OBJECT (window), "wsi-text-window");
}

static gboolean
text_window_on_escape (GtkWidget *widget,
                       GVariant  *parameter,
                       gpointer   data)
{
  gtk_window_close (GTK_WINDOW (widget));
  return TRUE;
}

static GtkWidget *
make_list (Parts *parts)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  parts->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, NULL));
  gtk_widget_add_css_class (GTK_WIDGET (parts->list), "lines");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (parts->list));
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

GtkWindow *
wsi_text_window_new (GtkWindow  *parent,
                     const char *title)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *keys = gtk_shortcut_controller_new ();
  Parts *parts = g_new0 (Parts, 1);

  g_object_set_data_full (G_OBJECT (window), "wsi-text-window", parts, g_free);
  gtk_window_set_title (window, title);
  gtk_window_set_default_size (window, WIDTH, HEIGHT);
  wsi_dialog_set_parent (window, parent);
  parts->bar = GTK_HEADER_BAR (gtk_header_bar_new ());
  gtk_window_set_titlebar (window, GTK_WIDGET (parts->bar));
  parts->sentence = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (parts->sentence, TRUE);
  gtk_label_set_xalign (parts->sentence, 0);
  gtk_widget_add_css_class (GTK_WIDGET (parts->sentence), "head");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (parts->sentence));
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), make_list (parts));
  gtk_window_set_child (window, box);
  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (keys),
    gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                      gtk_callback_action_new (text_window_on_escape, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (window), keys);
  return window;
}

void
wsi_text_window_set_sentence (GtkWindow  *window,
                              const char *sentence)
{
  gtk_label_set_text (get_parts (window)->sentence, sentence);
}

static void
text_window_on_setup (GtkSignalListItemFactory *factory,
                      GtkListItem              *item,
                      gpointer                  data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_CHAR);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_set_direction (label, GTK_TEXT_DIR_LTR);
  gtk_list_item_set_child (item, label);
}

void
wsi_text_window_set_lines (GtkWindow  *window,
                           GListModel *lines,
                           WsiBindFunc bind,
                           gpointer    user_data,
                           const char *name)
{
  GtkListView *list = get_parts (window)->list;
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (lines);

  g_signal_connect (factory, "setup", G_CALLBACK (text_window_on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), user_data);
  gtk_list_view_set_factory (list, factory);
  gtk_list_view_set_model (list, GTK_SELECTION_MODEL (selection));
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
wsi_text_window_add_button (GtkWindow *window,
                            GtkWidget *button)
{
  gtk_header_bar_pack_start (get_parts (window)->bar, button);
}

void
wsi_text_window_set_class (GtkWidget  *widget,
                           const char *name,
                           WsiClassUse use)
{
  if (use == WSI_CLASS_ON)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}
