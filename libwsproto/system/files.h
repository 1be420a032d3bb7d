/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Files, by their status. */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>

/* TRUE: the status is of the same file, whose contents were not changed.  A new file may get the
 * number of one that was removed; chmod () does not change the time that is compared. */
bool wsc_file_is_same (const struct stat *one, const struct stat *other);
