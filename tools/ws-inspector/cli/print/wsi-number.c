/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-number.h"

#define MAX_DIGITS 20
#define HEX_DIGITS 8

void
wsi_append_number (GString *line,
                   guint64  number,
                   guint    columns,
                   char     fill)
{
  char digits[MAX_DIGITS];
  guint begin = MAX_DIGITS, last = MAX_DIGITS - MIN (columns, MAX_DIGITS);

  do
    {
      digits[--begin] = '0' + number % 10;
      number /= 10;
    }
  while (number > 0);

  if (begin > last)
    memset (digits + last, fill, begin - last);
  begin = MIN (begin, last);
  wsi_append_bytes (line, digits + begin, MAX_DIGITS - begin);
}

void
wsi_append_hex (GString *line,
                guint32  number)
{
  static const char names[] = "0123456789abcdef";
  char digits[HEX_DIGITS];

  for (guint i = 0; i < HEX_DIGITS; i++)
    digits[i] = names[number >> (4 * (HEX_DIGITS - 1 - i)) & 15];
  wsi_append_bytes (line, digits, HEX_DIGITS);
}
