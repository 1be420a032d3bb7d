/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sending side of a stream: checks whether a frame may be sent now, and decides the first byte
 * and the flags of the frame.
 *
 * A proposal that is refused has changed nothing. */

#include "core/stream/stream.h"

#include <string.h>

#include "core/bytes/utf8.h"
#include "core/frames/close-payload.h"
#include "core/frames/frame-header.h"

/* The first byte of a frame of this type as the first of its message; 0 = no such type. */
static uint8_t
get_first_byte (WscBufferType type)
{
  static const uint8_t first_bytes[WSC_BUFFER_RAW + 1] = {
    [WSC_BUFFER_UTF8_MESSAGE]     = WSC_FIN | WSC_OPCODE_TEXT,
    [WSC_BUFFER_UTF8_FRAGMENT]    = WSC_OPCODE_TEXT,
    [WSC_BUFFER_BINARY_MESSAGE]   = WSC_FIN | WSC_OPCODE_BINARY,
    [WSC_BUFFER_BINARY_FRAGMENT]  = WSC_OPCODE_BINARY,
    [WSC_BUFFER_PING_PONG]        = WSC_FIN | WSC_OPCODE_PING,
    [WSC_BUFFER_UNSOLICITED_PONG] = WSC_FIN | WSC_OPCODE_PONG,
  };

  return (unsigned) type <= WSC_BUFFER_RAW ? first_bytes[type] : 0;
}

/* Whether a message that was compressed for several peers may be sent: only between messages, and
 * without context takeover. */
static bool
takes_deflated (const WscStream *self)
{
  const WscCompression *compression = self->compression;

  return compression != NULL && !wsc_compression_keeps_context (compression) &&
         self->sending.message.opcode == 0;
}

/* A message is compressed as a whole or not at all; its first fragment decides.  The length of a
 * message that is sent in fragments is unknown, so it does not count as short. */
static WSC_COLD void
decide_compression (const WscStream *self,
                    WscProposal     *proposal)
{
  const WscOpenMessage *message = &self->sending.message;
  WscOutgoing *out = &proposal->out;
  bool is_compressed = message->is_compressed;

  if (wsc_frame_is_control (proposal->first) || (out->flags & WSC_OUTGOING_DEFLATED))
    return;

  if (message->opcode == 0)
    {
      is_compressed = !(out->flags & WSC_OUTGOING_NO_COMPRESSION) &&
                      (!(proposal->first & WSC_FIN) ||
                       out->length >= self->compression->threshold);
      out->first |= is_compressed ? WSC_RSV1 : 0;
    }
  if (is_compressed)
    out->flags = (uint8_t) ((out->flags | WSC_OUTGOING_COMPRESSED) & ~WSC_OUTGOING_PREPARED);
}

/* A fragment may begin and end inside a character, a message may not. */
static WSC_NOINLINE WscFault
stream_send_check_text (uint8_t  first,
                        WscBytes payload,
                        WscUtf8 *utf8)
{
  if ((first & WSC_FIN) && utf8->n_due == 0)
    return wsc_utf8_is_valid (payload) ? WSC_FAULT_NONE : WSC_FAULT_TEXT_TO_SEND_NOT_UTF8;

  if (!wsc_utf8_check (utf8, payload) || ((first & WSC_FIN) && utf8->n_due > 0))
    return WSC_FAULT_TEXT_TO_SEND_NOT_UTF8;
  return WSC_FAULT_NONE;
}

/* utf8: out, the state of the check after payload. */
static inline WscFault
check_frame (const WscStream *self,
             uint8_t          first,
             WscBytes         payload,
             unsigned         flags,
             WscUtf8         *utf8)
{
  const WscOpenMessage *message = &self->sending.message;
  WscFault fault = wsc_open_message_check_send (message, first);
  bool is_text = (first & (WSC_RSV | WSC_OPCODE)) == WSC_OPCODE_TEXT && !message->is_raw;
  bool is_whole = (first & WSC_FIN) && message->opcode == 0;

  *utf8 = self->sending.utf8;
  if (fault != WSC_FAULT_NONE)
    return fault;

  if (payload.length > 0 && payload.at == NULL)
    return WSC_FAULT_BUFFER_WITHOUT_MEMORY;

  if (wsc_frame_is_control (first) && payload.length > WSC_MAX_CONTROL_PAYLOAD)
    return WSC_FAULT_CONTROL_PAYLOAD_TOO_LONG;

  if (!is_text || !self->options->utf8_check || (is_whole && (flags & WSC_OUTGOING_CHECKED)))
    return WSC_FAULT_NONE;

  return stream_send_check_text (first, payload, utf8);
}

static WscFault
propose_frame (const WscStream *self,
               uint8_t          first,
               WscBytes         payload,
               unsigned         flags,
               WscProposal     *proposal)
{
  bool is_data = !wsc_frame_is_control (first);
  WscCall call = is_data ? WSC_CALL_SEND_DATA : WSC_CALL_SEND_CONTROL;
  WscFault fault = wsc_stream_may_call (self, call);

  if (fault == WSC_FAULT_NONE)
    fault = check_frame (self, first, payload, flags, &proposal->utf8);
  if (fault != WSC_FAULT_NONE)
    return fault;

  proposal->first = first;
  proposal->call = (uint8_t) call;
  proposal->out = (WscOutgoing) { .at = payload.at, .length = payload.length, .first = first,
                                  .flags = (uint8_t) flags };
  /* The caller gives each fragment the type of its message; later frames are continuations. */
  if (is_data && self->sending.message.opcode != 0)
    proposal->out.first &= (uint8_t) ~WSC_OPCODE;
  return WSC_FAULT_NONE;
}

