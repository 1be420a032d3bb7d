/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A value of a message that may be in JSON, MessagePack or CBOR, for protocols with several
 * encodings.  The kinds are those of JSON. */
#pragma once

#include "inspect/decode/binary/wsi-item.h"
#include "inspect/decode/json/wsi-json.h"

G_BEGIN_DECLS

typedef struct
{
  WsiItemRead   read;           /* reader of the format's items; NULL: JSON */
  WsiJsonKind   kind;           /* kind of the value; WSI_JSON_END: the value is missing */
  const guint8 *at;
  gsize         length;
} WsiValue;

/* The value that the bytes begin with; of JSON, a list or object has all the bytes. */
WsiValue wsi_value_begin       (WsiItemRead   read,
                                const guint8 *at,
                                gsize         length);
WsiValue wsi_value_get_element (const WsiValue *list,
                                guint           index);
WsiValue wsi_value_get_member  (const WsiValue *object,
                                const char     *name);
/* Reads a whole number.  FALSE: the value is not one, or too large; the number is unchanged. */
gboolean wsi_value_to_whole    (const WsiValue *value,
                                gint64         *number);
void     wsi_value_add_field   (WsiDescription *description,
                                const char     *name,
                                const WsiValue *value);
/* The field of an error, whose text the value is; nothing of a value that is no string. */
void     wsi_value_add_error    (WsiDescription *description,
                                 const char     *name,
                                 const WsiValue *value);
/* Appends the value with a blank before it; nothing of a value that is missing. */
void     wsi_value_append      (WsiDescription *description,
                                const WsiValue *value);
/* Sets the name of the pair: only numbers and strings name one. */
void     wsi_value_set_pair    (WsiDescription *description,
                                WsiPairing      pairing,
                                const WsiValue *value);

G_END_DECLS
