/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The layouts and functions that a program written against Microsoft's websocket.h relies on.  The
 * compiler checks them, in each C and C++, for each system and word length. */
#pragma once

#include <stddef.h>
#include <websocket.h>

/* C99 and C++11 have no assertion in common. */
#define IS_AS_ON_WINDOWS(claim) extern const char is_as_on_windows[(claim) ? 1 : -1]

/* Layouts follow from the pointer's size, as on Windows. */
#define BY_POINTER(of_64_bits, of_32_bits) (sizeof (void *) == 8 ? (of_64_bits) : (of_32_bits))

IS_AS_ON_WINDOWS (sizeof (WEB_SOCKET_PROPERTY) == BY_POINTER (24, 12));
IS_AS_ON_WINDOWS (offsetof (WEB_SOCKET_PROPERTY, Type) == 0);
IS_AS_ON_WINDOWS (offsetof (WEB_SOCKET_PROPERTY, pvValue) == BY_POINTER (8, 4));
IS_AS_ON_WINDOWS (offsetof (WEB_SOCKET_PROPERTY, ulValueSize) == BY_POINTER (16, 8));
IS_AS_ON_WINDOWS (sizeof (WEB_SOCKET_HTTP_HEADER) == BY_POINTER (32, 16));
IS_AS_ON_WINDOWS (offsetof (WEB_SOCKET_HTTP_HEADER, pcName) == 0);
IS_AS_ON_WINDOWS (offsetof (WEB_SOCKET_HTTP_HEADER, ulNameLength) == BY_POINTER (8, 4));
IS_AS_ON_WINDOWS (offsetof (WEB_SOCKET_HTTP_HEADER, pcValue) == BY_POINTER (16, 8));
IS_AS_ON_WINDOWS (offsetof (WEB_SOCKET_HTTP_HEADER, ulValueLength) == BY_POINTER (24, 12));
IS_AS_ON_WINDOWS (sizeof (WEB_SOCKET_BUFFER) == BY_POINTER (16, 12));
IS_AS_ON_WINDOWS (offsetof (WEB_SOCKET_BUFFER, Data.pbBuffer) == 0);
IS_AS_ON_WINDOWS (offsetof (WEB_SOCKET_BUFFER, Data.ulBufferLength) == BY_POINTER (8, 4));
IS_AS_ON_WINDOWS (offsetof (WEB_SOCKET_BUFFER, CloseStatus.pbReason) == 0);
IS_AS_ON_WINDOWS (offsetof (WEB_SOCKET_BUFFER, CloseStatus.ulReasonLength) == BY_POINTER (8, 4));
IS_AS_ON_WINDOWS (offsetof (WEB_SOCKET_BUFFER, CloseStatus.usStatus) == BY_POINTER (12, 8));

/* An enum has the size of an int, a handle that of a pointer, and a ULONG always 32 bits. */
IS_AS_ON_WINDOWS (sizeof (WEB_SOCKET_BUFFER_TYPE) == 4);
IS_AS_ON_WINDOWS (sizeof (WEB_SOCKET_ACTION) == 4);
IS_AS_ON_WINDOWS (sizeof (WEB_SOCKET_ACTION_QUEUE) == 4);
IS_AS_ON_WINDOWS (sizeof (WEB_SOCKET_PROPERTY_TYPE) == 4);
IS_AS_ON_WINDOWS (sizeof (WEB_SOCKET_CLOSE_STATUS) == 4);
IS_AS_ON_WINDOWS (sizeof (WEB_SOCKET_HANDLE) == sizeof (void *));
IS_AS_ON_WINDOWS (sizeof (ULONG) == 4);
IS_AS_ON_WINDOWS (sizeof (HRESULT) == 4);

/* A declaration of another type is an error (WIN-A-03). */
#ifdef _WIN32
#define CALLED __stdcall
#else
#define CALLED
#endif
extern void CALLED WebSocketCompleteAction (WEB_SOCKET_HANDLE handle, PVOID context, ULONG n);
extern void CALLED WebSocketAbortHandle (WEB_SOCKET_HANDLE handle);
extern void CALLED WebSocketDeleteHandle (WEB_SOCKET_HANDLE handle);
extern HRESULT CALLED WebSocketEndServerHandshake (WEB_SOCKET_HANDLE handle);
#undef CALLED
