/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A value that a filter's text compares a field with, read as the type of the field. */
#pragma once

#include "inspect/filter/grammar/wsi-field.h"
#include "inspect/filter/grammar/wsi-lexer.h"
#include "inspect/filter/pattern/wsi-pattern.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_LITERAL_NUMBER = 1 << 0,  /* number */
  WSI_LITERAL_REAL = 1 << 1,    /* number as a real one, for a value of no certain type */
  WSI_LITERAL_BYTES = 1 << 2,
  WSI_LITERAL_PATTERN = 1 << 3,
  WSI_LITERAL_BOOLEAN = 1 << 4, /* number is 0 or 1, for a value of no certain type */
  WSI_LITERAL_MOMENT = 1 << 5,  /* number is a time of day, since 1970 */
} WsiLiteralForms;

typedef struct
{
  WsiLiteralForms forms;        /* forms of the literal: one, unless the type is not certain */
  gint64          number;
  double          real;
  GBytes         *bytes;
  WsiPattern     *pattern;
} WsiLiteral;

WsiLiteral *wsi_literal_new (const WsiField *field,
                             WsiOperator     operator,
                             const char     *text,
                             const WsiToken *token,
                             GError        **error);
/* A text that is searched for in any letter case. */
WsiLiteral *wsi_literal_new_search (const char     *text,
                                    const WsiToken *token,
                                    GError        **error);
void        wsi_literal_free       (WsiLiteral *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiLiteral, wsi_literal_free)

G_END_DECLS
