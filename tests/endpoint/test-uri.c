/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/wsproto.h>

#include "endpoint/opening/wsp-uri-private.h"

static const struct
{
  const char *name, *uri, *host;
  guint16     port;
  const char *host_field, *resource;
} good[] = {
  { "RFC-3-default-port", "ws://example.org/chat", "example.org", 80, "example.org", "/chat" },
  { "RFC-3-default-port-given", "ws://example.org:80/", "example.org", 80, "example.org", "/" },
  { "RFC-3-default-port-of-wss", "wss://example.org:443/", "example.org", 443, "example.org", "/" },
  { "RFC-21-other-port", "ws://example.org:8080", "example.org", 8080, "example.org:8080", "/" },
  { "RFC-1-any-letter-case", "WsS://example.org", "example.org", 443, "example.org", "/" },
  { "RFC-4-empty-path", "ws://example.org?x=1", "example.org", 80, "example.org", "/?x=1" },
  { "RFC-4-empty-query", "ws://example.org/a?", "example.org", 80, "example.org", "/a?" },
  { "RFC-5-number-sign-stays-escaped", "ws://h/a%23b", "h", 80, "h", "/a%23b" },
  { "RFC-6-user-is-dropped", "ws://me:secret@h/a", "h", 80, "h", "/a" },
  { "RFC-7-ipv6", "ws://[::1]:9/a", "::1", 9, "[::1]:9", "/a" },
  { "RFC-7-international-host", "ws://b\xc3\xbc" "cher.example/", "xn--bcher-kva.example", 80,
    "xn--bcher-kva.example", "/" },
  { "path-beyond-ascii-is-escaped", "ws://h/\xc3\xbc", "h", 80, "h", "/%C3%BC" },
};

static const struct
{
  const char *name, *uri;
} bad[] = {
  { "RFC-1-http", "http://example.org/" },
  { "RFC-1-no-scheme", "example.org" },
  { "RFC-2-fragment", "ws://example.org/#top" },
  { "RFC-2-empty-fragment", "ws://example.org/#" },
  { "RFC-8-no-host", "ws:///a" },
  { "RFC-8-port-0", "ws://example.org:0/" },
  { "RFC-8-port-65536", "ws://example.org:65536/" },
  { "RFC-8-space", "ws://example.org/a b" },
  { "RFC-8-line-end", "ws://example.org/a\r\nX: y" },
  { "RFC-8-escaped-host", "ws://exa%20mple.org/" },
  { "RFC-7-host-that-cannot-be", "ws://exa$mple.org/" },
  { "not-utf8", "ws://example.org/\xff" },
  { "empty", "" },
};

static void
test_good (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (WspUri) uri = wsp_uri_parse (good[i].uri, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (uri->host, ==, good[i].host);
  g_assert_cmpuint (uri->port, ==, good[i].port);
  g_assert_cmpstr (uri->host_field, ==, good[i].host_field);
  g_assert_cmpstr (uri->resource, ==, good[i].resource);
}

static void
test_bad (gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_uri_parse (bad[GPOINTER_TO_UINT (data)].uri, &error));
  g_assert_error (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_ARGUMENT);
}

/* No name and no password in what may stand in a log.  SEC-41 */
static void
test_secret (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_uri_parse ("ws://me:secret@example.org:0/#x", &error));
  g_assert_null (strstr (error->message, "secret"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/uri/parse/%s", good[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_good);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/uri/parse/%s-refused", bad[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_bad);
    }
  g_test_add_func ("/endpoint/uri/parse/SEC-41-errors-hold-no-password", test_secret);

  return g_test_run ();
}
