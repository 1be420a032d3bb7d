/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/json/wsi-json-string.h"

#include <glib/gi18n.h>
#include <string.h>

#define N_DIGITS 4
#define N_LOW_HALF 6            /* bytes of the second escape of a pair */
#define REPLACEMENT 0xfffd
#define MAX_CHARACTER 6         /* bytes of a character in UTF-8 */

/* Digits of \u up to the first byte that is none, at most four. */
static guint
json_string_count_digits (const guint8 *at,
                          const guint8 *end)
{
  guint n = 0;

  while (n < N_DIGITS && at + n < end && g_ascii_isxdigit (at[n]))
    n++;
  return n;
}

/* Reads the digits of \u.  -1: there are not four of them. */
static gint32
read_unit (const guint8 *at,
           const guint8 *end)
{
  gint32 unit = 0;

  if (json_string_count_digits (at, end) < N_DIGITS)
    return -1;

  for (guint i = 0; i < N_DIGITS; i++)
    unit = unit * 16 + g_ascii_xdigit_value (at[i]);
  return unit;
}

static gboolean
is_high_half (gint32 unit)
{
  return unit >= 0xd800 && unit < 0xdc00;
}

static gboolean
is_low_half (gint32 unit)
{
  return unit >= 0xdc00 && unit < 0xe000;
}

/* Writes the character whose digits begin here, U+FFFD for half a pair; returns the bytes taken, 0:
 * there are no four digits. */
static gsize
json_string_take_unit (const guint8 *at,
                       const guint8 *end,
                       guint8      **to)
{
  gint32 first = read_unit (at, end), second = -1;

  if (is_high_half (first) && end - at >= N_DIGITS + N_LOW_HALF && at[N_DIGITS] == '\\' &&
      at[N_DIGITS + 1] == 'u')
    second = read_unit (at + N_LOW_HALF, end);
  if (is_low_half (second))
    {
      *to += g_unichar_to_utf8 (0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00),
                                (char *) *to);
      return N_DIGITS + N_LOW_HALF;
    }
  if (first < 0)
    return 0;
  if (is_high_half (first) || is_low_half (first))
    first = REPLACEMENT;

  *to += g_unichar_to_utf8 (first, (char *) *to);
  return N_DIGITS;
}

/* Takes what is after a backslash; returns the bytes taken, 0: JSON has no such escape. */
static gsize
json_string_take_escape (const guint8 *at,
                         const guint8 *end,
                         guint8      **to)
{
  static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  const char *letter = *at != '\0' ? strchr (letters, *at) : NULL;
  gsize n_unit;

  if (letter != NULL)
    {
      *(*to)++ = values[letter - letters];
      return 1;
    }

  n_unit = *at == 'u' ? json_string_take_unit (at + 1, end, to) : 0;
  return n_unit > 0 ? 1 + n_unit : 0;
}

/* Writes the text up to the end, or to a backslash after which is no escape.  Returns where it
 * stopped.  A backslash that is the last byte is of a string that was cut. */
static const guint8 *
json_string_write_text (const guint8 *at,
                        const guint8 *end,
                        guint8      **to)
{
  while (at < end)
    {
      const guint8 *backslash = memchr (at, '\\', end - at);
      gsize n = backslash != NULL ? backslash - at : end - at;

      if (*to != at)
        memmove (*to, at, n);
      *to += n;
      at += n;
      if (end - at < 2)
        return end;

      n = json_string_take_escape (at + 1, end, to);
      if (n == 0)
        return at;
      at += 1 + n;
    }
  return end;
}

/* Writes something for what is no escape, and returns what is after it. */
static const guint8 *
replace_escape (const guint8 *at,
                guint8      **to)
{
  if (at[1] != 'u')
    {
      *(*to)++ = at[1];
      return at + 2;
    }

  *to += g_unichar_to_utf8 (REPLACEMENT, (char *) *to);
  return at + 2;
}

void
wsi_json_unescape (const guint8 *at,
                   gsize         length,
                   GString      *text)
{
  const guint8 *end = at + length - 1;  /* the closing quote */
  gsize begin = text->len;
  guint8 *to;

  if (length < 2)
    return;

  /* three bytes replace the two of a bare \u */
  g_string_set_size (text, begin + length + length / 2);
  to = (guint8 *) text->str + begin;
  for (at = json_string_write_text (at + 1, end, &to); at <
       end; at = json_string_write_text (at, end, &to))
    at = replace_escape (at, &to);
  g_string_truncate (text, (char *) to - text->str);
}

/* The sentence about a backslash without an escape, and the place of the fault in bytes from it. */
static const char *
find_expected (const guint8 *backslash,
               const guint8 *end,
               gsize        *place)
{
  *place = 1;
  if (backslash[1] != 'u')
    return N_("expected one of \" \\ / b f n r t u after a backslash");

  *place += 1 + json_string_count_digits (backslash + 2, end);
  return N_("expected four digits after \\u");
}

const char *
wsi_json_unescape_in_place (guint8 *at,
                            gsize   length,
                            gsize  *text_length,
                            gsize  *place)
{
  const guint8 *end = at + length - 1;  /* the closing quote */
  guint8 *to = at + 1;
  const guint8 *stop = json_string_write_text (to, end, &to);
  const char *expected;

  if (stop == end)
    {
      *to = '\0';
      *text_length = to - at - 1;
      return NULL;
    }

  expected = find_expected (stop, end, place);
  *place += stop - at;
  return expected;
}

const char *
wsi_json_check_escapes (const guint8 *at,
                        gsize         length,
                        gsize        *place)
{
  const guint8 *end = at + length - 1;  /* the closing quote */
  const guint8 *backslash = at;

  while ((backslash = memchr (backslash, '\\', end - backslash)) != NULL)
    {
      guint8 character[MAX_CHARACTER], *to = character;
      gsize n = json_string_take_escape (backslash + 1, end, &to);

      if (n == 0)
        {
          const char *expected = find_expected (backslash, end, place);

          *place += backslash - at;
          return expected;
        }
      backslash += 1 + n;
    }
  return NULL;
}

/* A word has no backslash.  A text without escapes is compared where it is. */
gboolean
wsi_json_is_equal (const guint8 *at,
                   gsize         length,
                   const char   *word)
{
  g_autoptr (GString) text = NULL;
  gsize n;

  if (length < 2 || (at[1] != (guint8) word[0] && at[1] != '\\' && length > 2))
    return FALSE;

  n = strlen (word);
  if (length == n + 2 && memcmp (at + 1, word, n) == 0)
    return TRUE;
  if (length <= n + 2 || memchr (at, '\\', length) == NULL)
    return FALSE;

  text = g_string_new (NULL);
  wsi_json_unescape (at, length, text);
  return text->len == n && memcmp (text->str, word, n) == 0;
}
