/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/base/wsp-error.h>
#include <libwsproto/http/wsp-headers.h>
#include <libwsproto/session/wsp-session.h>

#include "lib/heads.h"

#include <string.h>

static WspHeaders *
parse (const char *block)
{
  g_autoptr (GError) error = NULL;
  WspHeaders *headers = parse_headers (block, &error);

  g_assert_no_error (error);
  return headers;
}

static void
test_parse (void)
{
  g_autoptr (WspHeaders) headers = parse ("Host: a\r\nCookie: x\r\ncookie:  y \r\n\r\nrest");

  g_assert_cmpuint (wsp_headers_get_length (headers), ==, 3);
  g_assert_cmpstr (wsp_headers_get_name (headers, 2), ==, "cookie");
  g_assert_cmpstr (wsp_headers_get_value (headers, 2), ==, "y");
  g_assert_null (wsp_headers_get_name (headers, 3));
  g_assert_null (wsp_headers_get_value (headers, 3));
}

static const char * const unfinished[] = { "", "\r\n", "A: b", "A: b\r\n", "A: b\r\n\r\n" };

static void
test_parse_unfinished (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (unfinished); i++)
    {
      g_autoptr (WspHeaders) headers = parse (unfinished[i]);

      g_assert_cmpuint (wsp_headers_get_length (headers), ==, i >= 2);
    }
}

static const struct
{
  const char *block;
  int         code;
} refused_blocks[] = {
  { "no colon\r\n\r\n", WSP_ERROR_INVALID_FORMAT },
  { "a b: c\r\n\r\n", WSP_ERROR_INVALID_FORMAT },
  { "n\xc3\xa4me: c\r\n\r\n", WSP_ERROR_INVALID_FORMAT },
  { "A: b\r\n folded\r\n\r\n", WSP_ERROR_INVALID_FORMAT },
  { "A: \x01\r\n\r\n", WSP_ERROR_INVALID_FORMAT },
};

static void
test_parse_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused_blocks); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse_headers (refused_blocks[i].block, &error));
      g_assert_error (error, WSP_ERROR, refused_blocks[i].code);
    }
}

static void
test_parse_too_many (void)
{
  g_autoptr (GString) block = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 101; i++)
    g_string_append (block, "A: b\r\n");

  g_assert_null (parse_headers (block->str, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_TOO_BIG);
  g_assert_cmpstr (error->message, ==,
                   "HTTP head has more fields than max-header-fields: 101, limit 100");
}

static void
test_not_utf8 (void)
{
  g_autoptr (WspHeaders) headers = parse ("A: x\xff\xfe" "y\xc3\xa4\r\n\r\n");
  g_autofree char *list = wsp_headers_dup_list (headers, "a");

  g_assert_cmpstr (wsp_headers_get_one (headers, "a"), ==, "x\\xff\\xfey\xc3\xa4");
  g_assert_true (g_utf8_validate (list, -1, NULL));
}

static const struct
{
  const char *name, *value;
} refused_fields[] = {
  { "", "x" },
  { "two words", "x" },
  { "A:", "x" },
  { "A\r\nB", "x" },
  { "A", "x\r\nB: y" },
  { "A", "x\ny" },
  { "A", "x\ry" },
  { "A", "\x7f" },
};

static void
test_append_refused (void)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  for (guint i = 0; i < G_N_ELEMENTS (refused_fields); i++)
    {
      g_autoptr (GError) error = NULL, again = NULL;

      g_assert_false (wsp_headers_append (headers, refused_fields[i].name, refused_fields[i].value,
                                          &error));
      g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
      g_assert_false (wsp_headers_replace (headers, refused_fields[i].name, refused_fields[i].value,
                                           &again));
      g_assert_error (again, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
    }
  g_assert_cmpuint (wsp_headers_get_length (headers), ==, 0);
}

