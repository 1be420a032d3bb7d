/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every close code, in the order of the numbers (RFC 6455 7.4 and the IANA registry):
 * CLOSE_CODE (name, code, uses, text) for a code that has a name in WspCloseCode,
 * CLOSE_CODES (first, last, uses, text) for the others.
 * close-code.h includes this file for the names, close-code.c for the table: no include guard.
 *
 * Uses: SENT = a Close frame may have the code; PLAIN = no failure, so that a loop over messages
 * ends without an error; LOSS_FOR_ALL = the server loses its other connections too, so that
 * reconnecting clients spread their attempts; PLANNED = the server goes on purpose, which is no
 * failure to a reconnecting client.
 *
 * check-docs compares the documentation and the bindings with the uses. */

CLOSE_CODES (0, 999, NONE, "Unused: never sent")
CLOSE_CODE (NORMAL, 1000, SENT | PLAIN,
            "Normal closure: the purpose of the connection is fulfilled")
CLOSE_CODE (GOING_AWAY, 1001, SENT | PLAIN | LOSS_FOR_ALL | PLANNED,
            "Going away: the server is shutting down, or the page was closed")
CLOSE_CODE (PROTOCOL_ERROR, 1002, SENT,
            "Protocol error: the peer broke a rule of the protocol")
CLOSE_CODE (UNSUPPORTED_DATA, 1003, SENT,
            "Unsupported data: this type of message is not accepted")
CLOSE_CODES (1004, 1004, NONE, "Reserved: never sent")
CLOSE_CODE (NO_STATUS, 1005, PLAIN,
            "No status received: the Close frame had no code; never sent")
CLOSE_CODE (ABNORMAL, 1006, LOSS_FOR_ALL,
            "Abnormal closure: the connection ended without a Close frame; never sent")
CLOSE_CODE (INVALID_PAYLOAD, 1007, SENT,
            "Invalid payload: data does not match its type, such as text that is not UTF-8")
CLOSE_CODE (POLICY_VIOLATION, 1008, SENT,
            "Policy violation: a message violates a policy of the receiver")
CLOSE_CODE (TOO_BIG, 1009, SENT,
            "Message too big: larger than the receiver accepts")
CLOSE_CODE (MANDATORY_EXTENSION, 1010, SENT,
            "Mandatory extension: the server did not negotiate a required extension")
CLOSE_CODE (INTERNAL_ERROR, 1011, SENT,
            "Internal error: unexpected error at the sender of this code")
CLOSE_CODE (SERVICE_RESTART, 1012, SENT | LOSS_FOR_ALL | PLANNED,
            "Service restart: reconnect later")
CLOSE_CODE (TRY_AGAIN_LATER, 1013, SENT | LOSS_FOR_ALL,
            "Try again later: the server is overloaded")
CLOSE_CODE (BAD_GATEWAY, 1014, SENT,
            "Bad gateway: an upstream server gave no valid response")
CLOSE_CODE (TLS_HANDSHAKE, 1015, NONE,
            "TLS handshake failed; never sent")
CLOSE_CODES (1016, 2999, NONE,
             "Unassigned: reserved for later versions of the protocol and for extensions")
CLOSE_CODES (3000, 3999, SENT,
             "Registered: its meaning is in the registry of the library or framework in use")
CLOSE_CODES (4000, 4999, SENT,
             "Private: its meaning is agreed between the two applications")
CLOSE_CODES (5000, UINT16_MAX, NONE, "Out of range: never sent")
