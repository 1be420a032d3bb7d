/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/xml/wsi-xml.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/store/memory/wsi-bytes.h"

#define MAX_PROBED_TOKENS 32
#define MAX_STEPS 64
#define MAX_ATTRIBUTES WSI_DECODE_PAGE

/* The state of a node. */
enum
{
  STATE_CUT = 1 << 0,           /* the range ends before the element does */
  STATE_BEGINNING = 1 << 1,     /* the message goes on: a cut range is not a problem */
};

static gboolean
xml_is_blank (const guint8 *at,
              gsize         length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (at[i]))
      return FALSE;
  return TRUE;
}

static gboolean
xml_is_text (const WsiXmlToken *token,
             const guint8      *at)
{
  return token->kind == WSI_XML_CDATA ||
         (token->kind == WSI_XML_TEXT &&
          !xml_is_blank (at + token->content, token->content_length));
}

/* Skips a byte order mark and blanks. */
static gsize
skip_beginning (const WsiDecodeInput *input)
{
  gsize i = 0;

  if (input->length >= 3 && memcmp (input->at, "\xef\xbb\xbf", 3) == 0)
    i = 3;
  while (i < input->length && g_ascii_isspace (input->at[i]))
    i++;
  return i;
}

/* Checks a token.  FALSE: the bytes are not XML. */
static gboolean
check_token (const WsiDecodeInput *input,
             const WsiXmlToken    *token,
             gsize                *depth,
             gboolean             *has_element)
{
  if (token->kind == WSI_XML_PROBLEM ||
      (token->kind == WSI_XML_CUT && input->extent == WSI_EXTENT_WHOLE) ||
      (token->kind == WSI_XML_END && *depth == 0) ||
      (*depth == 0 && xml_is_text (token, input->at)))
    return FALSE;

  if (token->kind == WSI_XML_START)
    ++*depth;
  else if (token->kind == WSI_XML_END)
    --*depth;
  *has_element |= token->kind == WSI_XML_START || token->kind == WSI_XML_EMPTY;
  return TRUE;
}

static guint
xml_probe (const WsiDecodeInput *input)
{
  gsize offset = skip_beginning (input), depth = 0;
  gboolean has_element = FALSE;
  gboolean is_declared = input->length - offset > 5 &&
                         memcmp (input->at + offset, "<?xml", 5) == 0;
  WsiXmlToken token = { .kind = WSI_XML_TEXT };

  for (guint i = 0; i < MAX_PROBED_TOKENS; i++)
    {
      if (wsi_xml_read (input->at, input->length, offset, &token) == WSI_XML_DONE)
        break;
      if (!check_token (input, &token, &depth, &has_element))
        return WSI_SCORE_NONE;
      offset += token.length;
    }
  if (!has_element || (token.kind == WSI_XML_DONE && depth > 0 &&
                       input->extent == WSI_EXTENT_WHOLE))
    return WSI_SCORE_NONE;
  return is_declared ? WSI_SCORE_SURE : WSI_SCORE_LIKELY;
}

/* The message as it is, without blank text, comments and instructions. */
static void
xml_describe (const WsiDecodeInput *input,
              WsiDescription       *description)
{
  gsize offset = skip_beginning (input), begin = description->summary->len;
  WsiXmlToken token;

  while (description->summary->len - begin < WSI_DESCRIPTION_MAX_SUMMARY &&
         wsi_xml_read (input->at, input->length, offset, &token) != WSI_XML_DONE)
    {
      if (xml_is_text (&token, input->at) || token.kind == WSI_XML_START ||
          token.kind == WSI_XML_EMPTY || token.kind == WSI_XML_END || token.kind == WSI_XML_CUT ||
          token.kind == WSI_XML_PROBLEM)
        wsi_description_append_peer (description, input->at + token.at, token.length);
      offset += token.length;
    }
}

static void xml_expand (WsiDecodeNode *node);

static const guint8 *
xml_get_data (const WsiDecodeNode *node)
{
  return wsi_bytes_get_data (node->bytes, NULL);
}

static void
xml_set_text (WsiDecodeNode *node,
              const guint8  *at,
              gsize          length)
{
  g_autoptr (GString) text = g_string_new (NULL);

  wsi_xml_unescape (at, MIN (length, WSI_DECODE_MAX_VALUE + 1), text);
  wsi_decode_node_set_text (node, (const guint8 *) text->str, text->len);
}

