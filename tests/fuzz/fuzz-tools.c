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
