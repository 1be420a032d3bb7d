/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-store-private.h"

#include <string.h>

#define MAX_ARGUMENTS 4096       /* bytes of all arguments of one sentence */
#define MEBIBYTE (1024 * 1024)
#define OPENED_BETWEEN_CHECKS 256
#define PARTS_BETWEEN_SWEEPS 8  /* parts of the conversations between two sweeps */
#define PARTS_OF_FACTS 16       /* parts of the facts, of which one is free after a sweep that has
                                 * removed rows */

enum
{
  APPENDED,
  DROPPED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiStore, wsi_store, G_TYPE_OBJECT)

static void
wsi_store_finalize (GObject *object)
{
  WsiStore *self = WSI_STORE (object);

  g_clear_pointer (&self->rows, wsi_rows_free);
  g_clear_pointer (&self->arena, wsi_arena_free);
  g_clear_pointer (&self->notes, wsi_notes_free);
  g_clear_pointer (&self->statistics, wsi_statistics_free);
  g_clear_pointer (&self->actions, wsi_actions_free);
  g_clear_pointer (&self->conversations, g_hash_table_unref);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (wsi_store_parent_class)->finalize (object);
}

static void
wsi_store_class_init (WsiStoreClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_store_finalize;

  /* signal, once for each batch: number of its first record, and how many they are */
  signals[APPENDED] = g_signal_new ("appended", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT64,
                                    G_TYPE_UINT64);
  /* The number of a row, a WsiNote, and a WsiNoteOrigin: this note is another one now. */
  g_signal_new ("noted", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 3, G_TYPE_UINT64, G_TYPE_UINT, G_TYPE_UINT);
  /* signal, at most once for each batch: how many frames were dropped by now */
  signals[DROPPED] = g_signal_new ("dropped", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
wsi_store_init (WsiStore *self)
{
  g_mutex_init (&self->mutex);
  self->conversations = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->notes = wsi_notes_new ();
  self->statistics = wsi_statistics_new ();
  self->actions = wsi_actions_new ();
}

WsiStore *
wsi_store_new_with_limits (const WsiStoreLimits *limits)
{
  WsiStore *self = g_object_new (WSI_TYPE_STORE, NULL);

  self->limits = *limits;
  self->rows = wsi_rows_new (&self->readers, limits->max_records);
  self->limits.folder = NULL;   /* forgets the caller's string */
  if (limits->max_facts == 0)
    self->limits.max_facts = WSI_DEFAULT_MAX_FACTS;
  self->arena = wsi_arena_new (&self->readers, limits->max_memory, limits->max_file,
                               limits->folder);
  return self;
}

WsiStore *
wsi_store_new (guint64 max_records,
               gsize   max_memory)
{
  const WsiStoreLimits limits = {
    .max_records = max_records,
    .max_memory = max_memory,
    .max_stored = WSI_DEFAULT_MAX_STORED,
  };

  return wsi_store_new_with_limits (&limits);
}

/* Forgets those that are released and have no record from first on.  Returns the bytes of the
 * others. */
static gsize
sweep_conversations (WsiStore *self,
                     guint64   first)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GHashTableIter iter;
  gpointer conversation;
  gsize size = 0;

  g_hash_table_iter_init (&iter, self->conversations);
  while (g_hash_table_iter_next (&iter, NULL, &conversation))
    if (wsi_conversation_is_released (conversation) &&
        wsi_conversation_get_end_record (conversation) <= first)
      g_hash_table_iter_remove (&iter);
    else
      size += wsi_conversation_get_size (conversation);
  return size;
}

static void
evict_before (WsiStore   *self,
              guint64     first,
              WsiEviction eviction)
{
  guint64 before = wsi_rows_get_first (self->rows);

  for (guint64 number = before; number < first; number++)
    {
      const WsiRecord *record = wsi_rows_get (self->rows, number);

      if ((record->flags & WSI_RECORD_FRAGMENT) != 0)
        wsi_notes_forget_fragment (self->notes, record->message, number);
    }

  self->n_evicted[eviction] += first - before;
  wsi_rows_evict (self->rows, first);
  wsi_notes_forget (self->notes, before, first);
}

/* Facts that removing rows releases: of a conversation that has no more rows then. */
typedef struct
{
  guint64 end_record;
  gsize   size;
} Facts;

static int
compare_facts (gconstpointer a,
               gconstpointer b)
{
  const Facts *one = a, *other = b;

  return (one->end_record > other->end_record) - (one->end_record < other->end_record);
}

/* Lists the facts of released conversations, in the order in which removing rows forgets them. */
static GArray *
list_facts (WsiStore *self)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (Facts));
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GHashTableIter iter;
  gpointer conversation;

  g_hash_table_iter_init (&iter, self->conversations);
  while (g_hash_table_iter_next (&iter, NULL, &conversation))
    {
      const Facts facts = {
        wsi_conversation_get_end_record (conversation), wsi_conversation_get_size (conversation),
      };

      if (wsi_conversation_is_released (conversation))
        g_array_append_val (list, facts);
    }
  g_array_sort (list, compare_facts);
  return list;
}

