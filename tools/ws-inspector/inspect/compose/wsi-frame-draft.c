/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-frame-draft.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <libwsproto/observe/dissector/wsp-dissector.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-frame-bytes.h"

/* The number of bytes of the extended length. */
static guint
get_length_size (const WsiFrameDraft *self)
{
  guint header_length = self->header.header_length;

  return header_length - WSI_SHORT_HEADER - (self->header.masked ? WSI_KEY_LENGTH : 0);
}

static void
set_length_size (WsiFrameDraft *self,
                 guint          size)
{
  self->header.header_length = WSI_SHORT_HEADER + size +
                               (self->header.masked ? WSI_KEY_LENGTH : 0);
}

static void
use_length_of_payload (WsiFrameDraft *self)
{
  guint64 length = g_bytes_get_size (self->payload);

  if (self->is_length_set)
    return;

  self->header.payload_length = length;
  set_length_size (self, wsi_frame_bytes_choose_extended (length));
}

void
wsi_frame_draft_init (WsiFrameDraft *self,
                      WspRole        sender)
{
  *self = (WsiFrameDraft) { .payload = g_bytes_new_static ("", 0) };
  self->header.fin = 1;
  self->header.opcode = WSI_OPCODE_TEXT;
  self->header.masked = sender == WSP_ROLE_CLIENT;
  self->header.masking_key = self->header.masked ? g_random_int () : 0;
  use_length_of_payload (self);
}

void
wsi_frame_draft_clear (WsiFrameDraft *self)
{
  g_clear_pointer (&self->payload, g_bytes_unref);
}

void
wsi_frame_draft_set_payload (WsiFrameDraft *self,
                             GBytes        *payload)
{
  g_bytes_ref (payload);
  g_bytes_unref (self->payload);
  self->payload = payload;
  use_length_of_payload (self);
}

static gboolean
parse_value (const char *value,
             guint64     max,
             guint64    *number,
             GError    **error)
{
  gboolean is_hex = g_str_has_prefix (value, "0x") || g_str_has_prefix (value, "0X");

  if (g_ascii_string_to_unsigned (value + (is_hex ? 2 : 0), is_hex ? 16 : 10, 0, max, number, NULL))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("invalid value: expected a number from 0 to %" PRIu64
                 ", or 0x and hexadecimal digits, received \"%s\""), max, value);
  return FALSE;
}

static guint64
get_max (WsiFrameField field)
{
  switch (field)
    {
    case WSI_FRAME_FIELD_FIN:
    case WSI_FRAME_FIELD_RSV1:
    case WSI_FRAME_FIELD_RSV2:
    case WSI_FRAME_FIELD_RSV3:
    case WSI_FRAME_FIELD_MASK:
      return 1;
    case WSI_FRAME_FIELD_OPCODE:
      return 15;
    case WSI_FRAME_FIELD_LENGTH:
      return 127;
    case WSI_FRAME_FIELD_LENGTH_16:
      return G_MAXUINT16;
    case WSI_FRAME_FIELD_LENGTH_64:
      return G_MAXUINT64;
    case WSI_FRAME_FIELD_MASKING_KEY:
      return G_MAXUINT32;
    case WSI_FRAME_FIELD_PAYLOAD:
    case WSI_FRAME_FIELD_REST:
      return 0;
    }

  g_assert_not_reached ();
}

static void
set_reserved (WsiFrameDraft *self,
              guint8         bit,
              guint64        value)
{
  self->header.rsv = value != 0 ? self->header.rsv | bit : self->header.rsv & ~bit;
}

/* Masks or unmasks the frame: the length on the wire changes with the key. */
static void
set_masked (WsiFrameDraft *self,
            guint64        value)
{
  guint size = get_length_size (self);

  self->header.masked = value;
  self->header.masking_key = value != 0 ? g_random_int () : 0;
  set_length_size (self, size);
}

/* Sets the short length: 126 and 127 choose the longer forms, which keep the length. */
static void
set_short_length (WsiFrameDraft *self,
                  guint64        value)
{
  self->is_length_set = TRUE;
  if (value <= WSI_MAX_SHORT_LENGTH)
    self->header.payload_length = value;
  else if (value == WSI_MAX_SHORT_LENGTH + 1)
    self->header.payload_length = MIN (self->header.payload_length, G_MAXUINT16);
  set_length_size (self, wsi_frame_bytes_get_extended (value));
}

