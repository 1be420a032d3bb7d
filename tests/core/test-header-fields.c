/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/handshake/header-fields.h"

#include "header-lines.h"
#include "lib/tap.h"

#include <stdio.h>
#include <stdlib.h>

static void
test_find (void)
{
  HeaderLines lines = header_lines ("A: 1\nx-b:  \t2 \t\nA: 3\nEmpty: \nX-B: 4\n");
  WscFields fields = fields_of (&lines);
  WscFields none = { NULL, 0 };
  const WscHeader without_value = { wsc_text ("A"), { NULL, 0 } };

  tap_point (wsc_fields_count (fields, "X-b") == 2 && wsc_fields_count (fields, "C") == 0,
             "/core/header-fields/find/WS-53-name-in-any-case");
  tap_point (wsc_text_is (wsc_fields_get (fields, "X-B"), "2"),
             "/core/header-fields/find/first-one-trimmed");
  tap_point (wsc_fields_get (fields, "Empty").at != NULL &&
             wsc_fields_get (fields, "Empty").length == 0 &&
             wsc_fields_get (fields, "C").at == NULL && wsc_fields_get (none, "A").at == NULL,
             "/core/header-fields/find/empty-is-not-missing");
  tap_point (wsc_fields_get ((WscFields) { &without_value, 1 }, "A").at != NULL,
             "/core/header-fields/find/value-without-memory-is-not-missing");
}

static void
test_list (void)
{
  HeaderLines lines = header_lines ("L: a, b\nM: x\nl: \nL: c; p,\nL: , d\n");
  WscFieldList list = wsc_fields_get_list (fields_of (&lines), "L");
  WscExtension extension;
  char names[16] = "";

  while (wsc_field_list_next_extension (&list, &extension) == WSC_LIST_ELEMENT)
    snprintf (names + strlen (names), sizeof names - strlen (names), "%c", extension.name.at[0]);
  tap_point (strcmp (names, "abcd") == 0 &&
             wsc_field_list_next_extension (&list, &extension) == WSC_LIST_END,
             "/core/header-fields/list/WS-48-WS-75-WS-76-fields-of-a-name-are-one-list");
  tap_point (wsc_fields_count_extensions ((WscFields) { NULL, 0 }) == 0,
             "/core/header-fields/list/none");
}

static const struct
{
  const char *name, *lines;
  bool is_body;
} body_cases[] = {
  { "nothing", "A: b\n", false },
  { "WS-57-length-0", "Content-Length: 0\n", false },
  { "SEC-9-length-5", "Content-Length: 5\n", true },
  { "SEC-10-length-with-zeros", "Content-Length: 0005\n", true },
  { "SEC-10-two-lengths", "Content-Length: 0\nContent-Length: 0\n", true },
  { "SEC-10-length-list", "Content-Length: 0, 0\n", true },
  { "SEC-10-negative-length", "Content-Length: -1\n", true },
  { "SEC-10-length-of-20-digits", "Content-Length: 18446744073709551616\n", true },
  { "SEC-10-no-number", "Content-Length: 0x0\n", true },
  { "SEC-10-zero-and-a-letter", "Content-Length: 0a\n", true },
  { "SEC-10-empty-length", "Content-Length: \n", true },
  { "SEC-10-transfer-encoding", "transfer-encoding: chunked\n", true },
  { "SEC-10-transfer-encoding-and-length", "Content-Length: 0\nTransfer-Encoding: identity\n", true },
};

static void
test_body (void)
{
  for (size_t i = 0; i < sizeof body_cases / sizeof body_cases[0]; i++)
    {
      HeaderLines lines = header_lines (body_cases[i].lines);

      tap_point (wsc_fields_announce_body (fields_of (&lines)) == body_cases[i].is_body,
                 "/core/header-fields/body/%s", body_cases[i].name);
    }
}

static const struct
{
  const char *name, *lines;
  WscFault fault;
} connection_cases[] = {
  { "WS-42-upgrade", "Connection: Upgrade\n", WSC_FAULT_NONE },
  { "WS-42-any-case", "connection: uPGRADE\n", WSC_FAULT_NONE },
  { "WS-67-WIN-V-04-among-others", "Connection: keep-alive, Upgrade\n", WSC_FAULT_NONE },
  { "WS-42-in-a-second-header", "Connection: keep-alive\nConnection: close, upgrade\n", WSC_FAULT_NONE },
  { "WS-67-missing-refused", "Upgrade: websocket\n", WSC_FAULT_CONNECTION_MISSING },
  { "WIN-V-04-other-token-refused", "Connection: keep-alive\n", WSC_FAULT_CONNECTION_WITHOUT_UPGRADE },
  { "SEC-8-word-inside-another-refused", "Connection: notupgradex, upgrades\n", WSC_FAULT_CONNECTION_WITHOUT_UPGRADE },
  { "WS-67-empty-refused", "Connection: \n", WSC_FAULT_CONNECTION_WITHOUT_UPGRADE },
  { "malformed-refused", "Connection: upgrade, a b\n", WSC_FAULT_CONNECTION_WITHOUT_UPGRADE },
};

static void
test_connection (void)
{
  for (size_t i = 0; i < sizeof connection_cases / sizeof connection_cases[0]; i++)
    {
      HeaderLines lines = header_lines (connection_cases[i].lines);

      tap_point (wsc_connection_check (fields_of (&lines)) == connection_cases[i].fault,
                 "/core/header-fields/connection/%s", connection_cases[i].name);
    }
}

static const WscHeadLimits small_limits = { .max_extensions = 3, .max_parameters = 2 };

