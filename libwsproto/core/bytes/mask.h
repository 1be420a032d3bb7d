/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/types.h"

/* A masking key is kept as its four octets lie in memory. */
uint32_t wsc_mask_key_at (uint32_t key, size_t offset);      /* the key as it stands after offset octets */
void     wsc_mask        (uint8_t *to, const uint8_t *from, size_t n, uint32_t key);   /* to == from is allowed */
