/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/grammar/wsi-completion.h"

#include "inspect/filter/grammar/wsi-parser.h"
#include "inspect/store/memory/wsi-bytes.h"

#include <string.h>

typedef struct
{
  WsiFields        *fields;
  const char       *text;
  WsiCompletionNext next;
  const WsiField   *field;
  gsize             name, name_end;     /* place of the field's name, with its path */
  gboolean          is_in_index;        /* the place is between the brackets of a path */
  const char       *prefix;
  gsize             prefix_length;
  GArray           *list;
} Completion;

static void
clear_completion (gpointer data)
{
  g_free (((WsiCompletion *) data)->text);
}

void
wsi_completion_place_clear (WsiCompletionPlace *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->beginning, g_free);
}

void
wsi_completion_add (GArray     *list,
                    const char *text,
                    const char *description,
                    guint32     n)
{
  WsiCompletion completion = { g_strdup (text), description, n };

  g_array_append_val (list, completion);
}

static void
grammar_completion_offer (Completion *self,
                          const char *text,
                          const char *description)
{
  if (strncmp (text, self->prefix, self->prefix_length) == 0)
    wsi_completion_add (self->list, text, description, 0);
}

static const WsiField *
grammar_completion_find_field (Completion *self,
                               const char *text,
                               gsize       length)
{
  g_autofree char *name = g_strndup (text, length);
  const WsiField *field = wsi_fields_find (self->fields, name);
  char *point;

  while (field == NULL && (point = strrchr (name, '.')) != NULL)
    {
      *point = '\0';
      field = wsi_fields_find (self->fields, name);
    }
  return field;
}

/* Whether the token is a part of the path that the tokens before it have begun. */
static gboolean
grammar_completion_goes_on (const Completion *self,
                            const WsiToken   *token)
{
  gboolean is_part = token->kind == WSI_TOKEN_WORD || token->kind == WSI_TOKEN_STRING ||
                     token->kind == WSI_TOKEN_OPEN_INDEX || token->kind == WSI_TOKEN_CLOSE_INDEX;

  return self->next == WSI_COMPLETION_OPERATOR && self->field != NULL &&
         self->field->path_form != WSI_PATH_NONE && is_part &&
         (token->at == self->name_end || self->is_in_index);
}

static void
follow_word (Completion     *self,
             const WsiToken *token)
{
  if (self->next == WSI_COMPLETION_VALUE || self->next == WSI_COMPLETION_OPERATOR)
    {
      self->next = WSI_COMPLETION_LINK;
      return;
    }
  self->field = grammar_completion_find_field (self, self->text + token->at, token->length);
  self->next = self->field != NULL ? WSI_COMPLETION_OPERATOR : WSI_COMPLETION_LINK;
  self->name = token->at;
  self->name_end = token->at + token->length;
}

static void
grammar_completion_follow (Completion     *self,
                           const WsiToken *token)
{
  if (grammar_completion_goes_on (self, token))
    {
      self->name_end = token->at + token->length;
      self->is_in_index = token->kind == WSI_TOKEN_OPEN_INDEX ||
                          (self->is_in_index && token->kind != WSI_TOKEN_CLOSE_INDEX);
      return;
    }

  switch (token->kind)
    {
    case WSI_TOKEN_WORD:
      follow_word (self, token);
      break;

    case WSI_TOKEN_STRING:
    case WSI_TOKEN_CLOSE:
    case WSI_TOKEN_CLOSE_SET:
      self->next = WSI_COMPLETION_LINK;
      break;

    case WSI_TOKEN_OPERATOR:
    case WSI_TOKEN_OPEN_SET:
    case WSI_TOKEN_COMMA:
    case WSI_TOKEN_RANGE:
      self->next = WSI_COMPLETION_VALUE;
      break;

    case WSI_TOKEN_AND:
    case WSI_TOKEN_OR:
    case WSI_TOKEN_NOT:
    case WSI_TOKEN_OPEN:
      self->next = WSI_COMPLETION_CONDITION;
      self->field = NULL;
      break;

    case WSI_TOKEN_OPEN_INDEX:
    case WSI_TOKEN_CLOSE_INDEX:
    case WSI_TOKEN_END:
      break;
    }
}

static void
offer_conditions (Completion *self)
{
  for (guint i = 0; i < wsi_fields_get_n_flags (self->fields); i++)
    {
      const WsiFlag *flag = wsi_fields_get_flag (self->fields, i);

      grammar_completion_offer (self, flag->name, flag->description);
    }
  for (guint i = 0; i < wsi_fields_get_n (self->fields); i++)
    {
      const WsiField *field = wsi_fields_get (self->fields, i);

      if (wsi_fields_find_flag (self->fields, field->name) == NULL)
        grammar_completion_offer (self, field->name, field->description);
    }
  grammar_completion_offer (self, "not", NULL);
}

static void
offer_values (Completion *self)
{
  const WsiName *name = self->field != NULL ? self->field->names : NULL;

  for (; name != NULL && name->name != NULL; name++)
    grammar_completion_offer (self, name->name, NULL);
  if (self->field != NULL && self->field->type == WSI_VALUE_BOOLEAN)
    {
      grammar_completion_offer (self, "yes", NULL);
      grammar_completion_offer (self, "no", NULL);
    }
}

