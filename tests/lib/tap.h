/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Test points without GLib: a path and a verdict each.  The paths read
 * "/core/utf8/whole/overlong-refused". */
#pragma once

#include <stdbool.h>

/* On Windows printf is that of msvcrt.dll, but tests have that of mingw-w64, which knows %zu. */
#ifdef _WIN32
#define TAP_FORMAT(text, first) __attribute__ ((format (gnu_printf, text, first)))
#else
#define TAP_FORMAT(text, first) __attribute__ ((format (printf, text, first)))
#endif

void tap_point (bool is_ok, const char *format, ...) TAP_FORMAT (2, 3);
void tap_diag  (const char *format, ...) TAP_FORMAT (1, 2);
void tap_skip  (const char *reason, const char *format, ...) TAP_FORMAT (2, 3);
int  tap_end   (void);                       /* prints the plan; the exit status of main */