WscFault
wsc_stream_propose (const WscStream *self,
                    WscBufferType    type,
                    WscBytes         payload,
                    unsigned         flags,
                    WscProposal     *proposal)
{
  uint8_t first = get_first_byte (type);
  WscFault fault;

  if (first == 0)
    return WSC_FAULT_BUFFER_TYPE_UNKNOWN;

  if (flags & WSC_OUTGOING_DEFLATED)
    {
      if (!wsc_frame_is_message (first) || !takes_deflated (self))
        return WSC_FAULT_RSV_NOT_NEGOTIATED;
      first |= WSC_RSV1;
    }

  fault = propose_frame (self, first, payload, flags, proposal);
  if (fault == WSC_FAULT_NONE && self->compression != NULL)
    decide_compression (self, proposal);
  return fault;
}

WscFault
wsc_stream_propose_later (const WscStream *self,
                          WscBufferType    type,
                          WscBytes         payload,
                          unsigned         flags,
                          WscProposal     *proposal)
{
  WscStream later = *self;

  later.sending.message = (WscOpenMessage) { .opcode = 0 };
  later.sending.utf8 = (WscUtf8) { .n_due = 0 };
  return propose_frame (&later, get_first_byte (type), payload, flags, proposal);
}

WscFault
wsc_stream_propose_raw (const WscStream *self,
                        uint16_t         header,
                        WscBytes         payload,
                        WscProposal     *proposal)
{
  uint8_t first = (uint8_t) (header >> 1);

  if (header > 0x1ff)
    return WSC_FAULT_BUFFER_TYPE_UNKNOWN;
  if (header & 1)
    return WSC_FAULT_RAW_HEADER_MASKED;
  if ((first & WSC_OPCODE) == WSC_OPCODE_CLOSE)
    return WSC_FAULT_RAW_HEADER_IS_CLOSE;

  return propose_frame (self, first, payload, 0, proposal);
}

static void
propose_close_frame (uint16_t     code,
                     WscBytes     reason,
                     WscProposal *proposal)
{
  *proposal = (WscProposal) { .out = { .at = reason.at, .length = reason.length,
                                       .first = WSC_FIN | WSC_OPCODE_CLOSE },
                              .first = WSC_FIN | WSC_OPCODE_CLOSE,
                              .call = WSC_CALL_SEND_CLOSE, .close_code = code };
}

WscFault
wsc_stream_propose_close (const WscStream *self,
                          uint16_t         code,
                          WscBytes         reason,
                          WscProposal     *proposal)
{
  WscFault fault = wsc_stream_may_call (self, WSC_CALL_SEND_CLOSE);

  if (fault == WSC_FAULT_NONE)
    fault = wsc_close_payload_check_send (code, reason);
  if (fault == WSC_FAULT_NONE)
    propose_close_frame (code, reason, proposal);
  return fault;
}

/* After a fault the phase stays FAILED: the Close frame only gives the reason (7.1.7). */
bool
wsc_stream_propose_due_close (const WscStream *self,
                              WscProposal     *proposal)
{
  uint16_t code = wsc_fault_get_close_code ((WscFault) self->fault);
  const char *reason = wsc_fault_get_text ((WscFault) self->fault);

  if (self->phase == WSC_PHASE_CLOSE_RECEIVED)
    {
      code = self->received_close_code;
      reason = "";
    }
  if (self->options->mode == WSC_MODE_WINDOWS || self->sending.close_code != 0 || code == 0)
    return false;

  propose_close_frame (code, (WscBytes) { (const uint8_t *) reason, strlen (reason) }, proposal);
  return true;
}

WscFault
wsc_stream_propose_keepalive (WscStream   *self,
                              WscProposal *proposal)
{
  uint8_t *payload = self->keepalive.payload;

  self->host->fill_random (self->host->data, payload, WSC_KEEPALIVE_PAYLOAD);
  return propose_frame (self, WSC_FIN | WSC_OPCODE_PING,
                        (WscBytes) { payload, WSC_KEEPALIVE_PAYLOAD }, 0, proposal);
}

void
wsc_stream_accept (WscStream         *self,
                   const WscProposal *proposal)
{
  const uint8_t first = proposal->first;
  WscOpenMessage *message = &self->sending.message;

  if (proposal->call == WSC_CALL_SEND_CLOSE)
    self->sending.close_code = proposal->close_code;
  else
    self->sending.utf8 = proposal->utf8;
  if (proposal->call == WSC_CALL_SEND_DATA)
    message->is_compressed = (proposal->out.flags & WSC_OUTGOING_COMPRESSED) != 0;
  wsc_open_message_step (message, first);
  if (self->phase != WSC_PHASE_FAILED)
    wsc_stream_step_phase (self, (WscCall) proposal->call);
}

bool
wsc_stream_get_deflate_form (const WscStream *self,
                             size_t           length,
                             WscDeflateForm  *form)
{
  const WscCompression *compression = self->compression;

  if (!takes_deflated (self) || compression->role != WSC_ROLE_SERVER ||
      length < compression->threshold)
    return false;

  *form = wsc_compression_get_form (compression);
  return true;
}
