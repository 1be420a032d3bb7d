/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The handshake of the TLS transport fails: which error the owner receives, and that a client which
 * goes on sending still reads the alert. */
#define _GNU_SOURCE

#include "lib/rows.h"
#include "reactor/tls-pair.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATH "/reactor/transport-tls-faults/"
#define N_CALLS 1000
#define NEXT(name) ((__typeof__ (&name))dlsym (RTLD_NEXT, #name))

typedef enum
{
  NO_CALL,
  CALL_RECV,
  CALL_SEND,
} Call;

static struct
{
  Call call;
  int  peer_fd;
  guint n_before;               /* number of calls that succeed before the fault */
  int  number;
} fault;

static gboolean
goes_wrong (Call call,
            int  fd)
{
  if (fault.call != call || fd == fault.peer_fd)
    return FALSE;
  if (fault.n_before > 0)
    {
      fault.n_before--;
      return FALSE;
    }

  errno = fault.number;
  return TRUE;
}

/* Replace the functions of the C library. */

ssize_t
recv (int    fd,
      void  *bytes,
      size_t length,
      int    flags)
{
  return goes_wrong (CALL_RECV, fd) ? -1 : NEXT (recv) (fd, bytes, length, flags);
}

ssize_t
send (int         fd,
      const void *bytes,
      size_t      length,
      int         flags)
{
  return goes_wrong (CALL_SEND, fd) ? -1 : NEXT (send) (fd, bytes, length, flags);
}

static const struct
{
  const char *name, *priority;
  Call        call;
  guint       n_before;
  int         number;
  GQuark      (*domain) (void);
  int         code;
} faults[] = {
  { "no-input-in-time", TLS_1_3, CALL_RECV, 0, ETIMEDOUT, g_io_error_quark, G_IO_ERROR_TIMED_OUT },
  { "reset-before-the-hello", TLS_1_3, CALL_RECV, 0, ECONNRESET, g_tls_error_quark, G_TLS_ERROR_NOT_TLS },
  { "no-room-in-time-for-the-first-flight", TLS_1_2, CALL_SEND, 0, ETIMEDOUT, g_io_error_quark,
    G_IO_ERROR_TIMED_OUT },
  { "no-room-in-time-for-the-last-flight", TLS_1_2, CALL_SEND, 1, ETIMEDOUT, g_io_error_quark,
    G_IO_ERROR_TIMED_OUT },
};

static void
test_error (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  guint limit = begin_wait (WAIT_S);
  TlsPair pair;

  tls_pair_init (&pair, faults[row].priority, 0, NULL);
  fault = (__typeof__ (fault)) {
    faults[row].call, pair.peer->fd, faults[row].n_before, faults[row].number
  };
  while (pair.error == NULL)
    {
      tls_peer_make_flight (pair.peer);
      tls_peer_deliver (pair.peer);
      g_main_context_iteration (NULL, FALSE);
    }
  g_source_remove (limit);
  fault.call = NO_CALL;
  g_assert_error (pair.error, faults[row].domain (), faults[row].code);
  g_assert_nonnull (strstr (pair.error->message, g_strerror (faults[row].number)));
  tls_pair_clear (&pair);
}

/* Bytes that waited cannot be sent any more: that is the cause, though the end is read after it. */
static void
test_end_after_reset (void)
{
  TlsPair pair;

  tls_pair_init (&pair, TLS_1_2, 0, NULL);
  fault = (__typeof__ (fault)) { CALL_SEND, pair.peer->fd, 0, EAGAIN };
  tls_peer_make_flight (pair.peer);
  tls_peer_deliver (pair.peer);
  count_turns (50);
  g_assert_no_error (pair.error);
  fault.number = ECONNRESET;
  shutdown (pair.peer->fd, SHUT_WR);
  RUN_UNTIL (pair.error != NULL);
  fault.call = NO_CALL;
  g_assert_error (pair.error, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS);
  g_assert_nonnull (strstr (pair.error->message, g_strerror (ECONNRESET)));
  tls_pair_clear (&pair);
}

/* Closing a socket with unread input resets the stream, which would overtake the alert. */
static void
test_refused_sender (gconstpointer priority)
{
  static const guint8 more[300000];
  const WspTlsSettings settings = {
    .certificate = authority_get_certificate (CERTIFICATE_GOOD),
    .database = authority_get_database (),
    .mode = G_TLS_AUTHENTICATION_REQUIRED,
  };
  WspTlsContext *context = wsp_tls_context_new (&settings, NULL);
  guint8 bytes[1000];
  gsize total = 0;
  TlsPair pair;
  gssize n;

  tls_pair_init (&pair, priority, 0, context);
  g_assert_false (tls_peer_make_flight (pair.peer));
  tls_peer_deliver (pair.peer);
  tls_peer_make_flight (pair.peer);
  g_byte_array_append (pair.peer->sent, more, sizeof more);
  tls_peer_set_reads (pair.peer, FALSE);
  tls_peer_deliver (pair.peer);
  RUN_UNTIL (pair.error != NULL);
  g_assert_error (pair.error, G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED);
  tls_pair_close (&pair);
  count_turns (50);
  do
    {
      n = recv (pair.peer->fd, bytes, sizeof bytes, MSG_DONTWAIT);
      total += MAX (n, 0);
    }
  while (n > 0);
  g_assert_cmpint (n, ==, 0);
  g_assert_cmpuint (total, >, 0);
  tls_pair_clear (&pair);
  wsp_tls_context_unref (context);
}

/* A client's first call of GnuTLS does not read. */
static void
test_hello_first (void)
{
  g_autoptr (GSocketConnectable) identity = g_network_address_new ("localhost", 443);
  const WspTlsTarget target = { .identity = identity };
  WspTlsContext *context = wsp_tls_context_get_client (NULL, NULL);
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  guint8 hello[1024];
  int fds[2];
  gssize n;

  connect_sockets (fds, 0);
  WspTransport *client = wsp_transport_new_for_tls_client (reactor, fds[0], context, &target);

  fault = (__typeof__ (fault)) { CALL_RECV, fds[1], N_CALLS, ECONNRESET };
  RUN_UNTIL ((n = recv (fds[1], hello, sizeof hello, MSG_DONTWAIT)) > 0);
  fault.call = NO_CALL;
  g_assert_cmpuint (hello[0], ==, 0x16);
  g_assert_cmpuint (fault.n_before, ==, N_CALLS);
  wsp_transport_close (client, WSP_TRANSPORT_CLOSE_NOW);
  close (fds[1]);
  wsp_reactor_unref (reactor);
  wsp_tls_context_unref (context);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS (PATH "error", faults, test_error);
  g_test_add_func (PATH "error/reset-before-the-end-is-read", test_end_after_reset);
  g_test_add_func (PATH "client-sends-before-it-reads", test_hello_first);
  g_test_add_data_func (PATH "refused-sender-reads-the-alert/tls-1.2", TLS_1_2,
                        test_refused_sender);
  g_test_add_data_func (PATH "refused-sender-reads-the-alert/tls-1.3", TLS_1_3,
                        test_refused_sender);

  int status = g_test_run ();

  tls_pair_clear_context ();
  return status;
}
