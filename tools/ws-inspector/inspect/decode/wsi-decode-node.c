/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-decode-node.h"

#include <glib/gi18n.h>

WsiDecodeNode *
wsi_decode_node_new (GBytes *bytes)
{
  WsiDecodeNode *self = g_new0 (WsiDecodeNode, 1);

  g_atomic_ref_count_init (&self->n_references);
  self->type = "";
  self->bytes = g_bytes_ref (bytes);
  self->length = g_bytes_get_size (bytes);
  return self;
}

WsiDecodeNode *
wsi_decode_node_ref (WsiDecodeNode *self)
{
  g_atomic_ref_count_inc (&self->n_references);
  return self;
}

/* The last child, if it has the elements after the others; NULL: it has not.  Rests are nested as
 * often as the list is long, so they are not freed by recursion. */
static WsiDecodeNode *
find_rest (const WsiDecodeNode *self)
{
  const GPtrArray *children = self->children;
  WsiDecodeNode *last = children != NULL && children->len > 0
                        ? children->pdata[children->len - 1] : NULL;

  return last != NULL && g_str_equal (last->type, WSI_DECODE_REST) ? last : NULL;
}

/* Calls itself once for each level, of which there are WSI_DECODE_MAX_DEPTH. */
void
wsi_decode_node_unref (WsiDecodeNode *self)
{
  while (self != NULL && g_atomic_ref_count_dec (&self->n_references))
    {
      WsiDecodeNode *rest = find_rest (self);

      if (rest != NULL)
        g_ptr_array_steal_index (self->children, self->children->len - 1);
      g_clear_pointer (&self->children, g_ptr_array_unref);
      g_bytes_unref (self->bytes);
      g_free (self->name);
      g_free (self->value);
      g_free (self);
      self = rest;
    }
}

static void
ensure_children (WsiDecodeNode *self)
{
  WsiDecodeExpand expand = self->expand;

  self->expand = NULL;
  if (expand != NULL)
    expand (self);
}

guint
wsi_decode_node_get_n_children (WsiDecodeNode *self)
{
  ensure_children (self);
  return self->children != NULL ? self->children->len : 0;
}

WsiDecodeNode *
wsi_decode_node_get_child (WsiDecodeNode *self,
                           guint          index)
{
  g_return_val_if_fail (index < wsi_decode_node_get_n_children (self), NULL);

  return self->children->pdata[index];
}

static WsiDecodeNode *
decode_node_add_child (WsiDecodeNode *self,
                       const char    *name,
                       const char    *type,
                       GBytes        *bytes)
{
  WsiDecodeNode *child = wsi_decode_node_new (bytes);

  if (self->children == NULL)
    self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) wsi_decode_node_unref);
  g_ptr_array_add (self->children, child);
  child->name = g_strdup (name);
  child->type = type;
  child->depth = self->depth + 1;
  child->is_bare = self->is_bare;
  return child;
}

WsiDecodeNode *
wsi_decode_node_add (WsiDecodeNode *self,
                     const char    *name,
                     const char    *type,
                     gsize          offset,
                     gsize          length)
{
  WsiDecodeNode *child = decode_node_add_child (self, name, type, self->bytes);
  gsize size = g_bytes_get_size (self->bytes);

  child->offset = MIN (offset, size);
  child->length = MIN (length, size - child->offset);
  return child;
}

WsiDecodeNode *
wsi_decode_node_add_bytes (WsiDecodeNode *self,
                           const char    *name,
                           const char    *type,
                           GBytes        *bytes)
{
  return decode_node_add_child (self, name, type, bytes);
}

void
wsi_decode_node_set_value_range (WsiDecodeNode *self,
                                 WsiDecodeValue form,
                                 gsize          offset,
                                 gsize          length)
{
  self->form = form;
  self->value_at = offset;
  self->value_length = length;
}

