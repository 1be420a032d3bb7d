/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/binary/wsi-msgpack.h"

#include <glib/gi18n.h>
#include <string.h>

#define FIRST_CODE 0xc0
#define LAST_CODE 0xdf

/* The first bytes from c0 to df. */
static const struct
{
  WsiItemKind kind;             /* kind of the item; WSI_ITEM_NONE: the byte is never used */
  guint8      n_bytes;          /* bytes of the number or length after the first byte */
  guint8      length;           /* length of an extension whose length is not written */
} codes[] = {
  { WSI_ITEM_NIL, 0, 0 },
  { WSI_ITEM_NONE, 0, 0 },
  { WSI_ITEM_FALSE, 0, 0 },
  { WSI_ITEM_TRUE, 0, 0 },
  { WSI_ITEM_BYTES, 1, 0 },
  { WSI_ITEM_BYTES, 2, 0 },
  { WSI_ITEM_BYTES, 4, 0 },
  { WSI_ITEM_EXTENSION, 1, 0 },
  { WSI_ITEM_EXTENSION, 2, 0 },
  { WSI_ITEM_EXTENSION, 4, 0 },
  { WSI_ITEM_REAL, 4, 0 },
  { WSI_ITEM_REAL, 8, 0 },
  { WSI_ITEM_WHOLE, 1, 0 },
  { WSI_ITEM_WHOLE, 2, 0 },
  { WSI_ITEM_WHOLE, 4, 0 },
  { WSI_ITEM_WHOLE, 8, 0 },
  { WSI_ITEM_NEGATIVE, 1, 0 },
  { WSI_ITEM_NEGATIVE, 2, 0 },
  { WSI_ITEM_NEGATIVE, 4, 0 },
  { WSI_ITEM_NEGATIVE, 8, 0 },
  { WSI_ITEM_EXTENSION, 0, 1 },
  { WSI_ITEM_EXTENSION, 0, 2 },
  { WSI_ITEM_EXTENSION, 0, 4 },
  { WSI_ITEM_EXTENSION, 0, 8 },
  { WSI_ITEM_EXTENSION, 0, 16 },
  { WSI_ITEM_TEXT, 1, 0 },
  { WSI_ITEM_TEXT, 2, 0 },
  { WSI_ITEM_TEXT, 4, 0 },
  { WSI_ITEM_LIST, 2, 0 },
  { WSI_ITEM_LIST, 4, 0 },
  { WSI_ITEM_MAP, 2, 0 },
  { WSI_ITEM_MAP, 4, 0 },
};

/* Reads the kinds whose first byte has the number in it. */
static WsiItemResult
read_short (guint8   byte,
            gsize    length,
            WsiItem *item)
{
  item->head_length = 1;
  if (byte >= 0xa0 && byte <= 0xbf)
    {
      item->kind = WSI_ITEM_TEXT;
      return wsi_item_set_length (item, byte & 0x1f, length);
    }

  item->kind = byte <= 0x7f ? WSI_ITEM_WHOLE : byte <= 0x8f ? WSI_ITEM_MAP
               : byte <= 0x9f ? WSI_ITEM_LIST : WSI_ITEM_NEGATIVE;
  item->number = byte <= 0x7f ? byte : byte <= 0x9f ? byte & 0x0f : (guint8) ~byte;
  return WSI_ITEM_READ;
}

static double
read_real (guint64 number,
           guint   n_bytes)
{
  guint32 bits = number;
  float single;
  double real;

  if (n_bytes == sizeof (single))
    {
      memcpy (&single, &bits, sizeof (single));
      return single;
    }
  memcpy (&real, &number, sizeof (real));
  return real;
}

/* Sets a signed number of n_bytes; one that is not negative is a whole number. */
static void
set_signed (WsiItem *item,
            guint64  number,
            guint    n_bytes)
{
  guint n_bits = 8 * (8 - n_bytes);
  gint64 value = (gint64) (number << n_bits) >> n_bits;

  item->kind = value < 0 ? WSI_ITEM_NEGATIVE : WSI_ITEM_WHOLE;
  item->number = value < 0 ? ~(guint64) value : (guint64) value;
}

