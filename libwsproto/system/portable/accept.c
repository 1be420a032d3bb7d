/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Between two calls another thread may execute a program, which then has the descriptor, too: only
 * the system can prevent that. */
#include "system/sockets.h"

#include <fcntl.h>
#include <unistd.h>

static int
set_flags (int fd)
{
  if (fd < 0)
    return fd;

  fcntl (fd, F_SETFD, FD_CLOEXEC);
  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

int
wsc_socket_accept (int              listener,
                   struct sockaddr *address,
                   socklen_t       *length)
{
  return set_flags (accept (listener, address, length));
}

int
wsc_socket_new_unix (void)
{
  return set_flags (socket (AF_UNIX, SOCK_STREAM, 0));
}

int
wsc_socket_replace (int source,
                    int fd)
{
  int replaced = dup2 (source, fd);

  if (replaced >= 0)
    fcntl (replaced, F_SETFD, FD_CLOEXEC);
  return replaced;
}
