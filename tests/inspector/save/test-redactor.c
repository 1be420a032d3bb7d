/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/save/redaction/wsi-secret-name.h"
#include "inspect/save/redaction/wsi-secret-words.h"
#include "lib/rows.h"

#include <string.h>

#define PROTOCOL "Sec-WebSocket-Protocol: "
#define TEN_BYTES "redacted-10-bytes"

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
  { "in-a-fragment", "/#access_token=topsecret!", "/#redacted-23-bytes" },
  { "value-with-separators", "/?key=top;se?ret", "/?key=" TEN_BYTES },
  { "value-in-a-sentence", "received \"/?key=topsecret!\" (4.1)", "received \"/?key=" TEN_BYTES "\" (4.1)" },
  { "empty-value", "/?token=", "/?token=" },
  { "without-a-value", "/?token", "/?token" },
  { "name-without-an-opener", "token=x", "token=x" },
  { "not-hidden-yet", "/?key=redacted- topsecret", "/?key=redacted-9-bytes topsecret" },
  { "false-hiding", "/?key=redacted-9-bytes-1a2btop", "/?key=redacted-24-bytes" },
  { "false-hiding-without-a-length", "/?key=redacted--bytes-1a2b", "/?key=redacted-20-bytes" },
  { "false-hiding-of-another-word", "/?key=redacted-9-secret1a2b", "/?key=redacted-21-bytes" },
  { "false-hiding-without-a-hash", "/?key=redacted-9-bytes-wxyz", "/?key=redacted-21-bytes" },
  { "false-hiding-after-another-beginning", "/?key=forgotten10-bytes-1a2b", "/?key=redacted-22-bytes" },
  { "many-openers", "?&#;://?&#;://", "?&#;://?&#redacted-4-bytes" },
  { "names-that-end-with-key", "/?access_key=topsecret!&private_key=topsecret!&appkey=topsecret!&keyboard=us",
    "/?access_key=" TEN_BYTES "&private_key=" TEN_BYTES "&appkey=" TEN_BYTES "&keyboard=us" },
  { "other-names-of-secrets", "/?ticket=topsecret!&authorization=topsecret!&user.otp=topsecret!&X-Auth=topsecret!",
    "/?ticket=" TEN_BYTES "&authorization=" TEN_BYTES "&user.otp=" TEN_BYTES "&X-Auth=" TEN_BYTES },
  { "words-that-contain-auth-or-sid-are-shown", "/?author=a&authority=b&inside=c&design=d", "/?author=a&authority=b&inside=c&design=d" },
  { "value-that-looks-random", "/?header=eyJob3N0IjoiYSJ9&b=c", "/?header=redacted-16-bytes&b=c" },
  { "value-of-two-kinds-of-characters", "/?header=abcdef0123456789&b=c", "/?header=redacted-16-bytes&b=c" },
  { "value-of-one-kind-of-characters", "/?header=abcdefghijklmnop&b=c", "/?header=abcdefghijklmnop&b=c" },
  { "value-of-capitals-alone", "/?header=ABCDEFGHIJKLMNOP", "/?header=ABCDEFGHIJKLMNOP" },
  { "value-that-begins-with-digits", "/?header=0123456789abcdef", "/?header=redacted-16-bytes" },
  { "value-that-begins-with-capitals", "/?header=ABCDEF0123456789", "/?header=redacted-16-bytes" },
  { "digit-in-another-word", "/?header=1.abcdefghijklmnop", "/?header=1.abcdefghijklmnop" },
  { "capital-in-another-word", "/?header=A.abcdefghijklmnop", "/?header=A.abcdefghijklmnop" },
  { "small-letter-in-another-word", "/?header=a.ABCDEFGHIJKLMNOP", "/?header=a.ABCDEFGHIJKLMNOP" },
  { "numbers-of-versions-are-shown", "/?release=upstream-12.3.45-beta.6.7", "/?release=upstream-12.3.45-beta.6.7" },
  { "value-in-an-authority", "ws://h;key=topsecret!/a", "ws://h;key=" TEN_BYTES "/a" },
  { "value-without-a-name", "/?eyJob3N0IjoiYSJ9&b", "/?redacted-16-bytes&b" },
  { "value-without-a-name-in-a-fragment", "ws://h/a#eyJob3N0IjoiYSJ9", "ws://h/a#redacted-16-bytes" },
  { "fragment-of-a-path", "/a?b#eyJob3N0IjoiYSJ9 c", "/a?b#redacted-16-bytes c" },
  { "fragment-with-pairs", "/a#state=b&topsecret!", "/a#redacted-18-bytes" },
  { "fragment-that-is-a-word", "ws://h/a#chapter-two", "ws://h/a#redacted-11-bytes" },
  { "fragment-behind-the-authority", "ws://h#topsecret!", "ws://h#" TEN_BYTES },
  { "fragment-with-any-bytes", "\"/a#top#?/://e!\"", "\"/a#redacted-11-bytes\"" },
  { "empty-fragment", "/a# b", "/a# b" },
  { "number-in-a-sentence", "/a was closed before #3", "/a was closed before #3" },
  { "value-of-a-number-in-a-sentence", "#token=topsecret!", "#token=" TEN_BYTES },
  { "values-of-words-are-shown", "/?at=2026-11-22T03:10:00.000Z&to=http%3A%2F%2Fexample.com%2Fpath&q=three%20plain%20words",
    "/?at=2026-11-22T03:10:00.000Z&to=http%3A%2F%2Fexample.com%2Fpath&q=three%20plain%20words" },
  { "uri-in-the-name-of-a-pair", "/?ws://me:topsecr@h/x=1", "/?ws://" TEN_BYTES "@h/x=1" },
  { "a-colon-begins-no-pair", "/a:token=topsecret!", "/a:token=topsecret!" },
  { "a-colon-outside-of-a-path", "a:token=topsecret!", "a:token=topsecret!" },
  { "a-slash-begins-no-pair", "a /token=topsecret!", "a /token=topsecret!" },
};

