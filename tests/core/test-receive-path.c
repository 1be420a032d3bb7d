/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The receive path by itself: any cut, any size of read memory, taken back at any time. */

#include "core/stream/receive-path.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <stdlib.h>
#include <string.h>

static const WscOptions options = {
  .role = WSC_ROLE_CLIENT, .max_frame_length = 1 << 20, .max_message_length = 1 << 20,
    .max_fragments = 1000, .utf8_check = 1,
};

/* "ab", then "cdefghij" in three frames with a ping between, an empty message, and a pong. */
static const char wire[] =
  "\x81\x02" "ab" "\x01\x03" "cde" "\x89\x04" "ping" "\x00\x00" "\x80\x05" "fghij" "\x82\x00" "\x8a\x01" "p";

typedef struct
{
  const uint8_t *wire;
  size_t left;
  char log[256];
  unsigned n_pings, n_pongs, max_read;
  bool is_broken;
} Player;

static void
note_chunk (Player            *player,
            const WscReceived *received)
{
  size_t n = strlen (player->log);
  bool is_new = n == 0 || player->log[n - 1] == ';';

  if (is_new)
    strcat (player->log, received->buffer_type <= WSC_BUFFER_UTF8_FRAGMENT ? "t:" : "b:");
  strncat (player->log, (const char *) received->payload.at, received->payload.length);
  if (received->buffer_type == WSC_BUFFER_UTF8_MESSAGE
      || received->buffer_type == WSC_BUFFER_BINARY_MESSAGE)
    strcat (player->log, ";");
}

static bool
read_some (Player         *player,
           WscReceivePath *path,
           WscBuffer       read,
           WscBuffer       own)
{
  WscBuffer buffers[2];
  unsigned n = wsc_receive_path_prepare_read (path, read, own, 2, buffers);
  size_t room = 0, wanted, taken = 0;

  for (unsigned i = 0; i < n; i++)
    room += buffers[i].length;
  wanted = 1 + (size_t) rand () % player->max_read;
  wanted = wanted < room ? wanted : room;
  wanted = wanted < player->left ? wanted : player->left;
  if (wanted == 0)
    return false;

  for (unsigned i = 0; i < n && taken < wanted; i++)
    {
      size_t part = wanted - taken < buffers[i].length ? wanted - taken : buffers[i].length;

      memcpy (buffers[i].at, player->wire + taken, part);
      taken += part;
    }
  player->wire += taken;
  player->left -= taken;
  wsc_receive_path_take_read (path, taken);
  return true;
}

static bool
play (unsigned seed,
      size_t   read_size,
      size_t   own_size)
{
  Player player = { (const uint8_t *) wire, sizeof wire - 1, "", 0, 0, 1 + seed % 9, false };
  uint8_t memory[300], own_memory[8];
  WscBuffer read = { memory, read_size }, own = { own_size > 0 ? own_memory : NULL, own_size };
  WscReceivePath path = { 0 };
  WscReceived received;
  bool goes_on = true;

  srand (seed);
  wsc_receive_path_lend (&path, read);
  while (goes_on)
    {
      switch (wsc_receive_path_next (&path, &options, &read, own, &received))
        {
        case WSC_RECEIVED_CHUNK:
          note_chunk (&player, &received);
          break;
        case WSC_RECEIVED_PING:
          player.n_pings += received.payload.length == 4
                            && memcmp (received.payload.at, "ping", 4) == 0;
          break;
        case WSC_RECEIVED_PONG:
          player.n_pongs++;
          break;
        case WSC_RECEIVED_NEED_READ:
          goes_on = read_some (&player, &path, read, own);
          break;
        case WSC_RECEIVED_CLOSE:
        case WSC_RECEIVED_FAULT:
          player.is_broken = true;
          goes_on = false;
          break;
        }
      if (path.direct == 0 && rand () % 4 == 0)
        {
          player.is_broken |= wsc_receive_path_take_back (&path, read) != WSC_FAULT_NONE;
          memset (memory, 0xee, sizeof memory);
          read.length = 140 + (size_t) rand () % 100;
          wsc_receive_path_lend (&path, read);
        }
    }
  wsc_receive_path_drop (&path);

  return !player.is_broken && strcmp (player.log, "t:ab;t:cdefghij;b:;") == 0 && player.n_pings == 1
         && player.n_pongs == 1 && player.left == 0;
}

static void
test_cuts (void)
{
  bool is_right = true, is_right_own = true;

  for (unsigned seed = 0; seed < 500; seed++)
    {
      is_right = is_right && play (seed, 256, 0);
      is_right_own = is_right_own && play (seed, 256, 1 + seed % 8);
    }
  tap_point (is_right, "/core/receive-path/cut/RFC-104-SEC-68-any-cut-gives-the-same-messages");
  tap_point (is_right_own, "/core/receive-path/cut/WIN-R-18-into-the-memory-of-the-caller-as-well");
}

static void
test_spill (void)
{
  uint8_t memory[200];
  WscReceivePath path = { 0 };
  WscReceived received;
  uint8_t message[504] = { 0x82, 0x7e, 0x01, 0xf4 };
  size_t n = 0;

  for (size_t i = 4; i < sizeof message; i++)
    message[i] = (uint8_t) i;
  wsc_receive_path_unread (&path, (WscBytes) { message, 300 });
  wsc_receive_path_unread (&path, (WscBytes) { message + 300, 204 });
  wsc_receive_path_lend (&path, (WscBuffer) { memory, 200 });
  tap_point (wsc_receive_path_prepare_read (&path, (WscBuffer) { memory, 200 },
                                            (WscBuffer) { NULL, 0 }, 2,
                                            (WscBuffer[2]) { { NULL, 0 } }) == 0,
             "/core/receive-path/spill/no-read-before-it-is-empty");

  bool is_right = true;
  WscReceivedKind kind;

  do
    {
      kind = wsc_receive_path_next (&path, &options, &(WscBuffer) { memory, 200 },
                                    (WscBuffer) { NULL, 0 }, &received);
      if (kind != WSC_RECEIVED_CHUNK)
        break;
      is_right = is_right && memcmp (received.payload.at, message + 4 + n,
                                     received.payload.length) == 0;
      n += received.payload.length;
    }
  while (received.buffer_type == WSC_BUFFER_BINARY_FRAGMENT);
  tap_point (is_right && kind == WSC_RECEIVED_CHUNK && n == 500 && path.spill == NULL,
             "/core/receive-path/spill/RFC-56-larger-than-the-read-memory-is-served-in-order");
  wsc_receive_path_drop (&path);
}

int
main (void)
{
  test_cuts ();
  test_spill ();
  return tap_end ();
}
