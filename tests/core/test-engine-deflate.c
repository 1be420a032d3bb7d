/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Two engines that negotiated permessage-deflate: how their options change a message. */

#include "core/engine/engine.h"
#include "core/limits.h"

#include "lib/tap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MAX_MESSAGE 70000
#define WIRE_SIZE 600000
#define N_MESSAGES 12

typedef struct
{
  WscEngine engine;
  WscOptions options;
  WscWorkspace workspace;
  uint8_t *memory;
  uint8_t wire[WIRE_SIZE];      /* bytes that the side wrote */
  size_t written, taken;
  uint8_t got[MAX_MESSAGE];
  size_t n_got;
  unsigned n_messages, n_wrong;
  WscBuffer own;                /* memory to receive into; {NULL, 0} = the read memory */
} Side;

static Side sides[2];
static uint8_t sent[N_MESSAGES][MAX_MESSAGE];
static size_t sent_lengths[N_MESSAGES];
static uint32_t seed;

static uint32_t
draw (void)
{
  seed = seed * 1103515245u + 12345u;
  return seed >> 8;
}

static void
fill_random (void    *data,
             uint8_t *to,
             size_t   n)
{
  for (size_t i = 0; i < n; i++)
    to[i] = (uint8_t) draw ();
}

static const WscHost host = { fill_random, NULL };

typedef struct
{
  const char *name;
  WscDeflateOptions deflate;
  size_t read, write, inflate, own;
  uint32_t fragment_size;
} PairCase;

static const PairCase pair_cases[] = {
  { "usual", { 6, 8, 15, 15, 1, 1, 64 }, 4096, 8192, 4096, 0, 0 },
  { "smallest-memory", { 6, 8, 15, 15, 1, 1, 0 }, 256, 160, 256, 0, 0 },
  { "output-of-one-byte", { 1, 1, 9, 9, 1, 1, 0 }, 300, 200, 1, 0, 0 },
  { "no-takeover", { 9, 9, 15, 15, 0, 0, 0 }, 500, 400, 100, 0, 0 },
  { "client-takeover-only", { 6, 5, 12, 12, 1, 0, 64 }, 4096, 160, 777, 0, 0 },
  { "small-windows", { 6, 8, 9, 10, 1, 1, 0 }, 4096, 8192, 65536, 0, 0 },
  { "own-fragments", { 6, 8, 15, 15, 1, 1, 0 }, 4096, 8192, 4096, 0, 97 },
  { "fragments-below-what-zlib-needs", { 6, 8, 15, 15, 1, 1, 0 }, 4096, 300, 4096, 0, 5 },
  { "fragments-larger-than-the-room", { 6, 8, 15, 15, 1, 1, 0 }, 4096, 300, 4096, 0, 60000 },
  { "into-memory-of-the-caller", { 6, 8, 15, 15, 1, 1, 64 }, 4096, 8192, 1, 1000, 0 },
};

static void
open_side (Side           *self,
           WscRole         role,
           const PairCase *row)
{
  WscDeflateParameters agreed = { row->deflate.client_window_bits, row->deflate.server_window_bits,
                                  row->deflate.client_takeover, row->deflate.server_takeover };
  WscFault fault;

  memset (self, 0, sizeof *self);
  self->options = (WscOptions) { .role = role, .max_frame_length = WIRE_SIZE,
                                 .max_message_length = MAX_MESSAGE, .max_fragments = 100000,
                                 .max_waiting_pongs = 64, .mode = WSC_MODE_AUTOMATIC, .masking = 1,
                                 .utf8_check = 1, .fragment_size = row->fragment_size };
  self->memory = malloc (row->read + row->write + row->inflate + row->own);
  self->workspace = (WscWorkspace) {
    .read = { .at = self->memory, .length = row->read },
    .write = { self->memory + row->read, row->write },
    .inflate = { self->memory + row->read + row->write, row->inflate },
    .copy_limit = 200,
  };
  self->own = (WscBuffer) { NULL, row->own };
  if (row->own > 0)
    self->own.at = self->memory + row->read + row->write + row->inflate;
  wsc_engine_init (&self->engine, &self->options, &host);
  fault = WSC_FAULT_NONE;
  if (row->deflate.level > 0)
    fault = wsc_stream_use_deflate (&self->engine.stream, &row->deflate, &agreed);
  assert (fault == WSC_FAULT_NONE);
  fault = wsc_stream_establish (&self->engine.stream, NULL);
  assert (fault == WSC_FAULT_NONE);
  wsc_stream_lend (&self->engine.stream, &self->workspace);
  wsc_engine_receive (&self->engine, self->own, NULL, NULL);
}

