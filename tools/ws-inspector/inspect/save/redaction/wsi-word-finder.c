/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/redaction/wsi-word-finder.h"

#include <string.h>

#define N_BYTES 256
#define MAX_STATES G_MAXUINT16

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
  GArray *states;               /* states of the automaton (State) */
};

static State *
get_state (const WsiWordFinder *self,
           guint                number)
{
  return &g_array_index (self->states, State, number);
}

/* The words of a user may be very many: those that do not fit are shortened, and found too
 * often. */
static void
add_word (WsiWordFinder *self,
          const char    *word)
{
  guint at = 0;

  for (; *word != '\0' && self->states->len < MAX_STATES; word++)
    {
      guint8 byte = (guint8) g_ascii_tolower (*word);

      if (get_state (self, at)->next[byte] == 0)
        {
          get_state (self, at)->next[byte] = (guint16) self->states->len;
          g_array_set_size (self->states, self->states->len + 1);
        }
      at = get_state (self, at)->next[byte];
    }
  get_state (self, at)->is_end = at != 0;
}

/* Sets what the bytes lead to that do not continue the word of a state.  The states before it are
 * done. */
static void
complete_state (WsiWordFinder *self,
                guint          number,
                GArray        *order)
{
  State *state = get_state (self, number);

  state->is_end |= get_state (self, state->failure)->is_end;
  for (guint i = 0; i < N_BYTES; i++)
    {
      guint16 next = state->next[i];
      guint16 other = number == 0 ? 0 : get_state (self, state->failure)->next[i];

      if (next == 0)
        {
          state->next[i] = other;
          continue;
        }
      get_state (self, next)->failure = other;
      g_array_append_val (order, next);
    }
}

static void
add_words (WsiWordFinder     *self,
           const char *const *words)
{
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    add_word (self, words[i]);
}

WsiWordFinder *
wsi_word_finder_new (const char *const *words,
                     const char *const *names)
{
  WsiWordFinder *self = g_new0 (WsiWordFinder, 1);
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint16));

  self->states = g_array_new (FALSE, TRUE, sizeof (State));
  g_array_set_size (self->states, 1);
  add_words (self, words);
  add_words (self, names);
  complete_state (self, 0, order);
  for (guint i = 0; i < order->len; i++)
    complete_state (self, g_array_index (order, guint16, i), order);
  for (guint i = 0; i < self->states->len; i++)
    for (char letter = 'A'; letter <= 'Z'; letter++)
      get_state (self, i)->next[(guint8) letter] =
        get_state (self, i)->next[(guint8) g_ascii_tolower (letter)];
  return self;
}

void
wsi_word_finder_free (WsiWordFinder *self)
{
  g_array_unref (self->states);
  g_free (self);
}

gboolean
wsi_word_finder_find (const WsiWordFinder *self,
                      guint               *state,
                      const guint8        *at,
                      gsize                length)
{
  const State *states = (const State *) (const void *) self->states->data;
  guint number = *state;

  for (gsize i = 0; i < length && !states[number].is_end; i++)
    number = states[number].next[at[i]];
  *state = number;
  return states[number].is_end;
}
