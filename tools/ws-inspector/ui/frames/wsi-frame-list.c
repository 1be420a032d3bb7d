/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-frame-list.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/capture/wsi-row.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/show/columns/wsi-row-column.h"
#include "inspect/show/columns/wsi-row-format.h"
#include "inspect/show/columns/wsi-row-sums.h"
#include "inspect/show/models/wsi-frame-model.h"
#include "inspect/store/wsi-store.h"
#include "ui/frames/wsi-follower.h"
#include "ui/frames/wsi-frame-columns.h"
#include "ui/frames/wsi-row-selection.h"
#include "ui/parts/wsi-column-titles.h"

typedef struct
{
  GtkScrolledWindow  *scroller;
  GtkColumnView      *view;
  GtkButton          *follow_button;
  AdwButtonContent   *follow_content;
  GtkButton          *order_button, *since_button;
  AdwButtonContent   *order_content, *since_content;
  AdwStatusPage      *empty_page;
  WsiFollower        *follower;
  WsiFrameCells       cells;
  WsiFrameColumns    *columns;
  WsiShownRows       *rows;
  WsiSelectedRows    *selected;
  WsiRowSelection    *selection;        /* selection in the model of the rows */
  WsiRow             *row;              /* row that was selected last; NULL = it is not shown */
  WsiUnit             unit;             /* unit of the rows in their model: frames or messages */
  guint               n_selected;       /* selected rows that are shown */
  GCancellable       *summing;          /* cancellable of the sums; NULL = nothing is summed up */
  char               *sums;             /* sums of the selected rows; NULL = fewer than two */
  WsiRowOrder         order;            /* order of the shown rows */
  guint64             before;           /* row that was seen before the rows were sorted */
  guint               sort_timer;       /* timer of the sorting; 0 = nothing is being sorted */
  guint               fitting;          /* tick that fits the columns; 0 = none is due */
  guint64             since;            /* first row that has come while the list did not follow */
  guint64             n_new;            /* rows from `since` on that are shown */
  gboolean            is_live;          /* rows may come at any time */
  gboolean            is_growing;       /* more rows may come */
  gboolean            has_begun;        /* the first row of a list that is not live was selected */
} WsiFrameListPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (WsiFrameList, wsi_frame_list, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_COLUMNS,
  PROP_COLUMN_WIDTHS,
  PROP_FIRST_OF_ROWS,           /* first property of those that the rows have, too */
};

enum
{
  SELECTED,
  CHANGED,
  CLEARED,
  LEAVING,
  SEARCH_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Properties of the rows; those that a user switches by an action of the same name come first. */
static const char *const properties_of_rows[] = {
  "time-format", "view", "direction", "show-text", "show-binary", "show-control", "show-events",
  "paused", "microseconds", "colour-rules", "tick-ms",
};

#define N_SWITCHED 9
#define PROGRESS_MS 200
#define N_TICKS_OF_LAYOUT 1     /* ticks before the list has its new size */

static WsiFrameListPrivate *
frame_list_get_private (WsiFrameList *self)
{
  return wsi_frame_list_get_instance_private (self);
}

static void
show_empty_page (WsiFrameListPrivate *self)
{
  gboolean is_empty = wsi_shown_rows_are_all_hidden (self->rows);
  g_autofree char *sentence = NULL;
  WsiShownCounts counts;

  if (is_empty)
    {
      wsi_shown_rows_get_counts (self->rows, &counts);
      sentence = g_strdup_printf (ngettext ("0 of %'" PRIu64 " row is shown",
                                            "0 of %'" PRIu64 " rows are shown", counts.n_rows),
                                  counts.n_rows);
      adw_status_page_set_description (self->empty_page, sentence);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->empty_page), is_empty);
}

static char *
print_new (guint64 n)
{
  return g_strdup_printf (ngettext ("%'" PRIu64 " new", "%'" PRIu64 " new", n), n);
}

/* The end of the rows that are shown or filtered out.  A filter that is new begins anew. */
static guint64
frame_list_find_end (WsiFrameListPrivate *self)
{
  WsiStore *store = wsi_shown_rows_get_store (self->rows);
  WsiShownCounts counts;

  if (store == NULL)
    return 0;

  wsi_shown_rows_get_counts (self->rows, &counts);
  return MAX (self->since, wsi_store_get_first (store) + counts.n_tested);
}

/* Counts new rows, without those that another filter brings: they were there before. */
static guint64
count_new (WsiFrameListPrivate *self)
{
  WsiFrameModel *model = wsi_shown_rows_get_model (self->rows);
  guint position;

  if (model == NULL || wsi_shown_rows_are_sorted (self->rows) ||
      !wsi_frame_model_find (model, self->since, &position))
    return 0;

  return g_list_model_get_n_items (G_LIST_MODEL (model)) - position;
}

