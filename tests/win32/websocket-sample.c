/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A program as written for Windows, compiled unchanged as C11, C++11 and C++17.
 *
 * A client and a server in one process do the handshake, exchange a text, a ping and a binary
 * message, and close.  Two queues of bytes replace the network. */

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
#include <websocket.h>

typedef struct _NETWORK
{
  BYTE Bytes[16384];
  ULONG ulLength;
} NETWORK, *PNETWORK;

typedef struct _ENDPOINT
{
  const CHAR *szName;
  WEB_SOCKET_HANDLE hWebSocket;
  PNETWORK pIncoming;
  PNETWORK pOutgoing;
  BYTE Received[1024];
  ULONG ulReceived;
  USHORT usCloseStatus;
  ULONG ulSendsCompleted;
} ENDPOINT, *PENDPOINT;

static VOID
PrintHeaders (_In_reads_ (ulCount) const WEB_SOCKET_HTTP_HEADER *pHeaders,
              _In_ ULONG                                         ulCount)
{
  ULONG i;

  for (i = 0; i < ulCount; i++)
    printf ("  %.*s: %.*s\n", (int) pHeaders[i].ulNameLength, pHeaders[i].pcName,
            (int) pHeaders[i].ulValueLength, pHeaders[i].pcValue);
}

static HRESULT
WriteNetwork (_Inout_ PNETWORK                        pNetwork,
              _In_reads_bytes_ (ulLength) const BYTE *pbData,
              _In_ ULONG                              ulLength)
{
  if (ulLength > sizeof (pNetwork->Bytes) - pNetwork->ulLength)
    return E_FAIL;

  if (ulLength > 0)
    CopyMemory (pNetwork->Bytes + pNetwork->ulLength, pbData, ulLength);
  pNetwork->ulLength += ulLength;
  return S_OK;
}

static ULONG
ReadNetwork (_Inout_ PNETWORK                    pNetwork,
             _Out_writes_bytes_ (ulLength) PBYTE pbData,
             _In_ ULONG                          ulLength)
{
  ULONG ulRead = pNetwork->ulLength < ulLength ? pNetwork->ulLength : ulLength;

  CopyMemory (pbData, pNetwork->Bytes, ulRead);
  pNetwork->ulLength -= ulRead;
  MoveMemory (pNetwork->Bytes, pNetwork->Bytes + ulRead, pNetwork->ulLength);
  return ulRead;
}

static VOID
HandleClose (_Inout_ PENDPOINT             pEndpoint,
             _In_ const WEB_SOCKET_BUFFER *pBuffer)
{
  pEndpoint->usCloseStatus = pBuffer->CloseStatus.usStatus;
  printf ("%s: the peer closes with %u \"%.*s\"\n", pEndpoint->szName,
          (unsigned) pBuffer->CloseStatus.usStatus, (int) pBuffer->CloseStatus.ulReasonLength,
          (const char *) pBuffer->CloseStatus.pbReason);
}

static HRESULT
HandleReceived (_Inout_ PENDPOINT             pEndpoint,
                _In_ WEB_SOCKET_BUFFER_TYPE   bufferType,
                _In_ const WEB_SOCKET_BUFFER *pBuffer)
{
  if (bufferType == WEB_SOCKET_CLOSE_BUFFER_TYPE)
    {
      HandleClose (pEndpoint, pBuffer);
      return S_OK;
    }

  printf ("%s: received 0x%x, %u bytes\n", pEndpoint->szName, (unsigned) bufferType,
          (unsigned) pBuffer->Data.ulBufferLength);

  /* A pong has completed the receive that waited for a message. */
  if (bufferType == WEB_SOCKET_PING_PONG_BUFFER_TYPE)
    return WebSocketReceive (pEndpoint->hWebSocket, NULL, pEndpoint);

  if (pBuffer->Data.ulBufferLength > sizeof (pEndpoint->Received) - pEndpoint->ulReceived)
    return E_FAIL;

  CopyMemory (pEndpoint->Received + pEndpoint->ulReceived, pBuffer->Data.pbBuffer,
              pBuffer->Data.ulBufferLength);
  pEndpoint->ulReceived += pBuffer->Data.ulBufferLength;
  return S_OK;
}

