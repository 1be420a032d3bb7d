/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Send path: the steps of one Send, from message to octets (RFC 6455 6.1).
 *
 * Writes headers, masked payload and control frames into the room it is given; a server's longer
 * payload is handed out where it lies. Reacts to nothing.
 *
 * (1) Only the operation that opened a frame may go on until the frame is whole.
 * (2) A step never holds more than two buffers. */

#include "core/engine/send-path.h"

#include "core/bytes/byte-order.h"
#include "core/limits.h"

#include <assert.h>
#include <string.h>

static WscMaskKind
mask_kind (const WscOptions *options)
{
  if (options->role == WSC_ROLE_SERVER)
    return WSC_MASK_NONE;
  return options->masking ? WSC_MASK_RANDOM : WSC_MASK_ZERO;
}

/* A message may begin and end its fragments inside a character, but not the whole. */
static WscFault
check_text (const WscSendPath *self,
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

WscFault
wsc_send_path_check (const WscSendPath *self,
                     const WscOptions  *options,
                     uint8_t            first,
                     WscBytes           payload,
                     WscUtf8           *utf8)
{
  WscFault fault = wsc_frame_sequence_check_send (&self->sequence, first);
  bool is_text = (first & (WSC_RSV | WSC_OPCODE)) == WSC_OPCODE_TEXT && !self->sequence.is_raw;

  *utf8 = self->utf8;
  if (fault != WSC_FAULT_NONE)
    return fault;

  if (payload.length > 0 && payload.at == NULL)
    return WSC_FAULT_BUFFER_WITHOUT_MEMORY;

  if (wsc_frame_is_control (first) && payload.length > WSC_MAX_CONTROL_PAYLOAD)
    return WSC_FAULT_CONTROL_PAYLOAD_TOO_LONG;

  return is_text && options->utf8_check ? check_text (self, first, payload, utf8) : WSC_FAULT_NONE;
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

  wsc_frame_writer_begin (&writer, first, n, mask_kind (options));
  return wsc_frame_writer_put (&writer, (WscBuffer) { to, WSC_MAX_CONTROL_FRAME },
                               (WscBytes) { whole, n }, host);
}

static void
begin_frame (WscSendPath      *self,
             WscOperation     *operation,
             const WscOptions *options)
{
  size_t length = operation->length;
  uint8_t first = operation->first;

  if (options->fragment_size > 0 && length > options->fragment_size
      && !wsc_frame_is_control (first))
    {
      length = options->fragment_size;
      first &= (uint8_t) ~WSC_FIN;
    }
  wsc_frame_writer_begin (&self->writer, first, length, mask_kind (options));
  self->is_begun = 0;
}

static WscBytes
payload_due (const WscSendPath  *self,
             const WscOperation *operation)
{
  size_t length = (size_t) (self->writer.length - self->writer.sent);

  return (WscBytes) { length > 0 ? operation->at + self->writer.sent : NULL, length };
}

static unsigned
step_control (WscSendPath      *self,
              WscOperation     *operation,
              const WscOptions *options,
              const WscHost    *host,
              WscBuffer         room,
              WscBuffer        *buffers)
{
  if (room.length < WSC_MAX_CONTROL_FRAME)
    return 0;

  begin_frame (self, operation, options);
  self->writer.sent = self->writer.length;
  self->writer.is_header_due = 0;
  buffers[0].at = room.at;
  buffers[0].length = wsc_send_path_control (options, host, operation->first, operation->close_code,
                                             (WscBytes) { operation->at, operation->length },
                                             room.at);
  return 1;
}

/* The caller wrote the server's header before the payload: nothing is left to do. */
static unsigned
step_prepared (WscSendPath  *self,
               WscOperation *operation,
               WscBuffer    *buffers)
{
  self->writer.sent = self->writer.length;
  self->writer.is_header_due = 0;
  buffers[0] = (WscBuffer) { operation->at - operation->header_length,
                             operation->header_length + operation->length };
  return 1;
}

static unsigned
step_by_reference (WscSendPath   *self,
                   WscOperation  *operation,
                   const WscHost *host,
                   WscBuffer      room,
                   unsigned       max_buffers,
                   WscBuffer     *buffers)
{
  unsigned n = 0;

  if (self->writer.is_header_due)
    {
      buffers[n].at = room.at;
      buffers[n++].length = wsc_frame_writer_put (&self->writer, room, (WscBytes) { NULL, 0 },
                                                  host);
    }

  WscBytes due = payload_due (self, operation);

  if (due.length > 0 && n < max_buffers)
    {
      buffers[n++] = (WscBuffer) { operation->at + self->writer.sent, due.length };
      self->writer.sent = self->writer.length;
    }
  return n;
}

static bool
is_copied (const WscSendPath *self,
           const WscOptions  *options,
           WscBuffer          room,
           uint32_t           copy_limit)
{
  if (options->role == WSC_ROLE_CLIENT || self->writer.length == 0)
    return true;
  return self->writer.is_header_due && self->writer.length <= copy_limit
         && self->writer.length + WSC_MAX_HEADER_LENGTH <= room.length;
}

unsigned
wsc_send_path_step (WscSendPath      *self,
                    WscOperation     *operation,
                    const WscOptions *options,
                    const WscHost    *host,
                    WscBuffer         room,
                    uint32_t          copy_limit,
                    unsigned          max_buffers,
                    WscBuffer        *buffers)
{
  if (wsc_frame_is_control (operation->first))
    return step_control (self, operation, options, host, room, buffers);

  if (room.length < WSC_MAX_HEADER_LENGTH)
    return 0;

  if (!self->writer.is_open)
    begin_frame (self, operation, options);

  if (operation->header_length > 0 && self->writer.is_header_due
      && self->writer.length == operation->length)
    return step_prepared (self, operation, buffers);

  if (!is_copied (self, options, room, copy_limit))
    return step_by_reference (self, operation, host, room, max_buffers, buffers);

  buffers[0].at = room.at;
  buffers[0].length = wsc_frame_writer_put (&self->writer, room, payload_due (self, operation),
                                            host);
  return 1;
}

static WscSendStep
complete_frame (WscSendPath  *self,
                WscOperation *operation)
{
  size_t n = (size_t) self->writer.length;

  self->writer.is_open = 0;
  if (wsc_frame_is_control (operation->first) || n == operation->length)
    return WSC_SEND_STEP_DONE;

  operation->at += n;
  operation->length -= n;
  operation->first = (operation->first & WSC_FIN) | WSC_OPCODE_CONTINUATION;
  operation->header_length = 0;
  return WSC_SEND_STEP_MORE;
}

/* Nothing of a message that stands alone has left: it can be dropped as if it had never been. */
static bool
may_be_dropped (const WscSendPath *self)
{
  return !self->is_begun && (self->writer.first & WSC_FIN)
         && (self->writer.first & WSC_OPCODE) != 0;
}

WscSendStep
wsc_send_path_complete (WscSendPath  *self,
                        WscOperation *operation,
                        size_t        n)
{
  assert (self->writer.is_open);        /* (1) */
  if (n == self->handed)
    {
      self->is_begun = 1;
      return self->writer.sent == self->writer.length ? complete_frame (self, operation)
             : WSC_SEND_STEP_MORE;
    }

  bool is_clean = n == 0 && may_be_dropped (self);

  self->writer.is_open = 0;
  return is_clean ? WSC_SEND_STEP_CANCELLED : WSC_SEND_STEP_TORN;
}
