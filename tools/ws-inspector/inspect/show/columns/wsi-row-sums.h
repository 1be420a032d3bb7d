/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sums of several rows: how many, how many bytes, and the time that they span. */
#pragma once

#include "inspect/show/columns/wsi-row-format.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 n_rows;               /* rows that are still in the store */
  guint64 length, wire_length;  /* bytes of payloads after inflating, and of frames on the wire */
  gint64  begin_us, end_us;     /* earliest and latest time of the rows */
} WsiRowSums;

/* numbers (guint64): of rows, which are messages or frames.  It is made in a thread: a million rows
 * take some time. */
void  wsi_row_sums_async  (WsiStore           *store,
                           WsiUnit             unit,
                           GArray             *numbers,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data);
/* The sums.  FALSE: the summing was cancelled. */
gboolean wsi_row_sums_finish (GAsyncResult *result,
                              WsiRowSums   *self,
                              GError      **error);
/* A phrase about rows that are selected. */
char *wsi_row_sums_print  (const WsiRowSums *self);

G_END_DECLS
