/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "system/sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

void
wsc_socket_acknowledge (int fd)
{
  const int yes = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
}
