/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The steps of a message that leaves, its frames, and steps that were not sent as a whole. */
#include "core/same-octets.h"
#include "core/stream/stream.h"

#include "core/stream/waiting-pongs.h"
#include "lib/tap.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  WscOptions   options;
  WscStream    stream;
  WscWorkspace workspace;
  uint8_t      room[4096];
} Setting;

static const WscHost host = { same_octets_fill, (void *) "\0" };

static void
set_up (Setting *self,
        WscRole  role)
{
  *self = (Setting) { .options = { .role = role, .utf8_check = 1, .masking = 1 } };
  wsc_stream_init (&self->stream, &self->options, &host);
  wsc_stream_establish (&self->stream, NULL);
}

static void
lend (Setting *self,
      size_t   room_length,
      uint32_t copy_limit)
{
  self->workspace.write = (WscBuffer) { self->room, room_length };
  self->workspace.copy_limit = copy_limit;
  wsc_stream_lend (&self->stream, &self->workspace);
}

/* One step without lent memory: n_buffers 0 = it needs some. */
static const struct
{
  const char   *name;
  WscBufferType type;
  unsigned      flags;
  uint32_t      fragment_size;
  unsigned      n_buffers;
} bare_rows[] = {
  { "prepared-frame-leaves-as-it-is", WSC_BUFFER_UTF8_MESSAGE, WSC_OUTGOING_PREPARED, 0, 1 },
  { "prepared-frame-of-just-the-fragment-size-leaves", WSC_BUFFER_BINARY_MESSAGE,
    WSC_OUTGOING_PREPARED, 3, 1 },
  { "prepared-message-in-several-frames-needs-room", WSC_BUFFER_BINARY_MESSAGE,
    WSC_OUTGOING_PREPARED, 2, 0 },
  { "other-message-needs-room", WSC_BUFFER_BINARY_MESSAGE, 0, 0, 0 },
  { "ping-needs-room", WSC_BUFFER_PING_PONG, 0, 0, 0 },
};

static bool
is_bare_step_right (Setting *self,
                    size_t   row)
{
  static const uint8_t frame[] = { 0x82, 3, 'a', 'b', 'c' };
  WscProposal proposal;
  WscBuffer buffers[2];
  unsigned n;

  if (wsc_stream_propose (&self->stream, bare_rows[row].type, (WscBytes) { frame + 2, 3 },
                          bare_rows[row].flags, &proposal) != WSC_FAULT_NONE)
    return false;
  wsc_stream_accept (&self->stream, &proposal);
  if (wsc_stream_step (&self->stream, &proposal.out, 2, buffers, &n) != WSC_FAULT_NONE ||
      n != bare_rows[row].n_buffers)
    return false;
  if (n == 0)
    return self->stream.sending.writer.stage == WSC_FRAME_NONE;

  return buffers[0].at == frame && buffers[0].length == sizeof frame &&
         wsc_stream_complete_step (&self->stream, &proposal.out) == WSC_SEND_STEP_DONE;
}

static void
test_bare_steps (void)
{
  for (size_t i = 0; i < sizeof bare_rows / sizeof bare_rows[0]; i++)
    {
      Setting self;

      set_up (&self, WSC_ROLE_SERVER);
      self.options.fragment_size = bare_rows[i].fragment_size;
      tap_point (is_bare_step_right (&self, i), "/core/stream-step/without-memory/%s",
                 bare_rows[i].name);
      wsc_stream_clear (&self.stream);
    }
}

static uint8_t payload[1000], wire[2000];

/* Runs one outgoing to its end and collects its bytes.  Returns the number of steps; 0 = it did not
 * end. */
static unsigned
drive (Setting     *self,
       WscOutgoing *outgoing,
       unsigned     max_buffers,
       size_t      *length)
{
  *length = 0;
  for (unsigned step = 1; step < 10000; step++)
    {
      WscBuffer buffers[2];
      unsigned n;

      if (wsc_stream_step (&self->stream, outgoing, max_buffers, buffers, &n) != WSC_FAULT_NONE ||
          n == 0 || n > max_buffers)
        return 0;
      for (unsigned i = 0; i < n; i++)
        {
          memcpy (wire + *length, buffers[i].at, buffers[i].length);
          *length += buffers[i].length;
        }
      if (wsc_stream_complete_step (&self->stream, outgoing) == WSC_SEND_STEP_DONE)
        return step;
    }
  return 0;
}

