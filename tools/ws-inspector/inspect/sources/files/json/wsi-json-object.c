/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/json/wsi-json-object.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "inspect/decode/json/wsi-json-scanner.h"
#include "inspect/decode/json/wsi-json-string.h"

#define ESCAPED_ZERO "\\u0000"

/* Also FALSE for comments and other quotes: they are no JSON, but a parser may accept them, and
 * they could hide brackets. */
gboolean
wsi_json_is_small (const char *text,
                   gsize       length)
{
  gboolean is_in_string = FALSE;
  guint depth = 0, n_values = 0;

  for (gsize i = 0; i < length; i++)
    if (is_in_string)
      {
        is_in_string = text[i] != '"';
        i += text[i] == '\\' ? 1 : 0;
      }
    else if (text[i] == '[' || text[i] == '{')
      {
        if (++depth > WSI_JSON_MAX_DEPTH || ++n_values > WSI_JSON_MAX_VALUES)
          return FALSE;
      }
    else if (text[i] == ']' || text[i] == '}')
      depth -= MIN (depth, 1);
    else if (memchr ("/'#", text[i], 3) != NULL ||
             (text[i] == ',' && ++n_values > WSI_JSON_MAX_VALUES))
      return FALSE;
    else
      is_in_string = text[i] == '"';

  return TRUE;
}

JsonObject *
wsi_json_parse_object (JsonParser *parser,
                       const char *text,
                       gsize       length,
                       GError    **error)
{
  g_autoptr (GError) reason = NULL;
  JsonNode *root = NULL;

  if (!g_utf8_validate_len (text, length, NULL))
    reason = g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("it is not UTF-8"));
  else if (!wsi_json_is_small (text, length))
    reason = g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                          _("it is nested too deep, has too many values, or has a comment"));
  else if (json_parser_load_from_data (parser, text, length, &reason))
    root = json_parser_get_root (parser);

  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    return json_object_ref (json_node_get_object (root));

  if (reason != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("expected an object of JSON: %s"),
                 reason->message);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                         _("expected an object of JSON"));
  return NULL;
}

static JsonNode *
find_value (JsonObject *object,
            const char *name,
            GType       type)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type
         ? node : NULL;
}

const char *
wsi_json_get_string (JsonObject *object,
                     const char *name)
{
  JsonNode *node = find_value (object, name, G_TYPE_STRING);

  return node != NULL ? json_node_get_string (node) : NULL;
}

/* NULL: there is no such string.  The last one of several is taken, as the parser does. */
static GBytes *
scan_member (const char *text,
             gsize       length,
             const char *name)
{
  const guint8 *at = (const guint8 *) text;
  gboolean is_next = FALSE;
  GBytes *found = NULL;
  WsiJsonScanner scanner;
  WsiJsonToken token;

  wsi_json_scanner_init (&scanner, at, length);
  while (wsi_json_scanner_next (&scanner, &token) < WSI_JSON_CUT && token.kind != WSI_JSON_END)
    {
      if (is_next && token.kind == WSI_JSON_STRING)
        {
          g_autoptr (GString) plain = g_string_new (NULL);

          wsi_json_unescape (at + token.at, token.length, plain);
          g_clear_pointer (&found, g_bytes_unref);
          found = g_string_free_to_bytes (g_steal_pointer (&plain));
        }
      is_next = scanner.depth == 1 && token.kind == WSI_JSON_NAME &&
                wsi_json_is_equal (at + token.at, token.length, name);
    }

  return found;
}

GBytes *
wsi_json_dup_bytes (JsonObject *object,
                    const char *name,
                    const char *text,
                    gsize       length)
{
  const char *string = wsi_json_get_string (object, name);
  GBytes *bytes = NULL;

  if (string != NULL && memmem (text, length, ESCAPED_ZERO, strlen (ESCAPED_ZERO)) != NULL)
    bytes = scan_member (text, length, name);
  if (bytes == NULL && string != NULL)
    bytes = g_bytes_new (string, strlen (string));
  return bytes;
}

gint64
wsi_json_get_number (JsonObject *object,
                     const char *name,
                     gint64      alternative)
{
  JsonNode *node = find_value (object, name, G_TYPE_INT64);

  return node != NULL ? json_node_get_int (node) : alternative;
}

double
wsi_json_get_double (JsonObject *object,
                     const char *name,
                     double      alternative)
{
  JsonNode *node = find_value (object, name, G_TYPE_DOUBLE);
  double number;

  if (node == NULL)
    node = find_value (object, name, G_TYPE_INT64);
  number = node != NULL ? json_node_get_double (node) : alternative;
  return isfinite (number) ? number : alternative;
}

JsonObject *
wsi_json_get_object (JsonObject *object,
                     const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
wsi_json_get_array (JsonObject *object,
                    const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}
