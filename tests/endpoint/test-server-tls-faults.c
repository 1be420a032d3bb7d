/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls of the server during a TLS handshake, an echo and a close are counted: recv, send,
 * and allocations by GnuTLS.  Then the conversation is repeated once for each call, and that
 * call fails. */
#define _GNU_SOURCE

#include "connection/wire.h"
#include "endpoint/far/certificates.h"
#include "endpoint/far/tls-peer.h"
#include "endpoint/knock.h"
#include "lib/listen.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ECHO "\x81\x05hello"

typedef enum
{
  CALL_RECV,
  CALL_SEND,
  CALL_MEMORY,
} Call;

typedef enum
{
  FAULT_ERRNO,                  /* the call and all later ones fail */
  FAULT_ERRNO_ONCE,
  FAULT_SHORT,                  /* the call moves one byte, once */
  FAULT_END,
} Fault;

static const struct
{
  const char *name;
  Call        call;
  Fault       fault;
  int         number;
  gboolean    is_harmless;
} faults[] = {
  { "recv/interrupted", CALL_RECV, FAULT_ERRNO_ONCE, EINTR, TRUE },
  { "recv/not-now", CALL_RECV, FAULT_ERRNO_ONCE, EAGAIN, TRUE },
  { "recv/one-byte", CALL_RECV, FAULT_SHORT, 0, TRUE },
  { "recv/end", CALL_RECV, FAULT_END, 0, FALSE },
  { "recv/reset", CALL_RECV, FAULT_ERRNO, ECONNRESET, FALSE },
  { "recv/timed-out", CALL_RECV, FAULT_ERRNO, ETIMEDOUT, FALSE },
  { "send/interrupted", CALL_SEND, FAULT_ERRNO_ONCE, EINTR, TRUE },
  { "send/not-now", CALL_SEND, FAULT_ERRNO_ONCE, EAGAIN, TRUE },
  { "send/one-byte", CALL_SEND, FAULT_SHORT, 0, TRUE },
  { "send/broken-pipe", CALL_SEND, FAULT_ERRNO, EPIPE, FALSE },
  { "send/reset", CALL_SEND, FAULT_ERRNO, ECONNRESET, FALSE },
  { "memory/none", CALL_MEMORY, FAULT_ERRNO_ONCE, ENOMEM, FALSE },
};

static struct
{
  gboolean is_armed;
  guint    row, step;           /* row of the table of calls; number of the call that fails, from 1;
                                 * 0: none */
  guint    n_calls;
} plan;

/* The server's calls are made by the main loop; the client's are not, except its recv. */
static gboolean
goes_wrong (Call call)
{
  guint n;

  if (!plan.is_armed || call != faults[plan.row].call || g_main_depth () == 0)
    return FALSE;

  n = ++plan.n_calls;
  if (faults[plan.row].fault == FAULT_ERRNO || faults[plan.row].fault == FAULT_END)
    return plan.step != 0 && n >= plan.step;
  return n == plan.step;
}

/* Replace the functions of the C library. */

static int peer_fd = -1;

#define NEXT(name) ((__typeof__ (&name))dlsym (RTLD_NEXT, #name))

static gssize
give_fault (void)
{
  errno = faults[plan.row].number;
  return faults[plan.row].fault == FAULT_END ? 0 : -1;
}

ssize_t
recv (int    fd,
      void  *bytes,
      size_t length,
      int    flags)
{
  if (fd == peer_fd || !goes_wrong (CALL_RECV))
    return NEXT (recv) (fd, bytes, length, flags);
  return faults[plan.row].fault == FAULT_SHORT ? NEXT (recv) (fd, bytes, 1, flags) : give_fault ();
}

ssize_t
send (int         fd,
      const void *bytes,
      size_t      length,
      int         flags)
{
  if (fd == peer_fd || !goes_wrong (CALL_SEND))
    return NEXT (send) (fd, bytes, length, flags);
  return faults[plan.row].fault == FAULT_SHORT ? NEXT (send) (fd, bytes, 1, flags) : give_fault ();
}

/* Replace those that GnuTLS calls. */

static void *
allocate (size_t size)
{
  return goes_wrong (CALL_MEMORY) ? NULL : malloc (size);
}

