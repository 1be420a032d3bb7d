/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/opening/wsp-trusted-proxies-private.h"

#include <arpa/inet.h>

#define UNIX "unix"
#define VSOCK "vsock"
#define UNSPECIFIED "unspecified"

static const struct
{
  const char *entry, *address;  /* entry of the list; address, or the family alone: UNIX, VSOCK,
                                 * UNSPECIFIED */
  gboolean    is_trusted;
} memberships[] = {
  { "10.0.0.0/8", "10.255.0.1", TRUE },
  { "10.0.0.0/8", "11.0.0.1", FALSE },
  { "10.0.0.0/8", "::ffff:10.1.2.3", TRUE },
  { "10.0.0.0/8", UNIX, FALSE },
  { "192.0.2.1", "192.0.2.1", TRUE },
  { "192.0.2.1", "192.0.2.2", FALSE },
  { "192.0.2.128/25", "192.0.2.128", TRUE },
  { "192.0.2.128/25", "192.0.2.127", FALSE },
  { "192.0.2.1/31", "192.0.2.0", TRUE },
  { "0.0.0.0/0", "203.0.113.9", TRUE },
  { "0.0.0.0/0", "2001:db8::1", FALSE },
  { "::/0", "2001:db8::1", TRUE },
  { "2001:db8::/32", "2001:db8:ffff::1", TRUE },
  { "2001:db8::/32", "2001:db9::1", FALSE },
  { "2001:db8::/33", "2001:db8:8000::1", FALSE },
  { "::1", "::1", TRUE },
  { UNIX, UNIX, TRUE },
  { UNIX, "127.0.0.1", FALSE },
  { UNIX, VSOCK, FALSE },
  { UNIX, UNSPECIFIED, FALSE },
  { "::/0", VSOCK, FALSE },
  { "::/0", UNSPECIFIED, FALSE },
  { "255.255.255.255/32", "255.255.255.255", TRUE },
};

static const char *const mistakes[] = {
  "", "localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0", "10.0.0.0/8 ", " 10.0.0.1", "::1/129",
  "*", "unix:/run/a", "UNIX", "[::1]", "127.0.0.1:80", "fe80::1%lo", "10.0.0.0/99999999999999999999",
};

static WspNativeAddress
parse (const char *text)
{
  WspNativeAddress address = { .any.sa_family = AF_UNIX };

  if (g_str_equal (text, VSOCK))
    address.any.sa_family = AF_VSOCK;
  else if (g_str_equal (text, UNSPECIFIED))
    address.any.sa_family = AF_UNSPEC;
  if (inet_pton (AF_INET, text, &address.inet.sin_addr) == 1)
    address.inet.sin_family = AF_INET;
  else if (inet_pton (AF_INET6, text, &address.inet6.sin6_addr) == 1)
    address.inet6.sin6_family = AF_INET6;
  return address;
}

static void
test_membership (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  char *entries[] = { (char *) memberships[i].entry, NULL };
  g_autofree char *mistake = wsp_trusted_proxy_find_mistake (memberships[i].entry);
  g_autoptr (WspTrustedProxies) proxies = wsp_trusted_proxies_new (entries);
  WspNativeAddress address = parse (memberships[i].address);

  g_assert_null (mistake);
  g_assert_cmpint (wsp_trusted_proxies_have (proxies, &address.any), ==, memberships[i].is_trusted);
  g_assert_cmpint (wsp_trusted_proxies_may_use_proxy (proxies, &address.any), ==,
                   memberships[i].is_trusted);
  g_assert_false (wsp_trusted_proxies_have (NULL, &address.any));
}

static void
test_mistake (gconstpointer data)
{
  g_autofree char *mistake =
    wsp_trusted_proxy_find_mistake (mistakes[GPOINTER_TO_UINT (data)]);

  g_assert_nonnull (mistake);
}

/* Without a list, the PROXY protocol is for this machine. */
static void
test_default (void)
{
  static const struct
  {
    const char *address;
    gboolean    may;
  } rows[] = {
    { "127.0.0.1", TRUE }, { "127.9.9.9", TRUE }, { "::1", TRUE }, { "::ffff:127.0.0.1", TRUE }, { UNIX, TRUE },
    { VSOCK, FALSE }, { UNSPECIFIED, FALSE }, { "128.0.0.1", FALSE }, { "::2", FALSE }, { "192.0.2.1", FALSE }, { "::127.0.0.1", FALSE },
  };
  char *none[] = { NULL };
  g_autoptr (WspTrustedProxies) empty = wsp_trusted_proxies_new (none);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WspNativeAddress address = parse (rows[i].address);

      g_assert_cmpint (wsp_trusted_proxies_may_use_proxy (NULL, &address.any), ==, rows[i].may);
      g_assert_false (wsp_trusted_proxies_may_use_proxy (empty, &address.any));
    }
}

#define SEVEN "10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5,10.0.0.6,10.0.0.7,"

