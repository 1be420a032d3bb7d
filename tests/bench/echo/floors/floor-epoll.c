/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Waits for sockets with epoll and system calls only: the least that a floor can do. */

#include "floor.h"

#include <stdlib.h>
#include <sys/epoll.h>

#define N_EVENTS 256

static void
watch (int        epoll,
       int        operation,
       int        fd,
       FloorState state,
       void      *data)
{
  struct epoll_event event = {
    .events = state == FLOOR_WRITES ? EPOLLOUT : EPOLLIN, .data = { .ptr = data },
  };

  epoll_ctl (epoll, operation, fd, &event);
}

/* Returns how many there were. */
static size_t
accept_all (Floor *floor,
            int    epoll)
{
  size_t n = 0;

  for (FloorConnection *connection = floor_accept (floor); connection != NULL;
       connection = floor_accept (floor), n++)
    watch (epoll, EPOLL_CTL_ADD, connection->fd, FLOOR_READS, connection);
  return n;
}

/* Returns whether it has ended. */
static bool
serve (Floor           *floor,
       int              epoll,
       FloorConnection *connection)
{
  const FloorState before = connection->rest != NULL ? FLOOR_WRITES : FLOOR_READS;
  const FloorState state = before == FLOOR_WRITES
                           ? floor_connection_write (connection)
                           : floor_connection_read (floor, connection);

  if (state == FLOOR_ENDED)
    floor_connection_end (connection);
  else if (state != before)
    watch (epoll, EPOLL_CTL_MOD, connection->fd, state, connection);
  return state == FLOOR_ENDED;
}

/* With BENCH_SPINS, a server for measured clients does not sleep while it has connections: whether
 * a client pays for waking it would depend on which of both is faster. */
int
main (int    n_arguments,
      char **arguments)
{
  const int epoll = epoll_create1 (EPOLL_CLOEXEC);
  const bool spins = getenv ("BENCH_SPINS") != NULL;
  size_t n_open = 0;
  Floor floor;

  floor_init (&floor, n_arguments, arguments);
  watch (epoll, EPOLL_CTL_ADD, floor.listener, FLOOR_READS, NULL);
  for (;;)
    {
      struct epoll_event events[N_EVENTS];
      const int n_events = epoll_wait (epoll, events, N_EVENTS, spins && n_open > 0 ? 0 : -1);

      for (int i = 0; i < n_events; i++)
        if (events[i].data.ptr == NULL)
          n_open += accept_all (&floor, epoll);
        else if (serve (&floor, epoll, events[i].data.ptr))
          n_open--;
    }
}
