/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The properties of a session. */
#pragma once

#include <websocket.h>

#include "core/types.h"

typedef struct
{
  uint32_t  receive_size, send_size;
  BOOL      is_masking_disabled, is_utf8_unchecked;
  WscBuffer memory;             /* the caller's memory, for both buffers; at NULL = none */
} WebSocketProperties;

/* After a failure the contents of properties are undefined. */
HRESULT  websocket_properties_read           (WebSocketProperties       *properties,
                                              WscRole                    role,
                                              const WEB_SOCKET_PROPERTY *given,
                                              ULONG                      n_given);
uint64_t websocket_properties_get_total_size (const WebSocketProperties *properties);
