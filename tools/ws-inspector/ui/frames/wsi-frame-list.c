/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-frame-list-private.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "ui/frames/wsi-frame-menu.h"
#include "ui/frames/wsi-frame-moves.h"

enum
{
  SELECTED,
  CHANGED,
  CLEARED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiFrameList, wsi_frame_list, GTK_TYPE_WIDGET)

/* Styles of rules as CSS has them; other words have none. */
static const char *
choose_style (WsiRow * row,
              gpointer list)
{
  static const struct
  {
    const char *style, *class;
  } classes[] = {
    { "error", "row-error" }, { "warning", "row-warning" }, { "accent", "row-accent" },
    { "success", "row-success" }, { "dim", "row-dim" },
  };
  WsiFrameList *self = list;
  const char *style = self->rules != NULL
                      ? wsi_colour_rules_choose (self->rules, wsi_row_get_number (row)) : NULL;

  for (guint i = 0; style != NULL && i < G_N_ELEMENTS (classes); i++)
    if (g_str_equal (classes[i].style, style))
      return classes[i].class;
  return NULL;
}

static GListModel *
get_rows (WsiFrameList *self)
{
  return self->query != NULL ? G_LIST_MODEL (wsi_frame_query_get_model (self->query)) : NULL;
}

static guint64
count_rows (WsiFrameList *self)
{
  return self->store != NULL ? wsi_store_get_end (self->store) - wsi_store_get_first (self->store)
                             : 0;
}

void
wsi_frame_list_get_counts (WsiFrameList  *self,
                           WsiListCounts *counts)
{
  WsiFrameQuery *query = self->next != NULL ? self->next : self->query;
  guint64 first;

  *counts = (WsiListCounts) { .n_rows = count_rows (self), .n_new = self->n_new };
  if (query == NULL)
    return;

  counts->n_shown = self->query != NULL ? g_list_model_get_n_items (get_rows (self)) : 0;
  /* Rows that were tested may be gone since. */
  first = wsi_store_get_first (self->store);
  counts->n_tested = MAX (wsi_frame_query_get_n_tested (query), first) - first;
}

/* Whether there are rows, but none that is shown. */
static gboolean
shows_nothing (WsiFrameList *self)
{
  return self->query != NULL && self->next == NULL && !self->is_paused && count_rows (self) > 0
         && wsi_frame_query_is_ready (self->query)
         && g_list_model_get_n_items (get_rows (self)) == 0;
}

static void
show_empty_page (WsiFrameList *self)
{
  gboolean is_empty = shows_nothing (self);
  g_autofree char *sentence = NULL;

  if (is_empty)
    {
      sentence = g_strdup_printf (_("0 of %" PRIu64 " rows are shown"),
                                  count_rows (self));
      adw_status_page_set_description (self->empty_page, sentence);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->empty_page), is_empty);
}

static void
show_follow_button (WsiFrameList *self)
{
  gboolean is_following = wsi_follower_is_active (self->follower);
  g_autofree char *text = NULL;

  if (is_following)
    self->n_new = 0;
  text = self->n_new > 0 ? g_strdup_printf (ngettext ("%" PRIu64 " new", "%" PRIu64 " new",
                                                      self->n_new), self->n_new)
                         : g_strdup (_("Follow"));
  adw_button_content_set_label (self->follow_content, text);
  gtk_widget_set_visible (GTK_WIDGET (self->follow_button), !is_following);
}

