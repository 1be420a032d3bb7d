/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An opening handshake for APIs that have no other way to reach OPEN. */
#pragma once

#include "traces/api.h"

#define OPENING_N_REQUEST 5
#define OPENING_N_RESPONSE 3

extern const WscHeader opening_request[OPENING_N_REQUEST];
extern const WscHeader opening_response[OPENING_N_RESPONSE];   /* matches the key of opening_random () */

/* The compression options of a trace, and the parameters that result from their negotiation. */
WscDeflateOptions    opening_deflate (const Trace *trace);
WscDeflateParameters opening_agreed  (const WscDeflateOptions *options);

TraceRandom opening_random (void);                            /* during the handshake */
