/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Send path, the parts that most messages do not need: text to check, control frames, payload that
 * is handed out where it is, and steps that failed.  The head comment and the invariants are in
 * send-path.h. */

#include "core/stream/send-path.h"

#include "core/bytes/byte-order.h"
#include "core/limits.h"

#include <assert.h>
#include <string.h>

/* A fragment may begin and end inside a character, a message may not. */
WscFault
wsc_send_path_check_text (const WscSendPath *self,
                          uint8_t            first,
                          WscBytes           payload,
                          WscUtf8           *utf8)
{
  *utf8 = self->utf8;
  if ((first & WSC_FIN) && utf8->n_due == 0)
    return wsc_utf8_is_valid (payload) ? WSC_FAULT_NONE : WSC_FAULT_TEXT_TO_SEND_NOT_UTF8;

  if (!wsc_utf8_check (utf8, payload) || ((first & WSC_FIN) && utf8->n_due > 0))
    return WSC_FAULT_TEXT_TO_SEND_NOT_UTF8;
  return WSC_FAULT_NONE;
}

size_t
wsc_send_path_control (const WscOptions *options,
                       const WscHost    *host,
                       uint8_t           first,
                       uint16_t          close_code,
                       WscBytes          payload,
                       uint8_t          *to)
{
  uint8_t whole[WSC_MAX_CONTROL_PAYLOAD];
  size_t n = 0;
  WscFrameWriter writer = { 0 };

  if ((first & WSC_OPCODE) == WSC_OPCODE_CLOSE && close_code != WSC_CLOSE_NO_CODE)
    {
      write_uint16 (whole, close_code);
      n = 2;
    }
  assert (payload.length <= sizeof whole - n);
  if (payload.length > 0)
    memcpy (whole + n, payload.at, payload.length);
  n += payload.length;

  wsc_frame_writer_begin (&writer, first, n, wsc_send_path_mask_kind (options));
  return wsc_frame_writer_put (&writer, (WscBuffer) { to, WSC_MAX_CONTROL_FRAME },
                               (WscBytes) { whole, n }, host);
}

unsigned
wsc_send_path_step_control (WscSendPath      *self,
                            WscOutgoing      *outgoing,
                            const WscOptions *options,
                            const WscHost    *host,
                            WscBuffer         room,
                            WscBuffer        *buffers)
{
  if (room.length < WSC_MAX_CONTROL_FRAME)
    return 0;

  wsc_send_path_begin_frame (self, outgoing, options);
  self->writer.sent = self->writer.length;
  self->writer.stage = WSC_FRAME_WRITTEN;
  buffers[0].at = room.at;
  buffers[0].length = wsc_send_path_control (options, host, outgoing->first, self->close_code,
                                             (WscBytes) { outgoing->at, outgoing->length },
                                             room.at);
  return 1;
}

unsigned
wsc_send_path_step_by_reference (WscSendPath   *self,
                                 WscOutgoing   *outgoing,
                                 const WscHost *host,
                                 WscBuffer      room,
                                 unsigned       max_buffers,
                                 WscBuffer     *buffers)
{
  unsigned n = 0;

  if (self->writer.stage == WSC_FRAME_HEADER_DUE)
    {
      buffers[n].at = room.at;
      buffers[n++].length = wsc_frame_writer_put (&self->writer, room, (WscBytes) { NULL, 0 },
                                                  host);
    }

  WscBytes due = wsc_send_path_payload_due (self, outgoing);

  if (due.length > 0 && n < max_buffers)
    {
      buffers[n++] = (WscBuffer) { (uint8_t *) due.at, due.length };
      self->writer.sent = self->writer.length;
    }
  return n;
}

/* Compresses to where the payload will probably be: if the header is longer or shorter than
 * expected, the payload is moved by a few bytes. */
static WscBuffer
guess_payload (const WscSendPath *self,
               const WscOutgoing *outgoing,
               const WscOptions  *options,
               WscBuffer          room)
{
  size_t n = room.length - WSC_MAX_HEADER_LENGTH, header_length;

  if (options->fragment_size > 0 && options->fragment_size < n)
    n = options->fragment_size > WSC_DEFLATE_MIN_OUTPUT ? options->fragment_size
                                                        : WSC_DEFLATE_MIN_OUTPUT;
  header_length = wsc_frame_header_length (outgoing->length < n ? outgoing->length : n)
                  + (options->role == WSC_ROLE_CLIENT ? sizeof self->writer.key : 0);
  return (WscBuffer) { room.at + header_length, n };
}

