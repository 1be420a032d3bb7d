/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/grammar/wsi-parser.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/store/memory/wsi-bytes.h"

#define NO_ADVICE NULL

typedef struct
{
  WsiFields  *fields;
  const char *text;
  GArray     *tokens;
  guint       next;
  guint       depth;
  GError    **error;
} Parser;

#define EQUALITY (1 << WSI_OPERATOR_NONE | 1 << WSI_OPERATOR_EQUAL | 1 << WSI_OPERATOR_NOT_EQUAL \
                  | 1 << WSI_OPERATOR_IN_SET)
#define ORDER (1 << WSI_OPERATOR_LESS | 1 << WSI_OPERATOR_LESS_OR_EQUAL \
               | 1 << WSI_OPERATOR_GREATER | 1 << WSI_OPERATOR_GREATER_OR_EQUAL \
               | 1 << WSI_OPERATOR_IN_RANGE)
#define CONTENT (1 << WSI_OPERATOR_CONTAINS | 1 << WSI_OPERATOR_MATCHES \
                 | 1 << WSI_OPERATOR_STARTS_WITH)

static const guint operators[WSI_N_VALUE_TYPES] = {
  [WSI_VALUE_NUMBER] = EQUALITY | ORDER,
  [WSI_VALUE_TIME] = EQUALITY | ORDER,
  [WSI_VALUE_RATIO] = EQUALITY | ORDER,
  [WSI_VALUE_BOOLEAN] = EQUALITY,
  [WSI_VALUE_NAME] = EQUALITY,
  [WSI_VALUE_TEXT] = EQUALITY | CONTENT,
  [WSI_VALUE_BYTES] = EQUALITY | CONTENT,
  [WSI_VALUE_ISSUE] = EQUALITY | ORDER | CONTENT,
  [WSI_VALUE_ANY] = EQUALITY | ORDER | CONTENT,
};

gboolean
wsi_parser_has_operator (WsiValueType type,
                         WsiOperator  operator)
{
  return (operators[type] >> operator & 1) != 0;
}

static const WsiToken *
parser_peek (Parser *self)
{
  return &g_array_index (self->tokens, WsiToken, self->next);
}

static const WsiToken *
parser_take (Parser *self)
{
  return &g_array_index (self->tokens, WsiToken, self->next++);
}

static gboolean
parser_is_next (Parser      *self,
                WsiTokenKind kind)
{
  return parser_peek (self)->kind == kind;
}

/* Sets the error of the parser; returns NULL always. */
static gpointer
parser_fail (Parser        *self,
             WsiFilterError code,
             const char    *problem,
             const char    *expected,
             const char    *advice)
{
  const WsiFilterPlace place = { self->text, parser_peek (self)->at, parser_peek (self)->length };

  wsi_filter_error_set (self->error, code, &place, problem, expected, advice);
  return NULL;
}

static gboolean
parser_expect (Parser      *self,
               WsiTokenKind kind,
               const char  *problem,
               const char  *expected)
{
  if (!parser_is_next (self, kind))
    return parser_fail (self, WSI_FILTER_ERROR_SYNTAX, problem, expected, NO_ADVICE) != NULL;

  parser_take (self);
  return TRUE;
}

static void
parser_add_step (WsiNode    *node,
                 const char *name,
                 gsize       length,
                 guint64     index)
{
  WsiPathStep step = { name != NULL ? g_strndup (name, length) : NULL, index };

  g_array_append_val (node->path, step);
}

/* Adds members such as ".a.b"; FALSE where a name is empty. */
static gboolean
add_members (WsiNode    *node,
             const char *members)
{
  while (*members == '.')
    {
      gsize length = strcspn (members + 1, ".");

      if (length == 0)
        return FALSE;

      parser_add_step (node, members + 1, length, 0);
      members += 1 + length;
    }
  return *members == '\0';
}

/* The field of the longest name that @word begins with; what follows is the path.  NULL: none. */
static WsiNode *
parser_find_field (Parser     *self,
                   const char *word)
{
  g_autofree char *name = g_strdup (word);
  g_autoptr (WsiNode) node = wsi_node_new (WSI_NODE_TERM);
  char *point;

  node->field = wsi_fields_find (self->fields, word);
  if (node->field != NULL)
    return g_steal_pointer (&node);

  while ((point = strrchr (name, '.')) != NULL)
    {
      *point = '\0';
      node->field = wsi_fields_find (self->fields, name);
      if (node->field == NULL)
        continue;
      if (node->field->path_form != WSI_PATH_MEMBERS || !add_members (node, word + (point - name)))
        return NULL;
      return g_steal_pointer (&node);
    }
  return NULL;
}

