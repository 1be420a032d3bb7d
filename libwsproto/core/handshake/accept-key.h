/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sec-WebSocket-Key and the Sec-WebSocket-Accept that matches it (RFC 6455 4.1, 4.2.2).
 * Texts are not NUL-terminated. */
#pragma once

#include "core/limits.h"
#include "core/types.h"

void wsc_accept_key_make     (const WscHost *host, uint8_t key[WSC_KEY_LENGTH]);
bool wsc_accept_key_is_valid (WscBytes key);        /* base64 of 16 bytes; pad bits may be set */
void wsc_accept_key_derive   (WscBytes key, uint8_t digest[WSC_DIGEST_LENGTH],
                              uint8_t accept[WSC_ACCEPT_LENGTH]);
