/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every rule that can be broken, as an enum; the rows are in fault-rows.h. */
#pragma once

#include "core/types.h"

typedef enum
{
  WSC_FAULT_NONE,
  WSC_FAULT_PARTIAL,            /* incomplete input: not used outside frames/ and handshake/ */
#define FAULT(name, error, hresult, close, http, section, text) WSC_FAULT_ ## name,
#include "core/fault-rows.h"
#undef FAULT
  WSC_N_FAULTS,
} WscFault;

typedef enum                    /* the first fourteen are WspError, in its order */
{
  WSC_ERROR_FAILED,
  WSC_ERROR_INVALID_ARGUMENT,
  WSC_ERROR_INVALID_OPERATION,
  WSC_ERROR_INVALID_FORMAT,
  WSC_ERROR_INVALID_UTF8,
  WSC_ERROR_TOO_BIG,
  WSC_ERROR_EXTENSION_NOT_SUPPORTED,
  WSC_ERROR_SUBPROTOCOL_NOT_SUPPORTED,
  WSC_ERROR_VERSION_NOT_SUPPORTED,
  WSC_ERROR_HANDSHAKE,
  WSC_ERROR_NOT_WEBSOCKET,
  WSC_ERROR_REJECTED,
  WSC_ERROR_CLOSED,
  WSC_ERROR_ABNORMAL_CLOSURE,
  WSC_ERROR_CANCELLED,          /* an error of GIO: G_IO_ERROR_CANCELLED */
  WSC_ERROR_TIMED_OUT,          /* an error of GIO: G_IO_ERROR_TIMED_OUT */
  WSC_ERROR_MEMORY,             /* out of memory, reported as FAILED */
} WscFaultError;

WscFaultError wsc_fault_get_error       (WscFault fault);
uint32_t      wsc_fault_get_hresult     (WscFault fault);    /* returns the HRESULT; 0 = none */
uint16_t      wsc_fault_get_close_code  (WscFault fault);    /* returns the code of the Close that is sent; 0 = no frame is sent */
uint16_t      wsc_fault_get_http_status (WscFault fault);    /* returns the status of the response; 0 = none */
const char   *wsc_fault_get_section     (WscFault fault);    /* of RFC 6455; "-" = a rule of this library */
const char   *wsc_fault_get_text        (WscFault fault);    /* ASCII, at most 123 bytes: also the close reason */
const char   *wsc_fault_get_name        (WscFault fault);
