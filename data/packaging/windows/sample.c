/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Prints the fields of a client's opening handshake, which websocket.dll makes. */
#include <stdio.h>

#include <websocket.h>

int
main (void)
{
  WEB_SOCKET_HANDLE hWebSocket = NULL;
  WEB_SOCKET_HTTP_HEADER *pFields = NULL;
  static CHAR szName[] = "Host", szValue[] = "example.org";
  WEB_SOCKET_HTTP_HEADER host = { szName, sizeof szName - 1, szValue, sizeof szValue - 1 };
  ULONG i, ulFields = 0;
  HRESULT hr;

  hr = WebSocketCreateClientHandle (NULL, 0, &hWebSocket);
  if (SUCCEEDED (hr))
    hr = WebSocketBeginClientHandshake (hWebSocket, NULL, 0, NULL, 0, &host, 1,
                                        &pFields, &ulFields);

  for (i = 0; SUCCEEDED (hr) && i < ulFields; i++)
    printf ("%.*s: %.*s\n", (int) pFields[i].ulNameLength, pFields[i].pcName,
            (int) pFields[i].ulValueLength, pFields[i].pcValue);

  WebSocketDeleteHandle (hWebSocket);
  return FAILED (hr);
}
