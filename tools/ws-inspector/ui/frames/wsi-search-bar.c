/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-search-bar.h"

#include <glib/gi18n.h>

#include "inspect/capture/wsi-row.h"
#include "inspect/show/columns/wsi-frame-query.h"
#include "inspect/show/columns/wsi-list-filter.h"
#include "inspect/show/columns/wsi-seen-move.h"
#include "inspect/show/models/wsi-frame-model.h"
#include "inspect/store/wsi-store.h"
#include "ui/parts/wsi-drop-down.h"

#define COUNT_MS 100
#define NEAR_PERCENT 12         /* rows that a search reads itself; then it waits for the count */

struct _WsiSearchBar
{
  GtkWidget       parent_instance;

  GtkRevealer    *revealer;
  GtkSearchEntry *entry;
  GtkDropDown    *subject;
  GtkLabel       *progress, *count, *sentence;
  WsiFrameList   *list;         /* list that is searched; NULL = none yet */
  GCancellable   *cancellable;  /* cancellable of the search under way; NULL = none */
  WsiFilter      *filter;       /* filter that the search uses */
  WsiFrameQuery  *hits;         /* matches that a search waits for; NULL = it does not wait */
  guint64         from;         /* row where the search began, in `direction` */
  guint64         until;        /* end of the rows then: rows before it are to be tested */
  WsiSearchDirection direction;
  WsiFrameQuery  *matches;      /* all rows with the text, which are counted; NULL = no count */
  WsiStore       *counted;      /* store of the counted rows */
  char           *wanted;       /* filter of the counted rows */
  guint           tick;         /* tick that updates the count; 0 = none is due */
};

G_DEFINE_FINAL_TYPE (WsiSearchBar, wsi_search_bar, GTK_TYPE_WIDGET)

static void
search_bar_show_sentence (WsiSearchBar *self,
                          const char   *sentence)
{
  gtk_label_set_text (self->sentence, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->sentence), *sentence != '\0');
}

static WsiStore *
get_store (WsiSearchBar *self)
{
  return wsi_shown_rows_get_store (wsi_frame_list_get_rows (self->list));
}

/* Shows the progress in its line of the bar: the list below stays in its place. */
static void
search_bar_show_progress (guint    percent,
                          gpointer data)
{
  WsiSearchBar *self = data;
  g_autofree char *text = g_strdup_printf (_("%u %% searched"), percent);

  gtk_label_set_text (self->progress, text);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), TRUE);
}

static void
drop_count (WsiSearchBar *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->count), FALSE);
  g_clear_handle_id (&self->tick, g_source_remove);
  if (self->matches == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->matches, self);
  g_signal_handlers_disconnect_by_data (self->counted, self);
  wsi_frame_query_stop (self->matches);
  g_clear_object (&self->matches);
  g_clear_object (&self->counted);
  g_clear_pointer (&self->wanted, g_free);
}

/* The place of the selected row among the matches, from 1 on.  0: it is none, or the list has
 * another order. */
static guint
search_bar_find_place (WsiSearchBar *self)
{
  WsiFrameModel *model = wsi_frame_query_get_model (self->matches);
  WsiRow *row = wsi_frame_list_get_row (self->list);
  guint position;

  if (row == NULL || wsi_shown_rows_are_sorted (wsi_frame_list_get_rows (self->list)) ||
      !wsi_frame_model_find (model, wsi_row_get_number (row), &position) ||
      wsi_frame_model_get_number (model, position) != wsi_row_get_number (row))
    return 0;

  return position + 1;
}

static void
search_bar_show_count (WsiSearchBar *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (wsi_frame_query_get_model (self->matches)));
  guint place = search_bar_find_place (self);
  g_autofree char *number = g_strdup_printf (wsi_frame_query_is_whole (self->matches) ? "%'u"
                                                                                      : "≥ %'u", n);
  g_autofree char *of = g_strdup_printf ("%'u", place);
  g_autofree char *text = place > 0 ? g_strdup_printf (_("%s of %s"), of, number)
                                    : g_strdup_printf (_("%s found"), number);

  gtk_label_set_text (self->count, text);
  gtk_widget_set_visible (GTK_WIDGET (self->count), n > 0);
}

