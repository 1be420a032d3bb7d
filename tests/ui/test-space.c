/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The room that each part of a session has: rows that are seen, where the
 * details are, dividers, the composer, columns, the sidebar. */
#include <glib/gi18n.h>
#include <string.h>

#include "fit.h"
#include "fonts.h"
#include "keyboard.h"
#include "lib/listen.h"
#include "lib/rows.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/composer/wsi-composer.h"
#include "ui/parts/wsi-column-titles.h"
#include "ui/parts/wsi-settings.h"
#include "ui/parts/wsi-split.h"
#include "ui/template-children.h"

#define N_EXAMPLE_ROWS UI_TEST_N_EXAMPLE_ROWS
#define LONG_URI                                                               \
  "ws://127.0.0.1:%u/"                                                         \
  "prices-of-all-rooms-of-the-house?room=1234567890123456789"

static GtkApplication *application;

static gboolean
has_example (gpointer list)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (list), &counts);
  return counts.n_rows >= N_EXAMPLE_ROWS;
}

static WsiWindow *
open_example (int width, int height)
{
  WsiWindow *window = wsi_window_new (application);

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_present (GTK_WINDOW (window));
  ui_test_draw (GTK_WIDGET (window), 2);
  wsi_window_demonstrate (window, NULL);
  ui_test_wait_until (has_example, ui_test_get_list (window));
  ui_test_draw (GTK_WIDGET (window), 10);
  return window;
}

static void
act (WsiWindow *window, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), action, NULL));
  ui_test_draw (GTK_WIDGET (window), 10);
}

static GtkWidget *
find (WsiWindow *window, const char *type)
{
  return ui_test_find (GTK_WIDGET (window), ui_test_is_type, type);
}

static GtkPaned *
find_paned (WsiWindow *window)
{
  return GTK_PANED (gtk_widget_get_first_child (find (window, "WsiSplit")));
}

static GtkOrientation
get_orientation (WsiWindow *window)
{
  return gtk_orientable_get_orientation (GTK_ORIENTABLE (find_paned (window)));
}

/* Whole rows that have room below the titles. */
static int
count_rows (WsiWindow *window)
{
  GtkWidget *rows =
    wsi_column_titles_get_list (wsi_frame_list_get_view (ui_test_get_list (window)));

  return gtk_widget_get_height (rows) /
         gtk_widget_get_height (gtk_widget_get_first_child (rows));
}

static void
forget (WsiWindow *window)
{
  static const char *const keys[] = {
    "arrangement",   "beside-share",  "below-share", "window-width",
    "window-height", "column-widths", "sidebar",
  };
  g_autoptr (GSettings) settings = wsi_settings_new ();

  gtk_window_destroy (GTK_WINDOW (window));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (settings, keys[i]);
}

static const struct
{
  const char *name;
  int         width, height;
  const char *actions;
  int         least;            /* smallest allowed number of rows that can be seen */
} bars[] = {
  { "1280x800-at-first", 1280, 800, "", 25 },
  { "1280x800-composing", 1280, 800, "win.compose-row", 16 },
  { "1280x800-composing-and-searching", 1280, 800, "win.compose-row win.search", 14 },
  { "1024x768", 1024, 768, "", 12 },
};

static void
test_bar (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (GStrv) actions = g_strsplit (bars[i].actions, " ", -1);
  g_autofree char *picture = g_strconcat ("space-", bars[i].name, NULL);
  WsiWindow *window;

  if (!font_set (&fonts[0]))
    return;

  window = open_example (bars[i].width, bars[i].height);
  wsi_frame_list_select (ui_test_get_list (window), 3);
  for (guint j = 0; actions[j] != NULL && actions[j][0] != '\0'; j++)
    act (window, actions[j]);
  picture_save (GTK_WIDGET (window), picture);
  g_test_message ("%d rows", count_rows (window));
  g_assert_cmpint (count_rows (window), >=, bars[i].least);
  forget (window);
  font_reset ();
}

/* The smallest window of a laptop that is shared with another one. */
static void
test_small (gconstpointer action)
{
  g_autofree char *faults = NULL;
  WsiWindow *window;

  if (!font_set (&fonts[0]))
    return;

  window = open_example (640, 590);
  wsi_frame_list_select (ui_test_get_list (window), 3);
  act (window, action);
  picture_save (GTK_WIDGET (window), action);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, 640);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (window)), <=, 590);
  faults = fit_describe (GTK_WINDOW (window), 640, 590);
  g_assert_cmpstr (faults, ==, "");
  forget (window);
  font_reset ();
}

