/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/header/wsi-frame-place.h"

#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"

#define MAX_SCANNED 100000      /* records between the first fragment and this one */

/* A frame that was cut has those that were seen: its header may promise any number. */
static guint64
count_bytes (const WsiRecord *record)
{
  gboolean is_cut = (record->flags & WSI_RECORD_CUT) != 0;

  return record->header_length + (is_cut ? record->stored_length : record->payload_length);
}

static WspRole
find_sender (WsiStore        *store,
             const WsiRecord *record)
{
  g_autoptr (WsiConversation) conversation =
    wsi_store_dup_conversation (store, record->conversation);
  WspRole role = conversation != NULL ? wsi_conversation_get_role (conversation) : WSP_ROLE_CLIENT;
  gboolean is_sent = record->direction == WSP_DIRECTION_SENT;

  return (role == WSP_ROLE_CLIENT) == is_sent ? WSP_ROLE_CLIENT : WSP_ROLE_SERVER;
}

/* 0: its beginning is gone, or too far away. */
static guint64
count_fragments (WsiStore *store,
                 guint32   message,
                 guint64   first,
                 guint64   number)
{
  guint64 n = 0;

  if (number - first > MAX_SCANNED || first < wsi_store_get_first (store))
    return 0;

  for (guint64 i = first; i <= number; i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      n += record != NULL && record->message == message;
    }
  return n;
}

static void
find_message (WsiFramePlace   *self,
              WsiStore        *store,
              const WsiRecord *record,
              guint64          number)
{
  WsiMessageInfo info;

  if (!wsi_store_get_message (store, record->message, &info))
    return;

  self->message = record->message;
  self->n_fragments = info.n_frames;
  self->is_complete = info.is_complete;
  self->fragment = count_fragments (store, record->message, info.first, number);
}

gboolean
wsi_frame_place_find (WsiFramePlace *self,
                      WsiStore      *store,
                      guint64        number)
{
  guint reading = wsi_store_begin_reading (store);
  const WsiRecord *record = wsi_store_get_record (store, number);
  gboolean is_frame = record != NULL && record->header_length > 0;

  *self = (WsiFramePlace) { 0 };
  if (is_frame)
    {
      self->first_byte = record->offset;
      self->n_bytes = count_bytes (record);
      self->sender = find_sender (store, record);
      find_message (self, store, record, number);
    }
  wsi_store_end_reading (store, reading);
  return is_frame;
}
