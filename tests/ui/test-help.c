/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The help: pages of docs/, made when the program is built. */
#include <string.h>

#include "picture.h"
#include "ui-test.h"
#include "ui/help/wsi-help-window.h"
#include "ui/template-children.h"

static const struct
{
  const char *page, *title;
  guint       min_rows;         /* smallest number of rows; the page has more */
  const char *texts[3];         /* texts that are in a row each: in a table, in code, in brackets */
} pages[] = {
  { "filter", "Filters", 100,
    { "Bytes of payload, unmasked and inflated", "opcode in {close, 9, 0xa}", "&&, ||, !;" } },
  { "wss", "Debug a wss:// page", 50,
    { "Chromium, Chrome, Edge, Brave or Vivaldi", "wsinspect browser --start",
      "WSP_ATTACH=1 chat-client wss://shop.example/\nwsinspect attach" } },
};

static GtkLabel *
get_label (GtkWidget *row)
{
  return GTK_LABEL (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row)));
}

/* The first row of a list with this text. */
static GtkWidget *
find_row (GtkWidget  *list,
          const char *text)
{
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (strstr (gtk_label_get_text (get_label (row)), text) != NULL)
      return row;
  return NULL;
}

static void
test_page (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data), n_rows = 0;
  WsiHelpWindow *window = wsi_help_window_new (NULL);
  g_autofree char *picture = g_strconcat ("help-", pages[i].page, NULL);
  GtkWidget *list = ui_test_get_child (window, pages[i].page);

  gtk_stack_set_visible_child_name (ui_test_get_child (window, "pages"), pages[i].page);
  gtk_window_present (GTK_WINDOW (window));
  ui_test_draw (GTK_WIDGET (window), 3);
  picture_save (GTK_WIDGET (window), picture);
  g_assert_cmpstr (gtk_label_get_text (get_label (gtk_widget_get_first_child (list))), ==,
                   pages[i].title);
  for (guint k = 0; k < G_N_ELEMENTS (pages[i].texts); k++)
    g_assert_nonnull (find_row (list, pages[i].texts[k]));
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      const char *text = gtk_label_get_text (get_label (row));

      g_assert_cmpstr (text, !=, "");
      g_assert_null (strstr (text, "`"));
      g_assert_null (strstr (text, "**"));
      n_rows++;
    }
  g_assert_cmpuint (n_rows, >=, pages[i].min_rows);
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
is_scrolled (gpointer list)
{
  GtkWidget *scroller = gtk_widget_get_ancestor (list, GTK_TYPE_SCROLLED_WINDOW);

  return gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (
                                     GTK_SCROLLED_WINDOW (scroller))) > 0;
}

/* A link leads to its heading, which has the focus then. */
static void
test_link (void)
{
  WsiHelpWindow *window = wsi_help_window_new (NULL);
  GtkWidget *list = ui_test_get_child (window, "wss"), *focus;
  gboolean is_handled = FALSE;

  gtk_stack_set_visible_child_name (ui_test_get_child (window, "pages"), "wss");
  gtk_window_present (GTK_WINDOW (window));
  ui_test_draw (GTK_WIDGET (window), 3);
  g_signal_emit_by_name (get_label (find_row (list, "A HAR file")), "activate-link", "#a-har-file",
                         &is_handled);
  g_assert_true (is_handled);
  focus = gtk_window_get_focus (GTK_WINDOW (window));
  g_assert_true (GTK_IS_LIST_BOX_ROW (focus));
  g_assert_cmpstr (gtk_label_get_text (get_label (focus)), ==, "A HAR file");
  g_assert_true (gtk_widget_has_css_class (focus, "heading"));
  ui_test_wait_until (is_scrolled, list);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *path = g_strconcat ("/ui/help/page-is-shown/", pages[i].page, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_page);
    }
  g_test_add_func ("/ui/help/link-leads-to-its-heading", test_link);
  return g_test_run ();
}
