/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-open-messages.h"

#include "inspect/store/wsi-record.h"

#define N_DIRECTIONS 2

struct _WsiOpenMessages
{
  WsiStore      *store;
  GHashTable    *messages[N_DIRECTIONS];        /* number of a conversation to WsiOpenMessage */
  WsiTakeMessage take_message;
  gpointer       user_data;
};

WsiOpenMessages *
wsi_open_messages_new (WsiStore      *store,
                       WsiTakeMessage take_message,
                       gpointer       user_data)
{
  WsiOpenMessages *self = g_new0 (WsiOpenMessages, 1);

  self->store = g_object_ref (store);
  self->take_message = take_message;
  self->user_data = user_data;
  for (guint i = 0; i < N_DIRECTIONS; i++)
    self->messages[i] = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

void
wsi_open_messages_free (WsiOpenMessages *self)
{
  for (guint i = 0; i < N_DIRECTIONS; i++)
    g_hash_table_unref (self->messages[i]);
  g_object_unref (self->store);
  g_free (self);
}

/* Gives an unfinished message, unless its last frame was not among the records that passed. */
static void
give_unfinished (WsiOpenMessages *self,
                 WsiOpenMessage  *message)
{
  WsiMessageInfo now = { 0 };

  wsi_store_get_message (self->store, message->info.message, &now);
  if (!now.is_complete)
    self->take_message (message, self->user_data);
}

/* The message in progress in the direction of the record. */
static WsiOpenMessage *
open_messages_find_message (WsiOpenMessages *self,
                            const WsiRecord *record)
{
  GHashTable *messages = self->messages[record->direction];
  WsiOpenMessage *message = g_hash_table_lookup (messages, GUINT_TO_POINTER (record->conversation));

  if (message == NULL)
    {
      message = g_new0 (WsiOpenMessage, 1);
      g_hash_table_insert (messages, GUINT_TO_POINTER (record->conversation), message);
    }
  return message;
}

/* Takes a frame of a message with several frames, or one that may begin while another message is
 * open. */
static void
take_data (WsiOpenMessages      *self,
           const WsiOpenMessage *latest,
           guint64               number)
{
  const WsiRecord *record = &latest->record;
  WsiOpenMessage *message = open_messages_find_message (self, record);
  WspFrameFlags flags = latest->flags;

  if (message->info.message == latest->info.message)
    flags |= message->flags;
  else if (message->info.message != 0)
    give_unfinished (self, message);

  *message = *latest;
  message->flags = flags;
  if (!latest->info.is_complete || latest->info.last != number)
    return;

  self->take_message (message, self->user_data);
  g_hash_table_remove (self->messages[record->direction],
                       GUINT_TO_POINTER (record->conversation));
}

/* A control frame may be between the frames of a message. */
void
wsi_open_messages_take (WsiOpenMessages *self,
                        guint64          number,
                        const WsiRecord *record)
{
  WsiOpenMessage latest = { .record = *record };
  WspFrameRecord frame;

  if (!wsi_store_get_message (self->store, record->message, &latest.info))
    return;

  wsi_record_to_frame (record, &frame);
  latest.flags = frame.flags;
  if (wsi_record_is_control (record))
    self->take_message (&latest, self->user_data);
  else
    take_data (self, &latest, number);
}

void
wsi_open_messages_end_conversation (WsiOpenMessages *self,
                                    guint32          conversation)
{
  gpointer key = GUINT_TO_POINTER (conversation);

  for (guint i = 0; i < N_DIRECTIONS; i++)
    {
      WsiOpenMessage *message = g_hash_table_lookup (self->messages[i], key);

      if (message == NULL)
        continue;

      give_unfinished (self, message);
      g_hash_table_remove (self->messages[i], key);
    }
}

void
wsi_open_messages_end (WsiOpenMessages *self)
{
  for (guint i = 0; i < N_DIRECTIONS; i++)
    {
      GHashTableIter iter;
      gpointer message;

      g_hash_table_iter_init (&iter, self->messages[i]);
      while (g_hash_table_iter_next (&iter, NULL, &message))
        give_unfinished (self, message);
      g_hash_table_remove_all (self->messages[i]);
    }
}
