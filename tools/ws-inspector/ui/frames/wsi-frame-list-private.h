/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of frames, for the files that it consists of. */
#pragma once

#include <adwaita.h>

#include "inspect/show/columns/wsi-colour-rules.h"
#include "inspect/show/columns/wsi-frame-query.h"
#include "ui/frames/wsi-follower.h"
#include "ui/frames/wsi-frame-columns.h"
#include "ui/frames/wsi-frame-list.h"

G_BEGIN_DECLS

struct _WsiFrameList
{
  GtkWidget           parent_instance;

  GtkScrolledWindow  *scroller;
  GtkColumnView      *view;
  GtkButton          *follow_button;
  AdwButtonContent   *follow_content;
  AdwStatusPage      *empty_page;
  WsiFollower        *follower;
  WsiFrameCells       cells;
  WsiFrameColumns    *columns;
  GVariant           *colours;          /* a(sss); NULL = the usual ones */
  WsiColourRules     *rules;            /* of them, for the store; NULL = none yet */

  WsiStore           *store;
  WsiLearner         *learner;          /* NULL = none */
  WsiRowFormat       *format;
  WsiClock            clock;
  WsiListFilter       filter;
  WsiFrameQuery      *query;            /* that is shown */
  WsiFrameQuery      *next;             /* takes its place when it has rows; NULL = none */
  GtkSingleSelection *selection;
  gboolean            is_paused, is_stale;      /* is_stale: rows say something else now */
  guint               tick, fitting;    /* 0 = none is due */
  guint               tick_ms;
  guint64             n_new;
};

void wsi_frame_list_install_properties (WsiFrameListClass *class);
void wsi_frame_list_notify             (WsiFrameList *self);
void wsi_frame_list_notify_selected    (WsiFrameList *self);
void wsi_frame_list_drop_query         (WsiFrameList   *self,
                                        WsiFrameQuery **query);
/* Makes the rules anew, for the store; there are none without a store. */
void wsi_frame_list_make_rules         (WsiFrameList *self);
WsiRowLook wsi_frame_list_choose_look  (WsiRow * row,
                                        gpointer list);
void wsi_frame_list_ensure_tick        (WsiFrameList *self);
void wsi_frame_list_apply_filter       (WsiFrameList *self);
const WsiInterpreter *wsi_frame_list_get_interpreter (WsiFrameList *self);
void wsi_frame_list_set_colours        (WsiFrameList *self,
                                        GVariant     *colours);

G_END_DECLS
