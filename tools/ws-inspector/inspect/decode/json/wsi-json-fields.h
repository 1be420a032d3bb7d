/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The members of an object of JSON whose names are known.
 *
 * One pass takes all of them, where the bytes are: it needs no memory of its own, whatever the
 * object has in addition.  The last one of equal names is taken. */
#pragma once

#include "inspect/decode/json/wsi-json-scanner.h"

G_BEGIN_DECLS

typedef struct
{
  WsiJsonKind kind;             /* kind of the value; WSI_JSON_END: the object has no such member */
  char       *text;             /* text of a string, unquoted and unescaped; a zero follows */
  gsize       length;
} WsiJsonField;

/* A mistake of bytes that are no object: its place, and what was expected there. */
typedef struct
{
  const char *expected;         /* what was expected, not translated; NULL: it is another value */
  gsize       place;
  gboolean    has_place;        /* the mistake has a place; FALSE: it is about all bytes */
} WsiJsonMistake;

/* Sets a field for each name.  Costs least if members have the order of the names.  The bytes may
 * be changed.  FALSE: the bytes are no object. */
gboolean    wsi_json_fields_read      (WsiJsonField      *fields,
                                       const char *const *names,
                                       guint              n,
                                       guint8            *at,
                                       gsize              length,
                                       WsiJsonMistake    *mistake);
/* Reads the members of a field's value.  FALSE: it is not an object, and no field has a value. */
gboolean    wsi_json_field_read_object (const WsiJsonField *field,
                                        WsiJsonField       *fields,
                                        const char *const  *names,
                                        guint               n);
/* The elements of a list, one after the other.  The scanner is zero before the first one.  FALSE:
 * there is none more, or the field is no list.  Strings have their quotes and escapes. */
gboolean    wsi_json_field_next_element (const WsiJsonField *array,
                                         WsiJsonScanner     *scanner,
                                         WsiJsonField       *element);
/* The members of an object, in the same way.  Names and strings are without quotes and escapes,
 * where the bytes are. */
gboolean    wsi_json_field_next_member (const WsiJsonField *object,
                                        WsiJsonScanner     *scanner,
                                        WsiJsonField       *name,
                                        WsiJsonField       *value);
/* The text of a string; NULL, or the alternative, if the field is not there or has another type. */
const char *wsi_json_field_get_string (const WsiJsonField *field);
gint64      wsi_json_field_get_number (const WsiJsonField *field,
                                       gint64              alternative);
/* The value of any number that is finite. */
double      wsi_json_field_get_real   (const WsiJsonField *field,
                                       double              alternative);
gboolean    wsi_json_field_is_true    (const WsiJsonField *field);
/* Whether the field is this text. */
gboolean    wsi_json_field_is_text    (const WsiJsonField *field,
                                       const char         *text);
/* The bytes of a string in base64, which is changed.  NULL: it is another string, or none. */
GBytes     *wsi_json_field_take_base64 (WsiJsonField *field);
/* The bytes of a string; those of another value are none. */
GBytes     *wsi_json_field_dup_bytes  (const WsiJsonField *field);
gboolean    wsi_json_field_is_there   (const WsiJsonField *field);

G_END_DECLS
