/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Heads as they were on the wire, cut at every byte, and what they negotiate. */

#include <libwsproto/observe/dissector/wsp-dissector.h>
#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "lib/rows.h"

#define REQUEST_LINES \
  "GET /chat HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
#define REQUEST REQUEST_LINES "\r\n"
#define OFFER REQUEST_LINES \
  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
#define RESPONSE_LINES \
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define RESPONSE RESPONSE_LINES "\r\n"
#define AGREED RESPONSE_LINES \
  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10; " \
  "server_no_context_takeover\r\n\r\n"
#define UNKNOWN RESPONSE_LINES "Sec-WebSocket-Extensions: x-unknown; a=1\r\n\r\n"
#define HINTS "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
#define OLD "HTTP/1.0 200 OK\r\nX-Old: yes\r\n\r\n"
#define BARE "HTTP/1.1 101 OK\nUpgrade: websocket\n\n"
#define REFUSED "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n"

#define FRAME "\x81\1x"

/* Heads that a peer accepts, with one fault each: frames follow in both directions. */
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define STATUS "HTTP/1.1 101 Switching Protocols\r\n"
#define UPGRADED "Upgrade: websocket\r\nConnection: Upgrade\r\n"

static const struct
{
  const char *name, *request, *interim, *response, *rest;
  const char *fault;            /* fault of the response; NULL = none */
  const char *frames;           /* opcodes of the frames; ~ for other bytes, ! for a fault of
                                 * these */
} head_cases[] = {
  { "accepted", REQUEST, "", RESPONSE, "\x81\1x", NULL, "1" },
  { "after-an-interim-response", REQUEST, HINTS, RESPONSE, "\x81\1x", NULL, "1" },
  { "malformed-refusal-is-one", REQUEST, "", OLD, FRAME, "status-line-malformed", "~" },
  { "no-status-line", REQUEST, "", "HTTP 101\r\n\r\n", FRAME, "status-line-malformed", "~!" },
  { "no-status", REQUEST, "", "HTTP/1.1 1x1 OK\r\n\r\n", FRAME, "status-line-malformed", "~!" },
  { "bare-line-feeds", REQUEST, "", BARE, FRAME, "line-end-malformed", "1" },
  { "two-carriage-returns", REQUEST, "", STATUS UPGRADED "A: b\r\r\n\r\n", FRAME, "line-end-malformed", "1" },
  { "carriage-return-in-a-value", REQUEST, "", STATUS UPGRADED "A: b\rc\r\n\r\n", FRAME, "line-end-malformed", "1" },
  { "one-bare-line-feed-at-the-end", REQUEST, "", STATUS UPGRADED ACCEPT "\n", FRAME, "line-end-malformed", "1" },
  { "http-1-0", REQUEST, "", "HTTP/1.0 101 OK\r\n" UPGRADED "\r\n", FRAME, "status-line-malformed", "1" },
  { "http-in-small-letters", REQUEST, "", "http/1.1 101 OK\r\n\r\n", FRAME, "status-line-malformed", "1" },
  { "two-blanks-before-the-status", REQUEST, "", "HTTP/1.1  101 OK\r\n\r\n", FRAME, "status-line-malformed", "1" },
  { "control-in-the-reason", REQUEST, "", "HTTP/1.1 101 O\aK\r\n\r\n", FRAME, "status-line-malformed", "1" },
  { "empty-lines-before-it", REQUEST, "", "\r\n\r\n" RESPONSE, FRAME, "status-line-malformed", "1" },
  { "line-without-a-colon", REQUEST, "", STATUS "Garbage\r\n\r\n", FRAME, "field-without-colon", "1" },
  { "line-of-a-colon", REQUEST, "", STATUS ":\r\n\r\n", FRAME, "field-name-malformed", "1" },
  { "folded-line", REQUEST, "", STATUS "A: b\r\n  c\r\n\tE: f\r\n\r\n", FRAME, "field-folded", "1" },
  { "folded-first-line", REQUEST, "", STATUS " A: b\r\n\r\n", FRAME, "field-folded", "1" },
  { "line-of-blanks", REQUEST, "", STATUS "A: b\r\n \r\n\r\n", FRAME, "field-folded", "1" },
  { "blank-before-the-colon", REQUEST, "", STATUS "A : b\r\n\r\n", FRAME, "field-name-malformed", "1" },
  { "bracket-in-a-name", REQUEST, "", STATUS "A[b]: 1\r\n\r\n", FRAME, "field-name-malformed", "1" },
  { "control-in-a-value", REQUEST, "", STATUS "A: b\x01\r\n\r\n", FRAME, "field-value-malformed", "1" },
  { "text-behind-a-head-with-a-fault", REQUEST, "", STATUS "A: b\n\n", "Set-Cookie: c\r\n\r\n" FRAME FRAME FRAME,
    "line-end-malformed", "~111" },
  { "malformed-interim-response", REQUEST, "HTTP/1.1 103 Hints\r\nLink\r\n\r\n", RESPONSE, FRAME,
    "field-without-colon", "1" },
  { "malformed-after-an-interim-response", REQUEST, HINTS, OLD, "", "status-line-malformed", "" },
  { "refusal-and-its-body", REQUEST, "", REFUSED, "no", NULL, "~" },
  { "request-with-a-blank-in-its-target", "GET /a b HTTP/1.1\r\n\r\n", "", RESPONSE, FRAME, NULL, "1" },
  { "request-with-bare-line-feeds", "GET / HTTP/1.1\nHost: a\n\n", "", RESPONSE, FRAME, NULL, "1" },
  { "malformed-request", "GET\r\nA: b\r\n\r\n", "", REFUSED, "", NULL, "" },
};

