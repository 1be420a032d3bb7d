/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Opening handshakes of a server: too many of them, those that come to a full server, and those
 * that a shutdown finds.  Each test runs with the server's own context and with a thread.
 * test-server-tls-peers.c has those of TLS. */
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/limit.h"
#include "lib/listen.h"

#include <gio/gunixsocketaddress.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIME_LIMIT 60
#define HEAD "GET /chat HTTP/1.1\r\n" KNOCK_FIELDS
#define REQUEST KNOCK_REQUEST ("")
#define PAGE "GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define LATER_PAGE "GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define CLOSE "88 05 03 e9 62 79 65"
#define N_DEFAULT 256           /* of max-pending-handshakes */
#define N_EXTRA 32              /* clients beyond max-connections */

typedef struct
{
  WspServer    *server;
  guint16       port;
  GMainContext *context;        /* context in which the program decides */
  GPtrArray    *held;           /* undecided requests; only used in the context's thread */
  gboolean      defers;
  gsize         page_size;      /* length of the page; 0: a few bytes */
  guint         n_held, n_connections, n_failures, n_closing;
} Fixture;

static void
hold (Fixture *self,
      gpointer request)
{
  self->context = g_main_context_get_thread_default ();
  g_ptr_array_add (self->held, g_object_ref (request));
  g_atomic_int_inc (&self->n_held);
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Fixture      *self)
{
  if (!self->defers)
    return TRUE;

  wsp_handshake_defer (handshake);
  hold (self, handshake);
  return TRUE;
}

static void
respond (Fixture        *self,
         WspHttpRequest *request)
{
  g_autoptr (GBytes) body = self->page_size > 0
                            ? g_bytes_new_take (g_malloc0 (self->page_size), self->page_size)
                            : g_bytes_new_static ("page", 4);

  wsp_http_request_respond (request, 200, NULL, body);
}

static gboolean
on_http_request (WspServer      *server,
                 WspHttpRequest *request,
                 Fixture        *self)
{
  if (g_str_equal (wsp_http_request_get_path (request), "/page"))
    {
      respond (self, request);
      return TRUE;
    }

  wsp_http_request_defer (request);
  hold (self, request);
  return TRUE;
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  if (wsp_connection_get_state (connection) != WSP_CONNECTION_STATE_OPEN)
    g_atomic_int_inc (&self->n_closing);
  g_atomic_int_inc (&self->n_connections);
  wsp_connection_start_receiving (connection);
}

static Fixture *
fixture_new (gconstpointer has_thread,
             guint         max_pending)
{
  Fixture *self = g_new (Fixture, 1);

  limit_set (TIME_LIMIT, "a test of opening handshakes");
  *self = (Fixture) { .server = wsp_server_new (), .held = g_ptr_array_new () };
  g_ptr_array_set_free_func (self->held, g_object_unref);
  g_object_set (self->server, "max-pending-handshakes", max_pending, NULL);
  g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
  g_signal_connect (self->server, "http-request", G_CALLBACK (on_http_request), self);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_signal_connect_swapped (self->server, "handshake-failed", G_CALLBACK (g_atomic_int_inc),
                            &self->n_failures);
  if (has_thread != NULL)
    g_assert_true (wsp_server_start_workers (self->server, 1, NULL));
  self->port = listen_on_free_port (self->server, "127.0.0.1");
  return self;
}