/* The text at the beginning of an element is its value. */
static void
set_element_text (WsiDecodeNode     *node,
                  const WsiXmlToken *tag)
{
  const guint8 *at = xml_get_data (node);
  WsiXmlToken token;

  if (tag->kind != WSI_XML_START)
    return;

  wsi_xml_read (at, node->offset + node->length, tag->at + tag->length, &token);
  if (token.kind == WSI_XML_TEXT && xml_is_text (&token, at))
    xml_set_text (node, at + token.content, token.content_length);
  else if (token.kind == WSI_XML_CDATA)
    wsi_decode_node_set_text (node, at + token.content, token.content_length);
}

static gsize
xml_add_element (WsiDecodeNode     *parent,
                 const WsiXmlToken *tag,
                 gsize              end,
                 guint64            state)
{
  const guint8 *at = xml_get_data (parent);
  gsize offset = tag->at;
  gboolean is_whole = wsi_xml_skip (at, end, &offset);
  gsize element_end = is_whole ? offset : end;
  WsiDecodeNode *node = wsi_decode_node_add (parent, NULL, "element", tag->at,
                                             element_end - tag->at);

  wsi_decode_node_set_name (node, at + tag->name, tag->name_length);
  set_element_text (node, tag);
  if (tag->kind == WSI_XML_EMPTY && xml_is_blank (at + tag->content, tag->content_length - 1))
    return element_end;

  wsi_decode_node_set_expand (node, xml_expand, (state & STATE_BEGINNING)
                              | (is_whole ? 0 : STATE_CUT));
  if (node->expand == NULL)
    wsi_decode_node_set_value (node, _("not shown: more than %u levels"), WSI_DECODE_MAX_DEPTH);
  return element_end;
}

static const char *
xml_name_kind (WsiXmlKind kind)
{
  return kind == WSI_XML_TEXT ? "text" : kind == WSI_XML_CDATA ? "cdata"
         : kind == WSI_XML_COMMENT ? "comment" : kind == WSI_XML_DOCTYPE ? "document type"
         : "instruction";
}

static void
xml_add_other (WsiDecodeNode     *parent,
               const WsiXmlToken *token)
{
  const guint8 *at = xml_get_data (parent);
  WsiDecodeNode *node;

  if (token->kind == WSI_XML_TEXT && !xml_is_text (token, at))
    return;

  node = wsi_decode_node_add (parent, NULL, xml_name_kind (token->kind), token->at, token->length);
  wsi_decode_node_set_value_range (node, token->kind == WSI_XML_TEXT ? WSI_DECODE_VALUE_XML
                                                                     : WSI_DECODE_VALUE_TEXT,
                                   token->content, token->content_length);
  if (token->kind == WSI_XML_INSTRUCTION)
    wsi_decode_node_set_name (node, at + token->name, token->name_length);
  if (token->kind == WSI_XML_TEXT)
    xml_set_text (node, at + token->content, token->content_length);
  else if (token->kind == WSI_XML_DOCTYPE)
    wsi_decode_node_set_value (node, _("not read"));
  else
    wsi_decode_node_set_text (node, at + token->content, token->content_length);
}

/* Adds what is at an offset, and returns its end; the offset if nothing can be read there. */
static gsize
xml_add_part (WsiDecodeNode *parent,
              gsize          offset,
              gsize          end,
              guint64        state)
{
  WsiXmlToken token;

  switch (wsi_xml_read (xml_get_data (parent), end, offset, &token))
    {
    case WSI_XML_START:
    case WSI_XML_EMPTY:
      return xml_add_element (parent, &token, end, state);
    case WSI_XML_TEXT:
    case WSI_XML_CDATA:
    case WSI_XML_COMMENT:
    case WSI_XML_INSTRUCTION:
    case WSI_XML_DOCTYPE:
      xml_add_other (parent, &token);
      return offset + token.length;
    case WSI_XML_CUT:
      if (!(state & STATE_BEGINNING))
        wsi_decode_node_add_problem (parent, offset, _("the bytes end within this"));
      return offset;
    case WSI_XML_END:
      wsi_decode_node_add_problem (parent, offset, _("the end of an element that has not begun"));
      return offset;
    case WSI_XML_DONE:
    case WSI_XML_PROBLEM:
      wsi_decode_node_add_problem (parent, offset, _("no tag"));
      return offset;
    }
  g_assert_not_reached ();
}