/* Shows the button to follow; where no more rows come, only those that were not seen yet are a
 * reason to go to the end. */
static void
show_follow_button (WsiFrameListPrivate *self)
{
  gboolean is_following = wsi_follower_is_active (self->follower);
  g_autofree char *text = NULL;

  if (is_following)
    self->since = frame_list_find_end (self);
  self->n_new = is_following ? 0 : count_new (self);
  text = self->n_new > 0 ? print_new (self->n_new) : g_strdup (_("Follow"));
  adw_button_content_set_label (self->follow_content, text);
  gtk_widget_set_visible (GTK_WIDGET (self->follow_button),
                          self->is_live && (self->is_growing || self->n_new > 0) && !is_following &&
                          !wsi_shown_rows_are_all_hidden (self->rows) &&
                          !wsi_shown_rows_are_sorted (self->rows));
}

static gboolean
on_sort_timer (gpointer list);

/* The order that is asked for, how far it is, and what came since. */
static void
frame_list_show_order (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);
  WsiRowOrder order = wsi_shown_rows_get_order (self->rows);
  gboolean is_asked_for = order.value != WSI_ROW_NONE;
  const char *title = is_asked_for
                      ? wsi_frame_columns_get_title (wsi_column_kind_of_value (order.value)->name)
                      : "";
  guint n_since = wsi_shown_rows_get_n_since (self->rows);
  g_autofree char *text = NULL, *since = print_new (n_since);
  double part;
  gboolean is_sorting = wsi_shown_rows_are_being_sorted (self->rows, &part);

  text = is_sorting ? g_strdup_printf (_("Sorting by %s: %u %%"), title, (guint) (100 * part))
                    : g_strdup_printf (_("Sorted by %s"), title);
  adw_button_content_set_label (self->order_content, text);
  adw_button_content_set_label (self->since_content, since);
  gtk_widget_set_visible (GTK_WIDGET (self->order_button), is_asked_for);
  gtk_widget_set_visible (GTK_WIDGET (self->since_button), n_since > 0 && !is_sorting);
  gtk_widget_action_set_enabled (GTK_WIDGET (list), "frames.unsort", is_asked_for);
  if (is_sorting && self->sort_timer == 0)
    self->sort_timer = g_timeout_add (PROGRESS_MS, on_sort_timer, list);
  else if (!is_sorting)
    g_clear_handle_id (&self->sort_timer, g_source_remove);
}

static gboolean
on_sort_timer (gpointer data)
{
  WsiFrameListPrivate *self = frame_list_get_private (data);

  self->sort_timer = 0;
  frame_list_show_order (data);
  return G_SOURCE_REMOVE;
}

static void
frame_list_on_changed (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  show_follow_button (self);
  frame_list_show_order (list);
  show_empty_page (self);
  g_signal_emit (list, signals[CHANGED], 0);
}

/* The list may have been closed, or other rows selected: then it was cancelled. */
static void
on_summed (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (WsiFrameList) list = data;
  WsiFrameListPrivate *self = frame_list_get_private (list);
  WsiRowSums sums;

  if (!wsi_row_sums_finish (result, &sums, NULL))
    return;

  g_clear_object (&self->summing);
  g_free (self->sums);
  self->sums = wsi_row_sums_print (&sums);
  g_signal_emit (list, signals[CHANGED], 0);
}

static void
cancel_sums (WsiFrameListPrivate *self)
{
  if (self->summing != NULL)
    g_cancellable_cancel (self->summing);
  g_clear_object (&self->summing);
}

/* Sums up the selected rows; the earlier sums stay until the new ones are there. */
static void
sum_up (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);
  WsiFrameModel *model = wsi_shown_rows_get_model (self->rows);
  g_autoptr (GArray) numbers = NULL;

  cancel_sums (self);
  self->n_selected = model != NULL ? wsi_selected_rows_count (self->selected, model) : 0;
  if (self->n_selected < 2)
    {
      g_clear_pointer (&self->sums, g_free);
      return;
    }

  numbers = wsi_selected_rows_dup (self->selected, model);
  self->summing = g_cancellable_new ();
  wsi_row_sums_async (wsi_shown_rows_get_store (self->rows), self->unit, numbers, self->summing,
                      on_summed, g_object_ref (list));
}

/* Finds the row that was selected last, if it is shown. */
static void
frame_list_update_row (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);
  g_autoptr (WsiRow) row = NULL;
  guint64 number;
  guint position;

  if (wsi_selected_rows_get_last (self->selected, &number) &&
      wsi_shown_rows_has (self->rows, number, &position))
    row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  if (g_set_object (&self->row, row))
    g_signal_emit (list, signals[SELECTED], 0);
}

