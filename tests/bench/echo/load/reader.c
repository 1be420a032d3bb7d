/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Checks what the server sends.  Each echo is checked by type and length; the first, and each
 * compressed one, byte by byte. */

#include "load.h"

#include <stdlib.h>
#include <string.h>

#define CLOSE 8
#define PING  9

void
load_reader_clear (LoadReader *self)
{
  if (self->inflater != NULL)
    inflateEnd (self->inflater);
  free (self->inflater);
  free (self->plain);
  memset (self, 0, sizeof *self);
}

static size_t
header_length (const LoadReader *self)
{
  if (self->n_header < 2)
    return 2;
  if ((self->header[1] & 0x7f) < 126)
    return 2;
  return (self->header[1] & 0x7f) == 126 ? 4 : 10;
}

static bool
is_control (const LoadReader *self)
{
  return (self->header[0] & 0x08) != 0;
}

static void
begin_frame (LoadReader *self)
{
  const unsigned opcode = self->header[0] & 0x0f;
  uint64_t length = self->header[1] & 0x7f;

  if (self->header[1] & 0x80)
    load_fail ("the server masks");
  if (length >= 126)
    {
      const size_t n = length == 126 ? 4 : 10;

      length = 0;
      for (size_t i = 2; i < n; i++)
        length = length << 8 | self->header[i];
    }
  self->payload_left = length;
  self->is_in_frame = true;
  self->n_bytes += self->n_header + length;
  self->n_control = 0;
  if (is_control (self))
    return;

  if (self->expected == NULL)
    load_fail ("the server speaks first");
  if ((opcode == 0) != self->is_in_message)
    load_fail ("a frame of opcode %u comes out of turn", opcode);
  if (!self->is_in_message)
    {
      self->is_in_message = true;
      self->is_compressed = (self->header[0] & 0x40) != 0;
      self->message_length = 0;
      if (opcode != (self->expected->kind == LOAD_BINARY ? 2 : 1))
        load_fail ("an echo has opcode %u", opcode);
    }
}

static void
begin_inflating (LoadReader *self)
{
  self->inflater = load_alloc (sizeof *self->inflater);
  self->plain = load_alloc (self->expected->size + 1);
  if (inflateInit2 (self->inflater, -15) != Z_OK)
    load_fail ("inflateInit2 failed");
}

static void
take_compressed (LoadReader    *self,
                 const uint8_t *at,
                 size_t         n)
{
  if (self->inflater == NULL)
    begin_inflating (self);
  self->inflater->next_in = (Bytef *) at;
  self->inflater->avail_in = (uInt) n;
  while (self->inflater->avail_in > 0)
    {
      self->inflater->next_out = self->plain + self->message_length;
      self->inflater->avail_out = (uInt) (self->expected->size + 1 - self->message_length);

      const int result = inflate (self->inflater, Z_SYNC_FLUSH);

      self->message_length = self->expected->size + 1 - self->inflater->avail_out;
      if (result == Z_STREAM_END)
        inflateReset (self->inflater);
      else if (result != Z_OK || self->inflater->avail_out == 0)
        load_fail ("an echo cannot be inflated: %d", result);
    }
}

static void
take_plain (LoadReader    *self,
            const uint8_t *at,
            size_t         n)
{
  const bool is_compared = self->n_echoes == 0 || self->expected->n_different > 1;

  if (self->message_length + n > self->expected->size)
    load_fail ("an echo is longer than its message");
  if (is_compared &&
      memcmp (load_wire_payload (self->expected, self->n_echoes) + self->message_length, at,
              n) != 0)
    load_fail ("an echo differs from its message");
  self->message_length += n;
}

static void
end_message (LoadReader *self)
{
  static const uint8_t tail[] = { 0x00, 0x00, 0xff, 0xff };

  if (self->is_compressed)
    {
      take_compressed (self, tail, sizeof tail);
      if (self->message_length == self->expected->size &&
          memcmp (self->plain, load_wire_payload (self->expected, self->n_echoes),
                  self->expected->size) != 0)
        load_fail ("an inflated echo differs from its message");
    }
  if (self->message_length != self->expected->size)
    load_fail ("an echo has %zu bytes, not %zu", self->message_length, self->expected->size);
  self->is_in_message = false;
  self->n_echoes++;
}

/* A server may ping a connection that was quiet for a while, and drop one that does not answer. */
static void
end_control (LoadReader *self)
{
  static const uint8_t key[] = { 0x37, 0xfa, 0x21, 0x3d };

  switch (self->header[0] & 0x0f)
    {
    case CLOSE:
      load_fail ("the server closes with code %d",
                 self->n_control < 2 ? 0 : self->control[0] << 8 | self->control[1]);

    case PING:
      self->n_pings++;
      self->pong[0] = 0x8a;
      self->pong[1] = (uint8_t) (0x80 | self->n_control);
      memcpy (self->pong + 2, key, sizeof key);
      for (size_t i = 0; i < self->n_control; i++)
        self->pong[6 + i] = self->control[i] ^ key[i % 4];
      self->n_pong = 6 + self->n_control;
      break;

    default:
      break;
    }
}

static size_t
take_payload (LoadReader    *self,
              const uint8_t *at,
              size_t         n)
{
  const size_t part = self->payload_left < n ? (size_t) self->payload_left : n;

  if (is_control (self))
    {
      if (self->payload_left > sizeof self->control - self->n_control)
        load_fail ("a control frame is too long");
      memcpy (self->control + self->n_control, at, part);
      self->n_control += part;
    }
  else if (self->is_compressed)
    take_compressed (self, at, part);
  else
    take_plain (self, at, part);
  self->payload_left -= part;
  return part;
}

static void
end_frame (LoadReader *self)
{
  self->is_in_frame = false;
  self->n_header = 0;
  if (is_control (self))
    end_control (self);
  else if (self->header[0] & 0x80)
    end_message (self);
}

size_t
load_reader_take (LoadReader    *self,
                  const uint8_t *at,
                  size_t         n)
{
  const size_t n_before = self->n_echoes;
  size_t taken = 0;

  while (taken < n)
    {
      if (!self->is_in_frame)
        {
          self->header[self->n_header++] = at[taken++];
          if (self->n_header < header_length (self))
            continue;
          begin_frame (self);
        }
      if (self->payload_left > 0 && taken < n)
        taken += take_payload (self, at + taken, n - taken);
      if (self->payload_left == 0)
        end_frame (self);
    }
  return self->n_echoes - n_before;
}
