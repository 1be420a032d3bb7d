/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/json/wsi-json-scanner.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_NUMBER 400          /* bytes of a number that is read as one */

void
wsi_json_scanner_init (WsiJsonScanner *self,
                       const guint8   *at,
                       gsize           length)
{
  self->at = at;
  self->length = length;
  self->position = 0;
  self->depth = 0;
  self->expectation = WSI_JSON_EXPECT_VALUE;
  self->fault = WSI_JSON_FAULT_NONE;
}

void
wsi_json_scanner_resume (WsiJsonScanner *self,
                         const guint8   *at,
                         gsize           length,
                         gsize           position,
                         WsiJsonKind     container)
{
  wsi_json_scanner_init (self, at, length);
  self->position = position;
  self->depth = 1;
  self->is_object[0] = container == WSI_JSON_OBJECT;
  self->expectation = self->is_object[0] ? WSI_JSON_EXPECT_NAME : WSI_JSON_EXPECT_VALUE;
}

/* Stops the scanner: nothing follows. */
static WsiJsonKind
json_scanner_stop (WsiJsonScanner *self,
                   WsiJsonToken   *token,
                   WsiJsonFault    fault)
{
  self->fault = fault;
  token->kind = fault == WSI_JSON_FAULT_CUT ? WSI_JSON_CUT : WSI_JSON_PROBLEM;
  token->at = self->position;
  token->length = self->length - self->position;
  return token->kind;
}

static WsiJsonKind
json_scanner_refuse (WsiJsonScanner *self,
                     WsiJsonToken   *token)
{
  return json_scanner_stop (self, token, WSI_JSON_FAULT_UNEXPECTED);
}

static WsiJsonKind
json_scanner_take (WsiJsonScanner *self,
                   WsiJsonToken   *token,
                   WsiJsonKind     kind,
                   gsize           length)
{
  token->kind = kind;
  token->at = self->position;
  token->length = length;
  self->position += length;
  return kind;
}

static void
expect_after_value (WsiJsonScanner *self)
{
  self->expectation = self->depth > 0 ? WSI_JSON_EXPECT_COMMA : WSI_JSON_EXPECT_NOTHING;
}

static WsiJsonKind
json_scanner_begin_container (WsiJsonScanner *self,
                              WsiJsonToken   *token,
                              WsiJsonKind     kind)
{
  if (self->depth == WSI_JSON_MAX_DEPTH)
    return json_scanner_stop (self, token, WSI_JSON_FAULT_TOO_DEEP);

  self->is_object[self->depth++] = kind == WSI_JSON_OBJECT;
  self->expectation = kind == WSI_JSON_OBJECT ? WSI_JSON_EXPECT_FIRST_NAME
                                              : WSI_JSON_EXPECT_FIRST_VALUE;
  return json_scanner_take (self, token, kind, 1);
}

static WsiJsonKind
end_container (WsiJsonScanner *self,
               WsiJsonToken   *token,
               WsiJsonKind     kind)
{
  self->depth--;
  expect_after_value (self);
  return json_scanner_take (self, token, kind, 1);
}

/* The length of a string with its quotes; 0: its end is not there.  A quote after an odd number of
 * backslashes is one of the text. */
static gsize
measure_string (const WsiJsonScanner *self)
{
  const guint8 *begin = self->at + self->position, *end = self->at + self->length;
  const guint8 *from = begin + 1, *quote;

  while ((quote = memchr (from, '"', end - from)) != NULL)
    {
      const guint8 *p = quote;

      while (p > from && p[-1] == '\\')
        p--;
      if ((quote - p) % 2 == 0)
        return quote + 1 - begin;
      from = quote + 1;
    }
  return 0;
}

static WsiJsonKind
json_scanner_take_string (WsiJsonScanner *self,
                          WsiJsonToken   *token,
                          WsiJsonKind     kind)
{
  gsize length = measure_string (self);

  if (length == 0)
    return json_scanner_stop (self, token, WSI_JSON_FAULT_CUT);

  if (kind == WSI_JSON_NAME)
    self->expectation = WSI_JSON_EXPECT_COLON;
  else
    expect_after_value (self);
  return json_scanner_take (self, token, kind, length);
}

/* The digits from here on; 0: there is none. */
static gsize
json_scanner_count_digits (const WsiJsonScanner *self,
                           gsize                 from)
{
  gsize i = from;

  while (i < self->length && g_ascii_isdigit (self->at[i]))
    i++;
  return i - from;
}

