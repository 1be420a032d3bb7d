/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How long a client without TCP_NODELAY waits for its 101.  GnuTLS sends its last flight in several
 * parts.  The client's system holds the second part, and the request, back until the server's
 * system has acknowledged the part before, which may take 40 ms.  OpenSSL's client is in
 * tests/interop. */
#include "endpoint/far/certificates.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/rows.h"

#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_ROUNDS 11
#define N_TRIES 3               /* a busy machine may slow one kind of client more than the other */

typedef struct
{
  gint64 times[2][N_ROUNDS];    /* times without and with TCP_NODELAY */
} Times;

typedef struct
{
  guint16        port;
  const char    *priority;
  gboolean       resumes;
  gnutls_datum_t ticket;
  double         ratio;         /* ratio of the medians, set by the clients' thread at its end */
  gboolean       has_ended;
} Clients;

static const struct
{
  const char *name, *priority;
  gboolean    resumes;
} cases[] = {
  { "TLS-1.3-full", "NORMAL:-VERS-ALL:+VERS-TLS1.3", FALSE },
  { "TLS-1.3-resumed", "NORMAL:-VERS-ALL:+VERS-TLS1.3", TRUE },
  { "TLS-1.2-resumed", "NORMAL:-VERS-ALL:+VERS-TLS1.2", TRUE },
};

static int
dial_port (guint16  port,
           gboolean has_nodelay)
{
  const int one = 1;
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons (port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK)
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  if (has_nodelay)
    g_assert_cmpint (setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), ==, 0);
  return fd;
}

static int
shake_hands (gnutls_session_t session)
{
  int result;

  do
    result = gnutls_handshake (session);
  while (result < 0 && !gnutls_error_is_fatal (result));
  return result;
}

static void
ask (gnutls_session_t session)
{
  g_autoptr (GString) answer = g_string_new (NULL);
  char bytes[1024];

  const char *request = KNOCK_REQUEST ("");

  g_assert_cmpint (gnutls_record_send (session, request, strlen (request)), >, 0);
  while (strstr (answer->str, "\r\n\r\n") == NULL)
    {
      gssize n = gnutls_record_recv (session, bytes, sizeof bytes);

      g_assert_true (n > 0 || n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED);
      g_string_append_len (answer, bytes, MAX (n, 0));
    }
  g_assert_true (g_str_has_prefix (answer->str, "HTTP/1.1 101 "));
}

/* The ticket of the first connection is used by each later one. */
static void
use_ticket (Clients         *self,
            gnutls_session_t session)
{
  if (self->ticket.data != NULL)
    gnutls_session_set_data (session, self->ticket.data, self->ticket.size);
}

static void
take_ticket (Clients         *self,
             gnutls_session_t session)
{
  if (self->resumes && self->ticket.data == NULL)
    g_assert_cmpint (gnutls_session_get_data2 (session, &self->ticket), ==, 0);
}

/* Returns the time from the connection to the response, in microseconds. */
static gint64
visit (Clients                         *self,
       gnutls_certificate_credentials_t credentials,
       gboolean                         has_nodelay)
{
  gboolean should_resume = self->ticket.data != NULL;
  gnutls_session_t session;
  int fd = dial_port (self->port, has_nodelay);
  gint64 begin = g_get_monotonic_time ();

  g_assert_cmpint (gnutls_init (&session, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL), ==, 0);
  g_assert_cmpint (gnutls_priority_set_direct (session, self->priority, NULL), ==, 0);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_int (session, fd);
  use_ticket (self, session);
  g_assert_cmpint (shake_hands (session), ==, 0);
  ask (session);

  gint64 end = g_get_monotonic_time ();

  g_assert_cmpint (gnutls_session_is_resumed (session) != 0, ==, should_resume);
  take_ticket (self, session);
  gnutls_deinit (session);
  close (fd);
  return end - begin;
}

static int
compare_times (const void *a,
               const void *b)
{
  const gint64 *left = a, *right = b;

  return (*left > *right) - (*left < *right);
}

static double
compare_medians (Times *self)
{
  for (guint i = 0; i < 2; i++)
    qsort (self->times[i], N_ROUNDS, sizeof self->times[i][0], compare_times);
  g_test_message ("%" G_GINT64_FORMAT " µs without TCP_NODELAY, %" G_GINT64_FORMAT " µs with it",
                  self->times[0][N_ROUNDS / 2], self->times[1][N_ROUNDS / 2]);
  return (double) self->times[0][N_ROUNDS / 2] / (double) self->times[1][N_ROUNDS / 2];
}

static gpointer
run_clients (gpointer data)
{
  Clients *self = data;
  gnutls_certificate_credentials_t credentials;
  Times times;

  g_assert_cmpint (gnutls_certificate_allocate_credentials (&credentials), ==, 0);
  visit (self, credentials, TRUE);
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      times.times[0][i] = visit (self, credentials, FALSE);
      times.times[1][i] = visit (self, credentials, TRUE);
    }
  self->ratio = compare_medians (&times);
  gnutls_certificate_free_credentials (credentials);
  gnutls_free (self->ticket.data);
  g_atomic_int_set (&self->has_ended, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

static double
compare (guint   i,
         guint16 port)
{
  Clients clients = { .port = port, .priority = cases[i].priority, .resumes = cases[i].resumes };
  GThread *thread = g_thread_new ("clients", run_clients, &clients);

  while (!g_atomic_int_get (&clients.has_ended))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  return clients.ratio;
}

static void
test_delay (gconstpointer data)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  double ratio = G_MAXDOUBLE;

  wsp_server_set_tls_certificate (server, authority_get_certificate (CERTIFICATE_GOOD));
  guint16 port = listen_on_free_port (server, "127.0.0.1");

  for (guint i = 0; i < N_TRIES && ratio > 2; i++)
    ratio = compare (GPOINTER_TO_UINT (data), port);
  g_assert_cmpfloat (ratio, <=, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/endpoint/server-tls-delay/gnutls", cases, test_delay);
  return g_test_run ();
}
