/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The decisions of `request` handlers about a request, the routes, and the result. */
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/log-watch.h"
#include "lib/rows.h"

#include <unistd.h>

typedef enum
{
  ABSENT,
  TRUE_ONLY,
  FALSE_ONLY,
  ACCEPT_TRUE,
  ACCEPT_FALSE,
  ACCEPT_FAILED_FALSE,          /* accept () fails, as the subprotocol was not offered, and bindings
                                 * raise an error */
  REJECT_TRUE,
  REJECT_FALSE,
  REJECT_200_TRUE,              /* reject () with 200, which is not the status of a refusal */
  DEFER_TRUE,
  DEFER_FALSE,
  DEFER_ACCEPT_FALSE,
  DEFER_PROCEED_FALSE,          /* defer () and proceed (): the request is not deferred any more */
  PROCEED_FALSE,                /* proceed () for a request that was never deferred */
  ACCEPT_REJECT_TRUE,           /* accept () and reject (): the first one takes effect */
} Step;

typedef enum
{
  NOTHING,
  ACCEPT,
  REJECT,
  REJECT_PROCEED,               /* reject () and proceed (), which is too late */
  DEFER,                        /* defer () once more */
  PROCEED,
  PROCEED_TWICE,
  TIME_OVER,
} Later;

typedef enum
{
  UNROUTED,                     /* the server has no routes */
  FITTING,
  UNFITTING,
} Route;