static void
push (WspDissector *dissector,
      WspDirection  direction,
      const char   *text,
      gsize         piece,
      GString      *seen)
{
  gsize length = strlen (text);

  for (gsize at = 0; at < length; at += piece)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (text + at, MIN (piece, length - at));
      const WspFrameRecord *records;
      guint n;

      wsp_dissector_push (dissector, direction, bytes, 0);
      records = wsp_dissector_take_records (dissector, &n);
      for (guint i = 0; i < n; i++)
        {
          gboolean is_frame = (records[i].flags & WSP_FRAME_FLAGS_BYTES) == 0;

          if (is_frame || !g_str_has_prefix (seen->str, "~"))
            g_string_append_printf (seen, "%c%s", is_frame ? '0' + records[i].opcode : '~',
                                    records[i].fault != 0 ? "!" : "");
        }
    }
}

static void
assert_head (GBytes     *head,
             const char *expected)
{
  g_assert_nonnull (head);
  g_assert_cmpmem (g_bytes_get_data (head, NULL), g_bytes_get_size (head), expected,
                   strlen (expected));
  g_bytes_unref (head);
}

static void
test_heads (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *received = g_strconcat (head_cases[i].interim, head_cases[i].response,
                                           head_cases[i].rest, NULL);

  for (gsize piece = 1; piece <= strlen (received); piece++)
    {
      g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
      g_autoptr (GString) seen = g_string_new (NULL);
      guint fault;

      push (dissector, WSP_DIRECTION_SENT, head_cases[i].request, piece, seen);
      g_assert_true (wsp_dissector_has_request (dissector));
      g_assert_false (wsp_dissector_has_response (dissector));
      push (dissector, WSP_DIRECTION_RECEIVED, received, piece, seen);
      g_assert_true (wsp_dissector_has_response (dissector));
      fault = wsp_dissector_get_head_fault (dissector, WSP_DIRECTION_RECEIVED);
      g_assert_cmpstr (wsp_fault_get_name (fault), ==, head_cases[i].fault);
      assert_head (wsp_dissector_dup_request_head (dissector), head_cases[i].request);
      assert_head (wsp_dissector_dup_response_head (dissector), head_cases[i].response);
      g_assert_cmpuint (wsp_dissector_get_n_interim_heads (dissector), ==,
                        head_cases[i].interim[0] != '\0');
      if (head_cases[i].interim[0] != '\0')
        assert_head (wsp_dissector_dup_interim_head (dissector, 0), head_cases[i].interim);
      g_assert_null (wsp_dissector_dup_interim_head (dissector, 1));
      g_assert_cmpstr (seen->str, ==, head_cases[i].frames);
    }
}

/* As much of it as was received. */
static void
test_incomplete (void)
{
  for (gsize length = 1; length < strlen (REQUEST); length++)
    {
      g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_SERVER, NULL);
      g_autofree char *part = g_strndup (REQUEST, length);

      push (dissector, WSP_DIRECTION_RECEIVED, part, length, NULL);
      wsp_dissector_end (dissector, WSP_DIRECTION_RECEIVED, 0);
      g_assert_false (wsp_dissector_has_request (dissector));
      assert_head (wsp_dissector_dup_request_head (dissector), part);
      g_assert_null (wsp_dissector_dup_response_head (dissector));
    }
}

