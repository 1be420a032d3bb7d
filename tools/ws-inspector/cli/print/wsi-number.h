/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Numbers in a line: a capture has millions of them, and printf takes most of its time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In at least so many columns; fill: before the digits. */
void wsi_append_number (GString *line,
                        guint64  number,
                        guint    columns,
                        char     fill);
/* Eight digits. */
void wsi_append_hex    (GString *line,
                        guint32  number);

G_END_DECLS