static HRESULT
PerformAction (_Inout_ PENDPOINT                               pEndpoint,
               _In_ WEB_SOCKET_ACTION                          action,
               _In_ WEB_SOCKET_BUFFER_TYPE                     bufferType,
               _In_reads_ (ulBuffers) const WEB_SOCKET_BUFFER *pBuffers,
               _In_ ULONG                                      ulBuffers,
               _Out_ ULONG                                    *pulTransferred)
{
  HRESULT hr = S_OK;
  ULONG i;

  *pulTransferred = 0;
  switch (action)
    {
    case WEB_SOCKET_NO_ACTION:
      break;

    case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
      for (i = 0; SUCCEEDED (hr) && i < ulBuffers; i++)
        {
          hr = WriteNetwork (pEndpoint->pOutgoing, pBuffers[i].Data.pbBuffer,
                             pBuffers[i].Data.ulBufferLength);
          *pulTransferred += pBuffers[i].Data.ulBufferLength;
        }
      break;

    case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:
      pEndpoint->ulSendsCompleted++;
      break;

    case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
      *pulTransferred = ReadNetwork (pEndpoint->pIncoming, pBuffers[0].Data.pbBuffer,
                                     pBuffers[0].Data.ulBufferLength);
      break;

    case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
      if (bufferType != 0)
        hr = HandleReceived (pEndpoint, bufferType, &pBuffers[0]);
      break;

    default:
      hr = E_UNEXPECTED;
    }

  return hr;
}

/* Performs actions until there is none; a read that finds no bytes gives its receive up. */
static HRESULT
RunActions (_Inout_ PENDPOINT pEndpoint)
{
  HRESULT hr = S_OK;
  WEB_SOCKET_BUFFER buffers[2];
  WEB_SOCKET_BUFFER_TYPE bufferType;
  WEB_SOCKET_ACTION action;
  PVOID pvActionContext = NULL;
  ULONG ulBuffers, ulTransferred;

  ZeroMemory (buffers, sizeof (buffers));
  do
    {
      ulBuffers = ARRAYSIZE (buffers);
      hr = WebSocketGetAction (pEndpoint->hWebSocket, WEB_SOCKET_ALL_ACTION_QUEUE, buffers,
                               &ulBuffers, &action, &bufferType, NULL, &pvActionContext);
      if (FAILED (hr))
        {
          WebSocketAbortHandle (pEndpoint->hWebSocket);
          return hr;
        }

      hr = PerformAction (pEndpoint, action, bufferType, buffers, ulBuffers, &ulTransferred);
      WebSocketCompleteAction (pEndpoint->hWebSocket, pvActionContext, ulTransferred);
    }
  while (SUCCEEDED (hr) && action != WEB_SOCKET_NO_ACTION);

  return hr;
}

static HRESULT
ShakeHands (_In_ WEB_SOCKET_HANDLE hClient,
            _In_ WEB_SOCKET_HANDLE hServer)
{
  HRESULT hr;
  PCSTR protocols[] = { "chat", "superchat" };
  WEB_SOCKET_HTTP_HEADER host;
  WEB_SOCKET_HTTP_HEADER request[16];
  PWEB_SOCKET_HTTP_HEADER pAdditional = NULL, pResponse = NULL;
  ULONG ulAdditional = 0, ulResponse = 0, ulProtocol = 0;
  static CHAR szHost[] = "Host", szLocalhost[] = "localhost";

  host.pcName = szHost;
  host.ulNameLength = ARRAYSIZE (szHost) - 1;
  host.pcValue = szLocalhost;
  host.ulValueLength = ARRAYSIZE (szLocalhost) - 1;

  hr = WebSocketBeginClientHandshake (hClient, protocols, ARRAYSIZE (protocols), NULL, 0, &host, 1,
                                      &pAdditional, &ulAdditional);
  if (FAILED (hr))
    return hr;

  if (ulAdditional >= ARRAYSIZE (request))
    return E_FAIL;

  CopyMemory (request, pAdditional, ulAdditional * sizeof (request[0]));
  request[ulAdditional] = host;
  printf ("The client asks:\n");
  PrintHeaders (request, ulAdditional + 1);

  hr = WebSocketBeginServerHandshake (hServer, "superchat", NULL, 0, request, ulAdditional + 1,
                                      &pResponse, &ulResponse);
  if (FAILED (hr))
    return hr;

  printf ("The server answers:\n");
  PrintHeaders (pResponse, ulResponse);

  hr = WebSocketEndClientHandshake (hClient, pResponse, ulResponse, NULL, NULL, &ulProtocol);
  if (FAILED (hr))
    return hr;

  printf ("Agreed: %s\n", ulProtocol < ARRAYSIZE (protocols) ? protocols[ulProtocol] : "nothing");
  if (ulProtocol != 1)
    return E_FAIL;

  return WebSocketEndServerHandshake (hServer);
}