static void
frame_draft_set_number (WsiFrameDraft *self,
                        WsiFrameField  field,
                        guint64        number)
{
  switch (field)
    {
    case WSI_FRAME_FIELD_FIN:
      self->header.fin = number;
      break;
    case WSI_FRAME_FIELD_RSV1:
      set_reserved (self, 4, number);
      break;
    case WSI_FRAME_FIELD_RSV2:
      set_reserved (self, 2, number);
      break;
    case WSI_FRAME_FIELD_RSV3:
      set_reserved (self, 1, number);
      break;
    case WSI_FRAME_FIELD_OPCODE:
      self->header.opcode = number;
      break;
    case WSI_FRAME_FIELD_MASK:
      set_masked (self, number);
      break;
    case WSI_FRAME_FIELD_LENGTH:
      set_short_length (self, number);
      break;
    case WSI_FRAME_FIELD_LENGTH_16:
    case WSI_FRAME_FIELD_LENGTH_64:
      self->is_length_set = TRUE;
      self->header.payload_length = number;
      break;
    case WSI_FRAME_FIELD_MASKING_KEY:
      self->header.masking_key = number;
      break;
    case WSI_FRAME_FIELD_PAYLOAD:
    case WSI_FRAME_FIELD_REST:
      break;
    }
}

gboolean
wsi_frame_draft_set_field (WsiFrameDraft *self,
                           WsiFrameField  field,
                           const char    *value,
                           GError       **error)
{
  guint64 number;

  if (field == WSI_FRAME_FIELD_PAYLOAD || field == WSI_FRAME_FIELD_REST)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           _("the payload is what is written as the message"));
      return FALSE;
    }

  if (!parse_value (value, get_max (field), &number, error))
    return FALSE;

  frame_draft_set_number (self, field, number);
  return TRUE;
}

void
wsi_frame_draft_get_layout (const WsiFrameDraft *self,
                            WsiFrameLayout      *layout)
{
  const WspFrameHeader *header = &self->header;
  const WspFrameRecord record = {
    .payload_length = header->payload_length, .masking_key = header->masking_key,
    .fin = header->fin, .rsv = header->rsv, .opcode = header->opcode, .masked = header->masked,
    .header_length = header->header_length,
  };

  wsi_frame_layout_init (layout, &record);
}

GBytes *
wsi_frame_draft_write (const WsiFrameDraft *self)
{
  g_autoptr (GBytes) header = wsp_frame_header_write (&self->header);
  gsize header_length, length;
  const guint8 *head = wsi_bytes_get_data (header, &header_length);
  const guint8 *payload = wsi_bytes_get_data (self->payload, &length);
  guint8 *bytes = g_malloc (header_length + length);

  memcpy (bytes, head, header_length);
  for (gsize i = 0; i < length; i++)
    bytes[header_length + i] = payload[i] ^ (self->header.masking_key >> (24 - 8 * (i % 4)));
  return g_bytes_new_take (bytes, header_length + length);
}

static guint
list_faults (const WspFrameRecord *record,
             guint                *faults)
{
  guint n_faults = wsp_frame_record_get_n_faults (record);

  for (guint i = 0; i < n_faults; i++)
    faults[i] = wsp_frame_record_get_fault (record, i);
  return n_faults;
}

/* Checks the frame itself only: what may follow it depends on what is sent next. */
guint
wsi_frame_draft_check (const WsiFrameDraft *self,
                       WspRole              sender,
                       const char          *extensions,
                       guint               *faults)
{
  g_autoptr (WspDissector) dissector =
    wsp_dissector_new (sender, extensions != NULL ? extensions : "");
  g_autoptr (GBytes) bytes = wsi_frame_draft_write (self);
  const WspFrameRecord *records;
  guint n_records;

  wsp_dissector_push (dissector, WSP_DIRECTION_SENT, bytes, 0);
  wsp_dissector_end (dissector, WSP_DIRECTION_SENT, 0);
  records = wsp_dissector_take_records (dissector, &n_records);
  return n_records > 0 ? list_faults (&records[0], faults) : 0;
}

gint64
wsi_frame_draft_count_missing (const WsiFrameDraft *self)
{
  guint64 length = g_bytes_get_size (self->payload), announced = self->header.payload_length;

  return announced >= length ? (gint64) MIN (announced - length, G_MAXINT64)
                             : -(gint64) (length - announced);
}
