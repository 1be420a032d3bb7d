/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/frames/deflate.h"
#include "core/limits.h"

#include "lib/tap.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define N_ELEMENTS(array) (sizeof array / sizeof array[0])
#define MAX_MESSAGE 200000

typedef struct
{
  uint8_t *at;
  size_t length;
} Bytes;

static void
bytes_add (Bytes      *self,
           const void *from,
           size_t      n)
{
  self->at = realloc (self->at, self->length + n + 1);
  assert (self->at != NULL);
  if (n > 0)
    memcpy (self->at + self->length, from, n);
  self->length += n;
}

static void
bytes_clear (Bytes *self)
{
  free (self->at);
  *self = (Bytes) { NULL, 0 };
}

static bool
bytes_are (const Bytes *self,
           const void  *expected,
           size_t       n)
{
  return self->length == n && (n == 0 || memcmp (self->at, expected, n) == 0);
}

/* "f2 48" */
static Bytes
bytes_from_hex (const char *hex)
{
  Bytes made = { NULL, 0 };
  unsigned byte;
  int n;

  bytes_add (&made, NULL, 0);
  for (; sscanf (hex, " %2x%n", &byte, &n) == 1; hex += n)
    bytes_add (&made, &(uint8_t) { (uint8_t) byte }, 1);
  return made;
}

typedef struct                  /* how a message is played */
{
  size_t input, output;         /* largest number of bytes that are passed and returned at once */
} Pieces;

static const Pieces pieces[] = {
  { MAX_MESSAGE, MAX_MESSAGE }, { 1, MAX_MESSAGE }, { MAX_MESSAGE, 1 }, { 1, 1 }, { 7, 3 }, { 4096, 7 }, { 3, 4096 },
};

static size_t
least (size_t a,
       size_t b)
{
  return a < b ? a : b;
}

/* Inflates one piece of input into pieces of output.  Each piece is in memory of its exact size,
 * so that the sanitizer detects a write beyond it. */
static WscFault
inflate_piece (WscInflater *inflater,
               WscBytes     input,
               size_t       output,
               Bytes       *inflated)
{
  size_t made;
  WscFault fault;

  do
    {
      WscBuffer room = { malloc (output), output };

      fault = wsc_inflater_take (inflater, &input, room, &made);
      bytes_add (inflated, room.at, made);
      free (room.at);
    }
  while (fault == WSC_FAULT_NONE && made == output);
  assert (fault != WSC_FAULT_NONE || input.length == 0);
  return fault;
}

/* Each piece of input is in memory of its exact size as well. */
static WscFault
inflate_message (WscInflater  *inflater,
                 const Bytes  *message,
                 const Pieces *piece,
                 Bytes        *inflated)
{
  WscFault fault = WSC_FAULT_NONE;

  for (size_t at = 0; fault == WSC_FAULT_NONE && at < message->length; at += piece->input)
    {
      size_t n = least (piece->input, message->length - at);
      uint8_t *copy = malloc (n);

      memcpy (copy, message->at + at, n);
      fault = inflate_piece (inflater, (WscBytes) { copy, n }, piece->output, inflated);
      free (copy);
    }
  return fault == WSC_FAULT_NONE ? wsc_inflater_end (inflater) : fault;
}

#define HELLO "f2 48 cd c9 c9 07 00"
#define TAIL "00 00 ff ff"

