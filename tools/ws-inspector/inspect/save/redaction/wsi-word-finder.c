/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/redaction/wsi-word-finder.h"

#include <string.h>

#define N_BYTES 256
#define IS_END 0x8000           /* bit of a state in which a word ends */
#define MAX_STATES (IS_END - 1)
#define MIN_PART 16             /* bytes of a quarter that is worth a search of its own */

/* A state is how much of a word was read, and to which state each byte leads.  State 0 is the
 * beginning, and no word ends there. */
typedef struct
{
  guint16  next[N_BYTES];
  guint16  failure;             /* state for the longest end of the text that begins a word */
  gboolean is_end;
} State;

struct _WsiWordFinder
{
  GArray  *states;              /* states of the automaton (State), while it is made */
  guint16 *next;                /* what each byte leads to, by state: a state, and whether it is an
                                 * end */
  gsize    longest;             /* bytes of the longest word */
};

static State *
word_finder_get_state (const WsiWordFinder *self,
                       guint                number)
{
  return &g_array_index (self->states, State, number);
}

/* The words of a user may be very many: those that do not fit are shortened, and found too
 * often. */
static void
word_finder_add_word (WsiWordFinder *self,
                      const char    *word)
{
  guint at = 0;

  self->longest = MAX (self->longest, strlen (word));

  for (; *word != '\0' && self->states->len < MAX_STATES; word++)
    {
      guint8 byte = (guint8) g_ascii_tolower (*word);

      if (word_finder_get_state (self, at)->next[byte] == 0)
        {
          word_finder_get_state (self, at)->next[byte] = (guint16) self->states->len;
          g_array_set_size (self->states, self->states->len + 1);
        }
      at = word_finder_get_state (self, at)->next[byte];
    }
  word_finder_get_state (self, at)->is_end = at != 0;
}

/* Sets what the bytes lead to that do not continue the word of a state.  The states before it are
 * done. */
static void
complete_state (WsiWordFinder *self,
                guint          number,
                GArray        *order)
{
  State *state = word_finder_get_state (self, number);

  state->is_end |= word_finder_get_state (self, state->failure)->is_end;
  for (guint i = 0; i < N_BYTES; i++)
    {
      guint16 next = state->next[i];
      guint16 other = number == 0 ? 0 : word_finder_get_state (self, state->failure)->next[i];

      if (next == 0)
        {
          state->next[i] = other;
          continue;
        }
      word_finder_get_state (self, next)->failure = other;
      g_array_append_val (order, next);
    }
}

static void
word_finder_add_words (WsiWordFinder     *self,
                       const char *const *words)
{
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    word_finder_add_word (self, words[i]);
}

WsiWordFinder *
wsi_word_finder_new (const char *const *words,
                     const char *const *names)
{
  WsiWordFinder *self = g_new0 (WsiWordFinder, 1);
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint16));

  self->states = g_array_new (FALSE, TRUE, sizeof (State));
  g_array_set_size (self->states, 1);
  word_finder_add_words (self, words);
  word_finder_add_words (self, names);
  complete_state (self, 0, order);
  for (guint i = 0; i < order->len; i++)
    complete_state (self, g_array_index (order, guint16, i), order);
  self->next = g_new (guint16, self->states->len * N_BYTES);
  for (guint i = 0; i < self->states->len * N_BYTES; i++)
    {
      guint8 byte = (guint8) g_ascii_tolower ((char) (i % N_BYTES));
      guint16 next = word_finder_get_state (self, i / N_BYTES)->next[byte];

      self->next[i] = word_finder_get_state (self, next)->is_end ? next | IS_END : next;
    }
  g_clear_pointer (&self->states, g_array_unref);
  return self;
}

void
wsi_word_finder_free (WsiWordFinder *self)
{
  g_free (self->next);
  g_free (self);
}

static guint
word_finder_walk (const guint16 *next,
                  guint          number,
                  const guint8  *at,
                  gsize          length)
{
  for (gsize i = 0; i < length && (number & IS_END) == 0; i++)
    number = next[number * N_BYTES + at[i]];
  return number;
}

/* Each step waits for the one before it, so the quarters of a text are searched side by side.  A
 * word may begin in a quarter and end in the next one. */
static guint
walk_in_quarters (const WsiWordFinder *self,
                  guint                number,
                  const guint8        *at,
                  gsize                length)
{
  const guint16 *next = self->next;
  const gsize part = length / 4, beyond = self->longest;
  guint a = number, b = 0, c = 0, d = 0;

  for (gsize i = 0; i < part && ((a | b | c | d) & IS_END) == 0; i++)
    {
      a = next[a * N_BYTES + at[i]];
      b = next[b * N_BYTES + at[part + i]];
      c = next[c * N_BYTES + at[2 * part + i]];
      d = next[d * N_BYTES + at[3 * part + i]];
    }
  if (((a | b | c | d) & IS_END) != 0)
    return IS_END;

  for (gsize i = 0; i < beyond && ((a | b | c) & IS_END) == 0; i++)
    {
      a = next[a * N_BYTES + at[part + i]];
      b = next[b * N_BYTES + at[2 * part + i]];
      c = next[c * N_BYTES + at[3 * part + i]];
    }
  return ((a | b | c) & IS_END) != 0 ? IS_END
                                     : word_finder_walk (next, d, at + 4 * part, length - 4 * part);
}

gboolean
wsi_word_finder_find (const WsiWordFinder *self,
                      guint               *state,
                      const guint8        *at,
                      gsize                length)
{
  *state = length / 4 >= MAX (MIN_PART, self->longest)
           ? walk_in_quarters (self, *state, at, length)
           : word_finder_walk (self->next, *state, at, length);
  return (*state & IS_END) != 0;
}
