/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-hex.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/wsi-number.h"
#include "inspect/decode/wsi-text-error.h"
#include "inspect/store/memory/wsi-bytes.h"

#define BYTES_IN_LINE 16
#define N_IN_ARRAY_LINE 12
#define OFFSET_DIGITS 8
#define MIN_OFFSET_DIGITS 4

static void
append_bytes (GString      *text,
              const guint8 *at,
              gsize         length)
{
  char *to = length > 0 ? wsi_append_place (text, 3 * length - 1) : NULL;

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0)
        to[3 * i - 1] = ' ';
      wsi_write_hex (to + 3 * i, at[i]);
    }
}

void
wsi_hex_append (GString      *text,
                const guint8 *at,
                gsize         length,
                gsize         max_length)
{
  append_bytes (text, at, MIN (length, max_length));
  if (length > max_length)
    g_string_append (text, " ...");
}

char *
wsi_hex_digits (gconstpointer bytes,
                gsize         length)
{
  const guint8 *at = bytes;
  char *text = g_malloc (2 * length + 1);

  for (gsize i = 0; i < length; i++)
    wsi_write_hex (text + 2 * i, at[i]);
  text[2 * length] = '\0';
  return text;
}

void
wsi_hex_append_array (GString      *text,
                      const guint8 *at,
                      gsize         length)
{
  for (gsize i = 0; i < length; i++)
    {
      char *to;

      if (i % N_IN_ARRAY_LINE == 0)
        wsi_append_literal (text, "\n  0x");
      else
        wsi_append_literal (text, " 0x");
      to = wsi_append_place (text, 3);
      wsi_write_hex (to, at[i]);
      to[2] = ',';
    }
  if (length == 0)
    g_string_append (text, "\n  0");
}

char *
wsi_hex_line (GBytes *bytes,
              gsize   max_length)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (bytes, &length);
  GString *text = g_string_new (NULL);

  wsi_hex_append (text, at, length, max_length);
  return g_string_free (text, FALSE);
}

char *
wsi_hex_lines (GBytes *bytes,
               guint   n_in_line)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (bytes, &length);
  g_autofree char *text = wsi_hex_digits (at, length);
  GString *lines = g_string_sized_new (3 * length);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0)
        g_string_append_c (lines, i % n_in_line == 0 ? '\n' : ' ');
      g_string_append_len (lines, text + 2 * i, 2);
    }
  return g_string_free (lines, FALSE);
}

void
wsi_hex_append_line (GString      *text,
                     const guint8 *at,
                     gsize         length,
                     gsize         offset,
                     guint         n_digits,
                     guint         n_in_line)
{
  g_string_append_printf (text, "%0*" G_GSIZE_MODIFIER "x  ", (int) n_digits, offset);
  append_bytes (text, at, length);
  g_string_append_printf (text, "%*s", (int) (3 * (n_in_line - length) + 2), "");
  for (gsize i = 0; i < length; i++)
    g_string_append_c (text, g_ascii_isprint (at[i]) ? at[i] : '.');
}

guint
wsi_hex_count_offset_digits (gsize length)
{
  guint n_digits = MIN_OFFSET_DIGITS;

  while (n_digits < 2 * sizeof length && length > 0 && (length - 1) >> (4 * n_digits) != 0)
    n_digits += 2;
  return n_digits;
}

char *
wsi_hex_dump (GBytes *bytes,
              gsize   max_length)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (bytes, &length);
  gsize n_shown = MIN (length, max_length);
  GString *text = g_string_new (NULL);

  for (gsize place = 0; place < n_shown; place += BYTES_IN_LINE)
    {
      wsi_hex_append_line (text, at + place, MIN (BYTES_IN_LINE, n_shown - place), place,
                           OFFSET_DIGITS, BYTES_IN_LINE);
      g_string_append_c (text, '\n');
    }

  return g_string_free (text, FALSE);
}

static gsize
hex_count_digits (const char *at)
{
  gsize n = 0;

  while (g_ascii_isxdigit (at[n]))
    n++;

  return n;
}

/* Finds the digits of a line.  A dump has an offset before them; its characters follow a "|", or
 * two spaces. */
static const char *
find_digits (const char  *line,
             const char **end)
{
  const char *at = line + strspn (line, " \t");
  gsize n_digits = hex_count_digits (at);
  const char *after = at + n_digits, *bar;

  *end = line + strlen (line);
  if (n_digits < MIN_OFFSET_DIGITS || (*after != ':' && strncmp (after, "  ", 2) != 0))
    return at;

  at = after + strspn (after, ": ");
  bar = strchr (at, '|');
  *end = bar != NULL ? bar : strstr (at, "  ");
  if (*end == NULL)
    *end = at + strlen (at);
  return at;
}

static gboolean
hex_is_prefix (const char *at)
{
  return (at[0] == '0' || at[0] == '\\') && (at[1] == 'x' || at[1] == 'X');
}

/* The number of digits of a byte at the place, which has two. */
static guint
count_pair (const char *at)
{
  if (!g_ascii_isxdigit (at[0]))
    return 0;

  return g_ascii_isxdigit (at[1]) ? 2 : 1;
}

/* The bytes of a line, which begins at a place of the text.  No digit is at the end. */
static void
hex_read_digits (WsiHexText *self,
                 const char *line,
                 guint32     place)
{
  const char *end, *at = find_digits (line, &end);

  while (at < end)
    {
      gsize prefix = hex_is_prefix (at) ? 2 : 0;
      guint n_digits = count_pair (at + prefix);
      guint32 first = place + (at + prefix - line);

      if (strchr (" \t\r,;:", *at) != NULL)
        {
          at++;
          continue;
        }

      if (n_digits == 2)
        {
          guint8 byte = g_ascii_xdigit_value (at[prefix]) << 4 |
                        g_ascii_xdigit_value (at[prefix + 1]);

          g_byte_array_append (self->bytes, &byte, 1);
          g_array_append_val (self->places, first);
        }
      else if (self->mistake == G_MAXSIZE)
        {
          self->mistake = first + n_digits;
        }
      at += MAX (prefix + n_digits, 1);
    }
}

void
wsi_hex_text_read (WsiHexText *self,
                   const char *text)
{
  self->bytes = g_byte_array_new ();
  self->places = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->mistake = G_MAXSIZE;
  for (const char *line = text, *text_end = text + strlen (text); line != NULL;)
    {
      const char *feed = memchr (line, '\n', text_end - line);
      g_autofree char *copy = g_strndup (line, (feed != NULL ? feed : text_end) - line);

      hex_read_digits (self, copy, line - text);
      line = feed != NULL ? feed + 1 : NULL;
    }
}

void
wsi_hex_text_clear (WsiHexText *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  g_clear_pointer (&self->places, g_array_unref);
}

GBytes *
wsi_hex_parse (const char *text,
               GError    **error)
{
  g_auto (WsiHexText) read = { 0 };

  wsi_hex_text_read (&read, text);
  if (read.mistake != G_MAXSIZE)
    {
      wsi_text_error_set (error, text, read.mistake, _("a hexadecimal digit"));
      return NULL;
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&read.bytes));
}