/* Counts new matches, without rows that the store has dropped. */
static gboolean
search_bar_on_tick (gpointer data)
{
  WsiSearchBar *self = data;

  self->tick = 0;
  wsi_frame_query_advance (self->matches);
  search_bar_show_count (self);
  return G_SOURCE_REMOVE;
}

static void
search_bar_ensure_tick (WsiSearchBar *self)
{
  if (self->tick == 0)
    self->tick = g_timeout_add (COUNT_MS, search_bar_on_tick, self);
}

/* Handles another selected row. */
static void
search_bar_on_selected (WsiSearchBar *self)
{
  if (self->matches != NULL)
    search_bar_show_count (self);
}

/* The count goes on while rows come, until another text, filter or store is searched.  Rows get
 * marks and comments after they were tested. */
static void
search_bar_count (WsiSearchBar *self,
                  const char   *wanted)
{
  WsiStore *store = get_store (self);

  if (self->matches != NULL && self->counted == store && g_str_equal (self->wanted, wanted) &&
      !wsi_filter_asks_for_notes (self->filter))
    return;

  drop_count (self);
  self->matches = wsi_frame_query_new (store, self->filter, NULL);
  self->counted = g_object_ref (store);
  self->wanted = g_strdup (wanted);
  g_signal_connect_swapped (self->matches, "found", G_CALLBACK (search_bar_ensure_tick), self);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (search_bar_ensure_tick), self);
}

static void search_bar_on_hits (WsiSearchBar  *self,
                                WsiFrameQuery *hits);

static void
search_bar_stop (WsiSearchBar *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->progress), FALSE);
  if (self->hits != NULL)
    g_signal_handlers_disconnect_by_func (self->hits, search_bar_on_hits, self);
  g_clear_object (&self->hits);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->filter, wsi_filter_unref);
}

/* A filter for a number, seconds, or a time of day.  NULL: the text is none of them. */
static char *
search_bar_print_place (WsiSearchBar *self,
                        const char   *text)
{
  char *place = wsi_list_filter_print_place (text);
  WsiStore *store = get_store (self);
  gint64 begin_us;

  if (place == NULL && store != NULL && wsi_store_get_begin (store, &begin_us))
    place = wsi_list_filter_print_clock (text, begin_us);
  return place;
}

static char *
print_wanted (WsiSearchBar *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  switch ((WsiSearchSubject) gtk_drop_down_get_selected (self->subject))
    {
    case WSI_SEARCH_FOR_TEXT:
      return *text != '\0' ? wsi_list_filter_print_search (text) : NULL;
    case WSI_SEARCH_FOR_FILTER:
      return *text != '\0' ? g_strdup (text) : NULL;
    case WSI_SEARCH_FOR_PLACE:
      return search_bar_print_place (self, text);
    }

  g_assert_not_reached ();
}

/* Makes the filter of the search: only rows that the list shows are found.  NULL: there is nothing
 * to search for, or an error.  text: that of the filter. */
static WsiFilter *
make_filter (WsiSearchBar *self,
             char        **text,
             GError      **error)
{
  g_autofree char *wanted = print_wanted (self);
  g_autofree char *shown = wsi_shown_rows_print_filter (wsi_frame_list_get_rows (self->list));
  g_autofree char *both = wanted != NULL ? wsi_list_filter_join (wanted, shown) : NULL;
  g_autoptr (WsiFilter) alone = wanted != NULL ? wsi_filter_new (wanted, error) : NULL;

  if (alone == NULL)
    return NULL;

  *text = g_steal_pointer (&both);
  return wsi_filter_new (*text, error);
}

/* Goes to a row, which may have come since the list was updated. */
static gboolean
go_to_hit (WsiSearchBar *self,
           guint64       number)
{
  if (wsi_frame_list_go_to (self->list, number))
    return TRUE;

  wsi_shown_rows_advance (wsi_frame_list_get_rows (self->list));
  return wsi_frame_list_go_to (self->list, number);
}

static void
show_hit (WsiSearchBar *self,
          guint64       number)
{
  if (number == WSI_NO_RECORD || !go_to_hit (self, number))
    {
      search_bar_show_sentence (self, _("Nothing found"));
      return;
    }

  search_bar_show_sentence (self, "");
}

