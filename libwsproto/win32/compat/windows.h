/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The types and macros of <windows.h> that programs for websocket.dll use, and its critical
 * sections.  Optional: see websocket.h. */
#pragma once

#ifdef _WIN32
#error "Windows has a <windows.h> of its own: remove this directory from the include path"
#endif

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include <winerror.h>

typedef CHAR       *PSTR;
typedef CHAR       *LPSTR;
typedef const CHAR *LPCSTR;
typedef wchar_t     WCHAR;      /* of 32 bits here */
typedef WCHAR      *PWSTR;
typedef WCHAR      *LPWSTR;
typedef const WCHAR *PCWSTR;
typedef const WCHAR *LPCWSTR;
typedef BYTE       *LPBYTE;
typedef uint8_t     UCHAR;
typedef UCHAR      *PUCHAR;
typedef int16_t     SHORT;
typedef USHORT     *PUSHORT;
typedef uint16_t    WORD;
typedef int32_t     INT;
typedef uint32_t    UINT;
typedef int32_t     LONG;
typedef LONG       *PLONG;
typedef ULONG      *PULONG;
typedef uint32_t    DWORD;
typedef DWORD      *PDWORD;
typedef DWORD      *LPDWORD;
typedef int64_t     LONGLONG;
typedef uint64_t    ULONGLONG;
typedef int8_t      INT8;
typedef int16_t     INT16;
typedef int32_t     INT32;
typedef int64_t     INT64;
typedef uint8_t     UINT8;
typedef uint16_t    UINT16;
typedef uint32_t    UINT32;
typedef uint64_t    UINT64;
typedef int32_t     LONG32;
typedef int64_t     LONG64;
typedef uint32_t    ULONG32;
typedef uint64_t    ULONG64;
typedef uint32_t    DWORD32;
typedef uint64_t    DWORD64;
typedef uint64_t    DWORDLONG;
typedef intptr_t    INT_PTR;
typedef uintptr_t   UINT_PTR;
typedef intptr_t    LONG_PTR;
typedef uintptr_t   ULONG_PTR;
typedef uintptr_t   DWORD_PTR;
typedef size_t      SIZE_T;
typedef ptrdiff_t   SSIZE_T;
typedef BOOL       *PBOOL;
typedef uint8_t     BOOLEAN;
typedef void       *LPVOID;
typedef const void *LPCVOID;
typedef void       *HANDLE;

#define DECLARE_HANDLE(name) typedef struct name ## __ *name

#ifdef __cplusplus
#define EXTERN_C extern "C"
#else
#define EXTERN_C extern
#endif
#define CONST const
#define APIENTRY WINAPI
#define STDAPICALLTYPE
#define STDMETHODCALLTYPE
#define STDAPI EXTERN_C HRESULT STDAPICALLTYPE
#define STDAPI_(type) EXTERN_C type STDAPICALLTYPE
#define INFINITE 0xffffffff
#define MAXDWORD 0xffffffff
#define MAXULONG 0xffffffff
#ifndef CALLBACK
#define CALLBACK
#endif
#ifndef __cdecl
#define __cdecl
#endif
#ifndef __stdcall
#define __stdcall
#endif

/* The entry point of a console program.  Its arguments are those of main. */
#ifndef wmain
#define wmain main
#endif

#ifdef UNICODE
#define WSPROTO_WIDE(text) L ## text
#define TEXT(text) WSPROTO_WIDE (text)
#else
#define TEXT(text) text
#endif

#ifndef ARRAYSIZE
#define ARRAYSIZE(array) (sizeof (array) / sizeof ((array)[0]))
#endif
#ifndef _countof
#define _countof(array) ARRAYSIZE (array)
#endif
#ifndef __min
#define __min(a, b) ((a) < (b) ? (a) : (b))
#endif
#ifndef __max
#define __max(a, b) ((a) > (b) ? (a) : (b))
#endif

/* In C++ the macros min and max would conflict with the functions of the standard library. */
#if !defined __cplusplus && !defined NOMINMAX
#ifndef min
#define min(a, b) __min (a, b)
#endif
#ifndef max
#define max(a, b) __max (a, b)
#endif
#endif
#ifndef UNREFERENCED_PARAMETER
#define UNREFERENCED_PARAMETER(parameter) WSPROTO_CAST (void, parameter)
#endif

#define CopyMemory(to, from, length) memcpy ((to), (from), (length))
#define MoveMemory(to, from, length) memmove ((to), (from), (length))
#define FillMemory(to, length, value) memset ((to), (value), (length))
#define ZeroMemory(to, length) memset ((to), 0, (length))

