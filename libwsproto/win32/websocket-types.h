/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Windows' types and error values, for websocket.h and the headers of the compat directory: on
 * Windows those of <windows.h>, elsewhere types with fixed widths.  A program with types of its own
 * defines WSPROTO_NO_WINDOWS_TYPES.  Include websocket.h or windows.h instead of this file. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* In C++ this is not a C cast, because some compilers warn about C casts. */
#ifdef __cplusplus
#define WSPROTO_CAST(type, value) static_cast < type > (value)
#else
#define WSPROTO_CAST(type, value) ((type) (value))
#endif
#define WSPROTO_HRESULT(value) WSPROTO_CAST (HRESULT, value)

#ifdef WSPROTO_NO_WINDOWS_TYPES
/* The program has them. */
#elif defined _WIN32
#include <windows.h>
#else
typedef char           CHAR;
typedef CHAR          *PCHAR;
typedef const CHAR    *PCSTR;
typedef uint8_t        BYTE;
typedef BYTE          *PBYTE;
typedef uint16_t       USHORT;
typedef uint32_t       ULONG;
typedef int32_t        BOOL;
typedef int32_t        HRESULT;
typedef void          *PVOID;
#endif

/* VOID of Windows' own headers comes with SHORT and LONG, which a macro VOID would leave out. */
#if !defined VOID && !defined _WIN32
#define VOID void
#endif
#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif
#ifndef WINAPI
#ifdef _WIN32
#define WINAPI __stdcall
#else
#define WINAPI
#endif
#endif
#ifndef SUCCEEDED
#define SUCCEEDED(hr) (WSPROTO_HRESULT (hr) >= 0)
#endif
#ifndef FAILED
#define FAILED(hr) (WSPROTO_HRESULT (hr) < 0)
#endif

#ifndef S_OK
#define S_OK WSPROTO_HRESULT (0)
#endif
#ifndef E_OUTOFMEMORY
#define E_OUTOFMEMORY WSPROTO_HRESULT (0x8007000e)
#endif
#ifndef E_INVALIDARG
#define E_INVALIDARG WSPROTO_HRESULT (0x80070057)
#endif
#ifndef E_INVALID_PROTOCOL_OPERATION
#define E_INVALID_PROTOCOL_OPERATION WSPROTO_HRESULT (0x83760001)
#endif
#ifndef E_INVALID_PROTOCOL_FORMAT
#define E_INVALID_PROTOCOL_FORMAT WSPROTO_HRESULT (0x83760002)
#endif
#ifndef E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED
#define E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED WSPROTO_HRESULT (0x83760003)
#endif
#ifndef E_SUBPROTOCOL_NOT_SUPPORTED
#define E_SUBPROTOCOL_NOT_SUPPORTED WSPROTO_HRESULT (0x83760004)
#endif
#ifndef E_PROTOCOL_VERSION_NOT_SUPPORTED
#define E_PROTOCOL_VERSION_NOT_SUPPORTED WSPROTO_HRESULT (0x83760005)
#endif

/* Names on Microsoft's page on WebSocketEndClientHandshake that the SDK does not have. */
#ifndef E_UNSUPPORTED_EXTENSION
#define E_UNSUPPORTED_EXTENSION E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED
#endif
#ifndef E_UNSUPPORTED_SUBPROTOCOL
#define E_UNSUPPORTED_SUBPROTOCOL E_SUBPROTOCOL_NOT_SUPPORTED
#endif
