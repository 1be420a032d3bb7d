/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The least send buffers of a client: a message is one frame, in steps as long as the buffer. */

#include <string.h>
#include <websocket.h>

#include "lib/tap.h"
#include "win32/session-pair.h"

#define LONGEST 65536

static BYTE payload[LONGEST], frame[14 + LONGEST];

/* The length of the header of a masked frame, without the key. */
static size_t
get_header_length (size_t length)
{
  return length > 65535 ? 10 : length > 125 ? 4 : 2;
}

static bool
is_frame_of (size_t n_frame,
             size_t length)
{
  const size_t header = get_header_length (length);
  const BYTE *key = frame + header, *masked = key + 4;
  size_t said = frame[1] & 0x7f;

  if (header > 2)
    {
      said = 0;
      for (size_t i = 2; i < header; i++)
        said = said << 8 | frame[i];
    }
  if (frame[0] != 0x82 || (frame[1] & 0x80) == 0 || said != length ||
      n_frame != header + 4 + length)
    return false;

  for (size_t i = 0; i < length; i++)
    {
      if ((masked[i] ^ key[i % 4]) != payload[i])
        return false;
    }

  return true;
}

/* Performs the whole send.  Only its last step may be shorter than the buffer. */
static bool
send_in_steps (WEB_SOCKET_HANDLE client,
               ULONG             size,
               size_t            length)
{
  size_t n_frame = 0, last = size;

  if (send_bytes (client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, payload, length, payload) != S_OK)
    return false;

  for (;;)
    {
      Step step = next_step (client, WEB_SOCKET_SEND_ACTION_QUEUE);

      if (step.action == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION)
        {
          complete (client, &step, 0);
          return step.application == payload && is_frame_of (n_frame, length);
        }
      if (step.action != WEB_SOCKET_SEND_TO_NETWORK_ACTION || step.n_buffers != 1 || last != size ||
          length_of (&step) > size || n_frame + length_of (&step) > sizeof frame)
        return false;

      last = length_of (&step);
      memcpy (frame + n_frame, step.buffers[0].Data.pbBuffer, last);
      n_frame += last;
      complete (client, &step, last);
    }
}

static void
test_size (ULONG size)
{
  static const size_t lengths[] = { 0, 1, 2, 3, 9, 10, 11, 12, 125, 126, 127, 65535, 65536 };
  WEB_SOCKET_PROPERTY given = { WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &size, sizeof size };
  Agreement nothing = { NULL, NULL };
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  bool is_open = create (CLIENT, &given, 1, &client) == S_OK &&
                 create (SERVER, NULL, 0, &server) == S_OK &&
                 do_handshake (client, server, &nothing);

  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
    tap_point (is_open && send_in_steps (client, size, lengths[i]),
               "/win32/websocket/steps/WIN-S-15-buffer-of-%u-message-of-%zu", (unsigned) size,
               lengths[i]);
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

int
main (void)
{
  for (size_t i = 0; i < sizeof payload; i++)
    payload[i] = (BYTE) (i * 7 + i / 256);
  test_size (16);
  test_size (17);
  return tap_end ();
}
