/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/handshake/client-handshake.h"

#include "header-lines.h"
#include "lib/tap.h"

#include <stdlib.h>

/* The nonce of the examples: "the sample nonce", so the key and accept value of RFC 6455 1.3. */
static void
fill_sample (void    *data,
             uint8_t *to,
             size_t   n)
{
  assert (data == NULL && n == WSC_NONCE_LENGTH);
  memcpy (to, "the sample nonce", n);
}

static const WscHost host = { fill_sample, NULL };
static const WscHeadLimits limits = {
  .max_size = 4096, .max_line = 1024, .max_fields = 20, .max_protocols = 4, .max_extensions = 4,
  .max_parameters = 2,
};
static const WscOptions automatic = { .role = WSC_ROLE_CLIENT, .mode = WSC_MODE_AUTOMATIC,
                                      .head = &limits };
static const WscOptions windows = { .role = WSC_ROLE_CLIENT };

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n"
#define UPGRADE "Upgrade: websocket\n"
#define CONNECTION "Connection: Upgrade\n"
#define OUR_FOUR UPGRADE CONNECTION "Sec-WebSocket-Key: " KEY "\nSec-WebSocket-Version: 13\n"

#define MAX_OFFERS 6

typedef struct                  /* ends at NULL */
{
  const char *subprotocols[MAX_OFFERS], *extensions[MAX_OFFERS];
} OfferTexts;

typedef struct
{
  WscBytes subprotocols[MAX_OFFERS], extensions[MAX_OFFERS];
  HeaderLines initial;
  WscOffer offer;
} Offer;

static void
fill_offer (Offer            *self,
            const OfferTexts *texts,
            const char       *initial)
{
  self->initial = header_lines (initial);
  self->offer = (WscOffer) {
    .subprotocols = self->subprotocols, .extensions = self->extensions,
    .initial = self->initial.at, .n_initial = self->initial.n,
  };
  for (size_t i = 0; texts->subprotocols[i] != NULL; i++)
    {
      self->subprotocols[i] = wsc_text (texts->subprotocols[i]);
      self->offer.n_subprotocols++;
    }
  for (size_t i = 0; texts->extensions[i] != NULL; i++)
    {
      self->extensions[i] = wsc_text (texts->extensions[i]);
      self->offer.n_extensions++;
    }
}

