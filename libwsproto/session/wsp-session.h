/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/base/wsp-enums.h>
#include <libwsproto/base/wsp-macros.h>
#include <libwsproto/http/wsp-headers.h>
#include <libwsproto/limits/wsp-deflate-options.h>
#include <libwsproto/limits/wsp-limits.h>
#include <libwsproto/session/wsp-session-action.h>
#include <libwsproto/session/wsp-session-enums.h>

G_BEGIN_DECLS

#define WSP_TYPE_SESSION (wsp_session_get_type ())

WSP_AVAILABLE_IN_ALL G_DECLARE_FINAL_TYPE (WspSession, wsp_session, WSP, SESSION, GObject)

WSP_AVAILABLE_IN_ALL
WspSession         *wsp_session_new (WspRole             role);
WSP_AVAILABLE_IN_ALL
WspSession         *wsp_session_new_established        (WspRole             role,
                                                        const char         *subprotocol,
                                                        const char * const *extensions,
                                                        GError            **error);

WSP_AVAILABLE_IN_ALL
WspHeaders         *wsp_session_begin_client_handshake (WspSession         *self,
                                                        const char * const *subprotocols,
                                                        const char * const *extensions,
                                                        WspHeaders         *initial,
                                                        GError            **error);
WSP_AVAILABLE_IN_ALL
gboolean            wsp_session_end_client_handshake   (WspSession *self,
                                                        WspHeaders *response,
                                                        GError    **error);
WSP_AVAILABLE_IN_ALL
WspHeaders         *wsp_session_begin_server_handshake (WspSession         *self,
                                                        const char         *subprotocol,
                                                        const char * const *extensions,
                                                        WspHeaders         *request,
                                                        GError            **error);

WSP_AVAILABLE_IN_ALL
guint               wsp_session_send                   (WspSession   *self,
                                                        WspBufferType type,
                                                        GBytes       *payload,
                                                        GError      **error);
WSP_AVAILABLE_IN_ALL
guint               wsp_session_send_raw               (WspSession *self,
                                                        guint16     header,
                                                        GBytes     *payload,
                                                        GError    **error);
WSP_AVAILABLE_IN_ALL
guint               wsp_session_send_close             (WspSession *self,
                                                        guint       code,
                                                        const char *reason,
                                                        GError    **error);
WSP_AVAILABLE_IN_ALL
guint               wsp_session_receive                (WspSession *self,
                                                        GError    **error);
WSP_AVAILABLE_IN_ALL
guint               wsp_session_receive_into           (WspSession *self,
                                                        guint8     *buffer,
                                                        gsize       length,
                                                        GError    **error);

WSP_AVAILABLE_IN_ALL
WspSessionAction   *wsp_session_next_action            (WspSession    *self,
                                                        WspActionQueue queue,
                                                        GError       **error);
WSP_AVAILABLE_IN_ALL
gboolean            wsp_session_get_action             (WspSession       *self,
                                                        WspActionQueue    queue,
                                                        WspSessionAction *action,
                                                        GError          **error);
WSP_AVAILABLE_IN_ALL
void                wsp_session_complete_action        (WspSession       *self,
                                                        WspSessionAction *action,
                                                        gsize             bytes_transferred);
WSP_AVAILABLE_IN_ALL
void                wsp_session_complete_receive       (WspSession       *self,
                                                        WspSessionAction *action,
                                                        GBytes           *data);
WSP_AVAILABLE_IN_ALL
void                wsp_session_fail_action            (WspSession       *self,
                                                        WspSessionAction *action,
                                                        const GError     *error);
WSP_AVAILABLE_IN_ALL
void                wsp_session_abort                  (WspSession *self);
WSP_AVAILABLE_IN_ALL
gboolean            wsp_session_has_pending            (WspSession    *self,
                                                        WspActionQueue queue);
WSP_AVAILABLE_IN_ALL
gint64              wsp_session_get_deadline_us           (WspSession *self);
WSP_AVAILABLE_IN_ALL
void                wsp_session_set_time_us               (WspSession *self,
                                                           gint64      monotonic_us);

WSP_AVAILABLE_IN_ALL
WspSessionState     wsp_session_get_state              (WspSession *self);
WSP_AVAILABLE_IN_ALL
WspLimits          *wsp_session_get_limits             (WspSession *self);
WSP_AVAILABLE_IN_ALL
void                wsp_session_set_limits             (WspSession *self,
                                                        WspLimits  *limits);
WSP_AVAILABLE_IN_ALL
const char         *wsp_session_get_subprotocol        (WspSession *self);
WSP_AVAILABLE_IN_ALL
const char * const *wsp_session_get_extensions         (WspSession *self);
WSP_AVAILABLE_IN_ALL
guint               wsp_session_get_peer_close_code    (WspSession *self);
WSP_AVAILABLE_IN_ALL
const char         *wsp_session_get_peer_close_reason  (WspSession *self);
WSP_AVAILABLE_IN_ALL
guint               wsp_session_get_local_close_code   (WspSession *self);

G_END_DECLS
