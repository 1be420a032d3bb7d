/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Grammar of field values: tokens, lists, parameters, quoted strings (RFC 6455 9.1,
 * RFC 9110 5.6). */
#pragma once

#include "core/types.h"

#include <string.h>

typedef enum
{
  WSC_LIST_END,
  WSC_LIST_ELEMENT,
  WSC_LIST_MALFORMED,
} WscListStep;

typedef struct                  /* token *( ; parameter ) */
{
  WscBytes name;
  WscBytes parameters;          /* parameters after the token, to be read with wsc_parameters_next () */
  size_t n_parameters;
} WscExtension;

typedef struct
{
  WscBytes name;
  WscBytes value;               /* .at is NULL if the parameter has no value; a quoted value may contain backslashes */
} WscParameter;

/* Inline, so that the compiler knows the length of a literal. */
static inline WscBytes
wsc_text (const char *literal)
{
  return (WscBytes) { (const uint8_t *) literal, strlen (literal) };
}

bool     wsc_text_is               (WscBytes text, const char *literal);   /* byte for byte */
bool     wsc_text_begins_with      (WscBytes text, const char *prefix);    /* ignoring case */
bool     wsc_texts_are_equal       (WscBytes a, WscBytes b);
bool     wsc_texts_are_equal_ignoring_case (WscBytes a, WscBytes b);       /* compares texts; only ASCII letters are equal in both cases */
WscBytes wsc_text_trimmed          (WscBytes text);     /* returns the text without the blanks and
                                                           tabs around it */
bool     wsc_text_is_token         (WscBytes text);     /* one byte at least */
/* Count the leading bytes: measure_token those of a token, measure_plain those that are neither
 * controls nor tabs. */
size_t   wsc_text_measure_token    (WscBytes text);
size_t   wsc_text_measure_plain    (WscBytes text);

static inline bool
wsc_text_is_ignoring_case (WscBytes text, const char *literal)
{
  return wsc_texts_are_equal_ignoring_case (text, wsc_text (literal));
}

/* ! # $ % & ' * + - . ^ _ ` | ~, digits and letters (RFC 9110 5.6.2), a bit for each. */
static inline bool
wsc_byte_is_token (uint8_t byte)
{
  static const uint64_t tokens[4] = { UINT64_C (0x03ff6cfa00000000), UINT64_C (0x57ffffffc7fffffe) };

  return (tokens[byte / 64] >> (byte % 64) & 1) != 0;
}

static inline bool
wsc_byte_is_control (uint8_t byte)    /* not a tab: values may contain it */
{
  return (byte < ' ' && byte != '\t') || byte == 0x7f;
}

/* Each function takes one element from the front of *rest and skips empty elements of a list. */
WscListStep wsc_tokens_next        (WscBytes *rest, WscBytes *token);
WscListStep wsc_products_next      (WscBytes *rest, WscBytes *product);    /* finds the next product: name or name/version */
WscListStep wsc_extensions_next    (WscBytes *rest, WscExtension *extension);
WscListStep wsc_parameters_next    (WscBytes *rest, WscParameter *parameter);

bool     wsc_text_is_one_extension (WscBytes text, WscExtension *extension);
/* The same name and the same parameters in the same order, whether quoted or not. */
bool     wsc_extensions_are_equal  (const WscExtension *a, const WscExtension *b);
