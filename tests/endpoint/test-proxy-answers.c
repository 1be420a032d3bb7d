/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Answers of the platform's proxy resolver, which is the test's here.  A row is a script of one
 * letter for each step:
 *
 *   a  b     ask about the host a, and b, at port 80
 *   F        ask about 63 other URIs, and answer
 *   .  !     answer all pending questions; let them fail
 *   x y      cancel the first call, and the second one
 *   4  5     let one microsecond less than five seconds pass; five seconds
 *   n  f     the network changes; a connect fails
 *   u        drop the reference to the resolver that keeps answers
 *   l        run the main loop in the next callback until all calls have results
 *
 * After each step the main loop runs until nothing is left to do. */
#include "connection/wire.h"

#include "endpoint/dialing/wsp-proxy-answers-private.h"
#include "endpoint/far/dialed.h"

#include <time.h>
#include <unistd.h>

#define MAX_CALLS 80
#define MAX_SECONDS 60          /* of a connect that may wait for ever */

static gint64 row_time;         /* the time of a row, which stands still; 0: no row is running */

static void
set_row_time (gint64 time)
{
  __atomic_store_n (&row_time, time, __ATOMIC_RELAXED);
}

/* In place of GLib's, for the code of the library that is in this program, and for any thread. */
gint64
g_get_monotonic_time (void)
{
  gint64 time = __atomic_load_n (&row_time, __ATOMIC_RELAXED);
  struct timespec now;

  if (time != 0)
    return time;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* The platform's resolver: notes the host of each URI, and answers when the test says so, or at
 * once while answers_at_once. */
#define TEST_TYPE_PLATFORM (test_platform_get_type ())
G_DECLARE_FINAL_TYPE (TestPlatform, test_platform, TEST, PLATFORM, GObject)

struct _TestPlatform
{
  GObject    parent_instance;
  GMutex     lock;
  GString   *asked;             /* the first letter of the host of each question; X: one is answered
                                 * that was cancelled */
  GPtrArray *pending;           /* GTask */
  gboolean   answers_at_once;
};

static void
test_platform_answer (GTask *task)
{
  static const char *const proxies[] = { "direct://", NULL };

  g_task_return_pointer (task, g_strdupv ((char **) proxies), (GDestroyNotify) g_strfreev);
}

static void
test_platform_lookup_async (GProxyResolver     *resolver,
                            const char         *uri,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  TestPlatform *self = TEST_PLATFORM (resolver);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_mutex_lock (&self->lock);
  g_string_append_c (self->asked, strstr (uri, "://")[3]);
  if (!self->answers_at_once)
    g_ptr_array_add (self->pending, g_object_ref (task));
  g_mutex_unlock (&self->lock);
  if (self->answers_at_once)
    test_platform_answer (task);
}

static char **
test_platform_lookup_finish (GProxyResolver *resolver,
                             GAsyncResult   *result,
                             GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
test_platform_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static void
test_platform_interface_init (GProxyResolverInterface *interface)
{
  interface->is_supported = test_platform_is_supported;
  interface->lookup_async = test_platform_lookup_async;
  interface->lookup_finish = test_platform_lookup_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestPlatform, test_platform, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER,
                                                      test_platform_interface_init))

static void
test_platform_class_init (TestPlatformClass *class)
{
}

static void
test_platform_init (TestPlatform *self)
{
  g_mutex_init (&self->lock);
  self->asked = g_string_new (NULL);
  self->pending = g_ptr_array_new_with_free_func (g_object_unref);
  self->answers_at_once = g_test_subprocess ();

  /* The resolver gets the monitor as libproxy's does: while GLib makes it under a lock, and late
   * enough for another thread to have begun to make the monitor. */
  g_usleep (20000);
  (void) g_network_monitor_get_default ();
}

static TestPlatform *
get_platform (void)
{
  return TEST_PLATFORM (g_proxy_resolver_get_default ());
}

static TestPlatform *
begin_platform (gboolean answers_at_once)
{
  TestPlatform *platform = get_platform ();

  g_assert_cmpuint (platform->pending->len, ==, 0);
  g_string_truncate (platform->asked, 0);
  platform->answers_at_once = answers_at_once;
  wsp_proxy_answers_drop ();
  return platform;
}

static void
end_pending (TestPlatform *platform,
             gboolean      fails)
{
  g_autoptr (GPtrArray) pending = g_steal_pointer (&platform->pending);

  platform->pending = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < pending->len; i++)
    {
      GTask *task = pending->pdata[i];

      if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
        g_string_append_c (platform->asked, 'X');
      if (fails)
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "No proxy is known");
      else
        test_platform_answer (task);
    }
}

