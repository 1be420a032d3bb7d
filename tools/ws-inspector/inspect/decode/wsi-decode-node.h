/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A part of a decoded message: its name, type, value and range of bytes.  Children are made when
 * they are asked for, so that a tree costs what is looked at. */
#pragma once

#include "inspect/decode/wsi-text.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_DECODE_MAX_DEPTH 128        /* depth of parts within parts (SEC-117) */
#define WSI_DECODE_MAX_VALUE 1024       /* bytes of a value's text; the range has all of it */
#define WSI_DECODE_PAGE 1000            /* children of a node; a last one has the elements after
                                         * those */
#define WSI_DECODE_REST "rest"

typedef struct _WsiDecodeNode WsiDecodeNode;

/* How a value can be replaced by other bytes of the same length, so that the message stays
 * readable. */
typedef enum
{
  WSI_DECODE_VALUE_NONE,        /* not at all: it has parts, or is a word of the format such as
                                 * true */
  WSI_DECODE_VALUE_TEXT,        /* by any bytes, without a quote or a backslash */
  WSI_DECODE_VALUE_JSON,        /* by a text with the escapes of JSON */
  WSI_DECODE_VALUE_XML,         /* by a text with the references of XML */
  WSI_DECODE_VALUE_DIGITS,      /* by digits: a number as text */
  WSI_DECODE_VALUE_NUMBER,      /* by any bytes: a number in bytes */
  WSI_DECODE_VALUE_SMALL,       /* by the last five bits of a byte, which are a number */
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
  gboolean        is_bare;      /* it gets no value, as its children */
  WsiDecodeValue  form;
  gsize           value_at, value_length;       /* value's place, without quotes, name or length */
  guint           depth;        /* depth in the tree; 0 = the whole message */
  guint64         state;        /* state of the decoder, for its expand function */
  WsiDecodeExpand expand;       /* function that makes children; NULL: they are made, or none */
  GPtrArray      *children;     /* parts of this one (WsiDecodeNode); NULL = not made, or none */
};

/* Makes a node of all the bytes. */
WsiDecodeNode *wsi_decode_node_new   (GBytes *bytes);
WsiDecodeNode *wsi_decode_node_ref   (WsiDecodeNode *self);
void           wsi_decode_node_unref (WsiDecodeNode *self);

guint          wsi_decode_node_get_n_children (WsiDecodeNode *self);
/* The child at a position; the node owns it. */
WsiDecodeNode *wsi_decode_node_get_child      (WsiDecodeNode *self,
                                               guint          index);

/* Takes a line for each part, indented by its depth: its name, type, range and value, escaped.  The
 * tree is not used afterwards: each part is freed when its lines were taken. */
typedef void (*WsiDecodeTake) (const char *line,
                               gpointer    user_data);
void           wsi_decode_node_print_away (WsiDecodeNode *self,
                                           WsiCharset     charset,
                                           WsiDecodeTake  take,
                                           gpointer       user_data);

/* Adds a child, for decoders.  A range that leaves the parent's bytes is cut. */
WsiDecodeNode *wsi_decode_node_add         (WsiDecodeNode *self,
                                            const char    *name,
                                            const char    *type,
                                            gsize          offset,
                                            gsize          length);
/* Adds a child with bytes of its own, such as those that were unpacked. */
WsiDecodeNode *wsi_decode_node_add_bytes   (WsiDecodeNode *self,
                                            const char    *name,
                                            const char    *type,
                                            GBytes        *bytes);
/* Adds a child that says what is wrong at an offset, up to the end of its parent. */
WsiDecodeNode *wsi_decode_node_add_problem (WsiDecodeNode *self,
                                            gsize          offset,
                                            const char    *format,
                                            ...) G_GNUC_PRINTF (3, 4);
/* Sets a text of a peer as the value: it is made valid UTF-8, and cut. */
void           wsi_decode_node_set_text    (WsiDecodeNode *self,
                                            const guint8  *at,
                                            gsize          length);
void           wsi_decode_node_set_name    (WsiDecodeNode *self,
                                            const guint8  *at,
                                            gsize          length);
void           wsi_decode_node_set_value   (WsiDecodeNode *self,
                                            const char    *format,
                                            ...) G_GNUC_PRINTF (2, 3);
/* Sets the place of the node's value in its bytes. */
void           wsi_decode_node_set_value_range (WsiDecodeNode *self,
                                                WsiDecodeValue form,
                                                gsize          offset,
                                                gsize          length);
/* Adds a child for the elements after the first ones of a list.  Its expand function adds the next
 * ones, and another rest. */
void           wsi_decode_node_add_rest    (WsiDecodeNode  *self,
                                            gsize           offset,
                                            gsize           length,
                                            WsiDecodeExpand expand,
                                            guint64         state);
/* Sets the function that adds children.  It is not called for a node that is too deep: that is
 * shown as it is. */
void           wsi_decode_node_set_expand  (WsiDecodeNode  *self,
                                            WsiDecodeExpand expand,
                                            guint64         state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiDecodeNode, wsi_decode_node_unref)

G_END_DECLS
