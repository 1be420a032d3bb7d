/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Byte buffer: bytes are appended at the end and removed from the front.
 *
 * A buffer grows by doubling, so the cost of all appends is linear.  The users of a buffer enforce
 * limits.
 *
 * (1) begin <= end <= capacity.
 * (2) at is NULL exactly while capacity is 0.
 */

#include "core/bytes/byte-buffer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST_CAPACITY 64

static void
assert_invariants (const WscByteBuffer *self)
{
  assert (self->begin <= self->end && self->end <= self->capacity);   /* (1) */
  assert ((self->at == NULL) == (self->capacity == 0));               /* (2) */
}

static size_t
capacity_for (size_t capacity,
              size_t wanted)
{
  if (capacity < SMALLEST_CAPACITY)
    capacity = SMALLEST_CAPACITY;
  while (capacity < wanted)
    capacity = capacity > SIZE_MAX / 2 ? wanted : 2 * capacity;
  return capacity;
}

static void
move_to_front (WscByteBuffer *self)
{
  memmove (self->at, self->at + self->begin, self->end - self->begin);
  self->end -= self->begin;
  self->begin = 0;
}

static bool
byte_buffer_grow (WscByteBuffer *self,
                  size_t         wanted)
{
  const size_t capacity = capacity_for (self->capacity, wanted);
  uint8_t *at = realloc (self->at, capacity);

  if (at == NULL)
    return false;
  self->at = at;
  self->capacity = capacity;
  return true;
}

bool
wsc_byte_buffer_append (WscByteBuffer *self,
                        WscBytes       bytes)
{
  const size_t length = self->end - self->begin;

  assert_invariants (self);
  if (bytes.length == 0)
    return true;
  if (bytes.length > SIZE_MAX - self->end)
    return false;

  /* The bytes that are left move to the front only if at least as many bytes were removed from the
   * front, which keeps the cost of all moves linear. */
  if (bytes.length > self->capacity - self->end && self->begin >= length && self->begin > 0)
    move_to_front (self);
  if (bytes.length > self->capacity - self->end &&
      !byte_buffer_grow (self, self->end + bytes.length))
    return false;

  memcpy (self->at + self->end, bytes.at, bytes.length);
  self->end += bytes.length;
  return true;
}

WscBytes
wsc_byte_buffer_peek (const WscByteBuffer *self)
{
  WscBytes held = { NULL, self->end - self->begin };

  assert_invariants (self);
  if (held.length > 0)
    held.at = self->at + self->begin;
  return held;
}

void
wsc_byte_buffer_forget (WscByteBuffer *self,
                        size_t         n)
{
  assert (n <= self->end - self->begin);
  self->begin += n;
  if (self->begin == self->end)
    self->begin = self->end = 0;
}

void
wsc_byte_buffer_shrink (WscByteBuffer *self,
                        size_t         length)
{
  assert (length <= self->end - self->begin);
  self->end = self->begin + length;
}

void
wsc_byte_buffer_clear (WscByteBuffer *self)
{
  free (self->at);
  *self = (WscByteBuffer) { 0 };
}
