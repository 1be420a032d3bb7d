/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Two engines that exchange bytes with random cuts, and the state after abort, fail and
 * take-back. */

#include "core/close-code.h"
#include "core/engine/engine.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <stdlib.h>
#include <string.h>

#define WIRE_SIZE 400000

static void
fill_random (void    *data,
             uint8_t *to,
             size_t   n)
{
  for (size_t i = 0; i < n; i++)
    to[i] = (uint8_t) rand ();
}

static const WscHost host = { fill_random, NULL };
static const WscBuffer no_memory = { NULL, 0 };

static WscOptions
make_options (WscRole role)
{
  return (WscOptions) { .role = role, .max_frame_length = 1 << 20, .max_message_length = 1 << 20,
                        .max_fragments = 1000, .max_waiting_pongs = 64, .mode = WSC_MODE_AUTOMATIC,
                        .masking = 1, .utf8_check = 1 };
}

typedef struct
{
  WscEngine engine;
  WscOptions options;
  WscWorkspace workspace;
  uint8_t memory[2000];
  uint8_t *wire;                /* bytes that the peer sent */
  size_t written, taken;        /* number of bytes written; number of these that the other engine
                                 * has taken */
  size_t n_sent, n_indicated, n_received, n_pongs;
  uint8_t message[5000];
  size_t message_length;
  bool is_broken;
} Peer;

static size_t
length_of (unsigned seed,
           size_t   index)
{
  return (seed * 7919 + index * 104729) % 4000;
}

static uint8_t
byte_of (size_t index,
         size_t at)
{
  return (uint8_t) (index * 31 + at * 7);
}

static void
init_peer (Peer   *peer,
           WscRole role)
{
  memset (peer, 0, sizeof *peer);
  peer->options = make_options (role);
  peer->wire = malloc (WIRE_SIZE);
  peer->workspace = (WscWorkspace) { .read = { .at = peer->memory, .length = 300 },
                                     .write = { peer->memory + 300, 400 } };
  wsc_engine_init (&peer->engine, &peer->options, &host);
  wsc_stream_establish (&peer->engine.stream, NULL);
  wsc_stream_lend (&peer->engine.stream, &peer->workspace);
  wsc_engine_receive (&peer->engine, no_memory, NULL, NULL);
}

static void
clear_peer (Peer *peer)
{
  wsc_engine_clear (&peer->engine);
  free (peer->wire);
}

static void
take_chunk (Peer            *peer,
            const WscAction *action,
            unsigned         seed)
{
  if (action->buffer_type == WSC_BUFFER_PING_PONG)
    peer->n_pongs++;
  if (action->buffer_type != WSC_BUFFER_BINARY_MESSAGE &&
      action->buffer_type != WSC_BUFFER_BINARY_FRAGMENT)
    return;

  memcpy (peer->message + peer->message_length, action->buffers[0].at, action->buffers[0].length);
  peer->message_length += action->buffers[0].length;
  if (action->buffer_type != WSC_BUFFER_BINARY_MESSAGE)
    return;

  peer->is_broken |= peer->message_length != length_of (seed, peer->n_received);
  for (size_t i = 0; i < peer->message_length; i++)
    peer->is_broken |= peer->message[i] != byte_of (peer->n_received, i);
  peer->n_received++;
  peer->message_length = 0;
}

static void
perform_read (Peer            *peer,
              Peer            *other,
              const WscAction *action)
{
  size_t there = other->written - other->taken, n = 1 + (size_t) rand () % 200;

  n = n < there ? n : there;
  n = n < action->buffers[0].length ? n : action->buffers[0].length;
  if (n == 0)
    return;
  memcpy (action->buffers[0].at, other->wire + other->taken, n);
  other->taken += n;
  wsc_engine_complete_action (&peer->engine, action, n);
}

static void
perform_write (Peer            *peer,
               const WscAction *action)
{
  size_t n = 0;

  for (unsigned i = 0; i < action->n_buffers; i++)
    {
      memcpy (peer->wire + peer->written + n, action->buffers[i].at, action->buffers[i].length);
      n += action->buffers[i].length;
    }
  peer->written += n;
  wsc_engine_complete_action (&peer->engine, action, n);
}

