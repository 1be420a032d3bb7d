/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/opening/wsp-origin-private.h"

#include <string.h>
#include <time.h>

static const struct
{
  const char *origin, *host;
  gboolean    is_same;
} same_hosts[] = {
  { "https://example.org", "example.org", TRUE },
  { "http://EXAMPLE.org:81", "example.ORG:8080", TRUE },
  { "http://[::1]:3000", "[::1]:8080", TRUE },
  { "http://127.0.0.1", "127.0.0.1:1", TRUE },
  { "https://example.org", "example.org.evil", FALSE },
  { "https://evil.example.org", "example.org", FALSE },
  { "null", "null", FALSE },
  { "null", "example.org", FALSE },
  { "https://example.org/path", "example.org", FALSE },
  { "https://a@example.org", "example.org", FALSE },
  { "https://example.org?query", "example.org", FALSE },
  { "https://example.org#fragment", "example.org", FALSE },
  { "mailto:me", "example.org", FALSE },
  { "", "example.org", FALSE },
  { "https://", "", FALSE },
  { "https://example.org", NULL, FALSE },
};

static const struct
{
  const char *origin, *listed;
  gboolean    is_listed;
} lists[] = {
  { "https://example.org", "https://example.org", TRUE },
  { "HTTPS://Example.ORG", "https://example.org:443", TRUE },
  { "http://example.org:80", "http://example.org", TRUE },
  { "http://example.org", "https://example.org", FALSE },
  { "http://example.org:443", "https://example.org", FALSE },
  { "https://example.org:444", "https://example.org", FALSE },
  { "https://example.org.evil", "https://example.org", FALSE },
  { "null", "null", TRUE },
  { "null", "https://example.org", FALSE },
  { "https://example.org", "null", FALSE },
  { "anything", "*", TRUE },
  { "", "*", TRUE },
  { "https://[::1]:443", "https://[::1]", TRUE },
  { "https://[::1]:80", "https://[::1]", FALSE },
  { "app://a", "APP://A", TRUE },
  { "app://a:80", "app://a", FALSE },
  { "https://example.org/", "https://example.org", FALSE },
  { "https://example.org/", "https://example.org/", TRUE },
  { "example.org:443", "https://example.org", FALSE },
  { "Null", "null", FALSE },
  { " null", "null", FALSE },
  { "file://", "file://", TRUE },
};

static const struct
{
  const char *host;
  gboolean    is_local;
} hosts[] = {
  { "localhost", TRUE },
  { "LOCALHOST:8080", TRUE },
  { "app.localhost", TRUE },
  { "127.0.0.1:9", TRUE },
  { "127.9.9.9", TRUE },
  { "[::1]:80", TRUE },
  { "named.example", TRUE },
  { "localhost.evil.example", FALSE },
  { "evillocalhost", FALSE },
  { ".evillocalhost", FALSE },
  { "rebound.example", FALSE },
  { "10.0.0.1", FALSE },
  { "[::2]", FALSE },
  { "[::1", FALSE },
  { NULL, FALSE },
};

static void
test_same_host (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (same_hosts); i++)
    g_assert_cmpint (wsp_origin_is_same_host (same_hosts[i].origin, same_hosts[i].host), ==,
                     same_hosts[i].is_same);
}

static void
test_listed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      const char *list[] = { "https://other.example", lists[i].listed, NULL };

      WspOrigins *origins = wsp_origins_new (list);

      g_assert_cmpint (wsp_origins_have (origins, lists[i].origin), ==, lists[i].is_listed);
      wsp_origins_unref (origins);
    }
  g_assert_null (wsp_origins_new (NULL));
}

/* The least CPU time, of several times, that a list of n origins needs for an origin. */
static double
measure (guint       n,
         const char *origin)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  double least = G_MAXDOUBLE;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (list, g_strdup_printf ("https://%u.example", i));
  g_ptr_array_add (list, NULL);

  WspOrigins *origins = wsp_origins_new ((const char * const *) list->pdata);

  for (guint i = 0; i < 20; i++)
    {
      struct timespec begin, end;

      clock_gettime (CLOCK_THREAD_CPUTIME_ID, &begin);
      g_assert_false (wsp_origins_have (origins, origin));
      clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);
      least = MIN (least, (end.tv_sec - begin.tv_sec) * 1e9 +
                   (double) (end.tv_nsec - begin.tv_nsec));
    }
  wsp_origins_unref (origins);
  return least;
}

/* An origin that is read again for each entry takes 1000 times as long. */
static void
test_long (gconstpointer end)
{
  g_autofree char *host = g_strnfill (15 * 1024, 'a');
  g_autofree char *origin = g_strconcat ("https://", host, end, NULL);
  const double one = measure (1, origin), many = measure (1000, origin);

  g_test_message ("%.0f ns with one entry, %.0f ns with 1000", one, many);
  g_assert_cmpfloat (many, <, 8 * one);
}

