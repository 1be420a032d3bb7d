/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The source of keys and masks: no byte is used twice, not in another thread and not in a child. */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/tap.h"
#include "win32/session-pair.h"
#include "win32/websocket-random-private.h"

#define N_THREADS 4
#define N_PIECES 40000          /* long enough for the threads to meet at the page */

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

static void *
fill_pieces (void *pieces)
{
  for (size_t i = 0; i < N_PIECES; i++)
    websocket_random_fill (NULL, ((Piece *) pieces)[i].bytes, sizeof (Piece));
  return NULL;
}

static void
test_threads (void)
{
  static Piece pieces[N_THREADS * N_PIECES];
  pthread_t threads[N_THREADS];

  for (size_t i = 0; i < N_THREADS; i++)
    pthread_create (&threads[i], NULL, fill_pieces, pieces + i * N_PIECES);
  for (size_t i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);

  tap_point (are_all_different (pieces, N_THREADS * N_PIECES),
             "/win32/websocket-random/threads/no-bytes-twice");
}

static enum
{
  KERNEL_OBEYS,
  KERNEL_ACCEPTS_ALL,           /* as qemu-user, which does nothing and says that all is well */
  KERNEL_REFUSES_ALL,           /* as one before Linux 4.14 */
} advice_taker;

/* Before the C library's own. */
int
madvise (void  *at,
         size_t length,
         int    advice)
{
  if (advice_taker == KERNEL_OBEYS)
    return (int) syscall (SYS_madvise, at, length, advice);

  return advice_taker == KERNEL_ACCEPTS_ALL ? 0 : -1;
}

/* Parent and child take the next bytes of the same page.  Returns whether they differ. */
static bool
draw_in_child (void)
{
  Piece pieces[3];
  int ends[2], status = 1;
  bool is_read;
  pid_t child;

  websocket_random_fill (NULL, pieces[0].bytes, sizeof (Piece));
  fflush (stdout);
  if (pipe (ends) != 0)
    abort ();

  child = fork ();
  if (child == 0)
    {
      websocket_random_fill (NULL, pieces[1].bytes, sizeof (Piece));
      _exit (write (ends[1], &pieces[1], sizeof (Piece)) == (ssize_t) sizeof (Piece) ? 0 : 1);
    }

  is_read = read (ends[0], &pieces[1], sizeof (Piece)) == (ssize_t) sizeof (Piece);
  close (ends[0]);
  close (ends[1]);
  waitpid (child, &status, 0);
  websocket_random_fill (NULL, pieces[2].bytes, sizeof (Piece));
  return is_read && status == 0 && are_all_different (pieces, 3);
}

/* The page is mapped once, by the first draw of a process. */
static bool
draw_in_child_of (int taker)
{
  int status = 1;
  pid_t child;

  fflush (stdout);
  child = fork ();
  if (child == 0)
    {
      advice_taker = taker;
      _exit (draw_in_child () ? 0 : 1);
    }

  waitpid (child, &status, 0);
  return status == 0;
}

static void
test_fork (void)
{
  tap_point (draw_in_child_of (KERNEL_ACCEPTS_ALL),
             "/win32/websocket-random/fork/child-shares-no-bytes-in-an-emulator");
  tap_point (draw_in_child_of (KERNEL_REFUSES_ALL),
             "/win32/websocket-random/fork/child-shares-no-bytes-with-an-old-kernel");
  tap_point (draw_in_child (), "/win32/websocket-random/fork/child-shares-no-bytes");
}

static int n_interrupts;        /* calls of getrandom () that a signal interrupts */
static uint8_t *nested;         /* filled inside the next call */
static const uint8_t *filled;   /* by the last call */

/* Before the C library's own. */
ssize_t
getrandom (void    *to,
           size_t   n,
           unsigned flags)
{
  if (n_interrupts > 0)
    {
      n_interrupts--;
      errno = EINTR;
      return -1;
    }

  if (nested != NULL)
    {
      uint8_t *inner = nested;

      nested = NULL;
      websocket_random_fill (NULL, inner, sizeof (Piece));
      tap_point (filled == inner,
                 "/win32/websocket-random/page/whoever-finds-it-taken-asks-the-kernel");
    }

  filled = to;
  return (ssize_t) syscall (SYS_getrandom, to, n, flags);
}

/* The page is taken while it is filled, which some draw of these does. */
static void
test_taken_page (void)
{
  static Piece pieces[1024], inner;

  nested = inner.bytes;
  for (size_t i = 0; i < 1024; i++)
    websocket_random_fill (NULL, pieces[i].bytes, sizeof (Piece));
}

static void
test_interrupted (void)
{
  static Piece pieces[1024];

  n_interrupts = 3;
  websocket_random_fill (NULL, pieces[0].bytes, sizeof pieces);
  tap_point (n_interrupts == 0 && are_all_different (pieces, 1024),
             "/win32/websocket-random/long/filled-in-spite-of-signals");
}

/* More than the page holds, and an end that is not a multiple of anything. */
static void
test_long (void)
{
  static Piece pieces[1024];
  uint8_t *bytes = pieces[0].bytes;
  size_t n_zero = 0;

  websocket_random_fill (NULL, bytes, sizeof pieces - 3);
  for (size_t i = sizeof pieces - 3 - 16; i < sizeof pieces - 3; i++)
    n_zero += bytes[i] == 0;
  tap_point (are_all_different (pieces, 1024) && n_zero < 8,
             "/win32/websocket-random/long/filled-to-the-end");
}

static void
count_up (void    *data,
          uint8_t *to,
          size_t   n)
{
  uint8_t *next = data;

  for (size_t i = 0; i < n; i++)
    to[i] = (*next)++;
}

static void
test_source (void)
{
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  static Wire wire;
  uint8_t next = 0x10;
  bool is_open = open_pair (&client, &server);

  websocket_random_set_source (client, count_up, &next);
  wire.length = 0;
  send_bytes (client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "\0\0\0\0", 4, NULL);
  tap_point (is_open && write_out (client, &wire) && wire.length == 10
             && memcmp (wire.bytes, "\x82\x84\x10\x11\x12\x13\x10\x11\x12\x13", 10) == 0,
             "/win32/websocket-random/source/tests-choose-the-key");
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

int
main (void)
{
  test_fork ();
  test_threads ();
  test_long ();
  test_interrupted ();
  test_taken_page ();
  test_source ();
  return tap_end ();
}
