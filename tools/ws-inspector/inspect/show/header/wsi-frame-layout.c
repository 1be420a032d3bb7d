/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/header/wsi-frame-layout.h"

#include <libwsproto/observe/wsp-frame-header.h>

#include "inspect/decode/wsi-summary.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-frame-bytes.h"

#define BITS_IN_BYTE 8
#define BITS_OF_KEY 32

/* The beginning of each header (RFC 6455 5.2). */
static const struct
{
  WsiFrameField field;
  guint         first_bit, n_bits;
} beginning[] = {
  { WSI_FRAME_FIELD_FIN, 0, 1 },
  { WSI_FRAME_FIELD_RSV1, 1, 1 },
  { WSI_FRAME_FIELD_RSV2, 2, 1 },
  { WSI_FRAME_FIELD_RSV3, 3, 1 },
  { WSI_FRAME_FIELD_OPCODE, 4, 4 },
  { WSI_FRAME_FIELD_MASK, 8, 1 },
  { WSI_FRAME_FIELD_LENGTH, 9, 7 },
};

static guint64
frame_layout_read_bits (const guint8 *bytes,
                        guint         first_bit,
                        guint         n_bits)
{
  guint64 value = 0;

  for (guint i = first_bit; i < first_bit + n_bits; i++)
    value = value << 1 | (bytes[i / BITS_IN_BYTE] >> (BITS_IN_BYTE - 1 - i % BITS_IN_BYTE) & 1);
  return value;
}

static WsiFramePart *
frame_layout_add_part (WsiFrameLayout *self,
                       WsiFrameField   field,
                       guint           first_bit,
                       guint           n_bits)
{
  WsiFramePart *part = &self->parts[self->n_parts++];
  guint end = (first_bit + n_bits + BITS_IN_BYTE - 1) / BITS_IN_BYTE;

  *part = (WsiFramePart) {
    .field = field,
    .first_bit = first_bit,
    .n_bits = n_bits,
    .first_byte = first_bit / BITS_IN_BYTE,
  };
  part->n_bytes = end - part->first_byte;
  return part;
}

/* The bytes of the header.  A record does not say where in its header it was cut: but then the
 * length of the payload is not known, or a header with that length has another size. */
GBytes *
wsi_frame_layout_dup_header (const WsiFrameLayout *self)
{
  const WspFrameRecord *frame = &self->frame;
  const WspFrameHeader header = {
    .fin = frame->fin,
    .rsv = frame->rsv,
    .opcode = frame->opcode,
    .masked = frame->masked,
    .header_length = frame->header_length,
    .masking_key = frame->masking_key,
    .payload_length = frame->payload_length,
  };
  g_autoptr (GBytes) bytes = wsp_frame_header_write (&header);
  gboolean is_length_known = (frame->flags & WSP_FRAME_FLAGS_CUT) == 0 || frame->payload_length > 0;

  if (is_length_known && frame->header_length == g_bytes_get_size (bytes))
    return g_steal_pointer (&bytes);

  return g_bytes_new_from_bytes (bytes, 0, MIN (frame->header_length, 1));
}

/* Only the first byte is known for certain. */
static void
add_cut_header (WsiFrameLayout *self,
                const guint8   *bytes)
{
  guint n_bits = self->frame.header_length * BITS_IN_BYTE;

  for (guint i = 0; i < G_N_ELEMENTS (beginning); i++)
    {
      if (beginning[i].first_bit >= BITS_IN_BYTE)
        continue;

      frame_layout_add_part (self, beginning[i].field, beginning[i].first_bit,
                             beginning[i].n_bits)->value =
        frame_layout_read_bits (bytes, beginning[i].first_bit, beginning[i].n_bits);
    }
  if (n_bits > BITS_IN_BYTE)
    frame_layout_add_part (self, WSI_FRAME_FIELD_REST, BITS_IN_BYTE, n_bits - BITS_IN_BYTE);
}