/* The length of a number; 0: it is not a number. */
static gsize
measure_number (const WsiJsonScanner *self)
{
  gsize i = self->position + (self->at[self->position] == '-');
  gsize n = json_scanner_count_digits (self, i);

  if (n == 0 || (n > 1 && self->at[i] == '0'))
    return 0;

  i += n;
  if (i < self->length && self->at[i] == '.')
    {
      n = json_scanner_count_digits (self, i + 1);
      if (n == 0)
        return 0;
      i += n + 1;
    }
  if (i < self->length && (self->at[i] | 0x20) == 'e')
    {
      gboolean has_sign = i + 1 < self->length && strchr ("+-", self->at[i + 1]) != NULL &&
                          self->at[i + 1] != '\0';

      n = json_scanner_count_digits (self, i + 1 + has_sign);
      if (n == 0)
        return 0;
      i += n + 1 + has_sign;
    }
  return i - self->position;
}

/* Whether all bytes up to the end may be of a number that goes on. */
static gboolean
is_number_cut (const WsiJsonScanner *self)
{
  for (gsize i = self->position; i < self->length; i++)
    if (self->at[i] == '\0' || strchr ("+-.0123456789Ee", self->at[i]) == NULL)
      return FALSE;
  return TRUE;
}

static WsiJsonKind
json_scanner_take_number (WsiJsonScanner *self,
                          WsiJsonToken   *token)
{
  gsize length = measure_number (self);

  if (length == 0 && is_number_cut (self))
    return json_scanner_stop (self, token, WSI_JSON_FAULT_CUT);
  if (length == 0)
    return json_scanner_stop (self, token, WSI_JSON_FAULT_NO_NUMBER);

  expect_after_value (self);
  return json_scanner_take (self, token, WSI_JSON_NUMBER, length);
}

static WsiJsonKind
json_scanner_take_word (WsiJsonScanner *self,
                        WsiJsonToken   *token,
                        WsiJsonKind     kind,
                        const char     *word)
{
  gsize length = strlen (word), left = self->length - self->position;

  if (memcmp (self->at + self->position, word, MIN (length, left)) != 0)
    return json_scanner_refuse (self, token);
  if (left < length)
    return json_scanner_stop (self, token, WSI_JSON_FAULT_CUT);

  expect_after_value (self);
  return json_scanner_take (self, token, kind, length);
}

static WsiJsonKind
json_scanner_take_value (WsiJsonScanner *self,
                         WsiJsonToken   *token)
{
  switch (self->at[self->position])
    {
    case '{':
      return json_scanner_begin_container (self, token, WSI_JSON_OBJECT);
    case '[':
      return json_scanner_begin_container (self, token, WSI_JSON_ARRAY);
    case '"':
      return json_scanner_take_string (self, token, WSI_JSON_STRING);
    case 't':
      return json_scanner_take_word (self, token, WSI_JSON_TRUE, "true");
    case 'f':
      return json_scanner_take_word (self, token, WSI_JSON_FALSE, "false");
    case 'n':
      return json_scanner_take_word (self, token, WSI_JSON_NULL, "null");
    default:
      break;
    }
  if (self->at[self->position] == '-' || g_ascii_isdigit (self->at[self->position]))
    return json_scanner_take_number (self, token);
  return json_scanner_refuse (self, token);
}

