/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/json/wsi-json.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/decode/json/wsi-json-string.h"
#include "inspect/store/memory/wsi-bytes.h"

#define MAX_PROBED_TOKENS 16
#define MAX_STEPS 64
/* Bytes of a string that is shown: a quote, escapes of one byte each, and a pair that is cut. */
#define MAX_ESCAPED (1 + 6 * WSI_DECODE_MAX_VALUE + 12)

/* Probes a list or an object whose beginning has no mistake.  Strings and numbers alone are
 * text. */
static guint
json_decoder_probe (const WsiDecodeInput *input)
{
  WsiJsonScanner scanner;
  WsiJsonToken token;

  wsi_json_scanner_init (&scanner, input->at, input->length);
  wsi_json_scanner_next (&scanner, &token);
  if (token.kind != WSI_JSON_OBJECT && token.kind != WSI_JSON_ARRAY)
    return WSI_SCORE_NONE;

  for (guint i = 0; i < MAX_PROBED_TOKENS; i++)
    switch (wsi_json_scanner_next (&scanner, &token))
      {
      case WSI_JSON_PROBLEM:
        return WSI_SCORE_NONE;
      case WSI_JSON_END:
        return WSI_SCORE_LIKELY;
      case WSI_JSON_CUT:
        return input->extent == WSI_EXTENT_BEGINNING ? WSI_SCORE_LIKELY : WSI_SCORE_POSSIBLE;
      case WSI_JSON_OBJECT:
      case WSI_JSON_OBJECT_END:
      case WSI_JSON_ARRAY:
      case WSI_JSON_ARRAY_END:
      case WSI_JSON_NAME:
      case WSI_JSON_STRING:
      case WSI_JSON_NUMBER:
      case WSI_JSON_TRUE:
      case WSI_JSON_FALSE:
      case WSI_JSON_NULL:
        break;
      }
  return WSI_SCORE_LIKELY;
}

static void
json_decoder_describe (const WsiDecodeInput *input,
                       WsiDescription       *description)
{
  WsiJsonValue all = { WSI_JSON_OBJECT, input->at, input->length };

  wsi_json_append (description, &all);
  wsi_description_set_content (description, "json", 0, input->length);
}

static const char *
json_decoder_name_kind (WsiJsonKind kind)
{
  static const char *const names[] = {
    [WSI_JSON_OBJECT] = "object", [WSI_JSON_ARRAY] = "array", [WSI_JSON_STRING] = "string",
    [WSI_JSON_NUMBER] = "number", [WSI_JSON_TRUE] = "boolean", [WSI_JSON_FALSE] = "boolean",
    [WSI_JSON_NULL] = "null",
  };

  return names[kind];
}

static void
set_string (WsiDecodeNode *node,
            const guint8  *at,
            gsize          length)
{
  g_autoptr (GString) text = NULL;

  if (node->is_bare)
    return;

  text = g_string_new (NULL);
  wsi_json_unescape (at, MIN (length, MAX_ESCAPED), text);
  wsi_decode_node_set_text (node, (const guint8 *) text->str, text->len);
}

static void json_decoder_expand (WsiDecodeNode *node);

/* Sets the range of a node to that of its value. */
static void
json_decoder_set_node (WsiDecodeNode *node,
                       WsiJsonKind    kind,
                       gsize          length)
{
  const guint8 *at = (const guint8 *) wsi_bytes_get_data (node->bytes, NULL) + node->offset;

  node->type = json_decoder_name_kind (kind);
  node->form = WSI_DECODE_VALUE_NONE;
  if (kind == WSI_JSON_OBJECT || kind == WSI_JSON_ARRAY)
    wsi_decode_node_set_expand (node, json_decoder_expand, 0);
  else if (kind == WSI_JSON_STRING)
    set_string (node, at, length);
  else
    wsi_decode_node_set_text (node, at, length);
  if (kind == WSI_JSON_STRING)
    wsi_decode_node_set_value_range (node, WSI_DECODE_VALUE_JSON, node->offset + 1, length - 2);
  else if (kind == WSI_JSON_NUMBER)
    wsi_decode_node_set_value_range (node, WSI_DECODE_VALUE_DIGITS, node->offset, length);
}

