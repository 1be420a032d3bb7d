/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "log/wsp-excerpt-private.h"

static gboolean
is_shown_as_it_is (gunichar character)
{
  /* -1 and -2, for invalid UTF-8, are above all characters. */
  return character < 0x110000 && character != '"' && character != '\\' &&
         g_unichar_isprint (character);
}

/* Appends the character at at, or one byte if the bytes are not a character.  Returns the number of
 * bytes that were taken. */
static gsize
append_some (GString    *to,
             const char *at,
             gsize       length)
{
  gunichar character = g_utf8_get_char_validated (at, (gssize) length);
  gsize used = character < 0x110000 ? g_utf8_next_char (at) - at : 1;

  if (is_shown_as_it_is (character))
    {
      g_string_append_len (to, at, (gssize) used);
      return used;
    }

  for (gsize i = 0; i < used; i++)
    g_string_append_printf (to, "\\x%02x", (guchar) at[i]);
  return used;
}

char *
wsp_excerpt_quote (gconstpointer bytes,
                   gsize         length,
                   gsize         max)
{
  GString *text = g_string_new ("\"");
  gsize n = 0;

  while (n < length && n < max)
    n += append_some (text, (const char *) bytes + n, length - n);

  g_string_append (text, n < length ? "...\"" : "\"");
  return g_string_free (text, FALSE);
}