static const struct
{
  const char *name;
  OfferTexts offer;
  const char *initial;
  const WscOptions *options;
  WscFault fault;
  const char *headers;
} begin_cases[] = {
  { "WIN-C-01-nothing-offered", { { NULL }, { NULL } }, "", &windows, WSC_FAULT_NONE, OUR_FOUR },
  { "WS-22-WS-23-WS-26-WIN-C-02-WIN-C-04-our-headers-once", { { NULL }, { NULL } }, "", &automatic, WSC_FAULT_NONE, OUR_FOUR },
  { "WS-27-no-origin-of-its-own", { { NULL }, { NULL } }, "Host: a\n", &automatic, WSC_FAULT_NONE, OUR_FOUR },
  { "WS-28-WIN-C-05-subprotocols-in-order", { { "chat", "superchat" }, { NULL } }, "", &automatic, WSC_FAULT_NONE,
    OUR_FOUR "Sec-WebSocket-Protocol: chat, superchat\n" },
  { "WS-28-one-subprotocol", { { "b" }, { NULL } }, "", &windows, WSC_FAULT_NONE, OUR_FOUR "Sec-WebSocket-Protocol: b\n" },
  { "WS-30-WIN-C-05-extensions-in-order", { { NULL }, { "foo; a=1", "bar", "foo; a=2" } }, "", &automatic, WSC_FAULT_NONE,
    OUR_FOUR "Sec-WebSocket-Extensions: foo; a=1, bar, foo; a=2\n" },
  { "WS-30-both", { { "x" }, { "foo" } }, "", &automatic, WSC_FAULT_NONE,
    OUR_FOUR "Sec-WebSocket-Protocol: x\nSec-WebSocket-Extensions: foo\n" },
  { "WS-29-same-letters-in-other-case-are-another", { { "chat", "Chat" }, { NULL } }, "", &automatic, WSC_FAULT_NONE,
    OUR_FOUR "Sec-WebSocket-Protocol: chat, Chat\n" },

  { "WS-29-empty-subprotocol-refused", { { "" }, { NULL } }, "", &automatic, WSC_FAULT_PROTOCOL_NOT_TOKEN, "" },
  { "WS-29-blank-in-subprotocol-refused", { { "a b" }, { NULL } }, "", &automatic, WSC_FAULT_PROTOCOL_NOT_TOKEN, "" },
  { "WS-29-comma-in-subprotocol-refused", { { "a", "b,c" }, { NULL } }, "", &windows, WSC_FAULT_PROTOCOL_NOT_TOKEN, "" },
  { "SEC-38-line-feed-in-subprotocol-refused", { { "a\r\nX: y" }, { NULL } }, "", &automatic, WSC_FAULT_PROTOCOL_NOT_TOKEN, "" },
  { "WS-29-subprotocol-twice-refused", { { "a", "b", "a" }, { NULL } }, "", &automatic, WSC_FAULT_PROTOCOL_OFFERED_TWICE, "" },
  { "WS-30-malformed-extension-refused", { { NULL }, { "foo; a=" } }, "", &automatic, WSC_FAULT_EXTENSION_OFFER_MALFORMED, "" },
  { "WS-30-empty-extension-refused", { { NULL }, { "" } }, "", &windows, WSC_FAULT_EXTENSION_OFFER_MALFORMED, "" },
  { "WS-30-list-in-one-offer-refused", { { NULL }, { "foo, bar" } }, "", &automatic, WSC_FAULT_EXTENSION_OFFER_MALFORMED, "" },
  { "SEC-38-line-feed-in-extension-refused", { { NULL }, { "foo\r\nX: y" } }, "", &automatic, WSC_FAULT_EXTENSION_OFFER_MALFORMED, "" },
  { "WS-30-extension-twice-refused", { { NULL }, { "foo; a", "foo;a" } }, "", &automatic, WSC_FAULT_EXTENSION_OFFERED_TWICE, "" },

  { "WS-31-caller-headers-are-not-returned", { { NULL }, { NULL } }, "Cookie: a=b\nUser-Agent: x\n", &automatic, WSC_FAULT_NONE,
    OUR_FOUR },
  { "WS-33-host-of-caller", { { NULL }, { NULL } }, "host: example.com:81\n", &automatic, WSC_FAULT_NONE, OUR_FOUR },
  { "WS-33-host-malformed-refused", { { NULL }, { NULL } }, "Host: a/b\n", &automatic, WSC_FAULT_HOST_TO_SEND_MALFORMED, "" },
  { "WS-33-host-twice-refused", { { NULL }, { NULL } }, "Host: a\nHost: a\n", &automatic, WSC_FAULT_HOST_TO_SEND_MALFORMED, "" },
  { "WS-33-SEC-39-our-name-refused", { { NULL }, { NULL } }, "sec-websocket-key: x\n", &automatic, WSC_FAULT_HEADER_RESERVED, "" },
  { "WS-23-connection-refused", { { NULL }, { NULL } }, "Connection: keep-alive\n", &automatic, WSC_FAULT_HEADER_RESERVED, "" },
  { "WS-33-length-refused", { { NULL }, { NULL } }, "Content-Length: 0\n", &automatic, WSC_FAULT_HEADER_RESERVED, "" },
  { "WIN-C-06-our-name-is-replaced-in-windows-mode", { { NULL }, { NULL } }, "Connection: keep-alive\n", &windows, WSC_FAULT_NONE,
    OUR_FOUR },
  { "WS-32-SEC-38-value-with-return-refused", { { NULL }, { NULL } }, "X: a\r\n", &windows, WSC_FAULT_HEADER_VALUE_NOT_ALLOWED, "" },
  { "WS-32-SEC-38-name-with-blank-refused", { { NULL }, { NULL } }, "A: b\nX Y: a\n", &automatic, WSC_FAULT_HEADER_NAME_NOT_TOKEN, "" },
};

