/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/lines/wsi-line-index.h"

#include "inspect/decode/wsi-joiner.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/store/memory/wsi-bytes.h"

#define LINES_A_PLACE 32
#define PLACES_AT_ONCE 1024     /* places between two looks at the cancellable */
#define TAB_COLUMNS 8
#define ESCAPED_BYTE_COLUMNS 4  /* columns of an escaped byte such as \x1b */
#define MAX_MARKS 4             /* marks that combine with a character; more have a column each */

struct _WsiLineIndex
{
  gatomicrefcount n_references;
  GBytes         *bytes;
  guint           n_columns;    /* columns of a line; 0 = it is a line of bytes */
  guint           n_in_line;
  guint           n_lines;
  gsize           end;
  WsiSyntax      *syntax;       /* syntax of the text; NULL = none */
  GArray         *places;       /* offsets of the first line of every LINES_A_PLACE lines (gsize) */
};

/* Columns of a character that is escaped, as wsi_text_append_character () writes it. */
static guint
measure_escape (gunichar character)
{
  guint n_digits = 1;

  if (character == '\r')
    return 2;
  if (character < 0x80)
    return ESCAPED_BYTE_COLUMNS;

  while (character >>= 4)
    n_digits++;
  return n_digits + 4;          /* the signs \u{} and the digits */
}

/* The bytes of a joiner, and of the emoji after it that is one picture with the one before; 0 = it
 * is escaped. */
static gsize
measure_joiner (const char *at,
                gsize       length,
                gsize       place)
{
  const char *after = at + place + WSI_JOINER_LENGTH;

  switch (wsi_joiner_find (at, length, place))
    {
    case WSI_JOINER_OF_LETTERS:
      return WSI_JOINER_LENGTH;
    case WSI_JOINER_OF_EMOJI:
      return g_utf8_next_char (after) - (at + place);
    case WSI_JOINER_UNSEEN:
      return 0;
    }

  g_assert_not_reached ();
}

/* Returns the bytes of the character at a place, or of a byte that belongs to none. */
static gsize
measure_character (const char *at,
                   gsize       length,
                   gsize       place,
                   guint      *n_columns)
{
  gunichar character = g_utf8_get_char_validated (at + place, MIN (length - place, 6));
  gsize n_joined = wsi_joiner_is (character) ? measure_joiner (at, length, place) : 0;

  if (character == 0 || character > 0x10ffff)
    {
      *n_columns = ESCAPED_BYTE_COLUMNS;
      return 1;
    }

  if (n_joined > 0)
    {
      *n_columns = 0;
      return n_joined;
    }

  if (!wsi_text_may_be_shown (character))
    *n_columns = measure_escape (character);
  else if (g_unichar_iszerowidth (character))
    *n_columns = 0;
  else
    *n_columns = g_unichar_iswide (character) ? 2 : 1;
  return g_unichar_to_utf8 (character, NULL);
}

/* The number of bytes of a line end at this place; 0 = there is none. */
static gsize
measure_end (const char *at,
             gsize       length)
{
  if (at[0] == '\n')
    return 1;

  return at[0] == '\r' && length > 1 && at[1] == '\n' ? 2 : 0;
}

static gsize
measure_next (const char *at,
              gsize       length,
              gsize       place,
              guint       column,
              guint      *n_marks,
              guint      *n_columns)
{
  gsize n = 1;

  if (at[place] == '\t')
    *n_columns = TAB_COLUMNS - column % TAB_COLUMNS;
  else
    n = measure_character (at, length, place, n_columns);

  *n_marks = *n_columns > 0 ? 0 : *n_marks + 1;
  if (*n_marks > MAX_MARKS)
    *n_columns = 1;
  return n;
}

/* Reads a line, which has one character at least, however narrow it is. */
static void
line_index_read_line (const WsiLineIndex *self,
                      gsize               offset,
                      WsiLine            *line)
{
  gsize length;
  const char *at = wsi_bytes_get_data (self->bytes, &length);
  gsize place = offset;
  guint column = 0, n_marks = 0;

  *line = (WsiLine) { .offset = offset };
  while (place < length)
    {
      guint n_columns = 1;
      gsize n = 1;

      if (at[place] < ' ' || at[place] >= 0x7f)
        {
          line->n_end = measure_end (at + place, length - place);
          if (line->n_end > 0)
            break;
          n = measure_next (at, length, place, column, &n_marks, &n_columns);
        }
      else
        {
          n_marks = 0;
        }
      if (column + n_columns > self->n_columns && place > offset)
        break;
      column += n_columns;
      place += n;
    }
  line->length = place - offset;
}

