/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The protocol without a socket, a clock or a main loop: for programs that carry out the actions of
 * a WspSession themselves.  A connection needs none of it. */
#pragma once

#include <libwsproto/wsproto.h>

#define WSP_INSIDE

#include <libwsproto/session/wsp-session-enums.h>
#include <libwsproto/session/wsp-session-enum-types.h>
#include <libwsproto/session/wsp-session-action.h>
#include <libwsproto/session/wsp-session.h>

#undef WSP_INSIDE
