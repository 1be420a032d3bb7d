/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The transport over a plain socket, and which kind of transport is made for a stream. */
#include "lib/rows.h"
#include "reactor/wsp-transport-kind-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATH "/reactor/transport/"

typedef struct
{
  WspReactor   *reactor;
  WspTransport *transport;
  int           peer;
  guint         n_notified;
} Fixture;

static void
on_ready (WspTransport  *transport,
          WspWatchEvents events,
          gpointer       owner)
{
  Fixture *fixture = owner;

  if (fixture != NULL)
    fixture->n_notified++;
}

static void
fixture_init (Fixture *self)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), ==, 0);
  self->reactor = wsp_reactor_ref_thread_default ();
  self->transport = wsp_transport_new_for_fd (self->reactor, fds[0]);
  self->peer = fds[1];
  wsp_transport_set_owner (self->transport, on_ready, self);
}

static void
fixture_clear (Fixture *self)
{
  wsp_transport_close (self->transport, WSP_TRANSPORT_CLOSE_NOW);
  close (self->peer);
  wsp_reactor_unref (self->reactor);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

/* A call that succeeds leaves errno as it was: EINTR of an earlier call must not repeat it. */
static void
test_read_once (gconstpointer n_vectors)
{
  g_auto (Fixture) fixture = { 0 };
  char bytes[100];
  const struct iovec rooms[] = { { bytes, 2 }, { bytes + 2, sizeof bytes - 2 } };
  const struct iovec room = { bytes, sizeof bytes };
  guint n = GPOINTER_TO_UINT (n_vectors);

  fixture_init (&fixture);
  g_assert_cmpint (send (fixture.peer, "hello", 5, 0), ==, 5);
  errno = EINTR;
  g_assert_cmpint (wsp_transport_read (fixture.transport, n == 1 ? &room : rooms, n, NULL), ==, 5);
  g_assert_cmpmem (bytes, 5, "hello", 5);
}

static void
test_write_once (gconstpointer n_vectors)
{
  g_auto (Fixture) fixture = { 0 };
  const struct iovec pieces[] = { { (char *) "he", 2 }, { (char *) "llo", 3 } };
  const struct iovec whole = { (char *) "hello", 5 };
  guint n = GPOINTER_TO_UINT (n_vectors);
  char bytes[100];

  fixture_init (&fixture);
  errno = EINTR;
  g_assert_cmpint (wsp_transport_write (fixture.transport, n == 1 ? &whole : pieces, n, NULL), ==,
                   5);
  g_assert_cmpint (recv (fixture.peer, bytes, sizeof bytes, 0), ==, 5);
  g_assert_cmpmem (bytes, 5, "hello", 5);
}

static void
on_ended (WspTransport  *transport,
          WspWatchEvents events,
          gpointer       owner)
{
  *(WspWatchEvents *) owner |= events;
}

/* An owner that neither reads nor writes may still wait for the end. */
static void
test_ended (void)
{
  g_auto (Fixture) fixture = { 0 };
  WspWatchEvents events = WSP_WATCH_NOTHING;

  fixture_init (&fixture);
  wsp_transport_set_owner (fixture.transport, on_ended, &events);
  wsp_transport_set_events (fixture.transport, WSP_WATCH_ENDED);
  g_assert_cmpint (send (fixture.peer, "hello", 5, 0), ==, 5);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (events, ==, WSP_WATCH_NOTHING);

  shutdown (fixture.peer, SHUT_RDWR);
  while (events == WSP_WATCH_NOTHING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (events, ==, WSP_WATCH_ENDED);
}

/* Two ends of a TCP connection, which do not block. */
static void
connect_pair (int *fds)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  g_assert_cmpint (getsockname (listener, (struct sockaddr *) &address, &length), ==, 0);
  fds[0] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (fds[0], (struct sockaddr *) &address, length), ==, 0);
  fds[1] = accept (listener, NULL, NULL);
  g_assert_cmpint (fds[1], >=, 0);
  close (listener);
}

static const struct
{
  const char       *name;
  WspTransportClose how;
  int               error;              /* error that the peer reads */
} closes[] = {
  { "now-is-an-end", WSP_TRANSPORT_CLOSE_NOW, 0 },
  { "gracefully-is-an-end", WSP_TRANSPORT_CLOSE_GRACEFUL, 0 },
  { "reset-is-a-reset", WSP_TRANSPORT_CLOSE_RESET, ECONNRESET },
};

static void
test_close (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  int fds[2];
  char byte;

  connect_pair (fds);

  WspTransport *transport = wsp_transport_new_for_fd (reactor, fds[0]);

  wsp_transport_set_owner (transport, on_ready, NULL);
  wsp_transport_close (transport, closes[row].how);
  errno = 0;
  g_assert_cmpint (recv (fds[1], &byte, 1, 0), ==, closes[row].error == 0 ? 0 : -1);
  g_assert_cmpint (errno, ==, closes[row].error);
  close (fds[1]);
}

/* The end of the stream would wake the loop. */
static void
test_idle (void)
{
  g_auto (Fixture) fixture = { 0 };

  fixture_init (&fixture);
  wsp_transport_set_events (fixture.transport, WSP_WATCH_NOTHING);
  g_assert_false (fixture.transport->watch.is_watched);
}

