/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads and writes the bytes of a floor by TLS, with a session of GnuTLS; one recv () gives it many
 * records.  A server sends tickets, unless an option forbids them, but no close_notify.
 *
 * A server counts its handshakes and the resumed ones among them, as two numbers of 64 bits in the
 * file that BENCH_COUNTER names. */

#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECORD_SIZE   ((size_t) 16384)
#define ROOM_CAPACITY ((size_t) 64 * 1024)

static gnutls_certificate_credentials_t credentials;
static gnutls_priority_t priority;
static gnutls_datum_t ticket_key;      /* of a server; empty: it sends none */
static uint8_t room[ROOM_CAPACITY];
static unsigned role = GNUTLS_SERVER;
static FloorKeeping keeping;
static gnutls_datum_t ticket;   /* of a client's last connection; empty: there was none */

typedef struct
{
  uint64_t n_handshakes, n_resumed;
} Counts;

static Counts unshared;
static Counts *counts = &unshared;

typedef struct                  /* of a connection */
{
  gnutls_session_t session;
  int fd;
  bool is_secured, may_receive;
  const uint8_t *at;            /* encrypted bytes that were received: in the caller's memory, or in
                                 * kept */
  size_t length;
  uint8_t *kept;
} Way;

static void
demand (int         result,
        const char *what)
{
  if (result >= 0)
    return;
  fprintf (stderr, "%s: %s\n", what, gnutls_strerror (result));
  exit (1);
}

/* Versions and ciphers are those that GIO and the library accept. */
static void
init_both (void)
{
  demand (gnutls_certificate_allocate_credentials (&credentials), "credentials");
  demand (gnutls_priority_init (&priority, "NORMAL:%COMPAT", NULL), "priority");
}

