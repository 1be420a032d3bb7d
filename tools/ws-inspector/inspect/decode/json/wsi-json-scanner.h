/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* JSON (RFC 8259) cut into tokens with ranges of bytes.
 *
 * Takes linear time and no memory, and calls nothing of itself.  Ends at the first problem.  Names
 * may be repeated, numbers may be of any size, and strings are not checked for UTF-8 or for control
 * characters: they are shown as they are. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_JSON_MAX_DEPTH 128  /* depth of containers (SEC-117) */

typedef enum
{
  WSI_JSON_END,                 /* the end of the text, after the value */
  WSI_JSON_OBJECT,
  WSI_JSON_OBJECT_END,
  WSI_JSON_ARRAY,
  WSI_JSON_ARRAY_END,
  WSI_JSON_NAME,                /* the name of a member, with its quotes */
  WSI_JSON_STRING,              /* a string, with its quotes */
  WSI_JSON_NUMBER,
  WSI_JSON_TRUE,
  WSI_JSON_FALSE,
  WSI_JSON_NULL,
  WSI_JSON_CUT,                 /* the text ends within the value */
  WSI_JSON_PROBLEM,
} WsiJsonKind;

typedef struct
{
  WsiJsonKind kind;
  gsize       at, length;
} WsiJsonToken;

/* The kinds of token that may follow. */
typedef enum
{
  WSI_JSON_EXPECT_VALUE,
  WSI_JSON_EXPECT_FIRST_VALUE,  /* the first value, or the end of the array */
  WSI_JSON_EXPECT_FIRST_NAME,   /* the first name, or the end of the object */
  WSI_JSON_EXPECT_NAME,
  WSI_JSON_EXPECT_COLON,
  WSI_JSON_EXPECT_COMMA,        /* a comma, or the end of the container */
  WSI_JSON_EXPECT_NOTHING,
} WsiJsonExpectation;

/* Why the scanner goes no further. */
typedef enum
{
  WSI_JSON_FAULT_NONE,
  WSI_JSON_FAULT_CUT,           /* the text ends within a value */
  WSI_JSON_FAULT_TOO_DEEP,
  WSI_JSON_FAULT_NO_NUMBER,
  WSI_JSON_FAULT_UNEXPECTED,    /* another character; the expectation says what might have been
                                 * there */
} WsiJsonFault;

typedef struct
{
  const guint8      *at;
  gsize              length, position;
  guint              depth;
  guint8             is_object[WSI_JSON_MAX_DEPTH];     /* 1 = the container is an object */
  WsiJsonExpectation expectation;
  WsiJsonFault       fault;     /* fault at the position, with WSI_JSON_CUT and WSI_JSON_PROBLEM */
} WsiJsonScanner;

void        wsi_json_scanner_init   (WsiJsonScanner *self,
                                     const guint8   *at,
                                     gsize           length);
/* Begins within a container, at a member or element of it. */
void        wsi_json_scanner_resume (WsiJsonScanner *self,
                                     const guint8   *at,
                                     gsize           length,
                                     gsize           position,
                                     WsiJsonKind     container);
/* After WSI_JSON_CUT or WSI_JSON_PROBLEM each call gives the same token again. */
WsiJsonKind wsi_json_scanner_next   (WsiJsonScanner *self,
                                     WsiJsonToken   *token);
/* Whether a value begins with the token; if so, goes to its end.  The token gets the range of the
 * whole value.  FALSE: there is a problem, or the text ends; the range is what is there of it. */
gboolean    wsi_json_scanner_skip   (WsiJsonScanner *self,
                                     WsiJsonToken   *token);
/* The sentence about what was expected, not translated; NULL: the scanner goes on. */
const char *wsi_json_scanner_get_sentence (const WsiJsonScanner *self);

gboolean    wsi_json_is_value       (WsiJsonKind kind);
/* Reads a whole number.  FALSE: it is not one, or too large; the number is unchanged. */
gboolean    wsi_json_get_whole      (const guint8 *at,
                                     gsize         length,
                                     gint64       *number);
/* Reads a number.  FALSE: it has too many digits. */
gboolean    wsi_json_get_real       (const guint8 *at,
                                     gsize         length,
                                     double       *number);

G_END_DECLS
