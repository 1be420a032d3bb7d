/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The way of every source into the store: bytes of connections in, records out.  As a tap it
 * observes connections of our own; other sources open conversations and push bytes themselves.
 * A recorder with a lane is used in the thread of its source, and writes in that of the writer.
 *
 * All times are wall times, in microseconds since 1970, UTC; but a tap is given monotonic ones. */
#pragma once

#include <libwsproto/observe/dissector/wsp-dissector.h>

#include "inspect/capture/lanes/wsi-merger.h"
#include "inspect/capture/wsi-handshake-report.h"

G_BEGIN_DECLS

#define WSI_TYPE_RECORDER (wsi_recorder_get_type ())

G_DECLARE_FINAL_TYPE (WsiRecorder, wsi_recorder, WSI, RECORDER, GObject)

/* role: the role of our side in connections that the recorder observes as a tap. */
WsiRecorder     *wsi_recorder_new (WsiStore * store,
                                   WspRole   role);
/* For a source that works in another thread than the writer: from now on only that thread calls
 * the recorder.  The signals are emitted in the thread of the writer. */
WsiRecorder     *wsi_recorder_new_in_lane (WsiStore             *store,
                                           WspRole               role,
                                           WsiMerger            *merger,
                                           const WsiLaneOptions *options);
/* For one of several files that are read together into the recorder `whole`: function gets each
 * entry of the part, and calls wsi_recorder_pass () when it is the turn of that file. */
WsiRecorder     *wsi_recorder_new_part (WsiRecorder *whole,
                                        WsiLaneFunc  function,
                                        gpointer     user_data);
/* Records an entry of a part.  The conversations of a part belong to `whole` as well, until they
 * are closed. */
void             wsi_recorder_pass     (WsiRecorder    *self,
                                        const WsiEntry *entry);
/* Call it when the source has ended: closes the conversations that are open. */
void             wsi_recorder_end      (WsiRecorder *self);
/* Call it when a recording has ended before its connections: closes the conversations that are
 * open, at the time of the last entry. */
void             wsi_recorder_close_all (WsiRecorder       *self,
                                         const WsiSentence *sentence);
/* Call it, in any thread, when the source has to end: its thread does not wait for the writer any
 * more. */
void             wsi_recorder_stop_waiting (WsiRecorder *self);
/* The current time, for what a live source observes. */
gint64           wsi_recorder_get_now  (WsiRecorder *self);
/* Returns the conversation of a source of the tap.  The first call for a source opens it. */
WsiConversation *wsi_recorder_get_for  (WsiRecorder *self,
                                        GObject     *source);
/* Call it right after the tap was notified that a handshake has failed: closes its conversation
 * with this sentence if nothing of the client was recorded, otherwise does nothing. */
void             wsi_recorder_explain_failure (WsiRecorder       *self,
                                               const WsiSentence *sentence);
/* Returns the connection that the tap observes as this conversation.  NULL: it has ended, or its
 * source is no connection of the library. */
WspConnection   *wsi_recorder_find_connection (WsiRecorder     *self,
                                               WsiConversation *conversation);
/* Opens a conversation.  It belongs to the store and to the recorder, until it is closed. */
WsiConversation *wsi_recorder_open     (WsiRecorder      *self,
                                        const WsiOpening *opening,
                                        gint64            time_us);
/* Records the next bytes of a direction. */
void             wsi_recorder_push     (WsiRecorder     *self,
                                        WsiConversation *conversation,
                                        WspDirection     direction,
                                        GBytes          *bytes,
                                        gint64           time_us);
/* For a source that pushes much at once: the rows of pushes are announced together, by
 * wsi_recorder_announce (), until wsi_recorder_release_rows () is called.  A recorder with a lane
 * announces rows by itself. */
void             wsi_recorder_hold_rows (WsiRecorder *self);
void             wsi_recorder_release_rows (WsiRecorder *self);
void             wsi_recorder_announce  (WsiRecorder *self);
/* Sets whether the messages of the bytes that follow have values that were hidden when they were
 * saved. */
void             wsi_recorder_set_hidden (WsiRecorder *self,
                                          gboolean     is_hidden);
/* Records that bytes of a direction are missing.  length G_MAXUINT64: it is unknown how many. */
void             wsi_recorder_skip     (WsiRecorder     *self,
                                        WsiConversation *conversation,
                                        WspDirection     direction,
                                        guint64          length,
                                        gint64           time_us);
/* Records that a frame probably begins with the next byte, where bytes are missing before. */
void             wsi_recorder_expect_frame (WsiRecorder     *self,
                                            WsiConversation *conversation,
                                            WspDirection     direction,
                                            gint64           time_us);
/* Records that a direction goes on at a place.  n_missing: bytes before it that are missing; 0:
 * also if it begins there. */
void             wsi_recorder_continue_at (WsiRecorder             *self,
                                           WsiConversation         *conversation,
                                           WspDirection             direction,
                                           const WspDissectorPlace *place,
                                           guint64                  n_missing,
                                           gint64                   time_us);
/* Records a message of which only the payload is known, not the frames. */
void             wsi_recorder_message  (WsiRecorder     *self,
                                        WsiConversation *conversation,
                                        WspDirection     direction,
                                        guint            opcode,
                                        GBytes          *payload,
                                        gint64           time_us);
/* conversation: NULL = the event belongs to all of the source.  sentence: NULL = none. */
void             wsi_recorder_event    (WsiRecorder       *self,
                                        WsiConversation   *conversation,
                                        WsiEvent           event,
                                        const WsiSentence *sentence,
                                        gint64             time_us);
/* For a file whose comments come after their rows: the next row that is recorded gets this
 * number, the rows after it get the following ones.  0: the next rows get no number. */
void             wsi_recorder_number_row (WsiRecorder *self,
                                          guint64      number);
/* Sets the comment of the row with a number (wsi_recorder_number_row ()).  number 0: of the last
 * row of the conversation, which may be closed.  text NULL: removes the comment. */
void             wsi_recorder_comment  (WsiRecorder     *self,
                                        WsiConversation *conversation,
                                        guint64          number,
                                        const char      *text);
/* Sets the mark of the row with a number; 0: removes it. */
void             wsi_recorder_mark     (WsiRecorder     *self,
                                        WsiConversation *conversation,
                                        guint64          number,
                                        guint            mark);
/* Records the end of the bytes of a direction.  A frame that has begun is recorded as cut. */
void             wsi_recorder_end_direction (WsiRecorder     *self,
                                             WsiConversation *conversation,
                                             WspDirection     direction,
                                             gint64           time_us);
/* Ends a direction, and says how TCP has ended it. */
void             wsi_recorder_end_tcp  (WsiRecorder     *self,
                                        WsiConversation *conversation,
                                        WspDirection     direction,
                                        WsiTcpEnding     how,
                                        gint64           time_us);
/* Closes the conversation; a second call does nothing.  The recorder drops its
 * reference.  sentence: NULL = the connection was freed before it ended. */
void             wsi_recorder_close    (WsiRecorder       *self,
                                        WsiConversation   *conversation,
                                        WsiEnding          ending,
                                        const WsiSentence *sentence,
                                        gint64             time_us);
/* Closes the conversation because the transport has ended.  The ending is clean if a Close frame
 * came before. */
void             wsi_recorder_close_stream (WsiRecorder     *self,
                                            WsiConversation *conversation,
                                            WsiStreamEnd     how,
                                            gint64           time_us);

G_END_DECLS
