/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

/**
 * WSP_ERROR:
 *
 * The error domain of the library. Errors of the transport keep their own domains.
 *
 * Since: 0.1
 */
#define WSP_ERROR (wsp_error_quark ())

/**
 * WspError:
 * @WSP_ERROR_FAILED: another error, such as out of memory (`E_OUTOFMEMORY`)
 * @WSP_ERROR_INVALID_ARGUMENT: an argument of the caller is not valid (`E_INVALIDARG`)
 * @WSP_ERROR_INVALID_OPERATION: the call is not possible in this state
 *   (`E_INVALID_PROTOCOL_OPERATION`)
 * @WSP_ERROR_INVALID_FORMAT: the peer's bytes are malformed or out of sequence
 *   (`E_INVALID_PROTOCOL_OPERATION`, `E_INVALID_PROTOCOL_FORMAT`)
 * @WSP_ERROR_INVALID_UTF8: text of the peer is not UTF-8 (`E_INVALID_PROTOCOL_FORMAT`)
 * @WSP_ERROR_TOO_BIG: the peer's message, frame or head exceeds a limit
 *   (`E_INVALID_PROTOCOL_FORMAT`)
 * @WSP_ERROR_EXTENSION_NOT_SUPPORTED: an extension was selected that was not offered
 *   (`E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED`)
 * @WSP_ERROR_SUBPROTOCOL_NOT_SUPPORTED: a subprotocol was selected that was not offered
 *   (`E_SUBPROTOCOL_NOT_SUPPORTED`)
 * @WSP_ERROR_VERSION_NOT_SUPPORTED: the peer uses another version of the protocol
 *   (`E_PROTOCOL_VERSION_NOT_SUPPORTED`)
 * @WSP_ERROR_HANDSHAKE: the response was not status 101, or was not HTTP
 * @WSP_ERROR_NOT_WEBSOCKET: a plain HTTP request, for an HTTP server
 * @WSP_ERROR_REJECTED: a policy or a handler rejected a request, a connection or input of
 *   the peer
 * @WSP_ERROR_CLOSED: the closing handshake has started or is over, or the program aborted the
 *   connection (`E_INVALID_PROTOCOL_OPERATION`)
 * @WSP_ERROR_ABNORMAL_CLOSURE: the transport failed, ended without a Close, or was given up because
 *   the peer did not answer
 * @WSP_ERROR_QUEUE_FULL: [property@Wsp.Limits:max-send-queue] bytes wait to be sent; nothing was
 *   queued, and the call may succeed later
 *
 * Errors of the protocol. The message is the text of the broken rule: English, not
 * translated, suitable for a log.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_ERROR_FAILED,
  WSP_ERROR_INVALID_ARGUMENT,
  WSP_ERROR_INVALID_OPERATION,
  WSP_ERROR_INVALID_FORMAT,
  WSP_ERROR_INVALID_UTF8,
  WSP_ERROR_TOO_BIG,
  WSP_ERROR_EXTENSION_NOT_SUPPORTED,
  WSP_ERROR_SUBPROTOCOL_NOT_SUPPORTED,
  WSP_ERROR_VERSION_NOT_SUPPORTED,
  WSP_ERROR_HANDSHAKE,
  WSP_ERROR_NOT_WEBSOCKET,
  WSP_ERROR_REJECTED,
  WSP_ERROR_CLOSED,
  WSP_ERROR_ABNORMAL_CLOSURE,
  WSP_ERROR_QUEUE_FULL,
} WspError;

WSP_AVAILABLE_IN_ALL
GQuark wsp_error_quark         (void);
WSP_AVAILABLE_IN_ALL
guint  wsp_error_to_close_code (const GError *error);

G_END_DECLS
