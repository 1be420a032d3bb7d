/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/grammar/wsi-literal.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/store/memory/wsi-bytes.h"

#define MAX_DECIMALS 9

static const struct
{
  const char *name;
  guint64     factor;
} size_units[] = {
  { "", 1 },
  { "B", 1 },
  { "KB", 1000 },
  { "MB", 1000 * 1000 },
  { "GB", 1000 * 1000 * 1000 },
  { "KiB", 1024 },
  { "MiB", 1024 * 1024 },
  { "GiB", 1024 * 1024 * 1024 },
}, time_units[] = {
  { "", G_USEC_PER_SEC },
  { "us", 1 },
  { "ms", 1000 },
  { "s", G_USEC_PER_SEC },
  { "min", 60 * (guint64) G_USEC_PER_SEC },
  { "h", 3600 * (guint64) G_USEC_PER_SEC },
}, ratio_units[] = {
  { "", 1000 },
};

typedef struct
{
  gboolean    is_negative;
  guint64     mantissa;         /* digits of the number, without the point */
  guint       n_decimals;
  const char *unit;
} Decimal;

void
wsi_literal_free (WsiLiteral *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->pattern, wsi_pattern_free);
  g_free (self);
}

/* FALSE: not a number, or more digits than a number has. */
static gboolean
read_decimal (const char *word,
              Decimal    *decimal)
{
  gboolean has_point = FALSE;
  const char *p = word + (*word == '-');

  *decimal = (Decimal) { .is_negative = *word == '-' };
  if (!g_ascii_isdigit (*p))
    return FALSE;

  for (; g_ascii_isdigit (*p) || (*p == '.' && !has_point); p++)
    {
      if (*p == '.')
        has_point = TRUE;
      else if (!g_uint64_checked_mul (&decimal->mantissa, decimal->mantissa, 10) ||
               !g_uint64_checked_add (&decimal->mantissa, decimal->mantissa, *p - '0') ||
               decimal->n_decimals == MAX_DECIMALS)
        return FALSE;
      else
        decimal->n_decimals += has_point;
    }
  decimal->unit = p;
  return p[-1] != '.';
}

/* FALSE: the result is not whole, or is out of range. */
static gboolean
scale_decimal (const Decimal *decimal,
               guint64        factor,
               gint64        *number)
{
  guint64 product, divisor = 1;

  for (guint i = 0; i < decimal->n_decimals; i++)
    divisor *= 10;
  if (!g_uint64_checked_mul (&product, decimal->mantissa, factor) || product % divisor != 0 ||
      product / divisor > G_MAXINT64)
    return FALSE;

  *number = decimal->is_negative ? -(gint64) (product / divisor) : (gint64) (product / divisor);
  return TRUE;
}

static guint64
find_factor (WsiValueType type,
             const char  *unit)
{
  gsize n_sizes = type == WSI_VALUE_NUMBER ? G_N_ELEMENTS (size_units) : 0;
  gsize n_times = type == WSI_VALUE_TIME ? G_N_ELEMENTS (time_units) : 0;

  for (gsize i = 0; i < n_sizes; i++)
    if (strcmp (size_units[i].name, unit) == 0)
      return size_units[i].factor;
  for (gsize i = 0; i < n_times; i++)
    if (strcmp (time_units[i].name, unit) == 0)
      return time_units[i].factor;
  return type == WSI_VALUE_RATIO && *unit == '\0' ? ratio_units[0].factor : 0;
}

static gboolean
read_hex_number (const char *word,
                 gint64     *number)
{
  char *end;
  guint64 value;

  if (!g_str_has_prefix (word, "0x") || !g_ascii_isxdigit (word[2]) || strlen (word) > 17)
    return FALSE;

  value = g_ascii_strtoull (word, &end, 16);
  *number = value;
  return *end == '\0' && value <= G_MAXINT64;
}

