/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The trace reader: what it makes of lines, and which lines it refuses. */

#include "lib/cut.h"
#include "lib/tap.h"
#include "lib/trace.h"

#include <string.h>

#define HEAD "# WIN-Q-01 WIN-Q-02  A sentence.\nmode windows\nrole server\n"
#define CLIENT "# WS-1  A sentence.\nmode automatic\nrole client\n"

static const struct
{
  const char *name, *text;
  unsigned line;
} bad_traces[] = {
  { "word-unknown", HEAD "cal receive\n", 4 },
  { "step-before-a-trace", "call receive\n", 1 },
  { "number-mistyped", CLIENT "call abort\n# SW-2  Another.\nmode windows\n", 6 },
  { "sentence-missing", "# WS-1\nmode windows\n", 1 },
  { "step-missing", CLIENT, 3 },
  { "mode-missing", "# WS-1  A sentence.\nrole client\ncall abort\n", 3 },
  { "role-missing", "# WS-1  A sentence.\nmode windows\ncall abort\n", 3 },
  { "mode-unknown", "# WS-1  A sentence.\nmode linux\n", 2 },
  { "option-after-a-step", CLIENT "call abort\noption masking off\n", 5 },
  { "option-unknown", CLIENT "option colour 1\n", 4 },
  { "option-without-value", CLIENT "option utf8\n", 4 },
  { "option-not-of-windows", HEAD "option max-fragments 3\ncall abort\n", 5 },
  { "time-without-a-number", HEAD "time now\n", 4 },
  { "cut-yes", HEAD "cut yes\n", 4 },
  { "call-unknown", HEAD "call recieve\n", 4 },
  { "call-with-a-rest", HEAD "call abort now\n", 4 },
  { "fault-unknown", HEAD "call receive refused NO_SUCH_RULE\n", 4 },
  { "abort-refused", HEAD "call abort refused ABORTED\n", 4 },
  { "send-without-type", HEAD "call send 61\n", 4 },
  { "send-of-a-close", HEAD "call send close\n", 4 },
  { "close-code-too-large", HEAD "call send-close 65536\n", 4 },
  { "raw-header-of-one-digit", HEAD "call send-raw 1\n", 4 },
  { "raw-header-of-ten-bits", HEAD "call send-raw 200\n", 4 },
  { "two-choices-of-a-server", HEAD "call begin-server protocol a protocol b\n", 4 },
  { "action-unknown", HEAD "action send\n", 4 },
  { "queue-unknown", HEAD "action on both none\n", 4 },
  { "context-not-a-number", HEAD "action indicate-send-complete of one\n", 4 },
  { "parts-in-another-order", HEAD "action indicate-send-complete of 1 close\n", 4 },
  { "content-of-a-read", HEAD "action receive-from-network 61\n", 4 },
  { "content-of-nothing", HEAD "action none 61\n", 4 },
  { "fragment-without-content", HEAD "action indicate-receive-complete utf8-fragment\n", 4 },
  { "byte-of-one-digit", HEAD "bytes 8\n", 4 },
  { "byte-in-capitals", HEAD "bytes 8A\n", 4 },
  { "bytes-glued", HEAD "bytes 8105\n", 4 },
  { "bytes-missing", HEAD "bytes\n", 4 },
  { "bytes-of-no-length", HEAD "bytes \"\"\n", 4 },
  { "text-without-end", HEAD "bytes \"abc\n", 4 },
  { "escape-unknown", HEAD "bytes \"\\n\"\n", 4 },
  { "count-missing", HEAD "bytes 61*\n", 4 },
  { "count-too-large", HEAD "bytes 61*99999999999\n", 4 },
  { "mask-of-three", HEAD "bytes 81 81 <mask 01 02 03> 61\n", 4 },
  { "mask-without-end", HEAD "bytes 81 81 <mask 01 02 03 04\n", 4 },
  { "mask-of-a-peer-at-random", HEAD "bytes 81 81 <mask> 61\n", 4 },
  { "mask-in-a-call", HEAD "call send utf8-message <mask 01 02 03 04> 61\n", 4 },
  { "phase-unknown", HEAD "phase SHUT\n", 4 },
  { "drain-with-a-rest", HEAD "drain all\n", 4 },
  { "header-without-colon", CLIENT "header Host\n", 4 },
  { "headers-for-nobody", CLIENT "header Host: a\ncall abort\n", 5 },
  { "header-absent-of-a-request", CLIENT "header-not Host\n", 4 },
};

