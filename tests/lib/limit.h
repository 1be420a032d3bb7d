/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

/* Ends the program if it still runs after this number of seconds, and then prints what, which must
 * stay valid, and the functions in which the threads are. */
void limit_set (unsigned seconds, const char *what);
/* Sets the limit to half an hour, as at the start of the program. */
void limit_clear (void);
