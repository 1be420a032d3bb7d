/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The times at which the clients of one server connect again.  No test waits for an attempt: the
 * test reads next-attempt-us, and the times are so long that a busy machine makes no difference. */
#include "endpoint/far/dialed.h"
#include "endpoint/far/monitor.h"
#include "lib/listen.h"
#include "lib/rows.h"

#define SPREAD 1000             /* seconds; the same below */
#define MIN_DELAY 5000
#define RETRY_AFTER 20000
#define N_CLIENTS 300
#define N_BINS 10

static WspReconnector *
make_reconnector (WspClient  *client,
                  const char *uri)
{
  g_autoptr (TestMonitor) monitor = g_object_new (TEST_TYPE_MONITOR, NULL);

  return g_object_new (WSP_TYPE_RECONNECTOR, "client", client, "uri", uri,
                       "network-monitor", monitor, "spread", SPREAD * 1000,
                       "min-delay", MIN_DELAY * 1000, "max-delay", G_MAXINT, NULL);
}

static GNetworkMonitor *
peek_monitor (WspReconnector *reconnector)
{
  g_autoptr (GNetworkMonitor) monitor = NULL;

  g_object_get (reconnector, "network-monitor", &monitor, NULL);
  return monitor;               /* the reconnector has a reference */
}

static void
run_until_waiting (WspReconnector *reconnector)
{
  while (wsp_reconnector_get_next_attempt_us (reconnector) == 0)
    g_main_context_iteration (NULL, TRUE);
}

/* Seconds; the time that has passed already counts as well. */
static gint64
get_wait (WspReconnector *reconnector,
          gint64          begun)
{
  return (wsp_reconnector_get_next_attempt_us (reconnector) - begun) / G_USEC_PER_SEC;
}

static void
drop (WspReconnector *reconnector)
{
  wsp_reconnector_stop (reconnector);
  run_pending ();
  g_object_unref (reconnector);
  run_pending ();
}

typedef enum
{
  SERVER_DIES,
  SERVER_RESTARTS,
  SERVER_IS_BUSY,
  N_ENDS,
} End;

static const char *const ends[N_ENDS] = { "server-dies", "server-restarts", "retry-after" };

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               GPtrArray     *connections)
{
  g_ptr_array_add (connections, g_object_ref (connection));
  wsp_connection_start_receiving (connection);
}

static gboolean
refuse (WspServer    *server,
        WspHandshake *handshake,
        gpointer      data)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  wsp_headers_append (headers, "Retry-After", G_STRINGIFY (RETRY_AFTER), NULL);
  wsp_handshake_reject (handshake, 503, headers, NULL);
  return TRUE;
}

static void
end_connections (GPtrArray *connections,
                 End        end)
{
  for (guint i = 0; i < connections->len; i++)
    {
      if (end == SERVER_DIES)
        wsp_connection_abort (connections->pdata[i]);
      else
        wsp_connection_close_async (connections->pdata[i], 1012, NULL, NULL, NULL, NULL);
    }
}

static void
on_connected (WspReconnector *reconnector,
              WspConnection  *connection,
              guint          *n_connected)
{
  wsp_connection_start_receiving (connection);
  ++*n_connected;
}

/* A tenth of spread has a tenth of the clients, more or less: with 90 of 300 in one of them this
 * would fail once in 10^20 runs. */
static void
check_spread (GPtrArray *reconnectors,
              gint64     begun,
              gint64     from)
{
  guint counts[N_BINS] = { 0 };

  for (guint i = 0; i < reconnectors->len; i++)
    {
      gint64 wait = get_wait (reconnectors->pdata[i], begun) - from;

      g_assert_cmpint (wait, >=, 0);
      g_assert_cmpint (wait, <, SPREAD * 3 / 2);        /* and half of it for a slow machine */
      counts[MIN (wait * N_BINS / SPREAD, N_BINS - 1)]++;
    }
  for (guint i = 0; i < N_BINS; i++)
    {
      g_assert_cmpuint (counts[i], >, 0);
      g_assert_cmpuint (counts[i], <, 90);
    }
}

