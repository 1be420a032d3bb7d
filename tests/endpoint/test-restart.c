/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Servers that replace each other at one listening socket, which each of them inherits: no client
 * notices.  The servers are processes.  WSP_RESTARTED: how many clients come in each test. */
#include <libwsproto/wsproto.h>

#include "endpoint/knock.h"
#include "lib/limit.h"
#include "lib/rows.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIME_LIMIT 600
#define N_CLIENTS 400
#define N_AT_ONCE 16
#define N_RESTARTS 10
#define GRACE 30000             /* milliseconds */
#define REQUEST KNOCK_REQUEST ("")

typedef enum
{
  STOP_THEN_START,
  START_THEN_STOP,
} Order;

static const struct
{
  const char *name;
  Order       order;
  guint       n_threads;
} restarts[] = {
  { "stop-then-start", STOP_THEN_START, 0 },
  { "start-then-stop", START_THEN_STOP, 0 },
  { "stop-then-start-with-a-thread", STOP_THEN_START, 1 },
  { "start-then-stop-with-a-thread", START_THEN_STOP, 1 },
};

/* The server's process. */

static void
on_stopped (GObject      *server,
            GAsyncResult *result,
            gpointer      loop)
{
  g_assert_true (wsp_server_shutdown_finish (WSP_SERVER (server), result, NULL));
  g_main_loop_quit (loop);
}

typedef struct
{
  WspServer *server;
  GMainLoop *loop;
} Service;

static gboolean
on_signal (gpointer data)
{
  Service *self = data;

  wsp_server_shutdown_async (self->server, 1001, "retry-after=0", GRACE, NULL, on_stopped,
                             self->loop);
  return G_SOURCE_REMOVE;
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               gpointer       data)
{
  wsp_connection_start_receiving (connection);
}

static void
serve (int   socket_fd,
       int   ready_fd,
       guint n_threads)
{
  Service self = { wsp_server_new (), g_main_loop_new (NULL, FALSE) };
  g_autoptr (GSocket) socket = g_socket_new_from_fd (socket_fd, NULL);

  g_object_set (self.server, "max-pending-handshakes", 2 * N_AT_ONCE, NULL);
  if (n_threads > 0)
    g_assert_true (wsp_server_start_workers (self.server, n_threads, NULL));
  g_signal_connect (self.server, "connection", G_CALLBACK (on_connection), NULL);
  g_unix_signal_add (SIGTERM, on_signal, &self);
  g_assert_nonnull (wsp_server_listen_socket (self.server, socket, WSP_LISTEN_FLAGS_DEFAULT, NULL));
  g_assert_cmpint (write (ready_fd, "", 1), ==, 1);
  close (ready_fd);
  g_main_loop_run (self.loop);
  _exit (0);
}

/* The clients' process, which has no main loop and no thread. */

typedef struct
{
  int     fd;
  GString *response;
} Client;

typedef struct
{
  int                listening;
  struct sockaddr_in address;
  guint              n_threads;
  pid_t              server, leaving;   /* the server, and the server that ends; leaving 0: none */
  Client             clients[N_AT_ONCE];
  guint              n_begun, n_served, n_failed;
} Run;

/* Returns when the server accepts. */
static void
begin_server (Run *self)
{
  char byte;
  int pair[2];

  g_assert_cmpint (pipe (pair), ==, 0);
  self->server = fork ();
  g_assert_cmpint (self->server, >=, 0);
  if (self->server == 0)
    {
      close (pair[0]);
      for (guint i = 0; i < N_AT_ONCE; i++)     /* those of the clients' process only */
        close (self->clients[i].fd);
      serve (self->listening, pair[1], self->n_threads);
    }

  close (pair[1]);
  g_assert_cmpint (read (pair[0], &byte, 1), ==, 1);
  close (pair[0]);
}

