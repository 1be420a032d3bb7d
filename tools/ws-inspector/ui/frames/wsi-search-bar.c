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
  WsiFrameQuery  *hits;         /* rows found in a sorted list; NULL = no search in one */
  guint64         from;         /* row where the search began, in `direction` */
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

/* The count goes on while rows come, until another text, filter or store is searched. */
static void
search_bar_count (WsiSearchBar *self,
                  const char   *wanted)
{
  WsiStore *store = get_store (self);

  if (self->matches != NULL && self->counted == store && g_str_equal (self->wanted, wanted))
    return;

  drop_count (self);
  self->matches = wsi_frame_query_new (store, self->filter, NULL);
  self->counted = g_object_ref (store);
  self->wanted = g_strdup (wanted);
  g_signal_connect_swapped (self->matches, "found", G_CALLBACK (search_bar_ensure_tick), self);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (search_bar_ensure_tick), self);
}

static void
search_bar_stop (WsiSearchBar *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->progress), FALSE);
  if (self->hits != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->hits, self);
      wsi_frame_query_stop (self->hits);
    }
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

static void
show_hit (WsiSearchBar *self,
          guint64       number)
{
  if (number == WSI_NO_RECORD || !wsi_frame_list_go_to (self->list, number))
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

/* Handles hits in a sorted list, of which all have to be known, because the next one that is seen
 * is anywhere in the store.  The list may not be sorted any more: then the search has ended. */
static void
search_bar_on_hits (WsiSearchBar  *self,
                    WsiFrameQuery *hits)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (self->list);
  WsiSeenWanted wanted = { .kind = WSI_SEEN_HIT };
  guint64 number = WSI_NO_RECORD;

  if (!wsi_frame_query_is_whole (hits))
    {
      search_bar_show_progress (wsi_frame_query_get_percent (hits), self);
      return;
    }

  wsi_frame_query_advance (hits);
  wanted.hits = wsi_frame_query_get_model (hits);
  if (wsi_shown_rows_are_sorted (rows) && get_store (self) != NULL &&
      !wsi_seen_move (wsi_shown_rows_get_model (rows), get_store (self), &wanted,
                      self->direction == WSI_SEARCH_FORWARD ? WSI_MOVE_FORWARD : WSI_MOVE_BACKWARD,
                      self->from, &number))
    number = WSI_NO_RECORD;
  search_bar_stop (self);
  show_hit (self, number);
}

static void
search_sorted (WsiSearchBar      *self,
               guint64            from,
               WsiSearchDirection direction)
{
  self->from = from;
  self->direction = direction;
  self->hits = wsi_frame_query_new (get_store (self), self->filter, NULL);
  g_signal_connect_swapped (self->hits, "found", G_CALLBACK (search_bar_on_hits), self);
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

  if (!is_place)
    search_bar_count (self, text);
  if (!is_place && wsi_shown_rows_are_sorted (wsi_frame_list_get_rows (self->list)))
    {
      search_sorted (self, from, direction);
      return;
    }

  self->cancellable = g_cancellable_new ();
  wsi_filter_search_async (self->filter, get_store (self), from, direction,
                           search_bar_show_progress, self,
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

static void
search_bar_on_changed (WsiSearchBar *self)
{
  search_bar_stop (self);
  drop_count (self);
  search_bar_show_sentence (self, "");
  search_bar_mark (self);
}

void
wsi_search_bar_close (WsiSearchBar *self)
{
  search_bar_stop (self);
  drop_count (self);
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

  search_bar_stop (self);
  drop_count (self);
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
