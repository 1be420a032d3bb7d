/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which variants this CPU can run, and the one piece of process state: the chosen one.
 *
 * It is right, if slow, from the start, and changed once, before main or before dlopen returns;
 * so it needs no lock.
 */

#include "core/bytes/cpu.h"

#define PLAIN { "plain", wsc_mask_plain, wsc_utf8_is_valid_plain, wsc_utf8_unmask_plain }

WscBytesVariant wsc_bytes_chosen = PLAIN;

static void choose (void) __attribute__ ((constructor));

size_t
wsc_cpu_variants (WscBytesVariant variants[WSC_BYTES_MAX_VARIANTS])
{
  variants[0] = (WscBytesVariant) PLAIN;
  return 1;
}

static void
choose (void)
{
  WscBytesVariant variants[WSC_BYTES_MAX_VARIANTS];

  wsc_bytes_chosen = variants[wsc_cpu_variants (variants) - 1];
}
