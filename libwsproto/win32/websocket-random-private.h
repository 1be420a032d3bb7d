/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where the bytes of keys and masks come from.  Tests that fix them link the static layer. */
#pragma once

#include <websocket.h>

#include "core/types.h"

/* The kernel's bytes, from a pool of the process that a child never shares; safe in any thread. */
void websocket_random_fill       (void *data, uint8_t *to, size_t n);

/* From now on this session takes its bytes from fill_random; data stays the caller's. */
void websocket_random_set_source (WEB_SOCKET_HANDLE handle, WscFillRandom fill_random, void *data);
