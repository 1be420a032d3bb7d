/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A stream's life: the effect of everything that is received, and what ends it. */
#include "core/same-octets.h"
#include "core/stream/stream.h"

#include "core/close-code.h"
#include "core/stream/waiting-pongs.h"
#include "lib/tap.h"

#include <string.h>

#define SECOND INT64_C (1000000)

typedef struct
{
  WscOptions   options;
  WscHost      host;
  WscWorkspace workspace;
  WscStream    stream;
  uint8_t      read[256], write[256];
} Setting;

static void
set_up (Setting *self)
{
  *self = (Setting) { .host = { same_octets_fill, (void *) "\1" } };
  self->options = (WscOptions) { .role = WSC_ROLE_CLIENT, .max_frame_length = 100,
                                 .max_message_length = 100, .max_fragments = 1000,
                                 .max_waiting_pongs = 64, .masking = 1, .utf8_check = 1,
                                 .mode = WSC_MODE_AUTOMATIC, .keepalive_interval = 1000,
                                 .keepalive_timeout = 1000, .max_pings_per_second = 1 };
  self->workspace = (WscWorkspace) { .read = { .at = self->read, .length = sizeof self->read },
                                     .write = { self->write, sizeof self->write } };
  wsc_stream_init (&self->stream, &self->options, &self->host);
  wsc_stream_establish (&self->stream, NULL);
  wsc_stream_set_time (&self->stream, SECOND);
  wsc_stream_lend (&self->stream, &self->workspace);
}

static void
read_bytes (Setting    *self,
            const char *bytes,
            size_t      n)
{
  WscBuffer buffers[2];

  wsc_receive_path_prepare_read (&self->stream.receiving, (WscBuffer) { NULL, 0 }, 1, buffers);
  if (n > 0)
    memcpy (buffers[0].at, bytes, n);
  wsc_receive_path_take (&self->stream.receiving, n);
}

static const struct
{
  const char *name, *bytes;
  size_t      n;
  WscReceivedKind kind;
  WscPhase    phase;
  WscFault    fault;
  bool        is_activity;
} received_rows[] = {
  { "nothing", "", 0, WSC_RECEIVED_NEED_READ, WSC_PHASE_OPEN, WSC_FAULT_NONE, false },
  { "message", "\x82\x01x", 3, WSC_RECEIVED_CHUNK, WSC_PHASE_OPEN, WSC_FAULT_NONE, true },
  { "fragment", "\x02\x01x", 3, WSC_RECEIVED_CHUNK, WSC_PHASE_OPEN, WSC_FAULT_NONE, true },
  { "ping", "\x89\x01x", 3, WSC_RECEIVED_PING, WSC_PHASE_OPEN, WSC_FAULT_NONE, true },
  { "pong-that-is-unsolicited", "\x8a\x01x", 3, WSC_RECEIVED_PONG, WSC_PHASE_OPEN,
    WSC_FAULT_NONE, false },
  { "pong-with-our-payload", "\x8a\x08\1\1\1\1\1\1\1\1", 10, WSC_RECEIVED_PONG, WSC_PHASE_OPEN,
    WSC_FAULT_NONE, true },
  { "close", "\x88\x02\x03\xe8", 4, WSC_RECEIVED_CLOSE, WSC_PHASE_CLOSE_RECEIVED, WSC_FAULT_NONE,
    false },
  { "reserved-opcode", "\x83\x00", 2, WSC_RECEIVED_FAULT, WSC_PHASE_FAILED,
    WSC_FAULT_OPCODE_RESERVED, false },
  { "message-above-the-limit", "\x82\x65", 2, WSC_RECEIVED_FAULT, WSC_PHASE_FAILED,
    WSC_FAULT_MESSAGE_TOO_BIG, false },
};

static void
test_received (void)
{
  for (size_t i = 0; i < sizeof received_rows / sizeof received_rows[0]; i++)
    {
      Setting self;
      WscReceived received;
      WscProposal ping;

      set_up (&self);
      wsc_stream_propose_keepalive (&self.stream, &ping);
      wsc_stream_set_time (&self.stream, 3 * SECOND / 2);
      read_bytes (&self, received_rows[i].bytes, received_rows[i].n);
      tap_point (wsc_stream_next (&self.stream, (WscBuffer) { NULL, 0 }, &received)
                 == received_rows[i].kind &&
                 self.stream.phase == received_rows[i].phase &&
                 self.stream.fault == received_rows[i].fault,
                 "/core/stream/received/%s", received_rows[i].name);
      tap_point ((self.stream.keepalive.last_in == 3 * SECOND / 2) == received_rows[i].is_activity,
                 "/core/stream/activity/%s", received_rows[i].name);
      wsc_stream_clear (&self.stream);
    }
}

static void
test_ping_rate (void)
{
  Setting self;
  WscReceived received;

  set_up (&self);
  read_bytes (&self, "\x89\x00\x89\x00", 4);
  tap_point (wsc_stream_next (&self.stream, (WscBuffer) { NULL, 0 }, &received)
             == WSC_RECEIVED_PING &&
             wsc_stream_next (&self.stream, (WscBuffer) { NULL, 0 }, &received)
             == WSC_RECEIVED_FAULT &&
             received.fault == WSC_FAULT_TOO_MANY_PINGS && self.stream.fault_number == 2,
             "/core/stream/pings/one-more-than-max-pings-per-second-fails");
  wsc_stream_clear (&self.stream);
}

