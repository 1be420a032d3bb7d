/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "http/wsp-request-values-private.h"

/* -1: text does not begin with two hexadecimal digits. */
static int
read_octet (WscBytes text)
{
  if (text.length < 2)
    return -1;

  int high = g_ascii_xdigit_value ((char) text.at[0]);
  int low = g_ascii_xdigit_value ((char) text.at[1]);

  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

char *
wsp_percent_decode (WscBytes text,
                    WspPlus  plus)
{
  g_autofree char *decoded = g_malloc (text.length + 1);
  gsize length = 0;

  for (gsize i = 0; i < text.length; i++)
    {
      int octet = text.at[i];

      if (octet == '+' && plus == WSP_PLUS_IS_SPACE)
        octet = ' ';
      else if (octet == '%')
        {
          octet = read_octet ((WscBytes) { text.at + i + 1, text.length - i - 1 });
          i += 2;
        }
      if (octet < 0)
        return NULL;

      decoded[length++] = (char) octet;
    }
  decoded[length] = '\0';
  return g_utf8_validate_len (decoded, length, NULL) ? g_steal_pointer (&decoded) : NULL;
}
