/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Base64: bytes in, padded text out (RFC 4648 4). */

#include "core/handshake/base64.h"

void
wsc_base64_write (WscBytes from, uint8_t *text)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  for (size_t i = 0; i < from.length; i += 3, text += 4)
    {
      const size_t n = from.length - i;         /* bytes that are left; a group has three */
      const unsigned group = (unsigned) from.at[i] << 16 |
                             (n > 1 ? (unsigned) from.at[i + 1] << 8 : 0) |
                             (n > 2 ? from.at[i + 2] : 0);

      text[0] = (uint8_t) alphabet[group >> 18];
      text[1] = (uint8_t) alphabet[group >> 12 & 63];
      text[2] = (uint8_t) (n > 1 ? alphabet[group >> 6 & 63] : '=');
      text[3] = (uint8_t) (n > 2 ? alphabet[group & 63] : '=');
    }
}