static WsiLineIndex *
line_index_make (GBytes *bytes)
{
  WsiLineIndex *self = g_new0 (WsiLineIndex, 1);

  g_atomic_ref_count_init (&self->n_references);
  self->bytes = g_bytes_ref (bytes);
  return self;
}

WsiLineIndex *
wsi_line_index_new_text (GBytes       *bytes,
                         guint         n_columns,
                         GCancellable *cancellable)
{
  g_autoptr (WsiLineIndex) self = line_index_make (bytes);
  gsize length = g_bytes_get_size (bytes);

  self->n_columns = MAX (n_columns, 1);
  self->places = g_array_new (FALSE, FALSE, sizeof (gsize));
  while (self->end < length && self->n_lines < WSI_MAX_LINES)
    {
      WsiLine line;

      if (self->n_lines % LINES_A_PLACE == 0)
        g_array_append_val (self->places, self->end);
      if (self->n_lines % (LINES_A_PLACE * PLACES_AT_ONCE) == 0 &&
          g_cancellable_is_cancelled (cancellable))
        return NULL;

      line_index_read_line (self, self->end, &line);
      self->end += line.length + line.n_end;
      self->n_lines++;
    }
  return g_steal_pointer (&self);
}

WsiLineIndex *
wsi_line_index_new_bytes (GBytes *bytes,
                          guint   n_in_line)
{
  WsiLineIndex *self = line_index_make (bytes);
  gsize length = g_bytes_get_size (bytes);
  gsize n_lines = length / n_in_line + (length % n_in_line > 0);

  self->n_in_line = n_in_line;
  self->n_lines = MIN (n_lines, WSI_MAX_LINES);
  self->end = MIN (length, (gsize) self->n_lines * n_in_line);
  return self;
}

WsiLineIndex *
wsi_line_index_ref (WsiLineIndex *self)
{
  g_atomic_ref_count_inc (&self->n_references);
  return self;
}

void
wsi_line_index_unref (WsiLineIndex *self)
{
  if (!g_atomic_ref_count_dec (&self->n_references))
    return;

  g_bytes_unref (self->bytes);
  g_clear_pointer (&self->syntax, wsi_syntax_free);
  g_clear_pointer (&self->places, g_array_unref);
  g_free (self);
}

void
wsi_line_index_set_syntax (WsiLineIndex *self,
                           WsiSyntax    *syntax)
{
  g_clear_pointer (&self->syntax, wsi_syntax_free);
  self->syntax = syntax;
}

const WsiSyntax *
wsi_line_index_get_syntax (const WsiLineIndex *self)
{
  return self->syntax;
}

GBytes *
wsi_line_index_get_bytes (const WsiLineIndex *self)
{
  return self->bytes;
}

guint
wsi_line_index_get_n_lines (const WsiLineIndex *self)
{
  return self->n_lines;
}

gsize
wsi_line_index_get_end (const WsiLineIndex *self)
{
  return self->end;
}

void
wsi_line_index_get_line (const WsiLineIndex *self,
                         guint               number,
                         WsiLine            *line)
{
  g_return_if_fail (number < self->n_lines);

  if (self->places == NULL)
    {
      gsize offset = (gsize) number * self->n_in_line;

      *line = (WsiLine) { offset, MIN (self->n_in_line, self->end - offset), 0 };
      return;
    }

  line_index_read_line (self, g_array_index (self->places, gsize, number / LINES_A_PLACE), line);
  for (guint i = 0; i < number % LINES_A_PLACE; i++)
    line_index_read_line (self, line->offset + line->length + line->n_end, line);
}

/* Finds the last place that is not after the byte. */
static guint
line_index_find_place (const WsiLineIndex *self,
                       gsize               offset)
{
  guint low = 0, high = self->places->len;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->places, gsize, middle) <= offset)
        low = middle;
      else
        high = middle;
    }
  return low;
}

guint
wsi_line_index_find (const WsiLineIndex *self,
                     gsize               offset)
{
  guint number;
  WsiLine line;

  g_return_val_if_fail (self->n_lines > 0, 0);

  if (self->places == NULL)
    return MIN (offset / self->n_in_line, self->n_lines - 1);

  number = line_index_find_place (self, offset);
  line_index_read_line (self, g_array_index (self->places, gsize, number), &line);
  number *= LINES_A_PLACE;
  while (line.offset + line.length + line.n_end <= offset && number + 1 < self->n_lines)
    {
      line_index_read_line (self, line.offset + line.length + line.n_end, &line);
      number++;
    }
  return number;
}