static const struct
{
  const char *name;
  Step        first, second;    /* steps of the two handlers */
  Route       route;
  Later       later;
  guint       status, n_asked;
} cases[] = {
  { "no-handlers", ABSENT, ABSENT, UNROUTED, NOTHING, 101, 0 },
  { "handler-true", TRUE_ONLY, ABSENT, UNROUTED, NOTHING, 101, 1 },
  { "handler-false-is-500", FALSE_ONLY, ABSENT, UNROUTED, NOTHING, 500, 1 },
  { "handler-accepts-and-false", ACCEPT_FALSE, ABSENT, UNROUTED, NOTHING, 101, 1 },
  { "handler-cannot-accept-is-500", ACCEPT_FAILED_FALSE, ABSENT, UNROUTED, NOTHING, 500, 1 },
  { "handler-rejects-and-true", REJECT_TRUE, ABSENT, UNROUTED, NOTHING, 403, 1 },
  { "handler-rejects-and-false", REJECT_FALSE, ABSENT, UNROUTED, NOTHING, 403, 1 },
  { "handler-rejects-with-200-is-500", REJECT_200_TRUE, ABSENT, UNROUTED, NOTHING, 500, 1 },
  { "handler-accepts-then-rejects", ACCEPT_REJECT_TRUE, ABSENT, UNROUTED, NOTHING, 101, 1 },
  { "handler-defers-then-accepts", DEFER_ACCEPT_FALSE, ABSENT, UNROUTED, NOTHING, 101, 1 },
  { "deferred-then-accepted", DEFER_TRUE, ABSENT, UNROUTED, ACCEPT, 101, 1 },
  { "deferred-and-false-then-accepted", DEFER_FALSE, ABSENT, UNROUTED, ACCEPT, 101, 1 },
  { "deferred-then-rejected", DEFER_TRUE, ABSENT, UNROUTED, REJECT, 403, 1 },
  { "deferred-twice-then-time-over", DEFER_TRUE, ABSENT, UNROUTED, DEFER, 503, 1 },
  { "deferred-then-time-over", DEFER_FALSE, ABSENT, UNROUTED, TIME_OVER, 503, 1 },
  { "both-true", TRUE_ONLY, TRUE_ONLY, UNROUTED, NOTHING, 101, 2 },
  { "second-false-is-500", TRUE_ONLY, FALSE_ONLY, UNROUTED, NOTHING, 500, 2 },
  { "second-rejects", TRUE_ONLY, REJECT_TRUE, UNROUTED, NOTHING, 403, 2 },
  { "first-false-stops", FALSE_ONLY, ACCEPT_TRUE, UNROUTED, NOTHING, 500, 1 },
  { "first-accepts-stops", ACCEPT_TRUE, FALSE_ONLY, UNROUTED, NOTHING, 101, 1 },
  { "first-rejects-stops", REJECT_TRUE, ACCEPT_TRUE, UNROUTED, NOTHING, 403, 1 },
  { "first-defers-stops", DEFER_TRUE, ACCEPT_TRUE, UNROUTED, REJECT, 403, 1 },
  { "route-fits", ABSENT, ABSENT, FITTING, NOTHING, 101, 0 },
  { "no-route-fits-is-404", ABSENT, ABSENT, UNFITTING, NOTHING, 404, 0 },
  { "handler-true-and-route-fits", TRUE_ONLY, TRUE_ONLY, FITTING, NOTHING, 101, 2 },
  { "handler-false-and-route-fits-is-500", FALSE_ONLY, ABSENT, FITTING, NOTHING, 500, 1 },
  { "handler-true-and-no-route-fits-is-404", TRUE_ONLY, TRUE_ONLY, UNFITTING, NOTHING, 404, 2 },
  { "handler-false-and-no-route-fits-is-500", FALSE_ONLY, ABSENT, UNFITTING, NOTHING, 500, 1 },
  { "handler-accepts-and-no-route-fits-is-404", ACCEPT_FALSE, ABSENT, UNFITTING, NOTHING, 404, 1 },
  { "handler-rejects-and-no-route-fits", REJECT_TRUE, ABSENT, UNFITTING, NOTHING, 403, 1 },
  { "handler-accepts-and-route-fits", ACCEPT_TRUE, ABSENT, FITTING, NOTHING, 101, 1 },
  { "deferred-then-accepted-and-route-fits", DEFER_TRUE, ABSENT, FITTING, ACCEPT, 101, 1 },
  { "deferred-then-accepted-and-no-route-fits-is-404", DEFER_TRUE, ABSENT, UNFITTING, ACCEPT, 404,
    1 },
  { "deferred-then-proceeds-and-route-fits", DEFER_TRUE, ABSENT, FITTING, PROCEED, 101, 1 },
  { "deferred-then-proceeds-and-no-route-fits-is-404", DEFER_TRUE, ABSENT, UNFITTING, PROCEED, 404,
    1 },
  { "deferred-then-proceeds", DEFER_TRUE, ABSENT, UNROUTED, PROCEED, 101, 1 },
  { "deferred-and-false-then-proceeds", DEFER_FALSE, ABSENT, UNROUTED, PROCEED, 101, 1 },
  { "proceeds-in-the-handler-and-false-is-500", DEFER_PROCEED_FALSE, ABSENT, UNROUTED, NOTHING, 500,
    1 },
  { "proceeds-without-defer-and-false-is-500", PROCEED_FALSE, ABSENT, UNROUTED, NOTHING, 500, 1 },
  { "proceeds-without-the-second", DEFER_TRUE, FALSE_ONLY, UNROUTED, PROCEED, 101, 1 },
  { "proceeds-after-rejected", REJECT_TRUE, ABSENT, UNROUTED, PROCEED, 403, 1 },
  { "proceeds-twice", DEFER_TRUE, ABSENT, UNROUTED, PROCEED_TWICE, 101, 1 },
};

typedef struct
{
  Step          step;
  guint        *n_asked;
  WspHandshake **held;
  gboolean      is_served;      /* TRUE if the server has no routes, or one that fits */
} Decider;

static GString *log_lines;
static guint n_criticals;
static gboolean is_critical_expected;
static GMutex log_lock;

static GLogWriterOutput
catch_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  g_mutex_lock (&log_lock);
  for (gsize i = 0; i < n_fields; i++)
    {
      if (g_str_equal (fields[i].key, "MESSAGE"))
        g_string_append_printf (log_lines, "%s\n", (const char *) fields[i].value);
    }
  n_criticals += level == G_LOG_LEVEL_CRITICAL;
  g_mutex_unlock (&log_lock);
  if (is_critical_expected)
    return G_LOG_WRITER_HANDLED;

  return level <= G_LOG_LEVEL_CRITICAL ? g_log_writer_default (level, fields, n_fields, NULL)
                                       : G_LOG_WRITER_HANDLED;
}

