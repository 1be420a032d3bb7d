/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A column of a listing: the value of a field that -e names. */
#pragma once

#include "cli/print/wsi-frame-view.h"
#include "inspect/save/redaction/wsi-redactor.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  WsiGetCell  get;              /* function that gives the value; NULL: path or reader gives it */
  WsiDecodedPath *path;         /* path of values that a decoder describes, or NULL */
  WsiFieldReader *reader;       /* reader of values as a filter has them, or NULL */
} WsiColumn;

/* name: a field of a filter, perhaps with a path. name and hide must outlive the column. */
WsiColumn       *wsi_column_new  (const char    *name,
                                  const WsiHide *hide,
                                  GError       **error);
void             wsi_column_free (WsiColumn *self);
WsiCell          wsi_column_get  (const WsiColumn    *self,
                                  const WsiFrameView *view);
/* The value as a field of a line: exact, but control characters are escaped. */
char            *wsi_cell_format (const WsiCell *value,
                                  WsiCharset     charset);
/* A WsiHide that hides what the redactor hides. */
WsiHide          wsi_column_make_hide (WsiRedactor *redactor);
/* Whether the value of a WsiColumn of columns is known of a request only when its reply has come.
 * columns may be NULL. */
gboolean         wsi_columns_come_with_reply (const GPtrArray *columns);

G_END_DECLS
