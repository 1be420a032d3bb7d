/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The model of one window: any number of sources, each in a thread of its own, and the traffic that
 * they record, merged by time.  Independent of widgets.
 *
 * The session is used in the thread that has made it, which also writes the records. */
#pragma once

#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

#define WSI_TYPE_SESSION (wsi_session_get_type ())

G_DECLARE_FINAL_TYPE (WsiSession, wsi_session, WSI, SESSION, GObject)

WsiSession      *wsi_session_new_with_limits (const WsiStoreLimits * limits);
/* Makes a recorder for a source that is added then. */
WsiRecorder     *wsi_session_make_recorder    (WsiSession           *self,
                                               WspRole               role,
                                               const WsiLaneOptions *options);
/* Adds a source, and starts it. */
void             wsi_session_add              (WsiSession *self,
                                               WsiSource  *source);
/* Removes a source; ends it at once, if it has not ended.  Its rows stay. */
void             wsi_session_remove           (WsiSession *self,
                                               WsiSource  *source);
/* Starts the demonstration, a source of the session.  text may be NULL. */
WsiSource       *wsi_session_demonstrate      (WsiSession *self,
                                               const char *text,
                                               GError    **error);
/* Recordings of any format, in one source.  If a recording cannot be opened, the source fails.
 * key_log: with the secrets of TLS in captures; NULL = none.  websocket_ports: as of
 * wsi_recording_set_read_as_websocket (); NULL = none. */
WsiSource       *wsi_session_open_files       (WsiSession   *self,
                                               GListModel   *files,
                                               const char   *key_log,
                                               const GArray *websocket_ports);
/* The items are WsiSource, in the order in which they were added. */
GListModel      *wsi_session_get_sources      (WsiSession *self);
/* Finds the source that has observed a conversation; NULL: it was removed. */
WsiSource       *wsi_session_find_source      (WsiSession      *self,
                                               WsiConversation *conversation);
/* Why nothing can be sent on a connection, not translated; NULL: it can be written to.  advice:
 * what to do.  conversation: NULL = there is none. */
const char      *wsi_session_find_obstacle    (WsiSession      *self,
                                               WsiConversation *conversation,
                                               const char     **advice);
guint            wsi_session_get_n_sources    (WsiSession *self);
/* The source at a position; the session has the reference. */
WsiSource       *wsi_session_get_source       (WsiSession *self,
                                               guint       i);
/* Whether a source has not ended. */
gboolean         wsi_session_is_running     (WsiSession *self);
/* Ends all sources in good order. */
void             wsi_session_stop             (WsiSession *self);
/* Connections go on, but their frames are not recorded: a source that stopped reading would slow
 * what is observed.  Nothing is done while a file is read, of which no row may be missing. */
void             wsi_session_pause            (WsiSession *self);
/* Goes on after a pause; records from before it are not written any more. */
void             wsi_session_resume           (WsiSession *self);
gboolean         wsi_session_is_paused        (WsiSession *self);
WsiStore        *wsi_session_get_store        (WsiSession *self);
/* How late live traffic is in the store, in microseconds. */
gint64           wsi_session_get_delay        (WsiSession *self);
/* The sentence about the end of the last connection, or the failure of a source or a handshake;
 * NULL = none. */
const WsiSentence *wsi_session_get_sentence   (WsiSession *self);
/* The number of the connection whose sentence it is; 0 = it is of a source. */
guint32          wsi_session_get_ended        (WsiSession *self);
WsiEnding        wsi_session_get_ending       (WsiSession *self);
/* The latest conversation; NULL while there was none. */
WsiConversation *wsi_session_get_conversation (WsiSession *self);

G_END_DECLS
