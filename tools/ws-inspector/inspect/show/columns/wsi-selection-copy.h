/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Rows as one text for a clipboard: their payloads one below the other, or a line for each row.
 * Secrets are hidden as in exports.  The text is made step by step, because rows are written by the
 * format of their list, which belongs to the thread of the window. */
#pragma once

#include "inspect/show/columns/wsi-row-copy.h"

G_BEGIN_DECLS

typedef struct
{
  WsiStore          *store;
  GArray            *numbers;   /* numbers of rows (guint64), in the order of the list; not empty */
  WsiUnit            unit;
  WsiCopyForm        form;      /* form of the copy, which is not a command */
  WsiRowFormat      *format;    /* format of WSI_COPY_SHOWN, which must live as long as the copy */
  const char *const *columns;   /* names of the columns for WSI_COPY_SHOWN */
  WsiRedaction       redaction;
  const char *const *secret_names;      /* names for wsi_redactor_set_names () */
} WsiCopiedRows;

typedef struct _WsiSelectionCopy WsiSelectionCopy;

WsiSelectionCopy *wsi_selection_copy_new  (const WsiCopiedRows *rows);
void         wsi_selection_copy_free (WsiSelectionCopy *self);
/* Writes rows for a limited time; TRUE: there are more. */
gboolean     wsi_selection_copy_step (WsiSelectionCopy *self,
                                      gint64            max_us);
/* The text.  NULL: no row has a payload that was kept (G_IO_ERROR_NOT_FOUND), or several rows have
 * more than WSI_COPY_MAX_LENGTH bytes of text (G_IO_ERROR_MESSAGE_TOO_LARGE). */
char        *wsi_selection_copy_end  (WsiSelectionCopy *self,
                                      GError          **error);

/* The number of values that are hidden in the text. */
guint64      wsi_selection_copy_get_n_hidden (WsiSelectionCopy *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiSelectionCopy, wsi_selection_copy_free)

G_END_DECLS
