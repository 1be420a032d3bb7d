/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "session/wsp-random-private.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_BYTES 64

typedef enum
{
  WIPES,
  REFUSES,                      /* it is old, and cannot wipe a page on fork */
  ACCEPTS_ALL,                  /* qemu-user does nothing and says that all is well */
} Kernel;

static Kernel kernel;

/* Before the C library's own. */
int
madvise (void  *at,
         size_t length,
         int    advice)
{
  if (kernel == ACCEPTS_ALL)
    return 0;

  if (kernel == REFUSES && advice == MADV_WIPEONFORK)
    {
      errno = EINVAL;
      return -1;
    }

  return (int) syscall (SYS_madvise, at, length, advice);
}

static void
test_fresh (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                                       (GDestroyNotify) g_bytes_unref, NULL);

  for (guint i = 0; i < 1000; i++)
    {
      guint8 bytes[16];

      wsp_random_fill (NULL, bytes, sizeof bytes);
      g_assert_true (g_hash_table_add (seen, g_bytes_new (bytes, sizeof bytes)));
    }
}

static void
test_large (void)
{
  g_autofree guint8 *bytes = g_malloc0 (100000);
  guint n_zero = 0;

  wsp_random_fill (NULL, bytes, 100000);
  for (guint i = 0; i < 100000; i++)
    n_zero += bytes[i] == 0;

  /* 391 are to be expected; a pool that was not refilled leaves tens of thousands. */
  g_assert_cmpuint (n_zero, <, 800);
  g_assert_cmpuint (n_zero, >, 100);
}

static void
test_fork (void)
{
  guint8 first[N_BYTES], mine[N_BYTES], child[N_BYTES];
  int ends[2], status;
  pid_t pid;

  wsp_random_fill (NULL, first, sizeof first);
  g_assert_cmpint (pipe (ends), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      wsp_random_fill (NULL, child, sizeof child);
      _exit (write (ends[1], child, sizeof child) == N_BYTES ? 0 : 1);
    }

  g_assert_cmpint (pid, >, 0);
  g_assert_cmpint (read (ends[0], child, sizeof child), ==, N_BYTES);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  wsp_random_fill (NULL, mine, sizeof mine);
  g_assert_cmpint (memcmp (mine, child, N_BYTES), !=, 0);
  close (ends[0]);
  close (ends[1]);
}

static gpointer
fork_in_thread (gpointer data)
{
  test_fork ();
  return NULL;
}

/* A thread has a pool of its own, which is made here. */
static void
test_fork_on_kernel (gconstpointer data)
{
  kernel = GPOINTER_TO_INT (data);
  g_thread_join (g_thread_new ("fork", fork_in_thread, NULL));
  kernel = WIPES;
}

static gpointer
draw (gpointer data)
{
  wsp_random_fill (NULL, data, N_BYTES);
  return NULL;
}

static void
test_threads (void)
{
  guint8 bytes[4][N_BYTES];
  GThread *threads[4];

  for (guint i = 0; i < 4; i++)
    threads[i] = g_thread_new ("draw", draw, bytes[i]);
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  for (guint i = 1; i < 4; i++)
    g_assert_cmpint (memcmp (bytes[i - 1], bytes[i], N_BYTES), !=, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/random/never-the-same", test_fresh);
  g_test_add_func ("/session/random/more-than-the-pool", test_large);
  g_test_add_func ("/session/random/WS-114-SEC-108-child-draws-others", test_fork);
  g_test_add_data_func ("/session/random/WS-114-SEC-108-child-draws-others-on-an-old-kernel",
                        GINT_TO_POINTER (REFUSES), test_fork_on_kernel);
  g_test_add_data_func ("/session/random/WS-114-SEC-108-child-draws-others-in-an-emulator",
                        GINT_TO_POINTER (ACCEPTS_ALL), test_fork_on_kernel);
  g_test_add_func ("/session/random/threads-draw-others", test_threads);
  return g_test_run ();
}
