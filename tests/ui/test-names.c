/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Names for screen readers: each widget that takes the focus has a text in it, or a label that it
 * was given. */
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-window.h"

#include "picture.h"
#include "ui-test.h"
#include "ui/template-children.h"

#define N_EVENTS_AT_FIRST 4     /* rows before the first frame, at most */

static GtkApplication *application;

static gboolean
has_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && gtk_label_get_text (GTK_LABEL (widget))[0] != '\0')
    return TRUE;
  if (GTK_IS_INSCRIPTION (widget) && gtk_inscription_get_text (GTK_INSCRIPTION (widget)) != NULL)
    return TRUE;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_text (child))
      return TRUE;
  return FALSE;
}

/* GTK labels a button by its icon, which has no name either. */
static gboolean
has_label (GtkWidget *widget)
{
  return gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget),
                                           GTK_ACCESSIBLE_PROPERTY_LABEL) ||
         (!GTK_IS_BUTTON (widget) &&
          gtk_test_accessible_has_relation (GTK_ACCESSIBLE (widget),
                                            GTK_ACCESSIBLE_RELATION_LABELLED_BY));
}

/* The text field in an entry has the name of the entry, and the button in a menu button that of
 * the menu button. */
static gboolean
has_name (GtkWidget *widget)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  return has_text (widget) || has_label (widget) || (parent != NULL && has_label (parent));
}

/* A scrolled window takes the focus for its keys. */
static gboolean
needs_name (GtkWidget *widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_focusable (widget) &&
         !GTK_IS_SCROLLED_WINDOW (widget) && !GTK_IS_VIEWPORT (widget) && !GTK_IS_WINDOW (widget);
}

/* Those without a name, one a line. */
static void
collect_unnamed (GtkWidget *widget,
                 GString   *unnamed)
{
  if (needs_name (widget) && !has_name (widget))
    {
      GtkWidget *parent = gtk_widget_get_parent (widget);

      g_string_append_printf (unnamed, "%s in %s\n", G_OBJECT_TYPE_NAME (widget),
                              parent != NULL ? G_OBJECT_TYPE_NAME (parent) : "");
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_unnamed (child, unnamed);
}

static void
assert_named (WsiWindow *window)
{
  g_autoptr (GString) unnamed = g_string_new (NULL);

  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  collect_unnamed (GTK_WIDGET (window), unnamed);
  g_assert_cmpstr (unnamed->str, ==, "");
}

static void
test_start (void)
{
  WsiWindow *window = ui_test_open_window (application);

  assert_named (window);
  ui_test_connect (window, "ftp://example.com/");   /* its form, with a mistake */
  assert_named (window);
  ui_test_serve (window, "x");
  assert_named (window);
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
has_rows (gpointer list)
{
  GListModel *rows = G_LIST_MODEL (gtk_column_view_get_model (wsi_frame_list_get_view (list)));

  return rows != NULL && g_list_model_get_n_items (rows) >= UI_TEST_N_EXAMPLE_ROWS;
}

static void
test_session (void)
{
  const char *const tabs[] = {
    "win.show-message", "win.show-frame", "win.show-handshake", "win.show-connection",
  };
  WsiWindow *window = ui_test_open_window (application);
  WsiFrameList *list = ui_test_get_list (window);
  gboolean is_expanded = FALSE;

  wsi_window_demonstrate (window, NULL);
  ui_test_wait_until (has_rows, list);

  wsi_frame_list_select (list, UI_TEST_N_EXAMPLE_ROWS - 1);
  for (guint i = 0; i < G_N_ELEMENTS (tabs); i++)
    {
      gtk_widget_activate_action (GTK_WIDGET (window), tabs[i], NULL);
      assert_named (window);
    }

  wsi_frame_list_select (list, N_EVENTS_AT_FIRST);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.compose-row", NULL);
  g_object_get (ui_test_find (GTK_WIDGET (window), ui_test_is_type, "WsiComposer"), "expanded",
                &is_expanded, NULL);
  g_assert_true (is_expanded);
  assert_named (window);
  picture_save (gtk_widget_get_first_child (GTK_WIDGET (window)), "window-composer");
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
is_close_button (GtkWidget  *widget,
                 const char *icon_name)
{
  return GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) &&
         g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), icon_name) == 0;
}

static gboolean
shows_other (gpointer toasts)
{
  return ui_test_find (toasts, ui_test_is_label, "other") != NULL;
}

static gboolean
shows_other_no_more (gpointer toasts)
{
  return !shows_other (toasts);
}

/* A toast replaces the one before, once that has come. */
static void
test_toasts (void)
{
  WsiWindow *window = ui_test_open_window (application);
  GtkWidget *toasts = GTK_WIDGET (ui_test_get_child (window, "toasts"));

  gtk_widget_activate_action (GTK_WIDGET (window), "win.toast", "s", "one");
  assert_named (window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.toast", "s", "two");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.toast", "s", "other");
  ui_test_wait_until (shows_other, toasts);
  assert_named (window);
  g_signal_emit_by_name (ui_test_find (toasts, is_close_button, "window-close-symbolic"),
                         "clicked");
  ui_test_wait_until (shows_other_no_more, toasts);
  ui_test_draw (GTK_WIDGET (window), 2);
  g_assert_null (ui_test_find (toasts, ui_test_is_label, "two"));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A button that has neither is found. */
static void
test_found (void)
{
  g_autoptr (GString) unnamed = g_string_new (NULL);
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_child (GTK_WINDOW (window), gtk_button_new_from_icon_name ("edit-symbolic"));
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  collect_unnamed (window, unnamed);
  g_assert_cmpstr (unnamed->str, ==, "GtkButton in GtkWindow\n");
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  application = ui_test_begin (&argc, &argv);

  g_test_add_func ("/ui/names/one-that-is-missing-is-found", test_found);
  g_test_add_func ("/ui/names/start/every-focus-has-one", test_start);
  g_test_add_func ("/ui/names/session/every-focus-has-one", test_session);
  g_test_add_func ("/ui/names/toasts/every-focus-has-one", test_toasts);
  return ui_test_end (application);
}
