/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/wsp-epoll-private.h"

#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  WspWatch       watch;         /* watch of the socket; the first member, as it is cast to Peer */
  WspEpoll      *epoll;
  WspWatch      *other;         /* watch that is removed when this one is notified */
  guint          n_notified;
  WspWatchEvents notified;
} Peer;

static void
on_ready (WspWatch      *watch,
          WspWatchEvents events)
{
  Peer *self = (Peer *) watch;

  self->n_notified++;
  self->notified = events;
  if (self->other != NULL)
    wsp_epoll_remove (self->epoll, self->other);
}

static void
test_events (void)
{
  WspEpoll epoll;
  Peer peer = { .n_notified = 0 };
  int pair[2];

  wsp_epoll_init (&epoll);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  g_assert_true (wsp_epoll_add (&epoll, &peer.watch, pair[0], WSP_WATCH_READ, on_ready));
  g_assert_cmpuint (wsp_epoll_run (&epoll), ==, 0);

  g_assert_cmpint (write (pair[1], "x", 1), ==, 1);
  g_assert_cmpuint (wsp_epoll_run (&epoll), ==, 1);
  g_assert_cmpuint (peer.notified, ==, WSP_WATCH_READ);

  wsp_epoll_set_events (&epoll, &peer.watch, WSP_WATCH_WRITE);
  g_assert_cmpuint (wsp_epoll_run (&epoll), ==, 1);
  g_assert_cmpuint (peer.notified, ==, WSP_WATCH_WRITE);

  wsp_epoll_set_events (&epoll, &peer.watch, WSP_WATCH_NOTHING);
  g_assert_cmpuint (wsp_epoll_run (&epoll), ==, 0);
  close (pair[1]);
  g_assert_cmpuint (wsp_epoll_run (&epoll), ==, 1);
  g_assert_cmpuint (peer.notified, ==, WSP_WATCH_ENDED);

  wsp_epoll_remove (&epoll, &peer.watch);
  g_assert_cmpuint (wsp_epoll_run (&epoll), ==, 0);
  close (pair[0]);
  wsp_epoll_clear (&epoll);
}

/* Both are in one batch, and each removes the other: only one of them may be notified. */
static void
test_remove_within_batch (void)
{
  WspEpoll epoll;
  int first[2], second[2];

  wsp_epoll_init (&epoll);
  Peer one = { .epoll = &epoll }, two = { .epoll = &epoll, .other = &one.watch };

  one.other = &two.watch;
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, first), ==, 0);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, second), ==, 0);
  wsp_epoll_add (&epoll, &one.watch, first[0], WSP_WATCH_WRITE, on_ready);
  wsp_epoll_add (&epoll, &two.watch, second[0], WSP_WATCH_WRITE, on_ready);

  g_assert_cmpuint (wsp_epoll_run (&epoll), ==, 2);
  g_assert_cmpuint (one.n_notified + two.n_notified, ==, 1);

  wsp_epoll_remove (&epoll, &one.watch);
  wsp_epoll_remove (&epoll, &two.watch);
  wsp_epoll_clear (&epoll);
  for (guint i = 0; i < 2; i++)
    {
      close (first[i]);
      close (second[i]);
    }
}

static void
test_bad_descriptor (void)
{
  WspEpoll epoll;
  Peer peer = { .n_notified = 0 };

  wsp_epoll_init (&epoll);
  g_assert_false (wsp_epoll_add (&epoll, &peer.watch, -1, WSP_WATCH_READ, on_ready));
  g_assert_false (peer.watch.is_watched);
  wsp_epoll_remove (&epoll, &peer.watch);
  wsp_epoll_clear (&epoll);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/reactor/epoll/run/notifies-of-what-was-asked-and-the-end", test_events);
  g_test_add_func ("/reactor/epoll/remove/within-a-batch-is-not-notified",
                   test_remove_within_batch);
  g_test_add_func ("/reactor/epoll/add/bad-descriptor-refused", test_bad_descriptor);

  return g_test_run ();
}