WsiItemResult
wsi_msgpack_read (const guint8 *at,
                  gsize         length,
                  WsiItem      *item)
{
  guint code, n_bytes;
  guint64 number;

  *item = (WsiItem) { 0 };
  if (length == 0)
    return WSI_ITEM_CUT;
  if (at[0] < FIRST_CODE || at[0] > LAST_CODE)
    return read_short (at[0], length, item);

  code = at[0] - FIRST_CODE;
  n_bytes = codes[code].n_bytes;
  item->head_length = 1 + n_bytes + (codes[code].kind == WSI_ITEM_EXTENSION);
  if (codes[code].kind == WSI_ITEM_NONE)
    return WSI_ITEM_INVALID;
  if (length < item->head_length)
    {
      item->head_length = length;
      return WSI_ITEM_CUT;
    }

  number = wsi_item_read_number (at + 1, n_bytes);
  item->kind = codes[code].kind;
  item->number = number;
  if (item->kind == WSI_ITEM_REAL)
    item->real = read_real (number, n_bytes);
  else if (item->kind == WSI_ITEM_NEGATIVE)
    set_signed (item, number, n_bytes);
  else if (item->kind == WSI_ITEM_TEXT || item->kind == WSI_ITEM_BYTES)
    return wsi_item_set_length (item, number, length);
  else if (item->kind == WSI_ITEM_EXTENSION)
    {
      item->number = at[1 + n_bytes];
      return wsi_item_set_length (item, n_bytes > 0 ? number : codes[code].length, length);
    }
  return WSI_ITEM_READ;
}

static const char *const types[WSI_ITEM_N_KINDS] = {
  [WSI_ITEM_NONE] = "nothing", [WSI_ITEM_NIL] = "nil", [WSI_ITEM_UNDEFINED] = "nil",
  [WSI_ITEM_FALSE] = "bool", [WSI_ITEM_TRUE] = "bool", [WSI_ITEM_WHOLE] = "int",
  [WSI_ITEM_NEGATIVE] = "int", [WSI_ITEM_REAL] = "float", [WSI_ITEM_TEXT] = "str",
  [WSI_ITEM_BYTES] = "bin", [WSI_ITEM_EXTENSION] = "ext", [WSI_ITEM_SIMPLE] = "nil",
  [WSI_ITEM_LIST] = "array", [WSI_ITEM_MAP] = "map", [WSI_ITEM_TAG] = "ext",
  [WSI_ITEM_BREAK] = "nil",
};

static void msgpack_expand (WsiDecodeNode *node);

static const WsiItemFormat format = { "msgpack", wsi_msgpack_read, msgpack_expand, types };

static void
msgpack_expand (WsiDecodeNode *node)
{
  wsi_item_expand (&format, node);
}

void
wsi_msgpack_set_node (WsiDecodeNode *node)
{
  wsi_item_set_node (&format, node);
}

static guint
msgpack_probe (const WsiDecodeInput *input)
{
  return wsi_item_probe (wsi_msgpack_read, input);
}

static void
msgpack_describe (const WsiDecodeInput *input,
                  WsiDescription       *description)
{
  wsi_item_describe (wsi_msgpack_read, input->at, input->length, description);
}

static void
msgpack_decode (const WsiDecodeInput *input,
                WsiDecodeNode        *root)
{
  wsi_item_decode (&format, input, root);
}

static void
msgpack_find (const WsiDecodeInput *input,
              const WsiDecodeStep  *path,
              guint                 n_steps,
              WsiDescription       *description)
{
  wsi_item_find (&format, input, path, n_steps, description);
}

const WsiDecoder wsi_msgpack_decoder = {
  .name = "msgpack", .title = "MessagePack",
  .text_begins = WSI_BEGIN_NEVER,
  .probe = msgpack_probe, .describe = msgpack_describe, .decode = msgpack_decode, .find = msgpack_find,
  .path_description = N_("Member of MessagePack, such as msgpack.a.b[0]; the names of a map may be numbers"),
};