static const struct
{
  const char *name;
  const char *messages[3];      /* compressed messages in one context */
  const char *inflated;         /* text of all messages together */
  WscFault fault;               /* fault of the last message */
} inflate_cases[] = {
  { "WS-232-vector", { HELLO }, "Hello", WSC_FAULT_NONE },
  { "WS-233-second-vector-with-the-window-of-the-first", { HELLO, "f2 00 11 00 00" }, "HelloHello", WSC_FAULT_NONE },
  { "WS-233-SEC-83-second-vector-without-a-first-refused", { "f2 00 11 00 00" }, "H", WSC_FAULT_DEFLATE_CORRUPT },
  { "WS-234-stored-block", { "00 05 00 fa ff 48 65 6c 6c 6f 00" }, "Hello", WSC_FAULT_NONE },
  { "WS-234-stored-block-of-nothing", { "00 00 00 ff ff 00" }, "", WSC_FAULT_NONE },
  { "WS-235-final-block", { "f3 48 cd c9 c9 07 00 00" }, "Hello", WSC_FAULT_NONE },
  { "WS-235-SEC-85-final-block-and-another-message", { "f3 48 cd c9 c9 07 00 00", HELLO }, "HelloHello", WSC_FAULT_NONE },
  { "WS-235-final-block-keeps-the-window", { "f3 48 cd c9 c9 07 00 00", "f2 00 11 00 00" }, "HelloHello", WSC_FAULT_NONE },
  { "SEC-85-final-block-and-nothing-after-it", { "f3 48 cd c9 c9 07 00" }, "Hello", WSC_FAULT_NONE },
  { "SEC-85-final-block-and-more-blocks", { "f3 48 cd c9 c9 07 00 " HELLO }, "HelloHello", WSC_FAULT_NONE },
  { "SEC-85-bytes-after-a-final-block-are-not-data", { "f3 48 cd c9 c9 07 00 48 65 6c" }, "Hello", WSC_FAULT_DEFLATE_CORRUPT },
  { "SEC-85-empty-final-block-in-the-tail", { "03 00", HELLO }, "Hello", WSC_FAULT_NONE },
  { "SEC-85-final-stored-block-of-nothing-for-the-tail", { "f2 48 cd c9 c9 07 04", HELLO }, "HelloHello", WSC_FAULT_NONE },
  { "WS-236-two-blocks", { "f2 48 05 00 00 00 ff ff ca c9 c9 07 00" }, "Hello", WSC_FAULT_NONE },
  { "WS-237-empty-message", { "00" }, "", WSC_FAULT_NONE },
  { "WS-237-empty-message-as-empty-block", { "02 00" }, "", WSC_FAULT_NONE },
  { "WS-237-empty-message-between-others", { HELLO, "00", "f2 00 11 00 00" }, "HelloHello", WSC_FAULT_NONE },
  { "WS-239-SEC-83-reserved-block-type-refused", { HELLO, "06 00" }, "Hello", WSC_FAULT_DEFLATE_CORRUPT },
  { "WS-239-SEC-83-stored-length-refused", { "00 05 00 fa fe 48 65 6c 6c 6f 00" }, "", WSC_FAULT_DEFLATE_CORRUPT },
  { "WS-239-too-many-length-codes-refused", { "fc ff ff" }, "", WSC_FAULT_DEFLATE_CORRUPT },
  { "SEC-84-WS-245-truncated-in-a-block-refused", { "f2 48 cd" }, "", WSC_FAULT_DEFLATE_TRUNCATED },
  { "SEC-84-WS-245-without-its-last-byte-refused", { "f2 48 cd c9 c9 07" }, "Hello", WSC_FAULT_DEFLATE_TRUNCATED },
  { "SEC-84-WS-245-stored-block-cut-off-refused", { "00 05 00 fa ff 48" }, "", WSC_FAULT_DEFLATE_TRUNCATED },
  { "SEC-84-WS-245-final-block-that-ends-inside-the-tail-refused", { "4b 04" }, "", WSC_FAULT_DEFLATE_TRUNCATED },
  { "SEC-84-truncated-message-after-a-whole-one-refused", { HELLO, "f2 48" }, "", WSC_FAULT_DEFLATE_TRUNCATED },
  { "SEC-84-tail-that-is-a-character-and-then-corrupt-refused", { "0a 80" }, "", WSC_FAULT_DEFLATE_TRUNCATED },
  { "SEC-84-tail-that-is-a-character-and-the-end-of-its-block-refused",
    { "04 ee 01 a6 6d db b6 6d 8b 86 2d a5 94 4b 6d 7d cc b5 cf 7d 3f fe a1 f9" }, "", WSC_FAULT_DEFLATE_TRUNCATED },
  { "SEC-86-tail-left-in-refused", { HELLO " " TAIL }, "Hello", WSC_FAULT_DEFLATE_TRUNCATED },
  { "SEC-86-no-byte-at-all-refused", { "" }, "", WSC_FAULT_DEFLATE_TRUNCATED },
};

