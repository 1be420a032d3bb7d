/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/bytes/variants.h"

/* The variants that this CPU can run, the plain one first, the best one last; returns how many. */
size_t wsc_cpu_variants (WscBytesVariant variants[WSC_BYTES_MAX_VARIANTS]);
