/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A random source of tests that can be foretold: all of its octets are the same. */
#pragma once

#include "core/types.h"

#include <string.h>

/* For WscHost.  data: the octet. */
static inline void
same_octets_fill (void    *data,
                  uint8_t *to,
                  size_t   n)
{
  memset (to, *(const uint8_t *) data, n);
}