/* Whether a sign follows the token before without a blank. */
static gboolean
is_adjacent (Parser *self)
{
  const WsiToken *before = &g_array_index (self->tokens, WsiToken, self->next - 1);

  return parser_peek (self)->at == before->at + before->length;
}

static gboolean
parse_index (Parser  *self,
             WsiNode *node)
{
  const WsiToken *token = parser_peek (self);
  g_autofree char *word = g_strndup (self->text + token->at, token->length);
  guint64 index = 0;

  if (token->kind == WSI_TOKEN_STRING)
    {
      gsize length;
      const char *bytes = wsi_bytes_get_data (token->string, &length);

      if (memchr (bytes, '\0', length) != NULL)
        return parser_fail (self, WSI_FILTER_ERROR_BAD_VALUE, _("Bad name"),
                            _("a name without a NUL"),
                            NO_ADVICE) != NULL;
      parser_add_step (node, bytes, length, 0);
    }
  else if (token->kind == WSI_TOKEN_WORD && node->field->path_form == WSI_PATH_MEMBERS &&
           g_ascii_string_to_unsigned (word, 10, 0, G_MAXUINT32, &index, NULL))
    parser_add_step (node, NULL, 0, index);
  else
    return parser_fail (self, WSI_FILTER_ERROR_SYNTAX, _("Bad index"),
                        node->field->path_form == WSI_PATH_HEADER ? _("a name in quotes")
                                                           : _("a number, or a name in quotes"),
                        NO_ADVICE) != NULL;

  parser_take (self);
  return parser_expect (self, WSI_TOKEN_CLOSE_INDEX, _("Index without an end"), "\"]\"");
}

/* The part of a path that is more than a word: [0]["a b"].c */
static gboolean
parse_path (Parser  *self,
            WsiNode *node)
{
  while (node->field->path_form != WSI_PATH_NONE && is_adjacent (self))
    {
      const WsiToken *token = parser_peek (self);
      g_autofree char *word = g_strndup (self->text + token->at, token->length);

      if (node->field->path_form == WSI_PATH_HEADER && node->path->len > 0)
        break;
      if (token->kind == WSI_TOKEN_OPEN_INDEX)
        {
          parser_take (self);
          if (!parse_index (self, node))
            return FALSE;
        }
      else if (token->kind != WSI_TOKEN_WORD)
        break;
      else if (!add_members (node, word))
        return parser_fail (self, WSI_FILTER_ERROR_SYNTAX, _("Bad path"), _("\".\" and a name"),
                            NO_ADVICE) != NULL;
      else
        parser_take (self);
    }
  if (node->field->path_form == WSI_PATH_HEADER && node->path->len == 0)
    return parser_fail (self, WSI_FILTER_ERROR_SYNTAX, _("Header without a name"), "[\"name\"]",
                        NO_ADVICE) != NULL;

  return TRUE;
}

static gboolean
parse_literal (Parser  *self,
               WsiNode *node)
{
  const WsiToken *token = parser_peek (self);
  WsiLiteral *literal = wsi_literal_new (node->field, node->operator, self->text, token,
                                         self->error);

  if (literal == NULL)
    return FALSE;

  g_ptr_array_add (node->literals, literal);
  parser_take (self);
  return TRUE;
}

static gboolean
parse_set (Parser  *self,
           WsiNode *node)
{
  do
    parser_take (self);
  while (parse_literal (self, node) && parser_is_next (self, WSI_TOKEN_COMMA));

  if (self->error != NULL && *self->error != NULL)
    return FALSE;
  return parser_expect (self, WSI_TOKEN_CLOSE_SET, _("Set without an end"), "\",\" or \"}\"");
}

static gboolean
parse_range (Parser  *self,
             WsiNode *node)
{
  const WsiLiteral *first, *last;

  node->operator = WSI_OPERATOR_IN_RANGE;
  if (!wsi_parser_has_operator (node->field->type, WSI_OPERATOR_IN_RANGE))
    return parser_fail (self, WSI_FILTER_ERROR_SYNTAX, _("Bad set"),
                        _("\"{\" and values"), NO_ADVICE) != NULL;
  if (!parse_literal (self, node) ||
      !parser_expect (self, WSI_TOKEN_RANGE, _("Bad range"), _("\"..\" and a second value")) ||
      !parse_literal (self, node))
    return FALSE;

  first = node->literals->pdata[0];
  last = node->literals->pdata[1];
  if ((first->forms & last->forms & (WSI_LITERAL_NUMBER | WSI_LITERAL_REAL)) != 0)
    return TRUE;
  self->next--;
  return parser_fail (self, WSI_FILTER_ERROR_BAD_VALUE, _("Bad range"),
                      _("two numbers"), NO_ADVICE) != NULL;
}

