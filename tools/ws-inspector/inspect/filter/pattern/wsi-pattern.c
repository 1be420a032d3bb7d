/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The automaton that looks for a pattern in a text.  A state of the scanner is the set of
 * instructions at which the automaton may be after a byte, with what that byte was if the
 * expression has assertions.  The start is in every set, because a match may begin anywhere.
 * docs/rationales/inspector.md has the reasons. */

#include "inspect/filter/pattern/wsi-pattern-private.h"

#include <string.h>

#define MAX_STATES 256
#define N_SYMBOLS 257
#define END_SYMBOL 256
#define NOT_MADE G_MAXUINT16
#define MATCHED (G_MAXUINT16 - 1)

typedef enum
{
  BEFORE_START,
  BEFORE_WORD,
  BEFORE_LINE_END,
  BEFORE_OTHER,
} Before;

typedef struct
{
  Before  before;
  guint   n;
  guint16 at[];                 /* instructions of the state that take a byte, ascending */
} State;

struct _WsiScanner
{
  const WsiPattern *pattern;
  GPtrArray        *states;     /* states of the automaton (State); the first one is the start */
  GHashTable       *numbers;    /* number of each State */
  guint16 (*next)[N_SYMBOLS];
  guint16          *stack;      /* instructions that are still to be followed */
  guint8           *is_marked;
  State            *scratch;
};

static guint
hash_state (gconstpointer data)
{
  const State *state = data;
  guint hash = state->before;

  for (guint i = 0; i < state->n; i++)
    hash = hash * 31 + state->at[i];
  return hash;
}

static gboolean
are_states_equal (gconstpointer a,
                  gconstpointer b)
{
  const State *one = a, *other = b;

  return one->before == other->before && one->n == other->n &&
         memcmp (one->at, other->at, one->n * sizeof *one->at) == 0;
}

static gboolean
pattern_is_word (guint symbol)
{
  return symbol < END_SYMBOL && (g_ascii_isalnum (symbol) || symbol == '_');
}

/* Whether the place is inside a character, before a continuation byte of UTF-8: no pattern matches
 * there. */
static gboolean
is_within_character (guint symbol)
{
  return symbol >= 0x80 && symbol <= 0xbf;
}

static gboolean
pattern_holds (WsiAssertion assertion,
               Before       before,
               guint        symbol)
{
  gboolean is_edge = (before == BEFORE_WORD) != pattern_is_word (symbol);

  switch (assertion)
    {
    case WSI_ASSERTION_START:
      return before == BEFORE_START;

    case WSI_ASSERTION_END:
      return symbol == END_SYMBOL;

    case WSI_ASSERTION_LINE_START:
      return before == BEFORE_START || before == BEFORE_LINE_END;

    case WSI_ASSERTION_LINE_END:
      return symbol == END_SYMBOL || symbol == '\n';

    case WSI_ASSERTION_WORD_EDGE:
      return is_edge;

    case WSI_ASSERTION_NO_WORD_EDGE:
      return !is_edge && !is_within_character (symbol);
    }
  return FALSE;
}

/* Marks every instruction that is reached without a byte.  TRUE: the match is one of them. */
static gboolean
pattern_follow (WsiScanner  *self,
                const State *state,
                guint        symbol)
{
  const WsiCode *code = (const WsiCode *) self->pattern->code->data;
  guint n = 0;

  memset (self->is_marked, 0, self->pattern->code->len);
  for (guint i = 0; i <= state->n; i++)
    {
      guint16 start = i < state->n ? state->at[i] : 0;

      self->stack[n++] = start;
      while (n > 0)
        {
          guint16 at = self->stack[--n];

          if (self->is_marked[at])
            continue;
          self->is_marked[at] = TRUE;
          if (code[at].kind == WSI_CODE_MATCH)
            return TRUE;
          if (code[at].kind == WSI_CODE_SPLIT || code[at].kind == WSI_CODE_JUMP)
            self->stack[n++] = at + code[at].jump;
          if (code[at].kind == WSI_CODE_SPLIT ||
              (code[at].kind == WSI_CODE_ASSERT &&
               pattern_holds (code[at].assertion, state->before, symbol)))
            self->stack[n++] = at + 1;
        }
    }
  return FALSE;
}

