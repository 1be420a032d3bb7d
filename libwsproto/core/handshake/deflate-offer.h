/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What is offered and answered of permessage-deflate (RFC 7692 7.1). */
#pragma once

#include "core/handshake/handshake-state.h"
#include "core/handshake/header-fields.h"

bool     wsc_extension_is_deflate   (const WscExtension *extension);

/* One element of Sec-WebSocket-Extensions, not terminated: its length.  to has room for
 * WSC_DEFLATE_ELEMENT_SIZE. */
size_t   wsc_deflate_offer_write    (const WscDeflateOptions *options, uint8_t *to);
size_t   wsc_deflate_answer_write   (const WscDeflateParameters *agreed, uint8_t *to);

/* Server: the first offer that can be met, and the answer to it; false: there is none. */
bool     wsc_deflate_offers_accept  (WscFields request, const WscDeflateOptions *options,
                                     WscDeflateParameters *agreed,
                                     uint8_t *to, size_t *length);

/* Does the answer fit one of the offers of the request?  Where there is no answer, agreed is all
 * zero. */
WscFault wsc_deflate_answer_check   (WscFields response, WscFields request,
                                     WscDeflateParameters *agreed);
/* What was agreed elsewhere, as it stands in the answer. */
WscFault wsc_deflate_answer_parse   (const WscExtension *answer, WscDeflateParameters *agreed);
/* Can this side do what was agreed? */
WscFault wsc_deflate_agreed_check   (const WscDeflateParameters *agreed, WscRole role);
