/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "system/sockets.h"

#include <fcntl.h>
#include <unistd.h>

int
wsc_socket_accept (int              listener,
                   struct sockaddr *address,
                   socklen_t       *length)
{
  return accept4 (listener, address, length, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int
wsc_socket_new_unix (void)
{
  return socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int
wsc_socket_replace (int source,
                    int fd)
{
  return dup3 (source, fd, O_CLOEXEC);
}