/* The shutdown ends the thread, whose handlers use self. */
static void
fixture_free (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsp_server_shutdown_async (self->server, 1001, NULL, 0, NULL, keep_result, &result);
  run_until_result (&result);
  run_pending ();
  g_clear_object (&self->server);
  g_ptr_array_unref (self->held);
  run_pending ();
  limit_clear ();
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static gboolean
decide (gpointer data)
{
  Fixture *self = data;

  for (guint i = 0; i < self->held->len; i++)
    {
      gpointer request = self->held->pdata[i];

      if (WSP_IS_HTTP_REQUEST (request))
        respond (self, request);
      else
        wsp_handshake_proceed (request);
    }
  g_ptr_array_set_size (self->held, 0);
  g_atomic_int_set (&self->n_held, 0);
  return G_SOURCE_REMOVE;
}

/* Accepts all requests that wait, in the thread that serves them. */
static void
decide_all (Fixture *self)
{
  g_main_context_invoke (self->context, decide, self);
  while (g_atomic_int_get (&self->n_held) > 0)
    g_main_context_iteration (NULL, FALSE);
}

static int
come (Fixture    *self,
      const char *text)
{
  int fd = knock_dial (self->port);

  knock_send (fd, text);
  return fd;
}

static void
expect (int         fd,
        const char *status)
{
  g_autofree char *response = knock_read (fd, "\r\n\r\n");

  g_test_message ("%s", response);
  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 "));
  if (g_str_equal (status, "503"))
    g_assert_nonnull (strstr (response, "\r\nRetry-After: 5\r\n"));
  response[strlen ("HTTP/1.1 ") + 3] = '\0';
  g_assert_cmpstr (response + strlen ("HTTP/1.1 "), ==, status);
}

/* When the request of a newcomer was answered, the server has read what came before. */
static void
let_server_read (Fixture *self)
{
  int fd = come (self, PAGE);

  expect (fd, "200");
  close (fd);
}

static void
close_all (const int *fds,
           guint      n)
{
  for (guint i = 0; i < n; i++)
    close (fds[i]);
}

/* The default limit, and many clients who send half a request: a good client comes through, the
 * oldest get a response, and the youngest are served when they go on. */
static void
test_half_heads (gconstpointer has_thread)
{
  const guint n_beyond = 40;
  int fds[N_DEFAULT + 40];
  g_autoptr (Fixture) fixture = fixture_new (has_thread, N_DEFAULT);

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = come (fixture, HEAD);
      if (i < n_beyond)         /* the order in which they go is checked */
        let_server_read (fixture);
    }
  let_server_read (fixture);

  int good = come (fixture, REQUEST);

  expect (good, "101");
  close (good);
  for (guint i = 0; i < n_beyond; i++)
    expect (fds[i], "503");
  g_assert_cmpuint (g_atomic_int_get (&fixture->n_failures), ==, n_beyond);
  for (guint i = n_beyond; i < G_N_ELEMENTS (fds); i++)
    {
      knock_send (fds[i], "\r\n");
      expect (fds[i], "101");
    }
  close_all (fds, G_N_ELEMENTS (fds));
}

/* Clients who have sent nothing push out each other only. */
static void
test_silent (gconstpointer has_thread)
{
  int half[8], silent[40];
  g_autoptr (Fixture) fixture = fixture_new (has_thread, G_N_ELEMENTS (half));

  for (guint i = 0; i < G_N_ELEMENTS (half); i++)
    half[i] = come (fixture, HEAD);
  let_server_read (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    silent[i] = come (fixture, "");
  run_until_atomic (&fixture->n_failures, G_N_ELEMENTS (silent) - G_N_ELEMENTS (half));
  g_assert_true (wire_is_ended (silent[0]));
  g_assert_true (wire_is_ended (silent[31]));
  for (guint i = 0; i < G_N_ELEMENTS (half); i++)
    {
      knock_send (half[i], "\r\n");
      expect (half[i], "101");
    }
  knock_send (silent[39], REQUEST);
  expect (silent[39], "101");
  g_assert_cmpuint (g_atomic_int_get (&fixture->n_failures), ==, 32);
  close_all (half, G_N_ELEMENTS (half));
  close_all (silent, G_N_ELEMENTS (silent));
}

/* The newest requests are refused that the program has not decided about; a request that a handler
 * answers at once is not one of them. */
static void
test_undecided (gconstpointer has_thread)
{
  int first[4];
  g_autoptr (Fixture) fixture = fixture_new (has_thread, G_N_ELEMENTS (first));

  fixture->defers = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    first[i] = come (fixture, i == 0 ? LATER_PAGE : REQUEST);
  run_until_atomic (&fixture->n_held, G_N_ELEMENTS (first));
  for (guint i = 0; i < 6; i++)
    {
      int fd = come (fixture, i % 2 ? LATER_PAGE : REQUEST);

      expect (fd, "503");
      close (fd);
    }
  let_server_read (fixture);
  decide_all (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    expect (first[i], i == 0 ? "200" : "101");
  fixture->defers = FALSE;

  int last = come (fixture, REQUEST);

  expect (last, "101");
  close (last);
  close_all (first, G_N_ELEMENTS (first));
}

/* Many requests that arrive before the server reads any of them: each is read before its place is
 * given away. */
static void
test_arrived_at_once (gconstpointer has_thread)
{
  int fds[50];
  g_autoptr (Fixture) fixture = fixture_new (has_thread, 1);

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = come (fixture, REQUEST);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    expect (fds[i], "101");
  g_assert_cmpuint (g_atomic_int_get (&fixture->n_failures), ==, 0);
  close_all (fds, G_N_ELEMENTS (fds));
}

/* Clients who do not hang up after their refusal hold up nobody else. */
static void
test_refused_who_stay (gconstpointer has_thread)
{
  int fds[20];
  g_autoptr (Fixture) fixture = fixture_new (has_thread, 2);
  const guint n_descriptors = knock_count_files () + G_N_ELEMENTS (fds);

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = come (fixture, "GET / HTTP/1.1\r\n\r\n");
      expect (fds[i], "400");
    }
  let_server_read (fixture);
  g_assert_cmpuint (knock_count_files (), <=, n_descriptors + 3);
  g_assert_cmpuint (g_atomic_int_get (&fixture->n_failures), ==, G_N_ELEMENTS (fds));
  close_all (fds, G_N_ELEMENTS (fds));
}

/* A full server answers ordinary HTTP, and refuses WebSockets, until there is room. */
static void
test_full (gconstpointer has_thread)
{
  g_autoptr (Fixture) fixture = fixture_new (has_thread, N_DEFAULT);

  wsp_server_set_max_connections (fixture->server, 2);
  int first = come (fixture, REQUEST), second = come (fixture, REQUEST);

  expect (first, "101");
  expect (second, "101");
  for (guint i = 0; i < 2 * N_EXTRA; i++)
    {
      int fd = come (fixture, REQUEST);

      expect (fd, "503");
      close (fd);
      let_server_read (fixture);
    }
  g_assert_cmpuint (g_atomic_int_get (&fixture->n_failures), ==, 2 * N_EXTRA);
  g_assert_cmpuint (fixture->n_connections, ==, 2);

  wsp_server_set_max_connections (fixture->server, 3);
  int third = come (fixture, REQUEST);

  expect (third, "101");
  close (third);
  close (second);
  while (g_list_model_get_n_items (wsp_server_get_connections (fixture->server)) > 1)
    g_main_context_iteration (NULL, FALSE);
  second = come (fixture, REQUEST);
  expect (second, "101");
  close (second);
  close (first);
}

/* Those who come to a full server and send nothing have little time: two seconds, however long
 * handshake-timeout is. */
static void
test_full_and_silent (gconstpointer has_thread)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  int silent[2 * N_EXTRA];
  g_autoptr (Fixture) fixture = fixture_new (has_thread, N_DEFAULT);

  wire_set_number (limits, "handshake-timeout", 1000 * 1000);
  wsp_server_set_limits (fixture->server, limits);
  wsp_server_set_max_connections (fixture->server, 1);
  int first = come (fixture, REQUEST);

  expect (first, "101");
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    silent[i] = come (fixture, i == 0 ? HEAD : "");
  expect (silent[0], "503");
  let_server_read (fixture);
  g_assert_cmpuint (g_atomic_int_get (&fixture->n_failures), >=, N_EXTRA);
  close (first);
  close_all (silent, G_N_ELEMENTS (silent));
}