static const struct
{
  const char    *name;
  WsiArrangement arrangement;
  int            width;
  double         text_scale;
  GtkOrientation orientation;
} places[] = {
  { "automatic-at-1000", WSI_ARRANGEMENT_AUTOMATIC, 1000, 1, GTK_ORIENTATION_HORIZONTAL },
  { "automatic-at-999", WSI_ARRANGEMENT_AUTOMATIC, 999, 1, GTK_ORIENTATION_VERTICAL },
  { "automatic-large-text-at-1249", WSI_ARRANGEMENT_AUTOMATIC, 1249, 1.25,
    GTK_ORIENTATION_VERTICAL },
  { "automatic-large-text-at-1250", WSI_ARRANGEMENT_AUTOMATIC, 1250, 1.25,
    GTK_ORIENTATION_HORIZONTAL },
  { "automatic-small-text-at-800", WSI_ARRANGEMENT_AUTOMATIC, 800, 0.8,
    GTK_ORIENTATION_HORIZONTAL },
  { "beside-at-700", WSI_ARRANGEMENT_BESIDE, 700, 1, GTK_ORIENTATION_HORIZONTAL },
  { "beside-with-large-text", WSI_ARRANGEMENT_BESIDE, 700, 2, GTK_ORIENTATION_HORIZONTAL },
  { "below-at-1280", WSI_ARRANGEMENT_BELOW, 1280, 1, GTK_ORIENTATION_VERTICAL },
};

static void
test_place (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  GtkSettings *settings = gtk_settings_get_default ();
  WsiSplit *split = g_object_new (WSI_TYPE_SPLIT, "arrangement", places[i].arrangement, NULL);
  GtkWindow *window;

  g_object_set (settings, "gtk-xft-dpi", (int) (places[i].text_scale * 96 * 1024), NULL);
  window = ui_test_open (GTK_WIDGET (split), places[i].width, 300);
  ui_test_draw (GTK_WIDGET (window), 5);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (split)), ==, places[i].width);
  g_assert_cmpint (gtk_orientable_get_orientation (GTK_ORIENTABLE (gtk_widget_get_first_child (
                                                                     GTK_WIDGET (split)))),
                   ==, places[i].orientation);
  ui_test_close (window);
  g_object_set (settings, "gtk-xft-dpi", 96 * 1024, NULL);
}

/* The same window, as its width changes. */
static void
test_widths (void)
{
  WsiWindow *window = open_example (1280, 800);

  g_assert_cmpint (get_orientation (window), ==, GTK_ORIENTATION_HORIZONTAL);
  gtk_window_set_default_size (GTK_WINDOW (window), 980, 768);
  ui_test_draw (GTK_WIDGET (window), 10);
  g_assert_cmpint (get_orientation (window), ==, GTK_ORIENTATION_VERTICAL);
  gtk_window_set_default_size (GTK_WINDOW (window), 600, 768);
  ui_test_draw (GTK_WIDGET (window), 10);
  g_assert_true (wsi_split_is_narrow (WSI_SPLIT (find (window, "WsiSplit"))));
  g_assert_false (gtk_widget_get_mapped (find (window, "WsiDetail")));
  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  ui_test_draw (GTK_WIDGET (window), 10);
  g_assert_cmpint (get_orientation (window), ==, GTK_ORIENTATION_HORIZONTAL);
  forget (window);
}

