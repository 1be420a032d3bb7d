/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Waits for sockets in a GMainLoop: one GSource with an epoll descriptor for all sockets, as in the
 * library. */

#include "floor.h"

#include <glib.h>
#include <sys/epoll.h>

#define N_EVENTS    256
#define MOST_ROUNDS 4           /* then the other sources have their turn */

typedef struct
{
  GSource source;
  Floor *floor;
  int epoll;
  gpointer tag;
} EpollSource;

static void
watch (int              epoll,
       int              operation,
       int              fd,
       FloorState       state,
       FloorConnection *connection)
{
  struct epoll_event event = {
    .events = state == FLOOR_WRITES ? EPOLLOUT : EPOLLIN, .data = { .ptr = connection },
  };

  epoll_ctl (epoll, operation, fd, &event);
}

static void
serve (EpollSource     *self,
       FloorConnection *connection)
{
  const FloorState before = connection->rest != NULL ? FLOOR_WRITES : FLOOR_READS;
  const FloorState state = before == FLOOR_WRITES
                           ? floor_connection_write (connection)
                           : floor_connection_read (self->floor, connection);

  if (state == FLOOR_ENDED)
    floor_connection_end (connection);
  else if (state != before)
    watch (self->epoll, EPOLL_CTL_MOD, connection->fd, state, connection);
}

static void
accept_all (EpollSource *self)
{
  for (FloorConnection *connection = floor_accept (self->floor); connection != NULL;
       connection = floor_accept (self->floor))
    watch (self->epoll, EPOLL_CTL_ADD, connection->fd, FLOOR_READS, connection);
}

static gboolean
dispatch (GSource    *source,
          GSourceFunc callback,
          gpointer    data)
{
  EpollSource *self = (EpollSource *) source;

  for (unsigned round = 0; round < MOST_ROUNDS; round++)
    {
      struct epoll_event events[N_EVENTS];
      const int n_events = epoll_wait (self->epoll, events, N_EVENTS, 0);

      for (int i = 0; i < n_events; i++)
        if (events[i].data.ptr == NULL)
          accept_all (self);
        else
          serve (self, events[i].data.ptr);
      if (n_events <= 0)
        break;
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
check (GSource *source)
{
  return g_source_query_unix_fd (source, ((EpollSource *) source)->tag) != 0;
}

int
main (int    n_arguments,
      char **arguments)
{
  static GSourceFuncs functions = { .check = check, .dispatch = dispatch };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GSource) source = g_source_new (&functions, sizeof (EpollSource));
  EpollSource *self = (EpollSource *) source;
  Floor floor;

  floor_init (&floor, n_arguments, arguments);
  self->floor = &floor;
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->tag = g_source_add_unix_fd (source, self->epoll, G_IO_IN);
  watch (self->epoll, EPOLL_CTL_ADD, floor.listener, FLOOR_READS, NULL);
  g_source_attach (source, NULL);
  g_main_loop_run (loop);
  return 0;
}
