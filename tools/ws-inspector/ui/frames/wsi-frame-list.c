/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-frame-list-private.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/show/columns/wsi-row-format.h"
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

/* Whether there are rows, but none that is shown. */
static gboolean
shows_nothing (WsiFrameList *self)
{
  WsiListCounts counts;

  wsi_frame_list_get_counts (self, &counts);
  return self->query != NULL && self->next == NULL && !self->is_paused && counts.n_rows > 0 &&
         counts.n_shown == 0 && wsi_frame_query_is_ready (self->query);
}

static void
show_empty_page (WsiFrameList *self)
{
  gboolean is_empty = shows_nothing (self);
  g_autofree char *sentence = NULL;
  WsiListCounts counts;

  if (is_empty)
    {
      wsi_frame_list_get_counts (self, &counts);
      sentence = g_strdup_printf (ngettext ("0 of %" PRIu64 " row is shown",
                                            "0 of %" PRIu64 " rows are shown", counts.n_rows),
                                  counts.n_rows);
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
  gtk_widget_set_visible (GTK_WIDGET (self->follow_button),
                          !is_following && !shows_nothing (self));
}

void
wsi_frame_list_notify (WsiFrameList *self)
{
  show_follow_button (self);
  show_empty_page (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
take_new_rows (WsiFrameList *self)
{
  guint n_new = wsi_frame_query_advance (self->query);

  if (!wsi_follower_is_active (self->follower))
    self->n_new += n_new;
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

void
wsi_frame_list_notify_selected (WsiFrameList *self)
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

static void
drop_store (WsiFrameList *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  wsi_frame_list_drop_query (self, &self->next);
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
  wsi_frame_list_drop_query (self, &self->query);
  self->cells.format = NULL;
  g_clear_pointer (&self->format, wsi_row_format_free);
  g_clear_pointer (&self->filter.text, g_free);
  g_clear_pointer (&self->rules, wsi_colour_rules_free);
  g_clear_pointer (&self->colours, g_variant_unref);
  g_clear_pointer (&self->cells.search, g_free);

  G_OBJECT_CLASS (wsi_frame_list_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_set_template_from_resource (class,
                                               "/wsi/frames/wsi-frame-list.ui");
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
  self->cells = (WsiFrameCells) { .choose_look = wsi_frame_list_choose_look, .user_data = self };
  self->columns = wsi_frame_columns_new (self->view, &self->cells);
  wsi_frame_columns_watch (self->columns, on_columns_changed, self);
  wsi_frame_menu_attach (self);
  self->follower = wsi_follower_new (GTK_WIDGET (self), self->scroller);
  g_signal_connect_object (self->follower, "changed", G_CALLBACK (wsi_frame_list_notify), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_hadjustment (self->scroller),
                           "notify::page-size", G_CALLBACK (on_resized), self, G_CONNECT_SWAPPED);
}

/* The view begins anew: what was cleared of another store is of no meaning here. */
void
wsi_frame_list_set_store (WsiFrameList *self,
                          WsiStore     *store)
{
  drop_store (self);
  gtk_column_view_set_model (self->view, NULL);
  g_clear_object (&self->selection);
  wsi_frame_list_drop_query (self, &self->query);
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
  wsi_frame_list_make_rules (self);
  wsi_follower_set_active (self->follower, TRUE);
  wsi_frame_list_apply_filter (self);
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