static void
test_names (void)
{
  g_autoptr (WspHeaders) headers = parse ("B: 1\r\nA: 2\r\nb: 3\r\n\r\n");
  g_auto (GStrv) names = wsp_headers_dup_names (headers);
  g_autofree char *list = wsp_headers_dup_list (headers, "B");

  g_assert_cmpuint (g_strv_length (names), ==, 2);
  g_assert_cmpstr (names[0], ==, "B");
  g_assert_cmpstr (names[1], ==, "A");
  g_assert_cmpstr (list, ==, "1, 3");
  g_assert_null (wsp_headers_get_one (headers, "b"));
  g_assert_cmpstr (wsp_headers_get_one (headers, "a"), ==, "2");
  g_assert_null (wsp_headers_get_one (headers, "c"));
  g_assert_null (wsp_headers_dup_list (headers, "c"));
}

static void
test_change (void)
{
  g_autoptr (WspHeaders) headers = parse ("B: 1\r\nA: 2\r\nb: 3\r\n\r\n");

  g_assert_true (wsp_headers_replace (headers, "b", "4", NULL));
  g_assert_cmpuint (wsp_headers_get_length (headers), ==, 2);
  g_assert_cmpstr (wsp_headers_get_one (headers, "B"), ==, "4");
  wsp_headers_remove (headers, "a");
  wsp_headers_remove (headers, "none");
  g_assert_cmpuint (wsp_headers_get_length (headers), ==, 1);
}

static const struct
{
  const char *value, *token;
  gboolean    is_there;
} token_cases[] = {
  { "keep-alive, Upgrade", "upgrade", TRUE },
  { "upgrade", "UPGRADE", TRUE },
  { "upgrades", "upgrade", FALSE },
  { "x,,upgrade", "upgrade", TRUE },
  { "\"upgrade\"", "upgrade", FALSE },
  { "", "upgrade", FALSE },
};

static void
test_has_token (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (token_cases); i++)
    {
      g_autoptr (WspHeaders) headers = wsp_headers_new ();

      g_assert_true (wsp_headers_append (headers, "Connection", "close", NULL));
      g_assert_true (wsp_headers_append (headers, "X-Connection", "upgrade, a, ab", NULL));
      g_assert_true (wsp_headers_append (headers, "Connection", token_cases[i].value, NULL));
      g_assert_cmpint (wsp_headers_has_token (headers, "connection", token_cases[i].token), ==,
                       token_cases[i].is_there);
    }
}

static void
test_frozen (void)
{
  g_autoptr (WspHeaders) headers = parse ("Host: a\r\n\r\n");
  g_autoptr (WspSession) session = wsp_session_new (WSP_ROLE_CLIENT);
  g_autoptr (WspHeaders) request = NULL;
  g_autoptr (GError) error = NULL;

  request = wsp_session_begin_client_handshake (session, NULL, NULL, headers, NULL);
  g_assert_nonnull (request);
  g_assert_false (wsp_headers_append (headers, "A", "b", &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "wsp_headers_remove: *is_frozen*");
  wsp_headers_remove (headers, "Host");
  g_test_assert_expected_messages ();
  g_assert_cmpstr (wsp_headers_get_one (headers, "Host"), ==, "a");
}

static const struct
{
  const char *name, *line;
} written_lines[] = {
  { "request", "GET / HTTP/1.1" },
  { "request-of-an-older-version", "OPTIONS * HTTP/1.0" },
  { "response", "HTTP/1.1 101 Switching Protocols" },
  { "response-without-a-reason", "HTTP/1.1 101" },
  { "response-with-an-empty-reason", "HTTP/1.1 204 " },
};

static void
test_write (gconstpointer data)
{
  const char *line = written_lines[GPOINTER_TO_SIZE (data)].line;
  g_autoptr (WspHeaders) headers = parse ("Host: a\r\nX: \xff\r\nEmpty:\r\nhost:  y \r\n");
  g_autoptr (WspHeaders) none = wsp_headers_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) head = wsp_headers_write (headers, line, &error);
  g_autoptr (GBytes) empty = wsp_headers_write (none, line, NULL);
  g_autofree char *expected =
    g_strconcat (line, "\r\nHost: a\r\nX: \xff\r\nEmpty: \r\nhost: y\r\n\r\n", NULL);
  g_autofree char *bare = g_strconcat (line, "\r\n\r\n", NULL);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (head, NULL), g_bytes_get_size (head), expected,
                   strlen (expected));
  g_assert_cmpmem (g_bytes_get_data (empty, NULL), g_bytes_get_size (empty), bare, strlen (bare));
}

