/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Ordinary HTTP on the port of a server: clients that are slow, gone or half-closed, and handlers
 * that run the main loop, drop the server, or respond late. */
#include "connection/wire.h"
#include "endpoint/far/certificates.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/log-watch.h"
#include "lib/rows.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define HTTP(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define MIB (1u << 20)
#define SHORT 60

typedef enum
{
  OK,
  RUN_LOOP,                     /* run a main loop, in which another request is answered */
  RUN_LOOP_UNTIL_GONE,          /* run a main loop, in which the client disconnects */
  DROP,                         /* drop the last reference to the server */
  DROP_LATE,                    /* drop the last reference to the server after the response */
  SHUT_DOWN,
  DEFER,
  DEFER_AND_DROP,
} Action;

typedef struct
{
  WspServer    *server;
  GSocketAddress *address;      /* address of a Unix socket, whose buffers are small */
  char         *folder;
  Action        action;
  GBytes       *page;
  guint         n_asked, n_failures, n_released;
  WspHttpRequest *held;
  GThread      *thread;         /* thread of the last handler */
  int           fd;
  char         *inner;
} Fixture;

static guint n_criticals;
static gboolean are_criticals_expected;

static GLogWriterOutput
catch_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  g_atomic_int_add (&n_criticals, level == G_LOG_LEVEL_CRITICAL);
  return are_criticals_expected ? G_LOG_WRITER_HANDLED
                                : g_log_writer_default (level, fields, n_fields, NULL);
}

/* The end of a body is code of the program, too. */
static void
release_page (gpointer data)
{
  Fixture *self = data;

  self->n_released++;
  if (self->action == DROP_LATE)
    g_clear_object (&self->server);
  if (self->action == RUN_LOOP)
    run_pending ();
}

static void
respond (Fixture        *self,
         WspHttpRequest *request)
{
  gsize length;
  gconstpointer at = g_bytes_get_data (self->page, &length);
  g_autoptr (GBytes) body = g_bytes_new_with_free_func (at, length, release_page, self);

  wsp_http_request_respond (request, 200, NULL, body);
}

static void
act (Fixture        *self,
     WspHttpRequest *request)
{
  switch (self->action)
    {
    case RUN_LOOP:
      if (self->inner == NULL)
        {
          self->inner = g_strdup ("");
          int fd = knock_dial_address (self->address);

          knock_send (fd, HTTP ("/inner"));
          g_free (self->inner);
          self->inner = knock_read (fd, NULL);
          close (fd);
        }
      break;
    case RUN_LOOP_UNTIL_GONE:
      close (self->fd);
      self->fd = -1;
      run_pending ();
      break;
    case DROP:
      g_clear_object (&self->server);
      break;
    case SHUT_DOWN:
      wsp_server_shutdown_async (self->server, 1001, NULL, 0, NULL, NULL, NULL);
      break;
    case DEFER:
    case DEFER_AND_DROP:
      wsp_http_request_defer (request);
      return;
    case OK:
    case DROP_LATE:
      break;
    }
  respond (self, request);
}

static gboolean
on_http (WspServer      *server,
         WspHttpRequest *request,
         Fixture        *self)
{
  g_autoptr (WspServer) held = g_object_ref (server);

  self->thread = g_thread_self ();
  g_set_object (&self->held, request);
  act (self, request);
  if (self->action == DEFER_AND_DROP)
    g_clear_object (&self->server);
  g_atomic_int_inc (&self->n_asked);
  return TRUE;
}