static char *
list_operators (WsiValueType type)
{
  GString *list = g_string_new (NULL);

  for (WsiOperator i = WSI_OPERATOR_EQUAL; i <= WSI_OPERATOR_IN_SET; i++)
    if (wsi_parser_has_operator (type, i))
      g_string_append_printf (list, "%s%s", list->len > 0 ? " " : "", wsi_operator_get_name (i));
  return g_string_free (list, FALSE);
}

/* Order has a meaning for numbers only, although the type may hold texts too. */
static gboolean
check_order (Parser  *self,
             WsiNode *node)
{
  const WsiLiteral *literal = node->literals->pdata[0];
  gboolean is_order = (ORDER >> node->operator & 1) != 0;

  if (!is_order || (literal->forms & (WSI_LITERAL_NUMBER | WSI_LITERAL_REAL)) != 0)
    return TRUE;

  self->next--;
  return parser_fail (self, WSI_FILTER_ERROR_BAD_VALUE, _("Bad value for an order"),
                      node->field->type == WSI_VALUE_ISSUE ? "a severity" : "a number",
                      NO_ADVICE) != NULL;
}

/* Times of day are compared with each other alone. */
static gboolean
choose_clock (Parser  *self,
              WsiNode *node)
{
  guint n_moments = 0;

  for (guint i = 0; i < node->literals->len; i++)
    n_moments += (((const WsiLiteral *) node->literals->pdata[i])->forms & WSI_LITERAL_MOMENT) != 0;
  if (n_moments == node->literals->len && n_moments > 0)
    node->field = node->field->moment;
  if (n_moments == 0 || n_moments == node->literals->len)
    return TRUE;

  self->next--;
  return parser_fail (self, WSI_FILTER_ERROR_BAD_VALUE, _("Two kinds of time"),
                      _("times of day only, or seconds only"), NO_ADVICE) != NULL;
}

static gboolean
parse_comparison (Parser  *self,
                  WsiNode *node)
{
  if (!parser_is_next (self, WSI_TOKEN_OPERATOR))
    return TRUE;

  node->operator = parser_peek (self)->operator;
  if (!wsi_parser_has_operator (node->field->type, node->operator))
    {
      g_autofree char *problem = g_strdup_printf (_("Operator does not fit %s"), node->field->name);
      g_autofree char *expected = list_operators (node->field->type);

      return parser_fail (self, WSI_FILTER_ERROR_BAD_OPERATOR, problem, expected,
                          NO_ADVICE) != NULL;
    }
  parser_take (self);
  if (node->operator != WSI_OPERATOR_IN_SET)
    return parse_literal (self, node) && check_order (self, node) && choose_clock (self, node);
  if (parser_is_next (self, WSI_TOKEN_OPEN_SET))
    return parse_set (self, node) && choose_clock (self, node);
  return parse_range (self, node) && choose_clock (self, node);
}

/* Fails because a field is unknown.  other_advice: used where no field is like it. */
static WsiNode *
fail_field (Parser     *self,
            const char *word,
            const char *other_advice)
{
  const char *guess = wsi_fields_guess (self->fields, word);
  g_autofree char *advice = guess != NULL ? g_strdup_printf (_("did you mean %s?"), guess)
                                          : g_strdup (other_advice);

  return parser_fail (self, WSI_FILTER_ERROR_UNKNOWN_FIELD, _("Unknown field"),
                      _("the name of a field"),
                      advice);
}

static WsiNode *
parse_search (Parser *self)
{
  g_autoptr (WsiNode) node = wsi_node_new (WSI_NODE_SEARCH);
  WsiLiteral *literal = wsi_literal_new_search (self->text, parser_peek (self), self->error);

  if (literal == NULL)
    return NULL;

  g_ptr_array_add (node->literals, literal);
  parser_take (self);
  return g_steal_pointer (&node);
}

/* A word is a field where an operator or an index follows; else a flag, a field, or a text. */
static WsiNode *
parse_word (Parser *self)
{
  const WsiToken *token = parser_peek (self), *following = token + 1;
  g_autofree char *word = g_strndup (self->text + token->at, token->length);
  g_autoptr (WsiNode) node = parser_find_field (self, word);
  const WsiFlag *flag = wsi_fields_find_flag (self->fields, word);
  gboolean is_compared = following->kind == WSI_TOKEN_OPERATOR ||
                         following->kind == WSI_TOKEN_OPEN_INDEX;

  if (flag != NULL && !is_compared)
    {
      parser_take (self);
      g_clear_pointer (&node, wsi_node_free);
      node = wsi_node_new (WSI_NODE_FLAG);
      node->flag = flag;
      node->field = wsi_fields_find (self->fields, flag->field);
      return g_steal_pointer (&node);
    }
  if (node == NULL && is_compared)
    return fail_field (self, word, _("a text to search for is put in quotes"));
  if (node == NULL)
    return parse_search (self);

  parser_take (self);
  return parse_path (self, node) && parse_comparison (self, node) ? g_steal_pointer (&node) : NULL;
}

