/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Questions that any thread may ask.  No lock is held while records and payloads are looked at. */
#include "inspect/store/wsi-store-private.h"

#include <string.h>

#include "inspect/store/memory/wsi-bytes.h"

#define FRAGMENTS_AT_ONCE 64

/* Begins reading, which must be short: the memory of all that is evicted meanwhile is kept. */
guint
wsi_store_begin_reading (WsiStore *self)
{
  return wsi_readers_begin (&self->readers);
}

void
wsi_store_end_reading (WsiStore *self,
                       guint     reading)
{
  wsi_readers_end (&self->readers, reading);
}

guint64
wsi_store_get_first (WsiStore *self)
{
  return wsi_record_list_get_first (self->rows);
}

guint64
wsi_store_get_end (WsiStore *self)
{
  return wsi_record_list_get_end (self->rows);
}

gboolean
wsi_store_get_begin (WsiStore *self,
                     gint64   *time_us)
{
  if (!self->has_begin)
    return FALSE;

  *time_us = self->begin_us;
  return TRUE;
}

gsize
wsi_store_get_memory (WsiStore *self)
{
  return wsi_arena_get_memory (self->arena);
}

gsize
wsi_store_get_max_memory (WsiStore *self)
{
  return self->limits.max_memory;
}

const WsiRecord *
wsi_store_get_record (WsiStore *self,
                      guint64   number)
{
  return wsi_record_list_get (self->rows, number);
}

gboolean
wsi_store_get_time (WsiStore *self,
                    guint64   number,
                    gint64   *time_us)
{
  guint reading = wsi_store_begin_reading (self);
  const WsiRecord *record = wsi_store_get_record (self, number);
  gboolean is_there = record != NULL;

  if (is_there)
    *time_us = record->time_us;
  wsi_store_end_reading (self, reading);
  return is_there;
}

const WsiRecord *
wsi_store_get_run (WsiStore *self,
                   guint64   number,
                   guint64  *n)
{
  return wsi_record_list_get_run (self->rows, number, n);
}

/* Where the bytes of a view are in memory. */
typedef struct
{
  guint64 position;
  gsize   length;
} Span;

/* Finds the bytes of a view.  FALSE: there are none. */
static gboolean
find_view (WsiStore        *self,
           const WsiRecord *record,
           WsiView          view,
           Span            *span)
{
  guint32 n_inflated;

  *span = (Span) { record->payload, record->stored_length };
  if (record->kind == WSI_RECORD_KIND_EVENT || (record->flags & WSI_RECORD_STORED) == 0)
    return FALSE;

  if ((record->flags & WSI_RECORD_INFLATED) == 0)
    return view != WSI_VIEW_INFLATED || !wsi_record_is_inflated (record);

  if (!wsi_arena_read (self->arena, record->payload, (guint8 *) &n_inflated, sizeof n_inflated))
    return FALSE;

  span->position += sizeof n_inflated;
  if (view != WSI_VIEW_INFLATED)
    return record->stored_length > 0 || record->payload_length == 0;

  *span = (Span) { span->position + record->stored_length, n_inflated };
  return TRUE;
}

const guint8 *
wsi_store_peek_payload (WsiStore        *self,
                        const WsiRecord *record,
                        WsiView          view,
                        gsize           *length)
{
  Span span;

  if (!find_view (self, record, view, &span))
    return NULL;

  if (view == WSI_VIEW_WIRE && wsi_record_is_masked (record))
    return NULL;

  *length = span.length;
  return span.length > 0 ? wsi_arena_peek (self->arena, span.position, span.length)
                         : (const guint8 *) "";
}

static GBytes *
dup_view (WsiStore        *self,
          const WsiRecord *record,
          WsiView          view,
          gsize            max_length)
{
  Span span;

  if (!find_view (self, record, view, &span))
    return NULL;

  gsize length = MIN (span.length, max_length);
  g_autofree guint8 *bytes = g_try_malloc (length);

  if (length > 0 &&
      (bytes == NULL || !wsi_arena_read (self->arena, span.position, bytes, length)))
    return NULL;

  if (view == WSI_VIEW_WIRE && wsi_record_is_masked (record))
    {
      guint8 key[WSI_KEY_LENGTH];

      wsi_frame_bytes_write_key (key, record->masking_key);
      wsi_frame_bytes_mask (bytes, bytes, length, key);
    }
  return g_bytes_new_take (g_steal_pointer (&bytes), length);
}

GBytes *
wsi_store_dup_payload (WsiStore *self,
                       guint64   number,
                       WsiView   view,
                       gsize     max_length)
{
  guint reading = wsi_readers_begin (&self->readers);
  const WsiRecord *record = wsi_record_list_get (self->rows, number);
  GBytes *payload = record != NULL ? dup_view (self, record, view, max_length) : NULL;

  wsi_readers_end (&self->readers, reading);
  return payload;
}