/* If a block is cut off, the bytes inflated before the cut is detected may depend on the pieces. */
static bool
is_expected (size_t       i,
             WscFault     fault,
             const Bytes *inflated)
{
  const char *expected = inflate_cases[i].inflated;

  if (fault != inflate_cases[i].fault)
    return false;

  return fault == WSC_FAULT_DEFLATE_TRUNCATED || bytes_are (inflated, expected, strlen (expected));
}

static void
test_inflate (void)
{
  for (size_t i = 0; i < N_ELEMENTS (inflate_cases); i++)
    for (size_t j = 0; j < N_ELEMENTS (pieces); j++)
      {
        WscInflater *inflater = wsc_inflater_new (WSC_MAX_WINDOW_BITS);
        WscFault fault = WSC_FAULT_NONE;
        Bytes inflated = { NULL, 0 };

        for (size_t k = 0; k < 3 && inflate_cases[i].messages[k] != NULL; k++)
          {
            Bytes message = bytes_from_hex (inflate_cases[i].messages[k]);

            assert (fault == WSC_FAULT_NONE || k == 1);
            fault = inflate_message (inflater, &message, &pieces[j], &inflated);
            bytes_clear (&message);
          }
        tap_point (is_expected (i, fault, &inflated), "/core/deflate/inflate/%s/%zu-in-%zu-out",
                   inflate_cases[i].name, pieces[j].input, pieces[j].output);
        bytes_clear (&inflated);
        wsc_inflater_free (inflater);
      }
}

static void
test_broken (void)
{
  WscInflater *inflater = wsc_inflater_new (WSC_MAX_WINDOW_BITS);
  Bytes corrupt = bytes_from_hex ("06 00"), hello = bytes_from_hex (HELLO);
  Bytes inflated = { NULL, 0 };

  inflate_message (inflater, &corrupt, &pieces[0], &inflated);
  tap_point (inflate_message (inflater, &hello, &pieces[0], &inflated)
             == WSC_FAULT_DEFLATE_CORRUPT &&
             wsc_inflater_end (inflater) == WSC_FAULT_DEFLATE_CORRUPT &&
             inflated.length == 0,
             "/core/deflate/inflate/SEC-83-SEC-90-stream-after-a-fault-stays-useless");

  wsc_inflater_reset (inflater);
  tap_point (inflate_message (inflater, &hello, &pieces[0], &inflated) == WSC_FAULT_NONE &&
             bytes_are (&inflated, "Hello", 5),
             "/core/deflate/inflate/SEC-90-stream-that-was-reset-is-a-new-one");
  bytes_clear (&inflated);
  bytes_clear (&corrupt);
  bytes_clear (&hello);
  wsc_inflater_free (inflater);
}

/* Text similar to JSON that does not repeat itself. */
static Bytes
make_text (size_t   length,
           unsigned seed)
{
  Bytes text = { NULL, 0 };
  char line[80];

  bytes_add (&text, NULL, 0);
  while (text.length < length)
    {
      seed = seed * 1103515245u + 12345u;
      int n = snprintf (line, sizeof line, "{\"id\":%u,\"name\":\"user %u\",\"active\":true},",
                        seed >> 8, seed >> 20);

      bytes_add (&text, line, least ((size_t) n, length - text.length));
    }
  return text;
}

static Bytes
make_noise (size_t   length,
            unsigned seed)
{
  Bytes noise = { malloc (length + 1), length };

  for (size_t i = 0; i < length; i++)
    {
      seed = seed * 1103515245u + 12345u;
      noise.at[i] = (uint8_t) (seed >> 16);
    }
  return noise;
}

static Bytes
deflate_piece (WscDeflater  *deflater,
               WscBytes      input,
               WscDeflateEnd end,
               size_t        output)
{
  Bytes made = { NULL, 0 };
  bool is_done = false;

  bytes_add (&made, NULL, 0);
  while (!is_done)
    {
      WscBuffer room = { malloc (output), output };

      bytes_add (&made, room.at, wsc_deflater_take (deflater, &input, end, room, &is_done));
      free (room.at);
    }
  assert (input.length == 0);
  return made;
}

