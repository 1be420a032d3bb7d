/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What an opening handshake remembers between begin and end; owns the headers that begin returned. */
#pragma once

#include "core/fault.h"
#include "core/types.h"

typedef struct WscHandshakeState WscHandshakeState;

void wsc_handshake_state_free (WscHandshakeState *self);     /* NULL is fine */
