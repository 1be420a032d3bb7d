/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The trace reader: what it makes of lines, and which lines it refuses. */

#include "lib/cut.h"
#include "lib/tap.h"
#include "lib/trace.h"

#include <stdio.h>
#include <string.h>

#define HEAD "# WIN-Q-01 WIN-Q-02  A sentence.\nmode windows\nrole server\n"
#define CLIENT "# WS-1  A sentence.\nmode automatic\nrole client\n"
#define BOTH "# WS-1  A $role.\nmode automatic\nrole both\n"
#define TEMPLATE "template BYTES TEXT\nmode automatic\nrole both\nbytes 81 $BYTES\n" \
  "call send utf8-message $TEXT\n\n"

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
  { "call-of-one-role-for-both", BOTH "call begin-client\n", 4 },
  { "call-of-the-other-role-for-both", BOTH "call end-server\n", 4 },
  { "both-and-more", "# WS-1  A $role.\nmode automatic\nrole both client\n", 3 },
  { "length-without-end", CLIENT "bytes 81 <02 61\n", 4 },
  { "length-of-no-byte", CLIENT "bytes 81 <>\n", 4 },
  { "length-of-two-bytes", CLIENT "bytes 81 <7e 01>\n", 4 },
  { "length-of-ten-bytes", CLIENT "bytes 81 <7f 00 00 00 00 00 00 00 01 00>\n", 4 },
  { "length-with-the-mask-s-bit", CLIENT "bytes 81 <82> \"ab\"\n", 4 },
  { "length-in-a-call", CLIENT "call send utf8-message <01> 61\n", 4 },
  { "length-of-what-is-received", CLIENT "action indicate-receive-complete close <01> 61\n", 4 },
  { "template-without-columns", "template\nmode windows\n", 1 },
  { "template-with-four-columns", "template A B C D\nbytes $A $B $C $D\n", 1 },
  { "template-without-a-row", TEMPLATE CLIENT "call abort\n", 1 },
  { "template-without-a-row-at-the-end", CLIENT "call abort\n" TEMPLATE, 5 },
  { "template-behind-a-template", TEMPLATE TEMPLATE, 1 },
  { "column-twice", "template A A\nbytes $A\n", 1 },
  { "column-in-small-letters", "template a\nbytes $a\n", 1 },
  { "column-unused", "template A B\nbytes $A\n", 1 },
  { "column-unknown", "template A\nmode windows\nbytes $A $B\n", 3 },
  { "row-without-a-template", "# WS-1  A sentence.\nwith 61\n", 2 },
  { "row-behind-another-trace", TEMPLATE "# WS-1  A row.\nwith <01> 61 | 61\n" CLIENT
    "call abort\n# WS-1  A row.\nwith <01> 61 | 61\n", 14 },
  { "row-with-a-value-too-few", TEMPLATE "# WS-1  A row.\nwith <01> 61\n", 8 },
  { "row-with-an-empty-value", TEMPLATE "# WS-1  A row.\nwith | 61\n", 8 },
  { "row-with-a-value-too-many", TEMPLATE "# WS-1  A row.\nwith <01> 61 | 61 | 62\n", 8 },
  { "row-of-two-lines", TEMPLATE "# WS-1  A row.\nwith <01> 61 | 61\n\ncall abort\n", 10 },
  { "row-without-its-sentence", TEMPLATE "# WS-1\nwith <01> 61 | 61\n", 7 },
};

/* The fault is in a line of the template, or shows there. */
static const struct
{
  const char *name, *text;
  unsigned line, template_line;
} bad_rows[] = {
  { "value-not-understood", TEMPLATE "# WS-1  A row.\nwith 8 | 61\n", 7, 4 },
  { "template-not-understood",
    "template A\nmode windows\nrole both\ncal $A\n# WS-1  A row.\nwith receive\n", 5, 4 },
  { "template-that-is-not-complete",
    "template A\nmode windows\nrole $A\n# WS-1  A row.\nwith server\n", 4, 3 },
};

static void
check_refused (const char *name,
               const char *text,
               unsigned    line,
               unsigned    template_line)
{
  TraceList list = { 0 };
  TraceError error;
  bool is_read = trace_list_read (&list, "bad.trace", text, &error);
  bool is_ok = !is_read && error.line == line && error.template_line == template_line &&
               error.text[0] != '\0';

  if (!is_ok)
    tap_diag ("line %u, %u: %s", error.line, error.template_line, is_read ? "read" : error.text);
  tap_point (is_ok, "/lib/trace/refused/%s", name);
  trace_list_clear (&list);
}

