/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/bytes/byte-buffer.h"

#include "lib/tap.h"

#include <assert.h>
#include <string.h>

static WscBytes
text (const char *bytes)
{
  return (WscBytes) { (const uint8_t *) bytes, strlen (bytes) };
}

static bool
holds (const WscByteBuffer *buffer,
       const char          *bytes)
{
  const WscBytes held = wsc_byte_buffer_peek (buffer);

  return held.length == strlen (bytes) &&
         (held.length == 0 || memcmp (held.at, bytes, held.length) == 0);
}

static void
test_empty (void)
{
  WscByteBuffer buffer = { 0 };

  tap_point (holds (&buffer, ""), "/core/byte-buffer/peek/zeroed-is-empty");
  tap_point (wsc_byte_buffer_append (&buffer, (WscBytes) { NULL, 0 }) && buffer.at == NULL,
             "/core/byte-buffer/append/nothing-takes-no-memory");
  wsc_byte_buffer_clear (&buffer);
  wsc_byte_buffer_clear (&buffer);
  tap_point (holds (&buffer, ""), "/core/byte-buffer/clear/twice-is-allowed");
}

static void
test_ends (void)
{
  WscByteBuffer buffer = { 0 };

  wsc_byte_buffer_append (&buffer, text ("abc"));
  wsc_byte_buffer_append (&buffer, text ("defg"));
  tap_point (holds (&buffer, "abcdefg"), "/core/byte-buffer/append/order-is-kept");

  wsc_byte_buffer_forget (&buffer, 2);
  tap_point (holds (&buffer, "cdefg"), "/core/byte-buffer/forget/from-the-front");

  wsc_byte_buffer_shrink (&buffer, 3);
  tap_point (holds (&buffer, "cde"), "/core/byte-buffer/shrink/keeps-the-first");

  wsc_byte_buffer_append (&buffer, text ("X"));
  tap_point (holds (&buffer, "cdeX"), "/core/byte-buffer/append/after-what-was-kept");

  wsc_byte_buffer_forget (&buffer, 4);
  tap_point (holds (&buffer, "") && buffer.begin == 0,
             "/core/byte-buffer/forget/all-makes-room-at-the-front");

  wsc_byte_buffer_clear (&buffer);
  tap_point (buffer.at == NULL && buffer.capacity == 0 && buffer.end == 0,
             "/core/byte-buffer/clear/gives-memory-back");
}

/* Appends a counter byte by byte; once more than n_kept are stored, each step removes one. */
static bool
queue_keeps_order (unsigned n_kept,
                   size_t  *capacity)
{
  WscByteBuffer buffer = { 0 };
  unsigned n_in = 0, n_out = 0;
  bool is_right = true;

  while (n_in < 100000 && is_right)
    {
      const uint8_t byte = (uint8_t) n_in++;

      is_right = wsc_byte_buffer_append (&buffer, (WscBytes) { &byte, 1 });
      if (is_right && n_in - n_out > n_kept)
        {
          is_right = wsc_byte_buffer_peek (&buffer).at[0] == (uint8_t) n_out++;
          wsc_byte_buffer_forget (&buffer, 1);
        }
    }

  is_right = is_right && wsc_byte_buffer_peek (&buffer).length == n_in - n_out;
  *capacity = buffer.capacity;
  wsc_byte_buffer_clear (&buffer);
  return is_right;
}

static void
test_queue (void)
{
  static const unsigned kept[] = { 0, 1, 63, 64, 65, 1000 };

  for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
    {
      size_t capacity;
      const bool is_right = queue_keeps_order (kept[i], &capacity);

      tap_point (is_right, "/core/byte-buffer/queue/%u-kept-in-order", kept[i]);
      tap_point (capacity <= 4 * (kept[i] + 64),
                 "/core/byte-buffer/queue/%u-kept-memory-follows-content", kept[i]);
    }
}

/* As long as the bytes fit, behind those that are stored or from the front, it keeps its size. */
static void
test_capacity (void)
{
  static const uint8_t bytes[65];
  WscByteBuffer buffer = { 0 };
  size_t capacity;

  wsc_byte_buffer_append (&buffer, text ("a"));
  capacity = buffer.capacity;
  wsc_byte_buffer_clear (&buffer);
  assert (capacity < sizeof bytes);
  wsc_byte_buffer_append (&buffer, (WscBytes) { bytes, capacity });
  tap_point (buffer.capacity == capacity, "/core/byte-buffer/append/what-just-fits-takes-no-more");
  wsc_byte_buffer_forget (&buffer, capacity / 2);
  wsc_byte_buffer_append (&buffer, text ("a"));
  tap_point (buffer.capacity == capacity && buffer.begin == 0,
             "/core/byte-buffer/append/half-of-it-forgotten-takes-no-more");
  wsc_byte_buffer_clear (&buffer);
}

static void
test_no_memory (void)
{
  WscByteBuffer buffer = { 0 };
  const uint8_t byte = 0;

  wsc_byte_buffer_append (&buffer, text ("abc"));
  tap_point (!wsc_byte_buffer_append (&buffer, (WscBytes) { &byte, SIZE_MAX }) &&
             holds (&buffer, "abc"),
             "/core/byte-buffer/append/length-that-wraps-changes-nothing");
  wsc_byte_buffer_clear (&buffer);
}

int
main (void)
{
  test_empty ();
  test_ends ();
  test_queue ();
  test_capacity ();
  test_no_memory ();
  return tap_end ();
}