/* A request with a fault is read, too: the key, the offer, and the frames behind it. */
static const struct
{
  const char *name, *lines, *fault;
} request_cases[] = {
  { "bare-line-feeds", "GET /chat HTTP/1.1\nHost: example.org\nSec-WebSocket-Key: dGhl\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\n\n", "line-end-malformed" },
  { "blank-before-the-colon", "GET /chat HTTP/1.1\r\nHost\t: example.org\r\nSec-WebSocket-Key : dGhl\r\n"
    "Sec-WebSocket-Extensions : permessage-deflate; client_max_window_bits\r\n\r\n", "field-name-malformed" },
  { "folded", "GET /chat HTTP/1.1\r\nHost:\r\n example.org\r\nSec-WebSocket-Key:\r\n dGhl\r\n"
    "Sec-WebSocket-Extensions:\r\n\tpermessage-deflate; client_max_window_bits\r\n\r\n", "field-folded" },
  { "blank-in-the-target", "GET /a b\tc HTTP/1.1\r\nHost: example.org\r\nSec-WebSocket-Key: dGhl\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n", "request-line-malformed" },
  { "blank-behind-the-version", "GET /a HTTP/1.1 \r\nHost: example.org\r\nSec-WebSocket-Key: dGhl\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n", "request-line-malformed" },
  { "empty-line-before-it", "\r\nGET /a HTTP/1.1\r\nHost: example.org\r\nSec-WebSocket-Key: dGhl\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n", "request-line-malformed" },
};

static void
test_request (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  for (gsize piece = 1; piece <= strlen (request_cases[i].lines); piece++)
    {
      g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
      g_autoptr (GString) seen = g_string_new (NULL);
      g_autoptr (WspHeaders) headers = NULL;
      guint fault;

      push (dissector, WSP_DIRECTION_SENT, request_cases[i].lines, piece, seen);
      push (dissector, WSP_DIRECTION_RECEIVED, AGREED, 1000, seen);
      push (dissector, WSP_DIRECTION_SENT, "\x81\x81\1\1\1\1x", piece, seen);
      fault = wsp_dissector_get_head_fault (dissector, WSP_DIRECTION_SENT);
      g_assert_cmpstr (wsp_fault_get_name (fault), ==, request_cases[i].fault);
      g_assert_true (wsp_dissector_has_read_head (dissector, WSP_DIRECTION_SENT));
      g_assert_true (wsp_dissector_get_deflate (dissector, NULL, NULL, NULL, NULL));
      assert_head (wsp_dissector_dup_request_head (dissector), request_cases[i].lines);
      headers = wsp_dissector_dup_request_headers (dissector);
      g_assert_cmpstr (wsp_headers_get_one (headers, "Host"), ==, "example.org");
      g_assert_cmpstr (wsp_headers_get_one (headers, "Sec-WebSocket-Key"), ==, "dGhl");
      g_assert_cmpstr (seen->str, ==, "1");
    }
}

/* Heads of many bytes or fields break no rule; behind those that are not read, frames are found. */
static const struct
{
  const char *name;
  guint       n_lines, n_filling;
  gboolean    is_read;
} size_cases[] = {
  { "30-kB", 1, 30000, TRUE },
  { "almost-1-MiB", 1, 1024 * 1024 - 300, TRUE },
  { "10000-fields", 9994, 1, TRUE },
  { "more-than-1-MiB", 1, 1024 * 1024, FALSE },
  { "2-MiB", 2, 1024 * 1024, FALSE },
  { "more-than-10000-fields", 10000, 1, FALSE },
};

static void
test_size (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
  g_autoptr (GString) request = g_string_new (OFFER);
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autofree char *filling = g_strnfill (size_cases[i].n_filling, 'x');

  g_string_truncate (request, request->len - strlen ("\r\n"));
  for (guint n = 0; n < size_cases[i].n_lines; n++)
    g_string_append_printf (request, "A: %s\r\n", filling);
  g_string_append (request, "\r\n");
  push (dissector, WSP_DIRECTION_SENT, request->str, 100000, seen);
  g_assert_cmpint (wsp_dissector_has_read_head (dissector, WSP_DIRECTION_SENT), ==,
                   size_cases[i].is_read);
  g_assert_cmpuint (wsp_dissector_get_head_fault (dissector, WSP_DIRECTION_SENT), ==, 0);
  push (dissector, WSP_DIRECTION_RECEIVED, AGREED, 1000, seen);
  g_assert_true (wsp_dissector_get_deflate (dissector, NULL, NULL, NULL, NULL));
  for (guint n = 0; n < 3; n++)
    push (dissector, WSP_DIRECTION_SENT, "\x81\x81\1\1\1\1x", 1000, seen);
  g_assert_true (g_str_has_suffix (seen->str, "111"));
  g_assert_null (strchr (seen->str, '!'));
}

