/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rules for sending on a stream: each proposal, the rule that refuses it, and the Close that
 * the stream itself proposes. */
#include "core/same-octets.h"
#include "core/stream/stream.h"

#include "lib/tap.h"

#include <string.h>

typedef struct
{
  WscOptions options;
  WscHost    host;
  WscStream  stream;
} Setting;

static void
set_up (Setting *self,
        WscMode  mode)
{
  *self = (Setting) { .host = { same_octets_fill, (void *) "\1" } };
  self->options = (WscOptions) { .role = WSC_ROLE_SERVER, .utf8_check = 1,
                                 .mode = mode };
  wsc_stream_init (&self->stream, &self->options, &self->host);
  wsc_stream_establish (&self->stream, NULL);
}

static WscBytes
text (const char *characters)
{
  return (WscBytes) { (const uint8_t *) characters, strlen (characters) };
}

typedef enum
{
  BEFORE_OPEN,
  BETWEEN_MESSAGES,
  INSIDE_A_TEXT,                /* the first fragment of a text was accepted */
  INSIDE_A_RAW_TEXT,            /* the first fragment of a text was accepted, with a bit of an
                                 * extension */
  CLOSE_ACCEPTED,
  CLOSE_RECEIVED,
  FAILED,
  TRANSPORT_ENDED,
} Moment;

static void
enter_moment (Setting *self,
              Moment   moment)
{
  WscProposal proposal;

  switch (moment)
    {
    case BEFORE_OPEN:
      wsc_stream_init (&self->stream, &self->options, &self->host);
      break;
    case BETWEEN_MESSAGES:
      break;
    case INSIDE_A_TEXT:
      wsc_stream_propose (&self->stream, WSC_BUFFER_UTF8_FRAGMENT, text ("\xc3"), 0, &proposal);
      wsc_stream_accept (&self->stream, &proposal);
      break;
    case INSIDE_A_RAW_TEXT:
      wsc_stream_propose_raw (&self->stream, (WSC_RSV1 | WSC_OPCODE_TEXT) << 1, text ("x"),
                              &proposal);
      wsc_stream_accept (&self->stream, &proposal);
      break;
    case CLOSE_ACCEPTED:
      wsc_stream_propose_close (&self->stream, 1000, text (""), &proposal);
      wsc_stream_accept (&self->stream, &proposal);
      break;
    case CLOSE_RECEIVED:
      self->stream.received_close_code = 1001;
      wsc_stream_step_phase (&self->stream, WSC_CALL_PEER_CLOSED);
      break;
    case FAILED:
      wsc_stream_fail (&self->stream, WSC_FAULT_TEXT_NOT_UTF8, 0);
      break;
    case TRANSPORT_ENDED:
      wsc_stream_fail (&self->stream, WSC_FAULT_TRANSPORT_ENDED, 0);
      break;
    }
}

#define X_25 "xxxxxxxxxxxxxxxxxxxxxxxxx"
#define X_125 X_25 X_25 X_25 X_25 X_25

