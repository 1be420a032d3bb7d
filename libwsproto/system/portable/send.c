/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The signal is ignored, as GSocket does by itself: to block it for the time of each call would
 * take two system calls more for each message. */
#include "system/sockets.h"

void
wsc_socket_prepare_sending (void)
{
  wsc_socket_ignore_broken_pipes ();
}

ssize_t
wsc_socket_send (int         fd,
                 const void *bytes,
                 size_t      length)
{
  return send (fd, bytes, length, 0);
}

ssize_t
wsc_socket_send_vectors (int                 fd,
                         const struct iovec *vectors,
                         size_t              n_vectors)
{
  struct msghdr message = { .msg_iov = (struct iovec *) vectors, .msg_iovlen = n_vectors };

  return sendmsg (fd, &message, 0);
}
