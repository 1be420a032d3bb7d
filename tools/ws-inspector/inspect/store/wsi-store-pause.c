/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-store-private.h"

#include <inttypes.h>

static void
append_event (WsiStore          *self,
              WsiEvent           event,
              const WsiSentence *sentence,
              gint64             time_us)
{
  const WsiRecord record = {
    .time_us = time_us, .event = event, .direction = WSI_NO_DIRECTION,
  };

  wsi_store_append_event_row (self, NULL, &record, sentence);
  wsi_store_announce (self);
}

/* Files that are written of the rows have the bytes as missing ones. */
static void
append_gap (WsiStore         *self,
            WsiConversation  *conversation,
            WspDirection      direction,
            const WsiLeftOut *left_out,
            gint64            time_us)
{
  const WsiRecord gap = {
    .time_us = time_us,
    .offset = left_out->offset,
    .payload_length = left_out->n_bytes,
    .event = WSI_EVENT_GAP,
    .direction = direction,
  };
  g_autofree char *n_frames = g_strdup_printf ("%" PRIu64, left_out->n_frames);

  wsi_store_append_event_row (self, conversation, &gap,
                              left_out->n_frames == 1 ? WSI_SENTENCE (FRAME_LEFT_OUT, n_frames)
                                                      : WSI_SENTENCE (FRAMES_LEFT_OUT, n_frames));
}

static void
append_gap_of (WsiStore        *self,
               WsiConversation *conversation,
               WspDirection     direction,
               gint64           time_us)
{
  WsiLeftOut left_out;

  if (wsi_fold_take_left_out (wsi_conversation_get_fold (conversation), direction, &left_out))
    append_gap (self, conversation, direction, &left_out, time_us);
}

void
wsi_store_append_gaps_of (WsiStore        *self,
                          WsiConversation *conversation,
                          gint64           time_us)
{
  append_gap_of (self, conversation, WSP_DIRECTION_SENT, time_us);
  append_gap_of (self, conversation, WSP_DIRECTION_RECEIVED, time_us);
}

static int
store_pause_compare_numbers (gconstpointer a,
                             gconstpointer b)
{
  guint32 one = wsi_conversation_get_number (*(WsiConversation *const *) a);
  guint32 other = wsi_conversation_get_number (*(WsiConversation *const *) b);

  return (one > other) - (one < other);
}

/* Lists conversations: rows that are appended may remove some. */
static GPtrArray *
list_conversations (WsiStore *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GHashTableIter iter;
  gpointer conversation;

  g_hash_table_iter_init (&iter, self->conversations);
  while (g_hash_table_iter_next (&iter, NULL, &conversation))
    g_ptr_array_add (list, g_object_ref (conversation));
  g_ptr_array_sort (list, store_pause_compare_numbers);
  return list;
}

void
wsi_store_append_gaps (WsiStore *self,
                       gint64    time_us)
{
  g_autoptr (GPtrArray) list = NULL;

  if (self->n_left_out == 0)
    return;

  list = list_conversations (self);
  for (guint i = 0; i < list->len; i++)
    wsi_store_append_gaps_of (self, g_ptr_array_index (list, i), time_us);
  wsi_store_announce (self);
}

void
wsi_store_pause (WsiStore *self,
                 gint64    time_us)
{
  if (self->is_paused)
    return;

  append_event (self, WSI_EVENT_PAUSED, WSI_SENTENCE (PAUSED), time_us);
  self->is_paused = TRUE;
  self->n_left_out = 0;
}

void
wsi_store_resume (WsiStore *self,
                  gint64    time_us)
{
  g_autofree char *n_frames = g_strdup_printf ("%" PRIu64, self->n_left_out);

  if (!self->is_paused)
    return;

  self->is_paused = FALSE;
  append_event (self, WSI_EVENT_RESUMED,
                self->n_left_out == 1 ? WSI_SENTENCE (RESUMED_AFTER_ONE, n_frames)
                                      : WSI_SENTENCE (RESUMED, n_frames), time_us);
  wsi_store_append_gaps (self, time_us);
}

gboolean
wsi_store_is_paused (WsiStore *self)
{
  return self->is_paused;
}

guint64
wsi_store_get_n_left_out (WsiStore *self)
{
  return self->n_left_out;
}

gboolean
wsi_store_leave_out (WsiStore             *self,
                     WsiConversation      *conversation,
                     const WspFrameRecord *frame)
{
  if (!self->is_paused)
    return FALSE;

  wsi_fold_leave_out (wsi_conversation_get_fold (conversation), frame);
  self->n_left_out++;
  return TRUE;
}