static const struct
{
  const char   *name;
  Moment        moment;
  WscBufferType type;
  const char   *payload;        /* payload that is sent; NULL: a length without memory */
  unsigned      flags;
  WscFault      fault;
  uint8_t       first;          /* first byte of the frame, if it is accepted */
} rows[] = {
  { "before-open", BEFORE_OPEN, WSC_BUFFER_BINARY_MESSAGE, "x", 0, WSC_FAULT_NOT_OPEN_YET, 0 },
  { "text", BETWEEN_MESSAGES, WSC_BUFFER_UTF8_MESSAGE, "x", 0, WSC_FAULT_NONE, 0x81 },
  { "binary", BETWEEN_MESSAGES, WSC_BUFFER_BINARY_MESSAGE, "\xff", 0, WSC_FAULT_NONE, 0x82 },
  { "first-fragment", BETWEEN_MESSAGES, WSC_BUFFER_BINARY_FRAGMENT, "x", 0, WSC_FAULT_NONE, 0x02 },
  { "ping", BETWEEN_MESSAGES, WSC_BUFFER_PING_PONG, "x", 0, WSC_FAULT_NONE, 0x89 },
  { "pong", BETWEEN_MESSAGES, WSC_BUFFER_UNSOLICITED_PONG, "x", 0, WSC_FAULT_NONE, 0x8a },
  { "no-such-type", BETWEEN_MESSAGES, WSC_BUFFER_NONE, "x", 0, WSC_FAULT_BUFFER_TYPE_UNKNOWN, 0 },
  { "WS-192-text-not-utf8", BETWEEN_MESSAGES, WSC_BUFFER_UTF8_MESSAGE, "\xff", 0,
    WSC_FAULT_TEXT_TO_SEND_NOT_UTF8, 0 },
  { "WS-192-whole-text-cut-in-a-character", BETWEEN_MESSAGES, WSC_BUFFER_UTF8_MESSAGE, "\xc3", 0,
    WSC_FAULT_TEXT_TO_SEND_NOT_UTF8, 0 },
  { "WS-193-fragment-cut-in-a-character", BETWEEN_MESSAGES, WSC_BUFFER_UTF8_FRAGMENT, "\xc3", 0,
    WSC_FAULT_NONE, 0x01 },
  { "WS-193-impossible-fragment", BETWEEN_MESSAGES, WSC_BUFFER_UTF8_FRAGMENT, "\xc3\xc3", 0,
    WSC_FAULT_TEXT_TO_SEND_NOT_UTF8, 0 },
  { "WIN-S-10-length-without-memory", BETWEEN_MESSAGES, WSC_BUFFER_BINARY_MESSAGE, NULL, 0,
    WSC_FAULT_BUFFER_WITHOUT_MEMORY, 0 },
  { "control-of-125", BETWEEN_MESSAGES, WSC_BUFFER_PING_PONG, X_125, 0, WSC_FAULT_NONE, 0x89 },
  { "WS-136-control-of-126", BETWEEN_MESSAGES, WSC_BUFFER_PING_PONG, X_125 "x", 0,
    WSC_FAULT_CONTROL_PAYLOAD_TOO_LONG, 0 },
  { "judged-text-is-not-looked-at", BETWEEN_MESSAGES, WSC_BUFFER_UTF8_MESSAGE, "\xff",
    WSC_OUTGOING_CHECKED, WSC_FAULT_NONE, 0x81 },
  { "judged-first-fragment-is-looked-at", BETWEEN_MESSAGES, WSC_BUFFER_UTF8_FRAGMENT, "\xff",
    WSC_OUTGOING_CHECKED, WSC_FAULT_TEXT_TO_SEND_NOT_UTF8, 0 },
  { "judged-last-fragment-is-looked-at", INSIDE_A_TEXT, WSC_BUFFER_UTF8_MESSAGE, "x",
    WSC_OUTGOING_CHECKED, WSC_FAULT_TEXT_TO_SEND_NOT_UTF8, 0 },
  { "deflated-without-compression", BETWEEN_MESSAGES, WSC_BUFFER_UTF8_MESSAGE, "x",
    WSC_OUTGOING_DEFLATED, WSC_FAULT_RSV_NOT_NEGOTIATED, 0 },
  { "next-fragment-is-a-continuation", INSIDE_A_TEXT, WSC_BUFFER_UTF8_FRAGMENT, "\xa9", 0,
    WSC_FAULT_NONE, 0x00 },
  { "WS-193-last-fragment-is-a-continuation", INSIDE_A_TEXT, WSC_BUFFER_UTF8_MESSAGE, "\xa9", 0,
    WSC_FAULT_NONE, 0x80 },
  { "WS-193-last-fragment-inside-a-character", INSIDE_A_TEXT, WSC_BUFFER_UTF8_MESSAGE, "", 0,
    WSC_FAULT_TEXT_TO_SEND_NOT_UTF8, 0 },
  { "text-of-an-extension-is-not-looked-at", INSIDE_A_RAW_TEXT, WSC_BUFFER_UTF8_MESSAGE, "\xff", 0,
    WSC_FAULT_NONE, 0x80 },
  { "other-kind-inside-a-message", INSIDE_A_TEXT, WSC_BUFFER_BINARY_MESSAGE, "x", 0,
    WSC_FAULT_MESSAGE_KIND_CHANGED, 0 },
  { "ping-inside-a-message", INSIDE_A_TEXT, WSC_BUFFER_PING_PONG, "x", 0, WSC_FAULT_NONE, 0x89 },
  { "message-after-our-close", CLOSE_ACCEPTED, WSC_BUFFER_BINARY_MESSAGE, "x", 0,
    WSC_FAULT_CLOSING_STARTED, 0 },
  { "ping-after-our-close", CLOSE_ACCEPTED, WSC_BUFFER_PING_PONG, "x", 0, WSC_FAULT_NONE, 0x89 },
  { "message-after-the-peers-close", CLOSE_RECEIVED, WSC_BUFFER_BINARY_MESSAGE, "x", 0,
    WSC_FAULT_NONE, 0x82 },
  { "message-after-a-fault", FAILED, WSC_BUFFER_BINARY_MESSAGE, "x", 0, WSC_FAULT_TEXT_NOT_UTF8,
    0 },
};

