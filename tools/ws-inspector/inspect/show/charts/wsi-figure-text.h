/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Numbers as charts and tables have them, in any locale the same. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *wsi_figure_text_number  (guint64 n);
/* A number with a sign that the true one is larger. */
char *wsi_figure_text_more    (guint64 n);
/* Frames, or their bytes on the wire: of n_frames, so many are messages of which no frame is known,
 * but which have one or more. */
char *wsi_figure_text_frames  (guint64 n,
                               guint64 n_frames,
                               guint64 n_unframed);
/* A share in percent, with one decimal; "" of nothing. */
char *wsi_figure_text_share   (guint64 n,
                               guint64 of);
/* A time in milliseconds, with three decimals. */
char *wsi_figure_text_ms      (guint64 time_us);
/* The bound of a class, in milliseconds: rounded up, with one decimal from a millisecond on. */
char *wsi_figure_text_bound   (guint64 time_us);
/* A time in seconds, with six decimals. */
char *wsi_figure_text_seconds (gint64 time_us);

G_END_DECLS
