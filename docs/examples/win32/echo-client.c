/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Says "Hello" to an echo server and prints what comes back, with the functions of websocket.dll:
 * echo-client [URI] */
#include <windows.h>
#include <websocket.h>

/* In place of <winsock2.h>, <ws2tcpip.h> and WSAStartup (). */
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  WEB_SOCKET_HANDLE hWebSocket;
  int socket;
  CHAR Head[4096];              /* of the response, and the first frames after it */
  PCHAR pcRest;
  ULONG ulRest;
  BOOL bCloseSent, bCloseReceived;
} CLIENT;

static HRESULT
Connect (CLIENT *pClient,
         PCSTR   szHost,
         PCSTR   szPort)
{
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *pFound = NULL, *p;

  if (getaddrinfo (szHost, szPort, &hints, &pFound) != 0)
    return HRESULT_FROM_WIN32 (ERROR_NOT_FOUND);

  pClient->socket = -1;
  for (p = pFound; p != NULL && pClient->socket < 0; p = p->ai_next)
    {
      pClient->socket = socket (p->ai_family, p->ai_socktype, p->ai_protocol);
      if (connect (pClient->socket, p->ai_addr, p->ai_addrlen) != 0)
        {
          close (pClient->socket);
          pClient->socket = -1;
        }
    }

  freeaddrinfo (pFound);
  return pClient->socket < 0 ? HRESULT_FROM_WIN32 (ERROR_CONNECTION_REFUSED) : S_OK;
}

static HRESULT
SendAll (const CLIENT *pClient,
         const BYTE   *pbData,
         ULONG         ulLength)
{
  while (ulLength > 0)
    {
      ssize_t n = send (pClient->socket, pbData, ulLength, MSG_NOSIGNAL);

      if (n <= 0)
        return HRESULT_FROM_WIN32 (ERROR_BROKEN_PIPE);
      pbData += n;
      ulLength -= (ULONG) n;
    }
  return S_OK;
}

/* A line that was cut is not sent: nLength, from snprintf, is the length of all of it. */
static HRESULT
SendLine (const CLIENT *pClient,
          PCSTR         szLine,
          int           nLength,
          int           nSize)
{
  if (nLength < 0 || nLength >= nSize)
    return E_INVALIDARG;

  return SendAll (pClient, (const BYTE *) szLine, (ULONG) nLength);
}

/* Reads the head of the response; what was read after it is the rest. */
static HRESULT
ReadHead (CLIENT *pClient)
{
  ULONG ulLength = 0;
  PCHAR pcEnd;

  while ((pcEnd = strstr (pClient->Head, "\r\n\r\n")) == NULL)
    {
      ssize_t n = recv (pClient->socket, pClient->Head + ulLength,
                        sizeof pClient->Head - 1 - ulLength, 0);

      if (n <= 0)
        return HRESULT_FROM_WIN32 (ERROR_BROKEN_PIPE);
      ulLength += (ULONG) n;
      pClient->Head[ulLength] = '\0';
    }

  pClient->pcRest = pcEnd + 4;
  pClient->ulRest = ulLength - (ULONG) (pClient->pcRest - pClient->Head);
  pcEnd[2] = '\0';
  return strncmp (pClient->Head, "HTTP/1.1 101 ", 13) == 0 ? S_OK : E_FAIL;
}

/* The fields of a head, which are not copied. */
static ULONG
FindHeaders (PCHAR                   pcHead,
             WEB_SOCKET_HTTP_HEADER *pHeaders,
             ULONG                   ulMax)
{
  ULONG n = 0;
  PCHAR pcLine = strstr (pcHead, "\r\n") + 2, pcColon, pcEnd;

  for (; n < ulMax && (pcEnd = strstr (pcLine, "\r\n")) != NULL; pcLine = pcEnd + 2)
    {
      pcColon = memchr (pcLine, ':', (size_t) (pcEnd - pcLine));
      if (pcColon == NULL)
        continue;
      pHeaders[n].pcName = pcLine;
      pHeaders[n].ulNameLength = (ULONG) (pcColon - pcLine);
      pcColon += 1 + strspn (pcColon + 1, " \t");
      pHeaders[n].pcValue = pcColon;
      pHeaders[n++].ulValueLength = (ULONG) (pcEnd - pcColon);
    }
  return n;
}