/* Writes the header before it, and masks it for a client. */
static void
wrap_payload (WscSendPath   *self,
              const WscHost *host,
              WscBuffer      room,
              const uint8_t *payload,
              WscBuffer     *frame)
{
  size_t n = (size_t) self->writer.length;
  uint8_t header[WSC_MAX_HEADER_LENGTH];
  size_t header_length = wsc_frame_writer_put_header (&self->writer,
                                                      (WscBuffer) { header, sizeof header }, host);

  if (room.at + header_length != payload)
    memmove (room.at + header_length, payload, n);
  memcpy (room.at, header, header_length);
  if (self->writer.key != 0)
    wsc_mask (room.at + header_length, room.at + header_length, n, self->writer.key);
  self->writer.sent = n;
  *frame = (WscBuffer) { room.at, header_length + n };
}

WscFault
wsc_send_path_step_compressed (WscSendPath      *self,
                               WscOutgoing      *outgoing,
                               const WscOptions *options,
                               const WscHost    *host,
                               WscCompression   *compression,
                               uint32_t         *budget,
                               WscBuffer         room,
                               WscBuffer        *buffer,
                               unsigned         *n_buffers)
{
  bool is_all = budget == NULL || outgoing->length <= *budget;
  WscBytes left = { outgoing->at, is_all ? outgoing->length : *budget };
  bool ends_message = is_all && (outgoing->first & WSC_FIN);
  size_t length = left.length;
  WscBuffer payload;
  uint8_t first = outgoing->first;
  bool is_done;
  size_t made;
  WscFault fault;

  *n_buffers = 0;
  if (room.length < WSC_MAX_HEADER_LENGTH + WSC_DEFLATE_MIN_OUTPUT || (!is_all && length == 0))
    return WSC_FAULT_NONE;

  payload = guess_payload (self, outgoing, options, room);
  fault = wsc_compression_deflate (compression, &left,
                                   ends_message ? WSC_DEFLATE_MESSAGE : WSC_DEFLATE_FRAGMENT,
                                   payload, &made, &is_done);
  if (fault != WSC_FAULT_NONE)
    return fault;

  length -= left.length;
  if (length > 0)
    outgoing->at += length;
  if (budget != NULL)
    *budget -= (uint32_t) length;
  outgoing->length -= length;
  if (is_all && is_done)
    outgoing->flags |= WSC_OUTGOING_DEFLATED;
  else
    first &= (uint8_t) ~WSC_FIN;        /* which is in the frame that ends the message */
  wsc_frame_writer_begin (&self->writer, first, made, wsc_send_path_mask_kind (options));
  wrap_payload (self, host, room, payload.at, buffer);
  /* If this is not sent, the contents of the peer's window are unknown (SEC-90). */
  if (wsc_compression_keeps_context (compression))
    self->writer.stage = WSC_FRAME_BEGUN;
  *n_buffers = 1;
  return WSC_FAULT_NONE;
}

/* n bytes were sent: the next frame holds the rest.  Compressing has subtracted what it took. */
WscSendStep
wsc_send_path_go_on (WscOutgoing *outgoing,
                     size_t       n)
{
  outgoing->first = (outgoing->first & WSC_FIN) | WSC_OPCODE_CONTINUATION;
  outgoing->flags = (uint8_t) ((outgoing->flags | WSC_OUTGOING_BEGUN) & ~WSC_OUTGOING_PREPARED);
  if (outgoing->flags & WSC_OUTGOING_COMPRESSED)
    return outgoing->flags & WSC_OUTGOING_DEFLATED ? WSC_SEND_STEP_DONE : WSC_SEND_STEP_MORE;

  outgoing->at += n;
  outgoing->length -= n;
  return WSC_SEND_STEP_MORE;
}

/* Fewer bytes were sent than were handed out.  If nothing of a whole message was sent, it can be
 * dropped as if it had never been accepted. */
WscSendStep
wsc_send_path_give_up (WscSendPath *self,
                       size_t       n)
{
  const uint8_t first = self->writer.first;
  bool is_whole = (first & WSC_FIN) && (first & WSC_OPCODE) != 0;
  bool is_clean = n == 0 && is_whole && self->writer.stage != WSC_FRAME_BEGUN;

  self->writer.stage = WSC_FRAME_NONE;
  return is_clean ? WSC_SEND_STEP_CANCELLED : WSC_SEND_STEP_TORN;
}