static void
add_attributes (WsiDecodeNode     *node,
                const WsiXmlToken *tag)
{
  const guint8 *at = xml_get_data (node);
  gsize offset = tag->content;
  WsiXmlAttribute attribute;
  guint n_attributes = 0;

  while (n_attributes++ < MAX_ATTRIBUTES &&
         wsi_xml_read_attribute (at, tag, &offset, &attribute))
    {
      WsiDecodeNode *child = wsi_decode_node_add (node, NULL, "attribute", attribute.name,
                                                  offset - attribute.name);
      g_autofree char *name = g_strdup_printf ("@%.*s", (int) MIN (attribute.name_length, 256),
                                               (const char *) at + attribute.name);

      wsi_decode_node_set_name (child, (const guint8 *) name, strlen (name));
      xml_set_text (child, at + attribute.value, attribute.value_length);
      wsi_decode_node_set_value_range (child, WSI_DECODE_VALUE_XML, attribute.value,
                                       attribute.value_length);
    }
}

/* The place of the end tag of a whole element, which has the last "<"; and whether its name is that
 * of the element. */
static gsize
find_end_tag (WsiDecodeNode     *node,
              const WsiXmlToken *tag,
              gboolean          *is_own)
{
  const guint8 *at = xml_get_data (node);
  gsize end = node->offset + node->length, i = end - 1;
  WsiXmlToken token;

  while (at[i] != '<')
    i--;
  wsi_xml_read (at, end, i, &token);
  *is_own = token.name_length == tag->name_length &&
            memcmp (at + token.name, at + tag->name, tag->name_length) == 0;
  return i;
}

static void
add_parts (WsiDecodeNode *node,
           gsize          offset,
           gsize          end,
           guint64        state)
{
  for (guint i = 0; i < WSI_DECODE_PAGE && offset < end; i++)
    {
      gsize next = xml_add_part (node, offset, end, state);

      if (next == offset)
        return;
      offset = next;
    }
  if (offset < end)
    wsi_decode_node_add_rest (node, offset, end - offset, xml_expand, state);
}

/* Adds the parts of a node.  A whole message and a rest have parts only; an element has its tags
 * around them. */
static void
xml_expand (WsiDecodeNode *node)
{
  gsize offset = node->offset, end = node->offset + node->length;
  gboolean is_own = TRUE;
  WsiXmlToken tag;

  if (!g_str_equal (node->type, "element"))
    {
      add_parts (node, offset, end, node->state);
      return;
    }

  wsi_xml_read (xml_get_data (node), end, offset, &tag);
  add_attributes (node, &tag);
  if (tag.kind == WSI_XML_EMPTY)
    return;
  if (!(node->state & STATE_CUT))
    end = find_end_tag (node, &tag, &is_own);
  add_parts (node, offset + tag.length, end, node->state);
  if (!is_own)
    wsi_decode_node_add_problem (node, end, _("the end tag of another element"));
  else if (node->state == STATE_CUT)
    wsi_decode_node_add_problem (node, end, _("the end tag is missing"));
}

static void
xml_decode (const WsiDecodeInput *input,
            WsiDecodeNode        *root)
{
  root->type = "document";
  wsi_decode_node_set_expand (root, xml_expand, input->extent == WSI_EXTENT_BEGINNING
                              ? STATE_BEGINNING : 0);
}

/* The elements that are open and on the way to the values of a path. */
typedef struct
{
  const WsiDecodeInput *input;
  const WsiDecodeStep  *path;
  guint                 n_steps;
  gsize                 depth, n_matched;
  guint                 steps[MAX_STEPS + 1];   /* steps that are done, by matched elements */
  guint64               counts[MAX_STEPS + 1];  /* elements with the name of the next step */
} Way;

static gboolean
xml_has_name (const Way  *self,
              gsize       name,
              gsize       name_length,
              const char *wanted)
{
  return wanted != NULL && strlen (wanted) == name_length &&
         memcmp (self->input->at + name, wanted, name_length) == 0;
}

