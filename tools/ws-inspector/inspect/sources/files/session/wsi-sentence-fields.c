/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/session/wsi-sentence-fields.h"

#include <string.h>

#include "inspect/decode/json/wsi-json-string.h"

/* The text of a member.  NULL: it is not a string, or has U+0000. */
static const char *
sentence_fields_unescape (const WsiJsonField *element)
{
  gsize length, place;

  if (element->kind != WSI_JSON_STRING ||
      wsi_json_unescape_in_place ((guint8 *) element->text, element->length, &length,
                                  &place) != NULL)
    return NULL;

  return strlen (element->text + 1) == length ? element->text + 1 : NULL;
}

/* Reads a sentence.  FALSE: the id is not known, or the arguments are no strings, or too many. */
static gboolean
read_sentence (const WsiJsonField *list,
               WsiSentence        *sentence)
{
  WsiJsonScanner scanner = { 0 };
  WsiJsonField element;
  const char *string;

  if (!wsi_json_field_next_element (list, &scanner, &element) ||
      (string = sentence_fields_unescape (&element)) == NULL ||
      !wsi_sentence_id_parse (string, &sentence->id))
    return FALSE;

  for (guint i = 0; wsi_json_field_next_element (list, &scanner, &element); i++)
    {
      string = i < WSI_SENTENCE_MAX_ARGUMENTS ? sentence_fields_unescape (&element) : NULL;
      if (string == NULL)
        return FALSE;

      sentence->arguments[i] = string;
    }
  return TRUE;
}

gboolean
wsi_sentence_fields_take (const WsiJsonField *text,
                          const WsiJsonField *list,
                          WsiSentence        *sentence)
{
  const char *expected = wsi_json_field_get_string (text);
  g_autofree char *english = NULL;

  *sentence = (WsiSentence) { 0 };
  if (read_sentence (list, sentence))
    english = wsi_sentence_to_string (sentence);
  if (expected != NULL && g_strcmp0 (english, expected) != 0)
    *sentence = (WsiSentence) { .id = WSI_SENTENCE_TEXT, .arguments = { expected } };
  return expected != NULL;
}
