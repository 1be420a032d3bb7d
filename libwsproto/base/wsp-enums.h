/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The enumerations of this layer.  Assertions check that their values are those of the core. */
#pragma once

#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

/**
 * WspRole:
 * @WSP_ROLE_CLIENT: the side that sends the request; its frames are masked
 * @WSP_ROLE_SERVER: the side that sends the response
 *
 * The two sides of a WebSocket.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_ROLE_CLIENT,
  WSP_ROLE_SERVER,
} WspRole;

/**
 * WspMessageType:
 * @WSP_MESSAGE_TYPE_TEXT: UTF-8 text
 * @WSP_MESSAGE_TYPE_BINARY: any bytes
 *
 * The content of a message. See RFC 6455, section 5.6.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_MESSAGE_TYPE_TEXT = 1,
  WSP_MESSAGE_TYPE_BINARY = 2,
} WspMessageType;

/**
 * WspSendFlags:
 * @WSP_SEND_FLAGS_DEFAULT: after the messages queued before, compressed if compression was
 *   negotiated
 * @WSP_SEND_FLAGS_NO_COMPRESSION: not compressed, even if compression was negotiated
 * @WSP_SEND_FLAGS_URGENT: ahead of waiting messages, but after a message that has begun and after
 *   urgent messages that were queued before
 *
 * How a message is sent. Functions that take these flags refuse any other bit.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_SEND_FLAGS_DEFAULT = 0,
  WSP_SEND_FLAGS_NO_COMPRESSION = 1 << 0,
  WSP_SEND_FLAGS_URGENT = 1 << 1,
} WspSendFlags;

/**
 * WspListenFlags:
 * @WSP_LISTEN_FLAGS_DEFAULT: without TLS
 * @WSP_LISTEN_FLAGS_TLS: TLS only, with [property@Wsp.Server:tls-certificate]
 * @WSP_LISTEN_FLAGS_PROXY_PROTOCOL: each connection begins with a head of the PROXY protocol,
 *   version 1 or 2, before TLS; only peers in [property@Wsp.Server:trusted-proxies] may connect
 *
 * How a server listens. Functions that take these flags refuse any other bit.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_LISTEN_FLAGS_DEFAULT = 0,
  WSP_LISTEN_FLAGS_TLS = 1 << 0,
  WSP_LISTEN_FLAGS_PROXY_PROTOCOL = 1 << 1,
} WspListenFlags;

/**
 * WspSlowPolicy:
 * @WSP_SLOW_POLICY_CLOSE: the connection is closed with 1013: messages that have not begun to leave
 *   are dropped, and the Close is sent at once
 * @WSP_SLOW_POLICY_SKIP: the connection does not get the message, and
 *   [signal@Wsp.Connection::skipped] is emitted for the first one of a row
 *
 * How a broadcast treats a receiver that is slow, see [property@Wsp.Server:slow-policy].
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_SLOW_POLICY_CLOSE,
  WSP_SLOW_POLICY_SKIP,
} WspSlowPolicy;

/**
 * WspHandshakeStep:
 * @WSP_HANDSHAKE_STEP_BEGUN: the call that connects was made
 * @WSP_HANDSHAKE_STEP_RESOLVED: the host name was resolved
 * @WSP_HANDSHAKE_STEP_CONNECTED: the transport was connected
 * @WSP_HANDSHAKE_STEP_PROXIED: the proxy has connected to the server
 * @WSP_HANDSHAKE_STEP_SECURED: the TLS handshake was complete
 * @WSP_HANDSHAKE_STEP_SENT: the request was sent
 * @WSP_HANDSHAKE_STEP_ANSWERED: the head of the response was received
 *
 * The steps of a client's opening handshake, in their order.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_HANDSHAKE_STEP_BEGUN,
  WSP_HANDSHAKE_STEP_RESOLVED,
  WSP_HANDSHAKE_STEP_CONNECTED,
  WSP_HANDSHAKE_STEP_PROXIED,
  WSP_HANDSHAKE_STEP_SECURED,
  WSP_HANDSHAKE_STEP_SENT,
  WSP_HANDSHAKE_STEP_ANSWERED,
} WspHandshakeStep;

/**
 * WspDirection:
 * @WSP_DIRECTION_SENT: sent by the side that is observed
 * @WSP_DIRECTION_RECEIVED: received by the side that is observed
 *
 * The direction of bytes.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_DIRECTION_SENT,
  WSP_DIRECTION_RECEIVED,
} WspDirection;

G_END_DECLS