/* The clients of one server: of each other they know nothing. */
static GPtrArray *
start_clients (const char *uri,
               guint      *n_connected)
{
  GPtrArray *reconnectors = g_ptr_array_new_with_free_func ((GDestroyNotify) drop);

  for (guint i = 0; i < N_CLIENTS; i++)
    {
      WspReconnector *reconnector = make_reconnector (NULL, uri);

      g_ptr_array_add (reconnectors, reconnector);
      g_signal_connect (reconnector, "connected", G_CALLBACK (on_connected), n_connected);
      wsp_reconnector_start (reconnector);
    }
  return reconnectors;
}

static void
run_until_all_wait (GPtrArray *reconnectors)
{
  for (guint i = 0; i < reconnectors->len; i++)
    run_until_waiting (reconnectors->pdata[i]);
}

static void
test_herd (gconstpointer data)
{
  End end = GPOINTER_TO_UINT (data);
  g_autoptr (WspServer) server = wsp_server_new ();
  guint16 port = listen_on_free_port (server, "127.0.0.1");
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", port);
  g_autoptr (GPtrArray) connections = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_connected = 0;
  GPtrArray *reconnectors;
  gint64 begun;

  g_object_set (server, "max-pending-handshakes", N_CLIENTS, NULL);
  g_signal_connect (server, "connection", G_CALLBACK (on_connection), connections);
  if (end == SERVER_IS_BUSY)
    g_signal_connect (server, "request", G_CALLBACK (refuse), NULL);

  begun = g_get_monotonic_time ();
  reconnectors = start_clients (uri, &n_connected);
  if (end != SERVER_IS_BUSY)
    {
      run_until_count (&n_connected, N_CLIENTS);
      while (connections->len < N_CLIENTS)
        g_main_context_iteration (NULL, TRUE);
      begun = g_get_monotonic_time ();
      end_connections (connections, end);
    }
  run_until_all_wait (reconnectors);
  check_spread (reconnectors, begun, end == SERVER_IS_BUSY ? RETRY_AFTER : 0);
  g_ptr_array_unref (reconnectors);
}

static const struct
{
  const char *name;
  guint       code;             /* code of the server's Close; 0: no Close frame */
  gboolean    is_loss_for_all;
} losses[] = {
  { "no-close", 0, TRUE },
  { "1001", 1001, TRUE },
  { "1012", 1012, TRUE },
  { "1013", 1013, TRUE },
  { "1000", 1000, FALSE },
  { "1008", 1008, FALSE },
  { "1011", 1011, FALSE },
  { "4000", 4000, FALSE },
};

/* Switches, and sends a Close with the code, if there is one. */
static void
lose (FarPeer *peer,
      gpointer data)
{
  guint code = GPOINTER_TO_UINT (data);
  const guint8 close[] = { 0x88, 2, code >> 8, code & 0xff };
  g_autofree char *head = far_read_head (peer);
  guint8 reply[8];

  if (head == NULL)
    return;

  far_switch_and_end (peer, head);
  if (code != 0 && far_write_bytes (peer, close, sizeof close))
    far_read (peer, reply, sizeof reply);
}

static void
test_loss (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (lose, GUINT_TO_POINTER (losses[i].code));
  g_autofree char *uri = far_make_uri ("ws://127.0.0.1:PORT/", server);
  g_autoptr (WspClient) client = wsp_client_new ();
  WspReconnector *reconnector = make_reconnector (client, uri);
  gint64 begun = g_get_monotonic_time ();
  guint n_connected = 0;
  gint64 wait;

  g_signal_connect (reconnector, "connected", G_CALLBACK (on_connected), &n_connected);
  wsp_reconnector_start (reconnector);
  run_until_waiting (reconnector);
  wait = get_wait (reconnector, begun);
  g_assert_cmpuint (n_connected, ==, 1);
  if (losses[i].is_loss_for_all)
    g_assert_cmpint (wait, <, SPREAD * 2);
  else
    g_assert_cmpint (wait, >=, MIN_DELAY);
  drop (reconnector);
}

typedef enum
{
  RETURNS_AT_ONCE,
  WITHIN_SPREAD,
  AFTER_RETRY_AFTER,
  FAILS,                        /* the attempt fails, and back-off is at least 5000 seconds */
} Return;

