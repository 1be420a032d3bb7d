/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-redaction.h"

#include <string.h>

#define TEN_BYTES "[redacted 10 bytes]"

/* Every secret has ten bytes: "topsecret!". */
static const struct
{
  const char *name, *text, *shown;
} texts[] = {
  { "nothing", "", "" },
  { "without-a-secret", "GET /a?b=c&d HTTP/1.1", "GET /a?b=c&d HTTP/1.1" },
  { "user-information", "ws://me:topsecr@h/", "ws://" TEN_BYTES "@h/" },
  { "user-information-with-an-at-sign", "ws://me:to@secr@h/", "ws://" TEN_BYTES "@h/" },
  { "an-at-sign-in-the-path-is-none", "ws://h/me@b", "ws://h/me@b" },
  { "user-information-of-a-second-uri", "from ws://h/ to ws://topsecret!@h/", "from ws://h/ to ws://" TEN_BYTES "@h/" },
  { "token", "ws://h/?token=topsecret!", "ws://h/?token=" TEN_BYTES },
  { "any-letter-case", "/?ToKeN=topsecret!", "/?ToKeN=" TEN_BYTES },
  { "name-in-percent-code", "/?%74oken=topsecret!", "/?%74oken=" TEN_BYTES },
  { "name-that-contains-token", "/?a=b&my_token_2=topsecret!&c=d", "/?a=b&my_token_2=" TEN_BYTES "&c=d" },
  { "two", "/?key=topsecret!&sig=topsecret!", "/?key=" TEN_BYTES "&sig=" TEN_BYTES },
  { "in-a-fragment", "/#access_token=topsecret!", "/#access_token=" TEN_BYTES },
  { "value-with-separators", "/?key=top;se?ret", "/?key=" TEN_BYTES },
  { "value-in-a-sentence", "received \"/?key=topsecret!\" (4.1)", "received \"/?key=" TEN_BYTES "\" (4.1)" },
  { "empty-value", "/?token=", "/?token=" },
  { "without-a-value", "/?token", "/?token" },
  { "name-without-an-opener", "token=x", "token=x" },
  { "many-openers", "?&#;://?&#;://", "?&#;://?&#;://" },
};

static void
test_text (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *shown = wsi_redact_text (texts[i].text);

  g_assert_cmpstr (shown, ==, texts[i].shown);
}

static const struct
{
  const char *name, *lines, *shown;
} heads[] = {
  { "authorization", "Authorization: Bearer topsecret!", "Authorization: Bearer " TEN_BYTES },
  { "any-letter-case", "PROXY-authorization:\tDigest topsecret!", "PROXY-authorization:\tDigest " TEN_BYTES },
  { "a-word-that-is-no-scheme", "Authorization: top secret", "Authorization: " TEN_BYTES },
  { "blank-before-the-colon", "Authorization :topsecret!", "Authorization :" TEN_BYTES },
  { "cookie", "Cookie: a=b; token", "Cookie: " TEN_BYTES },
  { "set-cookie", "set-cookie: a=b; token", "set-cookie: " TEN_BYTES },
  { "key-of-an-api", "X-Api-Key: topsecret!", "X-Api-Key: " TEN_BYTES },
  { "folded", "Cookie:|\ttopsecret!|A: b", "Cookie:|\t" TEN_BYTES "|A: b" },
  { "folded-after-a-value", "Cookie: topsecret!|\ttopsecret!| topsecret!|A: b|  c",
    "Cookie: " TEN_BYTES "|\t" TEN_BYTES "| " TEN_BYTES "|A: b|  c" },
  { "after-a-line-feed-alone", "A: b\nCookie: topsecret!", "A: b\nCookie: " TEN_BYTES },
  { "uri-in-a-header", "Location: ws://h/?key=topsecret!", "Location: ws://h/?key=" TEN_BYTES },
  { "request-line", "GET /?key=topsecret! HTTP/1.1", "GET /?key=" TEN_BYTES " HTTP/1.1" },
  { "other-names-are-shown", "X-Authorization: a b|no colon", "X-Authorization: a b|no colon" },
  { "key-of-the-handshake-is-shown", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" },
};

static void
test_head (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (GStrv) lines = g_strsplit (heads[i].lines, "|", -1);
  WsiLine previous = WSI_LINE_OPEN;
  g_autofree char *shown = NULL;

  for (guint j = 0; lines[j] != NULL; j++)
    {
      char *line = wsi_redact_line (lines[j], &previous);

      g_free (lines[j]);
      lines[j] = line;
    }

  shown = g_strjoinv ("|", lines);
  g_assert_cmpstr (shown, ==, heads[i].shown);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *path = g_strconcat ("/inspector/redaction/text/", texts[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_text);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autofree char *path = g_strconcat ("/inspector/redaction/head/SEC-41-",
                                           heads[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_head);
    }

  return g_test_run ();
}
