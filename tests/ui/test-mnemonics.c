/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Mnemonics are not read aloud: no name that a screen reader gets has the underscore of one, on any
 * page, in any dialog and menu.  Names are read once.
 *
 * test-mnemonics [LANGUAGE FOLDER], the folder of the built catalogs. */
#include <string.h>

#include "language.h"
#include "moments.h"
#include "pages.h"
#include "ui-test.h"
#include "views.h"

#define WIDTH 1000
#define HEIGHT 800
#define MIN_NAMES 500           /* that are read on all pages */

static GtkApplication *application;
static guint n_names;

static const GtkAccessibleProperty properties[] = {
  GTK_ACCESSIBLE_PROPERTY_LABEL, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
  GTK_ACCESSIBLE_PROPERTY_PLACEHOLDER, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
};

/* The text of a property as it is, within quotation marks; NULL = it is not set.  GTK's tests tell
 * the text where it is not the expected one. */
static char *
read_property (GtkWidget            *widget,
               GtkAccessibleProperty property)
{
  if (!gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), property))
    return NULL;

  return gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), property,
                                             "no widget has this name");
}

/* A row is read with the text of its message, or is a folder in a dialog for files; a label without
 * mnemonics is read with any text. */
static gboolean
has_free_text (GtkWidget *widget)
{
  return (GTK_IS_LABEL (widget) && !gtk_label_get_use_underline (GTK_LABEL (widget))) ||
         g_str_has_suffix (G_OBJECT_TYPE_NAME (widget), "ListItemWidget") ||
         g_str_has_suffix (G_OBJECT_TYPE_NAME (widget), "RowWidget") ||
         g_str_has_suffix (G_OBJECT_TYPE_NAME (widget), "SidebarRow");
}

static void
check_widget (GtkWidget  *widget,
              const char *place)
{
  for (guint i = 0; i < G_N_ELEMENTS (properties) && !has_free_text (widget); i++)
    {
      g_autofree char *text = read_property (widget, properties[i]);

      n_names += text != NULL;
      if (text == NULL || strchr (text, '_') == NULL)
        continue;
      g_test_message ("%s: %s in %s", place, text, G_OBJECT_TYPE_NAME (widget));
      g_test_fail ();
    }
}

