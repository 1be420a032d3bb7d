/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Rows of a store as a file, written in a thread of its own while the store goes on.  The file
 * appears as a whole or not at all; only its owner may read it. */
#pragma once

#include "inspect/save/formats/wsi-export.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_EXPORT_NEW,               /* a new file: one that is there is an error, G_IO_ERROR_EXISTS */
  WSI_EXPORT_REPLACE,           /* a file that replaces another: the user has agreed; on an error
                                 * the old file stays */
} WsiExportMode;

/* The rows that a number in a list selects: */
typedef enum
{
  WSI_EXPORT_FRAMES,            /* this row */
  WSI_EXPORT_MESSAGES,          /* all frames of its message */
} WsiExportUnit;

typedef struct
{
  WsiFormat          format;
  WsiRedaction       redaction;
  WsiExportMode      mode;
  WsiExportUnit      unit;
  const char *const *secret_names;      /* names for wsi_redactor_set_names () */
} WsiExportOptions;

/* Numbers of an export, also of one that was stopped by an error. */
typedef struct
{
  guint64 n_rows;               /* rows of the store that were written */
  guint64 n_hidden;             /* values that were hidden */
  guint64 n_unread;             /* messages that may have secrets, and could not be read */
  guint64 n_gone;               /* rows that were removed from memory before they were written */
} WsiExportReport;

/* Reports the progress in the context of the caller, about ten times a second: from 0 to 1. */
typedef void (*WsiExportProgress) (double   part,
                                   gpointer user_data);

/* rows: numbers (guint64) in their order; NULL: all that are there at the time of the call.
 * progress may be NULL. */
void     wsi_export_async  (WsiStore               *store,
                            GFile                  *file,
                            const WsiExportOptions *options,
                            GArray                 *rows,
                            GCancellable           *cancellable,
                            WsiExportProgress       progress,
                            gpointer                progress_data,
                            GAsyncReadyCallback     callback,
                            gpointer                user_data);
/* Ends an export; report may be NULL. */
gboolean wsi_export_finish (GAsyncResult    *result,
                            WsiExportReport *report,
                            GError         **error);
/* The values that were hidden (WsiHiddenName). */
GPtrArray *wsi_export_list_hidden (GAsyncResult *result);

G_END_DECLS
