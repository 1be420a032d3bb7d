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
  if (received->buffer_type == WSC_BUFFER_UTF8_MESSAGE ||
      received->buffer_type == WSC_BUFFER_BINARY_MESSAGE)
    strcat (player->log, ";");
}

static bool
read_some (Player         *player,
           WscReceivePath *path,
           WscBuffer       own)
{
  WscBuffer buffers[2];
  unsigned n = wsc_receive_path_prepare_read (path, own, 2, buffers);
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
  wsc_receive_path_take (path, taken);
  return true;
}

static bool
play (unsigned seed,
      size_t   read_size,
      size_t   own_size)
{
  Player player = { (const uint8_t *) wire, sizeof wire - 1, "", 0, 0, 1 + seed % 9, false };
  uint8_t memory[300], own_memory[8];
  WscReadMemory read = { .at = memory, .length = read_size };
  WscBuffer own = { own_size > 0 ? own_memory : NULL, own_size };
  WscReceivePath path = { 0 };
  WscReceived received;
  bool goes_on = true;

  srand (seed);
  wsc_receive_path_lend (&path, &read);
  while (goes_on)
    {
      switch (wsc_receive_path_next (&path, &options, NULL, own, &received))
        {
        case WSC_RECEIVED_CHUNK:
          note_chunk (&player, &received);
          break;
        case WSC_RECEIVED_PING:
          player.n_pings += received.payload.length == 4 &&
                            memcmp (received.payload.at, "ping", 4) == 0;
          break;
        case WSC_RECEIVED_PONG:
          player.n_pongs++;
          break;
        case WSC_RECEIVED_NEED_READ:
          goes_on = read_some (&player, &path, own);
          break;
        case WSC_RECEIVED_CLOSE:
        case WSC_RECEIVED_FAULT:
          player.is_broken = true;
          goes_on = false;
          break;
        }
      if (read.direct == 0 && rand () % 4 == 0)
        {
          player.is_broken |= wsc_receive_path_take_back (&path) != WSC_FAULT_NONE;
          memset (memory, 0xee, sizeof memory);
          read.length = 140 + (size_t) rand () % 100;
          wsc_receive_path_lend (&path, &read);
        }
    }
  wsc_receive_path_drop (&path);

  return !player.is_broken && strcmp (player.log, "t:ab;t:cdefghij;b:;") == 0 &&
         player.n_pings == 1 && player.n_pongs == 1 && player.left == 0;
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
  tap_point (is_right, "/core/receive-path/cut/WS-104-SEC-68-any-cut-gives-the-same-messages");
  tap_point (is_right_own, "/core/receive-path/cut/WIN-R-18-into-the-memory-of-the-caller-as-well");
}

#define N_SEEDS 4000

/* Frames of a random kind, most of them valid, long enough for the fast path. */
static size_t
make_frame (uint8_t *to,
            bool     is_masked)
{
  static const uint8_t firsts[] = {
    0x81, 0x81, 0x82, 0x82, 0x81, 0x82, 0x01, 0x02, 0x80, 0x00, 0x89, 0x8a, 0x88, 0xc1, 0x83, 0x8b,
  };
  size_t length = 12 + (size_t) rand () % 120, n = 2;
  bool has_mask = is_masked != (rand () % 40 == 0);

  to[0] = firsts[(size_t) rand () % sizeof firsts];
  to[1] = (uint8_t) length;
  if (length > WSC_LENGTH_7_BITS || rand () % 40 == 0)
    {
      to[1] = 126;
      to[2] = 0;
      to[3] = (uint8_t) length;
      n = 4;
    }
  to[1] |= has_mask ? WSC_MASKED : 0;
  for (int i = 0; i < 4 && has_mask; i++)
    to[n++] = (uint8_t) (rand () % 2 == 0 ? 0 : rand ());
  for (size_t i = 0; i < length; i++)
    to[n + i] = 'x';
  if (rand () % 8 == 0)
    to[n + (size_t) rand () % length] = (uint8_t) rand ();
  return n + length;
}

typedef struct
{
  uint8_t  bytes[4096];         /* received payload, with a mark after each indication */
  size_t   n_bytes;
  WscFault fault;
} Record;

static void
note (Record            *record,
      WscReceivedKind    kind,
      const WscReceived *received)
{
  const bool is_last = kind != WSC_RECEIVED_CHUNK ||
                       received->buffer_type == WSC_BUFFER_UTF8_MESSAGE ||
                       received->buffer_type == WSC_BUFFER_BINARY_MESSAGE;

  memcpy (record->bytes + record->n_bytes, received->payload.at, received->payload.length);
  record->n_bytes += received->payload.length;
  if (is_last)
    {
      record->bytes[record->n_bytes++] = (uint8_t) kind;
      record->bytes[record->n_bytes++] = (uint8_t) received->buffer_type;
    }
}

