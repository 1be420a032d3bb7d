/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The columns of a list of rows, by the names that their fields have in a filter.  A field of a
 * decoder, such as json.type, is a column, too. */
#pragma once

#include "inspect/show/columns/wsi-row-format.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_COLUMN_TEXT,
  WSI_COLUMN_NUMBER,            /* its digits stand below each other */
} WsiColumnForm;

typedef struct _WsiRowColumn WsiRowColumn;

/* NULL: there is no such field. */
WsiRowColumn *wsi_row_column_new       (const char *name);
void          wsi_row_column_free      (WsiRowColumn *self);
const char   *wsi_row_column_get_name  (WsiRowColumn *self);
WsiColumnForm wsi_row_column_get_form  (WsiRowColumn *self);
/* "" where the row has no such value. */
char         *wsi_row_column_print     (WsiRowColumn *self,
                                        WsiRowFormat *format,
                                        WsiRow       *row);
/* A filter for the rows that have the same value; NULL = none. */
char         *wsi_row_column_make_term (WsiRowColumn *self,
                                        WsiRowFormat *format,
                                        WsiRow       *row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiRowColumn, wsi_row_column_free)

G_END_DECLS
