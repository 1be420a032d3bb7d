/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/store-scene.h"

#include "inspector/opened.h"

#include <string.h>

/* Another conversation, after which frames belong to it. */
void
store_scene_open (StoreScene *self)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };

  g_clear_object (&self->conversation);
  self->conversation = opened_conversation (self->store, &opening, 1);
}

void
store_scene_init_with_limits (StoreScene           *self,
                              const WsiStoreLimits *limits)
{
  self->store = wsi_store_new_with_limits (limits);
  store_scene_open (self);
}

void
store_scene_init (StoreScene *self,
                  guint64     max_records)
{
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  limits.max_records = max_records;
  limits.max_file = 0;
  limits.max_facts = MAX_FACTS;
  limits.event_rows = WSI_EVENT_ROWS_CONVERSATIONS;
  store_scene_init_with_limits (self, &limits);
}

void
store_scene_clear (StoreScene *self)
{
  g_clear_object (&self->conversation);
  g_clear_object (&self->store);
}

WspFrameRecord
store_scene_make_frame (WspDirection direction,
                        guint        opcode,
                        guint        fin,
                        const char  *payload)
{
  return (WspFrameRecord) {
           .direction = direction,
           .opcode = opcode,
           .message_opcode = opcode < 8 ? opcode : 0,
           .fin = fin,
           .header_length = 2,
           .payload_length = strlen (payload),
           .inflated_length = strlen (payload),
  };
}

/* Returns its number. */
guint64
store_scene_append (StoreScene  *self,
                    WspDirection direction,
                    guint        opcode,
                    guint        fin,
                    const char  *payload)
{
  guint64 number = wsi_store_get_end (self->store);
  WspFrameRecord frame = store_scene_make_frame (direction, opcode, fin, payload);
  const WsiFrame kept = {
    .frame = &frame,
    .payload = (const guint8 *) payload,
    .n_payload = frame.payload_length,
  };

  frame.time_us = 1000 * (number + 1);
  wsi_store_append (self->store, self->conversation, &kept);
  return number;
}

/* Empty texts of the other side. */
void
store_scene_append_many (StoreScene *self,
                         guint       n)
{
  for (guint i = 0; i < n; i++)
    store_scene_append (self, WSP_DIRECTION_RECEIVED, TEXT, 1, "");
}

void
store_scene_assert_payload (StoreScene *self,
                            guint64     number,
                            WsiView     view,
                            const char *expected,
                            gsize       length)
{
  g_autoptr (GBytes) payload = wsi_store_dup_payload (self->store, number, view, G_MAXSIZE);

  g_assert_nonnull (payload);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), expected, length);
}

/* The number of the message that a record belongs to. */
guint32
store_scene_get_message (StoreScene *self,
                         guint64     number)
{
  return wsi_store_get_record (self->store, number)->message;
}

guint32
store_scene_get_round_trip (StoreScene *self,
                            guint64     number)
{
  const WsiRecord *record = wsi_store_get_record (self->store, number);

  return wsi_record_is_round_trip (record) ? record->round_trip_us : 0;
}

/* Returns how many events have it in their text. */
guint
store_scene_count_text (StoreScene *self,
                        const char *sentence)
{
  guint n = 0;

  for (guint64 i = wsi_store_get_first (self->store); i < wsi_store_get_end (self->store); i++)
    {
      g_autofree char *text = wsi_store_dup_event_text (self->store, i);

      n += text != NULL && strstr (text, sentence) != NULL;
    }

  return n;
}
