/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The enumerations of this layer.  Their values are those of the core: session/ asserts it. */
#pragma once

#include <libwsproto/session/wsp-macros.h>

G_BEGIN_DECLS

/**
 * WspRole:
 * @WSP_ROLE_CLIENT: the side that asked for the WebSocket; its frames are masked
 * @WSP_ROLE_SERVER: the side that was asked
 *
 * Which of the two sides of a WebSocket is meant.
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
 * What a message holds. See RFC 6455, section 5.6.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_MESSAGE_TYPE_TEXT = 1,
  WSP_MESSAGE_TYPE_BINARY = 2,
} WspMessageType;

/**
 * WspActionType:
 * @WSP_ACTION_TYPE_NONE: nothing to do at the moment
 * @WSP_ACTION_TYPE_SEND_TO_NETWORK: write the action's bytes to the peer
 * @WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE: a Send has ended
 * @WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK: read bytes of the peer into the action's memory
 * @WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE: a Receive has ended: look at the bytes
 *
 * What a session wants done next. The values are those of `WEB_SOCKET_ACTION`.
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
 * @WSP_ACTION_QUEUE_SEND: actions that sending needs
 * @WSP_ACTION_QUEUE_RECEIVE: actions that receiving needs
 * @WSP_ACTION_QUEUE_ALL: both
 *
 * From which side of a session an action is asked for. The values are those of
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
 * @WSP_BUFFER_TYPE_UTF8_MESSAGE: text, whole or the last piece of it
 * @WSP_BUFFER_TYPE_UTF8_FRAGMENT: a piece of a text, more follows
 * @WSP_BUFFER_TYPE_BINARY_MESSAGE: a binary message, whole or the last piece of it
 * @WSP_BUFFER_TYPE_BINARY_FRAGMENT: a piece of a binary message, more follows
 * @WSP_BUFFER_TYPE_CLOSE: a Close; the bytes are its reason
 * @WSP_BUFFER_TYPE_PING_PONG: sent, a ping; received, a pong
 * @WSP_BUFFER_TYPE_UNSOLICITED_PONG: a pong that no ping asked for
 * @WSP_BUFFER_TYPE_RAW: the first bits of the frame were given, or are shown: frames of extensions
 *
 * What the payload of a Send or of an action is. The order is that of
 * `WEB_SOCKET_BUFFER_TYPE`.
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
 * @WSP_SESSION_STATE_OPEN: messages go both ways
 * @WSP_SESSION_STATE_CLOSE_SENT: our Close was given; the peer's has not come
 * @WSP_SESSION_STATE_CLOSE_RECEIVED: the peer's Close has come; ours was not given
 * @WSP_SESSION_STATE_CLOSED: both have been given
 * @WSP_SESSION_STATE_FAILED: a rule was broken or the transport ended; a Close may still leave
 * @WSP_SESSION_STATE_ABORTED: given up with [method@Wsp.Session.abort]
 *
 * Where a session is in its life. It only ever moves forward. See RFC 6455, section 7.1.
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
 * WspHandshakeVerdict:
 * @WSP_HANDSHAKE_VERDICT_PASSED: the rule is kept
 * @WSP_HANDSHAKE_VERDICT_WARNING: the rule is kept, but others may object
 * @WSP_HANDSHAKE_VERDICT_FAILED: the rule is broken
 * @WSP_HANDSHAKE_VERDICT_NOT_CHECKED: what the rule needs is missing
 *
 * What one rule of the opening handshake says to the heads it was shown.
 *
 * Since: 0.1
 */
typedef enum
{
  WSP_HANDSHAKE_VERDICT_PASSED,
  WSP_HANDSHAKE_VERDICT_WARNING,
  WSP_HANDSHAKE_VERDICT_FAILED,
  WSP_HANDSHAKE_VERDICT_NOT_CHECKED,
} WspHandshakeVerdict;

G_END_DECLS