#define SIX_BYTES "redacted-6-bytes"

/* Segments of paths; an empty one is no secret.  The second text is that of the default. */
static const struct
{
  const char *name, *text, *shown, *strict;
} paths[] = {
  { "no-path", "ws://h", "ws://h", "ws://h" },
  { "root", "ws://h/", "ws://h/", "ws://h/" },
  { "plain", "ws://h/secret", "ws://h/secret", "ws://h/" SIX_BYTES },
  { "webhooks", "wss://h/api/webhooks/123456/secret", "wss://h/api/webhooks/" SIX_BYTES "/" SIX_BYTES,
    "wss://h/redacted-3-bytes/redacted-8-bytes/" SIX_BYTES "/" SIX_BYTES },
  { "token", "ws://h/token/secret?a=b", "ws://h/token/" SIX_BYTES "?a=b", "ws://h/redacted-5-bytes/" SIX_BYTES "?a=b" },
  { "key-in-any-case", "ws://h/API-Key/secret#a", "ws://h/API-Key/" SIX_BYTES "#redacted-1-bytes",
    "ws://h/redacted-7-bytes/" SIX_BYTES "#redacted-1-bytes" },
  { "in-percent-code", "ws://h/%74oken/secret", "ws://h/%74oken/" SIX_BYTES, "ws://h/redacted-7-bytes/" SIX_BYTES },
  { "with-parameters", "ws://h/token;v=1/secret", "ws://h/token;v=1/" SIX_BYTES, "ws://h/redacted-9-bytes/" SIX_BYTES },
  { "parameter-with-slashes", "ws://h/a;token=secret/secret", "ws://h/a;token=" SIX_BYTES "/" SIX_BYTES,
    "ws://h/redacted-14-bytes/" SIX_BYTES },
  { "empty-segments", "ws://h//key//secret/", "ws://h//key//" SIX_BYTES "/", "ws://h//redacted-3-bytes//" SIX_BYTES "/" },
  { "part-of-a-word", "ws://h/tokenizer/keyboard/a", "ws://h/tokenizer/keyboard/a",
    "ws://h/redacted-9-bytes/redacted-8-bytes/redacted-1-bytes" },
  { "user-and-path", "ws://secret@h/key/secret", "ws://" SIX_BYTES "@h/key/" SIX_BYTES,
    "ws://" SIX_BYTES "@h/redacted-3-bytes/" SIX_BYTES },
  { "two-uris", "from ws://h/key/secret to ws://h/key/secret", "from ws://h/key/" SIX_BYTES " to ws://h/key/" SIX_BYTES,
    "from ws://h/redacted-3-bytes/" SIX_BYTES " to ws://h/redacted-3-bytes/" SIX_BYTES },
  { "path-alone", "/key/secret", "/key/" SIX_BYTES, "/redacted-3-bytes/" SIX_BYTES },
  { "quoted-path", "received \"/key/secret\" (4.1)", "received \"/key/" SIX_BYTES "\" (4.1)",
    "received \"/redacted-3-bytes/" SIX_BYTES "\" (4.1)" },
  { "name-of-a-file-is-shown", "cannot read /key/secret", "cannot read /key/secret", "cannot read /key/secret" },
};

/* The words are one table: each hides what follows it. */
static const char *const announcing[] = {
  "access-token", "access_token", "accesstoken", "api-key", "api-keys", "api_key", "api_keys", "apikey", "apikeys", "auth-token",
  "auth_token", "bearer", "capability", "code", "cookie", "credential", "credentials", "csrf", "hook", "hooks", "invitation",
  "invitations", "invite", "invites", "jwt", "key", "keys", "magic", "nonce", "otp", "passphrase", "passwd", "password", "pwd",
  "secret", "secrets", "session", "sessions", "sid", "sig", "signature", "ticket", "tickets", "token", "tokens", "webhook",
  "webhooks",
};

