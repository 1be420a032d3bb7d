/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Two payloads line by line: JSON with a line for each member, other text as it is, and bytes in
 * hexadecimal. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One of the two payloads; number: that of its row. */
typedef struct
{
  GBytes *bytes;
  guint64 number;
} WsiCompared;

/* Makes the window, which the caller shows. */
GtkWindow  *wsi_compare_window_new       (GtkWindow         *parent,
                                          const WsiCompared *first,
                                          const WsiCompared *second);

G_END_DECLS
