/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A program forks while a thread of the library makes a default object of GLib. */

#include "base/wsp-fork-private.h"
#include "endpoint/far/dialed.h"

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__ (&name))dlsym (RTLD_NEXT, #name))
#define MAX_SECONDS 60          /* of a child that may wait for ever */

static GMutex default_lock;     /* as GLib's: it is held while a default object is made */
static int is_making;           /* atomic */
static int n_waits;
static gboolean is_time_over;

/* The thread is slow enough for a fork () while it makes the object. */
static void
begin_making (void)
{
  g_mutex_lock (&default_lock);
  g_atomic_int_set (&is_making, TRUE);
  g_usleep (100000);
}

/* In place of GLib's, for the code of the library that is in this program. */

GNetworkMonitor *
g_network_monitor_get_default (void)
{
  begin_making ();
  g_mutex_unlock (&default_lock);
  return NEXT (g_network_monitor_get_default) ();
}

GTlsDatabase *
g_tls_backend_get_default_database (GTlsBackend *backend)
{
  begin_making ();
  g_mutex_unlock (&default_lock);
  return NEXT (g_tls_backend_get_default_database) (backend);
}

gboolean
g_cond_wait_until (GCond  *cond,
                   GMutex *mutex,
                   gint64  end)
{
  n_waits++;
  return !is_time_over && NEXT (g_cond_wait_until) (cond, mutex, end);
}

/* Returns how the child ended that takes the lock. */
static int
fork_and_lock (void)
{
  int status = -1;
  pid_t child = fork ();

  if (child == 0)
    {
      alarm (MAX_SECONDS);
      g_mutex_lock (&default_lock);
      _exit (0);
    }

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  return status;
}

static void
serve (FarPeer *peer,
       gpointer data)
{
  far_wait_for_end (peer);
}

/* The process is one of its own: GLib makes a default object once. */
static void
test_connect (gconstpointer uri)
{
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      return;
    }

  g_autoptr (Far) server = far_new (serve, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autofree char *address = far_make_uri (uri, server);
  Dialed dialed = { 0 };

  dial_begin (&dialed, client, address, NULL);
  while (!g_atomic_int_get (&is_making))
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (fork_and_lock (), ==, 0);
  _exit (0);
}

/* The thread that holds fork () off may call it, as GLib does to begin a session bus. */
static void
test_own_thread (void)
{
  n_waits = 0;
  wsp_fork_begin_counting ();
  wsp_fork_hold_off ();
  g_assert_cmpint (fork_and_lock (), ==, 0);
  wsp_fork_admit ();
  g_assert_cmpint (n_waits, ==, 0);
}

static gpointer
hold_off (gpointer data)
{
  wsp_fork_hold_off ();
  return NULL;
}

static void
test_limit (void)
{
  n_waits = 0;
  is_time_over = TRUE;
  wsp_fork_begin_counting ();
  g_thread_join (g_thread_new ("holder", hold_off, NULL));
  g_assert_cmpint (fork_and_lock (), ==, 0);
  g_assert_cmpint (n_waits, ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define PATH "/endpoint/fork-held-off/"
  g_test_add_data_func (PATH "while-the-network-monitor-is-made", "ws://127.0.0.1:PORT/",
                        test_connect);
  g_test_add_data_func (PATH "while-the-default-database-is-made", "wss://127.0.0.1:PORT/",
                        test_connect);
  g_test_add_func (PATH "but-not-in-the-thread-itself", test_own_thread);
  g_test_add_func (PATH "but-not-for-ever", test_limit);
  return g_test_run ();
}
