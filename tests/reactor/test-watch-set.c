/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Both watch sets: this is one program with that of the build, and one with that of poll (). */
#include "base/wsp-fork-private.h"
#include "lib/rows.h"
#include "reactor/wsp-watch-private.h"

#include <sys/socket.h>
#include <unistd.h>

#define PATH "/reactor/" WATCH_SET "/"
#define N_FEW 6
#define N_MANY (WSP_WATCH_SET_MAX_READY + 88)

typedef struct
{
  GSource      source;
  WspWatchSet *set;
  guint16      iteration;
} Poller;

typedef struct
{
  WspWatch       watch;         /* the first member, as it is cast to Socket */
  WspWatchSet   *set;
  int            other_end;
  guint          n_notified;
  WspWatchEvents notified;
} Socket;

typedef struct
{
  Poller *poller;
  Socket *sockets;
  guint   n_sockets;
} Fixture;

static Fixture *running;        /* for callbacks, which get the watch alone */

static gboolean
poller_prepare (GSource *source,
                int     *timeout_ms)
{
  ((Poller *) source)->iteration++;
  *timeout_ms = -1;
  return FALSE;
}

static gboolean
poller_check (GSource *source)
{
  return wsp_watch_set_is_ready (((Poller *) source)->set);
}

static gboolean
poller_dispatch (GSource    *source,
                 GSourceFunc callback,
                 gpointer    user_data)
{
  wsp_watch_set_run (((Poller *) source)->set, wsp_n_forks);
  return G_SOURCE_CONTINUE;
}

static void
poller_finalize (GSource *source)
{
  wsp_watch_set_free (((Poller *) source)->set);
}

static GSourceFuncs poller_funcs = {
  .prepare = poller_prepare,
  .check = poller_check,
  .dispatch = poller_dispatch,
  .finalize = poller_finalize,
};

static void
fixture_init (Fixture *self,
              guint    n_sockets)
{
  self->poller = (Poller *) g_source_new (&poller_funcs, sizeof (Poller));
  self->poller->set = wsp_watch_set_new (&self->poller->source, &self->poller->iteration);
  self->sockets = g_new0 (Socket, n_sockets);
  self->n_sockets = n_sockets;
  g_source_set_can_recurse (&self->poller->source, TRUE);
  g_source_attach (&self->poller->source, NULL);
  running = self;
}

/* A socket that can be written to. */
static void
watch_socket (Socket      *self,
              WspWatchFunc ready)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  self->set = running->poller->set;
  self->other_end = pair[1];
  g_assert_true (wsp_watch_set_add (self->set, &self->watch, pair[0], WSP_WATCH_WRITE, ready));
}

static void
watch_all (Fixture     *self,
           WspWatchFunc ready)
{
  for (guint i = 0; i < self->n_sockets; i++)
    watch_socket (&self->sockets[i], ready);
}

static void
drop_socket (Socket *self)
{
  if (!self->watch.is_watched)
    return;

  wsp_watch_set_remove (self->set, &self->watch);
  close (self->watch.fd);
  close (self->other_end);
}

