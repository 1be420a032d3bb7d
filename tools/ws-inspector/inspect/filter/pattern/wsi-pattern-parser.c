/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A regular expression as text becomes code.  Every function gives the code of its part, or NULL
 * with the place and what was expected there. */

#include "inspect/filter/pattern/wsi-pattern-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_REPEATS 1000

typedef struct
{
  const char *start, *p, *end;
  guint       depth;
  gboolean    is_any_case, is_single_line, is_multiline;
  char      **expected;
} Parser;

/* Sets the error of the parser; returns NULL always. */
static gpointer
pattern_parser_fail (Parser     *self,
                     const char *expected)
{
  if (*self->expected == NULL)
    *self->expected = g_strdup (expected);
  return NULL;
}

static gboolean
pattern_parser_is_next (Parser *self,
                        char    sign)
{
  return self->p < self->end && *self->p == sign;
}

static gboolean
pattern_parser_take (Parser     *self,
                     const char *text)
{
  gsize length = strlen (text);

  if ((gsize) (self->end - self->p) < length || memcmp (self->p, text, length) != 0)
    return FALSE;

  self->p += length;
  return TRUE;
}

static GArray *
pattern_parser_make_code (WsiCode code)
{
  GArray *array = wsi_code_new ();

  g_array_append_val (array, code);
  return array;
}

static GArray *
make_assertion (WsiAssertion assertion)
{
  return pattern_parser_make_code ((WsiCode) { .kind = WSI_CODE_ASSERT, .assertion = assertion });
}

/* \d \w \s, and in capitals their complements.  FALSE: another letter. */
static gboolean
add_named_class (WsiClass *class,
                 char      letter)
{
  WsiClass named;
  char name = g_ascii_tolower (letter);

  if (strchr ("dws", name) == NULL)
    return FALSE;

  wsi_class_init (&named);
  if (name != 's')
    wsi_class_add (&named, '0', '9');
  if (name == 'w')
    {
      wsi_class_add (&named, 'a', 'z');
      wsi_class_add (&named, 'A', 'Z');
      wsi_class_add (&named, '_', '_');
    }
  if (name == 's')
    {
      wsi_class_add (&named, '\t', '\r');
      wsi_class_add (&named, ' ', ' ');
    }
  if (letter != name)
    wsi_class_complement (&named);
  wsi_class_add_class (class, &named);
  wsi_class_clear (&named);
  return TRUE;
}

/* Takes \xNN, which is a byte from 80 on, or \x{N}. */
static gboolean
take_hex (Parser   *self,
          gunichar *character,
          gboolean *is_byte)
{
  gboolean has_braces = pattern_parser_take (self, "{");
  guint n = 0;

  *character = 0;
  while (self->p < self->end && g_ascii_isxdigit (*self->p) && n < (has_braces ? 6 : 2))
    {
      *character = *character * 16 + g_ascii_xdigit_value (*self->p++);
      n++;
    }
  *is_byte = !has_braces && *character > 0x7f;
  if (n < (has_braces ? 1 : 2) || *character > 0x10ffff ||
      (has_braces && !pattern_parser_take (self, "}")))
    return pattern_parser_fail (self, _("two hex digits, or one to six in braces")) != NULL;

  return TRUE;
}

/* The character after a backslash. */
static gboolean
pattern_parser_take_escape (Parser   *self,
                            gunichar *character,
                            gboolean *is_byte)
{
  static const char letters[] = "nrtfv0", characters[] = "\n\r\t\f\v\0";
  const char *letter;

  *is_byte = FALSE;
  if (pattern_parser_take (self, "x"))
    return take_hex (self, character, is_byte);
  if (self->p == self->end)
    return pattern_parser_fail (self, _("a character after the backslash")) != NULL;

  letter = *self->p == '\0' ? NULL : strchr (letters, *self->p);
  if (letter != NULL)
    *character = characters[letter - letters];
  else if (g_ascii_ispunct (*self->p) || *self->p == ' ')
    *character = *self->p;
  else
    return pattern_parser_fail (self,
                                _("a sign, or one of \\d \\w \\s \\b \\A \\z \\n \\r \\t \\f \\v "
                                  "\\0 \\xNN")) != NULL;

  self->p++;
  return TRUE;
}

