/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Error values for programs written for Windows.  Opt in: see websocket.h. */
#pragma once

#include <stdint.h>

typedef int32_t HRESULT;

#ifndef SUCCEEDED
#define SUCCEEDED(hr) ((HRESULT) (hr) >= 0)
#endif
#ifndef FAILED
#define FAILED(hr) ((HRESULT) (hr) < 0)
#endif
#ifndef HRESULT_CODE
#define HRESULT_CODE(hr) ((hr) & 0xffff)
#endif
#ifndef HRESULT_FACILITY
#define HRESULT_FACILITY(hr) (((hr) >> 16) & 0x1fff)
#endif

#ifndef S_OK
#define S_OK ((HRESULT) 0)
#endif
#ifndef S_FALSE
#define S_FALSE ((HRESULT) 1)
#endif
#ifndef E_NOTIMPL
#define E_NOTIMPL ((HRESULT) 0x80004001)
#endif
#ifndef E_POINTER
#define E_POINTER ((HRESULT) 0x80004003)
#endif
#ifndef E_ABORT
#define E_ABORT ((HRESULT) 0x80004004)
#endif
#ifndef E_FAIL
#define E_FAIL ((HRESULT) 0x80004005)
#endif
#ifndef E_UNEXPECTED
#define E_UNEXPECTED ((HRESULT) 0x8000ffff)
#endif
#ifndef E_HANDLE
#define E_HANDLE ((HRESULT) 0x80070006)
#endif
#ifndef E_OUTOFMEMORY
#define E_OUTOFMEMORY ((HRESULT) 0x8007000e)
#endif
#ifndef E_INVALIDARG
#define E_INVALIDARG ((HRESULT) 0x80070057)
#endif
#ifndef E_INVALID_PROTOCOL_OPERATION
#define E_INVALID_PROTOCOL_OPERATION ((HRESULT) 0x83760001)
#endif
#ifndef E_INVALID_PROTOCOL_FORMAT
#define E_INVALID_PROTOCOL_FORMAT ((HRESULT) 0x83760002)
#endif
#ifndef E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED
#define E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED ((HRESULT) 0x83760003)
#endif
#ifndef E_SUBPROTOCOL_NOT_SUPPORTED
#define E_SUBPROTOCOL_NOT_SUPPORTED ((HRESULT) 0x83760004)
#endif
#ifndef E_PROTOCOL_VERSION_NOT_SUPPORTED
#define E_PROTOCOL_VERSION_NOT_SUPPORTED ((HRESULT) 0x83760005)
#endif
