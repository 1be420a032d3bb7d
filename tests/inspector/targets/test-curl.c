/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Pasted commands: the target is compared in its one-line form.  The two of the browsers have the
 * form that Chromium and Firefox write. */

#include "inspect/targets/wsi-curl.h"

#include <string.h>

#include "inspect/targets/wsi-shell-words.h"
#include "lib/rows.h"

#define CHROMIUM "curl 'wss://example.org/chat?room=1' \\\n  -H 'Upgrade: websocket' \\\n" \
  "  -H 'Origin: https://example.org' \\\n  -H 'Cache-Control: no-cache' \\\n" \
  "  -H 'Connection: Upgrade' \\\n  -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' \\\n" \
  "  -b 'a=1; b=2' \\\n  -H $'User-Agent: A\\u0021 \\'q\\'' \\\n" \
  "  -H 'Sec-WebSocket-Version: 13' \\\n" \
  "  -H 'Sec-WebSocket-Protocol: x, y' \\\n" \
  "  -H 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'"
#define FIREFOX "curl 'wss://example.org/chat' --compressed -H 'User-Agent: B/1' " \
  "-H 'Accept: */*' -H 'Sec-WebSocket-Version: 13' -H 'Origin: https://example.org' " \
  "-H 'Connection: keep-alive, Upgrade' -H 'Upgrade: websocket'"

static const struct
{
  const char *name, *command;
  const char *target;           /* target as one line; NULL: refused */
  const char *notes;            /* notes on the command, joined by line feeds */
} good[] = {
  { "chromium", CHROMIUM, "connect 'wss://example.org/chat?room=1' --protocol=x --protocol=y '--header=Cache-Control: no-cache' "
    "'--header=Cookie: a=1; b=2' '--header=User-Agent: A! '\\''q'\\''' --origin=https://example.org --deflate", "" },
  { "firefox", FIREFOX, "connect wss://example.org/chat '--header=User-Agent: B/1' '--header=Accept: */*' "
    "--origin=https://example.org", "" },
  { "http-becomes-ws", "curl http://h/", "connect ws://h/", "" },
  { "https-becomes-wss", "curl HTTPS://h/", "connect wss://h/", "" },
  { "no-scheme-is-ws", "curl h:8080/a", "connect ws://h:8080/a", "" },
  { "url-as-an-option", "curl --url ws://h/ -k", "connect ws://h/ --insecure-accept-certificate", "" },
  { "glued-values", "curl -Aagent '-HX: y' ws://h/", "connect ws://h/ '--header=User-Agent: agent' '--header=X: y'", "" },
  { "referer", "curl -e http://r/ ws://h/", "connect ws://h/ '--header=Referer: http://r/'", "" },
  { "user-is-authorization", "curl -u me:secret ws://h/", "connect ws://h/ '--header=Authorization: Basic bWU6c2VjcmV0'", "" },
  { "files-of-tls", "curl --cacert ca.pem --cert c.pem --key k.pem ws://h/", "connect ws://h/ --ca=ca.pem --cert=c.pem --key=k.pem", "" },
  { "double-quotes", "curl \"ws://h/\\\"\\\\\\$\\`\\n\" -H \"a: b\\\nc\"", "connect 'ws://h/\"\\$`\\n' '--header=a: bc'", "" },
  { "crlf-joins-lines", "curl ws://h/ \\\r\n -H 'a: b'\r\n", "connect ws://h/ '--header=a: b'", "" },
  { "escapes-of-c", "curl $'ws://h/\\x41\\101\\e\\q'", "connect 'ws://h/AA\x1b\\q'", "" },
  { "prompt-before-it", "$ curl ws://h/", "connect ws://h/", "" },
  { "empty-header", "curl ws://h/ -H 'X;' -H 'Y:'", "connect ws://h/ --header=X:", "" },
  { "file-of-headers-is-noted", "curl ws://h/ -H @f -b jar", "connect ws://h/", "Header left out: @f\nFile of cookies left out: jar" },
  { "data-is-noted", "curl ws://h/ -X POST --data-raw x", "connect ws://h/", "Option left out: --request\nOption left out: --data-raw" },
  { "unknown-option-is-noted", "curl ws://h/ --future value", "connect ws://h/", "Option left out: --future\nLeft out: value" },
  { "windows-program", "curl.exe ws://h/", "connect ws://h/", "" },
  { "glued-value-at-the-end", "curl ws://h/ -Aagent", "connect ws://h/ '--header=User-Agent: agent'", "" },
  { "quotes-inside-a-word", "curl ws://h/ -H'a: b' -H\"c: d\"", "connect ws://h/ '--header=a: b' '--header=c: d'", "" },
  { "only-extensions-compress", "curl ws://h/ -H 'Upgrade: permessage-deflate' -H 'Sec-WebSocket-Extensions: x'", "connect ws://h/", "" },
  { "header-without-a-name-or-a-colon-is-noted", "curl ws://h/ -H ': a' -H b -H @c:d", "connect ws://h/",
    "Header left out: : a\nHeader left out: b\nHeader left out: @c:d" },
  { "dash-is-a-word", "curl ws://h/ -", "connect ws://h/", "Left out: -" },
  { "octal-has-three-digits-below-8", "curl $'ws://h/\\1018\\608'", "connect ws://h/A808", "" },
  { "character-in-8-digits", "curl $'ws://h/\\U0001f600'", "connect 'ws://h/\xf0\x9f\x98\x80'", "" },
  { "caret-before-a-letter-is-plain", "curl ws://h/^a", "connect 'ws://h/^a'", "" },
  { "backslash-at-the-end-is-plain", "curl ws://h/\\", "connect 'ws://h/\\'", "" },
};

