/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/base/wsp-macros.h>
#include <libwsproto/session/wsp-session-enums.h>

G_BEGIN_DECLS

#define WSP_TYPE_SESSION_ACTION (wsp_session_action_get_type ())

/**
 * WspSessionAction:
 *
 * An action of a session: write these bytes, read into this memory, look at this payload.
 * Perform it and then call [method@Wsp.Session.complete_action] or a similar method.
 *
 * In C an action may be on the stack, where [method@Wsp.Session.get_action] fills it. The memory
 * that an action points to belongs to the session. You may use this memory until the action is
 * completed or the session is finalized, also after the session was aborted or has failed. An
 * action of [method@Wsp.Session.next_action] holds the session; after the action was completed, it
 * returns %NULL for its bytes.
 *
 * Corresponds to the values that `WebSocketGetAction()` returns: the array of `WEB_SOCKET_BUFFER`
 * and `pvActionContext`. Use it in the thread that uses the session.
 *
 * Since: 0.1
 */
typedef struct _WspSessionAction WspSessionAction;

struct _WspSessionAction
{
  /*< private >*/
  guint64 reserved[16];
};

/**
 * WSP_SESSION_ACTION_INIT: (skip)
 *
 * An action on the stack that holds nothing.
 *
 * Since: 0.1
 */
#define WSP_SESSION_ACTION_INIT { { 0, } }

WSP_AVAILABLE_IN_ALL
GType                wsp_session_action_get_type         (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
WspSessionAction    *wsp_session_action_copy             (const WspSessionAction *self);
WSP_AVAILABLE_IN_ALL
void                 wsp_session_action_free             (WspSessionAction *self);
WSP_AVAILABLE_IN_ALL
WspActionType        wsp_session_action_get_action_type  (const WspSessionAction *self);
WSP_AVAILABLE_IN_ALL
WspBufferType        wsp_session_action_get_buffer_type  (const WspSessionAction *self);
WSP_AVAILABLE_IN_ALL
guint16              wsp_session_action_get_raw_header   (const WspSessionAction *self);
WSP_AVAILABLE_IN_ALL
guint                wsp_session_action_get_operation    (const WspSessionAction *self);
WSP_AVAILABLE_IN_ALL
GBytes              *wsp_session_action_dup_bytes        (const WspSessionAction *self);
WSP_AVAILABLE_IN_ALL
gsize                wsp_session_action_get_wanted       (const WspSessionAction *self);
WSP_AVAILABLE_IN_ALL
guint                wsp_session_action_get_close_code   (const WspSessionAction *self);
WSP_AVAILABLE_IN_ALL
const char          *wsp_session_action_get_close_reason (const WspSessionAction *self);
WSP_AVAILABLE_IN_ALL
const GOutputVector *wsp_session_action_get_vectors      (const WspSessionAction *self,
                                                          guint                  *n_vectors);
WSP_AVAILABLE_IN_ALL
guint8              *wsp_session_action_get_buffer       (const WspSessionAction *self,
                                                          gsize                  *length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspSessionAction, wsp_session_action_free)

G_END_DECLS
