/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/parts/wsi-json-text.h"

#include "inspect/decode/wsi-text.h"
#include "inspect/store/memory/wsi-bytes.h"

#include <string.h>

static void
parts_json_text_add_value (JsonBuilder *self,
                           const char  *value)
{
  g_autofree char *text = g_utf8_make_valid (value, -1);

  json_builder_add_string_value (self, text);
}

void
wsi_json_add_string (JsonBuilder *self,
                     const char  *name,
                     const char  *value)
{
  if (value == NULL)
    return;

  json_builder_set_member_name (self, name);
  parts_json_text_add_value (self, value);
}

void
wsi_json_add_sentence (JsonBuilder       *self,
                       const char        *text,
                       const WsiSentence *sentence)
{
  g_autofree char *english = wsi_sentence_to_string (sentence);

  wsi_json_add_string (self, "text", text);
  if (english == NULL || sentence->id == WSI_SENTENCE_TEXT || g_strcmp0 (english, text) != 0)
    return;

  json_builder_set_member_name (self, "sentence");
  json_builder_begin_array (self);
  parts_json_text_add_value (self, wsi_sentence_id_get_name (sentence->id));
  for (guint i = 0; sentence->arguments[i] != NULL; i++)
    parts_json_text_add_value (self, sentence->arguments[i]);
  json_builder_end_array (self);
}

void
wsi_json_add_number (JsonBuilder *self,
                     const char  *name,
                     guint64      value)
{
  json_builder_set_member_name (self, name);
  json_builder_add_int_value (self, (gint64) MIN (value, G_MAXINT64));
}

void
wsi_json_add_true (JsonBuilder *self,
                   const char  *name)
{
  json_builder_set_member_name (self, name);
  json_builder_add_boolean_value (self, TRUE);
}

void
wsi_json_add_base64 (JsonBuilder *self,
                     const char  *name,
                     GBytes      *bytes)
{
  gsize length;
  const guchar *at = wsi_bytes_get_data (bytes, &length);
  g_autofree char *text = g_base64_encode (at, length);

  wsi_json_add_string (self, name, text);
}

void
wsi_json_add_bytes (JsonBuilder *self,
                    GBytes      *bytes)
{
  gsize length;
  const char *at = wsi_bytes_get_data (bytes, &length);
  g_autofree char *text = NULL;

  if (!wsi_text_is_readable (bytes) || !g_utf8_validate_len (at, length, NULL))
    {
      wsi_json_add_base64 (self, "base64", bytes);
      return;
    }

  text = g_strndup (at, length);
  wsi_json_add_string (self, "text", text);
}

char *
wsi_json_to_text (JsonBuilder *self)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (self);

  json_generator_set_root (generator, root);
  json_builder_reset (self);
  return json_generator_to_data (generator, NULL);
}

gboolean
wsi_json_write (JsonBuilder   *self,
                GOutputStream *stream,
                GError       **error)
{
  g_autofree char *text = wsi_json_to_text (self);

  return g_output_stream_write_all (stream, text, strlen (text), NULL, NULL, error) &&
         g_output_stream_write_all (stream, "\n", 1, NULL, NULL, error);
}