/* Bytes behind a NUL are not read. */
static const struct
{
  const char *name, *command, *error;
} bad[] = {
  { "windows-form", "curl ^\"wss://h/^\" ^\n  -H ^\"a: b^\"",
    "command for the Windows command prompt: expected one for bash (choose \"Copy as cURL (bash)\")" },
  { "windows-line-end", "curl \"wss://h/\" ^\r\n",
    "command for the Windows command prompt: expected one for bash (choose \"Copy as cURL (bash)\")" },
  { "windows-quotes", "curl ^\"wss://h/^\"",
    "command for the Windows command prompt: expected one for bash (choose \"Copy as cURL (bash)\")" },
  { "windows-line-feed", "curl \"wss://h/\" ^\n",
    "command for the Windows command prompt: expected one for bash (choose \"Copy as cURL (bash)\")" },
  { "windows-end", "curl \"wss://h/\" ^",
    "command for the Windows command prompt: expected one for bash (choose \"Copy as cURL (bash)\")" },
  { "powershell", "Invoke-WebRequest -Uri wss://h/", "not a curl command: expected one that begins with curl" },
  { "other-program", "curlier ws://h/", "not a curl command: expected one that begins with curl" },
  { "other-program-of-four-letters", "wget ws://h/", "not a curl command: expected one that begins with curl" },
  { "shorter-program", "cur ws://h/", "not a curl command: expected one that begins with curl" },
  { "other-program-of-windows", "curl.com ws://h/", "not a curl command: expected one that begins with curl" },
  { "shorter-program-of-windows", "curl.ex ws://h/", "not a curl command: expected one that begins with curl" },
  { "nothing", "", "not a curl command: expected one that begins with curl" },
  { "alone", "curl", "incomplete command: expected curl and a URL" },
  { "value-missing", "curl ws://h/ -H", "incomplete command: expected a value after --header" },
  { "open-single-quote", "curl 'ws://h/", "incomplete command: expected a closing quotation mark '" },
  { "open-double-quote", "curl \"ws://h/\\\0\"", "incomplete command: expected a closing quotation mark \"" },
  { "open-c-quote", "curl $'ws://h/\\\0'", "incomplete command: expected a closing quotation mark '" },
  { "second-command", "curl ws://h/; rm -rf /", "more than one command: expected one curl command without ; | & < > ( )" },
  { "variable", "curl $HOME", "command with a variable or a substitution: expected plain text (\"Copy as cURL\" writes it)" },
  { "variable-in-quotes", "curl \"$HOME\"", "command with a variable or a substitution: expected plain text (\"Copy as cURL\" writes it)" },
  { "first-mistake-is-named", "curl $(id)",
    "command with a variable or a substitution: expected plain text (\"Copy as cURL\" writes it)" },
  { "substitution-in-quotes", "curl \"`id`\"",
    "command with a variable or a substitution: expected plain text (\"Copy as cURL\" writes it)" },
  { "substitution", "curl `id`", "command with a variable or a substitution: expected plain text (\"Copy as cURL\" writes it)" },
  { "nul-character", "curl $'a\\x00b'", "invalid number after a backslash in $'…'" },
  { "surrogate", "curl $'\\ud800'", "invalid number after a backslash in $'…'" },
  { "no-digits", "curl $'\\xg'", "invalid number after a backslash in $'…'" },
  { "two-numbers-without-digits", "curl $'\\xg\\xg'", "invalid number after a backslash in $'…'" },
  { "nul-character-of-more-than-a-byte", "curl $'a\\400b'", "invalid number after a backslash in $'…'" },
  { "second-nul-character-is-not-read", "curl $'\\400\\400'", "invalid number after a backslash in $'…'" },
};

static void
test_good (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (GStrv) notes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) target = wsi_curl_parse (good[i].command, &notes, &error);

  g_assert_no_error (error);

  g_autofree char *line = wsi_target_print (target);
  g_autofree char *joined = g_strjoinv ("\n", notes);

  g_assert_cmpstr (line, ==, good[i].target);
  g_assert_cmpstr (joined, ==, good[i].notes);
  g_assert_true (wsi_curl_is_command (good[i].command));
}

static void
test_bad (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (GStrv) notes = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (wsi_curl_parse (bad[i].command, &notes, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==, bad[i].error);
}

static void
assert_too_long (const char *command)
{
  g_auto (GStrv) notes = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (wsi_curl_parse (command, &notes, &error));
  g_assert_cmpstr (error->message, ==, "command is too long: expected at most 256 KiB");
}

static void
test_long (void)
{
  g_autofree char *rest = g_strnfill (WSI_SHELL_MAX_LENGTH, 'x');
  g_autofree char *command = g_strconcat ("curl ", rest, NULL);

  assert_too_long (command);
}

/* As many words, headers and notes as fit. */
static void
test_many (void)
{
  g_autoptr (GString) command = g_string_new ("curl ws://h/");
  g_auto (GStrv) notes = NULL;
  g_autoptr (WsiTarget) target = NULL;

  while (command->len < WSI_SHELL_MAX_LENGTH - 20)
    g_string_append (command, " -Ha:b -? ''");
  target = wsi_curl_parse (command->str, &notes, NULL);
  g_assert_nonnull (target);
  g_assert_cmpuint (g_strv_length (notes), ==, 8);
  g_assert_false (wsi_target_check_field (target, WSI_TARGET_HEADERS, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/curl/taken", good, test_good);
  ADD_ROWS ("/inspector/curl/refused", bad, test_bad);
  g_test_add_func ("/inspector/curl/refused/too-long", test_long);
  g_test_add_func ("/inspector/curl/bounded/many-words-are-taken-and-few-notes-made", test_many);
  return g_test_run ();
}
