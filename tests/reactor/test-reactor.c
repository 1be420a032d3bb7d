/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/wsp-reactor-private.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  WspDue      due;              /* due call; the first member, as it is cast to Call */
  WspReactor *reactor;
  GString    *order;
  char        letter;
  guint       n_again;
} Call;

static void
run_call (WspDue *due)
{
  Call *self = (Call *) due;

  g_string_append_c (self->order, self->letter);
  if (self->n_again > 0)
    {
      self->n_again--;
      wsp_reactor_call (self->reactor, &self->due, WSP_DUE_THIS_DISPATCH);
    }
}

static void
test_one_for_each_context (void)
{
  WspReactor *first = wsp_reactor_ref_thread_default ();
  WspReactor *second = wsp_reactor_ref_thread_default ();
  GMainContext *context = g_main_context_new ();

  g_assert_true (first == second);
  g_main_context_push_thread_default (context);
  WspReactor *other = wsp_reactor_ref_thread_default ();

  g_assert_true (other != first);
  g_assert_true (wsp_reactor_get_context (other) == context);
  wsp_reactor_unref (other);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);

  wsp_reactor_unref (first);
  wsp_reactor_unref (second);
  g_assert_false (g_main_context_pending (NULL));
}

static void
test_calls_in_order (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  GString *order = g_string_new (NULL);
  Call a = { { .run = run_call }, reactor, order, 'a', 1 };
  Call b = { { .run = run_call }, reactor, order, 'b', 0 };
  Call c = { { .run = run_call }, reactor, order, 'c', 0 };
  Call d = { { .run = run_call }, reactor, order, 'd', 0 };

  wsp_reactor_call (reactor, &d.due, WSP_DUE_AFTER_RESULTS);
  wsp_reactor_call (reactor, &b.due, WSP_DUE_THIS_DISPATCH);
  wsp_reactor_call (reactor, &c.due, WSP_DUE_NEXT_DISPATCH);
  wsp_reactor_call (reactor, &a.due, WSP_DUE_THIS_DISPATCH);
  wsp_reactor_call (reactor, &a.due, WSP_DUE_THIS_DISPATCH);
  g_assert_cmpstr (order->str, ==, "");

  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpstr (order->str, ==, "cbaad");

  g_string_free (order, TRUE);
  wsp_reactor_unref (reactor);
}

