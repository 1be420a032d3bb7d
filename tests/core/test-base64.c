/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Base64 beside nettle's. */

#include "core/handshake/base64.h"

#include "lib/tap.h"

#include <nettle/base64.h>
#include <string.h>

#define MAX_LENGTH 64

/* Each value of a byte, in each place of a group. */
static uint8_t
byte_at (unsigned seed,
         size_t   i)
{
  return (uint8_t) (seed + i * 91);
}

static bool
is_as_of_nettle (size_t length)
{
  for (unsigned seed = 0; seed < 256; seed++)
    {
      uint8_t bytes[MAX_LENGTH] = { 0 }, text[WSC_BASE64_LENGTH (MAX_LENGTH) + 1];
      char wanted[BASE64_ENCODE_RAW_LENGTH (MAX_LENGTH)];

      for (size_t i = 0; i < length; i++)
        bytes[i] = byte_at (seed, i);
      memset (text, '!', sizeof text);
      wsc_base64_write ((WscBytes) { length > 0 ? bytes : NULL, length }, text);
      base64_encode_raw (wanted, length, bytes);
      if (WSC_BASE64_LENGTH (length) != BASE64_ENCODE_RAW_LENGTH (length) ||
          memcmp (text, wanted, WSC_BASE64_LENGTH (length)) != 0 ||
          text[WSC_BASE64_LENGTH (length)] != '!')
        return false;
    }

  return true;
}

int
main (void)
{
  for (size_t length = 0; length <= MAX_LENGTH; length++)
    tap_point (is_as_of_nettle (length), "/core/base64/%zu-bytes-as-nettle-writes-them", length);
  return tap_end ();
}
