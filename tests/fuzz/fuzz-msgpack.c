/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* MessagePack of any bytes. */

#include "fuzz/decoder-play.h"
#include "fuzz/fuzz-input.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  decoder_play (wsi_decoder_list_find ("msgpack"), data, size);
  return 0;
}
