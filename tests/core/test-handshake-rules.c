/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/handshake/handshake-rules.h"

#include "core/handshake/mended-head.h"
#include "core/handshake/token-list.h"
#include "lib/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE "GET /chat HTTP/1.1\r\n"
#define LINE_2 "GET /chat HTTP/2\r\n"
#define HOST "Host: server.example.com\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define ORIGIN "Origin: http://example.com\r\n"
#define DEFLATE "Sec-WebSocket-Extensions: permessage-deflate"
#define FIELDS HOST UPGRADE CONNECTION KEY VERSION ORIGIN
#define REQUEST LINE FIELDS "\r\n"

#define STATUS "HTTP/1.1 101 Switching Protocols\r\n"
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define ANSWER STATUS UPGRADE CONNECTION ACCEPT "\r\n"

#define PASSED WSC_VERDICT_PASSED
#define HINT WSC_VERDICT_HINT
#define WARNING WSC_VERDICT_WARNING
#define FAILED WSC_VERDICT_FAILED
#define NOT_CHECKED WSC_VERDICT_NOT_CHECKED

static const char *const ids[WSC_N_HANDSHAKE_CHECKS] = {
  "request-head", "request-line", "host", "upgrade", "connection", "key", "version", "protocols",
  "extensions",
  "origin", "request-body", "early-data", "response-head", "status", "response-upgrade",
  "response-connection",
  "accept", "response-extensions", "response-protocol", "response-body", "response-version",
};

static const char verdict_letters[] = "phwf-";

/* The verdict of each check as a letter, in their order. */
static const struct
{
  const char *name, *request, *response, *verdicts;
} list_cases[] = {
  { "all-well", REQUEST, ANSWER, "pppppppppppppppppppp-" },
  { "http-2", LINE_2 VERSION ORIGIN "\r\n", "HTTP/2 200 \r\n\r\n", "p-----pppp-------pp--" },
  { "http-2.0", "GET /chat HTTP/2.0\r\n" VERSION ORIGIN "\r\n", "HTTP/2.0 200 \r\n\r\n", "p-----pppp-------pp--" },
  { "http-2-with-fields-of-http-1", LINE_2 FIELDS "\r\n", "HTTP/2 200 \r\n" UPGRADE "\r\n", "p-----pppp-------pp--" },
  { "http-2-with-line-feeds", "GET /chat HTTP/2\n" VERSION ORIGIN "\n", "HTTP/2 200\n\n", "f-----pppp-------pp--" },
  { "http-2-without-an-answer", LINE_2 VERSION ORIGIN "\r\n", NULL, "p-----pppp-----------" },
  { "http-2-with-a-wrong-version", LINE_2 ORIGIN "\r\n", "HTTP/2 204 \r\n\r\n", "p-----fppp-------pp--" },
  { "http-2-with-another-subprotocol", LINE_2 VERSION ORIGIN "\r\n", "HTTP/2 200 \r\nSec-WebSocket-Protocol: x\r\n\r\n",
    "p-----pppp-------pf--" },
  { "http-2-refused", LINE_2 VERSION ORIGIN "\r\n", "HTTP/2 403 \r\n\r\n", "p-----pppp---f-------" },
  { "http-2-of-the-answer-alone", REQUEST, "HTTP/2 200 \r\n\r\n", "ppppppppppppff-------" },
  { "no-answer-yet", REQUEST, NULL, "pppppppppppp---------" },
  { "answer-is-empty", REQUEST, "", "pppppppppppp---------" },
  { "request-unreadable", "GET /\r\n\r\n", ANSWER, "f-----------pppp---p-" },
  { "request-cut", LINE HOST, ANSWER, "f-----------pppp---p-" },
  { "request-with-a-fault-of-syntax", LINE "garbage\r\n" FIELDS "\r\n", ANSWER, "fppppppppppppppppppp-" },
  { "answer-unreadable", REQUEST, "HTTP/1.1 x\n\n", "ppppppppppppf--------" },
  { "answer-with-a-fault-of-syntax", REQUEST, "HTTP/1.1 101 x\n\n", "ppppppppppppfpfffppp-" },
  { "answer-of-http-1-0", REQUEST, "HTTP/1.0 101 x\r\n\r\n", "ppppppppppppfpfffppp-" },
  { "both-unreadable", "\x16\x03\x01", "\x15\x03\x01", "f-----------f--------" },
  { "every-request-rule-broken",
    "POST * HTTP/1.1\r\nHost: a b\r\nUpgrade: h2c\r\nConnection: close\r\nSec-WebSocket-Key: x\r\n"
    "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Protocol: a b\r\nSec-WebSocket-Extensions: ;\r\n"
    "Origin: a\r\nOrigin: b\r\nContent-Length: 1\r\n\r\nX",
    NULL, "pffffffffffw---------" },
  { "every-answer-rule-broken", REQUEST,
    STATUS "Upgrade: h2c\r\nConnection: close\r\nSec-WebSocket-Accept: x\r\n"
    "Sec-WebSocket-Extensions: foo\r\n"
    "Sec-WebSocket-Protocol: chat\r\nTransfer-Encoding: chunked\r\n\r\n", "ppppppppppppppfffffw-" },
  { "no-fields-at-all", LINE "\r\n", STATUS "\r\n", "ppfffffpphppppff-ppp-" },
  { "status-404", REQUEST, "HTTP/1.1 404 Not Found\r\n\r\n", "pppppppppppppf-------" },
  { "status-426-with-version", REQUEST, "HTTP/1.1 426 x\r\nSec-WebSocket-Version: 13\r\n\r\n", "pppppppppppppf------p" },
  { "status-426-without-version", REQUEST, "HTTP/1.1 426 x\r\n\r\n", "pppppppppppppf------w" },
};

