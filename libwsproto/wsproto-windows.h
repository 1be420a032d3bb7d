/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* For programs that follow the API of Windows: what only that API has.  For C alone. */
#pragma once

#include <libwsproto/wsproto.h>

#define WSP_INSIDE

#include <libwsproto/session/wsp-windows.h>

#undef WSP_INSIDE
