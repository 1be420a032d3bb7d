/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The check of a request, and the response (RFC 6455 4.2). */
#pragma once

#include "core/handshake/handshake-state.h"
#include "core/handshake/header-fields.h"

/* The status line before the headers that begin returns. */
#define WSC_ANSWER_LINE "HTTP/1.1 101 Switching Protocols"

typedef struct
{
  WscBytes authority;           /* authority of an absolute target; at NULL: the target was a path */
  WscBytes path;                /* "/" if the target has none */
  WscBytes query;               /* the query without its "?"; at NULL = no query */
} WscRequestTarget;

/* choice: NULL = neither subprotocol nor extension. */
WscFault wsc_server_handshake_begin (WscHandshakeState **state, const WscOptions *options,
                                     const WscChoice *choice, const WscHeader *request, size_t n,
                                     const WscHeader **headers, size_t *n_headers,
                                     WscFrameAllowance *allowed);
/* The same checks without a choice: whether the request is a valid WebSocket request. */
WscFault wsc_server_handshake_check (const WscOptions *options, const WscHeader *request, size_t n);

/* The request line: HTTP/1.1, GET and a target that is a path or an absolute URI. */
WscFault wsc_request_line_check   (WscBytes method, WscBytes target, WscBytes version);
WscFault wsc_request_target_parse (WscBytes target, WscRequestTarget *parsed);
/* The host, and perhaps the port, of a request; at NULL: neither target nor Host has it. */
WscBytes wsc_request_get_authority (WscBytes target, WscFields request);

/* The single rules, for handshake-rules.h. */
WscFault wsc_request_purpose_check    (WscFields request);      /* whether the request asks for a WebSocket */
WscFault wsc_request_body_check       (WscFields request);
WscFault wsc_request_host_check       (WscFields request);
WscFault wsc_request_upgrade_check    (WscFields request);
WscFault wsc_request_version_check    (WscFields request);
WscFault wsc_request_key_check        (WscFields request);
WscFault wsc_request_origin_check     (WscFields request);
WscFault wsc_request_protocols_check  (WscFields request, const WscHeadLimits *limits);
WscFault wsc_request_extensions_check (WscFields request, const WscHeadLimits *limits);
