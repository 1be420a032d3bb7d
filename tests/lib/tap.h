/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Test points without GLib: a path and a verdict each.  The paths read
 * "/core/utf8/whole/overlong-refused". */
#pragma once

#include <stdbool.h>

void tap_point (bool is_ok, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
void tap_diag  (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
void tap_skip  (const char *reason, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
int  tap_end   (void);                       /* prints the plan; the exit status of main */