static Bytes
deflate_message (WscDeflater *deflater,
                 const Bytes *message,
                 size_t       output)
{
  return deflate_piece (deflater, (WscBytes) { message->at, message->length }, WSC_DEFLATE_MESSAGE,
                        output);
}

static bool
deflates_to (WscDeflater *deflater,
             const char  *text,
             size_t       output,
             const char  *hex)
{
  Bytes message = { NULL, 0 }, expected = bytes_from_hex (hex), made;
  bool is_same;

  bytes_add (&message, text, strlen (text));
  made = deflate_message (deflater, &message, output);
  is_same = bytes_are (&made, expected.at, expected.length);
  bytes_clear (&message);
  bytes_clear (&expected);
  bytes_clear (&made);
  return is_same;
}

static void
test_deflate_vectors (void)
{
  WscDeflater *deflater = wsc_deflater_new (15, 6, 8);

  tap_point (deflates_to (deflater, "Hello", 100, HELLO),
             "/core/deflate/deflate/WS-232-vector-without-tail");
  tap_point (deflates_to (deflater, "Hello", 100, "f2 00 11 00 00"),
             "/core/deflate/deflate/WS-233-second-vector");
  tap_point (deflates_to (deflater, "", 100, "00") && deflates_to (deflater, "", 100, "00"),
             "/core/deflate/deflate/WS-237-empty-message-after-others");
  tap_point (deflates_to (deflater, "Hello", 100, "02 13 00 00"),
             "/core/deflate/deflate/WS-237-empty-message-leaves-the-window-alone");
  wsc_deflater_reset (deflater);
  tap_point (deflates_to (deflater, "Hello", 100, HELLO),
             "/core/deflate/deflate/WS-221-stream-that-was-reset-forgets-its-window");
  wsc_deflater_reset (deflater);
  tap_point (deflates_to (deflater, "", 100, "00") && deflates_to (deflater, "Hello", 100, HELLO),
             "/core/deflate/deflate/WS-237-empty-message-first");
  wsc_deflater_free (deflater);
}

/* A message in pieces, each of which can be inflated when it has been received. */
static void
test_deflate_fragments (uint8_t level)
{
  static const char *const fragments[] = { "one ", "", "two two two ", "three", "" };
  WscDeflater *deflater = wsc_deflater_new (15, level, 8);
  WscInflater *inflater = wsc_inflater_new (15);
  Bytes inflated = { NULL, 0 };
  bool is_all_there = true;
  size_t length = 0;

  for (size_t i = 0; i < N_ELEMENTS (fragments); i++)
    {
      WscBytes fragment = { (const uint8_t *) fragments[i], strlen (fragments[i]) };
      bool is_last = i + 1 == N_ELEMENTS (fragments);
      Bytes made = deflate_piece (deflater, fragment,
                                  is_last ? WSC_DEFLATE_MESSAGE : WSC_DEFLATE_FRAGMENT, 16);

      length += fragment.length;
      inflate_piece (inflater, (WscBytes) { made.at, made.length }, 100, &inflated);
      is_all_there = is_all_there && inflated.length == length;
      bytes_clear (&made);
    }
  tap_point (is_all_there,
             "/core/deflate/deflate/fragment-can-be-read-before-the-next-one-at-level-%u", level);
  tap_point (wsc_inflater_end (inflater) == WSC_FAULT_NONE &&
             bytes_are (&inflated, "one two two two three", 21),
             "/core/deflate/deflate/WS-232-tail-is-cut-once-for-each-message-at-level-%u", level);
  bytes_clear (&inflated);
  wsc_inflater_free (inflater);
  wsc_deflater_free (deflater);
}

static const size_t outputs[] = { WSC_MIN_DEFLATE_OUTPUT, 17, 100, 4096, MAX_MESSAGE };