static void
turn (Peer    *peer,
      Peer    *other,
      unsigned seed)
{
  WscAction action;

  for (int i = 0; i < 20; i++)
    {
      peer->is_broken |= wsc_engine_get_action (&peer->engine, WSC_ACTION_QUEUE_ALL,
                                                1 + (unsigned) rand () % 2,
                                                &action) != WSC_FAULT_NONE;
      switch ((WscActionType) action.type)
        {
        case WSC_ACTION_NONE:
          i = 20;
          break;
        case WSC_ACTION_SEND_TO_NETWORK:
          perform_write (peer, &action);
          break;
        case WSC_ACTION_RECEIVE_FROM_NETWORK:
          perform_read (peer, other, &action);
          break;
        case WSC_ACTION_INDICATE_SEND_COMPLETE:
          peer->n_indicated += action.buffer_type != WSC_BUFFER_PING_PONG;
          free (action.context);
          wsc_engine_complete_action (&peer->engine, &action, 0);
          break;
        case WSC_ACTION_INDICATE_RECEIVE_COMPLETE:
          take_chunk (peer, &action, seed);
          wsc_engine_complete_action (&peer->engine, &action, 0);
          wsc_engine_receive (&peer->engine, no_memory, NULL, NULL);
          break;
        }
    }

  /* A dispatch ends: the workspace is taken back, and lent again with other content. */
  peer->is_broken |= wsc_engine_take_back (&peer->engine) != WSC_FAULT_NONE;
  memset (peer->memory, 0xee, sizeof peer->memory);
  wsc_stream_lend (&peer->engine.stream, &peer->workspace);
}

static void
send_next (Peer    *peer,
           unsigned seed)
{
  size_t n = length_of (seed, peer->n_sent);
  uint8_t *payload = malloc (n + 1);

  for (size_t i = 0; i < n; i++)
    payload[i] = byte_of (peer->n_sent, i);
  peer->is_broken |= wsc_engine_send (&peer->engine, WSC_BUFFER_BINARY_MESSAGE,
                                      (WscBytes) { payload, n },
                                      payload, NULL) != WSC_FAULT_NONE;
  if (peer->n_sent++ % 3 == 0)
    wsc_engine_send (&peer->engine, WSC_BUFFER_PING_PONG, (WscBytes) { (const uint8_t *) "p", 1 },
                     NULL, NULL);
}

static bool
exchange (unsigned seed)
{
  static Peer client, server;
  bool is_right;

  srand (seed);
  init_peer (&client, WSC_ROLE_CLIENT);
  init_peer (&server, WSC_ROLE_SERVER);
  client.options.fragment_size = seed % 2 * 500;
  for (int round = 0; round < 20000; round++)
    {
      if (client.n_sent < 30)
        send_next (&client, seed);
      if (server.n_sent < 30)
        send_next (&server, seed);
      turn (&client, &server, seed);
      turn (&server, &client, seed);
      if (client.n_received == 30 && server.n_received == 30 && client.n_pongs == 10 &&
          server.n_pongs == 10)
        break;
    }
  is_right = !client.is_broken && !server.is_broken && client.n_received == 30 &&
             server.n_received == 30 &&
             client.n_indicated == 30 && server.n_indicated == 30 &&
             client.n_pongs == 10 && server.n_pongs == 10;
  clear_peer (&client);
  clear_peer (&server);
  return is_right;
}

/* Gets every action and completes it with 0; counts the indications. */
static void
drain (WscEngine *engine,
       unsigned  *n_sends,
       unsigned  *n_receives)
{
  WscAction action;

  *n_sends = *n_receives = 0;
  for (int i = 0; i < 100; i++)
    {
      if (wsc_engine_get_action (engine, WSC_ACTION_QUEUE_ALL, 2, &action) != WSC_FAULT_NONE ||
          action.type == WSC_ACTION_NONE)
        return;
      *n_sends += action.type == WSC_ACTION_INDICATE_SEND_COMPLETE;
      *n_receives += action.type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE;
      wsc_engine_complete_action (engine, &action, 0);
    }
}

static void
test_abort (void)
{
  static Peer peer;
  unsigned n_sends, n_receives;
  WscAction read, indication;

  init_peer (&peer, WSC_ROLE_SERVER);
  for (int i = 0; i < 3; i++)
    wsc_engine_send (&peer.engine, WSC_BUFFER_BINARY_MESSAGE,
                     (WscBytes) { (const uint8_t *) "abc", 3 }, NULL, NULL);
  wsc_engine_get_action (&peer.engine, WSC_ACTION_QUEUE_RECEIVE, 2, &read);
  wsc_engine_get_action (&peer.engine, WSC_ACTION_QUEUE_SEND, 2, &indication);
  perform_write (&peer, &indication);
  wsc_engine_get_action (&peer.engine, WSC_ACTION_QUEUE_SEND, 2, &indication);
  wsc_engine_abort (&peer.engine);
  wsc_engine_complete_action (&peer.engine, &indication, 0);
  wsc_engine_complete_action (&peer.engine, &read, 5);
  drain (&peer.engine, &n_sends, &n_receives);
  tap_point (indication.type == WSC_ACTION_INDICATE_SEND_COMPLETE && n_sends == 2 &&
             n_receives == 1 && !wsc_engine_has_pending (&peer.engine, WSC_ACTION_QUEUE_ALL),
             "/core/engine/abort/WIN-Z-03-each-operation-is-indicated-exactly-once");
  clear_peer (&peer);
}