static WsiSentence *
dup_sentence (WsiStore        *self,
              const WsiRecord *event)
{
  g_autofree char *arguments = NULL;

  if (event->kind != WSI_RECORD_KIND_EVENT || (event->flags & WSI_RECORD_STORED) == 0)
    return NULL;

  arguments = g_malloc (event->stored_length + 1);
  if (event->stored_length > 0 &&
      !wsi_arena_read (self->arena, event->payload, (guint8 *) arguments, event->stored_length))
    return NULL;

  return wsi_sentence_unpack (event->sentence, arguments, event->stored_length);
}

WsiSentence *
wsi_store_dup_event_sentence (WsiStore *self,
                              guint64   number)
{
  guint reading = wsi_readers_begin (&self->readers);
  const WsiRecord *record = wsi_record_list_get (self->rows, number);
  WsiSentence *sentence = record != NULL ? dup_sentence (self, record) : NULL;

  wsi_readers_end (&self->readers, reading);
  return sentence;
}

char *
wsi_store_dup_event_text (WsiStore *self,
                          guint64   number)
{
  g_autofree WsiSentence *sentence = wsi_store_dup_event_sentence (self, number);

  return wsi_sentence_to_string (sentence);
}

guint
wsi_store_get_faults (WsiStore *self,
                      guint64   number,
                      guint    *faults,
                      guint     n_faults)
{
  guint reading = wsi_readers_begin (&self->readers);
  const WsiRecord *record = wsi_record_list_get (self->rows, number);
  guint n = record != NULL && record->fault != 0 ? 1 : 0;

  if (n > 0 && n_faults > 0)
    faults[0] = record->fault;
  if (n > 0 && (record->flags & WSI_RECORD_MORE_FAULTS) != 0)
    n = wsi_record_list_get_faults (self->rows, number, faults, n_faults);

  wsi_readers_end (&self->readers, reading);
  return n;
}

/* The latest record with this message number; 0 is that of no message. */
static const WsiRecord *
find_first_frame (WsiStore *self,
                  guint32   message,
                  guint64  *number)
{
  guint64 end = wsi_record_list_get_end (self->rows);

  *number = end - end % G_MAXUINT32 + message - 1;
  if (*number >= end)
    *number -= G_MAXUINT32;     /* the number is that of no record, if it wraps */

  const WsiRecord *record = wsi_record_list_get (self->rows, *number);

  return record != NULL && record->message == message ? record : NULL;
}

static gboolean
store_read_get_message (WsiStore       *self,
                        guint32         message,
                        WsiMessageInfo *info)
{
  guint64 number;
  const WsiRecord *record = find_first_frame (self, message, &number);

  if (record != NULL && (record->flags & WSI_RECORD_FRAGMENT) == 0)
    {
      wsi_fold_init_message (info, record, number);
      return TRUE;
    }

  if (wsi_notes_get_message (self->notes, message, info))
    return TRUE;

  if (record != NULL)
    wsi_fold_init_message (info, record, number);
  return record != NULL;
}

gboolean
wsi_store_get_message (WsiStore       *self,
                       guint32         message,
                       WsiMessageInfo *info)
{
  guint reading = wsi_readers_begin (&self->readers);
  gboolean is_known = store_read_get_message (self, message, info);

  wsi_readers_end (&self->readers, reading);
  return is_known;
}

typedef enum
{
  GOES_ON,
  IS_ENDED,                     /* bytes after these are missing, or were not asked for */
  IS_GONE,                      /* bytes were kept once, but no longer */
} Joining;

static Joining
join_fragment (WsiStore   *self,
               guint64     number,
               WsiView     view,
               GByteArray *bytes,
               gsize       max_length)
{
  const WsiRecord *record = wsi_record_list_get (self->rows, number);
  g_autoptr (GBytes) payload = NULL;

  if (record == NULL)
    return IS_GONE;

  payload = dup_view (self, record, view, max_length - bytes->len);
  if (payload == NULL)
    return IS_GONE;

  g_byte_array_append (bytes, wsi_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  return wsi_record_is_whole (record) && bytes->len < max_length ? GOES_ON : IS_ENDED;
}

guint
wsi_store_get_fragments (WsiStore             *self,
                         const WsiMessageInfo *info,
                         guint64               from,
                         guint64              *fragments,
                         guint                 n)
{
  guint n_first = from <= info->first && n > 0;

  if (n_first > 0)
    fragments[0] = info->first;
  return n_first + wsi_notes_get_fragments (self->notes, info->message,
                                            MAX (from, info->first + 1), fragments + n_first,
                                            n - n_first);
}

/* Joins the payloads of a message.  FALSE: a part of them is gone. */
static gboolean
join_message (WsiStore             *self,
              const WsiMessageInfo *info,
              WsiView               view,
              GByteArray           *bytes,
              gsize                 max_length)
{
  guint64 from = info->first, fragments[FRAGMENTS_AT_ONCE];
  Joining joining = GOES_ON;
  guint n;

  while (joining == GOES_ON &&
         (n = wsi_store_get_fragments (self, info, from, fragments, FRAGMENTS_AT_ONCE)) > 0)
    {
      for (guint i = 0; i < n && joining == GOES_ON; i++)
        joining = join_fragment (self, fragments[i], view, bytes, max_length);
      from = fragments[n - 1] + 1;
    }
  return joining != IS_GONE;
}

GBytes *
wsi_store_dup_message_view (WsiStore *self,
                            guint32   message,
                            WsiView   view,
                            gsize     max_length)
{
  guint reading = wsi_readers_begin (&self->readers);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  WsiMessageInfo info;
  gboolean is_there = store_read_get_message (self, message, &info) &&
                      join_message (self, &info, view, bytes, MIN (max_length, G_MAXINT));

  wsi_readers_end (&self->readers, reading);
  return is_there ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}

guint32
wsi_store_count_conversations (WsiStore *self,
                               guint32  *n_kept)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  *n_kept = g_hash_table_size (self->conversations);
  return self->n_conversations;
}

