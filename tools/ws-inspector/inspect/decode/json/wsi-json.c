/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/json/wsi-json.h"

#include <string.h>

#include "inspect/decode/json/wsi-json-string.h"

/* Takes the rest of a value that goes on. */
static WsiJsonValue
json_take_value (WsiJsonScanner *scanner,
                 WsiJsonToken   *token)
{
  WsiJsonValue value = { WSI_JSON_END, NULL, 0 };

  if (!wsi_json_is_value (token->kind))
    return value;

  wsi_json_scanner_skip (scanner, token);
  value.kind = token->kind;
  value.at = scanner->at + token->at;
  value.length = token->length;
  return value;
}

WsiJsonValue
wsi_json_read (const guint8 *at,
               gsize         length)
{
  WsiJsonScanner scanner;
  WsiJsonToken token;

  wsi_json_scanner_init (&scanner, at, length);
  wsi_json_scanner_next (&scanner, &token);
  return json_take_value (&scanner, &token);
}

WsiJsonValue
wsi_json_begin (const guint8 *at,
                gsize         length)
{
  WsiJsonScanner scanner;
  WsiJsonToken token;

  wsi_json_scanner_init (&scanner, at, length);
  wsi_json_scanner_next (&scanner, &token);
  if (token.kind == WSI_JSON_OBJECT || token.kind == WSI_JSON_ARRAY)
    return (WsiJsonValue) { token.kind, at + token.at, length - token.at };

  return json_take_value (&scanner, &token);
}

/* The place of a name that has no value yet; n: it is none of them. */
static guint
json_find_name (const guint8       *at,
                gsize               length,
                const char *const  *names,
                const WsiJsonValue *values,
                guint               n)
{
  guint i = 0;

  while (i < n && (values[i].kind != WSI_JSON_END || !wsi_json_is_equal (at, length, names[i])))
    i++;
  return i;
}

void
wsi_json_get_members (const WsiJsonValue *object,
                      const char *const  *names,
                      WsiJsonValue       *values,
                      guint               n)
{
  WsiJsonScanner scanner;
  WsiJsonToken token;
  guint n_left = n;

  for (guint i = 0; i < n; i++)
    values[i] = (WsiJsonValue) { WSI_JSON_END, NULL, 0 };
  if (object->kind != WSI_JSON_OBJECT)
    return;

  wsi_json_scanner_init (&scanner, object->at, object->length);
  wsi_json_scanner_next (&scanner, &token);
  /* The scanner goes no further after a mistake: no name follows. */
  while (n_left > 0 && wsi_json_scanner_next (&scanner, &token) == WSI_JSON_NAME)
    {
      guint i = json_find_name (scanner.at + token.at, token.length, names, values, n);
      WsiJsonValue value;

      wsi_json_scanner_next (&scanner, &token);
      value = json_take_value (&scanner, &token);
      if (i < n)
        {
          values[i] = value;
          n_left--;
        }
    }
}

gboolean
wsi_json_has_only (const WsiJsonValue *object,
                   const char *const  *names,
                   guint               n)
{
  WsiJsonScanner scanner;
  WsiJsonToken token;

  if (object->kind != WSI_JSON_OBJECT)
    return FALSE;

  wsi_json_scanner_init (&scanner, object->at, object->length);
  wsi_json_scanner_next (&scanner, &token);
  /* The scanner goes no further after a mistake: no name follows. */
  while (wsi_json_scanner_next (&scanner, &token) == WSI_JSON_NAME)
    {
      guint i = 0;

      while (i < n && !wsi_json_is_equal (scanner.at + token.at, token.length, names[i]))
        i++;
      if (i == n)
        return FALSE;

      wsi_json_scanner_next (&scanner, &token);
      json_take_value (&scanner, &token);
    }
  return TRUE;
}

WsiJsonValue
wsi_json_get_member (const WsiJsonValue *object,
                     const char         *name)
{
  WsiJsonValue value;

  wsi_json_get_members (object, &name, &value, 1);
  return value;
}

WsiJsonValue
wsi_json_get_element (const WsiJsonValue *array,
                      guint               index)
{
  WsiJsonScanner scanner;
  WsiJsonToken token;

  if (array->kind != WSI_JSON_ARRAY)
    return (WsiJsonValue) { WSI_JSON_END, NULL, 0 };

  wsi_json_scanner_init (&scanner, array->at, array->length);
  wsi_json_scanner_next (&scanner, &token);
  for (guint i = 0; i <= index; i++)
    {
      wsi_json_scanner_next (&scanner, &token);
      if (i == index)
        return json_take_value (&scanner, &token);
      if (!wsi_json_scanner_skip (&scanner, &token))
        break;
    }
  return (WsiJsonValue) { WSI_JSON_END, NULL, 0 };
}

