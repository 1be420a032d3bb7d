/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/bytes/mask.h"
#include "core/frames/frame-reader.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t key_bytes[4] = { 0x37, 0xfa, 0x21, 0x3d };

static uint32_t
key (void)
{
  uint32_t value;

  memcpy (&value, key_bytes, 4);
  return value;
}

/* Reads one masked frame of a client in two pieces; the first has cut bytes. */
static WscFault
play_frame (WscFrameReader *reader,
            uint8_t         first,
            const char     *payload,
            size_t          length,
            size_t          cut,
            uint8_t        *out)
{
  WscFrameHeader header = { .first = first, .payload_length = length, .key = key (),
                            .is_masked = 1 };
  WscFault fault;

  for (size_t i = 0; i < length; i++)
    out[i] = (uint8_t) payload[i] ^ key_bytes[i % 4];

  wsc_frame_reader_begin (reader, &header, WSC_OPCODE_TEXT, WSC_TEXT_CHECKED);
  if (cut > 0 && cut < length)
    {
      fault = wsc_frame_reader_take (reader, out, cut);
      return fault != WSC_FAULT_NONE ? fault : wsc_frame_reader_take (reader, out + cut,
                                                                      length - cut);
    }
  return wsc_frame_reader_take (reader, out, length);
}

static const struct
{
  const char *name, *first_frame, *last_frame;  /* frames of the row; last_frame NULL: there is only
                                                 * the first */
  WscFault fault;
} texts[] = {
  { "WS-120-hello-unmasked", "Hello", NULL, WSC_FAULT_NONE },
  { "WS-187-TRAP-5-character-split-over-frames-accepted", "K\xce", "\xba\xe1\xbd\xb9", WSC_FAULT_NONE },
  { "WS-187-TRAP-5-empty-fragment-inside-accepted", "", "\xce\xba", WSC_FAULT_NONE },
  { "WS-185-bad-byte-refused", "K\xff", NULL, WSC_FAULT_TEXT_NOT_UTF8 },
  { "WS-188-TRAP-3-ends-inside-character-refused", "K\xce", NULL, WSC_FAULT_TEXT_NOT_UTF8 },
  { "WS-188-TRAP-3-empty-last-frame-refused", "K\xce", "", WSC_FAULT_TEXT_NOT_UTF8 },
  { "WS-186-TRAP-1-second-part-refused", "\xf4", "\x90\x80\x80", WSC_FAULT_TEXT_NOT_UTF8 },
  { "WS-189-surrogate-refused", "\xed\xa0\x80", NULL, WSC_FAULT_TEXT_NOT_UTF8 },
};

static void
test_text (void)
{
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    {
      size_t length = strlen (texts[i].first_frame);
      bool is_right = true;

      for (size_t cut = 0; cut <= length; cut++)
        {
          WscFrameReader reader = { 0 };
          uint8_t first[64], last[64];
          uint8_t byte = texts[i].last_frame == NULL ? 0x81 : 0x01;
          WscFault fault = play_frame (&reader, byte, texts[i].first_frame, length, cut, first);

          if (fault == WSC_FAULT_NONE && texts[i].last_frame != NULL)
            fault = play_frame (&reader, 0x80, texts[i].last_frame, strlen (texts[i].last_frame), 1,
                                last);
          is_right = is_right && fault == texts[i].fault &&
                     (fault != WSC_FAULT_NONE ||
                      memcmp (first, texts[i].first_frame, length) == 0);
        }
      tap_point (is_right, "/core/frame-reader/take/%s-at-every-cut", texts[i].name);
    }
}

static void
test_unchecked (void)
{
  WscFrameReader reader = { 0 };
  WscFrameHeader header = { .first = 0x82, .payload_length = 300, .key = key (), .is_masked = 1 };
  uint8_t plain[300], wire[300];
  bool is_right = true;

  for (size_t i = 0; i < sizeof plain; i++)
    {
      plain[i] = (uint8_t) (i * 7);
      wire[i] = plain[i] ^ key_bytes[i % 4];
    }
  wsc_frame_reader_begin (&reader, &header, WSC_OPCODE_BINARY, WSC_TEXT_UNCHECKED);
  for (size_t at = 0, n = 1; at < sizeof wire; at += n, n = n * 3 % 17 + 1)
    {
      n = n < sizeof wire - at ? n : sizeof wire - at;
      is_right = is_right && reader.is_open && wsc_frame_reader_take (&reader, wire + at,
                                                                      n) == WSC_FAULT_NONE;
    }
  tap_point (is_right && !reader.is_open && memcmp (plain, wire, sizeof plain) == 0,
             "/core/frame-reader/take/WS-115-key-goes-on-across-cuts");
}

int
main (void)
{
  test_text ();
  test_unchecked ();
  return tap_end ();
}
