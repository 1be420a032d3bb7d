/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A value that cannot be decoded is as one that is not there, and the first of equal names counts
 * in any case: a program must not get another value than a proxy that has checked the request. */
#include "http/wsp-request-values-private.h"

#include <string.h>

#include "core/handshake/token-list.h"
#include "http/wsp-headers-private.h"

/* Returns the text before the first end, and removes both from rest. */
static WscBytes
take_before (WscBytes *rest,
             char      end)
{
  const guint8 *found = rest->length > 0 ? memchr (rest->at, end, rest->length) : NULL;
  WscBytes taken = { rest->at, found != NULL ? (gsize) (found - rest->at) : rest->length };
  gsize n = found != NULL ? taken.length + 1 : taken.length;

  *rest = (WscBytes) { rest->at + n, rest->length - n };
  return taken;
}

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

char *
wsp_query_dup_value (const char *query,
                     const char *name)
{
  WscBytes rest = wsc_text (query != NULL ? query : "");

  while (rest.length > 0)
    {
      WscBytes value = take_before (&rest, '&');
      gboolean is_empty = value.length == 0;
      g_autofree char *found = wsp_percent_decode (take_before (&value, '='), WSP_PLUS_IS_SPACE);

      if (!is_empty && found != NULL && strcmp (found, name) == 0)
        return wsp_percent_decode (value, WSP_PLUS_IS_SPACE);
    }

  return NULL;
}

/* value, out: the text after the first "=" of the pair of this name (RFC 6265 4.2.1). */
static gboolean
find_cookie (WscBytes    rest,
             const char *name,
             WscBytes   *value)
{
  while (rest.length > 0)
    {
      WscBytes pair = take_before (&rest, ';');
      gboolean has_value = pair.length > 0 && memchr (pair.at, '=', pair.length) != NULL;

      if (has_value && wsc_text_is (wsc_text_trimmed (take_before (&pair, '=')), name))
        {
          *value = wsc_text_trimmed (pair);
          return TRUE;
        }
    }

  return FALSE;
}

char *
wsp_cookie_dup_value (WspHeaders *headers,
                      const char *name)
{
  gsize n_fields;
  g_autofree WscHeader *view = wsp_headers_view (headers, &n_fields);
  WscBytes value;

  for (gsize i = 0; i < n_fields; i++)
    {
      if (!wsc_text_is_ignoring_case (view[i].name, "Cookie") ||
          !find_cookie (view[i].value, name, &value))
        continue;

      return g_utf8_validate_len ((const char *) value.at, value.length, NULL)
             ? g_strndup ((const char *) value.at, value.length) : NULL;
    }

  return NULL;
}