static void
expect_timeout (gconstpointer has_thread,
                guint         max_connections,
                guint         timeout)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (Fixture) fixture = fixture_new (has_thread, N_DEFAULT);

  wsp_server_set_max_connections (fixture->server, max_connections);
  int open = come (fixture, REQUEST);

  expect (open, "101");
  wsp_limits_set_handshake_timeout (limits, timeout);
  wsp_server_set_limits (fixture->server, limits);
  int half = come (fixture, HEAD);

  expect (half, "408");
  close (half);
  close (open);
}

/* handshake-timeout is the reason if it is shorter than the two seconds, or if there is room. */
static void
test_timeout (gconstpointer has_thread)
{
  expect_timeout (has_thread, 1, 50);
  expect_timeout (has_thread, 2, 2100);
}

static void
run_until_time (gint64 time)
{
  while (g_get_monotonic_time () < time)
    g_main_context_iteration (NULL, FALSE);
}

/* The two seconds are for the request, the decision and the response together: of two clients who
 * come to a full server, the first one goes first, although the program answers it late, and it
 * does not read the answer. */
static void
test_full_and_slow (gconstpointer has_thread)
{
  const gint64 begun = g_get_monotonic_time ();
  g_autofree char *name = g_strdup_printf ("wsp-server-pending-%d", getpid ());
  /* A Unix socket takes no megabyte that nobody reads. */
  g_autoptr (GSocketAddress) address =
    g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (Fixture) fixture = fixture_new (has_thread, N_DEFAULT);

  g_assert_nonnull (wsp_server_listen (fixture->server, address, WSP_LISTEN_FLAGS_DEFAULT, NULL));
  wsp_server_set_max_connections (fixture->server, 1);
  int open = come (fixture, REQUEST);

  expect (open, "101");
  const guint n_descriptors = knock_count_files ();
  int slow = knock_dial_address (address);

  knock_send (slow, LATER_PAGE);
  run_until_atomic (&fixture->n_held, 1);
  run_until_time (begun + G_USEC_PER_SEC / 2);
  int silent = come (fixture, "");

  run_until_time (begun + G_USEC_PER_SEC);
  fixture->page_size = 1 << 20;
  decide_all (fixture);
  run_until_atomic (&fixture->n_failures, 1);
  run_pending ();
  g_assert_true (wire_is_ended (silent));
  g_assert_cmpuint (knock_count_files (), ==, n_descriptors + 2);
  close (silent);
  close (slow);
  close (open);
}