/* A peer that never ends its heads does not fill the memory. */
static void
test_bounded (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
  g_autoptr (GString) seen = g_string_new (NULL);

  for (guint i = 0; i < 1000; i++)
    push (dissector, WSP_DIRECTION_RECEIVED, HINTS, 1000, seen);
  g_assert_cmpuint (wsp_dissector_get_n_interim_heads (dissector), ==, 16);
  for (guint i = 0; i < 30000; i++)
    push (dissector, WSP_DIRECTION_RECEIVED, "?????????????????????????????????????????????????",
          100, seen);
  g_autoptr (GBytes) head = wsp_dissector_dup_response_head (dissector);

  g_assert_true (wsp_dissector_has_response (dissector));
  g_assert_cmpuint (g_bytes_get_size (head), ==, 1024 * 1024);
}

#define INTERIM_BEGIN "HTTP/1.1 103 Early Hints\r\nLink: "

/* Interim heads of these sizes; of all together 64 KiB are kept. */
static const struct
{
  const char *name;
  gsize       sizes[8];         /* lengths of the interim heads; 0 = no more */
  guint       n_kept;
} interim_cases[] = {
  { "as-large-as-all", { 16384, 16384, 16384, 16384 }, 4 },
  { "one-that-fills-the-rest", { 16384, 16384, 16384, 16320, 64 }, 5 },
  { "one-byte-too-much", { 16384, 16384, 16384, 16320, 65 }, 4 },
  { "small-one-behind-one-that-is-too-large", { 16384, 16384, 16384, 16320, 65, 64 }, 5 },
};

static void
test_interim_bounded (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
  g_autoptr (GString) seen = g_string_new (NULL);

  for (const gsize *size = interim_cases[i].sizes; *size != 0; size++)
    {
      g_autofree char *filling = g_strnfill (*size - strlen (INTERIM_BEGIN "\r\n\r\n"), 'x');
      g_autofree char *head = g_strconcat (INTERIM_BEGIN, filling, "\r\n\r\n", NULL);

      push (dissector, WSP_DIRECTION_RECEIVED, head, *size, seen);
    }
  push (dissector, WSP_DIRECTION_RECEIVED, RESPONSE, 1000, seen);
  g_assert_cmpuint (wsp_dissector_get_n_interim_heads (dissector), ==, interim_cases[i].n_kept);
  assert_head (wsp_dissector_dup_response_head (dissector), RESPONSE);
}

/* The parameters are known with the response, and not before. */
static void
test_deflate (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
  guint client_bits = 0, server_bits = 0;
  gboolean client_takeover = FALSE, server_takeover = TRUE;

  push (dissector, WSP_DIRECTION_SENT, OFFER, 1000, NULL);
  g_assert_false (wsp_dissector_get_deflate (dissector, NULL, NULL, NULL, NULL));
  push (dissector, WSP_DIRECTION_RECEIVED, AGREED, 1000, NULL);
  g_assert_true (wsp_dissector_get_deflate (dissector, &client_bits, &server_bits,
                                            &client_takeover, &server_takeover));
  g_assert_cmpuint (client_bits, ==, 10);
  g_assert_cmpuint (server_bits, ==, 15);
  g_assert_true (client_takeover);
  g_assert_false (server_takeover);
}

/* Without the request, the response alone says what was negotiated. */
static void
test_lost_request (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);

  push (dissector, WSP_DIRECTION_SENT, "GET /chat", 1000, NULL);
  wsp_dissector_skip (dissector, WSP_DIRECTION_SENT, 300, 0);
  push (dissector, WSP_DIRECTION_RECEIVED, AGREED, 1000, NULL);
  g_assert_true (wsp_dissector_get_deflate (dissector, NULL, NULL, NULL, NULL));
  assert_head (wsp_dissector_dup_request_head (dissector), "GET /chat");
}

/* A request that is malformed is not lost: it offers nothing. */
static void
test_malformed_request (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);

  push (dissector, WSP_DIRECTION_SENT, "GET\r\nA: b\r\n\r\n", 1000, NULL);
  push (dissector, WSP_DIRECTION_RECEIVED, AGREED, 1000, NULL);
  g_assert_false (wsp_dissector_get_deflate (dissector, NULL, NULL, NULL, NULL));
}

