/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* UTF-8 on AArch64: a whole text in, valid or not out, unmasked in the same pass if requested.
 *
 * This file has only the operations on vectors; utf8-vector.h has the check that uses them.
 */

#if defined (__aarch64__) && defined (__ARM_NEON) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

#include "core/bytes/variants.h"

#include <arm_neon.h>

#define IN_VECTORS __attribute__ ((always_inline))

typedef uint8x16_t Vector;

static inline IN_VECTORS Vector
vector_load (const uint8_t *at)
{
  return vld1q_u8 (at);
}

static inline IN_VECTORS void
vector_store (uint8_t *to,
              Vector   vector)
{
  vst1q_u8 (to, vector);
}

static inline IN_VECTORS Vector
vector_of_words (uint64_t low,
                 uint64_t high)
{
  return vreinterpretq_u8_u64 (vcombine_u64 (vcreate_u64 (low), vcreate_u64 (high)));
}

static inline IN_VECTORS Vector
vector_of_key (uint32_t key)
{
  return vreinterpretq_u8_u32 (vdupq_n_u32 (key));
}

static inline IN_VECTORS Vector
vector_of_byte (uint8_t byte)
{
  return vdupq_n_u8 (byte);
}

static inline IN_VECTORS Vector
vector_look_up (Vector table,
                Vector indices)
{
  return vqtbl1q_u8 (table, indices);
}

static inline IN_VECTORS Vector
vector_shifted_1 (Vector before,
                  Vector now)
{
  return vextq_u8 (before, now, 15);
}

static inline IN_VECTORS Vector
vector_shifted_2 (Vector before,
                  Vector now)
{
  return vextq_u8 (before, now, 14);
}

static inline IN_VECTORS Vector
vector_shifted_3 (Vector before,
                  Vector now)
{
  return vextq_u8 (before, now, 13);
}

static inline IN_VECTORS Vector
vector_minus (Vector from,
              Vector what)
{
  return vqsubq_u8 (from, what);
}

static inline IN_VECTORS Vector
vector_upper_nibbles (Vector vector)
{
  return vshrq_n_u8 (vector, 4);
}

static inline IN_VECTORS bool
vector_has_non_ascii (Vector vector)
{
  return vmaxvq_u8 (vector) >= 0x80;
}

static inline IN_VECTORS bool
vector_is_zero (Vector vector)
{
  return vmaxvq_u8 (vector) == 0;
}

#include "core/bytes/utf8-vector.h"

bool
wsc_utf8_is_valid_neon (const uint8_t *at,
                        size_t         n)
{
  /* PASS_CHECK does not write to the text */
  return check_text (at, (uint8_t *) at, n, 0, PASS_CHECK);
}

bool
wsc_utf8_unmask_neon (uint8_t *at,
                      size_t   n,
                      uint32_t key)
{
  return check_text (at, at, n, key, PASS_UNMASK);
}

#else

/* ISO C requires at least one declaration. */
typedef int WscUtf8IsNotOnNeon;

#endif
