/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The grammar of HTTP heads and extension lists once more, as tables written from the RFCs alone:
 * the second opinion of the fuzz targets. */
#pragma once

#include "core/types.h"

typedef enum
{
  GRAMMAR_ACCEPTED,
  GRAMMAR_CUT,                  /* the head is well-formed so far, but not at its end */
  GRAMMAR_REFUSED,
} GrammarVerdict;

typedef struct
{
  GrammarVerdict verdict;
  size_t used;                  /* length of an accepted head */
  size_t n_fields;
} HeadReading;

typedef struct
{
  bool is_accepted;
  size_t n_extensions, n_parameters;
} ExtensionsReading;

HeadReading       grammar_read_request    (WscBytes head);
HeadReading       grammar_read_response   (WscBytes head);
ExtensionsReading grammar_read_extensions (WscBytes value);
