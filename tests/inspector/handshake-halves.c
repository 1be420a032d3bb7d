/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/handshake-halves.h"

#define REQUEST "GET /chat HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define RESPONSE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define NO_FIELD "X[y: 1\r\n"

static const struct
{
  const char *name, *request, *response;
} kinds[HANDSHAKE_N_KINDS] = {
  { "absent", NULL, NULL },
  { "cut", REQUEST "Sec-WebSo", RESPONSE "Sec-WebSo" },
  { "malformed", REQUEST NO_FIELD KEY "Sec-WebSocket-Version: 13\r\n\r\n", RESPONSE NO_FIELD ACCEPT "\r\n" },
  { "refused", REQUEST "Sec-WebSocket-Version: 12\r\n\r\n", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nNo" },
  { "good", REQUEST KEY "Sec-WebSocket-Version: 13\r\n\r\n", RESPONSE ACCEPT "\r\n\x81\x02Hi" },
};

const HandshakeHalves *
handshake_halves_get (guint i)
{
  static HandshakeHalves halves[HANDSHAKE_N_HALVES];
  guint request = i / HANDSHAKE_N_KINDS, response = i % HANDSHAKE_N_KINDS;

  g_assert_cmpuint (i, <, HANDSHAKE_N_HALVES);
  if (halves[i].name == NULL)
    halves[i] = (HandshakeHalves) {
      .name = g_strdup_printf ("%s-%s", kinds[request].name, kinds[response].name),
      .request = kinds[request].request, .response = kinds[response].response,
    };
  return &halves[i];
}
