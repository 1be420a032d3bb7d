/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Random bytes of keys and masks: no byte is used twice, in whatever thread or child. */

#include <dlfcn.h>
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
#include "random/random-pieces.h"

static void *
fill_pieces (void *pieces)
{
  draw_pieces (pieces, N_PIECES);
  return NULL;
}

static int n_unmapped;          /* pools that were freed */

/* Before the C library's own, which frees the stacks of threads by another way. */
int
munmap (void  *at,
        size_t length)
{
  n_unmapped++;
  return (int) syscall (SYS_munmap, at, length);
}

static void
test_threads (void)
{
  static Piece pieces[N_THREADS * N_PIECES];
  pthread_t threads[N_THREADS];
  int n_before = n_unmapped;

  for (size_t i = 0; i < N_THREADS; i++)
    pthread_create (&threads[i], NULL, fill_pieces, pieces + i * N_PIECES);
  for (size_t i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);

  tap_point (are_all_different (pieces, N_THREADS * N_PIECES),
             "/random/threads/no-bytes-twice");
  tap_point (n_unmapped == n_before + N_THREADS, "/random/threads/a-pool-ends-with-its-thread");
}

static enum
{
  KERNEL_OBEYS,
  KERNEL_ACCEPTS_ALL,           /* the kernel accepts all advice and does nothing, as qemu-user */
  KERNEL_REFUSES_ALL,           /* the kernel refuses the advice, as before Linux 4.14 */
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

/* A child in a PID namespace of its own can have the number of its parent. */
static bool is_numbered_1;

pid_t
getpid (void)
{
  return is_numbered_1 ? 1 : (pid_t) syscall (SYS_getpid);
}

/* Parent and child take the next bytes of the same pool.  Returns whether they differ. */
static bool
draw_in_child (void)
{
  Piece pieces[3];
  int ends[2], status = 1;
  bool is_read;
  pid_t child;

  wsc_random_fill (NULL, pieces[0].bytes, sizeof (Piece));
  fflush (stdout);
  if (pipe (ends) != 0)
    abort ();

  child = fork ();
  if (child == 0)
    {
      wsc_random_fill (NULL, pieces[1].bytes, sizeof (Piece));
      _exit (write (ends[1], &pieces[1], sizeof (Piece)) == (ssize_t) sizeof (Piece) ? 0 : 1);
    }

  is_read = read (ends[0], &pieces[1], sizeof (Piece)) == (ssize_t) sizeof (Piece);
  close (ends[0]);
  close (ends[1]);
  waitpid (child, &status, 0);
  wsc_random_fill (NULL, pieces[2].bytes, sizeof (Piece));
  return is_read && status == 0 && are_all_different (pieces, 3);
}

/* A thread makes its pool at its first draw. */
static void *
draw_in_child_of_thread (void *is_different)
{
  *(bool *) is_different = draw_in_child ();
  return NULL;
}

static bool
draw_in_child_of (int  taker,
                  bool is_numbered)
{
  bool is_different = false;
  pthread_t thread;

  advice_taker = taker;
  is_numbered_1 = is_numbered;
  pthread_create (&thread, NULL, draw_in_child_of_thread, &is_different);
  pthread_join (thread, NULL);
  advice_taker = KERNEL_OBEYS;
  is_numbered_1 = false;
  return is_different;
}

static void
test_fork (void)
{
  tap_point (draw_in_child_of (KERNEL_ACCEPTS_ALL, false),
             "/random/fork/WS-114-SEC-108-child-shares-no-bytes-in-an-emulator");
  tap_point (draw_in_child_of (KERNEL_REFUSES_ALL, false),
             "/random/fork/WS-114-SEC-108-child-shares-no-bytes-with-an-old-kernel");
  tap_point (draw_in_child_of (KERNEL_REFUSES_ALL, true),
             "/random/fork/WS-114-SEC-108-child-with-the-same-number-shares-no-bytes");
  tap_point (draw_in_child (), "/random/fork/WS-114-SEC-108-child-shares-no-bytes");
}

typedef int (*KeyCreate) (pthread_key_t *key,
                          void         (*destroy)(void *));

static bool has_no_key;         /* a program may have all keys that there are */

/* Before the C library's own. */
int
pthread_key_create (pthread_key_t *key,
                    void         (*destroy)(void *))
{
  /* ISO C has no other conversion from the result of dlsym () to a function. */
  union { void *symbol; KeyCreate call; } next = { dlsym (RTLD_NEXT, "pthread_key_create") };

  return has_no_key ? EAGAIN : next.call (key, destroy);
}

/* In a child, because a process asks once for its key. */
static void
test_no_key (void)
{
  static Piece pieces[1024];
  int status = 1;
  pid_t child;

  fflush (stdout);
  child = fork ();
  if (child == 0)
    {
      has_no_key = true;
      draw_pieces (pieces, 1024);
      _exit (are_all_different (pieces, 1024) ? 0 : 1);
    }

  waitpid (child, &status, 0);
  tap_point (status == 0, "/random/key/without-one-the-kernel-is-asked");
}

static int n_interrupts;        /* calls of getrandom () that a signal interrupts */
static uint8_t *nested;         /* filled inside the next call */
static const uint8_t *filled;   /* by the last call */

static bool is_portable;        /* the library calls getentropy (), not getrandom () */

static void
fill_nested (void)
{
  uint8_t *inner = nested;

  if (inner == NULL)
    return;

  nested = NULL;
  wsc_random_fill (NULL, inner, sizeof (Piece));
  tap_point (filled == inner, "/random/nested/asks-the-kernel");
}

/* Before the C library's own. */
int
getentropy (void  *to,
            size_t n)
{
  is_portable = true;
  fill_nested ();
  filled = to;
  return n <= 256 && syscall (SYS_getrandom, to, n, 0) == (ssize_t) n ? 0 : -1;
}

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

  fill_nested ();
  filled = to;
  return (ssize_t) syscall (SYS_getrandom, to, n, flags);
}

/* A signal handler may draw while its thread fills the pool, which some of these draws do. */
static void
test_nested (void)
{
  static Piece pieces[1024], inner;

  nested = inner.bytes;
  draw_pieces (pieces, 1024);
}

static void
test_interrupted (void)
{
  static Piece pieces[1024];

  if (is_portable)
    {
      tap_skip ("no signal interrupts getentropy ()", "/random/long/filled-in-spite-of-signals");
      return;
    }

  n_interrupts = 3;
  wsc_random_fill (NULL, pieces[0].bytes, sizeof pieces);
  tap_point (n_interrupts == 0 && are_all_different (pieces, 1024),
             "/random/long/filled-in-spite-of-signals");
}

/* Each of a few numbers comes about: that one is missing has a chance below 2 ** -170. */
static void
test_below (void)
{
  unsigned found[3] = { 0 };
  bool is_below = true;

  for (unsigned i = 0; i < 300; i++)
    {
      uint64_t number = wsc_random_choose_below (3);

      is_below = is_below && number < 3;
      found[number % 3]++;
    }
  tap_point (is_below && found[0] > 0 && found[1] > 0 && found[2] > 0, "/random/below/each-number");
  tap_point (wsc_random_choose_below (1) == 0, "/random/below/one-number");
}

int
main (void)
{
  test_no_key ();               /* before the first draw of this process */
  test_fork ();
  test_threads ();
  tap_point (is_filled_to_the_end (), "/random/long/filled-to-the-end");
  test_below ();
  test_interrupted ();
  test_nested ();
  return tap_end ();
}
