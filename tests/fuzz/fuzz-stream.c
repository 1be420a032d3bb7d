/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Two streams, driven as a connection drives one, with random calls between: a client and a server
 * whose bytes go to each other in pieces of any length.
 *
 * Each receives the messages of the other whole and in order, and finds no broken rule.  Where the
 * script puts its own bytes on the wire, or cuts a frame, the receiver may fail; nothing else may
 * go wrong. */

#include "core/limits.h"
#include "core/stream/stream.h"
#include "fuzz/fuzz-input.h"

#include <string.h>

#define MAX_QUEUED 8
#define MAX_MESSAGES 64
#define WIRE (1u << 16)

typedef struct
{
  WscOptions   options;
  WscStream    stream;
  WscWorkspace workspace;
  WscOutgoing  queue[MAX_QUEUED];
  unsigned     n_queued;
  uint8_t      memory[600], own[64];
  uint8_t      wire[WIRE];      /* bytes that this side has sent and the other has not received */
  size_t       n_wire;
  size_t       lengths[MAX_MESSAGES];   /* lengths of the accepted messages */
  unsigned     n_sent, n_received;
  size_t       got;             /* number of bytes of the message that is being received */
  unsigned     n_closes;        /* number of received Close frames */
  bool         is_spoilt;       /* TRUE if not all bytes that the side sends are its stream's */
  bool         is_done;         /* TRUE if the side sends nothing any more */
} Side;

static Side sides[2];           /* WscRole */
static FuzzInput input;
static uint8_t text[1024];

static void
fill_random (void    *data,
             uint8_t *to,
             size_t   n)
{
  for (size_t i = 0; i < n; i++)
    to[i] = (uint8_t) fuzz_draw (&input);
}

static const WscHost host = { fill_random, NULL };

static void
put_on_wire (Side          *self,
             const uint8_t *at,
             size_t         n)
{
  if (n > WIRE - self->n_wire)
    {
      n = WIRE - self->n_wire;
      self->is_spoilt = true;
    }
  memcpy (self->wire + self->n_wire, at, n);
  self->n_wire += n;
}

static void
queue_proposal (Side              *self,
                const WscProposal *proposal)
{
  unsigned at = self->n_queued;
  bool is_control = wsc_frame_is_control (proposal->out.first) &&
                    (proposal->out.first & WSC_OPCODE) != WSC_OPCODE_CLOSE;

  wsc_stream_accept (&self->stream, proposal);
  if (is_control)
    at = self->n_queued > 0 && self->stream.sending.writer.stage != WSC_FRAME_NONE;
  memmove (self->queue + at + 1, self->queue + at, (self->n_queued - at) * sizeof *self->queue);
  self->queue[at] = proposal->out;
  self->n_queued++;
}

static void
propose (Side   *self,
         uint8_t kind)
{
  const WscBufferType type = (WscBufferType) (WSC_BUFFER_UTF8_MESSAGE + kind % 7);
  WscBytes payload = { text, fuzz_take (&input) * (kind & 0x80 ? 4u : 1u) };
  WscProposal proposal;

  if (self->n_queued == MAX_QUEUED || self->is_done || self->n_sent == MAX_MESSAGES ||
      type == WSC_BUFFER_CLOSE)
    return;

  /* A message is the pattern from its beginning, in one piece or several. */
  if (type < WSC_BUFFER_CLOSE)
    {
      size_t before = self->lengths[self->n_sent];

      payload.length = before + payload.length < sizeof text ? payload.length : 0;
      payload.at = text + before;
    }
  if (wsc_stream_propose (&self->stream, type, payload,
                          kind & 0x40 ? WSC_OUTGOING_NO_COMPRESSION : 0,
                          &proposal) != WSC_FAULT_NONE)
    return;

  queue_proposal (self, &proposal);
  if (type < WSC_BUFFER_CLOSE)
    self->lengths[self->n_sent] += payload.length;
  self->n_sent += type == WSC_BUFFER_UTF8_MESSAGE || type == WSC_BUFFER_BINARY_MESSAGE;
}

