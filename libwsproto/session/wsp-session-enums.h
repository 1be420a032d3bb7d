/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The enumerations of a session.  Assertions check that their values are those of the core. */
#pragma once

#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

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

G_END_DECLS
