/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-text.h"

#include <string.h>

#include "inspect/decode/wsi-joiner.h"
#include "inspect/decode/wsi-number.h"
#include "inspect/store/memory/wsi-bytes.h"

#define LAST_ASCII 0x7f
#define MAX_CHARACTER 6         /* bytes of a character that its first byte may announce */
#define MAX_LINE (64 * 1024)
#define BLOCK 32                /* bytes */

typedef enum
{
  BACKSLASH_DOUBLED,
  BACKSLASH_KEPT,
  BACKSLASH_EXACT,              /* a backslash is not escaped, and neither are unseen characters
                                 * that are not obeyed */
} Backslash;

static gboolean
is_separator (gunichar character)
{
  GUnicodeType type = g_unichar_type (character);

  return type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

gboolean
wsi_text_may_be_shown (gunichar character)
{
  if (character <= LAST_ASCII)
    return g_ascii_isprint (character);

  return g_unichar_isprint (character) && !is_separator (character);
}

static gboolean
may_be_shown (gunichar   character,
              WsiCharset charset)
{
  if (character > LAST_ASCII && charset == WSI_CHARSET_ASCII)
    return FALSE;

  return wsi_text_may_be_shown (character);
}

/* Whether a terminal obeys the character: controls, line ends, and marks that reorder text. */
static gboolean
is_obeyed (gunichar character)
{
  static const gunichar marks[][2] = {
    { 0x61c, 0x61c }, { 0x200e, 0x200f }, { 0x202a, 0x202e }, { 0x2066, 0x2069 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (character >= marks[i][0] && character <= marks[i][1])
      return TRUE;

  return g_unichar_iscntrl (character) || is_separator (character);
}

static gboolean
text_may_stay (gunichar   character,
               WsiCharset charset,
               Backslash  backslash)
{
  if (backslash != BACKSLASH_EXACT)
    return may_be_shown (character, charset);

  return (character <= LAST_ASCII || charset == WSI_CHARSET_UTF8) && !is_obeyed (character);
}

static void
append_escaped_byte (GString *text,
                     guint8   byte)
{
  char *to = wsi_append_place (text, 4);

  memcpy (to, "\\x", 2);
  wsi_write_hex (to + 2, byte);
}

static void
text_append_escaped (GString *text,
                     gunichar character)
{
  if (character == '\n')
    g_string_append (text, "\\n");
  else if (character == '\r')
    g_string_append (text, "\\r");
  else if (character == '\t')
    g_string_append (text, "\\t");
  else if (character <= LAST_ASCII)
    append_escaped_byte (text, (guint8) character);
  else
    g_string_append_printf (text, "\\u{%x}", character);
}

/* Whether the neighbours of a joiner let it be seen. */
static gboolean
is_joined (const char *at,
           gsize       length,
           gsize       place,
           gunichar    character,
           WsiCharset  charset)
{
  return wsi_joiner_is (character) && charset == WSI_CHARSET_UTF8 &&
         wsi_joiner_find (at, length, place) != WSI_JOINER_UNSEEN;
}

/* Takes one character, or one byte that belongs to none; returns its number of bytes. */
static gsize
append_next (GString    *text,
             const char *at,
             gsize       length,
             gsize       place,
             WsiCharset  charset,
             Backslash   backslash)
{
  gunichar character = g_utf8_get_char_validated (at + place, MIN (length - place, 6));

  if (character == 0 || character > 0x10ffff)
    {
      append_escaped_byte (text, (guint8) at[place]);
      return 1;
    }

  if (character == '\\' && backslash == BACKSLASH_DOUBLED)
    g_string_append (text, "\\\\");
  else if (text_may_stay (character, charset, backslash) ||
           is_joined (at, length, place, character, charset))
    g_string_append_unichar (text, character);
  else
    text_append_escaped (text, character);

  return g_unichar_to_utf8 (character, NULL);
}

gsize
wsi_text_append_character (GString    *text,
                           const char *at,
                           gsize       length,
                           gsize       place)
{
  return append_next (text, at, length, place, WSI_CHARSET_UTF8, BACKSLASH_KEPT);
}

/* Whether all bytes of a block are shown as they are.  It leaves none out, so that the compiler
 * can test many at a time. */
static gboolean
is_plain_block (const char *at,
                Backslash   backslash)
{
  const guint8 *bytes = (const guint8 *) at;
  guint8 refused = backslash == BACKSLASH_DOUBLED ? '\\' : LAST_ASCII, n_refused = 0;

  for (guint i = 0; i < BLOCK; i++)
    n_refused |= (bytes[i] < ' ') | (bytes[i] >= LAST_ASCII) | (bytes[i] == refused);
  return n_refused == 0;
}

/* The number of first bytes that are shown unchanged in every charset. */
static gsize
text_count_plain (const char *at,
                  gsize       length,
                  Backslash   backslash)
{
  gsize n = 0;

  while (length - n >= BLOCK && is_plain_block (at + n, backslash))
    n += BLOCK;
  while (n < length && at[n] >= ' ' && at[n] < LAST_ASCII &&
         (at[n] != '\\' || backslash != BACKSLASH_DOUBLED))
    n++;

  return n;
}

static void
text_append_text (GString    *text,
                  const char *at,
                  gsize       length,
                  gsize       max_length,
                  WsiCharset  charset,
                  Backslash   backslash)
{
  gsize n_taken = 0;

  while (n_taken < length && n_taken < max_length)
    {
      gsize n_plain =
        text_count_plain (at + n_taken, MIN (length, max_length) - n_taken, backslash);

      g_string_append_len (text, at + n_taken, n_plain);
      n_taken += n_plain;
      if (n_taken < length && n_taken < max_length)
        n_taken += append_next (text, at, length, n_taken, charset, backslash);
    }

  if (n_taken < length)
    g_string_append (text, charset == WSI_CHARSET_UTF8 ? "…" : "...");
}

static char *
text_escape (const char *at,
             gsize       length,
             gsize       max_length,
             WsiCharset  charset,
             Backslash   backslash)
{
  GString *text = g_string_new (NULL);

  text_append_text (text, at, length, max_length, charset, backslash);
  return g_string_free (text, FALSE);
}

void
wsi_text_append_escaped (GString    *text,
                         const char *at,
                         gsize       length,
                         gsize       max_length,
                         WsiCharset  charset)
{
  text_append_text (text, at, length, max_length, charset, BACKSLASH_DOUBLED);
}

void
wsi_text_append_exact (GString    *text,
                       const char *at,
                       gsize       length,
                       gsize       max_length,
                       WsiCharset  charset)
{
  text_append_text (text, at, length, max_length, charset, BACKSLASH_EXACT);
}

char *
wsi_text_escape (GBytes    *bytes,
                 gsize      max_length,
                 WsiCharset charset)
{
  gsize length;
  const char *at = wsi_bytes_get_data (bytes, &length);

  return text_escape (at, length, max_length, charset, BACKSLASH_DOUBLED);
}

char *
wsi_text_escape_line (const char *text,
                      WsiCharset  charset)
{
  return text_escape (text, strlen (text), MAX_LINE, charset, BACKSLASH_DOUBLED);
}

char *
wsi_text_escape_sentence (const char *sentence,
                          WsiCharset  charset)
{
  return text_escape (sentence, strlen (sentence), MAX_LINE, charset, BACKSLASH_KEPT);
}

void
wsi_text_append_sentence (GString    *text,
                          const char *sentence,
                          WsiCharset  charset)
{
  text_append_text (text, sentence, strlen (sentence), MAX_LINE, charset, BACKSLASH_KEPT);
}

static const WsiReplacement *
find_replacement (const char           *at,
                  const WsiReplacement *rows,
                  gsize                 n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    if (rows[i].words[0] == *at && g_str_has_prefix (at, rows[i].words))
      return &rows[i];

  return NULL;
}

char *
wsi_text_replace (const char           *text,
                  const WsiReplacement *rows,
                  gsize                 n_rows)
{
  GString *replaced = g_string_new (NULL);
  g_autofree char *beginnings = g_new0 (char, n_rows + 1);
  const WsiReplacement *row;

  for (gsize i = 0; i < n_rows; i++)
    beginnings[i] = rows[i].words[0];
  while (*text != '\0')
    {
      gsize n = strcspn (text, beginnings);

      g_string_append_len (replaced, text, n);
      text += n;
      row = find_replacement (text, rows, n_rows);
      if (row != NULL)
        g_string_append (replaced, row->others);
      else if (*text != '\0')
        g_string_append_c (replaced, *text);
      text += row != NULL ? strlen (row->words) : *text != '\0';
    }
  return g_string_free (replaced, FALSE);
}

/* Whether some bytes after these make a character: the lowest or the highest ones do then. */
static gboolean
is_cut_character (const char *at,
                  const char *end)
{
  gsize n = end - at, length = g_utf8_skip[(guint8) at[0]];
  char low[MAX_CHARACTER], high[MAX_CHARACTER];

  if (n >= length)
    return FALSE;

  memset (low, 0x80, sizeof low);
  memset (high, 0xbf, sizeof high);
  memcpy (low, at, n);
  memcpy (high, at, n);
  return g_utf8_validate_len (low, length, NULL) || g_utf8_validate_len (high, length, NULL);
}

gboolean
wsi_text_is_readable (GBytes *bytes)
{
  gsize length;
  const char *at = wsi_bytes_get_data (bytes, &length);
  const char *end;

  if (!g_utf8_validate_len (at, length, &end) && !is_cut_character (end, at + length))
    return FALSE;

  for (const char *p = at; p < end; p = g_utf8_next_char (p))
    if (!may_be_shown (g_utf8_get_char (p), WSI_CHARSET_UTF8) && strchr ("\t\n\r", *p) == NULL &&
        !is_joined (at, end - at, p - at, g_utf8_get_char (p), WSI_CHARSET_UTF8))
      return FALSE;

  return TRUE;
}