/* One context: text and noise, from no bytes to more than a window. */
static bool
comes_back (uint8_t       window_bits,
            uint8_t       level,
            uint8_t       memory_level,
            size_t        output,
            const Pieces *piece)
{
  static const size_t lengths[] = { 0, 1, 5, 64, 1000, 5000, 0, 40000, 3 };
  WscDeflater *deflater = wsc_deflater_new (window_bits, level, memory_level);
  WscInflater *inflater = wsc_inflater_new (window_bits);
  bool is_same = true;

  for (unsigned i = 0; i < N_ELEMENTS (lengths); i++)
    {
      Bytes message = i % 3 == 2 ? make_noise (lengths[i], i) : make_text (lengths[i], i / 2);
      Bytes made = deflate_message (deflater, &message, output), inflated = { NULL, 0 };

      is_same = is_same && made.length >= 1 &&
                inflate_message (inflater, &made, piece, &inflated) == WSC_FAULT_NONE &&
                bytes_are (&inflated, message.at, message.length);
      bytes_clear (&message);
      bytes_clear (&made);
      bytes_clear (&inflated);
    }
  wsc_inflater_free (inflater);
  wsc_deflater_free (deflater);
  return is_same;
}

static void
test_there_and_back (void)
{
  for (uint8_t bits = WSC_MIN_WINDOW_BITS; bits <= WSC_MAX_WINDOW_BITS; bits++)
    for (uint8_t level = 1; level <= 9; level += 4)
      {
        bool is_same = true;

        for (size_t i = 0; i < N_ELEMENTS (outputs); i++)
          is_same = is_same && comes_back (bits, level, level, outputs[i], &pieces[i]);
        tap_point (is_same, "/core/deflate/there-and-back/WS-238-window-%u-level-%u", bits, level);
      }
}

/* Level 1 with enough memory for any library that this build may use. */
static void
test_fast (void)
{
  for (uint8_t bits = WSC_MIN_WINDOW_BITS; bits <= WSC_MAX_WINDOW_BITS; bits++)
    for (size_t i = 0; i < N_ELEMENTS (outputs); i++)
      tap_point (comes_back (bits, 1, 9, outputs[i], &pieces[i]),
                 "/core/deflate/there-and-back/WS-238-fast-with-window-%u-in-%zu-bytes", bits,
                 outputs[i]);
}

static void
test_fast_reset (void)
{
  WscDeflater *deflater = wsc_deflater_new (15, 1, 9);
  Bytes text = make_text (5000, 1);
  Bytes first = deflate_message (deflater, &text, 100);
  Bytes second = deflate_message (deflater, &text, 100);

  tap_point (second.length < first.length / 4, "/core/deflate/deflate/WS-221-fast-takes-over");
  wsc_deflater_reset (deflater);
  Bytes third = deflate_message (deflater, &text, 100);

  tap_point (bytes_are (&third, first.at, first.length),
             "/core/deflate/deflate/WS-221-fast-one-that-was-reset-forgets-its-window");
  tap_point (deflates_to (deflater, "", 100, "00") && deflates_to (deflater, "", 100, "00"),
             "/core/deflate/deflate/WS-237-fast-empty-message");
  bytes_clear (&text);
  bytes_clear (&first);
  bytes_clear (&second);
  bytes_clear (&third);
  wsc_deflater_free (deflater);
}

/* zlib with one byte of output at a time, which refuses every distance above the window. */
static bool
is_within_window (const Bytes *made,
                  int          window_bits)
{
  z_stream zlib = { .next_in = made->at, .avail_in = (unsigned) made->length };
  uint8_t byte;
  int result = inflateInit2 (&zlib, -window_bits);

  assert (result == Z_OK);
  do
    {
      zlib.next_out = &byte;
      zlib.avail_out = 1;
      result = inflate (&zlib, Z_SYNC_FLUSH);
    }
  while (result == Z_OK && zlib.avail_out == 0);
  inflateEnd (&zlib);
  return result == Z_OK || result == Z_BUF_ERROR;
}

/* The same noise twice, this distance apart: only a larger window could refer back to it. */
static Bytes
make_repeated (size_t distance)
{
  Bytes noise = make_noise (distance, 7), repeated = { NULL, 0 };

  bytes_add (&repeated, noise.at, distance);
  bytes_add (&repeated, noise.at, distance);
  bytes_add (&repeated, noise.at, distance);
  bytes_clear (&noise);
  return repeated;
}

