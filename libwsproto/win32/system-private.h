/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Calls of the operating system for the Windows API. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Copies a variable of the environment, with NUL.  Returns false, and leaves text undefined, if
 * there is none, if it does not fit, or if the program has rights that its user does not have
 * (setuid). */
bool websocket_system_read_variable (const char *name, char *text, size_t size);
