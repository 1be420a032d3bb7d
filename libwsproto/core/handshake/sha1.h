/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* SHA-1 of the system, for the accept value: of nettle, or of Windows. */
#pragma once

#include "core/types.h"

#define WSC_SHA1_LENGTH 20

/* Between these two calls Windows keeps what each hash needs.  Calls are counted, and every thread
 * may make them.  A hash outside of them is slower.  Nothing is kept after the last end, so that a
 * program can free websocket.dll. */
void wsc_sha1_begin (void);
void wsc_sha1_end   (void);

/* The hash of both texts, one behind the other.  The process ends if Windows has no SHA-1. */
void wsc_sha1_hash  (WscBytes first, WscBytes second, uint8_t digest[WSC_SHA1_LENGTH]);