/* Handles a selection; a row that is looked at stays in its place. */
static void
frame_list_on_selection_changed (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);
  const WsiRow *before = self->row;

  sum_up (list);
  frame_list_update_row (list);
  if (self->row != NULL && self->row != before)
    wsi_follower_set_active (self->follower, FALSE);
  g_signal_emit (list, signals[CHANGED], 0);
}

/* Whether the list, or a button over it, has the focus. */
static gboolean
frame_list_has_focus (WsiFrameList *list)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (list));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (list));
}

/* Selects the first row of a list that is not live, which is read from its beginning. */
static void
frame_list_begin (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  if (self->is_live || self->has_begun || self->selection == NULL ||
      g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0)
    return;

  self->has_begun = TRUE;
  if (self->row != NULL)
    return;

  wsi_frame_list_select (list, 0);
  if (frame_list_has_focus (list))
    wsi_frame_cells_focus (self->view, 0);
}

/* Selected rows may be gone, or be among those that the filter has found. */
static void
update_selected (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);
  WsiStore *store = wsi_shown_rows_get_store (self->rows);

  if (wsi_selected_rows_count_all (self->selected) == 0)
    return;

  wsi_selected_rows_forget (self->selected, wsi_store_get_first (store));
  if (wsi_selected_rows_count_all (self->selected) != self->n_selected)
    sum_up (list);
  frame_list_update_row (list);
}

static void
on_advanced (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  update_selected (list);
  frame_list_begin (list);
  wsi_follower_stick (self->follower);
  frame_list_on_changed (list);
}

static void
on_rewritten (WsiFrameList *list)
{
  wsi_frame_cells_refresh (frame_list_get_private (list)->view);
}

WsiRow *
wsi_frame_list_get_row (WsiFrameList *list)
{
  return frame_list_get_private (list)->row;
}

gboolean
wsi_frame_list_has_selected (WsiFrameList *list,
                             guint         position)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  return self->selection != NULL &&
         gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), position);
}

GArray *
wsi_frame_list_dup_selected (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);
  WsiFrameModel *model = wsi_shown_rows_get_model (self->rows);

  return model != NULL ? wsi_selected_rows_dup (self->selected, model)
                       : g_array_new (FALSE, FALSE, sizeof (guint64));
}

const char *
wsi_frame_list_get_sums (WsiFrameList *list)
{
  return frame_list_get_private (list)->sums;
}

/* The list has no function for this in GTK 4.8, but an action.  From this row on, keys with Shift
 * select more: the selection model alone does not tell the list. */
void
wsi_frame_list_select (WsiFrameList *list,
                       guint         position)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  if (self->selection != NULL)
    gtk_widget_activate_action (wsi_column_titles_get_list (self->view),
                                "list.select-item", "(ubb)", position, FALSE, FALSE);
}

void
wsi_frame_list_set_last (WsiFrameList *list,
                         guint64       number)
{
  wsi_selected_rows_set_last (frame_list_get_private (list)->selected, number);
  frame_list_update_row (list);
}

/* Scrolls to a row by an action: the list has no function for this in GTK 4.8. */
static void
frame_list_scroll_to (WsiFrameListPrivate *self,
                      guint                position)
{
  gtk_widget_activate_action (wsi_column_titles_get_list (self->view),
                              "list.scroll-to-item", "u", position);
}

/* The height of a row, which all rows have; 0 = the list has no layout yet. */
static int
frame_list_get_row_height (WsiFrameListPrivate *self)
{
  GtkWidget *row = gtk_widget_get_first_child (wsi_column_titles_get_list (self->view));

  return row != NULL ? gtk_widget_get_height (row) : 0;
}

/* Whether a row is seen, or is the next one to those that are. */
static gboolean
is_in_sight (WsiFrameListPrivate *self,
             guint                position)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double begin = gtk_adjustment_get_value (adjustment);
  double end = begin + gtk_adjustment_get_page_size (adjustment);
  int height = frame_list_get_row_height (self);

  return height == 0 ||
         ((position + 2.0) * height >= begin && (position - 1.0) * height <= end);
}

/* Scrolls so that a row stands in the middle, by the row half a page after or before it: the
 * adjustment has another value only after the next layout, and until then it and the action undo
 * each other. */
static void
scroll_into_middle (WsiFrameListPrivate *self,
                    guint                position)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double page = gtk_adjustment_get_page_size (adjustment);
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  int height = frame_list_get_row_height (self);
  guint half = height > 0 ? (guint) (page / 2 / height) : 0;
  double middle = gtk_adjustment_get_value (adjustment) + page / 2;

  if ((position + 0.5) * height < middle)
    frame_list_scroll_to (self, position > half ? position - half : 0);
  else
    frame_list_scroll_to (self, MIN (position + half, n_rows - 1));
}