static void
test_proposals (void)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    {
      Setting self;
      WscProposal proposal;
      WscStream before;
      WscFault fault;

      set_up (&self, WSC_MODE_AUTOMATIC);
      enter_moment (&self, rows[i].moment);
      before = self.stream;
      fault = wsc_stream_propose (&self.stream, rows[i].type,
                                  rows[i].payload != NULL ? text (rows[i].payload)
                                                          : (WscBytes) { NULL, 1 },
                                  rows[i].flags, &proposal);
      tap_point (fault == rows[i].fault &&
                 (fault != WSC_FAULT_NONE || proposal.out.first == rows[i].first) &&
                 memcmp (&before, &self.stream, sizeof before) == 0,
                 "/core/stream-send/propose/%s", rows[i].name);
      wsc_stream_clear (&self.stream);
    }
}

static const struct
{
  const char *name;
  uint16_t    header;
  WscFault    fault;
} raw_rows[] = {
  { "extension-opcode", 0x83 << 1 | 0x100, WSC_FAULT_NONE },
  { "more-than-9-bits", 0x200, WSC_FAULT_BUFFER_TYPE_UNKNOWN },
  { "mask-bit", 0x83 << 1 | 1, WSC_FAULT_RAW_HEADER_MASKED },
  { "close", 0x88 << 1, WSC_FAULT_RAW_HEADER_IS_CLOSE },
  { "fragmented-ping", 0x09 << 1, WSC_FAULT_CONTROL_TO_SEND_FRAGMENTED },
};

static void
test_raw (void)
{
  Setting self;
  WscProposal proposal;

  set_up (&self, WSC_MODE_AUTOMATIC);
  for (size_t i = 0; i < sizeof raw_rows / sizeof raw_rows[0]; i++)
    tap_point (wsc_stream_propose_raw (&self.stream, raw_rows[i].header, text ("x"), &proposal)
               == raw_rows[i].fault,
               "/core/stream-send/raw/%s", raw_rows[i].name);
  wsc_stream_clear (&self.stream);
}

/* The Close that the stream wants to send: code 0 = none. */
static const struct
{
  const char *name;
  Moment      moment;
  WscMode     mode;
  uint16_t    code;
  WscPhase    after;
} close_rows[] = {
  { "none-while-open", BETWEEN_MESSAGES, WSC_MODE_AUTOMATIC, 0, WSC_PHASE_OPEN },
  { "answer-to-the-peers", CLOSE_RECEIVED, WSC_MODE_AUTOMATIC, 1001, WSC_PHASE_CLOSED },
  { "after-a-fault", FAILED, WSC_MODE_AUTOMATIC, 1007, WSC_PHASE_FAILED },
  { "none-after-our-own", CLOSE_ACCEPTED, WSC_MODE_AUTOMATIC, 0, WSC_PHASE_CLOSE_SENT },
  { "none-after-a-fault-without-a-code", TRANSPORT_ENDED, WSC_MODE_AUTOMATIC, 0, WSC_PHASE_FAILED },
  { "no-answer-in-windows-mode", CLOSE_RECEIVED, WSC_MODE_WINDOWS, 0, WSC_PHASE_CLOSE_RECEIVED },
  { "none-after-a-fault-in-windows-mode", FAILED, WSC_MODE_WINDOWS, 0, WSC_PHASE_FAILED },
};

