/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/lines/wsi-text-matches.h"

#include "inspect/decode/wsi-text.h"

/* The letters that wsi_pattern_new_literal () takes for one in any case. */
static gboolean
is_same (gunichar shown,
         gunichar wanted)
{
  return shown == wanted || shown == g_unichar_tolower (wanted) ||
         shown == g_unichar_toupper (wanted);
}

/* Skips a backslash, which some lines show as two. */
static const char *
skip (const char *text)
{
  return text[0] == '\\' && text[1] == '\\' ? text + 2 : g_utf8_next_char (text);
}

/* Matches the wanted text at a place; returns the place after it, or NULL. */
static const char *
match (const char *text,
       const char *wanted)
{
  for (; *wanted != '\0'; wanted = g_utf8_next_char (wanted), text = skip (text))
    if (!is_same (g_utf8_get_char (text), g_utf8_get_char (wanted)))
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
      const char *end = match (at, shown);
      WsiSpan span = { at - line, end != NULL ? end - line : 0 };

      if (end != NULL)
        g_array_append_val (spans, span);
      at = end != NULL ? end : g_utf8_next_char (at);
    }
  return spans;
}