/* step: number of bytes that are read at once */
static void
tell (const WscOptions *side,
      const uint8_t    *bytes,
      size_t            n,
      size_t            step,
      Record           *record)
{
  static uint8_t memory[2048];
  const WscBuffer none = { NULL, 0 };
  WscReadMemory read = { .at = memory, .length = sizeof memory };
  WscReceivePath path = { 0 };
  WscReceived received;
  WscReceivedKind kind;
  WscBuffer room;

  *record = (Record) { .n_bytes = 0 };
  wsc_receive_path_lend (&path, &read);
  while (record->fault == WSC_FAULT_NONE)
    {
      kind = wsc_receive_path_next (&path, side, NULL, none, &received);
      if (kind == WSC_RECEIVED_FAULT)
        record->fault = received.fault;
      else if (kind != WSC_RECEIVED_NEED_READ)
        note (record, kind, &received);
      else if (n == 0 || wsc_receive_path_prepare_read (&path, none, 1, &room) == 0)
        break;
      else
        {
          size_t part = step < n ? step : n;

          memcpy (room.at, bytes, part);
          wsc_receive_path_take (&path, part);
          bytes += part;
          n -= part;
        }
    }
  wsc_receive_path_drop (&path);
}

/* A frame that is read at once is parsed in one step, one that is read byte by byte in many: the
 * indications are the same, up to the payload of a text that is refused. */
static void
test_whole_or_cut (void)
{
  bool is_same = true;
  unsigned n_messages = 0, n_faults = 0;

  for (unsigned seed = 0; seed < N_SEEDS; seed++)
    {
      WscOptions side = options;
      uint8_t bytes[1024];
      static Record whole, cut;
      size_t n = 0;

      srand (seed);
      side.role = seed % 2 == 0 ? WSC_ROLE_SERVER : WSC_ROLE_CLIENT;
      side.max_message_length = seed % 5 == 0 ? 100 : 1 << 20;
      side.max_frame_length = seed % 7 == 0 ? 100 : 1 << 20;
      side.utf8_check = seed % 3 != 0;
      for (int i = 0; i < 4; i++)
        n += make_frame (bytes + n, side.role == WSC_ROLE_SERVER);
      tell (&side, bytes, n, n, &whole);
      tell (&side, bytes, n, 1, &cut);
      is_same = is_same && whole.fault == cut.fault &&
                (whole.fault != WSC_FAULT_NONE
                    ? whole.n_bytes <= cut.n_bytes : whole.n_bytes == cut.n_bytes) &&
                memcmp (whole.bytes, cut.bytes, whole.n_bytes) == 0;
      n_messages += whole.fault == WSC_FAULT_NONE;
      n_faults += whole.fault != WSC_FAULT_NONE;
    }
  tap_point (is_same && n_messages > 100 && n_faults > 100,
             "/core/receive-path/whole/indicates-the-same-as-a-cut-frame");
}

/* A frame of an extension may continue a message that is none of it. */
static void
test_raw_continuation (void)
{
  uint8_t memory[200];
  WscReadMemory read = { .at = memory, .length = sizeof memory };
  WscReceivePath path = { .allowed = { .rsv = WSC_RSV } };
  WscReceived received;
  WscBuffer room;
  const WscBuffer none = { NULL, 0 };

  wsc_receive_path_lend (&path, &read);
  wsc_receive_path_prepare_read (&path, none, 1, &room);
  memcpy (room.at, "\x01\x01" "a" "\xc0\x01\xff", 6);
  wsc_receive_path_take (&path, 6);
  tap_point (wsc_receive_path_next (&path, &options, NULL, none, &received) == WSC_RECEIVED_CHUNK &&
             received.buffer_type == WSC_BUFFER_UTF8_FRAGMENT &&
             wsc_receive_path_next (&path, &options, NULL, none, &received) == WSC_RECEIVED_CHUNK &&
             received.buffer_type == WSC_BUFFER_RAW && received.code == 0x180,
             "/core/receive-path/raw/continuation-of-a-text-is-raw-and-not-checked");
  wsc_receive_path_drop (&path);
}

int
main (void)
{
  test_cuts ();
  test_raw_continuation ();
  test_whole_or_cut ();
  return tap_end ();
}