/* Handles the result; the bar may be gone: the call was cancelled then. */
static void
search_bar_on_found (GObject      *object,
                     GAsyncResult *result,
                     gpointer      data)
{
  g_autoptr (WsiSearchBar) self = data;
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));
  guint64 number;

  if (cancellable != self->cancellable || g_cancellable_is_cancelled (cancellable))
    return;

  number = wsi_filter_search_finish (self->filter, result, NULL);
  search_bar_stop (self);
  show_hit (self, number);
}

/* Finds the next match that is seen in a sorted list, which is anywhere in the store.  FALSE: rows
 * that were there at the beginning were not tested yet. */
static gboolean
find_sorted (WsiSearchBar *self,
             guint64      *number)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (self->list);
  WsiSeenWanted wanted = { .kind = WSI_SEEN_HIT };

  wsi_frame_query_advance (self->matches);
  if (wsi_frame_query_get_n_tested (self->matches) < self->until)
    return FALSE;

  wanted.hits = wsi_frame_query_get_model (self->matches);
  if (!wsi_seen_move (wsi_shown_rows_get_model (rows), self->counted, &wanted,
                      self->direction == WSI_SEARCH_FORWARD ? WSI_MOVE_FORWARD : WSI_MOVE_BACKWARD,
                      self->from, number))
    *number = WSI_NO_RECORD;
  return TRUE;
}

/* Finds the next match in the order of the store.  FALSE: rows up to it were not tested yet. */
static gboolean
find_counted (WsiSearchBar *self,
              guint64      *number)
{
  WsiFrameModel *model = wsi_frame_query_get_model (self->matches);
  guint64 end = wsi_store_get_end (self->counted), n_tested;
  guint n, position;

  wsi_frame_query_advance (self->matches);
  n = position = g_list_model_get_n_items (G_LIST_MODEL (model));
  n_tested = wsi_frame_query_get_n_tested (self->matches);
  *number = WSI_NO_RECORD;
  if (self->direction == WSI_SEARCH_FORWARD)
    {
      if (wsi_frame_model_find (model, self->from == WSI_NO_RECORD ? 0 : self->from + 1, &position))
        *number = wsi_frame_model_get_number (model, position);
      return position < n || n_tested >= end;
    }

  if (self->from != WSI_NO_RECORD)
    wsi_frame_model_find (model, self->from, &position);
  if (position > 0)
    *number = wsi_frame_model_get_number (model, position - 1);
  return n_tested >= MIN (self->from, end);
}

/* Shows the next match among those that were counted; there is none in a store that is not shown
 * any more.  FALSE: the count has not come so far. */
static gboolean
show_counted (WsiSearchBar *self)
{
  gboolean are_sorted = wsi_shown_rows_are_sorted (wsi_frame_list_get_rows (self->list));
  guint64 number = WSI_NO_RECORD;

  if (get_store (self) == self->counted &&
      !(are_sorted ? find_sorted (self, &number) : find_counted (self, &number)))
    return FALSE;

  search_bar_stop (self);
  show_hit (self, number);
  return TRUE;
}

static void
search_bar_on_hits (WsiSearchBar  *self,
                    WsiFrameQuery *hits)
{
  if (!show_counted (self))
    search_bar_show_progress (wsi_frame_query_get_percent (hits), self);
}

static void
wait_for_hits (WsiSearchBar *self)
{
  search_bar_stop (self);
  self->hits = g_object_ref (self->matches);
  g_signal_connect_swapped (self->hits, "found", G_CALLBACK (search_bar_on_hits), self);
  search_bar_on_hits (self, self->hits);
}

/* Handles the progress of a search that has found nothing near: both would read all rows. */
static void
search_bar_on_progress (guint    percent,
                        gpointer data)
{
  WsiSearchBar *self = data;

  if (self->matches != NULL && percent >= NEAR_PERCENT)
    wait_for_hits (self);
  else
    search_bar_show_progress (percent, data);
}