static WsiNode *parse_or (Parser *self);

static WsiNode *
parse_brackets (Parser *self)
{
  g_autoptr (WsiNode) node = NULL;

  if (self->depth == WSI_FILTER_MAX_DEPTH)
    return parser_fail (self, WSI_FILTER_ERROR_TOO_BIG, _("Filter is too deep"),
                        _("at most 64 brackets in each other"), NO_ADVICE);

  parser_take (self);
  self->depth++;
  node = parse_or (self);
  self->depth--;
  if (node == NULL || !parser_expect (self, WSI_TOKEN_CLOSE, _("Bracket without an end"),
                                      _("\"and\", \"or\" or \")\"")))
    return NULL;

  return g_steal_pointer (&node);
}

static WsiNode *
parse_not (Parser *self)
{
  gboolean is_negated = FALSE;
  WsiNode *node = NULL;

  for (; parser_is_next (self, WSI_TOKEN_NOT); parser_take (self))
    is_negated = !is_negated;
  if (parser_is_next (self, WSI_TOKEN_OPEN))
    node = parse_brackets (self);
  else if (parser_is_next (self, WSI_TOKEN_WORD))
    node = parse_word (self);
  else if (parser_is_next (self, WSI_TOKEN_STRING))
    node = parse_search (self);
  else
    parser_fail (self, WSI_FILTER_ERROR_SYNTAX, _("Missing condition"),
                 _("a field, a flag or a text"),
                 NO_ADVICE);

  return node != NULL && is_negated ? wsi_node_negate (node) : node;
}

/* One level of the grammar: operands with a word between them. */
static WsiNode *
parse_level (Parser      *self,
             WsiNodeKind  kind,
             WsiTokenKind separator,
             WsiNode     *first)
{
  g_autoptr (WsiNode) node = first;

  while (node != NULL && parser_is_next (self, separator))
    {
      WsiNode *operand;

      if (node->kind != kind)
        {
          WsiNode *level = wsi_node_new (kind);

          wsi_node_add (level, g_steal_pointer (&node));
          node = level;
        }
      parser_take (self);
      operand = kind == WSI_NODE_AND
                ? parse_not (self)
                : parse_level (self, WSI_NODE_AND, WSI_TOKEN_AND, parse_not (self));
      if (operand == NULL)
        return NULL;
      wsi_node_add (node, operand);
    }
  return g_steal_pointer (&node);
}

static WsiNode *
parse_or (Parser *self)
{
  WsiNode *first = parse_level (self, WSI_NODE_AND, WSI_TOKEN_AND, parse_not (self));

  return parse_level (self, WSI_NODE_OR, WSI_TOKEN_OR, first);
}

/* Parses the rest of the text as a condition. */
static WsiNode *
parse_name (Parser *self)
{
  const WsiToken *token = parser_peek (self);
  g_autofree char *word = g_strndup (self->text + token->at, token->length);
  g_autoptr (WsiNode) node = token->kind == WSI_TOKEN_WORD ? parser_find_field (self, word) : NULL;

  if (node == NULL)
    return fail_field (self, word, _("such as len, text or json.a"));

  parser_take (self);
  if (!parse_path (self, node))
    return NULL;
  if (parser_is_next (self, WSI_TOKEN_END))
    return g_steal_pointer (&node);

  return parser_fail (self, WSI_FILTER_ERROR_SYNTAX, _("Text after the name of a field"),
                      _("the end"),
                      NO_ADVICE);
}

WsiNode *
wsi_parser_parse_field (WsiFields  *fields,
                        const char *text,
                        GError    **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (GArray) tokens = wsi_lexer_cut (text, error);
  Parser self = { .fields = fields, .text = text, .tokens = tokens, .error = &own_error };
  WsiNode *node;

  if (tokens == NULL)
    return NULL;

  node = parse_name (&self);
  if (node == NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return node;
}

WsiNode *
wsi_parser_parse (WsiFields  *fields,
                  const char *text,
                  GError    **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (GArray) tokens = wsi_lexer_cut (text, error);
  Parser self = { .fields = fields, .text = text, .tokens = tokens, .error = &own_error };
  g_autoptr (WsiNode) node = NULL;

  if (tokens == NULL)
    return NULL;

  node = parse_or (&self);
  if (node != NULL && !parser_is_next (&self, WSI_TOKEN_END))
    {
      g_clear_pointer (&node, wsi_node_free);
      parser_fail (&self, WSI_FILTER_ERROR_SYNTAX, _("Two conditions without a word between them"),
                   _("\"and\" or \"or\""), _("a text with blanks is put in quotes"));
    }
  if (node == NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return g_steal_pointer (&node);
}
