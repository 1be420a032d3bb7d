/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The records of a dissector, of which so many are expected. */
#pragma once

#include <libwsproto/observe/dissector/wsp-dissector.h>

/* Valid until the next push, skip or end. */
static inline const WspFrameRecord *
take_records (WspDissector *dissector,
              guint         n_expected)
{
  guint n;
  const WspFrameRecord *records = wsp_dissector_take_records (dissector, &n);

  g_assert_cmpuint (n, ==, n_expected);
  return records;
}
