/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Random bytes on Windows: no byte is used twice, in whatever thread. */

#include <windows.h>

#include <stdlib.h>
#include <string.h>

#include "lib/tap.h"
#include "random/random-pool.h"

#define N_THREADS 4
#define N_PIECES 40000          /* more than the pool holds */

typedef struct
{
  uint8_t bytes[16];
} Piece;

static int
compare (const void *a,
         const void *b)
{
  return memcmp (a, b, sizeof (Piece));
}

static bool
are_all_different (Piece *pieces,
                   size_t n)
{
  qsort (pieces, n, sizeof *pieces, compare);
  for (size_t i = 1; i < n; i++)
    if (compare (&pieces[i - 1], &pieces[i]) == 0)
      return false;
  return true;
}

static DWORD WINAPI
fill_pieces (LPVOID pieces)
{
  for (size_t i = 0; i < N_PIECES; i++)
    wsc_random_fill (NULL, ((Piece *) pieces)[i].bytes, sizeof (Piece));
  return 0;
}

static void
test_threads (void)
{
  static Piece pieces[N_THREADS * N_PIECES];
  HANDLE threads[N_THREADS];

  for (size_t i = 0; i < N_THREADS; i++)
    threads[i] = CreateThread (NULL, 0, fill_pieces, pieces + i * N_PIECES, 0, NULL);
  WaitForMultipleObjects (N_THREADS, threads, TRUE, INFINITE);
  for (size_t i = 0; i < N_THREADS; i++)
    CloseHandle (threads[i]);

  tap_point (are_all_different (pieces, N_THREADS * N_PIECES),
             "/random/windows/threads/no-bytes-twice");
}

/* More than the pool holds, and an end that is not a multiple of anything. */
static void
test_long (void)
{
  static Piece pieces[1024];
  uint8_t *bytes = pieces[0].bytes;
  size_t n_zero = 0;

  wsc_random_fill (NULL, bytes, sizeof pieces - 3);
  for (size_t i = sizeof pieces - 3 - 16; i < sizeof pieces - 3; i++)
    n_zero += bytes[i] == 0;
  tap_point (are_all_different (pieces, 1024) && n_zero < 8,
             "/random/windows/long/filled-to-the-end");
}

static void
test_none (void)
{
  uint8_t byte = 0x55;

  wsc_random_fill (NULL, &byte, 0);
  tap_point (byte == 0x55, "/random/windows/none/nothing-is-written");
}

int
main (void)
{
  test_threads ();
  test_long ();
  test_none ();
  return tap_end ();
}
