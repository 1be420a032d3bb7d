/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Pairs of a leg that is played by the test, and of one that is a socket; and pairs of sockets. */
#include "inspect/sources/proxy/wsi-proxy-private.h"
#include "lib/rows.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reactor/wsp-transport-kind-private.h"

/* The state of the client: what it has done and is to do, and which sides have TLS. */
static struct
{
  gboolean          has_ended;
  gboolean          has_unsent;
  gboolean          is_closed;
  WspTransportClose how;                /* way in which the transport was closed */
} play;

static gssize
play_read (WspTransport       *leg,
           const struct iovec *vectors,
           guint               n_vectors,
           GError            **error)
{
  return play.has_ended ? 0 : WSP_TRANSPORT_WOULD_BLOCK;
}

static gssize
play_write (WspTransport       *leg,
            const struct iovec *vectors,
            guint               n_vectors,
            GError            **error)
{
  return play.has_unsent ? WSP_TRANSPORT_WOULD_BLOCK : 0;
}

static void
play_nothing (WspTransport *leg)
{
}

static void
play_close (WspTransport     *leg,
            WspTransportClose how)
{
  play.is_closed = TRUE;
  play.how = how;
}

static void
play_describe (WspTransport    *leg,
               WspTransportTls *tls)
{
}

static const WspTransportKind play_kind = {
  .size = sizeof (WspTransport),
  .read = play_read,
  .write = play_write,
  .arm = play_nothing,
  .shutdown = play_nothing,
  .close = play_close,
  .describe_tls = play_describe,
};

static void
on_ended (WsiProxyPair *pair,
          gpointer      n_ended)
{
  ++*(guint *) n_ended;
}

static void
tell (WspTransport  *leg,
      WspWatchEvents events)
{
  wsp_transport_queue_notify (leg, events, WSP_DUE_NEXT_DISPATCH);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* TLS counts bytes as written that it has not sent.  Closed legs would lose them after a second. */
static void
test_unsent (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autofree guint8 *buffer = g_malloc (WSI_PROXY_BUFFER_SIZE);
  WsiProxyShared shared = { .reactor = reactor, .buffer = buffer };
  WspTransport *client = wsp_transport_new (&play_kind, reactor, -1);
  g_autoptr (WsiProxyPair) pair = NULL;
  guint n_ended = 0;
  int fds[2];
  char byte;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), ==, 0);
  pair = wsi_proxy_pair_new (&shared, client, wsp_transport_new_for_fd (reactor, fds[0]), on_ended,
                             &n_ended);
  play.has_unsent = TRUE;
  shutdown (fds[1], SHUT_WR);
  play.has_ended = TRUE;
  tell (client, WSP_WATCH_READ);
  g_assert_cmpint (recv (fds[1], &byte, 1, 0), ==, 0);
  g_assert_false (play.is_closed);
  g_assert_cmpuint (client->events, ==, WSP_WATCH_WRITE);

  play.has_unsent = FALSE;
  tell (client, WSP_WATCH_WRITE);
  g_assert_true (play.is_closed);
  g_assert_cmpuint (play.how, ==, WSP_TRANSPORT_CLOSE_GRACEFUL);
  g_assert_cmpuint (n_ended, ==, 1);
  close (fds[1]);
}

/* Returns the end of the proxy, and sets *peer to that of the test. */
static int
make_leg (int *peer)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) } };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  g_assert_cmpint (getsockname (listener, (struct sockaddr *) &address, &length), ==, 0);
  *peer = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (*peer, (struct sockaddr *) &address, length), ==, 0);
  int leg = accept4 (listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  g_assert_cmpint (leg, >=, 0);
  close (listener);
  return leg;
}

static void
reset (int fd)
{
  const struct linger at_once = { .l_onoff = 1 };

  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), ==, 0);
  close (fd);
}

static const struct
{
  const char *name;
  gboolean    is_client;        /* TRUE if the client's side breaks */
} breaks[] = {
  { "the-client", TRUE },
  { "the-target", FALSE },
};

/* A peer sends its last words and resets, before the proxy has read them, and it passes something
 * to that peer first. */
static void
test_last_words (gconstpointer data)
{
  const gboolean is_client = breaks[GPOINTER_TO_UINT (data)].is_client;
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autofree guint8 *buffer = g_malloc (WSI_PROXY_BUFFER_SIZE);
  WsiProxyShared shared = { .reactor = reactor, .buffer = buffer };
  int peers[2];                 /* the one that stays, and the one that breaks */
  WspTransport *stays = wsp_transport_new_for_fd (reactor, make_leg (&peers[0]));
  WspTransport *breaking = wsp_transport_new_for_fd (reactor, make_leg (&peers[1]));
  g_autoptr (WsiProxyPair) pair = NULL;
  char text[16] = "";
  guint n_ended = 0;

  g_assert_cmpint (send (peers[1], "farewell", 8, 0), ==, 8);
  reset (peers[1]);
  pair = wsi_proxy_pair_new (&shared, is_client ? breaking : stays, is_client ? stays : breaking,
                             on_ended, &n_ended);
  g_assert_cmpint (send (peers[0], "hello", 5, 0), ==, 5);
  wsp_transport_queue_notify (stays, WSP_WATCH_READ, WSP_DUE_THIS_DISPATCH);
  while (n_ended == 0)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpint (recv (peers[0], text, sizeof text, MSG_DONTWAIT), ==, 8);
  g_assert_cmpstr (text, ==, "farewell");
  g_assert_cmpint (recv (peers[0], text, sizeof text, MSG_DONTWAIT), <=, 0);
  g_assert_cmpuint (n_ended, ==, 1);
  close (peers[0]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/proxy-pair/ends/legs-are-closed-when-tls-has-sent-everything",
                   test_unsent);
  ADD_ROWS ("/inspector/proxy-pair/last-words-before-a-failed-write-pass", breaks, test_last_words);

  return g_test_run ();
}
