/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "system/sockets.h"

/* The system acknowledges by itself some time later. */
void
wsc_socket_acknowledge (int fd)
{
  (void) fd;
}
