/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/parts/wsi-whole-message.h"

#include "inspect/store/wsi-record.h"

WsiWholeness
wsi_whole_message_init (WsiWholeMessage *self,
                        WsiStore        *store,
                        guint64          number)
{
  guint reading = wsi_store_begin_reading (store);
  const WsiRecord *found = wsi_store_get_record (store, number);

  *self = (WsiWholeMessage) {
    .number = number,
    .record = found != NULL ? *found : (WsiRecord) { 0 },
  };
  wsi_store_end_reading (store, reading);
  if (found == NULL)
    return WSI_WHOLE_GONE;

  if (!wsi_record_is_frame (&self->record))
    return WSI_WHOLE_PART;

  self->opcode = wsi_record_get_opcode (&self->record);
  self->is_folded = (self->record.flags & WSI_RECORD_FRAGMENT) != 0 &&
                    wsi_store_get_message (store, self->record.message, &self->info);
  if (!self->is_folded)
    return WSI_WHOLE;

  self->opcode = self->info.opcode;
  if (self->info.last != number)
    return WSI_WHOLE_PART;

  return self->info.is_complete ? WSI_WHOLE : WSI_WHOLE_UNFINISHED;
}

gboolean
wsi_whole_message_is_data (const WsiWholeMessage *self)
{
  return self->opcode == WSI_OPCODE_TEXT || self->opcode == WSI_OPCODE_BINARY;
}

GBytes *
wsi_whole_message_dup_view (const WsiWholeMessage *self,
                            WsiStore              *store,
                            WsiView                view,
                            gsize                  max_length)
{
  return self->is_folded
         ? wsi_store_dup_message_view (store, self->record.message, view, max_length)
         : wsi_store_dup_payload (store, self->number, view, max_length);
}

GBytes *
wsi_whole_message_dup (const WsiWholeMessage *self,
                       WsiStore              *store)
{
  return wsi_whole_message_dup_view (self, store, WSI_VIEW_INFLATED, G_MAXSIZE);
}

gboolean
wsi_whole_message_is_stopped (const WsiWholeMessage *self)
{
  return self->is_folded ? self->info.is_stopped : self->record.is_stopped;
}

guint64
wsi_whole_message_get_length (const WsiWholeMessage *self)
{
  return self->is_folded ? self->info.length : wsi_record_get_length (&self->record);
}

guint64
wsi_whole_message_get_wire_length (const WsiWholeMessage *self)
{
  return self->is_folded ? self->info.wire_length : wsi_record_get_wire_length (&self->record);
}

guint64
wsi_whole_message_get_payload_length (const WsiWholeMessage *self,
                                      WsiStore              *store)
{
  return self->is_folded ? wsi_store_get_payload_length (store, &self->info)
                         : self->record.payload_length;
}
