/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Our client against our server: no rule is ever broken, and every message that was accepted
   arrives whole. */

#include "core/engine/engine.h"
#include "core/limits.h"
#include "fuzz/fuzz-input.h"

#include <string.h>

#define MAX_MESSAGES 40
#define WIRE_SIZE 400000

typedef struct
{
  WscEngine engine;
  WscOptions options;
  WscWorkspace workspace;
  uint8_t memory[1900];
  uint8_t wire[WIRE_SIZE];
  size_t written, taken;        /* number of bytes written; number of these that the other peer has
                                 * taken */
  size_t lengths[MAX_MESSAGES];
  unsigned n_sent, n_received;
  size_t got;                   /* number of bytes of the message that is being received */
  size_t n_indications;
  bool is_receiving;
} Peer;

static Peer peers[2];
static WscDeflatePool streams;          /* of both, as of all connections of a main context */
static FuzzInput input;

static void
fill_random (void    *data,
             uint8_t *to,
             size_t   n)
{
  for (size_t i = 0; i < n; i++)
    to[i] = (uint8_t) fuzz_draw (&input);
}

static const WscHost host = { fill_random, NULL };

/* Three bytes per character, so that cuts are inside of them. */
static uint8_t
byte_of (size_t at)
{
  static const uint8_t euro[3] = { 0xe2, 0x82, 0xac };

  return euro[at % 3];
}

static void
put_on_wire (Peer          *peer,
             const uint8_t *at,
             size_t         n)
{
  REQUIRE (n <= WIRE_SIZE - peer->written);
  memcpy (peer->wire + peer->written, at, n);
  peer->written += n;
}

static void
send_message (Peer *peer)
{
  static uint8_t payload[9000];
  size_t length = fuzz_take (&input) * 33u;
  WscBufferType type = length & 1 ? WSC_BUFFER_UTF8_MESSAGE : WSC_BUFFER_BINARY_MESSAGE;

  length -= length % 3;
  for (size_t i = 0; payload[sizeof payload - 1] == 0 && i < sizeof payload; i++)
    payload[i] = byte_of (i);
  if (peer->n_sent == MAX_MESSAGES)
    return;
  if (wsc_engine_send (&peer->engine, type, (WscBytes) { payload, length }, NULL,
                       NULL) == WSC_FAULT_NONE)
    peer->lengths[peer->n_sent++] = length;
}

static void
send_in_fragments (Peer *peer)
{
  static const uint8_t euro[3] = { 0xe2, 0x82, 0xac };
  unsigned cut = fuzz_take (&input) % 4;

  if (peer->n_sent >= MAX_MESSAGES ||
      wsc_engine_send (&peer->engine, WSC_BUFFER_UTF8_FRAGMENT, (WscBytes) { euro, cut },
                       NULL, NULL)
      != WSC_FAULT_NONE)
    return;
  REQUIRE (wsc_engine_send (&peer->engine, WSC_BUFFER_UTF8_MESSAGE,
                            (WscBytes) { euro + cut, 3 - cut }, NULL,
                            NULL) == WSC_FAULT_NONE);
  peer->lengths[peer->n_sent++] = 3;
}

static size_t
take_from_wire (Peer     *other,
                WscBuffer to)
{
  size_t n = 1 + fuzz_draw (&input) % 300;

  n = n < other->written - other->taken ? n : other->written - other->taken;
  n = n < to.length ? n : to.length;
  if (n > 0)
    memcpy (to.at, other->wire + other->taken, n);
  other->taken += n;
  return n;
}

static void
perform_read (Peer            *peer,
              Peer            *other,
              const WscAction *action)
{
  size_t n = take_from_wire (other, action->buffers[0]);

  if (n > 0)
    wsc_engine_complete_action (&peer->engine, action, n);
}

static void
perform_write (Peer            *peer,
               const WscAction *action)
{
  size_t n = 0;

  for (unsigned i = 0; i < action->n_buffers; i++)
    {
      put_on_wire (peer, action->buffers[i].at, action->buffers[i].length);
      n += action->buffers[i].length;
    }
  wsc_engine_complete_action (&peer->engine, action, n);
}

static void
take_chunk (Peer         *peer,
            const Peer   *other,
            WscBufferType type,
            WscBuffer     payload)
{
  bool is_data = type >= WSC_BUFFER_UTF8_MESSAGE && type <= WSC_BUFFER_BINARY_FRAGMENT;

  peer->is_receiving = false;
  peer->n_indications++;
  if (is_data)
    {
      for (size_t i = 0; i < payload.length; i++)
        REQUIRE (payload.at[i] == byte_of (peer->got + i));
      peer->got += payload.length;
    }
  if (type == WSC_BUFFER_UTF8_MESSAGE || type == WSC_BUFFER_BINARY_MESSAGE)
    {
      REQUIRE (peer->n_received < other->n_sent);
      REQUIRE (peer->got == other->lengths[peer->n_received]);
      peer->n_received++;
      peer->got = 0;
    }
}