static const struct
{
  const char *name;
  const char *payload;          /* payload of the Close, code included */
  gboolean    lasts;            /* TRUE if the connections are open for min-delay */
  Return      first, second;    /* delay after the first connection, and after the second one */
  guint       attempt;          /* number of the attempt while the second connection is waited for;
                                 * 0 = no failure */
  gsize       length;           /* length of a payload with a NUL; 0: there is none */
} returns[] = {
  { "retry-after-0/lasted", "\x03\xe9retry-after=0", TRUE, RETURNS_AT_ONCE, RETURNS_AT_ONCE, 0, 0 },
  { "retry-after-0-and-text/lasted", "\x0f\xa0retry-after=0; go", TRUE, RETURNS_AT_ONCE,
    RETURNS_AT_ONCE, 0, 0 },
  { "retry-after-0/too-soon", "\x03\xe9retry-after=0", FALSE, WITHIN_SPREAD, FAILS, 1, 0 },
  { "retry-after-0-of-4000/too-soon", "\x0f\xa0retry-after=0", FALSE, WITHIN_SPREAD, FAILS, 1, 0 },
  { "retry-after-20000/lasted", "\x03\xf4retry-after=20000; x", TRUE, AFTER_RETRY_AFTER,
    AFTER_RETRY_AFTER, 0, 0 },
  { "retry-after-20000/too-soon", "\x03\xf4retry-after=20000; x", FALSE, AFTER_RETRY_AFTER,
    AFTER_RETRY_AFTER, 1, 0 },
  { "retry-after-malformed/lasted", "\x03\xf4retry-after=-1", TRUE, WITHIN_SPREAD, WITHIN_SPREAD,
    0, 0 },
  { "retry-after-0-and-a-nul/lasted", "\x03\xe9retry-after=0\0x", TRUE, WITHIN_SPREAD, WITHIN_SPREAD,
    0, 17 },
  { "retry-after-20000-and-a-nul/lasted", "\x03\xf4retry-after=20000\0", TRUE, WITHIN_SPREAD,
    WITHIN_SPREAD, 0, 20 },
  { "1012/lasted", "\x03\xf4", TRUE, WITHIN_SPREAD, WITHIN_SPREAD, 0, 0 },
  { "1001/lasted", "\x03\xe9", TRUE, WITHIN_SPREAD, WITHIN_SPREAD, 0, 0 },
  { "1012/too-soon", "\x03\xf4", FALSE, WITHIN_SPREAD, FAILS, 1, 0 },
  { "1013/lasted", "\x03\xf5", TRUE, WITHIN_SPREAD, WITHIN_SPREAD, 1, 0 },
};

/* Switches, and closes with the payload of the row. */
static void
close_as_told (FarPeer *peer,
               gpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const char *payload = returns[i].payload;
  gsize length = returns[i].length != 0 ? returns[i].length : strlen (payload);
  g_autofree char *head = far_read_head (peer);
  const guint8 frame[] = { 0x88, length };
  guint8 reply[8];

  if (head == NULL)
    return;

  far_switch_and_end (peer, head);
  if (far_write_bytes (peer, frame, sizeof frame) &&
      far_write_bytes (peer, (const guint8 *) payload, length))
    far_read (peer, reply, sizeof reply);
}

static void
check_return (WspReconnector *reconnector,
              gint64          begun,
              Return          expected)
{
  gint64 wait = get_wait (reconnector, begun);

  g_assert_cmpint (wait, >=, expected == FAILS ? MIN_DELAY
                             : expected == AFTER_RETRY_AFTER ? RETRY_AFTER : 0);
  g_assert_cmpint (wait, <, expected == FAILS ? 4 * MIN_DELAY
                            : expected == AFTER_RETRY_AFTER ? RETRY_AFTER + 2 * SPREAD
                            : 2 * SPREAD);
}

