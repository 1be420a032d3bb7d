/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A program of the shape in which samples for websocket.dll are published: headers in Windows' own
 * spelling, classes with a critical section, annotations, wide output, wmain.  It is built
 * unchanged, with the compat directory only. */

#include <Windows.h>
#include <Websocket.h>
#include <Assert.h>
#include <StdIo.h>
#include <StdLib.h>
#include <new>

class Pipe
{
public:
  Pipe () : first (0), last (0)
  {
    InitializeCriticalSection (&this->lock);
  }

  ~Pipe ()
  {
    DeleteCriticalSection (&this->lock);
  }

  HRESULT
  Write (_In_reads_bytes_opt_ (length) const BYTE *data, _In_ ULONG length)
  {
    HRESULT hr = S_OK;

    EnterCriticalSection (&this->lock);
    if (data == NULL || length > ARRAYSIZE (this->bytes) - this->last)
      hr = HRESULT_FROM_WIN32 (ERROR_INSUFFICIENT_BUFFER);
    else
      {
        CopyMemory (this->bytes + this->last, data, length);
        this->last += length;
      }
    LeaveCriticalSection (&this->lock);
    return hr;
  }

  ULONG
  Read (_Inout_updates_bytes_to_opt_ (room, return) BYTE *data, _In_ ULONG room)
  {
    EnterCriticalSection (&this->lock);
    ULONG taken = __min (room, this->last - this->first);

    CopyMemory (data, this->bytes + this->first, taken);
    this->first += taken;
    LeaveCriticalSection (&this->lock);
    return taken;
  }

private:
  CRITICAL_SECTION lock;
  BYTE bytes[4096];
  ULONG first, last;
};

static void
ShowHeaders (_In_reads_ (count) const WEB_SOCKET_HTTP_HEADER *headers, _In_ ULONG count)
{
  for (ULONG i = 0; i < count; i++)
    wprintf (L"%hs: %hs\n", headers[i].pcName, headers[i].pcValue);
}

static void
ShowBytes (_In_reads_bytes_opt_ (length) const BYTE *data, _In_ ULONG length)
{
  for (ULONG i = 0; data != NULL && i < length; i++)
    wprintf (L"%lc", static_cast<wint_t> (data[i]));
  wprintf (L"\n");
}

static HRESULT
Open (_Out_ WEB_SOCKET_HANDLE *client, _Out_ WEB_SOCKET_HANDLE *server)
{
  HRESULT hr = WebSocketCreateClientHandle (NULL, 0, client);

  if (SUCCEEDED (hr))
    hr = WebSocketCreateServerHandle (NULL, 0, server);
  return hr;
}

static HRESULT
ShakeHands (_In_ WEB_SOCKET_HANDLE client, _In_ WEB_SOCKET_HANDLE server)
{
  static CHAR hostName[] = "Host", hostValue[] = "localhost";
  const static WEB_SOCKET_HTTP_HEADER host = { hostName, ARRAYSIZE (hostName) - 1,
                                               hostValue, ARRAYSIZE (hostValue) - 1 };
  WEB_SOCKET_HTTP_HEADER *request = NULL, *response = NULL, *all = NULL;
  ULONG requestCount = 0, responseCount = 0;
  HRESULT hr;

  hr = WebSocketBeginClientHandshake (client, NULL, 0, NULL, 0, NULL, 0, &request, &requestCount);
  if (FAILED (hr))
    return hr;

  all = new (std::nothrow) WEB_SOCKET_HTTP_HEADER[requestCount + 1];
  if (all == NULL)
    return E_OUTOFMEMORY;

  CopyMemory (all, request, requestCount * sizeof (WEB_SOCKET_HTTP_HEADER));
  all[requestCount] = host;
  ShowHeaders (all, requestCount + 1);
  hr = WebSocketBeginServerHandshake (server, NULL, NULL, 0, all, requestCount + 1, &response,
                                      &responseCount);
  if (SUCCEEDED (hr))
    hr = WebSocketEndClientHandshake (client, response, responseCount, NULL, 0, NULL);
  if (SUCCEEDED (hr))
    hr = WebSocketEndServerHandshake (server);

  /* As published programs do: the array is read after the end of the handshake. */
  if (SUCCEEDED (hr))
    ShowHeaders (response, responseCount);
  delete[] all;
  return hr;
}

static HRESULT
Run (_In_ WEB_SOCKET_HANDLE handle, _In_ Pipe *pipe)
{
  WEB_SOCKET_BUFFER buffers[2] = {};
  WEB_SOCKET_BUFFER_TYPE type;
  WEB_SOCKET_ACTION action;
  PVOID context;
  HRESULT hr;

  do
    {
      ULONG count = ARRAYSIZE (buffers), transferred = 0;

      hr = WebSocketGetAction (handle, WEB_SOCKET_ALL_ACTION_QUEUE, buffers, &count, &action, &type,
                               NULL, &context);
      if (FAILED (hr))
        WebSocketAbortHandle (handle);

      switch (action)
        {
        case WEB_SOCKET_NO_ACTION:
        case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:
          break;

        case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
          assert (count >= 1);
          transferred = pipe->Read (buffers[0].Data.pbBuffer, buffers[0].Data.ulBufferLength);
          break;

        case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
          assert (count == 1);
          wprintf (L"Received: ");
          ShowBytes (buffers[0].Data.pbBuffer, buffers[0].Data.ulBufferLength);
          break;

        case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
          for (ULONG i = 0; i < count && SUCCEEDED (hr); i++)
            {
              hr = pipe->Write (buffers[i].Data.pbBuffer, buffers[i].Data.ulBufferLength);
              transferred += buffers[i].Data.ulBufferLength;
            }
          break;

        default:
          assert (!"There is no such action");
          return E_FAIL;
        }
      WebSocketCompleteAction (handle, context, transferred);
    }
  while (action != WEB_SOCKET_NO_ACTION);
  return hr;
}

static HRESULT
Exchange (_In_ WEB_SOCKET_HANDLE client, _In_ WEB_SOCKET_HANDLE server)
{
  BYTE hello[] = { 'H', 'e', 'l', 'l', 'o' };
  WEB_SOCKET_BUFFER buffer;
  Pipe pipe;
  HRESULT hr;

  buffer.Data.pbBuffer = hello;
  buffer.Data.ulBufferLength = ARRAYSIZE (hello);
  hr = WebSocketSend (client, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, &buffer, NULL);
  if (SUCCEEDED (hr))
    hr = Run (client, &pipe);
  if (SUCCEEDED (hr))
    hr = WebSocketReceive (server, NULL, NULL);
  if (SUCCEEDED (hr))
    hr = Run (server, &pipe);
  return hr;
}

int __cdecl
wmain ()
{
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  HRESULT hr = Open (&client, &server);

  if (SUCCEEDED (hr))
    hr = ShakeHands (client, server);
  if (SUCCEEDED (hr))
    hr = Exchange (client, server);
  if (client != NULL)
    WebSocketDeleteHandle (client);
  if (server != NULL)
    WebSocketDeleteHandle (server);
  if (FAILED (hr))
    wprintf (L"Failed with 0x%x\n", static_cast<UINT> (hr));
  return SUCCEEDED (hr) ? EXIT_SUCCESS : EXIT_FAILURE;
}
