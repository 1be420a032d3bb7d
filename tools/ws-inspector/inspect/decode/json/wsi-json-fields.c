/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/json/wsi-json-fields.h"

#include <string.h>

#include "inspect/decode/json/wsi-json-string.h"

typedef struct
{
  WsiJsonScanner     scanner;
  guint8            *at;
  WsiJsonField      *fields;
  const char *const *names;
  guint              n;
  guint              next;      /* the name that comes next in most objects */
} Reading;

/* The scanner stays where it found the mistake. */
static gboolean
stop (Reading        *self,
      WsiJsonMistake *mistake)
{
  WsiJsonToken token;

  mistake->expected = self->scanner.problem;
  mistake->place = self->scanner.position;
  mistake->has_place = wsi_json_scanner_next (&self->scanner, &token) != WSI_JSON_CUT;
  return FALSE;
}

/* n: it is none of the names. */
static guint
find_name (const Reading      *self,
           const WsiJsonToken *token)
{
  for (guint i = 0; i < self->n; i++)
    {
      guint place = self->next + i < self->n ? self->next + i : self->next + i - self->n;

      if (wsi_json_is_equal (self->at + token->at, token->length, self->names[place]))
        return place;
    }
  return self->n;
}

/* The text begins after the quote. */
static gboolean
take_string (Reading            *self,
             const WsiJsonToken *token,
             gsize              *length,
             WsiJsonMistake     *mistake)
{
  gsize place;
  const char *expected =
    wsi_json_unescape_in_place (self->at + token->at, token->length, length, &place);

  if (expected == NULL)
    return TRUE;

  *mistake = (WsiJsonMistake) { expected, token->at + place, TRUE };
  return FALSE;
}

/* Goes to the end of a list or object, whose first token was read. */
static gboolean
skip_container (Reading        *self,
                WsiJsonMistake *mistake)
{
  guint depth = self->scanner.depth;
  WsiJsonToken token;
  gsize length;

  while (self->scanner.depth >= depth)
    {
      wsi_json_scanner_next (&self->scanner, &token);
      if (token.kind == WSI_JSON_CUT || token.kind == WSI_JSON_PROBLEM)
        return stop (self, mistake);
      if ((token.kind == WSI_JSON_NAME || token.kind == WSI_JSON_STRING) &&
          !take_string (self, &token, &length, mistake))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_value (Reading        *self,
            WsiJsonField   *field,
            WsiJsonMistake *mistake)
{
  WsiJsonToken token;

  wsi_json_scanner_next (&self->scanner, &token);
  if (!wsi_json_is_value (token.kind))
    return stop (self, mistake);

  *field = (WsiJsonField) { token.kind, (char *) self->at + token.at, token.length };
  if (token.kind == WSI_JSON_OBJECT || token.kind == WSI_JSON_ARRAY)
    return skip_container (self, mistake);
  if (token.kind != WSI_JSON_STRING)
    return TRUE;

  field->text++;
  return take_string (self, &token, &field->length, mistake);
}

static gboolean
take_member (Reading            *self,
             const WsiJsonToken *name,
             WsiJsonMistake     *mistake)
{
  guint place = find_name (self, name);
  gboolean has_escapes = memchr (self->at + name->at, '\\', name->length) != NULL;
  WsiJsonField other;
  gsize length;

  if (has_escapes && !take_string (self, name, &length, mistake))
    return FALSE;

  if (place == self->n)
    return take_value (self, &other, mistake);

  self->next = place + 1;
  return take_value (self, &self->fields[place], mistake);
}

gboolean
wsi_json_fields_read (WsiJsonField      *fields,
                      const char *const *names,
                      guint              n,
                      guint8            *at,
                      gsize              length,
                      WsiJsonMistake    *mistake)
{
  Reading reading = { .at = at, .fields = fields, .names = names, .n = n };
  WsiJsonScanner *scanner = &reading.scanner;
  WsiJsonToken token;

  for (guint i = 0; i < n; i++)
    fields[i] = (WsiJsonField) { WSI_JSON_END, NULL, 0 };

  *mistake = (WsiJsonMistake) { NULL, 0, FALSE };
  wsi_json_scanner_init (scanner, at, length);
  wsi_json_scanner_next (scanner, &token);
  if (token.kind != WSI_JSON_OBJECT)
    return !wsi_json_is_value (token.kind) && stop (&reading, mistake);

  while (wsi_json_scanner_next (scanner, &token) == WSI_JSON_NAME)
    if (!take_member (&reading, &token, mistake))
      return FALSE;

  /* The scanner goes no further after a mistake. */
  return wsi_json_scanner_next (scanner, &token) == WSI_JSON_END || stop (&reading, mistake);
}

gboolean
wsi_json_field_is_there (const WsiJsonField *field)
{
  return field->kind != WSI_JSON_END;
}

const char *
wsi_json_field_get_string (const WsiJsonField *field)
{
  return field->kind == WSI_JSON_STRING ? field->text : NULL;
}

gint64
wsi_json_field_get_number (const WsiJsonField *field,
                           gint64              alternative)
{
  gint64 number;

  return field->kind == WSI_JSON_NUMBER &&
         wsi_json_get_whole ((const guint8 *) field->text, field->length, &number)
         ? number : alternative;
}

gboolean
wsi_json_field_is_true (const WsiJsonField *field)
{
  return field->kind == WSI_JSON_TRUE;
}

/* U+0000 ends a text, as it ends a string of C. */
gboolean
wsi_json_field_is_text (const WsiJsonField *field,
                        const char         *text)
{
  return field->kind == WSI_JSON_STRING && strcmp (field->text, text) == 0;
}