/* Heads can be much larger than records: then records go for the sake of their conversations, but
 * not many more of them than release heads. */
static gsize
limit_facts (WsiStore *self)
{
  guint64 first = wsi_rows_get_first (self->rows);
  gsize size = sweep_conversations (self, first);
  g_autoptr (GArray) list = NULL;

  if (size <= self->limits.max_facts)
    return size;

  list = list_facts (self);
  for (guint i = 0; i < list->len &&
       size > self->limits.max_facts - self->limits.max_facts / PARTS_OF_FACTS; i++)
    {
      const Facts *facts = &g_array_index (list, Facts, i);

      first = facts->end_record;
      size -= facts->size;
    }
  evict_before (self, CLAMP (first, wsi_rows_get_first (self->rows), wsi_rows_get_end (self->rows)),
                WSI_EVICTION_FOR_FACTS);
  return sweep_conversations (self, first);
}

/* Sums up new facts, also of those whose heads have come since the last check.  Only the writer
 * changes the table. */
static gsize
sum_up_new_facts (WsiStore *self)
{
  for (; self->n_sized + OPENED_BETWEEN_CHECKS < self->n_conversations; self->n_sized++)
    {
      WsiConversation *conversation = g_hash_table_lookup (self->conversations,
                                                           GUINT_TO_POINTER (self->n_sized + 1));

      if (conversation != NULL)
        self->facts_size += wsi_conversation_get_size (conversation);
    }
  return self->facts_size;
}

/* Checks the facts of a part of the conversations: to look at all for each few that are opened
 * would cost a connection the more, the more there are. */
static void
check_facts (WsiStore *self)
{
  guint n_kept = g_hash_table_size (self->conversations);

  if (sum_up_new_facts (self) <= self->limits.max_facts &&
      self->n_conversations - self->n_swept < n_kept / PARTS_BETWEEN_SWEEPS)
    return;

  self->facts_size = limit_facts (self);
  self->n_sized = self->n_swept = self->n_conversations;
}

/* Gives the conversation its number.  Its records are appended in the order of time.  The store has
 * a reference of its own, until the conversation was released and none of its records is left. */
void
wsi_store_add_conversation (WsiStore        *self,
                            WsiConversation *conversation)
{
  if (self->n_conversations % OPENED_BETWEEN_CHECKS == OPENED_BETWEEN_CHECKS - 1)
    check_facts (self);

  wsi_conversation_set_number (conversation, self->n_conversations + 1);
  wsi_conversation_set_end_record (conversation, wsi_rows_get_end (self->rows) + 1);

  g_mutex_lock (&self->mutex);
  self->n_conversations++;
  g_hash_table_insert (self->conversations,
                       GUINT_TO_POINTER (wsi_conversation_get_number (conversation)),
                       g_object_ref (conversation));
  g_mutex_unlock (&self->mutex);
}