static gboolean
literal_read_name (const WsiField *field,
                   const char     *word,
                   gint64         *number)
{
  for (const WsiName *name = field->names; name != NULL && name->name != NULL; name++)
    if (g_ascii_strcasecmp (name->name, word) == 0)
      {
        *number = name->value;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_number (WsiValueType type,
             const char  *word,
             gint64      *number)
{
  Decimal decimal;
  guint64 factor;

  if (type == WSI_VALUE_NUMBER && read_hex_number (word, number))
    return TRUE;

  factor = read_decimal (word, &decimal) ? find_factor (type, decimal.unit) : 0;
  return factor > 0 && scale_decimal (&decimal, factor, number);
}

/* A time without a zone is UTC. */
static gboolean
read_moment (WsiLiteral     *self,
             const WsiField *field,
             const char     *word)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) moment = field->moment != NULL ? g_date_time_new_from_iso8601 (word, utc)
                                                       : NULL;

  if (moment == NULL)
    return FALSE;

  self->forms = WSI_LITERAL_NUMBER | WSI_LITERAL_MOMENT;
  self->number = g_date_time_to_unix (moment) * G_USEC_PER_SEC
                 + g_date_time_get_microsecond (moment);
  return TRUE;
}

static gboolean
read_boolean (const char *word,
              gint64     *number)
{
  *number = strcmp (word, "yes") == 0 || strcmp (word, "true") == 0;
  return *number || strcmp (word, "no") == 0 || strcmp (word, "false") == 0;
}

/* Reads bytes written as 0a:ff, or as 0aff.  NULL: the word is neither. */
static GBytes *
read_hex_bytes (const char *word)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gboolean has_colons = strchr (word, ':') != NULL;

  for (const char *p = word;; p += 2 + has_colons)
    {
      guint8 byte;

      if (!g_ascii_isxdigit (p[0]) || !g_ascii_isxdigit (p[1]) ||
          (has_colons && p[2] != ':' && p[2] != '\0'))
        return NULL;

      byte = g_ascii_xdigit_value (p[0]) * 16 + g_ascii_xdigit_value (p[1]);
      g_byte_array_append (bytes, &byte, 1);
      if (p[2] == '\0')
        return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
    }
}

/* A value whose type only the payload knows: the word may be a number, yes or no, and is a text. */
static void
read_any (WsiLiteral *self,
          const char *word)
{
  Decimal decimal;
  char *end;

  if (read_boolean (word, &self->number))
    self->forms |= WSI_LITERAL_BOOLEAN;
  if (!read_decimal (word, &decimal) || *decimal.unit != '\0')
    return;

  self->real = g_ascii_strtod (word, &end);
  self->forms |= WSI_LITERAL_REAL;
  if (scale_decimal (&decimal, 1, &self->number))
    self->forms |= WSI_LITERAL_NUMBER;
}

/* Reads a word as a literal.  FALSE: it is not of the type. */
static gboolean
literal_read_word (WsiLiteral     *self,
                   const WsiField *field,
                   const char     *word)
{
  switch (field->type)
    {
    case WSI_VALUE_NUMBER:
    case WSI_VALUE_TIME:
    case WSI_VALUE_RATIO:
      self->forms = WSI_LITERAL_NUMBER;
      return literal_read_name (field, word, &self->number) ||
             read_number (field->type, word, &self->number);

    case WSI_VALUE_BOOLEAN:
      self->forms = WSI_LITERAL_NUMBER;
      return read_boolean (word, &self->number) ||
             (read_number (WSI_VALUE_NUMBER, word, &self->number) &&
              (guint64) self->number <= 1);

    case WSI_VALUE_NAME:
      self->forms = WSI_LITERAL_NUMBER;
      return literal_read_name (field, word, &self->number);

    case WSI_VALUE_ISSUE:
      self->forms = WSI_LITERAL_BYTES;
      if (literal_read_name (field, word, &self->number))
        self->forms = WSI_LITERAL_NUMBER;
      break;

    case WSI_VALUE_BYTES:
      self->forms = WSI_LITERAL_BYTES;
      self->bytes = read_hex_bytes (word);
      return self->bytes != NULL;

    case WSI_VALUE_ANY:
      read_any (self, word);
      self->forms |= WSI_LITERAL_BYTES;
      break;

    case WSI_VALUE_TEXT:
      self->forms = WSI_LITERAL_BYTES;
      break;
    }
  self->bytes = g_bytes_new (word, strlen (word));
  return TRUE;
}

static char *
describe_names (const WsiField *field)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (const WsiName *name = field->names; name != NULL && name->name != NULL; name++)
    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", name->name);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
