/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* For tests, which link the static layers: gives a session a random source of their own. */
#pragma once

#include <libwsproto/session/wsp-session.h>

#include "core/types.h"

/* host must outlive the session. */
void wsp_session_fix_random (WspSession    *self,
                             const WscHost *host);