/* The reasons of a sentence about an end; the code stays. */
static const struct
{
  const char *name, *text, *strict;
} reasons[] = {
  { "of-both-sides", "Closed cleanly by us with 1000 \"secret\", answered with 4001 \"secret\"",
    "Closed cleanly by us with 1000 \"" SIX_BYTES "\", answered with 4001 \"" SIX_BYTES "\"" },
  { "that-is-cut", "with 1000 \"secret", "with 1000 \"" SIX_BYTES },
  { "that-is-empty", "with 1000 \"\" b", "with 1000 \"\" b" },
  { "after-a-quotation-mark", "a \" b with 1000 \"secret\"", "a \" b with 1000 \"" SIX_BYTES "\"" },
  { "that-ends-as-a-code-does", "with 1000 \"x 1000 \" b", "with 1000 \"redacted-7-bytes\" b" },
  { "at-the-beginning", "\"x\" b", "\"x\" b" },
  { "code-before-the-text", &"1000 \"x\" b"[5], "\"x\" b" },
  { "after-a-number-that-is-no-code", "with 1000:\"x\"", "with 1000:\"x\"" },
  { "no-code", "received 403 \"Forbidden\", \"x\"", "received 403 \"Forbidden\", \"x\"" },
  { "with-a-uri", "with 3000 \"ws://h/?a=b\"", "with 3000 \"redacted-11-bytes\"" },
};

/* Without the numbers, which are never the same. */
static char *
drop_numbers (const char *text)
{
  g_autoptr (GRegex) number = g_regex_new ("-bytes-[0-9a-f]{4}", 0, 0, NULL);

  return g_regex_replace_literal (number, text, -1, 0, "-bytes", 0, NULL);
}

/* Once, and as the same text again if it passes twice. */
static void
test_text (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autofree char *shown = wsi_redactor_hide_text (redactor, texts[i].text);
  guint64 n_hidden = wsi_redactor_get_n_hidden (redactor);
  g_autofree char *again = wsi_redactor_hide_text (redactor, shown);
  g_autofree char *plain = drop_numbers (shown);

  g_assert_cmpstr (plain, ==, texts[i].shown);
  g_assert_cmpstr (again, ==, shown);
  g_assert_cmpuint (wsi_redactor_get_n_hidden (redactor), ==, n_hidden);
  g_assert_cmpint (n_hidden > 0, ==, strstr (shown, "-bytes-") != NULL);
}

/* Once, and as the same text again if it passes twice. */
static void
assert_hidden (WsiRedaction level,
               const char  *text,
               const char  *expected)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (level);
  g_autofree char *shown = wsi_redactor_hide_text (redactor, text);
  g_autofree char *again = wsi_redactor_hide_text (redactor, shown);
  g_autofree char *plain = drop_numbers (shown);

  g_assert_cmpstr (plain, ==, expected);
  g_assert_cmpstr (again, ==, shown);
}

static void
test_path (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  assert_hidden (WSI_REDACTION_NONE, paths[i].text, paths[i].text);
  assert_hidden (WSI_REDACTION_DEFAULT, paths[i].text, paths[i].shown);
  assert_hidden (WSI_REDACTION_STRICT, paths[i].text, paths[i].strict);
}

static void
test_announcing (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (announcing); i++)
    {
      g_autofree char *text = g_strdup_printf ("ws://h/a/%s/secret", announcing[i]);
      g_autofree char *shown = g_strdup_printf ("ws://h/a/%s/" SIX_BYTES, announcing[i]);

      assert_hidden (WSI_REDACTION_DEFAULT, text, shown);
    }
}

/* Names of headers and of values, and such that only look like them. */
static const char *const secret_names[] = {
  "token", "secret", "passwd", "passphrase", "apikey", "signature", "credential", "session", "sessid", "cookie",
  "ticket", "jwt", "pwd", "bearer", "assertion", "csrf", "xsrf", "pass", "x-sig", "a.sid", "my_otp", "hmac", "code",
  "authorization", "authorisation", "auth", "author-auth", "my-key",
};
static const char *const open_names[] = {
  "author", "authority", "signal", "side", "compass", "encode", "codec", "keyboard",
  "sec-websocket-key", "access-control-allow-credentials", "www-authenticate", "proxy-authenticate",
};

static void
test_names (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (secret_names); i++)
    if (!wsi_is_secret_name (secret_names[i]))
      g_error ("%s is no secret", secret_names[i]);
  for (guint i = 0; i < G_N_ELEMENTS (open_names); i++)
    if (wsi_is_secret_name (open_names[i]))
      g_error ("%s is a secret", open_names[i]);
}

static void
test_reason (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  assert_hidden (WSI_REDACTION_DEFAULT, reasons[i].text, reasons[i].text);
  assert_hidden (WSI_REDACTION_STRICT, reasons[i].text, reasons[i].strict);
}

static const struct
{
  const char  *name;
  WsiRedaction level;
  const char  *reason, *shown;
} lone_reasons[] = {
  { "default-shows-it", WSI_REDACTION_DEFAULT, "secret", "secret" },
  { "default-hides-its-secrets", WSI_REDACTION_DEFAULT, "/?key=secret", "/?key=" SIX_BYTES },
  { "strict-hides-it", WSI_REDACTION_STRICT, "secret", SIX_BYTES },
  { "strict-has-nothing-to-hide", WSI_REDACTION_STRICT, "", "" },
};

/* A reason without a sentence around it. */
static void
test_lone_reason (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (lone_reasons[i].level);
  g_autofree char *shown = wsi_redactor_hide_reason (redactor, lone_reasons[i].reason);
  g_autofree char *plain = drop_numbers (shown);

  g_assert_cmpstr (plain, ==, lone_reasons[i].shown);
  g_assert_cmpint (wsi_redactor_get_n_hidden (redactor) > 0, ==,
                   !g_str_equal (lone_reasons[i].reason, lone_reasons[i].shown));
}