/* Whether a row is the next one or the one before, so that going there is not a jump. */
static gboolean
frame_list_is_near (WsiFrameList *list,
                    guint         position)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);
  guint here;

  return self->row != NULL &&
         wsi_shown_rows_find (self->rows, wsi_row_get_number (self->row), &here) &&
         position + 1 >= here && position <= here + 1;
}

gboolean
wsi_frame_list_go_to (WsiFrameList *list,
                      guint64       number)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);
  gboolean is_jump;
  guint position;

  if (!wsi_shown_rows_find (self->rows, number, &position))
    return FALSE;

  is_jump = !frame_list_is_near (list, position);
  if (is_jump)
    g_signal_emit (list, signals[LEAVING], 0);
  wsi_follower_set_active (self->follower, FALSE);
  wsi_frame_list_select (list, position);
  frame_list_scroll_to (self, position);
  if (frame_list_has_focus (list))
    wsi_frame_cells_focus (self->view, position);
  /* last, because a row that gets the focus scrolls to itself */
  if (is_jump || !is_in_sight (self, position))
    scroll_into_middle (self, position);
  return TRUE;
}

static gboolean
on_hold (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       n_ticks)
{
  WsiFrameListPrivate *self = frame_list_get_private (WSI_FRAME_LIST (widget));
  guint position;

  if (++*(guint *) n_ticks <= N_TICKS_OF_LAYOUT)
    return G_SOURCE_CONTINUE;

  if (self->row != NULL && !wsi_follower_is_active (self->follower) &&
      wsi_shown_rows_find (self->rows, wsi_row_get_number (self->row), &position))
    frame_list_scroll_to (self, position);
  return G_SOURCE_REMOVE;
}

/* GTK keeps about the share of the height at which the row is, so that the last one is cut off. */
void
wsi_frame_list_hold_row (WsiFrameList *list)
{
  gtk_widget_add_tick_callback (GTK_WIDGET (list), on_hold, g_new0 (guint, 1), g_free);
}

/* The first row that is seen.  NULL: no row is. */
static WsiRow *
pick_first (WsiFrameListPrivate *self,
            guint               *position)
{
  GtkWidget *header = wsi_column_titles_get (self->view);
  WsiRowColumn *column;

  return wsi_frame_cells_pick (self->view, 8, gtk_widget_get_height (header) + 4, &column,
                               position);
}

/* The row that stays in its place while rows around it come and go; NULL = none. */
static WsiRow *
dup_anchor (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);
  WsiRow *row = wsi_frame_list_get_row (list);
  guint position;

  if (row == NULL)
    row = pick_first (self, &position);
  return row != NULL ? g_object_ref (row) : NULL;
}

/* The row from which a user reads on: the selected one, or one that is seen.  FALSE: there is
 * none. */
static gboolean
find_read (WsiFrameListPrivate *self,
           guint               *position)
{
  if (self->selection == NULL)
    return FALSE;

  if (wsi_follower_is_active (self->follower))
    {
      *position = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) - 1;
      return *position != GTK_INVALID_LIST_POSITION;
    }
  return (self->row != NULL &&
          wsi_shown_rows_has (self->rows, wsi_row_get_number (self->row), position)) ||
         pick_first (self, position) != NULL;
}

/* GTK would give the focus to the row that had it last, or to a list without a name. */
static gboolean
wsi_frame_list_grab_focus (GtkWidget *widget)
{
  WsiFrameListPrivate *self = frame_list_get_private (WSI_FRAME_LIST (widget));
  guint position;

  if (!gtk_widget_grab_focus (GTK_WIDGET (self->view)))
    return FALSE;

  if (find_read (self, &position))
    {
      if (!wsi_follower_is_active (self->follower))
        frame_list_scroll_to (self, position);
      wsi_frame_cells_focus (self->view, position);
    }
  return TRUE;
}

/* Gives the list the focus, into which Tab and F6 lead as other keys do. */
static gboolean
wsi_frame_list_focus (GtkWidget       *widget,
                      GtkDirectionType direction)
{
  if (direction == GTK_DIR_TAB_FORWARD && !frame_list_has_focus (WSI_FRAME_LIST (widget)))
    return gtk_widget_grab_focus (widget);

  return GTK_WIDGET_CLASS (wsi_frame_list_parent_class)->focus (widget, direction);
}

/* Restores the place of the list.  Returns the position; 0 = that of no row. */
static guint
restore_place (WsiFrameList *list,
               guint64       anchor)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);
  guint position;

  if (anchor == WSI_NO_RECORD || wsi_follower_is_active (self->follower) ||
      !wsi_shown_rows_find (self->rows, anchor, &position))
    return 0;

  frame_list_scroll_to (self, position);
  return position;
}

