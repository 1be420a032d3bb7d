/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

/**
 * WspCloseCode:
 * @WSP_CLOSE_CODE_NORMAL: the purpose of the connection is fulfilled
 *   (`WEB_SOCKET_SUCCESS_CLOSE_STATUS`)
 * @WSP_CLOSE_CODE_GOING_AWAY: the server is shutting down, or the page was closed
 *   (`WEB_SOCKET_ENDPOINT_UNAVAILABLE_CLOSE_STATUS`)
 * @WSP_CLOSE_CODE_PROTOCOL_ERROR: the peer broke a rule of the protocol
 *   (`WEB_SOCKET_PROTOCOL_ERROR_CLOSE_STATUS`)
 * @WSP_CLOSE_CODE_UNSUPPORTED_DATA: this type of message is not accepted
 *   (`WEB_SOCKET_INVALID_DATA_TYPE_CLOSE_STATUS`)
 * @WSP_CLOSE_CODE_NO_STATUS: the Close frame had no code; never sent
 *   (`WEB_SOCKET_EMPTY_CLOSE_STATUS`)
 * @WSP_CLOSE_CODE_ABNORMAL: the connection ended without a Close frame; never sent
 *   (`WEB_SOCKET_ABORTED_CLOSE_STATUS`)
 * @WSP_CLOSE_CODE_INVALID_PAYLOAD: data does not match its type, such as text that is not UTF-8
 *   (`WEB_SOCKET_INVALID_PAYLOAD_CLOSE_STATUS`)
 * @WSP_CLOSE_CODE_POLICY_VIOLATION: a message violates a policy of the receiver
 *   (`WEB_SOCKET_POLICY_VIOLATION_CLOSE_STATUS`)
 * @WSP_CLOSE_CODE_TOO_BIG: a message is larger than the receiver accepts
 *   (`WEB_SOCKET_MESSAGE_TOO_BIG_CLOSE_STATUS`)
 * @WSP_CLOSE_CODE_MANDATORY_EXTENSION: the server did not negotiate a required extension
 *   (`WEB_SOCKET_UNSUPPORTED_EXTENSIONS_CLOSE_STATUS`)
 * @WSP_CLOSE_CODE_INTERNAL_ERROR: unexpected error at the sender of this code
 *   (`WEB_SOCKET_SERVER_ERROR_CLOSE_STATUS`)
 * @WSP_CLOSE_CODE_SERVICE_RESTART: reconnect later
 * @WSP_CLOSE_CODE_TRY_AGAIN_LATER: the server is overloaded
 * @WSP_CLOSE_CODE_BAD_GATEWAY: an upstream server gave no valid response
 * @WSP_CLOSE_CODE_TLS_HANDSHAKE: the TLS handshake failed; never sent
 *   (`WEB_SOCKET_SECURE_HANDSHAKE_ERROR_CLOSE_STATUS`)
 *
 * The close codes that have names. Functions take numbers, because 3000 to 4999 are valid too.
 *
 * See RFC 6455, section 7.4.1. The values are those of `WEB_SOCKET_CLOSE_STATUS`.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_CLOSE_CODE_NORMAL = 1000,
  WSP_CLOSE_CODE_GOING_AWAY = 1001,
  WSP_CLOSE_CODE_PROTOCOL_ERROR = 1002,
  WSP_CLOSE_CODE_UNSUPPORTED_DATA = 1003,
  WSP_CLOSE_CODE_NO_STATUS = 1005,
  WSP_CLOSE_CODE_ABNORMAL = 1006,
  WSP_CLOSE_CODE_INVALID_PAYLOAD = 1007,
  WSP_CLOSE_CODE_POLICY_VIOLATION = 1008,
  WSP_CLOSE_CODE_TOO_BIG = 1009,
  WSP_CLOSE_CODE_MANDATORY_EXTENSION = 1010,
  WSP_CLOSE_CODE_INTERNAL_ERROR = 1011,
  WSP_CLOSE_CODE_SERVICE_RESTART = 1012,
  WSP_CLOSE_CODE_TRY_AGAIN_LATER = 1013,
  WSP_CLOSE_CODE_BAD_GATEWAY = 1014,
  WSP_CLOSE_CODE_TLS_HANDSHAKE = 1015,
} WspCloseCode;

WSP_AVAILABLE_IN_ALL
gboolean    wsp_close_code_is_sendable (guint code);
WSP_AVAILABLE_IN_ALL
const char *wsp_close_code_describe    (guint code);

G_END_DECLS
