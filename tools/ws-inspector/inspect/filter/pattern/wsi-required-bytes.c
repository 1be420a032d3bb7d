/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/pattern/wsi-required-bytes.h"

#include "inspect/filter/pattern/wsi-pattern-private.h"

#include <string.h>

/* After one wrong place in so many bytes the automaton is as fast. */
#define BYTES_PER_WRONG_PLACE 8

/* How common a byte is in messages of JSON and other text: 0 if it is rare. */
static guint
get_frequency (guint8 byte)
{
  static const char from_the_commonest[] = "\" e,:ta0inors1dlcump25.3467hg98bfyv{}-_kwx/[]";
  const char *place = byte == '\0' ? NULL : strchr (from_the_commonest, byte);

  return place == NULL ? 0 : sizeof from_the_commonest - (place - from_the_commonest);
}

/* The one or two bytes of a set.  FALSE: the set has more, or none. */
static gboolean
required_bytes_get_bytes (const guint32 *set,
                          guint8        *byte,
                          guint8        *other)
{
  guint n = 0;

  for (guint word = 0; word < 8; word++)
    for (int bit = g_bit_nth_lsf (set[word], -1); bit >= 0; bit = g_bit_nth_lsf (set[word], bit))
      {
        *other = word * 32 + bit;
        if (n++ == 0)
          *byte = *other;
      }
  return n == 1 || n == 2;
}

static guint
get_rarity (const WsiRequiredBytes *self,
            guint                   i)
{
  return G_MAXUINT - MAX (get_frequency (self->bytes[i]), get_frequency (self->others[i]));
}

/* Takes the bytes that always follow each other from an instruction on, and gives the instruction
 * after them.  An instruction that takes no byte has an empty set. */
static guint
required_bytes_read_run (WsiRequiredBytes *self,
                         const WsiCode    *code,
                         guint             start)
{
  guint at = start;

  *self = (WsiRequiredBytes) { 0 };
  while (self->n < WSI_MAX_REQUIRED_BYTES &&
         required_bytes_get_bytes (code[at].set, &self->bytes[self->n], &self->others[self->n]))
    {
      if (get_rarity (self, self->n) > get_rarity (self, self->rarest))
        self->rarest = self->n;
      self->n++;
      at++;
    }
  self->are_all = start == 0 && code[at].kind == WSI_CODE_MATCH;
  return at;
}

static gboolean
is_better (const WsiRequiredBytes *self,
           const WsiRequiredBytes *other)
{
  if (self->n == 0 || other->n == 0)
    return self->n > 0;
  if (get_rarity (self, self->rarest) != get_rarity (other, other->rarest))
    return get_rarity (self, self->rarest) > get_rarity (other, other->rarest);
  return self->n > other->n;
}

/* Code runs from its first instruction to its last one, so it passes each instruction that no jump
 * leads across. */
void
wsi_required_bytes_init (WsiRequiredBytes *self,
                         const GArray     *code)
{
  const WsiCode *codes = (const WsiCode *) code->data;
  guint next = 0, first_passed = 0;

  *self = (WsiRequiredBytes) { 0 };
  for (guint i = 0; i < code->len; i++)
    {
      WsiRequiredBytes run;

      if (codes[i].kind == WSI_CODE_SPLIT || codes[i].kind == WSI_CODE_JUMP)
        first_passed = MAX ((int) first_passed, (int) i + codes[i].jump);
      /* A run that begins within another one is not better. */
      if (i < first_passed || i < next)
        continue;

      next = required_bytes_read_run (&run, codes, i);
      if (is_better (&run, self))
        *self = run;
    }
}

/* The first place of the byte; @end if it is not there. */
static const guint8 *
required_bytes_find_byte (guint8        byte,
                          const guint8 *from,
                          const guint8 *end)
{
  const guint8 *place = from < end ? memchr (from, byte, end - from) : NULL;

  return place != NULL ? place : end;
}

static gboolean
is_at (const WsiRequiredBytes *self,
       const guint8           *text)
{
  for (guint i = 0; i < self->n; i++)
    if (text[i] != self->bytes[i] && text[i] != self->others[i])
      return FALSE;
  return TRUE;
}

WsiRequiredResult
wsi_required_bytes_find (const WsiRequiredBytes *self,
                         const guint8           *text,
                         gsize                   length)
{
  guint8 byte = self->bytes[self->rarest], other = self->others[self->rarest];
  gsize n_wrong_places = 0;
  const guint8 *end, *next, *next_other;

  if (self->n == 0)
    return WSI_REQUIRED_UNDECIDED;
  if (length < self->n)
    return WSI_REQUIRED_ABSENT;

  end = text + length - self->n + self->rarest + 1;
  next = required_bytes_find_byte (byte, text + self->rarest, end);
  next_other = byte == other ? end : required_bytes_find_byte (other, text + self->rarest, end);
  while (MIN (next, next_other) < end)
    {
      const guint8 *place = MIN (next, next_other);

      if (is_at (self, place - self->rarest))
        return WSI_REQUIRED_FOUND;
      if (++n_wrong_places > 1 + length / BYTES_PER_WRONG_PLACE)
        return WSI_REQUIRED_UNDECIDED;
      if (place == next)
        next = required_bytes_find_byte (byte, place + 1, end);
      else
        next_other = required_bytes_find_byte (other, place + 1, end);
    }
  return WSI_REQUIRED_ABSENT;
}
