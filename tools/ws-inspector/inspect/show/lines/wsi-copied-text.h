/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bytes as text for a clipboard. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_LINES_TEXT,
  WSI_LINES_HEX,
} WsiLineForm;

/* Exactly the text, if the bytes are one; escapes replace bytes that no text can hold.  Any thread
 * may make it, in linear time. */
char *wsi_copied_text_new (GBytes     *bytes,
                           WsiLineForm form);

G_END_DECLS
