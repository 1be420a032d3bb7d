/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Calls of the operating system for random bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WSC_RANDOM_PAGE_SIZE 4096

/* Zeroed memory of WSC_RANDOM_PAGE_SIZE bytes; NULL: there is none.  is_wiped: the kernel zeroes
 * the memory in a child of fork (). */
void   *wsc_random_new_page    (bool *is_wiped);
void    wsc_random_free_page   (void *page);

/* The number of this process, which no ancestor that called fork () has; never 0. */
int64_t wsc_random_get_process (void);

/* Whether the kernel zeroes the page in a child of fork () from now on. */
bool    wsc_random_wipe_on_fork (void *page);
/* Bytes that the kernel makes; ends the process if it has none. */
void    wsc_random_ask_kernel   (uint8_t *to, size_t n);
