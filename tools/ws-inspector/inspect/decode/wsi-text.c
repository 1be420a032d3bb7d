/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-text.h"

#include <string.h>

#define LAST_ASCII 0x7f
#define MAX_CUT 3               /* bytes of an incomplete character */
#define MAX_LINE (64 * 1024)

static gboolean
is_separator (gunichar character)
{
  GUnicodeType type = g_unichar_type (character);

  return type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* Marks that reorder text or are not seen are formats, and formats are not printable. */
static gboolean
may_be_shown (gunichar   character,
              WsiCharset charset)
{
  if (character > LAST_ASCII && charset == WSI_CHARSET_ASCII)
    return FALSE;

  return g_unichar_isprint (character) && !is_separator (character);
}

static void
append_escaped (GString *text,
                gunichar character)
{
  if (character == '\n')
    g_string_append (text, "\\n");
  else if (character == '\r')
    g_string_append (text, "\\r");
  else if (character == '\t')
    g_string_append (text, "\\t");
  else if (character <= LAST_ASCII)
    g_string_append_printf (text, "\\x%02x", character);
  else
    g_string_append_printf (text, "\\u{%x}", character);
}

/* Takes one character, or one byte that belongs to none; returns its number of bytes. */
static gsize
append_next (GString    *text,
             const char *at,
             gsize       length,
             WsiCharset  charset)
{
  gunichar character = g_utf8_get_char_validated (at, MIN (length, 6));

  if (character == 0 || character > 0x10ffff)
    {
      g_string_append_printf (text, "\\x%02x", (guint8) * at);
      return 1;
    }

  if (character == '\\')
    g_string_append (text, "\\\\");
  else if (may_be_shown (character, charset))
    g_string_append_unichar (text, character);
  else
    append_escaped (text, character);

  return g_unichar_to_utf8 (character, NULL);
}

/* Reads at most max_length bytes; an ellipsis replaces the rest. */
char *
wsi_text_escape (GBytes    *bytes,
                 gsize      max_length,
                 WsiCharset charset)
{
  gsize length;
  const char *at = g_bytes_get_data (bytes, &length);
  GString *text = g_string_new (NULL);
  gsize n_taken = 0;

  while (n_taken < length && n_taken < max_length)
    n_taken += append_next (text, at + n_taken, length - n_taken, charset);

  if (n_taken < length)
    g_string_append (text, charset == WSI_CHARSET_UTF8 ? "…" : "...");

  return g_string_free (text, FALSE);
}

char *
wsi_text_escape_line (const char *text,
                      WsiCharset  charset)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  return wsi_text_escape (bytes, MAX_LINE, charset);
}

/* The bytes after the scheme of credentials, such as Basic; NULL: the line has no credentials. */
static const char *
find_secret (const char *line)
{
  static const char *const names[] = { "Authorization", "Proxy-Authorization" };
  const char *colon = strchr (line, ':');
  g_autofree char *name = colon != NULL ? g_strstrip (g_strndup (line, colon - line)) : NULL;

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (names); i++)
    {
      const char *value = colon + 1 + strspn (colon + 1, " \t");
      const char *blank = strchr (value, ' ');

      if (g_ascii_strcasecmp (name, names[i]) == 0)
        return blank != NULL ? blank + 1 : value;
    }

  return NULL;
}

char **
wsi_text_show_head (GBytes    *head,
                    WsiCharset charset)
{
  gsize length;
  const char *at = g_bytes_get_data (head, &length);
  g_autofree char *text = length > 0 ? g_strndup (at, length) : g_strdup ("");
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);
  g_autoptr (GStrvBuilder) shown = g_strv_builder_new ();

  for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      const char *secret = find_secret (lines[i]);
      gsize n_shown = secret != NULL ? (gsize) (secret - lines[i]) : strlen (lines[i]);
      g_autofree char *open = g_strndup (lines[i], n_shown);
      g_autofree char *line = wsi_text_escape_line (open, charset);
      g_autofree char *whole = g_strconcat (line, secret != NULL ? "(hidden)" : "", NULL);

      g_strv_builder_add (shown, whole);
    }

  return g_strv_builder_end (shown);
}

/* Whether payload of unknown type looks like text.  The last character may be incomplete. */
gboolean
wsi_text_is_readable (GBytes *bytes)
{
  gsize length;
  const char *at = g_bytes_get_data (bytes, &length);
  const char *end;

  if (!g_utf8_validate_len (at, length, &end)
      && (at + length - end > MAX_CUT || g_utf8_get_char_validated (end, at + length - end)
          != (gunichar) - 2))
    return FALSE;

  for (const char *p = at; p < end; p = g_utf8_next_char (p))
    if (!may_be_shown (g_utf8_get_char (p), WSI_CHARSET_UTF8) && strchr ("\t\n\r", *p) == NULL)
      return FALSE;

  return TRUE;
}
