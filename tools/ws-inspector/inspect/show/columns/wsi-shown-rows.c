/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-shown-rows.h"

#include "inspect/filter/wsi-filter.h"
#include "inspect/show/columns/wsi-colour-rules.h"
#include "inspect/show/columns/wsi-frame-query.h"
#include "inspect/store/wsi-servers.h"
#include "inspect/store/wsi-store.h"

#define PARAM_FLAGS (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

struct _WsiShownRows
{
  GObject         parent_instance;

  WsiStore       *store;        /* store whose rows are shown; NULL = none */
  WsiLearner     *learner;      /* learner of the store; NULL = none */
  WsiRowFormat   *format;       /* format of the cells; it lives as long as the store */
  WsiClock        clock;
  gboolean        has_microseconds;
  WsiRedaction    redaction;    /* how secrets of sentences are hidden */
  GVariant       *colours;      /* rules of the user: a(sss); NULL = the usual ones */
  WsiColourRules *rules;        /* rules of the colours, made for the store */
  WsiListFilter   filter;
  WsiFrameQuery  *query;        /* query whose rows are shown */
  WsiFrameQuery  *next;         /* query that is shown when it has rows; NULL = none */
  WsiRowOrder     order;
  WsiFrameModel  *sorted;       /* sorted model that is shown; NULL = rows are not sorted */
  WsiFrameQuery  *sorting;      /* query whose rows are being sorted, one of the two; NULL = none */
  GTask          *task;         /* task that sorts the rows, with its cancellable */
  gboolean        is_paused, is_stale;  /* is_stale: texts of rows change at the next tick */
  gboolean        names_servers;        /* texts of rows have the names of servers */
  guint           tick;         /* source id of the next tick; 0 = none is due */
  guint           tick_ms;
};

enum
{
  PROP_0,
  PROP_TIME_FORMAT,
  PROP_VIEW,
  PROP_DIRECTION,
  PROP_SHOW_TEXT,
  PROP_SHOW_BINARY,
  PROP_SHOW_CONTROL,
  PROP_SHOW_EVENTS,
  PROP_PAUSED,
  PROP_COLOUR_RULES,
  PROP_TICK_MS,
  PROP_MICROSECONDS,
  N_PROPERTIES,
};

