/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/lines/wsi-shown-line.h"

#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-text.h"

/* Escapes next to each other are one: a line may have nothing else. */
static void
add_escape (WsiShownLine *self,
            WsiSpan       span)
{
  WsiSpan *last = self->escapes->len > 0
                  ? &g_array_index (self->escapes, WsiSpan, self->escapes->len - 1) : NULL;

  if (last != NULL && last->end == span.begin)
    last->end = span.end;
  else
    g_array_append_val (self->escapes, span);
}

/* The text grows by the character, or by what replaces it, which is longer. */
static gsize
shown_line_append_character (WsiShownLine *self,
                             GString      *text,
                             const char   *at,
                             gsize         length,
                             gsize         place)
{
  WsiSpan span = { .begin = text->len };
  gsize n = 1;

  if (at[place] == '\t')
    g_string_append_c (text, '\t');
  else
    n = wsi_text_append_character (text, at, length, place);

  span.end = text->len;
  if (span.end - span.begin != n)
    add_escape (self, span);
  for (gsize i = 0; i < n; i++)
    self->spans[self->n_bytes++] = span;
  return n;
}

static WsiShownLine *
shown_line_make (gsize length)
{
  WsiShownLine *self = g_new0 (WsiShownLine, 1);

  self->spans = g_new (WsiSpan, length);
  self->escapes = g_array_new (FALSE, FALSE, sizeof (WsiSpan));
  return self;
}

WsiShownLine *
wsi_shown_line_new_text (const char *at,
                         gsize       length,
                         gsize       begin,
                         gsize       n)
{
  WsiShownLine *self = shown_line_make (n);
  g_autoptr (GString) text = g_string_new (NULL);
  gsize n_taken = 0;

  while (n_taken < n)
    n_taken += shown_line_append_character (self, text, at, length, begin + n_taken);
  self->text = g_string_free (g_steal_pointer (&text), FALSE);
  return self;
}

WsiShownLine *
wsi_shown_line_new_hex (const guint8 *at,
                        gsize         length,
                        gsize         offset,
                        guint         n_digits,
                        guint         n_in_line)
{
  WsiShownLine *self = shown_line_make (length);
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_before, n_line;

  wsi_hex_append_line (text, at, length, offset, n_digits, n_in_line);
  n_before = WSI_HEX_DIGITS_BEGIN (n_digits);
  n_line = text->len;
  self->characters = g_new (WsiSpan, length);
  for (guint i = 0; i < length; i++)
    {
      guint character = n_line - length + i;

      self->spans[i] = (WsiSpan) { n_before + 3 * i, n_before + 3 * i + 2 };
      self->characters[i] = (WsiSpan) { character, character + 1 };
    }
  self->n_bytes = length;
  self->text = g_string_free (g_steal_pointer (&text), FALSE);
  return self;
}

void
wsi_shown_line_drop_characters (WsiShownLine *self)
{
  if (self->n_bytes > 0)
    self->text[self->spans[self->n_bytes - 1].end] = '\0';
  g_clear_pointer (&self->characters, g_free);
}

void
wsi_shown_line_free (WsiShownLine *self)
{
  g_free (self->text);
  g_free (self->spans);
  g_free (self->characters);
  g_array_unref (self->escapes);
  g_free (self);
}

guint
wsi_shown_line_find_byte (const WsiShownLine *self,
                          guint               index)
{
  const WsiSpan *spans = self->spans;

  if (self->characters != NULL && index >= self->characters[0].begin)
    spans = self->characters;
  for (guint i = self->n_bytes; i > 0; i--)
    if (spans[i - 1].begin <= index)
      {
        gboolean is_last = i == self->n_bytes && spans[i - 1].end <= index;

        /* goes to the first byte of the character */
        while (i > 1 && spans[i - 2].begin == spans[i - 1].begin)
          i--;
        return is_last ? self->n_bytes : i - 1;
      }
  return 0;
}