/* The owner no longer waits for what a due call is to notify of. */
static void
test_notify_nothing (void)
{
  g_auto (Fixture) fixture = { 0 };

  fixture_init (&fixture);
  wsp_transport_set_events (fixture.transport, WSP_WATCH_READ);
  wsp_transport_queue_notify (fixture.transport, WSP_WATCH_READ, WSP_DUE_NEXT_DISPATCH);
  wsp_transport_set_events (fixture.transport, WSP_WATCH_NOTHING);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (fixture.n_notified, ==, 0);
}

static void
test_stream_once (void)
{
  g_auto (Fixture) fixture = { 0 };

  fixture_init (&fixture);

  GIOStream *stream = wsp_transport_get_stream (fixture.transport);

  g_assert_nonnull (stream);
  g_assert_true (wsp_transport_get_stream (fixture.transport) == stream);
}

typedef enum
{
  POLLABLE,
  WITHOUT_POLLING,              /* stream whose class cannot be polled */
  ABOVE_ONE_WITHOUT,            /* stream whose class can be polled, but not the stream below it */
} Half;

static const struct
{
  const char *name;
  Half        input, output;
  const WspTransportKind *kind;
} kinds[] = {
  { "both-pollable-are-polled", POLLABLE, POLLABLE, &wsp_transport_stream_kind },
  { "input-without-polling-is-asynchronous", WITHOUT_POLLING, POLLABLE, &wsp_transport_async_kind },
  { "input-above-one-without-is-asynchronous", ABOVE_ONE_WITHOUT, POLLABLE, &wsp_transport_async_kind },
  { "output-without-polling-is-asynchronous", POLLABLE, WITHOUT_POLLING, &wsp_transport_async_kind },
  { "output-above-one-without-is-asynchronous", POLLABLE, ABOVE_ONE_WITHOUT, &wsp_transport_async_kind },
};

static GInputStream *
make_input (Half half)
{
  g_autoptr (GInputStream) memory = g_memory_input_stream_new ();
  g_autoptr (GInputStream) buffered = g_buffered_input_stream_new (memory);
  g_autoptr (GConverter) converter =
    G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW));

  if (half == POLLABLE)
    return g_steal_pointer (&memory);
  return half == WITHOUT_POLLING ? g_steal_pointer (&buffered)
                                 : g_converter_input_stream_new (buffered, converter);
}

static GOutputStream *
make_output (Half half)
{
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) buffered = g_buffered_output_stream_new (memory);
  g_autoptr (GConverter) converter =
    G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, -1));

  if (half == POLLABLE)
    return g_steal_pointer (&memory);
  return half == WITHOUT_POLLING ? g_steal_pointer (&buffered)
                                 : g_converter_output_stream_new (buffered, converter);
}

/* Without TLS nothing is sent before the end, so the close does not wait for the output. */
static void
test_close_at_once (gconstpointer how)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GInputStream) input = make_input (POLLABLE);
  g_autoptr (GOutputStream) output = make_output (POLLABLE);
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);
  WspTransport *transport = wsp_transport_new_for_stream (reactor, stream, WSP_STREAM_IS_SHARED,
                                                          NULL);

  wsp_transport_set_owner (transport, on_ready, NULL);
  wsp_transport_close (transport, GPOINTER_TO_UINT (how));
  g_assert_true (g_io_stream_has_pending (stream));
  while (!g_io_stream_is_closed (stream))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_kind (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GInputStream) input = make_input (kinds[row].input);
  g_autoptr (GOutputStream) output = make_output (kinds[row].output);
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);
  WspTransport *transport = wsp_transport_new_for_stream (reactor, stream, WSP_STREAM_IS_SHARED,
                                                          NULL);

  wsp_transport_set_owner (transport, on_ready, NULL);
  g_assert_true (transport->kind == kinds[row].kind);
  wsp_transport_close (transport, WSP_TRANSPORT_CLOSE_NOW);
  while (!g_io_stream_is_closed (stream))
    g_main_context_iteration (NULL, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func (PATH "socket/read/bytes-once-whatever-errno-was", GUINT_TO_POINTER (1),
                        test_read_once);
  g_test_add_data_func (PATH "socket/read/bytes-of-two-vectors-once-whatever-errno-was",
                        GUINT_TO_POINTER (2), test_read_once);
  g_test_add_data_func (PATH "socket/write/bytes-once-whatever-errno-was", GUINT_TO_POINTER (1),
                        test_write_once);
  g_test_add_data_func (PATH "socket/write/bytes-of-two-vectors-once-whatever-errno-was",
                        GUINT_TO_POINTER (2), test_write_once);
  g_test_add_func (PATH "socket/idle-one-is-not-watched", test_idle);
  g_test_add_func (PATH "socket/owner-that-waits-for-nothing-is-not-notified", test_notify_nothing);
  g_test_add_func (PATH "socket/has-one-stream", test_stream_once);
  g_test_add_func (PATH "socket/end-notifies-an-owner-that-waits-for-nothing-else", test_ended);
  ADD_ROWS (PATH "socket/close", closes, test_close);
  g_test_add_data_func (PATH "stream/closes-at-once/now",
                        GUINT_TO_POINTER (WSP_TRANSPORT_CLOSE_NOW), test_close_at_once);
  g_test_add_data_func (PATH "stream/closes-at-once/gracefully",
                        GUINT_TO_POINTER (WSP_TRANSPORT_CLOSE_GRACEFUL), test_close_at_once);
  ADD_ROWS (PATH "kind", kinds, test_kind);

  return g_test_run ();
}