void
wsi_frame_list_notify (WsiFrameList *self)
{
  show_follow_button (self);
  show_empty_page (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* The list has no function for this in GTK 4.8, but an action. */
static void
scroll_to (WsiFrameList *self,
           guint         position)
{
  gtk_widget_activate_action (gtk_widget_get_last_child (GTK_WIDGET (self->view)),
                              "list.scroll-to-item", "u", position);
}

static void
take_new_rows (WsiFrameList *self)
{
  guint n_new = wsi_frame_query_advance (self->query);

  if (!wsi_follower_is_active (self->follower))
    self->n_new += n_new;
  /* A list that grows notifies its follower after its layout: until then its end is the old one. */
  if (n_new == 0)
    wsi_follower_stick (self->follower);
  wsi_frame_list_notify (self);
}

static gboolean
on_tick (gpointer data)
{
  WsiFrameList *self = data;

  self->tick = 0;
  if (self->query != NULL && !self->is_paused)
    take_new_rows (self);
  if (self->is_stale)
    wsi_frame_list_refresh (self);

  return G_SOURCE_REMOVE;
}

/* Rows are shown at the next tick: many frames cost ten updates a second, or as many as the user
 * prefers, and without frames there is no timer. */
void
wsi_frame_list_ensure_tick (WsiFrameList *self)
{
  if (self->tick == 0)
    self->tick = g_timeout_add (self->tick_ms, on_tick, self);
}

static void
on_selected (WsiFrameList *self)
{
  g_signal_emit (self, signals[SELECTED], 0);
}

/* The selected row; NULL = none. */
WsiRow *
wsi_frame_list_get_row (WsiFrameList *self)
{
  return self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;
}

/* No row is there to select before the filter has found the first ones. */
void
wsi_frame_list_select (WsiFrameList *self,
                       guint         position)
{
  if (self->selection != NULL)
    gtk_single_selection_set_selected (self->selection, position);
}

/* The row that stays in its place while rows around it come and go; NULL = none. */
static WsiRow *
dup_anchor (WsiFrameList *self)
{
  WsiRow *row = wsi_frame_list_get_row (self);
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (self->view));
  WsiRowColumn *column;
  guint position;

  if (row == NULL)
    row = wsi_frame_cells_pick (self->view, 8, gtk_widget_get_height (header) + 4, &column,
                                &position);
  return row != NULL ? g_object_ref (row) : NULL;
}

static void
restore_place (WsiFrameList *self,
               WsiRow       *selected,
               WsiRow       *anchor)
{
  WsiFrameModel *model = wsi_frame_query_get_model (self->query);
  g_autoptr (WsiRow) found = NULL;
  guint position;

  if (selected != NULL && wsi_frame_model_find (model, wsi_row_get_number (selected), &position))
    found = g_list_model_get_item (G_LIST_MODEL (model), position);
  if (found != NULL && wsi_row_get_number (found) == wsi_row_get_number (selected))
    wsi_frame_list_select (self, position);
  if (anchor != NULL && !wsi_follower_is_active (self->follower)
      && wsi_frame_model_find (model, wsi_row_get_number (anchor), &position))
    scroll_to (self, position);
}

/* It may be at work: nothing that it finds is shown any more. */
static void
drop_query (WsiFrameList   *self,
            WsiFrameQuery **query)
{
  if (*query == NULL)
    return;

  g_signal_handlers_disconnect_by_data (*query, self);
  wsi_frame_query_stop (*query);
  g_clear_object (query);
}

/* A model that is swapped is cheaper than one that changes all of its rows. */
static void
show_query (WsiFrameList  *self,
            WsiFrameQuery *query)
{
  g_autoptr (WsiRow) selected = wsi_frame_list_get_row (self);
  g_autoptr (WsiRow) anchor = dup_anchor (self);

  if (selected != NULL)
    g_object_ref (selected);
  drop_query (self, &self->query);
  self->query = g_object_ref (query);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->selection);

  wsi_frame_query_advance (query);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, get_rows (self));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  restore_place (self, selected, anchor);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected),
                           self, G_CONNECT_SWAPPED);
  if (selected != NULL && wsi_frame_list_get_row (self) != selected)
    on_selected (self);
  wsi_follower_stick (self->follower);
  wsi_frame_list_notify (self);
}

static void
on_found (WsiFrameList  *self,
          WsiFrameQuery *query)
{
  if (query == self->query)
    {
      wsi_frame_list_ensure_tick (self);
      return;
    }
  if (!wsi_frame_query_is_ready (query))
    return;

  g_autoptr (WsiFrameQuery) next = g_steal_pointer (&self->next);

  show_query (self, next);
}

/* Until the first screenful is known, the rows of before stay. */
static void
set_query (WsiFrameList *self,
           WsiFilter    *filter)
{
  drop_query (self, &self->next);
  if (self->store == NULL)
    return;

  wsi_row_format_set_unit (self->format, self->filter.unit);
  self->next = wsi_frame_query_new (self->store, filter, wsi_frame_list_get_interpreter (self));
  g_signal_connect_swapped (self->next, "found", G_CALLBACK (on_found), self);
  on_found (self, self->next);
  wsi_frame_list_notify (self);
}