static void
fixture_clear (Fixture *self)
{
  for (guint i = 0; i < self->n_sockets; i++)
    drop_socket (&self->sockets[i]);
  g_source_destroy (&self->poller->source);
  g_source_unref (&self->poller->source);
  g_free (self->sockets);
  running = NULL;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static gboolean
run_once (void)
{
  return g_main_context_iteration (NULL, FALSE);
}

static guint
count_notified (const Fixture *self)
{
  guint n_notified = 0;

  for (guint i = 0; i < self->n_sockets; i++)
    n_notified += self->sockets[i].n_notified;
  return n_notified;
}

static void
note (WspWatch      *watch,
      WspWatchEvents events)
{
  Socket *self = (Socket *) watch;

  self->n_notified++;
  self->notified = events;
}

static void
test_events (void)
{
  g_auto (Fixture) fixture = { 0 };
  Socket *socket;

  fixture_init (&fixture, 1);
  socket = &fixture.sockets[0];
  g_assert_false (run_once ());
  watch_all (&fixture, note);
  g_assert_true (run_once ());
  g_assert_cmpuint (socket->notified, ==, WSP_WATCH_WRITE);

  wsp_watch_set_set_events (socket->set, &socket->watch, WSP_WATCH_READ);
  g_assert_false (run_once ());
  g_assert_cmpint (write (socket->other_end, "x", 1), ==, 1);
  g_assert_true (run_once ());
  g_assert_cmpuint (socket->notified, ==, WSP_WATCH_READ);

  wsp_watch_set_set_events (socket->set, &socket->watch, WSP_WATCH_NOTHING);
  g_assert_false (run_once ());
  shutdown (socket->other_end, SHUT_RDWR);
  g_assert_true (run_once ());
  g_assert_cmpuint (socket->notified, ==, WSP_WATCH_ENDED);
  g_assert_cmpuint (socket->n_notified, ==, 3);

  drop_socket (socket);
  g_assert_false (run_once ());
}

static void
test_many (void)
{
  g_auto (Fixture) fixture = { 0 };

  fixture_init (&fixture, N_MANY);
  watch_all (&fixture, note);
  g_assert_true (run_once ());
  g_assert_cmpuint (count_notified (&fixture), >=, WSP_WATCH_SET_MAX_READY);
  g_assert_cmpuint (count_notified (&fixture), <, N_MANY);
  g_assert_true (run_once ());
  for (guint i = 0; i < N_MANY; i++)
    g_assert_cmpuint (fixture.sockets[i].n_notified, >=, 1);
}

/* The place of the row, which is one of them, and those that its callback removes. */
static const struct
{
  const char *name;
  guint       first, end;
} removals[] = {
  { "all", 0, N_FEW },
  { "all-but-the-first", 1, N_FEW },
  { "all-but-the-last", 0, N_FEW - 1 },
};

static guint removal;

static void
remove_others (WspWatch      *watch,
               WspWatchEvents events)
{
  note (watch, events);
  for (guint i = removals[removal].first; i < removals[removal].end; i++)
    drop_socket (&running->sockets[i]);
}

static void
test_remove (gconstpointer data)
{
  g_auto (Fixture) fixture = { 0 };
  guint n_left;

  removal = GPOINTER_TO_UINT (data);
  n_left = N_FEW - (removals[removal].end - removals[removal].first);
  fixture_init (&fixture, N_FEW);
  watch_all (&fixture, remove_others);
  g_assert_true (run_once ());
  g_assert_cmpuint (count_notified (&fixture), >=, 1);
  g_assert_cmpuint (count_notified (&fixture), <=, 1 + n_left);
  g_assert_true (run_once () == (n_left > 0));
}

/* Another watch has the place of the one that is removed, and was not polled yet. */
static void
replace_next (WspWatch      *watch,
              WspWatchEvents events)
{
  Socket *self = (Socket *) watch;
  guint next = (guint) (self - running->sockets + 1) % N_FEW;

  note (watch, events);
  drop_socket (&running->sockets[next]);
  running->sockets[next].n_notified = 0;
  watch_socket (&running->sockets[next], note);
  wsp_watch_set_set_events (self->set, &running->sockets[next].watch, WSP_WATCH_READ);
}

static void
test_replace (void)
{
  g_auto (Fixture) fixture = { 0 };

  fixture_init (&fixture, N_FEW);
  watch_all (&fixture, replace_next);
  g_assert_true (run_once ());
  for (guint i = 0; i < N_FEW; i++)
    g_assert_cmpuint (fixture.sockets[i].n_notified + fixture.sockets[(i + 1) % N_FEW].n_notified,
                      ==, 1);
}

/* The main loop in the first callback notifies the others. */
static void
run_loop_once (WspWatch      *watch,
               WspWatchEvents events)
{
  note (watch, events);
  wsp_watch_set_set_events (((Socket *) watch)->set, watch, WSP_WATCH_NOTHING);
  if (count_notified (running) == 1)
    run_once ();
}

static void
test_nested (void)
{
  g_auto (Fixture) fixture = { 0 };

  fixture_init (&fixture, N_FEW);
  watch_all (&fixture, run_loop_once);
  g_assert_true (run_once ());
  for (guint i = 0; i < N_FEW; i++)
    g_assert_cmpuint (fixture.sockets[i].n_notified, >=, 1);
  if (g_str_equal (WATCH_SET, "watch-set-poll"))        /* epoll has told the outer loop of all */
    g_assert_cmpuint (count_notified (&fixture), ==, N_FEW);
  g_assert_false (run_once ());
}

/* A set remembers no more places than it has had watches at once. */
static void
test_places (void)
{
  g_auto (Fixture) fixture = { 0 };

  fixture_init (&fixture, N_FEW);
  watch_all (&fixture, note);
  for (guint round = 0; round < 3; round++)
    {
      for (guint i = 0; i < N_FEW; i += 2)
        drop_socket (&fixture.sockets[i]);
      for (guint i = 0; i < N_FEW; i += 2)
        watch_socket (&fixture.sockets[i], note);
    }
  for (guint i = 0; i < N_FEW; i++)
    g_assert_cmpuint (fixture.sockets[i].watch.place, <, N_FEW);
  g_assert_true (run_once ());
  for (guint i = 0; i < N_FEW; i++)
    g_assert_cmpuint (fixture.sockets[i].n_notified, ==, 1);
}

static void
test_destroyed (void)
{
  Fixture fixture = { 0 };

  fixture_init (&fixture, N_FEW);
  watch_all (&fixture, note);
  g_source_destroy (&fixture.poller->source);
  g_assert_false (run_once ());
  fixture_clear (&fixture);
}

static void
test_bad_descriptor (void)
{
  g_auto (Fixture) fixture = { 0 };

  fixture_init (&fixture, 1);
  g_assert_false (wsp_watch_set_add (fixture.poller->set, &fixture.sockets[0].watch, -1,
                                     WSP_WATCH_READ, note));
  g_assert_false (fixture.sockets[0].watch.is_watched);
  g_assert_false (run_once ());
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func (PATH "run/notifies-of-what-was-asked-and-the-end", test_events);
  g_test_add_func (PATH "run/none-of-many-waits-for-others", test_many);
  ADD_ROWS (PATH "remove/within-a-run-is-not-notified", removals, test_remove);
  g_test_add_func (PATH "add/in-the-place-of-another-is-not-notified", test_replace);
  g_test_add_func (PATH "add/free-places-are-used-again", test_places);
  g_test_add_func (PATH "add/bad-descriptor-refused", test_bad_descriptor);
  g_test_add_func (PATH "run/in-a-main-loop-of-a-callback", test_nested);
  g_test_add_func (PATH "remove/after-the-end-of-the-context", test_destroyed);

  return g_test_run ();
}