static void
test_refused (void)
{
  for (size_t i = 0; i < sizeof bad_traces / sizeof *bad_traces; i++)
    {
      TraceList list = { 0 };
      TraceError error;
      bool is_read = trace_list_read (&list, "bad.trace", bad_traces[i].text, &error);

      if (is_read || error.line != bad_traces[i].line)
        tap_diag ("line %u: %s", error.line, is_read ? "read" : error.text);
      tap_point (!is_read && error.line == bad_traces[i].line && error.text[0] != '\0',
                 "/lib/trace/refused/%s", bad_traces[i].name);
      trace_list_clear (&list);
    }
}

static const struct
{
  const char *name, *data, *bytes;
  size_t length;
} data_cases[] = {
  { "bytes", "8a 00 ff", "\x8a\x00\xff", 3 },
  { "text", "\"a b\\\"\\\\\\x00\"", "a b\"\\\0", 6 },
  { "counts", "61*3 \"bc\"*2 64*0", "aaabcbc", 7 },
  { "text-with-a-number-sign", "\"# no comment\"", "# no comment", 12 },
  { "mask", "82 85 <mask 01 02 03 04> 00*5", "\x82\x85\x01\x02\x03\x04\x01\x02\x03\x04\x01", 11 },
  { "two-masks", "<mask 01 01 01 01> 00 <mask 02 02 02 02> 00",
    "\x01\x01\x01\x01\x01\x02\x02\x02\x02\x02", 10 },
};

static void
test_data (void)
{
  static const uint8_t no_key[4];

  for (size_t i = 0; i < sizeof data_cases / sizeof *data_cases; i++)
    {
      TraceList list = { 0 };
      TraceError error;
      char text[200] = HEAD "bytes ";
      uint8_t bytes[32] = { 0 };
      bool is_ok;

      strcat (text, data_cases[i].data);
      is_ok = trace_list_read (&list, "good.trace", text, &error) &&
              list.at[0].steps[0].data.length == data_cases[i].length;
      if (is_ok)
        trace_data_render (&list.at[0].steps[0].data, no_key, bytes);
      tap_point (is_ok && memcmp (bytes, data_cases[i].bytes, data_cases[i].length) == 0,
                 "/lib/trace/data/%s", data_cases[i].name);
      trace_list_clear (&list);
    }
}

/* One trace with nearly every kind of line. */
static const char everything[] =
  "# a comment\n"
  "\n"
  HEAD
  "option  receive-buffer 300\n"
  "random  01 02\n"
  "call    receive 5\n"
  "action  on receive receive-from-network of 1 in-place\n"
  "bytes   81 81 <mask 01 02 03 04> 61\n"
  "bytes   88 80 <mask 00 00 00 00>\n"
  "action  indicate-receive-complete close code 1005 of 1 \"\"\n"
  "complete on receive 3\n"
  "call    send utf8-message \"refused \" refused CLOSING_STARTED\n"
  "phase   CLOSE_RECEIVED\n"
  CLIENT
  "header  X-Own: 1\n"
  "call    begin-client protocol chat protocol \"a b\" extension \"foo; bar\"\n"
  "header  Upgrade: websocket\n"
  "header-not Origin\n"
  "\n"
  "header  \"Bad Name\":  \"x\\x0d\"\n"
  "call    end-client expect-protocol 1 expect-extensions 0 refused ACCEPT_MISSING\n";

static bool
is_text (WscBytes    bytes,
         const char *text)
{
  return bytes.length == strlen (text) && memcmp (bytes.at, text, bytes.length) == 0;
}

