/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One direction of a connection: bytes in, records out.
 *
 * Judges with the same functions as the engine, but goes on after a fault: a header that can be
 * read says where the next frame begins.  Limits of ours are not rules of the protocol and are
 * not judged.
 *
 * (1) cut_header holds less than one whole header.
 * (2) What is kept of a payload never passes MAX_KEPT_PAYLOAD, whatever a header announces.
 */
#include "observe/wsp-dissector-stream-private.h"

#include "core/bytes/byte-order.h"
#include "core/bytes/mask.h"
#include "core/frames/close-payload.h"

#define MAX_KEPT_PAYLOAD WSC_DEFAULT_MAX_MESSAGE_LENGTH

typedef struct
{
  guint64 offset;               /* of the record that it belongs to */
  gsize   begin, length;        /* in kept_bytes */
} KeptPayload;

static const WscHeadLimits head_limits = {
  .max_size = WSC_DEFAULT_MAX_HEAD_SIZE,
  .max_line = WSC_DEFAULT_MAX_REQUEST_LINE,
  .max_fields = WSC_DEFAULT_MAX_HEADER_FIELDS,
  .max_protocols = WSC_DEFAULT_MAX_OFFERED_PROTOCOLS,
  .max_extensions = WSC_DEFAULT_MAX_OFFERED_EXTENSIONS,
  .max_parameters = WSC_DEFAULT_MAX_EXTENSION_PARAMETERS,
};

static void
note_fault (WspDissectorStream *self,
            WscFault            fault)
{
  if (self->record.fault == WSC_FAULT_NONE)
    self->record.fault = fault;
}

static gboolean
is_control (const WspFrameRecord *record)
{
  return (record->opcode & WSC_OPCODE_IS_CONTROL) != 0;
}

static gboolean
is_text (const WspDissectorStream *self)
{
  return !is_control (&self->record) && self->message_opcode == WSC_OPCODE_TEXT &&
         !self->is_text_broken;
}

static void
judge_text (WspDissectorStream *self,
            WscBytes            text)
{
  gboolean ends_message = self->record.fin && self->payload_left == 0;

  if (!is_text (self))
    return;

  if (!wsc_utf8_check (&self->utf8, text) || (ends_message && self->utf8.n_due > 0))
    {
      self->is_text_broken = TRUE;
      note_fault (self, WSC_FAULT_TEXT_NOT_UTF8);
    }
}

static void
judge_close (WspDissectorStream *self)
{
  WscBytes payload = { self->payload->data, self->payload->len };

  if (self->record.opcode != WSC_OPCODE_CLOSE)
    return;

  self->record.close_code = payload.length < 2 ? WSC_CLOSE_NO_CODE : read_uint16 (payload.at);
  note_fault (self, wsc_close_payload_check (payload));
}

static void
end_frame (WspDissectorStream *self,
           gint64              time_us)
{
  KeptPayload kept = { self->record.offset, self->kept_bytes->len, self->payload->len };

  judge_close (self);
  self->record.time_us = time_us;
  g_array_append_val (self->records, self->record);

  if (self->payload->len == self->record.payload_length)
    {
      g_byte_array_append (self->kept_bytes, self->payload->data, self->payload->len);
      g_array_append_val (self->kept, kept);
    }

  /* A large payload gives its memory back. */
  g_byte_array_unref (self->payload);
  self->payload = g_byte_array_new ();
  self->state = WSP_STREAM_HEADER;
}

static void
take_payload (WspDissectorStream *self,
              WscBytes            bytes)
{
  g_autofree guint8 *unmasked = g_malloc (MAX (bytes.length, 1));

  wsc_mask (unmasked, bytes.at, bytes.length, self->key);
  self->key = wsc_mask_key_at (self->key, bytes.length);
  self->payload_left -= bytes.length;
  judge_text (self, (WscBytes) { unmasked, bytes.length });

  if (self->payload->len + bytes.length <= MAX_KEPT_PAYLOAD)    /* (2) */
    g_byte_array_append (self->payload, unmasked, bytes.length);
}

/* After a fault of the sequence the frame in hand says best what goes on. */
static void
step_sequence (WspDissectorStream   *self,
               const WscFrameHeader *header)
{
  guint8 opcode = header->first & WSC_OPCODE;

  if (is_control (&self->record))
    return;

  if (opcode != WSC_OPCODE_CONTINUATION || self->sequence.opcode == 0)
    {
      self->sequence = (WscFrameSequence) { 0 };
      self->utf8 = (WscUtf8) { 0 };
      self->is_text_broken = FALSE;
      self->message_opcode = opcode;
    }
  wsc_frame_sequence_step (&self->sequence, header);
}

static void
begin_frame (WspDissectorStream   *self,
             const WscFrameHeader *header)
{
  WscFrameAllowance nothing = { 0 };
  WscFault fault = wsc_frame_header_check (header, &self->options, &nothing);

  self->record = (WspFrameRecord) {
    .offset = self->offset,
    .payload_length = header->payload_length,
    .inflated_length = header->payload_length,
    .masking_key = GUINT32_FROM_BE (header->key),
    .fault = fault,
    .direction = self->direction,
    .fin = (header->first & WSC_FIN) != 0,
    .rsv = (header->first & WSC_RSV) >> 4,
    .opcode = header->first & WSC_OPCODE,
    .masked = header->is_masked,
    .header_length = header->header_length,
  };
  note_fault (self, wsc_frame_sequence_check (&self->sequence, header, &self->options));
  step_sequence (self, header);

  self->offset += header->header_length;
  self->key = header->key;
  self->payload_left = header->payload_length;
  self->state = fault == WSC_FAULT_LENGTH_TOP_BIT_SET ? WSP_STREAM_UNDISSECTED : WSP_STREAM_PAYLOAD;
}

