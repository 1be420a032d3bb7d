/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* XML as tokens with their ranges, without recursion.  Nothing is fetched, no entity is known but
 * the five of XML, and a document type is passed unread.  libxml2 says where its parser is, which
 * is not where a node is.  docs/rationales/decoders.md has the reasons. */
#pragma once

#include "inspect/decode/wsi-decoder.h"

G_BEGIN_DECLS

extern const WsiDecoder wsi_xml_decoder;

typedef enum
{
  WSI_XML_DONE,
  WSI_XML_START,
  WSI_XML_EMPTY,                /* an element whose start and end are one tag */
  WSI_XML_END,
  WSI_XML_TEXT,
  WSI_XML_CDATA,
  WSI_XML_COMMENT,
  WSI_XML_INSTRUCTION,          /* an instruction, or the declaration of XML */
  WSI_XML_DOCTYPE,
  WSI_XML_CUT,                  /* the bytes end within a token */
  WSI_XML_PROBLEM,
} WsiXmlKind;

typedef struct
{
  WsiXmlKind kind;
  gsize      at, length;
  gsize      name, name_length; /* place of the name of a tag or an instruction */
  gsize      content, content_length;   /* place of a text or comment, or of a tag's attributes */
} WsiXmlToken;

typedef struct
{
  gsize name, name_length;
  gsize value, value_length;    /* value of the attribute without its quotes */
} WsiXmlAttribute;

/* The token at an offset.  One of WSI_XML_CUT or WSI_XML_PROBLEM has all bytes up to the end. */
WsiXmlKind wsi_xml_read           (const guint8 *at,
                                   gsize         length,
                                   gsize         offset,
                                   WsiXmlToken  *token);
/* Reads the next attribute of a tag, from the offset on, which moves after it.  FALSE: there is
 * none. */
gboolean   wsi_xml_read_attribute (const guint8      *at,
                                   const WsiXmlToken *tag,
                                   gsize             *offset,
                                   WsiXmlAttribute   *attribute);
/* Moves the offset of a start tag to the end of its element.  FALSE: it has none, or there is a
 * problem; the offset is then where that is. */
gboolean   wsi_xml_skip           (const guint8 *at,
                                   gsize         length,
                                   gsize        *offset);
/* Appends text with its entities and characters by number. */
void       wsi_xml_unescape       (const guint8 *at,
                                   gsize         length,
                                   GString      *text);

G_END_DECLS
