/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A row as text for a clipboard: its payload in some form, or a command that does what its client
 * did.  Secrets are hidden as in exports. */
#pragma once

#include "inspect/save/formats/wsi-hidden-messages.h"
#include "inspect/show/columns/wsi-row-format.h"

G_BEGIN_DECLS

#define WSI_COPY_MAX_LENGTH (16 * 1024 * 1024)

typedef enum
{
  WSI_COPY_TEXT,
  WSI_COPY_HEX,
  WSI_COPY_BASE64,
  WSI_COPY_C,                   /* an array of the language C */
  WSI_COPY_SHOWN,
  /* the cells of the row, with tabs: wsi-selection-copy.h; so are the next
   * ones */
  WSI_COPY_JSON,                /* lines of a session file */
  WSI_COPY_WSINSPECT,           /* a command of wsinspect; others follow */
  WSI_COPY_WEBSOCAT,
  WSI_COPY_JAVASCRIPT,
  WSI_COPY_PYTHON,
  WSI_COPY_CURL,
} WsiCopyForm;

/* Finds a form by its name, such as "base64".  FALSE: there is none. */
gboolean wsi_copy_form_find (const char  *name,
                             WsiCopyForm *form);
/* Whether the form is a command, which only one row has. */
gboolean wsi_copy_form_is_command (WsiCopyForm form);
/* The payload of the frame, or of the message that it ends where rows are messages, at most
 * WSI_COPY_MAX_LENGTH bytes of it.  NULL: it was not kept. */
GBytes  *wsi_row_dup_content (WsiRow  *row,
                              WsiUnit  unit,
                              GError **error);
/* A row as text.  NULL: the row has no payload, or the connection has no URI for a command. */
char    *wsi_row_copy       (WsiRow            *row,
                             WsiUnit            unit,
                             WsiCopyForm        form,
                             WsiHiddenMessages *messages,
                             GError           **error);

G_END_DECLS
