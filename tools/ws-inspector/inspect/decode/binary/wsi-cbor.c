/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/binary/wsi-cbor.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define INFO_MAX_SHORT 23       /* up to this value, the number is in the first byte */
#define INFO_MAX 27             /* up to this value, 1, 2, 4 or 8 bytes of number follow */
#define INFO_OPEN 31
#define N_SIMPLE_SHORT 32       /* smaller simple values are not well-formed in two bytes */

/* The major types, by their number. */
enum
{
  MAJOR_WHOLE,
  MAJOR_NEGATIVE,
  MAJOR_BYTES,
  MAJOR_TEXT,
  MAJOR_LIST,
  MAJOR_MAP,
  MAJOR_TAG,
  MAJOR_OTHER,
};

static const WsiItemKind kinds[] = {
  WSI_ITEM_WHOLE, WSI_ITEM_NEGATIVE, WSI_ITEM_BYTES, WSI_ITEM_TEXT,
  WSI_ITEM_LIST, WSI_ITEM_MAP, WSI_ITEM_TAG, WSI_ITEM_SIMPLE,
};

/* Simple values with a name: from 20 to 23. */
static const WsiItemKind names[] = {
  WSI_ITEM_FALSE, WSI_ITEM_TRUE, WSI_ITEM_NIL, WSI_ITEM_UNDEFINED,
};

static WsiItemResult
cbor_read_open (guint    major,
                WsiItem *item)
{
  if (major < MAJOR_BYTES || major == MAJOR_TAG)
    return WSI_ITEM_INVALID;

  item->count = major == MAJOR_OTHER ? WSI_ITEM_COUNTED : WSI_ITEM_OPEN;
  item->kind = major == MAJOR_OTHER ? WSI_ITEM_BREAK : kinds[major];
  return WSI_ITEM_READ;
}

/* Reads a half-precision number: 1 bit of sign, 5 of exponent, 10 of fraction (RFC 8949 appendix
 * D). */
static double
read_half (guint64 bits)
{
  guint exponent = bits >> 10 & 0x1f, fraction = bits & 0x3ff;
  double real;

  if (exponent == 0)
    real = ldexp (fraction, -24);
  else if (exponent < 0x1f)
    real = ldexp (fraction + 1024, (int) exponent - 25);
  else
    real = fraction == 0 ? INFINITY : NAN;
  return bits & 0x8000 ? -real : real;
}

static double
read_single (guint64 number)
{
  guint32 bits = number;
  float single;

  memcpy (&single, &bits, sizeof (single));
  return single;
}

static WsiItemResult
read_other (WsiItem *item)
{
  guint64 number = item->number;

  if (item->head_length > 2)
    item->kind = WSI_ITEM_REAL;
  if (item->head_length == 2)
    return number < N_SIMPLE_SHORT ? WSI_ITEM_INVALID : WSI_ITEM_READ;
  if (item->head_length == 3)
    item->real = read_half (number);
  else if (item->head_length == 5)
    item->real = read_single (number);
  else if (item->head_length == 9)
    memcpy (&item->real, &number, sizeof (item->real));
  else if (number >= 20)
    item->kind = names[number - 20];
  return WSI_ITEM_READ;
}

WsiItemResult
wsi_cbor_read (const guint8 *at,
               gsize         length,
               WsiItem      *item)
{
  guint major, info, n_bytes;

  *item = (WsiItem) { 0 };
  if (length == 0)
    return WSI_ITEM_CUT;

  major = at[0] >> 5;
  info = at[0] & 0x1f;
  item->head_length = 1;
  if (info == INFO_OPEN)
    return cbor_read_open (major, item);
  if (info > INFO_MAX)
    return WSI_ITEM_INVALID;

  n_bytes = info > INFO_MAX_SHORT ? 1u << (info - INFO_MAX_SHORT - 1) : 0;
  item->head_length = 1 + n_bytes;
  if (length < item->head_length)
    {
      item->head_length = length;
      return WSI_ITEM_CUT;
    }

  item->kind = kinds[major];
  item->number = n_bytes > 0 ? wsi_item_read_number (at + 1, n_bytes) : info;
  if (major == MAJOR_BYTES || major == MAJOR_TEXT)
    return wsi_item_set_length (item, item->number, length);
  return major == MAJOR_OTHER ? read_other (item) : WSI_ITEM_READ;
}

static const char *const types[WSI_ITEM_N_KINDS] = {
  [WSI_ITEM_NONE] = "nothing", [WSI_ITEM_NIL] = "null", [WSI_ITEM_UNDEFINED] = "undefined",
  [WSI_ITEM_FALSE] = "boolean", [WSI_ITEM_TRUE] = "boolean", [WSI_ITEM_WHOLE] = "integer",
  [WSI_ITEM_NEGATIVE] = "integer", [WSI_ITEM_REAL] = "float", [WSI_ITEM_TEXT] = "text",
  [WSI_ITEM_BYTES] = "bytes", [WSI_ITEM_EXTENSION] = "bytes", [WSI_ITEM_SIMPLE] = "simple",
  [WSI_ITEM_LIST] = "array", [WSI_ITEM_MAP] = "map", [WSI_ITEM_TAG] = "tag",
  [WSI_ITEM_BREAK] = "break",
};

static void cbor_expand (WsiDecodeNode *node);

static const WsiItemFormat format = { "cbor", wsi_cbor_read, cbor_expand, types };

static void
cbor_expand (WsiDecodeNode *node)
{
  wsi_item_expand (&format, node);
}

void
wsi_cbor_set_node (WsiDecodeNode *node)
{
  wsi_item_set_node (&format, node);
}

static guint
cbor_probe (const WsiDecodeInput *input)
{
  return wsi_item_probe (wsi_cbor_read, input);
}

static void
cbor_describe (const WsiDecodeInput *input,
               WsiDescription       *description)
{
  wsi_item_describe (wsi_cbor_read, input->at, input->length, description);
}

static void
cbor_decode (const WsiDecodeInput *input,
             WsiDecodeNode        *root)
{
  wsi_item_decode (&format, input, root);
}

static void
cbor_find (const WsiDecodeInput *input,
           const WsiDecodeStep  *path,
           guint                 n_steps,
           WsiDescription       *description)
{
  wsi_item_find (&format, input, path, n_steps, description);
}

const WsiDecoder wsi_cbor_decoder = {
  .name = "cbor", .title = "CBOR",
  .text_begins = WSI_BEGIN_NEVER,
  .probe = cbor_probe, .describe = cbor_describe, .decode = cbor_decode, .find = cbor_find,
  .path_description = N_("Member of CBOR, such as cbor.a.b[0] or cbor[1]; tags are passed"),
};