static const struct
{
  const char *name;
  WscRole     role;
  uint32_t    fragment_size;
  size_t      length;
  size_t      room;
  uint32_t    copy_limit;
  unsigned    max_buffers;
  unsigned    n_steps;
  size_t      n_bytes;
  size_t      n_begin;
  const char *begin;            /* first n_begin bytes of the output */
} steps[] = {
  { "server/payload-leaves-where-it-lies-in-one-step", WSC_ROLE_SERVER, 0, 1000, 160, 0, 2, 1, 1004,
    4, "\x82\x7e\x03\xe8" },
  { "server/WIN-Q-07-with-one-buffer-it-takes-two-steps", WSC_ROLE_SERVER, 0, 1000, 160, 0, 1, 2,
    1004, 4, "\x82\x7e\x03\xe8" },
  { "server/short-payload-is-copied-after-its-header", WSC_ROLE_SERVER, 0, 1000, 2000, 1000, 1, 1,
    1004, 4, "\x82\x7e\x03\xe8" },
  { "server/longer-payload-than-the-copy-limit-is-not-copied", WSC_ROLE_SERVER, 0, 1000, 2000, 999, 1,
    2, 1004, 4, "\x82\x7e\x03\xe8" },
  { "server/empty-message-is-two-bytes", WSC_ROLE_SERVER, 0, 0, 160, 0, 2, 1, 2, 2, "\x82\0" },
  { "client/WIN-S-15-one-frame-in-as-many-steps-as-the-room-asks-for", WSC_ROLE_CLIENT, 0, 1000, 100,
    0, 2, 11, 1008, 8, "\x82\xfe\x03\xe8\0\0\0\0" },
  { "fragment/WS-129-WS-133-long-message-leaves-in-frames", WSC_ROLE_SERVER, 400, 1000, 160, 0, 2,
    3, 4 + 400 + 4 + 400 + 4 + 200, 4, "\x02\x7e\x01\x90" },
  { "fragment/message-of-just-the-size-stays-whole", WSC_ROLE_SERVER, 400, 400, 160, 0, 2, 1, 404,
    4, "\x82\x7e\x01\x90" },
};

static void
test_steps (void)
{
  memset (payload, 'x', sizeof payload);
  for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
    {
      Setting self;
      WscOutgoing outgoing = { .at = payload, .length = steps[i].length, .first = 0x82 };
      size_t n;
      unsigned n_steps;

      set_up (&self, steps[i].role);
      self.options.fragment_size = steps[i].fragment_size;
      lend (&self, steps[i].room, steps[i].copy_limit);
      n_steps = drive (&self, &outgoing, steps[i].max_buffers, &n);
      tap_point (n_steps == steps[i].n_steps && n == steps[i].n_bytes &&
                 memcmp (wire, steps[i].begin, steps[i].n_begin) == 0,
                 "/core/stream-step/%s", steps[i].name);
      wsc_stream_clear (&self.stream);
    }
}

static void
test_later_frames (void)
{
  Setting self;
  WscOutgoing outgoing = { .at = payload, .length = 1000, .first = 0x81 };
  size_t n;

  set_up (&self, WSC_ROLE_SERVER);
  self.options.fragment_size = 400;
  lend (&self, 160, 0);
  drive (&self, &outgoing, 2, &n);
  tap_point (memcmp (wire + 404, "\x00\x7e\x01\x90", 4) == 0 &&
             memcmp (wire + 808, "\x80\x7e\x00\xc8", 4) == 0,
             "/core/stream-step/fragment/WS-133-later-frames-are-continuations");
  wsc_stream_clear (&self.stream);
}

/* A frame that is open is not begun again, whatever the options have become. */
static void
test_prepared_fragments (void)
{
  Setting self;
  WscBuffer buffers[2];
  unsigned n;
  WscOutgoing outgoing = { .at = payload, .length = 1000, .first = 0x82,
                           .flags = WSC_OUTGOING_PREPARED };

  set_up (&self, WSC_ROLE_SERVER);
  lend (&self, 160, 0);
  self.options.fragment_size = 400;
  wsc_stream_step (&self.stream, &outgoing, 1, buffers, &n);
  wsc_stream_complete_step (&self.stream, &outgoing);
  self.options.fragment_size = 0;
  wsc_stream_step (&self.stream, &outgoing, 1, buffers, &n);
  tap_point (n == 1 && buffers[0].at == payload && buffers[0].length == 400,
             "/core/stream-step/fragment/prepared-message-keeps-the-frame-that-is-open");
  wsc_stream_clear (&self.stream);
}

