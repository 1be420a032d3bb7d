/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "observe/wsp-frame-header.h"

#include <libwsproto/base/wsp-error.h>

#include "core/bytes/byte-order.h"
#include "core/fault.h"
#include "core/frames/frame-header.h"
#include "core/limits.h"

#define KEY_LENGTH 4

/* Only the length is checked here: the sender and the negotiated extensions are not known. */
static WscFault
observe_frame_header_check_length (const WscFrameHeader *header)
{
  WscOptions options =
  { .role = header->is_masked ? WSC_ROLE_SERVER : WSC_ROLE_CLIENT,
    .max_frame_length = G_MAXUINT64 };
  WscFrameAllowance everything = { .rsv = WSC_RSV, .opcodes = 1 };
  WscFault fault = wsc_frame_header_check (header, &options, &everything);

  return fault == WSC_FAULT_LENGTH_TOP_BIT_SET ? fault : WSC_FAULT_NONE;
}

static guint8
observe_frame_header_get_first (const WspFrameHeader *self)
{
  return (self->fin ? WSC_FIN : 0) | (self->rsv << 4 & WSC_RSV) | (self->opcode & WSC_OPCODE);
}

/* Writes the length in two or eight bytes even if fewer are enough, to test other endpoints. */
static gsize
write_long_form (guint8               *to,
                 const WspFrameHeader *self,
                 guint32               key,
                 gsize                 n_length_bytes)
{
  to[0] = observe_frame_header_get_first (self);
  to[1] = (self->masked ? WSC_MASKED : 0) | (n_length_bytes == 2 ? 126 : 127);
  if (n_length_bytes == 2)
    write_uint16 (to + 2, (guint16) self->payload_length);
  else
    write_uint64 (to + 2, self->payload_length);
  if (self->masked)
    memcpy (to + 2 + n_length_bytes, &key, KEY_LENGTH);

  return 2 + n_length_bytes + (self->masked ? KEY_LENGTH : 0);
}

WspFrameHeader *
wsp_frame_header_parse (GBytes  *bytes,
                        GError **error)
{
  WscFrameHeader header;
  WscBytes wire;

  g_return_val_if_fail (bytes != NULL, NULL);

  wire.at = g_bytes_get_data (bytes, &wire.length);
  if (wsc_frame_header_parse (&header, wire) != WSC_FAULT_NONE)
    return NULL;

  WscFault fault = observe_frame_header_check_length (&header);

  if (fault != WSC_FAULT_NONE)
    {
      g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_FORMAT,
                           wsc_fault_get_text (fault));
      return NULL;
    }

  WspFrameHeader *self = g_new0 (WspFrameHeader, 1);

  self->fin = (header.first & WSC_FIN) != 0;
  self->rsv = (header.first & WSC_RSV) >> 4;
  self->opcode = header.first & WSC_OPCODE;
  self->masked = header.is_masked;
  self->header_length = header.header_length;
  self->masking_key = GUINT32_FROM_BE (header.key);
  self->payload_length = header.payload_length;
  return self;
}

GBytes *
wsp_frame_header_write (const WspFrameHeader *self)
{
  guint8 wire[WSC_MAX_HEADER_LENGTH];

  g_return_val_if_fail (self != NULL, NULL);

  guint32 key = GUINT32_TO_BE (self->masking_key);
  gsize mask_length = self->masked ? KEY_LENGTH : 0;
  gsize length = wsc_frame_header_write (wire, observe_frame_header_get_first (
                                           self), self->payload_length, self->masked ? &key : NULL);

  if (self->header_length > length && self->header_length == 4 + mask_length)
    length = write_long_form (wire, self, key, 2);
  else if (self->header_length > length && self->header_length == 10 + mask_length)
    length = write_long_form (wire, self, key, 8);

  return g_bytes_new (wire, length);
}