/* Rows in another order are seen from the first one on, and without an order the selected row is in
 * its place again, or the one that was seen before.  GTK would give the focus to the first row, and
 * scroll there. */
static void
frame_list_take_order (WsiFrameList *list,
                       WsiRow       *anchor,
                       gboolean      had_focus)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);
  gboolean was_sorted = self->order.value != WSI_ROW_NONE;
  WsiRowOrder order = { WSI_ROW_NONE, FALSE };
  gboolean is_another;
  guint position = 0;
  guint64 number = anchor != NULL ? wsi_row_get_number (anchor) : WSI_NO_RECORD;

  if (wsi_shown_rows_are_sorted (self->rows))
    order = wsi_shown_rows_get_order (self->rows);
  if (order.value != WSI_ROW_NONE && !was_sorted)
    self->before = number;
  if (order.value == WSI_ROW_NONE && was_sorted && self->row == NULL)
    number = self->before;
  wsi_follower_set_possible (self->follower, self->is_live && order.value == WSI_ROW_NONE);
  is_another = order.value != self->order.value || order.is_descending != self->order.is_descending;
  if (is_another && order.value != WSI_ROW_NONE)
    frame_list_scroll_to (self, 0);
  else
    position = restore_place (list, number);
  if (is_another && had_focus)
    wsi_frame_cells_focus (self->view, position);
  self->order = order;
}

static void
drop_selection (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  if (self->selection == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->selection, list);
  wsi_row_selection_detach (self->selection);
  g_clear_object (&self->selection);
}

static void
frame_list_take_unit (WsiFrameListPrivate *self)
{
  WsiUnit unit = wsi_shown_rows_get_unit (self->rows);

  if (unit != self->unit && unit == WSI_UNIT_MESSAGES)
    wsi_selected_rows_add_messages (self->selected, wsi_shown_rows_get_store (self->rows));
  self->unit = unit;
}

static void
on_swapped (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);
  g_autoptr (WsiRow) anchor = dup_anchor (list);
  gboolean had_focus = frame_list_has_focus (list);

  drop_selection (list);
  self->cells.format = wsi_shown_rows_get_format (self->rows);
  if (self->cells.format != NULL)
    wsi_row_format_set_search (self->cells.format, self->cells.search);
  frame_list_take_unit (self);
  wsi_selected_rows_forget (self->selected,
                            wsi_store_get_first (wsi_shown_rows_get_store (self->rows)));
  self->selection = wsi_row_selection_new (wsi_shown_rows_get_model (self->rows), self->selected);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  frame_list_take_order (list, anchor, had_focus);
  g_signal_connect_object (self->selection, "selection-changed",
                           G_CALLBACK (frame_list_on_selection_changed),
                           list, G_CONNECT_SWAPPED);
  sum_up (list);
  frame_list_update_row (list);
  frame_list_begin (list);
  wsi_follower_begin_anew (self->follower);
  frame_list_on_changed (list);
}

/* Drops the rows; cells have no format without them. */
static void
drop_rows (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  gtk_column_view_set_model (self->view, NULL);
  drop_selection (list);
  wsi_selected_rows_clear (self->selected);
  self->order = (WsiRowOrder) { WSI_ROW_NONE, FALSE };
  wsi_frame_columns_set_order (self->columns, self->order);
  cancel_sums (self);
  g_clear_pointer (&self->sums, g_free);
  g_clear_object (&self->row);
  self->cells.format = NULL;
}

void
wsi_frame_list_set_store (WsiFrameList *list,
                          WsiStore     *store)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  drop_rows (list);
  wsi_frame_columns_begin (self->columns);
  self->has_begun = FALSE;
  self->since = 0;
  wsi_follower_set_possible (self->follower, self->is_live);
  if (store != NULL)
    wsi_follower_set_active (self->follower, TRUE);
  wsi_shown_rows_set_store (self->rows, store);
}

WsiShownRows *
wsi_frame_list_get_rows (WsiFrameList *list)
{
  return frame_list_get_private (list)->rows;
}

void
wsi_frame_list_set_live (WsiFrameList *list,
                         gboolean      is_live)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  if (self->is_live == is_live)
    return;

  self->is_live = is_live;
  wsi_follower_set_possible (self->follower, is_live && self->order.value == WSI_ROW_NONE);
  frame_list_begin (list);
  frame_list_on_changed (list);
}

void
wsi_frame_list_set_growing (WsiFrameList *list,
                            gboolean      is_growing)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  self->is_growing = is_growing;
  show_follow_button (self);
}

gboolean
wsi_frame_list_is_following (WsiFrameList *list)
{
  return wsi_follower_is_active (frame_list_get_private (list)->follower);
}

GtkColumnView *
wsi_frame_list_get_view (WsiFrameList *list)
{
  return frame_list_get_private (list)->view;
}

