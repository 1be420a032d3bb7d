/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

/* The program ends if it still runs after so many seconds, and then prints what, which must stay
 * readable, and where its threads are. */
void limit_set (unsigned seconds, const char *what);
/* The program has half an hour again, as at its start. */
void limit_clear (void);
