/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/connection/message/wsp-message-stream.h>
#include <libwsproto/connection/message/wsp-message.h>
#include <libwsproto/connection/report/wsp-close-info.h>
#include <libwsproto/connection/report/wsp-connection-stats.h>
#include <libwsproto/handshake/wsp-handshake.h>
#include <libwsproto/limits/wsp-limits.h>
#include <libwsproto/tap/wsp-tap.h>

G_BEGIN_DECLS

/**
 * WspConnectionState:
 * @WSP_CONNECTION_STATE_OPEN: messages go both ways
 * @WSP_CONNECTION_STATE_CLOSING: a Close was sent or received, or the connection has failed
 * @WSP_CONNECTION_STATE_CLOSED: the transport has ended
 *
 * The state of a connection. The state only moves forward. No state is 0.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_CONNECTION_STATE_OPEN = 1,
  WSP_CONNECTION_STATE_CLOSING,
  WSP_CONNECTION_STATE_CLOSED,
} WspConnectionState;

/**
 * WspMessageFilter:
 * @WSP_MESSAGE_FILTER_NONE: text and binary messages are accepted
 * @WSP_MESSAGE_FILTER_TEXT_ONLY: a binary message fails the connection with 1003
 * @WSP_MESSAGE_FILTER_BINARY_ONLY: a text message fails the connection with 1003
 *
 * Which messages of the peer a connection accepts. See RFC 6455, section 7.4.1.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_MESSAGE_FILTER_NONE,
  WSP_MESSAGE_FILTER_TEXT_ONLY,
  WSP_MESSAGE_FILTER_BINARY_ONLY,
} WspMessageFilter;

#define WSP_TYPE_CONNECTION (wsp_connection_get_type ())

WSP_AVAILABLE_IN_ALL G_DECLARE_FINAL_TYPE (WspConnection, wsp_connection, WSP, CONNECTION, GObject)

/**
 * WspMessageFunc:
 * @connection: (transfer none): the connection, valid during the call
 * @message: (transfer none): the message, valid during the call; [method@Wsp.Message.ref] keeps it
 * @user_data: the data that was set together with the function
 *
 * Called with each message of a connection, see [method@Wsp.Connection.set_message_func].
 *
 * Since: 0.1
 */
typedef void (*WspMessageFunc) (WspConnection *connection,
                                WspMessage    *message,
                                gpointer       user_data);

/**
 * WspConnectionFunc:
 * @connection: (transfer none): the connection, valid during the call
 * @user_data: the data that was given together with the function
 *
 * Called in the thread of a connection, see [method@Wsp.Connection.invoke].
 *
 * Since: 0.1
 */
typedef void (*WspConnectionFunc) (WspConnection *connection,
                                   gpointer       user_data);

WSP_AVAILABLE_IN_ALL
WspConnection      *wsp_connection_new_for_stream (GIOStream          *stream,
                                                   WspRole             role,
                                                   const char         *subprotocol,
                                                   const char * const *extensions,
                                                   GBytes             *initial_input,
                                                   GError            **error);

WSP_AVAILABLE_IN_ALL
void                wsp_connection_send_message_async   (WspConnection      *self,
                                                         WspMessage         *message,
                                                         WspSendFlags        flags,
                                                         GCancellable       *cancellable,
                                                         GAsyncReadyCallback callback,
                                                         gpointer            user_data);
WSP_AVAILABLE_IN_ALL
gboolean            wsp_connection_send_message_finish  (WspConnection *self,
                                                         GAsyncResult  *result,
                                                         GError       **error);
WSP_AVAILABLE_IN_ALL
gboolean            wsp_connection_queue_text           (WspConnection *self,
                                                         const char    *text,
                                                         GError       **error);
WSP_AVAILABLE_IN_ALL
gboolean            wsp_connection_queue_binary         (WspConnection *self,
                                                         const guint8  *data,
                                                         gsize          length,
                                                         GError       **error);
WSP_AVAILABLE_IN_ALL
gboolean            wsp_connection_queue_message        (WspConnection *self,
                                                         WspMessage    *message,
                                                         WspSendFlags   flags,
                                                         GError       **error);

WSP_AVAILABLE_IN_ALL
gboolean            wsp_connection_send_from_thread     (WspConnection *self,
                                                         WspMessage    *message,
                                                         WspSendFlags   flags,
                                                         GError       **error);
WSP_AVAILABLE_IN_ALL
guint               wsp_message_broadcast               (WspMessage     *self,
                                                         WspConnection **connections,
                                                         gsize           n_connections,
                                                         WspSendFlags    flags);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_invoke               (WspConnection    *self,
                                                         WspConnectionFunc func,
                                                         gpointer          user_data,
                                                         GDestroyNotify    destroy);

WSP_AVAILABLE_IN_ALL
void                wsp_connection_receive_async        (WspConnection      *self,
                                                         GCancellable       *cancellable,
                                                         GAsyncReadyCallback callback,
                                                         gpointer            user_data);
WSP_AVAILABLE_IN_ALL
WspMessage         *wsp_connection_receive_finish       (WspConnection *self,
                                                         GAsyncResult  *result,
                                                         GError       **error);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_start_receiving                (WspConnection *self);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_stop_receiving                 (WspConnection *self);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_set_message_func     (WspConnection *self,
                                                         WspMessageFunc func,
                                                         gpointer       user_data,
                                                         GDestroyNotify destroy);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_hold_replies         (void);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_write_replies        (void);

