/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The variants of masking and of the UTF-8 check.
 *
 * Each variant gives the same results as the plain variant, for any length and alignment.  Tests
 * and bench call them by name, all other code through mask.h and utf8.h. */
#pragma once

#include "core/types.h"

typedef void (*WscMaskFunction)       (uint8_t *to, const uint8_t *from, size_t n, uint32_t key);
typedef bool (*WscUtf8Function)       (const uint8_t *at, size_t n);          /* a whole text */
typedef bool (*WscUtf8UnmaskFunction) (uint8_t *at, size_t n, uint32_t key);  /* a whole text, in place */

typedef struct
{
  const char *name;
  WscMaskFunction mask;
  WscUtf8Function utf8_is_valid;
  WscUtf8UnmaskFunction utf8_unmask;
} WscBytesVariant;

#define WSC_BYTES_MAX_VARIANTS 4

extern WscBytesVariant wsc_bytes_chosen;   /* set before main, by cpu.c only */

void wsc_mask_plain          (uint8_t *to, const uint8_t *from, size_t n, uint32_t key);
bool wsc_utf8_is_valid_plain (const uint8_t *at, size_t n);
bool wsc_utf8_unmask_plain   (uint8_t *at, size_t n, uint32_t key);

void wsc_mask_sse2            (uint8_t *to, const uint8_t *from, size_t n, uint32_t key);
void wsc_mask_avx2            (uint8_t *to, const uint8_t *from, size_t n, uint32_t key);
bool wsc_utf8_is_valid_ssse3  (const uint8_t *at, size_t n);
bool wsc_utf8_unmask_ssse3    (uint8_t *at, size_t n, uint32_t key);
bool wsc_utf8_is_valid_avx2   (const uint8_t *at, size_t n);
bool wsc_utf8_unmask_avx2     (uint8_t *at, size_t n, uint32_t key);

void wsc_mask_neon            (uint8_t *to, const uint8_t *from, size_t n, uint32_t key);
bool wsc_utf8_is_valid_neon   (const uint8_t *at, size_t n);
bool wsc_utf8_unmask_neon     (uint8_t *at, size_t n, uint32_t key);