fail_value (const WsiField *field,
            const char     *text,
            const WsiToken *token,
            GError        **error)
{
  static const char *const expected[] = {
    [WSI_VALUE_NUMBER] = N_("a whole number, perhaps with B, KB, MB, GB, KiB, MiB or GiB"),
    [WSI_VALUE_TIME] = N_("a time in seconds, or with us, ms, s, min or h"),
    [WSI_VALUE_RATIO] = N_("a number with at most three decimals"),
    [WSI_VALUE_BOOLEAN] = N_("yes or no"),
    [WSI_VALUE_NAME] = N_("one of these names"),
    [WSI_VALUE_TEXT] = N_("a text"),
    [WSI_VALUE_BYTES] = N_("bytes such as 0a:ff, or a string"),
    [WSI_VALUE_ISSUE] = N_("a severity, or a string"),
    [WSI_VALUE_ANY] = N_("a number or a text"),
  };
  const WsiFilterPlace place = { text, token->at, token->length };
  g_autofree char *names = describe_names (field);
  g_autofree char *problem = g_strdup_printf (_("Bad value for %s"), field->name);
  g_autofree char *full = *names == '\0' ? g_strdup (_(expected[field->type]))
                          : field->type == WSI_VALUE_NAME
                          ? g_strdup_printf (_("one of these names: %s"), names)
                          : g_strdup_printf (_("%s, or one of its names: %s"),
                                             _(expected[field->type]), names);

  return wsi_filter_error_set (error, WSI_FILTER_ERROR_BAD_VALUE, &place, problem, full,
                               token->kind == WSI_TOKEN_STRING ? _("write it without the quotes")
                                                               : NULL);
}

/* The pattern is compiled now, so that its error has a column too. */
static gboolean
read_pattern (WsiLiteral     *self,
              GBytes         *source,
              const char     *text,
              const WsiToken *token,
              GError        **error)
{
  gsize length, at;
  const char *bytes = wsi_bytes_get_data (source, &length);
  g_autofree char *expected = NULL;
  WsiFilterPlace place = { text, token->at, token->length };

  self->forms = WSI_LITERAL_PATTERN;
  self->pattern = wsi_pattern_new (bytes, length, WSI_PATTERN_EXACT_CASE, &at, &expected);
  if (self->pattern != NULL)
    return TRUE;

  /* Escapes before the place make it earlier than it is: it stays within the value. */
  at = MIN (at + (token->kind == WSI_TOKEN_STRING), token->length - 1);
  place.at += at;
  place.length -= at;
  return wsi_filter_error_set (error, WSI_FILTER_ERROR_BAD_VALUE, &place,
                               _("Bad regular expression"),
                               expected, _("a sign is taken literally after a backslash"));
}

WsiLiteral *
wsi_literal_new (const WsiField *field,
                 WsiOperator     operator,
                 const char     *text,
                 const WsiToken *token,
                 GError        **error)
{
  g_autoptr (WsiLiteral) self = g_new0 (WsiLiteral, 1);
  g_autofree char *word = g_strndup (text + token->at, token->length);
  gboolean takes_strings = field->type >= WSI_VALUE_TEXT;

  if (token->kind == WSI_TOKEN_STRING)
    {
      self->bytes = g_bytes_ref (token->string);
      self->forms = WSI_LITERAL_BYTES;
      if (!takes_strings)
        {
          fail_value (field, text, token, error);
          return NULL;
        }
    }
  else if (token->kind != WSI_TOKEN_WORD ||
           (!read_moment (self, field, word) && !literal_read_word (self, field, word)))
    {
      fail_value (field, text, token, error);
      return NULL;
    }

  /* The name of a severity may be the beginning of the text of an issue. */
  if (operator == WSI_OPERATOR_CONTAINS || operator == WSI_OPERATOR_STARTS_WITH)
    self->forms = WSI_LITERAL_BYTES;

  if (operator == WSI_OPERATOR_MATCHES &&
      !read_pattern (self, self->bytes, text, token, error))
    return NULL;

  return g_steal_pointer (&self);
}

WsiLiteral *
wsi_literal_new_search (const char     *text,
                        const WsiToken *token,
                        GError        **error)
{
  g_autoptr (WsiLiteral) self = g_new0 (WsiLiteral, 1);
  gsize length;
  const char *bytes;

  self->bytes = token->kind == WSI_TOKEN_STRING ? g_bytes_ref (token->string)
                                                : g_bytes_new (text + token->at, token->length);
  bytes = wsi_bytes_get_data (self->bytes, &length);
  self->forms = WSI_LITERAL_PATTERN;
  self->pattern = wsi_pattern_new_literal (bytes, length, WSI_PATTERN_ANY_CASE);
  return g_steal_pointer (&self);
}
