/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The random source of masking keys and nonces: the kernel, through a pool of 4 KiB for each
 * thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Has the shape of WscFillRandom.  Never fails: without random octets the process ends. */
void wsp_random_fill (void    *data,
                      uint8_t *to,
                      size_t   n);
