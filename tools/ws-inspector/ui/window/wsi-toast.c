/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-toast.h"

#include <glib/gi18n.h>

#define CHILDREN "wsi-toast-children"
#define MAX_LINES 20
#define OVERLAY "wsi-toast-overlay"
#define NARROW_WIDTH 360        /* pixels of a narrow window */
#define WIDTH_CHARS 26          /* characters in a line of a toast in a narrow window */
#define MAX_WIDTH_CHARS 60
#define MIN_WIDTH_CHARS 4       /* characters beside a long button in a narrow window with large
                                 * text */
#define BUTTON_EDGE_CHARS 3
#define USUAL_DPI (96 * 1024)
#define MIN_SECONDS 5           /* seconds of a toast, as in libadwaita */
#define READ_IN_A_SECOND 12     /* characters that are read in a second */
#define CLOSE_ICON "window-close-symbolic"

/* Mends a button: that for closing has no name, and since libadwaita 1.4 the label of the other one
 * is cut off to nothing next to a long sentence. */
static void
mend_button (GtkButton *button)
{
  if (g_strcmp0 (gtk_button_get_icon_name (button), CLOSE_ICON) == 0)
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _("Close"), -1);
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (button), "can-shrink") != NULL)
    g_object_set (button, "can-shrink", FALSE, NULL);
}

static void
mend_buttons (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget))
    mend_button (GTK_BUTTON (widget));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    mend_buttons (child);
}

/* Handles toasts: one that waits for another one becomes a child when it is shown.  The first child
 * is the content of the overlay. */
static void
on_children_changed (GListModel *children,
                     guint       position,
                     guint       n_removed,
                     guint       n_added)
{
  for (guint i = MAX (position, 1); i < position + n_added; i++)
    {
      g_autoptr (GtkWidget) child = g_list_model_get_item (children, i);

      mend_buttons (child);
    }
}

void
wsi_toast_install (AdwToastOverlay *overlay)
{
  GListModel *children = gtk_widget_observe_children (GTK_WIDGET (overlay));

  g_signal_connect (children, "items-changed", G_CALLBACK (on_children_changed), NULL);
  g_object_set_data_full (G_OBJECT (overlay), CHILDREN, children, g_object_unref);
}

static guint
toast_get_seconds (const char *sentence)
{
  return MAX (MIN_SECONDS, g_utf8_strlen (sentence, -1) / READ_IN_A_SECOND);
}

/* The width of the window, which is notified of a resize before the overlay. */
static int
get_window_width (GtkWidget *overlay)
{
  GtkRoot *root = gtk_widget_get_root (overlay);
  int width = gtk_widget_get_width (overlay), height;

  if (GTK_IS_WINDOW (root) && !gtk_window_is_maximized (GTK_WINDOW (root)))
    gtk_window_get_default_size (GTK_WINDOW (root), &width, &height);
  return MAX (width, NARROW_WIDTH);
}

/* The overlay of toasts asks for the height at this width, whatever the label gets: the rest of a
 * narrow window is the button's. */
static void
set_width_chars (AdwToast *toast)
{
  GtkWidget *overlay = g_object_get_data (G_OBJECT (toast), OVERLAY);
  const char *button = adw_toast_get_button_label (toast);
  int dpi, chars = WIDTH_CHARS * get_window_width (overlay) / NARROW_WIDTH;

  chars = MIN (chars, MAX_WIDTH_CHARS);
  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  if (dpi > USUAL_DPI)
    chars = (int) ((gint64) chars * USUAL_DPI / dpi);
  if (button != NULL)
    chars -= (int) g_utf8_strlen (button, -1) + BUTTON_EDGE_CHARS;
  gtk_label_set_max_width_chars (GTK_LABEL (adw_toast_get_custom_title (toast)),
                                 MAX (chars, MIN_WIDTH_CHARS));
}

/* Makes a toast.  A title of libadwaita 1.2 is one line, so the title is a label that
 * wraps.  Longer ones than that have a tooltip. */
AdwToast *
wsi_toast_new (AdwToastOverlay *overlay,
               const char      *sentence)
{
  GtkWidget *label = gtk_label_new (sentence);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (overlay));
  AdwToast *toast = adw_toast_new ("");

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), MAX_LINES);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_tooltip_text (label, sentence);
  gtk_widget_add_css_class (label, "heading");
  adw_toast_set_custom_title (toast, label);
  g_object_set_data (G_OBJECT (toast), OVERLAY, overlay);       /* the overlay owns the toast */
  set_width_chars (toast);
  g_signal_connect (toast, "notify::button-label", G_CALLBACK (set_width_chars), NULL);
  if (root != NULL)
    g_signal_connect_object (root, "notify::default-width", G_CALLBACK (set_width_chars), toast,
                             G_CONNECT_SWAPPED);
  adw_toast_set_timeout (toast, toast_get_seconds (sentence));
  return toast;
}