static const struct
{
  const char *name, *lines, *shown;
} heads[] = {
  { "segment-of-the-request", "GET /key/topsecret! HTTP/1.1|Host: h", "GET /key/" TEN_BYTES " HTTP/1.1|Host: h" },
  { "segment-of-a-header", "Location: /token/topsecret!|Link: </key/topsecret!>; a=b|Accept: */*, text/key/a",
    "Location: /token/" TEN_BYTES "|Link: </key/" TEN_BYTES ">; a=b|Accept: */*, text/key/a" },
  { "random-segment-of-a-referer", "Referer: https://h/reset/Ab3dEf7hIj1lMn5p/a|A: /reset/Ab3dEf7hIj1lMn5q",
    "Referer: https://h/reset/redacted-16-bytes/a|A: /reset/Ab3dEf7hIj1lMn5q" },
  { "random-segment-of-a-location", "location:/Ab3dEf7hIj1lMn5p?a=b", "location:/redacted-16-bytes?a=b" },
  { "random-word-of-a-location", "Location: Ab3dEf7hIj1lMn5p", "Location: redacted-16-bytes" },
  { "random-word-before-a-slash", "Location: Ab3dEf7hIj1lMn5p/a?b=c", "Location: redacted-16-bytes/a?b=c" },
  { "random-segment-of-a-folded-location", "Location:|\t/Ab3dEf7hIj1lMn5p", "Location:|\t/redacted-16-bytes" },
  { "random-fragment-of-a-location", "Location: https://h/#Ab3dEf7hIj1lMn5p", "Location: https://h/#redacted-16-bytes" },
  { "host-and-words-of-a-referer", "Referer: https://ec2-12-34-56-78-abc.h:8443/three-plain-words/2",
    "Referer: https://ec2-12-34-56-78-abc.h:8443/three-plain-words/2" },
  { "parameter-with-slashes-of-a-referer", "Referer: /a;token=secret/secret/b",
    "Referer: /a;token=" SIX_BYTES "/" SIX_BYTES "/redacted-1-bytes" },
  { "another-header-is-no-referer", "X-Referer: /Ab3dEf7hIj1lMn5p", "X-Referer: /Ab3dEf7hIj1lMn5p" },
  { "fragment-alone-of-a-location", "Location: #topsecret!", "Location: #" TEN_BYTES },
  { "fragment-of-a-word-of-a-referer", "Referer: a b#topsecret!", "Referer: a b#" TEN_BYTES },
  { "fragment-of-any-header", "A: https://h/a#topsecret! b", "A: https://h/a#" TEN_BYTES " b" },
  { "value-that-looks-random", "X-Any: a, \"Ab3dEf7hIj1lMn5p\"; b=Ab3dEf7hIj1lMn5p",
    "X-Any: a, \"redacted-16-bytes\"; b=redacted-16-bytes" },
  { "folded-value-that-looks-random", "X-Any: a|\tAb3dEf7hIj1lMn5p", "X-Any: a|\tredacted-16-bytes" },
  { "value-that-looks-random-after-a-line-feed-alone", "Host: a\nX-Any: Ab3dEf7hIj1lMn5p",
    "Host: a\nX-Any: redacted-16-bytes" },
  { "value-that-looks-random-with-slashes", "X-Any: Ab3dEf7hIj1lMn/p", "X-Any: redacted-16-bytes" },
  { "random-words-of-public-headers",
    "User-Agent: websocket-client/1|host: Ab3dEf7hIj1lMn5p.h|\tAb3dEf7hIj1lMn5p|Sec-CH-UA: Ab3dEf7hIj1lMn5p",
    "User-Agent: websocket-client/1|host: Ab3dEf7hIj1lMn5p.h|\tAb3dEf7hIj1lMn5p|Sec-CH-UA: Ab3dEf7hIj1lMn5p" },
  { "words-of-any-header", "X-Any: max-age=31536000; text/html, 2026-11-22T03:10:00.000Z",
    "X-Any: max-age=31536000; text/html, 2026-11-22T03:10:00.000Z" },
  { "line-without-a-colon", "A: b|top secret|C: d", "A: b|" TEN_BYTES "|C: d" },
  { "line-with-a-blank-in-its-name", "A: b|Cookie top: a|C: d", "A: b|redacted-13-bytes|C: d" },
  { "line-without-a-name", "A: b|:topsecret|C: d", "A: b|" TEN_BYTES "|C: d" },
  { "folded-line-without-a-colon", "A: b|top secret|\ttopsecret!|C: d", "A: b|" TEN_BYTES "|\t" TEN_BYTES "|C: d" },
  { "no-colon-after-a-line-feed-alone", "A: b\ntop secret", "A: b\n" TEN_BYTES },
  { "random-segment-that-another-header-quotes", "GET /key/Ab3dEf7hIj1lMn5p HTTP/1.1|A: x Ab3dEf7hIj1lMn5p",
    "GET /key/redacted-16-bytes HTTP/1.1|A: x redacted-16-bytes" },
  { "authorization", "Authorization: Bearer topsecret!", "Authorization: Bearer " TEN_BYTES },
  { "any-letter-case", "PROXY-authorization:\tDigest topsecret!", "PROXY-authorization:\tDigest " TEN_BYTES },
  { "a-word-that-is-no-scheme", "Authorization: top secret", "Authorization: " TEN_BYTES },
  { "a-scheme-alone", "Authorization: Bearer", "Authorization: " SIX_BYTES },
  { "a-part-of-a-scheme", "Authorization: Bear topsecret!", "Authorization: redacted-15-bytes" },
  { "blank-before-the-colon", "Authorization :topsecret!", "Authorization :" TEN_BYTES },
  { "cookie", "Cookie: a=b; token", "Cookie: " TEN_BYTES },
  { "set-cookie", "set-cookie: a=b; token", "set-cookie: " TEN_BYTES },
  { "key-of-an-api", "X-Api-Key: topsecret!", "X-Api-Key: " TEN_BYTES },
  { "folded", "Cookie:|\ttopsecret!|A: b", "Cookie:|\t" TEN_BYTES "|A: b" },
  { "folded-after-a-value", "Cookie: topsecret!|\ttopsecret!| topsecret!|A: b|  c",
    "Cookie: " TEN_BYTES "|\t" TEN_BYTES "| " TEN_BYTES "|A: b|  c" },
  { "after-a-line-feed-alone", "A: b\nCookie: topsecret!", "A: b\nCookie: " TEN_BYTES },
  { "lines-that-end-in-line-feeds-alone", "A: b\nCookie: topsecret!\nC: d\n\n", "A: b|Cookie: " TEN_BYTES "|C: d" },
  { "folded-with-line-feeds-alone", "Cookie:\n topsecret!\nC: d\n\n", "Cookie:| " TEN_BYTES "|C: d" },
  { "uri-in-a-header", "Location: ws://h/?key=topsecret!", "Location: ws://h/?key=" TEN_BYTES },
  { "request-line", "GET /?key=topsecret! HTTP/1.1", "GET /?key=" TEN_BYTES " HTTP/1.1" },
  { "subprotocols-are-shown", PROTOCOL "graphql-transport-ws,v12.stomp, wamp.2.msgpack",
    PROTOCOL "graphql-transport-ws,v12.stomp, wamp.2.msgpack" },
  { "subprotocol-that-looks-random", PROTOCOL "chat, Ab3dEf7hIj1lMn5p", PROTOCOL "chat, redacted-16-bytes" },
  { "subprotocol-after-its-name", PROTOCOL "access_token, topsecret!, c", PROTOCOL "access_token, " TEN_BYTES ", c" },
  { "nothing-after-the-name-of-a-subprotocol", PROTOCOL "access_token, |A: b", PROTOCOL "access_token, |A: b" },
  { "nothing-in-a-cookie", "Cookie: |Authorization: Bearer |A: b", "Cookie: |Authorization: Bearer |A: b" },
  { "subprotocol-with-its-name", PROTOCOL "a-bearer.b", PROTOCOL TEN_BYTES },
  { "subprotocols-with-a-line-feed-alone", PROTOCOL "chat\nX: topsecret!", PROTOCOL "redacted-18-bytes" },
  { "folded-subprotocol", PROTOCOL "a,|\ttoken.abcd", PROTOCOL "a,|\t" TEN_BYTES },
  { "token-of-a-forge", "Private-Token: topsecret!", "Private-Token: " TEN_BYTES },
  { "any-header-with-auth-in-its-name", "X-Auth-Token: topsecret!|X-Authorization: top secret",
    "X-Auth-Token: " TEN_BYTES "|X-Authorization: " TEN_BYTES },
  { "any-header-whose-name-ends-with-key", "Api-Key: topsecret!|X-Goog-Api-Key: topsecret!|x-functions-key: topsecret!",
    "Api-Key: " TEN_BYTES "|X-Goog-Api-Key: " TEN_BYTES "|x-functions-key: " TEN_BYTES },
  { "any-header-with-session-or-secret-in-its-name", "X-Session-Id: topsecret!|CF-Access-Client-Secret: topsecret!",
    "X-Session-Id: " TEN_BYTES "|CF-Access-Client-Secret: " TEN_BYTES },
  { "challenges-are-shown", "WWW-Authenticate: Basic realm=a|Access-Control-Allow-Credentials: true",
    "WWW-Authenticate: Basic realm=a|Access-Control-Allow-Credentials: true" },
  { "request-line-with-a-colon", "GET /?token=a:b HTTP/1.1|A: b", "GET /?token=redacted-3-bytes HTTP/1.1|A: b" },
  { "subprotocol-after-its-name-in-another-line", PROTOCOL "access_token|Host: h|" PROTOCOL "abc123",
    PROTOCOL "access_token|Host: h|" PROTOCOL "redacted-6-bytes" },
  { "other-names-are-shown", "X-Author: a b", "X-Author: a b" },
  { "key-of-the-handshake-is-shown", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" },
};

static void
test_head (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_auto (GStrv) lines = g_strsplit (heads[i].lines, "|", -1);
  g_autofree char *text = g_strjoinv ("\r\n", lines);
  g_autoptr (GBytes) head = g_bytes_new (text, strlen (text));
  g_auto (GStrv) split = wsi_redactor_split_head (redactor, head);
  g_autofree char *joined = g_strjoinv ("|", split);
  g_autofree char *shown = drop_numbers (joined);

  g_assert_cmpstr (shown, ==, heads[i].shown);
}

static void
test_equal_values (void)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (WsiRedactor) other = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autofree char *one = wsi_redactor_hide_text (redactor, "?key=one&key=two&key=six&key=ten");
  g_autofree char *same = wsi_redactor_hide_text (redactor, "?key=one&key=two&key=six&key=ten");
  g_autofree char *equal = wsi_redactor_hide_text (redactor, "?key=one&key=one&key=one&key=one");
  g_autofree char *salted = wsi_redactor_hide_text (other, "?key=one&key=two&key=six&key=ten");

  g_assert_cmpstr (one, ==, same);
  g_assert_cmpstr (one, !=, equal);
  g_assert_cmpstr (one, !=, salted);
  g_assert_cmpuint (wsi_redactor_get_n_hidden (redactor), ==, 12);
}

