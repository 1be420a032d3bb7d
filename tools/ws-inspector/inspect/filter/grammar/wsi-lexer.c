/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/grammar/wsi-lexer.h"

#include "inspect/decode/wsi-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define NO_ADVICE NULL

/* The words and signs of the language.  Where one sign begins another, the longer one is first. */
static const struct
{
  const char  *text;
  WsiTokenKind kind;
  WsiOperator  operator;
} signs[] = {
  { "==", WSI_TOKEN_OPERATOR, WSI_OPERATOR_EQUAL },
  { "!=", WSI_TOKEN_OPERATOR, WSI_OPERATOR_NOT_EQUAL },
  { "<=", WSI_TOKEN_OPERATOR, WSI_OPERATOR_LESS_OR_EQUAL },
  { ">=", WSI_TOKEN_OPERATOR, WSI_OPERATOR_GREATER_OR_EQUAL },
  { "<", WSI_TOKEN_OPERATOR, WSI_OPERATOR_LESS },
  { ">", WSI_TOKEN_OPERATOR, WSI_OPERATOR_GREATER },
  { "~", WSI_TOKEN_OPERATOR, WSI_OPERATOR_MATCHES },
  { "&&", WSI_TOKEN_AND, WSI_OPERATOR_NONE },
  { "||", WSI_TOKEN_OR, WSI_OPERATOR_NONE },
  { "!", WSI_TOKEN_NOT, WSI_OPERATOR_NONE },
  { "..", WSI_TOKEN_RANGE, WSI_OPERATOR_NONE },
  { "(", WSI_TOKEN_OPEN, WSI_OPERATOR_NONE },
  { ")", WSI_TOKEN_CLOSE, WSI_OPERATOR_NONE },
  { "{", WSI_TOKEN_OPEN_SET, WSI_OPERATOR_NONE },
  { "}", WSI_TOKEN_CLOSE_SET, WSI_OPERATOR_NONE },
  { "[", WSI_TOKEN_OPEN_INDEX, WSI_OPERATOR_NONE },
  { "]", WSI_TOKEN_CLOSE_INDEX, WSI_OPERATOR_NONE },
  { ",", WSI_TOKEN_COMMA, WSI_OPERATOR_NONE },
}, keywords[] = {
  { "and", WSI_TOKEN_AND, WSI_OPERATOR_NONE },
  { "or", WSI_TOKEN_OR, WSI_OPERATOR_NONE },
  { "not", WSI_TOKEN_NOT, WSI_OPERATOR_NONE },
  { "contains", WSI_TOKEN_OPERATOR, WSI_OPERATOR_CONTAINS },
  { "matches", WSI_TOKEN_OPERATOR, WSI_OPERATOR_MATCHES },
  { "startswith", WSI_TOKEN_OPERATOR, WSI_OPERATOR_STARTS_WITH },
  { "in", WSI_TOKEN_OPERATOR, WSI_OPERATOR_IN_SET },
  { "eq", WSI_TOKEN_OPERATOR, WSI_OPERATOR_EQUAL },
  { "ne", WSI_TOKEN_OPERATOR, WSI_OPERATOR_NOT_EQUAL },
  { "lt", WSI_TOKEN_OPERATOR, WSI_OPERATOR_LESS },
  { "le", WSI_TOKEN_OPERATOR, WSI_OPERATOR_LESS_OR_EQUAL },
  { "gt", WSI_TOKEN_OPERATOR, WSI_OPERATOR_GREATER },
  { "ge", WSI_TOKEN_OPERATOR, WSI_OPERATOR_GREATER_OR_EQUAL },
};

const char *
wsi_operator_get_name (WsiOperator self)
{
  static const char *const names[] = {
    [WSI_OPERATOR_NONE] = "",
    [WSI_OPERATOR_EQUAL] = "==",
    [WSI_OPERATOR_NOT_EQUAL] = "!=",
    [WSI_OPERATOR_LESS] = "<",
    [WSI_OPERATOR_LESS_OR_EQUAL] = "<=",
    [WSI_OPERATOR_GREATER] = ">",
    [WSI_OPERATOR_GREATER_OR_EQUAL] = ">=",
    [WSI_OPERATOR_CONTAINS] = "contains",
    [WSI_OPERATOR_MATCHES] = "matches",
    [WSI_OPERATOR_STARTS_WITH] = "startswith",
    [WSI_OPERATOR_IN_SET] = "in",
    [WSI_OPERATOR_IN_RANGE] = "in",
  };

  return names[self];
}