/* Begins a record at its place; NULL if it is dropped. */
static WsiRecord *
begin_append (WsiStore *self)
{
  WsiRecord *record;

  if (wsi_rows_is_full (self->rows))
    {
      evict_before (self, wsi_rows_choose_first (self->rows), WSI_EVICTION_FOR_ROWS);
      sweep_conversations (self, wsi_rows_get_first (self->rows));
    }

  record = wsi_rows_begin_append (self->rows);
  if (record == NULL)
    self->n_dropped++;

  return record;
}

static void
set_begin (WsiStore        *self,
           const WsiRecord *record)
{
  self->begin_us = record->time_us;
  self->has_begin = TRUE;
}

static void
end_append (WsiStore        *self,
            WsiConversation *conversation,
            const WsiRecord *record)
{
  wsi_statistics_add (self->statistics, record);
  if (conversation != NULL && !self->has_begin)
    set_begin (self, record);
  wsi_rows_end_append (self->rows);
  if (conversation == NULL)
    return;

  wsi_conversation_set_end_record (conversation, wsi_rows_get_end (self->rows));
  if (record->fault != 0)
    wsi_conversation_count_fault (conversation);
}

/* Stores a payload in the arena: if there are inflated bytes, too, their number, then the bytes of
 * the wire, then the inflated ones. */
static void
store_payload (WsiStore       *self,
               WsiRecord      *record,
               const WsiFrame *frame)
{
  gsize n_payload = frame->payload != NULL ? MIN (frame->n_payload, self->limits.max_stored) : 0;
  guint32 n_inflated = MIN (frame->n_inflated, self->limits.max_stored);
  gsize n_before = frame->inflated != NULL ? sizeof n_inflated : 0;
  guint8 *at;

  if (frame->payload == NULL && frame->inflated == NULL)
    return;

  record->flags |= WSI_RECORD_STORED;
  if (n_before + n_payload + n_inflated == 0)
    return;

  at = wsi_arena_add (self->arena, n_before + n_payload + n_inflated, &record->payload);
  if (at == NULL)
    {
      self->n_dropped++;
      record->flags &= ~WSI_RECORD_STORED;
      return;
    }

  record->stored_length = n_payload;
  if (n_payload < frame->n_payload || n_inflated < frame->n_inflated)
    record->flags |= WSI_RECORD_TRUNCATED;
  if (n_payload > 0)
    memcpy (at + n_before, frame->payload, n_payload);
  if (frame->inflated == NULL)
    return;

  record->flags |= WSI_RECORD_INFLATED;
  memcpy (at, &n_inflated, sizeof n_inflated);
  if (n_inflated > 0)
    memcpy (at + n_before + n_payload, frame->inflated, n_inflated);
}

static gboolean
has_whole_payload (const WsiRecord *record,
                   const WsiFrame  *frame)
{
  return frame->n_payload == record->payload_length && wsi_record_is_whole (record);
}

static void
fold_frame (WsiStore        *self,
            WsiConversation *conversation,
            WsiRecord       *record,
            const WsiFrame  *frame)
{
  WsiFold *fold = wsi_conversation_get_fold (conversation);
  guint64 number = wsi_rows_get_end (self->rows);
  const WsiMessageInfo *message = wsi_fold_take_frame (fold, record, number);

  if (message != NULL)
    wsi_notes_set_message (self->notes, message);
  if (record->kind == WSP_FRAME_KIND_PING && has_whole_payload (record, frame))
    wsi_pings_take_ping (wsi_conversation_get_pings (conversation), record, frame->payload,
                         frame->n_payload);
  if (record->kind == WSP_FRAME_KIND_PONG && has_whole_payload (record, frame))
    wsi_pings_take_pong (wsi_conversation_get_pings (conversation), record, frame->payload,
                         frame->n_payload);
  if (!wsi_record_is_control (record) && wsi_record_is_fin (record))
    wsi_conversation_count_message (conversation, record->direction);
  wsi_conversation_count_frame (conversation, record->direction, wsi_record_get_length (record));
  if ((record->flags & WSI_RECORD_NO_FRAME) != 0)
    wsi_conversation_count_unframed (conversation, record->direction);
  if (record->is_stopped)
    wsi_conversation_count_stopped (conversation, record->direction);
}

