/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/grammar/wsi-completion.h"

#include "inspect/filter/grammar/wsi-parser.h"

#include <string.h>

/* The kind of token that may follow those so far. */
typedef enum
{
  NEXT_CONDITION,
  NEXT_OPERATOR,                /* of a field, or "and" */
  NEXT_VALUE,
  NEXT_LINK,                    /* "and", "or" */
} Next;

typedef struct
{
  WsiFields      *fields;
  Next            next;
  const WsiField *field;
  const char     *prefix;
  gsize           prefix_length;
  GArray         *list;
} Completion;

static void
offer (Completion *self,
       const char *text,
       const char *description)
{
  WsiCompletion candidate = { text, description };

  if (strncmp (text, self->prefix, self->prefix_length) == 0)
    g_array_append_val (self->list, candidate);
}

static const WsiField *
find_field (Completion *self,
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

static void
follow_word (Completion     *self,
             const char     *text,
             const WsiToken *token)
{
  if (self->next == NEXT_VALUE || self->next == NEXT_OPERATOR)
    {
      /* A word after a field is the rest of a path, such as ".b" in a[0].b. */
      self->next = self->next == NEXT_VALUE ? NEXT_LINK : NEXT_OPERATOR;
      return;
    }
  self->field = find_field (self, text + token->at, token->length);
  self->next = self->field != NULL ? NEXT_OPERATOR : NEXT_LINK;
}

static void
follow (Completion     *self,
        const char     *text,
        const WsiToken *token)
{
  switch (token->kind)
    {
    case WSI_TOKEN_WORD:
      follow_word (self, text, token);
      break;

    case WSI_TOKEN_STRING:
      self->next = self->next == NEXT_OPERATOR ? NEXT_OPERATOR : NEXT_LINK;
      break;

    case WSI_TOKEN_OPERATOR:
    case WSI_TOKEN_OPEN_SET:
    case WSI_TOKEN_COMMA:
    case WSI_TOKEN_RANGE:
      self->next = NEXT_VALUE;
      break;

    case WSI_TOKEN_AND:
    case WSI_TOKEN_OR:
    case WSI_TOKEN_NOT:
    case WSI_TOKEN_OPEN:
      self->next = NEXT_CONDITION;
      break;

    case WSI_TOKEN_CLOSE:
    case WSI_TOKEN_CLOSE_SET:
      self->next = NEXT_LINK;
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

      offer (self, flag->name, flag->description);
    }
  for (guint i = 0; i < wsi_fields_get_n (self->fields); i++)
    {
      const WsiField *field = wsi_fields_get (self->fields, i);

      if (wsi_fields_find_flag (self->fields, field->name) == NULL)
        offer (self, field->name, field->description);
    }
  offer (self, "not", NULL);
}

static void
offer_values (Completion *self)
{
  const WsiName *name = self->field != NULL ? self->field->names : NULL;

  for (; name != NULL && name->name != NULL; name++)
    offer (self, name->name, NULL);
  if (self->field != NULL && self->field->type == WSI_VALUE_BOOLEAN)
    {
      offer (self, "yes", NULL);
      offer (self, "no", NULL);
    }
}

static void
offer_next (Completion *self)
{
  switch (self->next)
    {
    case NEXT_CONDITION:
      offer_conditions (self);
      break;

    case NEXT_OPERATOR:
      for (WsiOperator i = WSI_OPERATOR_EQUAL; self->field != NULL && i <= WSI_OPERATOR_IN_SET; i++)
        if (wsi_parser_has_operator (self->field->type, i))
          offer (self, wsi_operator_get_name (i), NULL);
      break;

    case NEXT_VALUE:
      offer_values (self);
      break;

    case NEXT_LINK:
      break;
    }
  if (self->next == NEXT_OPERATOR || self->next == NEXT_LINK)
    {
      offer (self, "and", NULL);
      offer (self, "or", NULL);
    }
}

/* A word that ends at the place is not complete yet, even if it is a name or an operator. */
static gboolean
is_prefix (const WsiToken *token,
           gsize           length)
{
  return token->at + token->length == length &&
         (token->kind == WSI_TOKEN_WORD ||
          (token->kind >= WSI_TOKEN_AND && token->kind <= WSI_TOKEN_OPERATOR));
}

GArray *
wsi_completion_list (WsiFields  *fields,
                     const char *text,
                     gsize       position,
                     gsize      *start)
{
  g_autofree char *before = g_strndup (text, position);
  g_autoptr (GArray) tokens = wsi_lexer_cut (before, NULL);
  Completion self = { .fields = fields, .prefix = "" };

  self.list = g_array_new (FALSE, FALSE, sizeof (WsiCompletion));
  *start = strlen (before);
  if (tokens == NULL)
    return self.list;

  for (guint i = 0; i < tokens->len; i++)
    {
      const WsiToken *token = &g_array_index (tokens, WsiToken, i);

      if (!is_prefix (token, strlen (before)))
        {
          follow (&self, before, token);
          continue;
        }
      *start = token->at;
      self.prefix = before + token->at;
      self.prefix_length = token->length;
    }
  offer_next (&self);
  return self.list;
}