/* A call that always queues itself again keeps back neither other sources nor calls behind it. */
static gboolean
end_loop (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
test_endless_calls (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);
  GString *order = g_string_new (NULL);
  Call call = { { .run = run_call }, reactor, order, '.', G_MAXUINT };
  Call behind = { { .run = run_call }, reactor, order, '|', 0 };

  wsp_reactor_call (reactor, &call.due, WSP_DUE_THIS_DISPATCH);
  wsp_reactor_call (reactor, &behind.due, WSP_DUE_AFTER_RESULTS);
  g_timeout_add (0, end_loop, loop);
  g_main_loop_run (loop);
  for (guint i = 0; i < 100000 && strchr (order->str, '|') == NULL; i++)
    {
      g_string_set_size (order, 0);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_nonnull (strchr (order->str, '|'));

  call.n_again = 0;
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_string_free (order, TRUE);
  g_main_loop_unref (loop);
  wsp_reactor_unref (reactor);
}

#define N_MANY (2 * 1024 + 1)   /* more than two dispatches run */

typedef struct
{
  Call calls[N_MANY];
} Crowd;

static gboolean
queue_all (gpointer data)
{
  Crowd *crowd = data;

  for (guint i = 0; i < N_MANY; i++)
    wsp_reactor_call (crowd->calls[i].reactor, &crowd->calls[i].due, WSP_DUE_AFTER_RESULTS);
  return G_SOURCE_CONTINUE;
}

/* Many calls that are queued again in each iteration, as a broadcast does, keep back neither each
 * other nor a result. */
static void
test_crowd (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  GString *order = g_string_new (NULL);
  Crowd *crowd = g_new0 (Crowd, 1);
  Call result = { { .run = run_call }, reactor, order, 'r', 0 };
  guint source;

  for (guint i = 0; i < N_MANY; i++)
    crowd->calls[i] =
      (Call) { { .run = run_call }, reactor, order, i == N_MANY - 1 ? 'z' : '.', 0 };
  source = g_idle_add_full (G_PRIORITY_DEFAULT, queue_all, crowd, NULL);
  g_main_context_iteration (NULL, FALSE);
  wsp_reactor_call (reactor, &result.due, WSP_DUE_THIS_DISPATCH);
  for (guint i = 0; i < 8; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_nonnull (strchr (order->str, 'r'));
  g_assert_nonnull (strchr (order->str, 'z'));

  g_source_remove (source);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_free (crowd);
  g_string_free (order, TRUE);
  wsp_reactor_unref (reactor);
}

/* Slow results do not keep back the calls behind them until the last result. */
static void
run_slowly (WspDue *due)
{
  g_usleep (2000);
  run_call (due);
}

static void
test_slow_results (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  GString *order = g_string_new (NULL);
  Call slow = { { .run = run_slowly }, reactor, order, 's', 9 };
  Call behind = { { .run = run_call }, reactor, order, '|', 0 };

  wsp_reactor_call (reactor, &behind.due, WSP_DUE_AFTER_RESULTS);
  wsp_reactor_call (reactor, &slow.due, WSP_DUE_THIS_DISPATCH);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpstr (order->str, ==, "ssss|ssssss");

  g_string_free (order, TRUE);
  wsp_reactor_unref (reactor);
}

/* After a burst in which turns had to run early, those of the next one wait again. */
static void
test_next_burst (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GString) order = g_string_new (NULL);
  Call slow = { { .run = run_slowly }, reactor, order, 's', 4 };
  Call behind = { { .run = run_call }, reactor, order, '|', 0 };
  Call results[3], turns[3];

  wsp_reactor_call (reactor, &behind.due, WSP_DUE_AFTER_RESULTS);
  wsp_reactor_call (reactor, &slow.due, WSP_DUE_THIS_DISPATCH);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpstr (order->str, ==, "ssss|s");
  g_usleep (60000);             /* more than the reactor's MAX_ALL_BEHIND */
  g_string_truncate (order, 0);
  for (guint i = 0; i < G_N_ELEMENTS (turns); i++)
    {
      turns[i] = (Call) { { .run = run_call }, reactor, order, '|', 0 };
      results[i] = (Call) { { .run = run_call }, reactor, order, 'r', 0 };
      wsp_reactor_call (reactor, &turns[i].due, WSP_DUE_AFTER_RESULTS);
      wsp_reactor_call (reactor, &results[i].due, WSP_DUE_THIS_DISPATCH);
    }
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpstr (order->str, ==, "rrr|||");
  wsp_reactor_unref (reactor);
}

/* More results than one dispatch delivers: the calls behind them wait for the last one.  A machine
 * that is busy for a millisecond in between lets them go earlier, so there are some attempts. */
static gboolean
runs_behind_all (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GString) order = g_string_new (NULL);
  Call result = { { .run = run_call }, reactor, order, 'r', N_MANY };
  Call behind = { { .run = run_call }, reactor, order, '|', 0 };

  wsp_reactor_call (reactor, &behind.due, WSP_DUE_AFTER_RESULTS);
  wsp_reactor_call (reactor, &result.due, WSP_DUE_THIS_DISPATCH);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (order->len, ==, N_MANY + 2);
  wsp_reactor_unref (reactor);
  return g_str_has_suffix (order->str, "r|");
}

static void
test_many_results (void)
{
  for (guint i = 0; i < 1000; i++)
    {
      if (runs_behind_all ())
        return;
    }
  g_assert_not_reached ();
}

typedef struct
{
  WspTimer   timer;             /* timer; the first member, as it is cast to Alarm */
  GMainLoop *loop;
  gint64     came;
} Alarm;

