/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/tap-place.h"
#include "endpoint/far/dialed.h"
#include "endpoint/far/monitor.h"
#include "lib/rows.h"

typedef struct
{
  WspReconnector *reconnector;
  TestMonitor    *monitor;
  guint           n_connected, n_disconnected, n_waits, status;
  GError         *error;        /* error of the last failed attempt */
  gboolean        has_handshake;        /* TRUE if the last failed attempt had a handshake */
} Tried;

static void
on_connected (WspReconnector *reconnector,
              WspConnection  *connection,
              Tried          *tried)
{
  g_autoptr (WspConnection) present = NULL;

  g_object_get (reconnector, "connection", &present, NULL);
  g_assert_true (present == connection);
  tried->n_connected++;
  wsp_connection_start_receiving (connection);
}

static void
on_disconnected (WspReconnector *reconnector,
                 WspCloseInfo   *info,
                 Tried          *tried)
{
  g_assert_nonnull (info);
  tried->n_disconnected++;
}

static gboolean
note_failure (WspReconnector *reconnector,
              WspHandshake   *handshake,
              const GError   *error,
              Tried          *tried)
{
  g_clear_error (&tried->error);
  tried->error = g_error_copy (error);
  tried->has_handshake = handshake != NULL;
  tried->status = handshake != NULL ? wsp_handshake_get_response_status (handshake) : 0;
  return TRUE;
}

static Tried *
tried_new (const char *uri,
           guint       min_delay,
           guint       reset_after)
{
  Tried *self = g_new (Tried, 1);
  g_autoptr (WspClient) client = wsp_client_new ();

  *self = (Tried) { .monitor = g_object_new (TEST_TYPE_MONITOR, NULL) };
  self->reconnector = g_object_new (WSP_TYPE_RECONNECTOR, "client", client, "uri", uri,
                                    "network-monitor", self->monitor,
                                    "spread", 1, "min-delay", min_delay, "max-delay", G_MAXINT,
                                    "reset-after", reset_after, NULL);
  g_signal_connect (self->reconnector, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->reconnector, "disconnected", G_CALLBACK (on_disconnected), self);
  g_signal_connect_swapped (self->reconnector, "notify::next-attempt-us",
                            G_CALLBACK (g_atomic_int_inc), &self->n_waits);
  return self;
}

/* The URI of a port on which no server listens: it was just released. */
static char *
make_dead_uri (void)
{
  Far *far = far_new (far_keep_silent, NULL);
  char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", far_get_port (far));

  far_free (far);
  return uri;
}

static char *
make_uri (Far *far)
{
  return g_strdup_printf ("ws://127.0.0.1:%u/", far_get_port (far));
}

static void
tried_free (Tried *self)
{
  if (self->reconnector != NULL)
    wsp_reconnector_stop (self->reconnector);
  run_pending ();
  g_clear_object (&self->reconnector);
  g_clear_object (&self->monitor);
  g_clear_error (&self->error);
  run_pending ();
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tried, tried_free)

static guint
get_attempt (Tried *self)
{
  guint attempt;

  g_object_get (self->reconnector, "attempt", &attempt, NULL);
  return attempt;
}

/* Milliseconds, rounded; -1: no attempt is scheduled. */
static gint64
get_wait (Tried *self)
{
  gint64 time;

  g_object_get (self->reconnector, "next-attempt-us", &time, NULL);
  return time > 0 ? (time - g_get_monotonic_time ()) / 1000 : -1;
}

