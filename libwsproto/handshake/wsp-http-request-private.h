/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls of WspServer to a request for ordinary HTTP.  A WspHttpRequest holds a WspHandshake,
 * which has the head, the peer and the decision, and shows the members that a page needs. */
#pragma once

#include <libwsproto/handshake/wsp-handshake.h>
#include <libwsproto/handshake/wsp-http-request.h>

/* handshake: of a server; the program sees it only if it fails.  local_address may be NULL. */
WspHttpRequest *wsp_http_request_new            (WspHandshake   *handshake,
                                                 GSocketAddress *local_address);
WspHandshake   *wsp_http_request_peek_handshake (WspHttpRequest *self);
void            wsp_http_request_notify_status  (WspHttpRequest *self);