static const struct
{
  const char *name, *line, *shown;
} refused_lines[] = {
  { "empty", "", "received \"\"" },
  { "blank", " ", "received \" \"" },
  { "no-target", "GET", "received \"GET\"" },
  { "no-version", "GET /", "received \"GET /\"" },
  { "blank-in-the-target", "GET /a b HTTP/1.1", "received \"GET /a b HTTP/1.1\"" },
  { "two-blanks", "GET  / HTTP/1.1", "received \"GET  / HTTP/1.1\"" },
  { "letters-that-are-not-ascii", "GET /\xc3\xa4 HTTP/1.1", "received \"GET /\xc3\xa4 HTTP/1.1\"" },
  { "line-end", "GET / HTTP/1.1\r\n", "received \"GET / HTTP/1.1\\x0d\\x0a\"" },
  { "SEC-38-second-line", "GET / HTTP/1.1\r\nX: y", "received \"GET / HTTP/1.1\\x0d\\x0aX: y\"" },
  { "SEC-38-lone-line-feed", "GET / HTTP/1.1\nX: y", "received \"GET / HTTP/1.1\\x0aX: y\"" },
  { "SEC-38-lone-return", "HTTP/1.1 200 OK\rX: y", "received \"HTTP/1.1 200 OK\\x0dX: y\"" },
  { "no-status", "HTTP/1.1", "received \"HTTP/1.1\"" },
  { "status-of-two-digits", "HTTP/1.1 99", "received \"HTTP/1.1 99\"" },
  { "control-character-in-the-reason", "HTTP/1.1 200 \x01", "received \"HTTP/1.1 200 \\x01\"" },
  { "header-field", "Host: a", "received \"Host: a\"" },
};

static void
test_write_refused (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_headers_write (headers, refused_lines[i].line, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_true (g_str_has_prefix (error->message, "Invalid start line: expected one line"));
  g_assert_true (g_str_has_suffix (error->message, refused_lines[i].shown));
}

static void
test_write_too_long (void)
{
  g_autofree char *path = g_strnfill (100000, 'x');
  g_autofree char *line = g_strdup_printf ("GET /%s HTTP/1.1", path);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_headers_write (headers, line, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_TOO_BIG);
}

static void
add_row (const char   *folder,
         const char   *name,
         gsize         i,
         GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf ("/session/headers/%s/%s", folder, name);

  g_test_add_data_func (path, GSIZE_TO_POINTER (i), test);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/headers/parse/fields-in-order", test_parse);
  g_test_add_func ("/session/headers/parse/end-may-be-missing", test_parse_unfinished);
  g_test_add_func ("/session/headers/parse/WS-195-malformed-refused", test_parse_refused);
  g_test_add_func ("/session/headers/parse/too-many-names-the-property", test_parse_too_many);
  g_test_add_func ("/session/headers/get/WS-195-bytes-that-are-not-utf8-escaped", test_not_utf8);
  g_test_add_func ("/session/headers/append/WS-32-SEC-38-splitting-refused", test_append_refused);
  g_test_add_func ("/session/headers/get/names-in-any-case", test_names);
  g_test_add_func ("/session/headers/replace/takes-the-place-of-all", test_change);
  g_test_add_func ("/session/headers/has-token/whole-tokens-only", test_has_token);
  g_test_add_func ("/session/headers/append/frozen-refused", test_frozen);
  for (gsize i = 0; i < G_N_ELEMENTS (written_lines); i++)
    add_row ("write", written_lines[i].name, i, test_write);
  for (gsize i = 0; i < G_N_ELEMENTS (refused_lines); i++)
    add_row ("write-refused", refused_lines[i].name, i, test_write_refused);
  g_test_add_func ("/session/headers/write-refused/too-long", test_write_too_long);
  return g_test_run ();
}
