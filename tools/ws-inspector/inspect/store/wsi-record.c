/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-record.h"

#include "inspect/store/wsi-sentence.h"

static guint8
pack_byte0 (const WspFrameRecord *frame)
{
  return (frame->fin ? WSI_FIN : 0) | frame->rsv << 4 | frame->opcode;
}

/* The second byte of the header: the mask bit, and how the length is encoded. */
static guint8
pack_byte1 (const WspFrameRecord *frame)
{
  guint8 mask = frame->masked ? WSI_MASKED : 0;
  int n_more = frame->header_length - WSI_SHORT_HEADER - (frame->masked ? WSI_KEY_LENGTH : 0);

  if (n_more <= 0)
    return mask | MIN (frame->payload_length, WSI_MAX_SHORT_LENGTH);

  return mask | (n_more == sizeof (guint16) ? WSI_LENGTH_IN_16_BITS : WSI_LENGTH_IN_64_BITS);
}

static const struct
{
  WspFrameFlags  frame;
  WsiRecordFlags record;
} same_flags[] = {
  { WSP_FRAME_FLAGS_BYTES, WSI_RECORD_BYTES },
  { WSP_FRAME_FLAGS_REST, WSI_RECORD_REST },
  { WSP_FRAME_FLAGS_GUESSED, WSI_RECORD_GUESSED },
  { WSP_FRAME_FLAGS_CUT, WSI_RECORD_CUT },
  { WSP_FRAME_FLAGS_GAP, WSI_RECORD_GAP },
  { WSP_FRAME_FLAGS_TRUNCATED, WSI_RECORD_TRUNCATED },
  { WSP_FRAME_FLAGS_COMPRESSED, WSI_RECORD_COMPRESSED },
  { WSP_FRAME_FLAGS_NOT_INFLATED, WSI_RECORD_NOT_INFLATED },
  { WSP_FRAME_FLAGS_OPAQUE, WSI_RECORD_OPAQUE },
};

static guint16
pack_flags (WspFrameFlags flags)
{
  guint16 packed = 0;

  for (guint i = 0; flags != 0 && i < G_N_ELEMENTS (same_flags); i++)
    if ((flags & same_flags[i].frame) != 0)
      packed |= same_flags[i].record;
  return packed;
}

static guint16
unpack_flags (WsiRecordFlags flags)
{
  guint16 unpacked = 0;

  for (guint i = 0; flags != 0 && i < G_N_ELEMENTS (same_flags); i++)
    if ((flags & same_flags[i].record) != 0)
      unpacked |= same_flags[i].frame;
  return unpacked;
}

void
wsi_record_init_frame (WsiRecord            *self,
                       const WspFrameRecord *frame)
{
  *self = (WsiRecord) {
    .time_us = frame->time_us,
    .offset = frame->offset,
    .payload_length = frame->payload_length,
    .masking_key = frame->masking_key,
    .fault = frame->fault,
    .flags = pack_flags (frame->flags),
    .close_code = frame->close_code,
    .byte0 = pack_byte0 (frame),
    .byte1 = pack_byte1 (frame),
    .direction = frame->direction,
    .is_stopped = (frame->flags & WSP_FRAME_FLAGS_STOPPED) != 0,
    .message_opcode = frame->message_opcode,
    .kind = wsp_frame_record_get_kind (frame),
    .header_length = frame->header_length,
  };
  if (wsi_record_is_inflated (self))
    self->inflated_length = MIN (frame->inflated_length, G_MAXUINT32);
  else
    self->n_missing = MIN (frame->n_missing, G_MAXUINT32);
}

void
wsi_record_to_frame (const WsiRecord *self,
                     WspFrameRecord  *frame)
{
  if (self->kind == WSI_RECORD_KIND_EVENT)
    {
      *frame = (WspFrameRecord) { .time_us = self->time_us, .fault = self->fault };
      return;
    }

  *frame = (WspFrameRecord) {
    .time_us = self->time_us,
    .offset = self->offset,
    .payload_length = self->payload_length,
    .inflated_length = wsi_record_get_length (self),
    .n_missing = wsi_record_get_n_missing (self),
    .masking_key = self->masking_key,
    .fault = self->fault,
    .close_code = self->close_code,
    .flags = unpack_flags (self->flags) | (self->is_stopped ? WSP_FRAME_FLAGS_STOPPED : 0),
    .direction = self->direction,
    .fin = wsi_record_is_fin (self),
    .rsv = self->byte0 >> 4 & 7,
    .opcode = wsi_record_get_opcode (self),
    .masked = wsi_record_is_masked (self),
    .header_length = self->header_length,
    .message_opcode = self->message_opcode,
  };
}

gboolean
wsi_record_is_whole (const WsiRecord *self)
{
  const guint16 parts = WSI_RECORD_CUT | WSI_RECORD_GAP | WSI_RECORD_TRUNCATED | WSI_RECORD_REST;

  return (self->flags & WSI_RECORD_STORED) != 0 && (self->flags & parts) == 0;
}

gboolean
wsi_record_is_missing (const WsiRecord *self)
{
  if (self->kind != WSI_RECORD_KIND_EVENT)
    return FALSE;

  switch ((guint) self->event)
    {
    case WSI_EVENT_GAP:
      return self->sentence != WSI_SENTENCE_FRAME_LEFT_OUT &&
             self->sentence != WSI_SENTENCE_FRAMES_LEFT_OUT;
    case WSI_EVENT_DROPPED:
    case WSI_EVENT_EVICTED:
      return TRUE;
    case WSI_EVENT_NOTE:
      return self->sentence == WSI_SENTENCE_PROGRAM_TOO_FAST ||
             self->sentence == WSI_SENTENCE_PACKET_DROPPED ||
             self->sentence == WSI_SENTENCE_PACKETS_DROPPED;
    default:
      return FALSE;
    }
}