static Fixture *
fixture_new (Action action,
             gsize  length)
{
  Fixture *self = g_new (Fixture, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = g_strnfill (length, 'x');

  *self = (Fixture) { .server = wsp_server_new (), .action = action, .fd = -1 };
  self->page = g_bytes_new (text, length);
  self->folder = g_dir_make_tmp ("wsp-http-XXXXXX", NULL);
  path = g_build_filename (self->folder, "socket", NULL);
  self->address = g_unix_socket_address_new (path);
  g_signal_connect (self->server, "http-request", G_CALLBACK (on_http), self);
  g_signal_connect_swapped (self->server, "handshake-failed", G_CALLBACK (g_atomic_int_inc),
                            &self->n_failures);
  wsp_server_listen (self->server, self->address, WSP_LISTEN_FLAGS_DEFAULT, &error);
  g_assert_no_error (error);
  return self;
}

static int
ask (Fixture *self)
{
  self->fd = knock_dial_address (self->address);
  knock_send (self->fd, HTTP ("/page"));
  return self->fd;
}

static void
fixture_end (Fixture *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  run_pending ();
  g_clear_object (&self->held);
  g_clear_object (&self->server);
  run_pending ();
}

static void
fixture_free (Fixture *self)
{
  g_autofree char *path = g_build_filename (self->folder, "socket", NULL);

  fixture_end (self);
  g_bytes_unref (self->page);
  g_object_unref (self->address);
  g_unlink (path);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->inner);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* Returns the length of the body. */
static gsize
read_body (int fd)
{
  g_autofree char *response = knock_read (fd, NULL);
  const char *end = strstr (response, "\r\n\r\n");

  return end != NULL ? strlen (end + 4) : 0;
}

static const struct
{
  const char *name;
  Action      action;
  gboolean    is_answered;
  guint       n_asked, n_failures, n_released;
} handlers[] = {
  { "responds", OK, TRUE, 1, 0, 1 },
  { "runs-the-main-loop", RUN_LOOP, TRUE, 2, 0, 2 },
  { "outlives-the-client", RUN_LOOP_UNTIL_GONE, FALSE, 1, 0, 1 },
  { "drops-the-server", DROP, FALSE, 1, 0, 1 },
  { "body-drops-the-server", DROP_LATE, TRUE, 1, 0, 1 },
  { "shuts-the-server-down", SHUT_DOWN, FALSE, 1, 0, 1 },
};

static void
test_handler (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Fixture) fixture = fixture_new (handlers[i].action, MIB);

  ask (fixture);
  run_until_count (&fixture->n_asked, handlers[i].n_asked);
  if (fixture->fd >= 0)
    {
      gsize length = read_body (fixture->fd);

      g_assert_cmpuint (length, ==, handlers[i].is_answered ? MIB : 0);
    }
  if (fixture->inner != NULL)
    g_assert_true (g_str_has_suffix (fixture->inner, "xxxx"));
  g_clear_object (&fixture->held);
  run_pending ();
  g_assert_cmpuint (fixture->n_failures, ==, handlers[i].n_failures);
  fixture_end (fixture);
  g_assert_cmpuint (fixture->n_released, ==, handlers[i].n_released);
}

