/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/stream/stream-place.h"

void
wsc_stream_get_received_place (const WscStream *self,
                               WscPlace        *place)
{
  const WscFrameReader *reader = &self->receiving.reader;
  const WscOpenMessage *message = &self->receiving.sequence.message;

  *place = (WscPlace) { .opcode = message->opcode, .is_inside_message = message->opcode != 0,
                        .is_compressed = message->is_compressed };
  if (!reader->is_open)
    return;

  place->left = reader->payload_left;
  place->key = reader->key;
  place->first = reader->first;
  place->opcode = reader->opcode;
  place->is_compressed = reader->is_compressed;
}

/* While the driver has messages to send, only these say which of them is on the wire. */
void
wsc_stream_get_sent_place (const WscStream *self,
                           WscBacklog       backlog,
                           WscPlace        *place)
{
  const WscFrameWriter *writer = &self->sending.writer;
  const WscOpenMessage *message = &self->sending.message;
  const bool is_in_frame = writer->stage == WSC_FRAME_WRITTEN || writer->stage == WSC_FRAME_BEGUN;

  *place = (WscPlace) { .is_inside_message = true, .is_compressed = self->compression != NULL };
  if (backlog == WSC_BACKLOG_EMPTY)
    {
      place->opcode = message->opcode;
      place->is_inside_message = message->opcode != 0;
      place->is_compressed = message->is_compressed;
    }
  if (!is_in_frame || writer->sent == writer->length)
    return;

  place->left = writer->length - writer->sent;
  place->key = writer->key;
  place->first = writer->first;
}

void
wsc_stream_visit_unread (const WscStream *self,
                         void           (*take)(void *data, WscBytes bytes),
                         void            *data)
{
  const WscReceivePath *path = &self->receiving;

  if (path->read != NULL && path->read->end > path->read->begin)
    take (data, (WscBytes) { path->read->at + path->read->begin,
                             path->read->end - path->read->begin });
  if (path->spill_length > 0)
    take (data, (WscBytes) { path->spill, path->spill_length });
}
