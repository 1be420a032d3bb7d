/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Wrappings of any bytes: the first byte chooses one. */

#include "fuzz/decoder-play.h"
#include "fuzz/fuzz-input.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const char *const names[] = { "gzip", "zlib", "brotli", "base64" };

  if (size > 0)
    decoder_play (wsi_decoder_list_find (names[data[0] % G_N_ELEMENTS (names)]), data + 1,
                  size - 1);
  return 0;
}
