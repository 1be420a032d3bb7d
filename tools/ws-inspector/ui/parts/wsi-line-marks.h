/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The looks of a line's text: what is selected, highlighted, or shown instead of a character. */
#pragma once

#include "inspect/show/lines/wsi-shown-line.h"
#include "ui/parts/wsi-line-model.h"

G_BEGIN_DECLS

/* The marks of a payload, as ranges of all of it. */
typedef struct
{
  WsiByteRange     highlight, selection;
  const WsiSyntax *syntax;      /* syntax of the text; NULL = none */
  const char      *search;      /* text that is marked wherever it is; NULL = none */
} WsiLineMarks;

/* Makes attributes of the marks in a line, with the colours of the widget. */
PangoAttrList *wsi_line_marks_make (const WsiLineMarks *self,
                                    GtkWidget          *widget,
                                    const WsiLine      *line,
                                    const WsiShownLine *shown);
/* Marks a part of the text, by more than its colour. */
void           wsi_line_marks_add_highlight (GtkWidget     *widget,
                                             PangoAttrList *attributes,
                                             WsiSpan        span);

G_END_DECLS
