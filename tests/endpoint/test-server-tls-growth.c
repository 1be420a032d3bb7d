/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memory of a TLS server does not grow with the number of handshakes: test-server-tls-growth
 * [N].  The server is a separate process, whose pages are counted. */
#include "endpoint/far/certificates.h"
#include "endpoint/knock.h"
#include "lib/listen.h"

#include <gnutls/gnutls.h>
#include <libwsproto/wsproto.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_HANDSHAKES 2000
#define MAX_GROWTH (1024 * 1024)
#define CLOSE_FRAME "\x88\x82\0\0\0\0\x03\xe8"

static guint n_handshakes = N_HANDSHAKES;

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               gpointer       data)
{
  wsp_connection_start_receiving (connection);
}

static gboolean
on_input_ended (GIOChannel  *channel,
                GIOCondition condition,
                gpointer     loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/* Serves until the standard input ends. */
static int
serve (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (STDIN_FILENO);

  g_object_set (server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD), NULL);
  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  printf ("%u\n", listen_on_free_port (server, "127.0.0.1"));
  fflush (stdout);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_input_ended, loop);
  g_main_loop_run (loop);
  g_clear_object (&server);
  return 0;
}

typedef struct
{
  GPid    pid;
  int     input;
  guint16 port;
} Child;

static void
child_start (Child      *self,
             const char *program)
{
  const char *command[] = { program, "serve", NULL };
  g_autoptr (GError) error = NULL;
  char line[16] = "";
  int output;
  FILE *lines;

  g_spawn_async_with_pipes (NULL, (char **) command, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                            &self->pid, &self->input, &output, NULL, &error);
  g_assert_no_error (error);
  lines = fdopen (output, "r");
  g_assert_nonnull (fgets (line, sizeof line, lines));
  fclose (lines);
  self->port = strtoul (line, NULL, 10);
}

static void
child_stop (Child *self)
{
  close (self->input);
  g_assert_cmpint (waitpid (self->pid, NULL, 0), ==, self->pid);
}

static gsize
child_get_resident (Child *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/statm", (int) self->pid);
  g_autofree char *text = NULL;
  char *end;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  strtoul (text, &end, 10);
  return strtoul (end, NULL, 10) * sysconf (_SC_PAGESIZE);
}

static int
dial (guint16 port)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons (port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK)
  };
  struct timeval limit = { .tv_sec = 30 };
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int));
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

/* Tickets may arrive between the messages. */
static ssize_t
receive (gnutls_session_t session,
         char            *bytes,
         gsize            size)
{
  ssize_t n;

  do
    n = gnutls_record_recv (session, bytes, size);
  while (n < 0 && !gnutls_error_is_fatal (n));
  return n;
}

static void
talk (gnutls_session_t session)
{
  char bytes[4096];
  ssize_t n;

  gnutls_record_send (session, KNOCK_REQUEST (""), strlen (KNOCK_REQUEST ("")));
  n = receive (session, bytes, sizeof bytes);
  g_assert_cmpint (n, >, 12);
  g_assert_cmpmem (bytes, 12, "HTTP/1.1 101", 12);
  gnutls_record_send (session, CLOSE_FRAME, 8);
  while ((n = receive (session, bytes, sizeof bytes)) > 0)
    continue;
  g_assert_cmpint (n, ==, 0);
}

/* TRUE: the session was resumed. ticket: of this connection, when it ends. */
static gboolean
connect_once (guint16                          port,
              gnutls_certificate_credentials_t credentials,
              gboolean                         resumes,
              gnutls_datum_t                  *ticket)
{
  gnutls_session_t session;
  int fd = dial (port), result;
  gboolean is_resumed;

  gnutls_init (&session, GNUTLS_CLIENT);
  gnutls_set_default_priority (session);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_int (session, fd);
  if (resumes)
    gnutls_session_set_data (session, ticket->data, ticket->size);
  do
    result = gnutls_handshake (session);
  while (result < 0 && !gnutls_error_is_fatal (result));
  g_assert_cmpint (result, ==, GNUTLS_E_SUCCESS);
  talk (session);
  is_resumed = gnutls_session_is_resumed (session) != 0;
  gnutls_free (ticket->data);
  g_assert_cmpint (gnutls_session_get_data2 (session, ticket), ==, 0);
  gnutls_deinit (session);
  close (fd);
  return is_resumed;
}

/* Half of the connections resume, if the server can resume at all. */
static void
connect_often (guint16 port,
               guint   n)
{
  gnutls_certificate_credentials_t credentials;
  gnutls_datum_t ticket = { NULL, 0 };
  guint n_resumed = 0;

  gnutls_certificate_allocate_credentials (&credentials);
  for (guint i = 0; i < n; i++)
    n_resumed += connect_once (port, credentials, i % 2 == 1, &ticket);
  gnutls_free (ticket.data);
  gnutls_certificate_free_credentials (credentials);
  g_assert_cmpuint (n_resumed, ==, knock_leaves_tls_to_gio () ? 0 : n / 2);
}

static void
test_growth (gconstpointer program)
{
  Child child;
  gsize before, after;

  child_start (&child, program);
  connect_often (child.port, MAX (n_handshakes / 10, 200));
  before = child_get_resident (&child);
  connect_often (child.port, n_handshakes);
  after = child_get_resident (&child);
  child_stop (&child);
  g_test_message ("%u handshakes: %" G_GSIZE_FORMAT " bytes before, %" G_GSIZE_FORMAT " after",
                  n_handshakes, before, after);
  g_assert_cmpuint (after, <=, before + MAX_GROWTH);
}

int
main (int    argc,
      char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "serve"))
    return serve ();

  g_test_init (&argc, &argv, NULL);
  if (argc == 2)
    n_handshakes = strtoul (argv[1], NULL, 10);
  g_test_add_data_func ("/endpoint/server-tls-growth/none-by-handshakes", argv[0], test_growth);
  return g_test_run ();
}