static const struct
{
  const char *name;
  uint8_t     first;
  size_t      n;
  WscSendStep step;
} counts[] = {
  { "0-drops-a-message-that-is-alone", 0x82, 0, WSC_SEND_STEP_CANCELLED },
  { "0-drops-a-ping-longer-than-a-fragment", 0x89, 0, WSC_SEND_STEP_CANCELLED },
  { "0-cuts-a-first-fragment", 0x02, 0, WSC_SEND_STEP_CUT },
  { "0-cuts-a-last-fragment", 0x80, 0, WSC_SEND_STEP_CUT },
  { "short-count-cuts", 0x82, 1003, WSC_SEND_STEP_CUT },
  { "long-count-cuts", 0x82, 1005, WSC_SEND_STEP_CUT },
};

static void
test_wrong_counts (void)
{
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
    {
      Setting self;
      WscBuffer buffers[2];
      unsigned n;
      const bool is_control = wsc_frame_is_control (counts[i].first);
      WscOutgoing outgoing = { .at = payload, .length = is_control ? 125 : 1000,
                               .first = counts[i].first };

      set_up (&self, WSC_ROLE_SERVER);
      self.options.fragment_size = is_control ? 100 : 0;
      lend (&self, 160, 0);
      wsc_stream_step (&self.stream, &outgoing, 2, buffers, &n);
      tap_point (wsc_stream_give_up (&self.stream, counts[i].n) == counts[i].step &&
                 self.stream.sending.writer.stage == WSC_FRAME_NONE,
                 "/core/stream-step/give-up/WIN-S-06-%s", counts[i].name);
      wsc_stream_clear (&self.stream);
    }
}

static const WscDeflateOptions deflate = { 6, 8, 15, 15, 1, 1, 0 };
static const WscDeflateParameters agreed = { 15, 15, 1, 1 };

/* The rest may be as long as the frame that was sent: it does not count as sent by that. */
static void
test_compressed_rest (void)
{
  size_t length = 200;          /* at first; then as many bytes are left as the frame has */
  WscSendStep step = WSC_SEND_STEP_DONE;

  srand (1);
  for (size_t i = 0; i < sizeof payload; i++)
    payload[i] = (uint8_t) rand ();
  for (int round = 0; round < 2; round++)
    {
      Setting self;
      uint32_t budget = 100;
      WscProposal proposal;
      WscBuffer buffers[2];
      unsigned n;

      set_up (&self, WSC_ROLE_SERVER);
      wsc_stream_use_deflate (&self.stream, &deflate, &agreed);
      wsc_stream_propose (&self.stream, WSC_BUFFER_BINARY_MESSAGE, (WscBytes) { payload, length },
                          0, &proposal);
      wsc_stream_accept (&self.stream, &proposal);
      self.workspace.deflate_left = &budget;
      lend (&self, 1000, 0);
      wsc_stream_step (&self.stream, &proposal.out, 2, buffers, &n);
      length = 100 + (size_t) self.stream.sending.writer.length;
      step = wsc_stream_complete_step (&self.stream, &proposal.out);
      wsc_stream_clear (&self.stream);
    }
  tap_point (step == WSC_SEND_STEP_MORE, "/core/stream-step/compressed/rest-as-long-as-the-frame");
  memset (payload, 'x', sizeof payload);
}

static void
test_compressed_budget (void)
{
  Setting self;
  uint32_t budget = 100;
  WscProposal proposal;
  WscBuffer buffers[2];
  unsigned n;

  set_up (&self, WSC_ROLE_SERVER);
  wsc_stream_use_deflate (&self.stream, &deflate, &agreed);
  wsc_stream_propose (&self.stream, WSC_BUFFER_BINARY_MESSAGE, (WscBytes) { payload, budget }, 0,
                      &proposal);
  wsc_stream_accept (&self.stream, &proposal);
  self.workspace.deflate_left = &budget;
  lend (&self, 1000, 0);
  wsc_stream_step (&self.stream, &proposal.out, 2, buffers, &n);
  tap_point (n == 1 && budget == 0 && (self.room[0] & WSC_FIN) &&
             wsc_stream_complete_step (&self.stream, &proposal.out) == WSC_SEND_STEP_DONE,
             "/core/stream-step/compressed/message-of-just-the-budget-is-one-frame");
  wsc_stream_clear (&self.stream);
}

