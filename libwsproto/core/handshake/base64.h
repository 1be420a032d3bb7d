/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bytes as base64 (RFC 4648 4), as the opening handshake sends them. */
#pragma once

#include "core/types.h"

#define WSC_BASE64_LENGTH(n) (((n) + 2) / 3 * 4)        /* characters of n bytes, with the padding */

/* Writes WSC_BASE64_LENGTH (from.length) characters without NUL; from and text do not overlap. */
void wsc_base64_write (WscBytes from, uint8_t *text);