/* Ctrl+\ goes through them, and the next window begins with what it is then. */
static void
test_key (void)
{
  const struct
  {
    const char *nick;
    GtkOrientation orientation;
  } steps[] = {
    { "beside", GTK_ORIENTATION_HORIZONTAL },
    { "below", GTK_ORIENTATION_VERTICAL },
    { "automatic", GTK_ORIENTATION_HORIZONTAL },
    { "beside", GTK_ORIENTATION_HORIZONTAL },
    { "below", GTK_ORIENTATION_VERTICAL },
  };
  g_autoptr (GSettings) settings = wsi_settings_new ();
  WsiWindow *window = open_example (1280, 800), *next;

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *nick = NULL;

      g_assert_nonnull (keyboard_press (GTK_WIDGET (window), "<Control>backslash"));
      ui_test_draw (GTK_WIDGET (window), 10);
      nick = g_settings_get_string (settings, "arrangement");
      g_assert_cmpstr (nick, ==, steps[i].nick);
      g_assert_cmpint (get_orientation (window), ==, steps[i].orientation);
    }
  next = open_example (1280, 800);
  g_assert_cmpint (get_orientation (next), ==, GTK_ORIENTATION_VERTICAL);
  gtk_window_destroy (GTK_WINDOW (next));
  forget (window);
}

static double
get_share (const char *key)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();

  return g_settings_get_double (settings, key);
}

static void
close_search (WsiWindow *window)
{
  gtk_widget_grab_focus (find (window, "WsiSearchBar"));
  keyboard_press (GTK_WIDGET (window), "Escape");
}

/* The sizes that the program gives the parts are not a choice of the user. */
static void
test_kept_dividers (void)
{
  WsiWindow *window = open_example (1280, 800);
  const int width = gtk_paned_get_position (find_paned (window));

  wsi_frame_list_select (ui_test_get_list (window), 3);
  act (window, "win.compose-row");
  act (window, "win.search");
  close_search (window);
  act (window, "win.sidebar");
  act (window, "win.sidebar");
  for (guint i = 0; i < 3; i++)
    {
      gtk_window_set_default_size (GTK_WINDOW (window), 1024 - 300 * i, 590);
      ui_test_draw (GTK_WIDGET (window), 10);
    }
  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  ui_test_draw (GTK_WIDGET (window), 10);
  g_assert_cmpint (gtk_paned_get_position (find_paned (window)), ==, width);
  g_assert_cmpfloat (get_share ("beside-share"), ==, 0.62);
  g_assert_cmpfloat (get_share ("below-share"), ==, 0.6);
  forget (window);
}

/* A share each: the one that was moved is kept, in other sizes and for the next
 * window. */
static void
test_moved_dividers (void)
{
  WsiWindow *window = open_example (1280, 800);
  GtkPaned *paned = find_paned (window);
  int size = gtk_widget_get_width (GTK_WIDGET (paned));
  WsiWindow *next;

  act (window, "win.show-message");
  ui_test_draw (GTK_WIDGET (window), 3);
  keyboard_press (GTK_WIDGET (window), "<Shift>F8");
  for (guint i = 0; i < 40; i++)
    keyboard_press (GTK_WIDGET (window), "Left");
  ui_test_draw (GTK_WIDGET (window), 3);
  g_assert_cmpfloat (get_share ("beside-share"), <, 0.62);
  g_assert_cmpfloat_with_epsilon (get_share ("beside-share"),
                                  (double)gtk_paned_get_position (paned) / size,
                                  0.001);
  g_assert_cmpfloat (get_share ("below-share"), ==, 0.6);
  keyboard_press (GTK_WIDGET (window), "Return");

  next = open_example (1500, 800);
  act (next, "win.show-message");
  ui_test_draw (GTK_WIDGET (next), 3);
  paned = find_paned (next);
  g_assert_cmpfloat_with_epsilon ((double)gtk_paned_get_position (paned) /
                                  gtk_widget_get_width (GTK_WIDGET (paned)),
                                  get_share ("beside-share"), 0.001);
  gtk_window_destroy (GTK_WINDOW (next));
  forget (window);
}

static gboolean
has_parts (WsiWindow *window)
{
  return gtk_widget_get_height (find (window, "WsiComposer")) > 0;
}

/* The example cannot be written to. */
static void
test_composer_of_files (void)
{
  WsiWindow *window = open_example (1280, 800);
  GtkWidget *page = find (window, "WsiListPage");

  g_assert_false (has_parts (window));
  act (window, "win.compose-row");
  g_assert_true (has_parts (window));
  g_assert_cmpint (gtk_widget_get_height (find (window, "WsiComposer")), <=,
                   gtk_widget_get_height (page) * 35 / 100);
  keyboard_press (GTK_WIDGET (window), "Escape");
  ui_test_draw (GTK_WIDGET (window), 5);
  g_assert_false (has_parts (window));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)),
                                         GTK_WIDGET (ui_test_get_list (window))));
  forget (window);
}

