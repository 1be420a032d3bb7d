/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The Windows API: maps the calls of websocket.dll to calls of the engine, and its results back.
 *
 * This file checks arguments, never the protocol.  Each session has one workspace for its whole
 * life, in the handle or in the caller's memory: first the receive buffer, then the send buffer.
 *
 * (1) The context of an action is its queue, one of two, and its serial.
 *
 * docs/rationales/windows.md has the reasons. */

#include "win32/websocket-private.h"

#include <assert.h>
#include <stdlib.h>

#include "core/close-code.h"
#include "core/handshake/sha1.h"
#include "core/limits.h"
#include "core/stream/stream.h"
#include "random/random-pool.h"
#include "win32/websocket-properties-private.h"
#include "win32/websocket-random-private.h"

#define FIRST_BUFFER_TYPE 0x80000000

static WscBuffer
buffer_of (PBYTE  at,
           size_t length)
{
  WscBuffer buffer = { at, length };

  return buffer;
}

/* Messages are unlimited; pongs and the lists of a handshake have the default limits. */
static WscOptions
options_of (WscRole                    role,
            const WebSocketProperties *properties)
{
  WscOptions options = {
    .role = role,
    .max_frame_length = INT64_MAX,
    .max_message_length = INT64_MAX,
    .max_fragments = UINT32_MAX,
    .max_waiting_pongs = WSC_DEFAULT_MAX_WAITING_PONGS,
    .masking = !properties->is_masking_disabled,
    .utf8_check = !properties->is_utf8_unchecked,
    .accept_unmasked = properties->is_masking_disabled != FALSE,
  };

  return options;
}

static WscWorkspace
workspace_of (const WebSocketProperties *properties,
              WscBuffer                  memory)
{
  uint8_t *write = memory.at + properties->receive_size;
  WscWorkspace workspace = {
    .read = { .at = memory.at, .length = properties->receive_size },
    .write = { write, properties->send_size },
    .control = { write + properties->send_size, WSC_WORKSPACE_EXTRA },
  };

  return workspace;
}

void
websocket_random_set_source (WEB_SOCKET_HANDLE handle,
                             WscFillRandom     fill_random,
                             void             *data)
{
  handle->host.fill_random = fill_random;
  handle->host.data = data;
}

static HRESULT
create_handle (WscRole                    role,
               const PWEB_SOCKET_PROPERTY given,
               ULONG                      n_given,
               WEB_SOCKET_HANDLE         *handle)
{
  WebSocketProperties properties;
  WscBuffer memory;
  WEB_SOCKET_HANDLE self;
  uint64_t own_size;
  HRESULT result;

  if (handle == NULL)
    return E_INVALIDARG;

  result = websocket_properties_read (&properties, role, given, n_given);
  if (FAILED (result))
    return result;

  own_size = properties.memory.at == NULL ? websocket_properties_get_total_size (&properties) : 0;
  if (own_size > SIZE_MAX - sizeof *self)
    return E_OUTOFMEMORY;

  self = calloc (1, sizeof *self + (size_t) own_size);
  if (self == NULL)
    return E_OUTOFMEMORY;

  memory = properties.memory;
  if (memory.at == NULL)
    memory = buffer_of (self->memory, (size_t) own_size);
  self->options = options_of (role, &properties);
  self->workspace = workspace_of (&properties, memory);
  websocket_random_set_source (self, wsc_random_fill, NULL);
  wsc_engine_init (&self->engine, &self->options, &self->host);
  wsc_stream_lend (&self->engine.stream, &self->workspace);
  wsc_sha1_begin ();
  *handle = self;
  return S_OK;
}

HRESULT WINAPI
WebSocketCreateClientHandle (const PWEB_SOCKET_PROPERTY pProperties,
                             ULONG                      ulPropertyCount,
                             WEB_SOCKET_HANDLE         *phWebSocket)
{
  return create_handle (WSC_ROLE_CLIENT, pProperties, ulPropertyCount, phWebSocket);
}

HRESULT WINAPI
WebSocketCreateServerHandle (const PWEB_SOCKET_PROPERTY pProperties,
                             ULONG                      ulPropertyCount,
                             WEB_SOCKET_HANDLE         *phWebSocket)
{
  return create_handle (WSC_ROLE_SERVER, pProperties, ulPropertyCount, phWebSocket);
}

