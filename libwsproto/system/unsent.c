/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "system/sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

void
wsc_socket_limit_unsent (int fd,
                         int n_bytes)
{
  setsockopt (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &n_bytes, sizeof n_bytes);
}
