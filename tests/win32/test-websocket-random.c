/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A test chooses the bytes of keys and masks. */

#include <string.h>

#include "lib/tap.h"
#include "win32/session-pair.h"
#include "win32/websocket-random-private.h"

static void
count_up (void    *data,
          uint8_t *to,
          size_t   n)
{
  uint8_t *next = data;

  for (size_t i = 0; i < n; i++)
    to[i] = (*next)++;
}

static void
test_source (void)
{
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  static Wire wire;
  uint8_t next = 0x10;
  bool is_open = open_pair (&client, &server);

  websocket_random_set_source (client, count_up, &next);
  wire.length = 0;
  send_bytes (client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "\0\0\0\0", 4, NULL);
  tap_point (is_open && write_out (client, &wire) && wire.length == 10 &&
             memcmp (wire.bytes, "\x82\x84\x10\x11\x12\x13\x10\x11\x12\x13", 10) == 0,
             "/win32/websocket-random/source/tests-choose-the-key");
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

int
main (void)
{
  test_source ();
  return tap_end ();
}
