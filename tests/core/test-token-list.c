/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/handshake/token-list.h"
#include "lib/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MALFORMED "malformed"

/* Elements are shown joined with "|"; a list with an error ends in MALFORMED. */
typedef struct
{
  const char *name, *value, *shown;
} ListCase;

typedef struct
{
  char text[512];
} Shown;

typedef Shown (*ShowList) (WscBytes rest);

static void
show (Shown      *self,
      const char *before,
      WscBytes    text)
{
  size_t n = strlen (self->text);

  snprintf (self->text + n, sizeof self->text - n, "%s%.*s", before, (int) text.length,
            (const char *) text.at);
}

static void
show_end (Shown      *self,
          WscListStep step)
{
  if (step == WSC_LIST_MALFORMED)
    show (self, self->text[0] != '\0' ? "|" : "", wsc_text (MALFORMED));
}

static const ListCase token_cases[] = {
  { "none", "", "" },
  { "one", "chat", "chat" },
  { "two-in-order", "chat, superchat", "chat|superchat" },
  { "WS-213-blanks-and-tabs-around-commas", " \ta\t , \t b ", "a|b" },
  { "WS-74-empty-elements-are-skipped", ", a,, ,b,", "a|b" },
  { "WS-213-only-commas-is-empty", ", ,\t,", "" },
  { "every-token-byte", "!#$%&'*+-.^_`|~09azAZ", "!#$%&'*+-.^_`|~09azAZ" },
  { "blank-inside-refused", "a b", MALFORMED },
  { "quote-refused", "\"a\"", MALFORMED },
  { "separator-refused", "a, b/c", "a|" MALFORMED },
  { "semicolon-refused", "a;b", MALFORMED },
  { "high-byte-refused", "caf\xc3\xa9", MALFORMED },
  { "control-refused", "a\x01", MALFORMED },
  { "later-fault-is-found", "a, b, =", "a|b|" MALFORMED },
};

static const ListCase product_cases[] = {
  { "name", "websocket", "websocket" },
  { "name-and-version", "foo/2.0, websocket", "foo/2.0|websocket" },
  { "slash-without-version-refused", "foo/, websocket", MALFORMED },
  { "slash-without-name-refused", "/2", MALFORMED },
  { "two-slashes-refused", "a/b/c", MALFORMED },
  { "blanks-before-slash-refused", "a /b", MALFORMED },
};

/* Shown as name;parameter=value. */
static const ListCase extension_cases[] = {
  { "WS-206-name-alone", "foo", "foo" },
  { "WS-206-several", "foo, bar", "foo|bar" },
  { "WS-206-parameters", "foo; bar; baz=2", "foo;bar;baz=2" },
  { "WS-206-quoted-value", "bar; baz=\"2\"", "bar;baz=2" },
  { "WS-206-escape-in-quotes", "bar; baz=\"\\2\\0x\"", "bar;baz=\\2\\0x" },
  { "WS-206-quoted-blank-refused", "bar; baz=\"a b\"", MALFORMED },
  { "WS-206-quoted-comma-refused", "bar; baz=\"a,b\"", MALFORMED },
  { "WS-206-quoted-nothing-refused", "bar; baz=\"\"", MALFORMED },
  { "WS-206-escaped-separator-refused", "bar; baz=\"\\,\"", MALFORMED },
  { "WS-206-escaped-quote-refused", "bar; baz=\"\\\"\"", MALFORMED },
  { "SEC-22-open-quote-refused", "bar; baz=\"a", MALFORMED },
  { "SEC-22-quote-open-after-backslash-refused", "bar; baz=\"a\\", MALFORMED },
  { "WS-206-text-after-quote-refused", "bar; baz=\"a\"b", MALFORMED },
  { "WS-206-no-value-after-equals-refused", "bar; baz=", MALFORMED },
  { "WS-206-no-parameter-after-semicolon-refused", "bar;", MALFORMED },
  { "WS-206-empty-parameter-refused", "bar;;baz", MALFORMED },
  { "WS-206-value-without-parameter-refused", "bar;=2", MALFORMED },
  { "WS-206-name-with-value-refused", "bar=2", MALFORMED },
  { "WS-206-no-name-refused", "; baz", MALFORMED },
  { "WS-206-two-values-refused", "bar; baz=1 2", MALFORMED },
  { "WS-206-later-fault-is-found", "foo, bar; baz=?", "foo|" MALFORMED },
  { "WS-207-generic-parser-lets-parameters-pass", "foo; a=1; a=1; a", "foo;a=1;a=1;a" },
  { "WS-213-blanks-around-semicolon-and-equals", "foo ;\tbar = 1\t; baz\t, foo", "foo;bar=1;baz|foo" },
  { "WS-213-empty-elements-are-skipped", ", foo,,\t, bar; a ,", "foo|bar;a" },
  { "SEC-22-constructor-is-a-name", "constructor; __proto__=toString", "constructor;__proto__=toString" },
  { "none", "", "" },
};