static const struct
{
  const char *name, *steps;
  const char *asked;            /* questions to the platform's resolver */
  const char *results;          /* of each call: + answer, ! error, x cancelled */
} rows[] = {
  { "kept", "a.a", "a", "++" },
  { "kept-by-URI", "a.b.ba", "ab", "++++" },
  { "kept-for-less-than-5-s", "a.4a", "a", "++" },
  { "too-old-after-5-s", "a.5a.", "aa", "++" },
  { "kept-for-5-s-from-the-answer", "a4.4a", "a", "++" },
  { "asked-again-is-kept-again", "a.5a.4a", "aa", "+++" },
  { "dropped-by-a-failed-connect", "a.fa.", "aa", "++" },
  { "dropped-by-a-changed-network", "a.na.", "aa", "++" },
  { "asked-before-the-network-changed", "an.a.", "aa", "++" },
  { "asked-again-when-the-network-changed", "ana.a", "aa", "+++" },
  { "64-are-kept", "a.Fa", "aF", "++" },
  { "65th-drops-the-oldest", "a.Fb.a.", "aFba", "+++" },
  { "65th-drops-no-other", "a.b.Fb", "abF", "+++" },
  { "error-is-not-kept", "a!a.", "aa", "!+" },
  { "two-share-a-question", "aa.", "a", "++" },
  { "two-share-an-error", "aa!", "a", "!!" },
  { "two-URIs-share-nothing", "ab.", "ab", "++" },
  { "one-of-two-is-cancelled", "aax.", "a", "x+" },
  { "the-other-is-cancelled", "aay.", "a", "+x" },
  { "both-are-cancelled", "aaxy.", "aX", "xx" },
  { "asked-again-after-a-cancelled-question", "axa.a", "aaX", "x++" },
  { "cancelled-after-the-answer", "a.xa", "a", "++" },
  { "reference-is-dropped", "aau.", "a", "++" },
  { "reference-is-dropped-and-cancelled", "aauxy.", "aX", "xx" },
  { "callback-waits-for-the-other", "laa.", "a", "++" },
  { "callback-waits-for-the-others", "laaa.", "a", "+++" },
};

typedef struct
{
  GProxyResolver *answers;
  GCancellable   *cancellables[MAX_CALLS];
  char            results[MAX_CALLS];
  guint           n_begun, n_results;
  gboolean        next_runs_loop;
} Calls;

typedef struct
{
  Calls *calls;
  guint  number;
} Call;

static void
on_proxies (GObject      *resolver,
            GAsyncResult *result,
            gpointer      data)
{
  g_autofree Call *call = data;
  Calls *calls = call->calls;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) proxies =
    g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (resolver), result, &error);

  if (proxies != NULL)
    calls->results[call->number] = '+';
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    calls->results[call->number] = 'x';
  else
    calls->results[call->number] = '!';
  calls->n_results++;
  if (!calls->next_runs_loop)
    return;

  calls->next_runs_loop = FALSE;
  run_until_count (&calls->n_results, calls->n_begun);
}

static void
ask (Calls *calls,
     char   host)
{
  g_autofree char *uri = g_strdup_printf ("ws://%c:80", host);
  Call *call = g_new (Call, 1);

  *call = (Call) { calls, calls->n_begun };
  calls->cancellables[calls->n_begun] = g_cancellable_new ();
  g_proxy_resolver_lookup_async (calls->answers, uri, calls->cancellables[calls->n_begun++],
                                 on_proxies, call);
}

/* The questions are one letter among those that were asked. */
static void
ask_about_others (Calls        *calls,
                  TestPlatform *platform)
{
  gsize length = platform->asked->len;

  for (guint i = 0; i < WSP_MAX_PROXY_ANSWERS - 1; i++)
    {
      g_autofree char *uri = g_strdup_printf ("ws://other%u:80", i);
      g_autoptr (GAsyncResult) result = NULL;

      g_proxy_resolver_lookup_async (calls->answers, uri, NULL, keep_result, &result);
      end_pending (platform, FALSE);
      run_until_result (&result);
      g_strfreev (g_proxy_resolver_lookup_finish (calls->answers, result, NULL));
    }
  g_assert_cmpuint (platform->asked->len, ==, length + WSP_MAX_PROXY_ANSWERS - 1);
  g_string_truncate (platform->asked, length);
  g_string_append_c (platform->asked, 'F');
}

/* The library gets the monitor in a thread of its own. */
static void
change_network (void)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();
  guint id = g_signal_lookup ("network-changed", G_TYPE_NETWORK_MONITOR);

  while (!g_signal_has_handler_pending (monitor, id, 0, FALSE))
    g_thread_yield ();
  g_signal_emit (monitor, id, 0, TRUE);
}