static void
test_due_close (void)
{
  for (size_t i = 0; i < sizeof close_rows / sizeof close_rows[0]; i++)
    {
      Setting self;
      WscProposal proposal;
      bool is_due;

      set_up (&self, close_rows[i].mode);
      enter_moment (&self, close_rows[i].moment);
      is_due = wsc_stream_propose_due_close (&self.stream, &proposal);
      if (is_due)
        wsc_stream_accept (&self.stream, &proposal);
      tap_point (is_due == (close_rows[i].code != 0) &&
                 (!is_due || (proposal.close_code == close_rows[i].code &&
                              self.stream.sending.close_code == close_rows[i].code &&
                              !wsc_stream_propose_due_close (&self.stream, &proposal))) &&
                 self.stream.phase == close_rows[i].after,
                 "/core/stream-send/due-close/%s", close_rows[i].name);
      wsc_stream_clear (&self.stream);
    }
}

/* A rule that is not the core's was broken. */
static const struct
{
  const char *name;
  WscFault    fault;
  uint16_t    code;
} refusals[] = {
  { "type", WSC_FAULT_MESSAGE_TYPE_NOT_ACCEPTED, 1003 },
  { "buffered-input", WSC_FAULT_BUFFERED_INPUT_FULL, 1013 },
  { "given-up", WSC_FAULT_MESSAGE_GIVEN_UP, 1011 },
  { "handler", WSC_FAULT_HANDLER_FAILED, 1011 },
};

static void
test_refusals (void)
{
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
    {
      Setting self;
      WscProposal proposal;

      set_up (&self, WSC_MODE_AUTOMATIC);
      tap_point (wsc_stream_fail (&self.stream, refusals[i].fault, 7) &&
                 !wsc_stream_fail (&self.stream, WSC_FAULT_ABORTED, 0) &&
                 self.stream.phase == WSC_PHASE_FAILED &&
                 self.stream.fault == refusals[i].fault && self.stream.fault_number == 7,
                 "/core/stream-send/refuse/%s-is-the-first-and-only-fault", refusals[i].name);
      tap_point (wsc_stream_propose_due_close (&self.stream, &proposal) &&
                 proposal.close_code == refusals[i].code,
                 "/core/stream-send/refuse/%s-closes-with-%u", refusals[i].name,
                 refusals[i].code);
      wsc_stream_clear (&self.stream);
    }
}

static void
test_close (void)
{
  Setting self;
  WscProposal proposal;

  set_up (&self, WSC_MODE_AUTOMATIC);
  tap_point (wsc_stream_propose_close (&self.stream, 1005, text ("x"), &proposal)
             == WSC_FAULT_CLOSE_REASON_WITHOUT_CODE,
             "/core/stream-send/close/reason-without-a-code-refused");
  tap_point (wsc_stream_propose_close (&self.stream, 1000, text ("x"), &proposal)
             == WSC_FAULT_NONE,
             "/core/stream-send/close/accepted-while-open");
  wsc_stream_accept (&self.stream, &proposal);
  tap_point (self.stream.phase == WSC_PHASE_CLOSE_SENT &&
             wsc_stream_propose_close (&self.stream, 1000, text ("x"), &proposal)
             == WSC_FAULT_CLOSE_SENT_BEFORE,
             "/core/stream-send/close/a-second-one-refused");
  wsc_stream_clear (&self.stream);
}

int
main (void)
{
  test_proposals ();
  test_raw ();
  test_due_close ();
  test_refusals ();
  test_close ();
  return tap_end ();
}
