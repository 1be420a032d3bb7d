/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* JSON as messages, and as a part of messages of other formats. */
#pragma once

#include "inspect/decode/json/wsi-json-scanner.h"
#include "inspect/decode/wsi-decoder.h"

G_BEGIN_DECLS

extern const WsiDecoder wsi_json_decoder;

/* A value within a message. */
typedef struct
{
  WsiJsonKind   kind;           /* kind of the value; WSI_JSON_END: the value is missing */
  const guint8 *at;
  gsize         length;
} WsiJsonValue;

/* The value that the bytes begin with.  A value that is cut has what is there of it. */
WsiJsonValue wsi_json_read        (const guint8 *at,
                                   gsize         length);
/* Begins with a list or object that has all the bytes: its end is not searched. */
WsiJsonValue wsi_json_begin       (const guint8 *at,
                                   gsize         length);
/* The first member of this name, and the element of this index. */
WsiJsonValue wsi_json_get_member  (const WsiJsonValue *object,
                                   const char         *name);
/* The first members of several names, in one pass. */
void         wsi_json_get_members (const WsiJsonValue *object,
                                   const char *const  *names,
                                   WsiJsonValue       *values,
                                   guint               n);
/* Whether all members, as far as they are there, have one of the names. */
gboolean     wsi_json_has_only    (const WsiJsonValue *object,
                                   const char *const  *names,
                                   guint               n);
WsiJsonValue wsi_json_get_element (const WsiJsonValue *array,
                                   guint               index);
/* Whether the word, with its quotes, is somewhere in the bytes.  Costs less than to look for the
 * member, and misses a name that is written with escapes. */
gboolean     wsi_json_may_have    (const guint8 *at,
                                   gsize         length,
                                   const char   *word);
/* Whether the value is this string. */
gboolean     wsi_json_is_text     (const WsiJsonValue *value,
                                   const char         *text);
/* Reads a whole number.  FALSE: the value is not one, or too large; the number is unchanged. */
gboolean     wsi_json_to_whole    (const WsiJsonValue *value,
                                   gint64             *number);

/* Adds a field of the value: text without its quotes; nothing for null and what is missing. */
void         wsi_json_add_field   (WsiDescription     *description,
                                   const char         *name,
                                   const WsiJsonValue *value);
/* Adds a value as text, also a number: for names that may be either. */
void         wsi_json_add_text    (WsiDescription     *description,
                                   const char         *name,
                                   const WsiJsonValue *value);
/* Appends a string without its quotes, or another value without blanks. */
void         wsi_json_append      (WsiDescription     *description,
                                   const WsiJsonValue *value);
/* text: what the error says; a value that is no string is its own text. */
void         wsi_json_set_error   (WsiDescription     *description,
                                   const char         *field,
                                   const WsiJsonValue *text);
/* Sets the name of the pair.  1 and "1" are different names, as JSON-RPC has it. */
void         wsi_json_set_pair    (WsiDescription     *description,
                                   WsiPairing          pairing,
                                   const WsiJsonValue *value);
/* Sets a node to the value in its range. */
void         wsi_json_set_node    (WsiDecodeNode *node);

G_END_DECLS
