/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The way back by Alt+Left: back to page, filter, connection and row of before a jump. */
#include "inspect/filter/wsi-filter.h"
#include "keyboard.h"
#include "lib/rows.h"
#include "ui-test.h"
#include "ui/session/wsi-sidebar.h"
#include "ui/template-children.h"

#define N_ROWS 23               /* of the example, once it is over */
#define FAULTY 19               /* the number of its row with a fault, from 0 on */

static GtkApplication *application;

static gboolean
has_all (gpointer list)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (list), &counts);
  return counts.n_rows == N_ROWS;
}

static WsiWindow *
open_example (void)
{
  WsiWindow *window = ui_test_open_window (application);
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_EXAMPLE);

  wsi_window_start (window, target);
  ui_test_wait_until (has_all, ui_test_get_list (window));
  return window;
}

static WsiSidebar *
get_sidebar (WsiWindow *window)
{
  return ui_test_get_child (ui_test_get_session_page (window), "sidebar");
}

static const char *
get_page (WsiWindow *window)
{
  return adw_view_stack_get_visible_child_name (wsi_session_page_get_stack (
                                                  ui_test_get_session_page (window)));
}

static guint64
get_row (WsiWindow *window)
{
  WsiRow *row = wsi_frame_list_get_row (ui_test_get_list (window));

  return row != NULL ? wsi_row_get_number (row) : WSI_NO_RECORD;
}

static const char *
get_filter (WsiWindow *window)
{
  return wsi_shown_rows_get_filter (wsi_frame_list_get_rows (ui_test_get_list (window)));
}

static void
act (WsiWindow  *window,
     const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (ui_test_get_list (window)), action, NULL));
}

static void
filter (WsiWindow  *window,
        const char *text)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (ui_test_get_list (window)),
                                             "frames.apply-filter", "s", text));
}

static void
jump_to_problem (WsiWindow *window)
{
  act (window, "win.next-problem");
}

static void
jump_by_filter (WsiWindow *window)
{
  filter (window, "close");
}

static void
jump_by_two_filters (WsiWindow *window)
{
  filter (window, "close");
  g_assert_nonnull (keyboard_press (GTK_WIDGET (window), "<Alt>Left"));
  filter (window, "text");
}

static void
jump_from_problems (WsiWindow *window)
{
  GtkWidget *page = ui_test_find (GTK_WIDGET (window), ui_test_is_type, "WsiProblemsPage");

  g_signal_emit_by_name (page, "row-chosen", (guint64) FAULTY);
}

static void
filter_from_statistics (WsiWindow *window)
{
  GtkWidget *page = ui_test_find (GTK_WIDGET (window), ui_test_is_type, "WsiStatisticsPage");

  g_signal_emit_by_name (page, "filter-on", "close");
}

static const struct
{
  const char *name;
  const char *page, *filter;
  guint32     conversation;     /* number of the connection; 0 = all */
  guint64     row;
  void        (*jump)(WsiWindow *window);
} jumps[] = {
  { "next-problem", "frames", NULL, 0, 3, jump_to_problem },
  { "next-problem-without-a-row", "frames", NULL, 0, WSI_NO_RECORD, jump_to_problem },
  { "filter", "frames", "text", 0, 3, jump_by_filter },
  { "two-filters", "frames", NULL, 0, 3, jump_by_two_filters },
  { "problems", "problems", "text", 0, 3, jump_from_problems },
  { "problems-of-a-connection", "problems", NULL, 1, 3, jump_from_problems },
  { "statistics", "statistics", NULL, 0, 3, filter_from_statistics },
};

typedef struct
{
  WsiWindow *window;
  guint64    row;
} Wish;

static gboolean
has_row (gpointer data)
{
  Wish *wish = data;

  return get_row (wish->window) == wish->row;
}

static void
test_jump (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  WsiWindow *window = open_example ();
  Wish wish = { .window = window, .row = jumps[i].row };

  wsi_sidebar_select (get_sidebar (window), jumps[i].conversation);
  if (jumps[i].filter != NULL)
    filter (window, jumps[i].filter);
  if (jumps[i].row != WSI_NO_RECORD)
    {
      guint position;

      ui_test_draw (GTK_WIDGET (window), 10);
      g_assert_true (wsi_shown_rows_find (wsi_frame_list_get_rows (ui_test_get_list (window)),
                                          jumps[i].row, &position));
      wsi_frame_list_select (ui_test_get_list (window), position);
    }
  wsi_session_page_show_view (ui_test_get_session_page (window), jumps[i].page);

  jumps[i].jump (window);
  ui_test_draw (GTK_WIDGET (window), 10);
  g_assert_cmpstr (get_page (window), ==, "frames");

  g_assert_nonnull (keyboard_press (GTK_WIDGET (window), "<Alt>Left"));
  if (jumps[i].row != WSI_NO_RECORD)
    ui_test_wait_until (has_row, &wish);
  g_assert_cmpstr (get_page (window), ==, jumps[i].page);
  g_assert_cmpstr (get_filter (window), ==, jumps[i].filter);
  g_assert_cmpuint (wsi_sidebar_get_conversation (get_sidebar (window)), ==,
                    jumps[i].conversation);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A list that followed follows again; a step to the next row is not a jump. */
static void
test_follow (void)
{
  WsiWindow *window = open_example ();

  g_assert_true (wsi_frame_list_is_following (ui_test_get_list (window)));
  act (window, "win.next-problem");
  act (window, "win.next-row");
  g_assert_false (wsi_frame_list_is_following (ui_test_get_list (window)));
  g_assert_nonnull (keyboard_press (GTK_WIDGET (window), "<Alt>Left"));
  g_assert_true (wsi_frame_list_is_following (ui_test_get_list (window)));
  ui_test_draw (GTK_WIDGET (window), 10);
  g_assert_nonnull (keyboard_press (GTK_WIDGET (window), "<Alt>Left"));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  application = ui_test_begin (&argc, &argv);

  ADD_ROWS ("/ui/back/from", jumps, test_jump);
  g_test_add_func ("/ui/back/to/following", test_follow);
  return ui_test_end (application);
}
