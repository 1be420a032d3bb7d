/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The wire of a TLS session, without a session: what it makes of the results of recv () and
 * send ().  A call that succeeds leaves errno as it was, so each case has old errors there. */
#include "lib/rows.h"
#include "reactor/tls/wsp-tls-wire-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATH "/reactor/tls-wire/"

static const int old_errors[] = { 0, EINTR, EAGAIN, EIO };

typedef struct
{
  WspTlsBuffers buffers;
  WspTlsWire    wire;
  int           peer;           /* socket of the peer; -1: closed */
} Fixture;

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), ==, 0);
  wsp_tls_buffers_init (&self->buffers);
  wsp_tls_wire_init (&self->wire, &self->buffers, fds[0]);
  self->peer = fds[1];
  return self;
}

static void
close_peer (Fixture *self)
{
  if (self->peer >= 0)
    close (self->peer);
  self->peer = -1;
}

static void
fixture_free (Fixture *self)
{
  wsp_tls_wire_clear (&self->wire);
  close (self->wire.fd);
  close_peer (self);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

typedef enum
{
  PEER_WAITS,
  PEER_SENDS,
  PEER_ENDS,
  PEER_RESETS,
} PeerAction;

static const struct
{
  const char *name;
  PeerAction  action;
  gboolean    may_come;         /* TRUE if more input may come */
  int         error;
} drops[] = {
  { "nothing-yet-is-no-end", PEER_WAITS, TRUE, 0 },
  { "after-bytes-more-may-come", PEER_SENDS, TRUE, 0 },
  { "end-of-the-stream-is-the-end", PEER_ENDS, FALSE, 0 },
  { "reset-is-the-end", PEER_RESETS, FALSE, ECONNRESET },
};

/* A socket of the Unix domain is reset if it has unread bytes when it is closed. */
static void
act (Fixture   *fixture,
     PeerAction action)
{
  if (action == PEER_SENDS)
    g_assert_cmpint (send (fixture->peer, "a", 1, 0), ==, 1);
  else if (action == PEER_RESETS)
    g_assert_cmpint (send (fixture->wire.fd, "a", 1, 0), ==, 1);
  if (action == PEER_ENDS || action == PEER_RESETS)
    close_peer (fixture);
}

static void
test_drop_input (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);

  for (guint i = 0; i < G_N_ELEMENTS (old_errors); i++)
    {
      g_autoptr (Fixture) fixture = fixture_new ();
      gboolean may_come;

      act (fixture, drops[row].action);
      errno = old_errors[i];
      may_come = wsp_tls_wire_drop_input (&fixture->wire);
      g_assert_true (may_come == drops[row].may_come);
      g_assert_cmpint (fixture->wire.receive_error, ==, drops[row].error);
    }
}

static void
keep_unsent (WspTlsWire *wire)
{
  wire->unsent.memory = wire->unsent.at = g_memdup2 ("hello", 5);
  wire->unsent.length = 5;
}

static void
test_send_once (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (old_errors); i++)
    {
      g_autoptr (Fixture) fixture = fixture_new ();
      char bytes[100];

      keep_unsent (&fixture->wire);
      errno = old_errors[i];
      wsp_tls_wire_send_unsent (&fixture->wire);
      g_assert_cmpuint (fixture->wire.unsent.length, ==, 0);
      g_assert_cmpint (recv (fixture->peer, bytes, sizeof bytes, 0), ==, 5);
      g_assert_cmpint (recv (fixture->peer, bytes, sizeof bytes, 0), ==, -1);
    }
}

/* A socket that is full keeps all of it, and that is no error. */
static void
test_send_later (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  static const char many[65536];
  gssize n;

  do
    n = send (fixture->wire.fd, many, sizeof many, 0);
  while (n > 0);
  keep_unsent (&fixture->wire);
  wsp_tls_wire_send_unsent (&fixture->wire);
  g_assert_cmpuint (fixture->wire.unsent.length, ==, 5);
  g_assert_cmpint (fixture->wire.send_error, ==, 0);
}

/* GnuTLS writes in two calls; the rows say what, and what has left after each. */

#define CHANGE "\x14\x03\x03\x00\x01\x01"

static const struct
{
  const char *name, *written[2], *sent[2];
} calls[] = {
  { "change-cipher-spec-alone-waits", { CHANGE, "finished" }, { "", CHANGE "finished" } },
  { "change-cipher-spec-alone-waits-for-output", { CHANGE, "" }, { "", "" } },
  { "change-cipher-spec-before-others-leaves", { CHANGE "finished", "" }, { CHANGE "finished", "" } },
  { "six-other-bytes-leave", { "hello!", "" }, { "hello!", "" } },
  { "alert-comes-after-it", { CHANGE, "alert" }, { "", CHANGE "alert" } },
};

/* Lengths: the records have bytes that are 0. */
static gsize
get_length (const char *text)
{
  const gsize length = text[0] == CHANGE[0] ? sizeof CHANGE - 1 : 0;

  return length + strlen (&text[length]);
}

static void
call (Fixture    *fixture,
      const char *written)
{
  wsp_tls_wire_begin_call (&fixture->wire, 0);
  memcpy (fixture->buffers.output + fixture->buffers.n_output, written, get_length (written));
  fixture->buffers.n_output += get_length (written);
  wsp_tls_wire_end_call (&fixture->wire);
}

static void
test_calls (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint i = 0; i < 2; i++)
    {
      char bytes[100];
      gssize n;

      call (fixture, calls[row].written[i]);
      g_assert_cmpuint (fixture->wire.unsent.length, ==, 0);
      n = recv (fixture->peer, bytes, sizeof bytes, 0);
      g_assert_cmpmem (bytes, MAX (n, 0), calls[row].sent[i], get_length (calls[row].sent[i]));
    }
}

/* Another wire uses the same buffers while the first one waits with its record, and has bytes that
 * are unsent. */
static void
test_held_beside_another (void)
{
  g_autoptr (Fixture) fixture = fixture_new (), other = fixture_new ();
  char bytes[100];
  gssize n;

  other->wire.buffers = &fixture->buffers;
  call (fixture, CHANGE);
  wsp_tls_wire_begin_call (&other->wire, 0);
  memcpy (fixture->buffers.output, "other", 5);
  fixture->buffers.n_output = 5;
  wsp_tls_wire_end_call (&other->wire);
  n = recv (other->peer, bytes, sizeof bytes, 0);
  g_assert_cmpmem (bytes, MAX (n, 0), "other", 5);

  keep_unsent (&fixture->wire);
  call (fixture, "finished");
  n = recv (fixture->peer, bytes, sizeof bytes, 0);
  g_assert_cmpmem (bytes, MAX (n, 0), "hello" CHANGE "finished",
                   sizeof "hello" CHANGE "finished" - 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS (PATH "drop-input", drops, test_drop_input);
  g_test_add_func (PATH "send/each-byte-once-whatever-errno-was", test_send_once);
  g_test_add_func (PATH "send/full-socket-is-no-error", test_send_later);
  ADD_ROWS (PATH "call", calls, test_calls);
  g_test_add_func (PATH "call/held-beside-another-wire-and-after-unsent-bytes",
                   test_held_beside_another);

  return g_test_run ();
}
