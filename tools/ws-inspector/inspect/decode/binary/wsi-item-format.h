/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A format of items as a decoder: its tree, its summary, the values at a path. */
#pragma once

#include "inspect/decode/binary/wsi-item.h"
#include "inspect/decode/wsi-decoder.h"

G_BEGIN_DECLS

typedef struct
{
  const char        *name;
  WsiItemRead        read;
  WsiDecodeExpand    expand;    /* function that calls wsi_item_expand() with this format */
  const char *const *types;     /* names of the types, by kind */
} WsiItemFormat;

/* The message is one item, and a list or map: anything else may be of any format. */
guint wsi_item_probe    (WsiItemRead           read,
                         const WsiDecodeInput *input);
/* Appends the items of a message, or of a part of one. */
void  wsi_item_describe (WsiItemRead     read,
                         const guint8   *at,
                         gsize           length,
                         WsiDescription *description);
void  wsi_item_decode   (const WsiItemFormat  *format,
                         const WsiDecodeInput *input,
                         WsiDecodeNode        *root);
/* Sets a node to the item at the beginning of its range. */
void  wsi_item_set_node (const WsiItemFormat *format,
                         WsiDecodeNode       *node);
void  wsi_item_expand   (const WsiItemFormat *format,
                         WsiDecodeNode       *node);
void  wsi_item_find     (const WsiItemFormat  *format,
                         const WsiDecodeInput *input,
                         const WsiDecodeStep  *path,
                         guint                 n_steps,
                         WsiDescription       *description);

/* Appends the text of a value, but nothing of containers.  at: its first byte. */
void  wsi_item_append   (GString       *text,
                         const WsiItem *item,
                         const guint8  *at);
void  wsi_item_add_field (WsiDescription *description,
                          const char     *name,
                          const WsiItem  *item,
                          const guint8   *at);
/* Formats a number in the fewest digits that keep it, with a point in each locale. */
char *wsi_item_format_real (double real,
                            gsize  n_bytes);

G_END_DECLS
