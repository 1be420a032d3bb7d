/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memory that all connections of one main context share: a turn of a connection borrows it. */
#pragma once

#include "connection/message/wsp-message-block-private.h"
#include "connection/link/wsp-link-private.h"

G_BEGIN_DECLS

WspMessagePool *wsp_context_memory_get_pool (WspReactor *reactor);
/* deflate_left: the number of bytes that may be compressed; compressing reduces it. */
void            wsp_context_memory_lend     (WspReactor *reactor,
                                             WspTurn    *turn,
                                             guint32    *deflate_left);

G_END_DECLS
