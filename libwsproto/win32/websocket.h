/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The WebSocket Protocol Component API of Windows: names, values and layouts of its
 * websocket.h, for C and C++.
 *
 * No function performs I/O.  A handle belongs to one thread at a time (hold one lock around every
 * call); different handles need no lock.  Every failure is an HRESULT below zero:
 *
 *   E_INVALIDARG                         an invalid pointer, size, value or buffer type
 *   E_OUTOFMEMORY                        out of memory
 *   E_INVALID_PROTOCOL_OPERATION         a call, or a frame of the peer, at the wrong time
 *   E_INVALID_PROTOCOL_FORMAT            bytes or headers that RFC 6455 does not permit
 *   E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED  an extension was selected that was not offered; also named
 *                                        E_UNSUPPORTED_EXTENSION
 *   E_SUBPROTOCOL_NOT_SUPPORTED          a subprotocol was selected that was not offered; also
 *                                        named E_UNSUPPORTED_SUBPROTOCOL
 *   E_PROTOCOL_VERSION_NOT_SUPPORTED     Sec-WebSocket-Version is not 13
 *
 * A function that fails sets no out parameter, unless its documentation says so.
 *
 * websocket-types.h has the Win32 types, with fixed widths.  A program with types of its own
 * defines WSPROTO_NO_WINDOWS_TYPES and supplies all of them; their sizes are checked.  For a
 * program that includes <windows.h>, the directory "pkg-config --variable=compatdir
 * wsproto-win32-1" has this header.  On Windows the types are those of <windows.h>, which this
 * header includes: a program that uses <winsock2.h> includes it before. */
#pragma once

#include <websocket-types.h>

/* Microsoft's C compiler has _Static_assert from C11 only, and no __extension__. */
#ifdef _MSC_VER
#define WSPROTO_EXTENSION
#else
#define WSPROTO_EXTENSION __extension__
#endif
#ifdef __cplusplus
#define WSPROTO_ASSERT(claim) static_assert (claim, #claim)
#define WSPROTO_BEGIN_FUNCTIONS extern "C" {
#define WSPROTO_END_FUNCTIONS }
#else
#ifdef _MSC_VER
#define WSPROTO_ASSERT(claim) extern const char wsproto_assertion[(claim) ? 1 : -1]
#else
#define WSPROTO_ASSERT(claim) __extension__ _Static_assert (claim, #claim)
#endif
#define WSPROTO_BEGIN_FUNCTIONS
#define WSPROTO_END_FUNCTIONS
#endif

WSPROTO_ASSERT (sizeof (CHAR) == 1);
WSPROTO_ASSERT (sizeof (BYTE) == 1);
WSPROTO_ASSERT (sizeof (USHORT) == 2);
WSPROTO_ASSERT (sizeof (ULONG) == 4 && WSPROTO_CAST (ULONG, -1) > 0);
WSPROTO_ASSERT (sizeof (BOOL) == 4);
WSPROTO_ASSERT (sizeof (HRESULT) == 4 && WSPROTO_CAST (HRESULT, -1) < 0);
WSPROTO_ASSERT (sizeof (PVOID) == sizeof (void *));
WSPROTO_ASSERT (sizeof (PBYTE) == sizeof (void *));
WSPROTO_ASSERT (sizeof (PCHAR) == sizeof (void *));
WSPROTO_ASSERT (sizeof (PCSTR) == sizeof (void *));

#ifdef _WIN32
#define WSPROTO_WIN32_API extern
#else
#define WSPROTO_WIN32_API __attribute__ ((visibility ("default"))) extern
#endif

/* DECLARE_HANDLE of <windows.h> would define the struct too. */
typedef struct WEB_SOCKET_HANDLE__ *WEB_SOCKET_HANDLE;

#define WEB_SOCKET_MAX_CLOSE_REASON_LENGTH 123

