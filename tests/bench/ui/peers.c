/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "peers.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_THREADS 16
#define N_ADDRESSES 4           /* from 127.0.0.1 on */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define REQUEST "GET /prices HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define MASKING_KEY "\0\0\0\0"  /* changes nothing */
#define MESSAGE "\x81\x85" MASKING_KEY "hello"
#define ECHO_LENGTH 7
#define CLOSE "\x88\x82" MASKING_KEY "\x03\xe8"

typedef struct
{
  guint16    port;
  guint      rate, ms;
  gint64     begin_us;
  atomic_int n_begun, n_made;
} Run;

static gboolean
write_all (int         fd,
           const void *bytes,
           gsize       length)
{
  return send (fd, bytes, length, MSG_NOSIGNAL) == (gssize) length;
}

/* Until the end of the head, and what follows it. */
static gboolean
read_response (int fd)
{
  char head[1024] = "";
  gsize n = 0;

  while (n < sizeof head - 1 && strstr (head, "\r\n\r\n") == NULL)
    {
      gssize n_read = recv (fd, head + n, sizeof head - 1 - n, 0);

      if (n_read <= 0)
        return FALSE;
      n += n_read;
      head[n] = '\0';
    }
  return g_str_has_prefix (head, "HTTP/1.1 101");
}

static gboolean
read_to_end (int fd)
{
  char bytes[64];
  gssize n;

  while ((n = recv (fd, bytes, sizeof bytes, 0)) > 0)
    ;
  return n == 0;
}

static gboolean
send_message (int fd)
{
  char echo[ECHO_LENGTH];

  return write_all (fd, MESSAGE, sizeof MESSAGE - 1) &&
         recv (fd, echo, sizeof echo, MSG_WAITALL) == sizeof echo;
}

static gboolean
end (int fd)
{
  return write_all (fd, CLOSE, sizeof CLOSE - 1) && read_to_end (fd);
}

/* n: of the connection, which chooses the address of the client.  FALSE: the caller closes fd. */
static gboolean
begin (int     fd,
       guint16 port,
       gint64  n)
{
  const int is_late = TRUE;     /* the port is chosen with the server's address */
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK + n % N_ADDRESSES),
  };

  if (setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &is_late, sizeof is_late) != 0 ||
      bind (fd, (const struct sockaddr *) &address, sizeof address) != 0)
    return FALSE;

  address.sin_port = htons (port);
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  return connect (fd, (const struct sockaddr *) &address, sizeof address) == 0 &&
         write_all (fd, REQUEST, sizeof REQUEST - 1) && read_response (fd);
}

static gboolean
make_connection (guint16 port,
                 gint64  n)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean is_made = begin (fd, port, n) && send_message (fd) && end (fd);

  close (fd);
  return is_made;
}

/* Waits until the next one is due, unless the client is late.  FALSE: the time is over. */
static gboolean
wait_for_next (Run    *run,
               gint64 *n)
{
  gint64 due_us, now = g_get_monotonic_time ();

  *n = atomic_fetch_add (&run->n_begun, 1);
  due_us = run->begin_us + *n * G_USEC_PER_SEC / run->rate;
  if (MAX (due_us, now) - run->begin_us >= run->ms * G_GINT64_CONSTANT (1000))
    return FALSE;

  if (due_us > now)
    g_usleep (due_us - now);
  return TRUE;
}

static gpointer
run_client (gpointer data)
{
  Run *run = data;
  gint64 n;

  while (wait_for_next (run, &n))
    if (make_connection (run->port, n))
      atomic_fetch_add (&run->n_made, 1);
  return NULL;
}

static gpointer
run_talker (gpointer data)
{
  Run *run = data;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean is_open = begin (fd, run->port, 0);
  gint64 n;

  while (is_open && wait_for_next (run, &n))
    {
      is_open = send_message (fd);
      atomic_fetch_add (&run->n_made, is_open);
    }
  if (is_open)
    end (fd);
  close (fd);
  return NULL;
}

static guint
run_threads (const Run  *plan,
             GThreadFunc client,
             guint       n_threads)
{
  g_autofree GThread **threads = g_new (GThread *, n_threads);
  Run run = { .port = plan->port, .rate = plan->rate, .ms = plan->ms };

  run.begin_us = g_get_monotonic_time ();
  for (guint i = 0; i < n_threads; i++)
    threads[i] = g_thread_new ("peer", client, &run);
  for (guint i = 0; i < n_threads; i++)
    g_thread_join (threads[i]);
  return run.n_made;
}

guint
peers_run (guint16 port,
           guint   rate,
           guint   ms)
{
  const Run plan = { .port = port, .rate = rate, .ms = ms };

  return run_threads (&plan, run_client, N_THREADS);
}

guint
peers_talk (guint16 port,
            guint   rate,
            guint   ms,
            guint   n_connections)
{
  const Run plan = { .port = port, .rate = rate, .ms = ms };

  return run_threads (&plan, run_talker, n_connections);
}