gboolean
wsi_json_may_have (const guint8 *at,
                   gsize         length,
                   const char   *word)
{
  return length > 0 && memmem (at, length, word, strlen (word)) != NULL;
}

gboolean
wsi_json_is_text (const WsiJsonValue *value,
                  const char         *text)
{
  return value->kind == WSI_JSON_STRING && wsi_json_is_equal (value->at, value->length, text);
}

/* No other value is of digits alone. */
gboolean
wsi_json_to_whole (const WsiJsonValue *value,
                   gint64             *number)
{
  return wsi_json_get_whole (value->at, value->length, number);
}

static void
json_add_number (WsiDescription     *description,
                 const char         *name,
                 const WsiJsonValue *value)
{
  gint64 whole;
  double real;

  if (wsi_json_get_whole (value->at, value->length, &whole))
    wsi_description_add_whole (description, name, whole);
  else if (wsi_json_get_real (value->at, value->length, &real))
    wsi_description_add_real (description, name, real);
  else
    wsi_description_add_text (description, name, value->at, value->length);
}

static void
json_add_string (WsiDescription     *description,
                 const char         *name,
                 const WsiJsonValue *value)
{
  g_autoptr (GString) text = NULL;

  if (memchr (value->at, '\\', value->length) == NULL)
    {
      wsi_description_add_text (description, name, value->at + 1, value->length - 2);
      return;
    }
  text = g_string_new (NULL);
  wsi_json_unescape (value->at, value->length, text);
  wsi_description_add_text (description, name, (const guint8 *) text->str, text->len);
}

void
wsi_json_add_field (WsiDescription     *description,
                    const char         *name,
                    const WsiJsonValue *value)
{
  switch (value->kind)
    {
    case WSI_JSON_STRING:
      json_add_string (description, name, value);
      break;
    case WSI_JSON_NUMBER:
      json_add_number (description, name, value);
      break;
    case WSI_JSON_TRUE:
    case WSI_JSON_FALSE:
      wsi_description_add_boolean (description, name, value->kind == WSI_JSON_TRUE);
      break;
    case WSI_JSON_OBJECT:
    case WSI_JSON_ARRAY:
      wsi_description_add_text (description, name, value->at, value->length);
      break;
    case WSI_JSON_NULL:
    case WSI_JSON_END:
    case WSI_JSON_OBJECT_END:
    case WSI_JSON_ARRAY_END:
    case WSI_JSON_NAME:
    case WSI_JSON_CUT:
    case WSI_JSON_PROBLEM:
      break;
    }
}

void
wsi_json_add_text (WsiDescription     *description,
                   const char         *name,
                   const WsiJsonValue *value)
{
  if (value->kind == WSI_JSON_NUMBER)
    wsi_description_add_text (description, name, value->at, value->length);
  else
    wsi_json_add_field (description, name, value);
}

void
wsi_json_set_error (WsiDescription     *description,
                    const char         *field,
                    const WsiJsonValue *text)
{
  g_autoptr (GString) open = NULL;

  if (text->kind != WSI_JSON_STRING)
    {
      wsi_description_set_error (description, field, text->at, text->length);
      return;
    }

  open = g_string_new (NULL);
  wsi_json_unescape (text->at, text->length, open);
  wsi_description_set_error (description, field, (const guint8 *) open->str, open->len);
}

/* Blanks within strings are kept. */
static void
append_compact (WsiDescription *description,
                const guint8   *at,
                gsize           length)
{
  gboolean is_string = FALSE;
  gsize begin = 0, i;

  for (i = 0; i < MIN (length, 4 * WSI_DESCRIPTION_MAX_SUMMARY); i++)
    {
      if (at[i] == '"')
        is_string = !is_string;
      else if (is_string)
        i += at[i] == '\\';
      else if (g_ascii_isspace (at[i]))
        {
          wsi_description_append_peer (description, at + begin, i - begin);
          begin = i + 1;
        }
    }
  if (begin < length)
    wsi_description_append_peer (description, at + begin, length - begin);
}

void
wsi_json_append (WsiDescription     *description,
                 const WsiJsonValue *value)
{
  if (value->kind == WSI_JSON_STRING)
    wsi_description_append_peer (description, value->at + 1, value->length - 2);
  else
    append_compact (description, value->at, value->length);
}

void
wsi_json_set_pair (WsiDescription     *description,
                   WsiPairing          pairing,
                   const WsiJsonValue *value)
{
  if (value->kind == WSI_JSON_STRING || value->kind == WSI_JSON_NUMBER)
    wsi_description_set_pair (description, pairing, value->at, value->length);
}
