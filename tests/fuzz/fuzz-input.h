/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What the fuzz targets of frames and engine share: input as a script, a broken invariant as a crash. */
#pragma once

#include "core/types.h"

#include <stdio.h>
#include <stdlib.h>

#define REQUIRE(condition) \
  do { if (!(condition)) { fprintf (stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); abort (); } } while (0)

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
fuzz_random (FuzzInput *input)
{
  input->random = input->random * 1664525u + 1013904223u;
  return input->random >> 8;
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