/* Skips blanks, and the signs between tokens, which are not tokens. */
static void
skip_blanks_and_signs (WsiJsonScanner *self)
{
  for (; self->position < self->length; self->position++)
    {
      guint8 byte = self->at[self->position];

      if (byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r')
        continue;
      if (byte == ':' && self->expectation == WSI_JSON_EXPECT_COLON)
        self->expectation = WSI_JSON_EXPECT_VALUE;
      else if (byte == ',' && self->expectation == WSI_JSON_EXPECT_COMMA)
        self->expectation = self->is_object[self->depth - 1] ? WSI_JSON_EXPECT_NAME
                                                             : WSI_JSON_EXPECT_VALUE;
      else
        return;
    }
}

WsiJsonKind
wsi_json_scanner_next (WsiJsonScanner *self,
                       WsiJsonToken   *token)
{
  guint8 byte;

  skip_blanks_and_signs (self);
  if (self->position == self->length)
    return self->expectation == WSI_JSON_EXPECT_NOTHING
      ? json_scanner_take (self, token, WSI_JSON_END, 0)
                                                        : json_scanner_stop (self, token,
                                                                             WSI_JSON_FAULT_CUT);

  byte = self->at[self->position];
  switch (self->expectation)
    {
    case WSI_JSON_EXPECT_FIRST_VALUE:
      if (byte == ']')
        return end_container (self, token, WSI_JSON_ARRAY_END);
      return json_scanner_take_value (self, token);
    case WSI_JSON_EXPECT_VALUE:
      return json_scanner_take_value (self, token);
    case WSI_JSON_EXPECT_FIRST_NAME:
      if (byte == '}')
        return end_container (self, token, WSI_JSON_OBJECT_END);
      return byte == '"' ? json_scanner_take_string (self, token, WSI_JSON_NAME)
        : json_scanner_refuse (self, token);
    case WSI_JSON_EXPECT_NAME:
      return byte == '"' ? json_scanner_take_string (self, token, WSI_JSON_NAME)
        : json_scanner_refuse (self, token);
    case WSI_JSON_EXPECT_COMMA:
      if (byte == '}' && self->is_object[self->depth - 1])
        return end_container (self, token, WSI_JSON_OBJECT_END);
      if (byte == ']' && !self->is_object[self->depth - 1])
        return end_container (self, token, WSI_JSON_ARRAY_END);
      return json_scanner_refuse (self, token);
    case WSI_JSON_EXPECT_COLON:
    case WSI_JSON_EXPECT_NOTHING:
      return json_scanner_refuse (self, token);
    }

  g_assert_not_reached ();
}

static const char *
explain_expectation (WsiJsonExpectation expectation)
{
  static const char *const sentences[] = {
    [WSI_JSON_EXPECT_VALUE] = N_("expected a value"),
    [WSI_JSON_EXPECT_FIRST_VALUE] = N_("expected a value or ]"),
    [WSI_JSON_EXPECT_FIRST_NAME] = N_("expected a name or }"),
    [WSI_JSON_EXPECT_NAME] = N_("expected a name"),
    [WSI_JSON_EXPECT_COLON] = N_("expected a colon"),
    [WSI_JSON_EXPECT_COMMA] = N_("expected a comma or the end of the list"),
    [WSI_JSON_EXPECT_NOTHING] = N_("expected nothing after the value"),
  };

  return sentences[expectation];
}

const char *
wsi_json_scanner_get_sentence (const WsiJsonScanner *self)
{
  switch (self->fault)
    {
    case WSI_JSON_FAULT_NONE:
      return NULL;
    case WSI_JSON_FAULT_CUT:
      return N_("the text ends within a value");
    case WSI_JSON_FAULT_TOO_DEEP:
      return N_("nested too deeply: at most 128 levels are read");
    case WSI_JSON_FAULT_NO_NUMBER:
      return N_("expected a number");
    case WSI_JSON_FAULT_UNEXPECTED:
      return explain_expectation (self->expectation);
    }

  g_assert_not_reached ();
}

gboolean
wsi_json_is_value (WsiJsonKind kind)
{
  switch (kind)
    {
    case WSI_JSON_OBJECT:
    case WSI_JSON_ARRAY:
    case WSI_JSON_STRING:
    case WSI_JSON_NUMBER:
    case WSI_JSON_TRUE:
    case WSI_JSON_FALSE:
    case WSI_JSON_NULL:
      return TRUE;
    case WSI_JSON_END:
    case WSI_JSON_OBJECT_END:
    case WSI_JSON_ARRAY_END:
    case WSI_JSON_NAME:
    case WSI_JSON_CUT:
    case WSI_JSON_PROBLEM:
      return FALSE;
    }

  g_assert_not_reached ();
}

gboolean
wsi_json_scanner_skip (WsiJsonScanner *self,
                       WsiJsonToken   *token)
{
  guint depth = self->depth;
  WsiJsonToken next;

  if (!wsi_json_is_value (token->kind))
    return FALSE;

  if (token->kind != WSI_JSON_OBJECT && token->kind != WSI_JSON_ARRAY)
    return TRUE;

  while (self->depth >= depth)
    {
      wsi_json_scanner_next (self, &next);
      if (next.kind == WSI_JSON_CUT || next.kind == WSI_JSON_PROBLEM)
        {
          token->length = self->length - token->at;
          return FALSE;
        }
    }
  token->length = self->position - token->at;
  return TRUE;
}

gboolean
wsi_json_get_whole (const guint8 *at,
                    gsize         length,
                    gint64       *number)
{
  gboolean is_negative = length > 0 && at[0] == '-';
  gint64 whole = 0;

  if (length == (gsize) is_negative)
    return FALSE;

  for (gsize i = is_negative; i < length; i++)
    {
      gint64 digit = is_negative ? '0' - at[i] : at[i] - '0';

      if (!g_ascii_isdigit (at[i]) || __builtin_mul_overflow (whole, 10, &whole) ||
          __builtin_add_overflow (whole, digit, &whole))
        return FALSE;
    }
  *number = whole;
  return TRUE;
}

gboolean
wsi_json_get_real (const guint8 *at,
                   gsize         length,
                   double       *number)
{
  char digits[MAX_NUMBER + 1];

  if (length > MAX_NUMBER)
    return FALSE;
  if (length > 0)
    memcpy (digits, at, length);
  digits[length] = '\0';
  *number = g_ascii_strtod (digits, NULL);
  return TRUE;
}