static gboolean
has_relation (GtkWidget *widget)
{
  return gtk_test_accessible_has_relation (GTK_ACCESSIBLE (widget),
                                           GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

static gboolean
is_text (GtkWidget  *widget,
         const char *unused)
{
  return GTK_IS_LABEL (widget) && *gtk_label_get_text (GTK_LABEL (widget)) != '\0';
}

/* A name is read twice if a button has it and is labelled by the label in it, too, or if the
 * description is the name. */
static void
check_once (GtkWidget  *widget,
            const char *place)
{
  g_autofree char *name =
    GTK_IS_LABEL (widget) ? g_strdup (gtk_label_get_text (GTK_LABEL (widget)))
                          : read_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL);
  g_autofree char *description = read_property (widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  gboolean has_label = GTK_IS_BUTTON (widget) && has_relation (widget) &&
                       ui_test_find (widget, is_text, NULL) != NULL;

  if (name == NULL || (!has_label && g_strcmp0 (description, name) != 0))
    return;

  g_test_message ("%s: %s is read twice in %s", place, name, G_OBJECT_TYPE_NAME (widget));
  g_test_fail ();
}

static void
check (GtkWidget  *widget,
       const char *place)
{
  /* The path bar of a dialog for files has the names of folders. */
  if (!gtk_widget_get_mapped (widget) ||
      g_str_has_suffix (G_OBJECT_TYPE_NAME (widget), "PathBar"))
    return;

  check_widget (widget, place);
  check_once (widget, place);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check (child, place);
}

/* A menu has its items in a popover, which is a child of its button. */
static void
check_menus (GtkWidget  *widget,
             const char *place)
{
  if (GTK_IS_MENU_BUTTON (widget) && gtk_widget_is_drawable (widget))
    {
      gtk_menu_button_popup (GTK_MENU_BUTTON (widget));
      ui_test_draw (widget, 2);
      check (widget, place);
      gtk_menu_button_popdown (GTK_MENU_BUTTON (widget));
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_menus (child, place);
}

static void
check_page (GtkWindow  *window,
            const Page *page)
{
  ui_test_draw (GTK_WIDGET (window), 2);
  check (GTK_WIDGET (window), page->name);
  check_menus (GTK_WIDGET (window), page->name);
}

static void
test_pages (void)
{
  n_names = 0;
  page_show_all (application, WIDTH, HEIGHT, check_page);
  g_assert_cmpuint (n_names, >=, MIN_NAMES);
}

/* The menu is looked at on each page. */
static gboolean
is_dialog (const View *view)
{
  return view->actions != NULL && !g_str_equal (view->name, "menu");
}

/* A dialog for files belongs to an object of GTK, which takes its response. */
static void
check_view (Place      *place,
            const View *view)
{
  GtkWindow *dialog = view_open (place->window, view);
  GtkWidget *front = GTK_WIDGET (dialog != NULL ? dialog : GTK_WINDOW (place->window));

  ui_test_draw (front, 2);
  check (front, view->name);
  if (GTK_IS_DIALOG (dialog))
    gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);
  else if (dialog != NULL)
    gtk_window_destroy (dialog);
}

static const char *const moments_with_dialogs[] = {
  "start", "form-of-client", "form-of-server", "form-of-proxy", "form-of-browser", "open", NULL,
};

/* In one window for each base of dialogs. */
static void
test_dialogs (void)
{
  for (guint i = 0; i < n_moments; i++)
    {
      Place place;

      if (!g_strv_contains (moments_with_dialogs, moments[i].name))
        continue;

      place_init (&place, application);
      if (moments[i].reach != NULL)
        moments[i].reach (&place);
      for (guint j = 0; j < view_get_n (); j++)
        if (is_dialog (view_get (j)) && view_is_in (view_get (j), moments[i].base))
          check_view (&place, view_get (j));
      gtk_window_destroy (GTK_WINDOW (place.window));
      place_clear (&place);
    }
}

/* Later versions than GTK 4.8 give a button no name of its own: the text of its label is read. */
static char *
read_button (GtkWidget *button)
{
  char *name = read_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL);
  GtkWidget *label = gtk_button_get_child (GTK_BUTTON (button));

  return name != NULL ? name : g_strdup (gtk_label_get_text (GTK_LABEL (label)));
}

/* A label that changes is read as it is then; an underscore that is one stays. */
static void
test_changed (void)
{
  GtkWidget *button = gtk_button_new_with_mnemonic ("_First");
  GtkWidget *bare = gtk_button_new_with_label ("under_score");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWindow *window;
  g_autofree char *first = NULL, *second = NULL, *written = NULL;

  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), bare);
  window = ui_test_open (box, 200, 100);
  first = read_button (button);
  gtk_button_set_label (GTK_BUTTON (button), "Se_cond __init");
  second = read_button (button);
  written = read_button (bare);
  g_assert_nonnull (strstr (first, "First"));
  g_assert_null (strchr (first, '_'));
  g_assert_nonnull (strstr (second, "Second _init"));
  g_assert_nonnull (strstr (written, "under_score"));
  ui_test_close (window);
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  g_test_init (&argc, &argv, NULL);
  if (argc > 2 && language_set (argv[1], argv[2]) == NULL)
    {
      g_print ("1..0 # SKIP there is no locale for %s, and localedef cannot make it\n", argv[1]);
      return 0;
    }

  gtk_init ();
  application = ui_test_make_application ();
  g_test_add_func ("/ui/mnemonics/pages/are-read-without", test_pages);
  g_test_add_func ("/ui/mnemonics/dialogs/are-read-without", test_dialogs);
  g_test_add_func ("/ui/mnemonics/labels/that-change-are-read-without", test_changed);
  return ui_test_end (application);
}
