/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "http/wsp-decimal-private.h"

gboolean
wsp_decimal_parse (const char *text,
                   guint64     max,
                   guint64    *number)
{
  guint64 sum = 0;

  for (const char *at = text; *at != '\0'; at++)
    {
      guint digit = (guint) (*at - '0');

      if (digit > 9)
        return FALSE;
      sum = sum > max / 10 || digit > max - sum * 10 ? max : sum * 10 + digit;
    }
  if (text[0] == '\0')
    return FALSE;

  *number = sum;
  return TRUE;
}

gboolean
wsp_decimal_parse_at_most (const char *text,
                           guint64     max,
                           guint64    *number)
{
  guint64 found;

  if (!wsp_decimal_parse (text, max + 1, &found) || found > max)
    return FALSE;

  *number = found;
  return TRUE;
}

gboolean
wsp_decimal_parse_port (const char *text,
                        in_port_t  *port)
{
  guint64 number;

  if (!wsp_decimal_parse_at_most (text, G_MAXUINT16, &number))
    return FALSE;

  *port = htons ((guint16) number);
  return TRUE;
}
