/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "system/sockets.h"

void
wsc_socket_reset (int fd)
{
  const struct sockaddr none = { .sa_family = AF_UNSPEC };

  connect (fd, &none, sizeof none);
}