static gboolean
end_wait (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for (guint milliseconds)
{
  gboolean is_over = FALSE;

  g_timeout_add (milliseconds, end_wait, &is_over);
  run_until (&is_over);
}

/* A client that does not read is dropped after handshake-timeout; one that reads gets all of it. */
static void
test_slow_reader (gconstpointer data)
{
  gboolean reads = GPOINTER_TO_INT (data);
  g_autoptr (Fixture) fixture = fixture_new (OK, MIB);

  g_object_set (wsp_server_get_limits (fixture->server), "handshake-timeout", reads ? 20000 : SHORT,
                NULL);
  ask (fixture);
  run_until_count (&fixture->n_asked, 1);
  wait_for (3 * SHORT);
  g_clear_object (&fixture->held);
  g_assert_cmpuint (fixture->n_released, ==, reads ? 0 : 1);
  if (reads)
    g_assert_cmpuint (read_body (fixture->fd), ==, MIB);
  else
    g_assert_cmpuint (read_body (fixture->fd), <, MIB);
}

/* A response that is not read counts as an opening handshake: others take its place. */
static void
test_too_many (void)
{
  g_autoptr (Fixture) fixture = fixture_new (OK, MIB);

  g_object_set (fixture->server, "max-pending-handshakes", 1, NULL);
  int first = ask (fixture);

  run_until_count (&fixture->n_asked, 1);
  g_clear_object (&fixture->held);
  int second = ask (fixture);

  g_assert_cmpuint (read_body (second), ==, MIB);
  g_assert_cmpuint (read_body (first), <, MIB);
  g_assert_cmpuint (fixture->n_failures, ==, 0);
  close (first);
}

/* A client that has sent its request may say so at once, and reads afterwards. */
static void
test_half_closed (void)
{
  g_autoptr (Fixture) fixture = fixture_new (OK, MIB);
  int fd = ask (fixture);

  g_assert_cmpint (shutdown (fd, SHUT_WR), ==, 0);
  run_until_count (&fixture->n_asked, 1);
  wait_for (SHORT);
  g_assert_cmpuint (read_body (fd), ==, MIB);
}

/* A client that goes on sending after its request, and reads late. */
static void
test_garbage (void)
{
  g_autofree char *garbage = g_strnfill (100000, 'g');
  g_autoptr (Fixture) fixture = fixture_new (OK, MIB);
  int fd = ask (fixture);

  g_assert_cmpint (send (fd, garbage, 100000, MSG_NOSIGNAL), >, 0);
  run_until_count (&fixture->n_asked, 1);
  g_assert_cmpuint (read_body (fd), ==, MIB);
}

static void
test_client_gone (void)
{
  g_autoptr (Fixture) fixture = fixture_new (DEFER, 4);

  ask (fixture);
  run_until_count (&fixture->n_asked, 1);
  close (fixture->fd);
  fixture->fd = -1;
  run_until_count (&fixture->n_failures, 1);
  respond (fixture, fixture->held);
  g_assert_cmpuint (wsp_http_request_get_response_status (fixture->held), ==, 0);
  g_assert_cmpuint (fixture->n_released, ==, 1);
}

static void
test_too_late (void)
{
  g_autoptr (Fixture) fixture = fixture_new (DEFER, 4);

  wsp_limits_set_handshake_timeout (wsp_server_get_limits (fixture->server), 20);
  ask (fixture);
  g_autofree char *response = knock_read (fixture->fd, NULL);

  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 503 "));
  respond (fixture, fixture->held);
  run_pending ();
  g_assert_cmpuint (wsp_http_request_get_response_status (fixture->held), ==, 503);
  g_assert_cmpuint (fixture->n_released, ==, 1);
  g_assert_cmpuint (fixture->n_failures, ==, 1);
}

/* The server keeps a request that its handler has forgotten. */
static void
test_dropped (void)
{
  g_autoptr (Fixture) fixture = fixture_new (DEFER, 4);

  wsp_limits_set_handshake_timeout (wsp_server_get_limits (fixture->server), 20);
  ask (fixture);
  run_until_count (&fixture->n_asked, 1);
  g_object_add_weak_pointer (G_OBJECT (fixture->held), (gpointer *) &fixture->held);
  g_object_unref (fixture->held);
  g_assert_nonnull (fixture->held);
  g_autofree char *response = knock_read (fixture->fd, NULL);

  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 503 "));
  close (fixture->fd);
  fixture->fd = -1;
  run_pending ();
  g_assert_null (fixture->held);
}

static void
test_server_gone (void)
{
  g_autoptr (Fixture) fixture = fixture_new (DEFER_AND_DROP, 4);

  ask (fixture);
  run_until_count (&fixture->n_asked, 1);
  respond (fixture, fixture->held);
  g_assert_cmpuint (wsp_http_request_get_response_status (fixture->held), ==, 0);
  g_assert_cmpuint (read_body (fixture->fd), ==, 0);
}

static gpointer
respond_in_thread (gpointer data)
{
  Fixture *self = data;

  respond (self, self->held);
  wsp_http_request_defer (self->held);
  return NULL;
}

static void
test_other_thread (void)
{
  g_autoptr (Fixture) fixture = fixture_new (DEFER, 4);

  ask (fixture);
  run_until_count (&fixture->n_asked, 1);
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);

  n_criticals = 0;
  are_criticals_expected = TRUE;
  g_thread_join (g_thread_new ("other", respond_in_thread, fixture));
  are_criticals_expected = FALSE;
  g_log_set_always_fatal (fatal);
  g_assert_cmpuint (n_criticals, ==, 2);
  g_assert_cmpuint (wsp_http_request_get_response_status (fixture->held), ==, 0);
  respond (fixture, fixture->held);
  g_assert_cmpuint (read_body (fixture->fd), ==, 4);
}

static void
test_workers (void)
{
  Fixture fixture = { .server = wsp_server_new (), .action = OK, .fd = -1 };
  g_autoptr (GBytes) page = g_bytes_new_static ("page", 4);

  fixture.page = page;
  g_signal_connect (fixture.server, "http-request", G_CALLBACK (on_http), &fixture);
  g_assert_true (wsp_server_start_workers (fixture.server, 2, NULL));
  guint16 port = listen_on_free_port (fixture.server, NULL);
  g_autofree char *response = knock_ask (port, HTTP ("/"), NULL);

  g_assert_true (g_str_has_suffix (response, "\r\n\r\npage"));
  g_assert_true (fixture.thread != g_thread_self ());
  g_clear_object (&fixture.server);
  g_assert_cmpuint (fixture.n_asked, ==, 1);
  g_clear_object (&fixture.held);
  run_pending ();
  g_assert_cmpuint (fixture.n_released, ==, 1);
}

typedef struct
{
  guint16 port;
  char   *response;
} SecureCall;