static void
offer_next (Completion *self)
{
  switch (self->next)
    {
    case WSI_COMPLETION_CONDITION:
      offer_conditions (self);
      break;

    case WSI_COMPLETION_OPERATOR:
      for (WsiOperator i = WSI_OPERATOR_EQUAL; self->field != NULL && i <= WSI_OPERATOR_IN_SET; i++)
        if (wsi_parser_has_operator (self->field->type, i))
          grammar_completion_offer (self, wsi_operator_get_name (i), NULL);
      break;

    case WSI_COMPLETION_VALUE:
      offer_values (self);
      break;

    case WSI_COMPLETION_LINK:
    case WSI_COMPLETION_NOTHING:
      break;
    }
  if (self->next == WSI_COMPLETION_OPERATOR || self->next == WSI_COMPLETION_LINK)
    {
      grammar_completion_offer (self, "and", NULL);
      grammar_completion_offer (self, "or", NULL);
    }
}

/* A word that ends at the place is not complete yet, even if it is a name or an operator. */
static gboolean
grammar_completion_is_prefix (const WsiToken *token,
                              gsize           length)
{
  return token->at + token->length == length &&
         (token->kind == WSI_TOKEN_WORD ||
          (token->kind >= WSI_TOKEN_AND && token->kind <= WSI_TOKEN_OPERATOR));
}

/* Cuts the text; a string that has no end yet is a token, too. */
static GArray *
grammar_completion_cut (const char *before,
                        gboolean   *has_open_string)
{
  GArray *tokens = wsi_lexer_cut (before, NULL);
  g_autofree char *closed = g_strconcat (before, "\"", NULL);

  *has_open_string = FALSE;
  if (tokens != NULL)
    return tokens;

  /* a text that ends in a backslash, or with another mistake, has no tokens even so */
  tokens = wsi_lexer_cut (closed, NULL);
  *has_open_string = tokens != NULL;
  return tokens;
}

static void
grammar_completion_take_place (const Completion   *self,
                               const char         *before,
                               gsize               start,
                               WsiCompletionPlace *place)
{
  place->next = self->next;
  place->start = start;
  place->field = self->field;
  if (self->field != NULL)
    place->name = g_strndup (before + self->name, self->name_end - self->name);
  place->length = strlen (before) - start;
  place->beginning = g_strdup (before + start);
}

/* The string that is open ends at the place.  It is a value, or a name in a path. */
static void
take_open_string (Completion         *self,
                  const char         *before,
                  const WsiToken     *token,
                  WsiCompletionPlace *place)
{
  gsize length;
  const char *content = wsi_bytes_get_data (token->string, &length);

  if (grammar_completion_goes_on (self, token))
    {
      self->next = WSI_COMPLETION_CONDITION;
      grammar_completion_take_place (self, before, self->name, place);
      return;
    }
  if (self->next != WSI_COMPLETION_VALUE)
    {
      self->next = WSI_COMPLETION_NOTHING;
      grammar_completion_take_place (self, before, strlen (before), place);
      return;
    }

  grammar_completion_take_place (self, before, token->at, place);
  g_free (place->beginning);
  place->beginning = g_strndup (content, length);
  place->length = strlen (place->beginning);
}

GArray *
wsi_completion_list (WsiFields          *fields,
                     const char         *text,
                     gsize               position,
                     WsiCompletionPlace *place)
{
  g_autofree char *before = g_strndup (text, position);
  gsize length = strlen (before), start = length;
  gboolean has_open_string = FALSE;
  g_autoptr (GArray) tokens = grammar_completion_cut (before, &has_open_string);
  Completion self = { .fields = fields, .text = before, .prefix = "" };

  *place = (WsiCompletionPlace) { .next = WSI_COMPLETION_NOTHING, .start = length };
  self.list = g_array_new (FALSE, FALSE, sizeof (WsiCompletion));
  g_array_set_clear_func (self.list, clear_completion);
  for (guint i = 0; tokens != NULL && i < tokens->len; i++)
    {
      const WsiToken *token = &g_array_index (tokens, WsiToken, i);

      if (has_open_string && token->at + token->length == length + 1)
        {
          take_open_string (&self, before, token, place);
          return self.list;
        }
      if (!grammar_completion_is_prefix (token, length))
        {
          grammar_completion_follow (&self, token);
          continue;
        }
      start = token->at;
      if (grammar_completion_goes_on (&self, token))
        self.name_end = length;
    }
  if (tokens == NULL)
    return self.list;

  /* A path that has more than a word ends here: other paths may begin with it. */
  if (self.next == WSI_COMPLETION_OPERATOR && self.name_end == length)
    {
      start = self.name;
      self.next = WSI_COMPLETION_CONDITION;
    }
  self.prefix = before + start;
  self.prefix_length = length - start;
  offer_next (&self);
  grammar_completion_take_place (&self, before, start, place);
  return self.list;
}
