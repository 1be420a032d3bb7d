/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "observe/wsp-frame-record-private.h"

#include "core/fault.h"
#include "core/limits.h"
#include "http/wsp-retry-after-private.h"

#define CLOSE_CODE_LENGTH 2
#define N_BITS 32

/* The rules that a frame can break.  The index of a rule is its bit in the set of a record. */
static const WscFault frame_faults[] = {
  WSC_FAULT_RSV_NOT_NEGOTIATED,
  WSC_FAULT_COMPRESSED_BIT_MISPLACED,
  WSC_FAULT_OPCODE_RESERVED,
  WSC_FAULT_CONTROL_FRAME_FRAGMENTED,
  WSC_FAULT_FRAME_NOT_MASKED,
  WSC_FAULT_FRAME_MASKED,
  WSC_FAULT_CONTROL_FRAME_TOO_LONG,
  WSC_FAULT_LENGTH_TOP_BIT_SET,
  WSC_FAULT_LENGTH_NOT_SHORTEST,
  WSC_FAULT_CONTINUATION_WITHOUT_MESSAGE,
  WSC_FAULT_DATA_INSIDE_MESSAGE,
  WSC_FAULT_DATA_AFTER_CLOSE,
  WSC_FAULT_BYTES_AFTER_CLOSE,
  WSC_FAULT_BYTES_BEFORE_RESPONSE,
  WSC_FAULT_TEXT_NOT_UTF8,
  WSC_FAULT_DEFLATE_CORRUPT,
  WSC_FAULT_DEFLATE_TRUNCATED,
  WSC_FAULT_CLOSE_LENGTH_ONE,
  WSC_FAULT_CLOSE_CODE_RESERVED,
  WSC_FAULT_CLOSE_REASON_NOT_UTF8,
  WSC_FAULT_HTTP_AMONG_FRAMES,
  WSC_FAULT_EMPTY_LINE_AMONG_FRAMES,
  WSC_FAULT_COMPRESSION_NOT_AGREED,
};
static const guint32 known_bits = (1u << G_N_ELEMENTS (frame_faults)) - 1;

/* Returns N_BITS for a fault that has no bit, such as that of an HTTP head. */
static guint
frame_record_get_bit (guint fault)
{
  guint bit = 0;

  while (bit < G_N_ELEMENTS (frame_faults) && frame_faults[bit] != fault)
    bit++;
  return bit < G_N_ELEMENTS (frame_faults) ? bit : N_BITS;
}

void
wsp_frame_record_add_fault (WspFrameRecord *self,
                            guint           fault)
{
  if (fault == WSC_FAULT_NONE)
    return;

  guint bit = frame_record_get_bit (fault);

  if (self->fault == WSC_FAULT_NONE)
    self->fault = fault;
  if (bit < N_BITS)
    self->faults |= 1u << bit;
}

/* All faults except the first one. */
static guint32
get_other_faults (const WspFrameRecord *self)
{
  guint32 others = self->faults & known_bits;
  guint bit = others != 0 ? frame_record_get_bit (self->fault) : N_BITS;

  return bit < N_BITS ? others & ~(1u << bit) : others;
}

guint
wsp_frame_record_get_n_faults (const WspFrameRecord *self)
{
  g_return_val_if_fail (self != NULL, 0);

  guint n = self->fault != WSC_FAULT_NONE;

  for (guint32 left = get_other_faults (self); left != 0; left &= left - 1)
    n++;
  return n;
}

guint
wsp_frame_record_get_fault (const WspFrameRecord *self,
                            guint                 index)
{
  g_return_val_if_fail (self != NULL, WSC_FAULT_NONE);

  if (index == 0)
    return self->fault;

  guint32 left = get_other_faults (self);

  for (guint i = self->fault != WSC_FAULT_NONE; i < index && left != 0; i++)
    left &= left - 1;
  return left != 0 ? frame_faults[g_bit_nth_lsf (left, -1)] : WSC_FAULT_NONE;
}

WspFrameKind
wsp_frame_record_get_kind (const WspFrameRecord *self)
{
  g_return_val_if_fail (self != NULL, WSP_FRAME_KIND_RESERVED);

  if (self->flags & WSP_FRAME_FLAGS_BYTES)
    return WSP_FRAME_KIND_BYTES;

  switch (self->opcode)
    {
    case WSC_OPCODE_CONTINUATION:
      return WSP_FRAME_KIND_CONTINUATION;
    case WSC_OPCODE_TEXT:
      return WSP_FRAME_KIND_TEXT;
    case WSC_OPCODE_BINARY:
      return WSP_FRAME_KIND_BINARY;
    case WSC_OPCODE_CLOSE:
      return WSP_FRAME_KIND_CLOSE;
    case WSC_OPCODE_PING:
      return WSP_FRAME_KIND_PING;
    case WSC_OPCODE_PONG:
      return WSP_FRAME_KIND_PONG;
    default:
      return WSP_FRAME_KIND_RESERVED;
    }
}

GBytes *
wsp_frame_record_dup_close_reason (const WspFrameRecord *self,
                                   GBytes               *payload)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (payload == NULL || self->opcode != WSC_OPCODE_CLOSE)
    return NULL;

  gsize length = g_bytes_get_size (payload);
  gsize from = MIN (length, CLOSE_CODE_LENGTH);

  return g_bytes_new_from_bytes (payload, from, length - from);
}

gboolean
wsp_frame_record_get_retry_after (const WspFrameRecord *self,
                                  GBytes               *payload,
                                  guint                *seconds)
{
  g_autoptr (GBytes) reason = wsp_frame_record_dup_close_reason (self, payload);
  g_autofree char *text = NULL;
  gsize length = 0;
  const char *at = reason != NULL ? g_bytes_get_data (reason, &length) : NULL;
  guint delay;

  if (length == 0 || self->masked || self->fault != WSC_FAULT_NONE ||
      g_bytes_get_size (payload) != self->payload_length || !g_utf8_validate_len (at, length, NULL))
    return FALSE;

  text = g_strndup (at, length);
  if (!wsp_close_mark_parse (text, length, &delay))
    return FALSE;

  *seconds = delay / 1000;
  return TRUE;
}