static void
close_side (Side *self)
{
  wsc_engine_abort (&self->engine);
  wsc_engine_clear (&self->engine);
  free (self->memory);
}

static void
take_piece (Side            *self,
            const WscAction *action)
{
  bool is_whole = action->buffer_type == WSC_BUFFER_UTF8_MESSAGE ||
                  action->buffer_type == WSC_BUFFER_BINARY_MESSAGE;

  assert (self->n_got + action->buffers[0].length <= sizeof self->got);
  if (action->buffers[0].length > 0)
    memcpy (self->got + self->n_got, action->buffers[0].at, action->buffers[0].length);
  else if (!is_whole)
    self->n_wrong++;
  self->n_got += action->buffers[0].length;
  if (!is_whole)
    return;

  if (self->n_messages >= N_MESSAGES || self->n_got != sent_lengths[self->n_messages] ||
      memcmp (self->got, sent[self->n_messages], self->n_got) != 0)
    self->n_wrong++;
  self->n_messages++;
  self->n_got = 0;
}

static size_t
read_wire (Side            *from,
           const WscAction *action)
{
  size_t left = from->written - from->taken, n = 0;
  size_t most = draw () % 4 == 0 ? 1 + draw () % 3 : SIZE_MAX;

  for (unsigned i = 0; i < action->n_buffers && n < most; i++)
    {
      size_t part = action->buffers[i].length;

      part = part < left - n ? part : left - n;
      part = part < most - n ? part : most - n;
      memcpy (action->buffers[i].at, from->wire + from->taken + n, part);
      n += part;
    }
  from->taken += n;
  return n;
}

static size_t
write_wire (Side            *self,
            const WscAction *action)
{
  size_t n = 0;

  for (unsigned i = 0; i < action->n_buffers; i++)
    {
      assert (self->written + action->buffers[i].length <= WIRE_SIZE);
      memcpy (self->wire + self->written, action->buffers[i].at, action->buffers[i].length);
      self->written += action->buffers[i].length;
      n += action->buffers[i].length;
    }
  return n;
}

/* FALSE: the other side must act first. */
static bool
step (Side *self,
      Side *other)
{
  WscAction action;
  size_t n = 0;
  WscFault fault = wsc_engine_get_action (&self->engine, WSC_ACTION_QUEUE_ALL, 2, &action);

  self->n_wrong += fault != WSC_FAULT_NONE;
  if (fault != WSC_FAULT_NONE || action.type == WSC_ACTION_NONE)
    return false;

  if (action.type == WSC_ACTION_RECEIVE_FROM_NETWORK)
    {
      if (other->written == other->taken)
        {
          wsc_engine_get_action (&self->engine, WSC_ACTION_QUEUE_SEND, 2, &action);
          if (action.type == WSC_ACTION_NONE)
            return false;
          n = action.type == WSC_ACTION_SEND_TO_NETWORK ? write_wire (self, &action) : 0;
        }
      else
        n = read_wire (other, &action);
    }
  else if (action.type == WSC_ACTION_SEND_TO_NETWORK)
    n = write_wire (self, &action);
  else if (action.type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE)
    take_piece (self, &action);
  wsc_engine_complete_action (&self->engine, &action, n);
  if (action.type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE)
    wsc_engine_receive (&self->engine, self->own, NULL, NULL);
  return true;
}

/* Memory is lent for a few steps only: half-inflated data is kept elsewhere. */
static void
turn (Side *self,
      Side *other)
{
  for (unsigned i = draw () % 5; i > 0; i--)
    step (self, other);
  if (wsc_engine_take_back (&self->engine) != WSC_FAULT_NONE)
    self->n_wrong++;
  memset (self->workspace.read.at, 0xee, self->workspace.read.length);
  wsc_stream_lend (&self->engine.stream, &self->workspace);
}

static void
make_message (unsigned i)
{
  static const char words[] = "{\"name\":\"value\",\"list\":[1,2,3]},{\"g\xc3\xbcltig\":true},";
  size_t n = sizeof words - 1;
  size_t length = i == 3 ? 0 : (draw () % (i % 4 == 0 ? 60000 : 900)) / n * n;

  for (size_t at = 0; at < length; at++)
    sent[i][at] = i % 3 == 2 ? (uint8_t) draw () : (uint8_t) words[at % n];
  sent_lengths[i] = length;
}