VOID WINAPI
WebSocketAbortHandle (WEB_SOCKET_HANDLE hWebSocket)
{
  if (hWebSocket != NULL)
    wsc_engine_abort (&hWebSocket->engine);
}

VOID WINAPI
WebSocketDeleteHandle (WEB_SOCKET_HANDLE hWebSocket)
{
  if (hWebSocket == NULL)
    return;

  wsc_engine_clear (&hWebSocket->engine);
  free (hWebSocket);
  wsc_sha1_end ();
}

/* Operations */

/* An unknown type becomes NONE, which the engine refuses. */
static WscBufferType
core_type_of (WEB_SOCKET_BUFFER_TYPE type)
{
  switch (type)
    {
    case WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE:
    case WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE:
    case WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE:
    case WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE:
    case WEB_SOCKET_CLOSE_BUFFER_TYPE:
    case WEB_SOCKET_PING_PONG_BUFFER_TYPE:
    case WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE:
      return (WscBufferType) (type - FIRST_BUFFER_TYPE + WSC_BUFFER_UTF8_MESSAGE);
    }

  return (uint32_t) type <= UINT16_MAX ? WSC_BUFFER_RAW : WSC_BUFFER_NONE;
}

static WEB_SOCKET_BUFFER_TYPE
windows_type_of (const WscAction *action)
{
  switch ((WscBufferType) action->buffer_type)
    {
    case WSC_BUFFER_NONE:
      return (WEB_SOCKET_BUFFER_TYPE) 0;

    case WSC_BUFFER_UTF8_MESSAGE:
    case WSC_BUFFER_UTF8_FRAGMENT:
    case WSC_BUFFER_BINARY_MESSAGE:
    case WSC_BUFFER_BINARY_FRAGMENT:
    case WSC_BUFFER_CLOSE:
    case WSC_BUFFER_PING_PONG:
    case WSC_BUFFER_UNSOLICITED_PONG:
      return (WEB_SOCKET_BUFFER_TYPE) (FIRST_BUFFER_TYPE - WSC_BUFFER_UTF8_MESSAGE
                                       + action->buffer_type);

    case WSC_BUFFER_RAW:
      return (WEB_SOCKET_BUFFER_TYPE) action->close_code;
    }

  return (WEB_SOCKET_BUFFER_TYPE) 0;
}

static HRESULT
send_close (WEB_SOCKET_HANDLE        self,
            const WEB_SOCKET_BUFFER *given,
            PVOID                    context)
{
  uint16_t code = WSC_CLOSE_NO_STATUS;
  WscBytes reason = { NULL, 0 };

  if (given != NULL)
    {
      code = given->CloseStatus.usStatus;
      reason = websocket_bytes_of (given->CloseStatus.pbReason, given->CloseStatus.ulReasonLength);
    }

  return websocket_result_of (wsc_engine_send_close (&self->engine, code, reason, context, NULL));
}

static HRESULT
send_payload (WEB_SOCKET_HANDLE        self,
              WEB_SOCKET_BUFFER_TYPE   type,
              const WEB_SOCKET_BUFFER *given,
              PVOID                    context)
{
  WscBufferType core_type = core_type_of (type);
  WscBytes payload = { NULL, 0 };
  WscFault fault;

  if (given != NULL)
    payload = websocket_bytes_of (given->Data.pbBuffer, given->Data.ulBufferLength);

  if (core_type == WSC_BUFFER_RAW)
    fault = wsc_engine_send_raw (&self->engine, (uint16_t) type, payload, context, NULL);
  else
    fault = wsc_engine_send (&self->engine, core_type, payload, context, NULL);

  return websocket_result_of (fault);
}

HRESULT WINAPI
WebSocketSend (WEB_SOCKET_HANDLE      hWebSocket,
               WEB_SOCKET_BUFFER_TYPE BufferType,
               WEB_SOCKET_BUFFER     *pBuffer,
               PVOID                  Context)
{
  bool is_ping_or_pong = BufferType == WEB_SOCKET_PING_PONG_BUFFER_TYPE ||
                         BufferType == WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE;

  /* Only Windows refuses a payload here (WIN-S-12). */
  if (hWebSocket == NULL || (is_ping_or_pong && pBuffer != NULL))
    return E_INVALIDARG;

  if (BufferType == WEB_SOCKET_CLOSE_BUFFER_TYPE)
    return send_close (hWebSocket, pBuffer, Context);

  return send_payload (hWebSocket, BufferType, pBuffer, Context);
}

