/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The random source for keys and masks.  Tests that set it link the static layer. */
#pragma once

#include <websocket.h>

#include "core/types.h"

/* Makes the session take its bytes from fill_random; the caller owns data. */
void websocket_random_set_source (WEB_SOCKET_HANDLE handle, WscFillRandom fill_random, void *data);