/* 10.0.0.0/8 and fd00::/8 are trusted. */
static const struct
{
  const char *name;
  const char *values[4];        /* values of the field X-Forwarded-For */
  const char *client;           /* address of the client; "": no field, so the peer; NULL:
                                 * malformed */
} forwarded[] = {
  { "no-field", { NULL }, "" },
  { "one", { "192.0.2.1" }, "192.0.2.1" },
  { "ipv6", { "2001:db8::1" }, "2001:db8::1" },
  { "last-that-is-not-trusted", { "192.0.2.1, 198.51.100.1, 10.0.0.1" }, "198.51.100.1" },
  { "trusted-address-forged-to-the-left", { "10.0.0.9, 192.0.2.1" }, "192.0.2.1" },
  { "garbage-to-the-left", { "what, <script>, 192.0.2.1" }, "192.0.2.1" },
  { "garbage-further-left", { ",,;\"unknown, 192.0.2.1, 10.0.0.1, fd00::1" }, "192.0.2.1" },
  { "all-trusted-so-the-first", { "10.0.0.3, 10.0.0.2,10.0.0.1" }, "10.0.0.3" },
  { "many", { SEVEN SEVEN SEVEN SEVEN SEVEN SEVEN "10.0.0.8" }, "10.0.0.1" },
  { "several-fields", { "192.0.2.1", "198.51.100.1", "10.0.0.1" }, "198.51.100.1" },
  { "no-blanks", { "192.0.2.1,10.0.0.1" }, "192.0.2.1" },
  { "tabs", { "192.0.2.1\t,\t10.0.0.1" }, "192.0.2.1" },
  { "port", { "192.0.2.1:4711" }, "192.0.2.1" },
  { "port-of-a-trusted-one", { "192.0.2.1, 10.0.0.1:80" }, "192.0.2.1" },
  { "ipv6-in-brackets", { "[2001:db8::1]" }, "2001:db8::1" },
  { "ipv6-with-a-port", { "[2001:db8::1]:4711" }, "2001:db8::1" },
  { "mapped", { "192.0.2.1, ::ffff:10.0.0.1" }, "192.0.2.1" },
  { "empty", { "" }, NULL },
  { "empty-last", { "192.0.2.1," }, NULL },
  { "empty-field-last", { "192.0.2.1", "" }, NULL },
  { "empty-between", { "192.0.2.1,, 10.0.0.1" }, NULL },
  { "unknown", { "192.0.2.1, unknown" }, NULL },
  { "unknown-behind-a-trusted-one", { "unknown, 10.0.0.1" }, NULL },
  { "host-name", { "client.example" }, NULL },
  { "words", { "192.0.2.1 10.0.0.1" }, NULL },
  { "quoted", { "\"192.0.2.1\"" }, NULL },
  { "port-65536", { "192.0.2.1:65536" }, NULL },
  { "port-without-digits", { "192.0.2.1:" }, NULL },
  { "port-negative", { "192.0.2.1:-1" }, NULL },
  { "ipv4-in-brackets", { "[192.0.2.1]" }, NULL },
  { "open-bracket", { "[2001:db8::1" }, NULL },
  { "bracket-alone", { "[" }, NULL },
  { "brackets-alone", { "[]" }, NULL },
  { "colon-alone", { ":" }, NULL },
  { "zone", { "fe80::1%eth0" }, NULL },
  { "forwarded-of-rfc-7239", { "for=192.0.2.1" }, NULL },
};

static void
test_forwarded (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  char *entries[] = { (char *) "10.0.0.0/8", (char *) "fd00::/8", NULL };
  g_autoptr (WspTrustedProxies) proxies = wsp_trusted_proxies_new (entries);
  WscHeader headers[8];
  WscFields fields = { headers, 0 };
  WspNativeAddress client = { .any.sa_family = AF_UNSPEC };
  g_autofree char *mistake = NULL;
  gboolean is_fine;
  char shown[INET6_ADDRSTRLEN] = "";

  headers[fields.n++] = (WscHeader) { wsc_text ("Host"), wsc_text ("garbage, garbage") };
  for (guint n = 0; n < G_N_ELEMENTS (forwarded[i].values) && forwarded[i].values[n] != NULL; n++)
    {
      headers[fields.n++] = (WscHeader) { wsc_text (n % 2 ? "x-forwarded-FOR" : "X-Forwarded-For"),
                                          wsc_text (forwarded[i].values[n]) };
      headers[fields.n++] = (WscHeader) { wsc_text ("X-Forwarded-Host"), wsc_text ("garbage") };
    }

  is_fine = wsp_trusted_proxies_find_client (proxies, fields, &client, &mistake);
  g_assert_cmpint (is_fine, ==, forwarded[i].client != NULL);
  g_assert_cmpint (mistake == NULL, ==, is_fine);
  if (client.any.sa_family == AF_INET)
    inet_ntop (AF_INET, &client.inet.sin_addr, shown, sizeof shown);
  else if (client.any.sa_family == AF_INET6)
    inet_ntop (AF_INET6, &client.inet6.sin6_addr, shown, sizeof shown);
  if (is_fine)
    g_assert_cmpstr (shown, ==, forwarded[i].client);
}

static void
add_rows (const char   *folder,
          guint         n_rows,
          GTestDataFunc func)
{
  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/trusted-proxies/%s/%u", folder, i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), func);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_rows ("membership", G_N_ELEMENTS (memberships), test_membership);
  add_rows ("mistake", G_N_ELEMENTS (mistakes), test_mistake);
  g_test_add_func ("/endpoint/trusted-proxies/proxy-protocol-without-a-list", test_default);
  for (guint i = 0; i < G_N_ELEMENTS (forwarded); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/endpoint/trusted-proxies/forwarded/%s/%s",
                         forwarded[i].client != NULL ? "accepted" : "malformed", forwarded[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_forwarded);
    }
  return g_test_run ();
}