static void
on_expired (WspTimer *timer)
{
  Alarm *self = (Alarm *) timer;

  self->came = g_get_monotonic_time ();
  if (self->loop != NULL)
    g_main_loop_quit (self->loop);
}

static void
test_timer (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);
  gint64 now = g_get_monotonic_time ();
  Alarm alarm = { { .expired = on_expired }, loop, 0 };
  Alarm dropped = { { .expired = on_expired }, NULL, 0 };

  wsp_reactor_set_timer (reactor, &alarm.timer, now + 20000);
  wsp_reactor_set_timer (reactor, &dropped.timer, now + 5000);
  wsp_reactor_unset_timer (reactor, &dropped.timer);
  g_main_loop_run (loop);
  g_assert_cmpint (alarm.came, >=, now + 20000);
  g_assert_cmpint (dropped.came, ==, 0);

  g_main_loop_unref (loop);
  wsp_reactor_unref (reactor);
}

typedef struct
{
  WspWatch    watch;            /* watch of fd; the first member, as it is cast to Nested */
  WspReactor *reactor;
  int         fd;
  guint       depth, deepest, n_notified;
} Nested;

/* A handler runs a main loop: the reactor must go on inside it. */
static void
on_nested (WspWatch      *watch,
           WspWatchEvents events)
{
  Nested *self = (Nested *) watch;
  char byte;

  g_assert_cmpuint (wsp_reactor_get_depth (self->reactor), ==, self->depth + 1);
  g_assert_cmpint (read (self->fd, &byte, 1), ==, 1);
  self->n_notified++;
  self->depth++;
  self->deepest = MAX (self->deepest, self->depth);
  g_main_context_iteration (NULL, FALSE);
  self->depth--;
}

static void
test_nested_loops (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  Nested nested = { .reactor = reactor, .fd = pair[0] };

  g_assert_true (wsp_reactor_watch (reactor, &nested.watch, pair[0], WSP_WATCH_READ, on_nested));
  g_assert_cmpint (write (pair[1], "abc", 3), ==, 3);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (nested.n_notified, ==, 3);
  g_assert_cmpuint (nested.deepest, ==, 3);
  g_assert_cmpuint (wsp_reactor_get_depth (reactor), ==, 0);

  wsp_reactor_unwatch (reactor, &nested.watch);
  wsp_reactor_unref (reactor);
  close (pair[0]);
  close (pair[1]);
}

#define N_SOCKETS 7

typedef struct _SocketSet SocketSet;

typedef struct
{
  WspWatch   watch;             /* watch of the socket; the first member, as it is cast to
                                 * WatchedSocket */
  SocketSet *set;
  int        pair[2];
  guint      n_notified;
} WatchedSocket;

struct _SocketSet
{
  WspReactor   *reactor;
  WatchedSocket sockets[N_SOCKETS];
  guint         to_unwatch;     /* index of the socket that the first notified one unwatches */
};

static void
on_socket (WspWatch      *watch,
           WspWatchEvents events)
{
  WatchedSocket *self = (WatchedSocket *) watch;
  SocketSet *set = self->set;
  char byte;

  g_assert_cmpint (events, ==, WSP_WATCH_READ);
  g_assert_cmpint (read (self->pair[0], &byte, 1), ==, 1);
  self->n_notified++;
  if (set->to_unwatch < N_SOCKETS)
    wsp_reactor_unwatch (set->reactor, &set->sockets[set->to_unwatch].watch);
}

static void
watch_socket (SocketSet *self,
              guint      i)
{
  g_assert_true (wsp_reactor_watch (self->reactor, &self->sockets[i].watch,
                                    self->sockets[i].pair[0], WSP_WATCH_READ, on_socket));
}

static void
socket_set_init (SocketSet *self)
{
  *self = (SocketSet) { .reactor = wsp_reactor_ref_thread_default (), .to_unwatch = N_SOCKETS };
  for (guint i = 0; i < N_SOCKETS; i++)
    {
      self->sockets[i].set = self;
      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, self->sockets[i].pair), ==, 0);
    }
}

