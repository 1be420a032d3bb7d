/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/json/wsi-json-fields.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "inspect/decode/json/wsi-json-string.h"

#define HIGH_BITS G_GUINT64_CONSTANT (0x8080808080808080)

typedef struct
{
  WsiJsonScanner     scanner;
  guint8            *at;
  WsiJsonField      *fields;
  const char *const *names;
  guint              n;
  guint              next;      /* index of the name that comes next in most objects */
} Reading;

/* Notes a mistake, at which the scanner stays. */
static gboolean
json_fields_stop (Reading        *self,
                  WsiJsonMistake *mistake)
{
  WsiJsonToken token;

  mistake->expected = wsi_json_scanner_get_sentence (&self->scanner);
  mistake->place = self->scanner.position;
  mistake->has_place = wsi_json_scanner_next (&self->scanner, &token) != WSI_JSON_CUT;
  return FALSE;
}

/* The index of a name; n: it is not one of the names. */
static guint
json_fields_find_name (const Reading      *self,
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

static gboolean
json_fields_set_mistake (WsiJsonMistake     *mistake,
                         const WsiJsonToken *token,
                         const char         *expected,
                         gsize               place)
{
  *mistake = (WsiJsonMistake) { expected, token->at + place, TRUE };
  return FALSE;
}

/* Takes a string, whose text begins after the quote. */
static gboolean
json_fields_take_string (Reading            *self,
                         const WsiJsonToken *token,
                         gsize              *length,
                         WsiJsonMistake     *mistake)
{
  gsize place;
  const char *expected =
    wsi_json_unescape_in_place (self->at + token->at, token->length, length, &place);

  return expected == NULL || json_fields_set_mistake (mistake, token, expected, place);
}

/* Goes to the end of a list or object, whose first token was read, and leaves it as it is. */
static gboolean
skip_container (Reading        *self,
                WsiJsonMistake *mistake)
{
  guint depth = self->scanner.depth;
  WsiJsonToken token;

  while (self->scanner.depth >= depth)
    {
      const char *expected = NULL;
      gsize place;

      wsi_json_scanner_next (&self->scanner, &token);
      if (token.kind == WSI_JSON_CUT || token.kind == WSI_JSON_PROBLEM)
        return json_fields_stop (self, mistake);
      if (token.kind == WSI_JSON_NAME || token.kind == WSI_JSON_STRING)
        expected = wsi_json_check_escapes (self->at + token.at, token.length, &place);
      if (expected != NULL)
        return json_fields_set_mistake (mistake, &token, expected, place);
    }
  return TRUE;
}

static gboolean
json_fields_take_value (Reading        *self,
                        WsiJsonField   *field,
                        WsiJsonMistake *mistake)
{
  WsiJsonToken token;

  wsi_json_scanner_next (&self->scanner, &token);
  if (!wsi_json_is_value (token.kind))
    return json_fields_stop (self, mistake);

  *field = (WsiJsonField) { token.kind, (char *) self->at + token.at, token.length };
  if (token.kind == WSI_JSON_OBJECT || token.kind == WSI_JSON_ARRAY)
    {
      gboolean is_read = skip_container (self, mistake);

      field->length = self->scanner.position - token.at;
      return is_read;
    }
  if (token.kind != WSI_JSON_STRING)
    return TRUE;

  field->text++;
  return json_fields_take_string (self, &token, &field->length, mistake);
}

static gboolean
json_fields_take_member (Reading            *self,
                         const WsiJsonToken *name,
                         WsiJsonMistake     *mistake)
{
  guint place = json_fields_find_name (self, name);
  gboolean has_escapes = memchr (self->at + name->at, '\\', name->length) != NULL;
  WsiJsonField other;
  gsize length;

  if (has_escapes && !json_fields_take_string (self, name, &length, mistake))
    return FALSE;

  if (place == self->n)
    return json_fields_take_value (self, &other, mistake);

  self->next = place + 1;
  return json_fields_take_value (self, &self->fields[place], mistake);
}

static void
json_fields_clear (WsiJsonField *fields,
                   guint         n)
{
  for (guint i = 0; i < n; i++)
    fields[i] = (WsiJsonField) { WSI_JSON_END, NULL, 0 };
}

/* Most bytes are ASCII, for which GLib takes longer than the rest of a line. */
static gboolean
json_fields_is_utf8 (const guint8 *text,
                     gsize         length)
{
  guint64 word = 0;
  gsize i = 0;

  for (; i + sizeof word <= length; i += sizeof word)
    {
      memcpy (&word, text + i, sizeof word);
      if ((word & HIGH_BITS) != 0)
        break;
    }
  return memchr (text, '\0', i) == NULL &&
         g_utf8_validate_len ((const char *) text + i, length - i, NULL);
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

  json_fields_clear (fields, n);
  *mistake = (WsiJsonMistake) { N_("it is not UTF-8"), 0, FALSE };
  if (!json_fields_is_utf8 (at, length))
    return FALSE;

  mistake->expected = NULL;
  wsi_json_scanner_init (scanner, at, length);
  wsi_json_scanner_next (scanner, &token);
  if (token.kind != WSI_JSON_OBJECT)
    return !wsi_json_is_value (token.kind) && json_fields_stop (&reading, mistake);

  while (wsi_json_scanner_next (scanner, &token) == WSI_JSON_NAME)
    if (!json_fields_take_member (&reading, &token, mistake))
      return FALSE;

  /* The scanner goes no further after a mistake. */
  return wsi_json_scanner_next (scanner, &token) == WSI_JSON_END ||
         json_fields_stop (&reading, mistake);
}

/* Reads the members of a value, which was read before: what is in it is not a mistake. */
gboolean
wsi_json_field_read_object (const WsiJsonField *field,
                            WsiJsonField       *fields,
                            const char *const  *names,
                            guint               n)
{
  WsiJsonMistake mistake;

  if (field->kind == WSI_JSON_OBJECT)
    return wsi_json_fields_read (fields, names, n, (guint8 *) field->text, field->length, &mistake);

  json_fields_clear (fields, n);
  return FALSE;
}

gboolean
wsi_json_field_next_element (const WsiJsonField *array,
                             WsiJsonScanner     *scanner,
                             WsiJsonField       *element)
{
  WsiJsonToken token;

  if (array->kind != WSI_JSON_ARRAY)
    return FALSE;

  if (scanner->at == NULL)
    {
      wsi_json_scanner_init (scanner, (const guint8 *) array->text, array->length);
      wsi_json_scanner_next (scanner, &token);
    }
  wsi_json_scanner_next (scanner, &token);
  if (!wsi_json_scanner_skip (scanner, &token))
    return FALSE;

  *element = (WsiJsonField) { token.kind, array->text + token.at, token.length };
  return TRUE;
}

/* The scanner is behind the token: a string may be unescaped where it is. */
static gboolean
make_field (const WsiJsonField *container,
            const WsiJsonToken *token,
            WsiJsonField       *field)
{
  char *at = container->text + token->at;
  gsize place;

  *field = (WsiJsonField) { token->kind, at, token->length };
  if (token->kind != WSI_JSON_NAME && token->kind != WSI_JSON_STRING)
    return TRUE;

  field->text++;
  return wsi_json_unescape_in_place ((guint8 *) at, token->length, &field->length, &place) == NULL;
}

gboolean
wsi_json_field_next_member (const WsiJsonField *object,
                            WsiJsonScanner     *scanner,
                            WsiJsonField       *name,
                            WsiJsonField       *value)
{
  WsiJsonToken token;

  if (object->kind != WSI_JSON_OBJECT)
    return FALSE;

  if (scanner->at == NULL)
    {
      wsi_json_scanner_init (scanner, (const guint8 *) object->text, object->length);
      wsi_json_scanner_next (scanner, &token);
    }
  if (wsi_json_scanner_next (scanner, &token) != WSI_JSON_NAME ||
      !make_field (object, &token, name))
    return FALSE;

  name->kind = WSI_JSON_STRING;
  wsi_json_scanner_next (scanner, &token);
  return wsi_json_scanner_skip (scanner, &token) && make_field (object, &token, value);
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

double
wsi_json_field_get_real (const WsiJsonField *field,
                         double              alternative)
{
  double number;

  return field->kind == WSI_JSON_NUMBER &&
         wsi_json_get_real ((const guint8 *) field->text, field->length, &number) &&
         isfinite (number)
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

static gboolean
json_fields_is_base64 (const WsiJsonField *field)
{
  const char *text = field->text;
  gsize n_digits = 0, n_padding;

  while (g_ascii_isalnum (text[n_digits]) || text[n_digits] == '+' || text[n_digits] == '/')
    n_digits++;
  n_padding = strspn (text + n_digits, "=");
  return n_digits + n_padding == field->length && n_padding <= 2 && field->length % 4 == 0;
}

/* GLib refuses to decode no bytes. */
GBytes *
wsi_json_field_take_base64 (WsiJsonField *field)
{
  gsize length = 0;

  if (field->kind != WSI_JSON_STRING || !json_fields_is_base64 (field))
    return NULL;

  if (field->length > 0)
    g_base64_decode_inplace (field->text, &length);
  return g_bytes_new (field->text, length);
}

GBytes *
wsi_json_field_dup_bytes (const WsiJsonField *field)
{
  return field->kind == WSI_JSON_STRING ? g_bytes_new (field->text, field->length)
                                        : g_bytes_new_static ("", 0);
}