static void
take_character (Parser   *self,
                gunichar *character,
                gboolean *is_byte)
{
  *character = *self->p == '\0' ? 0 : g_utf8_get_char_validated (self->p, self->end - self->p);
  *is_byte = *character > 0x10ffff;
  if (*is_byte)
    *character = (guint8) * self->p++;
  else
    self->p += g_unichar_to_utf8 (*character, NULL);
}

/* One member of a class, or a range. */
static gboolean
pattern_parser_take_member (Parser   *self,
                            WsiClass *class)
{
  gunichar first, last;
  gboolean is_byte, is_last_byte;

  if (pattern_parser_take (self, "\\"))
    {
      if (self->p < self->end && *self->p != '\0' && add_named_class (class, *self->p))
        {
          self->p++;
          return TRUE;
        }
      if (!pattern_parser_take_escape (self, &first, &is_byte))
        return FALSE;
    }
  else
    take_character (self, &first, &is_byte);

  last = first;
  is_last_byte = is_byte;
  if (self->end - self->p >= 2 && self->p[0] == '-' && self->p[1] != ']')
    {
      self->p++;
      if (!pattern_parser_take (self, "\\"))
        take_character (self, &last, &is_last_byte);
      else if (!pattern_parser_take_escape (self, &last, &is_last_byte))
        return FALSE;
    }
  /* A range such as \x00-\xff begins with a character of ASCII, which is its own byte. */
  if (last < first || is_byte > is_last_byte || (is_last_byte && !is_byte && first > 0x7f))
    return pattern_parser_fail (self, _("a range in ascending order")) != NULL;

  if (!is_last_byte)
    wsi_class_add (class, first, last);
  else if (first <= 0x7f)
    wsi_class_add (class, first, 0x7f);
  for (gunichar byte = MAX (first, 0x80); is_last_byte && byte <= last; byte++)
    wsi_set_add (class->bytes, byte);
  return TRUE;
}

static GArray *
compile_class (Parser   *self,
               WsiClass *class)
{
  if (self->is_any_case)
    wsi_class_fold_case (class);
  return wsi_class_compile (class);
}

/* Parses a class after the bracket that opens it. */
static GArray *
parse_class (Parser *self)
{
  gboolean is_negated = pattern_parser_take (self, "^"), is_ok = TRUE;
  const char *first = self->p;
  GArray *code = NULL;
  WsiClass class;

  wsi_class_init (&class);
  while (is_ok && self->p < self->end && (*self->p != ']' || self->p == first))
    is_ok = pattern_parser_take_member (self, &class);
  if (is_ok && self->p == self->end)
    is_ok = pattern_parser_fail (self, _("\"]\" at the end of the class")) != NULL;
  for (gsize i = 0; is_ok && is_negated && i < G_N_ELEMENTS (class.bytes); i++)
    if (class.bytes[i] != 0)
      is_ok = pattern_parser_fail (self, _("characters only in a class with ^")) != NULL;
  if (is_ok)
    {
      self->p++;
      if (is_negated && self->is_any_case)
        wsi_class_fold_case (&class);
      if (is_negated)
        wsi_class_complement (&class);
      code = is_negated ? wsi_class_compile (&class) : compile_class (self, &class);
    }
  wsi_class_clear (&class);
  return code;
}

static GArray *
pattern_parser_make_any (Parser *self)
{
  WsiClass class;
  GArray *code;

  wsi_class_init (&class);
  if (!self->is_single_line)
    wsi_class_add (&class, '\n', '\n');
  wsi_class_complement (&class);
  code = wsi_class_compile (&class);
  wsi_class_clear (&class);
  return code;
}

static GArray *
make_character (Parser  *self,
                gunichar character,
                gboolean is_byte)
{
  WsiClass class;
  GArray *code;

  wsi_class_init (&class);
  if (is_byte)
    wsi_set_add (class.bytes, character);
  else
    wsi_class_add (&class, character, character);
  code = compile_class (self, &class);
  wsi_class_clear (&class);
  return code;
}

