/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The struct of a WEB_SOCKET_HANDLE, for the files of this folder. */
#pragma once

#include <websocket.h>

#include "core/engine/engine.h"
#include "core/fault.h"
#include "core/handshake/handshake-state.h"

#define WEBSOCKET_N_QUEUES 2

struct WEB_SOCKET_HANDLE__
{
  WscEngine engine;
  WscOptions options;
  WscHost host;
  WscWorkspace workspace;
  uint32_t serials[WEBSOCKET_N_QUEUES]; /* serial numbers of the last actions of SEND and RECEIVE */
  WEB_SOCKET_HTTP_HEADER headers[WSC_MAX_HANDSHAKE_HEADERS];  /* headers of the handshake, kept from begin to the first action */
  ULONG n_offered_extensions;           /* number of extensions that a client has offered */
  uint8_t memory[];                     /* memory of the workspace, unless the caller provides memory */
};

static inline HRESULT
websocket_result_of (WscFault fault)
{
  return (HRESULT) wsc_fault_get_hresult (fault);
}

static inline WscBytes
websocket_bytes_of (const void *at,
                    size_t      length)
{
  WscBytes bytes = { at, length };

  return bytes;
}

/* Call this when an action is requested: the engine then frees the headers' memory. */
void websocket_forget_headers (WEB_SOCKET_HANDLE handle);