static void
share_counts (void)
{
  const char *name = getenv ("BENCH_COUNTER");
  const int fd = name != NULL ? open (name, O_RDWR | O_CLOEXEC) : -1;
  void *shared;

  if (fd < 0)
    return;
  shared = mmap (NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close (fd);
  if (shared != MAP_FAILED)
    counts = shared;
}

void
floor_way_init (int    n_arguments,
                char **arguments)
{
  if (n_arguments < 4)
    {
      fprintf (stderr, "there is no certificate\n");
      exit (2);
    }
  init_both ();
  share_counts ();
  demand (gnutls_certificate_set_x509_key_file (credentials, arguments[2], arguments[3],
                                                GNUTLS_X509_FMT_PEM), "certificate");
  if (n_arguments < 5 || strcmp (arguments[4], "no-tickets") != 0)
    demand (gnutls_session_ticket_key_generate (&ticket_key), "ticket key");
}

void
floor_way_init_client (const char  *trust,
                       FloorKeeping what)
{
  role = GNUTLS_CLIENT;
  keeping = what;
  init_both ();
  if (strcmp (trust, "system") == 0)
    demand (gnutls_certificate_set_x509_system_trust (credentials), "authorities of the system");
  else
    demand (gnutls_certificate_set_x509_trust_file (credentials, trust, GNUTLS_X509_FMT_PEM),
            "authorities");
}

void
floor_way_keep (FloorConnection *connection)
{
  Way *way = connection->source;

  if (keeping == FLOOR_KEEPS_NOTHING ||
      (gnutls_session_get_flags (way->session) & GNUTLS_SFLAGS_SESSION_TICKET) == 0)
    return;
  gnutls_free (ticket.data);
  demand (gnutls_session_get_data2 (way->session, &ticket), "ticket");
}

size_t
floor_way_count_full (void)
{
  return (size_t) (counts->n_handshakes - counts->n_resumed);
}

void
floor_way_close (FloorConnection *connection)
{
  Way *way = connection->source;

  gnutls_bye (way->session, GNUTLS_SHUT_WR);
}

/* If the room was not filled, no more input is available. */
static ssize_t
pull (gnutls_transport_ptr_t data,
      void                  *to,
      size_t                 n)
{
  Way *way = data;

  if (way->length == 0)
    {
      ssize_t got = -1;

      free (way->kept);
      way->kept = NULL;
      errno = EAGAIN;
      if (way->may_receive)
        got = recv (way->fd, room, ROOM_CAPACITY, 0);
      way->may_receive = got == (ssize_t) ROOM_CAPACITY;
      if (got <= 0)
        return got;
      way->at = room;
      way->length = (size_t) got;
    }
  n = n < way->length ? n : way->length;
  memcpy (to, way->at, n);
  way->at += n;
  way->length -= n;
  return (ssize_t) n;
}

/* The next connection uses the room. */
static void
keep_rest (Way *way)
{
  if (way->length == 0)
    {
      free (way->kept);
      way->kept = NULL;
    }
  else if (way->kept == NULL)
    {
      way->kept = malloc (way->length);
      way->at = memcpy (way->kept, way->at, way->length);
    }
}

/* The server is 127.0.0.1: an address is not sent, but checked. */
static void
begin_client (gnutls_session_t session)
{
  gnutls_session_set_verify_cert (session, "127.0.0.1", 0);
  if (ticket.size > 0)
    demand (gnutls_session_set_data (session, ticket.data, ticket.size), "resumed session");
}

static Way *
begin (FloorConnection *connection)
{
  Way *way = calloc (1, sizeof *way);

  way->fd = connection->fd;
  demand (gnutls_init (&way->session, role | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL), "session");
  demand (gnutls_priority_set (way->session, priority), "priority");
  demand (gnutls_credentials_set (way->session, GNUTLS_CRD_CERTIFICATE, credentials),
          "credentials");
  if (ticket_key.size > 0)
    demand (gnutls_session_ticket_enable_server (way->session, &ticket_key), "tickets");
  if (role == GNUTLS_CLIENT)
    begin_client (way->session);
  gnutls_transport_set_ptr2 (way->session, way,
                             (gnutls_transport_ptr_t) (intptr_t) connection->fd);
  gnutls_transport_set_pull_function (way->session, pull);
  connection->source = way;
  return way;
}

static ssize_t
as_call (ssize_t result)
{
  if (result >= 0)
    return result;
  errno = gnutls_error_is_fatal ((int) result) ? EPROTO : EAGAIN;
  return -1;
}

static ssize_t
receive (Way     *way,
         uint8_t *to,
         size_t   n)
{
  size_t total = 0;

  if (!way->is_secured)
    {
      const int result = gnutls_handshake (way->session);

      if (result < 0)
        return as_call (result);
      way->is_secured = true;
      counts->n_handshakes++;
      counts->n_resumed += gnutls_session_is_resumed (way->session) != 0;
    }
  while (total < n)
    {
      const ssize_t got = gnutls_record_recv (way->session, to + total, n - total);

      if (got <= 0)
        return total > 0 ? (ssize_t) total : as_call (got);
      total += (size_t) got;
    }
  return (ssize_t) total;
}

ssize_t
floor_way_receive (FloorConnection *connection,
                   void            *to,
                   size_t           n)
{
  Way *way = connection->source != NULL ? connection->source : begin (connection);
  ssize_t result;

  way->may_receive = true;
  result = receive (way, to, n);
  keep_rest (way);
  return result;
}

/* A record that was not sent must be sent again with the same bytes.  A client may send when its
 * handshake is over, which receiving does. */
ssize_t
floor_way_send (FloorConnection *connection,
                const void      *at,
                size_t           n)
{
  Way *way = connection->source;
  size_t total = 0;

  errno = EAGAIN;
  if (!way->is_secured)
    return -1;
  while (total < n)
    {
      const size_t length = n - total < RECORD_SIZE ? n - total : RECORD_SIZE;
      const ssize_t sent =
        gnutls_record_send (way->session, (const uint8_t *) at + total, length);

      if (sent < 0)
        return total > 0 ? (ssize_t) total : as_call (sent);
      total += (size_t) sent;
    }
  return (ssize_t) total;
}

bool
floor_way_has_more (FloorConnection *connection)
{
  Way *way = connection->source;

  return way->length > 0 || gnutls_record_check_pending (way->session) > 0;
}

void
floor_way_end (FloorConnection *connection)
{
  Way *way = connection->source;

  if (way == NULL)
    return;
  gnutls_deinit (way->session);
  free (way->kept);
  free (way);
}