static Shown
show_tokens (WscBytes rest)
{
  Shown shown = { "" };
  WscBytes token;
  WscListStep step;

  while ((step = wsc_tokens_next (&rest, &token)) == WSC_LIST_ELEMENT)
    show (&shown, shown.text[0] != '\0' ? "|" : "", token);
  show_end (&shown, step);
  return shown;
}

static Shown
show_products (WscBytes rest)
{
  Shown shown = { "" };
  WscBytes product;
  WscListStep step;

  while ((step = wsc_products_next (&rest, &product)) == WSC_LIST_ELEMENT)
    show (&shown, shown.text[0] != '\0' ? "|" : "", product);
  show_end (&shown, step);
  return shown;
}

static Shown
show_extensions (WscBytes rest)
{
  Shown shown = { "" };
  WscExtension extension;
  WscParameter parameter;
  WscListStep step;

  while ((step = wsc_extensions_next (&rest, &extension)) == WSC_LIST_ELEMENT)
    {
      size_t n_parameters = 0;

      show (&shown, shown.text[0] != '\0' ? "|" : "", extension.name);
      while (wsc_parameters_next (&extension.parameters, &parameter) == WSC_LIST_ELEMENT)
        {
          show (&shown, ";", parameter.name);
          if (parameter.value.at != NULL)
            show (&shown, "=", parameter.value);
          n_parameters++;
        }
      if (n_parameters != extension.n_parameters)
        show (&shown, " counted wrongly", wsc_text (""));
    }
  show_end (&shown, step);
  return shown;
}

/* In memory of its exact size, so that a sanitizer detects a read beyond it. */
static void
play_cases (const char     *what,
            const ListCase *cases,
            size_t          n_cases,
            ShowList        show_list)
{
  for (size_t i = 0; i < n_cases; i++)
    {
      size_t n = strlen (cases[i].value);
      uint8_t *copy = n > 0 ? malloc (n) : NULL;
      Shown shown;

      if (n > 0)
        memcpy (copy, cases[i].value, n);
      shown = show_list ((WscBytes) { copy, n });
      tap_point (strcmp (shown.text, cases[i].shown) == 0, "/core/token-list/%s/%s", what,
                 cases[i].name);
      if (strcmp (shown.text, cases[i].shown) != 0)
        tap_diag ("received \"%s\", expected \"%s\"", shown.text, cases[i].shown);
      free (copy);
    }
}

static const struct
{
  const char *name, *a, *b;
  bool are_equal;
} equal_cases[] = {
  { "itself", "foo; a=1; b", "foo; a=1; b", true },
  { "blanks-do-not-count", "foo;a=1;b", " foo ;\ta = 1 ; b ", true },
  { "quotes-do-not-count", "foo; a=\"12\"", "foo; a=12", true },
  { "escapes-do-not-count", "foo; a=\"\\1\\2\"", "foo; a=12", true },
  { "other-name", "foo; a=1", "fox; a=1", false },
  { "other-case-is-another-name", "foo", "Foo", false },
  { "WS-211-other-value", "foo; a=1", "foo; a=2", false },
  { "value-is-longer", "foo; a=1", "foo; a=12", false },
  { "value-is-shorter", "foo; a=\"1\\2\"", "foo; a=1", false },
  { "no-value", "foo; a=1", "foo; a", false },
  { "more-parameters", "foo; a=1", "foo; a=1; b", false },
  { "other-parameter", "foo; a=1", "foo; b=1", false },
  { "other-order", "foo; a; b", "foo; b; a", false },
};

/* Memory of exactly its size, to be freed. */
static uint8_t *
copy_of (const char *text)
{
  return memcpy (malloc (strlen (text)), text, strlen (text));
}

static void
test_equal (void)
{
  for (size_t i = 0; i < sizeof equal_cases / sizeof equal_cases[0]; i++)
    {
      uint8_t *copy_of_a = copy_of (equal_cases[i].a), *copy_of_b = copy_of (equal_cases[i].b);
      WscBytes text_of_a = { copy_of_a, strlen (equal_cases[i].a) };
      WscBytes text_of_b = { copy_of_b, strlen (equal_cases[i].b) };
      WscExtension a, b;
      bool are_read = wsc_text_is_one_extension (text_of_a, &a) &&
                      wsc_text_is_one_extension (text_of_b, &b);

      tap_point (are_read && wsc_extensions_are_equal (&a, &b) == equal_cases[i].are_equal &&
                 wsc_extensions_are_equal (&b, &a) == equal_cases[i].are_equal,
                 "/core/token-list/equal/%s", equal_cases[i].name);
      free (copy_of_a);
      free (copy_of_b);
    }
}

