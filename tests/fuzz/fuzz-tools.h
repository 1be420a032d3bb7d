/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Common parts of the fuzz targets: their entry, invariants, a config before the input. */
#pragma once

#include "core/types.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* An invariant: the program ends where it does not hold. */
void fuzz_require (bool is_so, const char *claim);

/* Takes n bytes of config from the front; if the input is shorter, the rest is zero. */
WscBytes fuzz_take_config (WscBytes input, uint8_t *config, size_t n);

/* Windows, takeover and threshold by the bits of one byte. */
void fuzz_choose_deflate (uint8_t bits, WscDeflateOptions *options, WscDeflateParameters *agreed);

typedef struct
{
  uint32_t state;
} FuzzRandom;                   /* of a seed of the input: the same cuts each time */

FuzzRandom fuzz_random_new  (const uint8_t seed[4]);
uint32_t   fuzz_random_next (FuzzRandom *self, uint32_t end);   /* 0 to end - 1 */