typedef enum _WEB_SOCKET_CLOSE_STATUS
{
  WEB_SOCKET_SUCCESS_CLOSE_STATUS = 1000,
  WEB_SOCKET_ENDPOINT_UNAVAILABLE_CLOSE_STATUS = 1001,
  WEB_SOCKET_PROTOCOL_ERROR_CLOSE_STATUS = 1002,
  WEB_SOCKET_INVALID_DATA_TYPE_CLOSE_STATUS = 1003,
  WEB_SOCKET_EMPTY_CLOSE_STATUS = 1005,                 /* an empty Close was received; never
                                                           sent */
  WEB_SOCKET_ABORTED_CLOSE_STATUS = 1006,               /* the connection ended without a Close;
                                                           never sent */
  WEB_SOCKET_INVALID_PAYLOAD_CLOSE_STATUS = 1007,
  WEB_SOCKET_POLICY_VIOLATION_CLOSE_STATUS = 1008,
  WEB_SOCKET_MESSAGE_TOO_BIG_CLOSE_STATUS = 1009,
  WEB_SOCKET_UNSUPPORTED_EXTENSIONS_CLOSE_STATUS = 1010,
  WEB_SOCKET_SERVER_ERROR_CLOSE_STATUS = 1011,
  WEB_SOCKET_SECURE_HANDSHAKE_ERROR_CLOSE_STATUS = 1015 /* TLS failed; never sent */
} WEB_SOCKET_CLOSE_STATUS;

typedef enum _WEB_SOCKET_PROPERTY_TYPE
{
  WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE = 0,       /* ULONG; 4096 */
  WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE = 1,          /* ULONG; client: 4096, server: 16 */
  WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE = 2,           /* BOOL; at WebSocketCreateClientHandle */
  WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE = 3,          /* PVOID; its size is the memory's */
  WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE = 4, /* BOOL */
  WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE = 5,        /* ULONG; of the process */
  WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE = 6         /* ULONG[]; of the process */
} WEB_SOCKET_PROPERTY_TYPE;

typedef enum _WEB_SOCKET_ACTION_QUEUE
{
  WEB_SOCKET_SEND_ACTION_QUEUE = 0x1,
  WEB_SOCKET_RECEIVE_ACTION_QUEUE = 0x2,
  WEB_SOCKET_ALL_ACTION_QUEUE = WEB_SOCKET_SEND_ACTION_QUEUE | WEB_SOCKET_RECEIVE_ACTION_QUEUE
} WEB_SOCKET_ACTION_QUEUE;

/* A value below 0x80000000 is the header of an extension frame: bit 8 FIN, 7 to 5 RSV1 to RSV3,
 * 4 to 1 opcode, 0 MASK, which must be 0.  Strict C has no enumerator above INT_MAX: hence
 * __extension__. */
WSPROTO_EXTENSION typedef enum _WEB_SOCKET_BUFFER_TYPE
{
  WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE = 0x80000000,
  WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE = 0x80000001,
  WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE = 0x80000002,
  WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE = 0x80000003,
  WEB_SOCKET_CLOSE_BUFFER_TYPE = 0x80000004,
  WEB_SOCKET_PING_PONG_BUFFER_TYPE = 0x80000005,        /* sent: a ping; received: a pong */
  WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE = 0x80000006
} WEB_SOCKET_BUFFER_TYPE;

typedef enum _WEB_SOCKET_ACTION
{
  WEB_SOCKET_NO_ACTION = 0,
  WEB_SOCKET_SEND_TO_NETWORK_ACTION = 1,
  WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION = 2,
  WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION = 3,
  WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION = 4
} WEB_SOCKET_ACTION, *PWEB_SOCKET_ACTION;

typedef struct _WEB_SOCKET_PROPERTY
{
  WEB_SOCKET_PROPERTY_TYPE Type;
  PVOID pvValue;
  ULONG ulValueSize;
} WEB_SOCKET_PROPERTY, *PWEB_SOCKET_PROPERTY;

typedef struct _WEB_SOCKET_HTTP_HEADER                  /* strings have lengths, without NUL */
{
  PCHAR pcName;
  ULONG ulNameLength;
  PCHAR pcValue;
  ULONG ulValueLength;
} WEB_SOCKET_HTTP_HEADER, *PWEB_SOCKET_HTTP_HEADER;