/* n_cut: so much of the step is sent, and then the stream is given up; SIZE_MAX: all of it. */
static void
write_step (Side  *self,
            size_t n_cut)
{
  WscBuffer buffers[2];
  WscProposal proposal;
  unsigned n;
  size_t sum = 0;

  if (self->n_queued == 0 || self->is_done)
    return;

  REQUIRE (wsc_stream_step (&self->stream, &self->queue[0], 1 + (n_cut & 1), buffers,
                            &n) == WSC_FAULT_NONE);
  for (unsigned i = 0; i < n; i++)
    {
      size_t part = buffers[i].length < n_cut - sum ? buffers[i].length : n_cut - sum;

      put_on_wire (self, buffers[i].at, part);
      sum += part;
    }
  if (n > 0 && n_cut != SIZE_MAX)
    {
      wsc_stream_give_up (&self->stream, sum);
      wsc_stream_fail (&self->stream, WSC_FAULT_TRANSPORT_TORN, 0);
      REQUIRE (!wsc_stream_propose_due_close (&self->stream, &proposal));
      self->is_spoilt = self->is_done = true;
    }
  else if (n > 0 && wsc_stream_complete_step (&self->stream, self->queue) == WSC_SEND_STEP_DONE)
    {
      self->n_queued--;
      memmove (self->queue, self->queue + 1, self->n_queued * sizeof *self->queue);
    }
}

static void
write_at_once (Side *self)
{
  const uint8_t length = fuzz_take (&input);
  const WscBytes payload = { text, length };
  size_t n;

  if (self->n_queued > 0 || self->is_done || self->n_sent == MAX_MESSAGES ||
      self->lengths[self->n_sent] > 0 || self->stream.workspace == NULL ||
      !wsc_stream_may_write_message (&self->stream, length))
    return;

  wsc_stream_choose_key (&self->stream);
  n = wsc_stream_is_short_message (&self->stream, length)
      ? wsc_stream_write_unmasked (&self->stream, WSC_BUFFER_UTF8_MESSAGE, payload)
      : wsc_stream_write_message (&self->stream, WSC_BUFFER_UTF8_MESSAGE, payload);
  put_on_wire (self, self->workspace.write.at, n);
  self->lengths[self->n_sent++] = length;
}

static void
answer_pings (Side *self)
{
  const WscBuffer pong = self->is_done ? (WscBuffer) { NULL, 0 }
                                       : wsc_stream_write_pong (&self->stream);

  if (pong.length > 0)
    put_on_wire (self, pong.at, pong.length);
}

static void
take_due_close (Side *self)
{
  WscProposal proposal;

  if (self->is_done || !wsc_stream_propose_due_close (&self->stream, &proposal))
    return;

  self->n_queued = self->stream.sending.writer.stage != WSC_FRAME_NONE ? 1 : 0;
  queue_proposal (self, &proposal);
}

static void
take_piece (Side              *self,
            const Side        *other,
            const WscReceived *received)
{
  const WscBuffer payload = received->payload;

  if (other->is_spoilt || received->buffer_type == WSC_BUFFER_RAW)
    return;

  REQUIRE (self->n_closes == 0);
  REQUIRE (self->got + payload.length <= sizeof text &&
           memcmp (payload.at, text + self->got, payload.length) == 0);
  self->got += payload.length;
  if (received->buffer_type != WSC_BUFFER_UTF8_MESSAGE &&
      received->buffer_type != WSC_BUFFER_BINARY_MESSAGE)
    return;

  REQUIRE (self->n_received < other->n_sent && self->got == other->lengths[self->n_received]);
  self->n_received++;
  self->got = 0;
}

/* False: nothing more is there. */
static bool
read_more (Side     *self,
           Side     *other,
           WscBuffer own)
{
  WscBuffer buffers[2];
  unsigned n_buffers = wsc_receive_path_prepare_read (&self->stream.receiving, own, 2, buffers);
  size_t n = 0, wanted = 1 + fuzz_draw (&input) % 300;

  for (unsigned i = 0; i < n_buffers && n < wanted; i++)
    {
      size_t part = buffers[i].length < wanted - n ? buffers[i].length : wanted - n;

      part = part < other->n_wire ? part : other->n_wire;
      memcpy (buffers[i].at, other->wire, part);
      other->n_wire -= part;
      memmove (other->wire, other->wire + part, other->n_wire);
      n += part;
      if (part < buffers[i].length)
        break;
    }
  if (n > 0)
    wsc_receive_path_take (&self->stream.receiving, n);
  return n > 0;
}

static void
read_all (Side *self,
          Side *other)
{
  const uint8_t choice = fuzz_take (&input);
  const WscBuffer own = { choice & 1 ? self->own : NULL, choice & 1 ? 1 + choice % 60 : 0 };
  WscReceived received;

  while (self->stream.workspace != NULL &&
         wsc_stream_may_call (&self->stream, WSC_CALL_RECEIVE) == WSC_FAULT_NONE)
    switch (wsc_stream_next (&self->stream, own, &received))
      {
      case WSC_RECEIVED_NEED_READ:
        if (!read_more (self, other, own))
          return;
        break;
      case WSC_RECEIVED_CHUNK:
        take_piece (self, other, &received);
        break;
      case WSC_RECEIVED_PING:
      case WSC_RECEIVED_PONG:
        break;
      case WSC_RECEIVED_CLOSE:
        REQUIRE (self->n_closes++ == 0 && wsc_receive_path_is_empty (&self->stream.receiving));
        take_due_close (self);
        break;
      case WSC_RECEIVED_FAULT:
        REQUIRE (other->is_spoilt);
        take_due_close (self);
        break;
      }
}