void
wsi_store_append (WsiStore        *self,
                  WsiConversation *conversation,
                  const WsiFrame  *frame)
{
  WsiRecord *record;

  if ((frame->frame->flags & WSP_FRAME_FLAGS_BYTES) != 0 &&
      (self->limits.event_rows & WSI_EVENT_ROWS_CONVERSATIONS) == 0)
    return;

  if (wsi_store_leave_out (self, conversation, frame->frame))
    return;

  record = begin_append (self);
  if (record == NULL)
    return;

  wsi_record_init_frame (record, frame->frame);
  record->conversation = wsi_conversation_get_number (conversation);
  record->flags |= frame->flags;
  store_payload (self, record, frame);
  if (wsi_record_is_frame (record))
    fold_frame (self, conversation, record, frame);
  if (frame->n_faults > 1 && wsi_rows_set_faults (self->rows, frame->faults, frame->n_faults))
    record->flags |= WSI_RECORD_MORE_FAULTS;

  end_append (self, conversation, record);
}

static gboolean
is_loss (WsiEvent event)
{
  return event == WSI_EVENT_DROPPED || event == WSI_EVENT_EVICTED;
}

/* Stores the arguments of a sentence in the arena.  A sentence without arguments is never
 * dropped. */
static void
store_sentence (WsiStore          *self,
                WsiRecord         *record,
                const WsiSentence *sentence)
{
  gsize length;
  g_autofree char *arguments = wsi_sentence_pack (sentence, MAX_ARGUMENTS, &length);

  if (length > 0)
    {
      guint8 *at = wsi_arena_add (self->arena, length, &record->payload);

      if (at == NULL)
        return;

      memcpy (at, arguments, length);
    }
  record->sentence = sentence->id;
  record->stored_length = length;
  record->flags |= WSI_RECORD_STORED;
}

void
wsi_store_append_event (WsiStore          *self,
                        WsiConversation   *conversation,
                        const WsiRecord   *event,
                        const WsiSentence *sentence)
{
  WsiEventRows rows = is_loss (event->event) ? WSI_EVENT_ROWS_LOSSES : WSI_EVENT_ROWS_CONVERSATIONS;
  WsiRecord *record;

  if ((self->limits.event_rows & rows) == 0)
    return;

  if (conversation != NULL)
    wsi_store_append_gaps_of (self, conversation, event->time_us);
  record = begin_append (self);
  if (record == NULL)
    return;

  *record = *event;
  record->kind = WSI_RECORD_KIND_EVENT;
  record->conversation = conversation != NULL ? wsi_conversation_get_number (conversation) : 0;
  if (sentence != NULL)
    store_sentence (self, record, sentence);
  end_append (self, conversation, record);
}

void
wsi_store_count_dropped (WsiStore *self,
                         guint64   n)
{
  self->n_dropped += n;
}

WsiStoreLosses
wsi_store_get_losses (WsiStore *self)
{
  WsiStoreLosses losses = {
    .n_incomplete = self->n_dropped,
    .n_payload_bytes = wsi_arena_get_n_dropped (self->arena),
  };

  for (guint i = 0; i < WSI_N_EVICTIONS; i++)
    losses.n_rows += self->n_evicted[i];
  return losses;
}

/* The latest actions, which belong to the store. */
WsiActions *
wsi_store_get_actions (WsiStore *self)
{
  return self->actions;
}

WsiStatistics *
wsi_store_get_statistics (WsiStore *self)
{
  return self->statistics;
}

/* The time of a loss: that of the last record, as a recording is older than this moment. */
static gint64
get_time_of_loss (WsiStore *self)
{
  guint64 end = wsi_rows_get_end (self->rows);
  const WsiRecord *last = end > 0 ? wsi_rows_get (self->rows, end - 1) : NULL;

  return last != NULL ? last->time_us : g_get_real_time ();
}

static char *
format_number (guint64 number)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, number);
}

