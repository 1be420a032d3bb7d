/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A client's request, and the check of the response (RFC 6455 4.1). */
#pragma once

#include "core/handshake/handshake-state.h"
#include "core/handshake/header-fields.h"

/* Returns only the headers of the handshake (Upgrade, Connection, Sec-WebSocket-*), valid as
 * long as the state.  In automatic mode the caller's initial headers must not name one of
 * these (HEADER_RESERVED); in Windows mode they may, and the caller replaces them (WIN-C-06).
 * The offer need not outlive the call. */
WscFault wsc_client_handshake_begin (WscHandshakeState **state, const WscOptions *options,
                                     const WscHost *host, const WscOffer *offer,
                                     const WscHeader **headers, size_t *n_headers);
/* allowed (out): what the negotiated extensions permit; selection may be NULL. */
WscFault wsc_client_handshake_end   (WscHandshakeState *state, const WscOptions *options,
                                     const WscHeader *response, size_t n,
                                     WscSelection *selection, WscFrameAllowance *allowed);

/* The single rules, for handshake-rules.h; request: the headers that were sent. */
WscFault wsc_response_status_check     (unsigned status);
WscFault wsc_response_upgrade_check    (WscFields response);
WscFault wsc_response_accept_check     (WscFields response, WscBytes key);
WscFault wsc_response_protocol_check   (WscFields response, WscFields request);
WscFault wsc_response_extensions_check (WscFields response, WscFields request,
                                        const WscHeadLimits *limits);
