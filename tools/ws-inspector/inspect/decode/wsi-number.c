/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-number.h"

#define MAX_DIGITS 20
#define HEX_DIGITS 8

/* Every number of two digits. */
static const char pairs[] =
  "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
  "495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596"
  "979899";

void
wsi_append_number (GString *line,
                   guint64  number,
                   guint    columns,
                   char     fill)
{
  char digits[2 * MAX_DIGITS];
  guint begin = MAX_DIGITS, last = MAX_DIGITS - MIN (columns, MAX_DIGITS);

  memset (digits, fill, sizeof digits);
  /* A division for two digits takes as long as one for each. */
  for (; number >= 100; number /= 100)
    {
      begin -= 2;
      memcpy (digits + begin, pairs + 2 * (number % 100), 2);
    }
  if (number >= 10)
    digits[--begin] = pairs[2 * number + 1];
  digits[--begin] = number >= 10 ? pairs[2 * number] : (char) ('0' + number);

  /* as many bytes as usual are copied without a call */
  begin = MIN (begin, last);
  memcpy (wsi_append_place (line, MAX_DIGITS), digits + begin, MAX_DIGITS);
  line->len -= begin;
  line->str[line->len] = '\0';
}

void
wsi_append_hex (GString *line,
                guint32  number)
{
  char *to = wsi_append_place (line, HEX_DIGITS);

  for (guint i = 0; i < HEX_DIGITS / 2; i++)
    wsi_write_hex (to + 2 * i, (guint8) (number >> (8 * (HEX_DIGITS / 2 - 1 - i))));
}
