/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The opening handshake of the Windows API: converts counted strings and arrays to those of the
 * core.
 *
 * This file checks arguments, never the protocol.  It reads the caller's memory only during a call.
 *
 * (1) An opening handshake returns at most as many fields as the handle has room for. */

#include "win32/websocket-private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NO_SUBPROTOCOL 0xffffffff

/* The caller frees made, also after a failure. */
static HRESULT
make_strings (PCSTR     *given,
              ULONG      n_given,
              WscBytes **made)
{
  if (n_given == 0)
    return S_OK;

  if (given == NULL)
    return E_INVALIDARG;

  *made = calloc (n_given, sizeof **made);
  if (*made == NULL)
    return E_OUTOFMEMORY;

  for (ULONG i = 0; i < n_given; i++)
    {
      if (given[i] == NULL)
        return E_INVALIDARG;

      (*made)[i] = websocket_bytes_of (given[i], strlen (given[i]));
    }

  return S_OK;
}

/* The caller frees made, also after a failure. */
static HRESULT
websocket_handshake_make_headers (const PWEB_SOCKET_HTTP_HEADER given,
                                  ULONG                         n_given,
                                  WscHeader                   **made)
{
  if (n_given == 0)
    return S_OK;

  if (given == NULL)
    return E_INVALIDARG;

  *made = calloc (n_given, sizeof **made);
  if (*made == NULL)
    return E_OUTOFMEMORY;

  for (ULONG i = 0; i < n_given; i++)
    {
      if ((given[i].pcName == NULL && given[i].ulNameLength > 0) ||
          (given[i].pcValue == NULL && given[i].ulValueLength > 0))
        return E_INVALIDARG;

      (*made)[i].name = websocket_bytes_of (given[i].pcName, given[i].ulNameLength);
      (*made)[i].value = websocket_bytes_of (given[i].pcValue, given[i].ulValueLength);
    }

  return S_OK;
}

static void
show_headers (WEB_SOCKET_HANDLE        self,
              const WscHeader         *made,
              size_t                   n_made,
              PWEB_SOCKET_HTTP_HEADER *headers,
              ULONG                   *n_headers)
{
  assert (n_made <= WSC_MAX_HANDSHAKE_HEADERS);       /* (1) */

  for (size_t i = 0; i < n_made; i++)
    {
      PWEB_SOCKET_HTTP_HEADER header = &self->headers[i];

      header->pcName = (PCHAR) made[i].name.at;
      header->ulNameLength = (ULONG) made[i].name.length;
      header->pcValue = (PCHAR) made[i].value.at;
      header->ulValueLength = (ULONG) made[i].value.length;
    }

  *headers = self->headers;
  *n_headers = (ULONG) n_made;
}

/* The engine frees the memory of the header fields: a program that reads the array later finds no
 * fields (WIN-C-07). */
void
websocket_forget_headers (WEB_SOCKET_HANDLE handle)
{
  if (handle->headers[0].pcName != NULL &&
      handle->engine.stream.phase != WSC_PHASE_HANDSHAKE)
    memset (handle->headers, 0, sizeof handle->headers);
}

static HRESULT
begin_client_handshake (WEB_SOCKET_HANDLE        self,
                        const WscOffer          *offer,
                        PWEB_SOCKET_HTTP_HEADER *headers,
                        ULONG                   *n_headers)
{
  const WscHeader *made;
  size_t n_made;
  WscFault fault = wsc_engine_begin_client_handshake (&self->engine, offer, &made, &n_made);

  if (fault != WSC_FAULT_NONE)
    return websocket_result_of (fault);

  self->n_offered_extensions = (ULONG) offer->n_extensions;
  show_headers (self, made, n_made, headers, n_headers);
  return S_OK;
}

HRESULT WINAPI
WebSocketBeginClientHandshake (WEB_SOCKET_HANDLE             hWebSocket,
                               PCSTR                        *pszSubprotocols,
                               ULONG                         ulSubprotocolCount,
                               PCSTR                        *pszExtensions,
                               ULONG                         ulExtensionCount,
                               const PWEB_SOCKET_HTTP_HEADER pInitialHeaders,
                               ULONG                         ulInitialHeaderCount,
                               PWEB_SOCKET_HTTP_HEADER      *pAdditionalHeaders,
                               ULONG                        *pulAdditionalHeaderCount)
{
  WscBytes *subprotocols = NULL, *extensions = NULL;
  WscHeader *initial = NULL;
  HRESULT result;

  if (hWebSocket == NULL || pAdditionalHeaders == NULL || pulAdditionalHeaderCount == NULL)
    return E_INVALIDARG;

  result = make_strings (pszSubprotocols, ulSubprotocolCount, &subprotocols);
  if (SUCCEEDED (result))
    result = make_strings (pszExtensions, ulExtensionCount, &extensions);
  if (SUCCEEDED (result))
    result = websocket_handshake_make_headers (pInitialHeaders, ulInitialHeaderCount, &initial);
  if (SUCCEEDED (result))
    {
      WscOffer offer = { subprotocols, ulSubprotocolCount, extensions, ulExtensionCount,
                         initial, ulInitialHeaderCount, NULL };

      result = begin_client_handshake (hWebSocket, &offer, pAdditionalHeaders,
                                       pulAdditionalHeaderCount);
    }

  free (subprotocols);
  free (extensions);
  free (initial);
  return result;
}

