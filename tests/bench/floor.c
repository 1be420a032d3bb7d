/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The floor of the bench of the engine: the least code that can receive and send these frames.
 *
 * Every frame is whole, valid and a message; nothing else is checked.  Its text goes directly to
 * the vectors, a short one padded to 32 bytes, which a real engine can beat. */

#include "bench/bench.h"

#include "core/bytes/byte-order.h"
#include "core/bytes/variants.h"
#include "core/bytes/words.h"

#include <stdlib.h>
#include <string.h>

#define PADDED 32

struct BenchState
{
  uint8_t *memory;
  size_t capacity;
};

static BenchState *
open_floor (BenchRole role,
            size_t    message_length)
{
  BenchState *state = calloc (1, sizeof *state);

  if (state == NULL)
    abort ();
  state->capacity = BENCH_READ + message_length + 14;
  state->memory = malloc (state->capacity);
  if (state->memory == NULL)
    abort ();
  return state;
}

static void
close_floor (BenchState *state)
{
  free (state->memory);
  free (state);
}

static void
unmask (uint8_t *at,
        size_t   n,
        uint32_t key)
{
  if (n <= WSC_MAX_IN_WORDS)
    mask_words (at, at, n, key);
  else
    wsc_bytes_chosen.mask (at, at, n, key);
}

/* The minimum for a short text is one vector of 32 bytes, padded. */
static bool
unmask_text (uint8_t *at,
             size_t   n,
             uint32_t key)
{
  uint8_t padded[PADDED] = { 0 };

  if (n >= PADDED)
    return wsc_bytes_chosen.utf8_unmask (at, n, key);

  mask_words (at, at, n, key);
  memcpy (padded, at, n);
  return wsc_bytes_chosen.utf8_is_valid (padded, sizeof padded);
}

static uint8_t *
take_frame (uint8_t    *at,
            BenchTally *tally)
{
  const bool is_text = (at[0] & 0x0f) == 1;
  size_t n = at[1] & 0x7f;
  uint32_t key;

  at += 2;
  if (n == 126)
    {
      n = read_uint16 (at);
      at += 2;
    }
  else if (n == 127)
    {
      n = read_uint64 (at);
      at += 8;
    }
  key = load_half_word (at);
  at += sizeof key;

  if (!is_text)
    unmask (at, n, key);
  else if (!unmask_text (at, n, key))
    abort ();
  bench_tally_add (tally, at, n);
  return at + n;
}

static void
receive (BenchState *state,
         BenchWire  *wire,
         BenchTally *tally)
{
  size_t n;

  while ((n = bench_wire_read (wire, state->memory, state->capacity)) > 0)
    for (uint8_t *at = state->memory; at < state->memory + n;)
      at = take_frame (at, tally);
}

static uint8_t *
put_header (uint8_t *to,
            size_t   n,
            uint8_t  mask_bit)
{
  to[0] = 0x82;
  if (n < 126)
    {
      to[1] = (uint8_t) (mask_bit | n);
      return to + 2;
    }
  if (n < 65536)
    {
      to[1] = mask_bit | 126;
      write_uint16 (to + 2, (uint16_t) n);
      return to + 4;
    }
  to[1] = mask_bit | 127;
  write_uint64 (to + 2, n);
  return to + 10;
}

static uint8_t *
room_for (BenchOutput *output,
          size_t       n)
{
  if (n > output->capacity - output->length)
    output->length = 0;
  return output->bytes + output->length;
}

static void
send_server (BenchState      *state,
             const BenchWire *source,
             size_t           n,
             BenchOutput     *output)
{
  const size_t length = source->message_length;

  for (size_t i = 0, index = 0; i < n; i++)
    {
      uint8_t *at = put_header (room_for (output, length + 14), length, 0);

      memcpy (at, source->payloads + index * length, length);
      output->length = (size_t) (at - output->bytes) + length;
      index = index + 1 < source->n_messages ? index + 1 : 0;
    }
}

static void
send_client (BenchState      *state,
             const BenchWire *source,
             size_t           n,
             BenchOutput     *output)
{
  const size_t length = source->message_length;

  for (size_t i = 0, index = 0; i < n; i++)
    {
      uint8_t *at = put_header (room_for (output, length + 14), length, 0x80);
      const uint32_t key = bench_key ();

      store_half_word (at, key);
      at += sizeof key;
      wsc_bytes_chosen.mask (at, source->payloads + index * length, length, key);
      output->length = (size_t) (at - output->bytes) + length;
      index = index + 1 < source->n_messages ? index + 1 : 0;
    }
}

const BenchSubject bench_floor = {
  "floor", open_floor, receive, send_server, send_client, close_floor
};
