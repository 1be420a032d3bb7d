/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Lists the variants that this CPU can run, and selects the fastest one.
 *
 * wsc_bytes_chosen, the selected variant, is the only global variable of the core.  It is
 * initialized to the plain variant and changed once, before main runs or dlopen returns, so it
 * needs no lock.
 *
 * (1) The list holds the plain variant, and otherwise only variants that this CPU can run.
 */

#include "core/bytes/cpu.h"

#include <assert.h>

#define PLAIN { "plain", wsc_mask_plain, wsc_utf8_is_valid_plain, wsc_utf8_unmask_plain }

WscBytesVariant wsc_bytes_chosen = PLAIN;

static const WscBytesVariant plain = PLAIN;

static void cpu_choose (void) __attribute__ ((constructor));

#if defined (__x86_64__)

static const WscBytesVariant sse2 = {
  "sse2", wsc_mask_sse2, wsc_utf8_is_valid_plain, wsc_utf8_unmask_plain
};
static const WscBytesVariant ssse3 = {
  "ssse3", wsc_mask_sse2, wsc_utf8_is_valid_ssse3, wsc_utf8_unmask_ssse3
};
static const WscBytesVariant avx2 = {
  "avx2", wsc_mask_avx2, wsc_utf8_is_valid_avx2, wsc_utf8_unmask_avx2
};

/* The compiler's own constructor, which reads the CPU's features, has a priority, so it runs before
 * cpu_choose (). */
static size_t
add_machine_variants (WscBytesVariant *variants)
{
  size_t n = 0;

  variants[n++] = sse2;
  if (__builtin_cpu_supports ("ssse3"))
    variants[n++] = ssse3;
  if (__builtin_cpu_supports ("ssse3") && __builtin_cpu_supports ("avx2"))
    variants[n++] = avx2;
  return n;
}

#elif defined (__aarch64__) && defined (__ARM_NEON) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

static const WscBytesVariant neon = {
  "neon", wsc_mask_neon, wsc_utf8_is_valid_neon, wsc_utf8_unmask_neon
};

static size_t
add_machine_variants (WscBytesVariant *variants)
{
  variants[0] = neon;
  return 1;
}

#else

static size_t
add_machine_variants (WscBytesVariant *variants)
{
  return 0;
}

#endif

size_t
wsc_cpu_variants (WscBytesVariant variants[WSC_BYTES_MAX_VARIANTS])
{
  size_t n = 0;

  variants[n++] = plain;
  n += add_machine_variants (variants + n);
  assert (n >= 1 && n <= WSC_BYTES_MAX_VARIANTS);   /* (1) */
  return n;
}

static void
cpu_choose (void)
{
  WscBytesVariant variants[WSC_BYTES_MAX_VARIANTS];

  wsc_bytes_chosen = variants[wsc_cpu_variants (variants) - 1];
}
