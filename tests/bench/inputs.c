/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

const size_t bench_sizes[BENCH_N_SIZES] = { 16, 125, 1024, 16 * 1024, 1024 * 1024 };
const char *const bench_size_names[BENCH_N_SIZES] = { "16 B", "125 B", "1 KiB", "16 KiB", "1 MiB" };
const char *const bench_kind_names[BENCH_N_KINDS] = { "binary", "ascii", "mixed" };

/* No run of 16 bytes of it is ASCII only. */
static const char mixed_text[] =
  "Grüße aus Zürich — καλημέρα "
  "κόσμε, 日本語の文章。 "
  "привет мир! café "
  "😀 ok 🚀 naïve ";
static const char ascii_text[] =
  "{\"type\": \"quote\", \"symbol\": \"WSP\", \"bid\": 101.25, \"ask\": 101.5, \"size\": 300}\n";

static bool
begins_character (char byte)
{
  return ((uint8_t) byte & 0xc0) != 0x80;
}

/* Always n bytes of whole characters; another variation begins at another place of the text. */
size_t
bench_text (uint8_t  *to,
            size_t    n,
            BenchKind kind,
            size_t    variation)
{
  const char *text = kind == BENCH_MIXED ? mixed_text : ascii_text;
  const size_t length = strlen (text);
  size_t at = variation * 7 % length;

  while (!begins_character (text[at]))
    at = (at + 1) % length;
  for (size_t i = 0; i < n; i++, at = (at + 1) % length)
    to[i] = (uint8_t) text[at];

  /* A character that the end would cut is replaced by ASCII. */
  for (size_t i = n; !begins_character (text[at]) && i > 0; i--)
    {
      const bool is_lead = begins_character ((char) to[i - 1]);

      to[i - 1] = 'x';
      if (is_lead)
        break;
    }
  return n;
}

uint32_t
bench_key (void)
{
  static uint32_t key = 0x12345678;

  key += 0x9e3779b9;
  return key;
}

static size_t
write_header (uint8_t  *to,
              BenchKind kind,
              size_t    n)
{
  size_t length = 2;

  to[0] = kind == BENCH_BINARY ? 0x82 : 0x81;
  if (n < 126)
    to[1] = (uint8_t) (0x80 | n);
  else if (n < 65536)
    {
      to[1] = 0x80 | 126;
      to[2] = (uint8_t) (n >> 8);
      to[3] = (uint8_t) n;
      length = 4;
    }
  else
    {
      to[1] = 0x80 | 127;
      for (size_t i = 0; i < 8; i++)
        to[2 + i] = (uint8_t) ((uint64_t) n >> (56 - 8 * i));
      length = 10;
    }
  return length;
}

static void
add_frame (BenchWire *self,
           size_t     index)
{
  uint8_t *payload = self->payloads + index * self->message_length;
  const uint32_t key = bench_key ();
  uint8_t bytes[sizeof key];

  if (self->kind == BENCH_BINARY)
    for (size_t i = 0; i < self->message_length; i++)
      payload[i] = (uint8_t) (bench_key () >> 24);
  else
    bench_text (payload, self->message_length, self->kind, index);

  memcpy (bytes, &key, sizeof bytes);
  self->length += write_header (self->bytes + self->length, self->kind, self->message_length);
  memcpy (self->bytes + self->length, bytes, sizeof bytes);
  self->length += sizeof bytes;
  for (size_t i = 0; i < self->message_length; i++)
    self->bytes[self->length++] = payload[i] ^ bytes[i % sizeof bytes];
}

void
bench_wire_init (BenchWire *self,
                 BenchKind  kind,
                 size_t     message_length)
{
  const size_t frame_length = message_length + 14;

  *self = (BenchWire) { .kind = kind, .message_length = message_length };
  self->n_messages = frame_length < BENCH_READ ? BENCH_READ / frame_length : 1;
  self->bytes = malloc (self->n_messages * frame_length);
  self->payloads = malloc (self->n_messages * message_length);
  if (self->bytes == NULL || self->payloads == NULL)
    abort ();
  for (size_t i = 0; i < self->n_messages; i++)
    add_frame (self, i);
}

void
bench_wire_clear (BenchWire *self)
{
  free (self->bytes);
  free (self->payloads);
}

void
bench_wire_rewind (BenchWire *self,
                   size_t     n_times)
{
  self->at = 0;
  self->n_left = n_times * self->length;
}

size_t
bench_wire_read (BenchWire *self,
                 uint8_t   *to,
                 size_t     n)
{
  if (n > self->length - self->at)
    n = self->length - self->at;
  if (n > self->n_left)
    n = self->n_left;
  memcpy (to, self->bytes + self->at, n);
  self->n_left -= n;
  self->at += n;
  if (self->at == self->length)
    self->at = 0;
  return n;
}

void
bench_tally_add (BenchTally    *tally,
                 const uint8_t *at,
                 size_t         n)
{
  const BenchWire *expected = tally->expected;

  if (expected != NULL)
    {
      const size_t index = tally->n_messages % expected->n_messages;
      const uint8_t *payload = expected->payloads + index * expected->message_length;

      if (n != expected->message_length || memcmp (at, payload, n) != 0)
        tally->is_wrong = true;
    }
  tally->n_messages++;
  tally->n_bytes += n;
  tally->last_bytes += at[n - 1];
}

void
bench_output_put (BenchOutput   *output,
                  const uint8_t *at,
                  size_t         n)
{
  if (n > output->capacity - output->length)
    output->length = 0;
  memcpy (output->bytes + output->length, at, n);
  output->length += n;
}

double
bench_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}