static void
run_until_waiting (Tried *self)
{
  while (get_wait (self) < 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
serve_once (FarPeer *peer,
            gpointer data)
{
  g_autofree char *head = far_read_head (peer);
  guint8 frame[8];

  if (head == NULL)
    return;

  g_autofree char *answer = far_make_switch (head, "");

  /* And sends a Close, which the client answers: after one of code 1001, it would matter how long
   * the connection has lasted. */
  if (far_write (peer, answer) && far_write_bytes (peer, "\x88\x02\x0f\xa0", 4))
    far_read (peer, frame, sizeof frame);
}

/* The server closes, and the client connects again. */
static void
test_again (gconstpointer data)
{
  g_autoptr (Far) server = far_new (serve_once, NULL);
  g_autofree char *uri = make_uri (server);
  gboolean works = GPOINTER_TO_UINT (data);
  g_autoptr (Tried) tried = tried_new (uri, 1, works ? 0 : G_MAXINT);

  wsp_reconnector_start (tried->reconnector);
  wsp_reconnector_start (tried->reconnector);
  run_until_count (&tried->n_connected, 3);
  g_assert_cmpuint (tried->n_disconnected, ==, 2);
  g_assert_cmpuint (get_attempt (tried), ==, works ? 1 : 3);
}

static void
test_delay (void)
{
  g_autofree char *uri = make_dead_uri ();
  gint64 wait;

  g_autoptr (Tried) tried = tried_new (uri, 1000000, 0);
  g_signal_connect (tried->reconnector, "should-retry", G_CALLBACK (note_failure), tried);
  wsp_reconnector_start (tried->reconnector);
  g_assert_cmpint (get_wait (tried), ==, -1);
  run_until_waiting (tried);
  wait = get_wait (tried);
  g_assert_cmpint (wait, >=, 900000);
  g_assert_cmpint (wait, <=, 2000000);
  g_assert_error (tried->error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_cmpuint (tried->status, ==, 0);
  g_assert_cmpuint (get_attempt (tried), ==, 1);

  wsp_reconnector_retry_now (tried->reconnector);
  g_assert_cmpint (get_wait (tried), ==, -1);
  run_until_waiting (tried);
  wait = get_wait (tried);
  g_assert_cmpint (wait, >=, 1900000);
  g_assert_cmpint (wait, <=, 4000000);
  g_assert_cmpuint (get_attempt (tried), ==, 2);
}

static void
test_network (void)
{
  g_autofree char *uri = make_dead_uri ();
  g_autoptr (Tried) tried = tried_new (uri, 1000000, 0);

  wsp_reconnector_start (tried->reconnector);
  run_until_waiting (tried);
  g_signal_emit_by_name (tried->monitor, "network-changed", FALSE);
  g_assert_cmpuint (get_attempt (tried), ==, 1);
  g_signal_emit_by_name (tried->monitor, "network-changed", TRUE);
  g_assert_cmpuint (get_attempt (tried), ==, 2);
  run_until_waiting (tried);

  wsp_reconnector_stop (tried->reconnector);
  g_signal_emit_by_name (tried->monitor, "network-changed", TRUE);
  run_pending ();
  g_assert_cmpint (get_wait (tried), ==, -1);
  g_assert_cmpuint (get_attempt (tried), ==, 2);
}

static void
take_ping (FarPeer *peer,
           gpointer data)
{
  g_autofree char *head = far_read_head (peer);
  guint8 frame[2];

  if (head == NULL)
    return;

  g_autofree char *answer = far_make_switch (head, "");

  if (far_write (peer, answer) && far_read (peer, frame, sizeof frame))
    far_note (peer->far, "frame %02x", frame[0]);
}

/* P-07: an open connection is probed when the network has changed. */
static void
test_probe (void)
{
  g_autoptr (Far) server = far_new (take_ping, NULL);
  g_autofree char *uri = make_uri (server);
  g_autofree char *notes = NULL;
  g_autoptr (Tried) tried = tried_new (uri, 1000000, 0);

  wsp_reconnector_start (tried->reconnector);
  run_until_count (&tried->n_connected, 1);
  g_signal_emit_by_name (tried->monitor, "network-changed", TRUE);
  run_until_count (&tried->n_disconnected, 1);
  notes = far_dup_notes (server);
  g_assert_contains (notes, "frame 89\n");
}

static const struct
{
  const char *name, *answer;
  gboolean    retries;
  gint64      min_wait, max_wait;       /* range of the wait in seconds */
} answers[] = {
  { "404-gives-up", "HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n", FALSE, 0, 0 },
  { "401-gives-up", "HTTP/1.1 401 Login\r\nContent-Length: 0\r\n\r\n", FALSE, 0, 0 },
  { "426-gives-up", "HTTP/1.1 426 Old\r\nSec-WebSocket-Version: 8\r\nContent-Length: 0\r\n\r\n",
    FALSE, 0, 0 },
  { "500-tries-again", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", TRUE, 0, 1 },
  { "WS-38-503-with-seconds",
    "HTTP/1.1 503 Busy\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n", TRUE, 3590, 3601 },
  { "WS-38-429-with-seconds",
    "HTTP/1.1 429 Much\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n", TRUE, 3590, 3601 },
  { "WS-38-503-for-ever",
    "HTTP/1.1 503 Busy\r\nRetry-After: 99999999999\r\nContent-Length: 0\r\n\r\n", TRUE, 86390, 86401 },
};

static void
test_answer (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (far_serve, (gpointer) answers[i].answer);
  g_autofree char *uri = make_uri (server);
  g_autoptr (Tried) tried = tried_new (uri, 400, 0);

  wsp_reconnector_start (tried->reconnector);
  if (answers[i].retries)
    {
      run_until_waiting (tried);
      g_assert_cmpint (get_wait (tried), >=, answers[i].min_wait * 1000);
      g_assert_cmpint (get_wait (tried), <=, answers[i].max_wait * 1000);
    }
  else
    {
      /* start () has no effect until the reconnector has given up; then it tries again. */
      while (far_get_count (server) < 2)
        {
          g_main_context_iteration (NULL, FALSE);
          wsp_reconnector_start (tried->reconnector);
        }
      g_assert_cmpuint (tried->n_waits, ==, 0);
    }
}

static const struct
{
  const char     *name;
  WspError error;
  guint           status;
  gboolean        retries;
} errors[] = {
  { "bad-argument-gives-up", WSP_ERROR_INVALID_ARGUMENT, 0, FALSE },
  { "version-gives-up", WSP_ERROR_VERSION_NOT_SUPPORTED, 0, FALSE },
  { "subprotocol-gives-up", WSP_ERROR_SUBPROTOCOL_NOT_SUPPORTED, 0, FALSE },
  { "no-response-tries-again", WSP_ERROR_HANDSHAKE, 0, TRUE },
  { "302-tries-again", WSP_ERROR_HANDSHAKE, 302, TRUE },
  { "400-gives-up", WSP_ERROR_HANDSHAKE, 400, FALSE },
  { "408-tries-again", WSP_ERROR_HANDSHAKE, 408, TRUE },
  { "425-tries-again", WSP_ERROR_HANDSHAKE, 425, TRUE },
  { "429-tries-again", WSP_ERROR_HANDSHAKE, 429, TRUE },
  { "499-gives-up", WSP_ERROR_HANDSHAKE, 499, FALSE },
  { "500-tries-again", WSP_ERROR_HANDSHAKE, 500, TRUE },
};

/* A handshake with a response of this status; NULL: there is none. */
static WspHandshake *
make_refused (guint status)
{
  static const char fields[] = "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                               "Sec-WebSocket-Version: 13\r\n\r\n";
  g_autoptr (GBytes) block = g_bytes_new_static (fields, strlen (fields));
  g_autoptr (WspHeaders) headers = wsp_headers_parse (block, NULL);
  WspHandshake *handshake;

  if (status == 0)
    return NULL;

  handshake = wsp_handshake_new_server ("GET", "/", "1.1", headers, NULL);
  wsp_handshake_reject (handshake, status, NULL, NULL);
  return handshake;
}

/* The default handler alone. */
static void
test_error (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (WspReconnector) reconnector = wsp_reconnector_new ("ws://127.0.0.1/", client);
  g_autoptr (GError) error = g_error_new_literal (WSP_ERROR, errors[i].error, "text");
  g_autoptr (WspHandshake) handshake = make_refused (errors[i].status);
  gboolean retries = !errors[i].retries;

  g_assert_true (wsp_reconnector_get_client (reconnector) == client);
  g_signal_emit_by_name (reconnector, "should-retry", handshake, error, &retries);
  g_assert_cmpint (retries, ==, errors[i].retries);
}

/* A handler runs before the default handler. */
static void
test_handler (void)
{
  g_autoptr (Far) server = far_new (far_serve, (gpointer) answers[0].answer);
  g_autofree char *uri = make_uri (server);
  g_autoptr (Tried) tried = tried_new (uri, 1000000, 0);

  g_signal_connect (tried->reconnector, "should-retry", G_CALLBACK (note_failure), tried);
  wsp_reconnector_start (tried->reconnector);
  run_until_waiting (tried);
  g_assert_cmpuint (tried->status, ==, 404);
  g_assert_true (tried->has_handshake);
  g_assert_error (tried->error, WSP_ERROR, WSP_ERROR_HANDSHAKE);
}

/* The error is not reported inside the call. */
static void
test_bad_uri (void)
{
  g_autoptr (Tried) tried = tried_new ("http://127.0.0.1/", 1000000, 0);

  g_signal_connect (tried->reconnector, "should-retry", G_CALLBACK (note_failure), tried);
  wsp_reconnector_start (tried->reconnector);
  g_assert_no_error (tried->error);
  run_until_waiting (tried);
  g_assert_error (tried->error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_false (tried->has_handshake);
}

/* A connection of before a stop and a start ends while the next one is open. */
static void
test_closed_late (void)
{
  g_autoptr (Far) server = far_new (far_serve, NULL);
  g_autofree char *uri = make_uri (server);
  g_autoptr (WspConnection) first = NULL;
  g_autoptr (WspConnection) present = NULL;
  g_autoptr (Tried) tried = tried_new (uri, 1000000, 0);

  wsp_reconnector_start (tried->reconnector);
  run_until_count (&tried->n_connected, 1);
  g_object_get (tried->reconnector, "connection", &first, NULL);
  wsp_reconnector_stop (tried->reconnector);
  wsp_reconnector_start (tried->reconnector);
  run_until_count (&tried->n_connected, 2);
  wsp_connection_abort (first);
  run_until_count (&tried->n_disconnected, 1);
  g_object_get (tried->reconnector, "connection", &present, NULL);
  g_assert_true (WSP_IS_CONNECTION (present) && present != first);
  g_assert_cmpint (get_wait (tried), ==, -1);
}

typedef enum
{
  BEFORE_START,
  AFTER_START,
  WHILE_CONNECTING,
  WHILE_OPEN,
  WHILE_WAITING,
  N_MOMENTS,
} Moment;

static const char *const moments[N_MOMENTS] = {
  "before-start", "after-start", "while-connecting", "while-open", "while-waiting",
};

static void
go_to (Tried *tried,
       Far   *server,
       Moment moment)
{
  if (moment != BEFORE_START)
    wsp_reconnector_start (tried->reconnector);
  if (moment == WHILE_CONNECTING)
    {
      while (far_get_count (server) == 0)
        g_main_context_iteration (NULL, FALSE);
    }
  else if (moment == WHILE_OPEN)
    {
      run_until_count (&tried->n_connected, 1);
    }
  else if (moment == WHILE_WAITING)
    {
      run_until_waiting (tried);
    }
}

/* Stopped or dropped in any state: nothing leaks, and nothing happens afterwards. */
static void
test_end (gconstpointer data)
{
  Moment moment = GPOINTER_TO_UINT (data) / 2;
  gboolean is_stopped = GPOINTER_TO_UINT (data) % 2;
  g_autoptr (Far) server = far_new (moment == WHILE_CONNECTING ? far_keep_silent : far_serve, NULL);
  g_autofree char *uri = moment == WHILE_WAITING ? make_dead_uri () : make_uri (server);
  g_autoptr (Tried) tried = tried_new (uri, 1000000, 0);

  go_to (tried, server, moment);
  if (is_stopped)
    {
      wsp_reconnector_stop (tried->reconnector);
      run_pending ();
      g_assert_cmpint (get_wait (tried), ==, -1);
      wsp_reconnector_stop (tried->reconnector);
    }
  else
    {
      g_object_add_weak_pointer (G_OBJECT (tried->reconnector), (gpointer *) &tried->reconnector);
      g_object_unref (tried->reconnector);
      while (tried->reconnector != NULL)
        g_main_context_iteration (NULL, TRUE);
    }
}

static void
stop (gpointer data)
{
  wsp_reconnector_stop (((Tried *) data)->reconnector);
}

static void
drop (gpointer data)
{
  g_clear_object (&((Tried *) data)->reconnector);
}

/* A tap is notified of the answer, and the attempt succeeds before its result is taken. */
static void
test_end_in_a_tap (gconstpointer data)
{
  gboolean is_stopped = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (far_serve, NULL);
  g_autofree char *uri = make_uri (server);
  g_autoptr (TestPlaceTap) tap = NULL;
  g_autoptr (Tried) tried = tried_new (uri, 1000000, 0);

  tap = test_place_tap_new (AT_BYTES_RECEIVED, is_stopped ? stop : drop, tried);
  wsp_client_add_tap (wsp_reconnector_get_client (tried->reconnector), WSP_TAP (tap));
  wsp_reconnector_start (tried->reconnector);
  while (!tap->was_reached)
    g_main_context_iteration (NULL, TRUE);
  run_pending ();
  g_assert_cmpuint (tried->n_connected, ==, 0);
  g_assert_cmpuint (tried->n_disconnected, ==, 0);
  g_assert_true (!is_stopped || get_wait (tried) < 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/endpoint/reconnector/answer", answers, test_answer);
  ADD_ROWS ("/endpoint/reconnector/error", errors, test_error);
  for (guint i = 0; i < N_MOMENTS * 2; i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/reconnector/%s/%s",
                                               i % 2 ? "stopped" : "dropped", moments[i / 2]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_end);
    }
  g_test_add_data_func ("/endpoint/reconnector/stopped/in-a-tap-of-the-answer",
                        GUINT_TO_POINTER (TRUE), test_end_in_a_tap);
  g_test_add_data_func ("/endpoint/reconnector/dropped/in-a-tap-of-the-answer",
                        GUINT_TO_POINTER (FALSE), test_end_in_a_tap);
  g_test_add_data_func ("/endpoint/reconnector/again-after-one-that-works",
                        GUINT_TO_POINTER (TRUE), test_again);
  g_test_add_data_func ("/endpoint/reconnector/again-after-one-that-does-not-last",
                        GUINT_TO_POINTER (FALSE), test_again);
  g_test_add_func ("/endpoint/reconnector/delay-and-retry-now", test_delay);
  g_test_add_func ("/endpoint/reconnector/network-returns", test_network);
  g_test_add_func ("/endpoint/reconnector/network-changes", test_probe);
  g_test_add_func ("/endpoint/reconnector/handler-decides", test_handler);
  g_test_add_func ("/endpoint/reconnector/earlier-connection-that-ends-changes-nothing",
                   test_closed_late);
  g_test_add_func ("/endpoint/reconnector/uri-that-is-none", test_bad_uri);

  return g_test_run ();
}