static HRESULT
Handshake (CLIENT *pClient,
           PCSTR   szHost,
           PCSTR   szPath)
{
  PCSTR protocols[] = { "chat" };
  static CHAR szName[] = "Host";
  CHAR szValue[300], szLine[512];
  WEB_SOCKET_HTTP_HEADER host = { szName, 4, szValue, 0 }, response[32];
  PWEB_SOCKET_HTTP_HEADER pRequest = NULL;
  ULONG i, ulRequest = 0;
  int nLength;
  HRESULT hr;

  host.ulValueLength = (ULONG) snprintf (szValue, sizeof szValue, "%s", szHost);
  hr = WebSocketBeginClientHandshake (pClient->hWebSocket, protocols, ARRAYSIZE (protocols), NULL,
                                      0, &host, 1, &pRequest, &ulRequest);
  if (FAILED (hr))
    return hr;

  nLength = snprintf (szLine, sizeof szLine, "GET %s HTTP/1.1\r\nHost: %s\r\n", szPath, szHost);
  hr = SendLine (pClient, szLine, nLength, sizeof szLine);
  for (i = 0; SUCCEEDED (hr) && i < ulRequest; i++)
    {
      nLength = snprintf (szLine, sizeof szLine, "%.*s: %.*s\r\n",
                          (int) pRequest[i].ulNameLength, pRequest[i].pcName,
                          (int) pRequest[i].ulValueLength, pRequest[i].pcValue);
      hr = SendLine (pClient, szLine, nLength, sizeof szLine);
    }
  if (SUCCEEDED (hr))
    hr = SendAll (pClient, (const BYTE *) "\r\n", 2);
  if (SUCCEEDED (hr))
    hr = ReadHead (pClient);
  if (FAILED (hr))
    return hr;

  return WebSocketEndClientHandshake (pClient->hWebSocket, response,
                                      FindHeaders (pClient->Head, response, ARRAYSIZE (response)),
                                      NULL, NULL, NULL);
}

static HRESULT
SendClose (CLIENT *pClient,
           USHORT  usStatus)
{
  WEB_SOCKET_BUFFER buffer = { 0 };

  if (pClient->bCloseSent)
    return S_OK;

  pClient->bCloseSent = TRUE;
  buffer.CloseStatus.usStatus = usStatus;
  return WebSocketSend (pClient->hWebSocket, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer, NULL);
}

static HRESULT
HandleReceived (CLIENT                  *pClient,
                WEB_SOCKET_BUFFER_TYPE   type,
                const WEB_SOCKET_BUFFER *pBuffer)
{
  if (type == WEB_SOCKET_CLOSE_BUFFER_TYPE)
    {
      pClient->bCloseReceived = TRUE;
      return SendClose (pClient, WEB_SOCKET_SUCCESS_CLOSE_STATUS);
    }
  if (type != WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE && type != WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE)
    return S_OK;

  printf ("%.*s", (int) pBuffer->Data.ulBufferLength, (PCSTR) pBuffer->Data.pbBuffer);
  if (type == WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE)     /* more of the message follows */
    return S_OK;

  printf ("\n");
  return SendClose (pClient, WEB_SOCKET_SUCCESS_CLOSE_STATUS);
}

static HRESULT
ReadSome (CLIENT                  *pClient,
          const WEB_SOCKET_BUFFER *pBuffer,
          ULONG                   *pulRead)
{
  ULONG ulLength = pBuffer->Data.ulBufferLength;
  ssize_t n;

  if (pClient->ulRest > 0)
    {
      *pulRead = min (pClient->ulRest, ulLength);
      CopyMemory (pBuffer->Data.pbBuffer, pClient->pcRest, *pulRead);
      pClient->pcRest += *pulRead;
      pClient->ulRest -= *pulRead;
      return S_OK;
    }

  n = recv (pClient->socket, pBuffer->Data.pbBuffer, ulLength, 0);
  if (n <= 0)
    return HRESULT_FROM_WIN32 (ERROR_BROKEN_PIPE);
  *pulRead = (ULONG) n;
  return S_OK;
}