static void
take_step (Calls        *calls,
           TestPlatform *platform,
           WspReactor  **reactor,
           char          step)
{
  switch (step)
    {
    case 'F':
      ask_about_others (calls, platform);
      break;
    case '.':
    case '!':
      end_pending (platform, step == '!');
      break;
    case 'x':
    case 'y':
      g_cancellable_cancel (calls->cancellables[step - 'x']);
      break;
    case '4':
      set_row_time (row_time + WSP_PROXY_ANSWER_TIME - 1);
      break;
    case '5':
      set_row_time (row_time + WSP_PROXY_ANSWER_TIME);
      break;
    case 'n':
      change_network ();
      break;
    case 'f':
      wsp_proxy_answers_drop ();
      break;
    case 'u':
      g_clear_pointer (reactor, wsp_reactor_unref);
      break;
    case 'l':
      calls->next_runs_loop = TRUE;
      break;
    default:
      ask (calls, step);
    }
  run_pending ();
}

static void
test_row (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  TestPlatform *platform = begin_platform (FALSE);
  WspReactor *reactor = wsp_reactor_ref_thread_default ();
  Calls calls = { .answers = wsp_proxy_answers_of (reactor) };

  set_row_time (g_get_monotonic_time ());
  for (const char *step = rows[number].steps; *step != '\0'; step++)
    take_step (&calls, platform, &reactor, *step);
  set_row_time (0);
  g_assert_cmpstr (platform->asked->str, ==, rows[number].asked);
  g_assert_cmpstr (calls.results, ==, rows[number].results);
  for (guint i = 0; i < calls.n_begun; i++)
    g_object_unref (calls.cancellables[i]);
  g_clear_pointer (&reactor, wsp_reactor_unref);
}

static void
note_opened (GObject      *client,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (WspConnection) connection =
    wsp_client_connect_finish (WSP_CLIENT (client), result, NULL);
  int *n_open = data;

  *n_open += connection != NULL ? 1 : 100;
}

static void
connect_once (WspClient    *client,
              const char   *uri,
              GMainContext *context)
{
  int n_open = 0;

  wsp_client_connect_async (client, uri, NULL, NULL, NULL, note_opened, &n_open);
  while (n_open == 0)
    g_main_context_iteration (context, TRUE);
}

static void
serve (FarPeer *peer,
       gpointer data)
{
  g_autofree char *head = far_read_head (peer);

  if (head != NULL)
    far_switch_and_end (peer, head);
}

/* Each connect asks two questions: with ws and with http. */
static const struct
{
  const char *name;
  gboolean has_resolver;
  const char *connects;         /* + to the server, ! to a closed port */
  const char *asked;
} connects[] = {
  { "first-connect-asks-twice", FALSE, "+", "11" },
  { "second-connect-asks-nothing", FALSE, "++", "11" },
  { "failed-connect-drops", FALSE, "+!+", "111111" },
  { "resolver-of-the-program-is-always-asked", TRUE, "+++", "111111" },
};

static void
test_connects (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  TestPlatform *platform = begin_platform (TRUE);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (Far) server = far_new (serve, NULL);
  g_autofree char *uri = far_make_uri ("ws://127.0.0.1:PORT/", server);

  if (connects[number].has_resolver)
    wsp_client_set_proxy_resolver (client, G_PROXY_RESOLVER (platform));
  for (const char *step = connects[number].connects; *step != '\0'; step++)
    connect_once (client, *step == '+' ? uri : "ws://127.0.0.1:1/", NULL);
  g_assert_cmpstr (platform->asked->str, ==, connects[number].asked);
}

static gpointer
connect_in_thread (gpointer uri)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);

  WspClient *client = wsp_client_new ();

  for (guint i = 0; i < 100; i++)
    connect_once (client, uri, context);
  g_object_unref (client);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  return NULL;
}

/* A thread asks nobody else's loop. */
static void
test_threads (void)
{
  TestPlatform *platform = begin_platform (TRUE);
  g_autoptr (Far) server = far_new (serve, NULL);
  g_autofree char *uri = far_make_uri ("ws://127.0.0.1:PORT/", server);
  GThread *threads[3];

  set_row_time (g_get_monotonic_time ());
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("client", connect_in_thread, uri);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  set_row_time (0);
  g_assert_cmpstr (platform->asked->str, ==, "111111");
}

/* The first connect of a process makes the resolver. */
static void
test_first_connect (void)
{
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      return;
    }

  g_autoptr (Far) server = far_new (serve, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_auto (Dialed) dialed = { 0 };

  alarm (MAX_SECONDS);
  dial (&dialed, client, "ws://127.0.0.1:PORT/", far_get_port (server));
  g_assert_no_error (dialed.error);
  g_assert_cmpstr (get_platform ()->asked->str, ==, "11");
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("GIO_USE_PROXY_RESOLVER", "test", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME, TEST_TYPE_PLATFORM, "test",
                                  0);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/proxy-answers/%s", rows[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_row);
    }
  for (guint i = 0; i < G_N_ELEMENTS (connects); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/proxy-answers/%s", connects[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_connects);
    }
  g_test_add_func ("/endpoint/proxy-answers/three-threads", test_threads);
  g_test_add_func ("/endpoint/proxy-answers/first-connect-makes-the-resolver", test_first_connect);

  return g_test_run ();
}
