/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How often a program and its libraries have asked for memory, and what they get. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A sanitizer has allocators of its own, and elsewhere glibc's names are missing: then all is 0. */
#if !defined (__SANITIZE_ADDRESS__) && !defined (__SANITIZE_THREAD__) && defined (__GLIBC__)
#define ALLOCATIONS_ARE_COUNTED 1
#else
#define ALLOCATIONS_ARE_COUNTED 0
#endif

uint64_t allocations_count        (void);
/* From now on there is no memory for more bytes at once; SIZE_MAX: there is. */
void     allocations_refuse_above (size_t n);
