/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* All connections of a run, watched with one epoll descriptor. */

#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define INPUT_CAPACITY ((size_t) 256 * 1024)
#define N_EVENTS       256
#define OPENING_MS     30000

void
load_init (Load              *self,
           const LoadOptions *options)
{
  memset (self, 0, sizeof *self);
  self->options = options;
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->n_connections = options->n_connections;
  self->connections = load_alloc (self->n_connections * sizeof self->connections[0]);
  self->input = load_alloc (INPUT_CAPACITY);
  if (options->is_tls)
    load_tls_init (self);
}

void
load_clear (Load *self)
{
  for (size_t i = 0; i < self->n_connections; i++)
    load_connection_close (&self->connections[i]);
  free (self->connections);
  free (self->input);
  close (self->epoll);
  load_tls_clear (self);
}

void
load_watch (Load           *self,
            LoadConnection *connection,
            uint32_t        events)
{
  struct epoll_event event = { .events = events, .data = { .ptr = connection } };

  if (epoll_ctl (self->epoll, EPOLL_CTL_MOD, connection->fd, &event) != 0 &&
      epoll_ctl (self->epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0)
    load_fail ("epoll_ctl: %s", strerror (errno));
}

void
load_set_wire (Load           *self,
               const LoadWire *wire)
{
  for (size_t i = 0; i < self->n_connections; i++)
    {
      self->connections[i].wire = wire;
      self->connections[i].reader.expected = wire;
    }
}

void
load_send (Load           *self,
           LoadConnection *connection,
           size_t          n)
{
  connection->n_to_send += n;
  if (connection->waits_for_room)
    return;
  if (load_connection_flush (connection) == LOAD_MORE)
    {
      connection->waits_for_room = true;
      load_watch (self, connection, EPOLLIN | EPOLLOUT);
    }
}

static void
go_on_sending (Load           *self,
               LoadConnection *connection)
{
  if (load_connection_flush (connection) == LOAD_MORE)
    return;
  connection->waits_for_room = false;
  load_watch (self, connection, EPOLLIN);
}

static void
take_input (Load           *self,
            LoadConnection *connection,
            LoadEchoed      echoed,
            void           *data)
{
  size_t n_echoes = 0, n_next;

  do
    {
      const size_t n = load_connection_read (connection, self->input, INPUT_CAPACITY);

      n_echoes += load_reader_take (&connection->reader, self->input, n);
    }
  while (connection->tls != NULL && SSL_pending (connection->tls) > 0);

  n_next = n_echoes > 0 ? echoed (self, connection, n_echoes, data) : 0;
  if (n_next > 0 || connection->reader.n_pong > 0)
    load_send (self, connection, n_next);
}

int
load_turn (Load      *self,
           int        timeout_ms,
           LoadEchoed echoed,
           void      *data)
{
  struct epoll_event events[N_EVENTS];
  const int n_events = epoll_wait (self->epoll, events, N_EVENTS, timeout_ms);

  for (int i = 0; i < n_events; i++)
    {
      LoadConnection *connection = events[i].data.ptr;

      if (connection->state != LOAD_OPEN)
        {
          if (load_connection_open (connection, self) == LOAD_DONE)
            echoed (self, connection, 0, data);
          continue;
        }
      if (events[i].events & EPOLLOUT)
        go_on_sending (self, connection);
      if (events[i].events & ~(uint32_t) EPOLLOUT)
        take_input (self, connection, echoed, data);
    }
  return n_events;
}

/* Open connections may be pinged while others open. */
static size_t
count_opened (Load           *load,
              LoadConnection *connection,
              size_t          n_echoes,
              void           *data)
{
  size_t *n_open = data;

  if (n_echoes > 0)
    load_fail ("an echo comes before its message");
  *n_open += 1;
  return 0;
}

/* A listener may have a short queue (libsoup: 10); a client that does not fit waits for a
 * second. */
void
load_open_all (Load *self)
{
  size_t n_begun = 0, n_open = 0;

  while (n_open < self->n_connections)
    {
      while (n_begun < self->n_connections && n_begun - n_open < self->options->n_parallel)
        load_connection_begin (&self->connections[n_begun++], self);
      if (load_turn (self, OPENING_MS, count_opened, &n_open) == 0)
        load_fail ("the server does not answer; %zu connections are open", n_open);
    }
}