/* Sends a message whole, or in fragments of any length. */
static void
send_message (Side    *self,
              unsigned i)
{
  bool is_text = i % 3 != 2;
  size_t at = 0, length = sent_lengths[i];

  while (i % 5 == 1 && at < length)
    {
      size_t n = draw () % (length - at + 1);

      wsc_engine_send (&self->engine,
                       is_text ? WSC_BUFFER_UTF8_FRAGMENT : WSC_BUFFER_BINARY_FRAGMENT,
                       (WscBytes) { sent[i] + at, n }, NULL, NULL);
      at += n;
      if (draw () % 3 == 0)
        break;
    }
  wsc_engine_send (&self->engine, is_text ? WSC_BUFFER_UTF8_MESSAGE : WSC_BUFFER_BINARY_MESSAGE,
                   (WscBytes) { sent[i] + at, length - at }, NULL, NULL);
  if (i % 2 == 0)
    wsc_engine_send (&self->engine, WSC_BUFFER_PING_PONG, (WscBytes) { sent[0], 3 },
                     NULL, NULL);
}

static void
test_pairs (void)
{
  for (size_t i = 0; i < sizeof pair_cases / sizeof pair_cases[0]; i++)
    for (int role = 0; role < 2; role++)
      {
        Side *sender = &sides[role], *receiver = &sides[1 - role];

        seed = (uint32_t) i;
        open_side (&sides[0], WSC_ROLE_CLIENT, &pair_cases[i]);
        open_side (&sides[1], WSC_ROLE_SERVER, &pair_cases[i]);
        for (unsigned j = 0; j < N_MESSAGES; j++)
          {
            make_message (j);
            send_message (sender, j);
            for (int k = 0; k < 20; k++)
              {
                turn (sender, receiver);
                turn (receiver, sender);
              }
          }
        for (bool is_busy = true; is_busy;)
          is_busy = step (sender, receiver) + step (receiver, sender);
        tap_point (receiver->n_messages == N_MESSAGES && sender->n_wrong + receiver->n_wrong == 0 &&
                   receiver->engine.stream.phase == WSC_PHASE_OPEN,
                   "/core/engine-deflate/pair/WS-238-%s-%s", pair_cases[i].name,
                   role == 0 ? "of-client" : "of-server");
        close_side (&sides[0]);
        close_side (&sides[1]);
      }
}

/* Sends as a connection does, by the stream itself. */
static WscFault
send_by_stream (Side         *self,
                WscBufferType type,
                WscBytes      payload,
                unsigned      flags)
{
  WscStream *stream = &self->engine.stream;
  WscProposal proposal;
  WscFault fault = wsc_stream_propose (stream, type, payload, flags, &proposal);
  WscAction action = { 0 };

  if (fault != WSC_FAULT_NONE)
    return fault;

  wsc_stream_accept (stream, &proposal);
  do
    {
      unsigned n = 0;

      wsc_stream_step (stream, &proposal.out, 2, action.buffers, &n);
      if (n == 0)
        abort ();
      action.n_buffers = (uint8_t) n;
      write_wire (self, &action);
    }
  while (wsc_stream_complete_step (stream, &proposal.out) != WSC_SEND_STEP_DONE);
  return WSC_FAULT_NONE;
}

static uint8_t
first_byte_of (Side         *self,
               WscBufferType type,
               size_t        length,
               unsigned      flags)
{
  size_t before = self->written;

  send_by_stream (self, type, (WscBytes) { sent[0], length }, flags);
  return self->wire[before];
}