/* Parses an escape after the backslash. */
static GArray *
parse_escape (Parser *self)
{
  gunichar character;
  gboolean is_byte;
  WsiClass class;
  GArray *code = NULL;

  if (pattern_parser_take (self, "b"))
    return make_assertion (WSI_ASSERTION_WORD_EDGE);
  if (pattern_parser_take (self, "B"))
    return make_assertion (WSI_ASSERTION_NO_WORD_EDGE);
  if (pattern_parser_take (self, "A"))
    return make_assertion (WSI_ASSERTION_START);
  if (pattern_parser_take (self, "z"))
    return make_assertion (WSI_ASSERTION_END);

  wsi_class_init (&class);
  if (self->p < self->end && *self->p != '\0' && add_named_class (&class, *self->p))
    {
      self->p++;
      code = wsi_class_compile (&class);
    }
  wsi_class_clear (&class);
  if (code != NULL)
    return code;
  if (!pattern_parser_take_escape (self, &character, &is_byte))
    return NULL;
  return make_character (self, character, is_byte);
}

static GArray *parse_alternatives (Parser *self);

/* Parses a group after the bracket that opens it. */
static GArray *
parse_group (Parser *self)
{
  GArray *code;

  if (pattern_parser_is_next (self, '?') && !pattern_parser_take (self, "?:"))
    return pattern_parser_fail (self,
                                _("a group (…) or (?:…): look-around and names are not supported"));
  if (self->depth == WSI_PATTERN_MAX_DEPTH)
    return pattern_parser_fail (self, _("at most 64 groups in each other"));

  self->depth++;
  code = parse_alternatives (self);
  self->depth--;
  if (code != NULL && !pattern_parser_take (self, ")"))
    {
      g_array_unref (code);
      return pattern_parser_fail (self, _("\")\" at the end of the group"));
    }
  return code;
}

static GArray *
parse_atom (Parser *self)
{
  gunichar character;
  gboolean is_byte;

  if (pattern_parser_take (self, "("))
    return parse_group (self);
  if (pattern_parser_take (self, "["))
    return parse_class (self);
  if (pattern_parser_take (self, "\\"))
    return parse_escape (self);
  if (pattern_parser_take (self, "."))
    return pattern_parser_make_any (self);
  if (pattern_parser_take (self, "^"))
    return make_assertion (self->is_multiline ? WSI_ASSERTION_LINE_START : WSI_ASSERTION_START);
  if (pattern_parser_take (self, "$"))
    return make_assertion (self->is_multiline ? WSI_ASSERTION_LINE_END : WSI_ASSERTION_END);
  if (*self->p != '\0' && strchr ("*+?", *self->p) != NULL)
    return pattern_parser_fail (self, _("something before the repeat"));

  take_character (self, &character, &is_byte);
  return make_character (self, character, is_byte);
}

static gboolean
pattern_parser_take_number (Parser *self,
                            guint  *number)
{
  const char *first = self->p;

  *number = 0;
  for (; self->p < self->end && g_ascii_isdigit (*self->p); self->p++)
    *number = MIN (*number * 10 + (*self->p - '0'), MAX_REPEATS + 1);
  return self->p > first;
}

/* Takes the numbers of a repeat: a maximum of G_MAXUINT is without a limit.  FALSE: no repeat
 * follows. */
static gboolean
take_repeat (Parser *self,
             guint  *min,
             guint  *max)
{
  const char *start = self->p;

  *min = pattern_parser_is_next (self, '+');
  *max = pattern_parser_is_next (self, '?') ? 1 : G_MAXUINT;
  if (pattern_parser_take (self, "*") || pattern_parser_take (self, "+") ||
      pattern_parser_take (self, "?"))
    return TRUE;

  /* As in PCRE, a brace that begins no repeat is a sign like others. */
  if (pattern_parser_take (self, "{") && pattern_parser_take_number (self, min))
    {
      gboolean has_comma = pattern_parser_take (self, ",");

      if (!has_comma)
        *max = *min;
      else if (!pattern_parser_take_number (self, max))
        *max = G_MAXUINT;
      if (pattern_parser_take (self, "}"))
        return TRUE;
    }
  self->p = start;
  return FALSE;
}

