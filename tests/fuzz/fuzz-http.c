/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* HTTP and frames of any bytes on one connection, with missing bytes between: nothing of it is held
 * at the end.
 *
 * The first byte says which side has sent the SYN; each piece begins with its side (1 bit), whether
 * it is missing (1 bit) and its length (6 bits; 63: two more bytes). */

#include <inspect/sources/http/wsi-http-sniffer.h>
#include <string.h>

#include "fuzz/fuzz-input.h"

#define LONG_PIECE 63

static void
pass_piece (WsiTcpConnection *connection,
            WsiHttpSniffer   *sniffer,
            FuzzInput        *input)
{
  const WsiTcpListener *listener = &wsi_http_sniffer_listener;
  const uint8_t control = fuzz_take (input);
  size_t length = control >> 2;

  if (length == LONG_PIECE)
    {
      length = (size_t) fuzz_take (input) << 8;
      length |= fuzz_take (input);
    }
  if (control & 2)
    {
      listener->gap (connection, control & 1, length == 0 ? WSI_TCP_UNKNOWN_LENGTH : length, 1,
                     sniffer);
      return;
    }

  length = MIN (length, input->left);
  if (length == 0)
    listener->end (connection, control & 1, WSI_TCP_END_FIN, 1, sniffer);
  else
    listener->bytes (connection, control & 1, input->at, length, 1, sniffer);
  input->at += length;
  input->left -= length;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  FuzzInput input = { data, size, 1 };
  const uint8_t client = fuzz_take (&input);
  const WsiSegment first = {
    .source = { { 127, 0, 0, 1 }, 4000, G_SOCKET_FAMILY_IPV4 },
    .destination = { { 127, 0, 0, 1 }, 80, G_SOCKET_FAMILY_IPV4 },
  };
  g_autoptr (WsiStore) store = wsi_store_new (10000, 1024 * 1024);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_autoptr (WsiHttpSniffer) sniffer = wsi_http_sniffer_new (recorder, "fuzz");
  WsiTcpCounts counts = { 0 };
  WsiTcpConnection connection;

  wsi_tcp_connection_init (&connection, &first, &wsi_http_sniffer_listener, sniffer, &counts);
  connection.client = client % (WSI_TCP_NO_SIDE + 1);
  while (input.left > 0 && !connection.is_ignored)
    pass_piece (&connection, sniffer, &input);
  wsi_http_sniffer_listener.close (&connection, WSI_TCP_CLOSE_ENDED, 1, sniffer);

  REQUIRE (connection.data == NULL);
  REQUIRE (wsi_http_sniffer_get_n_held (sniffer) == 0);
  wsi_tcp_connection_clear (&connection);
  return 0;
}