static void
test_choice (void)
{
  const unsigned plain = WSC_OUTGOING_NO_COMPRESSION;
  Side *self = &sides[0];

  memset (sent[0], 'a', sizeof sent[0]);
  open_side (self, WSC_ROLE_SERVER, &pair_cases[0]);
  open_side (&sides[1], WSC_ROLE_CLIENT, &pair_cases[0]);
  tap_point (first_byte_of (self, WSC_BUFFER_UTF8_MESSAGE, 64, 0) == 0xc1,
             "/core/engine-deflate/choice/WS-242-from-the-threshold-on");
  tap_point (first_byte_of (self, WSC_BUFFER_UTF8_MESSAGE, 63, 0) == 0x81,
             "/core/engine-deflate/choice/WS-242-below-the-threshold-plain");
  tap_point (first_byte_of (self, WSC_BUFFER_UTF8_MESSAGE, 5000, plain) == 0x81,
             "/core/engine-deflate/choice/WS-242-SEC-93-left-out-for-one-message");
  tap_point (first_byte_of (self, WSC_BUFFER_PING_PONG, 100, 0) == 0x89,
             "/core/engine-deflate/choice/WS-229-control-frames-are-plain");
  tap_point (first_byte_of (self, WSC_BUFFER_UTF8_FRAGMENT, 5, 0) == 0x41 &&
             first_byte_of (self, WSC_BUFFER_UTF8_MESSAGE, 5, plain) == 0x80,
             "/core/engine-deflate/choice/WS-242-first-fragment-decides");
  tap_point (first_byte_of (self, WSC_BUFFER_UTF8_FRAGMENT, 500, plain) == 0x01 &&
             first_byte_of (self, WSC_BUFFER_UTF8_MESSAGE, 500, 0) == 0x80,
             "/core/engine-deflate/choice/WS-242-first-fragment-decides-against-it");
  close_side (self);
  close_side (&sides[1]);
}

static void
test_prepared (void)
{
  static const uint8_t prepared[] = { 0x81, 0x7e, 0x00, 0xc8 };
  Side *self = &sides[0];
  uint8_t frame[204];

  memcpy (frame, prepared, sizeof prepared);
  memset (frame + 4, 'a', 200);
  open_side (self, WSC_ROLE_SERVER, &pair_cases[0]);
  send_by_stream (self, WSC_BUFFER_UTF8_MESSAGE, (WscBytes) { frame + 4, 200 },
                  WSC_OUTGOING_PREPARED);
  tap_point (self->wire[0] == 0xc1 && self->written < 50,
             "/core/engine-deflate/prepared/compressed-where-that-was-agreed");
  self->written = 0;
  send_by_stream (self, WSC_BUFFER_UTF8_MESSAGE, (WscBytes) { frame + 4, 200 },
                  WSC_OUTGOING_PREPARED | WSC_OUTGOING_NO_COMPRESSION);
  tap_point (self->written == sizeof frame && memcmp (self->wire, frame, sizeof frame) == 0,
             "/core/engine-deflate/prepared/as-it-is-where-it-is-marked-so");
  close_side (self);
}

static bool
is_shared (WscRole         role,
           const PairCase *row,
           size_t          length)
{
  WscDeflateForm form = { 0, 0, 0 };
  bool is_given;

  open_side (&sides[0], role, row);
  is_given = wsc_stream_get_deflate_form (&sides[0].engine.stream, length, &form);
  close_side (&sides[0]);
  return is_given && form.window_bits == row->deflate.server_window_bits &&
         form.level == row->deflate.level && form.memory_level == row->deflate.memory_level;
}

/* A message that was compressed once for all its receivers, in one frame and in many. */
static void
test_shared (const PairCase *row)
{
  Side *server = &sides[0], *client = &sides[1];
  WscBytes left = { sent[0], 5000 };
  uint8_t deflated[5000];
  WscDeflateForm form;
  bool is_done;
  size_t n;

  make_message (0);
  sent_lengths[0] = sent_lengths[1] = sent_lengths[2] = 5000;
  memcpy (sent[1], sent[0], 5000);
  memcpy (sent[2], sent[0], 5000);
  open_side (server, WSC_ROLE_SERVER, row);
  open_side (client, WSC_ROLE_CLIENT, row);
  wsc_stream_get_deflate_form (&server->engine.stream, 5000, &form);
  WscDeflater *deflater = wsc_deflater_new (form.window_bits, form.level, form.memory_level);

  n = wsc_deflater_take (deflater, &left, WSC_DEFLATE_MESSAGE,
                         (WscBuffer) { deflated, sizeof deflated }, &is_done);
  wsc_deflater_free (deflater);
  for (int i = 0; i < 3; i++)
    send_by_stream (server, WSC_BUFFER_UTF8_MESSAGE,
                    i == 1 ? (WscBytes) { sent[1], 5000 } : (WscBytes) { deflated, n },
                    i == 1 ? 0 : WSC_OUTGOING_DEFLATED);
  for (bool is_busy = true; is_busy;)
    is_busy = step (server, client) + step (client, server);
  tap_point (is_done && client->n_messages == 3 && client->n_wrong + server->n_wrong == 0 &&
             (server->wire[0] & 0x7f) == 0x41,
             "/core/engine-deflate/shared/%s", row->name);
  close_side (server);
  close_side (client);
}

