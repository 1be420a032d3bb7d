/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads and writes small integers; the wire is big-endian (RFC 6455 5.2). */
#pragma once

#include "core/types.h"

#include <assert.h>

static inline uint16_t
read_uint16 (const uint8_t *at)
{
  return (uint16_t) (at[0] << 8 | at[1]);
}

static inline uint64_t
read_uint64 (const uint8_t *at)
{
  return (uint64_t) at[0] << 56 | (uint64_t) at[1] << 48 | (uint64_t) at[2] << 40
         | (uint64_t) at[3] << 32 | (uint64_t) at[4] << 24 | (uint64_t) at[5] << 16
         | (uint64_t) at[6] << 8 | at[7];
}

static inline void
write_uint16 (uint8_t *to, uint16_t value)
{
  to[0] = (uint8_t) (value >> 8);
  to[1] = (uint8_t) value;
}

static inline void
write_uint64 (uint8_t *to, uint64_t value)
{
  for (int i = 0; i < 8; i++)
    to[i] = (uint8_t) (value >> (56 - 8 * i));
}

static inline WscBytes
bytes_after (WscBytes bytes, size_t n)
{
  assert (n <= bytes.length);
  if (n == 0)
    return bytes;
  return (WscBytes) { bytes.at + n, bytes.length - n };
}

static inline WscBytes
bytes_first (WscBytes bytes, size_t n)
{
  assert (n <= bytes.length);
  return (WscBytes) { bytes.at, n };
}