enum
{
  SWAPPED,
  ADVANCED,
  CHANGED,
  REWRITTEN,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static const char *const clock_names[] = { "relative", "delta", "local", "utc" };
static const char *const view_names[] = { "frames", "messages" };
static const char *const direction_names[] = { "sent", "received", "both" };
static const WsiListKinds shown_kinds[] = {
  WSI_LIST_TEXT, WSI_LIST_BINARY, WSI_LIST_CONTROL, WSI_LIST_EVENTS,
};

G_DEFINE_FINAL_TYPE (WsiShownRows, wsi_shown_rows, G_TYPE_OBJECT)

void
wsi_shown_rows_refresh (WsiShownRows *self)
{
  if (self->format == NULL)
    return;

  self->is_stale = FALSE;
  wsi_row_format_forget (self->format);
  g_signal_emit (self, signals[REWRITTEN], 0);
}

/* Eviction takes rows from everywhere in a snapshot: it is another one then. */
static void
shown_rows_drop_evicted (WsiShownRows *self)
{
  g_autoptr (WsiFrameModel) rest = self->sorted != NULL ? wsi_frame_model_dup_rest (self->sorted)
                                                        : NULL;

  if (rest == NULL)
    return;

  g_set_object (&self->sorted, rest);
  g_signal_emit (self, signals[SWAPPED], 0);
}

/* Whether a second server has come since, from which on all connections have theirs in their
 * names. */
static gboolean
begins_to_name_servers (WsiShownRows *self)
{
  gboolean named_servers = self->names_servers;

  self->names_servers = self->store != NULL &&
                        wsi_servers_are_several (wsi_store_get_servers (self->store));
  return self->names_servers && !named_servers;
}

static gboolean
shown_rows_on_tick (gpointer data)
{
  WsiShownRows *self = data;

  self->tick = 0;
  if (self->query != NULL && !self->is_paused)
    {
      guint n_new = wsi_frame_query_advance (self->query);

      shown_rows_drop_evicted (self);
      g_signal_emit (self, signals[ADVANCED], 0, n_new);
    }
  if (begins_to_name_servers (self) || self->is_stale)
    wsi_shown_rows_refresh (self);

  return G_SOURCE_REMOVE;
}

void
wsi_shown_rows_advance (WsiShownRows *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  shown_rows_on_tick (self);
}

/* Rows are shown at the next tick: many frames cost ten updates a second, or as many as the user
 * prefers, and without frames there is no timer. */
static void
shown_rows_ensure_tick (WsiShownRows *self)
{
  if (self->tick == 0)
    self->tick = g_timeout_add (self->tick_ms, shown_rows_on_tick, self);
}

/* Drops a query, which may be at work: nothing that it finds is shown any more. */
static void
drop_query (WsiShownRows   *self,
            WsiFrameQuery **query)
{
  if (*query == NULL)
    return;

  g_signal_handlers_disconnect_by_data (*query, self);
  wsi_frame_query_stop (*query);
  g_clear_object (query);
}

/* Cancels the sorting, and drops its objects. */
static void
cancel_sorting (WsiShownRows *self)
{
  if (self->task == NULL)
    return;

  g_cancellable_cancel (g_task_get_cancellable (self->task));
  g_clear_object (&self->task);
  g_clear_object (&self->sorting);
}

/* Shows the rows of a query.  A model that is swapped is cheaper than one that changes all of its
 * rows.  sorted: its rows in their order, or NULL. */
static void
show_query (WsiShownRows  *self,
            WsiFrameQuery *query,
            WsiFrameModel *sorted)
{
  g_autoptr (WsiFrameQuery) shown = g_object_ref (query);

  if (query == self->next)
    g_clear_object (&self->next);
  if (query != self->query)
    {
      drop_query (self, &self->query);
      self->query = g_steal_pointer (&shown);
    }
  g_set_object (&self->sorted, sorted);
  wsi_frame_query_advance (query);
  g_signal_emit (self, signals[SWAPPED], 0);
}

static gboolean
shown_rows_is_learned (WsiShownRows *self)
{
  return self->learner != NULL &&
         wsi_learner_get_n_learned (self->learner) >= wsi_store_get_end (self->store);
}

/* Handles the end of a sorting, which another order, another filter or the end of the store may
 * have cancelled. */
static void
on_sorted (GObject      *object,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (WsiShownRows) self = data;
  g_autoptr (WsiFrameModel) sorted = wsi_row_order_sort_finish (result, NULL);
  g_autoptr (WsiFrameQuery) query = NULL;

  if (sorted == NULL)
    return;

  query = g_steal_pointer (&self->sorting);
  g_clear_object (&self->task);
  show_query (self, query, sorted);
}

static void
sort_query (WsiShownRows  *self,
            WsiFrameQuery *query)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  cancel_sorting (self);
  wsi_frame_query_advance (query);
  self->sorting = g_object_ref (query);
  self->task = wsi_row_order_sort_async (&(WsiSortedRows) {
    .store = self->store,
    .unit = self->filter.unit,
    .order = self->order,
    .model = wsi_frame_query_get_model (query),
    .interpreter = self->learner != NULL ? wsi_learner_get_interpreter (self->learner) : NULL,
    .is_learned = shown_rows_is_learned (self),
  }, cancellable, on_sorted, g_object_ref (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Handles found rows; where rows are sorted, all of them have to be there. */
static void
shown_rows_on_found (WsiShownRows  *self,
                     WsiFrameQuery *query)
{
  gboolean is_sorted = self->order.value != WSI_ROW_NONE;

  if (query == self->query)
    shown_rows_ensure_tick (self);
  else if (is_sorted && wsi_frame_query_is_whole (query) && query != self->sorting)
    sort_query (self, query);
  else if (!is_sorted && wsi_frame_query_is_ready (query))
    show_query (self, query, NULL);
}

/* Sets another query: until its first screenful is known, the earlier rows stay. */
static void
set_query (WsiShownRows *self,
           WsiFilter    *filter)
{
  const WsiInterpreter *interpreter =
    self->learner != NULL ? wsi_learner_get_interpreter (self->learner) : NULL;

  cancel_sorting (self);
  drop_query (self, &self->next);
  if (self->store == NULL)
    return;

  wsi_row_format_set_unit (self->format, self->filter.unit);
  self->next = wsi_frame_query_new (self->store, filter, interpreter);
  g_signal_connect_swapped (self->next, "found", G_CALLBACK (shown_rows_on_found), self);
  shown_rows_on_found (self, self->next);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Applies the filter; all texts but the user's are known to be filters. */
static void
shown_rows_apply_filter (WsiShownRows *self)
{
  g_autofree char *text = wsi_list_filter_print (&self->filter);
  g_autoptr (WsiFilter) filter = text != NULL ? wsi_filter_new (text, NULL) : NULL;

  set_query (self, filter);
}

gboolean
wsi_shown_rows_set_filter (WsiShownRows *self,
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
wsi_shown_rows_get_filter (WsiShownRows *self)
{
  return self->filter.text;
}

char *
wsi_shown_rows_print_filter (WsiShownRows *self)
{
  return wsi_list_filter_print (&self->filter);
}

void
wsi_shown_rows_set_conversation (WsiShownRows *self,
                                 guint32       conversation)
{
  if (self->filter.conversation == conversation)
    return;

  self->filter.conversation = conversation;
  shown_rows_apply_filter (self);
}

void
wsi_shown_rows_set_first (WsiShownRows *self,
                          guint64       number)
{
  if (self->filter.first == number)
    return;

  self->filter.first = number;
  shown_rows_apply_filter (self);
}

void
wsi_shown_rows_show_all (WsiShownRows *self)
{
  g_clear_pointer (&self->filter.text, g_free);
  self->filter.kinds = WSI_LIST_ALL_KINDS;
  self->filter.direction = WSI_NO_DIRECTION;
  self->filter.first = 0;
  shown_rows_apply_filter (self);
  for (guint i = PROP_DIRECTION; i <= PROP_SHOW_EVENTS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

WsiFrameModel *
wsi_shown_rows_get_model (WsiShownRows *self)
{
  if (self->sorted != NULL)
    return self->sorted;

  return self->query != NULL ? wsi_frame_query_get_model (self->query) : NULL;
}

gboolean
wsi_shown_rows_find (WsiShownRows *self,
                     guint64       number,
                     guint        *position)
{
  WsiFrameModel *model = wsi_shown_rows_get_model (self);

  return model != NULL && wsi_frame_model_find (model, number, position);
}

gboolean
wsi_shown_rows_has (WsiShownRows *self,
                    guint64       number,
                    guint        *position)
{
  WsiFrameModel *model = wsi_shown_rows_get_model (self);

  return model != NULL && wsi_frame_model_find (model, number, position) &&
         wsi_frame_model_get_number (model, *position) == number;
}

void
wsi_shown_rows_get_counts (WsiShownRows   *self,
                           WsiShownCounts *counts)
{
  WsiFrameQuery *query = self->next != NULL ? self->next : self->query;
  guint64 first;

  *counts = (WsiShownCounts) { 0 };
  if (self->store == NULL)
    return;

  first = wsi_store_get_first (self->store);
  counts->n_rows = wsi_store_get_end (self->store) - first;
  if (query == NULL)
    return;

  counts->n_shown = self->query != NULL
                    ? g_list_model_get_n_items (G_LIST_MODEL (wsi_shown_rows_get_model (self)))
                    : 0;
  /* rows that were tested may be gone since */
  first = wsi_store_get_first (self->store);
  counts->n_tested = MAX (wsi_frame_query_get_n_tested (query), first) - first;
}

gboolean
wsi_shown_rows_are_all_hidden (WsiShownRows *self)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (self, &counts);
  return self->next == NULL && !self->is_paused && counts.n_rows > 0 && counts.n_shown == 0;
}

/* Rows that are visible were written before: once for each tick is enough, also where a thousand
 * get a tag at once. */
static void
on_stale (WsiShownRows *self)
{
  self->is_stale = TRUE;
  shown_rows_ensure_tick (self);
}

void
wsi_shown_rows_set_learner (WsiShownRows *self,
                            WsiLearner   *learner)
{
  if (self->learner != NULL)
    g_signal_handlers_disconnect_by_data (self->learner, self);
  g_set_object (&self->learner, learner);
  if (learner != NULL)
    g_signal_connect_swapped (learner, "changed", G_CALLBACK (on_stale), self);
  if (self->format == NULL)
    return;

  wsi_row_format_set_interpreter (self->format, learner != NULL
                                  ? wsi_learner_get_interpreter (learner) : NULL);
  if (learner != NULL)
    wsi_shown_rows_refresh (self);
}

/* Decodes rows again, also those that the filter finds. */
void
wsi_shown_rows_decode_anew (WsiShownRows *self)
{
  wsi_shown_rows_refresh (self);
  shown_rows_apply_filter (self);
}

static void
make_rules (WsiShownRows *self)
{
  g_clear_pointer (&self->rules, wsi_colour_rules_free);
  if (self->store != NULL)
    self->rules = wsi_colour_rules_new (self->store, self->colours);
}

const char *
wsi_shown_rows_choose_style (WsiShownRows *self,
                             WsiRow       *row,
                             const char  **name)
{
  *name = NULL;
  return self->rules != NULL
         ? wsi_colour_rules_choose (self->rules, wsi_row_get_number (row), name) : NULL;
}

static void
drop_store (WsiShownRows *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  cancel_sorting (self);
  self->order = (WsiRowOrder) { WSI_ROW_NONE, FALSE };
  g_clear_object (&self->sorted);
  drop_query (self, &self->next);
  g_clear_pointer (&self->rules, wsi_colour_rules_free);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_object (&self->store);
  wsi_shown_rows_set_learner (self, NULL);
  drop_query (self, &self->query);
  g_clear_pointer (&self->format, wsi_row_format_free);
}

void
wsi_shown_rows_set_store (WsiShownRows *self,
                          WsiStore     *store)
{
  drop_store (self);
  if (store == NULL)
    return;

  self->store = g_object_ref (store);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (shown_rows_ensure_tick), self);
  g_signal_connect_swapped (store, "noted", G_CALLBACK (on_stale), self);
  self->format = wsi_row_format_new (store);
  self->filter.first = 0;
  self->filter.conversation = 0;
  wsi_row_format_set_clock (self->format, self->clock);
  wsi_row_format_set_microseconds (self->format, self->has_microseconds);
  wsi_row_format_set_redaction (self->format, self->redaction);
  make_rules (self);
  shown_rows_apply_filter (self);
}

WsiStore *
wsi_shown_rows_get_store (WsiShownRows *self)
{
  return self->store;
}

WsiRowFormat *
wsi_shown_rows_get_format (WsiShownRows *self)
{
  return self->format;
}

void
wsi_shown_rows_set_redaction (WsiShownRows *self,
                              WsiRedaction  level)
{
  self->redaction = level;
  if (self->format == NULL)
    return;

  wsi_row_format_set_redaction (self->format, level);
  wsi_shown_rows_refresh (self);
}

WsiUnit
wsi_shown_rows_get_unit (WsiShownRows *self)
{
  return self->filter.unit;
}

/* Sorts the rows again, of the query that is shown or comes next. */
void
wsi_shown_rows_sort_anew (WsiShownRows *self)
{
  if (self->order.value == WSI_ROW_NONE)
    return;

  if (self->next != NULL)
    shown_rows_on_found (self, self->next);
  else if (self->query != NULL)
    sort_query (self, self->query);
}

void
wsi_shown_rows_set_order (WsiShownRows *self,
                          WsiRowOrder   order)
{
  if (self->store == NULL)
    return;

  cancel_sorting (self);
  self->order = order;
  if (order.value != WSI_ROW_NONE)
    wsi_shown_rows_sort_anew (self);
  else if (self->next != NULL && wsi_frame_query_is_ready (self->next))
    show_query (self, self->next, NULL);
  else if (self->sorted != NULL)
    show_query (self, self->query, NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

WsiRowOrder
wsi_shown_rows_get_order (WsiShownRows *self)
{
  return self->order;
}

gboolean
wsi_shown_rows_are_sorted (WsiShownRows *self)
{
  return self->sorted != NULL;
}

guint
wsi_shown_rows_get_n_since (WsiShownRows *self)
{
  guint n_all, n_sorted;

  if (self->sorted == NULL)
    return 0;

  n_all = g_list_model_get_n_items (G_LIST_MODEL (wsi_frame_query_get_model (self->query)));
  n_sorted = g_list_model_get_n_items (G_LIST_MODEL (self->sorted));
  return n_all > n_sorted ? n_all - n_sorted : 0;
}

gboolean
wsi_shown_rows_are_being_sorted (WsiShownRows *self,
                                 double       *part)
{
  if (self->task == NULL)
    return FALSE;

  *part = wsi_row_order_get_progress (self->task);
  return TRUE;
}

void
wsi_shown_rows_set_reference (WsiShownRows *self,
                              WsiRow       *row)
{
  if (self->format == NULL)
    return;

  wsi_row_format_set_reference (self->format, row);
  wsi_shown_rows_refresh (self);
}

static void
shown_rows_set_kind (WsiShownRows *self,
                     WsiListKinds  kind,
                     gboolean      is_shown)
{
  WsiListKinds kinds = is_shown ? self->filter.kinds | kind : self->filter.kinds & ~kind;

  if (kinds == self->filter.kinds)
    return;

  self->filter.kinds = kinds;
  shown_rows_apply_filter (self);
}

static void
set_unit (WsiShownRows *self,
          WsiUnit       unit)
{
  if (unit == self->filter.unit)
    return;

  self->filter.unit = unit;
  shown_rows_apply_filter (self);
}

static void
set_direction (WsiShownRows *self,
               guint         direction)
{
  if (direction == self->filter.direction)
    return;

  self->filter.direction = direction;
  shown_rows_apply_filter (self);
}

static void
set_clock (WsiShownRows *self,
           WsiClock      clock)
{
  self->clock = clock;
  if (self->format == NULL)
    return;

  wsi_row_format_set_clock (self->format, clock);
  wsi_shown_rows_refresh (self);
}

static void
set_microseconds (WsiShownRows *self,
                  gboolean      has_microseconds)
{
  self->has_microseconds = has_microseconds;
  if (self->format == NULL)
    return;

  wsi_row_format_set_microseconds (self->format, has_microseconds);
  wsi_shown_rows_refresh (self);
}

static void
set_paused (WsiShownRows *self,
            gboolean      is_paused)
{
  self->is_paused = is_paused;
  shown_rows_ensure_tick (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
set_colours (WsiShownRows *self,
             GVariant     *colours)
{
  g_clear_pointer (&self->colours, g_variant_unref);
  self->colours = colours != NULL ? g_variant_ref_sink (colours) : NULL;
  make_rules (self);
  wsi_shown_rows_refresh (self);
}

/* The place of a word in a list; 0 for a word that is not in it. */
static guint
shown_rows_find_word (const char *const *words,
                      guint              n_words,
                      const GValue      *value)
{
  for (guint i = 0; i < n_words; i++)
    if (g_strcmp0 (words[i], g_value_get_string (value)) == 0)
      return i;
  return 0;
}

#define FIND_WORD(words, value) shown_rows_find_word (words, G_N_ELEMENTS (words), value)

static void
wsi_shown_rows_set_property (GObject      *object,
                             guint         id,
                             const GValue *value,
                             GParamSpec   *param)
{
  WsiShownRows *self = WSI_SHOWN_ROWS (object);

  switch (id)
    {
    case PROP_TIME_FORMAT:
      set_clock (self, (WsiClock) FIND_WORD (clock_names, value));
      break;
    case PROP_VIEW:
      set_unit (self, (WsiUnit) FIND_WORD (view_names, value));
      break;
    case PROP_DIRECTION:
      set_direction (self, FIND_WORD (direction_names, value));
      break;
    case PROP_SHOW_TEXT:
    case PROP_SHOW_BINARY:
    case PROP_SHOW_CONTROL:
    case PROP_SHOW_EVENTS:
      shown_rows_set_kind (self, shown_kinds[id - PROP_SHOW_TEXT], g_value_get_boolean (value));
      break;
    case PROP_COLOUR_RULES:
      set_colours (self, g_value_get_variant (value));
      break;
    case PROP_TICK_MS:
      self->tick_ms = g_value_get_uint (value);
      break;
    case PROP_MICROSECONDS:
      set_microseconds (self, g_value_get_boolean (value));
      break;
    case PROP_PAUSED:
      set_paused (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, param);
      return;
    }
  g_object_notify_by_pspec (object, param);
}

static void
wsi_shown_rows_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *param)
{
  WsiShownRows *self = WSI_SHOWN_ROWS (object);

  switch (id)
    {
    case PROP_TIME_FORMAT:
      g_value_set_string (value, clock_names[self->clock]);
      break;
    case PROP_VIEW:
      g_value_set_string (value, view_names[self->filter.unit]);
      break;
    case PROP_DIRECTION:
      g_value_set_string (value, direction_names[self->filter.direction]);
      break;
    case PROP_SHOW_TEXT:
    case PROP_SHOW_BINARY:
    case PROP_SHOW_CONTROL:
    case PROP_SHOW_EVENTS:
      g_value_set_boolean (value, (self->filter.kinds & shown_kinds[id - PROP_SHOW_TEXT]) != 0);
      break;
    case PROP_COLOUR_RULES:
      g_value_set_variant (value, self->colours);
      break;
    case PROP_TICK_MS:
      g_value_set_uint (value, self->tick_ms);
      break;
    case PROP_MICROSECONDS:
      g_value_set_boolean (value, self->has_microseconds);
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, self->is_paused);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, param);
    }
}

static void
wsi_shown_rows_dispose (GObject *object)
{
  WsiShownRows *self = WSI_SHOWN_ROWS (object);

  drop_store (self);
  g_clear_pointer (&self->filter.text, g_free);
  g_clear_pointer (&self->rules, wsi_colour_rules_free);
  g_clear_pointer (&self->colours, g_variant_unref);

  G_OBJECT_CLASS (wsi_shown_rows_parent_class)->dispose (object);
}

static GParamSpec *
make_words (const char *name,
            const char *usual)
{
  return g_param_spec_string (name, NULL, NULL, usual, PARAM_FLAGS);
}

static GParamSpec *
make_switch (const char *name,
             gboolean    usual)
{
  return g_param_spec_boolean (name, NULL, NULL, usual, PARAM_FLAGS);
}

static GParamSpec *
make_param (guint id)
{
  switch (id)
    {
    case PROP_TIME_FORMAT:
      return make_words ("time-format", "relative");
    case PROP_VIEW:
      return make_words ("view", "frames");
    case PROP_DIRECTION:
      return make_words ("direction", "both");
    case PROP_SHOW_TEXT:
      return make_switch ("show-text", TRUE);
    case PROP_SHOW_BINARY:
      return make_switch ("show-binary", TRUE);
    case PROP_SHOW_CONTROL:
      return make_switch ("show-control", TRUE);
    case PROP_SHOW_EVENTS:
      return make_switch ("show-events", TRUE);
    case PROP_MICROSECONDS:
      return make_switch ("microseconds", FALSE);
    case PROP_PAUSED:
      return make_switch ("paused", FALSE);
    case PROP_COLOUR_RULES:
      return g_param_spec_variant ("colour-rules", NULL, NULL, G_VARIANT_TYPE ("a(sss)"), NULL,
                                   PARAM_FLAGS);
    case PROP_TICK_MS:
      return g_param_spec_uint ("tick-ms", NULL, NULL, 20, 5000, 100,
                                PARAM_FLAGS | G_PARAM_CONSTRUCT);
    default:
      g_assert_not_reached ();
    }
}

GParamSpec *
wsi_shown_rows_make_param (const char *name)
{
  g_autoptr (GTypeClass) class = g_type_class_ref (WSI_TYPE_SHOWN_ROWS);

  for (guint i = PROP_0 + 1; i < N_PROPERTIES; i++)
    if (g_str_equal (properties[i]->name, name))
      return make_param (i);

  g_return_val_if_reached (NULL);
}

static void
wsi_shown_rows_class_init (WsiShownRowsClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->set_property = wsi_shown_rows_set_property;
  object_class->get_property = wsi_shown_rows_get_property;
  object_class->dispose = wsi_shown_rows_dispose;
  for (guint i = PROP_0 + 1; i < N_PROPERTIES; i++)
    properties[i] = make_param (i);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /* signal: the model is another one */
  signals[SWAPPED] = g_signal_new ("swapped", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* signal: the model has so many rows more */
  signals[ADVANCED] = g_signal_new ("advanced", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  /* signal: counts have changed */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* signal: texts of rows have changed */
  signals[REWRITTEN] = g_signal_new ("rewritten", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wsi_shown_rows_init (WsiShownRows *self)
{
  const WsiListFilter all = WSI_LIST_FILTER_ALL;

  self->filter = all;
}

WsiShownRows *
wsi_shown_rows_new (void)
{
  return g_object_new (WSI_TYPE_SHOWN_ROWS, NULL);
}
