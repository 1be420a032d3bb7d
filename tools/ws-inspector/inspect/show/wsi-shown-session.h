/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A session as its page shows it, without a display: the decoders, the charts and the sample of the
 * session, the connection of the details, and a row that is to be selected once the list has it. */
#pragma once

#include "inspect/decode/choosing/wsi-learner.h"
#include "inspect/show/charts/wsi-chart-feed.h"
#include "inspect/show/columns/wsi-shown-rows.h"
#include "inspect/show/sample/wsi-sample.h"
#include "inspect/sources/wsi-session.h"

G_BEGIN_DECLS

#define WSI_TYPE_SHOWN_SESSION (wsi_shown_session_get_type ())

G_DECLARE_FINAL_TYPE (WsiShownSession, wsi_shown_session, WSI, SHOWN_SESSION, GObject)

/* Makes a session to show.  rows: those of the list of frames. */
WsiShownSession *wsi_shown_session_new (WsiSession * session,
                                        WsiShownRows * rows);
WsiLearner      *wsi_shown_session_get_learner       (WsiShownSession *self);
WsiChartFeed    *wsi_shown_session_get_feed          (WsiShownSession *self);
/* The sample of the recorded rows, for the completion of filters. */
WsiSample       *wsi_shown_session_get_sample        (WsiShownSession *self);
/* Signal "connection" with the WsiConversation of the details: that of the selected row, else the
 * chosen one, else the only one of a session in which no row was selected yet, else NULL.
 * row: NULL = none is selected any more. */
void             wsi_shown_session_select_row        (WsiShownSession *self,
                                                      WsiRow          *row);
/* List, charts and details show this connection; 0 = list and charts show all connections, and the
 * details keep their connection while a row is selected. */
void             wsi_shown_session_select_connection (WsiShownSession *self,
                                                      guint32          number);
/* Rows may come at any time: not all of its sources are recordings.  Signal "sources-changed". */
gboolean         wsi_shown_session_is_live           (WsiShownSession *self);
/* Whether rows may come.  FALSE: all of its sources have ended.  Signal "changed" of the session,
 * and "sources-changed". */
gboolean         wsi_shown_session_may_grow          (WsiShownSession *self);
/* Whether the list has the row, or the message that the row is part of. */
gboolean         wsi_shown_session_has_row           (WsiShownSession *self,
                                                      guint64          number);
/* Signal "row-found" with the number, once the list has the row, or all rows without it. */
void             wsi_shown_session_wait_for_row      (WsiShownSession *self,
                                                      guint64          number);

G_END_DECLS