static void
swap_memory (Side *self)
{
  const uint8_t size = fuzz_take (&input);

  if (self->stream.workspace != NULL)
    {
      REQUIRE (wsc_stream_take_back (&self->stream) == WSC_FAULT_NONE);
      memset (self->memory, 0xee, sizeof self->memory);
    }
  self->workspace.read = (WscReadMemory) { .at = self->memory, .length = 140 + size / 2 };
  self->workspace.write = (WscBuffer) { self->memory + 270, 139 + size / 4 };
  self->workspace.inflate = (WscBuffer) { self->memory + 480, 1 + size / 3 };
  self->workspace.copy_limit = size & 1 ? 100 : 0;
  wsc_stream_lend (&self->stream, &self->workspace);
}

static void
call_rarely (Side   *self,
             uint8_t choice)
{
  WscProposal proposal;

  if (fuzz_take (&input) != 77)
    return;

  switch (choice % 4)
    {
    case 0:
      if (!self->is_done &&
          wsc_stream_propose_close (&self->stream, 1000, (WscBytes) { text, choice % 100 },
                                    &proposal) == WSC_FAULT_NONE &&
          self->n_queued < MAX_QUEUED)
        queue_proposal (self, &proposal);
      break;
    case 1:
      wsc_stream_fail (&self->stream, WSC_FAULT_MESSAGE_TOO_BIG, 1);
      take_due_close (self);
      break;
    case 2:
      self->is_spoilt = true;
      put_on_wire (self, input.at, input.left < choice ? input.left : choice);
      break;
    default:
      write_step (self, choice);
      break;
    }
}

static void
step (void)
{
  const uint8_t choice = fuzz_take (&input);
  Side *self = &sides[choice & 1], *other = &sides[!(choice & 1)];

  switch (choice >> 1 & 7)
    {
    case 0:
    case 1:
      propose (self, fuzz_take (&input));
      break;
    case 2:
      write_at_once (self);
      break;
    case 3:
      wsc_stream_set_time (&self->stream, self->stream.keepalive.now + choice * 1000);
      break;
    case 4:
      swap_memory (self);
      break;
    case 5:
      call_rarely (self, choice >> 4);
      break;
    case 6:
      write_step (self, SIZE_MAX);
      answer_pings (self);
      break;
    default:
      read_all (self, other);
      break;
    }
}

/* bits: 0 = no compression */
static void
use_deflate (Side   *self,
             uint8_t bits)
{
  WscDeflateOptions options;
  WscDeflateParameters agreed;

  if (bits == 0)
    return;

  fuzz_choose_deflate (bits, &options, &agreed);
  REQUIRE (wsc_stream_use_deflate (&self->stream, &options, &agreed) == WSC_FAULT_NONE);
}

static void
begin (Side   *self,
       WscRole role,
       uint8_t settings,
       uint8_t deflate_bits)
{
  memset (self, 0, sizeof *self);
  self->options = (WscOptions) { .role = role, .max_frame_length = 1 << 20,
                                 .max_message_length = 1 << 20, .max_fragments = 1000,
                                 .max_waiting_pongs = 3, .masking = 1, .utf8_check = 1,
                                 .mode = WSC_MODE_AUTOMATIC, .fragment_size = settings & 7 };
  wsc_stream_init (&self->stream, &self->options, &host);
  use_deflate (self, deflate_bits);
  REQUIRE (wsc_stream_establish (&self->stream, NULL) == WSC_FAULT_NONE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  uint8_t config[2];
  WscBytes script = fuzz_take_config ((WscBytes) { data, size }, config, sizeof config);

  for (size_t i = 0; i < sizeof text; i++)
    text[i] = (uint8_t) ('a' + i % 26);
  input = (FuzzInput) { script.at, script.length, config[0] };
  for (unsigned role = 0; role < 2; role++)
    begin (&sides[role], (WscRole) role, config[0], config[1]);

  while (input.left > 0)
    step ();

  for (unsigned role = 0; role < 2; role++)
    wsc_stream_clear (&sides[role].stream);
  return 0;
}
