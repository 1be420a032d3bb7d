/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Looks up faults: each function reads a column of fault-rows.h.  No rule is checked here.
 *
 * (1) Every fault is a row.
 */

#include "core/fault.h"

#include <assert.h>

/* HRESULTs of winerror.h; an enum of strict C11 cannot hold them. */
#define HRESULT_NONE 0u
#define HRESULT_OPERATION 0x83760001u
#define HRESULT_FORMAT 0x83760002u
#define HRESULT_EXTENSIONS 0x83760003u
#define HRESULT_SUBPROTOCOL 0x83760004u
#define HRESULT_VERSION 0x83760005u
#define HRESULT_INVALIDARG 0x80070057u
#define HRESULT_OUTOFMEMORY 0x8007000eu

typedef struct
{
  uint32_t hresult;
  uint16_t close_code, http_status;
  uint8_t error;
  const char *name, *section, *text;
} FaultRow;

static const FaultRow rows[WSC_N_FAULTS] = {
  [WSC_FAULT_NONE] = { .name = "NONE", .section = "-", .text = "No fault" },
  [WSC_FAULT_PARTIAL] = { .name = "PARTIAL", .section = "-", .text = "Not all of it is there" },
#define FAULT(name_, error_, hresult_, close_, http_, section_, text_) \
  [WSC_FAULT_ ## name_] = { HRESULT_ ## hresult_, close_, http_, WSC_ERROR_ ## error_, #name_, section_, text_ },
#include "core/fault-rows.h"
#undef FAULT
};

static const FaultRow *
core_fault_row_of (WscFault fault)
{
  assert ((unsigned) fault < WSC_N_FAULTS);        /* (1) */
  return &rows[fault];
}

WscFaultError
wsc_fault_get_error (WscFault fault)
{
  return (WscFaultError) core_fault_row_of (fault)->error;
}

uint32_t
wsc_fault_get_hresult (WscFault fault)
{
  return core_fault_row_of (fault)->hresult;
}

uint16_t
wsc_fault_get_close_code (WscFault fault)
{
  return core_fault_row_of (fault)->close_code;
}

uint16_t
wsc_fault_get_http_status (WscFault fault)
{
  return core_fault_row_of (fault)->http_status;
}

const char *
wsc_fault_get_section (WscFault fault)
{
  return core_fault_row_of (fault)->section;
}

const char *
wsc_fault_get_text (WscFault fault)
{
  return core_fault_row_of (fault)->text;
}

const char *
wsc_fault_get_name (WscFault fault)
{
  return core_fault_row_of (fault)->name;
}
