/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/help/wsi-help-window.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/store/memory/wsi-bytes.h"
#include "ui/parts/wsi-dialog.h"

#define N_PARTS 3               /* of a line: kind, anchor, text */

struct _WsiHelpWindow
{
  AdwWindow   parent_instance;

  GtkStack   *pages;
  GtkListBox *filter, *wss;
};

G_DEFINE_FINAL_TYPE (WsiHelpWindow, wsi_help_window, ADW_TYPE_WINDOW)

/* The kinds of block, and the CSS classes of their texts. */
static const struct
{
  const char *kind, *class;
} styles[] = {
  { "title", "title-1" }, { "heading", "title-3" }, { "part", "heading" }, { "code", "monospace" },
  { "columns", "dim-label" },
};

/* Handles a link to a heading of the page; others lead to the web. */
static gboolean
on_link (GtkLabel   *label,
         const char *uri,
         gpointer    list)
{
  if (*uri != '#')
    return FALSE;

  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (g_str_equal (gtk_widget_get_name (row), uri + 1))
      gtk_widget_grab_focus (row);
  return TRUE;
}

static GtkWidget *
help_window_make_label (const char *kind,
                        const char *markup)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), g_str_equal (kind, "code"));
  /* the pages are in languages that are written so */
  gtk_widget_set_direction (label, GTK_TEXT_DIR_LTR);
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if (g_str_equal (kind, styles[i].kind))
      gtk_widget_add_css_class (label, styles[i].class);
  return label;
}

/* Appends a block as a row, to which the arrow keys lead, and which a screen reader reads. */
static void
append_block (GtkListBox        *list,
              const char *const *parts)
{
  g_autofree char *markup = g_strcompress (parts[2]);
  GtkWidget *row = gtk_list_box_row_new (), *label = help_window_make_label (parts[0], markup);

  g_signal_connect (label, "activate-link", G_CALLBACK (on_link), list);
  gtk_widget_set_name (row, parts[1]);
  gtk_widget_add_css_class (row, parts[0]);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_RELATION_LABELLED_BY, label,
                                  NULL, -1);
  gtk_list_box_append (list, row);
}

/* Shows a page in the language of the window, once it is wanted. */
static void
help_window_fill (GtkListBox *list,
                  const char *page)
{
  /* Translators: the language of the help, such as "de"; po/help has its texts. */
  const char *language = C_ ("help", "en");
  g_autofree char *resource = g_strdup_printf ("/wsi/help/%s-%s.page", page, language);
  g_autoptr (GBytes) bytes = NULL;
  g_auto (GStrv) lines = NULL;

  if (gtk_list_box_get_row_at_index (list, 0) != NULL)
    return;

  bytes = g_resources_lookup_data (resource, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  lines = g_strsplit (wsi_bytes_get_data (bytes, NULL), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (lines[i], "\t", N_PARTS);

      if (g_strv_length (parts) == N_PARTS)
        append_block (list, (const char *const *) parts);
    }
}

static void
on_page (WsiHelpWindow *self)
{
  if (gtk_widget_in_destruction (GTK_WIDGET (self)))
    return;

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), "wss") == 0)
    help_window_fill (self->wss, "wss");
  else
    help_window_fill (self->filter, "filter");
}

static void
wsi_help_window_class_init (WsiHelpWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/help/wsi-help-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiHelpWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, WsiHelpWindow, filter);
  gtk_widget_class_bind_template_child (widget_class, WsiHelpWindow, wss);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wsi_help_window_init (WsiHelpWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->pages, "notify::visible-child-name", G_CALLBACK (on_page), self);
  on_page (self);
}

WsiHelpWindow *
wsi_help_window_new (GtkWindow *parent)
{
  WsiHelpWindow *self = g_object_new (WSI_TYPE_HELP_WINDOW, NULL);

  wsi_dialog_set_parent (GTK_WINDOW (self), parent);
  return self;
}
