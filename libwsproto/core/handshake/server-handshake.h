/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/handshake/handshake-state.h"

WscFault wsc_server_handshake_begin (WscHandshakeState **state, const WscOptions *options, const WscChoice *choice,
                                     const WscHeader *request, size_t n, const WscHeader **headers, size_t *n_headers,
                                     WscFrameAllowance *allowed);
/* The same judgement without a choice: may this request become a WebSocket at all? */
WscFault wsc_server_handshake_check (const WscOptions *options, const WscHeader *request, size_t n);
