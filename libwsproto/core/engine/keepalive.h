/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/types.h"

typedef struct
{
  int64_t now;                  /* microseconds; 0 = nobody told the time */
  int64_t last_in, ping_sent;   /* 0 = never */
  uint8_t random[8];            /* payload of the ping that waits for its pong */
} WscKeepalive;