/* Clients that a shutdown finds: a silent one, one with half a request, and those with undecided
 * requests. */
static void
test_shutdown (gconstpointer has_thread)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (Fixture) fixture = fixture_new (has_thread, N_DEFAULT);
  int open = come (fixture, REQUEST);

  expect (open, "101");
  fixture->defers = TRUE;
  int undecided = come (fixture, REQUEST), page = come (fixture, LATER_PAGE);

  run_until_atomic (&fixture->n_held, 2);
  int silent = come (fixture, ""), half = come (fixture, HEAD);

  let_server_read (fixture);
  wsp_server_shutdown_async (fixture->server, 1001, "bye", TIME_LIMIT * 1000, NULL, keep_result,
                             &result);
  g_autofree char *frame = wire_read (open, 7);

  g_assert_cmpstr (frame, ==, CLOSE);
  close (open);
  decide_all (fixture);
  fixture->defers = FALSE;
  knock_send (half, "\r\n");
  knock_send (silent, REQUEST);
  int fds[] = { undecided, half, silent };

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      expect (fds[i], "101");
      g_autofree char *end = wire_read (fds[i], 7);

      g_assert_cmpstr (end, ==, CLOSE);
      g_assert_null (result);
      wire_write (fds[i], "88 82 00 00 00 00 03 e9");
    }
  expect (page, "200");
  close (page);
  run_until_result (&result);
  g_assert_true (wsp_server_shutdown_finish (fixture->server, result, NULL));
  g_assert_cmpuint (fixture->n_connections, ==, 4);
  g_assert_cmpuint (fixture->n_closing, ==, 0);
  g_assert_cmpuint (fixture->n_failures, ==, 0);
  close_all (fds, G_N_ELEMENTS (fds));

  /* The next connection, in another life of the server, stays open. */
  fixture->port = listen_on_free_port (fixture->server, "127.0.0.1");
  int fd = come (fixture, REQUEST "\x81\x80\x01\x02\x03\x04");

  expect (fd, "101");
  run_pending ();
  g_assert_cmpint (recv (fd, &result, 1, MSG_DONTWAIT), ==, -1);
  close (fd);
}

/* Those who do not go on are dropped when the time is over, and at once if there is none. */
static void
test_shutdown_without_end (gconstpointer has_thread)
{
  for (guint grace = 0; grace < 20; grace += 10)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (Fixture) fixture = fixture_new (has_thread, N_DEFAULT);
      int silent = come (fixture, ""), half = come (fixture, HEAD);

      let_server_read (fixture);
      wsp_server_shutdown_async (fixture->server, 1001, NULL, grace, NULL, keep_result, &result);
      run_until_result (&result);
      g_assert_true (wire_is_ended (silent));
      g_assert_true (wire_is_ended (half));
      close (silent);
      close (half);
    }
}

static const struct
{
  const char   *name;
  GTestDataFunc func;
} tests[] = {
  { "SEC-25-half-heads-do-not-lock-out", test_half_heads },
  { "SEC-25-silent-clients-push-out-silent-ones", test_silent },
  { "SEC-25-newest-undecided-are-refused", test_undecided },
  { "requests-that-arrive-at-once-are-read", test_arrived_at_once },
  { "refused-clients-who-stay", test_refused_who_stay },
  { "SEC-95-full-server-answers", test_full },
  { "SEC-95-silent-clients-of-a-full-server-go", test_full_and_silent },
  { "SEC-95-handshake-timeout-is-told", test_timeout },
  { "SEC-95-slow-clients-of-a-full-server-go", test_full_and_slow },
  { "WS-170-shutdown-lets-them-finish", test_shutdown },
  { "WS-170-shutdown-drops-them-after-grace", test_shutdown_without_end },
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (tests); i++)
    {
      gboolean has_thread = i % 2;
      g_autofree char *path = g_strdup_printf ("/endpoint/server-pending/%s/%s", tests[i / 2].name,
                                               has_thread ? "in-a-thread" : "in-the-main-loop");

      g_test_add_data_func (path, GINT_TO_POINTER (has_thread), tests[i / 2].func);
    }
  return g_test_run ();
}
