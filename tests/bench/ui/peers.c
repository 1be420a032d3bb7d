/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "peers.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_THREADS 16
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
talk (int fd)
{
  char echo[ECHO_LENGTH];

  return write_all (fd, REQUEST, sizeof REQUEST - 1) && read_response (fd) &&
         write_all (fd, MESSAGE, sizeof MESSAGE - 1) &&
         recv (fd, echo, sizeof echo, MSG_WAITALL) == sizeof echo &&
         write_all (fd, CLOSE, sizeof CLOSE - 1) && read_to_end (fd);
}

static gboolean
make_connection (guint16 port)
{
  const struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean is_made = connect (fd, (const struct sockaddr *) &address, sizeof address) == 0 &&
                     talk (fd);

  close (fd);
  return is_made;
}

/* A client that is late does not wait. */
static gpointer
run_client (gpointer data)
{
  Run *run = data;

  for (;;)
    {
      gint64 n = atomic_fetch_add (&run->n_begun, 1);
      gint64 due_us = run->begin_us + n * G_USEC_PER_SEC / run->rate;
      gint64 now = g_get_monotonic_time ();

      if (MAX (due_us, now) - run->begin_us >= run->ms * G_GINT64_CONSTANT (1000))
        return NULL;

      if (due_us > now)
        g_usleep (due_us - now);
      if (make_connection (run->port))
        atomic_fetch_add (&run->n_made, 1);
    }
}

guint
peers_run (guint16 port,
           guint   rate,
           guint   ms)
{
  Run run = { .port = port, .rate = rate, .ms = ms, .begin_us = g_get_monotonic_time () };
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("peer", run_client, &run);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  return run.n_made;
}
