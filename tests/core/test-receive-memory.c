/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memory of the receive path: bytes that were received before any memory was lent, and a
 * loan that ends before all bytes were parsed. */

#include "core/stream/receive-path.h"
#include "lib/tap.h"

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
      kind = wsc_receive_path_next (&path, &options, (WscBuffer) { NULL, 0 }, &received);
      if (kind != WSC_RECEIVED_CHUNK)
        break;
      is_right = is_right && memcmp (received.payload.at, message + 4 + n,
                                     received.payload.length) == 0;
      n += received.payload.length;
    }
  while (received.buffer_type == WSC_BUFFER_BINARY_FRAGMENT);
  tap_point (is_right && kind == WSC_RECEIVED_CHUNK && n == 500 && path.spill == NULL,
             "/core/receive-memory/spill/RFC-56-larger-than-the-read-memory-is-served-in-order");
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
  tap_point (wsc_receive_path_next (&path, &options, (WscBuffer) { NULL, 0 }, &received)
             == WSC_RECEIVED_CHUNK
             && received.payload.length == 5 && memcmp (received.payload.at, "abcde", 5) == 0,
             "/core/receive-memory/loan/the-message-is-whole");
  wsc_receive_path_drop (&path);
}

int
main (void)
{
  test_spill ();
  test_loan_ends ();
  return tap_end ();
}
