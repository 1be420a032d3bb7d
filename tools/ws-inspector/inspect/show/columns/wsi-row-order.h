/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The order of the rows of a list.  Rows of the same value have the order of their numbers, and
 * those without a value come last, in either direction. */
#pragma once

#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/show/columns/wsi-row-value.h"
#include "inspect/show/models/wsi-frame-model.h"

G_BEGIN_DECLS

typedef struct
{
  WsiRowValue value;            /* value that is sorted by; WSI_ROW_NONE: the numbers of the rows */
  gboolean    is_descending;
} WsiRowOrder;

/* The order after a click on the title of a value: sizes and times begin descending, the second
 * click reverses the direction, and after the third click rows are not sorted any more. */
WsiRowOrder    wsi_row_order_step  (WsiRowOrder now,
                                    WsiRowValue value);

typedef struct
{
  WsiStore             *store;
  WsiUnit               unit;
  WsiRowOrder           order;
  WsiFrameModel        *model;          /* model of the rows, as they are now */
  const WsiInterpreter *interpreter;    /* interpreter with the user's decoders; NULL = none */
  gboolean              is_learned;     /* all replies and their requests are in the store */
} WsiSortedRows;

/* Sorts rows in a thread.  Reply times need all messages decoded first, unless
 * rows->is_learned.  Returns the task, for wsi_row_order_get_progress (). */
GTask         *wsi_row_order_sort_async  (const WsiSortedRows *rows,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data);
/* The rows as a model in this order.  NULL: the sorting was cancelled. */
WsiFrameModel *wsi_row_order_sort_finish (GAsyncResult *result,
                                          GError      **error);
/* The progress of the sorting, from 0 to 1. */
double         wsi_row_order_get_progress (GTask *task);

G_END_DECLS
