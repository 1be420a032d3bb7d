/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Counts the allocations of a program and its libraries, and can make large ones fail. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Not with a sanitizer, which has allocators of its own, and only with glibc, whose functions are
 * replaced.  Otherwise allocations_count () returns 0. */
#if !defined (__SANITIZE_ADDRESS__) && !defined (__SANITIZE_THREAD__) && defined (__GLIBC__)
#define ALLOCATIONS_ARE_COUNTED 1
#else
#define ALLOCATIONS_ARE_COUNTED 0
#endif

uint64_t allocations_count        (void);
/* From now on an allocation of more than n bytes fails; SIZE_MAX: no allocation fails. */
void     allocations_refuse_above (size_t n);