static void
test_begin (void)
{
  for (size_t i = 0; i < sizeof begin_cases / sizeof begin_cases[0]; i++)
    {
      WscHandshakeState *state = NULL;
      const WscHeader *headers = NULL;
      size_t n_headers = 0;
      Offer offer = { .offer = { 0 } };
      WscFault fault;

      fill_offer (&offer, &begin_cases[i].offer, begin_cases[i].initial);
      fault = wsc_client_handshake_begin (&state, begin_cases[i].options, &host, &offer.offer,
                                          &headers, &n_headers);
      tap_point (fault == begin_cases[i].fault &&
                 headers_are (headers, n_headers, begin_cases[i].headers) &&
                 (fault == WSC_FAULT_NONE) == (state != NULL),
                 "/core/client-handshake/begin/%s", begin_cases[i].name);
      wsc_handshake_state_free (state);
    }
}

typedef struct
{
  const char *name;
  OfferTexts offer;
  const char *response;
  WscFault fault;
  int32_t subprotocol;
  const char *extensions;       /* indices of the agreed extensions, as digits */
} EndCase;

#define GOOD UPGRADE CONNECTION ACCEPT
#define NO_OFFER { { NULL }, { NULL } }

static const EndCase end_cases[] = {
  { "WIN-C-08-three-headers-suffice", NO_OFFER, GOOD, WSC_FAULT_NONE, -1, "" },
  { "WS-53-WIN-C-11-names-and-tokens-in-any-case", NO_OFFER,
    "UPGRADE: WebSocket\nconnection: upgrade\nsec-websocket-ACCEPT: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n",
    WSC_FAULT_NONE, -1, "" },
  { "WS-42-connection-list-over-two-headers", NO_OFFER, UPGRADE "Connection: keep-alive\nConnection: x, upgrade\n" ACCEPT,
    WSC_FAULT_NONE, -1, "" },
  { "WS-43-blanks-around-accept", NO_OFFER, UPGRADE CONNECTION "Sec-WebSocket-Accept:  \ts3pPLMBiTxaQ9kYGzzhZRbK+xOo= \n",
    WSC_FAULT_NONE, -1, "" },
  { "WS-57-set-cookie-and-length-0", NO_OFFER, GOOD "Set-Cookie: a=b\nContent-Length: 0\n", WSC_FAULT_NONE, -1, "" },
  { "WS-52-WS-212-offered-and-none-selected-is-reported", { { "chat" }, { "foo" } }, GOOD, WSC_FAULT_NONE, -1, "" },

  { "WIN-C-10-no-headers-refused", NO_OFFER, "", WSC_FAULT_HEADERS_MISSING, 0, "" },
  { "WS-40-WIN-C-10-upgrade-missing-refused", NO_OFFER, CONNECTION ACCEPT, WSC_FAULT_UPGRADE_MISSING, 0, "" },
  { "WS-40-other-upgrade-refused", NO_OFFER, "Upgrade: h2c\n" CONNECTION ACCEPT, WSC_FAULT_ANSWER_UPGRADE_NOT_WEBSOCKET, 0, "" },
  { "WS-40-upgrade-with-version-refused", NO_OFFER, "Upgrade: websocket/13\n" CONNECTION ACCEPT, WSC_FAULT_ANSWER_UPGRADE_NOT_WEBSOCKET, 0,
    "" },
  { "WS-40-upgrade-with-half-a-version-refused", NO_OFFER, "Upgrade: websocket/\n" CONNECTION ACCEPT,
    WSC_FAULT_ANSWER_UPGRADE_NOT_WEBSOCKET, 0, "" },
  { "WS-40-empty-upgrade-refused", NO_OFFER, "Upgrade: \n" CONNECTION ACCEPT, WSC_FAULT_ANSWER_UPGRADE_NOT_WEBSOCKET, 0, "" },
  { "WS-41-two-products-refused", NO_OFFER, "Upgrade: websocket, foo\n" CONNECTION ACCEPT, WSC_FAULT_ANSWER_UPGRADE_NOT_WEBSOCKET, 0, "" },
  { "WS-41-two-products-in-two-headers-refused", NO_OFFER, UPGRADE UPGRADE CONNECTION ACCEPT, WSC_FAULT_ANSWER_UPGRADE_NOT_WEBSOCKET, 0,
    "" },
  { "WS-42-WIN-C-10-connection-missing-refused", NO_OFFER, UPGRADE ACCEPT, WSC_FAULT_CONNECTION_MISSING, 0, "" },
  { "WS-42-connection-without-upgrade-refused", NO_OFFER, UPGRADE "Connection: close\n" ACCEPT, WSC_FAULT_CONNECTION_WITHOUT_UPGRADE, 0,
    "" },
  { "WS-44-WIN-C-09-accept-missing-refused", NO_OFFER, UPGRADE CONNECTION, WSC_FAULT_ACCEPT_MISSING, 0, "" },
  { "WS-44-WIN-C-09-SEC-33-accept-repeated-refused", NO_OFFER, GOOD ACCEPT, WSC_FAULT_ACCEPT_REPEATED, 0, "" },
  { "WS-43-WIN-C-09-SEC-33-accept-of-another-key-refused", NO_OFFER,
    UPGRADE CONNECTION "Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\n",
    WSC_FAULT_ACCEPT_WRONG, 0, "" },
  { "WS-43-SEC-33-accept-in-other-case-refused", NO_OFFER,
    UPGRADE CONNECTION "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n",
    WSC_FAULT_ACCEPT_WRONG, 0, "" },
  { "SEC-33-accept-cut-refused", NO_OFFER,
    UPGRADE CONNECTION "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo\n",
    WSC_FAULT_ACCEPT_WRONG, 0, "" },
  { "SEC-33-accept-with-tail-refused", NO_OFFER,
    UPGRADE CONNECTION "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=x\n",
    WSC_FAULT_ACCEPT_WRONG, 0, "" },
  { "SEC-33-key-sent-back-refused", NO_OFFER, UPGRADE CONNECTION "Sec-WebSocket-Accept: " KEY "\n", WSC_FAULT_ACCEPT_WRONG, 0, "" },
  { "WS-57-SEC-44-length-ignored", NO_OFFER, GOOD "Content-Length: 3\n", WSC_FAULT_NONE, -1, "" },
  { "WS-57-SEC-44-chunks-ignored", NO_OFFER, GOOD "Transfer-Encoding: chunked\nContent-Length: x\n", WSC_FAULT_NONE, -1, "" },

  { "WIN-C-13-first-subprotocol", { { "chat", "mqtt" }, { NULL } }, GOOD "Sec-WebSocket-Protocol: chat\n", WSC_FAULT_NONE, 0, "" },
  { "WIN-C-13-second-subprotocol", { { "chat", "mqtt" }, { NULL } }, GOOD "Sec-WebSocket-Protocol: mqtt\n", WSC_FAULT_NONE, 1, "" },
  { "WS-50-WIN-C-12-SEC-35-subprotocol-not-offered-refused", { { "chat" }, { NULL } }, GOOD "Sec-WebSocket-Protocol: mqtt\n",
    WSC_FAULT_ANSWER_PROTOCOL_NOT_OFFERED, 0, "" },
  { "WS-50-subprotocol-in-other-case-refused", { { "chat" }, { NULL } }, GOOD "Sec-WebSocket-Protocol: Chat\n",
    WSC_FAULT_ANSWER_PROTOCOL_NOT_OFFERED, 0, "" },
  { "WS-50-subprotocol-though-none-was-offered-refused", NO_OFFER, GOOD "Sec-WebSocket-Protocol: chat\n",
    WSC_FAULT_ANSWER_PROTOCOL_NOT_OFFERED, 0, "" },
  { "WS-51-WIN-C-16-two-protocol-headers-refused", { { "chat", "mqtt" }, { NULL } },
    GOOD "Sec-WebSocket-Protocol: chat\nSec-WebSocket-Protocol: mqtt\n",
    WSC_FAULT_ANSWER_PROTOCOL_MALFORMED, 0, "" },
  { "WS-51-WIN-C-16-list-of-two-refused", { { "chat", "mqtt" }, { NULL } }, GOOD "Sec-WebSocket-Protocol: chat, mqtt\n",
    WSC_FAULT_ANSWER_PROTOCOL_MALFORMED, 0, "" },
  { "WS-51-empty-protocol-refused", { { "chat" }, { NULL } }, GOOD "Sec-WebSocket-Protocol: \n", WSC_FAULT_ANSWER_PROTOCOL_MALFORMED, 0,
    "" },

  { "WIN-C-13-extension-index", { { NULL }, { "foo", "bar; a" } }, GOOD "Sec-WebSocket-Extensions: bar; b=1\n", WSC_FAULT_NONE, -1, "1" },
  { "WS-208-order-is-that-of-the-answer", { { NULL }, { "foo", "bar", "baz" } }, GOOD "Sec-WebSocket-Extensions: baz, foo\n",
    WSC_FAULT_NONE, -1, "20" },
  { "WS-48-several-extension-headers-are-one-list", { { NULL }, { "foo", "bar" } },
    GOOD "Sec-WebSocket-Extensions: bar\nSec-WebSocket-Extensions: foo\n", WSC_FAULT_NONE, -1,
    "10" },
  { "WS-211-alternative-of-the-same-parameters", { { NULL }, { "foo; a=1", "foo; a=2" } }, GOOD "Sec-WebSocket-Extensions: foo; a=2\n",
    WSC_FAULT_NONE, -1, "1" },
  { "WS-211-alternative-by-name-is-the-first", { { NULL }, { "foo; a=1", "foo; a=2" } }, GOOD "Sec-WebSocket-Extensions: foo; a=3\n",
    WSC_FAULT_NONE, -1, "0" },
  { "empty-extension-header-is-none", { { NULL }, { "foo" } }, GOOD "Sec-WebSocket-Extensions: \n", WSC_FAULT_NONE, -1, "" },
  { "WS-46-WIN-C-12-SEC-35-extension-not-offered-refused", { { NULL }, { "foo" } }, GOOD "Sec-WebSocket-Extensions: foo, bar\n",
    WSC_FAULT_ANSWER_EXTENSION_NOT_OFFERED, 0, "" },
  { "WS-46-extension-though-none-was-offered-refused", NO_OFFER, GOOD "Sec-WebSocket-Extensions: permessage-deflate\n",
    WSC_FAULT_ANSWER_EXTENSION_NOT_OFFERED, 0, "" },
  { "WS-46-SEC-35-extension-twice-refused", { { NULL }, { "foo; a=1", "foo; a=2" } },
    GOOD "Sec-WebSocket-Extensions: foo; a=1, foo; a=2\n",
    WSC_FAULT_ANSWER_EXTENSION_TWICE, 0, "" },
  { "WS-49-malformed-extensions-refused", { { NULL }, { "foo" } }, GOOD "Sec-WebSocket-Extensions: foo; =1\n",
    WSC_FAULT_EXTENSIONS_MALFORMED, 0, "" },
  { "WS-254-too-many-extensions-refused", { { NULL }, { "a", "b", "c", "d", "e" } }, GOOD "Sec-WebSocket-Extensions: a, b, c, d, e\n",
    WSC_FAULT_TOO_MANY_EXTENSIONS, 0, "" },
  { "WS-254-too-many-parameters-refused", { { NULL }, { "a" } }, GOOD "Sec-WebSocket-Extensions: a; b; c; d\n",
    WSC_FAULT_TOO_MANY_PARAMETERS, 0, "" },
};

