/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-store-private.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (WsiStore, wsi_store, G_TYPE_OBJECT)

static void
wsi_store_finalize (GObject *object)
{
  WsiStore *self = WSI_STORE (object);

  g_clear_pointer (&self->rows, wsi_record_list_free);
  g_clear_pointer (&self->arena, wsi_arena_free);
  g_clear_pointer (&self->notes, wsi_notes_free);
  g_clear_pointer (&self->statistics, wsi_statistics_free);
  g_clear_pointer (&self->conversations, g_hash_table_unref);
  g_clear_pointer (&self->servers, wsi_servers_unref);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (wsi_store_parent_class)->finalize (object);
}

static void
wsi_store_class_init (WsiStoreClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_store_finalize;

  /* signal, once for each batch: number of its first record, and how many they are */
  g_signal_new ("appended", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_UINT64);
  /* The number of a row, a WsiNote, and a WsiNoteOrigin: this note is another one now. */
  g_signal_new ("noted", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 3, G_TYPE_UINT64, G_TYPE_UINT, G_TYPE_UINT);
  /* signal, at most once for each batch: how many frames were dropped by now */
  g_signal_new ("dropped", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
wsi_store_init (WsiStore *self)
{
  g_mutex_init (&self->mutex);
  self->servers = wsi_servers_new ();
  self->conversations = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->notes = wsi_notes_new ();
  self->statistics = wsi_statistics_new ();
}

WsiStore *
wsi_store_new_with_limits (const WsiStoreLimits *limits)
{
  WsiStore *self = g_object_new (WSI_TYPE_STORE, NULL);

  self->limits = *limits;
  self->rows = wsi_record_list_new (&self->readers, limits->max_records);
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

/* Gives the conversation its number.  Its records are appended in the order of time.  The store has
 * a reference of its own, until the conversation was released and none of its records is left. */
void
wsi_store_add_conversation (WsiStore        *self,
                            WsiConversation *conversation)
{
  wsi_store_make_room_for_conversation (self);
  wsi_conversation_set_number (conversation, self->n_conversations + 1);
  wsi_conversation_set_servers (conversation, self->servers);
  wsi_conversation_set_end_record (conversation, wsi_record_list_get_end (self->rows) + 1);

  g_mutex_lock (&self->mutex);
  self->n_conversations++;
  g_hash_table_insert (self->conversations,
                       GUINT_TO_POINTER (wsi_conversation_get_number (conversation)),
                       g_object_ref (conversation));
  g_mutex_unlock (&self->mutex);
}

WsiServers *
wsi_store_get_servers (WsiStore *self)
{
  return self->servers;
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
  guint64 number = wsi_record_list_get_end (self->rows);
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

  record = wsi_store_begin_row (self);
  if (record == NULL)
    return;

  wsi_record_init_frame (record, frame->frame);
  record->conversation = wsi_conversation_get_number (conversation);
  record->flags |= frame->flags;
  record->is_hidden = frame->is_hidden != FALSE;
  store_payload (self, record, frame);
  if (wsi_record_is_frame (record))
    fold_frame (self, conversation, record, frame);
  if (frame->n_faults > 1 &&
      wsi_record_list_set_faults (self->rows, frame->faults, frame->n_faults))
    record->flags |= WSI_RECORD_MORE_FAULTS;

  wsi_store_end_row (self, conversation, record);
}

void
wsi_store_append_event (WsiStore          *self,
                        WsiConversation   *conversation,
                        const WsiRecord   *event,
                        const WsiSentence *sentence)
{
  if (conversation != NULL)
    wsi_store_append_gaps_of (self, conversation, event->time_us);
  wsi_store_append_event_row (self, conversation, event, sentence);
}

WsiStatistics *
wsi_store_get_statistics (WsiStore *self)
{
  return self->statistics;
}

guint64
wsi_store_get_n_unannounced (WsiStore *self)
{
  return wsi_record_list_get_end (self->rows) - self->announced;
}
