/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/files/wsi-json-lines.h"

#include "inspect/decode/json/wsi-json-scanner.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define PIECE (64 * 1024)
#define ESCAPED_ZERO "\\u0000"

struct _WsiJsonLines
{
  GInputStream *stream;
  JsonParser   *parser;
  GByteArray   *bytes;
  gsize         at;             /* in bytes: what is before it was read */
  gsize         length;         /* of the line before it */
  gsize         n_searched;     /* from there, without a line feed */
  guint64       line, offset, next_offset, n_torn;
  gboolean      is_ended;       /* the stream is */
};

WsiJsonLines *
wsi_json_lines_new (GInputStream *stream)
{
  WsiJsonLines *self = g_new0 (WsiJsonLines, 1);

  self->stream = g_object_ref (stream);
  self->parser = json_parser_new ();
  self->bytes = g_byte_array_new ();
  return self;
}

void
wsi_json_lines_free (WsiJsonLines *self)
{
  g_object_unref (self->stream);
  g_object_unref (self->parser);
  g_byte_array_unref (self->bytes);
  g_free (self);
}

guint64
wsi_json_lines_get_line (const WsiJsonLines *self)
{
  return self->line;
}

const char *
wsi_json_lines_get_text (const WsiJsonLines *self,
                         gsize              *length)
{
  *length = self->length;
  return self->length > 0 ? (const char *) self->bytes->data + self->at - self->length : "";
}

guint64
wsi_json_lines_get_offset (const WsiJsonLines *self)
{
  return self->offset;
}

guint64
wsi_json_lines_get_n_bytes (const WsiJsonLines *self)
{
  return self->next_offset;
}

guint64
wsi_json_lines_get_n_torn (const WsiJsonLines *self)
{
  return self->n_torn;
}

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

/* Makes room in front once half of the bytes are read, so that each is moved about once. */
static gboolean
fill (WsiJsonLines *self,
      GCancellable *cancellable,
      GError      **error)
{
  guint8 piece[PIECE];
  gssize n;

  if (self->at > self->bytes->len / 2)
    {
      g_byte_array_remove_range (self->bytes, 0, self->at);
      self->at = 0;
    }

  n = g_input_stream_read (self->stream, piece, sizeof piece, cancellable, error);
  if (n < 0)
    g_prefix_error (error, _("Reading failed at byte %" PRIu64 ": "),
                    self->next_offset + self->bytes->len - self->at);
  if (n > 0)
    g_byte_array_append (self->bytes, piece, n);
  self->is_ended = n == 0;
  return n >= 0;
}

/* The next line with its line feed, or what is left at the end; 0 = nothing, or an error. */
static gsize
find_line (WsiJsonLines *self,
           GCancellable *cancellable,
           GError      **error)
{
  for (;;)
    {
      const guint8 *line = self->bytes->len > 0 ? self->bytes->data + self->at : NULL;
      gsize n_left = self->bytes->len - self->at;
      const guint8 *end = n_left > self->n_searched
                          ? memchr (line + self->n_searched, '\n', n_left - self->n_searched)
                          : NULL;

      if (end != NULL)
        return end + 1 - line;

      self->n_searched = n_left;
      if (self->is_ended)
        return n_left;

      if (n_left > WSI_JSON_MAX_LINE)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _("Line %" PRIu64 " is too long: limit %u MiB"), self->line,
                       WSI_JSON_MAX_LINE / 1024 / 1024);
          return 0;
        }

      if (!fill (self, cancellable, error))
        return 0;
    }
}

static JsonObject *
parse (WsiJsonLines *self,
       const char   *text,
       gsize         length,
       GError      **error)
{
  JsonObject *object = wsi_json_parse_object (self->parser, text, length, error);

  if (object == NULL)
    g_prefix_error (error, _("Line %" PRIu64 ", byte %" PRIu64 ": "), self->line,
                    self->offset);
  return object;
}

static gboolean
is_blank (const char *text,
          gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (strchr (" \t\r\n", text[i]) == NULL || text[i] == '\0')
      return FALSE;

  return TRUE;
}

/* NULL: the end, or an error. */
static const char *
take_line (WsiJsonLines *self,
           gsize        *length,
           GCancellable *cancellable,
           GError      **error)
{
  const char *text;

  self->line++;
  self->n_searched = 0;
  self->offset = self->next_offset;
  *length = find_line (self, cancellable, error);
  if (*length == 0)
    return NULL;

  text = (const char *) self->bytes->data + self->at;
  self->at += *length;
  self->length = *length;
  self->next_offset += *length;
  return text;
}

JsonObject *
wsi_json_lines_find (WsiJsonLines *self,
                     const char   *begin,
                     GCancellable *cancellable)
{
  JsonObject *object = NULL;

  while (object == NULL)
    {
      gsize length;
      const char *text = take_line (self, &length, cancellable, NULL);

      if (text == NULL)
        return NULL;

      if (length > strlen (begin) && memcmp (text, begin, strlen (begin)) == 0)
        object = parse (self, text, length, NULL);
    }
  return object;
}

JsonObject *
wsi_json_lines_read (WsiJsonLines *self,
                     GCancellable *cancellable,
                     GError      **error)
{
  g_autoptr (GError) reason = NULL;
  const char *text;
  gsize length;

  do
    {
      text = take_line (self, &length, cancellable, error);
      if (text == NULL)
        return NULL;
    }
  while (is_blank (text, length));

  JsonObject *object = parse (self, text, length, &reason);

  if (object == NULL && text[length - 1] != '\n')
    self->n_torn = length;
  else if (object == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return object;
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

gboolean
wsi_json_is_true (JsonObject *object,
                  const char *name)
{
  JsonNode *node = find_value (object, name, G_TYPE_BOOLEAN);

  return node != NULL && json_node_get_boolean (node);
}