/* Adds a child.  FALSE: the list has no more elements, or cannot be read on. */
static gboolean
json_decoder_add_child (WsiDecodeNode  *parent,
                        WsiJsonScanner *scanner,
                        guint64         index)
{
  WsiJsonToken token, name = { 0 };
  WsiDecodeNode *child;

  if (wsi_json_scanner_next (scanner, &token) == WSI_JSON_NAME)
    {
      name = token;
      wsi_json_scanner_next (scanner, &token);
    }
  if (!wsi_json_is_value (token.kind))
    return FALSE;

  wsi_json_scanner_skip (scanner, &token);
  child = wsi_decode_node_add (parent, NULL, "", token.at, token.length);
  if (name.length > 0)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      wsi_json_unescape (scanner->at + name.at, MIN (name.length, MAX_ESCAPED), text);
      wsi_decode_node_set_name (child, (const guint8 *) text->str, text->len);
    }
  else
    {
      child->name = g_strdup_printf ("[%" PRIu64 "]", index);
    }
  json_decoder_set_node (child, token.kind, token.length);
  return scanner->fault == WSI_JSON_FAULT_NONE;
}

/* Where the next element begins; FALSE: there is none. */
static gboolean
peek_element (const WsiJsonScanner *scanner,
              gsize                *offset)
{
  WsiJsonScanner copy = *scanner;
  WsiJsonToken token;

  wsi_json_scanner_next (&copy, &token);
  *offset = token.at;
  return token.kind == WSI_JSON_NAME || wsi_json_is_value (token.kind);
}

/* The scanner is after the end of the list, or before what it cannot read. */
static void
json_decoder_add_problem (WsiDecodeNode  *node,
                          WsiJsonScanner *scanner)
{
  WsiJsonToken token;

  if (scanner->fault == WSI_JSON_FAULT_NONE)
    wsi_json_scanner_next (scanner, &token);
  if (scanner->fault != WSI_JSON_FAULT_NONE)
    wsi_decode_node_add_problem (node, scanner->position, "%s",
                                 _(wsi_json_scanner_get_sentence (scanner)));
}

static void expand_rest (WsiDecodeNode *node);

static void
json_decoder_add_children (WsiDecodeNode  *node,
                           WsiJsonScanner *scanner,
                           guint64         index)
{
  gsize offset;

  for (guint i = 0; i < WSI_DECODE_PAGE; i++)
    if (!json_decoder_add_child (node, scanner, index + i))
      {
        json_decoder_add_problem (node, scanner);
        return;
      }
  if (!peek_element (scanner, &offset))
    {
      WsiJsonToken end;

      wsi_json_scanner_next (scanner, &end);
      json_decoder_add_problem (node, scanner);
      return;
    }
  wsi_decode_node_add_rest (node, offset, scanner->length - offset, expand_rest,
                            (index + WSI_DECODE_PAGE) << 1 | scanner->is_object[0]);
}

static void
expand_rest (WsiDecodeNode *node)
{
  WsiJsonKind container = node->state & 1 ? WSI_JSON_OBJECT : WSI_JSON_ARRAY;
  WsiJsonScanner scanner;

  wsi_json_scanner_resume (&scanner, wsi_bytes_get_data (node->bytes, NULL),
                           node->offset + node->length, node->offset, container);
  json_decoder_add_children (node, &scanner, node->state >> 1);
}

static void
json_decoder_expand (WsiDecodeNode *node)
{
  WsiJsonScanner scanner;
  WsiJsonToken token;

  wsi_json_scanner_init (&scanner, wsi_bytes_get_data (node->bytes, NULL),
                         node->offset + node->length);
  scanner.position = node->offset;
  wsi_json_scanner_next (&scanner, &token);
  json_decoder_add_children (node, &scanner, 0);
}

