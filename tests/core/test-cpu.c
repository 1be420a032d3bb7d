/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/bytes/cpu.h"

#include "lib/tap.h"

#include <string.h>

static bool
is_complete (const WscBytesVariant *variant)
{
  return variant->name != NULL && variant->mask != NULL &&
         variant->utf8_is_valid != NULL && variant->utf8_unmask != NULL;
}

int
main (void)
{
  WscBytesVariant variants[WSC_BYTES_MAX_VARIANTS] = { 0 };
  const size_t n = wsc_cpu_variants (variants);
  const WscBytesVariant *best = &variants[n - 1];
  bool are_complete = true;

  for (size_t i = 0; i < n; i++)
    are_complete = are_complete && is_complete (&variants[i]);

  tap_point (strcmp (variants[0].name, "plain") == 0, "/core/cpu/variants/plain-is-always-there");
  tap_point (are_complete, "/core/cpu/variants/each-does-everything");
  tap_point (wsc_bytes_chosen.mask == best->mask &&
             wsc_bytes_chosen.utf8_is_valid == best->utf8_is_valid &&
             wsc_bytes_chosen.utf8_unmask == best->utf8_unmask,
             "/core/cpu/choice/best-is-chosen-before-main");
  tap_diag ("chosen: %s of %zu", wsc_bytes_chosen.name, n);
  return tap_end ();
}
