/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/handshake/http-head.h"
#include "core/handshake/server-handshake.h"
#include "lib/tap.h"

#include <stdlib.h>
#include <string.h>

#define LINE "GET / HTTP/1.1\r\n"
#define STATUS "HTTP/1.1 101 Switching Protocols\r\n"

typedef enum
{
  CUT_WHOLE,
  CUT_BYTE_BY_BYTE,
  CUT_IN_TWO,
} Cut;

static const char *const cut_names[] = { "whole", "byte-by-byte", "in-two" };

typedef struct
{
  WscFault fault;
  size_t used;                  /* number of bytes that were used, of all that were passed */
  WscHttpHead *head;            /* parsed head, which the caller frees */
} Taken;

/* Every piece is in memory of its exact size. */
static WscFault
take_piece (WscHttpHead   *head,
            const uint8_t *at,
            size_t         length,
            size_t        *used)
{
  uint8_t *copy = malloc (length > 0 ? length : 1);
  WscFault fault;
  size_t n = 0;

  memcpy (copy, at, length);
  fault = wsc_http_head_take (head, (WscBytes) { copy, length }, &n);
  free (copy);
  *used += n;
  return fault;
}

static Taken
take (WscHeadKind          kind,
      const WscHeadLimits *limits,
      WscBytes             bytes,
      Cut                  cut,
      size_t               first)
{
  Taken taken = { WSC_FAULT_PARTIAL, 0, wsc_http_head_new (kind, limits) };
  size_t at = 0;

  while (taken.fault == WSC_FAULT_PARTIAL && at < bytes.length)
    {
      size_t length = bytes.length - at;

      if (cut == CUT_BYTE_BY_BYTE)
        length = 1;
      else if (cut == CUT_IN_TWO && at == 0 && first > 0)
        length = first;
      taken.fault = take_piece (taken.head, bytes.at + at, length, &taken.used);
      at += length;
    }
  return taken;
}

typedef struct
{
  const char *name;
  WscHeadKind kind;
  const char *head;
  size_t length;                /* length of the head; 0: the whole text */
  WscFault fault;
} HeadCase;

#define WITH_NUL(text) text, sizeof (text) - 1

