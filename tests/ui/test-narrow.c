/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every page of a window of 360 pixels fits, and fit.c finds what does not: test-narrow [LANGUAGE
 * FOLDER], the folder of the built catalogs. */
#include "fit.h"
#include "fonts.h"
#include "language.h"
#include "lib/rows.h"
#include "pages.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/parts/wsi-column-cell.h"
#include "ui/template-children.h"
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-toast.h"

#include <glib/gi18n.h>

#define WIDTH 360
#define HEIGHT 720
#define LARGER 150              /* percent: twice the step of the large text of GNOME */

static GtkApplication *application;
static const char *font_name;  /* in the names of pictures; NULL = the one of with-display */

static void
set_text_size (int percent)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024 * percent / 100, NULL);
}

/* The window of shortcuts is GTK's, and has two columns in 4.8 whatever its width.  From right to
 * left GTK 4.8 draws the rows of the tables of figures in the wrong place. */
static gboolean
is_of_gtk (GtkWindow  *window,
           const Page *page)
{
  return GTK_IS_SHORTCUTS_WINDOW (window) ||
         (g_str_equal (page->name, "statistics") &&
          gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL);
}

/* A fault stays: while a window draws late, a text may be newer than the place that it has. */
static char *
describe_lasting_faults (GtkWindow *window)
{
  char *faults = fit_describe (window, WIDTH, HEIGHT);

  for (guint i = 0; faults[0] != '\0' && i < 20; i++)
    {
      g_free (faults);
      ui_test_draw (GTK_WIDGET (window), 2);
      faults = fit_describe (window, WIDTH, HEIGHT);
    }
  return faults;
}

/* All faults at once, so that one run tells them all. */
static void
report_page (GtkWindow  *window,
             const Page *page)
{
  g_autofree char *name = g_strconcat ("narrow-", page->name, font_name != NULL ? "-" : NULL,
                                       font_name, NULL);
  g_autofree char *faults = is_of_gtk (window, page) ? g_strdup ("")
                                                     : describe_lasting_faults (window);
  g_auto (GStrv) lines = g_strsplit (faults, "\n", -1);

  picture_save (GTK_WIDGET (window), name);
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0')
      {
        g_test_message ("%s: %s", page->name, lines[i]);
        g_test_fail ();
      }
}

static void
test_plain (void)
{
  page_show_all (application, WIDTH, HEIGHT, report_page);
}

static void
test_large_text (void)
{
  set_text_size (LARGER);
  page_show_all (application, WIDTH, HEIGHT, report_page);
  set_text_size (100);
}

/* Titles and words of a language are wider in one font than in another. */
static void
test_large_font (gconstpointer data)
{
  if (!font_set (data))
    return;

  font_name = ((const Font *) data)->name;
  test_large_text ();
  font_name = NULL;
  font_reset ();
}

