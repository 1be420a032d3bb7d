/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Fields that decoders read out of messages. */

#include "inspect/filter/wsi-filter-fields-private.h"

#include <glib/gi18n.h>

#include "inspect/decode/choosing/wsi-decoder-list.h"
#include "inspect/decode/wsi-description.h"

#define GROUP "content"
#define MAX_STEPS 64

static void
decoded_fields_add_value (WsiValues             *values,
                          const WsiDescription  *description,
                          const WsiDecodedField *field)
{
  switch (field->kind)
    {
    case WSI_FIELD_TEXT:
      wsi_values_add_bytes (values, wsi_description_get_text (description, field), field->length);
      break;
    case WSI_FIELD_WHOLE:
      wsi_values_add_number (values, field->whole);
      break;
    case WSI_FIELD_REAL:
      wsi_values_add_real (values, field->real);
      break;
    case WSI_FIELD_BOOLEAN:
      wsi_values_add_boolean (values, field->whole != 0);
      break;
    }
}

static void
decoded_fields_add_values (WsiValues            *values,
                           const WsiDescription *description,
                           const char           *name)
{
  const WsiDecodedField *field = NULL;

  while ((field = wsi_description_find (description, name, field)) != NULL)
    decoded_fields_add_value (values, description, field);
}

static void
get_decoded (WsiSubject        *subject,
             const WsiPathStep *path,
             guint              n_steps,
             WsiValues         *values)
{
  if (wsi_subject_describe (subject))
    decoded_fields_add_values (values, subject->description, values->node->field->name);
}

static void
decoded_fields_get_language (WsiSubject        *subject,
                             const WsiPathStep *path,
                             guint              n_steps,
                             WsiValues         *values)
{
  if (wsi_subject_describe (subject))
    wsi_values_add_text (values, subject->decoder->name);
}

static void
decoded_fields_get_summary (WsiSubject        *subject,
                            const WsiPathStep *path,
                            guint              n_steps,
                            WsiValues         *values)
{
  if (wsi_subject_describe (subject))
    wsi_values_add_text (values, subject->description->summary->str);
}

static void
get_path_values (WsiSubject        *subject,
                 const WsiPathStep *path,
                 guint              n_steps,
                 WsiValues         *values)
{
  const char *format = values->node->field->name;
  WsiDecodeStep steps[MAX_STEPS];
  gboolean is_of_format;

  if (n_steps > MAX_STEPS || !wsi_subject_prepare (subject))
    return;

  /* A description says where a message of another format has one of this format. */
  is_of_format = g_str_equal (subject->decoder->name, format);
  if (!is_of_format)
    wsi_subject_describe (subject);
  for (guint i = 0; i < n_steps; i++)
    steps[i] = (WsiDecodeStep) { path[i].name, path[i].index };
  wsi_description_clear (subject->found);
  wsi_decoder_list_find_path (subject->decoder, &subject->input,
                              is_of_format ? NULL : subject->description, format, steps, n_steps,
                              subject->found);
  decoded_fields_add_values (values, subject->found, format);
}

static const WsiField fields[] = {
  { .name = "lang", .group = GROUP, .type = WSI_VALUE_TEXT, .cost = WSI_COST_DECODED,
    .aliases = "decoder",
    .get_values = decoded_fields_get_language,
    .description = N_("Format of the message: the name of its decoder, such as json or mqtt") },
  { .name = "summary", .group = GROUP, .type = WSI_VALUE_TEXT, .cost = WSI_COST_DECODED,
    .get_values = decoded_fields_get_summary,
    .description = N_("Summary of the message by its decoder") },
};

static WsiValueType
choose_value_type (WsiFieldKind kind)
{
  switch (kind)
    {
    case WSI_FIELD_TEXT:
      return WSI_VALUE_TEXT;
    case WSI_FIELD_WHOLE:
      return WSI_VALUE_NUMBER;
    case WSI_FIELD_REAL:
    case WSI_FIELD_BOOLEAN:
      return WSI_VALUE_ANY;
    }

  g_assert_not_reached ();
}

static void
add_path_field (WsiFields        *self,
                const WsiDecoder *decoder)
{
  WsiField *row = g_new0 (WsiField, 1);

  *row = (WsiField) { .name = decoder->name, .group = GROUP, .type = WSI_VALUE_ANY,
                      .cost = WSI_COST_DECODED, .path_form = WSI_PATH_MEMBERS,
                      .get_values = get_path_values, .description = decoder->path_description };
  wsi_fields_take (self, row, 1);
}

static void
add_decoder (WsiFields        *self,
             const WsiDecoder *decoder)
{
  WsiField *rows = g_new0 (WsiField, decoder->n_fields);

  for (gsize i = 0; i < decoder->n_fields; i++)
    rows[i] = (WsiField) { .name = decoder->fields[i].name, .group = GROUP,
                           .type = choose_value_type (decoder->fields[i].kind),
                           .cost = WSI_COST_DECODED, .get_values = get_decoded,
                           .description = decoder->fields[i].description };
  wsi_fields_take (self, rows, decoder->n_fields);
}

void
wsi_decoded_fields_add (WsiFields *self)
{
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoder_list_get_all (&n_decoders);

  wsi_fields_add (self, fields, G_N_ELEMENTS (fields));
  for (gsize i = 0; i < n_decoders; i++)
    {
      if (decoders[i]->find != NULL)
        add_path_field (self, decoders[i]);
      add_decoder (self, decoders[i]);
    }
}
