/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/grammar/wsi-node.h"

#include <string.h>

static void
clear_step (gpointer data)
{
  g_free (((WsiPathStep *) data)->name);
}

WsiNode *
wsi_node_new (WsiNodeKind kind)
{
  WsiNode *self = g_new0 (WsiNode, 1);

  self->kind = kind;
  self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) wsi_node_free);
  self->literals = g_ptr_array_new_with_free_func ((GDestroyNotify) wsi_literal_free);
  self->path = g_array_new (FALSE, TRUE, sizeof (WsiPathStep));
  g_array_set_clear_func (self->path, clear_step);
  return self;
}

/* The parser's limit of depth bounds the recursion, as it does below. */
void
wsi_node_free (WsiNode *self)
{
  g_ptr_array_unref (self->children);
  g_ptr_array_unref (self->literals);
  g_array_unref (self->path);
  g_free (self->alias);
  g_free (self);
}

void
wsi_node_add (WsiNode *self,
              WsiNode *child)
{
  if (child->kind != self->kind)
    {
      g_ptr_array_add (self->children, child);
      return;
    }

  for (guint i = 0; i < child->children->len; i++)
    g_ptr_array_add (self->children, g_steal_pointer (&child->children->pdata[i]));
  g_ptr_array_set_free_func (child->children, NULL);
  wsi_node_free (child);
}

WsiNode *
wsi_node_negate (WsiNode *child)
{
  WsiNode *self;

  if (child->kind == WSI_NODE_NOT)
    {
      self = g_ptr_array_steal_index (child->children, 0);
      wsi_node_free (child);
      return self;
    }

  self = wsi_node_new (WSI_NODE_NOT);
  g_ptr_array_add (self->children, child);
  return self;
}

static gboolean
are_paths_equal (const WsiNode *a,
                 const WsiNode *b)
{
  if (a->path->len != b->path->len)
    return FALSE;

  for (guint i = 0; i < a->path->len; i++)
    {
      const WsiPathStep *one = &g_array_index (a->path, WsiPathStep, i);
      const WsiPathStep *other = &g_array_index (b->path, WsiPathStep, i);

      if (g_strcmp0 (one->name, other->name) != 0 || one->index != other->index)
        return FALSE;
    }
  return TRUE;
}

static gboolean
are_literals_equal (const WsiNode *a,
                    const WsiNode *b)
{
  if (a->literals->len != b->literals->len)
    return FALSE;

  for (guint i = 0; i < a->literals->len; i++)
    {
      const WsiLiteral *one = a->literals->pdata[i], *other = b->literals->pdata[i];

      if (one->forms != other->forms || one->number != other->number ||
          one->real < other->real || one->real > other->real ||
          (one->bytes == NULL) != (other->bytes == NULL) ||
          (one->bytes != NULL && !g_bytes_equal (one->bytes, other->bytes)))
        return FALSE;
    }
  return TRUE;
}

gboolean
wsi_node_is_equal (const WsiNode *self,
                   const WsiNode *other)
{
  if (self->kind != other->kind || self->field != other->field || self->flag != other->flag ||
      self->operator != other->operator || self->children->len != other->children->len ||
      !are_paths_equal (self, other) || !are_literals_equal (self, other))
    return FALSE;

  for (guint i = 0; i < self->children->len; i++)
    if (!wsi_node_is_equal (self->children->pdata[i], other->children->pdata[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_plain_name (const char *name)
{
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '_' && *p != '-')
      return FALSE;
  return *name != '\0';
}

static void
print_path (const WsiNode *self,
            GString       *text)
{
  for (guint i = 0; i < self->path->len; i++)
    {
      const WsiPathStep *step = &g_array_index (self->path, WsiPathStep, i);
      g_autofree char *quoted = NULL;

      if (step->name == NULL)
        g_string_append_printf (text, "[%" G_GUINT64_FORMAT "]", step->index);
      else if (self->field->path_form == WSI_PATH_MEMBERS && is_plain_name (step->name))
        g_string_append_printf (text, ".%s", step->name);
      else
        {
          quoted = wsi_lexer_quote (step->name, strlen (step->name));
          g_string_append_printf (text, "[%s]", quoted);
        }
    }
}

static void
print_term (const WsiNode *self,
            GString       *text)
{
  gboolean is_set = self->operator == WSI_OPERATOR_IN_SET;
  const char *separator = is_set ? ", " : "..";

  g_string_append (text, self->alias != NULL ? self->alias : self->field->name);
  print_path (self, text);
  if (self->operator == WSI_OPERATOR_NONE)
    return;

  g_string_append_printf (text, " %s %s", wsi_operator_get_name (self->operator),
                          is_set ? "{" : "");
  for (guint i = 0; i < self->literals->len; i++)
    {
      const WsiLiteral *literal = self->literals->pdata[i];

      g_string_append_printf (text, "%s%s", i > 0 ? separator : "", literal->text);
    }
  g_string_append (text, is_set ? "}" : "");
}

static void print_node (const WsiNode *self,
                        WsiNodeKind    parent,
                        GString       *text);

static void
print_children (const WsiNode *self,
                GString       *text)
{
  for (guint i = 0; i < self->children->len; i++)
    {
      if (i > 0)
        g_string_append (text, self->kind == WSI_NODE_OR ? " or " : " and ");
      print_node (self->children->pdata[i], self->kind, text);
    }
}

/* The kinds are in ascending order of precedence: below a stronger parent, brackets are needed. */
static void
print_node (const WsiNode *self,
            WsiNodeKind    parent,
            GString       *text)
{
  gboolean needs_brackets = self->kind < parent && self->kind <= WSI_NODE_AND;

  g_string_append (text, needs_brackets ? "(" : "");
  switch (self->kind)
    {
    case WSI_NODE_OR:
    case WSI_NODE_AND:
      print_children (self, text);
      break;

    case WSI_NODE_NOT:
      g_string_append (text, "not ");
      print_node (self->children->pdata[0], WSI_NODE_NOT, text);
      break;

    case WSI_NODE_TERM:
      print_term (self, text);
      break;

    case WSI_NODE_FLAG:
      g_string_append (text, self->flag->name);
      break;

    case WSI_NODE_SEARCH:
      g_string_append (text, ((const WsiLiteral *) self->literals->pdata[0])->text);
      break;
    }
  g_string_append (text, needs_brackets ? ")" : "");
}

char *
wsi_node_print (const WsiNode *self)
{
  GString *text = g_string_new (NULL);

  print_node (self, WSI_NODE_OR, text);
  return g_string_free (text, FALSE);
}
