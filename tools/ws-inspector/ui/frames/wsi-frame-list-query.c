/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which rows the list has: its filters, and the query that finds them. */
#include "ui/frames/wsi-frame-list-private.h"

#include "inspect/capture/wsi-row.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/show/columns/wsi-row-format.h"
#include "inspect/show/models/wsi-frame-model.h"
#include "inspect/store/wsi-store.h"

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

/* The list has no function for this in GTK 4.8, but an action. */
static void
scroll_to (WsiFrameList *self,
           guint         position)
{
  gtk_widget_activate_action (gtk_widget_get_last_child (GTK_WIDGET (self->view)),
                              "list.scroll-to-item", "u", position);
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
  if (anchor != NULL && !wsi_follower_is_active (self->follower) &&
      wsi_frame_model_find (model, wsi_row_get_number (anchor), &position))
    scroll_to (self, position);
}

/* It may be at work: nothing that it finds is shown any more. */
void
wsi_frame_list_drop_query (WsiFrameList   *self,
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
  wsi_frame_list_drop_query (self, &self->query);
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
  g_signal_connect_object (self->selection, "notify::selected-item",
                           G_CALLBACK (wsi_frame_list_notify_selected), self, G_CONNECT_SWAPPED);
  if (selected != NULL && wsi_frame_list_get_row (self) != selected)
    wsi_frame_list_notify_selected (self);
  wsi_follower_begin_anew (self->follower);
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
  wsi_frame_list_drop_query (self, &self->next);
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

gboolean
wsi_frame_list_go_to (WsiFrameList *self,
                      guint64       number)
{
  guint position;

  if (self->query == NULL ||
      !wsi_frame_model_find (wsi_frame_query_get_model (self->query), number, &position))
    return FALSE;

  wsi_follower_set_active (self->follower, FALSE);
  wsi_frame_list_select (self, position);
  scroll_to (self, position);
  return TRUE;
}