static void
test_window_of_deflater (uint8_t level)
{
  for (uint8_t bits = WSC_MIN_WINDOW_BITS; bits <= WSC_MAX_WINDOW_BITS; bits++)
    {
      Bytes repeated = make_repeated (((size_t) 1 << bits) + 1);
      WscDeflater *deflater = wsc_deflater_new (bits, level, 9);
      Bytes made = deflate_message (deflater, &repeated, MAX_MESSAGE);

      tap_point (is_within_window (&made, bits),
                 "/core/deflate/window/SEC-89-deflater-keeps-to-%u-bits-at-level-%u", bits, level);
      bytes_clear (&made);
      bytes_clear (&repeated);
      wsc_deflater_free (deflater);
    }
}

/* Noise of few or many different bytes, copies of what was there before, and runs. */
static Bytes
make_mixture (uint32_t seed)
{
  static const uint8_t alphabets[] = { 4, 26, 100, 255 };
  Bytes mixture = { NULL, 0 };
  uint32_t state = seed * 2654435761u + 1;

  for (size_t length = 600 + seed % 1400; mixture.length < length;)
    {
      uint8_t piece[64];
      size_t n = 0, distance;

      state = state * 1103515245u + 12345u;
      distance = (state >> 8) % 600 + 1;
      for (; n < 1 + (state >> 20) % sizeof piece; n++)
        {
          uint8_t noise = (uint8_t) ((state >> (n % 24)) % alphabets[seed % 4] + 'a');

          piece[n] = (state >> 16) % 3 > 0 && distance + n < mixture.length
                     ? mixture.at[mixture.length - distance + n % distance] : noise;
        }
      bytes_add (&mixture, piece, n);
    }
  return mixture;
}

/* The mixture in messages of several lengths, which refer to each other, is within the window. */
static bool
is_mixture_within (uint32_t seed,
                   uint8_t  agreed_bits,
                   int      window_bits)
{
  Bytes mixture = make_mixture (seed), made = { NULL, 0 };
  WscDeflater *deflater = wsc_deflater_new (agreed_bits, (uint8_t) (1 + seed % 9),
                                            (uint8_t) (1 + seed / 9 % 9));
  static const uint8_t end[] = { 0x00, 0x00, 0xff, 0xff };
  bool is_within;

  for (size_t at = 0, n; at < mixture.length; at += n)
    {
      Bytes message = { NULL, 0 }, one;

      n = 1 + (seed * 31 + at * 7) % (seed % 3 == 0 ? 40 : 900);
      n = n < mixture.length - at ? n : mixture.length - at;
      bytes_add (&message, mixture.at + at, n);
      one = deflate_message (deflater, &message, 100);
      bytes_add (&made, one.at, one.length);
      bytes_add (&made, end, sizeof end);
      bytes_clear (&one);
      bytes_clear (&message);
    }
  is_within = is_within_window (&made, window_bits);
  bytes_clear (&made);
  bytes_clear (&mixture);
  wsc_deflater_free (deflater);
  return is_within;
}

static void
test_window_of_8 (void)
{
  unsigned n_within = 0, n_of_10_within = 0;

  for (uint32_t seed = 0; seed < 12000; seed++)
    n_within += is_mixture_within (seed, 8, 8);
  tap_point (n_within == 12000,
             "/core/deflate/window/WS-228-SEC-88-12000-streams-inflate-with-8-bits");

  for (uint32_t seed = 0; seed < 100; seed++)
    n_of_10_within += is_mixture_within (seed, 10, 8);
  tap_diag ("%u of 100 streams of 10 bits inflate with 8", n_of_10_within);
  tap_point (n_of_10_within < 50, "/core/deflate/window/WS-228-those-of-10-bits-do-not");
}

/* Fixed codes, the lowest bit first (RFC 1951 3.2.6). */
typedef struct
{
  uint8_t bytes[16];
  unsigned n_bits;
} Bits;

static void
bits_add (Bits    *self,
          unsigned value,
          unsigned n)
{
  for (; n > 0; n--, value >>= 1, self->n_bits++)
    self->bytes[self->n_bits / 8] |= (uint8_t) ((value & 1) << self->n_bits % 8);
}

static unsigned
reversed (unsigned code,
          unsigned n)
{
  unsigned turned = 0;

  for (; n > 0; n--, code >>= 1)
    turned = turned << 1 | (code & 1);
  return turned;
}

