/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A file that the rows of a store are written to as they are appended.  If that fails, an error
 * line is printed at once, and the program ends with WSI_EXIT_OUTPUT_FAILED. */
#pragma once

#include "cli/print/wsi-output.h"
#include "cli/table/wsi-options.h"
#include "inspect/save/formats/wsi-export.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_SAVE_AT_ONCE,             /* live connections: the file is complete at any time */
  WSI_SAVE_IN_BLOCKS,
} WsiSaveMode;

/* How the user can name a format, for the text of an error. */
typedef enum
{
  WSI_FORMAT_BY_FILE_NAME,
  WSI_FORMAT_BY_OPTION,         /* with --to, or by the name of the file */
} WsiFormatNamer;

typedef struct _WsiSave WsiSave;

/* The store for live connections; NULL: with --quiet and without --write no store is needed. */
WsiStore *wsi_save_new_store  (const WsiOptions *options);
/* Creates the file of --write and writes rows from now on.  store: with event rows.  redactor: that
 * of the listing, which must outlive the result: a hidden value has the same number on the terminal
 * and in the file. */
WsiSave  *wsi_save_new        (const WsiOptions *options,
                               WsiStore         *store,
                               WsiRedactor      *redactor,
                               WsiSaveMode       mode,
                               GError          **error);
WsiSave  *wsi_save_new_format (const WsiOptions *options,
                               WsiFormat         format,
                               const char       *path,
                               WsiStore         *store,
                               WsiRedactor      *redactor,
                               WsiSaveMode       mode,
                               GError          **error);
void      wsi_save_free       (WsiSave *self);
gboolean  wsi_save_has_failed (const WsiSave *self);
/* Writes the last rows, and prints how many values were hidden.  Returns the status of the
 * program. */
WsiExit   wsi_save_end        (WsiSave *self,
                               WsiExit  status);
/* name: of the format; NULL: the suffix of the path names the format. */
gboolean  wsi_save_find_format (const char    *name,
                                const char    *path,
                                WsiFormatNamer namer,
                                WsiFormat     *format,
                                GError       **error);
/* A sentence about messages that may have secrets and are as they were; NULL: there are none. */
char     *wsi_save_dup_unread  (const WsiRedactor *redactor);
/* Whether the path means standard output. */
gboolean  wsi_save_is_output   (const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiSave, wsi_save_free)

G_END_DECLS