GBytes *
wsi_store_dup_message (WsiStore *self,
                       guint32   message,
                       gsize     max_length)
{
  return wsi_store_dup_message_view (self, message, WSI_VIEW_INFLATED, max_length);
}

static guint64
store_read_get_payload_length (WsiStore *self,
                               guint64   number)
{
  const WsiRecord *record = wsi_record_list_get (self->rows, number);

  return record != NULL ? record->payload_length : 0;
}

guint64
wsi_store_get_payload_length (WsiStore             *self,
                              const WsiMessageInfo *info)
{
  guint reading = wsi_readers_begin (&self->readers);
  guint64 fragments[FRAGMENTS_AT_ONCE], from = info->first, total = 0;
  guint n;

  while ((n = wsi_store_get_fragments (self, info, from, fragments, FRAGMENTS_AT_ONCE)) > 0)
    {
      for (guint i = 0; i < n; i++)
        total += store_read_get_payload_length (self, fragments[i]);
      from = fragments[n - 1] + 1;
    }
  wsi_readers_end (&self->readers, reading);
  return total;
}

WsiConversation *
wsi_store_dup_conversation (WsiStore *self,
                            guint32   number)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  WsiConversation *conversation = g_hash_table_lookup (self->conversations,
                                                       GUINT_TO_POINTER (number));

  return conversation != NULL ? g_object_ref (conversation) : NULL;
}

gboolean
wsi_store_get_reply (WsiStore *self,
                     guint64   request,
                     guint64  *reply)
{
  return wsi_notes_get_reply (self->notes, request, reply);
}

gboolean
wsi_store_get_request (WsiStore *self,
                       guint64   reply,
                       guint64  *request)
{
  return wsi_notes_get_request (self->notes, reply, request);
}

void
wsi_store_set_reply (WsiStore *self,
                     guint64   request,
                     guint64   reply)
{
  wsi_notes_set_reply (self->notes, request, reply);
}

guint
wsi_store_get_pairs (WsiStore *self,
                     guint64  *from,
                     WsiPair  *pairs,
                     guint     n)
{
  return wsi_notes_get_pairs (self->notes, from, pairs, n);
}

void
wsi_store_set_error (WsiStore   *self,
                     guint64     number,
                     const char *field,
                     const char *text)
{
  wsi_notes_set_error (self->notes, number, field, text);
}

const char *
wsi_store_get_error (WsiStore *self,
                     guint64   number)
{
  return wsi_notes_get_error (self->notes, number);
}

char *
wsi_store_dup_error (WsiStore *self,
                     guint64   number)
{
  return wsi_notes_dup_error (self->notes, number);
}

guint
wsi_store_get_errors (WsiStore *self,
                      guint64  *from,
                      guint64  *numbers,
                      guint     n)
{
  return wsi_notes_get_errors (self->notes, from, numbers, n);
}

char *
wsi_store_dup_comment (WsiStore *self,
                       guint64   number)
{
  return wsi_notes_dup_comment (self->notes, number);
}

void
wsi_store_set_comment (WsiStore   *self,
                       guint64     number,
                       const char *text)
{
  wsi_notes_set_comment (self->notes, number, text);
  g_signal_emit_by_name (self, "noted", number, WSI_NOTE_COMMENT, WSI_NOTE_OF_USER);
}

void
wsi_store_set_recorded_comment (WsiStore   *self,
                                guint64     number,
                                const char *text)
{
  if (wsi_notes_set_comment (self->notes, number, text))
    g_signal_emit_by_name (self, "noted", number, WSI_NOTE_COMMENT, WSI_NOTE_RECORDED);
}

GStrv
wsi_store_dup_tags (WsiStore *self)
{
  return wsi_notes_dup_tags (self->notes);
}

guint
wsi_store_get_mark (WsiStore *self,
                    guint64   number)
{
  return wsi_notes_get_mark (self->notes, number);
}

void
wsi_store_set_mark (WsiStore *self,
                    guint64   number,
                    guint     mark)
{
  if (wsi_notes_set_mark (self->notes, number, mark))
    g_signal_emit_by_name (self, "noted", number, WSI_NOTE_MARK, WSI_NOTE_OF_USER);
}

void
wsi_store_set_recorded_mark (WsiStore *self,
                             guint64   number,
                             guint     mark)
{
  if (wsi_notes_set_mark (self->notes, number, mark))
    g_signal_emit_by_name (self, "noted", number, WSI_NOTE_MARK, WSI_NOTE_RECORDED);
}
