/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An opening handshake for faces that know no other way into OPEN. */
#pragma once

#include "traces/face.h"

#define OPENING_N_REQUEST 5
#define OPENING_N_RESPONSE 3

extern const WscHeader opening_request[OPENING_N_REQUEST];
extern const WscHeader opening_response[OPENING_N_RESPONSE];   /* fits the key of opening_random */

/* What the options of a trace say of compression, and what that is agreed as. */
WscDeflateOptions    opening_deflate (const Trace *trace);
WscDeflateParameters opening_agreed  (const WscDeflateOptions *options);

FaceRandom opening_random (void);                            /* for the time of the handshake */
