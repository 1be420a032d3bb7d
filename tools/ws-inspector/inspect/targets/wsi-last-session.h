/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The targets and the filter of a session that is in no file: kept in the settings without secrets,
 * and started again, when no session goes on. */
#pragma once

#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

#define WSI_TYPE_LAST_SESSION (wsi_last_session_get_type ())

G_DECLARE_FINAL_TYPE (WsiLastSession, wsi_last_session, WSI, LAST_SESSION, GObject)

WsiLastSession *wsi_last_session_new (GSettings * settings);
/* One line for each target that is kept. */
char          **wsi_last_session_dup_lines  (WsiLastSession *self);
/* The filter of the last session.  NULL: none is kept. */
char           *wsi_last_session_dup_filter (WsiLastSession *self);
/* The target was started.  The example is not kept, as it can be played at any time. */
void            wsi_last_session_keep       (WsiLastSession  *self,
                                             const WsiTarget *target);
/* Ends the session; filter NULL: it has none. */
void            wsi_last_session_end        (WsiLastSession *self,
                                             const char     *filter);
/* Forgets the session that ends: it is in a file. */
void            wsi_last_session_forget     (WsiLastSession *self);

/* Lets the kept targets wait to be started, the first one first. */
void            wsi_last_session_wait       (WsiLastSession *self);
void            wsi_last_session_stop       (WsiLastSession *self);
gboolean        wsi_last_session_is_waiting (WsiLastSession *self);
/* Takes the next target.  NULL: none waits. */
WsiTarget      *wsi_last_session_take       (WsiLastSession *self);
/* The target was refused, such as one without its secret: it is the first that waits again. */
void            wsi_last_session_put_back   (WsiLastSession  *self,
                                             const WsiTarget *target);
/* The user has started a target: if the first one that waits has the same kind, it is corrected,
 * and waits no more. */
void            wsi_last_session_correct    (WsiLastSession  *self,
                                             const WsiTarget *target);

G_END_DECLS