WsiDecodeNode *
wsi_decode_node_add_problem (WsiDecodeNode *self,
                             gsize          offset,
                             const char    *format,
                             ...)
{
  gsize end = self->offset + self->length;
  WsiDecodeNode *child = wsi_decode_node_add (self, NULL, _("problem"), offset,
                                              end > offset ? end - offset : 0);
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  wsi_decode_node_set_value (child, _("%s (at offset %zu)"), text, child->offset);
  wsi_decode_node_set_value_range (child, WSI_DECODE_VALUE_TEXT, child->offset, child->length);
  child->is_problem = TRUE;
  return child;
}

typedef struct
{
  WsiCharset    charset;
  WsiDecodeTake take;
  gpointer      user_data;
} Printing;

static void
decode_node_print_line (const Printing *self,
                        WsiDecodeNode  *node,
                        guint           depth)
{
  g_autofree char *name = node->name != NULL ? wsi_text_escape_line (node->name, self->charset)
                                             : NULL;
  g_autofree char *value = node->value != NULL
                           ? wsi_text_escape_line (node->value, self->charset) : NULL;
  g_autofree char *line =
    g_strdup_printf ("%*s%s%s%s @%zu+%zu%s%s", (int) (2 * depth), "", name != NULL ? name : "",
                     name != NULL ? ": " : "", node->type, node->offset, node->length,
                     value != NULL ? " = " : "", value != NULL ? value : "");

  self->take (line, self->user_data);
}

/* The elements of a rest are at the depth of the rest: they are printed as its siblings. */
static void
print_node (const Printing *self,
            WsiDecodeNode  *node,
            guint           depth)
{
  WsiDecodeNode *list = node;

  decode_node_print_line (self, node, depth);
  while (list != NULL)
    {
      guint n_children = wsi_decode_node_get_n_children (list);
      WsiDecodeNode *rest = find_rest (list);

      n_children -= rest != NULL;
      for (guint i = 0; i < n_children; i++)
        print_node (self, list->children->pdata[i], depth + 1);
      if (n_children > 0)
        g_ptr_array_remove_range (list->children, 0, n_children);
      list = rest;
    }
}

void
wsi_decode_node_print_away (WsiDecodeNode *self,
                            WsiCharset     charset,
                            WsiDecodeTake  take,
                            gpointer       user_data)
{
  const Printing printing = { charset, take, user_data };

  print_node (&printing, self, 0);
}

/* A character that the limit cuts becomes a replacement character. */
static char *
decode_node_make_text (const guint8 *at,
                       gsize         length)
{
  g_autofree char *valid = NULL;

  if (length == 0)
    return g_strdup ("");

  valid = g_utf8_make_valid ((const char *) at, MIN (length, WSI_DECODE_MAX_VALUE));
  return length <= WSI_DECODE_MAX_VALUE ? g_steal_pointer (&valid)
                                        : g_strconcat (valid, "…", NULL);
}

void
wsi_decode_node_set_text (WsiDecodeNode *self,
                          const guint8  *at,
                          gsize          length)
{
  if (self->is_bare)
    return;

  g_free (self->value);
  self->value = decode_node_make_text (at, length);
}

void
wsi_decode_node_set_name (WsiDecodeNode *self,
                          const guint8  *at,
                          gsize          length)
{
  g_free (self->name);
  self->name = decode_node_make_text (at, length);
}

void
wsi_decode_node_set_value (WsiDecodeNode *self,
                           const char    *format,
                           ...)
{
  va_list arguments;

  if (self->is_bare)
    return;

  va_start (arguments, format);
  g_free (self->value);
  self->value = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

void
wsi_decode_node_set_expand (WsiDecodeNode  *self,
                            WsiDecodeExpand expand,
                            guint64         state)
{
  self->state = state;
  self->expand = self->depth < WSI_DECODE_MAX_DEPTH ? expand : NULL;
}

void
wsi_decode_node_add_rest (WsiDecodeNode  *self,
                          gsize           offset,
                          gsize           length,
                          WsiDecodeExpand expand,
                          guint64         state)
{
  WsiDecodeNode *rest = wsi_decode_node_add (self, NULL, WSI_DECODE_REST, offset, length);

  rest->depth = self->depth;
  wsi_decode_node_set_expand (rest, expand, state);
}
