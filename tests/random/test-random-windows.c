/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Random bytes on Windows: no byte is used twice, in whatever thread. */

#include <windows.h>

#include "lib/tap.h"
#include "random/random-pieces.h"

static DWORD WINAPI
fill_pieces (LPVOID pieces)
{
  draw_pieces (pieces, N_PIECES);
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
  tap_point (is_filled_to_the_end (), "/random/windows/long/filled-to-the-end");
  test_none ();
  return tap_end ();
}
