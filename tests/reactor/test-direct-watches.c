/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/wsp-reactor-private.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_DESCRIPTORS 256

typedef struct
{
  WspWatch watch;               /* watch of pair[0]; the first member, as it is cast to Socket */
  int      pair[2];
  guint    n_notified;
} Socket;

static void
on_ready (WspWatch      *watch,
          WspWatchEvents events)
{
  Socket *self = (Socket *) watch;
  char byte;

  self->n_notified++;
  g_assert_cmpint (recv (watch->fd, &byte, 1, MSG_DONTWAIT), ==, 1);
}

static void
socket_init (Socket *self)
{
  *self = (Socket) { .n_notified = 0 };
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, self->pair), ==, 0);
}

static void
socket_watch (Socket     *self,
              WspReactor *reactor)
{
  g_assert_true (
    wsp_reactor_watch (reactor, &self->watch, self->pair[0], WSP_WATCH_READ, on_ready));
}

static void
iterate (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
socket_notify (Socket *self)
{
  const guint n_notified = self->n_notified;

  g_assert_cmpint (write (self->pair[1], "a", 1), ==, 1);
  iterate ();
  g_assert_cmpuint (self->n_notified, ==, n_notified + 1);
}

/* The peer sees the end when the socket is unwatched and closed. */
static void
socket_end (Socket     *self,
            WspReactor *reactor)
{
  char byte;

  wsp_reactor_unwatch (reactor, &self->watch);
  close (self->pair[0]);
  g_assert_cmpint (recv (self->pair[1], &byte, 1, MSG_DONTWAIT), ==, 0);
  close (self->pair[1]);
}

static WspReactor *polling;             /* reactor whose watches the poll function changes */
static Socket *leaving, *coming;

/* leaving was asked for, but coming has its slot when the loop checks. */
static int
change_watches (GPollFD *fds,
                guint    n_fds,
                int      timeout)
{
  int n_ready = g_poll (fds, n_fds, timeout);

  if (leaving == NULL)
    return n_ready;

  wsp_reactor_unwatch (polling, &leaving->watch);
  if (coming != NULL)
    socket_watch (coming, polling);
  leaving = NULL;
  return n_ready;
}

static void
test_changed_while_polled (gconstpointer is_replaced)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  Socket first, second;
  char byte;

  socket_init (&first);
  socket_init (&second);
  socket_watch (&first, reactor);
  iterate ();
  g_assert_cmpint (write (first.pair[1], "a", 1), ==, 1);
  polling = reactor;
  leaving = &first;
  coming = is_replaced != NULL ? &second : NULL;
  g_main_context_set_poll_func (NULL, change_watches);
  iterate ();
  g_assert_null (leaving);
  g_assert_cmpuint (first.n_notified, ==, 0);
  g_assert_cmpuint (second.n_notified, ==, 0);
  if (coming != NULL)
    socket_notify (coming);
  g_assert_cmpint (read (first.pair[0], &byte, 1), ==, 1);
  g_main_context_set_poll_func (NULL, g_poll);
  socket_end (&first, reactor);
  socket_end (&second, reactor);
  wsp_reactor_unref (reactor);
}

static guint
count_descriptors (void)
{
  guint n = 0;

  for (int fd = 0; fd < MAX_DESCRIPTORS; fd++)
    n += fcntl (fd, F_GETFD) >= 0;
  return n;
}