/* accept () obeys the routes, as a handler that returns TRUE does. */
static void
accept_served (WspHandshake *handshake,
               gboolean      is_served)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_handshake_accept (handshake, NULL, NULL, &error) == is_served);
  if (is_served)
    g_assert_no_error (error);
  else
    g_assert_error (error, WSP_ERROR, WSP_ERROR_REJECTED);
}

static gboolean
returns_true (Step step)
{
  return step == TRUE_ONLY || step == ACCEPT_TRUE || step == REJECT_TRUE ||
         step == REJECT_200_TRUE || step == DEFER_TRUE || step == ACCEPT_REJECT_TRUE;
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            gpointer      data)
{
  Decider *decider = data;
  Step step = decider->step;

  ++*decider->n_asked;
  g_set_object (decider->held, handshake);
  if (step == DEFER_TRUE || step == DEFER_FALSE || step == DEFER_ACCEPT_FALSE ||
      step == DEFER_PROCEED_FALSE)
    wsp_handshake_defer (handshake);
  if (step == DEFER_PROCEED_FALSE || step == PROCEED_FALSE)
    wsp_handshake_proceed (handshake);
  if (step == ACCEPT_TRUE || step == ACCEPT_FALSE || step == DEFER_ACCEPT_FALSE ||
      step == ACCEPT_REJECT_TRUE)
    accept_served (handshake, decider->is_served);
  if (step == ACCEPT_FAILED_FALSE)
    g_assert_false (wsp_handshake_accept (handshake, "not-offered", NULL, NULL));
  if (step == REJECT_TRUE || step == REJECT_FALSE || step == ACCEPT_REJECT_TRUE)
    wsp_handshake_reject (handshake, 403, NULL, NULL);
  if (step == REJECT_200_TRUE)
    wsp_handshake_reject (handshake, 200, NULL, NULL);
  return returns_true (step);
}

static void
decide (WspHandshake *handshake,
        Later         later,
        gboolean      is_served)
{
  if (later == ACCEPT)
    accept_served (handshake, is_served);
  else if (later == REJECT || later == REJECT_PROCEED)
    wsp_handshake_reject (handshake, 403, NULL, NULL);
  else if (later == DEFER)
    wsp_handshake_defer (handshake);
  else if (later == PROCEED || later == PROCEED_TWICE)
    wsp_handshake_proceed (handshake);
  if (later == PROCEED_TWICE || later == REJECT_PROCEED)
    wsp_handshake_proceed (handshake);
}

static gboolean
may_be_late (gconstpointer data)
{
  Later later = cases[GPOINTER_TO_UINT (data)].later;

  return later == TIME_OVER || later == DEFER;
}

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data), n_asked = 0;
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspHandshake) held = NULL;
  gboolean is_served = cases[i].route != UNFITTING;
  Decider deciders[] = {
    { cases[i].first, &n_asked, &held, is_served }, { cases[i].second, &n_asked, &held, is_served },
  };
  g_autofree char *line = g_strdup_printf ("HTTP/1.1 %u ", cases[i].status);

  g_string_truncate (log_lines, 0);
  if (may_be_late (data))
    wsp_limits_set_handshake_timeout (wsp_server_get_limits (server), 20);
  for (guint n = 0; n < 2; n++)
    {
      if (deciders[n].step != ABSENT)
        g_signal_connect (server, "request", G_CALLBACK (on_request), &deciders[n]);
    }
  if (cases[i].route != UNROUTED)
    wsp_server_add_route (server, cases[i].route == FITTING ? "/chat" : "/other", NULL);

  int fd = knock_dial (listen_on_free_port (server, "127.0.0.1"));

  knock_send (fd, KNOCK_REQUEST (""));
  if (cases[i].later != NOTHING)
    {
      run_until_count (&n_asked, 1);
      run_pending ();
      decide (held, cases[i].later, is_served);
    }
  g_autofree char *answer = knock_read (fd, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (answer, line));
  g_assert_cmpuint (n_asked, ==, cases[i].n_asked);
  g_assert_true ((cases[i].status == 500) == (strstr (log_lines->str, "with 500") != NULL));
  if (n_asked > 0)
    g_assert_false (wsp_handshake_accept (held, NULL, NULL, NULL));
  close (fd);
  run_pending ();
}

