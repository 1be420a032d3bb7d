/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The columns of a list of rows, by the names that their fields have in a filter.  A field of a
 * decoder, such as json.type, is a column, too. */
#pragma once

#include "inspect/show/columns/wsi-row-value.h"

G_BEGIN_DECLS

typedef char *(*WsiColumnPrintFunc) (WsiRowFormat *format,
                                     WsiRow       *row);

typedef enum
{
  WSI_COLUMN_ON_DEMAND,
  WSI_COLUMN_USUAL,
} WsiColumnPresence;

typedef struct
{
  const char        *name;
  const char        *title;     /* title of the column, not translated yet */
  guint              rank;      /* rank of the column; those of the highest rank are hidden first */
  float              alignment; /* alignment of the text: 0.0 = left, 1.0 = right, as numbers */
  WsiColumnPresence  presence;
  WsiColumnPrintFunc print;
  WsiColumnPrintFunc print_value;       /* prints the value for a filter; NULL = no filter has it */
  const char        *field_of_message;  /* name of the field for a message; NULL = as for a frame */
  WsiRowValue        value;     /* value that rows are sorted by; WSI_ROW_NONE = they cannot be */
  WsiColumnPrintFunc show;      /* prints another text for a cell; NULL = as print */
  gboolean         (*has_value)(WsiRow *row);   /* finds a value; NULL = where it prints a text */
} WsiColumnKind;

/* The kinds of column in their usual order; the last one has no name. */
extern const WsiColumnKind wsi_column_kinds[];

typedef struct _WsiRowColumn WsiRowColumn;

/* The column that sorts by a value. */
const WsiColumnKind *wsi_column_kind_of_value (WsiRowValue value);
/* Finds a kind by name.  NULL: there is none; the name may be that of a decoder's field. */
const WsiColumnKind *wsi_column_kind_find (const char *name);

/* Makes a column.  NULL: there is no such field. */
WsiRowColumn *wsi_row_column_new       (const char *name);
void          wsi_row_column_free      (WsiRowColumn *self);
const char   *wsi_row_column_get_name  (WsiRowColumn *self);
/* Prints the value of a row; "" where the row has no such value. */
char         *wsi_row_column_print     (WsiRowColumn *self,
                                        WsiRowFormat *format,
                                        WsiRow       *row);
/* Prints the value for a cell, which has less room than a copy, and numbers with separators. */
char         *wsi_row_column_show      (WsiRowColumn *self,
                                        WsiRowFormat *format,
                                        WsiRow       *row);
/* Whether cells may show less than is printed. */
gboolean      wsi_row_column_is_cut    (WsiRowColumn *self);
/* The column says something about the row that not all rows have, or that differs among them. */
gboolean      wsi_row_column_has_value (WsiRowColumn *self,
                                        WsiRowFormat *format,
                                        WsiRow       *row);
/* Whether the column may have no value in a session. */
gboolean      wsi_column_may_be_empty  (const char *name);
/* The columns of a copy: the direction, which a list shows at the head of the summary, is one of
 * them. */
GStrv         wsi_columns_dup_copied   (const char *const *names);
/* A filter for the rows that have the same value; NULL = none. */
char         *wsi_row_column_make_term (WsiRowColumn *self,
                                        WsiRowFormat *format,
                                        WsiRow       *row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiRowColumn, wsi_row_column_free)

G_END_DECLS
