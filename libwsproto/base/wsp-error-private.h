/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The one place where a broken rule becomes a GError. */
#pragma once

#include <libwsproto/base/wsp-error.h>

#include "core/fault.h"
#include "core/types.h"

/* number: what was received, if the rule is about a limit; 0 = unknown.  options: contain the
 * limit. */
void wsp_error_from_fault (GError          **error,
                           WscFault          fault,
                           guint64           number,
                           const WscOptions *options);
/* Returns the broken rule; NONE if the error was not made from a rule. */
WscFault wsp_error_get_fault (const GError *error);
/* Adds ": received " and what was received, quoted.  error may be NULL, or point to NULL. */
void wsp_error_add_received (GError **error,
                             WscBytes received);
/* Returns the property whose limit was exceeded.  "": a program cannot change this limit.  NULL:
 * fault is not about a limit. */
const char *wsp_error_name_limit (WscFault fault);
/* The error of a call, in the child of a fork (), of something of the parent: "Connection", say. */
GError  *wsp_error_new_inherited (const char *what);
