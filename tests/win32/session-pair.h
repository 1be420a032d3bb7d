/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Two sessions of websocket.h and the bytes between them. */
#pragma once

#include <stdbool.h>
#include <websocket.h>

typedef enum
{
  CLIENT,
  SERVER,
} Side;

typedef struct                  /* what one WebSocketGetAction said */
{
  HRESULT                result;
  WEB_SOCKET_ACTION      action;
  WEB_SOCKET_BUFFER_TYPE type;
  WEB_SOCKET_BUFFER      buffers[2];
  ULONG                  n_buffers;
  PVOID                  application, context;
} Step;

typedef struct                  /* bytes on their way from one session to the other */
{
  BYTE   bytes[65536];
  size_t length;
} Wire;

typedef struct                  /* what a handshake negotiates: both may be NULL */
{
  PCSTR subprotocol, extension;
} Agreement;

WEB_SOCKET_HTTP_HEADER make_header (PCSTR name, PCSTR value);

HRESULT create       (Side side, const WEB_SOCKET_PROPERTY *properties, ULONG n,
                      WEB_SOCKET_HANDLE *handle);
bool    create_pair  (WEB_SOCKET_HANDLE *client, WEB_SOCKET_HANDLE *server);

/* request has room for 8; Host is among them. */
HRESULT begin_client (WEB_SOCKET_HANDLE client, const Agreement *offer,
                      WEB_SOCKET_HTTP_HEADER *request, ULONG *n_request);
HRESULT begin_server (WEB_SOCKET_HANDLE server, const Agreement *choice,
                      WEB_SOCKET_HTTP_HEADER *request, ULONG n_request,
                      PWEB_SOCKET_HTTP_HEADER *response, ULONG *n_response);
bool    do_handshake  (WEB_SOCKET_HANDLE client, WEB_SOCKET_HANDLE server,
                       const Agreement *agreement);
bool    open_pair    (WEB_SOCKET_HANDLE *client, WEB_SOCKET_HANDLE *server);

HRESULT send_bytes  (WEB_SOCKET_HANDLE handle, WEB_SOCKET_BUFFER_TYPE type,
                     const void *bytes, size_t length, PVOID context);
Step    next_step    (WEB_SOCKET_HANDLE handle, WEB_SOCKET_ACTION_QUEUE queue);
void    complete     (WEB_SOCKET_HANDLE handle, const Step *step, size_t n);
size_t  length_of    (const Step *step);

/* Appends the bytes of a write. */
void    put_on_wire    (Wire *wire, const Step *step);
/* Moves the first bytes to the memory of a read.  Returns their number. */
size_t  take_from_wire (Wire *wire, const Step *step);

/* Performs the actions of the send queue until there is none; false: one of them was no send's. */
bool    write_out    (WEB_SOCKET_HANDLE handle, Wire *wire);
/* Performs reads and pongs until something is indicated, which is not completed, or a read finds
 * nothing. */
Step    read_in      (WEB_SOCKET_HANDLE handle, Wire *wire, Wire *pongs);