/* Leaves no descriptor for the process; returns the limit of before. */
static struct rlimit
leave_no_descriptor (void)
{
  struct rlimit before, none;
  int next = dup (STDIN_FILENO);

  g_assert_cmpint (next, >=, 0);
  close (next);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  none = (struct rlimit) { next, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  return before;
}

static void
test_end_of_socket (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  Socket first, second;

  for (guint i = 0; i < 3; i++)
    {
      socket_init (&first);
      socket_init (&second);
      socket_watch (&first, reactor);
      socket_watch (&second, reactor);
      socket_notify (&first);
      socket_end (&first, reactor);
      socket_notify (&second);
      socket_end (&second, reactor);
    }
  wsp_reactor_unref (reactor);
}

static guint n_woken;

static int
count_wakes (GPollFD *fds,
             guint    n_fds,
             int      timeout)
{
  int n_ready = g_poll (fds, n_fds, timeout);

  n_woken += n_ready > 0;
  return n_ready;
}

/* The first watch of a slot alone wakes the loop: the slot adds its descriptor to the source. */
static void
test_wakes (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  Socket socket;

  socket_init (&socket);
  socket_watch (&socket, reactor);
  iterate ();
  g_main_context_set_poll_func (NULL, count_wakes);
  for (guint i = 0; i < 10; i++)
    {
      wsp_reactor_unwatch (reactor, &socket.watch);
      iterate ();
      socket_watch (&socket, reactor);
      iterate ();
    }
  g_assert_cmpuint (n_woken, ==, 0);
  socket_notify (&socket);
  g_assert_cmpuint (n_woken, ==, 1);

  g_main_context_set_poll_func (NULL, g_poll);
  socket_end (&socket, reactor);
  wsp_reactor_unref (reactor);
}

static void
test_descriptors (void)
{
  const guint n_before = count_descriptors ();
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  Socket sockets[8];

  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    {
      socket_init (&sockets[i]);
      socket_watch (&sockets[i], reactor);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    socket_end (&sockets[i], reactor);
  wsp_reactor_unref (reactor);
  g_assert_cmpuint (count_descriptors (), ==, n_before);
}

/* A socket without a second descriptor is in the epoll set. */
static void
test_no_descriptor (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  Socket socket;

  socket_init (&socket);

  struct rlimit before = leave_no_descriptor ();

  socket_watch (&socket, reactor);
  socket_notify (&socket);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  socket_end (&socket, reactor);
  wsp_reactor_unref (reactor);
}

static void
test_no_epoll (void)
{
  struct rlimit before = leave_no_descriptor ();
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  Socket socket;

  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  for (guint i = 0; i < 3; i++)
    {
      socket_init (&socket);
      socket_watch (&socket, reactor);
      socket_notify (&socket);
      socket_end (&socket, reactor);
    }
  wsp_reactor_unref (reactor);
}

/* A child that has let go of the socket does not keep it open, nor does it quieten its parent. */
static void
test_fork (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  Socket socket;
  int stop[2], gone[2];
  char byte;

  socket_init (&socket);
  socket_watch (&socket, reactor);
  g_assert_cmpint (pipe (stop), ==, 0);
  g_assert_cmpint (pipe (gone), ==, 0);

  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      wsp_reactor_unwatch (reactor, &socket.watch);
      wsp_reactor_leave (reactor);
      close (socket.pair[0]);
      close (socket.pair[1]);
      close (stop[1]);
      (void) !write (gone[1], "a", 1);
      _exit (read (stop[0], &byte, 1));
    }

  close (stop[0]);
  g_assert_cmpint (read (gone[0], &byte, 1), ==, 1);
  socket_notify (&socket);
  socket_end (&socket, reactor);
  close (stop[1]);

  int status;

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  close (gone[0]);
  close (gone[1]);
  wsp_reactor_unref (reactor);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/reactor/direct-watches/peer-sees-the-end", test_end_of_socket);
  g_test_add_func ("/reactor/direct-watches/wake-no-loop", test_wakes);
  g_test_add_data_func ("/reactor/direct-watches/gone-while-polled", NULL,
                        test_changed_while_polled);
  g_test_add_data_func ("/reactor/direct-watches/replaced-while-polled", "",
                        test_changed_while_polled);
  g_test_add_func ("/reactor/direct-watches/leave-no-descriptor", test_descriptors);
  g_test_add_func ("/reactor/direct-watches/without-a-descriptor-for-the-slot", test_no_descriptor);
  g_test_add_func ("/reactor/direct-watches/without-an-epoll-set", test_no_epoll);
  g_test_add_func ("/reactor/direct-watches/left-by-a-child", test_fork);

  return g_test_run ();
}