/* Another page has the whole height, and Ctrl+R leads back. */
static void
test_composer_of_other_pages (void)
{
  WsiWindow *window = open_example (1280, 800);

  wsi_frame_list_select (ui_test_get_list (window), 3);
  act (window, "win.compose-row");
  act (window, "win.show-timeline");
  g_assert_false (gtk_widget_get_mapped (find (window, "WsiComposer")));
  act (window, "win.compose-row");
  g_assert_true (gtk_widget_get_mapped (find (window, "WsiComposer")));
  forget (window);
}

static gboolean
offers_to_connect (gpointer window)
{
  return gtk_widget_get_mapped (ui_test_get_child (ui_test_get_child (find (window, "WsiComposer"),
                                                                      "notice"),
                                                   "connect_button"));
}

static gboolean
is_there (gpointer window)
{
  return has_parts (window);
}

/* As long as there is a connection to write to; then it offers the next one. */
static void
test_composer_of_a_connection (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autofree char *uri =
    g_strdup_printf (LONG_URI, listen_on_free_port (server, "127.0.0.1"));
  WsiWindow *window = ui_test_open_window (application);

  ui_test_connect (window, uri);
  ui_test_wait_until (is_there, window);
  act (window, "win.sidebar");
  picture_save (GTK_WIDGET (window), "space-connection");
  g_assert_cmpint (gtk_widget_get_width (find (window, "WsiSidebar")), ==, 230);
  act (window, "win.stop");
  ui_test_wait_until (offers_to_connect, window);
  forget (window);
}

static int
get_width (WsiWindow *window, const char *column)
{
  return wsi_frame_list_get_column_width (ui_test_get_list (window), column);
}

/* A column is as wide as its title or its widest text, so long as no hand
 * changes it. */
static void
test_columns (void)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();
  WsiWindow *window = open_example (1280, 800);
  WsiFrameList *list = ui_test_get_list (window);
  int number = get_width (window, "no"), time = get_width (window, "time");
  int type = get_width (window, "type");

  g_assert_cmpint (number, <, time);
  g_object_set (list, "time-format", "utc", NULL);
  ui_test_draw (GTK_WIDGET (window), 10);
  g_assert_cmpint (get_width (window, "time"), >, time);
  g_object_set (list, "time-format", "relative", NULL);
  ui_test_draw (GTK_WIDGET (window), 10);
  g_assert_cmpint (get_width (window, "time"), ==, time);
  g_assert_cmpint (get_width (window, "no"), ==, number);

  g_settings_set_value (settings, "column-widths",
                        g_variant_new_parsed ("{'type': uint32 33}"));
  g_assert_cmpint (get_width (window, "type"), ==, type);
  forget (window);
}

/* The room of a message, while a row is selected; names of connections have the rest if there is
 * enough of it, else the column has numbers. */
static const struct
{
  const char *name;
  int         width, height;
  const char *uri;              /* URI of another connection, with which the sidebar comes; NULL =
                                 * there is one connection */
  int         least;            /* smallest allowed width in pixels */
  int         least_name, most_name;    /* allowed width of the column of connections */
} summaries[] = {
  { "one-connection-at-1280", 1280, 800, NULL, 540, 0, 240 },
  { "one-connection-at-1024", 1024, 768, NULL, 370, 0, 240 },
  { "several-at-1280", 1280, 800, "ws://localhost:9444/chat", 350, 0, 64 },
  { "several-without-details-at-1280", 1280, 800, "ws://localhost:9444/chat", 320, 160, 240 },
};

static void
add_connection (WsiWindow *window, const char *uri)
{
  WsiStore *store = wsi_session_get_store (ui_test_get_session (window));
  g_autoptr (WsiConversation) other = wsi_conversation_new (&(WsiOpening) {
    .role = WSP_ROLE_CLIENT, .uri = uri,
  }, 0);

  wsi_store_add_conversation (store, other);
  ui_test_append (store, other, &(UiTestFrame) {
    .opcode = 1, .payload = "other", .time_us = g_get_real_time (),
  });
  wsi_store_announce (store);
  ui_test_draw (GTK_WIDGET (window), 60);
}