static WscHandshakeState *
begin (const WscOptions *options,
       const OfferTexts *texts)
{
  WscHandshakeState *state = NULL;
  const WscHeader *headers;
  size_t n_headers;
  Offer offer = { .offer = { 0 } };
  WscFault fault;

  fill_offer (&offer, texts, "");
  fault = wsc_client_handshake_begin (&state, options, &host, &offer.offer, &headers, &n_headers);
  if (fault != WSC_FAULT_NONE)
    abort ();
  return state;
}

static bool
is_selected (const WscSelection *selection,
             const EndCase      *expected)
{
  if (selection->subprotocol != expected->subprotocol ||
      selection->n_extensions != strlen (expected->extensions))
    return false;

  for (size_t i = 0; i < selection->n_extensions; i++)
    {
      if (selection->extensions[i] != (uint32_t) (expected->extensions[i] - '0'))
        return false;
    }
  return true;
}

static void
play_end (const EndCase    *row,
          const WscOptions *options,
          const char       *mode)
{
  HeaderLines response = header_lines (row->response);
  WscHandshakeState *state = begin (options, &row->offer);
  uint32_t indices[MAX_OFFERS] = { 77 };
  WscSelection selection = { .subprotocol = 77, .extensions = indices, .capacity = MAX_OFFERS,
                             .n_extensions = 77 };
  WscFrameAllowance allowed = { 9, 9, 0 };
  WscFault fault = wsc_client_handshake_end (state, options, response.at, response.n, &selection,
                                             &allowed);
  bool is_right = fault == row->fault;

  if (row->fault != WSC_FAULT_NONE)
    is_right = is_right && selection.subprotocol == 77 && selection.n_extensions == 77 &&
               indices[0] == 77 && allowed.rsv == 9;
  else
    is_right = is_right && is_selected (&selection, row) &&
               allowed.rsv == (row->extensions[0] != '\0' ? 0x70 : 0) &&
               allowed.opcodes == (row->extensions[0] != '\0');
  tap_point (is_right, "/core/client-handshake/end-%s/%s", mode, row->name);
  if (fault != row->fault)
    tap_diag ("was %s, expected %s", wsc_fault_get_name (fault), wsc_fault_get_name (row->fault));
  wsc_handshake_state_free (state);
}

