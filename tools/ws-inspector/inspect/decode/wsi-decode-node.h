/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A part of a decoded message: its name, type, value and range of bytes.  Children are made when
 * they are asked for, so that a tree costs what is looked at. */
#pragma once

#include "inspect/decode/wsi-text.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_DECODE_MAX_DEPTH 128        /* of parts within parts (SEC-117) */
#define WSI_DECODE_MAX_VALUE 1024       /* bytes of a value's text; the range has all of it */
#define WSI_DECODE_PAGE 1000            /* children; a last one of this type has those after it */
#define WSI_DECODE_REST "rest"

typedef struct _WsiDecodeNode WsiDecodeNode;

/* How the bytes of a value can be others of the same length, so that the message stays readable. */
typedef enum
{
  WSI_DECODE_VALUE_NONE,        /* it has parts, or is a word of the format such as true */
  WSI_DECODE_VALUE_TEXT,        /* any bytes, without a quote or a backslash */
  WSI_DECODE_VALUE_JSON,        /* the same, with the escapes of JSON */
  WSI_DECODE_VALUE_XML,         /* the same, with the references of XML */
  WSI_DECODE_VALUE_DIGITS,      /* a number as text */
  WSI_DECODE_VALUE_NUMBER,      /* a number in bytes, of which each may be any */
  WSI_DECODE_VALUE_SMALL,       /* a byte, of which the last five bits are a number */
} WsiDecodeValue;

/* Adds the children of a node, WSI_DECODE_PAGE at most. */
typedef void (*WsiDecodeExpand) (WsiDecodeNode *self);

struct _WsiDecodeNode
{
  gatomicrefcount n_references;
  char           *name;         /* name of the part; NULL: the whole, or an element of a list */
  const char     *type;         /* a word of the format, such as "object" or "varint" */
  char           *value;        /* value as UTF-8, not escaped; NULL: the part has none */
  GBytes         *bytes;        /* bytes that offset and length are in: the message, or unpacked */
  gsize           offset, length;
  gboolean        is_problem;   /* the value says what is wrong */
  WsiDecodeValue  form;
  gsize           value_at, value_length;       /* value's place, without quotes, name or length */
  guint           depth;        /* depth in the tree; 0 = the whole message */
  guint64         state;        /* state of the decoder, for its expand function */
  WsiDecodeExpand expand;       /* function that makes children; NULL: they are made, or none */
  GPtrArray      *children;     /* parts of this one (WsiDecodeNode); NULL = not made, or none */
};

/* The whole of the bytes. */
WsiDecodeNode *wsi_decode_node_new   (GBytes *bytes);
WsiDecodeNode *wsi_decode_node_ref   (WsiDecodeNode *self);
void           wsi_decode_node_unref (WsiDecodeNode *self);

guint          wsi_decode_node_get_n_children (WsiDecodeNode *self);
/* Owned by the node. */
WsiDecodeNode *wsi_decode_node_get_child      (WsiDecodeNode *self,
                                               guint          index);

/* A line for each part, indented by its depth: its name, type, range and value, escaped.  The tree
 * is not used afterwards: each part is freed when its lines were taken. */
typedef void (*WsiDecodeTake) (const char *line,
                               gpointer    user_data);
void           wsi_decode_node_print_away (WsiDecodeNode *self,
                                           WsiCharset     charset,
                                           WsiDecodeTake  take,
                                           gpointer       user_data);

/* For decoders.  A range that leaves the parent's bytes is cut. */
WsiDecodeNode *wsi_decode_node_add         (WsiDecodeNode *self,
                                            const char    *name,
                                            const char    *type,
                                            gsize          offset,
                                            gsize          length);
/* A child with bytes of its own, such as those that were unpacked. */
WsiDecodeNode *wsi_decode_node_add_bytes   (WsiDecodeNode *self,
                                            const char    *name,
                                            const char    *type,
                                            GBytes        *bytes);
/* A child that says what is wrong at an offset, up to the end of its parent. */
WsiDecodeNode *wsi_decode_node_add_problem (WsiDecodeNode *self,
                                            gsize          offset,
                                            const char    *format,
                                            ...) G_GNUC_PRINTF (3, 4);
/* Text of a peer: made valid UTF-8, and cut. */
void           wsi_decode_node_set_text    (WsiDecodeNode *self,
                                            const guint8  *at,
                                            gsize          length);
void           wsi_decode_node_set_name    (WsiDecodeNode *self,
                                            const guint8  *at,
                                            gsize          length);
void           wsi_decode_node_set_value   (WsiDecodeNode *self,
                                            const char    *format,
                                            ...) G_GNUC_PRINTF (2, 3);
/* Where the node has its value, in its bytes. */
void           wsi_decode_node_set_value_range (WsiDecodeNode *self,
                                                WsiDecodeValue form,
                                                gsize          offset,
                                                gsize          length);
/* A child for the elements after the first ones of a list.  Its expand function adds the next
 * ones, and another rest. */
void           wsi_decode_node_add_rest    (WsiDecodeNode  *self,
                                            gsize           offset,
                                            gsize           length,
                                            WsiDecodeExpand expand,
                                            guint64         state);
/* Not called for a node that is too deep: it is shown as it is. */
void           wsi_decode_node_set_expand  (WsiDecodeNode  *self,
                                            WsiDecodeExpand expand,
                                            guint64         state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiDecodeNode, wsi_decode_node_unref)

G_END_DECLS
