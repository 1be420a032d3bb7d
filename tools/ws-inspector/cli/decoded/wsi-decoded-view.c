/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/decoded/wsi-decoded-view.h"

#include <math.h>

#include "inspect/decode/choosing/wsi-decoder-list.h"
#include "inspect/decode/wsi-decode-node.h"
#include "inspect/decode/wsi-description.h"
#include "inspect/decode/wsi-text-decoder.h"
#include "inspect/store/memory/wsi-bytes.h"

gboolean
wsi_decoded_view_init (WsiDecodedView *self,
                       GStrv           choices,
                       gsize           max_length,
                       GError        **error)
{
  *self = (WsiDecodedView) {
    .interpreter = wsi_interpreter_new (NULL),
    .own = wsi_description_new (),
  };
  wsi_interpreter_set_max_length (self->interpreter, max_length);
  for (guint i = 0; choices != NULL && choices[i] != NULL; i++)
    if (!wsi_interpreter_choose (self->interpreter, choices[i], error))
      {
        g_prefix_error_literal (error, "--decoder: ");
        return FALSE;
      }
  return TRUE;
}

void
wsi_decoded_view_clear (WsiDecodedView *self)
{
  g_clear_pointer (&self->interpreter, wsi_interpreter_free);
  g_clear_pointer (&self->own, wsi_description_free);
}

void
wsi_decoded_view_set (WsiDecodedView  *self,
                      guint64          number,
                      const WsiRecord *record,
                      GBytes          *payload)
{
  gsize max_length = wsi_interpreter_get_max_length (self->interpreter), length;
  const guint8 *at;

  self->bytes = payload;
  self->decoder = NULL;
  self->description = NULL;
  self->record = record;
  if (payload == NULL)
    return;

  if (self->is_redacted)
    wsi_interpreter_forget_learned (self->interpreter);
  at = wsi_bytes_get_data (payload, &length);
  self->decoder = wsi_interpreter_prepare (self->interpreter, number, record, at,
                                           MIN (length, max_length), &self->input);
}

/* Makes the description when it is needed: a line shows neither summary nor values of text and
 * bytes. */
static const WsiDescription *
decoded_view_describe (WsiDecodedView *self)
{
  if (self->description == NULL)
    self->description = wsi_interpreter_get_learned (self->interpreter, self->record,
                                                     self->input.length);
  if (self->description != NULL)
    return self->description;

  wsi_description_clear (self->own);
  wsi_decoder_list_describe (self->decoder, &self->input, self->own);
  self->description = self->own;
  return self->description;
}

static gboolean
decoded_view_has_format (const WsiDecodedView *self)
{
  return self->decoder != NULL && self->decoder != &wsi_text_decoder &&
         self->decoder != &wsi_bytes_decoder;
}

const char *
wsi_decoded_view_get_name (const WsiDecodedView *self)
{
  return decoded_view_has_format (self) ? self->decoder->name : NULL;
}

const char *
wsi_decoded_view_get_summary (WsiDecodedView *self)
{
  return decoded_view_has_format (self) ? decoded_view_describe (self)->summary->str : NULL;
}

/* JSON has no names for infinite numbers and NaN. */
static gboolean
is_literal_of_json (const WsiDecodedField *field)
{
  return field->kind == WSI_FIELD_REAL ? isfinite (field->real) : field->kind != WSI_FIELD_TEXT;
}

/* is_literal: the only value is a number, or true or false. */
char *
wsi_decoded_view_dup_values (WsiDecodedView *self,
                             WsiDecodedPath *path,
                             gboolean       *is_literal)
{
  const WsiDecodedField *field = NULL;
  const WsiDescription *values = NULL;
  const char *name;
  GString *text;
  guint n = 0;

  if (self->decoder != NULL)
    values = wsi_decoded_path_find (path, self->decoder, &self->input, decoded_view_describe (self),
                                    &name);
  if (values == NULL)
    return NULL;

  text = g_string_new (NULL);
  while ((field = wsi_description_find (values, name, field)) != NULL)
    {
      if (n++ > 0)
        g_string_append_c (text, '\n');
      wsi_description_print (values, field, text);
      *is_literal = n == 1 && is_literal_of_json (field);
    }
  return g_string_free (text, FALSE);
}

void
wsi_decoded_view_print_tree (WsiDecodedView *self,
                             WsiCharset      charset,
                             WsiDecodeTake   take,
                             gpointer        user_data)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WsiDecodeNode) root = NULL;

  if (self->decoder == NULL)
    return;

  bytes = g_bytes_new_from_bytes (self->bytes, 0, self->input.length);
  root = wsi_decoder_list_decode (self->decoder, &self->input, bytes);
  wsi_decode_node_print_away (root, charset, take, user_data);
}