static Before
find_before (WsiScanner *self,
             guint       symbol)
{
  if (!self->pattern->has_assertions)
    return BEFORE_START;
  if (symbol == '\n')
    return BEFORE_LINE_END;
  return pattern_is_word (symbol) ? BEFORE_WORD : BEFORE_OTHER;
}

static guint16
add_state (WsiScanner  *self,
           const State *state)
{
  State *copy = g_memdup2 (state, sizeof *state + state->n * sizeof *state->at);
  guint number = self->states->len;

  g_ptr_array_add (self->states, copy);
  g_hash_table_insert (self->numbers, copy, GUINT_TO_POINTER (number));
  for (guint i = 0; i < N_SYMBOLS; i++)
    self->next[number][i] = NOT_MADE;
  return number;
}

static void
begin_states (WsiScanner *self)
{
  const State start = { BEFORE_START, 0 };

  g_hash_table_remove_all (self->numbers);
  g_ptr_array_set_size (self->states, 0);
  add_state (self, &start);
}

/* The state to which @symbol leads from a state.  When there is no room for one more, all are made
 * anew. */
static guint16
make_next (WsiScanner *self,
           guint16     from,
           guint       symbol)
{
  const State *state = self->states->pdata[from];
  const WsiCode *code = (const WsiCode *) self->pattern->code->data;
  State *next = self->scratch;
  gpointer known;
  guint16 number;

  if (pattern_follow (self, state, symbol))
    return self->next[from][symbol] = MATCHED;
  if (symbol == END_SYMBOL)
    return self->next[from][symbol] = from;

  next->before = find_before (self, symbol);
  next->n = 0;
  for (guint i = 0; i < self->pattern->code->len; i++)
    if (self->is_marked[i] && code[i].kind == WSI_CODE_SET && wsi_set_has (code[i].set, symbol))
      next->at[next->n++] = i + 1;

  if (g_hash_table_lookup_extended (self->numbers, next, NULL, &known))
    number = GPOINTER_TO_UINT (known);
  else if (self->states->len < MAX_STATES)
    number = add_state (self, next);
  else
    {
      begin_states (self);
      return add_state (self, next);
    }
  for (guint i = 0; i < 256; i++)
    if (self->pattern->class_of[i] == self->pattern->class_of[symbol])
      self->next[from][i] = number;
  return number;
}

WsiScanner *
wsi_scanner_new (const WsiPattern *pattern)
{
  WsiScanner *self = g_new0 (WsiScanner, 1);
  guint n = pattern->code->len;

  self->pattern = pattern;
  self->states = g_ptr_array_new_with_free_func (g_free);
  self->numbers = g_hash_table_new (hash_state, are_states_equal);
  self->next = g_malloc (MAX_STATES * sizeof *self->next);
  /* Each instruction is followed once, and adds two at most. */
  self->stack = g_new (guint16, 2 * n + 1);
  self->is_marked = g_new (guint8, n);
  self->scratch = g_malloc (sizeof *self->scratch + n * sizeof *self->scratch->at);
  begin_states (self);
  return self;
}

void
wsi_scanner_free (WsiScanner *self)
{
  g_hash_table_unref (self->numbers);
  g_ptr_array_unref (self->states);
  g_free (self->next);
  g_free (self->stack);
  g_free (self->is_marked);
  g_free (self->scratch);
  g_free (self);
}

static WsiScanResult
run_automaton (WsiScanner   *self,
               const guint8 *bytes,
               gsize         length,
               guint64       budget)
{
  guint64 price = self->pattern->code->len + N_SYMBOLS;
  guint16 state = 0;

  for (gsize i = 0; i <= length; i++)
    {
      guint symbol = i < length ? bytes[i] : END_SYMBOL;
      guint16 next = self->next[state][symbol];

      if (next < MAX_STATES)
        {
          state = next;
          continue;
        }
      if (next == NOT_MADE)
        {
          if (budget < price)
            return WSI_SCAN_GAVE_UP;
          budget -= price;
          next = make_next (self, state, symbol);
        }
      if (next == MATCHED)
        return WSI_SCAN_MATCH;
      state = next;
    }
  return WSI_SCAN_NO_MATCH;
}