/* A message that consists of a reference to three bytes at this distance. */
static Bytes
make_reference (unsigned distance)
{
  unsigned code = 4, extra = 1, base = 5;
  Bytes message = { NULL, 0 };
  Bits bits = { { 0 }, 0 };

  while (base + (1u << extra) <= distance)
    {
      base += 1u << extra;
      code++;
      extra = code / 2 - 1;
    }
  bits_add (&bits, 0, 1);
  bits_add (&bits, 1, 2);
  bits_add (&bits, reversed (1, 7), 7);         /* length 3 */
  bits_add (&bits, reversed (code, 5), 5);
  bits_add (&bits, distance - base, extra);
  bits_add (&bits, 0, 7);                       /* end of block */
  bits_add (&bits, 0, 3);                       /* a stored block, cut off after its header */
  bytes_add (&message, bits.bytes, (bits.n_bits + 7) / 8);
  return message;
}

/* One message fills the window; the next one has a distance that refers to it. */
static WscFault
refer_back (uint8_t  window_bits,
            unsigned distance)
{
  WscDeflater *deflater = wsc_deflater_new (15, 6, 8);
  WscInflater *inflater = wsc_inflater_new (window_bits);
  Bytes noise = make_noise (40000, 3), first = deflate_message (deflater, &noise, MAX_MESSAGE);
  Bytes second = make_reference (distance), inflated = { NULL, 0 };
  WscFault fault = inflate_message (inflater, &first, &pieces[0], &inflated);

  assert (fault == WSC_FAULT_NONE);
  fault = inflate_message (inflater, &second, &pieces[0], &inflated);
  if (fault == WSC_FAULT_NONE &&
      memcmp (inflated.at + 40000, noise.at + 40000 - distance, 3) != 0)
    fault = WSC_FAULT_OUT_OF_MEMORY;            /* any value that is not expected */
  bytes_clear (&noise);
  bytes_clear (&first);
  bytes_clear (&second);
  bytes_clear (&inflated);
  wsc_deflater_free (deflater);
  wsc_inflater_free (inflater);
  return fault;
}

/* Noise that is repeated at a distance that only the sender's window reaches. */
static WscFault
inflate_repeated (uint8_t window_bits,
                  size_t  distance)
{
  Bytes repeated = make_repeated (distance), inflated = { NULL, 0 };
  WscDeflater *deflater = wsc_deflater_new (15, 9, 8);
  WscInflater *inflater = wsc_inflater_new (window_bits);
  Bytes made = deflate_message (deflater, &repeated, MAX_MESSAGE);
  WscFault fault = inflate_message (inflater, &made, &pieces[0], &inflated);

  bytes_clear (&repeated);
  bytes_clear (&inflated);
  bytes_clear (&made);
  wsc_deflater_free (deflater);
  wsc_inflater_free (inflater);
  return fault;
}

static void
test_window_of_inflater (void)
{
  for (uint8_t bits = WSC_MIN_WINDOW_BITS; bits <= WSC_MAX_WINDOW_BITS; bits++)
    {
      unsigned window = 1u << bits;

      tap_point (refer_back (bits, window) == WSC_FAULT_NONE,
                 "/core/deflate/window/WS-228-WS-240-distance-of-%u-bits", bits);
      if (bits == WSC_MAX_WINDOW_BITS)
        break;
      tap_point (refer_back (bits, window + 1) == WSC_FAULT_DEFLATE_CORRUPT,
                 "/core/deflate/window/WS-240-SEC-83-distance-beyond-%u-bits-refused", bits);
      tap_point (inflate_repeated (bits, least (2 * window - 10, 32000))
                 == WSC_FAULT_DEFLATE_CORRUPT,
                 "/core/deflate/window/WS-240-distance-beyond-%u-bits-in-one-message-refused", bits);
    }
}

/* One byte and 258 repetitions of it: zlib has read the whole message when it has written the
 * 256 bytes of one call. */
