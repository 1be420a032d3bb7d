/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Numbers and fixed texts in a line: a capture has millions of them, and printf takes most of its
 * time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A text in quotes, whose length is known. */
#define wsi_append_literal(line, literal) wsi_append_bytes (line, "" literal, sizeof literal - 1)

void wsi_append_bytes  (GString    *line,
                        const char *at,
                        gsize       length);
/* In at least so many columns; fill: before the digits. */
void wsi_append_number (GString *line,
                        guint64  number,
                        guint    columns,
                        char     fill);
/* Eight digits. */
void wsi_append_hex    (GString *line,
                        guint32  number);

G_END_DECLS
