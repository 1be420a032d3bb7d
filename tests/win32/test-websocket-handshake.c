/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The opening handshake's pointers: arrays handed out, indices written back. */

#include <string.h>
#include <websocket.h>

#include "lib/tap.h"
#include "win32/session-pair.h"
#include "win32/websocket-random-private.h"

static const Agreement nothing = { NULL, NULL };

static const WEB_SOCKET_HTTP_HEADER *
find (const WEB_SOCKET_HTTP_HEADER *headers,
      ULONG                         n,
      PCSTR                         name)
{
  for (ULONG i = 0; i < n; i++)
    if (headers[i].ulNameLength == strlen (name) &&
        memcmp (headers[i].pcName, name, strlen (name)) == 0)
      return &headers[i];
  return NULL;
}

static bool
is_value (const WEB_SOCKET_HTTP_HEADER *header,
          PCSTR                         value)
{
  return header != NULL && header->ulValueLength == strlen (value) &&
         memcmp (header->pcValue, value, strlen (value)) == 0;
}

static void
count_up (void    *data,
          uint8_t *to,
          size_t   n)
{
  for (size_t i = 0; i < n; i++)
    to[i] = (uint8_t) i;
}

/* 22 letters of base64, of which the last has only two bits, and the padding. */
static bool
is_key (const WEB_SOCKET_HTTP_HEADER *header)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  if (header == NULL || header->ulValueLength != 24 || memcmp (header->pcValue + 22, "==", 2) != 0)
    return false;

  for (int i = 0; i < 22; i++)
    if (strchr (letters, header->pcValue[i]) == NULL)
      return false;
  return strchr ("AQgw", header->pcValue[21]) != NULL;
}

static void
test_key (void)
{
  WEB_SOCKET_HANDLE handles[2];
  PWEB_SOCKET_HTTP_HEADER made;
  const WEB_SOCKET_HTTP_HEADER *keys[2] = { NULL, NULL };
  ULONG n;

  for (int i = 0; i < 2; i++)
    {
      create (CLIENT, NULL, 0, &handles[i]);
      WebSocketBeginClientHandshake (handles[i], NULL, 0, NULL, 0, NULL, 0, &made, &n);
      keys[i] = find (made, n, "Sec-WebSocket-Key");
    }

  tap_point (is_key (keys[0]) && is_key (keys[1]),
             "/win32/websocket/begin-client/WIN-C-03-key-is-16-bytes-in-base64");
  tap_point (memcmp (keys[0]->pcValue, keys[1]->pcValue, 24) != 0,
             "/win32/websocket/begin-client/WIN-C-03-keys-of-two-sessions-differ");
  WebSocketDeleteHandle (handles[0]);
  WebSocketDeleteHandle (handles[1]);

  create (CLIENT, NULL, 0, &handles[0]);
  websocket_random_set_source (handles[0], count_up, NULL);
  WebSocketBeginClientHandshake (handles[0], NULL, 0, NULL, 0, NULL, 0, &made, &n);
  tap_point (is_value (find (made, n, "Sec-WebSocket-Key"), "AAECAwQFBgcICQoLDA0ODw=="),
             "/win32/websocket/begin-client/WIN-C-03-key-is-made-of-the-random-bytes");
  WebSocketDeleteHandle (handles[0]);
}

static bool
is_accept (const WEB_SOCKET_HTTP_HEADER *header)
{
  return header != NULL && header->ulValueLength == 28 && header->pcValue[27] == '=';
}

/* They have a length, and a NUL follows, because published programs print them. */
static bool
end_with_nul (const WEB_SOCKET_HTTP_HEADER *headers,
              ULONG                         n)
{
  for (ULONG i = 0; i < n; i++)
    if (headers[i].pcName[headers[i].ulNameLength] != 0 ||
        headers[i].pcValue[headers[i].ulValueLength] != 0 ||
        strlen (headers[i].pcValue) != headers[i].ulValueLength)
      return false;
  return n > 0;
}