/* Returns how many of the bytes belong to the header, all of them when more must come. */
static gsize
take_header (WspDissectorStream *self,
             WscBytes            bytes)
{
  WscFrameHeader header;
  gsize n_known = self->n_cut;
  gsize n_new = MIN (bytes.length, WSC_MAX_HEADER_LENGTH - n_known);

  memcpy (self->cut_header + n_known, bytes.at, n_new);
  if (wsc_frame_header_parse (&header,
                              (WscBytes) { self->cut_header, n_known + n_new }) != WSC_FAULT_NONE)
    {
      self->n_cut += n_new;     /* (1) */
      return n_new;
    }

  self->n_cut = 0;
  begin_frame (self, &header);
  return header.header_length - n_known;
}

static void
end_head (WspDissectorStream *self)
{
  unsigned status = self->head_kind ==
                    WSC_HEAD_RESPONSE ? wsc_http_head_get_status (self->head) : 101;

  if (status == 101)
    {
      self->state = WSP_STREAM_HEADER;
      return;
    }

  /* Another answer may follow an interim one. */
  if (status >= 100 && status < 200)
    g_clear_pointer (&self->head, wsc_http_head_free);
  else
    self->state = WSP_STREAM_UNDISSECTED;
}

static gsize
take_head (WspDissectorStream *self,
           WscBytes            bytes)
{
  gsize used = bytes.length;

  if (self->head == NULL)
    self->head = wsc_http_head_new (self->head_kind, &head_limits);

  WscFault fault = self->head !=
                   NULL ? wsc_http_head_take (self->head, bytes, &used) : WSC_FAULT_OUT_OF_MEMORY;

  if (fault == WSC_FAULT_PARTIAL)
    return used;

  if (fault == WSC_FAULT_NONE)
    {
      end_head (self);
      return used;
    }

  g_clear_pointer (&self->head, wsc_http_head_free);
  self->state = WSP_STREAM_UNDISSECTED;
  return bytes.length;
}

/* A frame may be complete with its header: an empty one, or one whose payload cannot be
 * followed. */
static gsize
take_frame_header (WspDissectorStream *self,
                   WscBytes            bytes,
                   gint64              time_us)
{
  gsize used = take_header (self, bytes);

  if (self->state == WSP_STREAM_PAYLOAD && self->payload_left == 0)
    {
      judge_text (self, (WscBytes) { NULL, 0 });
      end_frame (self, time_us);
    }
  else if (self->state == WSP_STREAM_UNDISSECTED)
    {
      end_frame (self, time_us);
      self->state = WSP_STREAM_UNDISSECTED;
    }
  return used;
}

static gsize
take_some (WspDissectorStream *self,
           WscBytes            bytes,
           gint64              time_us)
{
  gsize used = 0;

  switch (self->state)
    {
    case WSP_STREAM_HEAD:
      used = take_head (self, bytes);
      self->offset += used;
      return used;
    case WSP_STREAM_HEADER:
      return take_frame_header (self, bytes, time_us);
    case WSP_STREAM_PAYLOAD:
      used = MIN (bytes.length, self->payload_left);
      self->offset += used;
      take_payload (self, bytes_first (bytes, used));
      if (self->payload_left == 0)
        end_frame (self, time_us);
      return used;
    case WSP_STREAM_UNDISSECTED:
      self->offset += bytes.length;
      return bytes.length;
    }

  g_assert_not_reached ();
}

void
wsp_dissector_stream_init (WspDissectorStream *self,
                           WspDirection        direction,
                           WscRole             receiver,
                           WspStreamState      state)
{
  *self = (WspDissectorStream) {
    .state = state,
    .direction = direction,
    .head_kind = receiver == WSC_ROLE_SERVER ? WSC_HEAD_REQUEST : WSC_HEAD_RESPONSE,
    .options = {
      .role = receiver,
      .max_frame_length = G_MAXUINT64,
      .max_message_length = G_MAXUINT64,
      .max_fragments = G_MAXUINT32,
      .utf8_check = 1,
    },
    .payload = g_byte_array_new (),
    .kept = g_array_new (FALSE, FALSE, sizeof (KeptPayload)),
    .kept_bytes = g_byte_array_new (),
  };
}

void
wsp_dissector_stream_clear (WspDissectorStream *self)
{
  g_clear_pointer (&self->head, wsc_http_head_free);
  g_byte_array_unref (self->payload);
  g_array_unref (self->kept);
  g_byte_array_unref (self->kept_bytes);
}

void
wsp_dissector_stream_forget (WspDissectorStream *self)
{
  g_array_set_size (self->kept, 0);
  g_byte_array_unref (self->kept_bytes);
  self->kept_bytes = g_byte_array_new ();
}

void
wsp_dissector_stream_take (WspDissectorStream *self,
                           WscBytes            bytes,
                           gint64              time_us,
                           GArray             *records)
{
  self->records = records;
  while (bytes.length > 0)
    bytes = bytes_after (bytes, take_some (self, bytes, time_us));
  self->records = NULL;
}

/* The payloads of a push lie in the order of their offsets. */
GBytes *
wsp_dissector_stream_dup_payload (WspDissectorStream   *self,
                                  const WspFrameRecord *record)
{
  guint low = 0, high = self->kept->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const KeptPayload *kept = &g_array_index (self->kept, KeptPayload, middle);

      if (kept->offset == record->offset)
        return g_bytes_new (self->kept_bytes->data + kept->begin, kept->length);

      if (kept->offset < record->offset)
        low = middle + 1;
      else
        high = middle;
    }

  return NULL;
}
