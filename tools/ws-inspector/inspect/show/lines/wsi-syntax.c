/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/lines/wsi-syntax.h"

#include "inspect/decode/json/wsi-json-scanner.h"
#include "inspect/decode/xml/wsi-xml.h"
#include "inspect/store/memory/wsi-bytes.h"

#define TOKENS_AT_ONCE 4096     /* tokens between two looks at the cancellable */

struct _WsiSyntax
{
  GArray *parts;                /* parts of the text (WsiSyntaxPart), from left to right */
};

static void
syntax_add (WsiSyntax    *self,
            WsiSyntaxKind kind,
            gsize         begin,
            gsize         end)
{
  WsiSyntaxPart part = { begin, end, kind };

  if (begin < end)
    g_array_append_val (self->parts, part);
}

/* The kind of a token.  FALSE: it has no colour. */
static gboolean
syntax_find_kind (WsiJsonKind    kind,
                  WsiSyntaxKind *found)
{
  switch (kind)
    {
    case WSI_JSON_NAME:
      *found = WSI_SYNTAX_NAME;
      return TRUE;
    case WSI_JSON_STRING:
      *found = WSI_SYNTAX_STRING;
      return TRUE;
    case WSI_JSON_NUMBER:
      *found = WSI_SYNTAX_NUMBER;
      return TRUE;
    case WSI_JSON_TRUE:
    case WSI_JSON_FALSE:
    case WSI_JSON_NULL:
      *found = WSI_SYNTAX_WORD;
      return TRUE;
    case WSI_JSON_OBJECT:
    case WSI_JSON_OBJECT_END:
    case WSI_JSON_ARRAY:
    case WSI_JSON_ARRAY_END:
    case WSI_JSON_END:
    case WSI_JSON_CUT:
    case WSI_JSON_PROBLEM:
      return FALSE;
    }

  g_assert_not_reached ();
}

/* Reads JSON.  FALSE: it was cancelled. */
static gboolean
read_json (WsiSyntax    *self,
           const guint8 *at,
           gsize         length,
           GCancellable *cancellable)
{
  WsiJsonScanner scanner;
  WsiJsonToken token;
  WsiSyntaxKind kind;
  guint n_tokens = 0;

  wsi_json_scanner_init (&scanner, at, length);
  while (wsi_json_scanner_next (&scanner, &token) != WSI_JSON_END && token.kind != WSI_JSON_CUT &&
         token.kind != WSI_JSON_PROBLEM)
    {
      if (syntax_find_kind (token.kind, &kind))
        syntax_add (self, kind, token.at, token.at + token.length);
      if (++n_tokens % TOKENS_AT_ONCE == 0 && g_cancellable_is_cancelled (cancellable))
        return FALSE;
    }
  return TRUE;
}

/* Adds a tag, to which the brackets belong. */
static void
syntax_add_tag (WsiSyntax         *self,
                const guint8      *at,
                const WsiXmlToken *token)
{
  gsize end = token->at + token->length, offset = token->content;
  gsize from = token->name + token->name_length;
  WsiXmlAttribute attribute;

  syntax_add (self, WSI_SYNTAX_TAG, token->at, from);
  while (token->kind != WSI_XML_END && wsi_xml_read_attribute (at, token, &offset, &attribute))
    {
      syntax_add (self, WSI_SYNTAX_ATTRIBUTE, attribute.name,
                  attribute.name + attribute.name_length);
      syntax_add (self, WSI_SYNTAX_STRING, attribute.value - 1,
                  attribute.value + attribute.value_length + 1);
      from = offset;
    }
  syntax_add (self, WSI_SYNTAX_TAG, from, end);
}

/* Reads XML.  FALSE: it was cancelled. */
static gboolean
read_xml (WsiSyntax    *self,
          const guint8 *at,
          gsize         length,
          GCancellable *cancellable)
{
  guint n_tokens = 0;
  WsiXmlToken token;
  WsiXmlKind kind;

  for (gsize offset = 0; offset < length; offset = token.at + token.length)
    {
      kind = wsi_xml_read (at, length, offset, &token);
      if (kind == WSI_XML_CUT || kind == WSI_XML_PROBLEM)
        return TRUE;

      if (kind == WSI_XML_START || kind == WSI_XML_EMPTY || kind == WSI_XML_END)
        syntax_add_tag (self, at, &token);
      else if (kind != WSI_XML_TEXT)
        syntax_add (self, WSI_SYNTAX_COMMENT, token.at, token.at + token.length);
      if (++n_tokens % TOKENS_AT_ONCE == 0 && g_cancellable_is_cancelled (cancellable))
        return FALSE;
    }
  return TRUE;
}

/* The first byte that is not a blank; 0 = there is none. */
static guint8
find_first (const guint8 *at,
            gsize         length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (at[i]))
      return at[i];
  return 0;
}

WsiSyntax *
wsi_syntax_new (GBytes       *bytes,
                GCancellable *cancellable)
{
  g_autoptr (WsiSyntax) self = NULL;
  gsize length;
  const guint8 *at = wsi_bytes_get_data (bytes, &length);
  guint8 first = length <= WSI_MAX_SYNTAX ? find_first (at, length) : 0;

  if (first != '{' && first != '[' && first != '<')
    return NULL;

  self = g_new0 (WsiSyntax, 1);
  self->parts = g_array_new (FALSE, FALSE, sizeof (WsiSyntaxPart));
  if (first == '<' ? !read_xml (self, at, length, cancellable)
                   : !read_json (self, at, length, cancellable))
    return NULL;
  return g_steal_pointer (&self);
}

void
wsi_syntax_free (WsiSyntax *self)
{
  g_array_unref (self->parts);
  g_free (self);
}

/* The number of parts that end at this place or before it. */
static guint
count_before (const WsiSyntax *self,
              gsize            place)
{
  guint low = 0, high = self->parts->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->parts, WsiSyntaxPart, middle).end <= place)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

const WsiSyntaxPart *
wsi_syntax_get_parts (const WsiSyntax *self,
                      gsize            begin,
                      gsize            end,
                      guint           *n_parts)
{
  guint first = count_before (self, begin), last = first;

  while (last < self->parts->len && g_array_index (self->parts, WsiSyntaxPart, last).begin < end)
    last++;
  *n_parts = last - first;
  return &g_array_index (self->parts, WsiSyntaxPart, first);
}
