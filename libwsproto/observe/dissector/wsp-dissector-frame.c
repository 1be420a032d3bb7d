/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The frames of one direction: headers and pieces of payload in, records out.
 *
 * The functions of the engine check the frames, but here dissecting goes on after a fault.  Limits
 * are not rules of the protocol and are not checked.
 *
 * One push inflates to at most the number of bytes that its length allows.
 *
 * (1) A payload in progress is in the windows, or held.
 */
#include "observe/dissector/wsp-dissector-frame-private.h"

#include "core/bytes/byte-order.h"
#include "core/bytes/mask.h"
#include "core/close-code.h"
#include "core/frames/inflation.h"
#include "observe/dissector/wsp-dissector-rules-private.h"
#include "observe/wsp-frame-record-private.h"

#define MAX_INFLATED (64u * 1024 * 1024)        /* bytes of one inflated message; then inflating is
                                                   stopped */
#define INFLATED_PER_PUSH (16u * 1024 * 1024)   /* bytes that a push may inflate, in addition to
                                                   INFLATED_PER_BYTE */
#define INFLATED_PER_BYTE 64u
#define BYTES_AT_ONCE (16 * 1024)
#define MAX_TRIED (1024 * 1024) /* bytes to which a message inflates that looks compressed */

static void
note_fault (WspFrames *self,
            WscFault   fault)
{
  if (fault != WSC_FAULT_NONE)
    wsp_frame_record_add_fault (&self->record, fault);
}

static gboolean
dissector_frame_is_control (const WspFrameRecord *record)
{
  return (record->opcode & WSC_OPCODE_IS_CONTROL) != 0;
}

static gboolean
dissector_frame_is_text (const WspFrames *self)
{
  return !dissector_frame_is_control (&self->record) && self->message_opcode == WSC_OPCODE_TEXT &&
         !self->is_text_broken;
}

static void
dissector_frame_check_text (WspFrames *self,
                            WscBytes   text)
{
  if (!dissector_frame_is_text (self) || wsc_utf8_check (&self->utf8, text))
    return;

  self->is_text_broken = TRUE;
  note_fault (self, WSC_FAULT_TEXT_NOT_UTF8);
}

static void
check_text_end (WspFrames *self)
{
  if (self->record.fin && dissector_frame_is_text (self) && self->utf8.n_due > 0)
    note_fault (self, WSC_FAULT_TEXT_NOT_UTF8);
}

static gboolean
is_inflating (const WspFrames *self)
{
  return self->compressed == WSP_FRAMES_INFLATING && !dissector_frame_is_control (&self->record);
}

static void
stop_inflating (WspFrames *self)
{
  wsc_inflation_stop (&self->compression->inflation);
  self->compressed = WSP_FRAMES_ABANDONED;
  self->is_text_broken = TRUE;
  self->is_window_lost = self->compression->inflation.keeps_context;
}

/* The last byte shows that there are more than the limit. */
static void
stop_at_limit (WspFrames *self)
{
  self->record.flags |= WSP_FRAME_FLAGS_STOPPED;
  self->record.inflated_length -= MIN (self->record.inflated_length, 1);
}

/* A message that inflates to too many bytes breaks no rule of the protocol, nor does a lack of
 * memory: the payload is only truncated. */
static void
give_up_inflating (WspFrames *self,
                   WscFault   fault)
{
  if (fault == WSC_FAULT_MESSAGE_TOO_BIG || fault == WSC_FAULT_OUT_OF_MEMORY)
    self->record.flags |= WSP_FRAME_FLAGS_TRUNCATED;
  else
    note_fault (self, fault);
  if (fault == WSC_FAULT_MESSAGE_TOO_BIG)
    stop_at_limit (self);
  stop_inflating (self);
}

static void
keep_inflated (WspFrames *self,
               WscBytes   bytes)
{
  self->inflate_left -= MIN (bytes.length, self->inflate_left);
  self->record.inflated_length += bytes.length;
  dissector_frame_check_text (self, bytes);
  if (!wsp_kept_inflated_append (&self->inflated, bytes))
    self->record.flags |= WSP_FRAME_FLAGS_TRUNCATED;
}

