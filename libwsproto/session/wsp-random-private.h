/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Random bytes for masking keys and nonces: from the kernel, through a pool of 4 KiB for each
 * thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A WscFillRandom that never fails: if there are no random bytes, the process ends. */
void wsp_random_fill (void    *data,
                      uint8_t *to,
                      size_t   n);
