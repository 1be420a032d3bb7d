/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#define _DEFAULT_SOURCE         /* mincore */

#include "core/frames/zlib-memory.h"

#include "lib/tap.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ALIGNMENT 64

static void
test_pieces (void)
{
  WscZlibMemory memory;
  uint8_t *one, *two, *outside;
  bool is_there = wsc_zlib_memory_init (&memory, 10000);

  assert (is_there);
  one = wsc_zlib_allocate (&memory, 3, 33);
  two = wsc_zlib_allocate (&memory, 1, 5000);
  tap_point ((uintptr_t) one % ALIGNMENT == 0 && (uintptr_t) two % ALIGNMENT == 0 &&
             one >= two + 5000 && wsc_zlib_memory_is_whole (&memory) &&
             wsc_zlib_memory_get_length (&memory) >= 5099,
             "/core/zlib-memory/pieces-are-aligned-and-apart");
  wsc_zlib_release (&memory, one);
  outside = wsc_zlib_allocate (&memory, 1, 20000);
  tap_point (outside != NULL && !wsc_zlib_memory_is_whole (&memory) &&
             wsc_zlib_memory_get_length (&memory) >= 25099,
             "/core/zlib-memory/the-rest-is-outside");
  wsc_zlib_release (&memory, outside);
  tap_point (wsc_zlib_allocate (&memory, 0xffffffffu, 0xffffffffu) == NULL,
             "/core/zlib-memory/more-than-there-is");
  wsc_zlib_memory_clear (&memory);
}

/* Lengths beside those where the window fills the first bytes, a page, or all of the block. */
static const size_t lengths[] = { 0, 1, 15, 16, 17, 4095, 4096, 4097, 32767, 32768 };

static void
test_windows (void)
{
  static uint8_t window[32768], copy[32768];

  for (size_t i = 0; i < sizeof window; i++)
    window[i] = (uint8_t) (i * 31 + i / 256);
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
    {
      WscZlibMemory memory;
      bool is_there = wsc_zlib_memory_init (&memory, lengths[i] + 1);

      assert (is_there);
      wsc_zlib_memory_keep_window (&memory, (WscBytes) { window, lengths[i] });
      memset (copy, 0, sizeof copy);
      tap_point (wsc_zlib_memory_copy_window (&memory, copy) == lengths[i] &&
                 memcmp (copy, window, lengths[i]) == 0 &&
                 wsc_zlib_memory_get_length (&memory) == lengths[i],
                 "/core/zlib-memory/window-of-%zu", lengths[i]);
      wsc_zlib_memory_begin (&memory);
      tap_point (wsc_zlib_memory_get_length (&memory) == 0,
                 "/core/zlib-memory/begins-after-a-window-of-%zu", lengths[i]);
      wsc_zlib_memory_clear (&memory);
    }
}

/* The number of pages of the block that are in memory. */
static size_t
count_pages (const WscZlibMemory *memory,
             size_t               page)
{
  unsigned char are_there[256];
  size_t n = (memory->size + page - 1) / page, n_there = 0;
  int result;

  assert (n <= sizeof are_there);
  result = mincore (memory->block, memory->size, are_there);
  assert (result == 0);
  (void) result;
  for (size_t i = 0; i < n; i++)
    n_there += are_there[i] & 1;
  return n_there;
}

static void
test_given_back (void)
{
  static const uint8_t window[32768] = { 1 };
  size_t page = (size_t) sysconf (_SC_PAGESIZE), n_before, n_after;
  WscZlibMemory memory;
  bool is_there = wsc_zlib_memory_init (&memory, 60 * page);

  assert (is_there);
  memset (wsc_zlib_allocate (&memory, 1, (unsigned) (59 * page)), 1, 59 * page);
  n_before = count_pages (&memory, page);
  wsc_zlib_memory_keep_window (&memory,
                               (WscBytes) { window, page < sizeof window ? page : sizeof window });
  n_after = count_pages (&memory, page);
  tap_point (n_before >= 59 && n_after == 1, "/core/zlib-memory/gives-all-but-the-window-back");
  tap_diag ("%zu pages, then %zu", n_before, n_after);
  wsc_zlib_memory_clear (&memory);
}

/* Of a block that the allocator has given out before, and of a new one beside it. */
static void
test_unused (void)
{
  size_t page = (size_t) sysconf (_SC_PAGESIZE), n[2];

  for (size_t i = 0; i < 2; i++)
    {
      WscZlibMemory memory;
      bool is_there = wsc_zlib_memory_init (&memory, 16 * page);

      assert (is_there);
      memset (memory.block, 1, memory.size);
      memset (wsc_zlib_allocate (&memory, 1, (unsigned) page), 1, page);
      wsc_zlib_memory_give_back_unused (&memory);
      n[i] = count_pages (&memory, page);
      wsc_zlib_memory_clear (&memory);
    }
  tap_point (n[0] == 2 && n[1] == 2, "/core/zlib-memory/gives-all-that-is-not-used-back");
  tap_diag ("%zu and %zu pages", n[0], n[1]);
}

int
main (void)
{
  test_pieces ();
  test_windows ();
  test_given_back ();
  test_unused ();
  return tap_end ();
}
