/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "fuzz/fuzz-tools.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
fuzz_require (bool        is_so,
              const char *claim)
{
  if (is_so)
    return;

  fprintf (stderr, "does not hold: %s\n", claim);
  abort ();
}

WscBytes
fuzz_take_config (WscBytes input,
                  uint8_t *config,
                  size_t   n)
{
  size_t taken = input.length < n ? input.length : n;

  memset (config, 0, n);
  if (taken > 0)
    memcpy (config, input.at, taken);
  return (WscBytes) { taken < input.length ? input.at + taken : NULL, input.length - taken };
}

void
fuzz_choose_deflate (uint8_t               bits,
                     WscDeflateOptions    *options,
                     WscDeflateParameters *agreed)
{
  *options = (WscDeflateOptions) { .level = 1 + bits % 9, .memory_level = 1 + bits % 9,
                                   .threshold = bits & 8 ? 100 : 0 };
  *agreed = (WscDeflateParameters) { .client_window_bits = 9 + bits % 7,
                                     .server_window_bits = 15 - bits % 7,
                                     .client_takeover = (bits & 16) != 0,
                                     .server_takeover = (bits & 32) != 0 };
}

FuzzRandom
fuzz_random_new (const uint8_t seed[4])
{
  FuzzRandom self = { 0x9e3779b9u };

  for (int i = 0; i < 4; i++)
    self.state = (self.state ^ seed[i]) * 0x01000193u;
  self.state |= 1;
  return self;
}

uint32_t
fuzz_random_next (FuzzRandom *self,
                  uint32_t    end)
{
  self->state ^= self->state << 13;
  self->state ^= self->state >> 17;
  self->state ^= self->state << 5;
  return end > 0 ? self->state % end : 0;
}