static void
test_sharing (void)
{
  PairCase fragments = pair_cases[3];

  tap_point (is_shared (WSC_ROLE_SERVER, &pair_cases[3], 0),
             "/core/engine-deflate/shared/without-takeover");
  tap_point (!is_shared (WSC_ROLE_SERVER, &pair_cases[0], 5000) &&
             !is_shared (WSC_ROLE_CLIENT, &pair_cases[3], 5000) &&
             is_shared (WSC_ROLE_SERVER, &pair_cases[4], 64) &&
             !is_shared (WSC_ROLE_SERVER, &pair_cases[4], 63),
             "/core/engine-deflate/shared/neither-with-takeover-nor-masked-nor-short");
  open_side (&sides[0], WSC_ROLE_SERVER, &pair_cases[3]);
  wsc_engine_send (&sides[0].engine, WSC_BUFFER_UTF8_FRAGMENT, (WscBytes) { sent[0], 1 }, NULL,
                   NULL);
  tap_point (!wsc_stream_get_deflate_form (&sides[0].engine.stream, 5000,
                                           &(WscDeflateForm) { 0, 0, 0 }),
             "/core/engine-deflate/shared/not-inside-a-message");
  close_side (&sides[0]);
  test_shared (&pair_cases[3]);
  fragments.name = "no-takeover-in-fragments";
  fragments.fragment_size = 97;
  test_shared (&fragments);
}

/* A precompressed message can be sent only by a side that would compress it in the same way. */
static const struct
{
  const char *name;
  WscRole     role;
  int         row;              /* row of pair_cases that was negotiated; -1: nothing was */
  uint8_t     is_inside;        /* TRUE if an unfinished message is being sent */
  WscFault    fault;
  WscBufferType type;
} deflated_cases[] = {
  { "server-without-takeover-takes-it", WSC_ROLE_SERVER, 3, 0, WSC_FAULT_NONE, WSC_BUFFER_UTF8_MESSAGE },
  { "client-without-takeover-takes-it", WSC_ROLE_CLIENT, 3, 0, WSC_FAULT_NONE, WSC_BUFFER_UTF8_MESSAGE },
  { "nothing-agreed-server-refuses", WSC_ROLE_SERVER, -1, 0, WSC_FAULT_RSV_NOT_NEGOTIATED, WSC_BUFFER_UTF8_MESSAGE },
  { "nothing-agreed-client-refuses", WSC_ROLE_CLIENT, -1, 0, WSC_FAULT_RSV_NOT_NEGOTIATED, WSC_BUFFER_UTF8_MESSAGE },
  { "server-with-takeover-refuses", WSC_ROLE_SERVER, 0, 0, WSC_FAULT_RSV_NOT_NEGOTIATED, WSC_BUFFER_UTF8_MESSAGE },
  { "client-with-takeover-refuses", WSC_ROLE_CLIENT, 0, 0, WSC_FAULT_RSV_NOT_NEGOTIATED, WSC_BUFFER_UTF8_MESSAGE },
  { "ping-refuses", WSC_ROLE_SERVER, 3, 0, WSC_FAULT_RSV_NOT_NEGOTIATED, WSC_BUFFER_PING_PONG },
  { "fragment-refuses", WSC_ROLE_SERVER, 3, 0, WSC_FAULT_RSV_NOT_NEGOTIATED, WSC_BUFFER_UTF8_FRAGMENT },
  { "server-inside-a-message-refuses", WSC_ROLE_SERVER, 3, 1, WSC_FAULT_RSV_NOT_NEGOTIATED, WSC_BUFFER_UTF8_MESSAGE },
};

static void
test_deflated (void)
{
  PairCase plain = pair_cases[0];

  plain.deflate.level = 0;
  for (size_t i = 0; i < sizeof deflated_cases / sizeof *deflated_cases; i++)
    {
      int row = deflated_cases[i].row;
      WscProposal proposal;
      WscFault fault;

      open_side (&sides[0], deflated_cases[i].role, row < 0 ? &plain : &pair_cases[row]);
      if (deflated_cases[i].is_inside)
        send_by_stream (&sides[0], WSC_BUFFER_UTF8_FRAGMENT, (WscBytes) { sent[0], 1 }, 0);
      fault = wsc_stream_propose (&sides[0].engine.stream, deflated_cases[i].type,
                                  (WscBytes) { sent[0], 100 }, WSC_OUTGOING_DEFLATED, &proposal);
      tap_point (fault == deflated_cases[i].fault,
                 "/core/engine-deflate/deflated/%s", deflated_cases[i].name);
      close_side (&sides[0]);
    }
}

