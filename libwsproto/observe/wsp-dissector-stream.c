/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One direction of a connection: bytes in, records out.
 *
 * It checks with the functions of the engine, but goes on after a fault: a header that can be read
 * says where the next frame begins.  Limits are not rules of the protocol and are not checked.
 *
 * (1) cut_header holds less than one whole header.
 * (2) One push inflates to at most the number of bytes that its length allows.
 */
#include "observe/wsp-dissector-stream-private.h"

#include "core/bytes/byte-order.h"
#include "core/bytes/mask.h"
#include "core/frames/close-payload.h"
#include "core/handshake/deflate-offer.h"

#define MAX_INFLATED (64u * 1024 * 1024)        /* of one message; more is treated as a bomb */
#define INFLATED_PER_PUSH (16u * 1024 * 1024)   /* in addition */
#define INFLATED_PER_BYTE 64u
#define BYTES_AT_ONCE (16 * 1024)

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
check_text (WspDissectorStream *self,
            WscBytes            text)
{
  if (!is_text (self) || wsc_utf8_check (&self->utf8, text))
    return;

  self->is_text_broken = TRUE;
  note_fault (self, WSC_FAULT_TEXT_NOT_UTF8);
}

static void
check_text_end (WspDissectorStream *self)
{
  if (self->record.fin && is_text (self) && self->utf8.n_due > 0)
    note_fault (self, WSC_FAULT_TEXT_NOT_UTF8);
}

static void
keep_payload (WspDissectorStream *self,
              WscBytes            bytes)
{
  check_text (self, bytes);
  wsp_kept_payloads_append (&self->payloads, bytes);
}

static gboolean
is_inflating (const WspDissectorStream *self)
{
  return self->compressed == WSP_STREAM_INFLATING && !is_control (&self->record);
}

/* Neither a bomb nor a lack of memory breaks a rule of the protocol: the payload is dropped. */
static void
give_up_inflating (WspDissectorStream *self,
                   WscFault            fault)
{
  const WscDeflateParameters *agreed = &self->compression->agreed;

  if (fault == WSC_FAULT_MESSAGE_TOO_BIG || fault == WSC_FAULT_OUT_OF_MEMORY)
    wsp_kept_payloads_drop (&self->payloads);
  else
    note_fault (self, fault);
  wsc_compression_stop_inflating (self->compression);
  self->compressed = WSP_STREAM_ABANDONED;
  self->is_text_broken = TRUE;
  self->is_window_lost = self->options.role == WSC_ROLE_SERVER ? agreed->client_takeover
                                                               : agreed->server_takeover;
}

static void
inflate_payload (WspDissectorStream *self,
                 WscBytes            bytes)
{
  guint8 output[BYTES_AT_ONCE];
  WscFault fault;
  gsize made;

  do
    {
      WscOptions options = {
        .max_message_length = MIN (MAX_INFLATED, self->compression->n_inflated + self->inflate_left),
      };

      fault = wsc_compression_inflate (self->compression, &options, &bytes,
                                       (WscBuffer) { output, sizeof output }, &made);
      self->inflate_left -= MIN (made, self->inflate_left);     /* (2) */
      self->record.inflated_length += made;
      keep_payload (self, (WscBytes) { output, made });
    }
  while (fault == WSC_FAULT_NONE && made == sizeof output);
  if (fault != WSC_FAULT_NONE)
    give_up_inflating (self, fault);
}

static void
end_inflating (WspDissectorStream *self)
{
  WscFault fault;

  if (!is_inflating (self) || !self->record.fin)
    return;

  fault = wsc_compression_end_message (self->compression);
  if (fault != WSC_FAULT_NONE)
    give_up_inflating (self, fault);
}

static void
check_close (WspDissectorStream *self)
{
  WscBytes payload = wsp_kept_payloads_peek (&self->payloads);

  if (self->record.opcode != WSC_OPCODE_CLOSE || self->payloads.is_dropped)
    return;

  self->record.close_code = payload.length < 2 ? WSC_CLOSE_NO_CODE : read_uint16 (payload.at);
  note_fault (self, wsc_close_payload_check (payload));
}

static void
end_frame (WspDissectorStream *self,
           gint64              time_us)
{
  end_inflating (self);
  check_text_end (self);
  check_close (self);
  self->record.time_us = time_us;

  gboolean is_payload_kept = wsp_kept_payloads_end (&self->payloads, self->record.offset);

  if (!wsp_kept_records_append (self->records, &self->record) || !is_payload_kept)
    self->records->n_dropped++;

  self->state = WSP_STREAM_HEADER;
}

static void
take_some_payload (WspDissectorStream *self,
                   WscBytes            bytes)
{
  guint8 unmasked[BYTES_AT_ONCE];

  wsc_mask (unmasked, bytes.at, bytes.length, self->key);
  self->key = wsc_mask_key_at (self->key, bytes.length);
  self->payload_left -= bytes.length;
  if (is_inflating (self))
    inflate_payload (self, (WscBytes) { unmasked, bytes.length });
  else if (self->compressed != WSP_STREAM_ABANDONED || is_control (&self->record))
    keep_payload (self, (WscBytes) { unmasked, bytes.length });
}

static void
take_payload (WspDissectorStream *self,
              WscBytes            bytes)
{
  while (bytes.length > 0)
    {
      gsize length = MIN (bytes.length, BYTES_AT_ONCE);

      take_some_payload (self, bytes_first (bytes, length));
      bytes = bytes_after (bytes, length);
    }
}

