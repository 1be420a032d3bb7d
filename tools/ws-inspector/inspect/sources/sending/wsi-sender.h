/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A connection sends for a user.  Messages leave one after the other; pings, a Close and raw
 * bytes leave at once, also between the frames of a message. */
#pragma once

#include "inspect/sources/sending/wsi-outgoing.h"

G_BEGIN_DECLS

/* In the context of the connection.  Takes both.  The task, which returns a boolean, ends when all
 * has left; of a ping, with its pong; of a Close, when the connection has ended.  If its
 * cancellable is cancelled while a message leaves in pieces, the rest is not sent, and the task
 * ends without waiting for the peer.  The connection fails then, because a message that has begun
 * cannot be taken back: the error says so.  So does one of a file that cannot be read any more. */
void wsi_sender_send (WspConnection *connection,
                      WsiOutgoing   *outgoing,
                      GTask         *task);

G_END_DECLS
