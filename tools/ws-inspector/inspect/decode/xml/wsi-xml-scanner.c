/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/xml/wsi-xml.h"

#include <string.h>

#define MAX_REFERENCE 12        /* bytes of an entity or a number, with & and ; */

static gboolean
xml_scanner_begins_with (const guint8 *at,
                         gsize         length,
                         const char   *text)
{
  gsize n = strlen (text);

  return length >= n && memcmp (at, text, n) == 0;
}

/* Sets the kind of a token that ends with these bytes, and its content. */
static WsiXmlKind
read_until (const guint8 *at,
            gsize         length,
            WsiXmlToken  *token,
            WsiXmlKind    kind,
            gsize         begin_length,
            const char   *end)
{
  gsize n = strlen (end), from = token->at + begin_length;

  token->content = MIN (from, length);
  for (gsize i = from; i + n <= length; i++)
    {
      const guint8 *found = memchr (at + i, end[0], length - i);

      if (found == NULL)
        break;
      i = found - at;
      if (!xml_scanner_begins_with (found, length - i, end))
        continue;
      token->kind = kind;
      token->content_length = i - token->content;
      token->length = i + n - token->at;
      return kind;
    }
  token->kind = WSI_XML_CUT;
  token->content_length = length - token->content;
  token->length = length - token->at;
  return WSI_XML_CUT;
}

static gboolean
xml_scanner_begins_name (guint8 byte)
{
  return g_ascii_isalpha (byte) || byte == '_' || byte == ':' || byte >= 0x80;
}

static gsize
measure_name (const guint8 *at,
              gsize         length,
              gsize         offset)
{
  gsize i = offset;

  if (i < length && !xml_scanner_begins_name (at[i]))
    return 0;
  while (i < length &&
         (xml_scanner_begins_name (at[i]) || g_ascii_isdigit (at[i]) || at[i] == '-' ||
          at[i] == '.'))
    i++;
  return i - offset;
}

static WsiXmlKind
xml_scanner_set_kind (WsiXmlToken *token,
                      WsiXmlKind   kind,
                      gsize        end)
{
  token->kind = kind;
  token->length = end - token->at;
  return kind;
}

typedef enum
{
  BRACKETS_IGNORED,
  BRACKETS_NESTED,              /* brackets of a document type: all in them belongs to it */
} Brackets;

/* The end of a tag; quotes may contain anything. */
static gsize
find_tag_end (const guint8 *at,
              gsize         length,
              gsize         offset,
              Brackets      brackets,
              gboolean     *is_found)
{
  guint n_brackets = 0;
  gsize i;

  *is_found = FALSE;
  for (i = offset; i < length && !(at[i] == '>' && n_brackets == 0); i++)
    {
      const guint8 *quote = NULL;

      if (at[i] == '[' && brackets == BRACKETS_NESTED)
        n_brackets++;
      else if (at[i] == ']' && n_brackets > 0)
        n_brackets--;
      else if (at[i] == '<' && n_brackets == 0)
        return i;
      if (at[i] != '"' && at[i] != '\'')
        continue;
      quote = i + 1 < length ? memchr (at + i + 1, at[i], length - i - 1) : NULL;
      if (quote == NULL)
        return length;
      i = quote - at;
    }
  *is_found = i < length;
  return i;
}

static WsiXmlKind
read_tag (const guint8 *at,
          gsize         length,
          WsiXmlToken  *token)
{
  gboolean is_end = token->at + 1 < length && at[token->at + 1] == '/', is_found;
  gsize end;

  token->name = token->at + 1 + is_end;
  token->name_length = measure_name (at, length, token->name);
  if (token->name_length == 0)
    return xml_scanner_set_kind (token, token->name < length ? WSI_XML_PROBLEM : WSI_XML_CUT,
                                 length);

  end = find_tag_end (at, length, token->name + token->name_length, BRACKETS_IGNORED,
                      &is_found);
  if (!is_found)
    return xml_scanner_set_kind (token, end < length ? WSI_XML_PROBLEM : WSI_XML_CUT, length);

  token->content = token->name + token->name_length;
  token->content_length = end - token->content;
  if (is_end)
    return xml_scanner_set_kind (token, WSI_XML_END, end + 1);
  return xml_scanner_set_kind (token, at[end - 1] == '/' ? WSI_XML_EMPTY : WSI_XML_START, end + 1);
}

static WsiXmlKind
read_instruction (const guint8 *at,
                  gsize         length,
                  WsiXmlToken  *token)
{
  token->name = token->at + 2;
  token->name_length = measure_name (at, length, token->name);
  return read_until (at, length, token, WSI_XML_INSTRUCTION, 2 + token->name_length, "?>");
}

static WsiXmlKind
read_doctype (const guint8 *at,
              gsize         length,
              WsiXmlToken  *token)
{
  gboolean is_found;
  gsize end = find_tag_end (at, length, token->at + 1, BRACKETS_NESTED, &is_found);

  return xml_scanner_set_kind (token, is_found ? WSI_XML_DOCTYPE : end < length ? WSI_XML_PROBLEM
                               : WSI_XML_CUT,
                               is_found ? end + 1 : length);
}

/* Whether the bytes may be the beginning of the text. */
static gboolean
xml_scanner_may_begin (const guint8 *at,
                       gsize         length,
                       const char   *text)
{
  return memcmp (at, text, MIN (length, strlen (text))) == 0;
}

