/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/bytes/variants.h"

/* Lists the variants that this CPU can run, from the plain to the fastest variant; returns their
 * number. */
size_t wsc_cpu_variants (WscBytesVariant variants[WSC_BYTES_MAX_VARIANTS]);
