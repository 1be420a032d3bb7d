/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Common parts of the fuzz targets of frames and engine: input as a script, a broken invariant as a
   crash. */
#pragma once

#include "fuzz/fuzz-tools.h"

#include <stdio.h>
#include <stdlib.h>

#define REQUIRE(condition) fuzz_require ((condition), __FILE__ ": " #condition)

typedef struct
{
  const uint8_t *at;
  size_t left;
  uint32_t random;              /* a small generator, so that cuts need no input of their own */
} FuzzInput;

static inline uint8_t
fuzz_take (FuzzInput *input)
{
  if (input->left == 0)
    return 0;
  input->left--;
  return *input->at++;
}

static inline uint32_t
fuzz_draw (FuzzInput *input)
{
  input->random = input->random * 1664525u + 1013904223u;
  return input->random >> 8;
}