WsiXmlKind
wsi_xml_read (const guint8 *at,
              gsize         length,
              gsize         offset,
              WsiXmlToken  *token)
{
  gsize n_left = length - offset;
  const guint8 *next;

  *token = (WsiXmlToken) { .at = offset };
  if (n_left == 0)
    return WSI_XML_DONE;
  if (at[offset] != '<')
    {
      next = memchr (at + offset, '<', n_left);
      token->content = offset;
      token->content_length = next != NULL ? (gsize) (next - at) - offset : n_left;
      return xml_scanner_set_kind (token, WSI_XML_TEXT, offset + token->content_length);
    }
  if (xml_scanner_begins_with (at + offset, n_left, "<!--"))
    return read_until (at, length, token, WSI_XML_COMMENT, 4, "-->");
  if (xml_scanner_begins_with (at + offset, n_left, "<![CDATA["))
    return read_until (at, length, token, WSI_XML_CDATA, 9, "]]>");
  if (xml_scanner_begins_with (at + offset, n_left, "<?"))
    return read_instruction (at, length, token);
  if (xml_scanner_begins_with (at + offset, n_left, "<!DOCTYPE"))
    return read_doctype (at, length, token);
  if (xml_scanner_may_begin (at + offset, n_left, "<!--") ||
      xml_scanner_may_begin (at + offset, n_left, "<![CDATA[") ||
      xml_scanner_may_begin (at + offset, n_left, "<!DOCTYPE"))
    return xml_scanner_set_kind (token, WSI_XML_CUT, length);
  return read_tag (at, length, token);
}

gboolean
wsi_xml_read_attribute (const guint8      *at,
                        const WsiXmlToken *tag,
                        gsize             *offset,
                        WsiXmlAttribute   *attribute)
{
  gsize end = tag->content + tag->content_length, i = *offset;
  const guint8 *quote;

  while (i < end && g_ascii_isspace (at[i]))
    i++;
  attribute->name = i;
  attribute->name_length = measure_name (at, end, i);
  i += attribute->name_length;
  while (i < end && (g_ascii_isspace (at[i]) || at[i] == '='))
    i++;
  if (attribute->name_length == 0 || i + 1 >= end || (at[i] != '"' && at[i] != '\''))
    return FALSE;

  quote = memchr (at + i + 1, at[i], end - i - 1);
  if (quote == NULL)
    return FALSE;
  attribute->value = i + 1;
  attribute->value_length = (gsize) (quote - at) - attribute->value;
  *offset = (gsize) (quote - at) + 1;
  return TRUE;
}

/* The names of elements within are compared when these are shown. */
gboolean
wsi_xml_skip (const guint8 *at,
              gsize         length,
              gsize        *offset)
{
  gsize depth = 0;

  do
    {
      WsiXmlToken token;

      switch (wsi_xml_read (at, length, *offset, &token))
        {
        case WSI_XML_START:
          depth++;
          break;
        case WSI_XML_END:
          if (depth == 0)
            return FALSE;
          depth--;
          break;
        case WSI_XML_DONE:
        case WSI_XML_CUT:
        case WSI_XML_PROBLEM:
          return FALSE;
        case WSI_XML_EMPTY:
        case WSI_XML_TEXT:
        case WSI_XML_CDATA:
        case WSI_XML_COMMENT:
        case WSI_XML_INSTRUCTION:
        case WSI_XML_DOCTYPE:
          break;
        }
      *offset += token.length;
    }
  while (depth > 0);
  return TRUE;
}

/* Appends a reference, or nothing: other entities are shown as they are written. */
static gboolean
append_reference (GString    *text,
                  const char *name)
{
  static const struct { const char *name, *text; } entities[] = {
    { "lt", "<" }, { "gt", ">" }, { "amp", "&" }, { "quot", "\"" }, { "apos", "'" },
  };
  gboolean is_hex = name[0] == '#' && name[1] == 'x';
  guint64 number = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (entities); i++)
    if (strcmp (name, entities[i].name) == 0)
      {
        g_string_append (text, entities[i].text);
        return TRUE;
      }
  if (name[0] != '#' ||
      !g_ascii_string_to_unsigned (name + (is_hex ? 2 : 1), is_hex ? 16 : 10, 1, 0x10ffff, &number,
                                   NULL) ||
      !g_unichar_validate (number))
    return FALSE;

  g_string_append_unichar (text, number);
  return TRUE;
}

void
wsi_xml_unescape (const guint8 *at,
                  gsize         length,
                  GString      *text)
{
  gsize i = 0;

  while (i < length)
    {
      const guint8 *and = memchr (at + i, '&', length - i);
      gsize begin = and != NULL ? (gsize) (and - at) : length;
      const guint8 *end = begin < length
                          ? memchr (and, ';', MIN (length - begin, MAX_REFERENCE)) : NULL;
      g_autofree char *name = NULL;

      g_string_append_len (text, (const char *) at + i, begin - i);
      i = begin;
      if (begin == length)
        return;
      name = end != NULL ? g_strndup ((const char *) and + 1, end - and - 1) : g_strdup ("");
      if (append_reference (text, name))
        i = end + 1 - at;
      else
        g_string_append_c (text, at[i++]);
    }
}