typedef union _WEB_SOCKET_BUFFER
{
  struct
  {
    PBYTE pbBuffer;
    ULONG ulBufferLength;
  } Data;

  struct                                                /* a Close, to send or indicated */
  {
    PBYTE pbReason;
    ULONG ulReasonLength;
    USHORT usStatus;
  } CloseStatus;
} WEB_SOCKET_BUFFER, *PWEB_SOCKET_BUFFER;

WSPROTO_BEGIN_FUNCTIONS

/**
 * WebSocketCreateClientHandle:
 * @pProperties: properties of the session, or NULL
 * @ulPropertyCount: how many
 * @phWebSocket: receives the session, to be given to WebSocketDeleteHandle
 *
 * Creates a client session.  The values of the properties are copied:
 *
 * - RECEIVE_BUFFER_SIZE in bytes, by default 4096, at least 256.
 * - SEND_BUFFER_SIZE in bytes, by default 4096, at least 16.  No SEND_TO_NETWORK is longer, the
 *   frame's header included.
 * - DISABLE_MASKING: frames have the masking key 0.
 * - DISABLE_UTF8_VERIFICATION: text is not checked, neither when sent nor when received.
 * - ALLOCATED_BUFFER: memory of the caller, aligned to 8 bytes, for both buffers and 144 bytes
 *   more.  It must live until WebSocketDeleteHandle.  Buffers of actions are then in it, or in
 *   memory that the caller passed to WebSocketSend or WebSocketReceive.
 *
 * Fails with E_INVALIDARG for an invalid size, address or property, and with
 * E_OUTOFMEMORY.
 *
 * Since: 0.1
 */
WSPROTO_WIN32_API HRESULT WINAPI
WebSocketCreateClientHandle (const PWEB_SOCKET_PROPERTY pProperties,
                             ULONG                      ulPropertyCount,
                             WEB_SOCKET_HANDLE         *phWebSocket);

/**
 * WebSocketBeginClientHandshake:
 * @hWebSocket: a session of the client's side
 * @pszSubprotocols: the subprotocols offered, one in each string, the preferred one first
 * @ulSubprotocolCount: how many
 * @pszExtensions: the extensions offered, with their parameters, one in each string
 * @ulExtensionCount: how many
 * @pInitialHeaders: other header fields of the request
 * @ulInitialHeaderCount: how many
 * @pAdditionalHeaders: receives an array of the session; the first WebSocketGetAction after the
 *   handshake sets its members to NULL and 0
 * @pulAdditionalHeaderCount: receives the length of this array
 *
 * Creates the header fields that make the caller's HTTP request an opening handshake.  A field with
 * the name of an initial field replaces this initial field.  The caller may free all arguments
 * after the call.  A NUL, which is not counted, follows each value.
 *
 * Fails with E_INVALIDARG for an offer or field that is malformed or repeated, with
 * E_INVALID_PROTOCOL_OPERATION for a server's handle or a second handshake, and with
 * E_OUTOFMEMORY.
 *
 * See RFC 6455, section 4.1.
 *
 * Since: 0.1
 */
WSPROTO_WIN32_API HRESULT WINAPI
WebSocketBeginClientHandshake (WEB_SOCKET_HANDLE             hWebSocket,
                               PCSTR                        *pszSubprotocols,
                               ULONG                         ulSubprotocolCount,
                               PCSTR                        *pszExtensions,
                               ULONG                         ulExtensionCount,
                               const PWEB_SOCKET_HTTP_HEADER pInitialHeaders,
                               ULONG                         ulInitialHeaderCount,
                               PWEB_SOCKET_HTTP_HEADER      *pAdditionalHeaders,
                               ULONG                        *pulAdditionalHeaderCount);

