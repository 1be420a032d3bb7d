/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The processor time of a TLS handshake on a server, and the memory of an idle connection.  Each
 * server is a separate process.  A default GIO server reads the system's list of CAs for each
 * connection; with an empty database it has the least possible cost of a server with TLS. */
#include "connection/wire.h"
#include "endpoint/far/certificates.h"
#include "endpoint/knock.h"
#include "lib/listen.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <time.h>
#include <unistd.h>

#define FIRST_CLIENTS 8                 /* until one-time initialization is done */
#define SERVE "--serve"

#ifdef __SANITIZE_ADDRESS__
#define MEMORY_IS_OURS 0                /* most of it is the sanitizer's */
#else
#define MEMORY_IS_OURS 1
#endif

typedef enum
{
  OURS,
  OURS_ASKING,                  /* the library's TLS, which asks for certificates that its own
                                 * database verifies */
  GIO_WITHOUT_LIST,
  GIO_USUAL,
  N_SERVERS,
} Server;

/* Memory grows in steps that are too large for a few connections; a default GIO one has
 * megabytes. */
static const struct
{
  const char *name;
  guint       n_clients;
} servers[N_SERVERS] = {
  [OURS] = { "ours", 100 },
  [OURS_ASKING] = { "ours-asking", 100 },
  [GIO_WITHOUT_LIST] = { "gio-without-list", 100 },
  [GIO_USUAL] = { "gio-usual", 24 },
};

typedef struct
{
  double time;                  /* CPU time of a handshake, in seconds */
  double bytes;                 /* resident memory of an open connection, in bytes */
} Cost;

static Cost costs[N_SERVERS];
static const char *own_path;

/* The servers, one per process. */

static void
answer_upgrade (GObject      *source,
                GAsyncResult *result,
                gpointer      tls)
{
  GOutputStream *output = g_io_stream_get_output_stream (tls);
  g_autoptr (GBytes) request =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  const char *answer = "HTTP/1.1 101 Switching Protocols\r\n\r\n";

  if (request != NULL && g_bytes_get_size (request) > 0)
    g_output_stream_write_all (output, answer, strlen (answer), NULL, NULL, NULL);
}

static void
read_request (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_assert_true (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, NULL));
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (G_IO_STREAM (source)), 4096, 0,
                                   NULL, answer_upgrade, source);
}

static GIOStream *
make_gio_stream (Server     kind,
                 GIOStream *stream)
{
  GTlsCertificate *certificate = authority_get_certificate (CERTIFICATE_GOOD);
  GType type = g_tls_backend_get_server_connection_type (g_tls_backend_get_default ());

  if (kind == GIO_USUAL)
    return g_tls_server_connection_new (stream, certificate, NULL);
  return g_initable_new (type, NULL, NULL, "base-io-stream", stream, "certificate", certificate,
                         "database", NULL, NULL);
}

typedef struct
{
  Server     kind;
  GPtrArray *kept;
} GioServer;

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *stream,
             GObject           *source,
             GioServer         *self)
{
  GIOStream *tls = make_gio_stream (self->kind, G_IO_STREAM (stream));

  g_ptr_array_add (self->kept, tls);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), 0, NULL, read_request, NULL);
  return TRUE;
}

static gboolean
quit (int          fd,
      GIOCondition condition,
      gpointer     loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/* Until the standard input ends. */
static void
serve_on (guint16 port)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_assert_cmpuint (port, !=, 0);
  g_print ("%u\n", port);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, quit, loop);
  g_main_loop_run (loop);
}

static void
serve_ours (Server kind)
{
  g_autoptr (WspServer) server = wsp_server_new ();

  g_object_set (server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD), NULL);
  if (kind == OURS_ASKING)
    g_object_set (server, "tls-authentication-mode", G_TLS_AUTHENTICATION_REQUESTED, "tls-database",
                  authority_get_database (), NULL);
  serve_on (listen_on_free_port (server, "127.0.0.1"));
}

static void
serve_gio (Server kind)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GSocketService) service = g_socket_service_new ();
  GioServer self = { kind, kept };

  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), &self);
  serve_on (g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL));
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
}

static void
serve (Server kind)
{
  if (kind == OURS || kind == OURS_ASKING)
    serve_ours (kind);
  else
    serve_gio (kind);
}

/* Their clients. */

static double
get_time (GPid pid)
{
  clockid_t clock;
  struct timespec time;

  g_assert_cmpint (clock_getcpuclockid (pid, &clock), ==, 0);
  g_assert_no_errno (clock_gettime (clock, &time));
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

/* The memory of the process itself, without mapped files. */
static double
get_resident (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", pid);
  g_autofree char *text = NULL;
  const char *line;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  line = strstr (text, "RssAnon:");
  g_assert_nonnull (line);
  return (double) g_ascii_strtoull (line + strlen ("RssAnon:"), NULL, 10) * 1024;
}

static gboolean
trust (void)
{
  return TRUE;
}

/* Has no CAs, and costs accordingly. */
static GIOStream *
dial_tls (guint16 port)
{
  GType type = g_tls_backend_get_client_connection_type (g_tls_backend_get_default ());
  g_autoptr (GSocket) socket = g_socket_new_from_fd (knock_dial (port), NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  GIOStream *tls = g_initable_new (type, NULL, NULL, "base-io-stream", stream, "database", NULL,
                                   NULL);

  /* Otherwise the request waits until the end of the handshake was acknowledged. */
  g_assert_true (g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL));
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (trust), NULL);
  return tls;
}

