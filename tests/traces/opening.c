/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "traces/opening.h"

#define TEXT(text) { (const uint8_t *) text, sizeof text - 1 }

const WscHeader opening_request[OPENING_N_REQUEST] = {
  { TEXT ("Host"), TEXT ("example.org") },
  { TEXT ("Upgrade"), TEXT ("websocket") },
  { TEXT ("Connection"), TEXT ("Upgrade") },
  { TEXT ("Sec-WebSocket-Version"), TEXT ("13") },
  { TEXT ("Sec-WebSocket-Key"), TEXT ("dGhlIHNhbXBsZSBub25jZQ==") },
};

const WscHeader opening_response[OPENING_N_RESPONSE] = {
  { TEXT ("Upgrade"), TEXT ("websocket") },
  { TEXT ("Connection"), TEXT ("Upgrade") },
  { TEXT ("Sec-WebSocket-Accept"), TEXT ("7Ubo2JRe6fIuZAdGHq7kDA4XEQ0=") },
};

FaceRandom
opening_random (void)
{
  static const uint8_t octets[] = { 0x37, 0xfa, 0x21, 0x3d };

  return (FaceRandom) { .octets = { octets, sizeof octets } };
}
