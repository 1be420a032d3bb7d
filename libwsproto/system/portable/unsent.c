/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "system/sockets.h"

/* A limit for all that the socket holds would also limit what is on its way to a distant peer. */
void
wsc_socket_limit_unsent (int fd,
                         int n_bytes)
{
  (void) fd;
  (void) n_bytes;
}
