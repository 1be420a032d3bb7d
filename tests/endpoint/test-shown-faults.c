/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The part of a head that an error text shows: short, one line, nothing secret.  The seed is
 * g_test's. */
#include "endpoint/opening/wsp-heads-private.h"

#include <string.h>

#include "core/handshake/server-handshake.h"
#include "lib/rows.h"

#define N_HEADS 20000

static const struct
{
  const char *name;
  WscFault    fault;
  WscHeadKind kind;
  const char *input, *shown;
} cases[] = {
  { "query", WSC_FAULT_METHOD_NOT_GET, WSC_HEAD_REQUEST, "POST /a?secret HTTP/1.1\r\n\r\n", ": received \"POST /a\"" },
  { "user", WSC_FAULT_METHOD_NOT_GET, WSC_HEAD_REQUEST, "POST ws://me:secret@h/ HTTP/1.1\r\n\r\n",
    ": received \"POST ws\"" },
  { "old-version", WSC_FAULT_REQUEST_NOT_HTTP_1_1, WSC_HEAD_REQUEST, "GET / HTTP/1.0\r\n\r\n",
    ": received \"GET / HTTP/1.0\"" },
  { "status-line", WSC_FAULT_STATUS_LINE_MALFORMED, WSC_HEAD_RESPONSE,
    "HTTP/2 200 OK and a reason without an end\r\n", ": received \"HTTP/2 200 OK and a reason witho...\"" },
  { "status-line-without-an-end", WSC_FAULT_STATUS_LINE_MALFORMED, WSC_HEAD_RESPONSE, "what", ": received \"what\"" },
  { "nothing", WSC_FAULT_STATUS_LINE_MALFORMED, WSC_HEAD_RESPONSE, "", ": received \"\"" },
  { "alert", WSC_FAULT_STATUS_LINE_MALFORMED, WSC_HEAD_RESPONSE, "\x15\x03\x03",
    ": received \"\\x15\\x03\\x03\" (this is TLS: use wss://)" },
  { "hello", WSC_FAULT_REQUEST_LINE_MALFORMED, WSC_HEAD_REQUEST, "\x16\x03\x01",
    ": received \"\\x16\\x03\\x01\" (this is TLS: set WspServer:tls-certificate, or use ws://)" },
  { "control-byte-without-tls", WSC_FAULT_REQUEST_LINE_MALFORMED, WSC_HEAD_REQUEST, "\x16\x02\x01",
    ": received \"\\x16\\x02\\x01\"" },
  { "letter-before-a-control-byte", WSC_FAULT_REQUEST_LINE_MALFORMED, WSC_HEAD_REQUEST, "a\x03\x01",
    ": received \"a\\x03\\x01\"" },
  { "value", WSC_FAULT_FIELD_VALUE_MALFORMED, WSC_HEAD_REQUEST,
    "GET / HTTP/1.1\r\nHost: h\r\nCookie: secret\x01\r\n\r\n", ": received \"Cookie\"" },
  { "no-colon", WSC_FAULT_FIELD_WITHOUT_COLON, WSC_HEAD_REQUEST,
    "GET / HTTP/1.1\r\nHost: h\r\nCookie\r\n\r\n", ": received \"Cookie\"" },
  { "blank-before-the-colon", WSC_FAULT_FIELD_NAME_MALFORMED, WSC_HEAD_REQUEST,
    "GET / HTTP/1.1\r\nAuthorization secret: x\r\n\r\n", ": received \"Authorization\"" },
  { "folded", WSC_FAULT_FIELD_FOLDED, WSC_HEAD_REQUEST, "GET / HTTP/1.1\r\nCookie: a\r\n secret\r\n\r\n",
    ": received \"\"" },
  { "line-end", WSC_FAULT_LINE_END_MALFORMED, WSC_HEAD_REQUEST, "GET / HTTP/1.1\r\nCookie: secret\nHost: h\r\n\r\n",
    ": received \"Cookie\"" },
  { "missing", WSC_FAULT_UPGRADE_MISSING, WSC_HEAD_REQUEST, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "" },
  { "field", WSC_FAULT_UPGRADE_WITHOUT_WEBSOCKET, WSC_HEAD_REQUEST,
    "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: \"h2c\"\r\n\r\n", ": received \"\\x22h2c\\x22\"" },
  { "field-twice", WSC_FAULT_HOST_REPEATED, WSC_HEAD_REQUEST, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ": received 2 times, first \"a\"" },
  { "no-fault", WSC_FAULT_NONE, WSC_HEAD_REQUEST, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "" },
};

