/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Calls for sockets that not every system has.  The folder portable/ has what serves instead of
 * each; meson.build chooses. */
#pragma once

#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

/* The descriptors of the next three do not block, and a program that is executed does not get them.
 * -1: errno has the reason. */
int     wsc_socket_accept             (int listener, struct sockaddr *address, socklen_t *length);
int     wsc_socket_new_unix           (void);
/* fd refers from now on to what `source` refers to; fd blocks as `source` does. */
int     wsc_socket_replace            (int source, int fd);

/* Before the first call of the next two in a process. */
void    wsc_socket_prepare_sending    (void);
/* These cause no SIGPIPE; as send () and sendmsg (). */
ssize_t wsc_socket_send               (int fd, const void *bytes, size_t length);
ssize_t wsc_socket_send_vectors       (int fd, const struct iovec *vectors, size_t n_vectors);

/* The peer of a TCP socket gets the acknowledgement of what has arrived at once. */
void    wsc_socket_acknowledge        (int fd);
/* A TCP socket takes no more output while so many bytes of it were not sent. */
void    wsc_socket_limit_unsent       (int fd, int n_bytes);
/* The peer of a TCP socket sees a reset: at once on Linux, also where a child of a fork () has the
 * socket; elsewhere when its last descriptor is closed. */
void    wsc_socket_reset              (int fd);

/* Writing to a pipe or a socket without a reader returns an error instead of ending the program.  A
 * handler that the program has set stays. */
void    wsc_socket_ignore_broken_pipes (void);