/**
 * WebSocketEndClientHandshake:
 * @hWebSocket: a session whose handshake was begun
 * @pResponseHeaders: all header fields of the server's response
 * @ulReponseHeaderCount: how many
 * @pulSelectedExtensions: room for as many indices as extensions were offered, or NULL
 * @pulSelectedExtensionCount: the size of @pulSelectedExtensions, then how many were selected; or
 *   NULL
 * @pulSelectedSubprotocol: receives the index of the subprotocol selected, or NULL
 *
 * Checks the server's response and opens the session.  The caller checks status 101 before.  The
 * indices refer to the arguments of WebSocketBeginClientHandshake.  If the server selects no
 * subprotocol, the call succeeds with the index 0xFFFFFFFF.
 *
 * Fails with E_INVALID_PROTOCOL_FORMAT for a response that breaks a rule, with
 * E_SUBPROTOCOL_NOT_SUPPORTED and E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED for a selection that was
 * not offered, with E_INVALID_PROTOCOL_OPERATION if no handshake was begun, with E_INVALIDARG for
 * an array that is too small, and with E_OUTOFMEMORY.
 *
 * See RFC 6455, section 4.1.
 *
 * Since: 0.1
 */
WSPROTO_WIN32_API HRESULT WINAPI
WebSocketEndClientHandshake (WEB_SOCKET_HANDLE             hWebSocket,
                             const PWEB_SOCKET_HTTP_HEADER pResponseHeaders,
                             ULONG                         ulReponseHeaderCount,
                             ULONG                        *pulSelectedExtensions,
                             ULONG                        *pulSelectedExtensionCount,
                             ULONG                        *pulSelectedSubprotocol);

/**
 * WebSocketCreateServerHandle:
 * @pProperties: properties of the session, or NULL
 * @ulPropertyCount: how many
 * @phWebSocket: receives the session, to be given to WebSocketDeleteHandle
 *
 * Creates a server session, like WebSocketCreateClientHandle, with two differences:
 * SEND_BUFFER_SIZE is by default 16, as payloads are not copied, and DISABLE_MASKING accepts frames
 * that are not masked.
 *
 * Since: 0.1
 */
WSPROTO_WIN32_API HRESULT WINAPI
WebSocketCreateServerHandle (const PWEB_SOCKET_PROPERTY pProperties,
                             ULONG                      ulPropertyCount,
                             WEB_SOCKET_HANDLE         *phWebSocket);

/**
 * WebSocketBeginServerHandshake:
 * @hWebSocket: a session of the server's side
 * @pszSubprotocolSelected: one subprotocol of those the client offers; NULL or "" for none
 * @pszExtensionSelected: extensions of those the client offers, one in each string
 * @ulExtensionSelectedCount: how many
 * @pRequestHeaders: all header fields of the client's request
 * @ulRequestHeaderCount: how many
 * @pResponseHeaders: receives an array of the session; the first WebSocketGetAction sets its
 *   members to NULL and 0
 * @pulResponseHeaderCount: receives the length of this array
 *
 * Checks the client's request and creates the header fields of the response with status 101.  The
 * caller checks the request line.  After a failure the caller writes the HTTP error, and may
 * call this again with another request.  Write the response before the first
 * WebSocketGetAction, which clears the array.  A NUL, which is not counted, follows each value.
 *
 * Fails with E_INVALID_PROTOCOL_FORMAT for a request that breaks a rule, with
 * E_PROTOCOL_VERSION_NOT_SUPPORTED for a version other than 13, with E_SUBPROTOCOL_NOT_SUPPORTED
 * and E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED for a selection that the client does not offer, with
 * E_INVALID_PROTOCOL_OPERATION for a client's handle or a second handshake, with E_INVALIDARG,
 * and with E_OUTOFMEMORY.
 *
 * See RFC 6455, sections 4.2.1 and 4.2.2.
 *
 * Since: 0.1
 */
WSPROTO_WIN32_API HRESULT WINAPI
WebSocketBeginServerHandshake (WEB_SOCKET_HANDLE             hWebSocket,
                               PCSTR                         pszSubprotocolSelected,
                               PCSTR                        *pszExtensionSelected,
                               ULONG                         ulExtensionSelectedCount,
                               const PWEB_SOCKET_HTTP_HEADER pRequestHeaders,
                               ULONG                         ulRequestHeaderCount,
                               PWEB_SOCKET_HTTP_HEADER      *pResponseHeaders,
                               ULONG                        *pulResponseHeaderCount);

