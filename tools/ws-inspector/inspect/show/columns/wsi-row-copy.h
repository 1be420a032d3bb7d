/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A row as text for a clipboard: its payload in some form, or a command that does what its client
 * did.  Commands hide secrets of heads and URIs. */
#pragma once

#include "inspect/show/columns/wsi-row-format.h"

G_BEGIN_DECLS

#define WSI_COPY_MAX_LENGTH (16 * 1024 * 1024)

typedef enum
{
  WSI_COPY_TEXT,
  WSI_COPY_HEX,
  WSI_COPY_BASE64,
  WSI_COPY_C,                   /* an array of the language C */
  WSI_COPY_WSINSPECT,           /* commands */
  WSI_COPY_WEBSOCAT,
  WSI_COPY_CURL,
} WsiCopyForm;

/* FALSE: there is no form of this name, such as "base64". */
gboolean wsi_copy_form_find (const char  *name,
                             WsiCopyForm *form);
/* The payload of the frame, or of the message that it ends where rows are messages.  NULL: it was
 * not kept, or the connection has no URI. */
char    *wsi_row_copy       (WsiRow     *row,
                             WsiUnit     unit,
                             WsiCopyForm form,
                             GError    **error);

G_END_DECLS