static void
clear_token (gpointer data)
{
  g_clear_pointer (&((WsiToken *) data)->string, g_bytes_unref);
}

static gboolean
is_word_end (const char *text)
{
  return *text == '\0' || g_ascii_isspace (*text) || strchr ("()[]{}<>=!~&|,\"", *text) != NULL ||
         (text[0] == '.' && text[1] == '.');
}

/* The bytes of one escape at @text, after its backslash; 0 if it is none. */
static gsize
read_escape (const char *text,
             GByteArray *into)
{
  static const char letters[] = "\"\\nrt", bytes[] = "\"\\\n\r\t";
  const char *letter = *text == '\0' ? NULL : strchr (letters, *text);
  guint8 byte;

  if (letter != NULL)
    {
      g_byte_array_append (into, (const guint8 *) bytes + (letter - letters), 1);
      return 1;
    }
  if (text[0] != 'x' || !g_ascii_isxdigit (text[1]) || !g_ascii_isxdigit (text[2]))
    return 0;

  byte = g_ascii_xdigit_value (text[1]) * 16 + g_ascii_xdigit_value (text[2]);
  g_byte_array_append (into, &byte, 1);
  return 3;
}

static gboolean
lexer_fail (const char *text,
            gsize       at,
            gsize       length,
            const char *problem,
            const char *expected,
            const char *advice,
            GError    **error)
{
  const WsiFilterPlace place = { text, at, length };

  return wsi_filter_error_set (error, WSI_FILTER_ERROR_SYNTAX, &place, problem, expected, advice);
}

static gboolean
end_string (const char *text,
            const char *end,
            WsiToken   *token,
            GBytes     *content,
            GError    **error)
{
  token->kind = WSI_TOKEN_STRING;
  token->string = content;
  token->length = end + 1 - (text + token->at);
  if (*end == '"')
    return TRUE;

  clear_token (token);
  return lexer_fail (text, token->at, 0, _("String without an end"), _("a second \""), NO_ADVICE,
                     error);
}

static gboolean
read_string (const char *text,
             WsiToken   *token,
             GError    **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  const char *p = text + token->at + 1;

  while (*p != '"' && *p != '\0')
    {
      gsize length = 1;

      if (*p != '\\')
        g_byte_array_append (content, (const guint8 *) p, 1);
      else
        {
          length = read_escape (p + 1, content);
          if (length == 0)
            return lexer_fail (text, p - text, MIN (strlen (p), 2), _("Unknown escape in a string"),
                               "\\\" \\\\ \\n \\r \\t or \\xNN",
                               _("a backslash is \\\\, and r\"\" takes all literally"), error);
          length++;
        }
      p += length;
    }
  return end_string (text, p, token, g_byte_array_free_to_bytes (g_steal_pointer (&content)),
                     error);
}

/* r"…": no escapes, for regular expressions. */
static gboolean
read_raw_string (const char *text,
                 WsiToken   *token,
                 GError    **error)
{
  const char *start = text + token->at + 2, *end = start + strcspn (start, "\"");

  return end_string (text, end, token, g_bytes_new (start, end - start), error);
}

static gboolean
read_sign (const char *text,
           WsiToken   *token)
{
  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    if (wsi_text_begins_with (text + token->at, signs[i].text))
      {
        token->kind = signs[i].kind;
        token->operator = signs[i].operator;
        token->length = strlen (signs[i].text);
        return TRUE;
      }
  return FALSE;
}

static void
lexer_read_word (const char *text,
                 WsiToken   *token)
{
  const char *start = text + token->at;

  token->kind = WSI_TOKEN_WORD;
  while (!is_word_end (start + token->length))
    token->length++;
  for (gsize i = 0; i < G_N_ELEMENTS (keywords); i++)
    if (strlen (keywords[i].text) == token->length &&
        memcmp (keywords[i].text, start, token->length) == 0)
      {
        token->kind = keywords[i].kind;
        token->operator = keywords[i].operator;
      }
}

