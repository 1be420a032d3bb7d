/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* For tests of other programs: what can break the protocol.  For C alone. */
#pragma once

#include <libwsproto/wsproto.h>

#define WSP_INSIDE

#include <libwsproto/connection/wsp-connection-unsafe.h>

#undef WSP_INSIDE
