/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads and writes the bytes of a floor by a socket, unchanged. */

#include "floor.h"

#include <sys/socket.h>

void
floor_way_init (int    n_arguments,
                char **arguments)
{
}

ssize_t
floor_way_receive (FloorConnection *connection,
                   void            *to,
                   size_t           n)
{
  return recv (connection->fd, to, n, 0);
}

ssize_t
floor_way_send (FloorConnection *connection,
                const void      *at,
                size_t           n)
{
  return send (connection->fd, at, n, MSG_NOSIGNAL);
}

bool
floor_way_has_more (FloorConnection *connection)
{
  return false;
}

void
floor_way_end (FloorConnection *connection)
{
}