/* In Windows mode, a Send that is completed with another count than its length is cancelled,
 * even if all or nothing of it was sent; the peer can inflate what follows. */
static const struct
{
  const char *name;
  unsigned    n_left;           /* number of messages that the peer has received by then */
} cancelled_cases[] = {
  { "peer-that-has-it-reads-the-next-one", 1 },
  { "peer-that-has-it-not-reads-the-next-one", 0 },
};

static void
test_cancelled (size_t row)
{
  Side *client = &sides[0], *server = &sides[1];
  WscAction action;
  bool is_shown;
  size_t n = 0;

  seed = 1;
  make_message (0);
  memcpy (sent[1], sent[0], 5000);
  sent_lengths[0] = sent_lengths[1] = 5000;
  open_side (client, WSC_ROLE_CLIENT, &pair_cases[0]);
  open_side (server, WSC_ROLE_SERVER, &pair_cases[0]);
  client->options.mode = WSC_MODE_WINDOWS;
  wsc_engine_send (&client->engine, WSC_BUFFER_UTF8_MESSAGE, (WscBytes) { sent[0], 5000 }, NULL,
                   NULL);
  wsc_engine_get_action (&client->engine, WSC_ACTION_QUEUE_SEND, 2, &action);
  if (cancelled_cases[row].n_left > 0)
    n = write_wire (client, &action) - 1;
  wsc_engine_complete_action (&client->engine, &action, n);
  wsc_engine_get_action (&client->engine, WSC_ACTION_QUEUE_SEND, 2, &action);
  is_shown = action.type == WSC_ACTION_INDICATE_SEND_COMPLETE &&
             action.fault == WSC_FAULT_CANCELLED;
  wsc_engine_complete_action (&client->engine, &action, 0);
  wsc_engine_send (&client->engine, WSC_BUFFER_UTF8_MESSAGE, (WscBytes) { sent[1], 5000 }, NULL,
                   NULL);
  for (bool is_busy = true; is_busy;)
    is_busy = step (client, server) + step (server, client);
  tap_point (is_shown && server->n_messages == cancelled_cases[row].n_left + 1 &&
             client->n_wrong + server->n_wrong == 0 &&
             client->engine.stream.phase == WSC_PHASE_OPEN,
             "/core/engine-deflate/cancelled/WIN-S-06-%s", cancelled_cases[row].name);
  close_side (client);
  close_side (server);
}

/* A decompression bomb is indicated in pieces of the lent memory; each may be the last one of a
 * turn. */
static void
test_work (void)
{
  Side *sender = &sides[0], *receiver = &sides[1];
  uint64_t before, most = 0;

  open_side (sender, WSC_ROLE_CLIENT, &pair_cases[0]);
  open_side (receiver, WSC_ROLE_SERVER, &pair_cases[0]);
  seed = 1;
  memset (sent[0], 0, sizeof sent[0]);
  sent_lengths[0] = MAX_MESSAGE;
  wsc_engine_send (&sender->engine, WSC_BUFFER_BINARY_MESSAGE, (WscBytes) { sent[0], MAX_MESSAGE },
                   NULL, NULL);
  while (step (sender, receiver))
    continue;
  do
    {
      uint64_t work = wsc_stream_get_inflate_work (&receiver->engine.stream);

      before = receiver->n_got;
      step (receiver, sender);
      work = wsc_stream_get_inflate_work (&receiver->engine.stream) - work;
      most = work > most ? work : most;
    }
  while (receiver->n_messages == 0);
  tap_point (receiver->n_wrong == 0 && most > 0 && most <= 4096 + 16 * 4096 && before > 0,
             "/core/engine-deflate/work/SEC-80-one-action-inflates-no-more-than-was-lent");
  close_side (sender);
  close_side (receiver);
}

static void
test_size (void)
{
  tap_point (sizeof (WscEngine) <= 240, "/core/engine-deflate/size/engine-within-240-bytes");
  tap_point (sizeof (WscCompression) <= 96, "/core/engine-deflate/size/SEC-91-quiet-one-is-small");
}

int
main (void)
{
  test_pairs ();
  test_choice ();
  test_prepared ();
  test_sharing ();
  test_deflated ();
  for (size_t i = 0; i < sizeof cancelled_cases / sizeof *cancelled_cases; i++)
    test_cancelled (i);
  test_work ();
  test_size ();
  return tap_end ();
}
