/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

/**
 * WSP_SESSION_ERROR:
 *
 * The error domain for errors of the protocol. Errors of the transport keep their own
 * domains.
 *
 * Since: 0.1
 */
#define WSP_SESSION_ERROR (wsp_session_error_quark ())

/**
 * WspSessionError:
 * @WSP_SESSION_ERROR_FAILED: another error, such as out of memory (`E_OUTOFMEMORY`)
 * @WSP_SESSION_ERROR_INVALID_ARGUMENT: an argument of the caller is not valid (`E_INVALIDARG`)
 * @WSP_SESSION_ERROR_INVALID_OPERATION: the call is not possible in this state
 *   (`E_INVALID_PROTOCOL_OPERATION`)
 * @WSP_SESSION_ERROR_INVALID_FORMAT: the peer's bytes are malformed or out of sequence
 *   (`E_INVALID_PROTOCOL_OPERATION`, `E_INVALID_PROTOCOL_FORMAT`)
 * @WSP_SESSION_ERROR_INVALID_UTF8: text of the peer is not UTF-8 (`E_INVALID_PROTOCOL_FORMAT`)
 * @WSP_SESSION_ERROR_TOO_BIG: a limit was exceeded (`E_INVALID_PROTOCOL_FORMAT`)
 * @WSP_SESSION_ERROR_EXTENSION_NOT_SUPPORTED: an extension was selected that was not offered
 *   (`E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED`)
 * @WSP_SESSION_ERROR_SUBPROTOCOL_NOT_SUPPORTED: a subprotocol was selected that was not offered
 *   (`E_SUBPROTOCOL_NOT_SUPPORTED`)
 * @WSP_SESSION_ERROR_VERSION_NOT_SUPPORTED: the peer uses another version of the protocol
 *   (`E_PROTOCOL_VERSION_NOT_SUPPORTED`)
 * @WSP_SESSION_ERROR_HANDSHAKE: the response was not status 101, or was not HTTP
 * @WSP_SESSION_ERROR_NOT_WEBSOCKET: a plain HTTP request, for an HTTP server
 * @WSP_SESSION_ERROR_REJECTED: a policy or a handler rejected a request, a connection or input of
 *   the peer
 * @WSP_SESSION_ERROR_CLOSED: the closing handshake has started or is over
 *   (`E_INVALID_PROTOCOL_OPERATION`)
 * @WSP_SESSION_ERROR_ABNORMAL_CLOSURE: the transport ended without a Close
 *
 * Errors of the protocol. The message is the text of the broken rule: English, not
 * translated, suitable for a log.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_SESSION_ERROR_FAILED,
  WSP_SESSION_ERROR_INVALID_ARGUMENT,
  WSP_SESSION_ERROR_INVALID_OPERATION,
  WSP_SESSION_ERROR_INVALID_FORMAT,
  WSP_SESSION_ERROR_INVALID_UTF8,
  WSP_SESSION_ERROR_TOO_BIG,
  WSP_SESSION_ERROR_EXTENSION_NOT_SUPPORTED,
  WSP_SESSION_ERROR_SUBPROTOCOL_NOT_SUPPORTED,
  WSP_SESSION_ERROR_VERSION_NOT_SUPPORTED,
  WSP_SESSION_ERROR_HANDSHAKE,
  WSP_SESSION_ERROR_NOT_WEBSOCKET,
  WSP_SESSION_ERROR_REJECTED,
  WSP_SESSION_ERROR_CLOSED,
  WSP_SESSION_ERROR_ABNORMAL_CLOSURE,
} WspSessionError;

WSP_AVAILABLE_IN_ALL
GQuark wsp_session_error_quark         (void);
WSP_AVAILABLE_IN_ALL
guint  wsp_session_error_to_close_code (const GError *error);

G_END_DECLS
