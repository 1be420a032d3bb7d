/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/pattern/wsi-pattern-private.h"

#define MAX_CHARACTER 0x10ffff
#define MAX_SEQUENCE 4          /* bytes of a character in UTF-8 */

typedef struct
{
  gunichar first, last;
} Range;

GArray *
wsi_code_new (void)
{
  return g_array_new (FALSE, TRUE, sizeof (WsiCode));
}

void
wsi_code_append (GArray       *self,
                 const GArray *other)
{
  g_array_append_vals (self, other->data, other->len);
}

GArray *
wsi_code_either (GArray *one,
                 GArray *other)
{
  GArray *code = wsi_code_new ();
  WsiCode split = { .kind = WSI_CODE_SPLIT, .jump = one->len + 2 };
  WsiCode jump = { .kind = WSI_CODE_JUMP, .jump = other->len + 1 };

  g_array_append_val (code, split);
  wsi_code_append (code, one);
  g_array_append_val (code, jump);
  wsi_code_append (code, other);
  g_array_unref (one);
  g_array_unref (other);
  return code;
}

void
wsi_class_init (WsiClass *self)
{
  *self = (WsiClass) { .ranges = g_array_new (FALSE, TRUE, sizeof (Range)) };
}

void
wsi_class_clear (WsiClass *self)
{
  g_clear_pointer (&self->ranges, g_array_unref);
}

void
wsi_class_add (WsiClass *self,
               gunichar  first,
               gunichar  last)
{
  Range range = { first, last };

  g_array_append_val (self->ranges, range);
}

void
wsi_class_add_class (WsiClass       *self,
                     const WsiClass *other)
{
  g_array_append_vals (self->ranges, other->ranges->data, other->ranges->len);
  for (gsize i = 0; i < G_N_ELEMENTS (self->bytes); i++)
    self->bytes[i] |= other->bytes[i];
}

/* The letters of ASCII in a range, and single characters: a range of others keeps its case. */
void
wsi_class_fold_case (WsiClass *self)
{
  guint n_ranges = self->ranges->len;

  for (guint i = 0; i < n_ranges; i++)
    {
      Range range = g_array_index (self->ranges, Range, i);

      if (range.first == range.last)
        {
          wsi_class_add (self, g_unichar_tolower (range.first), g_unichar_tolower (range.first));
          wsi_class_add (self, g_unichar_toupper (range.first), g_unichar_toupper (range.first));
          continue;
        }
      for (gunichar c = MAX (range.first, 'A'); c <= MIN (range.last, 'z'); c++)
        if (g_ascii_isalpha (c))
          wsi_class_add (self, c ^ 0x20, c ^ 0x20);
    }
}

static int
compare_ranges (gconstpointer a,
                gconstpointer b)
{
  const Range *one = a, *other = b;

  return one->first < other->first ? -1 : one->first > other->first;
}

/* Sorts the ranges; afterwards no two touch. */
static void
sort_ranges (WsiClass *self)
{
  g_autoptr (GArray) ranges = g_steal_pointer (&self->ranges);

  g_array_sort (ranges, compare_ranges);
  self->ranges = g_array_new (FALSE, TRUE, sizeof (Range));
  for (guint i = 0; i < ranges->len; i++)
    {
      Range range = g_array_index (ranges, Range, i);
      Range *before = self->ranges->len == 0 ? NULL : &g_array_index (self->ranges, Range,
                                                                      self->ranges->len - 1);

      if (before != NULL && range.first <= before->last + 1)
        before->last = MAX (before->last, range.last);
      else
        g_array_append_val (self->ranges, range);
    }
}

void
wsi_class_complement (WsiClass *self)
{
  g_autoptr (GArray) ranges = NULL;
  gunichar next = 0;

  sort_ranges (self);
  ranges = g_steal_pointer (&self->ranges);
  self->ranges = g_array_new (FALSE, TRUE, sizeof (Range));
  for (guint i = 0; i < ranges->len; i++)
    {
      Range range = g_array_index (ranges, Range, i);

      if (range.first > next)
        wsi_class_add (self, next, range.first - 1);
      next = range.last + 1;
    }
  if (next <= MAX_CHARACTER)
    wsi_class_add (self, next, MAX_CHARACTER);
}

static void
add_alternative (GArray **code,
                 GArray  *alternative)
{
  *code = *code == NULL ? alternative : wsi_code_either (*code, alternative);
}

/* Characters whose encodings differ in their last bytes only, which take all values. */
static void
add_sequence (GArray **code,
              gunichar first,
              gunichar last)
{
  char from[MAX_SEQUENCE + 2], to[MAX_SEQUENCE + 2];
  int n = g_unichar_to_utf8 (first, from);
  GArray *sequence = wsi_code_new ();

  g_unichar_to_utf8 (last, to);
  for (int i = 0; i < n; i++)
    {
      WsiCode take = { .kind = WSI_CODE_SET };

      for (guint byte = (guint8) from[i]; byte <= (guint8) to[i]; byte++)
        wsi_set_add (take.set, byte);
      g_array_append_val (sequence, take);
    }
  add_alternative (code, sequence);
}

/* Cuts a range until each part is one sequence of ranges of bytes.  A cut makes each part simpler:
 * the recursion is a few levels deep. */
static void
add_range (GArray **code,
           gunichar first,
           gunichar last)
{
  static const gunichar longest[] = { 0x7f, 0x7ff, 0xffff };

  for (gsize i = 0; i < G_N_ELEMENTS (longest); i++)
    if (first <= longest[i] && longest[i] < last)
      {
        add_range (code, first, longest[i]);
        add_range (code, longest[i] + 1, last);
        return;
      }
  for (guint i = 1; i < MAX_SEQUENCE && last > 0x7f; i++)
    {
      gunichar tail = (1u << (6 * i)) - 1;
      gunichar middle = (first & tail) != 0 ? (first | tail) + 1 : last & ~tail;

      if ((first & ~tail) == (last & ~tail) || ((first & tail) == 0 && (last & tail) == tail))
        continue;
      add_range (code, first, middle - 1);
      add_range (code, middle, last);
      return;
    }
  add_sequence (code, first, last);
}

/* A class without a character matches nothing: an empty set takes no byte. */
GArray *
wsi_class_compile (WsiClass *self)
{
  WsiCode single = { .kind = WSI_CODE_SET };
  gboolean is_empty = TRUE;
  GArray *code = NULL;

  sort_ranges (self);
  for (gsize i = 0; i < G_N_ELEMENTS (single.set); i++)
    single.set[i] = self->bytes[i];
  for (guint i = 0; i < self->ranges->len; i++)
    {
      Range range = g_array_index (self->ranges, Range, i);

      for (gunichar c = range.first; c <= MIN (range.last, 0x7f); c++)
        wsi_set_add (single.set, c);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (single.set); i++)
    is_empty = is_empty && single.set[i] == 0;
  if (!is_empty || self->ranges->len == 0)
    {
      code = wsi_code_new ();
      g_array_append_val (code, single);
    }
  for (guint i = 0; i < self->ranges->len; i++)
    {
      Range range = g_array_index (self->ranges, Range, i);

      if (range.last > 0x7f)
        add_range (&code, MAX (range.first, 0x80), range.last);
    }
  return code;
}