static void
socket_set_clear (SocketSet *self)
{
  for (guint i = 0; i < N_SOCKETS; i++)
    {
      wsp_reactor_unwatch (self->reactor, &self->sockets[i].watch);
      close (self->sockets[i].pair[0]);
      close (self->sockets[i].pair[1]);
    }
  wsp_reactor_unref (self->reactor);
}

static void
write_to_sockets (SocketSet *self,
                  guint      first,
                  guint      end)
{
  for (guint i = first; i < end; i++)
    g_assert_cmpint (write (self->sockets[i].pair[1], "a", 1), ==, 1);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* Descriptors that the loop waits for, without the one that wakes it. */
static int
count_polled (void)
{
  GMainContext *context = g_main_context_default ();
  GPollFD fds[2 * N_SOCKETS];
  int priority, timeout_ms, n_fds;

  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  n_fds = g_main_context_query (context, G_MAXINT, &timeout_ms, fds, G_N_ELEMENTS (fds));
  g_main_context_release (context);
  return n_fds - 1;
}

/* Up to four sockets are polled directly, and nothing else is; a later one is in the set, which
 * epoll polls as one, unless one of the four has become free. */
static void
test_few_and_many (void)
{
  SocketSet set;

  socket_set_init (&set);
  g_assert_cmpint (count_polled (), ==, 0);
  for (guint i = 0; i < N_SOCKETS; i++)
    {
      watch_socket (&set, i);
      g_assert_cmpint (count_polled (), ==, MIN (i + 1, N_POLLED));
    }
  write_to_sockets (&set, 0, N_SOCKETS);
  for (guint i = 0; i < N_SOCKETS; i++)
    g_assert_cmpuint (set.sockets[i].n_notified, ==, 1);

  for (guint i = 4; i < N_SOCKETS; i++)
    wsp_reactor_unwatch (set.reactor, &set.sockets[i].watch);
  g_assert_cmpint (count_polled (), ==, 4);
  wsp_reactor_unwatch (set.reactor, &set.sockets[1].watch);
  watch_socket (&set, 6);
  g_assert_cmpint (count_polled (), ==, 4);
  watch_socket (&set, 1);
  g_assert_cmpint (count_polled (), ==, 5);
  wsp_reactor_set_events (set.reactor, &set.sockets[0].watch, WSP_WATCH_WRITE);
  wsp_reactor_set_events (set.reactor, &set.sockets[0].watch, WSP_WATCH_READ);
  write_to_sockets (&set, 0, N_SOCKETS);
  for (guint i = 0; i < N_SOCKETS; i++)
    g_assert_cmpuint (set.sockets[i].n_notified, ==, i == 4 || i == 5 ? 1 : 2);
  socket_set_clear (&set);
}

/* Polled directly or by the set: a socket that was unwatched is not notified of earlier events. */
static void
test_left_while_notified (void)
{
  for (guint first = 0; first < N_SOCKETS - 1; first++)
    {
      SocketSet set;

      socket_set_init (&set);
      for (guint i = 0; i < N_SOCKETS; i++)
        watch_socket (&set, i);
      set.to_unwatch = first + 1;
      write_to_sockets (&set, first, first + 2);
      g_assert_cmpuint (set.sockets[first].n_notified, ==, 1);
      g_assert_cmpuint (set.sockets[first + 1].n_notified, ==, 0);
      socket_set_clear (&set);
    }
}

#define N_POSTS 2000

typedef struct
{
  WspPost     post;             /* posted call; the first member, as it is cast to Posted */
  WspReactor *reactor;
  GString    *order;
  char        letter;
  int         n_runs;           /* number of runs in all threads */
} Posted;
static void
run_post (WspPost *post)
{
  Posted *self = (Posted *) post;

  g_string_append_c (self->order, self->letter);
  g_atomic_int_inc (&self->n_runs);
}

static void
drop_post (WspPost *post)
{
  Posted *self = (Posted *) post;

  g_string_append_c (self->order, '-');
  g_string_append_c (self->order, self->letter);
}

static gpointer
post_again_and_again (gpointer data)
{
  Posted *self = data;

  for (int i = 0; i < N_POSTS; i++)
    {
      wsp_reactor_post (self->reactor, &self->post);
      while (g_atomic_int_get (&self->n_runs) <= i)
        g_thread_yield ();
    }
  return NULL;
}

/* Each post wakes the loop, no matter what the loop was about to do. */
static void
test_posts (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GString) order = g_string_new (NULL);
  Posted a = { { NULL, run_post, drop_post }, reactor, order, 'a', 0 };
  Posted b = { { NULL, run_post, drop_post }, reactor, order, 'b', 0 };

  wsp_reactor_post (reactor, &a.post);
  wsp_reactor_post (reactor, &b.post);
  g_assert_cmpstr (order->str, ==, "");
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (order->str, ==, "ab");

  a.n_runs = 0;
  GThread *thread = g_thread_new ("poster", post_again_and_again, &a);

  while (g_atomic_int_get (&a.n_runs) < N_POSTS)
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  wsp_reactor_unref (reactor);
}