static void
inflate_payload (WspFrames *self,
                 WscBytes   bytes)
{
  guint8 output[BYTES_AT_ONCE];
  WscFault fault;
  gsize made;

  do
    {
      WscOptions options = {
        .max_message_length = MIN (MAX_INFLATED, self->compression->inflation.n_inflated + self->inflate_left),
      };

      fault = wsc_inflation_take (&self->compression->inflation, &options, &bytes,
                                  (WscBuffer) { output, sizeof output }, &made);
      keep_inflated (self, (WscBytes) { output, made });
    }
  while (fault == WSC_FAULT_NONE && made == sizeof output);
  if (fault != WSC_FAULT_NONE)
    give_up_inflating (self, fault);
}

static void
end_inflating (WspFrames *self)
{
  WscFault fault;

  if (!is_inflating (self) || !self->record.fin)
    return;

  fault = wsc_inflation_end_message (&self->compression->inflation);
  if (fault != WSC_FAULT_NONE)
    give_up_inflating (self, fault);
}

static void
dissector_frame_stop_trial (WspFrames *self)
{
  g_clear_pointer (&self->trial, wsc_compression_free);
}

/* The first message of a direction that has RSV1 without an agreement: to compress what was not
 * agreed to is a known mistake, and the bit alone does not name it. */
static void
begin_trial (WspFrames *self)
{
  const WscDeflateOptions unused = { 0 };
  const WscDeflateParameters usual = { .client_window_bits = 15, .server_window_bits = 15 };

  self->has_tried = TRUE;
  self->trial = wsc_compression_new (&unused, &usual, self->options.role);
  if (self->trial != NULL)
    wsc_inflation_begin_message (&self->trial->inflation);
}

static void
try_payload (WspFrames *self,
             WscBytes   bytes)
{
  const WscOptions options = { .max_message_length = MAX_TRIED };
  guint8 output[BYTES_AT_ONCE];
  WscFault fault;
  gsize made;

  do
    fault = wsc_inflation_take (&self->trial->inflation, &options, &bytes,
                                (WscBuffer) { output, sizeof output }, &made);
  while (fault == WSC_FAULT_NONE && made == sizeof output);
  if (fault == WSC_FAULT_MESSAGE_TOO_BIG)
    note_fault (self, WSC_FAULT_COMPRESSION_NOT_AGREED);
  if (fault != WSC_FAULT_NONE)
    dissector_frame_stop_trial (self);
}

static void
end_trial (WspFrames *self)
{
  if (self->trial == NULL || dissector_frame_is_control (&self->record) || !self->record.fin)
    return;

  if (wsc_inflation_end_message (&self->trial->inflation) == WSC_FAULT_NONE &&
      self->trial->inflation.n_inflated > 0)
    note_fault (self, WSC_FAULT_COMPRESSION_NOT_AGREED);
  dissector_frame_stop_trial (self);
}

gboolean
wsp_frames_find_wire (const WspFrames      *self,
                      const WspFrameRecord *record,
                      WscBytes             *payload)
{
  guint64 length = record->payload_length - MIN (record->n_missing, record->payload_length);

  *payload = (WscBytes) { NULL, 0 };
  if (length == 0)
    return TRUE;

  return wsp_kept_wire_find (&self->wire, record->offset, record->offset + record->header_length,
                             length, payload);
}

/* If the payload is missing or was not kept, the code is unknown. */
static void
dissector_frame_check_close (WspFrames *self)
{
  guint8 plain[BYTES_AT_ONCE];
  WscBytes payload;

  if (self->record.opcode != WSC_OPCODE_CLOSE)
    return;

  wsp_frames_find_wire (self, &self->record, &payload);

  gsize length = MIN (payload.length, sizeof plain);
  gboolean is_whole = length == self->record.payload_length;

  if (length > 0)
    wsc_mask (plain, payload.at, length, GUINT32_TO_BE (self->record.masking_key));
  if (length >= 2)
    self->record.close_code = read_uint16 (plain);
  else if (is_whole)
    self->record.close_code = WSC_CLOSE_NO_STATUS;
  if (is_whole)
    wsp_rules_note_close_faults (&self->record, plain, length);
}

static gboolean
has_inflated_payload (const WspFrameRecord *record)
{
  return (record->flags & (WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_NOT_INFLATED)) ==
         WSP_FRAME_FLAGS_COMPRESSED;
}