/**
 * WebSocketEndServerHandshake:
 * @hWebSocket: a session whose handshake was begun
 *
 * Opens the session of a server.  This call is optional: the first other call after the
 * handshake opens the session too.
 *
 * Fails with E_INVALID_PROTOCOL_OPERATION for a client's handle, if no handshake was begun and if
 * the session is open, and with E_INVALIDARG. See RFC 6455, section 4.2.2.
 *
 * Since: 0.1
 */
WSPROTO_WIN32_API HRESULT WINAPI
WebSocketEndServerHandshake (WEB_SOCKET_HANDLE hWebSocket);

/**
 * WebSocketSend:
 * @hWebSocket: an open session
 * @BufferType: the type of message or frame
 * @pBuffer: the payload, or NULL
 * @Context: returned with every action of this operation
 *
 * Queues one message, fragment of a message, Ping, Pong or Close; nothing is written yet.  The
 * caller may free @pBuffer itself after the call.  The memory that @pBuffer points to remains the
 * caller's, and must live until INDICATE_SEND_COMPLETE.  NULL means an empty message or a Close
 * without a code, and is the only allowed value for a Ping or Pong.
 *
 * Fails with E_INVALIDARG for an unknown type, a length without memory, a text or reason that is
 * not UTF-8, a close code that is not allowed in a Close frame and a reason of more than 123
 * bytes; with E_INVALID_PROTOCOL_OPERATION for a session that is not open, has sent its Close or
 * was aborted, and for the other message type inside a fragmented message; with E_OUTOFMEMORY; and
 * after a fault of the peer with the value of that fault.
 *
 * See RFC 6455, sections 5.4, 5.5 and 6.1.
 *
 * Since: 0.1
 */
WSPROTO_WIN32_API HRESULT WINAPI
WebSocketSend (WEB_SOCKET_HANDLE      hWebSocket,
               WEB_SOCKET_BUFFER_TYPE BufferType,
               WEB_SOCKET_BUFFER     *pBuffer,
               PVOID                  Context);

/**
 * WebSocketReceive:
 * @hWebSocket: an open session
 * @pBuffer: memory for what is received, or NULL
 * @pvContext: returned with every action of this operation
 *
 * Queues one receive: of a message or a part of it, of a Pong, or of the peer's Close.  The
 * caller owns the memory, which must live until INDICATE_RECEIVE_COMPLETE is completed.  Without
 * memory the data is returned in the receive buffer, which saves a copy.
 *
 * Fails with E_INVALIDARG for a length without memory, with E_INVALID_PROTOCOL_OPERATION for a
 * session that is not open, has received the peer's Close or was aborted, with E_OUTOFMEMORY,
 * and after a fault of the peer with the value of that fault.
 *
 * Since: 0.1
 */
WSPROTO_WIN32_API HRESULT WINAPI
WebSocketReceive (WEB_SOCKET_HANDLE  hWebSocket,
                  WEB_SOCKET_BUFFER *pBuffer,
                  PVOID              pvContext);

/**
 * WebSocketGetAction:
 * @hWebSocket: a session
 * @eActionQueue: the queue of the action
 * @pDataBuffers: receives the action's buffers
 * @pulDataBufferCount: room for at least one buffer, then how many there are
 * @pAction: receives the action
 * @pBufferType: receives the type of message or frame; 0 = none
 * @pvApplicationContext: receives the operation's context; may be NULL
 * @pvActionContext: receives the argument for WebSocketCompleteAction
 *
 * Gets the caller's next action, which is handed out until it is completed.  NO_ACTION: nothing is
 * queued, or the next step waits for an action that is handed out.  Two buffers are always enough;
 * with one buffer, a message may be sent in two steps.  The buffers point into memory of the
 * session or of the caller and are valid until the action is completed.  An indicated Close sets
 * CloseStatus, every other action sets Data.
 *
 * NO_ACTION and automatic Pongs have the application context NULL.
 *
 * Fails with E_INVALIDARG for an invalid argument, and once for a fault of the peer: with
 * E_INVALID_PROTOCOL_FORMAT or E_INVALID_PROTOCOL_OPERATION, or with E_OUTOFMEMORY.  The action
 * is then NO_ACTION, the count 0 and both contexts NULL.  Later calls indicate the completion of
 * the queued operations.
 *
 * Since: 0.1
 */