WSP_AVAILABLE_IN_ALL
GOutputStream      *wsp_connection_begin_message        (WspConnection *self,
                                                         WspMessageType message_type,
                                                         WspSendFlags   flags,
                                                         GError       **error);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_receive_stream_async (WspConnection      *self,
                                                         GCancellable       *cancellable,
                                                         GAsyncReadyCallback callback,
                                                         gpointer            user_data);
WSP_AVAILABLE_IN_ALL
WspMessageStream   *wsp_connection_receive_stream_finish (WspConnection *self,
                                                          GAsyncResult  *result,
                                                          GError       **error);

WSP_AVAILABLE_IN_ALL
void                wsp_connection_ping_async           (WspConnection      *self,
                                                         GBytes             *payload,
                                                         GCancellable       *cancellable,
                                                         GAsyncReadyCallback callback,
                                                         gpointer            user_data);
WSP_AVAILABLE_IN_ALL
gint64              wsp_connection_ping_finish          (WspConnection *self,
                                                         GAsyncResult  *result,
                                                         GError       **error);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_close_async          (WspConnection      *self,
                                                         guint               code,
                                                         const char         *reason,
                                                         GCancellable       *cancellable,
                                                         GAsyncReadyCallback callback,
                                                         gpointer            user_data);
WSP_AVAILABLE_IN_ALL
gboolean            wsp_connection_close_finish         (WspConnection *self,
                                                         GAsyncResult  *result,
                                                         GError       **error);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_flush_async          (WspConnection      *self,
                                                         GCancellable       *cancellable,
                                                         GAsyncReadyCallback callback,
                                                         gpointer            user_data);
WSP_AVAILABLE_IN_ALL
gboolean            wsp_connection_flush_finish         (WspConnection *self,
                                                         GAsyncResult  *result,
                                                         GError       **error);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_fail                 (WspConnection *self,
                                                         const GError  *error);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_abort                (WspConnection *self);

WSP_AVAILABLE_IN_ALL
void                wsp_connection_add_tap              (WspConnection *self,
                                                         WspTap        *tap);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_remove_tap           (WspConnection *self,
                                                         WspTap        *tap);

WSP_AVAILABLE_IN_ALL
WspConnectionStats           *wsp_connection_dup_stats            (WspConnection *self);
WSP_AVAILABLE_IN_ALL
WspConnectionState  wsp_connection_get_state            (WspConnection *self);
WSP_AVAILABLE_IN_ALL
WspCloseInfo       *wsp_connection_get_close_info       (WspConnection *self);
WSP_AVAILABLE_IN_ALL
GIOStream          *wsp_connection_get_io_stream        (WspConnection *self);
WSP_AVAILABLE_IN_ALL
WspHandshake       *wsp_connection_get_handshake        (WspConnection *self);
WSP_AVAILABLE_IN_ALL
const char         *wsp_connection_get_uri              (WspConnection *self);
WSP_AVAILABLE_IN_ALL
const char         *wsp_connection_get_route            (WspConnection *self);
WSP_AVAILABLE_IN_ALL
gint64              wsp_connection_get_rtt_us              (WspConnection *self);
WSP_AVAILABLE_IN_ALL
guint64             wsp_connection_get_send_queue_bytes (WspConnection *self);
WSP_AVAILABLE_IN_ALL
gboolean            wsp_connection_is_writable          (WspConnection *self);
WSP_AVAILABLE_IN_ALL
GMainContext       *wsp_connection_dup_main_context     (WspConnection *self);
WSP_AVAILABLE_IN_ALL
guint               wsp_connection_get_peer_close_code  (WspConnection *self);
WSP_AVAILABLE_IN_ALL
const char         *wsp_connection_get_peer_close_reason (WspConnection *self);
WSP_AVAILABLE_IN_ALL
WspRole             wsp_connection_get_role             (WspConnection *self);
WSP_AVAILABLE_IN_ALL
const char         *wsp_connection_get_subprotocol      (WspConnection *self);
WSP_AVAILABLE_IN_ALL
const char * const *wsp_connection_get_extensions       (WspConnection *self);
WSP_AVAILABLE_IN_ALL
GSocketAddress     *wsp_connection_get_remote_address   (WspConnection *self);
WSP_AVAILABLE_IN_ALL
GSocketAddress     *wsp_connection_get_local_address    (WspConnection *self);
WSP_AVAILABLE_IN_ALL
GTlsProtocolVersion wsp_connection_get_tls_protocol     (WspConnection *self);
WSP_AVAILABLE_IN_ALL
const char         *wsp_connection_get_tls_ciphersuite  (WspConnection *self);
WSP_AVAILABLE_IN_ALL
GTlsCertificate    *wsp_connection_get_tls_peer_certificate (WspConnection *self);
WSP_AVAILABLE_IN_ALL
GTlsCertificateFlags wsp_connection_get_tls_peer_certificate_errors (WspConnection *self);
WSP_AVAILABLE_IN_ALL
WspLimits          *wsp_connection_get_limits           (WspConnection *self);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_set_limits           (WspConnection *self,
                                                         WspLimits     *limits);
WSP_AVAILABLE_IN_ALL
WspMessageFilter    wsp_connection_get_message_filter   (WspConnection *self);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_set_message_filter   (WspConnection   *self,
                                                         WspMessageFilter message_filter);

G_END_DECLS
