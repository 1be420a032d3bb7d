/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/models/wsi-row-set.h"

#include <string.h>

#define BITS 64

struct _WsiRowSet
{
  guint64 *words;               /* bits of 64 numbers each */
  guint64  first;               /* lowest number of the first word, divided by 64 */
  guint64  n_words;
};

WsiRowSet *
wsi_row_set_new (void)
{
  return g_new0 (WsiRowSet, 1);
}

void
wsi_row_set_free (WsiRowSet *self)
{
  g_free (self->words);
  g_free (self);
}

/* The bits in a word for the numbers from first to end - 1. */
static guint64
make_mask (guint64 word,
           guint64 first,
           guint64 end)
{
  guint64 mask = G_MAXUINT64;

  if (first > word * BITS)
    mask &= G_MAXUINT64 << (first - word * BITS);
  if (end < (word + 1) * BITS)
    mask &= G_MAXUINT64 >> ((word + 1) * BITS - end);
  return mask;
}

/* Finds the words for the numbers from first to end - 1 that there are. */
static void
row_set_find_words (WsiRowSet *self,
                    guint64    first,
                    guint64    end,
                    guint64   *begin_word,
                    guint64   *end_word)
{
  *begin_word = CLAMP (first / BITS, self->first, self->first + self->n_words);
  *end_word = end == 0 ? 0 : MIN ((end - 1) / BITS + 1, self->first + self->n_words);
}

static void
row_set_grow (WsiRowSet *self,
              guint64    begin_word,
              guint64    end_word)
{
  guint64 first = self->n_words > 0 ? MIN (self->first, begin_word) : begin_word;
  guint64 end = self->n_words > 0 ? MAX (self->first + self->n_words, end_word) : end_word;
  guint64 *words;

  if (first == self->first && end - first == self->n_words)
    return;

  words = g_new0 (guint64, end - first);
  if (self->n_words > 0)
    memcpy (words + (self->first - first), self->words, self->n_words * sizeof *words);
  g_free (self->words);
  self->words = words;
  self->first = first;
  self->n_words = end - first;
}

/* Numbers of a store only grow: words at the beginning that are empty are freed. */
static void
row_set_shrink (WsiRowSet *self)
{
  guint64 n_empty = 0;

  while (n_empty < self->n_words && self->words[n_empty] == 0)
    n_empty++;
  if (n_empty == 0)
    return;

  self->n_words -= n_empty;
  self->first += n_empty;
  if (self->n_words == 0)
    {
      g_clear_pointer (&self->words, g_free);
      return;
    }
  memmove (self->words, self->words + n_empty, self->n_words * sizeof *self->words);
  self->words = g_renew (guint64, self->words, self->n_words);
}

void
wsi_row_set_add (WsiRowSet *self,
                 guint64    first,
                 guint64    end)
{
  if (first >= end)
    return;

  row_set_grow (self, first / BITS, (end - 1) / BITS + 1);
  for (guint64 word = first / BITS; word <= (end - 1) / BITS; word++)
    self->words[word - self->first] |= make_mask (word, first, end);
}

void
wsi_row_set_remove (WsiRowSet *self,
                    guint64    first,
                    guint64    end)
{
  guint64 word, end_word;

  if (first >= end)
    return;

  row_set_find_words (self, first, end, &word, &end_word);
  for (; word < end_word; word++)
    self->words[word - self->first] &= ~make_mask (word, first, end);
  row_set_shrink (self);
}

guint64
wsi_row_set_count (WsiRowSet *self,
                   guint64    first,
                   guint64    end)
{
  guint64 word, end_word, n = 0;

  if (first >= end)
    return 0;

  row_set_find_words (self, first, end, &word, &end_word);
  for (; word < end_word; word++)
    n += __builtin_popcountll (self->words[word - self->first] & make_mask (word, first, end));
  return n;
}

gboolean
wsi_row_set_contains (WsiRowSet *self,
                      guint64    number)
{
  guint64 word = number / BITS - self->first;

  return number / BITS >= self->first && word < self->n_words &&
         (self->words[word] >> number % BITS & 1) != 0;
}

gboolean
wsi_row_set_find (WsiRowSet *self,
                  guint64    from,
                  guint64   *number)
{
  guint64 word, end_word;

  row_set_find_words (self, from, G_MAXUINT64, &word, &end_word);
  for (; word < end_word; word++)
    {
      guint64 bits = self->words[word - self->first] & make_mask (word, from, G_MAXUINT64);

      if (bits != 0)
        {
          *number = word * BITS + __builtin_ctzll (bits);
          return TRUE;
        }
    }
  return FALSE;
}

gboolean
wsi_row_set_find_before (WsiRowSet *self,
                         guint64    end,
                         guint64   *number)
{
  guint64 begin_word, word;

  row_set_find_words (self, 0, end, &begin_word, &word);
  while (word-- > begin_word)
    {
      guint64 bits = self->words[word - self->first] & make_mask (word, 0, end);

      if (bits != 0)
        {
          *number = word * BITS + (BITS - 1) - __builtin_clzll (bits);
          return TRUE;
        }
    }
  return FALSE;
}