static void
test_quoted_token (void)
{
  static const char head[] =
    "GET / HTTP/1.1\r\n" PROTOCOL "chat, Ab3dEf7hIj1lMn5p\r\n\r\n";
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (GBytes) bytes = g_bytes_new_static (head, strlen (head));
  g_autoptr (GBytes) hidden = wsi_redactor_hide_head (redactor, bytes);
  g_autofree char *text =
    wsi_redactor_hide_text (redactor, "expected chat, received Ab3dEf7hIj1lMn5p");

  g_assert_cmpuint (g_bytes_get_size (hidden), >, g_bytes_get_size (bytes));
  g_assert_null (strstr (text, "Ab3d"));
  g_assert_true (g_str_has_prefix (text, "expected chat, received redacted-16-bytes-"));
}

/* A short word is in other texts without being the secret. */
static void
test_short_token (void)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (GBytes) head = g_bytes_new_static (PROTOCOL "access_token, abc", 41);
  g_autoptr (GBytes) hidden = wsi_redactor_hide_head (redactor, head);
  g_autofree char *text = wsi_redactor_hide_text (redactor, "abc is shown");

  g_assert_cmpuint (wsi_redactor_get_n_hidden (redactor), ==, 1);
  g_assert_cmpstr (text, ==, "abc is shown");
}