WsiScanResult
wsi_scanner_scan (WsiScanner   *self,
                  const guint8 *bytes,
                  gsize         length,
                  guint64       budget)
{
  const WsiRequiredBytes *required = &self->pattern->required;
  WsiRequiredResult result = wsi_required_bytes_find (required, bytes, length);

  if (result == WSI_REQUIRED_ABSENT)
    return WSI_SCAN_NO_MATCH;
  if (result == WSI_REQUIRED_FOUND && required->are_all)
    return WSI_SCAN_MATCH;
  return run_automaton (self, bytes, length, budget);
}

/* Tells the bytes of a set apart from the others. */
static void
split_classes (WsiPattern    *self,
               const guint32 *set)
{
  gint16 numbers[256][2];
  guint n_classes = 0;

  memset (numbers, 0xff, sizeof numbers);
  for (guint byte = 0; byte < 256; byte++)
    {
      gint16 *number = &numbers[self->class_of[byte]][wsi_set_has (set, byte)];

      if (*number < 0)
        *number = n_classes++;
      self->class_of[byte] = *number;
    }
}

/* Bytes that nothing tells apart are of one class, so that a state is made once for all of them. */
static void
find_classes (WsiPattern *self)
{
  guint32 words[8] = { 0 }, line_ends[8] = { 0 }, within[8] = { 0 };

  for (guint i = 0; i < self->code->len; i++)
    {
      const WsiCode *code = &g_array_index (self->code, WsiCode, i);

      self->has_assertions |= code->kind == WSI_CODE_ASSERT;
      if (code->kind == WSI_CODE_SET)
        split_classes (self, code->set);
    }
  if (!self->has_assertions)
    return;

  wsi_set_add (line_ends, '\n');
  for (guint byte = 0; byte < 256; byte++)
    {
      if (pattern_is_word (byte))
        wsi_set_add (words, byte);
      if (is_within_character (byte))
        wsi_set_add (within, byte);
    }
  split_classes (self, line_ends);
  split_classes (self, words);
  split_classes (self, within);
}

static WsiPattern *
make_pattern (GArray *code)
{
  WsiPattern *self = g_new0 (WsiPattern, 1);
  WsiCode match = { .kind = WSI_CODE_MATCH };

  g_array_append_val (code, match);
  self->code = code;
  find_classes (self);
  wsi_required_bytes_init (&self->required, code);
  return self;
}

WsiPattern *
wsi_pattern_new (const char    *source,
                 gsize          length,
                 WsiPatternCase letter_case,
                 gsize         *at,
                 char         **expected)
{
  GArray *code = wsi_pattern_parse (source, length, letter_case, at, expected);

  return code != NULL ? make_pattern (code) : NULL;
}

WsiPattern *
wsi_pattern_new_literal (const char    *text,
                         gsize          length,
                         WsiPatternCase letter_case)
{
  GArray *code = wsi_code_new ();
  const char *end = text + length;

  while (text < end)
    {
      gunichar character = g_utf8_get_char_validated (text, end - text);
      gboolean is_character = character <= 0x10ffff;
      g_autoptr (GArray) part = NULL;
      WsiClass class;

      wsi_class_init (&class);
      if (is_character)
        wsi_class_add (&class, character, character);
      else
        wsi_set_add (class.bytes, (guint8) * text);
      if (letter_case == WSI_PATTERN_ANY_CASE)
        wsi_class_fold_case (&class);
      part = wsi_class_compile (&class);
      wsi_code_append (code, part);
      wsi_class_clear (&class);
      text += is_character ? g_unichar_to_utf8 (character, NULL) : 1;
    }
  return make_pattern (code);
}

void
wsi_pattern_free (WsiPattern *self)
{
  g_array_unref (self->code);
  g_free (self);
}
