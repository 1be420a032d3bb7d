/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/frames/frame-writer.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <string.h>

static unsigned n_asked;

static void
fill_random (void    *data,
             uint8_t *to,
             size_t   n)
{
  static const uint8_t key[4] = { 0x37, 0xfa, 0x21, 0x3d };

  for (size_t i = 0; i < n; i++)
    to[i] = key[i % 4];
  n_asked++;
}

static const WscHost host = { fill_random, NULL };

static void
test_vectors (void)
{
  static const char payload[] = "Hello";
  char before[sizeof payload];
  WscFrameWriter writer = { 0 };
  uint8_t to[64];
  size_t n;

  memcpy (before, payload, sizeof payload);
  wsc_frame_writer_begin (&writer, 0x81, 5, WSC_MASK_NONE);
  n = wsc_frame_writer_put (&writer, (WscBuffer) { to, sizeof to },
                            (WscBytes) { (const uint8_t *) payload, 5 }, &host);
  tap_point (n == 7 && memcmp (to, "\x81\x05Hello", 7) == 0 && n_asked == 0,
             "/core/frame-writer/put/WS-107-WS-111-server-frame-is-not-masked");

  writer = (WscFrameWriter) { 0 };
  wsc_frame_writer_begin (&writer, 0x81, 5, WSC_MASK_RANDOM);
  tap_point (n_asked == 0, "/core/frame-writer/begin/WS-118-no-key-before-the-payload");
  n = wsc_frame_writer_put (&writer, (WscBuffer) { to, sizeof to },
                            (WscBytes) { (const uint8_t *) payload, 5 }, &host);
  tap_point (n == 11 && memcmp (to, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11) == 0,
             "/core/frame-writer/put/WS-107-WS-109-client-frame-is-masked");
  tap_point (memcmp (payload, before, sizeof before) == 0,
             "/core/frame-writer/put/WS-117-payload-of-the-caller-is-unchanged");
  tap_point (n_asked == 1, "/core/frame-writer/put/WS-113-one-key-for-each-frame");

  writer = (WscFrameWriter) { 0 };
  wsc_frame_writer_begin (&writer, 0x81, 5, WSC_MASK_ZERO);
  n = wsc_frame_writer_put (&writer, (WscBuffer) { to, sizeof to },
                            (WscBytes) { (const uint8_t *) payload, 5 }, &host);
  tap_point (n == 11 && memcmp (to, "\x81\x85\0\0\0\0Hello", 11) == 0 && n_asked == 1,
             "/core/frame-writer/put/WS-119-WIN-S-04-masking-off-keeps-the-mask-bit-with-key-0");
}

static void
test_pieces (void)
{
  uint8_t payload[1000], whole[1100], pieces[1100];
  WscFrameWriter one = { 0 }, many = { 0 };
  size_t n, at = 0;

  for (size_t i = 0; i < sizeof payload; i++)
    payload[i] = (uint8_t) (i * 13);
  wsc_frame_writer_begin (&one, 0x82, sizeof payload, WSC_MASK_RANDOM);
  n = wsc_frame_writer_put (&one, (WscBuffer) { whole, sizeof whole },
                            (WscBytes) { payload, sizeof payload }, &host);

  wsc_frame_writer_begin (&many, 0x82, sizeof payload, WSC_MASK_RANDOM);
  while (many.stage == WSC_FRAME_HEADER_DUE || many.sent < many.length)
    {
      WscBytes due = { payload + many.sent, (size_t) (many.length - many.sent) };
      size_t room = many.stage == WSC_FRAME_HEADER_DUE ? WSC_MAX_HEADER_LENGTH : 1 + at % 29;

      at += wsc_frame_writer_put (&many, (WscBuffer) { pieces + at, room }, due, &host);
    }
  tap_point (at == n && memcmp (whole, pieces, n) == 0,
             "/core/frame-writer/put/WS-115-pieces-of-any-size-make-the-same-frame");
}

int
main (void)
{
  test_vectors ();
  test_pieces ();
  return tap_end ();
}
