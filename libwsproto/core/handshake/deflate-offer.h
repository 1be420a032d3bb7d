/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Offers and responses of permessage-deflate (RFC 7692 7.1). */
#pragma once

#include "core/handshake/handshake-state.h"
#include "core/handshake/header-fields.h"

bool     wsc_extension_is_deflate   (const WscExtension *extension);

/* Writes one element of Sec-WebSocket-Extensions without a NUL, and returns its length.  to has
 * room for WSC_DEFLATE_ELEMENT_SIZE. */
size_t   wsc_deflate_offer_write    (const WscDeflateOptions *options, uint8_t *to);
size_t   wsc_deflate_answer_write   (const WscDeflateParameters *agreed, uint8_t *to);

/* Server: finds the first offer that this side can accept, and the response to that offer;
 * false: no offer can be accepted. */
bool     wsc_deflate_offers_accept  (WscFields request, const WscDeflateOptions *options,
                                     WscDeflateParameters *agreed,
                                     uint8_t *to, size_t *length);

/* Checks that the response matches one of the offers of the request.  Without a response, agreed is
 * all zero. */
WscFault wsc_deflate_answer_check   (WscFields response, WscFields request,
                                     WscDeflateParameters *agreed);
/* Parses the parameters that were negotiated elsewhere from one element of the response. */
WscFault wsc_deflate_answer_parse   (const WscExtension *answer, WscDeflateParameters *agreed);