static void
test_end (void)
{
  static const WscOptions windows_limited = { .role = WSC_ROLE_CLIENT, .head = &limits };

  for (size_t i = 0; i < sizeof end_cases / sizeof end_cases[0]; i++)
    {
      play_end (&end_cases[i], &automatic, "automatic");
      play_end (&end_cases[i], &windows_limited, "windows");
    }
}

static void
test_selection (void)
{
  static const OfferTexts offer = { { "chat" }, { "foo", "bar" } };
  HeaderLines response = header_lines (GOOD "Sec-WebSocket-Extensions: bar\n"
                                       "Sec-WebSocket-Protocol: chat\n");
  WscHandshakeState *state = begin (&windows, &offer);
  uint32_t indices[2] = { 77, 77 };
  WscSelection small = { .subprotocol = 77, .extensions = indices, .capacity = 1,
                         .n_extensions = 77 };
  WscFrameAllowance allowed = { 0, 0, 0 };
  WscFault fault = wsc_client_handshake_end (state, &windows, response.at, response.n, &small,
                                             &allowed);

  tap_point (fault == WSC_FAULT_SELECTION_TOO_SMALL && indices[0] == 77 &&
             small.n_extensions == 77 && small.subprotocol == 77 && allowed.rsv == 0,
             "/core/client-handshake/selection/WIN-C-15-too-small-refused-and-nothing-written");

  small.capacity = 2;
  fault = wsc_client_handshake_end (state, &windows, response.at, response.n, &small, &allowed);
  tap_point (fault == WSC_FAULT_NONE && indices[0] == 1 && indices[1] == 77 &&
             small.n_extensions == 1,
             "/core/client-handshake/selection/WIN-C-15-room-for-the-offer-suffices");

  fault = wsc_client_handshake_end (state, &windows, response.at, response.n, NULL, &allowed);
  tap_point (fault == WSC_FAULT_NONE && allowed.rsv == 0x70,
             "/core/client-handshake/selection/WIN-C-14-not-requested");
  wsc_handshake_state_free (state);
}

