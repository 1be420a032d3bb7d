/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

/* From now on the program has so many seconds.  what: told with where its threads are when they are
 * over; stays readable */
void limit_set (unsigned seconds, const char *what);
/* It has ended: half an hour for all, as at the beginning. */
void limit_clear (void);