/* The first fragment decides for the message. */
static void
test_uncompressed_fragments (void)
{
  Setting self;
  WscProposal proposal;
  const WscBytes part = { payload, 100 };

  set_up (&self, WSC_ROLE_SERVER);
  wsc_stream_use_deflate (&self.stream, &deflate, &agreed);
  wsc_stream_propose (&self.stream, WSC_BUFFER_BINARY_FRAGMENT, part, WSC_OUTGOING_NO_COMPRESSION,
                      &proposal);
  wsc_stream_accept (&self.stream, &proposal);
  wsc_stream_propose (&self.stream, WSC_BUFFER_BINARY_MESSAGE, part, 0, &proposal);
  tap_point (proposal.out.first == 0x80 && !(proposal.out.flags & WSC_OUTGOING_COMPRESSED),
             "/core/stream-step/compressed/first-fragment-without-it-decides");
  wsc_stream_accept (&self.stream, &proposal);
  wsc_stream_propose (&self.stream, WSC_BUFFER_BINARY_MESSAGE, part, 0, &proposal);
  tap_point (proposal.out.first == 0xc2 && (proposal.out.flags & WSC_OUTGOING_COMPRESSED),
             "/core/stream-step/compressed/next-message-decides-anew");
  wsc_stream_clear (&self.stream);
}

/* Header and what zlib needs for its output. */
static void
test_compressed_room (void)
{
  const size_t least = WSC_MIN_DEFLATE_SEND_BUFFER;

  for (size_t room = least - 1; room <= least; room++)
    {
      Setting self;
      WscProposal proposal;
      WscBuffer buffers[2];
      unsigned n;

      set_up (&self, WSC_ROLE_SERVER);
      wsc_stream_use_deflate (&self.stream, &deflate, &agreed);
      wsc_stream_propose (&self.stream, WSC_BUFFER_UTF8_MESSAGE, (WscBytes) { payload, 1000 }, 0,
                          &proposal);
      wsc_stream_accept (&self.stream, &proposal);
      lend (&self, room, 0);
      wsc_stream_step (&self.stream, &proposal.out, 2, buffers, &n);
      tap_point (n == (room == least) && (proposal.out.length < 1000) == (room == least),
                 "/core/stream-step/compressed/%s", room == least ? "least-room-is-used"
                                                                  : "less-room-takes-nothing");
      wsc_stream_clear (&self.stream);
    }
}

static const struct
{
  const char *name;
  bool        is_kept;          /* true if the pong for a ping waits to be written */
  size_t      room;
  WscFrameStage stage;
  bool        is_written;
} pong_rows[] = {
  { "waiting-pong-is-written", true, WSC_MAX_CONTROL_FRAME, WSC_FRAME_NONE, true },
  { "without-a-ping-there-is-none", false, WSC_MAX_CONTROL_FRAME, WSC_FRAME_NONE, false },
  { "without-room-it-waits", true, WSC_MAX_CONTROL_FRAME - 1, WSC_FRAME_NONE, false },
  { "inside-a-frame-it-waits", true, WSC_MAX_CONTROL_FRAME, WSC_FRAME_BEGUN, false },
};

static void
test_pongs (void)
{
  for (size_t i = 0; i < sizeof pong_rows / sizeof pong_rows[0]; i++)
    {
      Setting self;
      WscBuffer pong;
      bool is_right;

      set_up (&self, WSC_ROLE_SERVER);
      lend (&self, pong_rows[i].room, 0);
      self.stream.sending.writer.stage = pong_rows[i].stage;
      if (pong_rows[i].is_kept)
        wsc_waiting_pongs_add (&self.stream.pongs, (WscBytes) { payload, 3 }, 1);
      pong = wsc_stream_write_pong (&self.stream);
      is_right = pong_rows[i].is_written
                 ? pong.length == 5 && memcmp (pong.at, "\x8a\x03xxx", 5) == 0
                 : pong.length == 0 && (self.stream.pongs != NULL) == pong_rows[i].is_kept;
      tap_point (is_right && (!pong_rows[i].is_written || self.stream.pongs == NULL),
                 "/core/stream-step/pong/%s", pong_rows[i].name);
      wsc_stream_clear (&self.stream);
    }
}

int
main (void)
{
  test_bare_steps ();
  test_steps ();
  test_later_frames ();
  test_prepared_fragments ();
  test_wrong_counts ();
  test_compressed_rest ();
  test_compressed_budget ();
  test_uncompressed_fragments ();
  test_compressed_room ();
  test_pongs ();
  return tap_end ();
}