static const struct
{
  const char *name, *text;
  bool is_one;
} one_cases[] = {
  { "alone", "foo", true },
  { "blanks-around", " foo; a\t", true },
  { "two-refused", "foo, bar", false },
  { "comma-after-refused", "foo,", false },
  { "comma-before-refused", ",foo", false },
  { "empty-refused", "", false },
  { "malformed-refused", "foo;", false },
};

static void
test_one (void)
{
  WscExtension extension;

  for (size_t i = 0; i < sizeof one_cases / sizeof one_cases[0]; i++)
    tap_point (wsc_text_is_one_extension (wsc_text (one_cases[i].text),
                                          &extension) == one_cases[i].is_one,
               "/core/token-list/one-extension/%s", one_cases[i].name);
}

/* Which of all 256 bytes a token may have (RFC 9110 5.6.2). */
static void
test_bytes (void)
{
  static const char others[] = "\"(),/:;<=>?@[\\]{}";
  unsigned n_wrong = 0;

  for (unsigned byte = 0; byte < 256; byte++)
    {
      bool is_token = byte > ' ' && byte < 0x7f && strchr (others, (int) byte) == NULL;
      bool is_control = byte != '\t' && (byte < ' ' || byte == 0x7f);

      n_wrong += wsc_byte_is_token ((uint8_t) byte) != is_token;
      n_wrong += wsc_byte_is_control ((uint8_t) byte) != is_control;
    }
  tap_point (n_wrong == 0, "/core/token-list/bytes/WS-29-each-of-256");
}

static void
test_texts (void)
{
  tap_point (wsc_text_is (wsc_text ("13"), "13") && !wsc_text_is (wsc_text ("13"), "1") &&
             !wsc_text_is (wsc_text ("a"), "A") &&
             wsc_texts_are_equal ((WscBytes) { NULL, 0 }, (WscBytes) { NULL, 0 }),
             "/core/token-list/texts/WS-260-byte-for-byte");
  tap_point (wsc_text_is_ignoring_case (wsc_text ("wEbSocket"), "websockeT") &&
             wsc_text_is_ignoring_case (wsc_text ("AZaz"), "azAZ") &&
             !wsc_text_is_ignoring_case (wsc_text ("websocket"), "websockets") &&
             !wsc_text_is_ignoring_case (wsc_text ("["), "{") &&
             !wsc_text_is_ignoring_case (wsc_text ("@"), "`") &&
             wsc_texts_are_equal_ignoring_case ((WscBytes) { NULL, 0 }, (WscBytes) { NULL, 0 }),
             "/core/token-list/texts/WS-53-ascii-case");
  tap_point (wsc_text_begins_with (wsc_text ("SEC-websocket-Key"), "Sec-WebSocket-") &&
             wsc_text_begins_with (wsc_text ("Sec-WebSocket-"), "Sec-WebSocket-") &&
             !wsc_text_begins_with (wsc_text ("Sec-"), "Sec-WebSocket-"),
             "/core/token-list/texts/begins-with");
  tap_point (wsc_text_trimmed (wsc_text (" \t a b\t ")).length == 3 &&
             wsc_text_trimmed (wsc_text (" \t")).length == 0 &&
             wsc_text_trimmed ((WscBytes) { NULL, 0 }).length == 0,
             "/core/token-list/texts/trimmed");
  tap_point (wsc_text_measure_plain (wsc_text ("a b~\x80\xff\r\n")) == 6 &&
             wsc_text_measure_plain (wsc_text ("a\tb")) == 1 &&
             wsc_text_measure_plain (wsc_text ("a\x1f")) == 1 &&
             wsc_text_measure_plain (wsc_text ("a\x7f")) == 1 &&
             wsc_text_measure_plain ((WscBytes) { (const uint8_t *) "ab", 1 }) == 1,
             "/core/token-list/texts/plain-up-to-a-control");
  tap_point (wsc_text_is_token (wsc_text ("chat.v1")) && !wsc_text_is_token (wsc_text ("")) &&
             !wsc_text_is_token (wsc_text ("a b")) && !wsc_text_is_token (wsc_text ("a,")),
             "/core/token-list/texts/WS-29-token");
}

int
main (void)
{
  play_cases ("tokens", token_cases, sizeof token_cases / sizeof token_cases[0], show_tokens);
  play_cases ("products", product_cases, sizeof product_cases / sizeof product_cases[0],
              show_products);
  play_cases ("extensions", extension_cases, sizeof extension_cases / sizeof extension_cases[0],
              show_extensions);
  test_equal ();
  test_one ();
  test_bytes ();
  test_texts ();
  return tap_end ();
}