void
wsi_json_set_node (WsiDecodeNode *node)
{
  const guint8 *at = wsi_bytes_get_data (node->bytes, NULL);
  WsiJsonScanner scanner;
  WsiJsonToken token;

  wsi_json_scanner_init (&scanner, at, node->offset + node->length);
  scanner.position = node->offset;
  wsi_json_scanner_next (&scanner, &token);
  if (wsi_json_is_value (token.kind))
    {
      node->length -= token.at - node->offset;
      node->offset = token.at;
      json_decoder_set_node (node, token.kind, token.length);
      return;
    }
  node->type = "text";
  wsi_decode_node_set_text (node, node->length > 0 ? at + node->offset : NULL, node->length);
  wsi_decode_node_set_value_range (node, WSI_DECODE_VALUE_TEXT, node->offset, node->length);
}

static void
json_decoder_decode (const WsiDecodeInput *input,
                     WsiDecodeNode        *root)
{
  wsi_json_set_node (root);
}

/* The way down to the values of a path. */
typedef struct
{
  const WsiDecodeStep *path;
  guint                n_steps;
  guint                n_matched;       /* steps down to the container that is read */
  guint64              indexes[MAX_STEPS];      /* index of the next element, by depth */
} Way;

/* Whether the next value is one step further on the way. */
static gboolean
is_next_step (Way            *way,
              WsiJsonScanner *scanner,
              WsiJsonToken   *token)
{
  const WsiDecodeStep *step = &way->path[way->n_matched];
  gboolean is_it;

  if (token->kind == WSI_JSON_NAME)
    {
      is_it = step->name != NULL &&
              wsi_json_is_equal (scanner->at + token->at, token->length, step->name);
      wsi_json_scanner_next (scanner, token);
      return is_it;
    }
  return step->name == NULL && way->indexes[way->n_matched]++ == step->index;
}

/* Takes a value, which may be a name first: goes down, adds it, or skips it. */
static void
json_decoder_step (Way            *way,
                   WsiJsonScanner *scanner,
                   WsiJsonToken   *token,
                   WsiDescription *description)
{
  gboolean is_step = is_next_step (way, scanner, token);
  WsiJsonValue value;

  if (!wsi_json_is_value (token->kind))
    return;

  if (is_step && way->n_matched + 1 < way->n_steps)
    {
      if (token->kind != WSI_JSON_OBJECT && token->kind != WSI_JSON_ARRAY)
        return;
      way->n_matched++;
      way->indexes[way->n_matched] = 0;
      return;
    }
  wsi_json_scanner_skip (scanner, token);
  if (!is_step)
    return;

  value = (WsiJsonValue) { token->kind, scanner->at + token->at, token->length };
  wsi_json_add_field (description, wsi_json_decoder.name, &value);
}

/* Values in containers that are not on the way are skipped.  All members with
 * equal names are values of the path (SEC-117). */
static void
json_decoder_find (const WsiDecodeInput *input,
                   const WsiDecodeStep  *path,
                   guint                 n_steps,
                   WsiDescription       *description)
{
  Way way = { path, n_steps, 0, { 0 } };
  WsiJsonScanner scanner;
  WsiJsonToken token;

  wsi_json_scanner_init (&scanner, input->at, input->length);
  wsi_json_scanner_next (&scanner, &token);
  if (!wsi_json_is_value (token.kind) || n_steps > MAX_STEPS)
    return;

  if (n_steps == 0)
    {
      WsiJsonValue all = { token.kind, input->at + token.at, input->length - token.at };

      if (token.kind == WSI_JSON_OBJECT || token.kind == WSI_JSON_ARRAY)
        wsi_json_add_field (description, "json", &all);
      return;
    }

  while (scanner.fault == WSI_JSON_FAULT_NONE && scanner.depth > 0)
    {
      wsi_json_scanner_next (&scanner, &token);
      if (token.kind == WSI_JSON_OBJECT_END || token.kind == WSI_JSON_ARRAY_END)
        way.n_matched -= way.n_matched > 0;
      else
        json_decoder_step (&way, &scanner, &token, description);
    }
}

const WsiDecoder wsi_json_decoder = {
  .name = "json", .title = "JSON",
  .begins = WSI_BEGIN_BRACE | WSI_BEGIN_BRACKET | WSI_BEGIN_BLANK,
  .probe = json_decoder_probe, .describe = json_decoder_describe, .decode = json_decoder_decode, .find = json_decoder_find,
  .path_description = N_("Member of JSON, such as json.a.b[0]; of other formats, of the JSON in the message"),
};