static const struct
{
  const char *name, *lines;
  WscFault fault;
} extensions_cases[] = {
  { "none", "A: b\n", WSC_FAULT_NONE },
  { "empty", "Sec-WebSocket-Extensions: \n", WSC_FAULT_NONE },
  { "WS-254-as-many-as-may", "Sec-WebSocket-Extensions: a; p; q, b\nSec-WebSocket-Extensions: c\n", WSC_FAULT_NONE },
  { "WS-254-SEC-22-too-many-refused", "Sec-WebSocket-Extensions: a, b\nSec-WebSocket-Extensions: c, d\n", WSC_FAULT_TOO_MANY_EXTENSIONS },
  { "WS-254-too-many-parameters-refused", "Sec-WebSocket-Extensions: a; p; q; r\n", WSC_FAULT_TOO_MANY_PARAMETERS },
  { "WS-206-malformed-refused", "Sec-WebSocket-Extensions: a; p=\n", WSC_FAULT_EXTENSIONS_MALFORMED },
  { "WS-206-malformed-in-a-second-header-refused", "Sec-WebSocket-Extensions: a\nSec-WebSocket-Extensions: b c\n",
    WSC_FAULT_EXTENSIONS_MALFORMED },
};

static void
test_extensions (void)
{
  for (size_t i = 0; i < sizeof extensions_cases / sizeof extensions_cases[0]; i++)
    {
      HeaderLines lines = header_lines (extensions_cases[i].lines);

      tap_point (wsc_extensions_check (fields_of (&lines),
                                       &small_limits) == extensions_cases[i].fault,
                 "/core/header-fields/extensions/%s", extensions_cases[i].name);
    }
}

#define TEXT(literal) { (const uint8_t *) literal, sizeof (literal) - 1 }

static const struct
{
  const char *name;
  WscHeader header;
  WscFault fault;
} own_cases[] = {
  { "WS-31-plain", { TEXT ("Authorization"), TEXT ("Basic eDp5") }, WSC_FAULT_NONE },
  { "empty-value", { TEXT ("X"), TEXT ("") }, WSC_FAULT_NONE },
  { "tab-and-high-bytes-in-value", { TEXT ("X"), TEXT ("caf\xc3\xa9\t") }, WSC_FAULT_NONE },
  { "WS-32-SEC-38-return-in-value-refused", { TEXT ("X"), TEXT ("a\rb") }, WSC_FAULT_HEADER_VALUE_NOT_ALLOWED },
  { "WS-32-SEC-38-line-feed-in-value-refused", { TEXT ("X"), TEXT ("a\nEvil: b") }, WSC_FAULT_HEADER_VALUE_NOT_ALLOWED },
  { "WS-32-nul-in-value-refused", { TEXT ("X"), TEXT ("a\0b") }, WSC_FAULT_HEADER_VALUE_NOT_ALLOWED },
  { "WS-32-escape-in-value-refused", { TEXT ("X"), TEXT ("a\x1b") }, WSC_FAULT_HEADER_VALUE_NOT_ALLOWED },
  { "WS-32-blank-in-name-refused", { TEXT ("X Y"), TEXT ("a") }, WSC_FAULT_HEADER_NAME_NOT_TOKEN },
  { "WS-32-line-feed-in-name-refused", { TEXT ("X\nY"), TEXT ("a") }, WSC_FAULT_HEADER_NAME_NOT_TOKEN },
  { "WS-32-nul-in-name-refused", { TEXT ("X\0Y"), TEXT ("a") }, WSC_FAULT_HEADER_NAME_NOT_TOKEN },
  { "WS-32-colon-in-name-refused", { TEXT ("X:"), TEXT ("a") }, WSC_FAULT_HEADER_NAME_NOT_TOKEN },
  { "WS-32-empty-name-refused", { TEXT (""), TEXT ("a") }, WSC_FAULT_HEADER_NAME_NOT_TOKEN },
};

static void
test_own (void)
{
  static const char *const reserved[] = {
    "Upgrade", "connection", "SEC-WEBSOCKET-KEY", "Sec-WebSocket-Anything", "Content-Length",
    "Transfer-Encoding",
  };
  static const char *const free_names[] = { "Host", "Origin", "Cookie", "Sec-WebSocket",
                                            "Upgrade-Insecure-Requests" };
  unsigned n_wrong = 0;

  for (size_t i = 0; i < sizeof own_cases / sizeof own_cases[0]; i++)
    tap_point (wsc_custom_header_check (&own_cases[i].header) == own_cases[i].fault,
               "/core/header-fields/own/%s", own_cases[i].name);
  for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
    n_wrong += !wsc_header_is_reserved (wsc_text (reserved[i]));
  for (size_t i = 0; i < sizeof free_names / sizeof free_names[0]; i++)
    n_wrong += wsc_header_is_reserved (wsc_text (free_names[i]));
  tap_point (n_wrong == 0, "/core/header-fields/own/WS-33-WS-92-SEC-39-names-that-are-ours");
}

static void
test_allowance (void)
{
  WscFrameAllowance none = wsc_frame_allowance_for (0), some = wsc_frame_allowance_for (1);

  tap_point (none.rsv == 0 && none.opcodes == 0,
             "/core/header-fields/allowance/WS-210-nothing-agreed-nothing-passes");
  tap_point (some.rsv == 0x70 && some.opcodes == 1,
             "/core/header-fields/allowance/agreed-extension-owns-its-bits");
}

int
main (void)
{
  test_find ();
  test_list ();
  test_body ();
  test_connection ();
  test_extensions ();
  test_own ();
  test_allowance ();
  return tap_end ();
}
