/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Random bytes for masking keys and nonces: each is the kernel's, and is returned once. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A WscFillRandom, whose data is not used.  Every thread may call wsc_random_fill ().  The function
 * never fails: if the system has no random bytes, the process ends (RFC 6455 10.3). */
void wsc_random_fill (void *data, uint8_t *to, size_t n);

/* Returns a number from 0 to end - 1; end is not 0. */
static inline uint64_t
wsc_random_choose_below (uint64_t end)
{
  uint64_t number;

  wsc_random_fill (NULL, (uint8_t *) &number, sizeof number);
  return number % end;
}