/* A widget that shows a text has room for the tails of its letters. */
static gboolean
is_cut (GtkWidget *widget, const char *none)
{
  g_autoptr (PangoLayout) layout = NULL;
  PangoRectangle ink, logical;
  const char *text = GTK_IS_INSCRIPTION (widget)
                     ? gtk_inscription_get_text (GTK_INSCRIPTION (widget))
                     : NULL;
  graphene_rect_t area;
  int baseline;

  if (text == NULL || *text == '\0' || !gtk_widget_get_mapped (widget))
    return FALSE;

  layout = gtk_widget_create_pango_layout (widget, text);
  pango_layout_get_pixel_extents (layout, &ink, &logical);
  baseline = gtk_widget_get_allocated_baseline (widget);
  g_assert_true (gtk_widget_compute_bounds (widget, widget, &area));
  return baseline - PANGO_PIXELS (pango_layout_get_baseline (layout)) + ink.y + ink.height >
         area.origin.y + area.size.height;
}

static int
measure_summary (WsiWindow *window)
{
  GtkWidget *titles = wsi_column_titles_get (wsi_frame_list_get_view (ui_test_get_list (window)));
  GtkWidget *title = ui_test_find (titles, ui_test_is_label, "Summary");

  while (gtk_widget_get_parent (title) != titles)
    title = gtk_widget_get_parent (title);
  return gtk_widget_get_width (title);
}

static void
test_summary (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *picture = g_strconcat ("space-summary-", summaries[i].name, NULL);
  WsiWindow *window;

  if (!font_set (&fonts[0]))
    return;

  window = open_example (summaries[i].width, summaries[i].height);
  if (summaries[i].uri != NULL)
    add_connection (window, summaries[i].uri);
  if (strstr (summaries[i].name, "without-details") == NULL)
    wsi_frame_list_select (ui_test_get_list (window), 3);
  ui_test_draw (GTK_WIDGET (window), 10);
  picture_save (GTK_WIDGET (window), picture);
  g_test_message ("%d pixels, names %d pixels", measure_summary (window),
                  get_width (window, "conn"));
  g_assert_null (ui_test_find (GTK_WIDGET (ui_test_get_list (window)), is_cut, NULL));
  g_assert_cmpint (measure_summary (window), >=, summaries[i].least);
  g_assert_cmpint (get_width (window, "conn"), >=, summaries[i].least_name);
  g_assert_cmpint (get_width (window, "conn"), <=, summaries[i].most_name);
  g_assert_cmpint (gtk_widget_get_mapped (find (window, "WsiSidebar")), ==,
                   summaries[i].uri != NULL);
  forget (window);
  font_reset ();
}

int
main (int argc, char **argv)
{
  static const char *const small[] = {
    "win.show-frames",     "win.show-message",  "win.show-frame",
    "win.compose-row",     "win.search",        "win.show-timeline",
    "win.show-statistics", "win.show-problems",
  };

  application = ui_test_begin (&argc, &argv);
  ADD_ROWS ("/ui/space/rows", bars, test_bar);
  for (guint i = 0; i < G_N_ELEMENTS (small); i++)
    {
      g_autofree char *path =
        g_strconcat ("/ui/space/640x590/", small[i] + strlen ("win."), NULL);

      g_test_add_data_func (path, small[i], test_small);
    }
  ADD_ROWS ("/ui/space/summary", summaries, test_summary);
  ADD_ROWS ("/ui/space/place", places, test_place);
  g_test_add_func ("/ui/space/place/follows-the-width-of-the-window",
                   test_widths);
  g_test_add_func ("/ui/space/place/is-changed-by-its-key", test_key);
  g_test_add_func ("/ui/space/dividers/stay-whatever-the-program-does",
                   test_kept_dividers);
  g_test_add_func ("/ui/space/dividers/are-kept-as-shares", test_moved_dividers);
  g_test_add_func ("/ui/space/composer/of-files-is-absent-until-it-is-used",
                   test_composer_of_files);
  g_test_add_func ("/ui/space/composer/is-on-the-page-of-frames",
                   test_composer_of_other_pages);
  g_test_add_func ("/ui/space/composer/is-there-while-something-is-open",
                   test_composer_of_a_connection);
  g_test_add_func ("/ui/space/columns/have-the-width-of-their-texts",
                   test_columns);
  return ui_test_end (application);
}
