/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows of a store that a list shows: which ones, as frames or as messages, by which clock, with
 * which decoders and colours.  Each choice of the user is a property.  A list without a display is
 * this; a widget adds what is seen. */
#pragma once

#include "inspect/decode/choosing/wsi-learner.h"
#include "inspect/show/columns/wsi-list-filter.h"
#include "inspect/show/columns/wsi-row-order.h"
#include "inspect/show/models/wsi-frame-model.h"

G_BEGIN_DECLS

#define WSI_TYPE_SHOWN_ROWS (wsi_shown_rows_get_type ())

G_DECLARE_FINAL_TYPE (WsiShownRows, wsi_shown_rows, WSI, SHOWN_ROWS, GObject)

typedef struct
{
  guint64 n_shown, n_rows;      /* rows of the list and of the store */
  guint64 n_tested;             /* rows that were tested; less than n_rows: the filter is at work */
} WsiShownCounts;

WsiShownRows *wsi_shown_rows_new (void);
/* Sets the store; NULL: none.  The connection and the first row that were chosen of another store
 * are forgotten: they mean nothing in this one. */
void          wsi_shown_rows_set_store        (WsiShownRows *self,
                                               WsiStore     *store);
WsiStore     *wsi_shown_rows_get_store        (WsiShownRows *self);
/* Sets the learner that decodes the messages of the store until another store is set; NULL = the
 * decoder of each message is guessed alone. */
void          wsi_shown_rows_set_learner      (WsiShownRows *self,
                                               WsiLearner   *learner);
/* Decodes rows again, after the user has chosen another decoder. */
void          wsi_shown_rows_decode_anew      (WsiShownRows *self);
/* The format of cells; NULL without a store, as the next one. */
WsiRowFormat *wsi_shown_rows_get_format       (WsiShownRows *self);
/* Sets whether secrets of URIs in sentences are hidden, as wsi_row_format_set_redaction (). */
void          wsi_shown_rows_set_redaction    (WsiShownRows *self,
                                               WsiRedaction  level);
/* Shows the rows that have come now, and not at the next tick. */
void          wsi_shown_rows_advance          (WsiShownRows *self);
/* The model of the rows, which is another one after each "swapped". */
WsiFrameModel *wsi_shown_rows_get_model       (WsiShownRows *self);
/* Finds the row with this number, or the next one.  FALSE: there is none. */
gboolean      wsi_shown_rows_find             (WsiShownRows *self,
                                               guint64       number,
                                               guint        *position);
/* Whether the row with this number is shown. */
gboolean      wsi_shown_rows_has              (WsiShownRows *self,
                                               guint64       number,
                                               guint        *position);
void          wsi_shown_rows_get_counts       (WsiShownRows   *self,
                                               WsiShownCounts *counts);
/* Whether all rows were tested, and none is shown. */
gboolean      wsi_shown_rows_are_all_hidden   (WsiShownRows *self);
/* Sets the filter.  FALSE with an error, which has a column: the filter stays as it was.  NULL or
 * "": no filter. */
gboolean      wsi_shown_rows_set_filter       (WsiShownRows *self,
                                               const char   *text,
                                               GError      **error);
const char   *wsi_shown_rows_get_filter       (WsiShownRows *self);
/* Everything that decides about rows, as one filter; NULL = all are shown. */
char         *wsi_shown_rows_print_filter     (WsiShownRows *self);
/* Sets the connection whose rows are shown; 0 = all. */
void          wsi_shown_rows_set_conversation (WsiShownRows *self,
                                               guint32       conversation);
/* Hides the rows before this one. */
void          wsi_shown_rows_set_first        (WsiShownRows *self,
                                               guint64       number);
/* Shows all rows, or all of the chosen connection. */
void          wsi_shown_rows_show_all         (WsiShownRows *self);
/* Sets the row that times are relative to; NULL: the first row again. */
void          wsi_shown_rows_set_reference    (WsiShownRows *self,
                                               WsiRow       *row);
WsiUnit       wsi_shown_rows_get_unit         (WsiShownRows *self);
/* Sets the order.  Until the rows are sorted, in a thread, the earlier order stays; then they are
 * another model, which is a snapshot: it does not grow.  Filters and the other view show rows in
 * this order, too; another store has none. */
void          wsi_shown_rows_set_order        (WsiShownRows *self,
                                               WsiRowOrder   order);
WsiRowOrder   wsi_shown_rows_get_order        (WsiShownRows *self);
/* Sorts again, with the rows that came since the snapshot. */
void          wsi_shown_rows_sort_anew        (WsiShownRows *self);
/* Whether the model is sorted.  It is not yet, or still, while rows are being sorted. */
gboolean      wsi_shown_rows_are_sorted       (WsiShownRows *self);
/* The number of rows that the filter lets through and the snapshot has not. */
guint         wsi_shown_rows_get_n_since      (WsiShownRows *self);
/* Whether rows are being sorted.  part: the progress, from 0 to 1. */
gboolean      wsi_shown_rows_are_being_sorted (WsiShownRows *self,
                                               double       *part);
/* The style of the colour rule that matches; NULL: none.  The name of the rule is as long as the
 * rules. */
const char   *wsi_shown_rows_choose_style     (WsiShownRows *self,
                                               WsiRow       *row,
                                               const char  **name);
/* A property of the same name, type and values, for an object that has such rows. */
GParamSpec   *wsi_shown_rows_make_param       (const char *name);
/* Says that the texts of rows have changed. */
void          wsi_shown_rows_refresh          (WsiShownRows *self);

G_END_DECLS
