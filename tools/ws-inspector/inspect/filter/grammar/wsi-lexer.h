/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The text of a filter, cut into words, strings and signs. */
#pragma once

#include "inspect/filter/grammar/wsi-filter-error.h"

G_BEGIN_DECLS

#define WSI_FILTER_MAX_LENGTH 4096      /* bytes of text (SEC-127) */

typedef enum
{
  WSI_TOKEN_END,
  WSI_TOKEN_WORD,               /* a name, a number, a text to search for */
  WSI_TOKEN_STRING,
  WSI_TOKEN_OPEN,               /* ( */
  WSI_TOKEN_CLOSE,
  WSI_TOKEN_OPEN_SET,           /* { */
  WSI_TOKEN_CLOSE_SET,
  WSI_TOKEN_OPEN_INDEX,         /* [ */
  WSI_TOKEN_CLOSE_INDEX,
  WSI_TOKEN_COMMA,
  WSI_TOKEN_RANGE,              /* .. */
  WSI_TOKEN_AND,                /* and && */
  WSI_TOKEN_OR,
  WSI_TOKEN_NOT,
  WSI_TOKEN_OPERATOR,
} WsiTokenKind;

typedef enum
{
  WSI_OPERATOR_NONE,            /* no operator: the field is there, or is yes */
  WSI_OPERATOR_EQUAL,
  WSI_OPERATOR_NOT_EQUAL,
  WSI_OPERATOR_LESS,
  WSI_OPERATOR_LESS_OR_EQUAL,
  WSI_OPERATOR_GREATER,
  WSI_OPERATOR_GREATER_OR_EQUAL,
  WSI_OPERATOR_CONTAINS,
  WSI_OPERATOR_MATCHES,
  WSI_OPERATOR_STARTS_WITH,
  WSI_OPERATOR_IN_SET,
  WSI_OPERATOR_IN_RANGE,
} WsiOperator;

typedef struct
{
  WsiTokenKind kind;
  WsiOperator  operator;
  gsize        at, length;      /* place of the token in the text, in bytes */
  GBytes      *string;          /* content of a string, with its escapes replaced */
} WsiToken;

const char *wsi_operator_get_name (WsiOperator self);
/* An array of WsiToken whose last one is WSI_TOKEN_END. */
GArray     *wsi_lexer_cut (const char *text,
                           GError    **error);
/* Writes a string so that wsi_lexer_cut() reads the same bytes. */
char       *wsi_lexer_quote (const char *bytes,
                             gsize       length);

G_END_DECLS
