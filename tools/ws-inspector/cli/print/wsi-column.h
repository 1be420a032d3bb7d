/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A field that -e names. */
#pragma once

#include "cli/print/wsi-frame-view.h"
#include "inspect/export/wsi-redactor.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  WsiGetCell  get;              /* NULL: one of the others */
  WsiDecodedPath *path;         /* values that a decoder reads */
  WsiFieldReader *reader;       /* values that the filter reads */
} WsiColumn;

/* The name is that of a field of a filter, perhaps with a path.  name and hide: as long as the
 * column. */
WsiColumn       *wsi_column_new  (const char    *name,
                                  const WsiHide *hide,
                                  GError       **error);
void             wsi_column_free (WsiColumn *self);
WsiCell          wsi_column_get  (const WsiColumn    *self,
                                  const WsiFrameView *view);
/* As a field of a line: exact, but for what is obeyed instead of shown. */
char            *wsi_cell_format (const WsiCell *value,
                                  WsiCharset     charset);
/* Hides what the redactor hides. */
WsiHide          wsi_column_make_hide (WsiRedactor *redactor);
/* Whether one of them, of WsiColumn, is known of a request when its reply has come.  columns may be
 * NULL. */
gboolean         wsi_columns_come_with_reply (const GPtrArray *columns);

G_END_DECLS
