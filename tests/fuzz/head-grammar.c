/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "fuzz/head-grammar.h"

#include <string.h>

/* Classes of bytes (RFC 9110 5.6.2, 5.5; RFC 9112 3, 4). */
static bool
is_token (uint8_t byte)
{
  return byte > ' ' && byte < 0x7f && strchr ("\"(),/:;<=>?@[\\]{}", byte) == NULL;
}

static bool
is_visible (uint8_t byte)
{
  return byte > ' ' && byte != 0x7f;
}

static bool
is_digit (uint8_t byte)
{
  return byte >= '0' && byte <= '9';
}

static bool
is_first_digit (uint8_t byte)
{
  return byte >= '1' && byte <= '9';
}

static bool
is_text (uint8_t byte)
{
  return byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

typedef bool (*Class) (uint8_t byte);

/* A literal, or bytes of a class: one, or all that follow. */
typedef struct
{
  const char *literal;
  Class class;
  enum { ONE, ONE_OR_MORE, ANY_NUMBER } count;
} Step;

static const Step request_line[] = {
  { NULL, is_token, ONE_OR_MORE }, { " ", NULL, ONE }, { NULL, is_visible, ONE_OR_MORE }, { " HTTP/", NULL, ONE },
  { NULL, is_digit, ONE }, { ".", NULL, ONE }, { NULL, is_digit, ONE }, { "\r\n", NULL, ONE },
};

static const Step status[] = {
  { "HTTP/1.1 ", NULL, ONE }, { NULL, is_first_digit, ONE }, { NULL, is_digit, ONE }, { NULL, is_digit, ONE },
};

static const Step reason[] = { { " ", NULL, ONE }, { NULL, is_text, ANY_NUMBER },
                               { "\r\n", NULL, ONE } };

static const Step line_end[] = { { "\r\n", NULL, ONE } };

static const Step field[] = {
  { NULL, is_token, ONE_OR_MORE }, { ":", NULL, ONE }, { NULL, is_text, ANY_NUMBER }, { "\r\n", NULL, ONE },
};

#define N_STEPS(steps) (sizeof steps / sizeof steps[0])

static GrammarVerdict
read_literal (WscBytes    head,
              size_t     *at,
              const char *literal)
{
  for (; *literal != '\0'; literal++)
    {
      if (*at == head.length)
        return GRAMMAR_CUT;
      if (head.at[*at] != (uint8_t) *literal)
        return GRAMMAR_REFUSED;
      ++*at;
    }
  return GRAMMAR_ACCEPTED;
}

static GrammarVerdict
read_class (WscBytes    head,
            size_t     *at,
            const Step *step)
{
  size_t begin = *at;

  while (*at < head.length && step->class (head.at[*at]) && (step->count != ONE || *at == begin))
    ++*at;
  if (step->count == ANY_NUMBER || *at > begin)
    return *at == head.length && step->count != ONE ? GRAMMAR_CUT : GRAMMAR_ACCEPTED;

  return *at == head.length ? GRAMMAR_CUT : GRAMMAR_REFUSED;
}

static GrammarVerdict
read_steps (WscBytes    head,
            size_t     *at,
            const Step *steps,
            size_t      n_steps)
{
  GrammarVerdict verdict = GRAMMAR_ACCEPTED;

  for (size_t i = 0; i < n_steps && verdict == GRAMMAR_ACCEPTED; i++)
    {
      if (steps[i].literal != NULL)
        verdict = read_literal (head, at, steps[i].literal);
      else
        verdict = read_class (head, at, &steps[i]);
    }
  return verdict;
}

static HeadReading
read_fields (WscBytes       head,
             size_t         at,
             GrammarVerdict verdict)
{
  HeadReading reading = { .verdict = verdict };

  while (reading.verdict == GRAMMAR_ACCEPTED && at < head.length && head.at[at] != '\r')
    {
      reading.verdict = read_steps (head, &at, field, N_STEPS (field));
      reading.n_fields++;
    }
  if (reading.verdict == GRAMMAR_ACCEPTED)
    reading.verdict = read_steps (head, &at, line_end, N_STEPS (line_end));
  reading.used = at;
  return reading;
}

HeadReading
grammar_read_request (WscBytes head)
{
  size_t at = 0;
  GrammarVerdict verdict = read_steps (head, &at, request_line, N_STEPS (request_line));

  return read_fields (head, at, verdict);
}

HeadReading
grammar_read_response (WscBytes head)
{
  size_t at = 0;
  GrammarVerdict verdict = read_steps (head, &at, status, N_STEPS (status));

  if (verdict == GRAMMAR_ACCEPTED && at < head.length && head.at[at] == ' ')
    verdict = read_steps (head, &at, reason, N_STEPS (reason));
  else if (verdict == GRAMMAR_ACCEPTED)
    verdict = read_steps (head, &at, line_end, N_STEPS (line_end));
  return read_fields (head, at, verdict);
}

/* The list of RFC 6455 9.1 as a table of the current and the next element. */
typedef enum
{
  REFUSED, BETWEEN, NAME, BEHIND_NAME, BEFORE_PARAMETER, PARAMETER, BEHIND_PARAMETER, BEFORE_VALUE,
  VALUE, BEHIND_VALUE,
  QUOTE_OPEN, QUOTED, ESCAPED, N_PLACES,
} Place;

typedef enum
{
  TOKEN, BLANK, COMMA, SEMICOLON, EQUALS, QUOTE, BACKSLASH, OTHER, N_KINDS,
} Kind;

static const uint8_t place_after[N_PLACES][N_KINDS] = {
  [BETWEEN] = { [TOKEN] = NAME, [BLANK] = BETWEEN, [COMMA] = BETWEEN },
  [NAME] = { [TOKEN] = NAME, [BLANK] = BEHIND_NAME, [COMMA] = BETWEEN, [SEMICOLON] = BEFORE_PARAMETER },
  [BEHIND_NAME] = { [BLANK] = BEHIND_NAME, [COMMA] = BETWEEN, [SEMICOLON] = BEFORE_PARAMETER },
  [BEFORE_PARAMETER] = { [TOKEN] = PARAMETER, [BLANK] = BEFORE_PARAMETER },
  [PARAMETER] = { [TOKEN] = PARAMETER, [BLANK] = BEHIND_PARAMETER, [COMMA] = BETWEEN, [SEMICOLON] = BEFORE_PARAMETER,
                  [EQUALS] = BEFORE_VALUE },
  [BEHIND_PARAMETER] = { [BLANK] = BEHIND_PARAMETER, [COMMA] = BETWEEN, [SEMICOLON] = BEFORE_PARAMETER,
                         [EQUALS] = BEFORE_VALUE },
  [BEFORE_VALUE] = { [TOKEN] = VALUE, [BLANK] = BEFORE_VALUE, [QUOTE] = QUOTE_OPEN },
  [VALUE] = { [TOKEN] = VALUE, [BLANK] = BEHIND_VALUE, [COMMA] = BETWEEN, [SEMICOLON] = BEFORE_PARAMETER },
  [BEHIND_VALUE] = { [BLANK] = BEHIND_VALUE, [COMMA] = BETWEEN, [SEMICOLON] = BEFORE_PARAMETER },
  [QUOTE_OPEN] = { [TOKEN] = QUOTED, [BACKSLASH] = ESCAPED },
  [QUOTED] = { [TOKEN] = QUOTED, [BACKSLASH] = ESCAPED, [QUOTE] = BEHIND_VALUE },
  [ESCAPED] = { [TOKEN] = QUOTED },
};

static const bool may_end[N_PLACES] = {
  [BETWEEN] = true, [NAME] = true, [BEHIND_NAME] = true, [PARAMETER] = true, [BEHIND_PARAMETER] = true,
  [VALUE] = true, [BEHIND_VALUE] = true,
};

static Kind
kind_of (uint8_t byte)
{
  static const char separators[] = ",;=\"\\";
  const char *found = byte != 0 ? strchr (separators, byte) : NULL;

  if (is_token (byte))
    return TOKEN;
  if (byte == ' ' || byte == '\t')
    return BLANK;

  return found != NULL ? (Kind) (COMMA + (found - separators)) : OTHER;
}

ExtensionsReading
grammar_read_extensions (WscBytes value)
{
  ExtensionsReading reading = { .n_extensions = 0 };
  Place place = BETWEEN;

  for (size_t i = 0; i < value.length; i++)
    {
      Place next = (Place) place_after[place][kind_of (value.at[i])];

      reading.n_extensions += next == NAME && place != NAME;
      reading.n_parameters += next == PARAMETER && place != PARAMETER;
      place = next;
    }
  reading.is_accepted = may_end[place];
  return reading;
}