static void
run_until_answer (GIOStream *client)
{
  g_autoptr (GAsyncResult) result = NULL;
  char byte;

  g_input_stream_read_async (g_io_stream_get_input_stream (client), &byte, 1, 0, NULL, keep_result,
                             &result);
  run_until_result (&result);
  g_assert_cmpint (g_input_stream_read_finish (g_io_stream_get_input_stream (client), result, NULL),
                   ==, 1);
}

static void
ask (GIOStream *client)
{
  g_autoptr (GAsyncResult) result = NULL;
  GOutputStream *output = g_io_stream_get_output_stream (client);

  g_output_stream_write_all_async (output, KNOCK_REQUEST (""), strlen (KNOCK_REQUEST ("")), 0, NULL,
                                   keep_result, &result);
  run_until_result (&result);
  g_assert_true (g_output_stream_write_all_finish (output, result, NULL, NULL));
  run_until_answer (client);
}

static Cost
measure_clients (GPid    pid,
                 guint16 port,
                 guint   n_clients)
{
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (g_object_unref);
  double time = 0, bytes = 0;

  for (guint i = 0; i < n_clients + FIRST_CLIENTS; i++)
    {
      if (i == FIRST_CLIENTS)
        {
          time = get_time (pid);
          bytes = get_resident (pid);
        }
      g_ptr_array_add (clients, dial_tls (port));
      ask (clients->pdata[i]);
    }

  return (Cost) { (get_time (pid) - time) / n_clients, (get_resident (pid) - bytes) / n_clients };
}

static guint16
read_port (int fd)
{
  char text[16] = { 0 };

  for (gsize i = 0; i < sizeof text - 1 && (i == 0 || text[i - 1] != '\n'); i++)
    g_assert_cmpint (read (fd, text + i, 1), ==, 1);
  return (guint16) g_ascii_strtoull (text, NULL, 10);
}

static Cost
measure (Server kind)
{
  const char *argv[] = { own_path, SERVE, servers[kind].name, NULL };
  GPid pid;
  int input, output, status;

  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                                           NULL, NULL, &pid, &input, &output, NULL, NULL));
  Cost cost = measure_clients (pid, read_port (output), servers[kind].n_clients);

  g_close (input, NULL);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  g_close (output, NULL);
  g_test_message ("%s: %.2f ms of CPU, %.0f bytes", servers[kind].name, cost.time * 1e3,
                  cost.bytes);
  return cost;
}

static gboolean
has_list (void)
{
  if (costs[GIO_USUAL].bytes > 1000 * 1000)
    return TRUE;

  g_test_skip ("this system has no list of authorities that would cost anything");
  return FALSE;
}

/* An emulator's time and memory go into the code that it translates. */
static gboolean
is_emulated (void)
{
  if (g_getenv ("TEST_SLOWNESS") == NULL)
    return FALSE;

  g_test_skip ("an emulator's time and memory are not those of the program");
  return TRUE;
}

/* On an idle machine it is less than a tenth; a busy one may slow one more than the other. */
static void
test_time (gconstpointer data)
{
  if (!is_emulated () && has_list ())
    g_assert_cmpfloat (costs[GPOINTER_TO_UINT (data)].time * 6, <, costs[GIO_USUAL].time);
}

static void
test_memory (gconstpointer data)
{
  Server kind = GPOINTER_TO_UINT (data);
  double bytes = costs[kind].bytes;

  if (is_emulated ())
    return;

  /* GnuTLS has 23 kB, and 17 kB more for a list with one certificate. */
  if (kind == OURS)
    g_assert_cmpfloat (bytes, <, costs[GIO_WITHOUT_LIST].bytes + 4000);
  if (has_list ())
    g_assert_cmpfloat (bytes * 50, <, costs[GIO_USUAL].bytes);
}

static void
add_points (void)
{
  for (guint i = OURS; i <= OURS_ASKING; i++)
    {
      g_autofree char *root = g_strconcat ("/endpoint/server-tls/", servers[i].name, NULL);
      g_autofree char *time = g_strconcat (root, "/handshake-reads-no-list", NULL);
      g_autofree char *memory = g_strconcat (root, "/idle-connection-holds-no-list", NULL);

      g_test_add_data_func (time, GUINT_TO_POINTER (i), test_time);
      if (MEMORY_IS_OURS)
        g_test_add_data_func (memory, GUINT_TO_POINTER (i), test_memory);
    }
}

int
main (int    argc,
      char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], SERVE))
    {
      for (guint i = 0; i < N_SERVERS; i++)
        {
          if (g_str_equal (argv[2], servers[i].name))
            serve (i);
        }
      return 0;
    }

  g_test_init (&argc, &argv, NULL);
  own_path = argv[0];
  for (guint i = 0; i < N_SERVERS; i++)
    costs[i] = measure (i);
  add_points ();
  return g_test_run ();
}
