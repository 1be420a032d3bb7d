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
 * WspActionType:
 * @WSP_ACTION_TYPE_NONE: nothing to do now (`WEB_SOCKET_NO_ACTION`)
 * @WSP_ACTION_TYPE_SEND_TO_NETWORK: write the action's bytes to the peer
 *   (`WEB_SOCKET_SEND_TO_NETWORK_ACTION`)
 * @WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE: a Send is complete
 *   (`WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION`)
 * @WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK: read bytes of the peer into the action's memory
 *   (`WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION`)
 * @WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE: a Receive is complete; the action has its bytes
 *   (`WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION`)
 *
 * The next task that a session has for its caller. The values are those of
 * `WEB_SOCKET_ACTION`.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_ACTION_TYPE_NONE,
  WSP_ACTION_TYPE_SEND_TO_NETWORK,
  WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE,
  WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK,
  WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE,
} WspActionType;

/**
 * WspActionQueue:
 * @WSP_ACTION_QUEUE_SEND: actions for sending (`WEB_SOCKET_SEND_ACTION_QUEUE`)
 * @WSP_ACTION_QUEUE_RECEIVE: actions for receiving (`WEB_SOCKET_RECEIVE_ACTION_QUEUE`)
 * @WSP_ACTION_QUEUE_ALL: both (`WEB_SOCKET_ALL_ACTION_QUEUE`)
 *
 * The queue of a session from which an action is requested. The values are those of
 * `WEB_SOCKET_ACTION_QUEUE`.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_ACTION_QUEUE_SEND = 1 << 0,
  WSP_ACTION_QUEUE_RECEIVE = 1 << 1,
  WSP_ACTION_QUEUE_ALL = 3,
} WspActionQueue;

/**
 * WspBufferType:
 * @WSP_BUFFER_TYPE_NONE: no payload: the operation was cancelled
 * @WSP_BUFFER_TYPE_UTF8_MESSAGE: a text message, or its last fragment
 *   (`WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE`)
 * @WSP_BUFFER_TYPE_UTF8_FRAGMENT: a fragment of a text message; more follow
 *   (`WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE`)
 * @WSP_BUFFER_TYPE_BINARY_MESSAGE: a binary message, or its last fragment
 *   (`WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE`)
 * @WSP_BUFFER_TYPE_BINARY_FRAGMENT: a fragment of a binary message; more follow
 *   (`WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE`)
 * @WSP_BUFFER_TYPE_CLOSE: a Close; the bytes are its reason (`WEB_SOCKET_CLOSE_BUFFER_TYPE`)
 * @WSP_BUFFER_TYPE_PING_PONG: a ping if sent, a pong if received
 *   (`WEB_SOCKET_PING_PONG_BUFFER_TYPE`)
 * @WSP_BUFFER_TYPE_UNSOLICITED_PONG: a pong that is not the reply to a ping
 *   (`WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE`)
 * @WSP_BUFFER_TYPE_RAW: a frame whose FIN, RSV bits and opcode the caller sets or receives, for
 *   extensions
 *
 * The payload of a Send or of an action. The order is that of `WEB_SOCKET_BUFFER_TYPE`.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_BUFFER_TYPE_NONE,
  WSP_BUFFER_TYPE_UTF8_MESSAGE,
  WSP_BUFFER_TYPE_UTF8_FRAGMENT,
  WSP_BUFFER_TYPE_BINARY_MESSAGE,
  WSP_BUFFER_TYPE_BINARY_FRAGMENT,
  WSP_BUFFER_TYPE_CLOSE,
  WSP_BUFFER_TYPE_PING_PONG,
  WSP_BUFFER_TYPE_UNSOLICITED_PONG,
  WSP_BUFFER_TYPE_RAW,
} WspBufferType;

/**
 * WspSessionState:
 * @WSP_SESSION_STATE_CREATED: nothing has happened yet
 * @WSP_SESSION_STATE_HANDSHAKE: the opening handshake has begun
 * @WSP_SESSION_STATE_OPEN: both sides can send messages
 * @WSP_SESSION_STATE_CLOSE_SENT: a Close was submitted; the peer's was not received
 * @WSP_SESSION_STATE_CLOSE_RECEIVED: the peer's Close was received; no Close was submitted
 * @WSP_SESSION_STATE_CLOSED: a Close was submitted, and the peer's Close was received
 * @WSP_SESSION_STATE_FAILED: a rule was broken or the transport ended; a Close may still be sent
 * @WSP_SESSION_STATE_ABORTED: [method@Wsp.Session.abort] was called
 *
 * The state of a session. It only moves forward. See RFC 6455, section 7.1.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_SESSION_STATE_CREATED,
  WSP_SESSION_STATE_HANDSHAKE,
  WSP_SESSION_STATE_OPEN,
  WSP_SESSION_STATE_CLOSE_SENT,
  WSP_SESSION_STATE_CLOSE_RECEIVED,
  WSP_SESSION_STATE_CLOSED,
  WSP_SESSION_STATE_FAILED,
  WSP_SESSION_STATE_ABORTED,
} WspSessionState;

/**
 * WspSessionMode:
 * @WSP_SESSION_MODE_AUTOMATIC: the session itself replies to the peer's Close, sends a Close if
 *   the peer breaks a rule, and does keepalive. See RFC 6455, sections 5.5.1 and 7.1.7.
 * @WSP_SESSION_MODE_WINDOWS: the session behaves like `websocket.dll`: the program does these tasks
 *
 * How much a session does by itself.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_SESSION_MODE_AUTOMATIC,
  WSP_SESSION_MODE_WINDOWS,
} WspSessionMode;

/**
 * WspHandshakeStep:
 * @WSP_HANDSHAKE_STEP_BEGUN: the call that connects was made
 * @WSP_HANDSHAKE_STEP_RESOLVED: the host name was resolved
 * @WSP_HANDSHAKE_STEP_CONNECTED: the transport was connected
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
