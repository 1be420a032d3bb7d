/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/fault.h"
#include "core/types.h"

WscFault wsc_close_payload_check      (WscBytes payload);      /* received */
/* WSC_CLOSE_NO_STATUS: the Close has no payload */
WscFault wsc_close_payload_check_send (uint16_t code, WscBytes reason);
