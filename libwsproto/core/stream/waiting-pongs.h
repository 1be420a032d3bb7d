/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* NULL is the empty list: a stream without pongs to send has no memory for them.  The payload that
 * is next is that of a list that is not empty. */
#pragma once

#include "core/bytes/byte-buffer.h"

void     wsc_waiting_pongs_add   (WscByteBuffer **self, WscBytes payload, uint32_t max_waiting);
WscBytes wsc_waiting_pongs_peek  (const WscByteBuffer *self);
void     wsc_waiting_pongs_take  (WscByteBuffer **self);
void     wsc_waiting_pongs_clear (WscByteBuffer **self);
