/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Appends a row: the beginning and end of each append, and the rows of events. */
#include "inspect/store/wsi-store-private.h"

#include <string.h>

#define MAX_ARGUMENTS 4096       /* bytes of all arguments of one sentence */

WsiRecord *
wsi_store_begin_row (WsiStore *self)
{
  WsiRecord *record;

  wsi_store_make_room_for_row (self);
  record = wsi_record_list_begin_append (self->rows);
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

void
wsi_store_end_row (WsiStore        *self,
                   WsiConversation *conversation,
                   const WsiRecord *record)
{
  wsi_statistics_add (self->statistics, record);
  if (conversation != NULL && !self->has_begin)
    set_begin (self, record);
  wsi_record_list_end_append (self->rows);
  if (conversation == NULL)
    return;

  wsi_conversation_set_end_record (conversation, wsi_record_list_get_end (self->rows));
  if (record->fault != 0)
    wsi_conversation_count_fault (conversation);
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
wsi_store_append_event_row (WsiStore          *self,
                            WsiConversation   *conversation,
                            const WsiRecord   *event,
                            const WsiSentence *sentence)
{
  WsiEventRows rows = is_loss (event->event) ? WSI_EVENT_ROWS_LOSSES : WSI_EVENT_ROWS_CONVERSATIONS;
  WsiRecord *record;

  if ((self->limits.event_rows & rows) == 0)
    return;

  record = wsi_store_begin_row (self);
  if (record == NULL)
    return;

  *record = *event;
  record->kind = WSI_RECORD_KIND_EVENT;
  record->conversation = conversation != NULL ? wsi_conversation_get_number (conversation) : 0;
  if (sentence != NULL)
    store_sentence (self, record, sentence);
  wsi_store_end_row (self, conversation, record);
}