int
wsi_frame_list_get_column_width (WsiFrameList *list,
                                 const char   *name)
{
  return wsi_frame_columns_get_width (frame_list_get_private (list)->columns, name);
}

void
wsi_frame_list_set_search (WsiFrameList *list,
                           const char   *text)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);
  const char *wanted = text != NULL && *text != '\0' ? text : NULL;

  if (g_strcmp0 (wanted, self->cells.search) == 0)
    return;

  g_free (self->cells.search);
  self->cells.search = g_strdup (wanted);
  if (self->cells.format != NULL)
    wsi_row_format_set_search (self->cells.format, wanted);
  wsi_shown_rows_refresh (self->rows);
  g_signal_emit (list, signals[SEARCH_CHANGED], 0);
}

const char *
wsi_frame_list_get_search (WsiFrameList *list)
{
  return frame_list_get_private (list)->cells.search;
}

/* CSS classes of the styles of rules; other words have none. */
static const char *
find_class (const char *style)
{
  static const struct
  {
    const char *style, *class;
  } classes[] = {
    { "error", "row-error" }, { "warning", "row-warning" }, { "accent", "row-accent" },
    { "success", "row-success" }, { "dim", "row-dim" }, { "sent", "row-sent" },
  };

  for (guint i = 0; style != NULL && i < G_N_ELEMENTS (classes); i++)
    if (g_str_equal (classes[i].style, style))
      return classes[i].class;
  return NULL;
}

/* Chooses the look of a row.  Without a rule, sent rows have a light tint; the arrow says the same
 * without a colour. */
static WsiRowLook
choose_look (WsiRow * row,
             gpointer rows)
{
  /* names of wsi_colour_rules_dup_usual () */
  static const char *const usual[] = {
    N_("Problem"), N_("Marked"), N_("Close"), N_("Ping and pong"), N_("Event"),
  };
  const char *name, *style = wsi_shown_rows_choose_style (rows, row, &name);

  if (name == NULL && wsi_row_get_record (row)->direction == WSP_DIRECTION_SENT)
    style = "sent";
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (usual); i++)
    if (g_str_equal (name, usual[i]))
      return (WsiRowLook) { find_class (style), _(usual[i]) };
  return (WsiRowLook) { find_class (style), name };
}

static gboolean
frame_list_on_fit (GtkWidget     *widget,
                   GdkFrameClock *clock,
                   gpointer       data)
{
  WsiFrameListPrivate *self = frame_list_get_private (WSI_FRAME_LIST (widget));

  self->fitting = 0;
  wsi_frame_columns_fit (self->columns, gtk_adjustment_get_page_size (
                           gtk_scrolled_window_get_hadjustment (self->scroller)));
  return G_SOURCE_REMOVE;
}

/* Fits the columns, which cannot be hidden while the list is laid out. */
static void
frame_list_on_resized (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  if (self->fitting == 0)
    self->fitting = gtk_widget_add_tick_callback (GTK_WIDGET (list), frame_list_on_fit, NULL, NULL);
}

static void
frame_list_on_columns_changed (gpointer data)
{
  g_object_notify (data, "columns");
  g_object_notify (data, "column-widths");
}

/* Handles properties of the rows; times are as wide as those of the clock. */
static void
on_rows_notify (WsiFrameList *list,
                GParamSpec   *param)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  if (g_str_equal (param->name, "time-format") || g_str_equal (param->name, "microseconds"))
    wsi_frame_columns_forget_texts (self->columns);
  g_object_notify (G_OBJECT (list), param->name);
}

static void
frame_list_set_columns (WsiFrameListPrivate *self,
                        const char *const   *names)
{
  g_auto (GStrv) shown = wsi_frame_columns_dup_names (self->columns);

  if (names == NULL || !g_strv_equal ((const char *const *) shown, names))
    wsi_frame_columns_set_names (self->columns, names);
}

static void
wsi_frame_list_set_property (GObject      *object,
                             guint         id,
                             const GValue *value,
                             GParamSpec   *param)
{
  WsiFrameListPrivate *self = frame_list_get_private (WSI_FRAME_LIST (object));

  switch (id)
    {
    case PROP_COLUMNS:
      frame_list_set_columns (self, g_value_get_boxed (value));
      g_object_notify_by_pspec (object, param);
      break;
    case PROP_COLUMN_WIDTHS:
      if (g_value_get_variant (value) != NULL)
        wsi_frame_columns_set_widths (self->columns, g_value_get_variant (value));
      g_object_notify_by_pspec (object, param);
      break;
    default:
      g_object_set_property (G_OBJECT (self->rows), param->name, value);
    }
}