static gboolean
trust (GTlsConnection *connection)
{
  return TRUE;
}

static void
trust_any (GSocketClient      *client,
           GSocketClientEvent  event,
           GSocketConnectable *place,
           GIOStream          *stream)
{
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING)
    return;

  g_signal_connect (stream, "accept-certificate", G_CALLBACK (trust), NULL);
  g_tls_connection_set_certificate (G_TLS_CONNECTION (stream),
                                    authority_get_certificate (CERTIFICATE_CLIENT));
}

static gpointer
ask_securely (gpointer data)
{
  SecureCall *call = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *bytes = g_malloc0 (MIB + 4096);
  gsize length;

  g_socket_client_set_tls (client, TRUE);
  g_signal_connect (client, "event", G_CALLBACK (trust_any), NULL);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", call->port, NULL, NULL);
  g_assert_nonnull (connection);
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  g_assert_true (g_output_stream_write_all (output, HTTP ("/"), strlen (HTTP ("/")), NULL, NULL,
                                            NULL));
  g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), bytes,
                           MIB + 4095, &length, NULL, NULL);
  g_atomic_pointer_set (&call->response, g_steal_pointer (&bytes));
  g_main_context_wakeup (NULL);
  return NULL;
}

static void
test_tls (void)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (Fixture) fixture = fixture_new (OK, MIB);

  g_object_set (fixture->server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD),
                "tls-database", authority_get_database (), "tls-authentication-mode",
                G_TLS_AUTHENTICATION_REQUESTED, NULL);
  authority_get_certificate (CERTIFICATE_CLIENT);       /* made in this thread */
  SecureCall call = { .port = listen_on_free_port (fixture->server, "127.0.0.1") };
  GThread *thread = g_thread_new ("client", ask_securely, &call);

  while (g_atomic_pointer_get (&call.response) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  g_assert_true (g_str_has_prefix (call.response, "HTTP/1.1 200 OK\r\n"));
  g_assert_cmpuint (strlen (strstr (call.response, "\r\n\r\n") + 4), ==, MIB);
  g_object_get (fixture->held, "tls-peer-certificate", &certificate, NULL);
  g_assert_true (g_tls_certificate_is_same (certificate,
                                            authority_get_certificate (CERTIFICATE_CLIENT)));
  g_free (call.response);
}

static void
drop_server (WspHttpRequest *request,
             GParamSpec     *property,
             Fixture        *self)
{
  g_clear_object (&self->server);
  run_pending ();
}

static void
test_notify_drops (void)
{
  g_autoptr (Fixture) fixture = fixture_new (DEFER, 4);

  ask (fixture);
  run_until_count (&fixture->n_asked, 1);
  g_signal_connect (fixture->held, "notify::response-status", G_CALLBACK (drop_server), fixture);
  respond (fixture, fixture->held);
  g_assert_cmpuint (read_body (fixture->fd), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_watch_threads (catch_log);
  ADD_ROWS ("/endpoint/server-http-clients/handler", handlers, test_handler);
  g_test_add_data_func ("/endpoint/server-http-clients/reader-that-is-late-gets-all",
                        GINT_TO_POINTER (TRUE), test_slow_reader);
  g_test_add_data_func ("/endpoint/server-http-clients/reader-that-does-not-read-is-dropped",
                        GINT_TO_POINTER (FALSE), test_slow_reader);
  g_test_add_func ("/endpoint/server-http-clients/too-many-drop-the-oldest", test_too_many);
  g_test_add_func ("/endpoint/server-http-clients/half-closed-gets-all", test_half_closed);
  g_test_add_func ("/endpoint/server-http-clients/garbage-behind-the-request", test_garbage);
  g_test_add_func ("/endpoint/server-http-clients/gone-before-the-response", test_client_gone);
  g_test_add_func ("/endpoint/server-http-clients/SEC-32-too-late", test_too_late);
  g_test_add_func ("/endpoint/server-http-clients/dropped-is-503", test_dropped);
  g_test_add_func ("/endpoint/server-http-clients/server-gone-before-the-response",
                   test_server_gone);
  g_test_add_func ("/endpoint/server-http-clients/other-thread-is-a-critical", test_other_thread);
  g_test_add_func ("/endpoint/server-http-clients/asked-in-the-workers-thread", test_workers);
  g_test_add_func ("/endpoint/server-http-clients/tls", test_tls);
  g_test_add_func ("/endpoint/server-http-clients/notify-drops-the-server", test_notify_drops);
  return g_test_run ();
}
