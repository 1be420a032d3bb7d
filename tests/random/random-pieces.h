/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

/* Pieces of random bytes, of which no two are alike. */

#include <stdlib.h>
#include <string.h>

#include "random/random-pool.h"

#define N_THREADS 4
#define N_PIECES 40000          /* more than a pool holds */

typedef struct
{
  uint8_t bytes[16];
} Piece;

static int
compare_pieces (const void *a,
                const void *b)
{
  return memcmp (a, b, sizeof (Piece));
}

static bool
are_all_different (Piece *pieces,
                   size_t n)
{
  qsort (pieces, n, sizeof *pieces, compare_pieces);
  for (size_t i = 1; i < n; i++)
    if (compare_pieces (&pieces[i - 1], &pieces[i]) == 0)
      return false;
  return true;
}

static void
draw_pieces (Piece *pieces,
             size_t n)
{
  for (size_t i = 0; i < n; i++)
    wsc_random_fill (NULL, pieces[i].bytes, sizeof (Piece));
}

/* More than the pool holds, and an end that is not a multiple of anything. */
static bool
is_filled_to_the_end (void)
{
  static Piece pieces[1024];
  uint8_t *bytes = pieces[0].bytes;
  size_t n_zero = 0;

  wsc_random_fill (NULL, bytes, sizeof pieces - 3);
  for (size_t i = sizeof pieces - 3 - 16; i < sizeof pieces - 3; i++)
    n_zero += bytes[i] == 0;
  return are_all_different (pieces, 1024) && n_zero < 8;
}