static void
wsi_frame_list_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *param)
{
  WsiFrameListPrivate *self = frame_list_get_private (WSI_FRAME_LIST (object));

  switch (id)
    {
    case PROP_COLUMNS:
      g_value_take_boxed (value, wsi_frame_columns_dup_names (self->columns));
      break;
    case PROP_COLUMN_WIDTHS:
      g_value_take_variant (value, wsi_frame_columns_dup_widths (self->columns));
      break;
    default:
      g_object_get_property (G_OBJECT (self->rows), param->name, value);
    }
}

static void
wsi_frame_list_dispose (GObject *object)
{
  WsiFrameList *list = WSI_FRAME_LIST (object);
  WsiFrameListPrivate *self = frame_list_get_private (list);
  GtkWidget *child;

  if (self->rows != NULL)
    g_signal_handlers_disconnect_by_data (self->rows, list);
  if (self->follower != NULL)
    wsi_follower_detach (self->follower);
  g_clear_handle_id (&self->sort_timer, g_source_remove);
  if (self->fitting != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (list), self->fitting);
  self->fitting = 0;
  g_clear_pointer (&self->columns, wsi_frame_columns_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->follower);
  drop_selection (list);
  cancel_sums (self);
  g_clear_pointer (&self->selected, wsi_selected_rows_free);
  g_clear_pointer (&self->sums, g_free);
  g_clear_object (&self->row);
  self->cells.format = NULL;
  g_clear_object (&self->rows);
  g_clear_pointer (&self->cells.search, g_free);

  G_OBJECT_CLASS (wsi_frame_list_parent_class)->dispose (object);
}

/* Follows: the last row stays visible until the user scrolls up. */
static void
activate_follow (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  wsi_follower_set_active (frame_list_get_private (WSI_FRAME_LIST (widget))->follower, TRUE);
}

static void
frame_list_activate_clear (GtkWidget  *widget,
                           const char *name,
                           GVariant   *parameter)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (WSI_FRAME_LIST (widget));
  WsiStore *store = wsi_shown_rows_get_store (rows);

  if (store != NULL)
    wsi_shown_rows_set_first (rows, wsi_store_get_end (store));
}

static void
sort_by (WsiFrameList *list,
         WsiRowOrder   order)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  wsi_shown_rows_set_order (self->rows, order);
  wsi_frame_columns_set_order (self->columns, wsi_shown_rows_get_order (self->rows));
}

static void
on_title_clicked (WsiRowValue value,
                  gpointer    list)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (list);

  sort_by (list, wsi_row_order_step (wsi_shown_rows_get_order (rows), value));
}

/* The parameter is the name of a column, as if its title was clicked. */
static void
activate_sort (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  const WsiColumnKind *kind = wsi_column_kind_find (g_variant_get_string (parameter, NULL));

  if (kind != NULL && kind->value != WSI_ROW_NONE)
    on_title_clicked (kind->value, widget);
}

static void
activate_unsort (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  sort_by (WSI_FRAME_LIST (widget), (WsiRowOrder) { WSI_ROW_NONE, FALSE });
}

static void
activate_sort_anew (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  wsi_shown_rows_sort_anew (wsi_frame_list_get_rows (WSI_FRAME_LIST (widget)));
}

static void
frame_list_activate_show_all (GtkWidget  *widget,
                              const char *name,
                              GVariant   *parameter)
{
  wsi_shown_rows_show_all (wsi_frame_list_get_rows (WSI_FRAME_LIST (widget)));
  g_signal_emit (widget, signals[CLEARED], 0);
}

static void
activate_other_view (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (WSI_FRAME_LIST (widget));
  gboolean is_by_frame = wsi_shown_rows_get_unit (rows) == WSI_UNIT_FRAMES;

  g_object_set (rows, "view", is_by_frame ? "messages" : "frames", NULL);
}

static void
frame_list_install_actions (GtkWidgetClass *class)
{
  for (guint i = 0; i < N_SWITCHED; i++)
    {
      g_autofree char *action = g_strconcat ("frames.", properties_of_rows[i], NULL);

      gtk_widget_class_install_property_action (class, g_intern_string (action),
                                                properties_of_rows[i]);
    }
  gtk_widget_class_install_action (class, "frames.follow", NULL, activate_follow);
  gtk_widget_class_install_action (class, "frames.clear", NULL, frame_list_activate_clear);
  gtk_widget_class_install_action (class, "frames.other-view", NULL, activate_other_view);
  gtk_widget_class_install_action (class, "frames.show-all", NULL, frame_list_activate_show_all);
  gtk_widget_class_install_action (class, "frames.sort", "s", activate_sort);
  gtk_widget_class_install_action (class, "frames.sort-anew", NULL, activate_sort_anew);
  gtk_widget_class_install_action (class, "frames.unsort", NULL, activate_unsort);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Escape, 0, "frames.unsort", NULL);
}