/* The receiver waits already when the sender begins. */
static HRESULT
Deliver (_Inout_ PENDPOINT           pSender,
         _Inout_ PENDPOINT           pReceiver,
         _In_ WEB_SOCKET_BUFFER_TYPE bufferType,
         _In_opt_ WEB_SOCKET_BUFFER *pBuffer)
{
  HRESULT hr = WebSocketSend (pSender->hWebSocket, bufferType, pBuffer, pSender);

  if (SUCCEEDED (hr))
    hr = RunActions (pSender);
  if (SUCCEEDED (hr))
    hr = WebSocketReceive (pReceiver->hWebSocket, NULL, pReceiver);
  if (SUCCEEDED (hr))
    hr = RunActions (pReceiver);
  return hr;
}

static HRESULT
Converse (_Inout_ PENDPOINT pClient,
          _Inout_ PENDPOINT pServer)
{
  static BYTE text[] = "Hello from C and C++";
  static BYTE reason[] = "done";
  WEB_SOCKET_BUFFER buffer;
  HRESULT hr;

  buffer.Data.pbBuffer = text;
  buffer.Data.ulBufferLength = ARRAYSIZE (text) - 1;
  hr = Deliver (pClient, pServer, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, &buffer);
  if (SUCCEEDED (hr))
    hr = Deliver (pServer, pClient, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL);
  if (SUCCEEDED (hr))
    hr = Deliver (pServer, pClient, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &buffer);

  buffer.CloseStatus.pbReason = reason;
  buffer.CloseStatus.ulReasonLength = ARRAYSIZE (reason) - 1;
  buffer.CloseStatus.usStatus = WEB_SOCKET_SUCCESS_CLOSE_STATUS;
  if (SUCCEEDED (hr))
    hr = Deliver (pClient, pServer, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer);
  if (SUCCEEDED (hr))
    hr = Deliver (pServer, pClient, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer);

  if (FAILED (hr))
    return hr;

  if (pServer->ulReceived != ARRAYSIZE (text) - 1 || pClient->ulReceived != ARRAYSIZE (text) - 1 ||
      memcmp (pServer->Received, text, ARRAYSIZE (text) - 1) != 0 ||
      memcmp (pClient->Received, text, ARRAYSIZE (text) - 1) != 0)
    return E_FAIL;

  return pClient->usCloseStatus == 1000 && pServer->usCloseStatus == 1000 ? S_OK : E_FAIL;
}

int __cdecl
main (void)
{
  static NETWORK toClient, toServer;
  static ENDPOINT client, server;
  ULONG ulInterval = 0, ulSize = sizeof (ulInterval);
  HRESULT hr;

  client.szName = "client";
  client.pIncoming = &toClient;
  client.pOutgoing = &toServer;
  server.szName = "server";
  server.pIncoming = &toServer;
  server.pOutgoing = &toClient;

  hr = WebSocketCreateClientHandle (NULL, 0, &client.hWebSocket);
  if (SUCCEEDED (hr))
    hr = WebSocketCreateServerHandle (NULL, 0, &server.hWebSocket);
  if (SUCCEEDED (hr))
    hr = ShakeHands (client.hWebSocket, server.hWebSocket);
  if (SUCCEEDED (hr))
    hr = Converse (&client, &server);
  if (SUCCEEDED (hr))
    hr = WebSocketGetGlobalProperty (WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE, &ulInterval,
                                     &ulSize);

  if (client.hWebSocket != NULL)
    WebSocketDeleteHandle (client.hWebSocket);
  if (server.hWebSocket != NULL)
    WebSocketDeleteHandle (server.hWebSocket);

  if (FAILED (hr))
    {
      printf ("Failed with 0x%x\n", (unsigned) hr);
      return EXIT_FAILURE;
    }

  printf ("Done; an idle connection should speak every %u ms\n", (unsigned) ulInterval);
  return EXIT_SUCCESS;
}
