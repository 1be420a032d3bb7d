/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/frames/frame-header.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <stdio.h>
#include <string.h>

#define S WSC_ROLE_SERVER
#define C WSC_ROLE_CLIENT
#define KEY "\x37\xfa\x21\x3d"

static const WscFrameAllowance none = { 0, 0, 0 };

/* The limit is above 2^32, so that no length is refused because of its size. */
static WscOptions
options_for (WscRole role)
{
  return (WscOptions) { .role = role, .max_frame_length = UINT64_C (1) << 62,
                        .max_message_length = UINT64_MAX };
}

static const struct
{
  const char *name;
  WscRole role;
  size_t length;                /* length of the header */
  const char *bytes;
  size_t known_at;              /* number of bytes with which the fault must be reported */
  WscFault fault;
} headers[] = {
  { "WS-107-text-of-5-accepted", C, 2, "\x81\x05", 0, WSC_FAULT_NONE },
  { "WS-107-masked-text-of-5-accepted", S, 6, "\x81\x85" KEY, 0, WSC_FAULT_NONE },
  { "WS-108-empty-accepted", C, 2, "\x82\x00", 0, WSC_FAULT_NONE },
  { "WS-97-rsv1-refused", C, 2, "\xc1\x05", 1, WSC_FAULT_RSV_NOT_NEGOTIATED },
  { "WS-97-rsv2-refused", C, 2, "\xa1\x05", 1, WSC_FAULT_RSV_NOT_NEGOTIATED },
  { "WS-97-rsv3-refused", C, 2, "\x91\x05", 1, WSC_FAULT_RSV_NOT_NEGOTIATED },
  { "WS-210-rsv1-on-ping-refused", C, 2, "\xc9\x00", 1, WSC_FAULT_RSV_NOT_NEGOTIATED },
  { "WS-98-opcode-3-refused", C, 2, "\x83\x00", 1, WSC_FAULT_OPCODE_RESERVED },
  { "WS-98-opcode-4-refused", C, 2, "\x84\x00", 1, WSC_FAULT_OPCODE_RESERVED },
  { "WS-98-opcode-5-refused", C, 2, "\x85\x00", 1, WSC_FAULT_OPCODE_RESERVED },
  { "WS-98-opcode-6-refused", C, 2, "\x86\x00", 1, WSC_FAULT_OPCODE_RESERVED },
  { "WS-98-opcode-7-refused", C, 2, "\x87\x00", 1, WSC_FAULT_OPCODE_RESERVED },
  { "WS-99-opcode-b-refused", C, 2, "\x8b\x00", 1, WSC_FAULT_OPCODE_RESERVED },
  { "WS-99-opcode-c-refused", C, 2, "\x8c\x00", 1, WSC_FAULT_OPCODE_RESERVED },
  { "WS-99-opcode-d-refused", C, 2, "\x8d\x00", 1, WSC_FAULT_OPCODE_RESERVED },
  { "WS-99-opcode-e-refused", C, 2, "\x8e\x00", 1, WSC_FAULT_OPCODE_RESERVED },
  { "WS-99-opcode-f-refused", C, 2, "\x8f\x00", 1, WSC_FAULT_OPCODE_RESERVED },
  { "WS-135-TRAP-6-ping-without-fin-refused", C, 2, "\x09\x00", 1, WSC_FAULT_CONTROL_FRAME_FRAGMENTED },
  { "WS-135-pong-without-fin-refused", C, 2, "\x0a\x00", 1, WSC_FAULT_CONTROL_FRAME_FRAGMENTED },
  { "WS-135-close-without-fin-refused", C, 2, "\x08\x00", 1, WSC_FAULT_CONTROL_FRAME_FRAGMENTED },
  { "WS-134-ping-of-125-accepted", C, 2, "\x89\x7d", 0, WSC_FAULT_NONE },
  { "WS-134-TRAP-8-ping-of-126-refused", C, 4, "\x89\x7e\x00\x7e", 2, WSC_FAULT_CONTROL_FRAME_TOO_LONG },
  { "WS-134-close-with-64-bits-refused", C, 10, "\x88\x7f\0\0\0\0\0\1\0\0", 2, WSC_FAULT_CONTROL_FRAME_TOO_LONG },
  { "WS-110-unmasked-to-server-refused", S, 2, "\x81\x05", 2, WSC_FAULT_FRAME_NOT_MASKED },
  { "WS-110-unmasked-ping-to-server-refused", S, 2, "\x89\x00", 2, WSC_FAULT_FRAME_NOT_MASKED },
  { "WS-110-unmasked-ping-of-126-to-server-refused-for-its-mask", S, 4, "\x89\x7e\x00\x7e", 2, WSC_FAULT_FRAME_NOT_MASKED },
  { "WS-112-masked-ping-of-126-to-client-refused-for-its-mask", C, 8, "\x89\xfe\x00\x7e" KEY, 2, WSC_FAULT_FRAME_MASKED },
  { "WS-112-masked-to-client-refused", C, 6, "\x81\x85" KEY, 2, WSC_FAULT_FRAME_MASKED },
  { "WS-101-126-in-16-bits-accepted", C, 4, "\x82\x7e\x00\x7e", 0, WSC_FAULT_NONE },
  { "WS-101-125-in-16-bits-refused", C, 4, "\x82\x7e\x00\x7d", 4, WSC_FAULT_LENGTH_NOT_SHORTEST },
  { "WS-101-0-in-16-bits-refused", C, 4, "\x82\x7e\x00\x00", 4, WSC_FAULT_LENGTH_NOT_SHORTEST },
  { "WS-101-65536-in-64-bits-accepted", C, 10, "\x82\x7f\0\0\0\0\0\1\0\0", 0, WSC_FAULT_NONE },
  { "WS-101-65535-in-64-bits-refused", C, 10, "\x82\x7f\0\0\0\0\0\0\xff\xff", 10, WSC_FAULT_LENGTH_NOT_SHORTEST },
  { "WS-101-5-in-64-bits-masked-refused", S, 14, "\x82\xff\0\0\0\0\0\0\0\5" KEY, 10, WSC_FAULT_LENGTH_NOT_SHORTEST },
  { "WS-102-top-bit-refused", C, 10, "\x82\x7f\x80\0\0\0\0\1\0\0", 10, WSC_FAULT_LENGTH_TOP_BIT_SET },
  { "WS-102-all-ones-refused", C, 10, "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10, WSC_FAULT_LENGTH_TOP_BIT_SET },
  { "WS-102-2^62-within-limit-accepted", C, 10, "\x82\x7f\x40\0\0\0\0\0\0\0", 0, WSC_FAULT_NONE },
  { "WS-103-above-the-limit-refused", C, 10, "\x82\x7f\x40\0\0\0\0\0\0\1", 10, WSC_FAULT_FRAME_TOO_BIG },
};

/* A header is checked in its bytes or after it was parsed: the verdict is the same. */
static bool
is_checked_alike (WscBytes              bytes,
                  const WscFrameHeader *header,
                  const WscOptions     *options,
                  WscFault              fault)
{
  WscFault by_bytes = wsc_frame_header_check_bytes (bytes, options, &none);

  if (by_bytes == WSC_FAULT_NONE)
    by_bytes = wsc_frame_header_check_size (header, options);
  return by_bytes == fault;
}

/* The fault is reported as soon as the wrong byte is in the prefix, and not before. */
static void
test_headers (void)
{
  for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
    {
      WscOptions options = options_for (headers[i].role);
      bool is_right = true;
      WscFrameHeader header;

      for (size_t n = 0; n <= headers[i].length; n++)
        {
          WscBytes bytes = { (const uint8_t *) headers[i].bytes, n };
          WscFault fault = wsc_frame_header_parse (&header, bytes);

          if (fault == WSC_FAULT_PARTIAL)
            fault = wsc_frame_header_check_bytes (bytes, &options, &none);
          else
            {
              fault = wsc_frame_header_check (&header, &options, &none);
              is_right = is_right && is_checked_alike (bytes, &header, &options, fault);
            }

          WscFault expected = n >= headers[i].known_at ? headers[i].fault : WSC_FAULT_NONE;

          is_right = is_right && fault == expected;
        }
      is_right = is_right && header.header_length == headers[i].length;
      tap_point (is_right, "/core/frame-header/check/WS-106-%s", headers[i].name);
    }
}

static const struct
{
  uint64_t length;
  size_t n;
  const char *bytes;
} lengths[] = {
  { 0, 2, "\x82\x00" },
  { 1, 2, "\x82\x01" },
  { 125, 2, "\x82\x7d" },
  { 126, 4, "\x82\x7e\x00\x7e" },
  { 65535, 4, "\x82\x7e\xff\xff" },
  { 65536, 10, "\x82\x7f\0\0\0\0\0\1\0\0" },
  { UINT64_C (0x0102030405060708), 10, "\x82\x7f\1\2\3\4\5\6\7\x08" },
};

static void
test_write (void)
{
  uint32_t key;

  memcpy (&key, KEY, 4);
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
    {
      uint8_t to[WSC_MAX_HEADER_LENGTH], masked[WSC_MAX_HEADER_LENGTH];
      size_t n = wsc_frame_header_write (to, 0x82, lengths[i].length, NULL);
      size_t n_masked = wsc_frame_header_write (masked, 0x82, lengths[i].length, &key);
      WscFrameHeader header;
      bool is_back = wsc_frame_header_parse (&header,
                                             (WscBytes) { masked, n_masked }) == WSC_FAULT_NONE &&
                     header.payload_length == lengths[i].length && header.key == key &&
                     header.is_masked && header.first == 0x82 &&
                     header.header_length == n_masked;

      tap_point (n == lengths[i].n && memcmp (to, lengths[i].bytes, n) == 0 && n_masked == n + 4 &&
                 wsc_frame_header_length (lengths[i].length) == n &&
                 memcmp (masked + n, KEY, 4) == 0 && is_back,
                 "/core/frame-header/write/WS-100-WS-105-WS-116-length-%llu-in-shortest-form",
                 (unsigned long long) lengths[i].length);
    }
}

static void
test_allowances (void)
{
  WscOptions client = options_for (C), server = options_for (S);
  WscFrameAllowance extension = { WSC_RSV, 1, 0 };
  WscFrameHeader raw = { .first = 0xc3, .header_length = 2 };
  WscFrameHeader cut = { .first = 0x4b, .header_length = 2 };
  WscFrameHeader unmasked = { .first = 0x82, .header_length = 2 };

  server.accept_unmasked = 1;
  tap_point (wsc_frame_header_check (&raw, &client, &extension) == WSC_FAULT_NONE,
             "/core/frame-header/allow/agreed-extension-passes");
  tap_point (wsc_frame_header_check (&cut, &client,
                                     &extension) == WSC_FAULT_CONTROL_FRAME_FRAGMENTED,
             "/core/frame-header/allow/fragmented-control-frame-of-extension-refused");
  tap_point (wsc_frame_header_check (&unmasked, &server, &none) == WSC_FAULT_NONE,
             "/core/frame-header/allow/WS-119-unmasked-accepted-where-asked-for");
}

/* The fault names the smaller limit; if there is no frame limit, both are the same. */
static const struct
{
  const char *name;
  uint64_t max_frame, max_message, length;
  uint8_t first;
  WscFault fault;
} sizes[] = {
  { "frame-limit-named", 4, 8, 5, 0x82, WSC_FAULT_FRAME_TOO_BIG },
  { "frame-limit-named-above-both", 4, 8, 9, 0x82, WSC_FAULT_FRAME_TOO_BIG },
  { "frame-limit-kept", 4, 8, 4, 0x82, WSC_FAULT_NONE },
  { "frame-limit-named-for-a-ping", 4, 8, 5, 0x89, WSC_FAULT_FRAME_TOO_BIG },
  { "message-limit-named", 8, 8, 9, 0x82, WSC_FAULT_MESSAGE_TOO_BIG },
  { "message-limit-named-for-a-fragment", 8, 8, 9, 0x02, WSC_FAULT_MESSAGE_TOO_BIG },
  { "message-limit-named-below-the-other", 9, 8, 10, 0x82, WSC_FAULT_MESSAGE_TOO_BIG },
  { "message-limit-kept", 8, 8, 8, 0x82, WSC_FAULT_NONE },
  { "ping-is-no-message", 8, 8, 9, 0x89, WSC_FAULT_NONE },
};

static void
test_sizes (void)
{
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
    {
      WscOptions options = { .role = C, .max_frame_length = sizes[i].max_frame,
                             .max_message_length = sizes[i].max_message };
      WscFrameHeader header = { .first = sizes[i].first, .payload_length = sizes[i].length };

      tap_point (wsc_frame_header_check_size (&header, &options) == sizes[i].fault,
                 "/core/frame-header/size/WS-103-%s", sizes[i].name);
    }
}

int
main (void)
{
  test_sizes ();
  test_headers ();
  test_write ();
  test_allowances ();
  return tap_end ();
}
