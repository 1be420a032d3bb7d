/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/frames/close-payload.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <string.h>

static const struct
{
  const char *name, *payload;
  size_t length;
  WscFault fault;
} received[] = {
  { "WS-155-TRAP-9-empty-accepted", "", 0, WSC_FAULT_NONE },
  { "WS-153-TRAP-9-one-byte-refused", "\x03", 1, WSC_FAULT_CLOSE_LENGTH_ONE },
  { "WS-155-code-alone-accepted", "\x03\xe8", 2, WSC_FAULT_NONE },
  { "code-and-reason-accepted", "\x03\xe8" "bye", 5, WSC_FAULT_NONE },
  { "WS-172-1005-refused", "\x03\xed", 2, WSC_FAULT_CLOSE_CODE_RESERVED },
  { "WS-154-TRAP-9-reason-not-utf8-refused", "\x03\xe8" "a\xff", 4, WSC_FAULT_CLOSE_REASON_NOT_UTF8 },
  { "WS-154-reason-cut-in-character-refused", "\x03\xe8" "\xc3", 3, WSC_FAULT_CLOSE_REASON_NOT_UTF8 },
};

static const struct
{
  const char *name;
  uint16_t code;
  const char *reason;
  size_t length;
  WscFault fault;
} sent[] = {
  { "WS-171-1005-is-an-empty-close", 1005, NULL, 0, WSC_FAULT_NONE },
  { "WS-181-1005-with-reason-refused", 1005, "x", 1, WSC_FAULT_CLOSE_REASON_WITHOUT_CODE },
  { "WS-171-1006-refused", 1006, NULL, 0, WSC_FAULT_CLOSE_CODE_NOT_SENDABLE },
  { "WS-171-1015-refused", 1015, NULL, 0, WSC_FAULT_CLOSE_CODE_NOT_SENDABLE },
  { "WS-178-1010-accepted", 1010, NULL, 0, WSC_FAULT_NONE },
  { "WS-179-1011-accepted", 1011, NULL, 0, WSC_FAULT_NONE },
  { "WS-182-reason-not-utf8-refused", 1000, "\xed\xa0\x80", 3, WSC_FAULT_CLOSE_REASON_TO_SEND_NOT_UTF8 },
  { "reason-without-memory-refused", 1000, NULL, 3, WSC_FAULT_BUFFER_WITHOUT_MEMORY },
};

static void
test_payloads (void)
{
  char reason[124];

  for (size_t i = 0; i < sizeof received / sizeof received[0]; i++)
    {
      WscBytes payload = { (const uint8_t *) received[i].payload, received[i].length };

      tap_point (wsc_close_payload_check (payload) == received[i].fault,
                 "/core/close-payload/receive/%s", received[i].name);
    }

  for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++)
    {
      WscBytes payload = { (const uint8_t *) sent[i].reason, sent[i].length };

      tap_point (wsc_close_payload_check_send (sent[i].code, payload) == sent[i].fault,
                 "/core/close-payload/send/%s", sent[i].name);
    }

  memset (reason, 'r', sizeof reason);
  tap_point (wsc_close_payload_check_send (1000, (WscBytes) { (uint8_t *) reason, 123 })
             == WSC_FAULT_NONE,
             "/core/close-payload/send/WS-180-TRAP-9-123-bytes-accepted");
  tap_point (wsc_close_payload_check_send (1000, (WscBytes) { (uint8_t *) reason, 124 })
             == WSC_FAULT_CLOSE_REASON_TOO_LONG,
             "/core/close-payload/send/WS-180-124-bytes-refused");
}

int
main (void)
{
  test_payloads ();
  return tap_end ();
}