static void
test_blocked (void)
{
  static Peer peer;
  WscAction action;

  init_peer (&peer, WSC_ROLE_SERVER);
  peer.workspace.write.length = 0;
  memcpy (peer.wire, "\x89\x81\0\0\0\0p", 7);
  wsc_engine_get_action (&peer.engine, WSC_ACTION_QUEUE_ALL, 2, &action);
  memcpy (action.buffers[0].at, peer.wire, 7);
  wsc_engine_complete_action (&peer.engine, &action, 7);
  wsc_engine_get_action (&peer.engine, WSC_ACTION_QUEUE_ALL, 2, &action);
  tap_point (action.type == WSC_ACTION_RECEIVE_FROM_NETWORK &&
             wsc_engine_has_pending (&peer.engine, WSC_ACTION_QUEUE_SEND),
             "/core/engine/blocked/WS-141-pong-waits-while-there-is-no-room-to-write");
  peer.workspace.write.length = 400;
  wsc_engine_get_action (&peer.engine, WSC_ACTION_QUEUE_SEND, 2, &action);
  tap_point (action.type == WSC_ACTION_SEND_TO_NETWORK &&
             memcmp (action.buffers[0].at, "\x8a\x01p", 3) == 0,
             "/core/engine/blocked/pong-leaves-on-the-queue-that-asks-first");
  wsc_engine_complete_action (&peer.engine, &action, 3);
  clear_peer (&peer);
}

static const struct
{
  const char *name;
  uint32_t    fragment_size;
  uint8_t     n_pings;          /* number of pings queued after the first step; they overtake the
                                 * message */
  size_t      length;           /* length of the frames that are sent before the Close */
} drop_cases[] = {
  { "frame-in-progress-and-close-still-leave", 0, 0, 1008 },
  { "message-between-two-frames-still-leaves", 100, 0, 10 * 106 },
  { "message-after-a-ping-still-leaves", 100, 1, 10 * 106 },
};

static void
test_drop_waiting (size_t row)
{
  static Peer peer;
  static uint8_t large[1000];
  unsigned n_sends = 0;
  WscAction action;
  const WscBytes abc = { (const uint8_t *) "abc", 3 };

  init_peer (&peer, WSC_ROLE_CLIENT);
  peer.workspace.write.length = 140;
  peer.options.fragment_size = drop_cases[row].fragment_size;
  wsc_engine_send (&peer.engine, WSC_BUFFER_BINARY_MESSAGE, (WscBytes) { large, sizeof large },
                   NULL, NULL);
  wsc_engine_send (&peer.engine, WSC_BUFFER_BINARY_MESSAGE, abc, NULL, NULL);
  wsc_engine_get_action (&peer.engine, WSC_ACTION_QUEUE_SEND, 2, &action);
  perform_write (&peer, &action);
  for (unsigned i = 0; i < drop_cases[row].n_pings; i++)
    wsc_engine_send (&peer.engine, WSC_BUFFER_PING_PONG, abc, NULL, NULL);
  wsc_engine_send_close (&peer.engine, WSC_CLOSE_NORMAL, (WscBytes) { NULL, 0 }, NULL, NULL);
  wsc_engine_drop_waiting (&peer.engine);
  while (wsc_engine_get_action (&peer.engine, WSC_ACTION_QUEUE_SEND, 2, &action)
         == WSC_FAULT_NONE &&
         action.type != WSC_ACTION_NONE)
    {
      n_sends += action.type == WSC_ACTION_INDICATE_SEND_COMPLETE &&
                 action.fault == WSC_FAULT_CLOSING_STARTED;
      perform_write (&peer, &action);
    }
  tap_point (n_sends == 1u + drop_cases[row].n_pings && peer.written == drop_cases[row].length + 8,
             "/core/engine/drop-waiting/WS-148-%s", drop_cases[row].name);
  clear_peer (&peer);
}

int
main (void)
{
  for (unsigned seed = 1; seed <= 40; seed++)
    tap_point (exchange (seed), "/core/engine/exchange/SEC-68-all-messages-come-whole-with-seed-%u",
               seed);
  test_abort ();
  test_blocked ();
  for (size_t i = 0; i < sizeof drop_cases / sizeof *drop_cases; i++)
    test_drop_waiting (i);
  return tap_end ();
}
