/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Neither memory nor descriptors grow with the number of TLS connects, each by a client of its own:
 * test-client-tls-growth [N].  The server is in the same process.
 *
 * Freed blocks that an allocator keeps for itself would count as used: it keeps none here. */
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "endpoint/far/dialed.h"
#include "endpoint/knock.h"
#include "lib/listen.h"

#define N_CONNECTS 300
#define N_FIRST 100             /* at least, before memory is counted */
#define N_TURNS 24              /* of the main loop, until a connect is complete or nearly so */
#define MAX_GROWTH (16 * 1024)  /* bytes: connections of the server that have not ended yet */
#define TUNABLES "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0"

typedef enum
{
  WAY_SERVED,
  WAY_REFUSED,                  /* the client refuses, as it trusts the system's CAs alone */
  WAY_CANCELLED,                /* the call is cancelled after 0 to N_TURNS - 1 turns of the main
                                 * loop */
  N_WAYS,
} Way;

static const char *const claims[N_WAYS] = {
  [WAY_SERVED] = "none-by-connections",
  [WAY_REFUSED] = "none-by-refused-certificates",
  [WAY_CANCELLED] = "none-by-cancelled-connects",
};

static guint n_connects = N_CONNECTS;

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               gpointer       data)
{
  g_assert_true (wsp_connection_queue_text (connection, "hi", NULL));
  wsp_connection_start_receiving (connection);
}

static void
close_cleanly (Dialed *dialed)
{
  g_autoptr (GAsyncResult) result = NULL;

  dial_is_open (dialed);
  g_assert_null (wsp_connection_get_io_stream (dialed->connection));
  wsp_connection_close_async (dialed->connection, 1000, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  g_assert_true (wsp_connection_close_finish (dialed->connection, result, NULL));
}

static void
connect_once (Way         way,
              const char *uri,
              guint       number)
{
  g_autoptr (WspClient) client = dial_client (NULL);
  g_auto (Dialed) dialed = { 0 };

  wsp_client_set_tls_database (client, way == WAY_REFUSED ? NULL : authority_get_database ());
  dial_begin (&dialed, client, uri, NULL);
  if (way == WAY_CANCELLED)
    {
      for (guint i = 0; i < number % N_TURNS && dialed.result == NULL; i++)
        g_main_context_iteration (NULL, TRUE);
      g_cancellable_cancel (dialed.cancellable);
    }
  dial_wait (&dialed);
  if (way == WAY_SERVED)
    close_cleanly (&dialed);
  else if (way == WAY_REFUSED)
    dial_has_failed (&dialed, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "is not trusted: ");
}

/* Returns the bytes in use when all connections have ended. */
static gsize
connect_often (Way         way,
               const char *uri,
               guint       n,
               guint       n_descriptors)
{
  for (guint i = 0; i < n; i++)
    connect_once (way, uri, i);
  while (knock_count_files () > n_descriptors)
    g_main_context_iteration (NULL, TRUE);
  run_pending ();

  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static void
test_growth (gconstpointer data)
{
  Way way = GPOINTER_TO_UINT (data);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autofree char *uri = NULL;
  guint n_descriptors;
  gsize before, after;

  if (knock_leaves_tls_to_gio ())
    {
      g_test_skip ("GIO does TLS");
      return;
    }

  g_object_set (server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD), NULL);
  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  uri = g_strdup_printf ("wss://127.0.0.1:%u/", listen_on_free_port (server, "127.0.0.1"));

  connect_once (WAY_SERVED, uri, 0);
  n_descriptors = knock_count_files ();
  before = connect_often (way, uri, MAX (n_connects / 10, N_FIRST), n_descriptors);
  after = connect_often (way, uri, n_connects, n_descriptors);
  g_test_message ("%u connects: %" G_GSIZE_FORMAT " bytes before, %" G_GSIZE_FORMAT " after",
                  n_connects, before, after);
  g_assert_cmpuint (after, <=, before + MAX_GROWTH);
}

int
main (int    argc,
      char **argv)
{
  if (g_strcmp0 (g_getenv ("GLIBC_TUNABLES"), TUNABLES) != 0)
    {
      g_setenv ("GLIBC_TUNABLES", TUNABLES, TRUE);
      g_setenv ("G_SLICE", "always-malloc", TRUE);
      execv ("/proc/self/exe", argv);
    }

  g_test_init (&argc, &argv, NULL);
  if (argc == 2)
    n_connects = strtoul (argv[1], NULL, 10);
  for (Way way = 0; way < N_WAYS; way++)
    {
      g_autofree char *path = g_strconcat ("/endpoint/client-tls-growth/", claims[way], NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (way), test_growth);
    }
  return g_test_run ();
}