static void
test_close_ends_input (void)
{
  Setting self;
  WscReceived received;

  set_up (&self);
  wsc_waiting_pongs_add (&self.stream.pongs, (WscBytes) { NULL, 0 }, 64);
  read_bytes (&self, "\x88\x00\x82\x01x", 5);
  tap_point (wsc_stream_next (&self.stream, (WscBuffer) { NULL, 0 }, &received)
             == WSC_RECEIVED_CLOSE &&
             self.stream.received_close_code == WSC_CLOSE_NO_STATUS &&
             self.stream.pongs == NULL && wsc_receive_path_is_empty (&self.stream.receiving),
             "/core/stream/close/drops-what-follows-and-the-pongs-that-wait");
  wsc_stream_clear (&self.stream);
}

static void
test_first_fault_counts (void)
{
  Setting self;

  set_up (&self);
  tap_point (wsc_stream_fail (&self.stream, WSC_FAULT_MESSAGE_TOO_BIG, 7) &&
             !wsc_stream_fail (&self.stream, WSC_FAULT_OUT_OF_MEMORY, 8) &&
             self.stream.fault == WSC_FAULT_MESSAGE_TOO_BIG && self.stream.fault_number == 7,
             "/core/stream/fail/the-first-fault-counts");
  tap_point (wsc_stream_may_call (&self.stream, WSC_CALL_RECEIVE) == WSC_FAULT_MESSAGE_TOO_BIG,
             "/core/stream/fail/later-calls-are-refused-with-it");
  tap_point (wsc_stream_abort (&self.stream) && !wsc_stream_abort (&self.stream) &&
             self.stream.phase == WSC_PHASE_ABORTED,
             "/core/stream/abort/once");
  wsc_stream_clear (&self.stream);
}

/* Before it is open there is nothing to abort. */
static void
test_abort_before_open (void)
{
  Setting self;

  set_up (&self);
  wsc_stream_clear (&self.stream);
  wsc_stream_init (&self.stream, &self.options, &self.host);
  tap_point (!wsc_stream_abort (&self.stream) && self.stream.phase == WSC_PHASE_CREATED &&
             self.stream.fault == WSC_FAULT_NONE &&
             wsc_stream_establish (&self.stream, NULL) == WSC_FAULT_NONE,
             "/core/stream/abort/before-it-is-open-changes-nothing");
  wsc_stream_clear (&self.stream);
}

static void
test_keepalive (void)
{
  Setting self;
  WscProposal ping;

  set_up (&self);
  tap_point (wsc_stream_get_deadline (&self.stream) == 2 * SECOND &&
             wsc_stream_set_time (&self.stream, 2 * SECOND - 1) == WSC_KEEPALIVE_QUIET &&
             wsc_stream_set_time (&self.stream, 2 * SECOND) == WSC_KEEPALIVE_PING_DUE,
             "/core/stream/keepalive/ping-is-due-after-the-interval");
  tap_point (wsc_stream_propose_keepalive (&self.stream, &ping) == WSC_FAULT_NONE &&
             ping.out.first == 0x89 && ping.out.length == WSC_KEEPALIVE_PAYLOAD &&
             memcmp (ping.out.at, "\1\1\1\1\1\1\1\1", WSC_KEEPALIVE_PAYLOAD) == 0,
             "/core/stream/keepalive/ping-has-random-bytes");
  wsc_keepalive_ping_sent (&self.stream.keepalive);
  tap_point (wsc_stream_set_time (&self.stream, 3 * SECOND) == WSC_KEEPALIVE_PEER_SILENT &&
             self.stream.phase == WSC_PHASE_FAILED &&
             self.stream.fault == WSC_FAULT_PEER_NOT_RESPONDING &&
             self.stream.fault_number == 1000,
             "/core/stream/keepalive/without-an-answer-the-stream-fails-with-the-milliseconds");
  tap_point (wsc_stream_get_deadline (&self.stream) == WSC_NO_DEADLINE &&
             wsc_stream_set_time (&self.stream, 9 * SECOND) == WSC_KEEPALIVE_QUIET,
             "/core/stream/keepalive/nothing-is-due-afterwards");
  wsc_stream_clear (&self.stream);
}

static void
test_memory_is_taken_back (void)
{
  Setting self;
  WscReceived received;

  set_up (&self);
  read_bytes (&self, "\x82", 1);
  tap_point (wsc_stream_take_back (&self.stream) == WSC_FAULT_NONE && self.stream.workspace == NULL,
             "/core/stream/lend/unread-bytes-are-kept");
  memset (self.read, 0xee, sizeof self.read);
  wsc_stream_lend (&self.stream, &self.workspace);
  read_bytes (&self, "\x01x", 2);
  tap_point (wsc_stream_next (&self.stream, (WscBuffer) { NULL, 0 }, &received)
             == WSC_RECEIVED_CHUNK && received.payload.length == 1,
             "/core/stream/lend/and-come-first-the-next-time");
  wsc_stream_clear (&self.stream);
}

int
main (void)
{
  test_received ();
  test_ping_rate ();
  test_close_ends_input ();
  test_first_fault_counts ();
  test_abort_before_open ();
  test_keepalive ();
  test_memory_is_taken_back ();
  return tap_end ();
}