static void
test_nul (void)
{
  static PCSTR protocols[] = { "chat", "superchat" }, extensions[] = { "x; a=1", "y" };
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  WEB_SOCKET_HTTP_HEADER request[8];
  PWEB_SOCKET_HTTP_HEADER made, response;
  ULONG n_made = 0, n_response = 0;

  create_pair (&client, &server);
  WebSocketBeginClientHandshake (client, protocols, 2, extensions, 2, NULL, 0, &made, &n_made);
  tap_point (n_made == 6 && end_with_nul (made, n_made),
             "/win32/websocket/begin-client/WIN-A-05-counted-values-end-with-a-NUL");
  memcpy (request, made, n_made * sizeof *made);
  request[n_made] = make_header ("Host", "example.com");
  WebSocketBeginServerHandshake (server, "superchat", extensions, 2, request, n_made + 1,
                                 &response, &n_response);
  tap_point (n_response == 5 && end_with_nul (response, n_response),
             "/win32/websocket/begin-server/WIN-A-05-counted-values-end-with-a-NUL");
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

static bool
is_empty (const WEB_SOCKET_HTTP_HEADER *headers,
          ULONG                         n)
{
  for (ULONG i = 0; i < n; i++)
    if (headers[i].pcName != NULL || headers[i].ulNameLength != 0 || headers[i].pcValue != NULL ||
        headers[i].ulValueLength != 0)
      return false;
  return true;
}

static void
test_client_array (void)
{
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  PWEB_SOCKET_HTTP_HEADER request, response;
  WEB_SOCKET_HTTP_HEADER whole[8];
  ULONG n_request, n_response;
  bool is_there;

  create_pair (&client, &server);
  WebSocketBeginClientHandshake (client, NULL, 0, NULL, 0, NULL, 0, &request, &n_request);
  memcpy (whole, request, n_request * sizeof *request);
  whole[n_request] = make_header ("Host", "example.com");
  begin_server (server, &nothing, whole, n_request + 1, &response, &n_response);

  is_there = is_value (find (request, n_request, "Upgrade"), "websocket") &&
             is_value (find (request, n_request, "Sec-WebSocket-Version"), "13") &&
             is_key (find (request, n_request, "Sec-WebSocket-Key"));
  tap_point (is_there, "/win32/websocket/end-client/WIN-C-07-array-is-readable-until-the-end");

  next_step (client, WEB_SOCKET_ALL_ACTION_QUEUE);
  is_there = is_key (find (request, n_request, "Sec-WebSocket-Key"));
  tap_point (is_there, "/win32/websocket/end-client/WIN-C-07-array-outlives-an-early-action");

  WebSocketEndClientHandshake (client, NULL, 0, NULL, NULL, NULL);
  is_there = is_key (find (request, n_request, "Sec-WebSocket-Key"));
  tap_point (is_there, "/win32/websocket/end-client/WIN-C-07-array-outlives-a-failed-end");

  WebSocketEndClientHandshake (client, response, n_response, NULL, NULL, NULL);
  WebSocketSend (client, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL);
  WebSocketReceive (client, NULL, NULL);
  is_there = is_value (find (request, n_request, "Upgrade"), "websocket") &&
             is_key (find (request, n_request, "Sec-WebSocket-Key"));
  tap_point (is_there, "/win32/websocket/end-client/WIN-C-07-array-is-readable-after-the-end");

  next_step (client, WEB_SOCKET_ALL_ACTION_QUEUE);
  tap_point (is_empty (request, n_request),
             "/win32/websocket/end-client/WIN-C-07-first-action-empties-the-array");
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

typedef enum
{
  END,
  SEND,
  RECEIVE,
  GET_ACTION,
} Ending;

static void
end_by (WEB_SOCKET_HANDLE server,
        Ending            ending)
{
  switch (ending)
    {
    case END:
      WebSocketEndServerHandshake (server);
      return;

    case SEND:
      WebSocketSend (server, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL);
      return;

    case RECEIVE:
      WebSocketReceive (server, NULL, NULL);
      return;

    case GET_ACTION:
      next_step (server, WEB_SOCKET_ALL_ACTION_QUEUE);
      return;
    }
}

static void
test_server_array (void)
{
  static const char *const names[] = {
    "readable-after-the-end", "readable-after-a-send", "readable-after-a-receive",
    "emptied-by-the-first-action",
  };

  for (int i = END; i <= GET_ACTION; i++)
    {
      WEB_SOCKET_HANDLE client = NULL, server = NULL;
      WEB_SOCKET_HTTP_HEADER request[8];
      PWEB_SOCKET_HTTP_HEADER response;
      ULONG n_request, n_response;
      bool is_there;

      create_pair (&client, &server);
      begin_client (client, &nothing, request, &n_request);
      begin_server (server, &nothing, request, n_request, &response, &n_response);
      is_there = is_accept (find (response, n_response, "Sec-WebSocket-Accept"));
      end_by (server, (Ending) i);
      if (i == GET_ACTION)
        is_there = is_there && is_empty (response, n_response);
      else
        is_there = is_there && is_value (find (response, n_response, "Upgrade"), "websocket") &&
                   is_accept (find (response, n_response, "Sec-WebSocket-Accept"));
      tap_point (is_there, "/win32/websocket/end-server/WIN-C-07-array-is-%s", names[i]);
      WebSocketDeleteHandle (client);
      WebSocketDeleteHandle (server);
    }
}

static PCSTR protocols[] = { "soap", "chat", "superchat" };
static PCSTR extensions[] = { "x-one", "x-two; level=1", "x-three" };

typedef struct
{
  WEB_SOCKET_HANDLE client, server;
  PWEB_SOCKET_HTTP_HEADER response;
  ULONG n_response;
} Negotiation;

/* Three of each are offered; the server selects those of the argument. */
static bool
negotiate (Negotiation *self,
           PCSTR        protocol,
           PCSTR       *chosen,
           ULONG        n_chosen)
{
  PWEB_SOCKET_HTTP_HEADER made;
  WEB_SOCKET_HTTP_HEADER request[8];
  ULONG n;

  if (!create_pair (&self->client, &self->server) ||
      FAILED (WebSocketBeginClientHandshake (self->client, protocols, 3, extensions, 3, NULL, 0,
                                             &made, &n)))
    return false;

  memcpy (request, made, n * sizeof *made);
  request[n] = make_header ("Host", "example.com");
  return SUCCEEDED (WebSocketBeginServerHandshake (self->server, protocol, chosen, n_chosen,
                                                   request, n + 1,
                                                   &self->response, &self->n_response));
}

static HRESULT
end (Negotiation *self,
     ULONG       *indices,
     ULONG       *n_indices,
     ULONG       *protocol_index)
{
  return WebSocketEndClientHandshake (self->client, self->response, self->n_response,
                                      indices, n_indices, protocol_index);
}

static void
end_negotiation (Negotiation *self)
{
  WebSocketDeleteHandle (self->client);
  WebSocketDeleteHandle (self->server);
}

static void
test_indices (void)
{
  PCSTR chosen[] = { "x-three", "x-one" };
  ULONG indices[4] = { 77, 77, 77, 77 };
  ULONG n_indices = 4, protocol = 77;
  Negotiation negotiation = { NULL, NULL, NULL, 0 };
  bool is_begun = negotiate (&negotiation, "chat", chosen, 2);
  HRESULT result = end (&negotiation, indices, &n_indices, &protocol);

  tap_point (is_begun && result == S_OK && n_indices == 2 && indices[0] == 2 && indices[1] == 0 &&
             indices[2] == 77,
             "/win32/websocket/end-client/WIN-C-13-extensions-are-indices-of-the-offer");
  tap_point (protocol == 1,
             "/win32/websocket/end-client/WIN-C-13-subprotocol-is-an-index-of-the-offer");
  end_negotiation (&negotiation);
}

static void
test_nothing_selected (void)
{
  ULONG indices[3] = { 77, 77, 77 };
  ULONG n_indices = 3, protocol = 77;
  Negotiation negotiation = { NULL, NULL, NULL, 0 };
  bool is_begun = negotiate (&negotiation, NULL, NULL, 0);
  HRESULT result = end (&negotiation, indices, &n_indices, &protocol);

  tap_point (is_begun && result == S_OK && n_indices == 0 && indices[0] == 77 &&
             protocol == 0xffffffff,
             "/win32/websocket/end-client/WIN-C-13-nothing-selected-is-a-success-and-said");
  end_negotiation (&negotiation);
}

static void
test_null_outputs (void)
{
  PCSTR chosen[] = { "x-one" };
  ULONG protocol = 77;
  Negotiation negotiation = { NULL, NULL, NULL, 0 };
  bool is_begun = negotiate (&negotiation, "soap", chosen, 1);

  tap_point (is_begun && end (&negotiation, NULL, NULL, NULL) == S_OK,
             "/win32/websocket/end-client/WIN-C-14-no-out-pointer-is-needed");
  end_negotiation (&negotiation);

  is_begun = negotiate (&negotiation, "superchat", chosen, 1);
  tap_point (is_begun && end (&negotiation, NULL, NULL, &protocol) == S_OK && protocol == 2,
             "/win32/websocket/end-client/WIN-C-14-subprotocol-alone-may-be-asked-for");
  end_negotiation (&negotiation);
}

static void
test_small_room (void)
{
  PCSTR chosen[] = { "x-one" };
  ULONG indices[3] = { 77, 77, 77 };
  ULONG n_indices = 2, protocol = 77;
  Negotiation negotiation = { NULL, NULL, NULL, 0 };
  bool is_begun = negotiate (&negotiation, "chat", chosen, 1);
  HRESULT result = end (&negotiation, indices, &n_indices, &protocol);

  tap_point (is_begun && result == E_INVALIDARG && indices[0] == 77 && indices[1] == 77 &&
             indices[2] == 77 && n_indices == 2 && protocol == 77,
             "/win32/websocket/end-client/WIN-C-15-less-room-than-offers-writes-nothing");

  n_indices = 3;
  result = end (&negotiation, indices, &n_indices, &protocol);
  tap_point (result == S_OK && n_indices == 1 && indices[0] == 0 && indices[1] == 77,
             "/win32/websocket/end-client/WIN-C-15-enough-room-succeeds-then");
  end_negotiation (&negotiation);
}

static void
test_failed_end_writes_nothing (void)
{
  ULONG indices[3] = { 77, 77, 77 };
  ULONG n_indices = 3, protocol = 77;
  Negotiation negotiation = { NULL, NULL, NULL, 0 };
  bool is_begun = negotiate (&negotiation, "chat", NULL, 0);
  HRESULT result;

  negotiation.response++;
  negotiation.n_response--;
  result = end (&negotiation, indices, &n_indices, &protocol);
  tap_point (is_begun && FAILED (result) && n_indices == 3 && indices[0] == 77,
             "/win32/websocket/end-client/failure-touches-no-out-pointer");
  end_negotiation (&negotiation);
}

static PCSTR holes[2] = { "chat", NULL };
static WEB_SOCKET_HTTP_HEADER no_name = { NULL, 4, NULL, 0 };
static WEB_SOCKET_HTTP_HEADER no_value = { (PCHAR) "Host", 4, NULL, 1 };
static WEB_SOCKET_HTTP_HEADER empty_value = { (PCHAR) "X-Empty", 7, NULL, 0 };

static const struct
{
  const char *name;
  PCSTR *subprotocols;
  ULONG n_subprotocols;
  PCSTR *extensions;
  ULONG n_extensions;
  PWEB_SOCKET_HTTP_HEADER headers;
  ULONG n_headers;
} hole_cases[] = {
  { "no-subprotocols", NULL, 1, NULL, 0, NULL, 0 },
  { "subprotocol-is-null", holes, 2, NULL, 0, NULL, 0 },
  { "no-extensions", NULL, 0, NULL, 1, NULL, 0 },
  { "extension-is-null", NULL, 0, holes, 2, NULL, 0 },
  { "no-headers", NULL, 0, NULL, 0, NULL, 1 },
  { "header-without-name", NULL, 0, NULL, 0, &no_name, 1 },
  { "header-without-value", NULL, 0, NULL, 0, &no_value, 1 },
};

static void
test_holes (void)
{
  for (size_t i = 0; i < sizeof hole_cases / sizeof hole_cases[0]; i++)
    {
      WEB_SOCKET_HANDLE client = NULL, server = NULL;
      PWEB_SOCKET_HTTP_HEADER made = NULL;
      ULONG n = 77;
      HRESULT client_result, server_result = E_INVALIDARG;

      create_pair (&client, &server);
      client_result =
        WebSocketBeginClientHandshake (client, hole_cases[i].subprotocols,
                                       hole_cases[i].n_subprotocols, hole_cases[i].extensions,
                                       hole_cases[i].n_extensions,
                                       hole_cases[i].headers, hole_cases[i].n_headers, &made, &n);
      if (hole_cases[i].n_subprotocols == 0)
        server_result =
          WebSocketBeginServerHandshake (server, NULL, hole_cases[i].extensions,
                                         hole_cases[i].n_extensions, hole_cases[i].headers,
                                         hole_cases[i].n_headers, &made, &n);
      tap_point (client_result == E_INVALIDARG && server_result == E_INVALIDARG &&
                 made == NULL && n == 77,
                 "/win32/websocket/begin/%s-refused", hole_cases[i].name);
      WebSocketDeleteHandle (client);
      WebSocketDeleteHandle (server);
    }
}

/* A name without bytes needs no pointer. */
static HRESULT
begin_with_name (Side  side,
                 PCHAR at)
{
  WEB_SOCKET_HTTP_HEADER request[8] = { { at, 0, (PCHAR) "x", 1 } };
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  PWEB_SOCKET_HTTP_HEADER made, response;
  ULONG n, n_response;
  HRESULT result;

  create_pair (&client, &server);
  result = WebSocketBeginClientHandshake (client, NULL, 0, NULL, 0, request, side == CLIENT,
                                          &made, &n);
  if (side == SERVER)
    {
      memcpy (request + 1, made, n * sizeof *made);
      request[n + 1] = make_header ("Host", "example.com");
      result = begin_server (server, &nothing, request, n + 2, &response, &n_response);
    }
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
  return result;
}

static void
test_empty_header (void)
{
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  PWEB_SOCKET_HTTP_HEADER request, response;
  WEB_SOCKET_HTTP_HEADER whole[8];
  ULONG n_request, n_response;
  HRESULT client_result, server_result;

  create_pair (&client, &server);
  client_result = WebSocketBeginClientHandshake (client, NULL, 0, NULL, 0, &empty_value, 1,
                                                 &request, &n_request);
  memcpy (whole, request, n_request * sizeof *request);
  whole[n_request] = make_header ("Host", "example.com");
  whole[n_request + 1] = empty_value;
  server_result = begin_server (server, &nothing, whole, n_request + 2, &response, &n_response);
  tap_point (client_result == S_OK && server_result == S_OK,
             "/win32/websocket/begin/header-with-empty-value-needs-no-pointer");
  tap_point (begin_with_name (CLIENT, NULL) == begin_with_name (CLIENT, (PCHAR) "") &&
             begin_with_name (SERVER, NULL) == begin_with_name (SERVER, (PCHAR) ""),
             "/win32/websocket/begin/header-with-empty-name-needs-no-pointer");
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

static void
test_missing_pointers (void)
{
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  PWEB_SOCKET_HTTP_HEADER made = NULL;
  const HRESULT bad = E_INVALIDARG;
  ULONG n = 77, room = 1, index;

  create_pair (&client, &server);
  tap_point (WebSocketBeginClientHandshake (NULL, NULL, 0, NULL, 0, NULL, 0, &made, &n) == bad &&
             WebSocketBeginClientHandshake (client, NULL, 0, NULL, 0, NULL, 0, NULL, &n) == bad &&
             WebSocketBeginClientHandshake (client, NULL, 0, NULL, 0, NULL, 0, &made, 0) == bad,
             "/win32/websocket/begin-client/missing-out-pointers-refused");
  tap_point (WebSocketBeginServerHandshake (NULL, NULL, NULL, 0, NULL, 0, &made, &n) == bad &&
             WebSocketBeginServerHandshake (server, NULL, NULL, 0, NULL, 0, NULL, &n) == bad &&
             WebSocketBeginServerHandshake (server, NULL, NULL, 0, NULL, 0, &made, NULL) == bad,
             "/win32/websocket/begin-server/missing-out-pointers-refused");
  tap_point (WebSocketEndClientHandshake (NULL, NULL, 0, NULL, NULL, NULL) == bad &&
             WebSocketEndClientHandshake (client, NULL, 1, NULL, NULL, NULL) == bad &&
             WebSocketEndClientHandshake (client, NULL, 0, &index, NULL, NULL) == bad &&
             WebSocketEndClientHandshake (client, NULL, 0, NULL, &room, NULL) == bad &&
             WebSocketEndServerHandshake (NULL) == bad,
             "/win32/websocket/end-client/missing-pointers-refused");
  tap_point (made == NULL && n == 77,
             "/win32/websocket/begin-client/refusal-touches-no-out-pointer");
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

/* Marlin passes "" where it has no subprotocol. */
static void
test_empty_subprotocol_is_none (void)
{
  Negotiation negotiation = { NULL, NULL, NULL, 0 };
  bool is_begun = negotiate (&negotiation, "", NULL, 0);
  PCSTR name = "Sec-WebSocket-Protocol";

  tap_point (is_begun && find (negotiation.response, negotiation.n_response, name) == NULL,
             "/win32/websocket/begin-server/empty-subprotocol-is-none");
  end_negotiation (&negotiation);
}

int
main (void)
{
  test_key ();
  test_nul ();
  test_client_array ();
  test_server_array ();
  test_indices ();
  test_nothing_selected ();
  test_null_outputs ();
  test_small_room ();
  test_failed_end_writes_nothing ();
  test_holes ();
  test_empty_header ();
  test_missing_pointers ();
  test_empty_subprotocol_is_none ();
  return tap_end ();
}