/* All texts but the user's are known to be filters. */
void
wsi_frame_list_apply_filter (WsiFrameList *self)
{
  g_autofree char *text = wsi_list_filter_print (&self->filter);
  g_autoptr (WsiFilter) filter = text != NULL ? wsi_filter_new (text, NULL) : NULL;

  set_query (self, filter);
}

gboolean
wsi_frame_list_set_filter (WsiFrameList *self,
                           const char   *text,
                           GError      **error)
{
  WsiListFilter wanted = self->filter;
  g_autofree char *alone = wsi_list_filter_join (text, NULL);
  g_autoptr (WsiFilter) filter = alone != NULL ? wsi_filter_new (alone, error) : NULL;
  g_autofree char *whole = NULL;

  if (alone != NULL && filter == NULL)
    return FALSE;

  /* The whole may be too long or too deep where the text alone is not. */
  wanted.text = alone;
  whole = wsi_list_filter_print (&wanted);
  g_clear_pointer (&filter, wsi_filter_unref);
  if (whole != NULL && (filter = wsi_filter_new (whole, error)) == NULL)
    return FALSE;

  g_free (self->filter.text);
  self->filter.text = g_steal_pointer (&alone);
  set_query (self, filter);
  return TRUE;
}

const char *
wsi_frame_list_get_filter (WsiFrameList *self)
{
  return self->filter.text;
}

char *
wsi_frame_list_print_filter (WsiFrameList *self)
{
  return wsi_list_filter_print (&self->filter);
}

void
wsi_frame_list_set_conversation (WsiFrameList *self,
                                 guint32       conversation)
{
  if (self->filter.conversation == conversation)
    return;

  self->filter.conversation = conversation;
  wsi_frame_list_apply_filter (self);
}

void
wsi_frame_list_set_first (WsiFrameList *self,
                          guint64       number)
{
  if (self->filter.first == number)
    return;

  self->filter.first = number;
  wsi_frame_list_apply_filter (self);
}

void
wsi_frame_list_refresh (WsiFrameList *self)
{
  if (self->format == NULL)
    return;

  self->is_stale = FALSE;
  wsi_row_format_forget (self->format);
  wsi_frame_cells_refresh (self->view);
}

void
wsi_frame_list_set_reference (WsiFrameList *self,
                              WsiRow       *row)
{
  if (self->format == NULL)
    return;

  wsi_row_format_set_reference (self->format, row);
  wsi_frame_list_refresh (self);
}

static void
drop_store (WsiFrameList *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  drop_query (self, &self->next);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_object (&self->store);
  wsi_frame_list_set_learner (self, NULL);
}

static gboolean
on_fit (GtkWidget     *widget,
        GdkFrameClock *clock,
        gpointer       data)
{
  WsiFrameList *self = WSI_FRAME_LIST (widget);

  self->fitting = 0;
  wsi_frame_columns_fit (self->columns, gtk_adjustment_get_page_size (
                           gtk_scrolled_window_get_hadjustment (self->scroller)));
  return G_SOURCE_REMOVE;
}

/* Columns are not hidden while the list is laid out. */
static void
on_resized (WsiFrameList *self)
{
  if (self->fitting == 0)
    self->fitting = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_fit, NULL, NULL);
}

static void
on_columns_changed (gpointer data)
{
  g_object_notify (data, "columns");
  g_object_notify (data, "column-widths");
}

