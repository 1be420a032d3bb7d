/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The whole engine as a server; the script is in engine-script.c. */

#include "fuzz/engine-script.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  engine_script_play (WSC_ROLE_SERVER, data, size);
  return 0;
}