static void
test_right_to_left (void)
{
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  page_show_all (application, WIDTH, HEIGHT, report_page);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* One of each kind, and how its fault begins. */
static const struct
{
  const char *name, *markup, *fault;
} misfits[] = {
  { "window-that-is-too-wide", "<object class='GtkLabel' id='it'>"
    "<property name='width-request'>400</property></object>", "GtkWindow" },
  { "label-that-is-cut-off", "<object class='GtkLabel' id='it'>"
    "<property name='ellipsize'>end</property><property name='label'>"
    "A sentence that has no place in a window of so many pixels, and no tooltip</property>"
    "</object>", "GtkLabel" },
  { "label-whose-tooltip-lacks-what-is-cut", "<object class='GtkBox' id='it'>"
    "<property name='tooltip-text'>Another sentence</property><child><object class='GtkLabel'>"
    "<property name='ellipsize'>end</property><property name='label'>"
    "A sentence that has no place in a window of so many pixels, and another tooltip</property>"
    "</object></child></object>", "GtkLabel" },
  { "nothing-where-a-tooltip-has-what-is-cut", "<object class='GtkBox' id='it'>"
    "<property name='tooltip-text'>Whole: A sentence that has no place in a window of so many "
    "pixels</property><child><object class='GtkLabel'>"
    "<property name='ellipsize'>end</property><property name='label'>"
    "A sentence that has no place in a window of so many pixels</property>"
    "</object></child></object>", NULL },
  { "page-that-scrolls-sideways", "<object class='GtkScrolledWindow' id='it'>"
    "<property name='child'><object class='GtkLabel'><property name='width-request'>400</property>"
    "</object></property></object>", "GtkScrolledWindow" },
  { "icon-that-no-theme-has", "<object class='GtkImage' id='it'>"
    "<property name='icon-name'>no-such-symbolic</property></object>", "Icon" },
  { "nothing-where-all-fits", "<object class='GtkLabel' id='it'>"
    "<property name='label'>Short</property></object>", NULL },
};

static void
test_found (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *xml = g_strdup_printf ("<interface>%s</interface>", misfits[i].markup);
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_string (xml, -1);
  GtkWindow *window = ui_test_open (GTK_WIDGET (gtk_builder_get_object (builder, "it")), WIDTH,
                                    HEIGHT);
  g_autofree char *faults = NULL;

  ui_test_draw (GTK_WIDGET (window), 2);
  faults = fit_describe (window, WIDTH, HEIGHT);
  if (misfits[i].fault == NULL)
    g_assert_cmpstr (faults, ==, "");
  else
    g_assert_true (g_str_has_prefix (faults, misfits[i].fault));
  ui_test_close (window);
}

static const struct
{
  const char *name, *text;
  gboolean    is_cut;
} cells[] = {
  { "long", "A text that has no place in a cell of so many pixels, with <b>markup</b>", TRUE },
  { "short", "Short", FALSE },
  { "empty", "", FALSE },
  { "none", NULL, FALSE },
};

/* Its tooltip is there only when it is needed: below it is that of the row. */
static void
test_cell (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  GtkWidget *cell = wsi_column_cell_new (0);
  GtkInscription *text = wsi_column_cell_get_text (cell);
  GtkWindow *window = ui_test_open (cell, 120, 40);
  g_autoptr (GtkTooltip) tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);
  gboolean is_shown = FALSE;

  gtk_inscription_set_text (text, cells[i].text);
  ui_test_draw (GTK_WIDGET (window), 2);
  g_signal_emit_by_name (text, "query-tooltip", 1, 1, FALSE, tooltip, &is_shown);
  g_assert_cmpint (is_shown, ==, cells[i].is_cut);
  ui_test_close (window);
}

#define SENTENCE "Frames are no longer saved: make room, or save to another place " \
  "(/captures/of-somebody/of-this-week.wsinspect: no space left on the device)"

/* A toast has as many lines as its sentence. */
static void
test_toast (gconstpointer data)
{
  gboolean is_large = GPOINTER_TO_INT (data);
  WsiWindow *window = ui_test_open_window (application);
  GtkWidget *label;
  int height;

  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi",
                is_large ? 144 * 1024 : 96 * 1024, NULL);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.toast", "s", SENTENCE);
  ui_test_draw (GTK_WIDGET (window), 2);
  picture_save (GTK_WIDGET (window), is_large ? "narrow-large-toast" : "narrow-toast");
  label = ui_test_find (GTK_WIDGET (window), ui_test_is_label, SENTENCE);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, WIDTH);
  g_assert_cmpint (pango_layout_get_line_count (gtk_label_get_layout (GTK_LABEL (label))), >, 1);
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))));
  pango_layout_get_pixel_size (gtk_label_get_layout (GTK_LABEL (label)), NULL, &height);
  g_assert_cmpint (gtk_widget_get_height (label), >=, height);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
}

