/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/session/wsp-headers.h>
#include <libwsproto/session/wsp-session-error.h>
#include <libwsproto/session/wsp-session.h>

#include <string.h>

static WspHeaders *
parse (const char *block)
{
  g_autoptr (GError) error = NULL;
  WspHeaders *headers = wsp_headers_parse (block, -1, &error);

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
  { "no colon\r\n\r\n", WSP_SESSION_ERROR_INVALID_FORMAT },
  { "a b: c\r\n\r\n", WSP_SESSION_ERROR_INVALID_FORMAT },
  { "n\xc3\xa4me: c\r\n\r\n", WSP_SESSION_ERROR_INVALID_FORMAT },
  { "A: b\r\n folded\r\n\r\n", WSP_SESSION_ERROR_INVALID_FORMAT },
  { "A: \x01\r\n\r\n", WSP_SESSION_ERROR_INVALID_FORMAT },
};

static void
test_parse_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused_blocks); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wsp_headers_parse (refused_blocks[i].block, -1, &error));
      g_assert_error (error, WSP_SESSION_ERROR, refused_blocks[i].code);
    }
}

static void
test_parse_too_many (void)
{
  g_autoptr (GString) block = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 101; i++)
    g_string_append (block, "A: b\r\n");

  g_assert_null (wsp_headers_parse (block->str, (gssize) block->len, &error));
  g_assert_error (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_TOO_BIG);
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
      g_assert_error (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_ARGUMENT);
      g_assert_false (wsp_headers_replace (headers, refused_fields[i].name, refused_fields[i].value,
                                           &again));
      g_assert_error (again, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_ARGUMENT);
    }
  g_assert_cmpuint (wsp_headers_get_length (headers), ==, 0);
}

static void
test_names (void)
{
  g_autoptr (WspHeaders) headers = parse ("B: 1\r\nA: 2\r\nb: 3\r\n\r\n");
  g_auto (GStrv) names = wsp_headers_get_names (headers);
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
  g_assert_error (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_OPERATION);
  wsp_headers_remove (headers, "Host");
  g_assert_cmpstr (wsp_headers_get_one (headers, "Host"), ==, "a");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/headers/parse/fields-in-order", test_parse);
  g_test_add_func ("/session/headers/parse/end-may-be-missing", test_parse_unfinished);
  g_test_add_func ("/session/headers/parse/RFC-195-malformed-refused", test_parse_refused);
  g_test_add_func ("/session/headers/parse/too-many-names-the-property", test_parse_too_many);
  g_test_add_func ("/session/headers/get/RFC-195-bytes-that-are-not-utf8-escaped", test_not_utf8);
  g_test_add_func ("/session/headers/append/RFC-32-SEC-38-splitting-refused", test_append_refused);
  g_test_add_func ("/session/headers/get/names-in-any-case", test_names);
  g_test_add_func ("/session/headers/replace/takes-the-place-of-all", test_change);
  g_test_add_func ("/session/headers/has-token/whole-tokens-only", test_has_token);
  g_test_add_func ("/session/headers/append/frozen-refused", test_frozen);
  return g_test_run ();
}
