/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Calls of the system: this is one program with those of the build, and one with those of POSIX. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/tap.h"
#include "system/environment.h"
#include "system/files.h"
#include "system/sockets.h"

#define PATH "/system/" CALLS "/"
#define VARIABLE "WSP_TEST_SYSTEM"

static bool
is_set_up (int fd)
{
  return fd >= 0 && (fcntl (fd, F_GETFD) & FD_CLOEXEC) != 0 &&
         (fcntl (fd, F_GETFL) & O_NONBLOCK) != 0;
}

/* Listens at a port of the loopback.  Returns the listener. */
static int
listen_somewhere (struct sockaddr_in *address)
{
  socklen_t length = sizeof *address;
  int listener = socket (AF_INET, SOCK_STREAM, 0);

  *address = (struct sockaddr_in) {
    .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK)
  };
  if (bind (listener, (struct sockaddr *) address, sizeof *address) != 0 ||
      listen (listener, 1) != 0 ||
      getsockname (listener, (struct sockaddr *) address, &length) != 0)
    abort ();
  return listener;
}

/* ends: the socket that was accepted, and that of its client. */
static void
connect_ends (int                 ends[2],
              struct sockaddr_in *peer)
{
  struct sockaddr_in address;
  socklen_t length = sizeof *peer;
  int listener = listen_somewhere (&address);

  ends[1] = socket (AF_INET, SOCK_STREAM, 0);
  if (connect (ends[1], (struct sockaddr *) &address, sizeof address) != 0)
    abort ();
  ends[0] = wsc_socket_accept (listener, (struct sockaddr *) peer, &length);
  close (listener);
}

static void
test_accept (void)
{
  struct sockaddr_in address, peer = { 0 }, own;
  socklen_t length = sizeof own;
  int ends[2], listener = listen_somewhere (&address);

  fcntl (listener, F_SETFL, fcntl (listener, F_GETFL) | O_NONBLOCK);
  errno = 0;
  tap_point (wsc_socket_accept (listener, NULL, NULL) < 0 && errno == EAGAIN,
             PATH "accept/without-a-client-has-its-errno");
  close (listener);

  connect_ends (ends, &peer);
  tap_point (is_set_up (ends[0]), PATH "accept/does-not-block-and-ends-with-the-program");
  tap_point (getsockname (ends[1], (struct sockaddr *) &own, &length) == 0 &&
             own.sin_port == peer.sin_port,
             PATH "accept/has-the-address-of-the-client");
  close (ends[0]);
  close (ends[1]);
}

static void
test_replace (void)
{
  int ends[2], unix_socket = wsc_socket_new_unix ();
  char byte;

  tap_point (is_set_up (unix_socket), PATH "unix/does-not-block-and-ends-with-the-program");
  if (socketpair (AF_UNIX, SOCK_STREAM, 0, ends) != 0)
    abort ();
  tap_point (wsc_socket_replace (unix_socket, ends[0]) == ends[0] && is_set_up (ends[0]) &&
             read (ends[1], &byte, 1) == 0,
             PATH "replace/the-other-end-sees-the-end");
  errno = 0;
  tap_point (wsc_socket_replace (-1, ends[0]) < 0 && errno == EBADF,
             PATH "replace/bad-descriptor-refused");
  close (unix_socket);
  close (ends[0]);
  close (ends[1]);
}

static volatile sig_atomic_t n_signals;

static void
on_signal (int number)
{
  n_signals++;
}

/* A signal would end this process. */
static void
test_send (void)
{
  char first[] = "ab", second[] = "cd", received[5] = "";
  struct iovec vectors[] = { { first, 2 }, { second, 2 } };
  int ends[2];

  signal (SIGPIPE, SIG_DFL);
  wsc_socket_prepare_sending ();
  if (socketpair (AF_UNIX, SOCK_STREAM, 0, ends) != 0)
    abort ();
  tap_point (wsc_socket_send (ends[0], first, 2) == 2 &&
             wsc_socket_send_vectors (ends[0], vectors, 2) == 4 &&
             read (ends[1], received, 2) == 2 && read (ends[1], received, 4) == 4 &&
             memcmp (received, "abcd", 4) == 0,
             PATH "send/the-peer-gets-the-bytes");
  close (ends[1]);
  errno = 0;
  tap_point (wsc_socket_send (ends[0], first, 2) < 0 && errno == EPIPE,
             PATH "send/without-a-peer-fails-without-a-signal");
  errno = 0;
  tap_point (wsc_socket_send_vectors (ends[0], vectors, 2) < 0 && errno == EPIPE,
             PATH "send/vectors-without-a-peer-fail-without-a-signal");
  close (ends[0]);
}