static void
xml_add_text (Way            *self,
              gsize           at,
              gsize           length,
              WsiDescription *description)
{
  g_autoptr (GString) text = g_string_new (NULL);

  wsi_xml_unescape (self->input->at + at, length, text);
  wsi_description_add_text (description, "xml", (const guint8 *) text->str, text->len);
}

/* Adds the value of an element: the text at its beginning. */
static void
add_element_value (Way               *self,
                   const WsiXmlToken *tag,
                   WsiDescription    *description)
{
  const WsiDecodeInput *input = self->input;
  WsiXmlToken token = { .kind = WSI_XML_DONE };

  if (tag->kind == WSI_XML_START)
    wsi_xml_read (input->at, input->length, tag->at + tag->length, &token);
  if (token.kind == WSI_XML_CDATA)
    wsi_description_add_text (description, "xml", input->at + token.content, token.content_length);
  else if (token.kind == WSI_XML_TEXT)
    xml_add_text (self, token.content, token.content_length, description);
  else
    wsi_description_add_text (description, "xml", NULL, 0);
}

static void
add_attribute_value (Way               *self,
                     const WsiXmlToken *tag,
                     const char        *name,
                     WsiDescription    *description)
{
  gsize offset = tag->content;
  WsiXmlAttribute attribute;

  while (wsi_xml_read_attribute (self->input->at, tag, &offset, &attribute))
    if (xml_has_name (self, attribute.name, attribute.name_length, name))
      xml_add_text (self, attribute.value, attribute.value_length, description);
}

/* Whether the element is the next one on the way: by its name, and by an index after it. */
static gboolean
match_element (Way               *self,
               const WsiXmlToken *tag,
               guint             *n_done)
{
  guint done = self->steps[self->n_matched];

  if (self->depth != self->n_matched || done == self->n_steps ||
      !xml_has_name (self, tag->name, tag->name_length, self->path[done].name))
    return FALSE;

  *n_done = done + 1;
  if (*n_done == self->n_steps || self->path[*n_done].name != NULL)
    return TRUE;
  return self->counts[self->n_matched]++ == self->path[(*n_done)++].index;
}

static void
take_element (Way               *self,
              const WsiXmlToken *tag,
              WsiDescription    *description)
{
  guint n_done = 0;

  if (match_element (self, tag, &n_done))
    {
      const char *next = n_done < self->n_steps ? self->path[n_done].name : NULL;

      if (n_done == self->n_steps)
        add_element_value (self, tag, description);
      else if (n_done + 1 == self->n_steps && next != NULL && next[0] == '@')
        add_attribute_value (self, tag, next + 1, description);
      if (tag->kind == WSI_XML_START)
        {
          self->n_matched++;
          self->steps[self->n_matched] = n_done;
          self->counts[self->n_matched] = 0;
        }
    }
  if (tag->kind == WSI_XML_START)
    self->depth++;
}

/* All elements with the names of the path are values of it. */
static void
xml_find (const WsiDecodeInput *input,
          const WsiDecodeStep  *path,
          guint                 n_steps,
          WsiDescription       *description)
{
  Way way = { input, path, n_steps, 0, 0, { 0 }, { 0 } };
  gsize offset = skip_beginning (input);
  WsiXmlToken token;

  if (n_steps > MAX_STEPS)
    return;

  while (wsi_xml_read (input->at, input->length, offset, &token) != WSI_XML_DONE)
    {
      if (token.kind == WSI_XML_START || token.kind == WSI_XML_EMPTY)
        take_element (&way, &token, description);
      else if (token.kind == WSI_XML_END && way.depth > 0)
        {
          way.depth--;
          way.n_matched = MIN (way.n_matched, way.depth);
        }
      offset += token.length;
    }
}

const WsiDecoder wsi_xml_decoder = {
  .name = "xml", .title = "XML",
  .begins = WSI_BEGIN_ANGLE | WSI_BEGIN_BLANK | WSI_BEGIN_OTHER,
  .probe = xml_probe, .describe = xml_describe, .decode = xml_decode, .find = xml_find,
  .path_description = N_("Text of an element or an attribute of XML, such as xml.a.b[0][\"@id\"]"),
};