static ULONG
index_of (const WscSelection *selection)
{
  return selection->subprotocol < 0 ? NO_SUBPROTOCOL : (ULONG) selection->subprotocol;
}

/* The engine returns the whole selection, including parts that the caller does not ask for, and its
 * indices are not of the type ULONG on Windows. */
static HRESULT
end_client_handshake (WEB_SOCKET_HANDLE self,
                      const WscHeader  *response,
                      size_t            n_response,
                      ULONG            *extensions,
                      ULONG            *n_extensions,
                      ULONG            *subprotocol)
{
  WscSelection selection = { .capacity = self->n_offered_extensions };
  WscFault fault;

  if (n_extensions == NULL && subprotocol == NULL)
    return websocket_result_of (wsc_engine_end_client_handshake (&self->engine, response,
                                                                 n_response, NULL));

  if (n_extensions != NULL && *n_extensions < selection.capacity)
    selection.capacity = *n_extensions;
  selection.extensions = calloc (selection.capacity + 1, sizeof *selection.extensions);
  if (selection.extensions == NULL)
    return E_OUTOFMEMORY;

  fault = wsc_engine_end_client_handshake (&self->engine, response, n_response, &selection);
  if (fault == WSC_FAULT_NONE && n_extensions != NULL)
    {
      for (size_t i = 0; i < selection.n_extensions; i++)
        extensions[i] = selection.extensions[i];
      *n_extensions = (ULONG) selection.n_extensions;
    }

  if (fault == WSC_FAULT_NONE && subprotocol != NULL)
    *subprotocol = index_of (&selection);
  free (selection.extensions);
  return websocket_result_of (fault);
}

HRESULT WINAPI
WebSocketEndClientHandshake (WEB_SOCKET_HANDLE             hWebSocket,
                             const PWEB_SOCKET_HTTP_HEADER pResponseHeaders,
                             ULONG                         ulReponseHeaderCount,
                             ULONG                        *pulSelectedExtensions,
                             ULONG                        *pulSelectedExtensionCount,
                             ULONG                        *pulSelectedSubprotocol)
{
  WscHeader *response = NULL;
  HRESULT result;

  if (hWebSocket == NULL || (pulSelectedExtensions == NULL) != (pulSelectedExtensionCount == NULL))
    return E_INVALIDARG;

  result = websocket_handshake_make_headers (pResponseHeaders, ulReponseHeaderCount, &response);
  if (SUCCEEDED (result))
    result = end_client_handshake (hWebSocket, response, ulReponseHeaderCount,
                                   pulSelectedExtensions, pulSelectedExtensionCount,
                                   pulSelectedSubprotocol);

  free (response);
  return result;
}

static HRESULT
begin_server_handshake (WEB_SOCKET_HANDLE        self,
                        const WscChoice         *choice,
                        const WscHeader         *request,
                        size_t                   n_request,
                        PWEB_SOCKET_HTTP_HEADER *headers,
                        ULONG                   *n_headers)
{
  const WscHeader *made;
  size_t n_made;
  WscFault fault = wsc_engine_begin_server_handshake (&self->engine, choice, request, n_request,
                                                      &made, &n_made);

  if (fault != WSC_FAULT_NONE)
    return websocket_result_of (fault);

  show_headers (self, made, n_made, headers, n_headers);
  return S_OK;
}

HRESULT WINAPI
WebSocketBeginServerHandshake (WEB_SOCKET_HANDLE             hWebSocket,
                               PCSTR                         pszSubprotocolSelected,
                               PCSTR                        *pszExtensionSelected,
                               ULONG                         ulExtensionSelectedCount,
                               const PWEB_SOCKET_HTTP_HEADER pRequestHeaders,
                               ULONG                         ulRequestHeaderCount,
                               PWEB_SOCKET_HTTP_HEADER      *pResponseHeaders,
                               ULONG                        *pulResponseHeaderCount)
{
  WscBytes *extensions = NULL;
  WscHeader *request = NULL;
  HRESULT result;

  if (hWebSocket == NULL || pResponseHeaders == NULL || pulResponseHeaderCount == NULL)
    return E_INVALIDARG;

  result = make_strings (pszExtensionSelected, ulExtensionSelectedCount, &extensions);
  if (SUCCEEDED (result))
    result = websocket_handshake_make_headers (pRequestHeaders, ulRequestHeaderCount, &request);
  if (SUCCEEDED (result))
    {
      WscChoice choice = { .extensions = extensions, .n_extensions = ulExtensionSelectedCount };

      if (pszSubprotocolSelected != NULL)
        choice.subprotocol = websocket_bytes_of (pszSubprotocolSelected,
                                                 strlen (pszSubprotocolSelected));
      result = begin_server_handshake (hWebSocket, &choice, request, ulRequestHeaderCount,
                                       pResponseHeaders, pulResponseHeaderCount);
    }

  free (extensions);
  free (request);
  return result;
}

HRESULT WINAPI
WebSocketEndServerHandshake (WEB_SOCKET_HANDLE hWebSocket)
{
  if (hWebSocket == NULL)
    return E_INVALIDARG;

  return websocket_result_of (wsc_engine_end_server_handshake (&hWebSocket->engine));
}