static void
test_repetition_above_window (void)
{
  Bytes message = bytes_from_hex ("9b 30 0a 00"), inflated = { NULL, 0 }, expected = { NULL, 0 };

  for (size_t i = 0; i < 259; i++)
    bytes_add (&expected, "\x90", 1);
  for (size_t i = 0; i < N_ELEMENTS (pieces); i++)
    {
      WscInflater *inflater = wsc_inflater_new (8);
      WscFault fault = inflate_message (inflater, &message, &pieces[i], &inflated);

      tap_point (fault == WSC_FAULT_NONE && bytes_are (&inflated, expected.at, expected.length),
                 "/core/deflate/window/SEC-87-repetition-above-8-bits-comes-whole/%zu-in-%zu-out",
                 pieces[i].input, pieces[i].output);
      bytes_clear (&inflated);
      wsc_inflater_free (inflater);
    }
  bytes_clear (&message);
  bytes_clear (&expected);
}

/* Messages as long as the output buffer, one byte shorter and one byte longer. */
static void
test_exact_output (void)
{
  static const size_t sizes[] = { 1, 2, 255, 256, 257, 1024, 4096, 65536 };

  for (size_t i = 0; i < N_ELEMENTS (sizes); i++)
    {
      bool is_same = true;

      for (size_t length = sizes[i] - 1; length <= sizes[i] + 1; length++)
        {
          Bytes text = make_text (length, 1), inflated = { NULL, 0 };
          WscDeflater *deflater = wsc_deflater_new (15, 6, 8);
          WscInflater *inflater = wsc_inflater_new (15);
          Bytes made = deflate_message (deflater, &text, MAX_MESSAGE);
          WscFault fault = inflate_message (inflater, &made, &(Pieces) { MAX_MESSAGE, sizes[i] },
                                            &inflated);

          is_same = is_same && fault == WSC_FAULT_NONE &&
                    bytes_are (&inflated, text.at, text.length);
          bytes_clear (&text);
          bytes_clear (&inflated);
          bytes_clear (&made);
          wsc_deflater_free (deflater);
          wsc_inflater_free (inflater);
        }
      tap_point (is_same, "/core/deflate/inflate/SEC-87-output-of-%zu-filled-exactly", sizes[i]);
    }
}

/* A message that is cut off at any byte is refused. */
static void
test_truncated (void)
{
  Bytes text = make_text (300, 5);
  WscDeflater *deflater = wsc_deflater_new (15, 6, 8);
  Bytes made = deflate_message (deflater, &text, MAX_MESSAGE);
  size_t n_accepted = 0;

  for (size_t length = 0; length < made.length; length++)
    {
      WscInflater *inflater = wsc_inflater_new (15);
      Bytes cut = { made.at, length }, inflated = { NULL, 0 };

      n_accepted += inflate_message (inflater, &cut, &pieces[0], &inflated) == WSC_FAULT_NONE;
      bytes_clear (&inflated);
      wsc_inflater_free (inflater);
    }
  tap_point (n_accepted == 0, "/core/deflate/inflate/SEC-84-WS-245-cut-off-at-any-byte-refused");
  bytes_clear (&text);
  bytes_clear (&made);
  wsc_deflater_free (deflater);
}

static const struct
{
  const char *name;
  WscDeflateForm form;
} other_forms[] = {
  { "other-window", { 14, 6, 8 } },
  { "other-level", { 15, 7, 8 } },
  { "other-memory-level", { 15, 6, 9 } },
};

/* A message that is compressed once for many receivers is the same bytes for each. */
static void
test_forms (void)
{
  static const WscDeflateForm form = { 15, 6, 8 };

  tap_point (wsc_deflate_form_equal (&form, &form), "/core/deflate/form/same-is-equal");
  for (size_t i = 0; i < N_ELEMENTS (other_forms); i++)
    tap_point (!wsc_deflate_form_equal (&form, &other_forms[i].form),
               "/core/deflate/form/%s-is-not-equal", other_forms[i].name);
}

int
main (void)
{
  test_forms ();
  test_inflate ();
  test_broken ();
  test_deflate_vectors ();
  test_deflate_fragments (6);
  test_deflate_fragments (1);
  test_there_and_back ();
  test_fast ();
  test_fast_reset ();
  test_window_of_deflater (9);
  test_window_of_deflater (1);
  test_window_of_8 ();
  test_window_of_inflater ();
  test_repetition_above_window ();
  test_exact_output ();
  test_truncated ();
  return tap_end ();
}
