/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The types and macros that programs for websocket.dll take from <windows.h>; no function.  Opt in:
 * see websocket.h, whose types these repeat (C11 and C++ permit the same typedef twice). */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <winerror.h>

#ifndef VOID
#define VOID void
#endif
typedef char        CHAR;
typedef CHAR       *PCHAR;
typedef CHAR       *PSTR;
typedef CHAR       *LPSTR;
typedef const CHAR *PCSTR;
typedef const CHAR *LPCSTR;
typedef uint8_t     BYTE;
typedef BYTE       *PBYTE;
typedef uint8_t     UCHAR;
typedef UCHAR      *PUCHAR;
typedef int16_t     SHORT;
typedef uint16_t    USHORT;
typedef USHORT     *PUSHORT;
typedef uint16_t    WORD;
typedef int32_t     INT;
typedef uint32_t    UINT;
typedef int32_t     LONG;
typedef uint32_t    ULONG;
typedef ULONG      *PULONG;
typedef uint32_t    DWORD;
typedef DWORD      *PDWORD;
typedef int64_t     LONGLONG;
typedef uint64_t    ULONGLONG;
typedef uintptr_t   ULONG_PTR;
typedef uintptr_t   DWORD_PTR;
typedef size_t      SIZE_T;
typedef int32_t     BOOL;
typedef uint8_t     BOOLEAN;
typedef void       *PVOID;
typedef void       *LPVOID;
typedef const void *LPCVOID;
typedef void       *HANDLE;

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif
#ifndef WINAPI
#define WINAPI
#endif
#ifndef CALLBACK
#define CALLBACK
#endif
#ifndef __cdecl
#define __cdecl
#endif
#ifndef __stdcall
#define __stdcall
#endif
#ifndef DECLARE_HANDLE
#define DECLARE_HANDLE(name) typedef struct name ## __ *name
#endif
#ifndef ARRAYSIZE
#define ARRAYSIZE(array) (sizeof (array) / sizeof ((array)[0]))
#endif
#ifndef UNREFERENCED_PARAMETER
#define UNREFERENCED_PARAMETER(parameter) ((void) (parameter))
#endif
#ifndef CopyMemory
#define CopyMemory(to, from, length) memcpy ((to), (from), (length))
#endif
#ifndef MoveMemory
#define MoveMemory(to, from, length) memmove ((to), (from), (length))
#endif
#ifndef FillMemory
#define FillMemory(to, length, value) memset ((to), (value), (length))
#endif
#ifndef ZeroMemory
#define ZeroMemory(to, length) memset ((to), 0, (length))
#endif

/* Annotations of parameters: remarks for Microsoft's checker, nothing to a compiler here. */
#ifndef _In_
#define _In_
#define _In_opt_
#define _In_reads_(count)
#define _In_reads_opt_(count)
#define _In_reads_bytes_(count)
#define _In_reads_bytes_opt_(count)
#define _Inout_
#define _Inout_opt_
#define _Inout_updates_(count)
#define _Inout_updates_bytes_(count)
#define _Inout_updates_to_(room, count)
#define _Inout_updates_bytes_to_(room, count)
#define _Inout_updates_bytes_to_opt_(room, count)
#define _Out_
#define _Out_opt_
#define _Out_writes_(count)
#define _Out_writes_bytes_(count)
#define _Out_writes_to_(room, count)
#define _Out_writes_bytes_to_(room, count)
#define _Outptr_
#define _Field_size_bytes_(count)
#define _Field_range_(least, most)
#define _Must_inspect_result_
#define _Success_(claim)
#define _Use_decl_annotations_
#endif
