/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The payloads of pongs that a stream has to send.  An empty list is NULL and has no memory.
 * wsc_waiting_pongs_peek () and wsc_waiting_pongs_take () need a list that is not empty. */
#pragma once

#include "core/bytes/byte-buffer.h"

void     wsc_waiting_pongs_add   (WscByteBuffer **self, WscBytes payload, uint32_t max_waiting);
WscBytes wsc_waiting_pongs_peek  (const WscByteBuffer *self);
void     wsc_waiting_pongs_take  (WscByteBuffer **self);
void     wsc_waiting_pongs_clear (WscByteBuffer **self);
