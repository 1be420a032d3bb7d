/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A stand-in for the <windows.h> of the SDK, which is not here.  It has what websocket.h takes from
 * there: types, a handle that is a struct with a member, and macros that must not differ. */
#pragma once

typedef char           CHAR;
typedef unsigned char  BYTE;
typedef unsigned short USHORT;
typedef unsigned long  ULONG;
typedef long           LONG;
typedef int            BOOL;
typedef LONG           HRESULT;
typedef void          *PVOID;
typedef BYTE          *PBYTE;
typedef CHAR          *PCHAR;
typedef const CHAR    *PCSTR;

#define VOID void
#define TRUE 1
#define FALSE 0
#define WINAPI __stdcall
#define DECLARE_HANDLE(name) struct name ## __ { int unused; }; typedef struct name ## __ *name
#define _HRESULT_TYPEDEF_(value) ((HRESULT) value)
#define SUCCEEDED(hr) (((HRESULT) (hr)) >= 0)
#define FAILED(hr) (((HRESULT) (hr)) < 0)
#define S_OK _HRESULT_TYPEDEF_ (0L)
#define E_OUTOFMEMORY _HRESULT_TYPEDEF_ (0x8007000EL)
#define E_INVALIDARG _HRESULT_TYPEDEF_ (0x80070057L)
#define E_INVALID_PROTOCOL_OPERATION _HRESULT_TYPEDEF_ (0x83760001L)
#define E_INVALID_PROTOCOL_FORMAT _HRESULT_TYPEDEF_ (0x83760002L)
#define E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED _HRESULT_TYPEDEF_ (0x83760003L)
#define E_SUBPROTOCOL_NOT_SUPPORTED _HRESULT_TYPEDEF_ (0x83760004L)
#define E_PROTOCOL_VERSION_NOT_SUPPORTED _HRESULT_TYPEDEF_ (0x83760005L)

DECLARE_HANDLE (HINSTANCE);