static gboolean
is_wire_truncated (const WspFrames *self,
                   guint64          length)
{
  return length > WSC_DEFAULT_MAX_MESSAGE_SIZE ||
         (self->wire.is_short && wsp_kept_wire_holds (&self->wire, self->record.offset));
}

static void
end_payload (WspFrames *self)
{
  gboolean is_inflated = has_inflated_payload (&self->record);

  if (is_inflated && !wsp_kept_inflated_end (&self->inflated, self->record.offset))
    self->record.flags |= WSP_FRAME_FLAGS_TRUNCATED;
  if (!is_inflated)
    self->record.inflated_length = self->n_received;
  if (is_wire_truncated (self, self->n_received))
    self->record.flags |= WSP_FRAME_FLAGS_TRUNCATED;
}

static void
dissector_frame_add_record (WspFrames *self,
                            gint64     time_us)
{
  self->record.time_us = time_us;
  if (!wsp_kept_records_append (self->records, &self->record) ||
      (self->record.flags & WSP_FRAME_FLAGS_TRUNCATED) != 0)
    self->records->n_dropped++;
}

void
wsp_frames_end (WspFrames *self,
                gint64     time_us)
{
  gboolean is_frame = (self->record.flags & WSP_FRAME_FLAGS_BYTES) == 0;

  if (is_frame)
    {
      end_inflating (self);
      end_trial (self);
      check_text_end (self);
      dissector_frame_check_close (self);
      self->has_closed |= self->record.opcode == WSC_OPCODE_CLOSE;
    }
  end_payload (self);
  self->payload_left = 0;
  dissector_frame_add_record (self, time_us);
}

void
wsp_frames_end_early (WspFrames    *self,
                      WspFrameFlags why,
                      gint64        time_us)
{
  self->record.flags |= why;
  self->record.n_missing = self->payload_left;
  dissector_frame_stop_trial (self);
  if (is_inflating (self))
    {
      stop_inflating (self);
      self->compressed = WSP_FRAMES_COMPRESSED;
    }
  if (!dissector_frame_is_control (&self->record))
    self->is_text_broken = TRUE;
  wsp_frames_end (self, time_us);
}

void
wsp_frames_begin_rest (WspFrames *self,
                       guint64    offset,
                       guint64    n_missing,
                       guint64    n_left)
{
  const guint16 kept =
    WSP_FRAME_FLAGS_GUESSED | WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_OPAQUE;

  self->payload_left = n_left;
  self->key = wsc_mask_key_at (self->key, n_missing % sizeof self->key);
  self->n_received = 0;
  self->record.offset = offset;
  self->record.payload_length = self->payload_left;
  self->record.n_missing = 0;
  self->record.masking_key = GUINT32_FROM_BE (self->key);
  self->record.faults = 0;
  self->record.fault = WSC_FAULT_NONE;
  self->record.close_code = 0;
  self->record.flags = WSP_FRAME_FLAGS_BYTES | WSP_FRAME_FLAGS_REST | (self->record.flags & kept);
  self->record.header_length = 0;
  if (self->record.flags & WSP_FRAME_FLAGS_COMPRESSED)
    self->record.flags |= WSP_FRAME_FLAGS_NOT_INFLATED;
}

/* The next frame may continue a message whose beginning is missing. */
void
wsp_frames_lose (WspFrames *self)
{
  dissector_frame_stop_trial (self);
  self->sequence = (WscFrameSequence) { 0 };
  self->is_sequence_unknown = TRUE;
  self->is_text_broken = TRUE;
  self->message_opcode = 0;
  self->compressed = self->allowed.compressed ? WSP_FRAMES_COMPRESSED : WSP_FRAMES_PLAIN;
  if (self->compression == NULL)
    return;

  wsc_inflation_stop (&self->compression->inflation);
  self->is_window_lost |= self->compression->inflation.keeps_context;
}

static void
take_some_payload (WspFrames *self,
                   WscBytes   bytes)
{
  guint8 unmasked[BYTES_AT_ONCE];
  WscBytes plain = bytes;

  if (self->key != 0)
    {
      wsc_mask (unmasked, bytes.at, bytes.length, self->key);
      plain.at = unmasked;
      self->key = wsc_mask_key_at (self->key, bytes.length);
    }
  if (self->trial != NULL && !dissector_frame_is_control (&self->record))
    try_payload (self, plain);
  if (is_inflating (self))
    inflate_payload (self, plain);
  else if (self->compressed != WSP_FRAMES_ABANDONED)
    dissector_frame_check_text (self, plain);
}

