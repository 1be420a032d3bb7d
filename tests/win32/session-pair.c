/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "win32/session-pair.h"

#include <string.h>

WEB_SOCKET_HTTP_HEADER
make_header (PCSTR name,
             PCSTR value)
{
  WEB_SOCKET_HTTP_HEADER header = {
    (PCHAR) name, (ULONG) strlen (name), (PCHAR) value, (ULONG) strlen (value),
  };

  return header;
}

HRESULT
create (Side                       side,
        const WEB_SOCKET_PROPERTY *properties,
        ULONG                      n,
        WEB_SOCKET_HANDLE         *handle)
{
  if (side == CLIENT)
    return WebSocketCreateClientHandle ((PWEB_SOCKET_PROPERTY) properties, n, handle);
  return WebSocketCreateServerHandle ((PWEB_SOCKET_PROPERTY) properties, n, handle);
}

bool
create_pair (WEB_SOCKET_HANDLE *client,
             WEB_SOCKET_HANDLE *server)
{
  return SUCCEEDED (create (CLIENT, NULL, 0, client)) &&
         SUCCEEDED (create (SERVER, NULL, 0, server));
}

HRESULT
begin_client (WEB_SOCKET_HANDLE       client,
              const Agreement        *offer,
              WEB_SOCKET_HTTP_HEADER *request,
              ULONG                  *n_request)
{
  PWEB_SOCKET_HTTP_HEADER made;
  PCSTR subprotocol = offer->subprotocol, extension = offer->extension;
  HRESULT result = WebSocketBeginClientHandshake (client, &subprotocol, subprotocol != NULL,
                                                  &extension, extension != NULL,
                                                  NULL, 0, &made, n_request);

  if (FAILED (result))
    return result;

  memcpy (request, made, *n_request * sizeof *made);
  request[(*n_request)++] = make_header ("Host", "example.com");
  return result;
}

HRESULT
begin_server (WEB_SOCKET_HANDLE        server,
              const Agreement         *choice,
              WEB_SOCKET_HTTP_HEADER  *request,
              ULONG                    n_request,
              PWEB_SOCKET_HTTP_HEADER *response,
              ULONG                   *n_response)
{
  PCSTR extension = choice->extension;

  return WebSocketBeginServerHandshake (server, choice->subprotocol, &extension, extension != NULL,
                                        request, n_request, response, n_response);
}

bool
do_handshake (WEB_SOCKET_HANDLE client,
              WEB_SOCKET_HANDLE server,
              const Agreement  *agreement)
{
  WEB_SOCKET_HTTP_HEADER request[8];
  PWEB_SOCKET_HTTP_HEADER response;
  ULONG n_request, n_response;

  return SUCCEEDED (begin_client (client, agreement, request, &n_request)) &&
         SUCCEEDED (begin_server (server, agreement, request, n_request, &response, &n_response)) &&
         SUCCEEDED (WebSocketEndClientHandshake (client, response, n_response, NULL, NULL, NULL)) &&
         SUCCEEDED (WebSocketEndServerHandshake (server));
}

bool
open_pair (WEB_SOCKET_HANDLE *client,
           WEB_SOCKET_HANDLE *server)
{
  static const Agreement nothing = { NULL, NULL };

  return create_pair (client, server) && do_handshake (*client, *server, &nothing);
}

HRESULT
send_bytes (WEB_SOCKET_HANDLE      handle,
            WEB_SOCKET_BUFFER_TYPE type,
            const void            *bytes,
            size_t                 length,
            PVOID                  context)
{
  WEB_SOCKET_BUFFER buffer;

  buffer.Data.pbBuffer = (PBYTE) bytes;
  buffer.Data.ulBufferLength = (ULONG) length;
  return WebSocketSend (handle, type, &buffer, context);
}

Step
next_step (WEB_SOCKET_HANDLE       handle,
           WEB_SOCKET_ACTION_QUEUE queue)
{
  Step step = { .n_buffers = 2 };

  step.result = WebSocketGetAction (handle, queue, step.buffers, &step.n_buffers, &step.action,
                                    &step.type, &step.application, &step.context);
  return step;
}

void
complete (WEB_SOCKET_HANDLE handle,
          const Step       *step,
          size_t            n)
{
  WebSocketCompleteAction (handle, step->context, (ULONG) n);
}

size_t
length_of (const Step *step)
{
  size_t length = 0;

  for (ULONG i = 0; i < step->n_buffers; i++)
    length += step->buffers[i].Data.ulBufferLength;
  return length;
}

void
put_on_wire (Wire       *wire,
             const Step *step)
{
  for (ULONG i = 0; i < step->n_buffers; i++)
    {
      if (step->buffers[i].Data.ulBufferLength > 0)
        memcpy (wire->bytes + wire->length, step->buffers[i].Data.pbBuffer,
                step->buffers[i].Data.ulBufferLength);
      wire->length += step->buffers[i].Data.ulBufferLength;
    }
}

bool
write_out (WEB_SOCKET_HANDLE handle,
           Wire             *wire)
{
  for (;;)
    {
      Step step = next_step (handle, WEB_SOCKET_SEND_ACTION_QUEUE);

      if (step.action == WEB_SOCKET_NO_ACTION)
        return step.result == S_OK;

      if (step.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION)
        put_on_wire (wire, &step);
      else if (step.action != WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION)
        return false;

      complete (handle, &step, length_of (&step));
    }
}

size_t
take_from_wire (Wire       *wire,
                const Step *step)
{
  size_t n = 0;

  for (ULONG i = 0; i < step->n_buffers; i++)
    {
      size_t room = step->buffers[i].Data.ulBufferLength;
      size_t part = wire->length - n < room ? wire->length - n : room;

      memcpy (step->buffers[i].Data.pbBuffer, wire->bytes + n, part);
      n += part;
    }

  memmove (wire->bytes, wire->bytes + n, wire->length - n);
  wire->length -= n;
  return n;
}

Step
read_in (WEB_SOCKET_HANDLE handle,
         Wire             *wire,
         Wire             *pongs)
{
  for (;;)
    {
      Step step = next_step (handle, WEB_SOCKET_RECEIVE_ACTION_QUEUE);

      if (step.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION)
        {
          put_on_wire (pongs, &step);
          complete (handle, &step, length_of (&step));
        }
      else if (step.action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION && wire->length > 0)
        {
          complete (handle, &step, take_from_wire (wire, &step));
        }
      else
        {
          return step;
        }
    }
}
