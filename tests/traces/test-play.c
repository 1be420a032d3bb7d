/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Tests the player itself, on the engine: a trace with a false claim must fail, in the line that
 * has it. */

#include "lib/tap.h"
#include "traces/play.h"

#include <string.h>

#define WINDOWS "# WIN-Q-01  A sentence.\nmode windows\nrole server\n"
#define AUTOMATIC "# WS-1  A sentence.\nmode automatic\nrole server\n"
#define CLIENT "# WS-1  A sentence.\nmode automatic\nrole client\n"
#define HELLO \
  "call receive\naction receive-from-network\nbytes 81 85 <mask 37 fa 21 3d> \"Hello\"\n"

static const struct
{
  const char *name, *text;
  unsigned line;                /* number of the line that fails; 0 = the trace must pass */
  Cut cut;
} cases[] = {
  { "right",
    WINDOWS HELLO "action indicate-receive-complete utf8-message of 1 \"Hello\"\ncomplete\n", 0,
    CUT_WHOLE },
  { "right-bytewise",
    WINDOWS HELLO "action indicate-receive-complete utf8-message of 1 \"Hello\"\ncomplete\n", 0,
    CUT_BYTEWISE },
  { "right-trailing",
    WINDOWS HELLO "action indicate-receive-complete utf8-message of 1 \"Hello\"\ncomplete\n"
    "call receive\naction receive-from-network\ncall abort\ndrain\n", 0, CUT_TRAILING },
  { "wrong-content",
    WINDOWS HELLO "action indicate-receive-complete utf8-message \"Hella\"\ncomplete\n", 7,
    CUT_WHOLE },
  { "wrong-content-bytewise",
    WINDOWS HELLO "action indicate-receive-complete utf8-message \"Hella\"\ncomplete\n", 7,
    CUT_BYTEWISE },
  { "content-too-short",
    WINDOWS HELLO "action indicate-receive-complete utf8-message \"Hell\"\ncomplete\n", 7,
    CUT_WHOLE },
  { "content-too-short-bytewise",
    WINDOWS HELLO "action indicate-receive-complete utf8-message \"Hell\"\ncomplete\n", 7,
    CUT_BYTEWISE },
  { "content-too-long-bytewise",
    WINDOWS HELLO "action indicate-receive-complete utf8-message \"Hello!\"\ncomplete\n", 7,
    CUT_BYTEWISE },
  { "wrong-type",
    WINDOWS HELLO "action indicate-receive-complete binary-message \"Hello\"\ncomplete\n", 7,
    CUT_WHOLE },
  { "wrong-type-bytewise",
    WINDOWS HELLO "action indicate-receive-complete binary-message \"Hello\"\ncomplete\n", 7,
    CUT_BYTEWISE },
  { "fragment-for-message",
    WINDOWS HELLO "action indicate-receive-complete utf8-fragment \"Hello\"\ncomplete\n", 7,
    CUT_BYTEWISE },
  { "wrong-context",
    WINDOWS HELLO "action indicate-receive-complete utf8-message of 2 \"Hello\"\ncomplete\n", 7,
    CUT_WHOLE },
  { "not-in-place", WINDOWS HELLO "action indicate-receive-complete in-place \"Hello\"\ncomplete\n",
    7, CUT_WHOLE },
  { "action-not-expected", WINDOWS HELLO "action none\n", 7, CUT_WHOLE },
  { "action-does-not-come", WINDOWS "action send-to-network\n", 4, CUT_WHOLE },
  { "wrong-queue", WINDOWS "call receive\naction on send receive-from-network\n", 5, CUT_WHOLE },
  { "not-finished", WINDOWS "call receive\naction receive-from-network\n", 5, CUT_WHOLE },
  { "bytes-without-a-read", WINDOWS "bytes 81\n", 4, CUT_WHOLE },
  { "read-completed-without-bytes", WINDOWS "call receive\naction receive-from-network\ncomplete\n",
    6, CUT_WHOLE },
  { "call-refused", WINDOWS "call send none\n", 4, CUT_WHOLE },
  { "call-not-refused", WINDOWS "call receive refused CLOSING_STARTED\n", 4, CUT_WHOLE },
  { "refused-by-another-rule", WINDOWS "call end-server refused NOT_OPEN_YET\n", 4, CUT_WHOLE },
  { "wrong-phase", WINDOWS "phase CLOSED\n", 4, CUT_WHOLE },
  { "fault-does-not-come", WINDOWS HELLO "fault TEXT_NOT_UTF8\n", 7, CUT_WHOLE },
  { "fault-not-expected",
    AUTOMATIC "call receive\naction receive-from-network\nbytes 83 80 <mask 00 00 00 00>\n"
    "action indicate-receive-complete none\n", 7, CUT_WHOLE },
  { "another-fault",
    AUTOMATIC "call receive\naction receive-from-network\nbytes 83 80 <mask 00 00 00 00>\n"
    "fault RSV_NOT_NEGOTIATED\n", 7, CUT_WHOLE },
  { "wrong-code",
    WINDOWS "call receive\naction receive-from-network\nbytes 88 82 <mask 00 00 00 00> 03 e8\n"
    "action indicate-receive-complete close code 1001\n", 7, CUT_WHOLE },
  { "wrong-key",
    CLIENT "call send utf8-message \"a\"\naction send-to-network 81 81 <mask 37 fa 21 3e> \"a\"\n",
    5,
    CUT_WHOLE },
  { "right-key",
    CLIENT
    "random 01 02 03 04\ncall send utf8-message \"a\"\naction send-to-network 81 81 <mask> \"a\"\n"
    "complete\naction indicate-send-complete of 1\ncomplete\n", 0, CUT_WHOLE },
  { "long-send-joined", CLIENT "option send-buffer 256\ncall send binary-message 61*600\n"
    "action send-to-network 82 fe 02 58 <mask> 61*600\ncomplete\n"
    "action indicate-send-complete\ncomplete\n", 0, CUT_WHOLE },
  { "long-send-not-joined",
    CLIENT "cut no\noption send-buffer 256\ncall send binary-message 61*600\n"
    "action send-to-network 82 fe 02 58 <mask> 61*600\ncomplete\n", 7, CUT_WHOLE },
  { "header-not-there", CLIENT "call begin-client\nheader-is Origin\n", 4, CUT_WHOLE },
  { "header-there", CLIENT "call begin-client\nheader-not Upgrade\n", 4, CUT_WHOLE },
  { "header-of-another-value", CLIENT "call begin-client\nheader Upgrade: websockets\n", 4,
    CUT_WHOLE },
  { "header-of-another-value-as-long", CLIENT "call begin-client\nheader Upgrade: websocked\n", 4,
    CUT_WHOLE },
  { "header-of-this-value",
    CLIENT "call begin-client\nheader Upgrade: websocket\n", 0, CUT_WHOLE },
};

static void
test_case (size_t i)
{
  TraceList list = { 0 };
  TraceError error = { 0 };
  PlayFailure failure = { 0 };
  bool is_right = false;

  if (trace_list_read (&list, "test-play", cases[i].text, &error))
    is_right = play_trace (&list.at[0], cases[i].cut, &failure) == (cases[i].line == 0) &&
               failure.line == cases[i].line;
  if (!is_right)
    tap_diag ("read up to line %u %s; played up to line %u %s", error.line, error.text,
              failure.line, failure.text);
  tap_point (is_right, "/traces/play/%s/%s", cases[i].line == 0 ? "passes" : "fails",
             cases[i].name);
  trace_list_clear (&list);
}

int
main (void)
{
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    test_case (i);
  return tap_end ();
}