/* Adds a row about a loss.  FALSE: there is no room for the row, either; it is added later. */
static gboolean
show_loss (WsiStore          *self,
           WsiEvent           event,
           const WsiSentence *sentence)
{
  const WsiRecord record = {
    .time_us = get_time_of_loss (self),
    .event = event,
    .direction = WSI_NO_DIRECTION,
  };
  guint64 n_dropped = self->n_dropped;

  wsi_store_append_event (self, NULL, &record, sentence);
  if (self->n_dropped == n_dropped)
    return TRUE;

  self->n_dropped = n_dropped;
  return FALSE;
}

static void
show_losses_of_payload (WsiStore *self)
{
  int error = wsi_arena_get_error (self->arena);
  g_autofree char *memory = format_number (self->limits.max_memory / MEBIBYTE);
  g_autofree char *file = format_number (self->limits.max_file / MEBIBYTE);

  if (error != 0 && !self->is_error_shown)
    self->is_error_shown =
      show_loss (self, WSI_EVENT_DROPPED,
                 WSI_SENTENCE (NOT_ON_DISK, g_strerror (error), memory));

  if (wsi_arena_get_n_dropped (self->arena) > 0 && !self->is_dropping_shown)
    self->is_dropping_shown =
      show_loss (self, WSI_EVENT_DROPPED, WSI_SENTENCE (DROPPING, memory, file));
}

static void
show_evictions (WsiStore *self)
{
  const guint64 limits[] = {
    [WSI_EVICTION_FOR_ROWS] = self->limits.max_records,
    [WSI_EVICTION_FOR_FACTS] = self->limits.max_facts / MEBIBYTE,
  };
  /* Sentences about one row, and about several. */
  static const WsiSentenceId sentences[][2] = {
    [WSI_EVICTION_FOR_ROWS] = { WSI_SENTENCE_ROW_REMOVED, WSI_SENTENCE_ROWS_REMOVED },
    [WSI_EVICTION_FOR_FACTS] = { WSI_SENTENCE_ROW_REMOVED_FOR_HEADS,
                                 WSI_SENTENCE_ROWS_REMOVED_FOR_HEADS },
  };

  for (guint i = 0; i < WSI_N_EVICTIONS; i++)
    {
      guint64 n = self->n_evicted[i], n_new = n - self->n_evicted_shown[i];
      g_autofree char *n_rows = format_number (n_new);
      g_autofree char *limit = format_number (limits[i]);
      const WsiSentence sentence = {
        .id = sentences[i][n_new != 1], .arguments = { n_rows, limit },
      };

      if (n > self->n_evicted_shown[i] && show_loss (self, WSI_EVENT_EVICTED, &sentence))
        self->n_evicted_shown[i] = n;
    }
}

/* Losses have rows of their own, at most one of each kind for a batch. */
static void
show_losses (WsiStore *self)
{
  guint64 n_dropped = self->n_dropped;
  gboolean is_one = n_dropped - self->n_dropped_shown == 1;
  g_autofree char *n_new = format_number (n_dropped - self->n_dropped_shown);

  if ((self->limits.event_rows & WSI_EVENT_ROWS_LOSSES) == 0)
    return;

  if (n_dropped > self->n_dropped_shown &&
      show_loss (self, WSI_EVENT_DROPPED, is_one ? WSI_SENTENCE (ONE_NOT_KEPT, n_new)
                                                 : WSI_SENTENCE (NOT_KEPT, n_new)))
    self->n_dropped_shown = n_dropped;
  show_evictions (self);
  show_losses_of_payload (self);
}

void
wsi_store_announce (WsiStore *self)
{
  show_losses (self);

  guint64 end = wsi_rows_get_end (self->rows);
  guint64 first = MAX (self->announced, wsi_rows_get_first (self->rows));

  if (end != self->announced)
    {
      self->announced = end;
      g_signal_emit (self, signals[APPENDED], 0, first, end - first);
    }

  if (self->n_dropped != self->n_dropped_reported)
    {
      self->n_dropped_reported = self->n_dropped;
      g_signal_emit (self, signals[DROPPED], 0, self->n_dropped_reported);
    }
}

guint64
wsi_store_get_n_unannounced (WsiStore *self)
{
  return wsi_rows_get_end (self->rows) - self->announced;
}