static bool
turn (Peer *peer,
      Peer *other)
{
  WscAction action;

  if (!peer->is_receiving)
    peer->is_receiving = wsc_engine_receive (&peer->engine, (WscBuffer) { NULL, 0 }, NULL,
                                             NULL) == WSC_FAULT_NONE;

  REQUIRE (wsc_engine_get_action (&peer->engine, WSC_ACTION_QUEUE_ALL, 2,
                                  &action) == WSC_FAULT_NONE);
  switch ((WscActionType) action.type)
    {
    case WSC_ACTION_NONE:
      return false;
    case WSC_ACTION_SEND_TO_NETWORK:
      perform_write (peer, &action);
      return true;
    case WSC_ACTION_RECEIVE_FROM_NETWORK:
      perform_read (peer, other, &action);
      return true;
    case WSC_ACTION_INDICATE_RECEIVE_COMPLETE:
      take_chunk (peer, other, (WscBufferType) action.buffer_type, action.buffers[0]);
      wsc_engine_complete_action (&peer->engine, &action, 0);
      return true;
    case WSC_ACTION_INDICATE_SEND_COMPLETE:
      REQUIRE (action.fault == WSC_FAULT_NONE);
      peer->n_indications++;
      wsc_engine_complete_action (&peer->engine, &action, 0);
      return true;
    }
  return false;
}

static void
dispatch (Peer *peer,
          Peer *other)
{
  for (int i = 0; i < 30 && turn (peer, other); i++)
    continue;
  REQUIRE (wsc_engine_take_back (&peer->engine) == WSC_FAULT_NONE);
  memset (peer->memory, 0xee, sizeof peer->memory);
  wsc_stream_lend (&peer->engine.stream, &peer->workspace);
}

static void
step (void)
{
  uint8_t choice = fuzz_take (&input);
  Peer *peer = &peers[choice & 1], *other = &peers[!(choice & 1)];

  switch (choice >> 1 & 7)
    {
    case 0:
    case 1:
      send_message (peer);
      break;
    case 2:
      send_in_fragments (peer);
      break;
    case 3:
      wsc_engine_send (&peer->engine, WSC_BUFFER_PING_PONG,
                       (WscBytes) { (const uint8_t *) "ping", 4 }, NULL, NULL);
      break;
    case 4:
      if (fuzz_take (&input) == 99)
        wsc_engine_send_close (&peer->engine, (uint16_t) (3000 + (choice & 1)),
                               (WscBytes) { NULL, 0 }, NULL, NULL);
      break;
    case 5:
      peer->workspace.read.length = 140 + fuzz_take (&input);
      break;
    default:
      dispatch (peer, other);
      break;
    }
}

static void
use_deflate (Peer   *peer,
             uint8_t bits)
{
  WscDeflateOptions options;
  WscDeflateParameters agreed;

  fuzz_choose_deflate (bits, &options, &agreed);
  REQUIRE (wsc_stream_use_deflate (&peer->engine.stream, &options, &agreed) == WSC_FAULT_NONE);
}

/* compression: 0 = none */
static void
init_peer (Peer           *peer,
           WscRole         role,
           uint8_t         flags,
           uint8_t         compression,
           WscDeflatePool *pool)
{
  memset (&peer->engine, 0, sizeof peer->engine);
  peer->written = peer->taken = peer->got = peer->n_indications = 0;
  peer->n_sent = peer->n_received = 0;
  peer->is_receiving = false;
  peer->options = (WscOptions) { .role = role, .max_frame_length = 20000,
                                 .max_message_length = 20000,
                                 .max_fragments = 1000, .max_waiting_pongs = 64, .mode = WSC_MODE_AUTOMATIC,
                                 .masking = (flags & 1) == 0, .utf8_check = 1,
                                 .fragment_size = flags & 2 ? 97 : 0 };
  peer->workspace = (WscWorkspace) { .read = { .at = peer->memory, .length = 300 },
                                     .write = { peer->memory + 500, 1000 },
                                     .inflate = { peer->memory + 1500, 400 },
                                     .copy_limit = flags & 4 ? 500 : 0,
                                     .streams = pool };
  wsc_engine_init (&peer->engine, &peer->options, &host);
  if (compression != 0)
    use_deflate (peer, compression);
  wsc_stream_establish (&peer->engine.stream, NULL);
  wsc_stream_lend (&peer->engine.stream, &peer->workspace);
}

static void
finish (Peer *peer,
        Peer *other)
{
  REQUIRE (peer->n_received == other->n_sent);
  REQUIRE (peer->engine.stream.phase == other->engine.stream.phase);
  REQUIRE (peer->engine.stream.received_close_code
           == other->engine.stream.sending.close_code);
  wsc_engine_clear (&peer->engine);
}

/* Grows as long as anything happens. */
static size_t
count_events (void)
{
  size_t n = 0;

  for (size_t i = 0; i < 2; i++)
    n += peers[i].written + peers[i].taken + peers[i].n_indications;
  return n;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  uint8_t flags, compression;
  WscDeflatePool *pool;
  size_t before;

  input = (FuzzInput) { data, size, (uint32_t) size };
  flags = fuzz_take (&input);
  compression = flags & 64 ? fuzz_take (&input) : 0;
  pool = flags & 128 ? NULL : &streams;
  init_peer (&peers[0], WSC_ROLE_CLIENT, flags, compression, pool);
  init_peer (&peers[1], WSC_ROLE_SERVER, (uint8_t) (flags >> 3), compression, pool);
  while (input.left > 0)
    step ();

  do
    {
      before = count_events ();
      dispatch (&peers[0], &peers[1]);
      dispatch (&peers[1], &peers[0]);
    }
  while (before != count_events ());
  finish (&peers[0], &peers[1]);
  finish (&peers[1], &peers[0]);
  wsc_deflate_pool_clear (&streams);
  return 0;
}