static void
run (WscHandshakeCheck *checks,
     const char        *request,
     const char        *response)
{
  WscBytes none = { NULL, 0 };

  wsc_handshake_checks_run (checks, wsc_text (request),
                            response != NULL ? wsc_text (response) : none, NULL);
}

static void
test_lists (void)
{
  WscHandshakeCheck checks[WSC_N_HANDSHAKE_CHECKS];

  for (size_t i = 0; i < sizeof list_cases / sizeof list_cases[0]; i++)
    {
      char verdicts[WSC_N_HANDSHAKE_CHECKS + 1] = "";
      bool is_right = true;

      run (checks, list_cases[i].request, list_cases[i].response);
      for (size_t j = 0; j < WSC_N_HANDSHAKE_CHECKS; j++)
        {
          verdicts[j] = verdict_letters[checks[j].verdict];
          is_right = is_right && strcmp (checks[j].id, ids[j]) == 0;
        }
      tap_point (is_right && strcmp (verdicts, list_cases[i].verdicts) == 0,
                 "/core/handshake-rules/list/%s", list_cases[i].name);
      if (strcmp (verdicts, list_cases[i].verdicts) != 0)
        tap_diag ("received %s", verdicts);
    }
}

/* text: a part of it. */
static const struct
{
  const char *name, *request, *response, *id;
  WscVerdict verdict;
  WscFault fault;
  const char *text;
} check_cases[] = {
  { "passed-says-what-was-received", REQUEST, NULL, "upgrade", PASSED, WSC_FAULT_NONE,
    "Upgrade must contain \"websocket\"; received \"websocket\"." },
  { "head-says-how-much", REQUEST, NULL, "request-head", PASSED, WSC_FAULT_NONE, "received 6 header fields, 189 bytes" },
  { "head-cut", LINE "Ho", NULL, "request-head", FAILED, WSC_FAULT_NONE, "received 22 bytes, but no empty line after the header fields" },
  { "head-malformed", LINE "A B: c\r\n\r\n", NULL, "request-head", FAILED, WSC_FAULT_FIELD_NAME_MALFORMED, "Header name has an invalid" },
  { "line", REQUEST, NULL, "request-line", PASSED, WSC_FAULT_NONE, "received \"GET\" \"/chat\" \"HTTP/1.1\"" },
  { "line-of-another-method", "PUT / HTTP/1.1\r\n\r\n", NULL, "request-line", FAILED, WSC_FAULT_METHOD_NOT_GET, "received \"PUT\"" },
  { "line-of-http-1-0", "GET / HTTP/1.0\r\n\r\n", NULL, "request-line", FAILED, WSC_FAULT_REQUEST_NOT_HTTP_1_1, "\"HTTP/1.0\"" },
  { "target-with-fragment", "GET /#a HTTP/1.1\r\n\r\n", NULL, "request-line", FAILED, WSC_FAULT_TARGET_MALFORMED, "\"/#a\"" },
  { "host-beside-a-whole-uri", "GET http://app.example/ HTTP/1.1\r\n" HOST "\r\n", NULL, "host", PASSED, WSC_FAULT_NONE,
    ", ignored: the target has \"app.example\"." },
  { "host-missing", LINE "\r\n", NULL, "host", FAILED, WSC_FAULT_HOST_MISSING, "; not present." },
  { "host-twice", LINE HOST HOST "\r\n", NULL, "host", FAILED, WSC_FAULT_HOST_REPEATED, "received 2 times, first \"server.example.com\"" },
  { "upgrade-of-another", LINE "Upgrade: h2c\r\n\r\n", NULL, "upgrade", FAILED, WSC_FAULT_UPGRADE_WITHOUT_WEBSOCKET, "received \"h2c\"" },
  { "connection-missing", LINE "\r\n", NULL, "connection", FAILED, WSC_FAULT_CONNECTION_MISSING, "not present" },
  { "key-twice", LINE KEY KEY "\r\n", NULL, "key", FAILED, WSC_FAULT_KEY_REPEATED, "received 2 times" },
  { "version-8", LINE "Sec-WebSocket-Version: 8\r\n\r\n", NULL, "version", FAILED, WSC_FAULT_VERSION_NOT_13, "received \"8\"" },
  { "protocol-twice", LINE "Sec-WebSocket-Protocol: a, a\r\n\r\n", NULL, "protocols", FAILED, WSC_FAULT_PROTOCOL_REPEATED,
    "received \"a, a\"" },
  { "extensions-malformed", LINE "Sec-WebSocket-Extensions: a;\r\n\r\n", NULL, "extensions", FAILED, WSC_FAULT_EXTENSIONS_MALFORMED,
    "received \"a;\"" },
  { "origin-missing-is-a-hint", LINE "\r\n", NULL, "origin", HINT, WSC_FAULT_NONE, "not present" },
  { "body-by-coding", LINE "Transfer-Encoding: chunked\r\n\r\n", NULL, "request-body", FAILED, WSC_FAULT_BODY_ANNOUNCED,
    "received \"chunked\"" },
  { "early-data-is-a-warning", REQUEST "\x81\x80", NULL, "early-data", WARNING, WSC_FAULT_NONE, "received 2 bytes" },
  { "no-early-data", REQUEST, NULL, "early-data", PASSED, WSC_FAULT_NONE, "received 0 bytes" },

  { "no-answer", REQUEST, NULL, "status", NOT_CHECKED, WSC_FAULT_NONE, "Status must be 101; not checked: no response was received." },
  { "status-101", REQUEST, ANSWER, "status", PASSED, WSC_FAULT_NONE, "received 101 \"Switching Protocols\"." },
  { "WS-34-status-200", REQUEST, "HTTP/1.1 200 OK\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101,
    "received 200 \"OK\": not a WebSocket endpoint: wrong path" },
  { "status-302-with-location", REQUEST, "HTTP/1.1 302 x\r\nLocation: /there\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101,
    "received 302: redirect to \"/there\"." },
  { "status-300-with-location", REQUEST, "HTTP/1.1 300 x\r\nLocation: /there\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101,
    "received 300: redirect to \"/there\"." },
  { "status-302-without-location", REQUEST, "HTTP/1.1 302 Found\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101,
    "received 302 \"Found\": redirect." },
  { "status-200-with-location", REQUEST, "HTTP/1.1 200 OK\r\nLocation: /there\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101,
    "received 200 \"OK\": not" },
  { "status-400-with-location", REQUEST, "HTTP/1.1 400 Bad\r\nLocation: /there\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101,
    "received 400 \"Bad\": " },
  { "status-404-with-location", REQUEST, "HTTP/1.1 404 Lost\r\nLocation: /there\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101,
    "received 404 \"Lost\": no such path on the server." },
  { "status-400", REQUEST, "HTTP/1.1 400 x\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101, "see the request checks" },
  { "status-401", REQUEST, "HTTP/1.1 401 x\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101, "server requires authentication" },
  { "status-403", LINE "User-Agent: x\r\n" FIELDS "\r\n", "HTTP/1.1 403 x\r\n\r\n", "status", FAILED,
    WSC_FAULT_STATUS_NOT_101, "often the Origin is not allowed." },
  { "status-403-without-a-user-agent", REQUEST, "HTTP/1.1 403 x\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101,
    "often the Origin is not allowed, or User-Agent is missing." },
  { "status-404", REQUEST, "HTTP/1.1 404 x\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101, "no such path" },
  { "status-407", REQUEST, "HTTP/1.1 407 x\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101, "proxy requires authentication" },
  { "status-418", REQUEST, "HTTP/1.1 418 x\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101,
    "received 418 \"x\": server rejected the request." },
  { "status-426", REQUEST, "HTTP/1.1 426 x\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101,
    "server requires Upgrade or another version" },
  { "status-429", REQUEST, "HTTP/1.1 429 x\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101, "too many requests" },
  { "status-500", REQUEST, "HTTP/1.1 500 x\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101, "server error" },
  { "status-502", REQUEST, "HTTP/1.1 502 x\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101, "proxy cannot reach the server" },
  { "status-100", REQUEST, "HTTP/1.1 100 x\r\n\r\n", "status", FAILED, WSC_FAULT_STATUS_NOT_101, "interim response" },
  { "accept-shows-both", REQUEST, STATUS UPGRADE CONNECTION "Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n\r\n", "accept",
    FAILED, WSC_FAULT_ACCEPT_WRONG,
    "expected \"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\", received \"ICX+Yqv66kxgM0FcWaLWlFLwTAI=\"." },
  { "accept-missing", REQUEST, STATUS UPGRADE CONNECTION "\r\n", "accept", FAILED, WSC_FAULT_ACCEPT_MISSING, "not present" },
  { "accept-twice", REQUEST, STATUS ACCEPT ACCEPT "\r\n", "accept", FAILED, WSC_FAULT_ACCEPT_REPEATED, "received 2 times" },
  { "accept-without-key", LINE FIELDS KEY "\r\n", ANSWER, "accept", NOT_CHECKED, WSC_FAULT_NONE,
    "the request does not have exactly one key" },
  { "accept-of-unread-request", LINE, ANSWER, "accept", NOT_CHECKED, WSC_FAULT_NONE, "the request could not be read" },
  { "accept-of-another-status", REQUEST, "HTTP/1.1 426 x\r\n\r\n", "accept", NOT_CHECKED, WSC_FAULT_NONE, "the status is not 101" },
  { "version-of-another-status", REQUEST, ANSWER, "response-version", NOT_CHECKED, WSC_FAULT_NONE, "the status is not 426" },
  { "upgrade-of-two-products", REQUEST, STATUS "Upgrade: websocket, a\r\n\r\n", "response-upgrade", FAILED,
    WSC_FAULT_ANSWER_UPGRADE_NOT_WEBSOCKET,
    "received \"websocket, a\"" },
  { "upgrade-of-answer-missing", REQUEST, STATUS "\r\n", "response-upgrade", FAILED, WSC_FAULT_UPGRADE_MISSING, "not present" },
  { "deflate-within-the-offer", LINE FIELDS DEFLATE "; client_max_window_bits\r\n\r\n",
    STATUS DEFLATE "; client_max_window_bits=10\r\n\r\n", "response-extensions", PASSED,
    WSC_FAULT_NONE, "received \"permessage-deflate; client_max_window_bits=10\"" },
  { "SEC-35-deflate-beyond-the-offer", LINE FIELDS DEFLATE "\r\n\r\n",
    STATUS DEFLATE "; client_max_window_bits=10\r\n\r\n", "response-extensions", FAILED,
    WSC_FAULT_DEFLATE_ANSWER_BEYOND_OFFER,
    "received \"permessage-deflate; client_max_window_bits=10\"" },
  { "extension-not-offered", REQUEST, STATUS "Sec-WebSocket-Extensions: foo\r\n\r\n", "response-extensions", FAILED,
    WSC_FAULT_ANSWER_EXTENSION_NOT_OFFERED, "received \"foo\"" },
  { "extension-twice", LINE FIELDS "Sec-WebSocket-Extensions: foo\r\n\r\n", STATUS "Sec-WebSocket-Extensions: foo, foo\r\n\r\n",
    "response-extensions", FAILED, WSC_FAULT_ANSWER_EXTENSION_TWICE, "received \"foo, foo\"" },
  { "subprotocol-of-the-offer", LINE FIELDS "Sec-WebSocket-Protocol: a, b\r\n\r\n", STATUS "Sec-WebSocket-Protocol: b\r\n\r\n",
    "response-protocol", PASSED, WSC_FAULT_NONE, "received \"b\"" },
  { "subprotocol-not-offered", REQUEST, STATUS "Sec-WebSocket-Protocol: b\r\n\r\n", "response-protocol", FAILED,
    WSC_FAULT_ANSWER_PROTOCOL_NOT_OFFERED, "received \"b\"" },
  { "subprotocols-two", REQUEST, STATUS "Sec-WebSocket-Protocol: a, b\r\n\r\n", "response-protocol", FAILED,
    WSC_FAULT_ANSWER_PROTOCOL_MALFORMED, "received \"a, b\"" },
  { "answer-with-body", REQUEST, STATUS "Content-Length: 3\r\n\r\n", "response-body", WARNING, WSC_FAULT_NONE,
    "received \"3\"" },
  { "answer-with-chunks", REQUEST, STATUS "Transfer-Encoding: chunked\r\n\r\n", "response-body", WARNING, WSC_FAULT_NONE,
    "received \"chunked\"" },
  { "answer-of-no-body", REQUEST, STATUS "Content-Length: 0\r\n\r\n", "response-body", PASSED, WSC_FAULT_NONE,
    "received \"0\"" },
  { "WS-257-bytes-are-escaped", LINE "Upgrade: \"\\\xe2\x80\xae\t\x80\r\n\r\n", NULL, "upgrade", FAILED,
    WSC_FAULT_UPGRADE_WITHOUT_WEBSOCKET,
    "received \"\\x22\\x5c\\xe2\\x80\\xae\\x09\\x80\"" },
  { "WS-257-long-values-are-cut",
    LINE "Upgrade: 0123456789012345678901234567890123456789012345678901234567890\r\n\r\n", NULL,
    "upgrade", FAILED,
    WSC_FAULT_UPGRADE_WITHOUT_WEBSOCKET, "56789...\"." },
};

static const WscHandshakeCheck *
find_check (const WscHandshakeCheck *checks,
            const char              *id)
{
  for (size_t i = 0; i < WSC_N_HANDSHAKE_CHECKS; i++)
    {
      if (strcmp (checks[i].id, id) == 0)
        return &checks[i];
    }
  abort ();
}

static void
test_checks (void)
{
  WscHandshakeCheck checks[WSC_N_HANDSHAKE_CHECKS];

  for (size_t i = 0; i < sizeof check_cases / sizeof check_cases[0]; i++)
    {
      const WscHandshakeCheck *check;

      run (checks, check_cases[i].request, check_cases[i].response);
      check = find_check (checks, check_cases[i].id);
      tap_point (check->verdict == check_cases[i].verdict && check->fault == check_cases[i].fault &&
                 strstr (check->text, check_cases[i].text) != NULL,
                 "/core/handshake-rules/check/%s/%s", check->id, check_cases[i].name);
      if (strstr (check->text, check_cases[i].text) == NULL)
        tap_diag ("received \"%s\"", check->text);
    }
}

static bool
are_sound (const WscHandshakeCheck *checks)
{
  for (size_t i = 0; i < WSC_N_HANDSHAKE_CHECKS; i++)
    {
      size_t length = strlen (checks[i].text);

      if (strcmp (checks[i].id, ids[i]) != 0 || checks[i].section[0] == '\0' ||
          length == 0 || length >= WSC_CHECK_TEXT_SIZE || checks[i].text[length - 1] != '.' ||
          (checks[i].fault != WSC_FAULT_NONE && checks[i].verdict != WSC_VERDICT_FAILED))
        return false;
      for (size_t j = 0; j < length; j++)
        {
          if (checks[i].text[j] < ' ' || checks[i].text[j] > '~')
            return false;
        }
    }
  return true;
}

/* Each byte of both heads is replaced by each of these, and each head is cut at each place. */
static void
test_hostile (void)
{
  static const uint8_t bytes[] = { 0, '\t', '\n', '\r', ' ',
                                   '"', ',', ':', ';', '=', '\\', 0x7f, 0x80, 0xff };
  static const char request[] =
    LINE FIELDS "Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Extensions: foo; a=\"b\"\r\n\r\n";
  static const char answer[] =
    STATUS UPGRADE CONNECTION ACCEPT "Sec-WebSocket-Protocol: a\r\n"
    "Sec-WebSocket-Extensions: foo\r\n\r\n";
  WscHandshakeCheck checks[WSC_N_HANDSHAKE_CHECKS];
  uint8_t one[sizeof request], other[sizeof answer];
  unsigned n_unsound = 0;

  for (size_t i = 0; i < sizeof request + sizeof answer; i++)
    {
      bool is_request = i < sizeof request;
      size_t place = is_request ? i : i - sizeof request;

      memcpy (one, request, sizeof request);
      memcpy (other, answer, sizeof answer);
      for (size_t j = 0; j < sizeof bytes; j++)
        {
          *(is_request ? &one[place] : &other[place]) = bytes[j];
          wsc_handshake_checks_run (checks, (WscBytes) { one, sizeof one },
                                    (WscBytes) { other, sizeof other }, NULL);
          n_unsound += !are_sound (checks);
        }
      wsc_handshake_checks_run (checks, (WscBytes) { one, is_request ? place : sizeof one },
                                (WscBytes) { other, is_request ? sizeof other : place }, NULL);
      n_unsound += !are_sound (checks);
    }
  tap_point (n_unsound == 0,
             "/core/handshake-rules/hostile/WS-257-texts-are-printable-and-bounded");
}

/* A value of bytes that each need four columns, in each place that shows one. */
static void
test_longest (void)
{
  static char request[4096], answer[4096];
  WscHandshakeCheck checks[WSC_N_HANDSHAKE_CHECKS];
  char value[201];

  memset (value, 0xff, 200);
  value[200] = '\0';
  snprintf (request, sizeof request,
            "GET /%s HTTP/1.1\r\nHost: %s\r\nUpgrade: %s\r\nSec-WebSocket-Key: %s\r\n\r\n", value,
            value, value, value);
  snprintf (answer, sizeof answer, "HTTP/1.1 302 %s\r\nLocation: %s\r\n\r\n", value, value);
  run (checks, request, answer);
  tap_point (are_sound (checks), "/core/handshake-rules/hostile/longest-values-fit");

  snprintf (answer, sizeof answer, STATUS "Sec-WebSocket-Accept: %s\r\n\r\n", value);
  run (checks, request, answer);
  tap_point (are_sound (checks) && find_check (checks, "accept")->verdict == FAILED,
             "/core/handshake-rules/hostile/longest-accept-fits");
}

static void
test_limits (void)
{
  static const WscHeadLimits small = { .max_size = 8192, .max_line = 100, .max_fields = 2,
                                       .max_protocols = 1, .max_extensions = 1,
                                       .max_parameters = 1 };
  WscHandshakeCheck checks[WSC_N_HANDSHAKE_CHECKS];

  wsc_handshake_checks_run (checks,
                            wsc_text (LINE "Sec-WebSocket-Protocol: a, b\r\n"
                                      "Sec-WebSocket-Extensions: a, b\r\n\r\n"),
                            wsc_text (REQUEST), &small);
  tap_point (find_check (checks, "protocols")->fault == WSC_FAULT_TOO_MANY_PROTOCOLS &&
             find_check (checks, "extensions")->fault == WSC_FAULT_TOO_MANY_EXTENSIONS,
             "/core/handshake-rules/limits/WS-254-are-those-given");
  wsc_handshake_checks_run (checks, wsc_text (REQUEST), (WscBytes) { NULL, 0 }, &small);
  tap_point (find_check (checks, "request-head")->fault == WSC_FAULT_TOO_MANY_FIELDS,
             "/core/handshake-rules/limits/WS-254-of-fields");
}

/* A part that an observer does not read is neither right nor wrong. */
static void
test_observed_size (void)
{
  WscHandshakeCheck checks[WSC_N_HANDSHAKE_CHECKS];
  const size_t n_lines = WSC_MAX_OBSERVED_FIELDS + 1, n_first = strlen (LINE);
  char *many = malloc (WSC_MAX_OBSERVED_HEAD);
  size_t length = n_first;

  memset (many, 'a', WSC_MAX_OBSERVED_HEAD);
  memcpy (many, LINE, n_first);
  wsc_handshake_checks_run (checks, (WscBytes) { (const uint8_t *) many, WSC_MAX_OBSERVED_HEAD },
                            (WscBytes) { NULL, 0 }, &wsc_observed_head_limits);
  tap_point (find_check (checks, "request-head")->verdict == NOT_CHECKED,
             "/core/handshake-rules/observed/of-1-MiB-is-not-checked");
  for (size_t i = 0; i < n_lines; i++, length += strlen ("a:\r\n"))
    memcpy (many + length, "a:\r\n", strlen ("a:\r\n"));
  memcpy (many + length, "\r\n", 2);
  wsc_handshake_checks_run (checks, (WscBytes) { (const uint8_t *) many, length + 2 },
                            (WscBytes) { NULL, 0 }, &wsc_observed_head_limits);
  tap_point (find_check (checks, "request-head")->verdict == NOT_CHECKED &&
             find_check (checks, "host")->verdict == NOT_CHECKED,
             "/core/handshake-rules/observed/of-10001-fields-is-not-checked");
  free (many);
}

int
main (void)
{
  test_lists ();
  test_checks ();
  test_hostile ();
  test_longest ();
  test_limits ();
  test_observed_size ();
  return tap_end ();
}
