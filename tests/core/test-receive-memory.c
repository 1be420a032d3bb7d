/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memory of the receive path: bytes that were received before any memory was lent, and a
 * loan that ends before all bytes were parsed. */

#include "core/stream/receive-path.h"
#include "lib/tap.h"

#include <stdlib.h>
#include <string.h>

static const WscOptions options = {
  .role = WSC_ROLE_CLIENT, .max_frame_length = 1 << 20, .max_message_length = 1 << 20,
    .max_fragments = 1000, .utf8_check = 1,
};

static void
test_spill (void)
{
  uint8_t memory[200];
  WscReadMemory read = { .at = memory, .length = sizeof memory };
  WscReceivePath path = { 0 };
  WscReceived received;
  uint8_t message[504] = { 0x82, 0x7e, 0x01, 0xf4 };
  size_t n = 0;

  for (size_t i = 4; i < sizeof message; i++)
    message[i] = (uint8_t) i;
  tap_point (wsc_receive_path_unread (&path, (WscBytes) { NULL, 0 }) == WSC_FAULT_NONE &&
             path.spill == NULL,
             "/core/receive-memory/spill/none-of-no-bytes");
  wsc_receive_path_unread (&path, (WscBytes) { message, 300 });
  wsc_receive_path_unread (&path, (WscBytes) { message + 300, 204 });
  wsc_receive_path_lend (&path, &read);
  tap_point (wsc_receive_path_prepare_read (&path, (WscBuffer) { NULL, 0 }, 2,
                                            (WscBuffer[2]) { { NULL, 0 } }) == 0,
             "/core/receive-memory/spill/no-read-before-it-is-empty");

  bool is_right = true;
  WscReceivedKind kind;

  do
    {
      kind = wsc_receive_path_next (&path, &options, NULL, (WscBuffer) { NULL, 0 }, &received);
      if (kind != WSC_RECEIVED_CHUNK)
        break;
      is_right = is_right && memcmp (received.payload.at, message + 4 + n,
                                     received.payload.length) == 0;
      n += received.payload.length;
    }
  while (received.buffer_type == WSC_BUFFER_BINARY_FRAGMENT);
  tap_point (is_right && kind == WSC_RECEIVED_CHUNK && n == 500 && path.spill == NULL,
             "/core/receive-memory/spill/WS-56-larger-than-the-read-memory-is-served-in-order");
  wsc_receive_path_drop (&path);
}

static void
test_loan_ends (void)
{
  uint8_t memory[200];
  WscReadMemory read = { .at = memory, .length = sizeof memory };
  WscReceivePath path = { 0 };
  WscReceived received;
  WscBuffer room;

  wsc_receive_path_lend (&path, &read);
  wsc_receive_path_prepare_read (&path, (WscBuffer) { NULL, 0 }, 1, &room);
  memcpy (room.at, "\x82\x05" "abc", 5);
  wsc_receive_path_take (&path, 5);
  tap_point (wsc_receive_path_take_back (&path) == WSC_FAULT_NONE && path.spill_length == 5,
             "/core/receive-memory/loan/unread-bytes-are-kept");
  memset (memory, 0xee, sizeof memory);
  wsc_receive_path_lend (&path, &read);
  wsc_receive_path_prepare_read (&path, (WscBuffer) { NULL, 0 }, 1, &room);
  tap_point (room.at == memory + 5 && path.spill == NULL,
             "/core/receive-memory/loan/the-next-read-goes-after-them");
  memcpy (room.at, "de", 2);
  wsc_receive_path_take (&path, 2);
  tap_point (wsc_receive_path_next (&path, &options, NULL, (WscBuffer) { NULL, 0 }, &received)
             == WSC_RECEIVED_CHUNK &&
             received.payload.length == 5 && memcmp (received.payload.at, "abcde", 5) == 0,
             "/core/receive-memory/loan/the-message-is-whole");
  wsc_receive_path_drop (&path);
}

static void
test_prepared_reads (void)
{
  uint8_t memory[8], own_memory[1];
  const WscBuffer own = { own_memory, sizeof own_memory }, none = { NULL, 0 };
  WscReadMemory read = { .at = memory, .length = sizeof memory };
  WscReceivePath path = { 0 };
  WscReceived received;
  WscBuffer room[2];

  wsc_receive_path_lend (&path, &read);
  wsc_receive_path_prepare_read (&path, none, 1, room);
  memcpy (room[0].at, "\x82\x05" "abc", 5);
  wsc_receive_path_take (&path, 5);
  wsc_receive_path_next (&path, &options, NULL, own, &received);
  tap_point (wsc_receive_path_prepare_read (&path, own, 2, room) == 1 && room[0].at == memory + 2,
             "/core/receive-memory/prepare/own-memory-waits-for-what-is-unread");
  wsc_receive_path_take (&path, 6);
  tap_point (wsc_receive_path_prepare_read (&path, none, 2, room) == 0,
             "/core/receive-memory/prepare/full-memory-has-no-room");
  wsc_receive_path_drop (&path);
}

/* The memory ends with what was read: a checker of memory notices a header that is read beyond. */
static void
test_last_bytes (void)
{
  uint8_t *memory = malloc (6);
  WscReadMemory read = { .at = memory, .length = 6 };
  WscReceivePath path = { 0 };
  WscReceived received;
  WscBuffer room;

  wsc_receive_path_lend (&path, &read);
  wsc_receive_path_prepare_read (&path, (WscBuffer) { NULL, 0 }, 1, &room);
  memcpy (room.at, "\x82\x02" "ab" "\x82\x7e", 6);
  wsc_receive_path_take (&path, 6);
  tap_point (wsc_receive_path_next (&path, &options, NULL, (WscBuffer) { NULL, 0 }, &received)
             == WSC_RECEIVED_CHUNK &&
             wsc_receive_path_next (&path, &options, NULL, (WscBuffer) { NULL, 0 }, &received)
             == WSC_RECEIVED_NEED_READ,
             "/core/receive-memory/prepare/part-of-a-header-at-the-end-waits");
  wsc_receive_path_drop (&path);
  free (memory);
}

static const struct
{
  const char *name;
  uint32_t    n_unread, n_spilled;
  uint8_t     is_open, is_compressed;
  bool        is_empty;
} emptiness[] = {
  { "between-frames", 0, 0, 0, 0, true },
  { "unread-bytes", 1, 0, 0, 0, false },
  { "spilled-bytes", 0, 1, 0, 0, false },
  { "open-frame-needs-a-read", 0, 0, 1, 0, true },
  { "open-compressed-frame-may-have-more", 0, 0, 1, 1, false },
  { "after-a-compressed-frame", 0, 0, 0, 1, true },
};

static void
test_emptiness (void)
{
  for (size_t i = 0; i < sizeof emptiness / sizeof emptiness[0]; i++)
    {
      WscReadMemory read = { .begin = 3, .end = 3 + emptiness[i].n_unread };
      WscReceivePath path = { .read = &read, .spill_length = emptiness[i].n_spilled };

      path.reader.is_open = emptiness[i].is_open;
      path.reader.is_compressed = emptiness[i].is_compressed;
      tap_point (wsc_receive_path_is_empty (&path) == emptiness[i].is_empty,
                 "/core/receive-memory/empty/%s", emptiness[i].name);
    }
}

int
main (void)
{
  test_spill ();
  test_prepared_reads ();
  test_last_bytes ();
  test_emptiness ();
  test_loan_ends ();
  return tap_end ();
}
