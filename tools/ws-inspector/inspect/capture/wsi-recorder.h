/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The way of every source into the store: bytes of connections in, records out.  As a tap it
 * observes connections of our own; other sources open conversations and push bytes themselves.
 * A recorder with a lane is used in the thread of its source, and writes in that of the writer.
 *
 * All times are wall times, in microseconds since 1970, UTC; but a tap is given monotonic ones. */
#pragma once

#include "inspect/capture/lanes/wsi-merger.h"
#include "inspect/capture/wsi-handshake-report.h"

G_BEGIN_DECLS

#define WSI_TYPE_RECORDER (wsi_recorder_get_type ())

G_DECLARE_FINAL_TYPE (WsiRecorder, wsi_recorder, WSI, RECORDER, GObject)

WsiRecorder     *wsi_recorder_new (WsiStore * store,
                                   WspRole   role);
WsiRecorder     *wsi_recorder_new_in_lane (WsiStore             *store,
                                           WspRole               role,
                                           WsiMerger            *merger,
                                           const WsiLaneOptions *options);
WsiRecorder     *wsi_recorder_new_part (WsiRecorder *whole,
                                        WsiLaneFunc  function,
                                        gpointer     user_data);
void             wsi_recorder_pass     (WsiRecorder    *self,
                                        const WsiEntry *entry);
void             wsi_recorder_end      (WsiRecorder *self);
void             wsi_recorder_close_all (WsiRecorder *self,
                                         const char  *sentence);
void             wsi_recorder_stop_waiting (WsiRecorder *self);
gint64           wsi_recorder_get_now  (WsiRecorder *self);
WsiConversation *wsi_recorder_get_for  (WsiRecorder *self,
                                        GObject     *source);
void             wsi_recorder_explain_failure (WsiRecorder *self,
                                               const char  *sentence);
WspConnection   *wsi_recorder_find_connection (WsiRecorder     *self,
                                               WsiConversation *conversation);
WsiConversation *wsi_recorder_open     (WsiRecorder      *self,
                                        const WsiOpening *opening,
                                        gint64            time_us);
void             wsi_recorder_push     (WsiRecorder     *self,
                                        WsiConversation *conversation,
                                        WspDirection     direction,
                                        GBytes          *bytes,
                                        gint64           time_us);
void             wsi_recorder_hold_rows (WsiRecorder *self);
void             wsi_recorder_release_rows (WsiRecorder *self);
void             wsi_recorder_announce  (WsiRecorder *self);
void             wsi_recorder_skip     (WsiRecorder     *self,
                                        WsiConversation *conversation,
                                        WspDirection     direction,
                                        guint64          length,
                                        gint64           time_us);
void             wsi_recorder_message  (WsiRecorder     *self,
                                        WsiConversation *conversation,
                                        WspDirection     direction,
                                        guint            opcode,
                                        GBytes          *payload,
                                        gint64           time_us);
void             wsi_recorder_event    (WsiRecorder     *self,
                                        WsiConversation *conversation,
                                        WsiEvent         event,
                                        const char      *text,
                                        gint64           time_us);
void             wsi_recorder_number_row (WsiRecorder *self,
                                          guint64      number);
void             wsi_recorder_comment  (WsiRecorder     *self,
                                        WsiConversation *conversation,
                                        guint64          number,
                                        const char      *text);
void             wsi_recorder_keep_actions (WsiRecorder *self);
void             wsi_recorder_act      (WsiRecorder     *self,
                                        WsiConversation *conversation,
                                        const WsiAction *action);
void             wsi_recorder_end_direction (WsiRecorder     *self,
                                             WsiConversation *conversation,
                                             WspDirection     direction,
                                             gint64           time_us);
void             wsi_recorder_close    (WsiRecorder     *self,
                                        WsiConversation *conversation,
                                        WsiEnding        ending,
                                        const char      *sentence,
                                        gint64           time_us);
void             wsi_recorder_close_stream (WsiRecorder     *self,
                                            WsiConversation *conversation,
                                            WsiStreamEnd     how,
                                            gint64           time_us);

G_END_DECLS
