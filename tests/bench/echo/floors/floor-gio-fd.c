/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Waits for sockets in a GMainLoop: a GSource for each socket, as in most programs with a
 * GMainLoop. */

#include "floor.h"

#include <glib.h>

typedef struct
{
  GSource source;
  Floor *floor;
  FloorConnection *connection;  /* connection whose socket is watched; NULL: the listener is
                                 * watched */
  gpointer tag;
} SocketSource;

static GSource *watch (Floor           *floor,
                       FloorConnection *connection,
                       int              fd);

static gboolean
serve (SocketSource *self)
{
  FloorConnection *connection = self->connection;
  const FloorState before = connection->rest != NULL ? FLOOR_WRITES : FLOOR_READS;
  const FloorState state = before == FLOOR_WRITES
                           ? floor_connection_write (connection)
                           : floor_connection_read (self->floor, connection);

  if (state == FLOOR_ENDED)
    {
      floor_connection_end (connection);
      return G_SOURCE_REMOVE;
    }
  if (state != before)
    g_source_modify_unix_fd (&self->source, self->tag,
                             state == FLOOR_WRITES ? G_IO_OUT : G_IO_IN);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource    *source,
          GSourceFunc callback,
          gpointer    data)
{
  SocketSource *self = (SocketSource *) source;

  if (self->connection != NULL)
    return serve (self);
  for (FloorConnection *connection = floor_accept (self->floor); connection != NULL;
       connection = floor_accept (self->floor))
    g_source_unref (watch (self->floor, connection, connection->fd));
  return G_SOURCE_CONTINUE;
}

static gboolean
check (GSource *source)
{
  return g_source_query_unix_fd (source, ((SocketSource *) source)->tag) != 0;
}

static GSource *
watch (Floor           *floor,
       FloorConnection *connection,
       int              fd)
{
  static GSourceFuncs functions = { .check = check, .dispatch = dispatch };
  GSource *source = g_source_new (&functions, sizeof (SocketSource));
  SocketSource *self = (SocketSource *) source;

  self->floor = floor;
  self->connection = connection;
  self->tag = g_source_add_unix_fd (source, fd, G_IO_IN);
  g_source_attach (source, NULL);
  return source;
}

int
main (int    n_arguments,
      char **arguments)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Floor floor;

  floor_init (&floor, n_arguments, arguments);
  g_source_unref (watch (&floor, NULL, floor.listener));
  g_main_loop_run (loop);
  return 0;
}