static void
check_toast (WsiWindow  *window,
             const char *sentence)
{
  AdwToast *toast = wsi_toast_new (ui_test_get_child (window, "toasts"), sentence);
  GtkWidget *label = adw_toast_get_custom_title (toast);
  int height;

  adw_toast_set_button_label (toast, _("_Save…"));
  adw_toast_set_timeout (toast, 0);
  adw_toast_overlay_add_toast (ui_test_get_child (window, "toasts"), g_object_ref (toast));
  ui_test_draw (GTK_WIDGET (window), 5);
  pango_layout_get_pixel_size (gtk_label_get_layout (GTK_LABEL (label)), NULL, &height);
  g_assert_cmpint (gtk_widget_get_height (label), >=, height);
  adw_toast_dismiss (toast);
  ui_test_draw (GTK_WIDGET (window), 2);
  g_object_unref (toast);
}

/* Words that cannot be divided, of any length: the names of files in a sentence are as random. */
static void
test_toast_with_button (void)
{
  WsiWindow *window = ui_test_open_window (application);

  set_text_size (LARGER);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  for (guint n = 0; n < 24; n++)
    {
      g_autofree char *name = g_strnfill (n, 'w');
      g_autofree char *sentence = g_strdup_printf ("No longer saved: /tmp/%s/a.wsinspect: disk is "
                                                   "full, make room or save to another place",
                                                   name);

      check_toast (window, sentence);
    }
  gtk_window_destroy (GTK_WINDOW (window));
  set_text_size (100);
}

#define N_TOASTS 30

/* At each moment of those before them; the last one is shown. */
static void
test_toasts_in_a_row (void)
{
  WsiWindow *window = ui_test_open_window (application);
  gboolean has_animations;

  g_object_get (gtk_settings_get_default (), "gtk-enable-animations", &has_animations, NULL);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  for (guint i = 0; i < N_TOASTS; i++)
    {
      gtk_widget_activate_action (GTK_WIDGET (window), "win.toast", "s",
                                  i + 1 < N_TOASTS ? "earlier" : SENTENCE);
      ui_test_draw (GTK_WIDGET (window), i % 7);
    }
  for (gint64 end = g_get_monotonic_time () + 2 * G_USEC_PER_SEC; g_get_monotonic_time () < end;)
    ui_test_draw (GTK_WIDGET (window), 1);
  g_assert_nonnull (ui_test_find (GTK_WIDGET (window), ui_test_is_label, SENTENCE));
  g_assert_null (ui_test_find (GTK_WIDGET (window), ui_test_is_label, "earlier"));
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", has_animations, NULL);
}

static int
run (int n_arguments)
{
  gtk_init ();
  application = ui_test_make_application ();

  ADD_ROWS_AS ("/ui/fit/finds-%s", misfits, test_found);
  ADD_ROWS_AS ("/ui/fit/cell-has-a-tooltip-if-it-is-cut-%s", cells, test_cell);
  g_test_add_func ("/ui/narrow/every-page-fits", test_plain);
  g_test_add_func ("/ui/narrow/every-page-fits-with-large-text", test_large_text);
  for (guint i = 0; i < n_fonts; i++)
    {
      g_autofree char *path = g_strconcat ("/ui/narrow-fonts/every-page-fits-with-large-text-in-",
                                           fonts[i].name, NULL);

      g_test_add_data_func (path, &fonts[i], test_large_font);
    }
  g_test_add_data_func ("/ui/narrow/a-toast-is-read-whole", GINT_TO_POINTER (FALSE), test_toast);
  g_test_add_data_func ("/ui/narrow/a-toast-is-read-whole-with-large-text", GINT_TO_POINTER (TRUE),
                        test_toast);
  g_test_add_func ("/ui/narrow/a-toast-with-a-button-is-read-whole-with-large-text",
                   test_toast_with_button);
  g_test_add_func ("/ui/narrow/toasts-in-a-row", test_toasts_in_a_row);
  if (n_arguments <= 2)
    g_test_add_func ("/ui/narrow/every-page-fits-from-right-to-left", test_right_to_left);
  return ui_test_end (application);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 2 && language_set (argv[1], argv[2]) == NULL)
    {
      g_print ("1..0 # SKIP there is no locale for %s, and localedef cannot make it\n", argv[1]);
      return 0;
    }

  return run (argc);
}
