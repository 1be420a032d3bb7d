/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A program forks while a thread of the library makes a default object of GLib.  Each row is a
 * process of its own: GLib makes such an object once. */

#include "base/wsp-fork-private.h"
#include "endpoint/far/certificates.h"
#include "endpoint/far/dialed.h"
#include "lib/listen.h"
#include "lib/rows.h"

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__ (&name))dlsym (RTLD_NEXT, #name))
#define MAX_SECONDS 20          /* of a child that may wait for ever */

typedef enum
{
  NO_OBJECT,
  RESOLVER,
  MONITOR,
  DATABASE,
} Object;

static GMutex default_lock;     /* as GLib's: it is held while a default object is made */
static Object row_object;
static int is_making, has_forked, n_waits, n_timeouts;  /* atomic */
static gboolean is_time_over;

/* The thread that makes the object of the row has the lock until the fork () of the main thread
 * waits, or is over without a wait. */
static void
begin_making (Object object)
{
  g_mutex_lock (&default_lock);
  if (object == row_object)
    {
      g_atomic_int_set (&is_making, TRUE);
      while (g_atomic_int_get (&n_waits) == 0 && !g_atomic_int_get (&has_forked))
        g_thread_yield ();
    }
  g_mutex_unlock (&default_lock);
}

/* In place of GLib's, for the code of the library that is in this program. */

GProxyResolver *
g_proxy_resolver_get_default (void)
{
  begin_making (RESOLVER);
  return NEXT (g_proxy_resolver_get_default) ();
}

GNetworkMonitor *
g_network_monitor_get_default (void)
{
  begin_making (MONITOR);
  return NEXT (g_network_monitor_get_default) ();
}

GTlsDatabase *
g_tls_backend_get_default_database (GTlsBackend *backend)
{
  begin_making (DATABASE);
  return NEXT (g_tls_backend_get_default_database) (backend);
}

gboolean
g_cond_wait_until (GCond  *cond,
                   GMutex *mutex,
                   gint64  end)
{
  g_atomic_int_inc (&n_waits);
  if (!is_time_over && NEXT (g_cond_wait_until) (cond, mutex, end))
    return TRUE;

  g_atomic_int_inc (&n_timeouts);
  return FALSE;
}

/* The child may make objects, and fork, without a wait for what threads of its parent do. */
static int
run_child (gboolean holds)
{
  int status;

  alarm (MAX_SECONDS);
  g_atomic_int_set (&n_waits, 0);
  g_mutex_lock (&default_lock);
  wsp_fork_hold_off ();
  wsp_fork_admit ();
  if (holds)
    wsp_fork_admit ();

  pid_t child = fork ();

  if (child == 0)
    _exit (0);
  return waitpid (child, &status, 0) == child && status == 0 && n_waits == 0 ? 0 : 1;
}

static void
fork_once (gboolean holds)
{
  int status = -1;
  pid_t child = fork ();

  if (child == 0)
    _exit (run_child (holds));

  g_atomic_int_set (&has_forked, TRUE);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

static gpointer
connect_in_thread (gpointer data)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autofree char *uri = NULL;
  g_auto (Dialed) dialed = { 0 };

  if (row_object == DATABASE)
    g_object_set (server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD), NULL);
  uri = g_strdup_printf ("%s://127.0.0.1:%u/", row_object == DATABASE ? "wss" : "ws",
                         listen_on_free_port (server, "127.0.0.1"));
  dial_begin (&dialed, client, uri, NULL);
  dial_wait (&dialed);
  return NULL;
}

static const struct
{
  const char *name;
  Object      object;           /* what a thread of the library makes; NO_OBJECT: there is none */
  gboolean    holds;            /* TRUE: the thread that forks holds fork () off itself */
  gboolean    other_holds;      /* TRUE: another thread holds fork () off for ever */
  gboolean    waits, is_time_over;
} rows[] = {
  { "while-the-proxy-resolver-is-made", RESOLVER, FALSE, FALSE, TRUE, FALSE },
  { "while-the-network-monitor-is-made", MONITOR, FALSE, FALSE, TRUE, FALSE },
  { "while-the-default-database-is-made", DATABASE, FALSE, FALSE, TRUE, FALSE },
  { "but-not-for-ever", NO_OBJECT, FALSE, TRUE, TRUE, TRUE },
  { "but-not-by-its-own-thread", NO_OBJECT, TRUE, FALSE, FALSE, FALSE },
  { "but-not-if-two-threads-wait-for-each-other", NO_OBJECT, TRUE, TRUE, FALSE, FALSE },
};

static gpointer
hold_off (gpointer data)
{
  wsp_fork_hold_off ();
  return NULL;
}

static void
test_row (gconstpointer data)
{
  const guint row = GPOINTER_TO_UINT (data);
  GThread *thread = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      return;
    }

  row_object = rows[row].object;
  is_time_over = rows[row].is_time_over;
  wsp_fork_begin_counting ();
  if (rows[row].holds)
    wsp_fork_hold_off ();
  if (rows[row].other_holds)
    g_thread_join (g_thread_new ("holder", hold_off, NULL));
  if (row_object != NO_OBJECT)
    thread = g_thread_new ("client", connect_in_thread, NULL);
  while (thread != NULL && !g_atomic_int_get (&is_making))
    g_thread_yield ();

  fork_once (rows[row].holds);
  g_assert_cmpint (g_atomic_int_get (&n_waits) > 0, ==, rows[row].waits);
  g_assert_cmpint (g_atomic_int_get (&n_timeouts) > 0, ==, rows[row].is_time_over);
  if (thread != NULL)
    g_thread_join (thread);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/endpoint/fork-held-off", rows, test_row);
  return g_test_run ();
}
