/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A session of GnuTLS on the socket, as its manual shows it; tickets, but no close_notify. */

#include "floor.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>

#define RECORD_SIZE ((size_t) 16384)

static gnutls_certificate_credentials_t credentials;
static gnutls_priority_t priority;
static gnutls_datum_t ticket_key;

static void
demand (int         result,
        const char *what)
{
  if (result >= 0)
    return;
  fprintf (stderr, "%s: %s\n", what, gnutls_strerror (result));
  exit (1);
}

/* Versions and ciphers are those that GIO and the library take. */
void
floor_way_init (int    n_arguments,
                char **arguments)
{
  if (n_arguments < 4)
    {
      fprintf (stderr, "there is no certificate\n");
      exit (2);
    }
  demand (gnutls_certificate_allocate_credentials (&credentials), "credentials");
  demand (gnutls_certificate_set_x509_key_file (credentials, arguments[2], arguments[3],
                                                GNUTLS_X509_FMT_PEM), "certificate");
  demand (gnutls_priority_init (&priority, "NORMAL:%COMPAT", NULL), "priority");
  demand (gnutls_session_ticket_key_generate (&ticket_key), "ticket key");
}

static gnutls_session_t
begin (FloorConnection *connection)
{
  gnutls_session_t session;

  demand (gnutls_init (&session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL), "session");
  demand (gnutls_priority_set (session, priority), "priority");
  demand (gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials), "credentials");
  demand (gnutls_session_ticket_enable_server (session, &ticket_key), "tickets");
  gnutls_transport_set_int (session, connection->fd);
  connection->source = session;
  return session;
}

static ssize_t
as_call (ssize_t result)
{
  if (result >= 0)
    return result;
  errno = gnutls_error_is_fatal ((int) result) ? EPROTO : EAGAIN;
  return -1;
}

/* A full record is seldom the last one. */
ssize_t
floor_way_receive (FloorConnection *connection,
                   void            *to,
                   size_t           n)
{
  gnutls_session_t session = connection->source != NULL ? connection->source : begin (connection);
  size_t total = 0;

  if (!connection->is_secured)
    {
      const int result = gnutls_handshake (session);

      if (result < 0)
        return as_call (result);
      connection->is_secured = true;
    }
  for (;;)
    {
      const ssize_t got = gnutls_record_recv (session, (uint8_t *) to + total, n - total);

      if (got <= 0)
        return total > 0 ? (ssize_t) total : as_call (got);
      total += (size_t) got;
      if ((size_t) got < RECORD_SIZE || total == n)
        return (ssize_t) total;
    }
}

/* A record that did not leave is asked for again, with the same octets. */
ssize_t
floor_way_send (FloorConnection *connection,
                const void      *at,
                size_t           n)
{
  size_t total = 0;

  while (total < n)
    {
      const size_t length = n - total < RECORD_SIZE ? n - total : RECORD_SIZE;
      const ssize_t sent =
        gnutls_record_send (connection->source, (const uint8_t *) at + total, length);

      if (sent < 0)
        return total > 0 ? (ssize_t) total : as_call (sent);
      total += (size_t) sent;
    }
  return (ssize_t) total;
}

bool
floor_way_has_more (FloorConnection *connection)
{
  return gnutls_record_check_pending (connection->source) > 0;
}

void
floor_way_end (FloorConnection *connection)
{
  if (connection->source != NULL)
    gnutls_deinit (connection->source);
}