/* Only compressed payload and text have to be read. */
static gboolean
is_payload_read (const WspFrames *self)
{
  return is_inflating (self) || dissector_frame_is_text (self) ||
         (self->trial != NULL && !dissector_frame_is_control (&self->record));
}

void
wsp_frames_take_payload (WspFrames *self,
                         WscBytes   bytes)
{
  self->n_received += bytes.length;
  self->payload_left -= bytes.length;
  if (wsp_kept_wire_holds (&self->wire, self->record.offset))
    wsp_kept_wire_hold (&self->wire, self->record.offset, bytes);
  while (bytes.length > 0 && is_payload_read (self))
    {
      gsize length = MIN (bytes.length, BYTES_AT_ONCE);

      take_some_payload (self, bytes_first (bytes, length));
      bytes = bytes_after (bytes, length);
    }
  self->key = wsc_mask_key_at (self->key, bytes.length);
}

/* After a fault of the sequence, the current frame determines the state. */
static void
step_sequence (WspFrames            *self,
               const WscFrameHeader *header)
{
  guint8 opcode = header->first & WSC_OPCODE;

  if (dissector_frame_is_control (&self->record))
    return;

  if (opcode != WSC_OPCODE_CONTINUATION ||
      (self->sequence.message.opcode == 0 && !self->is_sequence_unknown))
    {
      self->sequence = (WscFrameSequence) { 0 };
      self->utf8 = (WscUtf8) { 0 };
      self->is_text_broken = self->is_opaque;
      self->message_opcode = opcode;
    }
  if (opcode != WSC_OPCODE_CONTINUATION || header->first & WSC_FIN)
    self->is_sequence_unknown = FALSE;
  wsc_frame_sequence_step (&self->sequence, header);
  self->record.message_opcode = self->message_opcode;
}

static void
begin_compressed (WspFrames *self)
{
  self->compressed = self->is_window_lost ? WSP_FRAMES_COMPRESSED : WSP_FRAMES_INFLATING;
  wsc_inflation_begin_message (&self->compression->inflation);
  if (self->compressed == WSP_FRAMES_INFLATING && self->inflate_left == 0)
    give_up_inflating (self, WSC_FAULT_MESSAGE_TOO_BIG);
}

/* Whether the frame, or its message from it on, cannot be read without the extension that uses the
 * bit or the opcode. */
static gboolean
is_extended (const WspFrames      *self,
             const WscFrameHeader *header)
{
  return self->is_unknown ? wsc_frame_is_raw (header->first)
         : self->allowed.compressed && wsc_frame_begins_compressed (header->first);
}

static WspFrameFlags
get_unread_flags (const WspFrames *self)
{
  return self->is_unknown ? WSP_FRAME_FLAGS_OPAQUE
                          : WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_NOT_INFLATED;
}

/* A continuation has the compression of the frame before, unless it has a reserved bit and it is
 * not known what was negotiated. */
static void
step_compression (WspFrames            *self,
                  const WscFrameHeader *header)
{
  gboolean begins = is_extended (self, header);

  if (dissector_frame_is_control (&self->record) ||
      (self->is_unknown && wsc_frame_is_raw (self->record.opcode)))
    {
      self->record.flags |= begins && self->is_unknown ? WSP_FRAME_FLAGS_OPAQUE : 0;
      return;
    }

  if ((header->first & WSC_OPCODE) == WSC_OPCODE_CONTINUATION)
    {
      if (begins || self->compressed == WSP_FRAMES_ABANDONED)
        self->compressed = WSP_FRAMES_COMPRESSED;
    }
  else
    {
      self->compressed = begins ? WSP_FRAMES_COMPRESSED : WSP_FRAMES_PLAIN;
      dissector_frame_stop_trial (self);
      if ((header->first & WSC_RSV) == WSC_RSV1 && !begins && !self->has_tried &&
          self->allowed.rsv == 0)
        begin_trial (self);
    }
  if (begins && self->compression != NULL && !self->is_opaque)
    begin_compressed (self);

  if (self->compressed == WSP_FRAMES_PLAIN)
    return;

  self->record.flags |= self->compressed == WSP_FRAMES_COMPRESSED ? get_unread_flags (self)
                                                                  : WSP_FRAME_FLAGS_COMPRESSED;
  self->is_text_broken |= self->compressed == WSP_FRAMES_COMPRESSED;
}