static void
test_broken_pipe (void)
{
  int ends[2];

  if (pipe (ends) != 0)
    abort ();
  close (ends[0]);
  signal (SIGPIPE, SIG_DFL);
  wsc_socket_ignore_broken_pipes ();
  errno = 0;
  tap_point (write (ends[1], "x", 1) < 0 && errno == EPIPE, PATH "broken-pipe/returns-an-error");
  signal (SIGPIPE, on_signal);
  wsc_socket_ignore_broken_pipes ();
  tap_point (write (ends[1], "x", 1) < 0 && n_signals == 1,
             PATH "broken-pipe/the-handler-of-the-program-stays");
  signal (SIGPIPE, SIG_DFL);
  close (ends[1]);
}

static void
test_reset (void)
{
  struct sockaddr_in peer;
  char byte;
  int ends[2];

  connect_ends (ends, &peer);
  wsc_socket_reset (ends[0]);
  close (ends[0]);
  errno = 0;
  tap_point (read (ends[1], &byte, 1) < 0 && errno == ECONNRESET,
             PATH "reset/the-peer-sees-it");
  close (ends[1]);
}

static void
test_options (void)
{
  struct sockaddr_in peer;
  int ends[2], value = 0;
  socklen_t length = sizeof value;

  connect_ends (ends, &peer);
  wsc_socket_acknowledge (ends[0]);
  wsc_socket_limit_unsent (ends[0], 65536);
  tap_point (getsockopt (ends[0], IPPROTO_TCP, TCP_NOTSENT_LOWAT, &value, &length) == 0 &&
             value == MAX_UNSENT,
             PATH "limit-unsent/the-system-is-told-if-it-can-be");
  close (ends[0]);
  close (ends[1]);
}

static uid_t more_rights;
static gid_t more_groups;

/* These two before the C library's own: a program that runs with the rights of another user. */
uid_t
geteuid (void)
{
  return getuid () + more_rights;
}

gid_t
getegid (void)
{
  return getgid () + more_groups;
}

static void
test_environment (void)
{
  const char *value;

  unsetenv (VARIABLE);
  tap_point (wsc_environment_get (VARIABLE) == NULL, PATH "environment/not-set");
  setenv (VARIABLE, "a value", 1);
  value = wsc_environment_get (VARIABLE);
  tap_point (value != NULL && strcmp (value, "a value") == 0, PATH "environment/set");
  if (!COMPARES_RIGHTS)         /* the kernel tells the C library */
    return;

  more_rights = 1;
  tap_point (wsc_environment_get (VARIABLE) == NULL,
             PATH "environment/hidden-with-the-rights-of-another-user");
  more_rights = 0;
  more_groups = 1;
  tap_point (wsc_environment_get (VARIABLE) == NULL,
             PATH "environment/hidden-with-the-rights-of-another-group");
  more_groups = 0;
}

/* Which of the members differs. */
static void
test_files (void)
{
  const struct stat one = { .st_dev = 1, .st_ino = 1, .st_size = 1, .st_mtim = { 1, 1 } };
  const struct
  {
    const char *name;
    struct stat other;
  } rows[] = {
    { "device", { .st_dev = 2, .st_ino = 1, .st_size = 1, .st_mtim = { 1, 1 } } },
    { "number", { .st_dev = 1, .st_ino = 2, .st_size = 1, .st_mtim = { 1, 1 } } },
    { "size", { .st_dev = 1, .st_ino = 1, .st_size = 2, .st_mtim = { 1, 1 } } },
    { "second", { .st_dev = 1, .st_ino = 1, .st_size = 1, .st_mtim = { 2, 1 } } },
    { "nanosecond", { .st_dev = 1, .st_ino = 1, .st_size = 1, .st_mtim = { 1, 2 } } },
  };

  tap_point (wsc_file_is_same (&one, &one), PATH "file/itself-is-the-same");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    tap_point (!wsc_file_is_same (&one, &rows[i].other), PATH "file/other-%s-is-not-the-same",
               rows[i].name);
}

int
main (void)
{
  test_accept ();
  test_replace ();
  test_send ();
  test_broken_pipe ();
  test_reset ();
  test_options ();
  test_environment ();
  test_files ();
  return tap_end ();
}
