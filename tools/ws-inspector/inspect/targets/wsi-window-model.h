/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A window without its widgets: the session and its document, the target that was started last, and
 * the page that is shown. */
#pragma once

#include "inspect/save/saving/wsi-document.h"
#include "inspect/show/columns/wsi-shown-rows.h"
#include "inspect/sources/wsi-session.h"
#include "inspect/targets/wsi-last-session.h"

G_BEGIN_DECLS

#define WSI_TYPE_WINDOW_MODEL (wsi_window_model_get_type ())

G_DECLARE_FINAL_TYPE (WsiWindowModel, wsi_window_model, WSI, WINDOW_MODEL, GObject)

typedef enum
{
  WSI_PAGE_START,
  WSI_PAGE_SESSION,
  WSI_PAGE_FAILED,              /* the page of a failure of the only source */
} WsiPage;

/* Signals: "paged": a page is to be shown, perhaps the same one again.  "session-changed": there is
 * another session, or none.  "changed": the state or the file of the session has changed.
 * "reported": a connection ended abnormally, which no page shows.  "started" (target, source): the
 * target is NULL for a demonstration.  "refused" (target, field, error): the start page is shown,
 * and may be corrected.  "continued" (filter): all targets of the last session were started.
 *
 * wsi_window_model_set_up () comes first, once. */
void            wsi_window_model_set_up        (WsiWindowModel *self,
                                                GSettings      *settings);
/* Sets the rows of the list that shows the session: their filter is kept for the next time. */
void            wsi_window_model_set_rows      (WsiWindowModel *self,
                                                WsiShownRows   *rows);
/* The session.  NULL: none has begun. */
WsiSession     *wsi_window_model_get_session   (WsiWindowModel *self);
/* The first source of the session; NULL: there is none. */
WsiSource      *wsi_window_model_get_source    (WsiWindowModel *self);
/* The document of the session (property "document"); NULL without a session. */
WsiDocument    *wsi_window_model_get_document  (WsiWindowModel *self);
/* The name of the file, escaped for a label; NULL: the session is not written to a file. */
char           *wsi_window_model_dup_file_name (WsiWindowModel *self);
/* The target that was started last, also if it was refused; NULL: none was. */
WsiTarget      *wsi_window_model_get_target    (WsiWindowModel *self);
WsiLastSession *wsi_window_model_get_last      (WsiWindowModel *self);
WsiPage         wsi_window_model_get_page      (WsiWindowModel *self);
void            wsi_window_model_show_page     (WsiWindowModel *self,
                                                WsiPage         page);
/* The page of the session, which has begun, or that of its failure. */
void            wsi_window_model_return        (WsiWindowModel *self);
/* Adds the target to the session, or begins one. */
void            wsi_window_model_start         (WsiWindowModel  *self,
                                                const WsiTarget *target);
/* Starts the last target in a new session.  There must be such a target. */
void            wsi_window_model_start_again   (WsiWindowModel *self);
/* Whether the session has more than one source. */
gboolean        wsi_window_model_has_other_sources (WsiWindowModel *self);
/* Gives the key log to the live capture of a connection.  FALSE: it comes from none that runs. */
gboolean        wsi_window_model_follow_key_log (WsiWindowModel *self,
                                                 guint32         connection,
                                                 const char     *key_log);
/* Reads the recording of a connection once more, with the secrets of TLS in key_log: in the place
 * of the session if it has no other sources, else in addition.  FALSE: it comes from no file. */
gboolean        wsi_window_model_read_again    (WsiWindowModel *self,
                                                guint32         connection,
                                                const char     *key_log);
/* Whether a source is a capture that runs, or files of which one is a capture. */
gboolean        wsi_window_model_has_packets_of (WsiSource *source);
/* Whether the session has a source of packets. */
gboolean        wsi_window_model_has_packets   (WsiWindowModel *self);
/* Makes connections of this port of a server WebSockets from now on, in running captures.  FALSE:
 * none runs. */
gboolean        wsi_window_model_follow_as_websocket (WsiWindowModel *self,
                                                      guint16         port);
/* Reads the captures of the session once more, with this port, as wsi_window_model_read_again ().
 * FALSE: there are none in files. */
gboolean        wsi_window_model_read_as_websocket (WsiWindowModel *self,
                                                    guint16         port);
/* Starts the targets that are left of the last session. */
void            wsi_window_model_continue      (WsiWindowModel *self);
/* Starts the demonstration; text may be NULL. */
gboolean        wsi_window_model_demonstrate   (WsiWindowModel *self,
                                                const char     *text,
                                                GError        **error);
/* Saves the session as wsi_document_save_as (), with the names that the settings hide. */
gboolean        wsi_window_model_save_to       (WsiWindowModel *self,
                                                GFile          *file,
                                                WsiRedaction    redaction,
                                                GError        **error);
/* Ends the session without a question; wsi_window_model_end () also shows the start page. */
void            wsi_window_model_drop_session  (WsiWindowModel *self);
void            wsi_window_model_end           (WsiWindowModel *self);

G_END_DECLS