/* Makes the code of a repeat: x{2,4} is xx(x(x)?)?, x{2,} is xxx*. */
static GArray *
make_repeat (Parser       *self,
             const GArray *part,
             guint         min,
             guint         max)
{
  guint n_optional = max == G_MAXUINT ? 1 : max - min;
  GArray *code;

  if ((guint64) (min + n_optional) * (part->len + 2) > WSI_PATTERN_MAX_CODE)
    return pattern_parser_fail (self, _("a shorter expression, or a smaller number of repeats"));

  code = wsi_code_new ();
  for (guint i = 0; i < min; i++)
    wsi_code_append (code, part);
  for (guint i = 0; i < n_optional; i++)
    {
      guint n_left = max == G_MAXUINT ? part->len + 2 : (n_optional - i) * (part->len + 1);
      WsiCode split = { .kind = WSI_CODE_SPLIT, .jump = n_left };
      WsiCode back = { .kind = WSI_CODE_JUMP, .jump = -(int) part->len - 1 };

      g_array_append_val (code, split);
      wsi_code_append (code, part);
      if (max == G_MAXUINT)
        g_array_append_val (code, back);
    }
  return code;
}

static GArray *
parse_repeated (Parser *self)
{
  g_autoptr (GArray) part = parse_atom (self);
  guint min, max;

  if (part == NULL || !take_repeat (self, &min, &max))
    return g_steal_pointer (&part);
  if (min > MAX_REPEATS || (max != G_MAXUINT && (max > MAX_REPEATS || max < min)))
    return pattern_parser_fail (self, _("repeats in ascending order, at most 1000"));

  pattern_parser_take (self, "?");
  if (self->p < self->end && *self->p != '\0' && strchr ("*+?", *self->p) != NULL)
    return pattern_parser_fail (self, _("one repeat: a possessive one is not supported"));
  return make_repeat (self, part, min, max);
}

static GArray *
parse_sequence (Parser *self)
{
  g_autoptr (GArray) code = wsi_code_new ();

  while (self->p < self->end && *self->p != '|' && *self->p != ')')
    {
      g_autoptr (GArray) part = parse_repeated (self);

      if (part == NULL)
        return NULL;
      if (code->len + part->len > WSI_PATTERN_MAX_CODE)
        return pattern_parser_fail (self, _("a shorter expression"));
      wsi_code_append (code, part);
    }
  return g_steal_pointer (&code);
}

static GArray *
parse_alternatives (Parser *self)
{
  GArray *code = parse_sequence (self);

  while (code != NULL && pattern_parser_take (self, "|"))
    {
      GArray *other = parse_sequence (self);

      if (other != NULL && code->len + other->len + 2 > WSI_PATTERN_MAX_CODE)
        {
          pattern_parser_fail (self, _("a shorter expression"));
          g_clear_pointer (&other, g_array_unref);
        }
      if (other != NULL)
        code = wsi_code_either (code, other);
      else
        g_clear_pointer (&code, g_array_unref);
    }
  return code;
}

/* Takes the options (?i), (?s), (?m) or several, at the head only. */
static void
take_options (Parser *self)
{
  const char *p = self->p;

  if (!pattern_parser_take (self, "(?"))
    return;

  while (self->p < self->end && *self->p != '\0' && strchr ("ism", *self->p) != NULL)
    {
      self->is_any_case |= *self->p == 'i';
      self->is_single_line |= *self->p == 's';
      self->is_multiline |= *self->p == 'm';
      self->p++;
    }
  if (!pattern_parser_take (self, ")"))
    self->p = p;
}

GArray *
wsi_pattern_parse (const char    *source,
                   gsize          length,
                   WsiPatternCase letter_case,
                   gsize         *at,
                   char         **expected)
{
  Parser self = { .start = source, .p = source, .end = source + length, .expected = expected,
                  .is_any_case = letter_case == WSI_PATTERN_ANY_CASE };
  GArray *code;

  take_options (&self);
  code = parse_alternatives (&self);
  if (code != NULL && self.p < self.end)
    {
      g_clear_pointer (&code, g_array_unref);
      pattern_parser_fail (&self, _("no \")\" without a \"(\""));
    }
  *at = self.p - source;
  return code;
}