static const struct
{
  const char *rule, *mistake;   /* pattern; why it cannot match; NULL: it can */
} rules[] = {
  { "https://a.example", NULL },
  { "HTTPS://A.Example:8443", NULL },
  { "http://[::1]:3000", NULL },
  { "chrome-extension://abcdef", NULL },
  { "https://\xc3\xa4.example", NULL },
  { "null", NULL },
  { "file://", NULL },
  { "*", NULL },
  { "https://a.example/", "expected scheme://host[:port], received \"https://a.example/\" (did you mean "
    "\"https://a.example\"?)" },
  { "a.example", "expected scheme://host[:port], received \"a.example\" (did you mean \"https://a.example\"?)" },
  { "//a.example:81/x", "expected scheme://host[:port], received \"//a.example:81/x\" (did you mean "
    "\"https://a.example:81\"?)" },
  { "http://me@a.example?b#c", "expected scheme://host[:port], received \"http://me@a.example?b#c\" (did you mean "
    "\"http://a.example\"?)" },
  { "ws://a.example", "expected scheme://host[:port], received \"ws://a.example\" (did you mean "
    "\"http://a.example\"?)" },
  { "wss://a.example", "expected scheme://host[:port], received \"wss://a.example\" (did you mean "
    "\"https://a.example\"?)" },
  { "wsx://a.example", NULL },
  { "*.a.example", "expected scheme://host[:port] without a wildcard, received \"*.a.example\" (list each origin, "
    "or decide in WspServer::request)" },
  { "https://*.a.example", "expected scheme://host[:port] without a wildcard, received \"https://*.a.example\" "
    "(list each origin, or decide in WspServer::request)" },
  { "", "expected scheme://host[:port], \"null\" or \"*\", received \"\"" },
  { "https://a.example:99999", "expected scheme://host[:port], \"null\" or \"*\", received "
    "\"https://a.example:99999\"" },
  { "\r\n\xff", "expected scheme://host[:port], \"null\" or \"*\", received \"\\x0d\\x0a\\xff\"" },
};

static void
test_mistakes (void)
{
  g_autofree char *length = g_strnfill (64 * 1024, 'a');
  g_autofree char *of_length = wsp_origin_find_mistake (length);

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autofree char *mistake = wsp_origin_find_mistake (rules[i].rule);

      g_assert_cmpstr (mistake, ==, rules[i].mistake);
    }
  g_assert_cmpuint (strlen (of_length), <, 400);
}

static const struct
{
  const char *name;
  gboolean    can_match;
} host_names[] = {
  { "app.internal", TRUE },
  { "APP", TRUE },
  { "127.0.0.1", TRUE },
  { "::1", TRUE },
  { "a_b-c.example", TRUE },
  { "\xc3\xa4.example", TRUE },
  { "", FALSE },
  { "app.internal:8080", FALSE },
  { "http://app.internal", FALSE },
  { "app.internal/", FALSE },
  { "[::1]", FALSE },
  { "me@app.internal", FALSE },
  { "*.internal", FALSE },
  { "a.example, b.example", FALSE },
  { "a b", FALSE },
};

static void
test_host_mistakes (void)
{
  g_autofree char *length = g_strnfill (64 * 1024, ':');
  g_autofree char *of_length = wsp_host_find_mistake (length);

  for (guint i = 0; i < G_N_ELEMENTS (host_names); i++)
    {
      g_autofree char *mistake = wsp_host_find_mistake (host_names[i].name);

      g_assert_cmpint (mistake == NULL, ==, host_names[i].can_match);
    }
  g_assert_cmpuint (strlen (of_length), <, 400);
}

static void
test_local (void)
{
  const char *names[] = { "Named.example", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    g_assert_cmpint (wsp_host_is_local (hosts[i].host, names), ==, hosts[i].is_local);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/endpoint/origin/same-host/SEC-26-host-alone-decides", test_same_host);
  g_test_add_func ("/endpoint/origin/listed/WS-73-scheme-host-and-port", test_listed);
  g_test_add_func ("/endpoint/origin/rules-that-can-never-match-are-named", test_mistakes);
  g_test_add_func ("/endpoint/origin/host-names-that-never-match-are-named", test_host_mistakes);
  g_test_add_func ("/endpoint/origin/local/SEC-27-names-of-this-machine", test_local);
  g_test_add_data_func ("/endpoint/origin/SEC-26-long-origin-is-read-once", ".example", test_long);
  g_test_add_data_func ("/endpoint/origin/SEC-26-long-malformed-origin-is-read-once", "/",
                        test_long);

  return g_test_run ();
}
