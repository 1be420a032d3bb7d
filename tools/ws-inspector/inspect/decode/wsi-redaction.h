/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Secrets in text that is shown: each is replaced by its number of bytes. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_REDACTION_DEFAULT,        /* secrets of heads and URIs */
  WSI_REDACTION_NONE,           /* everything is shown */
} WsiRedaction;

/* A line may continue the header before it: then it is as secret as that one. */
typedef enum
{
  WSI_LINE_OPEN,
  WSI_LINE_SECRET,
} WsiLine;

/* User information and secret query values of each URI in a text. */
char *wsi_redact_text (const char *text);
/* A line of an HTTP head: also credentials and cookies.  previous is updated. */
char *wsi_redact_line (const char *line,
                       WsiLine    *previous);

G_END_DECLS