static void
dissector_frame_check_header (WspFrames            *self,
                              const WscFrameHeader *header)
{
  WscFrameAllowance allowed = self->allowed;

  if (self->is_unknown)
    allowed = (WscFrameAllowance) { .rsv = WSC_RSV, .opcodes = 1 };
  if (wsc_frame_header_check (header, &self->options, &allowed) != WSC_FAULT_NONE)
    wsp_rules_note_header_faults (&self->record, header, &self->options, &allowed);
  if (!self->is_sequence_unknown)
    note_fault (self, wsc_frame_sequence_check (&self->sequence, header, &self->options));
  if (self->has_closed)
    note_fault (self, wsc_frame_is_control (header->first) ? WSC_FAULT_BYTES_AFTER_CLOSE
                                                           : WSC_FAULT_DATA_AFTER_CLOSE);
}

static WspFrameRecord
make_record (const WspFrames      *self,
             const WscFrameHeader *header,
             guint64               offset)
{
  return (WspFrameRecord) {
           .offset = offset,
           .payload_length = header->payload_length,
           .masking_key = GUINT32_FROM_BE (header->key),
           .flags = self->is_opaque ? WSP_FRAME_FLAGS_OPAQUE : WSP_FRAME_FLAGS_NONE,
           .direction = self->direction,
           .fin = (header->first & WSC_FIN) != 0,
           .rsv = (header->first & WSC_RSV) >> 4,
           .opcode = header->first & WSC_OPCODE,
           .masked = header->is_masked,
           .header_length = header->header_length,
  };
}

void
wsp_frames_begin (WspFrames            *self,
                  const WscFrameHeader *header,
                  guint64               offset)
{
  self->record = make_record (self, header, offset);
  dissector_frame_check_header (self, header);
  step_sequence (self, header);
  step_compression (self, header);
  self->key = header->key;
  self->payload_left = header->payload_length;
  self->n_received = 0;
}

static void
set_window (WspFrames *self,
            WscBytes   window)
{
  WscInflation *inflation;

  if (self->compression == NULL)
    return;

  inflation = &self->compression->inflation;
  wsc_inflation_stop (inflation);
  if (window.length > (gsize) 1 << inflation->window_bits)      /* messages refer to the end */
    {
      window.at += window.length - ((gsize) 1 << inflation->window_bits);
      window.length = (gsize) 1 << inflation->window_bits;
    }
  self->is_window_lost = window.length > 0 && !wsc_inflation_set_window (inflation, window);
}

static void
begin_inside (WspFrames               *self,
              const WspDissectorPlace *place,
              guint64                  offset)
{
  const WscFrameHeader header = {
    .first = place->first, .payload_length = place->left,
    .is_masked = self->options.role == WSC_ROLE_SERVER,
  };

  self->record = make_record (self, &header, offset);
  if (!dissector_frame_is_control (&self->record))
    self->record.message_opcode = place->opcode;
  if (self->compressed == WSP_FRAMES_COMPRESSED)
    self->record.flags |= get_unread_flags (self);
  self->key = place->key;
  wsp_frames_begin_rest (self, offset, 0, place->left);
}

void
wsp_frames_continue_at (WspFrames               *self,
                        const WspDissectorPlace *place,
                        guint64                  offset)
{
  wsp_frames_lose (self);
  self->is_sequence_unknown = place->is_inside_message && place->opcode == 0;
  if (place->is_inside_message)
    self->sequence.message.opcode = place->opcode;
  self->message_opcode = place->opcode;
  self->has_closed = FALSE;
  if (!place->is_compressed)
    self->compressed = WSP_FRAMES_PLAIN;
  set_window (self, (WscBytes) { place->window, place->window_length });
  if (place->left > 0)
    begin_inside (self, place, offset);
}

