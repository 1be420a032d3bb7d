/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Masking: bytes and a key in, bytes out (RFC 6455 5.3).
 *
 * This file has the plain reference, and selects between the reference and the variants.  Masking
 * keys are made elsewhere.
 */

#include "core/bytes/mask.h"

#include "core/bytes/variants.h"
#include "core/bytes/words.h"

void
wsc_mask_plain (uint8_t       *to,
                const uint8_t *from,
                size_t         n,
                uint32_t       key)
{
  mask_words (to, from, n, key);
}

void
wsc_mask (uint8_t       *to,
          const uint8_t *from,
          size_t         n,
          uint32_t       key)
{
  if (n <= WSC_MAX_IN_WORDS)
    mask_words (to, from, n, key);
  else
    wsc_bytes_chosen.mask (to, from, n, key);
}
