/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Items of MessagePack and CBOR, which share one model: numbers, text, bytes, lists, maps.  A
 * reader of one format makes an item of its first bytes; a walk goes from item to item, without
 * recursion. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_ITEM_MAX_OPEN 128   /* containers without a count, within each other */

typedef enum
{
  WSI_ITEM_NONE,                /* no item: its first bytes are cut, or none begins with them */
  WSI_ITEM_NIL,
  WSI_ITEM_UNDEFINED,
  WSI_ITEM_FALSE,
  WSI_ITEM_TRUE,
  WSI_ITEM_WHOLE,               /* a whole number: number */
  WSI_ITEM_NEGATIVE,            /* a negative number: -1 - number */
  WSI_ITEM_REAL,
  WSI_ITEM_TEXT,
  WSI_ITEM_BYTES,
  WSI_ITEM_EXTENSION,           /* an extension; number: its type, a signed byte */
  WSI_ITEM_SIMPLE,              /* a simple value; number */
  WSI_ITEM_LIST,                /* a list; number: its elements */
  WSI_ITEM_MAP,                 /* a map; number: its entries */
  WSI_ITEM_TAG,                 /* a tag; number: its value; one item follows */
  WSI_ITEM_BREAK,               /* the end of a container without a count */
} WsiItemKind;

#define WSI_ITEM_N_KINDS (WSI_ITEM_BREAK + 1)

typedef enum
{
  WSI_ITEM_COUNTED,
  WSI_ITEM_OPEN,                /* no count: up to a break; text and bytes are lists of pieces
                                 * then */
} WsiItemCount;

typedef enum
{
  WSI_ITEM_READ,
  WSI_ITEM_DONE,                /* the walk is at its end */
  WSI_ITEM_CUT,                 /* the bytes end within an item, or between items */
  WSI_ITEM_INVALID,             /* no item begins with this byte, or no break may be here */
  WSI_ITEM_DEEP,                /* more than WSI_ITEM_MAX_OPEN containers are open */
} WsiItemResult;

typedef struct
{
  WsiItemKind  kind;
  WsiItemCount count;
  guint64      number;
  double       real;
  gsize        head_length;     /* bytes of the first byte, number and length */
  guint64      stated_length;   /* length that a text, bytes or an extension state */
  gsize        length;          /* length of the content that is there, after the head */
} WsiItem;

/* WSI_ITEM_READ, _CUT or _INVALID.  A list, a map, a tag and a break are WSI_ITEM_READ always.
 * length may be 0. */
typedef WsiItemResult (*WsiItemRead) (const guint8 *at,
                                      gsize         length,
                                      WsiItem      *item);

typedef struct
{
  guint64     n_left;           /* items that counted containers at this level still need */
  WsiItemKind kind;
  guint       n_taken;          /* items of a map that were read; 1 = a value comes next */
} WsiItemLevel;

typedef struct
{
  WsiItemRead   read;
  const guint8 *at;
  gsize         length, position;
  guint         n_open;
  WsiItemLevel  levels[WSI_ITEM_MAX_OPEN + 1];  /* open containers; the first is the walk itself */
} WsiItemWalk;

/* Begins a walk over one item and all items in it. */
void          wsi_item_walk_init (WsiItemWalk  *self,
                                  WsiItemRead   read,
                                  const guint8 *at,
                                  gsize         length,
                                  gsize         position);
/* Takes the next item.  If it fails, the position stays. */
WsiItemResult wsi_item_walk_next (WsiItemWalk *self,
                                  WsiItem     *item);
/* Moves the position to the end of an item, or to where it fails. */
WsiItemResult wsi_item_skip      (WsiItemRead   read,
                                  const guint8 *at,
                                  gsize         length,
                                  gsize        *position);

/* Number of items in the item: two for each entry of a map. */
guint64       wsi_item_get_n_items (const WsiItem *item);
/* Reads a number of up to 8 bytes, the first one the highest. */
guint64       wsi_item_read_number (const guint8 *at,
                                    gsize         length);
/* Sets the length of text, bytes or an extension.  The item is cut if not all is there. */
WsiItemResult wsi_item_set_length  (WsiItem *item,
                                    guint64  stated_length,
                                    gsize    length);

G_END_DECLS