/* Installs properties: one of the rows is one of the list, too, with the same type and values. */
static void
frame_list_install_properties (GObjectClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (class, PROP_COLUMNS,
                                   g_param_spec_boxed ("columns", NULL, NULL, G_TYPE_STRV, flags));
  g_object_class_install_property (class, PROP_COLUMN_WIDTHS,
                                   g_param_spec_variant ("column-widths", NULL, NULL,
                                                         G_VARIANT_TYPE ("a{su}"), NULL, flags));
  for (guint i = 0; i < G_N_ELEMENTS (properties_of_rows); i++)
    g_object_class_install_property (class, PROP_FIRST_OF_ROWS + i,
                                     wsi_shown_rows_make_param (properties_of_rows[i]));
}

static void
frame_list_bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_set_template_from_resource (class, "/wsi/frames/wsi-frame-list.ui");
  gtk_widget_class_bind_template_child_private (class, WsiFrameList, scroller);
  gtk_widget_class_bind_template_child_private (class, WsiFrameList, view);
  gtk_widget_class_bind_template_child_private (class, WsiFrameList, follow_button);
  gtk_widget_class_bind_template_child_private (class, WsiFrameList, follow_content);
  gtk_widget_class_bind_template_child_private (class, WsiFrameList, order_button);
  gtk_widget_class_bind_template_child_private (class, WsiFrameList, order_content);
  gtk_widget_class_bind_template_child_private (class, WsiFrameList, since_button);
  gtk_widget_class_bind_template_child_private (class, WsiFrameList, since_content);
  gtk_widget_class_bind_template_child_private (class, WsiFrameList, empty_page);
}

static void
wsi_frame_list_class_init (WsiFrameListClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = wsi_frame_list_dispose;
  object_class->set_property = wsi_frame_list_set_property;
  object_class->get_property = wsi_frame_list_get_property;
  widget_class->focus = wsi_frame_list_focus;
  widget_class->grab_focus = wsi_frame_list_grab_focus;
  frame_list_install_properties (object_class);

  /* signal: another row was selected, or none */
  signals[SELECTED] = g_signal_new ("selected", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* signal: counts have changed, or whether the list is followed */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* signal: all rows are shown again, at the wish of the user */
  signals[CLEARED] = g_signal_new ("cleared", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* signal: another row is selected next, or another filter applied, which is far from here */
  signals[LEAVING] = g_signal_new ("leaving", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);

  /* signal: another text is marked in the rows, or none */
  signals[SEARCH_CHANGED] = g_signal_new ("search-changed", G_TYPE_FROM_CLASS (class),
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (ADW_TYPE_BUTTON_CONTENT);
  g_type_ensure (ADW_TYPE_STATUS_PAGE);
  frame_list_bind_children (widget_class);
  frame_list_install_actions (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
connect_rows (WsiFrameList *list,
              WsiShownRows *rows)
{
  g_signal_connect_swapped (rows, "swapped", G_CALLBACK (on_swapped), list);
  g_signal_connect_swapped (rows, "advanced", G_CALLBACK (on_advanced), list);
  g_signal_connect_swapped (rows, "changed", G_CALLBACK (frame_list_on_changed), list);
  g_signal_connect_swapped (rows, "rewritten", G_CALLBACK (on_rewritten), list);
  g_signal_connect_swapped (rows, "notify", G_CALLBACK (on_rows_notify), list);
}

static void
wsi_frame_list_init (WsiFrameList *list)
{
  WsiFrameListPrivate *self = frame_list_get_private (list);

  gtk_widget_init_template (GTK_WIDGET (list));
  self->is_live = self->is_growing = TRUE;
  self->rows = wsi_shown_rows_new ();
  self->selected = wsi_selected_rows_new ();
  self->cells = (WsiFrameCells) { .choose_look = choose_look, .user_data = self->rows };
  self->columns = wsi_frame_columns_new (self->view, &self->cells);
  /* without a row in the focus, this list has it */
  gtk_accessible_update_property (GTK_ACCESSIBLE (wsi_column_titles_get_list (self->view)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Frames"), -1);
  wsi_frame_columns_watch (self->columns, frame_list_on_columns_changed, on_title_clicked, list);
  self->before = WSI_NO_RECORD;
  gtk_widget_action_set_enabled (GTK_WIDGET (list), "frames.unsort", FALSE);
  self->follower = wsi_follower_new (GTK_WIDGET (list), self->scroller);
  connect_rows (list, self->rows);
  g_signal_connect_object (self->follower, "changed", G_CALLBACK (frame_list_on_changed), list,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_hadjustment (self->scroller),
                           "notify::page-size", G_CALLBACK (frame_list_on_resized), list, G_CONNECT_SWAPPED);
}
