/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/handshake/handshake-state.h"

/* The headers returned are ours only (Upgrade, Connection, Sec-WebSocket-*); they live as long as the state.
 * With options->auto_close the caller's initial headers may not name one of ours (HEADER_RESERVED); in
 * Windows mode they may, and the caller replaces them (C-06). */
WscFault wsc_client_handshake_begin (WscHandshakeState **state, const WscOptions *options, const WscHost *host,
                                     const WscOffer *offer, const WscHeader **headers, size_t *n_headers);
/* allowed: out, what the agreed extensions let through; selection: NULL when nobody asks. */
WscFault wsc_client_handshake_end   (WscHandshakeState *state, const WscOptions *options, const WscHeader *response,
                                     size_t n, WscSelection *selection, WscFrameAllowance *allowed);
bool     wsc_header_is_reserved     (WscBytes name);         /* one of those that only the handshake may set */
WscFault wsc_own_header_check       (const WscHeader *header);   /* a caller's own: name a token, value without controls */