/* After a fault of the sequence, the current frame determines the state. */
static void
step_sequence (WspDissectorStream   *self,
               const WscFrameHeader *header)
{
  guint8 opcode = header->first & WSC_OPCODE;

  if (is_control (&self->record))
    return;

  if (opcode != WSC_OPCODE_CONTINUATION || self->sequence.message.opcode == 0)
    {
      self->sequence = (WscFrameSequence) { 0 };
      self->utf8 = (WscUtf8) { 0 };
      self->is_text_broken = FALSE;
      self->message_opcode = opcode;
    }
  wsc_frame_sequence_step (&self->sequence, header);
}

/* A continuation has the compression of the frame before. */
static void
step_compression (WspDissectorStream   *self,
                  const WscFrameHeader *header)
{
  if (is_control (&self->record))
    return;

  if ((header->first & WSC_OPCODE) == WSC_OPCODE_CONTINUATION)
    {
      if (self->compressed == WSP_STREAM_ABANDONED)
        self->compressed = WSP_STREAM_COMPRESSED;
      return;
    }

  self->compressed = WSP_STREAM_PLAIN;
  if (self->compression == NULL || !wsc_frame_begins_compressed (header->first))
    return;

  self->compressed = self->is_window_lost ? WSP_STREAM_COMPRESSED : WSP_STREAM_INFLATING;
  wsc_compression_begin_message (self->compression);
  if (self->compressed == WSP_STREAM_INFLATING && self->inflate_left == 0)
    give_up_inflating (self, WSC_FAULT_MESSAGE_TOO_BIG);
}

static void
begin_frame (WspDissectorStream   *self,
             const WscFrameHeader *header)
{
  gboolean is_agreed = self->compression != NULL;
  WscFrameAllowance allowed = { .rsv = is_agreed ? WSC_RSV1 : 0, .compressed = is_agreed };
  WscFault fault;

  fault = wsc_frame_header_check (header, &self->options, &allowed);

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
  step_compression (self, header);
  if (is_inflating (self) || self->payloads.is_dropped)
    self->record.inflated_length = 0;
  self->is_text_broken |= self->compressed == WSP_STREAM_COMPRESSED;

  self->offset += header->header_length;
  self->key = header->key;
  self->payload_left = header->payload_length;
  self->state = fault == WSC_FAULT_LENGTH_TOP_BIT_SET ? WSP_STREAM_UNDISSECTED : WSP_STREAM_PAYLOAD;
}

/* Returns how many of the bytes belong to the header: all of them if it is incomplete. */
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

static WscFields
get_fields (WscHttpHead *head)
{
  WscFields fields = { NULL, 0 };

  if (head != NULL)
    fields.at = wsc_http_head_get_fields (head, &fields.n);
  return fields;
}

/* The response sets the negotiated parameters.  One that matches no offer, or that was received
 * before the complete request, sets nothing. */
static void
negotiate_compression (WspDissectorStream *self)
{
  WscDeflateParameters agreed;

  if (self->head_kind != WSC_HEAD_RESPONSE || self->other->state == WSP_STREAM_HEAD ||
      wsc_deflate_answer_check (get_fields (self->head), get_fields (self->other->head),
                                &agreed) != WSC_FAULT_NONE ||
      agreed.client_window_bits == 0)
    return;

  wsp_dissector_stream_set_negotiated (self, &agreed);
  wsp_dissector_stream_set_negotiated (self->other, &agreed);
}

static void
end_head (WspDissectorStream *self)
{
  unsigned status = self->head_kind ==
                    WSC_HEAD_RESPONSE ? wsc_http_head_get_status (self->head) : 101;

  if (status == 101)
    {
      negotiate_compression (self);
      self->state = WSP_STREAM_HEADER;
      return;
    }

  /* Another response may follow an interim one. */
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
    self->head = wsc_http_head_new (self->head_kind, NULL);

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

/* A frame may be complete with its header: an empty frame, or one whose payload cannot be
 * dissected. */
static gsize
take_frame_header (WspDissectorStream *self,
                   WscBytes            bytes,
                   gint64              time_us)
{
  gsize used = take_header (self, bytes);

  if (self->state == WSP_STREAM_PAYLOAD && self->payload_left == 0)
    end_frame (self, time_us);
  else if (self->state == WSP_STREAM_UNDISSECTED)
    {
      wsp_kept_payloads_drop (&self->payloads);
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
  };
}

/* Without memory, messages are shown as they are. */
void
wsp_dissector_stream_set_negotiated (WspDissectorStream         *self,
                                     const WscDeflateParameters *agreed)
{
  const WscDeflateOptions unused = { 0 };

  if (self->compression == NULL)
    self->compression = wsc_compression_new (&unused, agreed, self->options.role);
}

void
wsp_dissector_stream_clear (WspDissectorStream *self)
{
  g_clear_pointer (&self->compression, wsc_compression_free);
  g_clear_pointer (&self->head, wsc_http_head_free);
  wsp_kept_payloads_clear (&self->payloads);
}

void
wsp_dissector_stream_forget (WspDissectorStream *self)
{
  wsp_kept_payloads_forget (&self->payloads);
}

void
wsp_dissector_stream_take (WspDissectorStream *self,
                           WscBytes            bytes,
                           gint64              time_us,
                           WspKeptRecords     *records)
{
  self->records = records;
  /* One byte less, because the next byte shows that there is too much. */
  self->inflate_left = INFLATED_PER_PUSH + INFLATED_PER_BYTE * (guint64) bytes.length - 1;
  while (bytes.length > 0)
    bytes = bytes_after (bytes, take_some (self, bytes, time_us));
  self->records = NULL;
}
