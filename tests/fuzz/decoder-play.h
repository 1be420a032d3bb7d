/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Any bytes as a message of one decoder, whole and as a beginning. */
#pragma once

#include "inspect/decode/choosing/wsi-decoder-list.h"

#include <stddef.h>
#include <stdint.h>

/* Scores, texts and ranges keep their limits. */
void decoder_play (const WsiDecoder *decoder,
                   const uint8_t    *data,
                   size_t            size);