static void
search_bar_search (WsiSearchBar      *self,
                   guint64            from,
                   WsiSearchDirection direction)
{
  gboolean is_place = gtk_drop_down_get_selected (self->subject) == WSI_SEARCH_FOR_PLACE;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  search_bar_stop (self);
  search_bar_show_sentence (self, "");
  if (self->list == NULL || get_store (self) == NULL)
    return;

  self->filter = make_filter (self, &text, &error);
  if (error != NULL)
    search_bar_show_sentence (self, error->message);
  else if (self->filter == NULL && *gtk_editable_get_text (GTK_EDITABLE (self->entry)) != '\0')
    search_bar_show_sentence (self,
                              _("Expected a row number, seconds, or a time such as 12:34:56"));
  if (self->filter == NULL)
    return;

  self->from = from;
  self->direction = direction;
  self->until = wsi_store_get_end (get_store (self));
  if (!is_place)
    search_bar_count (self, text);
  if (!is_place && show_counted (self))
    return;

  if (!is_place && wsi_shown_rows_are_sorted (wsi_frame_list_get_rows (self->list)))
    {
      wait_for_hits (self);
      return;
    }

  self->cancellable = g_cancellable_new ();
  wsi_filter_search_async (self->filter, get_store (self), from, direction,
                           search_bar_on_progress, self,
                           self->cancellable, search_bar_on_found, g_object_ref (self));
}

void
wsi_search_bar_step (WsiSearchBar      *self,
                     WsiSearchDirection direction)
{
  WsiRow *row = self->list != NULL ? wsi_frame_list_get_row (self->list) : NULL;
  gboolean is_place = gtk_drop_down_get_selected (self->subject) == WSI_SEARCH_FOR_PLACE;

  search_bar_search (self, row != NULL && !is_place ? wsi_row_get_number (row) : WSI_NO_RECORD,
                     direction);
}

static void
on_next (WsiSearchBar *self)
{
  wsi_search_bar_step (self, WSI_SEARCH_FORWARD);
}

static void
on_previous (WsiSearchBar *self)
{
  wsi_search_bar_step (self, WSI_SEARCH_BACKWARD);
}

/* Marks the text in the rows that are seen, while the bar is open. */
static void
search_bar_mark (WsiSearchBar *self)
{
  gboolean is_text = gtk_revealer_get_reveal_child (self->revealer) &&
                     gtk_drop_down_get_selected (self->subject) == WSI_SEARCH_FOR_TEXT;

  if (self->list != NULL)
    wsi_frame_list_set_search (self->list, is_text
                               ? gtk_editable_get_text (GTK_EDITABLE (self->entry)) : NULL);
}

void
wsi_search_bar_end (WsiSearchBar *self)
{
  search_bar_stop (self);
  drop_count (self);
}

static void
search_bar_on_changed (WsiSearchBar *self)
{
  wsi_search_bar_end (self);
  search_bar_show_sentence (self, "");
  search_bar_mark (self);
}

void
wsi_search_bar_close (WsiSearchBar *self)
{
  wsi_search_bar_end (self);
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->revealer), FALSE);
  search_bar_mark (self);
  if (self->list != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

void
wsi_search_bar_open (WsiSearchBar    *self,
                     WsiSearchSubject subject)
{
  gtk_drop_down_set_selected (self->subject, subject);
  gtk_widget_set_visible (GTK_WIDGET (self->revealer), TRUE);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
  search_bar_mark (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

static void
wsi_search_bar_dispose (GObject *object)
{
  WsiSearchBar *self = WSI_SEARCH_BAR (object);
  GtkWidget *child;

  wsi_search_bar_end (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (wsi_search_bar_parent_class)->dispose (object);
}

static void
wsi_search_bar_class_init (WsiSearchBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_search_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/frames/wsi-search-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiSearchBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, WsiSearchBar, entry);
  gtk_widget_class_bind_template_child (widget_class, WsiSearchBar, subject);
  gtk_widget_class_bind_template_child (widget_class, WsiSearchBar, progress);
  gtk_widget_class_bind_template_child (widget_class, WsiSearchBar, count);
  gtk_widget_class_bind_template_child (widget_class, WsiSearchBar, sentence);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, search_bar_on_changed);
  gtk_widget_class_bind_template_callback (widget_class, wsi_search_bar_close);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_search_bar_init (WsiSearchBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wsi_drop_down_set_name (self->subject, _("Search for"));
  g_signal_connect_swapped (self->subject, "notify::selected", G_CALLBACK (search_bar_on_changed),
                            self);
}

void
wsi_search_bar_set_list (WsiSearchBar *self,
                         WsiFrameList *list)
{
  self->list = list;
  g_signal_connect_object (list, "selected", G_CALLBACK (search_bar_on_selected), self,
                           G_CONNECT_SWAPPED);
}
