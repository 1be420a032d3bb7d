/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-hex-rows.h"

#include "inspect/decode/wsi-hex.h"

#include <string.h>

#define MIN_CHARACTERS 4        /* characters in a row: fewer are no help */
#define MAX_CHARACTERS 64
#define COLUMNS_OF_BYTE 3       /* columns of a byte: two digits and a blank */
#define MIN_COLUMNS_OF_BYTE 2

struct _WsiHexRows
{
  WsiHexText text;
  guint      n_digits;
  gsize      longest;           /* columns of the longest line */
  gsize      n_most;            /* bytes of the line with the most bytes */
  guint      densest;           /* columns of a byte in the line with the densest bytes */
};

static void
count_line (WsiHexRows *self,
            gsize       n_columns,
            gsize       n_bytes)
{
  self->longest = MAX (self->longest, n_columns);
  self->n_most = MAX (self->n_most, n_bytes);
  if (n_bytes > 1)
    self->densest = CLAMP ((n_columns + 1) / n_bytes, MIN_COLUMNS_OF_BYTE, self->densest);
}

/* Counts lines; until then places are in bytes. */
static void
count_lines (WsiHexRows *self,
             const char *text)
{
  gsize n_columns = 0, n_before = 0, place = 0;
  guint next = 0, n = self->text.places->len;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at), place++)
    {
      guint32 *byte = next < n ? &g_array_index (self->text.places, guint32, next) : NULL;

      if (byte != NULL && *byte == (gsize) (at - text))
        {
          *byte = place;
          next++;
        }
      n_columns++;
      if (*at != '\n')
        continue;

      count_line (self, n_columns - 1, next - n_before);
      n_columns = 0;
      n_before = next;
    }
  count_line (self, n_columns, next - n_before);
}

WsiHexRows *
wsi_hex_rows_new (const char *text)
{
  WsiHexRows *self = g_new0 (WsiHexRows, 1);

  wsi_hex_text_read (&self->text, text);
  self->n_digits = wsi_hex_count_offset_digits (self->text.bytes->len);
  self->densest = COLUMNS_OF_BYTE;
  count_lines (self, text);
  return self;
}

void
wsi_hex_rows_free (WsiHexRows *self)
{
  wsi_hex_text_clear (&self->text);
  g_free (self);
}

WsiHexShape
wsi_hex_rows_choose_shape (const WsiHexRows *self,
                           guint             n_columns)
{
  guint n_beside = self->n_digits + WSI_HEX_GAP;
  guint room = n_columns > n_beside ? n_columns - n_beside : 0;
  WsiHexShape shape = { .n_digits = self->n_digits, .n_text = room };
  guint n = self->n_most;
  gboolean fits = n <= MAX_CHARACTERS && self->longest + WSI_HEX_GAP + n <= room;

  if (!fits)
    n = room > WSI_HEX_GAP ? MIN ((room - WSI_HEX_GAP) / (1 + self->densest), MAX_CHARACTERS) : 0;
  if (n < MIN (self->n_most, MIN_CHARACTERS))
    return shape;

  shape.n_characters = n;
  shape.n_text = fits ? room - WSI_HEX_GAP - n : self->densest * n;
  shape.place = MIN (self->longest, shape.n_text) + WSI_HEX_GAP;
  return shape;
}

guint
wsi_hex_rows_choose_bytes (const WsiHexRows *self,
                           guint             n_columns)
{
  guint n = 16;

  while (n > MIN_CHARACTERS &&
         WSI_HEX_COLUMNS (self->n_digits, n) > n_columns)
    n /= 2;
  return n;
}

/* The first byte that begins at the place or after it. */
static guint
hex_rows_find (const WsiHexRows *self,
               gsize             place)
{
  guint low = 0, high = self->text.places->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->text.places, guint32, middle) < place)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
wsi_hex_rows_print (const WsiHexRows  *self,
                    const WsiHexShape *shape,
                    gsize              begin,
                    gsize              end,
                    char             **offset,
                    char             **characters)
{
  guint first = hex_rows_find (self, begin), n = hex_rows_find (self, end) - first;
  guint n_shown = MIN (n, shape->n_characters);
  GString *text;

  if (n == 0)
    return FALSE;

  *offset = g_strdup_printf ("%0*x", (int) shape->n_digits, first);
  text = g_string_new (NULL);
  for (guint i = first; i < first + n_shown; i++)
    g_string_append_c (text, g_ascii_isprint (self->text.bytes->data[i])
                       ? self->text.bytes->data[i] : '.');
  *characters = g_string_free (text, FALSE);
  return TRUE;
}