static void
check_first (const Trace *trace)
{
  const TraceStep *steps = trace->steps;
  WscBytes refused = { steps[5].data.at, steps[5].data.length };

  tap_point (strcmp (trace->numbers, "WIN-Q-01-WIN-Q-02") == 0 &&
             strcmp (trace->sentence, "A sentence.") == 0,
             "/lib/trace/head/numbers-and-sentence");
  tap_point (trace->mode == TRACE_MODE_WINDOWS && trace->role == WSC_ROLE_SERVER &&
             trace->line == 3 && trace->random.length == 2 &&
             trace->options[TRACE_OPTION_RECEIVE_BUFFER] == 300 &&
             trace->options[TRACE_OPTION_SEND_BUFFER] == 16 &&
             trace->options[TRACE_OPTION_MAX_MESSAGE_SIZE] == UINT64_MAX,
             "/lib/trace/head/options-and-defaults");
  tap_point (trace->n_steps == 7 && trace->n_calls == 2 && trace->n_bytes == 1 &&
             trace->start == TRACE_START_OPEN,
             "/lib/trace/steps/bytes-that-follow-bytes-are-one");
  tap_point (steps[0].call == TRACE_CALL_RECEIVE && steps[0].number == 5 &&
             (steps[0].says & TRACE_SAYS_NUMBER) != 0,
             "/lib/trace/steps/receive-with-a-size");
  tap_point (steps[1].queue == WSC_ACTION_QUEUE_RECEIVE && steps[1].context == 1 &&
             steps[1].says == (TRACE_SAYS_QUEUE | TRACE_SAYS_CONTEXT | TRACE_SAYS_IN_PLACE),
             "/lib/trace/steps/action-with-its-parts");
  tap_point (steps[2].data.n_masks == 2 && steps[2].data.masks[0].end == 7 &&
             steps[2].data.masks[1].at == 9,
             "/lib/trace/steps/a-mask-ends-with-its-line");
  tap_point (steps[3].number == 1005 && (steps[3].says & TRACE_SAYS_DATA) != 0 &&
             steps[3].data.length == 0,
             "/lib/trace/steps/close-with-an-empty-reason");
  tap_point (steps[5].fault == WSC_FAULT_CLOSING_STARTED && is_text (refused, "refused "),
             "/lib/trace/steps/refused-stands-after-the-data");
  tap_point (steps[6].number == WSC_PHASE_CLOSE_RECEIVED, "/lib/trace/steps/phase");
}

static void
check_second (const Trace *trace)
{
  const TraceStep *begin = &trace->steps[0], *end = &trace->steps[1];

  tap_point (trace->start == TRACE_START_CREATED && trace->n_steps == 2,
             "/lib/trace/handshake/begins-in-created");
  tap_point (begin->n_given == 1 && is_text (begin->given[0].value, "1"),
             "/lib/trace/handshake/own-headers");
  tap_point (begin->n_protocols == 2 && is_text (begin->protocols[1], "a b") &&
             begin->n_extensions == 1,
             "/lib/trace/handshake/offer");
  tap_point (begin->n_expected == 2 && begin->expected[1].claim == TRACE_HEADER_ABSENT,
             "/lib/trace/handshake/expected-right-after-begin");
  tap_point (end->n_given == 1 &&
             is_text (end->given[0].name, "Bad Name") && is_text (end->given[0].value, "x\r"),
             "/lib/trace/handshake/an-empty-line-ends-what-is-expected");
  tap_point (end->selected_protocol == 1 && end->n_selected == 1 &&
             end->fault == WSC_FAULT_ACCEPT_MISSING,
             "/lib/trace/handshake/selection-and-refusal");
}

static void
test_everything (void)
{
  TraceList list = { 0 };
  TraceError error;
  bool is_ok = trace_list_read (&list, "good.trace", everything, &error) && list.count == 2;

  if (!is_ok)
    tap_diag ("line %u: %s", error.line, error.text);
  tap_point (is_ok, "/lib/trace/read/two-traces");
  if (is_ok)
    {
      check_first (&list.at[0]);
      check_second (&list.at[1]);
    }
  trace_list_clear (&list);
}

static void
test_cuts (void)
{
  static const size_t lengths[N_CUTS] = { 5, 1, 5 };

  for (int cut = 0; cut < N_CUTS; cut++)
    {
      Wire wire = { .cut = (Cut) cut };
      uint8_t first[3] = { 0 }, second[4] = { 0 };
      WscBuffer buffers[2] = { { first, sizeof first }, { second, sizeof second } };
      size_t n;

      wire_add (&wire, (const uint8_t *) "ab", 2);
      wire_add (&wire, (const uint8_t *) "cde", 3);
      n = wire_read (&wire, buffers, 2);
      tap_point (n == lengths[cut] && wire_left (&wire) == 5 - n && first[0] == 'a' &&
                 second[1] == (n == 5 ? 'e' : 0),
                 "/lib/cut/read/%s", cut_get_name ((Cut) cut));
      wire_clear (&wire);
    }
}

int
main (void)
{
  test_refused ();
  test_data ();
  test_everything ();
  test_cuts ();
  return tap_end ();
}
