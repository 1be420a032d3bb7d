/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/opening/wsp-body-private.h"
#include "lib/heads.h"
#include "lib/rows.h"

#include <string.h>

static const struct
{
  const char *name, *fields;
  guint       status;
  const char *bytes, *body;
  gboolean    is_complete;
} bodies[] = {
  { "counted", "Content-Length: 5\r\n", 403, "hello and more", "hello", TRUE },
  { "counted-cut", "Content-Length: 5\r\n", 403, "hel", "hel", FALSE },
  { "empty", "Content-Length: 0\r\n", 403, "", "", TRUE },
  { "to-the-end", "", 403, "all of it", "all of it", FALSE },
  { "to-the-limit", "", 403, "0123456789abcdefghij", "0123456789abcdef", TRUE },
  { "longer-than-the-limit", "Content-Length: 999999999999999999999\r\n", 403,
    "0123456789abcdefghij", "0123456789abcdef", TRUE },
  { "length-is-empty", "Content-Length:\r\n", 403, "x", "x", FALSE },
  { "length-is-no-number", "Content-Length: -1\r\n", 403, "x", "x", FALSE },
  { "no-content", "", 204, "x", "", TRUE },
  { "not-modified", "", 304, "x", "", TRUE },
  { "interim", "", 103, "x", "", TRUE },
  { "success", "", 200, "x", "x", FALSE },
  { "chunks", "Transfer-Encoding: chunked\r\n", 403, "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", "abc", TRUE },
  { "chunk-extension", "Transfer-Encoding: chunked\r\n", 403, "2;a=b\r\nab\r\n0\r\n", "ab", TRUE },
  { "blank-after-the-chunk-size", "Transfer-Encoding: chunked\r\n", 403, "2 \r\nab\r\n0\r\n", "ab", TRUE },
  { "tab-after-the-chunk-size", "Transfer-Encoding: chunked\r\n", 403, "2\t\r\nab\r\n0\r\n", "ab", TRUE },
  { "last-chunk-without-trailers", "Transfer-Encoding: chunked\r\n", 403, "0\n", "", TRUE },
  { "chunk-cut", "Transfer-Encoding: chunked\r\n", 403, "A\r\nab", "ab", FALSE },
  { "chunk-size-is-no-number", "Transfer-Encoding: chunked\r\n", 403, "2\r\nab\r\nx", "ab", TRUE },
  { "chunk-size-missing", "Transfer-Encoding: chunked\r\n", 403, "\r\nab", "", TRUE },
  { "chunk-size-too-long", "Transfer-Encoding: chunked\r\n", 403, "fffffffffffffffff\r\n", "", TRUE },
  { "chunk-without-end", "Transfer-Encoding: chunked\r\n", 403, "2\r\nabc", "ab", TRUE },
  { "chunks-to-the-limit", "Transfer-Encoding: chunked\r\n", 403, "ff\r\n0123456789abcdef",
    "0123456789ab", TRUE },
};

/* The whole body at once, and byte by byte. */
static void
test_body (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  gsize length = strlen (bodies[i].bytes);
  g_autofree char *block = g_strconcat (bodies[i].fields, "\r\n", NULL);
  g_autoptr (WspHeaders) headers = parse_headers (block, NULL);

  for (gsize piece = 1; piece <= MAX (length, 1); piece = piece == 1 ? MAX (length, 2) : length + 1)
    {
      g_autoptr (WspBody) body = wsp_body_new (headers, bodies[i].status, 16);

      for (gsize at = 0; at < length; at += piece)
        wsp_body_take (body, (const guint8 *) bodies[i].bytes + at, MIN (piece, length - at));

      g_autoptr (GBytes) bytes = wsp_body_dup_bytes (body);

      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), bodies[i].body,
                       strlen (bodies[i].body));
      g_assert_cmpint (wsp_body_is_complete (body), ==, bodies[i].is_complete);
    }
}

/* It would be 2. */
static void
test_size_beyond_64_bits (void)
{
  static const char bytes[] = "10000000000000002\r\nab";
  g_autoptr (WspHeaders) headers =
    parse_headers ("Transfer-Encoding: chunked\r\n\r\n", NULL);
  g_autoptr (WspBody) body = wsp_body_new (headers, 403, 100);
  g_autoptr (GBytes) taken = NULL;

  wsp_body_take (body, (const guint8 *) bytes, strlen (bytes));
  taken = wsp_body_dup_bytes (body);
  g_assert_cmpuint (g_bytes_get_size (taken), ==, 0);
  g_assert_true (wsp_body_is_complete (body));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/endpoint/body", bodies, test_body);

  g_test_add_func ("/endpoint/body/chunk-size-beyond-64-bits", test_size_beyond_64_bits);

  return g_test_run ();
}
