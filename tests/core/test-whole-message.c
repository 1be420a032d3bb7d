/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages in one frame: taken as they were read, and written to the lent memory. */
#include "core/bytes/words.h"
#include "core/same-octets.h"
#include "core/stream/stream.h"
#include "core/stream/waiting-pongs.h"
#include "core/stream/whole-message.h"
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
set_up (Setting *self,
        WscRole  role)
{
  *self = (Setting) { .host = { same_octets_fill, (void *) "\1" } };
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
write_message (Setting      *self,
               WscBufferType type,
               const char   *text)
{
  const WscBytes payload = { (const uint8_t *) text, strlen (text) };

  if (!wsc_stream_may_write_message (&self->stream, payload.length))
    return 0;
  if (wsc_stream_is_short_message (&self->stream, payload.length))
    return wsc_stream_write_unmasked (&self->stream, type, payload);

  wsc_stream_choose_key (&self->stream);
  return wsc_stream_write_message (&self->stream, type, payload);
}

static size_t
write_text (Setting    *self,
            const char *text)
{
  return write_message (self, WSC_BUFFER_UTF8_MESSAGE, text);
}

static void
test_write (void)
{
  Setting self;

  set_up (&self, WSC_ROLE_SERVER);
  tap_point (write_text (&self, "abc") == 5 &&
             memcmp (self.write, "\x81\x03" "abc", 5) == 0,
             "/core/whole-message/write/of-a-server");
  self.workspace.write_kept = 5;
  tap_point (write_text (&self, "de") == 4 &&
             memcmp (self.write, "\x81\x03" "abc" "\x81\x02" "de", 9) == 0,
             "/core/whole-message/write/after-what-is-kept");
  tear_down (&self);

  set_up (&self, WSC_ROLE_CLIENT);
  tap_point (write_text (&self, "abc") == 9 &&
             memcmp (self.write, "\x81\x83\1\1\1\1" "`cb", 9) == 0,
             "/core/whole-message/write/of-a-client-is-masked");
  tap_point (write_text (&self, "41 bytes, one more than the limit permits") == 47,
             "/core/whole-message/write/of-a-client-beyond-the-copy-limit");
  self.workspace.write_kept = 45;
  tap_point (write_text (&self, "sixbyt") == 0,
             "/core/whole-message/write/beyond-the-room-refused");
  tap_point (write_text (&self, "fiveb") == 11,
             "/core/whole-message/write/of-just-the-room");
  self.workspace.write_kept = 50;
  tap_point (write_text (&self, "") == 6,
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
  tap_point (write_text (&self, forty_one) == 0,
             "/core/whole-message/write/beyond-the-copy-limit-refused");
  tap_point (write_text (&self, "forty bytes, just what the limit permits") == 42,
             "/core/whole-message/write/of-just-the-copy-limit");
  self.workspace.write_kept = 60;
  tap_point (write_text (&self, "x") == 0,
             "/core/whole-message/write/without-room-refused");
  self.workspace.write_kept = 0;

  wsc_stream_step (&self.stream, &out, 2, buffers, &n);
  tap_point (write_text (&self, "x") == 0,
             "/core/whole-message/write/inside-a-frame-refused");
  wsc_stream_complete_step (&self.stream, &out);
  tap_point (write_text (&self, "x") == 3,
             "/core/whole-message/write/again-when-the-frame-is-whole");

  accept (&self, WSC_BUFFER_BINARY_FRAGMENT);
  tap_point (write_text (&self, "x") == 0,
             "/core/whole-message/write/between-fragments-refused");
  accept (&self, WSC_BUFFER_BINARY_MESSAGE);
  tap_point (write_text (&self, "x") == 3,
             "/core/whole-message/write/after-the-last-fragment");
  self.options.fragment_size = 2;
  tap_point (write_text (&self, "xyz") == 0 && write_text (&self, "xy") == 4,
             "/core/whole-message/write/longer-than-a-fragment-refused");
  self.options.fragment_size = 0;
  self.stream.receiving.allowed.rsv = WSC_RSV1;
  tap_point (write_text (&self, "x") == 0,
             "/core/whole-message/write/with-an-extension-refused");
  self.stream.receiving.allowed.rsv = 0;
  wsc_waiting_pongs_add (&self.stream.pongs, (WscBytes) { NULL, 0 }, 1);
  tap_point (write_text (&self, "x") == 0,
             "/core/whole-message/write/before-a-waiting-pong-refused");
  wsc_waiting_pongs_clear (&self.stream.pongs);
  tap_point (write_message (&self, WSC_BUFFER_BINARY_MESSAGE, "\xff") == 3 && self.write[0] == 0x82,
             "/core/whole-message/write/binary-is-no-text");
  wsc_stream_propose_close (&self.stream, 1000, (WscBytes) { NULL, 0 }, &proposal);
  wsc_stream_accept (&self.stream, &proposal);
  tap_point (write_text (&self, "x") == 0,
             "/core/whole-message/write/after-a-close-refused");
  tear_down (&self);
}

/* The short way and the other one make the same bytes, of each length. */
static void
test_both_ways (void)
{
  char text[WSC_MAX_IN_WORDS + 1] = "";
  bool is_same = true;

  for (size_t n = 0; n <= WSC_MAX_IN_WORDS; n++)
    {
      uint8_t expected[WSC_MAX_IN_WORDS + 2], written[2 * WSC_MAX_IN_WORDS];
      const WscBytes payload = { (const uint8_t *) text, n };
      Setting self;

      set_up (&self, WSC_ROLE_SERVER);
      self.workspace.write = (WscBuffer) { written, sizeof written };
      is_same = is_same && wsc_stream_is_short_message (&self.stream, n) &&
                wsc_stream_write_message (&self.stream, WSC_BUFFER_UTF8_MESSAGE, payload) == n + 2;
      memcpy (expected, written, n + 2);
      memset (written, 0xee, sizeof written);
      is_same = is_same &&
                wsc_stream_write_unmasked (&self.stream, WSC_BUFFER_UTF8_MESSAGE,
                                           payload) == n + 2 &&
                memcmp (written, expected, n + 2) == 0 && written[n + 2] == 0xee &&
                written[0] == 0x81 && written[1] == n && memcmp (written + 2, text, n) == 0;
      tear_down (&self);
      if (n < WSC_MAX_IN_WORDS)
        text[n] = (char) ('0' + n);
    }
  tap_point (is_same, "/core/whole-message/write/short-and-long-way-alike");
}

static void
put_byte_wise (uint8_t       *to,
               const uint8_t *from,
               size_t         n,
               const uint8_t *key)
{
  for (size_t i = 0; i < n; i++)
    to[i] = from[i] ^ key[i % 4];
}

/* Copies, masks and checks of each length, in place and elsewhere, beside a loop over bytes.  The
 * byte behind the last one stays as it was. */
static void
test_words (void)
{
  static const uint8_t key[4] = { 0x37, 0xfa, 0x21, 0x3d };
  bool copies = true, masks = true, masks_in_place = true, finds_ascii = true;

  for (size_t n = 0; n <= 100; n++)
    {
      uint8_t from[101], expected[101], to[101];
      uint32_t key_number;

      memcpy (&key_number, key, sizeof key);
      for (size_t i = 0; i < sizeof from; i++)
        from[i] = (uint8_t) (i * 31 + n);
      memset (to, 0xee, sizeof to);
      copy_words (to, from, n);
      copies = copies && memcmp (to, from, n) == 0 && to[n] == 0xee;

      put_byte_wise (expected, from, n, key);
      memset (to, 0xee, sizeof to);
      wsc_mask (to, from, n, key_number);
      masks = masks && memcmp (to, expected, n) == 0 && to[n] == 0xee;

      memcpy (to, from, sizeof to);
      wsc_mask (to, to, n, key_number);
      masks_in_place = masks_in_place && memcmp (to, expected, n) == 0 && to[n] == from[n];

      if (!is_for_two_vectors (n))
        continue;
      for (size_t not_ascii = 0; not_ascii <= n; not_ascii++)
        {
          uint8_t text[33];

          memset (text, 'a', sizeof text);
          if (not_ascii < n)
            text[not_ascii] = 0x80;
          put_byte_wise (to, text, n, key);
          memcpy (expected, not_ascii < n ? to : text, n);
          finds_ascii = finds_ascii &&
                        unmask_two_ascii_vectors (to, n, key_number) == (not_ascii == n) &&
                        memcmp (to, expected, n) == 0;
        }
    }
  tap_point (copies, "/core/whole-message/words/copy");
  tap_point (masks, "/core/whole-message/words/mask-elsewhere");
  tap_point (masks_in_place, "/core/whole-message/words/mask-in-place");
  tap_point (finds_ascii, "/core/whole-message/words/each-byte-that-is-not-ascii");
}

static size_t
make_frame (uint8_t *to,
            WscRole  receiver,
            size_t   length)
{
  static const uint32_t key = 0x3d21fa37;
  const bool is_masked = receiver == WSC_ROLE_SERVER;
  size_t n = wsc_frame_header_write (to, 0x81, length, is_masked ? &key : NULL);

  memset (to + n, 'a', length);
  wsc_mask (to + n, to + n, length, is_masked ? key : 0);
  return n + length;
}

static WscReceivedKind
take (Setting       *self,
      const uint8_t *frame,
      size_t         length,
      WscReceived   *received)
{
  memset (self->read, 0xff, sizeof self->read);
  memcpy (self->read, frame, length);
  self->workspace.read.begin = 0;
  self->workspace.read.end = (uint32_t) length;
  return wsc_stream_take_whole (&self->stream, received);
}

/* Each length, whole and with each byte missing at its end. */
static void
test_lengths (WscRole     role,
              const char *name)
{
  Setting self;
  bool takes_whole = true, takes_no_part = true;

  set_up (&self, role);
  for (size_t length = 0; length <= 200; length++)
    {
      uint8_t frame[WSC_MAX_HEADER_LENGTH + 200];
      WscReceived received;
      size_t n = make_frame (frame, role, length);

      takes_whole = takes_whole && take (&self, frame, n, &received) == WSC_RECEIVED_CHUNK &&
                    received.payload.length == length &&
                    received.buffer_type == WSC_BUFFER_UTF8_MESSAGE &&
                    self.workspace.read.begin == n &&
                    (length == 0 || (received.payload.at[0] == 'a' &&
                                     received.payload.at[length - 1] == 'a'));
      for (size_t part = 0; part < n; part++)
        takes_no_part = takes_no_part &&
                        take (&self, frame, part, &received) == WSC_RECEIVED_NEED_READ &&
                        self.workspace.read.begin == 0;
    }
  tap_point (takes_whole, "/core/whole-message/take/%s/each-length", name);
  tap_point (takes_no_part, "/core/whole-message/take/%s/each-cut", name);
  tear_down (&self);
}

typedef struct
{
  const char *name;
  uint8_t  bytes[12];
  size_t   n;
  WscReceivedKind kind;
} Taken;

/* A message that a server does not take as a whole is left as it is. */
static void
test_takes (void)
{
  static const Taken rows[] = {
    { "text", "\x81\x82\0\0\0\0" "ab", 8, WSC_RECEIVED_CHUNK },
    { "binary", "\x82\x82\0\0\0\0\xff\xff", 8, WSC_RECEIVED_CHUNK },
    { "text-that-is-not-utf8", "\x81\x82\0\0\0\0\xff\xff", 8, WSC_RECEIVED_FAULT },
    { "first-fragment", "\x01\x82\0\0\0\0" "ab", 8, WSC_RECEIVED_NEED_READ },
    { "last-fragment", "\x80\x82\0\0\0\0" "ab", 8, WSC_RECEIVED_NEED_READ },
    { "rsv1", "\xc1\x82\0\0\0\0" "ab", 8, WSC_RECEIVED_NEED_READ },
    { "rsv3", "\x91\x82\0\0\0\0" "ab", 8, WSC_RECEIVED_NEED_READ },
    { "reserved-opcode", "\x83\x82\0\0\0\0" "ab", 8, WSC_RECEIVED_NEED_READ },
    { "ping", "\x89\x82\0\0\0\0" "ab", 8, WSC_RECEIVED_NEED_READ },
    { "close", "\x88\x82\0\0\0\0\x03\xe8", 8, WSC_RECEIVED_NEED_READ },
    { "not-masked", "\x82\x02" "abcdef", 8, WSC_RECEIVED_NEED_READ },
    { "length-not-minimal", "\x82\xfe\0\x02\0\0\0\0" "ab", 10, WSC_RECEIVED_NEED_READ },
    { "length-of-64-bits", "\x82\xff\0\0\0\0\0\0\0\x02", 10, WSC_RECEIVED_NEED_READ },
  };

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
      WscReceived received;
      Setting self;
      WscReceivedKind kind;

      set_up (&self, WSC_ROLE_SERVER);
      kind = take (&self, rows[i].bytes, rows[i].n, &received);
      tap_point (kind == rows[i].kind &&
                 (kind != WSC_RECEIVED_NEED_READ || self.workspace.read.begin == 0) &&
                 (kind == WSC_RECEIVED_FAULT) == (self.stream.phase == WSC_PHASE_FAILED),
                 "/core/whole-message/take/%s", rows[i].name);
      tear_down (&self);
    }
}

static void
test_take_limits (void)
{
  static const uint8_t frame[] = "\x82\x82\0\0\0\0" "ab";
  WscReceived received;
  Setting self;

  set_up (&self, WSC_ROLE_SERVER);
  self.options.max_frame_length = 1;
  tap_point (take (&self, frame, 8, &received) == WSC_RECEIVED_NEED_READ,
             "/core/whole-message/take/beyond-max-frame-length");
  self.options.max_frame_length = 2;
  self.options.max_message_length = 1;
  tap_point (take (&self, frame, 8, &received) == WSC_RECEIVED_NEED_READ,
             "/core/whole-message/take/beyond-max-message-length");
  self.options.max_message_length = 2;
  self.stream.receiving.sequence.message.opcode = WSC_OPCODE_TEXT;
  tap_point (take (&self, frame, 8, &received) == WSC_RECEIVED_NEED_READ,
             "/core/whole-message/take/inside-another-message");
  self.stream.receiving.sequence.message.opcode = 0;
  tap_point (take (&self, frame, 8, &received) == WSC_RECEIVED_CHUNK,
             "/core/whole-message/take/at-its-limits");
  tear_down (&self);
}

int
main (void)
{
  test_both_ways ();
  test_words ();
  test_lengths (WSC_ROLE_SERVER, "by-a-server");
  test_lengths (WSC_ROLE_CLIENT, "by-a-client");
  test_takes ();
  test_take_limits ();
  test_write ();
  test_write_refusals ();
  return tap_end ();
}