static void
post_itself (WspPost *post)
{
  run_post (post);
  g_assert_true (wsp_reactor_post (((Posted *) post)->reactor, post));
}

/* A post that posts itself runs once in each dispatch. */
static void
test_post_in_post (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GString) order = g_string_new (NULL);
  Posted a = { { NULL, post_itself, drop_post }, reactor, order, 'a', 0 };

  g_assert_true (wsp_reactor_post (reactor, &a.post));
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (order->str, ==, "a");
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (order->str, ==, "aa");
  a.post.run = run_post;
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (order->str, ==, "aaa");
  g_assert_false (g_main_context_pending (NULL));
  wsp_reactor_unref (reactor);
}

static gboolean
note_tick (gpointer order)
{
  g_string_append_c (order, 't');
  return G_SOURCE_REMOVE;
}

/* Other sources are dispatched between many posts. */
static void
test_many_posts (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GString) order = g_string_new (NULL);
  g_autofree Posted *posts = g_new0 (Posted, N_POSTS);
  g_autoptr (GSource) source = g_timeout_source_new (0);

  for (guint i = 0; i < N_POSTS; i++)
    {
      posts[i] = (Posted) { { NULL, run_post, drop_post }, reactor, order, 'a', 0 };
      g_assert_true (wsp_reactor_post (reactor, &posts[i].post));
    }
  g_source_set_callback (source, note_tick, order, NULL);
  g_source_attach (source, NULL);
  while (order->len <= N_POSTS)
    g_main_context_iteration (NULL, TRUE);

  const char *tick = strchr (order->str, 't');

  g_assert_nonnull (tick);
  g_assert_cmpint (tick - order->str, <, N_POSTS);
  wsp_reactor_unref (reactor);
}

static void
test_ended_posts (gconstpointer is_freed)
{
  GMainContext *context = g_main_context_new ();
  g_autoptr (GString) order = g_string_new (NULL);

  g_main_context_push_thread_default (context);

  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  Posted a = { { NULL, run_post, drop_post }, reactor, order, 'a', 0 };
  Posted b = { { NULL, run_post, drop_post }, reactor, order, 'b', 0 };

  g_main_context_pop_thread_default (context);
  g_assert_true (wsp_reactor_post (reactor, &a.post));
  g_assert_true (wsp_reactor_post (reactor, &b.post));
  if (is_freed != NULL)
    g_clear_pointer (&context, g_main_context_unref);
  else
    wsp_reactor_end_posts (reactor);
  g_assert_cmpstr (order->str, ==, "-a-b");
  g_assert_false (wsp_reactor_post (reactor, &a.post));
  g_assert_cmpstr (order->str, ==, "-a-b");
  wsp_reactor_unref (reactor);
  if (context != NULL)
    g_main_context_unref (context);
}

