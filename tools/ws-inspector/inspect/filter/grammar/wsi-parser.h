/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The text of a filter becomes a tree whose fields, operators and values fit together.
 *
 *   expression := and { ("or" | "||") and }
 *   and        := not { ("and" | "&&") not }
 *   not        := { "not" | "!" } primary
 *   primary    := "(" expression ")" | comparison | field | flag | word | string
 *   comparison := field operator value
 *               | field "in" "{" value { "," value } "}" | field "in" value ".." value
 *   field      := name [ path ]
 *   path       := { "." name | "[" number "]" | "[" string "]" }
 */
#pragma once

#include "inspect/filter/grammar/wsi-node.h"

G_BEGIN_DECLS

#define WSI_FILTER_MAX_DEPTH 64 /* depth of brackets in each other (SEC-127) */

WsiNode    *wsi_parser_parse (WsiFields  *fields,
                              const char *text,
                              GError    **error);
/* The name of a field, perhaps with a path, and nothing else: a term without an operator. */
WsiNode    *wsi_parser_parse_field (WsiFields  *fields,
                                    const char *text,
                                    GError    **error);
/* Whether a field of this type has this operator. */
gboolean    wsi_parser_has_operator       (WsiValueType type,
                                           WsiOperator  operator);

G_END_DECLS