typedef struct
{
  guint16 port;
  char   *inner;
} Nested;

/* While one handler runs, another request is received, passed to its handler and refused, in a
 * main loop that the first one runs. */
static gboolean
ask_inside (WspServer    *server,
            WspHandshake *handshake,
            Nested       *self)
{
  if (g_str_equal (wsp_handshake_get_path (handshake), "/inner"))
    return FALSE;

  wsp_handshake_defer (handshake);
  self->inner = knock_ask (self->port, KNOCK_GET ("/inner", ""), "\r\n\r\n");
  return wsp_handshake_accept (handshake, NULL, NULL, NULL);
}

static gboolean
never_asked (WspServer    *server,
             WspHandshake *handshake)
{
  g_assert_not_reached ();
}

static void
test_nested (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  Nested nested = { .port = listen_on_free_port (server, "127.0.0.1") };

  g_signal_connect (server, "request", G_CALLBACK (ask_inside), &nested);
  g_signal_connect (server, "request", G_CALLBACK (never_asked), NULL);
  g_autofree char *outer = knock_ask (nested.port, KNOCK_REQUEST (""), "\r\n\r\n");

  g_assert_true (g_str_has_prefix (outer, "HTTP/1.1 101 "));
  g_assert_true (g_str_has_prefix (nested.inner, "HTTP/1.1 500 "));
  g_free (nested.inner);
  run_pending ();
}

static gboolean
defer (WspServer     *server,
       WspHandshake  *handshake,
       WspHandshake **held)
{
  wsp_handshake_defer (handshake);
  return g_set_object (held, handshake);
}

static void
on_handshake_gone (gpointer data,
                   GObject *handshake)
{
  run_pending ();
}

/* SEC-32: the server drops a handshake whose decision it has not applied yet.  The end of the
 * handshake runs the main loop, in which that decision would be applied. */
static void
test_dropped (void)
{
  WspServer *server = wsp_server_new ();
  WspHandshake *held = NULL;
  guint16 port = listen_on_free_port (server, "127.0.0.1");
  int fd = knock_dial (port);

  g_signal_connect (server, "request", G_CALLBACK (defer), &held);
  knock_send (fd, KNOCK_REQUEST (""));
  while (held == NULL)
    g_main_context_iteration (NULL, TRUE);
  run_pending ();
  g_object_weak_ref (G_OBJECT (held), on_handshake_gone, NULL);
  g_assert_true (wsp_handshake_accept (held, NULL, NULL, NULL));
  g_object_unref (held);
  g_object_unref (server);

  g_autofree char *response = knock_read (fd, "\r\n\r\n");

  g_assert_cmpstr (response, ==, "");
  close (fd);
}

static const struct
{
  const char *name, *given, *offer, *selected;  /* subprotocols: given to accept (), offered,
                                                 * selected */
} choices[] = {
  { "null-is-the-servers-choice", NULL, "a, b, c", "b" },
  { "null-without-a-common-one-is-none", NULL, "x, y", NULL },
  { "null-without-an-offer-is-none", NULL, NULL, NULL },
  { "empty-is-none", "", "a, b", NULL },
  { "another-one-of-the-offer", "a", "a, b", "a" },
};

static gboolean
accept_with (WspServer    *server,
             WspHandshake *handshake,
             gpointer      data)
{
  guint i = GPOINTER_TO_UINT (data);

  g_assert_true (wsp_handshake_accept (handshake, choices[i].given, NULL, NULL));
  g_assert_cmpstr (wsp_handshake_get_subprotocol (handshake), ==, choices[i].selected);
  return TRUE;
}