/* The signs that other languages begin a string with. */
static gsize
find_other_quote (const char *text)
{
  static const char *const quotes[] = { "'", "`", "‘", "’", "‚", "“", "”", "„", "«", "»" };

  for (gsize i = 0; i < G_N_ELEMENTS (quotes); i++)
    if (wsi_text_begins_with (text, quotes[i]))
      return strlen (quotes[i]);
  return 0;
}

static gboolean
fail_quote (const char *text,
            gsize       at,
            gsize       length,
            GError    **error)
{
  const char *start = text + at + length, *end = start;
  g_autofree char *quoted = NULL, *advice = NULL;

  while (*end != '\0' && find_other_quote (end) == 0)
    end = g_utf8_next_char (end);
  quoted = wsi_lexer_quote (start, end - start);
  advice = g_strdup_printf (_("write it as %s"), quoted);
  return lexer_fail (text, at, end - (text + at) + find_other_quote (end), _("Unknown quotes"),
                     _("a text in double quotes"), advice, error);
}

static gboolean
read_token (const char *text,
            WsiToken   *token,
            GError    **error)
{
  if (wsi_text_begins_with (text + token->at, "r\""))
    return read_raw_string (text, token, error);
  if (text[token->at] == '"')
    return read_string (text, token, error);

  if (find_other_quote (text + token->at) > 0)
    return fail_quote (text, token->at, find_other_quote (text + token->at), error);

  if (read_sign (text, token))
    return TRUE;

  lexer_read_word (text, token);
  if (token->length > 0)
    return TRUE;

  return lexer_fail (text, token->at, 1, _("Unknown operator"), "== != < <= > >= ~ && || or !",
                     text[token->at] == '=' ? _("equality is ==") : NO_ADVICE, error);
}

static gboolean
lexer_check_text (const char *text,
                  GError    **error)
{
  gsize length = strlen (text);
  const WsiFilterPlace place = { text, WSI_FILTER_MAX_LENGTH, length - WSI_FILTER_MAX_LENGTH };
  const char *end;

  if (length > WSI_FILTER_MAX_LENGTH)
    return wsi_filter_error_set (error, WSI_FILTER_ERROR_TOO_BIG, &place, _("Filter is too long"),
                                 _("at most 4096 bytes"), NO_ADVICE);

  if (!g_utf8_validate (text, length, &end))
    return lexer_fail (text, end - text, 1, _("Filter is not UTF-8"), _("a character"),
                       _("other bytes are \\xNN in a string"), error);

  return TRUE;
}

GArray *
wsi_lexer_cut (const char *text,
               GError    **error)
{
  g_autoptr (GArray) tokens = g_array_new (FALSE, TRUE, sizeof (WsiToken));
  gsize at = 0;

  g_array_set_clear_func (tokens, clear_token);
  if (!lexer_check_text (text, error))
    return NULL;

  while (TRUE)
    {
      WsiToken token = { .kind = WSI_TOKEN_END };

      while (g_ascii_isspace (text[at]))
        at++;
      token.at = at;
      if (text[at] != '\0' && !read_token (text, &token, error))
        return NULL;

      g_array_append_val (tokens, token);
      if (token.kind == WSI_TOKEN_END)
        return g_steal_pointer (&tokens);

      at += token.length;
    }
}

char *
wsi_lexer_quote (const char *bytes,
                 gsize       length)
{
  GString *text = g_string_new ("\"");
  const char *end = length > 0 ? bytes + length : bytes;

  while (bytes < end)
    {
      gunichar character = g_utf8_get_char_validated (bytes, end - bytes);
      gboolean is_character = character < 0x110000 && g_unichar_isprint (character);
      gsize n = is_character ? g_unichar_to_utf8 (character, NULL) : 1;

      if (*bytes == '"' || *bytes == '\\')
        g_string_append_c (text, '\\');
      if (is_character)
        g_string_append_len (text, bytes, n);
      else
        g_string_append_printf (text, "\\x%02x", (guint8) * bytes);
      bytes += n;
    }
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}