static void *
allocate_zeroed (size_t n,
                 size_t size)
{
  return goes_wrong (CALL_MEMORY) ? NULL : calloc (n, size);
}

/* A function of the leak checker, if there is one. */
extern __attribute__ ((weak)) void __lsan_ignore_object (const void *);

/* If GnuTLS cannot finish a ClientHello because there is no memory, it leaks the buffer. */
static void *
reallocate (void  *memory,
            size_t size)
{
  void *block = goes_wrong (CALL_MEMORY) ? NULL : realloc (memory, size);

  if (block != NULL && plan.is_armed && plan.step != 0 && __lsan_ignore_object != NULL)
    __lsan_ignore_object (block);
  return block;
}

typedef struct
{
  WspServer *server;
  guint16    port;
  guint      n_open, n_ended;
} Fixture;

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Fixture       *self)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  self->n_open++;
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect_swapped (connection, "closed", G_CALLBACK (g_atomic_int_inc), &self->n_ended);
  wsp_connection_start_receiving (connection);
}

static void
fixture_init (Fixture *self)
{
  *self = (Fixture) { .server = wsp_server_new () };
  g_object_set (self->server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD),
                NULL);
  wsp_limits_set_handshake_timeout (wsp_server_get_limits (self->server), 0);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_signal_connect_swapped (self->server, "handshake-failed", G_CALLBACK (g_atomic_int_inc),
                            &self->n_ended);
  self->port = listen_on_free_port (self->server, "127.0.0.1");
}

static void
fixture_clear (Fixture *self)
{
  g_clear_object (&self->server);
  run_pending ();
}

/* Masked with zeros. */
static gboolean
say (TlsPeer    *peer,
     const char *bytes,
     gsize       length,
     const char *answer)
{
  if (gnutls_record_send (peer->session, bytes, length) != (gssize) length)
    return FALSE;

  tls_peer_deliver (peer);
  return tls_peer_expect (peer, answer);
}

/* TRUE: the conversation was complete.  The server always ends it, without a time limit. */
static gboolean
play (Fixture    *self,
      const char *priority)
{
  g_autoptr (TlsPeer) peer = tls_peer_new (self->port, priority, NULL);
  guint n_ended = self->n_ended;
  gboolean is_whole;

  peer_fd = peer->fd;
  plan.is_armed = TRUE;
  plan.n_calls = 0;
  tls_peer_do_handshake (peer);
  is_whole = say (peer, KNOCK_REQUEST (""), strlen (KNOCK_REQUEST ("")), "\r\n\r\n") &&
             say (peer, "\x81\x85\0\0\0\0hello", 11, ECHO) &&
             say (peer, "\x88\x82\0\0\0\0\x03\xe8", 8, "\x88\x02\x03\xe8");
  tls_peer_run_until_end (peer);
  tls_peer_hang_up (peer);
  run_until_count (&self->n_ended, n_ended + 1);
  plan.is_armed = FALSE;
  return is_whole;
}

static void
test_fault (gconstpointer data)
{
  static const char * const priorities[] = {
    "NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3"
  };
  const char *priority = priorities[GPOINTER_TO_UINT (data) % 2];
  guint row = GPOINTER_TO_UINT (data) / 2, n_calls, n_whole = 0;
  Fixture fixture;

  fixture_init (&fixture);
  plan.row = row;
  plan.step = 0;
  g_assert_true (play (&fixture, priority));
  n_calls = plan.n_calls;
  g_assert_cmpuint (n_calls, >, 3);
  for (guint step = 1; step <= n_calls; step++)
    {
      plan.step = step;
      n_whole += play (&fixture, priority);
    }
  g_test_message ("%u of %u went well", n_whole, n_calls);
  if (faults[row].is_harmless)
    g_assert_cmpuint (n_whole, ==, n_calls);
  plan.step = 0;
  g_assert_true (play (&fixture, priority));
  fixture_clear (&fixture);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gnutls_malloc = allocate;
  gnutls_calloc = allocate_zeroed;
  gnutls_realloc = reallocate;

  for (guint i = 0; i < 2 * G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/server-tls-faults/%s/tls-1.%u",
                                               faults[i / 2].name, 2 + i % 2);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_fault);
    }

  return g_test_run ();
}
