/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/lines/wsi-text-matches.h"

#include "inspect/decode/wsi-text.h"
#include "inspect/store/memory/wsi-bytes.h"

#define N_BYTES_AT_ONCE (1 << 20)       /* bytes until the search asks whether it was cancelled */
#define NO_CHARACTER (G_MAXUINT32 - 1)  /* the first of two values that GLib has for bytes that are
                                         * no character, or not all of one */

/* The letters that wsi_pattern_new_literal () takes for one in any case. */
static gboolean
text_matches_is_same (gunichar shown,
                      gunichar wanted)
{
  return shown == wanted || shown == g_unichar_tolower (wanted) ||
         shown == g_unichar_toupper (wanted);
}

/* Skips a backslash, which some lines show as two. */
static const char *
text_matches_skip (const char *text)
{
  return text[0] == '\\' && text[1] == '\\' ? text + 2 : g_utf8_next_char (text);
}

/* Matches the wanted text at a place; returns the place after it, or NULL. */
static const char *
text_matches_match (const char *text,
                    const char *wanted)
{
  for (; *wanted != '\0'; wanted = g_utf8_next_char (wanted), text = text_matches_skip (text))
    if (!text_matches_is_same (g_utf8_get_char (text), g_utf8_get_char (wanted)))
      return NULL;
  return text;
}

GArray *
wsi_text_matches_find (const char *line,
                       const char *wanted)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (WsiSpan));
  g_autofree char *shown = wsi_text_escape_sentence (wanted, WSI_CHARSET_UTF8);
  const char *at = line;

  while (*at != '\0' && *shown != '\0' && spans->len < WSI_MAX_TEXT_MATCHES)
    {
      const char *end = text_matches_match (at, shown);
      WsiSpan span = { at - line, end != NULL ? end - line : 0 };

      if (end != NULL)
        g_array_append_val (spans, span);
      at = end != NULL ? end : g_utf8_next_char (at);
    }
  return spans;
}

/* NULL: the bytes do not begin with what is wanted; else the first byte after it. */
static const char *
match_bytes (const char *at,
             const char *end,
             const char *wanted)
{
  for (; *wanted != '\0'; wanted = g_utf8_next_char (wanted), at = g_utf8_next_char (at))
    {
      gunichar found = at < end ? g_utf8_get_char_validated (at, end - at) : NO_CHARACTER;

      if (found >= NO_CHARACTER || !text_matches_is_same (found, g_utf8_get_char (wanted)))
        return NULL;
    }
  return at;
}

/* The bytes with which a letter begins in UTF-8, in any case. */
static void
note_first_bytes (gunichar letter,
                  gboolean may_begin[256])
{
  const gunichar cases[] = { letter, g_unichar_tolower (letter), g_unichar_toupper (letter) };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char bytes[6];

      g_unichar_to_utf8 (cases[i], bytes);
      may_begin[(guint8) bytes[0]] = TRUE;
    }
}

gboolean
wsi_text_matches_find_first (GBytes       *payload,
                             const char   *wanted,
                             GCancellable *cancellable,
                             gsize        *begin,
                             gsize        *end)
{
  gboolean may_begin[256] = { FALSE };
  gsize length;
  const char *bytes = wsi_bytes_get_data (payload, &length);

  if (*wanted == '\0')
    return FALSE;

  note_first_bytes (g_utf8_get_char (wanted), may_begin);
  for (gsize i = 0; i < length; i++)
    {
      const char *after = may_begin[(guint8) bytes[i]]
                          ? match_bytes (bytes + i, bytes + length, wanted) : NULL;

      if (after != NULL)
        {
          *begin = i;
          *end = after - bytes;
          return TRUE;
        }
      if (i % N_BYTES_AT_ONCE == 0 && g_cancellable_is_cancelled (cancellable))
        return FALSE;
    }
  return FALSE;
}