static const struct
{
  const char *name, *head, *lines;
} ends[] = {
  { "with-its-end", "GET / HTTP/1.1\r\nA: b\r\n\r\n", "GET / HTTP/1.1|A: b" },
  { "with-more-behind-it", "GET / HTTP/1.1\r\nA: b\r\n\r\nmore", "GET / HTTP/1.1|A: b" },
  { "without-its-last-line", "GET / HTTP/1.1\r\nA: b\r\n", "GET / HTTP/1.1|A: b" },
  { "cut-in-a-line", "GET / HTTP/1.1\r\nA: b", "GET / HTTP/1.1|A: b" },
};

/* A head without a secret keeps every byte. */
static void
test_end (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (GBytes) head = g_bytes_new_static (ends[i].head, strlen (ends[i].head));
  g_autoptr (GBytes) same = wsi_redactor_hide_head (redactor, head);
  g_auto (GStrv) lines = wsi_redactor_split_head (redactor, head);
  g_autofree char *joined = g_strjoinv ("|", lines);

  g_assert_true (g_bytes_equal (same, head));
  g_assert_cmpstr (joined, ==, ends[i].lines);
}

#define N_CONNECTIONS 1000

/* Each connection has a token of its own. */
static void
test_many_tokens (void)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autofree char *quoted = NULL;
  g_autofree char *plain = NULL;

  for (guint i = 0; i < N_CONNECTIONS; i++)
    {
      g_autofree char *head = g_strdup_printf (PROTOCOL "Ab3dEf7hIj1lMn%04u\r\n\r\n", i);
      g_autoptr (GBytes) bytes = g_bytes_new (head, strlen (head));
      g_autoptr (GBytes) hidden = wsi_redactor_hide_head (redactor, bytes);

      g_assert_cmpuint (g_bytes_get_size (hidden), >, g_bytes_get_size (bytes));
    }

  quoted = wsi_redactor_hide_text (redactor, "\"Ab3dEf7hIj1lMn0000\", Ab3dEf7hIj1lMn0999. "
                                   "Ab3dEf7hIj1lMn1000");
  plain = drop_numbers (quoted);
  g_assert_cmpstr (plain, ==, "\"redacted-18-bytes\", redacted-18-bytes. Ab3dEf7hIj1lMn1000");
}

static void
test_bounded_words (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WsiSecretWords *words = wsi_secret_words_new ();
  gsize at = 0, length;

  for (guint i = 0; i < WSI_SECRET_MAX_BYTES / 16; i++)
    g_string_append_printf (text, "word-%06u,", i);
  wsi_secret_words_add (words, text->str, text->len);
  g_assert_true (wsi_secret_words_find (words, text->str, &at, &length));
  g_assert_cmpuint (at, >, text->len / 2);
  g_assert_cmpuint (length, ==, strlen ("word-000000"));
  wsi_secret_words_free (words);
}