/* Performs the next action of a queue; *pbFound is FALSE if there is none. */
static HRESULT
RunAction (CLIENT                 *pClient,
           WEB_SOCKET_ACTION_QUEUE queue,
           BOOL                   *pbFound)
{
  WEB_SOCKET_BUFFER buffers[2] = { 0 };
  ULONG ulBuffers = ARRAYSIZE (buffers), ulDone = 0, i;
  WEB_SOCKET_BUFFER_TYPE type = (WEB_SOCKET_BUFFER_TYPE) 0;
  WEB_SOCKET_ACTION action;
  PVOID pvContext = NULL;
  HRESULT hr = WebSocketGetAction (pClient->hWebSocket, queue, buffers, &ulBuffers, &action, &type,
                                   NULL, &pvContext);

  *pbFound = SUCCEEDED (hr) && action != WEB_SOCKET_NO_ACTION;
  if (!*pbFound)
    return hr;

  switch (action)
    {
    case WEB_SOCKET_SEND_TO_NETWORK_ACTION:
      for (i = 0; SUCCEEDED (hr) && i < ulBuffers; i++)
        {
          hr = SendAll (pClient, buffers[i].Data.pbBuffer, buffers[i].Data.ulBufferLength);
          ulDone += buffers[i].Data.ulBufferLength;
        }
      break;

    case WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION:
      hr = ReadSome (pClient, &buffers[0], &ulDone);
      break;

    case WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION:
      hr = HandleReceived (pClient, type, &buffers[0]);
      break;

    case WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION:      /* this program does not count them */
    case WEB_SOCKET_NO_ACTION:
    default:
      break;
    }

  WebSocketCompleteAction (pClient->hWebSocket, pvContext, ulDone);
  return hr;
}

/* Writes all that waits before each read. */
static HRESULT
Run (CLIENT *pClient)
{
  HRESULT hr;
  BOOL bFound;

  for (;;)
    {
      do
        hr = RunAction (pClient, WEB_SOCKET_SEND_ACTION_QUEUE, &bFound);
      while (SUCCEEDED (hr) && bFound);

      if (FAILED (hr) || pClient->bCloseReceived)
        return hr;

      hr = RunAction (pClient, WEB_SOCKET_RECEIVE_ACTION_QUEUE, &bFound);
      if (SUCCEEDED (hr) && !bFound)
        hr = WebSocketReceive (pClient->hWebSocket, NULL, NULL);        /* none is queued */
      if (FAILED (hr))
        return hr;
    }
}

int
main (int    argc,
      char **argv)
{
  CHAR szHost[256], szPort[6], szPath[256], szAuthority[272];
  BYTE hello[] = "Hello";
  WEB_SOCKET_BUFFER buffer = { 0 };
  CLIENT client = { 0 };
  HRESULT hr = E_INVALIDARG;

  if (sscanf (argc > 1 ? argv[1] : "ws://localhost:8080/chat", "ws://%255[^:]:%5[0-9]%255s",
              szHost, szPort, szPath) == 3)
    hr = Connect (&client, szHost, szPort);
  if (SUCCEEDED (hr))
    hr = WebSocketCreateClientHandle (NULL, 0, &client.hWebSocket);
  if (SUCCEEDED (hr))
    {
      snprintf (szAuthority, sizeof szAuthority, "%s:%s", szHost, szPort);
      hr = Handshake (&client, szAuthority, szPath);
    }

  buffer.Data.pbBuffer = hello;
  buffer.Data.ulBufferLength = sizeof hello - 1;
  if (SUCCEEDED (hr))
    hr = WebSocketSend (client.hWebSocket, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, &buffer, NULL);
  if (SUCCEEDED (hr))
    hr = Run (&client);
  if (client.hWebSocket != NULL)
    WebSocketDeleteHandle (client.hWebSocket);
  if (client.socket > 0)
    close (client.socket);
  if (FAILED (hr))
    fprintf (stderr, "Failed with 0x%08x\n", (unsigned) hr);
  return SUCCEEDED (hr) ? EXIT_SUCCESS : EXIT_FAILURE;
}
