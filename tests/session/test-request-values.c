/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "http/wsp-request-values-private.h"

#include "core/handshake/token-list.h"
#include "http/wsp-headers-private.h"
#include "lib/rows.h"

static const struct
{
  const char *name, *query, *value;     /* value of "x"; NULL: none */
} queries[] = {
  { "none", NULL, NULL },
  { "empty", "", NULL },
  { "alone", "x=1", "1" },
  { "first", "x=1&y=2", "1" },
  { "last", "y=2&x=1", "1" },
  { "first-of-two", "x=1&x=2", "1" },
  { "first-of-two-is-empty", "x=&x=2", "" },
  { "first-of-two-is-not-valid", "x=%ff&x=2", NULL },
  { "no-value", "x", "" },
  { "no-value-among-others", "y&x&z", "" },
  { "empty-pairs", "&&x=1&", "1" },
  { "equals-in-the-value", "x==1=2", "=1=2" },
  { "equals-first", "=x&x=1", "1" },
  { "plus", "x=a+b%2B", "a b+" },
  { "decoded", "x=%c3%A9%26%3d", "\xc3\xa9&=" },
  { "decoded-once", "x=%2541", "%41" },
  { "decoded-name", "%78=1", "1" },
  { "longer-name", "xx=1", NULL },
  { "other-case", "X=1", NULL },
  { "name-with-nul", "x%00=1&x=2", "2" },
  { "name-that-is-not-valid", "%=1&x=2", "2" },
  { "name-that-is-not-utf-8", "%ffx=1&x=2", "2" },
  { "nul", "x=a%00", NULL },
  { "not-utf-8", "x=%c3", NULL },
  { "cut", "x=a%", NULL },
  { "cut-before-the-next", "x=%4&1=2", NULL },
  { "no-digits", "x=%zz", NULL },
  { "semicolon", "y=1;x=2", NULL },
  { "question-mark", "x=?", "?" },
};

static void
test_query (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *value = wsp_query_dup_value (queries[i].query, "x");

  g_assert_cmpstr (value, ==, queries[i].value);
}

static void
test_query_without_a_name (void)
{
  g_autofree char *absent = wsp_query_dup_value ("&&x=1", "");
  g_autofree char *found = wsp_query_dup_value ("&=1", "");

  g_assert_cmpstr (absent, ==, NULL);
  g_assert_cmpstr (found, ==, "1");
}

static const struct
{
  const char *name, *fields[3], *value; /* value of "x"; NULL: none */
} cookies[] = {
  { "none", { NULL }, NULL },
  { "alone", { "x=1" }, "1" },
  { "among-others", { "a=b; x=1; c=d" }, "1" },
  { "first-of-two", { "x=1; x=2" }, "1" },
  { "first-of-two-fields", { "x=1", "x=2" }, "1" },
  { "second-field", { "a=b", "x=2" }, "2" },
  { "first-of-two-is-not-utf-8", { "x=\xff; x=2" }, NULL },
  { "first-of-two-fields-is-not-utf-8", { "x=\xff", "x=2" }, NULL },
  { "empty", { "x=" }, "" },
  { "no-equals", { "x" }, NULL },
  { "no-equals-before", { "x; x=1" }, "1" },
  { "equals-in-the-value", { "x=a=b==" }, "a=b==" },
  { "quoted", { "x=\"a b\"" }, "\"a b\"" },
  { "semicolon-in-quotation-marks", { "x=\"a;b\"" }, "\"a" },
  { "percent-stays", { "x=%41+" }, "%41+" },
  { "no-blanks", { "a=b;x=1;c=d" }, "1" },
  { "many-blanks", { "a=b ;\t  x = 1 \t; c=d" }, "1" },
  { "empty-pairs", { ";; x=1;" }, "1" },
  { "longer-name", { "xx=1; yx=2" }, NULL },
  { "other-case", { "X=1" }, NULL },
  { "utf-8", { "x=\xc3\xa9" }, "\xc3\xa9" },
  { "comma", { "a=1, x=2" }, NULL },
};

/* From bytes, as of a peer: a program could not add some of these values. */
static WspHeaders *
make_headers (const char *const *fields)
{
  WspHeaders *headers = wsp_headers_new ();
  const WscHeader other = { wsc_text ("X-Cookie"), wsc_text ("x=other") };

  wsp_headers_add_fields (headers, &other, 1);
  for (guint i = 0; fields[i] != NULL; i++)
    {
      const WscHeader field = { wsc_text (i == 0 ? "Cookie" : "cookie"), wsc_text (fields[i]) };

      wsp_headers_add_fields (headers, &field, 1);
    }
  return headers;
}

static void
test_cookie (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspHeaders) headers = make_headers (cookies[i].fields);
  g_autofree char *value = wsp_cookie_dup_value (headers, "x");

  g_assert_cmpstr (value, ==, cookies[i].value);
}

/* Each octet that a field may have, in the value of a cookie before and in its own. */
static void
test_octets (void)
{
  for (guint octet = 1; octet < 256; octet++)
    {
      g_autofree char *text = g_strdup_printf ("a=%c; x=-%c-", octet, octet);
      g_autofree char *own = g_strdup_printf ("-%c-", octet);
      const char *const fields[] = { text, NULL };
      g_autoptr (WspHeaders) headers = make_headers (fields);
      g_autofree char *value = wsp_cookie_dup_value (headers, "x");

      g_assert_cmpstr (value, ==, octet == ';' ? "-" : octet < 128 ? own : NULL);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/session/request-values/query", queries, test_query);
  g_test_add_func ("/session/request-values/query/without-a-name", test_query_without_a_name);
  ADD_ROWS ("/session/request-values/cookie", cookies, test_cookie);
  g_test_add_func ("/session/request-values/cookie/of-each-octet", test_octets);
  return g_test_run ();
}
