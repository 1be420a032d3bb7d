/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/handshake/server-handshake.h"

#include "core/handshake/client-handshake.h"
#include "core/handshake/http-head.h"
#include "header-lines.h"
#include "lib/tap.h"

static const WscHeadLimits limits = {
  .max_size = 4096, .max_line = 1024, .max_fields = 20, .max_protocols = 3, .max_extensions = 4,
  .max_parameters = 2,
};
static const WscOptions options = { .role = WSC_ROLE_SERVER, .mode = WSC_MODE_AUTOMATIC,
                                    .head = &limits };

#define HOST "Host: server.example.com\n"
#define UPGRADE "Upgrade: websocket\n"
#define CONNECTION "Connection: Upgrade\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
#define VERSION "Sec-WebSocket-Version: 13\n"
#define GOOD HOST UPGRADE CONNECTION KEY VERSION
#define BUT_KEY HOST UPGRADE CONNECTION VERSION
#define BUT_VERSION HOST UPGRADE CONNECTION KEY
#define BUT_HOST UPGRADE CONNECTION KEY VERSION

typedef struct
{
  const char *name, *request;
  WscFault fault;
} RequestCase;

static const RequestCase request_cases[] = {
  { "WIN-V-01-five-headers-suffice", GOOD, WSC_FAULT_NONE },
  { "WS-64-WIN-V-01-host-may-be-empty", BUT_HOST "Host: \n", WSC_FAULT_NONE },
  { "WS-53-names-and-tokens-in-any-case",
    "HOST: a\nupgrade: WEBSOCKET\nCONNECTION: UPGRADE\nSEC-WEBSOCKET-VERSION: 13\n"
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\n", WSC_FAULT_NONE },
  { "WS-66-websocket-among-others", HOST "Upgrade: foo/2, WebSocket\n" CONNECTION KEY VERSION, WSC_FAULT_NONE },
  { "WS-66-websocket-in-a-second-header", HOST "Upgrade: foo\n" UPGRADE CONNECTION KEY VERSION, WSC_FAULT_NONE },
  { "WS-67-WIN-V-04-connection-of-firefox", HOST UPGRADE "Connection: keep-alive, Upgrade\n" KEY VERSION, WSC_FAULT_NONE },
  { "WS-77-WIN-V-05-unknown-headers", GOOD "X-Other: a\nX-Other: b\nCookie: c=d\n", WSC_FAULT_NONE },
  { "WS-71-origin", GOOD "Origin: http://example.com\n", WSC_FAULT_NONE },
  { "WS-78-length-0", GOOD "Content-Length: 0\n", WSC_FAULT_NONE },
  { "WS-68-pad-bits-of-key-set", BUT_KEY "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==\n", WSC_FAULT_NONE },
  { "WIN-V-08-all-zero-nonce", BUT_KEY "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n", WSC_FAULT_NONE },
  { "WS-87-blanks-around-key", BUT_KEY "Sec-WebSocket-Key:  \tdGhlIHNhbXBsZSBub25jZQ==\t\n", WSC_FAULT_NONE },
  { "WS-69-blanks-around-version", BUT_VERSION "Sec-WebSocket-Version:  13 \n", WSC_FAULT_NONE },

  { "WIN-V-03-no-headers-refused", "", WSC_FAULT_HEADERS_MISSING },
  { "WS-65-plain-request-is-not-websocket", HOST "Accept: */*\nConnection: keep-alive\n", WSC_FAULT_NOT_WEBSOCKET },
  { "WS-65-websocket-headers-without-upgrade", HOST CONNECTION KEY VERSION, WSC_FAULT_UPGRADE_MISSING },
  { "WS-65-upgrade-without-websocket-headers", HOST UPGRADE CONNECTION, WSC_FAULT_VERSION_MISSING },

  { "WS-63-WIN-V-02-host-missing-refused", BUT_HOST, WSC_FAULT_HOST_MISSING },
  { "WIN-V-02-WIN-V-14-upgrade-missing-refused-without-answer", HOST CONNECTION KEY VERSION, WSC_FAULT_UPGRADE_MISSING },
  { "WS-67-WIN-V-02-connection-missing-refused", HOST UPGRADE KEY VERSION, WSC_FAULT_CONNECTION_MISSING },
  { "WS-68-WIN-V-02-key-missing-refused", BUT_KEY, WSC_FAULT_KEY_MISSING },
  { "WIN-V-02-version-missing-refused", BUT_VERSION, WSC_FAULT_VERSION_MISSING },

  { "WS-63-WIN-V-06-SEC-7-host-repeated-refused", GOOD HOST, WSC_FAULT_HOST_REPEATED },
  { "SEC-7-host-malformed-refused", BUT_HOST "Host: user@server\n", WSC_FAULT_HOST_MALFORMED },
  { "SEC-7-host-with-path-refused", BUT_HOST "Host: server/path\n", WSC_FAULT_HOST_MALFORMED },
  { "SEC-8-upgrade-word-inside-another-refused", HOST "Upgrade: notwebsocketx\n" CONNECTION KEY VERSION,
    WSC_FAULT_UPGRADE_WITHOUT_WEBSOCKET },
  { "WS-66-upgrade-malformed-refused", HOST "Upgrade: websocket, a b\n" CONNECTION KEY VERSION, WSC_FAULT_UPGRADE_WITHOUT_WEBSOCKET },
  { "WS-66-upgrade-empty-refused", HOST "Upgrade: \n" CONNECTION KEY VERSION, WSC_FAULT_UPGRADE_WITHOUT_WEBSOCKET },
  { "WS-67-WIN-V-04-connection-without-upgrade-refused", HOST UPGRADE "Connection: keep-alive\n" KEY VERSION,
    WSC_FAULT_CONNECTION_WITHOUT_UPGRADE },
  { "SEC-8-connection-word-inside-another-refused", HOST UPGRADE "Connection: upgrader\n" KEY VERSION,
    WSC_FAULT_CONNECTION_WITHOUT_UPGRADE },
  { "WS-68-WIN-V-06-SEC-3-key-repeated-refused", GOOD KEY, WSC_FAULT_KEY_REPEATED },
  { "WS-68-SEC-4-key-not-base64-refused", BUT_KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==\n", WSC_FAULT_KEY_NOT_16_BYTES },
  { "WS-68-key-of-15-bytes-refused", BUT_KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\n", WSC_FAULT_KEY_NOT_16_BYTES },
  { "WS-68-key-empty-refused", BUT_KEY "Sec-WebSocket-Key: \n", WSC_FAULT_KEY_NOT_16_BYTES },
  { "WS-70-WIN-V-06-SEC-3-version-repeated-refused", GOOD VERSION, WSC_FAULT_VERSION_REPEATED },
  { "WS-69-WIN-V-07-version-8-refused", BUT_VERSION "Sec-WebSocket-Version: 8\n", WSC_FAULT_VERSION_NOT_13 },
  { "WS-69-version-7-refused", BUT_VERSION "Sec-WebSocket-Version: 7\n", WSC_FAULT_VERSION_NOT_13 },
  { "WS-69-version-0-refused", BUT_VERSION "Sec-WebSocket-Version: 0\n", WSC_FAULT_VERSION_NOT_13 },
  { "WS-69-SEC-2-version-with-leading-zero-refused", BUT_VERSION "Sec-WebSocket-Version: 013\n", WSC_FAULT_VERSION_NOT_13 },
  { "SEC-2-version-that-wraps-refused", BUT_VERSION "Sec-WebSocket-Version: 4294967309\n", WSC_FAULT_VERSION_NOT_13 },
  { "WS-69-version-list-refused", BUT_VERSION "Sec-WebSocket-Version: 13, 8\n", WSC_FAULT_VERSION_NOT_13 },
  { "WS-69-version-empty-refused", BUT_VERSION "Sec-WebSocket-Version: \n", WSC_FAULT_VERSION_NOT_13 },
  { "WS-73-origin-repeated-refused", GOOD "Origin: null\nOrigin: null\n", WSC_FAULT_ORIGIN_REPEATED },
  { "WS-78-SEC-9-body-refused", GOOD "Content-Length: 5\n", WSC_FAULT_BODY_ANNOUNCED },
  { "WS-78-SEC-10-chunks-refused", GOOD "Transfer-Encoding: chunked\n", WSC_FAULT_BODY_ANNOUNCED },
  { "SEC-10-two-lengths-refused", GOOD "Content-Length: 0\nContent-Length: 5\n", WSC_FAULT_BODY_ANNOUNCED },

  { "WS-74-subprotocols", GOOD "Sec-WebSocket-Protocol: chat, superchat\n", WSC_FAULT_NONE },
  { "WS-74-empty-elements-are-skipped", GOOD "Sec-WebSocket-Protocol: , chat,,superchat,\n", WSC_FAULT_NONE },
  { "WS-75-subprotocols-in-several-headers", GOOD "Sec-WebSocket-Protocol: a\nSec-WebSocket-Protocol: b, c\n", WSC_FAULT_NONE },
  { "WS-74-subprotocols-in-other-case-differ", GOOD "Sec-WebSocket-Protocol: a, A\n", WSC_FAULT_NONE },
  { "WS-74-WIN-V-12-subprotocol-malformed-refused", GOOD "Sec-WebSocket-Protocol: chat, a/b\n", WSC_FAULT_PROTOCOLS_MALFORMED },
  { "WS-74-WIN-V-12-subprotocol-repeated-refused", GOOD "Sec-WebSocket-Protocol: a, b, a\n", WSC_FAULT_PROTOCOL_REPEATED },
  { "WS-75-subprotocol-repeated-in-another-header-refused", GOOD "Sec-WebSocket-Protocol: a\nSec-WebSocket-Protocol: a\n",
    WSC_FAULT_PROTOCOL_REPEATED },
  { "WS-254-too-many-subprotocols-refused", GOOD "Sec-WebSocket-Protocol: a, b\nSec-WebSocket-Protocol: c, d\n",
    WSC_FAULT_TOO_MANY_PROTOCOLS },

  { "WS-76-unknown-extensions", GOOD "Sec-WebSocket-Extensions: foo; a=1, permessage-deflate\n", WSC_FAULT_NONE },
  { "WS-76-extensions-in-several-headers", GOOD "Sec-WebSocket-Extensions: foo\nSec-WebSocket-Extensions: bar\n", WSC_FAULT_NONE },
  { "WS-211-extension-with-other-parameters", GOOD "Sec-WebSocket-Extensions: foo; a=1, foo; a=2, foo\n", WSC_FAULT_NONE },
  { "WS-76-WIN-V-12-extensions-malformed-refused", GOOD "Sec-WebSocket-Extensions: foo; a=\"x\n", WSC_FAULT_EXTENSIONS_MALFORMED },
  { "WIN-V-12-same-offer-twice-refused", GOOD "Sec-WebSocket-Extensions: foo; a=1\nSec-WebSocket-Extensions: foo;a=\"1\"\n",
    WSC_FAULT_EXTENSION_REPEATED },
  { "WS-254-SEC-22-too-many-extensions-refused", GOOD "Sec-WebSocket-Extensions: a, b, c, d, e\n", WSC_FAULT_TOO_MANY_EXTENSIONS },
  { "WS-254-too-many-parameters-refused", GOOD "Sec-WebSocket-Extensions: a; b; c; d\n", WSC_FAULT_TOO_MANY_PARAMETERS },
};

static void
test_requests (void)
{
  for (size_t i = 0; i < sizeof request_cases / sizeof request_cases[0]; i++)
    {
      HeaderLines request = header_lines (request_cases[i].request);
      WscHandshakeState *state = NULL;
      const WscHeader *headers = NULL;
      size_t n_headers = 77;
      WscFrameAllowance allowed = { 9, 9, 0 };
      WscFault check = wsc_server_handshake_check (&options, request.at, request.n);
      WscFault fault = wsc_server_handshake_begin (&state, &options, NULL, request.at, request.n,
                                                   &headers, &n_headers, &allowed);
      bool is_refused = request_cases[i].fault != WSC_FAULT_NONE;

      tap_point (fault == request_cases[i].fault && (state == NULL) == is_refused &&
                 (n_headers == 77) == is_refused &&
                 (allowed.rsv == 9) == is_refused, "/core/server-handshake/begin/%s",
                 request_cases[i].name);
      tap_point (check == request_cases[i].fault, "/core/server-handshake/check/%s",
                 request_cases[i].name);
      if (fault != request_cases[i].fault)
        tap_diag ("received %s", wsc_fault_get_name (fault));
      wsc_handshake_state_free (state);
    }
}

#define OFFER GOOD "Sec-WebSocket-Protocol: chat\nSec-WebSocket-Protocol: v2.chat\n" \
  "Sec-WebSocket-Extensions: foo; a=1, bar, foo\n"
#define ANSWER UPGRADE CONNECTION "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n"

static const struct
{
  const char *name, *request, *subprotocol, *extensions[3];
  WscFault fault;
  const char *headers;
} choice_cases[] = {
  { "WS-86-WS-87-WIN-V-08-our-headers-once", GOOD, NULL, { NULL }, WSC_FAULT_NONE, ANSWER },
  { "WS-87-WIN-V-08-all-zero-nonce", BUT_KEY "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n", NULL, { NULL }, WSC_FAULT_NONE,
    UPGRADE CONNECTION "Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\n" },
  { "WS-87-key-is-trimmed", BUT_KEY "Sec-WebSocket-Key: \t dGhlIHNhbXBsZSBub25jZQ== \n", NULL, { NULL }, WSC_FAULT_NONE, ANSWER },
  { "WS-94-request-is-not-echoed", GOOD "Cookie: a\nContent-Length: 0\nOrigin: b\n", NULL, { NULL }, WSC_FAULT_NONE, ANSWER },
  { "WS-89-WS-76-WIN-V-09-nothing-chosen", OFFER, NULL, { NULL }, WSC_FAULT_NONE, ANSWER },
  { "WS-89-empty-subprotocol-is-none", OFFER, "", { NULL }, WSC_FAULT_NONE, ANSWER },
  { "WS-88-WIN-V-10-subprotocol-is-echoed", OFFER, "v2.chat", { NULL }, WSC_FAULT_NONE, ANSWER "Sec-WebSocket-Protocol: v2.chat\n" },
  { "WS-91-extensions-in-order-of-choice", OFFER, "chat", { "bar; x=\"1\"", "foo" }, WSC_FAULT_NONE,
    ANSWER "Sec-WebSocket-Protocol: chat\nSec-WebSocket-Extensions: bar; x=\"1\", foo\n" },

  { "WS-88-WIN-V-10-subprotocol-not-offered-refused", OFFER, "mqtt", { NULL }, WSC_FAULT_CHOSEN_PROTOCOL_NOT_OFFERED, "" },
  { "WS-88-subprotocol-in-other-case-refused", OFFER, "Chat", { NULL }, WSC_FAULT_CHOSEN_PROTOCOL_NOT_OFFERED, "" },
  { "WS-88-subprotocol-though-none-offered-refused", GOOD, "chat", { NULL }, WSC_FAULT_CHOSEN_PROTOCOL_NOT_OFFERED, "" },
  { "WS-88-whole-list-as-subprotocol-refused", GOOD "Sec-WebSocket-Protocol: a, b\n", "a, b", { NULL },
    WSC_FAULT_CHOSEN_PROTOCOL_NOT_OFFERED, "" },
  { "SEC-14-subprotocol-with-line-feed-refused", OFFER, "chat\r\nX: y", { NULL }, WSC_FAULT_CHOSEN_PROTOCOL_NOT_OFFERED, "" },
  { "WS-91-WS-209-WIN-V-11-extension-not-offered-refused", OFFER, NULL, { "baz" }, WSC_FAULT_CHOSEN_EXTENSION_NOT_OFFERED, "" },
  { "WS-209-extension-though-none-offered-refused", GOOD, NULL, { "foo" }, WSC_FAULT_CHOSEN_EXTENSION_NOT_OFFERED, "" },
  { "WS-91-extension-malformed-refused", OFFER, NULL, { "foo; a=" }, WSC_FAULT_CHOSEN_EXTENSION_MALFORMED, "" },
  { "WS-91-extension-list-refused", OFFER, NULL, { "foo, bar" }, WSC_FAULT_CHOSEN_EXTENSION_MALFORMED, "" },
  { "SEC-14-extension-with-line-feed-refused", OFFER, NULL, { "foo\r\nX: y" }, WSC_FAULT_CHOSEN_EXTENSION_MALFORMED, "" },
  { "WS-208-extension-chosen-twice-refused", OFFER, NULL, { "foo", "foo; a=1" }, WSC_FAULT_CHOSEN_EXTENSION_TWICE, "" },
};

static void
test_choices (void)
{
  for (size_t i = 0; i < sizeof choice_cases / sizeof choice_cases[0]; i++)
    {
      HeaderLines request = header_lines (choice_cases[i].request);
      WscBytes extensions[3];
      WscChoice choice = { .extensions = extensions };
      WscHandshakeState *state = NULL;
      const WscHeader *headers = NULL;
      size_t n_headers = 0;
      WscFrameAllowance allowed = { 9, 9, 0 }, expected = { 9, 9, 0 };
      WscFault fault;

      if (choice_cases[i].subprotocol != NULL)
        choice.subprotocol = wsc_text (choice_cases[i].subprotocol);
      for (size_t j = 0; j < 3 && choice_cases[i].extensions[j] != NULL; j++)
        {
          extensions[j] = wsc_text (choice_cases[i].extensions[j]);
          choice.n_extensions++;
        }
      if (choice_cases[i].fault == WSC_FAULT_NONE)
        expected = wsc_frame_allowance_for (choice.n_extensions);
      fault = wsc_server_handshake_begin (&state, &options, &choice, request.at, request.n,
                                          &headers, &n_headers, &allowed);
      tap_point (fault == choice_cases[i].fault &&
                 headers_are (headers, n_headers, choice_cases[i].headers) &&
                 allowed.rsv == expected.rsv && allowed.opcodes == expected.opcodes,
                 "/core/server-handshake/choice/%s", choice_cases[i].name);
      if (fault != choice_cases[i].fault)
        tap_diag ("received %s", wsc_fault_get_name (fault));
      wsc_handshake_state_free (state);
    }
}

static const struct
{
  const char *name, *method, *target, *version;
  WscFault fault;
} line_cases[] = {
  { "path", "GET", "/chat", "HTTP/1.1", WSC_FAULT_NONE },
  { "WS-62-absolute", "GET", "http://host/path", "HTTP/1.1", WSC_FAULT_NONE },
  { "SEC-16-dots-and-escapes-pass-as-they-are", "GET", "/../..%2e%2e/%00?a=/../", "HTTP/1.1", WSC_FAULT_NONE },
  { "WS-60-SEC-5-post-refused", "POST", "/", "HTTP/1.1", WSC_FAULT_METHOD_NOT_GET },
  { "WS-60-get-in-lower-case-refused", "get", "/", "HTTP/1.1", WSC_FAULT_METHOD_NOT_GET },
  { "WS-60-longer-method-refused", "GETS", "/", "HTTP/1.1", WSC_FAULT_METHOD_NOT_GET },
  { "WS-61-SEC-6-http-1-0-refused", "GET", "/", "HTTP/1.0", WSC_FAULT_REQUEST_NOT_HTTP_1_1 },
  { "WS-61-SEC-6-http-0-9-refused", "GET", "/", "HTTP/0.9", WSC_FAULT_REQUEST_NOT_HTTP_1_1 },
  { "SEC-6-SEC-31-http-2-preface-refused", "PRI", "*", "HTTP/2.0", WSC_FAULT_REQUEST_NOT_HTTP_1_1 },
  { "SEC-15-asterisk-refused", "GET", "*", "HTTP/1.1", WSC_FAULT_TARGET_MALFORMED },
  { "SEC-15-fragment-refused", "GET", "/a#b", "HTTP/1.1", WSC_FAULT_TARGET_MALFORMED },
  { "SEC-15-fragment-of-absolute-refused", "GET", "http://h/#b", "HTTP/1.1", WSC_FAULT_TARGET_MALFORMED },
  { "SEC-15-empty-refused", "GET", "", "HTTP/1.1", WSC_FAULT_TARGET_MALFORMED },
  { "SEC-15-blank-refused", "GET", "/a b", "HTTP/1.1", WSC_FAULT_TARGET_MALFORMED },
  { "SEC-14-SEC-15-line-feed-refused", "GET", "/\r\nX: y", "HTTP/1.1", WSC_FAULT_TARGET_MALFORMED },
  { "SEC-15-not-ascii-refused", "GET", "/caf\xc3\xa9", "HTTP/1.1", WSC_FAULT_TARGET_MALFORMED },
  { "SEC-15-delete-refused", "GET", "/\x7f", "HTTP/1.1", WSC_FAULT_TARGET_MALFORMED },
  { "relative-refused", "GET", "chat", "HTTP/1.1", WSC_FAULT_TARGET_MALFORMED },
  { "authority-alone-refused", "GET", "host:80", "HTTP/1.1", WSC_FAULT_TARGET_MALFORMED },
  { "other-scheme-refused", "GET", "file:///etc/passwd", "HTTP/1.1", WSC_FAULT_TARGET_MALFORMED },
  { "absolute-without-host-refused", "GET", "http:///path", "HTTP/1.1", WSC_FAULT_TARGET_MALFORMED },
  { "absolute-with-user-refused", "GET", "http://a@b/", "HTTP/1.1", WSC_FAULT_TARGET_MALFORMED },
};

static void
test_lines (void)
{
  for (size_t i = 0; i < sizeof line_cases / sizeof line_cases[0]; i++)
    tap_point (wsc_request_line_check (wsc_text (line_cases[i].method),
                                       wsc_text (line_cases[i].target),
                                       wsc_text (line_cases[i].version)) == line_cases[i].fault,
               "/core/server-handshake/line/%s", line_cases[i].name);
}

/* NULL: none. */
static const struct
{
  const char *name, *target, *authority, *path, *query;
} target_cases[] = {
  { "path", "/chat", NULL, "/chat", NULL },
  { "path-and-query", "/a/b?c=d?e", NULL, "/a/b", "c=d?e" },
  { "empty-query", "/?", NULL, "/", "" },
  { "two-slashes-are-a-path", "//host/x", NULL, "//host/x", NULL },
  { "WS-62-absolute", "http://host:81/path?q", "host:81", "/path", "q" },
  { "WS-62-absolute-in-any-case", "WSS://h/", "h", "/", NULL },
  { "WS-62-absolute-without-path", "https://h", "h", "/", NULL },
  { "WS-62-absolute-with-query-alone", "ws://h?x", "h", "/", "x" },
};

static bool
part_is (WscBytes    part,
         const char *expected)
{
  return expected == NULL ? part.at == NULL : part.at != NULL && wsc_text_is (part, expected);
}

static void
test_targets (void)
{
  WscRequestTarget of_nothing;

  for (size_t i = 0; i < sizeof target_cases / sizeof target_cases[0]; i++)
    {
      WscRequestTarget parsed;
      WscFault fault = wsc_request_target_parse (wsc_text (target_cases[i].target), &parsed);

      tap_point (fault == WSC_FAULT_NONE && part_is (parsed.authority, target_cases[i].authority) &&
                 part_is (parsed.path, target_cases[i].path) &&
                 part_is (parsed.query, target_cases[i].query),
                 "/core/server-handshake/target/%s", target_cases[i].name);
    }
  tap_point (wsc_request_target_parse ((WscBytes) { NULL, 0 }, &of_nothing)
             == WSC_FAULT_TARGET_MALFORMED, "/core/server-handshake/target/nothing-refused");
}

/* SEC-21: an element that makes a regular expression backtrack is read once. */
static void
test_blanks (void)
{
  static char value[7200];
  WscHeader request[6];
  HeaderLines good = header_lines (GOOD);

  memset (value, ' ', sizeof value);
  value[0] = 'a';
  value[sizeof value - 1] = 'b';
  memcpy (request, good.at, good.n * sizeof good.at[0]);
  request[good.n] = (WscHeader) { wsc_text ("Sec-WebSocket-Protocol"),
                                  { (uint8_t *) value, sizeof value } };
  tap_point (wsc_server_handshake_check (&options, request,
                                         good.n + 1) == WSC_FAULT_PROTOCOLS_MALFORMED,
             "/core/server-handshake/check/SEC-21-seven-thousand-blanks-refused");
}

static void
fill_zero (void    *data,
           uint8_t *to,
           size_t   n)
{
  assert (data == NULL);
  memset (to, 0, n);
}

/* The server accepts the client's headers with a Host, and the client accepts the response. */
static void
test_round_trip (void)
{
  const WscHost host = { fill_zero, NULL };
  const WscBytes protocols[] = { wsc_text ("a"), wsc_text ("b") },
                 extensions[] = { wsc_text ("foo; x=1") };
  const WscOffer offer = { .subprotocols = protocols, .n_subprotocols = 2, .extensions = extensions,
                           .n_extensions = 1 };
  const WscChoice choice = {
    .subprotocol = protocols[1], .extensions = extensions, .n_extensions = 1
  };
  WscHandshakeState *client = NULL, *server = NULL;
  const WscHeader *asked, *answered;
  WscHeader request[8];
  size_t n_asked, n_answered;
  uint32_t indices[1] = { 77 };
  WscSelection selection = { .extensions = indices, .capacity = 1 };
  WscFrameAllowance of_client, of_server;
  WscFault fault = wsc_client_handshake_begin (&client, &options, &host, &offer, &asked, &n_asked);

  memcpy (request, asked, n_asked * sizeof *asked);
  request[n_asked] = (WscHeader) { wsc_text ("Host"), wsc_text ("") };
  if (fault == WSC_FAULT_NONE)
    fault = wsc_server_handshake_begin (&server, &options, &choice, request, n_asked + 1, &answered,
                                        &n_answered, &of_server);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_client_handshake_end (client, &options, answered, n_answered, &selection,
                                      &of_client);
  tap_point (fault == WSC_FAULT_NONE && selection.subprotocol == 1 && selection.n_extensions == 1 &&
             indices[0] == 0 &&
             memcmp (&of_client, &of_server, sizeof of_client) == 0,
             "/core/server-handshake/round-trip/WIN-C-04-each-side-takes-the-other");
  wsc_handshake_state_free (client);
  wsc_handshake_state_free (server);
}

static void
test_answer_line (void)
{
  WscHttpHead *head = wsc_http_head_new (WSC_HEAD_RESPONSE, NULL);
  size_t used;

  tap_point (strcmp (WSC_ANSWER_LINE, "HTTP/1.1 101 Switching Protocols") == 0 &&
             wsc_http_head_take (head, wsc_text (WSC_ANSWER_LINE "\r\n\r\n"),
                                 &used) == WSC_FAULT_NONE &&
             wsc_response_status_check (wsc_http_head_get_status (head)) == WSC_FAULT_NONE,
             "/core/server-handshake/answer/WS-85-first-line");
  wsc_http_head_free (head);
}

/* The errors and responses that RFC 6455 names, and the values of websocket.h. */
static const struct
{
  const char *name;
  WscFault fault;
  WscFaultError error;
  uint16_t status;
  uint32_t hresult;
} answer_cases[] = {
  { "WS-60-SEC-5-method", WSC_FAULT_METHOD_NOT_GET, WSC_ERROR_INVALID_FORMAT, 405, 0x83760002 },
  { "WS-61-version-of-http", WSC_FAULT_REQUEST_NOT_HTTP_1_1, WSC_ERROR_INVALID_FORMAT, 505, 0x83760002 },
  { "SEC-15-target", WSC_FAULT_TARGET_MALFORMED, WSC_ERROR_INVALID_FORMAT, 400, 0x83760002 },
  { "WS-63-host", WSC_FAULT_HOST_MISSING, WSC_ERROR_INVALID_FORMAT, 400, 0x83760002 },
  { "WS-65-not-websocket", WSC_FAULT_NOT_WEBSOCKET, WSC_ERROR_NOT_WEBSOCKET, 426, 0x83760002 },
  { "WS-67-connection", WSC_FAULT_CONNECTION_WITHOUT_UPGRADE, WSC_ERROR_INVALID_FORMAT, 400, 0x83760002 },
  { "WS-68-key", WSC_FAULT_KEY_NOT_16_BYTES, WSC_ERROR_INVALID_FORMAT, 400, 0x83760002 },
  { "WS-69-WIN-V-07-SEC-1-version", WSC_FAULT_VERSION_NOT_13, WSC_ERROR_VERSION_NOT_SUPPORTED, 426, 0x83760005 },
  { "WS-69-WIN-V-02-version-missing", WSC_FAULT_VERSION_MISSING, WSC_ERROR_VERSION_NOT_SUPPORTED, 426, 0x83760002 },
  { "WS-70-version-repeated", WSC_FAULT_VERSION_REPEATED, WSC_ERROR_INVALID_FORMAT, 400, 0x83760002 },
  { "WS-73-origin-repeated", WSC_FAULT_ORIGIN_REPEATED, WSC_ERROR_INVALID_FORMAT, 400, 0x83760002 },
  { "WS-74-subprotocols", WSC_FAULT_PROTOCOLS_MALFORMED, WSC_ERROR_INVALID_FORMAT, 400, 0x83760002 },
  { "WS-206-extensions", WSC_FAULT_EXTENSIONS_MALFORMED, WSC_ERROR_INVALID_FORMAT, 400, 0x83760002 },
  { "WS-78-body", WSC_FAULT_BODY_ANNOUNCED, WSC_ERROR_INVALID_FORMAT, 400, 0x83760002 },
  { "WS-88-WIN-V-10-choice", WSC_FAULT_CHOSEN_PROTOCOL_NOT_OFFERED, WSC_ERROR_SUBPROTOCOL_NOT_SUPPORTED, 0, 0x83760004 },
  { "WS-91-WIN-V-11-choice", WSC_FAULT_CHOSEN_EXTENSION_NOT_OFFERED, WSC_ERROR_EXTENSION_NOT_SUPPORTED, 0, 0x83760003 },
};

static void
test_answers (void)
{
  for (size_t i = 0; i < sizeof answer_cases / sizeof answer_cases[0]; i++)
    tap_point (wsc_fault_get_error (answer_cases[i].fault) == answer_cases[i].error &&
               wsc_fault_get_http_status (answer_cases[i].fault) == answer_cases[i].status &&
               wsc_fault_get_hresult (answer_cases[i].fault) == answer_cases[i].hresult &&
               wsc_fault_get_close_code (answer_cases[i].fault) == 0,
               "/core/server-handshake/answer/WS-59-%s", answer_cases[i].name);
}

int
main (void)
{
  test_requests ();
  test_choices ();
  test_lines ();
  test_targets ();
  test_blanks ();
  test_round_trip ();
  test_answer_line ();
  test_answers ();
  return tap_end ();
}