static const HeadCase head_cases[] = {
  { "smallest-request", WSC_HEAD_REQUEST, LINE "\r\n", 0, WSC_FAULT_NONE },
  { "WS-62-absolute-target", WSC_HEAD_REQUEST, "GET http://h/p HTTP/1.1\r\n\r\n", 0, WSC_FAULT_NONE },
  { "other-method-is-well-formed", WSC_HEAD_REQUEST, "POST / HTTP/1.1\r\n\r\n", 0, WSC_FAULT_NONE },
  { "other-version-is-well-formed", WSC_HEAD_REQUEST, "GET / HTTP/1.0\r\n\r\n", 0, WSC_FAULT_NONE },
  { "version-of-last-digits-is-well-formed", WSC_HEAD_REQUEST, "GET / HTTP/9.9\r\n\r\n", 0, WSC_FAULT_NONE },
  { "SEC-31-http2-preface-is-well-formed", WSC_HEAD_REQUEST, "PRI * HTTP/2.0\r\n\r\n", 0, WSC_FAULT_NONE },
  { "empty-value", WSC_HEAD_REQUEST, LINE "Host:\r\n\r\n", 0, WSC_FAULT_NONE },
  { "WS-195-value-of-any-bytes", WSC_HEAD_REQUEST, LINE "X: \xff\xfe\x80 \t\xc3\r\n\r\n", 0, WSC_FAULT_NONE },
  { "fields-alone", WSC_HEAD_FIELDS, "A: b\r\n\r\n", 0, WSC_FAULT_NONE },
  { "no-fields-at-all", WSC_HEAD_FIELDS, "\r\n", 0, WSC_FAULT_NONE },
  { "answer", WSC_HEAD_RESPONSE, STATUS "\r\n", 0, WSC_FAULT_NONE },
  { "answer-without-reason", WSC_HEAD_RESPONSE, "HTTP/1.1 101 \r\n\r\n", 0, WSC_FAULT_NONE },
  { "answer-without-blank-after-status", WSC_HEAD_RESPONSE, "HTTP/1.1 101\r\n\r\n", 0, WSC_FAULT_NONE },
  { "answer-with-any-reason", WSC_HEAD_RESPONSE, "HTTP/1.1 404 n\xc3\xb6\t x\r\n\r\n", 0, WSC_FAULT_NONE },

  { "no-byte", WSC_HEAD_REQUEST, "", 0, WSC_FAULT_PARTIAL },
  { "SEC-30-cut-in-method", WSC_HEAD_REQUEST, "GE", 0, WSC_FAULT_PARTIAL },
  { "SEC-30-cut-in-value", WSC_HEAD_REQUEST, LINE "Host: exa", 0, WSC_FAULT_PARTIAL },
  { "SEC-30-cut-before-last-line-feed", WSC_HEAD_REQUEST, LINE "Host: a\r\n\r", 0, WSC_FAULT_PARTIAL },
  { "SEC-30-answer-cut-in-status", WSC_HEAD_RESPONSE, "HTTP/1.1 10", 0, WSC_FAULT_PARTIAL },

  { "no-method-refused", WSC_HEAD_REQUEST, " / HTTP/1.1\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "empty-line-first-refused", WSC_HEAD_REQUEST, "\r\n" LINE "\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-15-target-empty-refused", WSC_HEAD_REQUEST, "GET  HTTP/1.1\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-15-target-with-blank-refused", WSC_HEAD_REQUEST, "GET /a b HTTP/1.1\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-15-target-with-control-refused", WSC_HEAD_REQUEST, "GET /\x01 HTTP/1.1\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-15-target-with-delete-refused", WSC_HEAD_REQUEST, "GET /\x7f HTTP/1.1\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-15-target-of-delete-alone-refused", WSC_HEAD_REQUEST, "GET \x7f HTTP/1.1\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-15-two-blanks-before-target-refused", WSC_HEAD_REQUEST, "GET  / HTTP/1.1\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-6-no-version-refused", WSC_HEAD_REQUEST, "GET /\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-6-version-with-tail-refused", WSC_HEAD_REQUEST, "GET / HTTP/1.1x\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-6-version-in-lower-case-refused", WSC_HEAD_REQUEST, "GET / http/1.1\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-6-version-of-two-digits-refused", WSC_HEAD_REQUEST, "GET / HTTP/1.10\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-6-version-with-byte-after-9-refused", WSC_HEAD_REQUEST, "GET / HTTP/1.:\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-6-version-with-byte-before-0-refused", WSC_HEAD_REQUEST, "GET / HTTP/1./\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-6-version-cut-refused", WSC_HEAD_REQUEST, "GET / HTTP/1.\r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "blank-after-version-refused", WSC_HEAD_REQUEST, "GET / HTTP/1.1 \r\n\r\n", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-31-tls-client-hello-refused", WSC_HEAD_REQUEST, WITH_NUL ("\x16\x03\x01\x02\x00\x01"), WSC_FAULT_REQUEST_LINE_MALFORMED },
  { "SEC-31-garbage-refused", WSC_HEAD_REQUEST, "\xde\xad\xbe\xef", 0, WSC_FAULT_REQUEST_LINE_MALFORMED },

  { "WS-39-http-1-0-refused", WSC_HEAD_RESPONSE, "HTTP/1.0 101 x\r\n\r\n", 0, WSC_FAULT_STATUS_LINE_MALFORMED },
  { "SEC-42-proxy-with-http-1-0", WSC_HEAD_PROXY_RESPONSE, "HTTP/1.0 200 x\r\n\r\n", 0, WSC_FAULT_NONE },
  { "SEC-42-proxy-with-http-2-refused", WSC_HEAD_PROXY_RESPONSE, "HTTP/2.0 200 x\r\n\r\n", 0, WSC_FAULT_STATUS_LINE_MALFORMED },
  { "WS-39-http-2-refused", WSC_HEAD_RESPONSE, "HTTP/2 101 x\r\n\r\n", 0, WSC_FAULT_STATUS_LINE_MALFORMED },
  { "WS-39-request-for-an-answer-refused", WSC_HEAD_RESPONSE, LINE "\r\n", 0, WSC_FAULT_STATUS_LINE_MALFORMED },
  { "request-line-among-fields-refused", WSC_HEAD_FIELDS, LINE "\r\n", 0, WSC_FAULT_FIELD_NAME_MALFORMED },
  { "WS-39-no-http-refused", WSC_HEAD_RESPONSE, "ICY 200 OK\r\n\r\n", 0, WSC_FAULT_STATUS_LINE_MALFORMED },
  { "SEC-34-status-of-two-digits-refused", WSC_HEAD_RESPONSE, "HTTP/1.1 10 x\r\n\r\n", 0, WSC_FAULT_STATUS_LINE_MALFORMED },
  { "SEC-34-status-of-two-digits-alone-refused", WSC_HEAD_RESPONSE, "HTTP/1.1 10\r\n\r\n", 0, WSC_FAULT_STATUS_LINE_MALFORMED },
  { "SEC-34-status-of-four-digits-refused", WSC_HEAD_RESPONSE, "HTTP/1.1 1010 x\r\n\r\n", 0, WSC_FAULT_STATUS_LINE_MALFORMED },
  { "SEC-34-status-with-leading-zero-refused", WSC_HEAD_RESPONSE, "HTTP/1.1 0101 x\r\n\r\n", 0, WSC_FAULT_STATUS_LINE_MALFORMED },
  { "SEC-34-status-with-sign-refused", WSC_HEAD_RESPONSE, "HTTP/1.1 +101 x\r\n\r\n", 0, WSC_FAULT_STATUS_LINE_MALFORMED },
  { "SEC-34-status-with-letter-refused", WSC_HEAD_RESPONSE, "HTTP/1.1 1o1 x\r\n\r\n", 0, WSC_FAULT_STATUS_LINE_MALFORMED },
  { "SEC-34-two-blanks-before-status-refused", WSC_HEAD_RESPONSE, "HTTP/1.1  101 x\r\n\r\n", 0, WSC_FAULT_STATUS_LINE_MALFORMED },
  { "control-in-reason-refused", WSC_HEAD_RESPONSE, "HTTP/1.1 101 a\x1b[0m\r\n\r\n", 0, WSC_FAULT_STATUS_LINE_MALFORMED },

  { "SEC-13-bare-line-feed-in-first-line-refused", WSC_HEAD_REQUEST, "GET / HTTP/1.1\n\r\n", 0, WSC_FAULT_LINE_END_MALFORMED },
  { "SEC-13-bare-line-feed-in-method-refused", WSC_HEAD_REQUEST, "G\nT", 0, WSC_FAULT_LINE_END_MALFORMED },
  { "SEC-13-bare-line-feed-in-target-refused", WSC_HEAD_REQUEST, "GET /\n", 0, WSC_FAULT_LINE_END_MALFORMED },
  { "SEC-13-bare-line-feed-after-value-refused", WSC_HEAD_REQUEST, LINE "A: b\nC: d\r\n\r\n", 0, WSC_FAULT_LINE_END_MALFORMED },
  { "SEC-13-bare-line-feed-in-name-refused", WSC_HEAD_REQUEST, LINE "A\n", 0, WSC_FAULT_LINE_END_MALFORMED },
  { "SEC-13-bare-line-feed-at-end-refused", WSC_HEAD_REQUEST, LINE "A: b\r\n\n", 0, WSC_FAULT_LINE_END_MALFORMED },
  { "SEC-13-bare-return-in-first-line-refused", WSC_HEAD_REQUEST, "GET / HTTP/1.1\r\r\n", 0, WSC_FAULT_LINE_END_MALFORMED },
  { "SEC-13-bare-return-in-value-refused", WSC_HEAD_REQUEST, LINE "A: b\rc\r\n\r\n", 0, WSC_FAULT_LINE_END_MALFORMED },
  { "SEC-13-bare-return-at-end-refused", WSC_HEAD_REQUEST, LINE "A: b\r\n\rX", 0, WSC_FAULT_LINE_END_MALFORMED },
  { "SEC-13-bare-line-feed-in-answer-refused", WSC_HEAD_RESPONSE, "HTTP/1.1 101 x\n\n", 0, WSC_FAULT_LINE_END_MALFORMED },

  { "WS-54-no-colon-refused", WSC_HEAD_RESPONSE, STATUS "Upgrade\r\n\r\n", 0, WSC_FAULT_FIELD_WITHOUT_COLON },
  { "SEC-11-other-byte-for-the-colon-refused", WSC_HEAD_REQUEST, LINE "A; b\r\n\r\n", 0, WSC_FAULT_FIELD_NAME_MALFORMED },
  { "SEC-11-no-colon-refused", WSC_HEAD_REQUEST, LINE "A: b\r\nnocolon\r\n\r\n", 0, WSC_FAULT_FIELD_WITHOUT_COLON },
  { "WS-54-blank-before-colon-refused", WSC_HEAD_RESPONSE, STATUS "Upgrade : websocket\r\n\r\n", 0, WSC_FAULT_FIELD_NAME_MALFORMED },
  { "SEC-11-tab-before-colon-refused", WSC_HEAD_REQUEST, LINE "Host\t: a\r\n\r\n", 0, WSC_FAULT_FIELD_NAME_MALFORMED },
  { "SEC-11-empty-name-refused", WSC_HEAD_REQUEST, LINE ": a\r\n\r\n", 0, WSC_FAULT_FIELD_NAME_MALFORMED },
  { "SEC-11-blank-in-name-refused", WSC_HEAD_REQUEST, LINE "A B: c\r\n\r\n", 0, WSC_FAULT_FIELD_NAME_MALFORMED },
  { "SEC-11-control-in-name-refused", WSC_HEAD_REQUEST, LINE "A\x01: c\r\n\r\n", 0, WSC_FAULT_FIELD_NAME_MALFORMED },
  { "WS-195-name-not-ascii-refused", WSC_HEAD_REQUEST, LINE "\xc3\xa4: c\r\n\r\n", 0, WSC_FAULT_FIELD_NAME_MALFORMED },
  { "SEC-12-nul-in-name-refused", WSC_HEAD_REQUEST, WITH_NUL (LINE "A\0B: c\r\n\r\n"), WSC_FAULT_FIELD_NAME_MALFORMED },
  { "SEC-12-nul-in-value-refused", WSC_HEAD_REQUEST, WITH_NUL (LINE "A: b\0c\r\n\r\n"), WSC_FAULT_FIELD_VALUE_MALFORMED },
  { "SEC-11-control-in-value-refused", WSC_HEAD_REQUEST, LINE "A: \x1b[2J\r\n\r\n", 0, WSC_FAULT_FIELD_VALUE_MALFORMED },
  { "SEC-11-control-for-the-return-refused", WSC_HEAD_REQUEST, LINE "A: b\x01\n\r\n", 0, WSC_FAULT_FIELD_VALUE_MALFORMED },
  { "delete-in-value-refused", WSC_HEAD_RESPONSE, STATUS "A: \x7f\r\n\r\n", 0, WSC_FAULT_FIELD_VALUE_MALFORMED },
  { "WS-54-folded-line-refused", WSC_HEAD_RESPONSE, STATUS "A: b\r\n c\r\n\r\n", 0, WSC_FAULT_FIELD_FOLDED },
  { "SEC-11-folded-with-tab-refused", WSC_HEAD_REQUEST, LINE "A: b\r\n\tc\r\n\r\n", 0, WSC_FAULT_FIELD_FOLDED },
  { "SEC-11-folded-first-line-refused", WSC_HEAD_REQUEST, LINE " A: b\r\n\r\n", 0, WSC_FAULT_FIELD_FOLDED },
};

static void
play_head (const HeadCase *head,
           Cut             cut)
{
  WscBytes bytes = wsc_text (head->head);
  Taken taken;

  if (head->length > 0)
    bytes.length = head->length;
  taken = take (head->kind, NULL, bytes, cut, bytes.length / 2);
  tap_point (taken.fault == head->fault &&
             (head->fault != WSC_FAULT_NONE || taken.used == bytes.length),
             "/core/http-head/%s/%s", cut_names[cut], head->name);
  if (taken.fault != head->fault)
    tap_diag ("was %s, expected %s", wsc_fault_get_name (taken.fault),
              wsc_fault_get_name (head->fault));
  wsc_http_head_free (taken.head);
}

static void
test_heads (void)
{
  for (size_t i = 0; i < sizeof head_cases / sizeof head_cases[0]; i++)
    {
      play_head (&head_cases[i], CUT_WHOLE);
      play_head (&head_cases[i], CUT_BYTE_BY_BYTE);
      play_head (&head_cases[i], CUT_IN_TWO);
    }
}

static bool
field_is (const WscHeader *field,
          const char      *name,
          const char      *value)
{
  return wsc_text_is (field->name, name) && wsc_text_is (field->value, value);
}

static const char whole_request[] =
  "GET /chat?x=1 HTTP/1.1\r\n"
  "Host: server.example.com\r\n"
  "X-Empty: \t \r\n"
  "X-Blanks:\t a \t b\t \r\n"
  "x-last:z\r\n"
  "\r\n";

static bool
is_whole_request (const WscHttpHead *head)
{
  size_t n_fields;
  const WscHeader *fields = wsc_http_head_get_fields (head, &n_fields);

  return wsc_text_is (wsc_http_head_get_method (head), "GET") &&
         wsc_text_is (wsc_http_head_get_target (head), "/chat?x=1") &&
         wsc_text_is (wsc_http_head_get_version (head), "HTTP/1.1") &&
         n_fields == 4 &&
         field_is (&fields[0], "Host", "server.example.com") &&
         field_is (&fields[1], "X-Empty", "") &&
         field_is (&fields[2], "X-Blanks", "a \t b") &&
         field_is (&fields[3], "x-last", "z");
}

static const struct
{
  const char *name, *head, *method, *target, *value;
} part_cases[] = {
  { "usual", LINE "A: b\r\n\r\n", "GET", "/", "b" },
  { "method-and-target-of-two-bytes", "XY /a HTTP/1.1\r\nA: b\r\n\r\n", "XY", "/a", "b" },
  { "method-begins-as-another", "GGET / HTTP/1.1\r\nA: b\r\n\r\n", "GGET", "/", "b" },
  { "method-ends-as-another", "XGET / HTTP/1.1\r\nA: b\r\n\r\n", "XGET", "/", "b" },
  { "no-blank-before-the-value", LINE "A:bc\r\n\r\n", "GET", "/", "bc" },
  { "two-blanks-before-the-value", LINE "A:  bc\r\n\r\n", "GET", "/", "bc" },
  { "blank-after-the-value", LINE "A: bc \r\n\r\n", "GET", "/", "bc" },
  { "tab-before-the-value", LINE "A:\tbc\r\n\r\n", "GET", "/", "bc" },
  { "blanks-alone", LINE "A: \r\n\r\n", "GET", "/", "" },
};

/* In two pieces, cut at every place: the first may end in the method, for example. */
static void
test_parts (void)
{
  for (size_t i = 0; i < sizeof part_cases / sizeof part_cases[0]; i++)
    {
      WscBytes bytes = wsc_text (part_cases[i].head);
      bool is_right = true;

      for (size_t first = 1; first <= bytes.length; first++)
        {
          Taken taken = take (WSC_HEAD_REQUEST, NULL, bytes, CUT_IN_TWO, first);
          size_t n_fields;
          const WscHeader *fields = wsc_http_head_get_fields (taken.head, &n_fields);

          is_right = is_right && taken.fault == WSC_FAULT_NONE && n_fields == 1 &&
                     wsc_text_is (wsc_http_head_get_method (taken.head), part_cases[i].method) &&
                     wsc_text_is (wsc_http_head_get_target (taken.head), part_cases[i].target) &&
                     field_is (&fields[0], "A", part_cases[i].value);
          wsc_http_head_free (taken.head);
        }
      tap_point (is_right, "/core/http-head/parts/%s", part_cases[i].name);
    }
}

/* In two pieces, cut at every place, and followed by the first frame. */
static void
test_cuts (void)
{
  uint8_t bytes[sizeof whole_request - 1 + 4];
  const size_t length = sizeof whole_request - 1;
  unsigned n_wrong = 0, n_lost = 0;

  memcpy (bytes, whole_request, length);
  memcpy (bytes + length, "\x81\x80\r\n", 4);
  for (size_t first = 1; first <= sizeof bytes; first++)
    {
      Taken taken = take (WSC_HEAD_REQUEST, NULL, (WscBytes) { bytes, sizeof bytes }, CUT_IN_TWO,
                          first);

      n_wrong += taken.fault != WSC_FAULT_NONE || !is_whole_request (taken.head);
      n_lost += taken.used != length;
      wsc_http_head_free (taken.head);
    }
  tap_point (n_wrong == 0, "/core/http-head/cut/the-same-at-every-place");
  tap_point (n_lost == 0, "/core/http-head/cut/WS-81-SEC-29-bytes-after-the-head-are-left");
}

static void
test_answer (void)
{
  static const char answer[] =
    "HTTP/1.1 101 Switching  Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00";
  WscBytes bytes = { (const uint8_t *) answer, sizeof answer - 1 };
  Taken taken = take (WSC_HEAD_RESPONSE, NULL, bytes, CUT_WHOLE, 0);
  size_t n_fields, used = 99;
  const WscHeader *fields = wsc_http_head_get_fields (taken.head, &n_fields);

  tap_point (taken.fault == WSC_FAULT_NONE && wsc_http_head_get_status (taken.head) == 101 &&
             wsc_text_is (wsc_http_head_get_reason (taken.head), "Switching  Protocols") &&
             n_fields == 1 && field_is (&fields[0], "Upgrade", "websocket"),
             "/core/http-head/answer/parts");
  tap_point (taken.used == bytes.length - 2,
             "/core/http-head/answer/WS-56-SEC-44-first-frame-is-left");
  tap_point (wsc_http_head_take (taken.head, bytes, &used) == WSC_FAULT_NONE && used == 0 &&
             fields == wsc_http_head_get_fields (taken.head, &n_fields),
             "/core/http-head/answer/complete-takes-no-more");
  wsc_http_head_free (taken.head);
}

static void
test_dead (void)
{
  WscHttpHead *head = wsc_http_head_new (WSC_HEAD_REQUEST, NULL);
  size_t used = 99;
  WscFault first = wsc_http_head_take (head, wsc_text (LINE "A B"), &used);
  WscFault second = wsc_http_head_take (head, wsc_text ("C: d\r\n\r\n"), &used);

  tap_point (first == WSC_FAULT_FIELD_NAME_MALFORMED && second == first && used == 99,
             "/core/http-head/dead/stays-dead-and-takes-nothing");
  wsc_http_head_free (head);
  wsc_http_head_free (NULL);
}

static void
test_first_line (void)
{
  WscHttpHead *head = wsc_http_head_new (WSC_HEAD_REQUEST, NULL);
  size_t used;
  WscFault first = wsc_http_head_take (head, wsc_text ("GET / HTTP/1.1\r"), &used);
  bool before = wsc_http_head_has_first_line (head);
  WscFault second = wsc_http_head_take (head, wsc_text ("\n"), &used);
  bool after = wsc_http_head_has_first_line (head);

  tap_point (first == WSC_FAULT_PARTIAL && second == WSC_FAULT_PARTIAL && !before && after,
             "/core/http-head/first-line/seen-when-it-is-whole");
  wsc_http_head_free (head);

  head = wsc_http_head_new (WSC_HEAD_FIELDS, NULL);
  tap_point (wsc_http_head_take (head, wsc_text ("A: b\r\n"), &used) == WSC_FAULT_PARTIAL &&
             !wsc_http_head_has_first_line (head),
             "/core/http-head/first-line/fields-alone-have-none");
  wsc_http_head_free (head);
}

static const WscHeadLimits small_limits = { .max_size = 64, .max_line = 20, .max_fields = 3 };

static const struct
{
  const char *name;
  WscHeadKind kind;
  const char *head;
  WscFault fault;
  size_t felt_at;               /* number of bytes after which the fault must be reported */
  uint64_t number;
} limit_cases[] = {
  { "WS-79-just-fits", WSC_HEAD_REQUEST, "GET /6789 HTTP/1.1\r\nA: 3456789012345678901234567890123456789\r\n\r\n", WSC_FAULT_NONE, 64, 0 },
  { "WS-79-SEC-18-one-too-big", WSC_HEAD_REQUEST, "GET /6789 HTTP/1.1\r\nA: 34567890123456789012345678901234567890\r\n\r\n",
    WSC_FAULT_HEAD_TOO_BIG, 65, 65 },
  { "WS-79-SEC-18-too-big-within-a-field", WSC_HEAD_REQUEST,
    "GET /6789 HTTP/1.1\r\nA: 34567890123456789012345678901234567890123456789\r\n\r\n", WSC_FAULT_HEAD_TOO_BIG, 65, 65 },
  { "WS-55-SEC-36-answer-too-big", WSC_HEAD_RESPONSE, "HTTP/1.1 101 x\r\nA: 3456789012345678901234567890123456789012345678901234567890",
    WSC_FAULT_HEAD_TOO_BIG, 65, 65 },
  { "WS-254-fields-alone-too-big", WSC_HEAD_FIELDS, "A: 34567890123456789012345678901234567890123456789012345678901234567890",
    WSC_FAULT_HEAD_TOO_BIG, 65, 65 },
  { "SEC-17-line-just-fits", WSC_HEAD_REQUEST, "GET /678901 HTTP/1.1\r\n\r\n", WSC_FAULT_NONE, 24, 0 },
  { "SEC-17-line-one-too-long", WSC_HEAD_REQUEST, "GET /6789012 HTTP/1.1\r\n\r\n", WSC_FAULT_LINE_TOO_LONG, 21, 21 },
  { "SEC-17-target-without-end", WSC_HEAD_REQUEST, "GET /67890123456789012345", WSC_FAULT_LINE_TOO_LONG, 21, 21 },
  { "SEC-36-reason-without-end", WSC_HEAD_RESPONSE, "HTTP/1.1 101 45678901", WSC_FAULT_LINE_TOO_LONG, 21, 21 },
  { "WS-79-field-lines-have-no-own-limit", WSC_HEAD_REQUEST, LINE "A: 34567890123456789012345678901234\r\n\r\n", WSC_FAULT_NONE, 55, 0 },
  { "SEC-20-three-fields", WSC_HEAD_REQUEST, LINE "A:\r\nA:\r\nA:\r\n\r\n", WSC_FAULT_NONE, 30, 0 },
  { "WS-79-SEC-20-fourth-field", WSC_HEAD_REQUEST, LINE "A:\r\nA:\r\nA:\r\nA:\r\n\r\n", WSC_FAULT_TOO_MANY_FIELDS, 29, 4 },
  { "WS-55-SEC-36-fourth-field-of-answer", WSC_HEAD_RESPONSE, "HTTP/1.1 101 x\r\nA:\r\nA:\r\nA:\r\nB", WSC_FAULT_TOO_MANY_FIELDS, 29, 4 },
};

/* Most heads arrive in one piece: then a limit is reported with the same fault and number. */
static bool
is_same_at_once (size_t i)
{
  WscHttpHead *head = wsc_http_head_new (limit_cases[i].kind, &small_limits);
  WscBytes text = wsc_text (limit_cases[i].head);
  size_t used = 0;
  WscFault fault = take_piece (head, text.at, text.length, &used);
  bool is_same = fault == limit_cases[i].fault &&
                 wsc_http_head_get_fault_number (head) == limit_cases[i].number &&
                 wsc_http_head_get_n_visited (head) == limit_cases[i].felt_at;

  wsc_http_head_free (head);
  return is_same;
}

static void
test_limits (void)
{
  for (size_t i = 0; i < sizeof limit_cases / sizeof limit_cases[0]; i++)
    {
      WscHttpHead *head = wsc_http_head_new (limit_cases[i].kind, &small_limits);
      WscBytes text = wsc_text (limit_cases[i].head);
      WscFault fault = WSC_FAULT_PARTIAL;
      size_t n = 0, used = 0;

      while (fault == WSC_FAULT_PARTIAL && n < text.length)
        fault = take_piece (head, text.at + n++, 1, &used);
      tap_point (fault == limit_cases[i].fault && n == limit_cases[i].felt_at &&
                 wsc_http_head_get_fault_number (head) == limit_cases[i].number &&
                 is_same_at_once (i),
                 "/core/http-head/limits/%s", limit_cases[i].name);
      if (fault != limit_cases[i].fault || n != limit_cases[i].felt_at)
        tap_diag ("received %s at %zu", wsc_fault_get_name (fault), n);
      wsc_http_head_free (head);
    }
}

/* The default limits: 16 KiB, 8 KiB, 100. */
static void
test_line_over_the_size (void)
{
  static const WscHeadLimits limits = { .max_size = 15, .max_line = 20, .max_fields = 3 };
  WscHttpHead *head = wsc_http_head_new (WSC_HEAD_REQUEST, &limits);
  size_t used;
  WscFault fault = wsc_http_head_take (head, wsc_text ("GET / HTTP/1.1\r\n"), &used);

  tap_point (fault == WSC_FAULT_HEAD_TOO_BIG && wsc_http_head_get_fault_number (head) == 16,
             "/core/http-head/limits/WS-79-SEC-18-first-line-alone-too-big");
  wsc_http_head_free (head);
}

static void
test_default_limits (void)
{
  const WscHeadLimits *limits = wsc_head_limits_or_default (NULL);
  static char endless[4 * 1024 * 1024];
  Taken taken;

  memset (endless, 'a', sizeof endless);
  memcpy (endless, LINE "A: ", sizeof LINE + 2);
  taken = take (WSC_HEAD_REQUEST, NULL, (WscBytes) { (uint8_t *) endless, sizeof endless },
                CUT_WHOLE, 0);
  tap_point (taken.fault == WSC_FAULT_HEAD_TOO_BIG &&
             wsc_http_head_get_n_visited (taken.head) == 16385,
             "/core/http-head/limits/SEC-18-reading-stops-at-the-limit");
  wsc_http_head_free (taken.head);
  tap_point (limits->max_size == 16384 && limits->max_line == 16384 && limits->max_fields == 100 &&
             limits->max_protocols == 32 && limits->max_extensions == 16 &&
             limits->max_parameters == 16 &&
             wsc_head_limits_or_default (&small_limits) == &small_limits,
             "/core/http-head/limits/WS-254-defaults-are-finite");
}

/* 500 KB within the limits, one byte at a time: if the head were parsed again for each piece,
 * that would be a hundred thousand million bytes. */
static void
test_linear (void)
{
  static const WscHeadLimits wide = { .max_size = 600000, .max_line = 8192, .max_fields = 100000 };
  static const char field[] = "X-Some-Header-Of-Some-Length: and a value of its own\r\n";
  const size_t n_fields = 500000 / (sizeof field - 1);
  WscHttpHead *head = wsc_http_head_new (WSC_HEAD_REQUEST, &wide);
  WscFault fault = WSC_FAULT_PARTIAL;
  size_t used = 0, n_bytes = strlen (LINE), n_seen = 0;

  for (size_t i = 0; i < strlen (LINE); i++)
    fault = wsc_http_head_take (head, (WscBytes) { (const uint8_t *) LINE + i, 1 }, &used);
  for (size_t i = 0; i < n_fields && fault == WSC_FAULT_PARTIAL; i++)
    {
      for (size_t j = 0; j < sizeof field - 1 && fault == WSC_FAULT_PARTIAL; j++, n_bytes++)
        fault = wsc_http_head_take (head, (WscBytes) { (const uint8_t *) field + j, 1 }, &used);
    }
  if (fault == WSC_FAULT_PARTIAL)
    fault = wsc_http_head_take (head, wsc_text ("\r\n"), &used);
  n_bytes += 2;
  wsc_http_head_get_fields (head, &n_seen);

  tap_point (fault == WSC_FAULT_NONE && n_seen == n_fields && n_bytes > 490000,
             "/core/http-head/linear/SEC-19-half-a-megabyte-byte-by-byte");
  tap_point (wsc_http_head_get_n_visited (head) == n_bytes,
             "/core/http-head/linear/SEC-19-each-byte-is-visited-once");
  wsc_http_head_free (head);
}

/* The status of a server's response for each rule of the head; a client's handshake fails. */
static const struct
{
  WscFault fault;
  WscFaultError error;
  uint16_t status;
} status_cases[] = {
  { WSC_FAULT_REQUEST_LINE_MALFORMED, WSC_ERROR_INVALID_FORMAT, 400 },
  { WSC_FAULT_HEAD_TOO_BIG, WSC_ERROR_TOO_BIG, 431 },
  { WSC_FAULT_LINE_TOO_LONG, WSC_ERROR_TOO_BIG, 414 },
  { WSC_FAULT_TOO_MANY_FIELDS, WSC_ERROR_TOO_BIG, 431 },
  { WSC_FAULT_LINE_END_MALFORMED, WSC_ERROR_INVALID_FORMAT, 400 },
  { WSC_FAULT_FIELD_WITHOUT_COLON, WSC_ERROR_INVALID_FORMAT, 400 },
  { WSC_FAULT_FIELD_NAME_MALFORMED, WSC_ERROR_INVALID_FORMAT, 400 },
  { WSC_FAULT_FIELD_VALUE_MALFORMED, WSC_ERROR_INVALID_FORMAT, 400 },
  { WSC_FAULT_FIELD_FOLDED, WSC_ERROR_INVALID_FORMAT, 400 },
};

static void
test_statuses (void)
{
  for (size_t i = 0; i < sizeof status_cases / sizeof status_cases[0]; i++)
    tap_point (wsc_fault_get_error (status_cases[i].fault) == status_cases[i].error &&
               wsc_fault_get_http_status (status_cases[i].fault) == status_cases[i].status,
               "/core/http-head/server/WS-79-answer-to-%s",
               wsc_fault_get_name (status_cases[i].fault));
}

int
main (void)
{
  test_heads ();
  test_parts ();
  test_cuts ();
  test_answer ();
  test_dead ();
  test_first_line ();
  test_limits ();
  test_line_over_the_size ();
  test_default_limits ();
  test_linear ();
  test_statuses ();
  return tap_end ();
}
