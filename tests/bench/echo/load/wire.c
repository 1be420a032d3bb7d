/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Makes the frames that the load generator sends.  The frames are made before the clock runs, so
 * that sending costs the generator one call. */

#include "load.h"

#include <stdlib.h>
#include <string.h>

#define LEAST_BYTES      ((size_t) 64 * 1024)
#define LEAST_DIFFERENT   ((size_t) 4 * 1024 * 1024)   /* of compressed frames */
#define MOST_HEADER       14
#define DEFLATE_LEVEL     6     /* as a browser does */
#define TAIL_LENGTH       4     /* 00 00 ff ff, which is not sent (RFC 7692 7.2.1) */

static uint32_t
next_random (uint32_t *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

/* Records like those of a program's interface: names repeat, values do not. */
void
load_json_fill (uint8_t *to,
                size_t   size,
                size_t   n)
{
  static const char *const states[] = { "open", "waiting", "delivered", "refused", "unknown" };
  uint32_t random = 2463534242u + 7919u * (uint32_t) n;
  size_t at = 0;

  while (at < size)
    {
      char record[200];
      const int length =
        snprintf (record, sizeof record,
                  "{\"id\":%u,\"time\":\"2026-%02u-%02uT%02u:%02u:%02uZ\",\"state\":\"%s\","
                  "\"price\":%u.%02u,\"customer\":\"%08x\",\"tags\":[\"%c%c\",\"%c%c\"]},",
                  next_random (&random) % 100000, 1 + next_random (&random) % 12,
                  1 + next_random (&random) % 28, next_random (&random) % 24,
                  next_random (&random) % 60, next_random (&random) % 60,
                  states[next_random (&random) % 5], next_random (&random) % 1000,
                  next_random (&random) % 100, next_random (&random),
                  'a' + next_random (&random) % 26, 'a' + next_random (&random) % 26,
                  'a' + next_random (&random) % 26, 'a' + next_random (&random) % 26);
      const size_t part = (size_t) length < size - at ? (size_t) length : size - at;

      memcpy (to + at, record, part);
      at += part;
    }
}

/* Whole characters only, of one to four bytes. */
static void
fill_mixed (uint8_t *to,
            size_t   size)
{
  static const char *const characters[] = { "a", "\xc3\xa4", " ", "\xe2\x82\xac", "e",
                                            "\xf0\x9f\x98\x80", "\xd0\xb6", "s" };
  size_t at = 0;

  for (size_t i = 0; at < size; i++)
    {
      const char *character = characters[i * 5 % 8];
      const size_t length = strlen (character);

      if (length <= size - at)
        memcpy (to + at, character, length);
      else
        memset (to + at, '.', size - at);
      at += length <= size - at ? length : size - at;
    }
}

static void
fill (uint8_t *to,
      LoadKind kind,
      size_t   size,
      size_t   n)
{
  switch (kind)
    {
    case LOAD_BINARY:
      for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t) (i * 167 + (i >> 8) + n);
      break;

    case LOAD_ASCII:
      for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t) (' ' + (i * 31 + n) % 95);
      break;

    case LOAD_MIXED:
      fill_mixed (to, size);
      break;

    case LOAD_JSON:
      load_json_fill (to, size, n);
      break;
    }
}

const uint8_t *
load_wire_payload (const LoadWire *self,
                   size_t          n)
{
  return self->payloads + n % self->n_different * self->size;
}

static size_t
write_frame (uint8_t       *to,
             unsigned       first,
             const uint8_t *payload,
             size_t         length,
             uint32_t       key)
{
  uint8_t mask[4];
  size_t n = 2;

  to[0] = (uint8_t) first;
  to[1] = (uint8_t) (0x80 | (length < 126 ? length : length < 65536 ? 126 : 127));
  for (int shift = length < 126 ? 0 : length < 65536 ? 16 : 64; shift > 0; shift -= 8)
    to[n++] = (uint8_t) ((uint64_t) length >> (shift - 8));
  memcpy (mask, &key, sizeof mask);
  memcpy (to + n, mask, sizeof mask);
  n += sizeof mask;
  for (size_t i = 0; i < length; i++)
    to[n + i] = payload[i] ^ mask[i % 4];
  return n + length;
}

/* The first frame of a round must not refer to others, because the previous round had another
 * end. */
static size_t
pack (z_stream          *deflater,
      const LoadDeflate *agreed,
      const uint8_t     *from,
      size_t             length,
      uint8_t           *to,
      size_t             capacity)
{
  if (!agreed->client_takes_over && deflateReset (deflater) != Z_OK)
    load_fail ("deflateReset failed");
  deflater->next_in = (Bytef *) from;
  deflater->avail_in = (uInt) length;
  deflater->next_out = to;
  deflater->avail_out = (uInt) capacity;
  if (deflate (deflater, Z_SYNC_FLUSH) != Z_OK || deflater->avail_out == 0)
    load_fail ("deflate failed");
  return capacity - deflater->avail_out - TAIL_LENGTH;
}

static void
make_compressed_frames (LoadWire          *self,
                        const LoadDeflate *agreed,
                        unsigned           first)
{
  const size_t capacity = self->size + self->size / 8 + 64;
  uint8_t *packed = load_alloc (capacity);
  z_stream deflater = { 0 };
  uint32_t key = 88675123;

  if (deflateInit2 (&deflater, DEFLATE_LEVEL, Z_DEFLATED, -agreed->client_window_bits, 8,
                    Z_DEFAULT_STRATEGY) != Z_OK)
    load_fail ("deflateInit2 failed");
  for (size_t i = 0; i < self->n_frames; i++)
    {
      const size_t length = pack (&deflater, agreed, load_wire_payload (self, i), self->size,
                                  packed, capacity);

      self->starts[i + 1] = self->starts[i]
                            + write_frame (self->bytes + self->starts[i], first | 0x40, packed,
                                           length, next_random (&key));
    }
  deflateEnd (&deflater);
  free (packed);
}

static void
make_frames (LoadWire *self,
             unsigned  first)
{
  uint32_t key = 88675123;

  for (size_t i = 0; i < self->n_frames; i++)
    self->starts[i + 1] = self->starts[i]
                          + write_frame (self->bytes + self->starts[i], first,
                                         load_wire_payload (self, i), self->size,
                                         next_random (&key));
}

void
load_wire_init (LoadWire          *self,
                LoadKind           kind,
                size_t             size,
                size_t             depth,
                const LoadDeflate *agreed)
{
  const unsigned first = 0x80 | (kind == LOAD_BINARY ? 2 : 1);
  const size_t least = agreed->is_on ? LEAST_DIFFERENT : LEAST_BYTES;

  self->kind = kind;
  self->size = size;
  self->n_frames = depth > least / (size + MOST_HEADER) ? depth : least / (size + MOST_HEADER);
  self->n_different = kind == LOAD_JSON ? self->n_frames : 1;
  self->payloads = load_alloc (self->n_different * size + 1);
  for (size_t i = 0; i < self->n_different; i++)
    fill (self->payloads + i * size, kind, size, i);

  self->bytes = load_alloc (self->n_frames * (size + size / 8 + 64 + MOST_HEADER));
  self->starts = load_alloc ((self->n_frames + 1) * sizeof self->starts[0]);
  if (agreed->is_on)
    make_compressed_frames (self, agreed, first);
  else
    make_frames (self, first);
}

void
load_wire_clear (LoadWire *self)
{
  free (self->bytes);
  free (self->starts);
  free (self->payloads);
  memset (self, 0, sizeof *self);
}