/* min-delay 0: each connection lasts for it. */
static void
test_return (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (close_as_told, GUINT_TO_POINTER (i));
  g_autofree char *uri = far_make_uri ("ws://127.0.0.1:PORT/", server);
  WspReconnector *reconnector = make_reconnector (NULL, uri);
  gint64 begun = g_get_monotonic_time ();
  guint n_connected = 0;

  g_signal_connect (reconnector, "connected", G_CALLBACK (on_connected), &n_connected);
  wsp_reconnector_set_reset_after (reconnector, G_MAXINT);
  if (returns[i].lasts)
    wsp_reconnector_set_min_delay (reconnector, 0);
  wsp_reconnector_start (reconnector);
  if (returns[i].first == RETURNS_AT_ONCE)
    {
      run_until_count (&n_connected, 4);        /* spread is far away */
      g_assert_cmpuint (wsp_reconnector_get_attempt (reconnector), ==, 1);
      drop (reconnector);
      return;
    }

  run_until_waiting (reconnector);
  check_return (reconnector, begun, returns[i].first);
  g_assert_cmpuint (wsp_reconnector_get_attempt (reconnector), ==, returns[i].attempt);
  wsp_reconnector_retry_now (reconnector);
  run_until_count (&n_connected, 2);
  run_until_waiting (reconnector);
  check_return (reconnector, begun, returns[i].second);
  drop (reconnector);
}

/* The present wait stays as it was announced. */
static void
test_change_while_waiting (void)
{
  g_autoptr (Far) server = far_new (lose, NULL);
  g_autofree char *uri = far_make_uri ("ws://127.0.0.1:PORT/", server);
  WspReconnector *reconnector = make_reconnector (NULL, uri);
  guint n_connected = 0;
  gint64 time, begun;

  g_signal_connect (reconnector, "connected", G_CALLBACK (on_connected), &n_connected);
  wsp_reconnector_set_reset_after (reconnector, 0);
  wsp_reconnector_start (reconnector);
  run_until_waiting (reconnector);
  time = wsp_reconnector_get_next_attempt_us (reconnector);
  wsp_reconnector_set_spread (reconnector, 0);
  run_pending ();
  g_assert_cmpint (wsp_reconnector_get_next_attempt_us (reconnector), ==, time);
  wsp_reconnector_set_spread (reconnector, G_MAXINT);
  wsp_reconnector_set_min_delay (reconnector, 0);
  run_pending ();
  g_assert_cmpint (wsp_reconnector_get_next_attempt_us (reconnector), ==, time);

  /* The next wait has the new one: 24 days. */
  begun = g_get_monotonic_time ();
  wsp_reconnector_retry_now (reconnector);
  run_until_count (&n_connected, 2);
  run_until_waiting (reconnector);
  g_assert_cmpint (get_wait (reconnector, begun), <=, G_MAXINT / 1000 + 60);
  wsp_reconnector_set_spread (reconnector, 0);
  wsp_reconnector_retry_now (reconnector);
  run_until_count (&n_connected, 4);            /* at once */
  drop (reconnector);
}

/* A network that comes and goes: one attempt at once, the next one min-delay later. */
static void
test_flapping (void)
{
  WspReconnector *reconnector = make_reconnector (NULL, "ws://127.0.0.1:1/");
  GNetworkMonitor *monitor = peek_monitor (reconnector);
  gint64 begun = g_get_monotonic_time ();

  wsp_reconnector_start (reconnector);
  run_until_waiting (reconnector);
  g_signal_emit_by_name (monitor, "network-changed", TRUE);
  g_assert_cmpint (wsp_reconnector_get_next_attempt_us (reconnector), ==, 0);
  run_until_waiting (reconnector);
  g_assert_cmpint (get_wait (reconnector, begun), >=, 2 * MIN_DELAY);
  for (guint i = 0; i < 100; i++)
    {
      g_signal_emit_by_name (monitor, "network-changed", i % 2 == 0);
      run_pending ();
    }
  g_assert_cmpuint (wsp_reconnector_get_attempt (reconnector), ==, 2);
  g_assert_cmpint (get_wait (reconnector, begun), >=, MIN_DELAY - 1);
  g_assert_cmpint (get_wait (reconnector, begun), <, 2 * MIN_DELAY);
  drop (reconnector);
}

typedef struct                  /* a reconnector of a thread that lets its main loop wait */
{
  GMutex           mutex;
  GCond            changed;
  GNetworkMonitor *monitor;     /* network monitor of a reconnector that waits, which the thread
                                 * sets */
  gboolean         goes_on;
} Foreign;

