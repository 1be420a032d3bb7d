/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Small parts of the tests of an engine: a host whose random bytes are all the same, options with
 * small limits, no bytes and no memory. */
#pragma once

#include "core/engine/engine.h"
#include "core/limits.h"

#include <string.h>

static inline void
fill_random (void    *data,
             uint8_t *to,
             size_t   n)
{
  memset (to, 0x5a, n);
}

static const WscHost host = { fill_random, NULL };
static const WscBytes nothing = { NULL, 0 };
static const WscBuffer no_memory = { NULL, 0 };

static inline WscOptions
make_options (WscRole role)
{
  return (WscOptions) { .role = role, .max_frame_length = 1000, .max_message_length = 1000,
                        .max_fragments = 10, .max_waiting_pongs = 4, .mode = WSC_MODE_AUTOMATIC, .masking = 1,
                        .utf8_check = 1 };
}