static char *
show (WscFault    fault,
      WscHeadKind kind,
      const char *input,
      gsize       length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (input, length);

  return wsp_heads_show_fault (fault, kind, NULL, bytes);
}

static void
test_shown (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  gsize length = strlen (cases[i].input);
  g_autofree char *shown = show (cases[i].fault, cases[i].kind, cases[i].input, length);

  g_assert_cmpstr (shown, ==, cases[i].shown);
}

/* NUL is no end of a line. */
static void
test_nul (void)
{
  const char line[] = "G\0T / HTTP/1.1\r\n";
  g_autofree char *shown = show (WSC_FAULT_REQUEST_LINE_MALFORMED, WSC_HEAD_REQUEST, line,
                                 sizeof line - 1);

  g_assert_cmpstr (shown, ==, ": received \"G\\x00T / HTTP/1.1\"");
}

static const char *const first_lines[] = {
  "GET / HTTP/1.1\r\n", "GET /?secret HTTP/1.1\r\n", "POST ws://me:secret@h/ HTTP/1.1\r\n", "HTTP/1.1 101 Yes\r\n",
  "\x16\x03\x01\r\n", "\x15\x03\x03\n", "\xff\"\\\r\n",
};

static const char *const pieces[] = {
  "GET /?a HTTP/1.1\r\n", "Host: h\r\n", "Upgrade: websocket\r\n", "Connection: Upgrade\r\n",
  "Authorization: secret\r\n", "Cookie: secret\x01\r\n",
  "Authorization secret\r\n", "Authorization: a\r\n secret\r\n", "Cookie: secret\n", "Cookie: secret\rsecret\r\n",
  "\r\n", "\n", "\r", "\x16\x03\x01", "\x15\x03\x03", "\xff", "\"", ":", " ", "\x7f", "Upgrade: x\r\n",
  "Sec-WebSocket-Version: 13\r\n", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n", "Sec-WebSocket-Version: \x80\r\n",
};

/* The fault of reading the head, or of the checks after it. */
static WscFault
find_fault (WscHeadKind kind,
            const char *input,
            gsize       length)
{
  WscHttpHead *head = wsc_http_head_new (kind, NULL);
  gsize used;
  WscFault fault = wsc_http_head_take (head, (WscBytes) { (const guint8 *) input, length }, &used);

  if (fault == WSC_FAULT_NONE && kind == WSC_HEAD_REQUEST)
    {
      const WscOptions options = { .role = WSC_ROLE_SERVER, .mode = WSC_MODE_AUTOMATIC,
                                   .masking = 1 };
      gsize n_fields;
      const WscHeader *fields = wsc_http_head_get_fields (head, &n_fields);

      fault = wsc_server_handshake_check (&options, fields, n_fields);
    }

  wsc_http_head_free (head);
  return fault;
}

static void
test_any (void)
{
  for (guint n = 0; n < N_HEADS; n++)
    {
      g_autoptr (GString) input = g_string_new (NULL);
      WscHeadKind kind = n % 2 ? WSC_HEAD_REQUEST : WSC_HEAD_RESPONSE;

      g_string_append (input, first_lines[g_test_rand_int_range (kind == WSC_HEAD_REQUEST ? 0 : 3,
                                                                 G_N_ELEMENTS (first_lines))]);
      for (int i = g_test_rand_int_range (1, 12); i > 0; i--)
        g_string_append (input, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);

      WscFault fault = find_fault (kind, input->str, input->len);
      g_autofree char *shown = show (fault, kind, input->str, input->len);

      g_assert_cmpuint (strlen (shown), <, 300);
      g_assert_true (g_utf8_validate (shown, -1, NULL));
      for (const char *at = shown; *at != '\0'; at++)
        g_assert_false (g_ascii_iscntrl (*at));
      if (strstr (shown, "secret") != NULL)
        g_error ("%s of %s", shown, input->str);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/endpoint/shown-faults", cases, test_shown);
  g_test_add_func ("/endpoint/shown-faults/nul", test_nul);
  g_test_add_func ("/endpoint/shown-faults/SEC-41-of-any-head-are-short-and-not-secret", test_any);

  return g_test_run ();
}
