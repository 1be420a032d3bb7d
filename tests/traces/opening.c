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

TraceRandom
opening_random (void)
{
  static const uint8_t bytes[] = { 0x37, 0xfa, 0x21, 0x3d };

  return (TraceRandom) { .bytes = { bytes, sizeof bytes } };
}

WscDeflateOptions
opening_deflate (const Trace *trace)
{
  const uint64_t *options = trace->options;

  return (WscDeflateOptions) {
           .level = 6,
           .memory_level = 8,
           .client_window_bits = (uint8_t) options[TRACE_OPTION_CLIENT_WINDOW_BITS],
           .server_window_bits = (uint8_t) options[TRACE_OPTION_SERVER_WINDOW_BITS],
           .client_takeover = options[TRACE_OPTION_CLIENT_TAKEOVER] != 0,
           .server_takeover = options[TRACE_OPTION_SERVER_TAKEOVER] != 0,
           .threshold = (uint32_t) options[TRACE_OPTION_THRESHOLD],
  };
}

WscDeflateParameters
opening_agreed (const WscDeflateOptions *options)
{
  return (WscDeflateParameters) {
           .client_window_bits = options->client_window_bits,
           .server_window_bits = options->server_window_bits,
           .client_takeover = options->client_takeover,
           .server_takeover = options->server_takeover,
  };
}