static void
test_choice (gconstpointer data)
{
  const char *supported[] = { "c", "b", NULL };
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspServer) server = wsp_server_new ();
  guint16 port = listen_on_free_port (server, "127.0.0.1");
  const char *offer = choices[i].offer;
  g_autofree char *request = g_strdup_printf ("GET / HTTP/1.1\r\n" KNOCK_FIELDS "%s%s\r\n\r\n",
                                              offer != NULL ? "Sec-WebSocket-Protocol: " : "X: ",
                                              offer != NULL ? offer : "y");

  g_object_set (server, "subprotocols", supported, NULL);
  g_signal_connect (server, "request", G_CALLBACK (accept_with), (gpointer) data);
  g_autofree char *response = knock_ask (port, request, "\r\n\r\n");
  g_autofree char *line = g_strdup_printf ("\r\nSec-WebSocket-Protocol: %s\r\n",
                                           choices[i].selected);

  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 101 "));
  if (choices[i].selected != NULL)
    g_assert_nonnull (strstr (response, line));
  else
    g_assert_null (strstr (response, "\r\nSec-WebSocket-Protocol: "));
  run_pending ();
}

static gboolean
stop_waiting (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_past_timeout (WspHandshake *handshake,
                   GParamSpec   *property,
                   gpointer      data)
{
  gboolean is_over = FALSE;

  g_timeout_add (60, stop_waiting, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* A decision in time counts, however long its notify takes. */
static void
test_slow_notify (gconstpointer data)
{
  Later later = GPOINTER_TO_UINT (data);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspHandshake) held = NULL;
  int fd = knock_dial (listen_on_free_port (server, "127.0.0.1"));

  g_object_set (wsp_server_get_limits (server), "handshake-timeout", 30, NULL);
  g_signal_connect (server, "request", G_CALLBACK (defer), &held);
  knock_send (fd, KNOCK_REQUEST (""));
  while (held == NULL)
    g_main_context_iteration (NULL, TRUE);
  run_pending ();
  g_signal_connect (held, "notify::response-status", G_CALLBACK (wait_past_timeout), NULL);
  decide (held, later, TRUE);
  g_autofree char *response = knock_read (fd, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (response, later == ACCEPT ? "HTTP/1.1 101 " : "HTTP/1.1 403 "));
  close (fd);
  run_pending ();
}

static gpointer
decide_in_thread (gpointer data)
{
  g_assert_false (wsp_handshake_accept (data, NULL, NULL, NULL));
  wsp_handshake_reject (data, 403, NULL, NULL);
  wsp_handshake_defer (data);
  return NULL;
}

/* Another thread may not decide: criticals, and the request is as undecided as before. */
static void
test_other_thread (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspHandshake) held = NULL;
  int fd = knock_dial (listen_on_free_port (server, "127.0.0.1"));
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);

  g_signal_connect (server, "request", G_CALLBACK (defer), &held);
  knock_send (fd, KNOCK_REQUEST (""));
  while (held == NULL)
    g_main_context_iteration (NULL, TRUE);
  n_criticals = 0;
  is_critical_expected = TRUE;
  g_thread_join (g_thread_new ("other", decide_in_thread, held));
  is_critical_expected = FALSE;
  g_log_set_always_fatal (fatal);
  g_assert_cmpuint (n_criticals, ==, 3);
  g_assert_cmpuint (wsp_handshake_get_response_status (held), ==, 0);
  g_assert_true (wsp_handshake_accept (held, NULL, NULL, NULL));
  g_autofree char *response = knock_read (fd, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 101 "));
  close (fd);
  run_pending ();
}

static void
add_choices (void)
{
  ADD_ROWS ("/endpoint/server-decisions/subprotocol", choices, test_choice);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_lines = g_string_new (NULL);
  log_watch_threads (catch_log);

  ADD_ROWS ("/endpoint/server-decisions", cases, test_case);
  add_choices ();
  g_test_add_func ("/endpoint/server-decisions/request-inside-another-one", test_nested);
  g_test_add_func ("/endpoint/server-decisions/other-thread-is-a-critical", test_other_thread);
  g_test_add_data_func ("/endpoint/server-decisions/accepted-in-time-with-a-slow-notify",
                        GUINT_TO_POINTER (ACCEPT), test_slow_notify);
  g_test_add_data_func ("/endpoint/server-decisions/rejected-in-time-with-a-slow-notify",
                        GUINT_TO_POINTER (REJECT), test_slow_notify);
  g_test_add_func ("/endpoint/server-decisions/SEC-32-dropped-before-it-is-followed", test_dropped);

  int status = g_test_run ();

  g_string_free (log_lines, TRUE);
  return status;
}