WSPROTO_WIN32_API HRESULT WINAPI
WebSocketGetAction (WEB_SOCKET_HANDLE       hWebSocket,
                    WEB_SOCKET_ACTION_QUEUE eActionQueue,
                    WEB_SOCKET_BUFFER      *pDataBuffers,
                    ULONG                  *pulDataBufferCount,
                    WEB_SOCKET_ACTION      *pAction,
                    WEB_SOCKET_BUFFER_TYPE *pBufferType,
                    PVOID                  *pvApplicationContext,
                    PVOID                  *pvActionContext);

/**
 * WebSocketCompleteAction:
 * @hWebSocket: a session
 * @pvActionContext: from WebSocketGetAction; any other value changes nothing
 * @ulBytesTransferred: bytes written or read; ignored for indications
 *
 * Completes an action that was performed.
 *
 * - SEND_TO_NETWORK: the sum of the action's buffers.  Any other number cancels this send and
 *   nothing else: the rest of the send is dropped, the send is indicated next, and later sends
 *   follow.  If a part of a frame was not written, the caller must close the connection.
 * - RECEIVE_FROM_NETWORK: 1 up to the sum of the action's buffers.  0 cancels the receive; more
 *   fails the session.
 *
 * Since: 0.1
 */
WSPROTO_WIN32_API void WINAPI
WebSocketCompleteAction (WEB_SOCKET_HANDLE hWebSocket,
                         PVOID             pvActionContext,
                         ULONG             ulBytesTransferred);

/**
 * WebSocketAbortHandle:
 * @hWebSocket: a session
 *
 * Cancels all operations that are queued or handed out.  WebSocketGetAction then indicates each
 * operation once; new operations are refused.  Before the handshake is complete the call has no
 * effect.
 *
 * Since: 0.1
 */
WSPROTO_WIN32_API void WINAPI
WebSocketAbortHandle (WEB_SOCKET_HANDLE hWebSocket);

/**
 * WebSocketDeleteHandle:
 * @hWebSocket: a session, or NULL
 *
 * Frees the session.  Operations that are queued or handed out are dropped without an indication.
 * The session no longer uses the caller's memory.
 *
 * Since: 0.1
 */
WSPROTO_WIN32_API void WINAPI
WebSocketDeleteHandle (WEB_SOCKET_HANDLE hWebSocket);

/**
 * WebSocketGetGlobalProperty:
 * @eType: a property of the process
 * @pvValue: receives the value
 * @ulSize: size of the memory at @pvValue in bytes, then size of the value
 *
 * Gets a property of the process.
 *
 * - KEEPALIVE_INTERVAL: milliseconds after which an idle connection should send something, a
 *   ULONG. It is the value of the environment variable WSPROTO_KEEPALIVE_INTERVAL at the first
 *   call, at least 15000; 30000 if the variable is unset or not a decimal number.
 * - SUPPORTED_VERSIONS: the versions of the protocol, an array of ULONG.
 *
 * Fails with E_INVALIDARG for any other property and for memory that is NULL or too small;
 * @ulSize then receives the required size.
 *
 * Since: 0.1
 */
WSPROTO_WIN32_API HRESULT WINAPI
WebSocketGetGlobalProperty (WEB_SOCKET_PROPERTY_TYPE eType,
                            PVOID                    pvValue,
                            ULONG                   *ulSize);

WSPROTO_END_FUNCTIONS

#undef WSPROTO_ASSERT
#undef WSPROTO_BEGIN_FUNCTIONS
#undef WSPROTO_END_FUNCTIONS
#undef WSPROTO_EXTENSION
#undef WSPROTO_WIN32_API
