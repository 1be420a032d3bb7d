/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The requirements of the deflater on each library that compresses; the rest is in
 * test-deflate.c. */

#define _DEFAULT_SOURCE         /* MAP_ANONYMOUS */

#include "core/frames/compressor.h"

#include "lib/tap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zlib.h>

#define LENGTH 5000
#define AT_ONCE ((size_t) 1 << 30)      /* most that one call passes to the library */

typedef struct
{
  const char *name;
  WscCompressor *(*make)(const WscDeflateForm * form);
  size_t least, most;           /* bytes of memory that it may use, with 15 bits and memory level
                                 * 8 */
} Kind;

static const Kind kinds[] = {
  { "zlib", wsc_compressor_new_zlib, 262144, 290000 },
#ifdef WSC_HAVE_ISAL
  { "isal", wsc_compressor_new_isal, 80000, 262144 },
#endif
};

static const WscDeflateForm form = { 15, 1, 8 };
static const uint8_t tail[] = { 0x00, 0x00, 0xff, 0xff };

/* zlib's inflate () gets this text from the blocks that were made. */
static bool
inflates_to (const uint8_t *made,
             size_t         n,
             const uint8_t *text)
{
  uint8_t inflated[LENGTH + 1];
  z_stream zlib = { .next_in = (uint8_t *) made, .avail_in = (unsigned) n, .next_out = inflated,
                    .avail_out = sizeof inflated };
  int result = inflateInit2 (&zlib, -15);

  assert (result == Z_OK);
  result = inflate (&zlib, Z_SYNC_FLUSH);
  inflateEnd (&zlib);
  return result == Z_OK && zlib.total_out == LENGTH && memcmp (inflated, text, LENGTH) == 0;
}

/* Calls flush with this much room at a time until all is flushed, then once more. */
static void
test_pieces (const Kind *kind,
             size_t      room)
{
  WscCompressor *compressor = kind->make (&form);
  uint8_t text[LENGTH], made[LENGTH + 100];
  WscBytes left = { text, sizeof text };
  bool is_flushed = false;
  size_t n = 0;

  for (size_t i = 0; i < sizeof text; i++)
    text[i] = (uint8_t) (i * i / 50);
  while (!is_flushed)
    n += compressor->kind->take (compressor, &left, (WscBuffer) { made + n, room }, &is_flushed);
  tap_point (left.length == 0 && n > sizeof tail &&
             memcmp (made + n - sizeof tail, tail, sizeof tail) == 0 &&
             inflates_to (made, n, text),
             "/core/compressor/%s/%zu-at-a-time", kind->name, room);

  is_flushed = false;
  tap_point (compressor->kind->take (compressor, &left, (WscBuffer) { made, 50 }, &is_flushed)
             == 0 && is_flushed, "/core/compressor/%s/%zu-flushed-once", kind->name, room);
  compressor->kind->free (compressor);
}

/* Zeros in memory that was never written, with enough room for the output of one call. */
static void
test_long (const Kind *kind)
{
  void *zeros = mmap (NULL, AT_ONCE + 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                      -1, 0);
  WscBuffer room = { malloc (AT_ONCE / 100), AT_ONCE / 100 };
  WscCompressor *compressor = kind->make (&form);
  WscBytes left = { zeros, AT_ONCE + 1 };
  bool is_flushed = true;
  size_t n;

  assert (zeros != MAP_FAILED);
  compressor->kind->take (compressor, &left, room, &is_flushed);
  tap_point (left.length == 1 && !is_flushed,
             "/core/compressor/%s/more-than-at-once-is-not-flushed-before-its-end", kind->name);
  n = compressor->kind->take (compressor, &left, room, &is_flushed);
  tap_point (left.length == 0 && is_flushed && n > sizeof tail &&
             memcmp (room.at + n - sizeof tail, tail, sizeof tail) == 0,
             "/core/compressor/%s/more-than-at-once-is-flushed-at-its-end", kind->name);
  compressor->kind->free (compressor);
  free (room.at);
  munmap (zeros, AT_ONCE + 1);
}

static void
test_size (const Kind *kind)
{
  WscCompressor *compressor = kind->make (&form);

  tap_point (compressor->n_bytes >= kind->least && compressor->n_bytes <= kind->most,
             "/core/compressor/%s/says-what-it-holds", kind->name);
  compressor->kind->free (compressor);
}

#ifdef WSC_HAVE_ISAL
static void
test_choice (void)
{
  tap_point (wsc_compressor_suits_isal (&form) &&
             wsc_compressor_suits_isal (&(WscDeflateForm) { 9, 1, 9 }) &&
             !wsc_compressor_suits_isal (&(WscDeflateForm) { 8, 1, 9 }),
             "/core/compressor/isal/where-zlib-is-as-large");
  tap_point (!wsc_compressor_suits_isal (&(WscDeflateForm) { 12, 1, 5 }) &&
             !wsc_compressor_suits_isal (&(WscDeflateForm) { 15, 2, 9 }),
             "/core/compressor/isal/neither-for-small-ones-nor-above-level-1");
}
#endif

int
main (void)
{
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    {
      test_pieces (&kinds[i], 12);
      test_pieces (&kinds[i], 700);
      test_long (&kinds[i]);
      test_size (&kinds[i]);
    }
#ifdef WSC_HAVE_ISAL
  test_choice ();
#endif
  return tap_end ();
}