static void
test_lifetime (void)
{
  char *protocol = memcpy (malloc (4), "chat", 4);
  const WscBytes subprotocols[] = { { (const uint8_t *) protocol, 4 } };
  const WscOffer offer = { .subprotocols = subprotocols, .n_subprotocols = 1 };
  HeaderLines response = header_lines (GOOD "Sec-WebSocket-Protocol: chat\n");
  WscHandshakeState *state;
  const WscHeader *headers;
  size_t n_headers;
  WscSelection selection = { .subprotocol = 77 };
  WscFrameAllowance allowed;
  WscFault fault = wsc_client_handshake_begin (&state, &windows, &host, &offer, &headers,
                                               &n_headers);

  memset (protocol, 'x', 4);
  free (protocol);
  tap_point (fault == WSC_FAULT_NONE && headers_are (headers, n_headers,
                                                     OUR_FOUR "Sec-WebSocket-Protocol: chat\n") &&
             wsc_client_handshake_end (state, &windows, response.at, response.n, &selection,
                                       &allowed) == WSC_FAULT_NONE &&
             selection.subprotocol == 0 &&
             headers_are (headers, n_headers, OUR_FOUR "Sec-WebSocket-Protocol: chat\n"),
             "/core/client-handshake/lifetime/WIN-C-07-headers-outlive-the-offer");
  wsc_handshake_state_free (state);
}