/* The compiler must not omit the memset (), even if no code reads the memory again. */
static inline PVOID
SecureZeroMemory (PVOID  to,
                  SIZE_T length)
{
  memset (to, 0, length);
  __asm__ __volatile__ ("" : : "r" (to) : "memory");
  return to;
}

/* The thread inside a critical section may enter it again.  Strict C11 hides the recursive mutex of
 * POSIX, so Depth counts the entries.  If Depth is not 0, only the owner reads itself in Owner. */
typedef struct _CRITICAL_SECTION
{
  pthread_mutex_t Mutex;
  pthread_t Owner;
  unsigned Depth;               /* entries of the owner; 0: there is no owner */
} CRITICAL_SECTION, *PCRITICAL_SECTION, *LPCRITICAL_SECTION;

static inline VOID WINAPI
InitializeCriticalSection (LPCRITICAL_SECTION section)
{
  pthread_mutex_init (&section->Mutex, NULL);
  section->Depth = 0;
}

static inline VOID WINAPI
EnterCriticalSection (LPCRITICAL_SECTION section)
{
  pthread_t self = pthread_self (), owner;

  if (__atomic_load_n (&section->Depth, __ATOMIC_ACQUIRE) > 0)
    {
      __atomic_load (&section->Owner, &owner, __ATOMIC_RELAXED);
      if (pthread_equal (owner, self))
        {
          __atomic_store_n (&section->Depth, section->Depth + 1, __ATOMIC_RELEASE);
          return;
        }
    }

  pthread_mutex_lock (&section->Mutex);
  __atomic_store (&section->Owner, &self, __ATOMIC_RELAXED);
  __atomic_store_n (&section->Depth, 1, __ATOMIC_RELEASE);
}

static inline VOID WINAPI
LeaveCriticalSection (LPCRITICAL_SECTION section)
{
  const unsigned depth = section->Depth - 1;

  __atomic_store_n (&section->Depth, depth, __ATOMIC_RELEASE);
  if (depth == 0)
    pthread_mutex_unlock (&section->Mutex);
}

static inline VOID WINAPI
DeleteCriticalSection (LPCRITICAL_SECTION section)
{
  pthread_mutex_destroy (&section->Mutex);
}

/* Parameter annotations for Microsoft's checker; empty here. */
#ifndef _In_
#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _Inout_
#define _Inout_opt_
#define _Inout_z_
#define _Out_
#define _Out_opt_
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_opt_result_maybenull_
#define _Reserved_
#define _Pre_
#define _Post_
#define _Notnull_
#define _Maybenull_
#define _Check_return_
#define _Must_inspect_result_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Printf_format_string_
#define _Frees_ptr_
#define _Frees_ptr_opt_
#define _Use_decl_annotations_
#define __drv_aliasesMem
#define _In_reads_(what)
#define _In_reads_opt_(what)
#define _In_reads_z_(what)
#define _In_reads_bytes_(what)
#define _In_reads_bytes_opt_(what)
#define _In_range_(what, more)
#define _Inout_updates_(what)
#define _Inout_updates_opt_(what)
#define _Inout_updates_bytes_(what)
#define _Inout_updates_bytes_opt_(what)
#define _Inout_updates_all_(what)
#define _Out_writes_(what)
#define _Out_writes_opt_(what)
#define _Out_writes_z_(what)
#define _Out_writes_bytes_(what)
#define _Out_writes_bytes_opt_(what)
#define _Out_writes_all_(what)
#define _Outptr_result_buffer_(what)
#define _Outptr_result_buffer_maybenull_(what)
#define _Outptr_opt_result_buffer_(what)
#define _Outptr_result_bytebuffer_(what)
#define _Field_size_(what)
#define _Field_size_opt_(what)
#define _Field_size_bytes_(what)
#define _Field_size_bytes_opt_(what)
#define _Success_(what)
#define _Return_type_success_(what)
#define _Analysis_assume_(what)
#define _Inout_updates_to_(what, more)
#define _Inout_updates_to_opt_(what, more)
#define _Inout_updates_bytes_to_(what, more)
#define _Inout_updates_bytes_to_opt_(what, more)
#define _Out_writes_to_(what, more)
#define _Out_writes_to_opt_(what, more)
#define _Out_writes_bytes_to_(what, more)
#define _Out_writes_bytes_to_opt_(what, more)
#define _Outptr_result_buffer_to_(what, more)
#define _Field_range_(what, more)
#define _When_(what, more)
#define _At_(what, more)
#endif
