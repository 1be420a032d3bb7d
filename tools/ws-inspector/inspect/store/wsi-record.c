/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-record.h"

#define FIN 0x80
#define MASKED 0x80
#define CONTROL 0x08
#define SHORT_HEADER 2
#define KEY_LENGTH 4
#define LENGTH_IN_16_BITS 126
#define LENGTH_IN_64_BITS 127

static guint8
pack_byte0 (const WspFrameRecord *frame)
{
  return (frame->fin ? FIN : 0) | frame->rsv << 4 | frame->opcode;
}

/* The second byte of the header: the mask bit, and how the length is encoded. */
static guint8
pack_byte1 (const WspFrameRecord *frame)
{
  guint8 mask = frame->masked ? MASKED : 0;
  guint n_more = frame->header_length - SHORT_HEADER - (frame->masked ? KEY_LENGTH : 0);

  if (n_more == 0)
    return mask | MIN (frame->payload_length, LENGTH_IN_16_BITS - 1);

  return mask | (n_more == sizeof (guint16) ? LENGTH_IN_16_BITS : LENGTH_IN_64_BITS);
}

/* Packs what the frame says of itself; the rest is zero. */
void
wsi_record_init_frame (WsiRecord            *self,
                       const WspFrameRecord *frame)
{
  *self = (WsiRecord) {
    .time_us = frame->time_us,
    .offset = frame->offset,
    .payload_length = frame->payload_length,
    .inflated_length = MIN (frame->inflated_length, G_MAXUINT32),
    .masking_key = frame->masking_key,
    .fault = frame->fault,
    .close_code = frame->close_code,
    .byte0 = pack_byte0 (frame),
    .byte1 = pack_byte1 (frame),
    .direction = frame->direction,
    .kind = wsp_frame_record_get_kind (frame),
    .header_length = frame->header_length,
  };
}

/* All zero for an event, but for its time and fault. */
void
wsi_record_to_frame (const WsiRecord *self,
                     WspFrameRecord  *frame)
{
  *frame = (WspFrameRecord) { .time_us = self->time_us, .fault = self->fault };
  if (self->kind == WSI_RECORD_KIND_EVENT)
    return;

  *frame = (WspFrameRecord) {
    .time_us = self->time_us,
    .offset = self->offset,
    .payload_length = self->payload_length,
    .inflated_length = wsi_record_get_length (self),
    .masking_key = self->masking_key,
    .fault = self->fault,
    .close_code = self->close_code,
    .direction = self->direction,
    .fin = wsi_record_is_fin (self),
    .rsv = self->byte0 >> 4 & 7,
    .opcode = self->byte0 & 15,
    .masked = (self->byte1 & MASKED) != 0,
    .header_length = self->header_length,
  };
}

gboolean
wsi_record_is_control (const WsiRecord *self)
{
  return self->kind != WSI_RECORD_KIND_EVENT && (self->byte0 & CONTROL) != 0;
}

gboolean
wsi_record_is_fin (const WsiRecord *self)
{
  return self->kind != WSI_RECORD_KIND_EVENT && (self->byte0 & FIN) != 0;
}

/* Bytes of payload after inflating. */
guint64
wsi_record_get_length (const WsiRecord *self)
{
  if (self->kind == WSI_RECORD_KIND_EVENT)
    return 0;

  return (self->flags & WSI_RECORD_COMPRESSED) != 0 ? self->inflated_length : self->payload_length;
}

/* Header and payload as they were on the wire; 0 if its frames are not known. */
guint64
wsi_record_get_wire_length (const WsiRecord *self)
{
  if (self->kind == WSI_RECORD_KIND_EVENT || (self->flags & WSI_RECORD_NO_FRAME) != 0)
    return 0;

  return self->header_length + self->payload_length;
}