static void
begin_client (Run    *self,
              Client *client)
{
  self->n_begun++;
  client->response = g_string_new (NULL);
  client->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (client->fd, (struct sockaddr *) &self->address,
                            sizeof self->address), ==, 0);
  knock_send (client->fd, REQUEST);
}

static void
end_client (Run    *self,
            Client *client)
{
  gboolean is_served = g_str_has_prefix (client->response->str, "HTTP/1.1 101 ");

  self->n_served += is_served;
  self->n_failed += !is_served;
  g_string_free (client->response, TRUE);
  close (client->fd);
  *client = (Client) { .fd = -1 };
}

static void
read_client (Run    *self,
             Client *client)
{
  char bytes[4096];
  gssize n = recv (client->fd, bytes, sizeof bytes, 0);

  g_string_append_len (client->response, bytes, MAX (n, 0));
  if (n <= 0 || strstr (client->response->str, "\r\n\r\n") != NULL)
    end_client (self, client);
}

static void
follow_server (Run  *self,
               Order order)
{
  int status;

  if (self->leaving > 0 && waitpid (self->leaving, &status, WNOHANG) == self->leaving)
    {
      g_assert_cmpint (status, ==, 0);
      self->leaving = 0;
      if (order == STOP_THEN_START)
        begin_server (self);
    }
}

static void
restart (Run  *self,
         Order order)
{
  self->leaving = self->server;
  if (order == START_THEN_STOP)
    begin_server (self);
  kill (self->leaving, SIGTERM);
}

static void
poll_clients (Run *self)
{
  struct pollfd fds[N_AT_ONCE];

  for (guint i = 0; i < N_AT_ONCE; i++)
    fds[i] = (struct pollfd) { self->clients[i].fd, POLLIN, 0 };
  poll (fds, N_AT_ONCE, 10);
  for (guint i = 0; i < N_AT_ONCE; i++)
    {
      if (fds[i].revents != 0)
        read_client (self, &self->clients[i]);
    }
}

static void
listen_somewhere (Run *self)
{
  socklen_t length = sizeof self->address;

  self->address = (struct sockaddr_in) { .sin_family = AF_INET,
                                         .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  self->listening = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (bind (self->listening, (struct sockaddr *) &self->address, length), ==, 0);
  g_assert_cmpint (listen (self->listening, 1024), ==, 0);
  g_assert_cmpint (getsockname (self->listening, (struct sockaddr *) &self->address, &length), ==,
                   0);
}

static void
test_restart (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  const char *number = g_getenv ("WSP_RESTARTED");
  const guint n_clients = number != NULL ? (guint) atoi (number) : N_CLIENTS;
  Run self = { .n_threads = restarts[row].n_threads };
  guint next = n_clients / N_RESTARTS;

  listen_somewhere (&self);
  for (guint i = 0; i < N_AT_ONCE; i++)
    self.clients[i].fd = -1;
  begin_server (&self);
  while (self.n_served + self.n_failed < n_clients)
    {
      for (guint i = 0; i < N_AT_ONCE && self.n_begun < n_clients; i++)
        {
          if (self.clients[i].fd < 0)
            begin_client (&self, &self.clients[i]);
        }
      poll_clients (&self);
      follow_server (&self, restarts[row].order);
      if (self.n_begun >= next && self.leaving == 0)
        {
          next += n_clients / N_RESTARTS;
          restart (&self, restarts[row].order);
        }
    }
  g_assert_cmpuint (self.n_failed, ==, 0);
  g_assert_cmpuint (self.n_served, ==, n_clients);
  if (self.leaving > 0)
    g_assert_cmpint (waitpid (self.leaving, NULL, 0), ==, self.leaving);
  if (self.server != self.leaving)
    {
      kill (self.server, SIGKILL);
      g_assert_cmpint (waitpid (self.server, NULL, 0), ==, self.server);
    }
  close (self.listening);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  limit_set (TIME_LIMIT, "restarts");

  ADD_ROWS ("/endpoint/restart/WS-170-nobody-is-lost", restarts, test_restart);
  return g_test_run ();
}