static void
frame_layout_add_header (WsiFrameLayout *self,
                         const guint8   *bytes)
{
  guint at = WSI_SHORT_HEADER * BITS_IN_BYTE;
  guint n_key_bits = self->frame.masked ? BITS_OF_KEY : 0;
  guint n_length_bits = self->frame.header_length * BITS_IN_BYTE - at - n_key_bits;

  for (guint i = 0; i < G_N_ELEMENTS (beginning); i++)
    frame_layout_add_part (self, beginning[i].field, beginning[i].first_bit,
                           beginning[i].n_bits)->value =
      frame_layout_read_bits (bytes, beginning[i].first_bit, beginning[i].n_bits);
  if (n_length_bits > 0)
    frame_layout_add_part (self, n_length_bits == 16 ? WSI_FRAME_FIELD_LENGTH_16
                           : WSI_FRAME_FIELD_LENGTH_64,
                           at, n_length_bits)->value =
      frame_layout_read_bits (bytes, at, n_length_bits);
  at += n_length_bits;
  if (n_key_bits > 0)
    frame_layout_add_part (self, WSI_FRAME_FIELD_MASKING_KEY, at, n_key_bits)->value =
      frame_layout_read_bits (bytes, at, n_key_bits);
}

static void
frame_layout_add_payload (WsiFrameLayout *self)
{
  WsiFramePart *part = &self->parts[self->n_parts++];

  *part = (WsiFramePart) {
    .field = WSI_FRAME_FIELD_PAYLOAD,
    .first_bit = self->frame.header_length * BITS_IN_BYTE,
    .first_byte = self->frame.header_length,
    .n_bytes = self->frame.payload_length,
    .value = self->frame.payload_length,
  };
}

void
wsi_frame_layout_init (WsiFrameLayout       *self,
                       const WspFrameRecord *frame)
{
  g_autoptr (GBytes) header = NULL;
  const guint8 *bytes;
  gsize length;

  *self = (WsiFrameLayout) { .frame = *frame };
  if (frame->header_length == 0)
    return;

  header = wsi_frame_layout_dup_header (self);
  bytes = wsi_bytes_get_data (header, &length);
  if (length < WSI_SHORT_HEADER)
    {
      add_cut_header (self, bytes);
      return;
    }

  frame_layout_add_header (self, bytes);
  if (frame->payload_length > 0)
    frame_layout_add_payload (self);
}

int
wsi_frame_layout_find_byte (const WsiFrameLayout *self,
                            guint64               byte)
{
  int found = -1;
  guint n_bits = 0;

  for (guint i = 0; i < self->n_parts; i++)
    {
      const WsiFramePart *part = &self->parts[i];

      if (byte < part->first_byte || byte - part->first_byte >= part->n_bytes)
        continue;

      if (part->n_bits == 0 || part->n_bits > n_bits)
        {
          found = i;
          n_bits = part->n_bits;
        }
    }

  return found;
}

char *
wsi_frame_layout_format (const WsiFrameLayout *self,
                         guint                 part)
{
  guint64 value = self->parts[part].value;

  switch (self->parts[part].field)
    {
    case WSI_FRAME_FIELD_OPCODE:
      return g_strdup_printf ("%" G_GUINT64_FORMAT " %s", value,
                              wsi_summary_name_kind (&self->frame));
    case WSI_FRAME_FIELD_MASKING_KEY:
      return g_strdup_printf ("0x%08" G_GINT64_MODIFIER "x", value);
    case WSI_FRAME_FIELD_REST:
      return g_strdup ("?");
    case WSI_FRAME_FIELD_FIN:
    case WSI_FRAME_FIELD_RSV1:
    case WSI_FRAME_FIELD_RSV2:
    case WSI_FRAME_FIELD_RSV3:
    case WSI_FRAME_FIELD_MASK:
    case WSI_FRAME_FIELD_LENGTH:
    case WSI_FRAME_FIELD_LENGTH_16:
    case WSI_FRAME_FIELD_LENGTH_64:
    case WSI_FRAME_FIELD_PAYLOAD:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, value);
    }

  g_assert_not_reached ();
}
