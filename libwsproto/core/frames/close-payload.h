/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/fault.h"
#include "core/types.h"

bool     wsc_close_code_may_be_received (uint16_t code);
/* False for 1005, which stands for a Close without a code. */
bool     wsc_close_code_may_be_sent     (uint16_t code);
WscFault wsc_close_payload_check        (WscBytes payload);      /* received */
/* code 1005: the Close has no payload */
WscFault wsc_close_payload_check_send   (uint16_t code, WscBytes reason);
