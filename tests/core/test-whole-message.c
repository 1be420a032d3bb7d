/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Whole messages, written to the lent memory. */
#include "core/stream/stream.h"
#include "core/stream/waiting-pongs.h"
#include "lib/tap.h"

#include <string.h>

typedef struct
{
  WscOptions   options;
  WscHost      host;
  WscWorkspace workspace;
  WscStream    stream;
  uint8_t      read[256], write[64];
} Setting;

static void
fill_with_ones (void    *data,
                uint8_t *to,
                size_t   n)
{
  memset (to, 1, n);
}

static void
set_up (Setting *self,
        WscRole  role)
{
  *self = (Setting) { .host = { fill_with_ones, NULL } };
  self->options = (WscOptions) { .role = role, .max_frame_length = 1 << 20,
                                 .max_message_length = 1 << 20, .max_fragments = 1000,
                                 .max_waiting_pongs = 64, .masking = 1, .utf8_check = 1, .mode = WSC_MODE_AUTOMATIC };
  self->workspace = (WscWorkspace) { .read = { .at = self->read, .length = sizeof self->read },
                                     .write = { self->write, sizeof self->write },
                                     .copy_limit = 40 };
  wsc_stream_init (&self->stream, &self->options, &self->host);
  wsc_stream_establish (&self->stream, NULL);
  wsc_stream_lend (&self->stream, &self->workspace);
}

static void
tear_down (Setting *self)
{
  wsc_stream_clear (&self->stream);
}

static size_t
write_text (Setting    *self,
            const char *text,
            unsigned    flags)
{
  return wsc_stream_write_message (&self->stream, WSC_BUFFER_UTF8_MESSAGE,
                                   (WscBytes) { (const uint8_t *) text, strlen (text) }, flags);
}

static void
test_write (void)
{
  Setting self;

  set_up (&self, WSC_ROLE_SERVER);
  tap_point (write_text (&self, "abc", 0) == 5 &&
             memcmp (self.write, "\x81\x03" "abc", 5) == 0,
             "/core/whole-message/write/of-a-server");
  self.workspace.write_kept = 5;
  tap_point (write_text (&self, "de", WSC_OUTGOING_CHECKED) == 4 &&
             memcmp (self.write, "\x81\x03" "abc" "\x81\x02" "de", 9) == 0,
             "/core/whole-message/write/after-what-is-kept");
  tear_down (&self);

  set_up (&self, WSC_ROLE_CLIENT);
  tap_point (write_text (&self, "abc", 0) == 9 &&
             memcmp (self.write, "\x81\x83\1\1\1\1" "`cb", 9) == 0,
             "/core/whole-message/write/of-a-client-is-masked");
  tap_point (write_text (&self, "41 bytes, one more than the limit permits", 0) == 47,
             "/core/whole-message/write/of-a-client-beyond-the-copy-limit");
  self.workspace.write_kept = 45;
  tap_point (write_text (&self, "sixbyt", 0) == 0,
             "/core/whole-message/write/beyond-the-room-refused");
  tap_point (write_text (&self, "fiveb", 0) == 11,
             "/core/whole-message/write/of-just-the-room");
  self.workspace.write_kept = 50;
  tap_point (write_text (&self, "", 0) == 6,
             "/core/whole-message/write/empty-one-where-just-a-header-fits");
  tear_down (&self);
}

static void
accept (Setting      *self,
        WscBufferType type)
{
  WscProposal proposal;

  wsc_stream_propose (&self->stream, type, (WscBytes) { (const uint8_t *) "x", 1 }, 0, &proposal);
  wsc_stream_accept (&self->stream, &proposal);
}

static void
test_write_refusals (void)
{
  static const char forty_one[] = "41 bytes, one more than the limit permits";
  WscOutgoing out = { .at = (const uint8_t *) "x", .length = 1, .first = 0x82 };
  WscBuffer buffers[2];
  WscProposal proposal;
  unsigned n;
  Setting self;

  set_up (&self, WSC_ROLE_SERVER);
  tap_point (write_text (&self, forty_one, 0) == 0,
             "/core/whole-message/write/beyond-the-copy-limit-refused");
  tap_point (write_text (&self, "forty bytes, just what the limit permits", 0) == 42,
             "/core/whole-message/write/of-just-the-copy-limit");
  tap_point (write_text (&self, "\xff", 0) == 0,
             "/core/whole-message/write/not-utf8-refused");
  self.workspace.write_kept = 60;
  tap_point (write_text (&self, "x", 0) == 0,
             "/core/whole-message/write/without-room-refused");
  self.workspace.write_kept = 0;

  wsc_stream_step (&self.stream, &out, 2, buffers, &n);
  tap_point (write_text (&self, "x", 0) == 0,
             "/core/whole-message/write/inside-a-frame-refused");
  wsc_stream_complete_step (&self.stream, &out);
  tap_point (write_text (&self, "x", 0) == 3,
             "/core/whole-message/write/again-when-the-frame-is-whole");

  accept (&self, WSC_BUFFER_BINARY_FRAGMENT);
  tap_point (write_text (&self, "x", 0) == 0,
             "/core/whole-message/write/between-fragments-refused");
  accept (&self, WSC_BUFFER_BINARY_MESSAGE);
  tap_point (write_text (&self, "x", 0) == 3,
             "/core/whole-message/write/after-the-last-fragment");
  self.options.fragment_size = 2;
  tap_point (write_text (&self, "xyz", 0) == 0 && write_text (&self, "xy", 0) == 4,
             "/core/whole-message/write/longer-than-a-fragment-refused");
  self.options.fragment_size = 0;
  self.stream.receiving.allowed.rsv = WSC_RSV1;
  tap_point (write_text (&self, "x", 0) == 0,
             "/core/whole-message/write/with-an-extension-refused");
  self.stream.receiving.allowed.rsv = 0;
  wsc_waiting_pongs_add (&self.stream.pongs, (WscBytes) { NULL, 0 }, 1);
  tap_point (write_text (&self, "x", 0) == 0,
             "/core/whole-message/write/before-a-waiting-pong-refused");
  wsc_waiting_pongs_clear (&self.stream.pongs);
  tap_point (wsc_stream_write_message (&self.stream, WSC_BUFFER_BINARY_MESSAGE,
                                       (WscBytes) { (const uint8_t *) "\xff", 1 }, 0) == 3,
             "/core/whole-message/write/binary-is-no-text");
  self.options.utf8_check = 0;
  tap_point (write_text (&self, "\xff", 0) == 3,
             "/core/whole-message/write/text-is-not-checked-without-utf8-check");
  self.options.utf8_check = 1;
  tap_point (write_text (&self, "\xff", WSC_OUTGOING_CHECKED) == 3,
             "/core/whole-message/write/judged-text-is-not-checked");
  wsc_stream_propose_close (&self.stream, 1000, (WscBytes) { NULL, 0 }, &proposal);
  wsc_stream_accept (&self.stream, &proposal);
  tap_point (write_text (&self, "x", 0) == 0,
             "/core/whole-message/write/after-a-close-refused");
  tear_down (&self);
}

int
main (void)
{
  test_write ();
  test_write_refusals ();
  return tap_end ();
}