/* Without both heads nothing is known of extensions, so that no reserved bit breaks a rule. */
static void
test_lost_handshake (void)
{
  const guint16 flags = WSP_FRAME_FLAGS_GUESSED | WSP_FRAME_FLAGS_OPAQUE;
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
  g_autoptr (GBytes) frames = g_bytes_new ("\xc1\2\xff\xfe\xc1\1x\xc1\1y", 10);
  const WspFrameRecord *records;
  guint n;

  wsp_dissector_skip (dissector, WSP_DIRECTION_SENT, G_MAXUINT64, 0);
  wsp_dissector_skip (dissector, WSP_DIRECTION_RECEIVED, G_MAXUINT64, 0);
  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, frames, 0);
  records = wsp_dissector_take_records (dissector, &n);
  g_assert_cmpuint (n, ==, 3);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (records[i].flags, ==, flags);
      g_assert_cmpuint (wsp_frame_record_get_n_faults (&records[i]), ==, 0);
    }
}

static void
test_early_frame (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
  g_autoptr (GString) seen = g_string_new (NULL);

  push (dissector, WSP_DIRECTION_SENT, REQUEST "\x81\x81\1\1\1\1x", 1000, seen);
  push (dissector, WSP_DIRECTION_RECEIVED, RESPONSE, 1000, seen);
  push (dissector, WSP_DIRECTION_SENT, "\x81\x81\1\1\1\1x", 1000, seen);
  g_assert_cmpstr (seen->str, ==, "1!1");
}

/* A client that did not wait for the response is refused, however much of its frame has come. */
static void
test_refused_early (void)
{
  const char frame[] = "\x81\x84\1\1\1\1`bcd";

  for (gsize n_come = 1; n_come < strlen (frame); n_come++)
    {
      g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
      g_autoptr (GString) seen = g_string_new (NULL);
      g_autofree char *begin = g_strndup (frame, n_come);

      push (dissector, WSP_DIRECTION_SENT, REQUEST, 1000, seen);
      push (dissector, WSP_DIRECTION_SENT, begin, 1000, seen);
      push (dissector, WSP_DIRECTION_RECEIVED, REFUSED, 1000, seen);
      push (dissector, WSP_DIRECTION_SENT, frame + n_come, 1000, seen);
      g_assert_cmpstr (seen->str, ==, "1!");
    }
}

/* Bits, opcodes and text of an unknown extension break no rule. */
static void
test_unknown_extension (void)
{
  g_autoptr (WspDissector) dissector = wsp_dissector_new (WSP_ROLE_CLIENT, NULL);
  g_autoptr (GBytes) frames = g_bytes_new ("\xf1\2\xff\xfe\xb3\1x", 7);
  const WspFrameRecord *records;
  guint n;

  push (dissector, WSP_DIRECTION_SENT, REQUEST, 1000, NULL);
  push (dissector, WSP_DIRECTION_RECEIVED, UNKNOWN, 1000, NULL);
  wsp_dissector_push (dissector, WSP_DIRECTION_RECEIVED, frames, 0);
  records = wsp_dissector_take_records (dissector, &n);
  g_assert_cmpuint (n, ==, 2);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (records[i].flags, ==, WSP_FRAME_FLAGS_OPAQUE);
      g_assert_cmpuint (wsp_frame_record_get_n_faults (&records[i]), ==, 0);
    }
  g_assert_cmpuint (records[0].payload_length, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/observe/dissector-head/as-it-was", head_cases, test_heads);
  ADD_ROWS ("/observe/dissector-head/read-as-peers-do", request_cases, test_request);
  ADD_ROWS ("/observe/dissector-head/size-breaks-no-rule", size_cases, test_size);
  g_test_add_func ("/observe/dissector-head/as-it-was/incomplete", test_incomplete);
  g_test_add_func ("/observe/dissector-head/bounded/interim-and-malformed", test_bounded);
  ADD_ROWS ("/observe/dissector-head/bounded/interim-heads", interim_cases, test_interim_bounded);
  g_test_add_func ("/observe/dissector-head/deflate/known-with-the-response", test_deflate);
  g_test_add_func ("/observe/dissector-head/deflate/known-without-the-request", test_lost_request);
  g_test_add_func ("/observe/dissector-head/deflate/none-with-a-malformed-request",
                   test_malformed_request);
  g_test_add_func ("/observe/dissector-head/deflate/unknown-without-both", test_lost_handshake);
  g_test_add_func ("/observe/dissector-head/before-101/frame-is-a-fault", test_early_frame);
  g_test_add_func ("/observe/dissector-head/before-403/frame-that-began-is-read",
                   test_refused_early);
  g_test_add_func ("/observe/dissector-head/unknown-extension/is-opaque", test_unknown_extension);

  return g_test_run ();
}