static GBytes *
hide (WsiRedactor *redactor,
      const char  *head)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (head, strlen (head));

  return wsi_redactor_hide_head (redactor, bytes);
}

/* They are in a file that is read back: then its rules are checked. */
static void
test_valid_heads (void)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (GBytes) request =
    hide (redactor, "GET /?token=topsecret! HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
          "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          "Sec-WebSocket-Version: 13\r\nAuthorization: Bearer topsecret!\r\n"
          PROTOCOL "chat, Ab3dEf7hIj1lMn5p\r\n\r\n");
  g_autoptr (GBytes) response =
    hide (redactor, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
          "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
          "Set-Cookie: a=topsecret!\r\n" PROTOCOL "Ab3dEf7hIj1lMn5p\r\n\r\n");
  g_autoptr (WsiHandshakeReport) report = wsi_handshake_report_new (request, response);

  g_assert_cmpuint (wsi_redactor_get_n_hidden (redactor), ==, 5);
  g_assert_cmpuint (report->n_failed, ==, 0);
  g_assert_cmpuint (report->n_passed, >, 15);
}

/* Also heads that are malformed keep every byte. */
static void
test_nothing_hidden (void)
{
  static const char head[] = "GET /?key=a HTTP/1.1\r\nCookie: b\0c\r\n\r\n\n\xff";
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  g_autoptr (GBytes) bytes = g_bytes_new_static (head, sizeof head);
  g_autoptr (GBytes) same = wsi_redactor_hide_head (redactor, bytes);
  g_autofree char *text = wsi_redactor_hide_text (redactor, "ws://a@b/?key=c");

  g_assert_true (g_bytes_equal (same, bytes));
  g_assert_cmpstr (text, ==, "ws://a@b/?key=c");
  g_assert_cmpuint (wsi_redactor_get_n_hidden (redactor), ==, 0);
}

static void
test_zero_byte (void)
{
  static const char head[] = "A: b\0Cookie: secret\r\nC: d\r\n\r\n";
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (GBytes) bytes = g_bytes_new_static (head, sizeof head - 1);
  g_autoptr (GBytes) hidden = wsi_redactor_hide_head (redactor, bytes);
  g_autofree char *text = g_strndup (g_bytes_get_data (hidden, NULL), g_bytes_get_size (hidden));
  g_autofree char *shown = drop_numbers (text);

  g_assert_cmpstr (shown, ==, "A: bredacted-15-bytes\r\nC: d\r\n\r\n");
}

static const struct
{
  const char  *name;
  WsiRedaction level;
  WspFrameKind kind;
  const char  *shown;
  guint16      flags;
} payloads[] = {
  { "strict-hides-text", WSI_REDACTION_STRICT, WSP_FRAME_KIND_TEXT, "xxxxx", 0 },
  { "strict-hides-fragments", WSI_REDACTION_STRICT, WSP_FRAME_KIND_CONTINUATION, "xxxxx", 0 },
  { "strict-hides-pings", WSI_REDACTION_STRICT, WSP_FRAME_KIND_PING, "xxxxx", 0 },
  { "strict-shows-close-codes-alone", WSI_REDACTION_STRICT, WSP_FRAME_KIND_CLOSE, "Hexxx", 0 },
  { "default-shows-close-reasons", WSI_REDACTION_DEFAULT, WSP_FRAME_KIND_CLOSE, "Hello", 0 },
  { "default-shows-text", WSI_REDACTION_DEFAULT, WSP_FRAME_KIND_TEXT, "Hello", 0 },
  { "default-hides-bytes-of-heads", WSI_REDACTION_DEFAULT, WSP_FRAME_KIND_BYTES, "xxxxx", WSI_RECORD_OF_HEAD },
  { "default-shows-other-bytes", WSI_REDACTION_DEFAULT, WSP_FRAME_KIND_BYTES, "Hello", 0 },
  { "none-shows-bytes-of-heads", WSI_REDACTION_NONE, WSP_FRAME_KIND_BYTES, "Hello", WSI_RECORD_OF_HEAD },
};

static void
test_payload (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const WsiRecord record = { .kind = payloads[i].kind, .flags = payloads[i].flags };
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (payloads[i].level);
  g_autoptr (GBytes) hello = g_bytes_new_static ("Hello", 5);
  g_autoptr (GBytes) shown = wsi_redactor_hide_payload (redactor, &record, hello);

  g_assert_cmpmem (g_bytes_get_data (shown, NULL), g_bytes_get_size (shown), payloads[i].shown, 5);
  g_assert_null (wsi_redactor_hide_payload (redactor, &record, NULL));
}