static void
test_refused (void)
{
  for (size_t i = 0; i < sizeof bad_traces / sizeof *bad_traces; i++)
    check_refused (bad_traces[i].name, bad_traces[i].text, bad_traces[i].line, 0);
  for (size_t i = 0; i < sizeof bad_rows / sizeof *bad_rows; i++)
    check_refused (bad_rows[i].name, bad_rows[i].text, bad_rows[i].line,
                   bad_rows[i].template_line);
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

/* The lengths in angle brackets, as a server and as a client has them; key: of the peer. */
static const struct
{
  const char *name, *data;
  const char *plain, *masked;
  size_t length;                /* length of plain */
} length_cases[] = {
  { "no-payload", "88 <00>", "\x88\0", "\x88\x80" "\x37\xfa\x21\x3d", 2 },
  { "payload", "82 <03> 00*3", "\x82\x03\0\0\0", "\x82\x83" "\x37\xfa\x21\x3d" "\x37\xfa\x21", 5 },
  { "two-bytes", "82 <7e 00 7e>", "\x82\x7e\x00\x7e", "\x82\xfe\x00\x7e" "\x37\xfa\x21\x3d", 4 },
  { "eight-bytes", "82 <7f 00 00 00 00 00 01 00 00>", "\x82\x7f\0\0\0\0\0\x01\0\0",
    "\x82\xff\0\0\0\0\0\x01\0\0" "\x37\xfa\x21\x3d", 10 },
};

static bool
is_wire (const TraceStep *step,
         const char      *bytes,
         size_t           length)
{
  static const uint8_t random_key[4] = { 0x37, 0xfa, 0x21, 0x3d };
  uint8_t wire[32];

  if (step->data.length != length || length > sizeof wire)
    return false;

  trace_data_render (&step->data, random_key, wire);
  return memcmp (wire, bytes, length) == 0;
}

static void
test_lengths (void)
{
  for (size_t i = 0; i < sizeof length_cases / sizeof *length_cases; i++)
    {
      const size_t length = length_cases[i].length;
      TraceList list = { 0 };
      TraceError error;
      char text[300];
      bool is_read;

      snprintf (text, sizeof text, BOTH "bytes %s\naction send-to-network %s\n",
                length_cases[i].data, length_cases[i].data);
      is_read = trace_list_read (&list, "good.trace", text, &error) && list.count == 2;
      tap_point (is_read && is_wire (&list.at[0].steps[0], length_cases[i].masked, length + 4) &&
                 is_wire (&list.at[0].steps[1], length_cases[i].plain, length),
                 "/lib/trace/length/of-a-server/%s", length_cases[i].name);
      tap_point (is_read && is_wire (&list.at[1].steps[0], length_cases[i].plain, length) &&
                 is_wire (&list.at[1].steps[1], length_cases[i].masked, length + 4) &&
                 list.at[1].steps[1].data.masks[0].key == TRACE_KEY_RANDOM,
                 "/lib/trace/length/of-a-client/%s", length_cases[i].name);
      trace_list_clear (&list);
    }
}

/* Values with all that could end them too early. */
static const char rows[] =
  TEMPLATE
  "# WS-1 WS-2  A $role says $role.\n"
  "with   <01> 61 |  \"a|b\\\"|\"  \n"
  "# a comment\n"
  "\n"
  "# WS-3  Another.\n"
  "with 01 62|\"$TEXT\"\n"
  CLIENT
  "call abort\n";

static void
test_rows (void)
{
  TraceList list = { 0 };
  TraceError error;
  bool is_ok = trace_list_read (&list, "good.trace", rows, &error) && list.count == 5;

  if (!is_ok)
    tap_diag ("line %u: %s", error.line, error.text);
  tap_point (is_ok, "/lib/trace/template/each-row-is-a-trace-of-each-role");
  if (is_ok)
    {
      const TraceData *text = &list.at[0].steps[1].data, *second = &list.at[3].steps[1].data;

      tap_point (list.at[0].role == WSC_ROLE_SERVER && list.at[1].role == WSC_ROLE_CLIENT &&
                 strcmp (list.at[0].sentence, "A server says server.") == 0 &&
                 strcmp (list.at[1].sentence, "A client says client.") == 0,
                 "/lib/trace/template/the-sentence-names-the-role");
      tap_point (strcmp (list.at[1].numbers, "WS-1-WS-2") == 0 && list.at[1].line == 7 &&
                 list.at[3].line == 11 && list.at[3].steps[1].line == 5,
                 "/lib/trace/template/lines-of-the-row-and-of-the-template");
      tap_point (is_text ((WscBytes) { text->at, text->length }, "a|b\"|") &&
                 is_wire (&list.at[1].steps[0], "\x81\x01" "a", 3),
                 "/lib/trace/template/a-bar-in-a-text-ends-no-value");
      tap_point (is_text ((WscBytes) { second->at, second->length }, "$TEXT"),
                 "/lib/trace/template/a-value-is-not-filled-again");
      tap_point (list.at[4].steps[0].call == TRACE_CALL_ABORT && list.at[4].line == 13,
                 "/lib/trace/template/a-trace-ends-the-rows");
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
  test_lengths ();
  test_rows ();
  test_cuts ();
  return tap_end ();
}