/* A closed owner leaves it to the call to free its memory. */
static void
test_last_calls (void)
{
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  GString *order = g_string_new (NULL);
  Call a = { { .run = run_call }, NULL, order, 'a', 0 };
  Call b = { { .run = run_call }, NULL, order, 'b', 0 };

  wsp_reactor_call (reactor, &a.due, WSP_DUE_NEXT_DISPATCH);
  wsp_reactor_call (reactor, &b.due, WSP_DUE_THIS_DISPATCH);
  wsp_reactor_unref (reactor);
  g_assert_cmpstr (order->str, ==, "ab");
  g_string_free (order, TRUE);
}

#define N_HOLDS 5000000

typedef struct
{
  WspReactor *reactor;
  int         n_ready;
} Holders;

static gpointer
hold_again_and_again (gpointer data)
{
  Holders *self = data;

  g_atomic_int_inc (&self->n_ready);
  while (g_atomic_int_get (&self->n_ready) < 2)
    g_thread_yield ();
  for (guint i = 0; i < N_HOLDS; i++)
    {
      wsp_reactor_ref (self->reactor);
      wsp_reactor_unref (self->reactor);
    }

  return NULL;
}

/* The last reference to a connection of a worker may go in another thread, such as one of a model
 * that follows the list of its server. */
static void
test_held_in_threads (void)
{
  Holders holders = { wsp_reactor_ref_thread_default (), 0 };
  g_autoptr (GSource) source = g_source_ref ((GSource *) holders.reactor);
  GThread *thread = g_thread_new ("holder", hold_again_and_again, &holders);

  hold_again_and_again (&holders);
  g_thread_join (thread);
  g_assert_false (g_source_is_destroyed (source));
  wsp_reactor_unref (holders.reactor);
  g_assert_true (g_source_is_destroyed (source));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/reactor/reactor/ref/one-for-each-context", test_one_for_each_context);
  g_test_add_func ("/reactor/reactor/ref/held-and-released-in-any-thread", test_held_in_threads);
  g_test_add_func ("/reactor/reactor/call/in-order-and-never-at-once", test_calls_in_order);
  g_test_add_func ("/reactor/reactor/call/endless-calls-starve-nobody", test_endless_calls);
  g_test_add_func ("/reactor/reactor/call/crowd-keeps-nothing-back", test_crowd);
  g_test_add_func ("/reactor/reactor/call/slow-results-keep-turns-back-for-a-moment",
                   test_slow_results);
  g_test_add_func ("/reactor/reactor/due/after-results-of-several-dispatches", test_many_results);
  g_test_add_func ("/reactor/reactor/due/after-results-of-the-next-burst", test_next_burst);
  g_test_add_func ("/reactor/reactor/call/due-at-the-end-of-the-reactor", test_last_calls);
  g_test_add_func ("/reactor/reactor/post/of-any-thread-in-order-and-heard", test_posts);
  g_test_add_func ("/reactor/reactor/post/posted-in-a-post-runs-in-the-next-dispatch",
                   test_post_in_post);
  g_test_add_func ("/reactor/reactor/post/many-starve-nobody", test_many_posts);
  g_test_add_data_func ("/reactor/reactor/post/dropped-when-the-posts-end", NULL, test_ended_posts);
  g_test_add_data_func ("/reactor/reactor/post/dropped-when-the-context-is-freed",
                        GINT_TO_POINTER (TRUE), test_ended_posts);
  g_test_add_func ("/reactor/reactor/timer/comes-and-is-dropped", test_timer);
  g_test_add_func ("/reactor/reactor/nested/SEC-106-main-loop-in-a-handler", test_nested_loops);
  g_test_add_func ("/reactor/reactor/watch/a-few-without-epoll", test_few_and_many);
  g_test_add_func ("/reactor/reactor/watch/left-while-others-are-notified",
                   test_left_while_notified);

  return g_test_run ();
}