static void
test_status (void)
{
  unsigned n_taken = 0;

  for (unsigned status = 100; status < 1000; status++)
    n_taken += wsc_response_status_check (status) == WSC_FAULT_NONE;
  tap_point (n_taken == 1 && wsc_response_status_check (101) == WSC_FAULT_NONE &&
             wsc_response_status_check (200) == WSC_FAULT_STATUS_NOT_101,
             "/core/client-handshake/status/WS-34-SEC-34-101-and-no-other");
}

/* The errors that RFC 6455 names, and the values of websocket.h. */
static const struct
{
  const char *name;
  WscFault fault;
  WscFaultError error;
  uint32_t hresult;
} error_cases[] = {
  { "WS-34-status", WSC_FAULT_STATUS_NOT_101, WSC_ERROR_HANDSHAKE, 0x83760002 },
  { "WS-39-status-line", WSC_FAULT_STATUS_LINE_MALFORMED, WSC_ERROR_HANDSHAKE, 0x83760002 },
  { "buffer-without-memory", WSC_FAULT_BUFFER_WITHOUT_MEMORY, WSC_ERROR_INVALID_ARGUMENT, 0x80070057 },
  { "WS-40-upgrade", WSC_FAULT_UPGRADE_MISSING, WSC_ERROR_INVALID_FORMAT, 0x83760002 },
  { "WS-43-accept", WSC_FAULT_ACCEPT_WRONG, WSC_ERROR_INVALID_FORMAT, 0x83760002 },
  { "WS-46-WIN-C-12-extension", WSC_FAULT_ANSWER_EXTENSION_NOT_OFFERED, WSC_ERROR_EXTENSION_NOT_SUPPORTED, 0x83760003 },
  { "WS-46-extension-twice", WSC_FAULT_ANSWER_EXTENSION_TWICE, WSC_ERROR_EXTENSION_NOT_SUPPORTED, 0x83760003 },
  { "WS-49-extension-syntax", WSC_FAULT_EXTENSIONS_MALFORMED, WSC_ERROR_INVALID_FORMAT, 0x83760002 },
  { "WS-50-WIN-C-12-subprotocol", WSC_FAULT_ANSWER_PROTOCOL_NOT_OFFERED, WSC_ERROR_SUBPROTOCOL_NOT_SUPPORTED, 0x83760004 },
  { "WS-51-protocol-header", WSC_FAULT_ANSWER_PROTOCOL_MALFORMED, WSC_ERROR_INVALID_FORMAT, 0x83760002 },
  { "WS-29-token", WSC_FAULT_PROTOCOL_NOT_TOKEN, WSC_ERROR_INVALID_ARGUMENT, 0x80070057 },
  { "WS-33-reserved", WSC_FAULT_HEADER_RESERVED, WSC_ERROR_INVALID_ARGUMENT, 0x80070057 },
};

static void
test_errors (void)
{
  for (size_t i = 0; i < sizeof error_cases / sizeof error_cases[0]; i++)
    tap_point (wsc_fault_get_error (error_cases[i].fault) == error_cases[i].error &&
               wsc_fault_get_hresult (error_cases[i].fault) == error_cases[i].hresult &&
               wsc_fault_get_close_code (error_cases[i].fault) == 0,
               "/core/client-handshake/error/%s", error_cases[i].name);
}

int
main (void)
{
  test_begin ();
  test_end ();
  test_selection ();
  test_lifetime ();
  test_status ();
  test_errors ();
  return tap_end ();
}