/* Where nothing is hidden, nothing is counted. */
static void
test_nothing_in_payload (void)
{
  const WsiRecord end = { .kind = WSP_FRAME_KIND_CLOSE }, text = { .kind = WSP_FRAME_KIND_TEXT };
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_STRICT);
  g_autoptr (GBytes) code = g_bytes_new_static ("\x03\xe8", 2);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) same_code = wsi_redactor_hide_payload (redactor, &end, code);
  g_autoptr (GBytes) same_nothing = wsi_redactor_hide_payload (redactor, &text, nothing);

  g_assert_true (g_bytes_equal (same_code, code));
  g_assert_true (g_bytes_equal (same_nothing, nothing));
  g_assert_cmpuint (wsi_redactor_get_n_hidden (redactor), ==, 0);
}

static char *
print_hidden (WsiRedactor *redactor)
{
  g_autoptr (GPtrArray) hidden = wsi_redactor_list_hidden (redactor);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < hidden->len; i++)
    {
      const WsiHiddenName *name = g_ptr_array_index (hidden, i);

      g_string_append_printf (text, "%s %" G_GUINT64_FORMAT "|", name->name, name->n_values);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* A continued line has no name of its own: it may be part of the secret. */
static void
test_hidden_names (void)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  const char *text = "GET /?token=a&mine=b&=c HTTP/1.1\r\nCookie: c\r\ncookie: d\r\n secret:e\r\n"
                     "X-Mine: f\r\nSec-WebSocket-Protocol: a, token.1\r\n\r\n";
  g_autoptr (GBytes) head = g_bytes_new_static (text, strlen (text));
  const char *const names[] = { " MINE ", "x-mine", "", NULL };

  wsi_redactor_set_names (redactor, names);
  g_bytes_unref (wsi_redactor_hide_head (redactor, head));
  g_free (wsi_redactor_hide_text (redactor, "ws://user@host/"));
  g_autofree char *hidden = print_hidden (redactor);

  g_assert_cmpstr (hidden, ==, "Cookie 2|Sec-WebSocket-Protocol 1|X-Mine 1|mine 1|part of a URI 1|"
                   "part of a head 1|token 1|");
  g_assert_cmpuint (wsi_redactor_get_n_hidden (redactor), ==, 8);
}

/* A peer may send any number of names. */
static void
test_many_hidden_names (void)
{
  g_autoptr (WsiHiddenNames) names = wsi_hidden_names_new ();
  g_autoptr (GPtrArray) hidden = NULL;
  const WsiHiddenName *most;

  wsi_hidden_names_add (names, "known");
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *name = g_strdup_printf ("%0*u", 2 * WSI_HIDDEN_MAX_LENGTH, i);

      wsi_hidden_names_add (names, name + (i % 2 == 0 ? WSI_HIDDEN_MAX_LENGTH : 0));
    }
  wsi_hidden_names_add (names, "known");
  hidden = wsi_hidden_names_list (names);
  most = g_ptr_array_index (hidden, 0);
  g_assert_cmpuint (hidden->len, ==, WSI_HIDDEN_MAX_NAMES);
  g_assert_cmpstr (most->name, !=, "");
  for (guint i = 0; i < hidden->len; i++)
    {
      const WsiHiddenName *name = g_ptr_array_index (hidden, i);

      g_assert_cmpuint (strlen (name->name), <=, WSI_HIDDEN_MAX_LENGTH);
      g_assert_cmpint (g_str_equal (name->name, "known"), <=, name->n_values == 2);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/redactor/text", texts, test_text);
  ADD_ROWS_AS ("/inspector/redactor/head/SEC-41-%s", heads, test_head);

  ADD_ROWS ("/inspector/redactor/end-of-a-head", ends, test_end);
  ADD_ROWS ("/inspector/redactor/path", paths, test_path);
  g_test_add_func ("/inspector/redactor/path/after-each-word-of-the-table", test_announcing);
  g_test_add_func ("/inspector/redactor/name/each-of-the-table", test_names);
  ADD_ROWS ("/inspector/redactor/reason", reasons, test_reason);
  ADD_ROWS ("/inspector/redactor/reason-alone", lone_reasons, test_lone_reason);
  ADD_ROWS ("/inspector/redactor/payload", payloads, test_payload);
  g_test_add_func ("/inspector/redactor/payload/nothing-to-hide", test_nothing_in_payload);
  g_test_add_func ("/inspector/redactor/hidden/values-are-counted-by-name", test_hidden_names);
  g_test_add_func ("/inspector/redactor/hidden/names-are-bounded", test_many_hidden_names);
  g_test_add_func ("/inspector/redactor/equal-values-have-equal-numbers", test_equal_values);
  g_test_add_func ("/inspector/redactor/a-token-is-hidden-where-it-is-quoted", test_quoted_token);
  g_test_add_func ("/inspector/redactor/a-short-token-is-shown-where-it-is-quoted",
                   test_short_token);
  g_test_add_func ("/inspector/redactor/the-token-of-every-connection-is-hidden-where-it-is-quoted",
                   test_many_tokens);
  g_test_add_func ("/inspector/redactor/the-oldest-tokens-are-forgotten", test_bounded_words);
  g_test_add_func ("/inspector/redactor/heads-stay-valid", test_valid_heads);
  g_test_add_func ("/inspector/redactor/none-keeps-every-byte", test_nothing_hidden);
  g_test_add_func ("/inspector/redactor/the-line-after-a-zero-byte-is-hidden", test_zero_byte);

  return g_test_run ();
}