/* The record of an incomplete header has the known fields. */
void
wsp_frames_add_cut_header (WspFrames *self,
                           WscBytes   header,
                           guint64    offset,
                           gint64     time_us)
{
  guint8 whole[WSC_MAX_HEADER_LENGTH] = { 0 };
  WscFrameHeader known;

  memcpy (whole, header.at, header.length);
  wsc_frame_header_parse (&known, (WscBytes) { whole, sizeof whole });
  if (header.length + (known.is_masked ? 4u : 0u) < known.header_length)
    known.payload_length = 0;
  self->record = make_record (self, &known, offset);
  self->record.masking_key = 0;
  self->record.header_length = header.length;
  self->record.flags |= WSP_FRAME_FLAGS_CUT;
  self->record.n_missing = known.payload_length;
  note_fault (self, wsc_frame_header_check_bytes (header, &self->options, &self->allowed));
  dissector_frame_add_record (self, time_us);
}

void
wsp_frames_add_bytes (WspFrames *self,
                      guint64    offset,
                      guint64    length,
                      WscFault   fault,
                      gint64     time_us)
{
  if (length == 0)
    return;

  self->record = (WspFrameRecord) {
    .offset = offset,
    .payload_length = length,
    .inflated_length = length,
    .flags = WSP_FRAME_FLAGS_BYTES,
    .direction = self->direction,
  };
  note_fault (self, fault);
  if (is_wire_truncated (self, length))
    self->record.flags |= WSP_FRAME_FLAGS_TRUNCATED;
  dissector_frame_add_record (self, time_us);
}

void
wsp_frames_init (WspFrames      *self,
                 WspDirection    direction,
                 WscRole         receiver,
                 WspKeptRecords *records)
{
  *self = (WspFrames) {
    .direction = direction,
    .records = records,
    .options = {
      .role = receiver,
      .max_frame_length = G_MAXUINT64,
      .max_message_length = G_MAXUINT64,
      .max_fragments = G_MAXUINT32,
      .utf8_check = 1,
    },
  };
}

void
wsp_frames_clear (WspFrames *self)
{
  g_clear_pointer (&self->compression, wsc_compression_free);
  dissector_frame_stop_trial (self);
  wsp_kept_wire_forget_windows (&self->wire);
  wsp_kept_wire_forget_held (&self->wire);
  wsp_kept_inflated_clear (&self->inflated);
}

void
wsp_frames_set_none (WspFrames *self)
{
  self->allowed = (WscFrameAllowance) { 0 };
  self->is_unknown = FALSE;
}

/* If there is no memory to inflate, compressed messages are shown as on the wire. */
void
wsp_frames_set_deflate (WspFrames                  *self,
                        const WscDeflateParameters *agreed)
{
  const WscDeflateOptions unused = { 0 };

  if (self->compression == NULL)
    self->compression = wsc_compression_new (&unused, agreed, self->options.role);
  self->allowed.rsv |= WSC_RSV1;
  self->allowed.compressed = 1;
}

void
wsp_frames_set_opaque (WspFrames *self)
{
  self->is_opaque = TRUE;
  self->allowed = (WscFrameAllowance) { .rsv = WSC_RSV, .opcodes = 1 };
}

void
wsp_frames_set_unknown (WspFrames *self)
{
  self->allowed.rsv |= WSC_RSV1;
  self->allowed.compressed = 1;
  self->is_unknown = TRUE;
}

void
wsp_frames_allow_inflating (WspFrames *self,
                            gsize      n_bytes)
{
  /* One byte less, because one more inflated byte shows that the limit is exceeded. */
  self->inflate_left = INFLATED_PER_PUSH + INFLATED_PER_BYTE * (guint64) n_bytes - 1;
}

/* Copies the bytes of the payload in progress from the windows, which are forgotten next. */
static void
hold_payload (WspFrames *self)
{
  WspFrameRecord so_far = self->record;
  WscBytes payload;

  so_far.payload_length = self->n_received;
  so_far.n_missing = 0;
  if (wsp_kept_wire_holds (&self->wire, so_far.offset))
    return;

  gboolean is_found = wsp_frames_find_wire (self, &so_far, &payload);

  g_assert (is_found);          /* (1) */
  wsp_kept_wire_hold (&self->wire, so_far.offset, payload);
}

void
wsp_frames_forget (WspFrames *self)
{
  if (self->payload_left > 0 && self->n_received > 0)
    hold_payload (self);
  else if (self->wire.is_holding)
    wsp_kept_wire_forget_held (&self->wire);
  wsp_kept_wire_forget_windows (&self->wire);
  if (self->compression != NULL)
    wsp_kept_inflated_forget (&self->inflated);
}
