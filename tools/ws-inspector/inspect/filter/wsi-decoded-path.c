/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/wsi-decoded-path.h"

#include <string.h>

#include "inspect/decode/wsi-description.h"
#include "inspect/filter/grammar/wsi-field.h"
#include "inspect/filter/grammar/wsi-lexer.h"
#include "inspect/filter/grammar/wsi-node.h"
#include "inspect/filter/grammar/wsi-parser.h"

struct _WsiDecodedPath
{
  WsiFields      *fields;
  WsiNode        *node;
  GArray         *steps;        /* steps of the path (WsiDecodeStep), whose names are in the node */
  WsiDescription *found;
};

static void
decoded_path_add_field (WsiFields  *fields,
                        const char *name,
                        WsiPathForm path_form)
{
  WsiField *row = g_new0 (WsiField, 1);

  *row = (WsiField) { .name = name, .type = WSI_VALUE_ANY, .path_form = path_form };
  wsi_fields_take (fields, row, 1);
}

static WsiFields *
make_fields (void)
{
  WsiFields *fields = wsi_fields_new ();
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoder_list_get_all (&n_decoders);

  for (gsize i = 0; i < n_decoders; i++)
    {
      if (decoders[i]->find != NULL)
        decoded_path_add_field (fields, decoders[i]->name, WSI_PATH_MEMBERS);
      for (gsize j = 0; j < decoders[i]->n_fields; j++)
        decoded_path_add_field (fields, decoders[i]->fields[j].name, WSI_PATH_NONE);
    }
  return fields;
}

WsiDecodedPath *
wsi_decoded_path_new (const char *text)
{
  g_autoptr (WsiFields) fields = make_fields ();
  g_autoptr (WsiNode) node = wsi_parser_parse (fields, text, NULL);
  WsiDecodedPath *self;

  if (node == NULL || node->kind != WSI_NODE_TERM || node->operator != WSI_OPERATOR_NONE)
    return NULL;

  self = g_new0 (WsiDecodedPath, 1);
  self->steps = g_array_new (FALSE, FALSE, sizeof (WsiDecodeStep));
  for (guint i = 0; node->path != NULL && i < node->path->len; i++)
    {
      const WsiPathStep *part = &g_array_index (node->path, WsiPathStep, i);
      WsiDecodeStep step = { part->name, part->index };

      g_array_append_val (self->steps, step);
    }
  self->fields = g_steal_pointer (&fields);
  self->node = g_steal_pointer (&node);
  self->found = wsi_description_new ();
  return self;
}

static gboolean
decoded_path_is_word (const char *name)
{
  if (!g_ascii_isalpha (*name) && *name != '_')
    return FALSE;

  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && *at != '_')
      return FALSE;
  return TRUE;
}

static gboolean
is_index (const char *name)
{
  gsize n_digits = name[0] == '[' ? strspn (name + 1, "0123456789") : 0;

  return n_digits > 0 && g_str_equal (name + 1 + n_digits, "]");
}

WsiDecodeStep
wsi_decoded_path_make_step (const char *name)
{
  if (!is_index (name))
    return (WsiDecodeStep) { name, 0 };

  return (WsiDecodeStep) { NULL, g_ascii_strtoull (name + 1, NULL, 10) };
}

char *
wsi_decoded_path_format (const WsiDecoder  *decoder,
                         const char *const *names,
                         guint              n_names)
{
  g_autoptr (GString) text = g_string_new (decoder->name);

  if (decoder->find == NULL)
    return NULL;

  for (guint i = 0; i < n_names; i++)
    if (is_index (names[i]))
      {
        g_string_append (text, names[i]);
      }
    else if (decoded_path_is_word (names[i]))
      {
        g_string_append_printf (text, ".%s", names[i]);
      }
    else
      {
        g_autofree char *quoted = wsi_lexer_quote (names[i], strlen (names[i]));

        g_string_append_printf (text, "[%s]", quoted);
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
wsi_decoded_path_free (WsiDecodedPath *self)
{
  g_array_unref (self->steps);
  wsi_description_free (self->found);
  wsi_node_free (self->node);
  wsi_fields_unref (self->fields);
  g_free (self);
}

const WsiDescription *
wsi_decoded_path_find (WsiDecodedPath       *self,
                       const WsiDecoder     *decoder,
                       const WsiDecodeInput *input,
                       const WsiDescription *description,
                       const char          **name)
{
  const WsiDescription *values = description;

  *name = self->node->field->name;
  if (self->node->field->path_form == WSI_PATH_MEMBERS)
    {
      wsi_description_clear (self->found);
      wsi_decoder_list_find_path (decoder, input, description, *name,
                                  (const WsiDecodeStep *) self->steps->data, self->steps->len,
                                  self->found);
      values = self->found;
    }
  return wsi_description_find (values, *name, NULL) != NULL ? values : NULL;
}