HRESULT WINAPI
WebSocketReceive (WEB_SOCKET_HANDLE  hWebSocket,
                  WEB_SOCKET_BUFFER *pBuffer,
                  PVOID              pvContext)
{
  WscBuffer buffer = { NULL, 0 };

  if (hWebSocket == NULL)
    return E_INVALIDARG;

  if (pBuffer != NULL)
    buffer = buffer_of (pBuffer->Data.pbBuffer, pBuffer->Data.ulBufferLength);

  return websocket_result_of (wsc_engine_receive (&hWebSocket->engine, buffer, pvContext, NULL));
}

/* Actions */

/* The bits of the queue make the context non-NULL.  A pointer of 32 bits drops the upper bits of
 * the serial. */
static PVOID
context_of (WscActionQueue queue,
            uint32_t       serial)
{
  return (PVOID) (((uintptr_t) serial << 2) | queue);
}

static PVOID
websocket_hand_out (WEB_SOCKET_HANDLE self,
                    const WscAction  *action)
{
  assert (action->queue >= 1 && action->queue <= WEBSOCKET_N_QUEUES);     /* (1) */

  self->serials[action->queue - 1] = action->serial;
  return context_of ((WscActionQueue) action->queue, action->serial);
}

static void
show_buffers (const WscAction   *action,
              WEB_SOCKET_BUFFER *buffers)
{
  for (unsigned i = 0; i < action->n_buffers; i++)
    {
      buffers[i].Data.pbBuffer = action->buffers[i].at;
      buffers[i].Data.ulBufferLength = (ULONG) action->buffers[i].length;
    }

  if (action->type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE &&
      action->buffer_type == WSC_BUFFER_CLOSE)
    buffers[0].CloseStatus.usStatus = action->close_code;
}

HRESULT WINAPI
WebSocketGetAction (WEB_SOCKET_HANDLE       hWebSocket,
                    WEB_SOCKET_ACTION_QUEUE eActionQueue,
                    WEB_SOCKET_BUFFER      *pDataBuffers,
                    ULONG                  *pulDataBufferCount,
                    WEB_SOCKET_ACTION      *pAction,
                    WEB_SOCKET_BUFFER_TYPE *pBufferType,
                    PVOID                  *pvApplicationContext,
                    PVOID                  *pvActionContext)
{
  WscAction action = { .type = WSC_ACTION_NONE };
  PVOID context = NULL;
  WscFault fault;

  if (hWebSocket == NULL || pDataBuffers == NULL || pulDataBufferCount == NULL ||
      pAction == NULL || pBufferType == NULL || pvActionContext == NULL ||
      eActionQueue < WEB_SOCKET_SEND_ACTION_QUEUE || eActionQueue > WEB_SOCKET_ALL_ACTION_QUEUE)
    return E_INVALIDARG;

  fault = wsc_engine_get_action (&hWebSocket->engine, (WscActionQueue) eActionQueue,
                                 *pulDataBufferCount, &action);
  websocket_forget_headers (hWebSocket);
  if (action.type != WSC_ACTION_NONE)
    context = websocket_hand_out (hWebSocket, &action);

  show_buffers (&action, pDataBuffers);
  *pulDataBufferCount = action.n_buffers;
  *pAction = (WEB_SOCKET_ACTION) action.type;
  *pBufferType = windows_type_of (&action);
  *pvActionContext = context;
  if (pvApplicationContext != NULL)
    *pvApplicationContext = action.context;
  return websocket_result_of (fault);
}

/* The engine checks whether the action is still handed out (WIN-Q-09). */
VOID WINAPI
WebSocketCompleteAction (WEB_SOCKET_HANDLE hWebSocket,
                         PVOID             pvActionContext,
                         ULONG             ulBytesTransferred)
{
  if (hWebSocket == NULL)
    return;

  for (uint8_t queue = 1; queue <= WEBSOCKET_N_QUEUES; queue++)
    {
      WscAction action = { .queue = queue, .serial = hWebSocket->serials[queue - 1] };

      if (context_of ((WscActionQueue) queue, action.serial) == pvActionContext)
        wsc_engine_complete_action (&hWebSocket->engine, &action, ulBytesTransferred);
    }
}
