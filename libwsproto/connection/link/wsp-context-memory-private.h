/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memory that all connections of one main context share: a turn of a connection borrows it.
 * Only the thread of the context uses it. */
#pragma once

#include "connection/message/wsp-message-block-private.h"
#include "connection/link/wsp-link-private.h"

G_BEGIN_DECLS

/* Sets the timer that gives unused spare blocks back to the system. */
WspContextMemory *wsp_context_memory_of           (WspReactor *reactor);
WspMessagePool   *wsp_context_memory_get_pool     (WspContextMemory *self);
/* Deflate streams for connections that keep none between messages. */
WscDeflatePool   *wsp_context_memory_get_streams  (WspContextMemory *self);
/* The spare message, which may borrow again; NULL: there is none. */
WspMessage       *wsp_context_memory_take_message (WspContextMemory *self);
/* Takes the reference. */
void              wsp_context_memory_keep_message (WspContextMemory *self,
                                                   WspMessage       *message);
/* Sets the workspace of the turn, in which nothing is kept.  deflate_left: the number of bytes that
 * may be compressed; compressing reduces it. */
void              wsp_context_memory_lend         (WspReactor *reactor,
                                                   WspTurn    *turn,
                                                   guint32    *deflate_left);
void              wsp_context_memory_take_back    (WspTurn *turn);
/* Makes the memory to write to usable, or unusable while output is blocked. */
void              wsp_context_memory_open_write   (WscWorkspace *workspace,
                                                   gboolean      is_open);

G_END_DECLS