static void
wsi_frame_list_dispose (GObject *object)
{
  WsiFrameList *self = WSI_FRAME_LIST (object);
  GtkWidget *child;

  drop_store (self);
  if (self->follower != NULL)
    wsi_follower_detach (self->follower);
  if (self->fitting != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->fitting);
  self->fitting = 0;
  g_clear_pointer (&self->columns, wsi_frame_columns_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->follower);
  g_clear_object (&self->selection);
  drop_query (self, &self->query);
  self->cells.format = NULL;
  g_clear_pointer (&self->format, wsi_row_format_free);
  g_clear_pointer (&self->filter.text, g_free);
  g_clear_pointer (&self->rules, wsi_colour_rules_free);
  g_clear_pointer (&self->colours, g_variant_unref);

  G_OBJECT_CLASS (wsi_frame_list_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_set_template_from_resource (class,
                                               "/org/wsproto/inspector/frames/wsi-frame-list.ui");
  gtk_widget_class_bind_template_child (class, WsiFrameList, scroller);
  gtk_widget_class_bind_template_child (class, WsiFrameList, view);
  gtk_widget_class_bind_template_child (class, WsiFrameList, follow_button);
  gtk_widget_class_bind_template_child (class, WsiFrameList, follow_content);
  gtk_widget_class_bind_template_child (class, WsiFrameList, empty_page);
}

static void
wsi_frame_list_class_init (WsiFrameListClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_frame_list_dispose;
  wsi_frame_list_install_properties (class);

  /* Another row was selected, or none. */
  signals[SELECTED] = g_signal_new ("selected", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* Other counts, or it follows and did not, or the reverse. */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);

  /* All rows are shown again, at the wish of the user. */
  signals[CLEARED] = g_signal_new ("cleared", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (ADW_TYPE_BUTTON_CONTENT);
  g_type_ensure (ADW_TYPE_STATUS_PAGE);
  bind_children (widget_class);
  wsi_frame_menu_install_actions (widget_class);
  wsi_frame_moves_install_actions (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_frame_list_init (WsiFrameList *self)
{
  const WsiListFilter all = WSI_LIST_FILTER_ALL;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->filter = all;
  self->cells = (WsiFrameCells) { NULL, choose_style, self };
  self->columns = wsi_frame_columns_new (self->view, &self->cells);
  wsi_frame_columns_watch (self->columns, on_columns_changed, self);
  wsi_frame_menu_attach (self);
  self->follower = wsi_follower_new (GTK_WIDGET (self), self->scroller);
  g_signal_connect_object (self->follower, "changed", G_CALLBACK (wsi_frame_list_notify), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_hadjustment (self->scroller),
                           "notify::page-size", G_CALLBACK (on_resized), self, G_CONNECT_SWAPPED);
}

static void
make_rules (WsiFrameList *self)
{
  g_clear_pointer (&self->rules, wsi_colour_rules_free);
  if (self->store != NULL)
    self->rules = wsi_colour_rules_new (self->store, self->colours);
}

/* The view begins anew: what was cleared of another store is of no meaning here. */
void
wsi_frame_list_set_store (WsiFrameList *self,
                          WsiStore     *store)
{
  drop_store (self);
  gtk_column_view_set_model (self->view, NULL);
  g_clear_object (&self->selection);
  drop_query (self, &self->query);
  self->cells.format = NULL;
  g_clear_pointer (&self->format, wsi_row_format_free);
  if (store == NULL)
    return;

  self->store = g_object_ref (store);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (wsi_frame_list_ensure_tick), self);
  g_signal_connect_swapped (store, "commented", G_CALLBACK (wsi_frame_list_refresh), self);
  self->format = wsi_row_format_new (store);
  self->cells.format = self->format;
  self->filter.first = 0;
  self->filter.conversation = 0;
  wsi_row_format_set_clock (self->format, self->clock);
  make_rules (self);
  wsi_follower_set_active (self->follower, TRUE);
  wsi_frame_list_apply_filter (self);
}

void
wsi_frame_list_set_colours (WsiFrameList *self,
                            GVariant     *colours)
{
  g_clear_pointer (&self->colours, g_variant_unref);
  self->colours = colours != NULL ? g_variant_ref_sink (colours) : NULL;
  make_rules (self);
  wsi_frame_list_refresh (self);
}

WsiStore *
wsi_frame_list_get_store (WsiFrameList *self)
{
  return self->store;
}

WsiRowFormat *
wsi_frame_list_get_format (WsiFrameList *self)
{
  return self->format;
}

/* The last row stays visible until the user scrolls up. */
void
wsi_frame_list_follow (WsiFrameList *self)
{
  wsi_follower_set_active (self->follower, TRUE);
}

gboolean
wsi_frame_list_is_following (WsiFrameList *self)
{
  return wsi_follower_is_active (self->follower);
}

GtkColumnView *
wsi_frame_list_get_view (WsiFrameList *self)
{
  return self->view;
}

gboolean
wsi_frame_list_go_to (WsiFrameList *self,
                      guint64       number)
{
  guint position;

  if (self->query == NULL
      || !wsi_frame_model_find (wsi_frame_query_get_model (self->query), number, &position))
    return FALSE;

  wsi_follower_set_active (self->follower, FALSE);
  wsi_frame_list_select (self, position);
  scroll_to (self, position);
  return TRUE;
}