static gpointer
run_reconnector (gpointer data)
{
  Foreign *foreign = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);

  WspReconnector *reconnector = make_reconnector (NULL, "ws://127.0.0.1:1/");

  wsp_reconnector_start (reconnector);
  while (wsp_reconnector_get_next_attempt_us (reconnector) == 0)
    g_main_context_iteration (context, TRUE);

  g_mutex_lock (&foreign->mutex);
  foreign->monitor = peek_monitor (reconnector);
  g_cond_signal (&foreign->changed);
  while (!foreign->goes_on)
    g_cond_wait (&foreign->changed, &foreign->mutex);
  g_mutex_unlock (&foreign->mutex);

  g_assert_cmpuint (wsp_reconnector_get_attempt (reconnector), ==, 1);
  while (wsp_reconnector_get_attempt (reconnector) != 2)
    g_main_context_iteration (context, TRUE);
  while (wsp_reconnector_get_next_attempt_us (reconnector) == 0)
    g_main_context_iteration (context, TRUE);
  g_object_unref (reconnector);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  return NULL;
}

/* The monitor's thread is not the reconnector's: nothing happens in it. */
static void
test_foreign_monitor (void)
{
  Foreign foreign = { 0 };
  GThread *thread = g_thread_new ("reconnector", run_reconnector, &foreign);

  g_mutex_lock (&foreign.mutex);
  while (foreign.monitor == NULL)
    g_cond_wait (&foreign.changed, &foreign.mutex);
  g_signal_emit_by_name (foreign.monitor, "network-changed", TRUE);
  foreign.goes_on = TRUE;
  g_cond_signal (&foreign.changed);
  g_mutex_unlock (&foreign.mutex);
  g_thread_join (thread);
}

/* Notes the opcode of each frame, until the client has closed. */
static void
note_frames (FarPeer *peer,
             gpointer data)
{
  g_autofree char *head = far_read_head (peer);
  guint8 frame[2], rest[4 + 125];

  if (head == NULL)
    return;

  far_switch_and_end (peer, head);
  while (far_read (peer, frame, sizeof frame) && far_read (peer, rest, 4 + (frame[1] & 0x7f)))
    far_note (peer->far, "frame %02x", frame[0]);
}

static void
test_flapping_while_open (void)
{
  g_autoptr (Far) server = far_new (note_frames, NULL);
  g_autofree char *uri = far_make_uri ("ws://127.0.0.1:PORT/", server);
  g_autofree char *notes = NULL;
  WspReconnector *reconnector = make_reconnector (NULL, uri);
  GNetworkMonitor *monitor = peek_monitor (reconnector);
  guint n_connected = 0, n_disconnected = 0;

  g_signal_connect (reconnector, "connected", G_CALLBACK (on_connected), &n_connected);
  g_signal_connect_swapped (reconnector, "disconnected", G_CALLBACK (g_atomic_int_inc),
                            &n_disconnected);
  wsp_reconnector_start (reconnector);
  run_until_count (&n_connected, 1);
  for (guint i = 0; i < 100; i++)
    {
      g_signal_emit_by_name (monitor, "network-changed", i % 2 == 0);
      run_pending ();
    }
  wsp_reconnector_stop (reconnector);
  run_until_count (&n_disconnected, 1);
  notes = far_dup_notes (server);
  g_assert_contains (notes, "frame 89\nframe 88\n");
  drop (reconnector);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < N_ENDS; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/endpoint/reconnector-spread/WS-169-no-herd-after/%s", ends[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_herd);
    }
  for (guint i = 0; i < G_N_ELEMENTS (losses); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/endpoint/reconnector-spread/%s/%s",
                         losses[i].is_loss_for_all ? "anywhere-after" : "back-off-after",
                         losses[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_loss);
    }
  ADD_ROWS ("/endpoint/reconnector-spread/returns-after", returns, test_return);
  g_test_add_func ("/endpoint/reconnector-spread/change-affects-the-next-wait",
                   test_change_while_waiting);
  g_test_add_func ("/endpoint/reconnector-spread/network-flaps-while-waiting", test_flapping);
  g_test_add_func ("/endpoint/reconnector-spread/network-changes-in-another-thread",
                   test_foreign_monitor);
  g_test_add_func ("/endpoint/reconnector-spread/network-flaps-while-open",
                   test_flapping_while_open);

  return g_test_run ();
}
