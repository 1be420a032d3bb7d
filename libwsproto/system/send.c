/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "system/sockets.h"

void
wsc_socket_prepare_sending (void)
{
}

ssize_t
wsc_socket_send (int         fd,
                 const void *bytes,
                 size_t      length)
{
  return send (fd, bytes, length, MSG_NOSIGNAL);
}

ssize_t
wsc_socket_send_vectors (int                 fd,
                         const struct iovec *vectors,
                         size_t              n_vectors)
{
  struct msghdr message = { .msg_iov = (struct iovec *) vectors, .msg_iovlen = n_vectors };

  return sendmsg (fd, &message, MSG_NOSIGNAL);
}
