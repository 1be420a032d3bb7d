/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/dialed.h"
#include "endpoint/far/monitor.h"
#include "endpoint/far/notified.h"
#include "lib/rows.h"

static const char uri[] = "ws://me:secret@127.0.0.1:1/a";

static void
test_notifies (void)
{
  g_autoptr (WspReconnector) reconnector = wsp_reconnector_new (uri, NULL);

  notified_check_all (G_OBJECT (reconnector));
}

static void
test_constructed (void)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (TestMonitor) monitor = g_object_new (TEST_TYPE_MONITOR, NULL);
  g_autoptr (GNetworkMonitor) kept = NULL;
  g_autoptr (WspReconnector) reconnector =
    g_object_new (WSP_TYPE_RECONNECTOR, "client", client, "uri", uri, "network-monitor", monitor,
                  NULL);

  g_assert_true (wsp_reconnector_get_client (reconnector) == client);
  g_object_get (reconnector, "network-monitor", &kept, NULL);
  g_assert_true (kept == G_NETWORK_MONITOR (monitor));
  g_assert_cmpstr (wsp_reconnector_get_uri (reconnector), ==, "ws://127.0.0.1:1/a");
}

static void
test_defaults (void)
{
  g_autoptr (WspReconnector) reconnector = wsp_reconnector_new (uri, NULL);
  g_autoptr (GNetworkMonitor) monitor = NULL;

  g_assert_true (WSP_IS_CLIENT (wsp_reconnector_get_client (reconnector)));
  g_object_get (reconnector, "network-monitor", &monitor, NULL);
  g_assert_true (monitor == g_network_monitor_get_default ());
  g_assert_null (wsp_reconnector_get_subprotocols (reconnector));
  g_assert_null (wsp_reconnector_get_headers (reconnector));
  g_assert_cmpuint (wsp_reconnector_get_spread (reconnector), ==, 5000);
  g_assert_cmpuint (wsp_reconnector_get_min_delay (reconnector), ==, 1000);
  g_assert_cmpuint (wsp_reconnector_get_max_delay (reconnector), ==, 60000);
  g_assert_cmpuint (wsp_reconnector_get_reset_after (reconnector), ==, 30000);
  g_assert_null (wsp_reconnector_get_connection (reconnector));
  g_assert_cmpuint (wsp_reconnector_get_attempt (reconnector), ==, 0);
  g_assert_cmpint (wsp_reconnector_get_next_attempt_us (reconnector), ==, 0);
  g_assert_false (wsp_reconnector_get_active (reconnector));
}

typedef guint (*GetTime) (WspReconnector *reconnector);
typedef void (*SetTime) (WspReconnector *reconnector,
                         guint           milliseconds);

static const struct
{
  const char *name;
  GetTime     get;
  SetTime     set;
} times[] = {
  { "spread", wsp_reconnector_get_spread, wsp_reconnector_set_spread },
  { "min-delay", wsp_reconnector_get_min_delay, wsp_reconnector_set_min_delay },
  { "max-delay", wsp_reconnector_get_max_delay, wsp_reconnector_set_max_delay },
  { "reset-after", wsp_reconnector_get_reset_after, wsp_reconnector_set_reset_after },
};

static guint
get_uint (WspReconnector *reconnector,
          const char     *name)
{
  guint value;

  g_object_get (reconnector, name, &value, NULL);
  return value;
}

/* The functions and the property are one; out of range is a critical that changes nothing. */
static void
test_time (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspReconnector) reconnector = wsp_reconnector_new (uri, NULL);

  times[i].set (reconnector, 7);
  g_assert_cmpuint (times[i].get (reconnector), ==, 7);
  g_assert_cmpuint (get_uint (reconnector, times[i].name), ==, 7);
  times[i].set (reconnector, 0);
  g_assert_cmpuint (times[i].get (reconnector), ==, 0);
  times[i].set (reconnector, G_MAXINT);
  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "wsp_reconnector_set_*G_MAXINT*");
  times[i].set (reconnector, (guint) G_MAXINT + 1);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (times[i].get (reconnector), ==, G_MAXINT);
}

static void
test_offers (void)
{
  const char *names[] = { "chat", "log", NULL }, *none[] = { NULL };
  g_autoptr (WspReconnector) reconnector = wsp_reconnector_new (uri, NULL);
  guint n_notified = 0;
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (WspHeaders) equal = wsp_headers_new ();

  g_signal_connect_swapped (reconnector, "notify::subprotocols", G_CALLBACK (g_atomic_int_inc),
                            &n_notified);
  wsp_reconnector_set_subprotocols (reconnector, names);
  g_assert_true (g_strv_equal (wsp_reconnector_get_subprotocols (reconnector), names));
  wsp_reconnector_set_subprotocols (reconnector, wsp_reconnector_get_subprotocols (reconnector));
  g_assert_true (g_strv_equal (wsp_reconnector_get_subprotocols (reconnector), names));
  wsp_reconnector_set_subprotocols (reconnector,
                                    wsp_reconnector_get_subprotocols (reconnector) + 1);
  g_assert_true (g_strv_equal (wsp_reconnector_get_subprotocols (reconnector), names + 1));
  g_assert_cmpuint (n_notified, ==, 2);
  wsp_reconnector_set_subprotocols (reconnector, none);
  g_assert_nonnull (wsp_reconnector_get_subprotocols (reconnector));
  wsp_reconnector_set_subprotocols (reconnector, NULL);
  g_assert_null (wsp_reconnector_get_subprotocols (reconnector));

  wsp_reconnector_set_headers (reconnector, headers);
  wsp_reconnector_set_headers (reconnector, wsp_reconnector_get_headers (reconnector));
  g_assert_true (wsp_reconnector_get_headers (reconnector) == headers);
  wsp_reconnector_set_headers (reconnector, equal);     /* without a notify, but used */
  g_assert_true (wsp_reconnector_get_headers (reconnector) == equal);
  wsp_reconnector_set_headers (reconnector, NULL);
  g_assert_null (wsp_reconnector_get_headers (reconnector));
}

static void
test_no_uri (void)
{
  g_autoptr (WspReconnector) reconnector = g_object_new (WSP_TYPE_RECONNECTOR, NULL);

  g_assert_null (wsp_reconnector_get_uri (reconnector));
  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "wsp_reconnector_start: *uri*");
  wsp_reconnector_start (reconnector);
  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "wsp_reconnector_retry_now: *uri*");
  wsp_reconnector_retry_now (reconnector);
  g_test_assert_expected_messages ();
  wsp_reconnector_stop (reconnector);
  run_pending ();
  g_assert_false (wsp_reconnector_get_active (reconnector));
}

typedef enum
{
  GIVES_UP,                     /* stops by the default, after status 404 */
  HANDLER_GIVES_UP,             /* stops because a handler says so, after status 503 */
  RETRIES,
  HANDLER_RETRIES,
  FIRST_HANDLER_WINS,           /* goes on because the first handler says so; the second one would
                                 * stop */
  N_ANSWERS,
} Answer;

static const struct
{
  const char *name, *response;
  gboolean    is_active;
} answers[N_ANSWERS] = {
  { "default-gives-up", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", FALSE },
  { "handler-gives-up", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", FALSE },
  { "default-retries", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", TRUE },
  { "handler-retries", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", TRUE },
  { "first-handler-wins", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", TRUE },
};

typedef struct
{
  Answer   answer;
  GString *log;                 /* values of active at the notifications */
} Asked;

static void
on_active (WspReconnector *reconnector,
           GParamSpec     *pspec,
           Asked          *asked)
{
  g_string_append_c (asked->log, wsp_reconnector_get_active (reconnector) ? 'y' : 'n');
}

static gboolean
answer (WspReconnector *reconnector,
        WspHandshake   *handshake,
        const GError   *error,
        Asked          *asked)
{
  g_assert_true (wsp_reconnector_get_active (reconnector));
  return asked->answer != HANDLER_GIVES_UP;
}

static gboolean
give_up (WspReconnector *reconnector,
         WspHandshake   *handshake,
         const GError   *error,
         Asked          *asked)
{
  g_assert_not_reached ();
}

static void
run_until_decided (WspReconnector *reconnector)
{
  while (wsp_reconnector_get_active (reconnector) &&
         wsp_reconnector_get_next_attempt_us (reconnector) == 0)
    g_main_context_iteration (NULL, TRUE);
  run_pending ();
}

static void
test_active (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (far_serve, (gpointer) answers[i].response);
  g_autofree char *server_uri = far_make_uri ("ws://127.0.0.1:PORT/", server);
  g_autoptr (WspReconnector) reconnector = wsp_reconnector_new (server_uri, NULL);
  Asked asked = { .answer = i, .log = g_string_new (NULL) };

  wsp_reconnector_set_min_delay (reconnector, G_MAXINT);
  g_signal_connect (reconnector, "notify::active", G_CALLBACK (on_active), &asked);
  if (i != GIVES_UP && i != RETRIES)
    g_signal_connect (reconnector, "should-retry", G_CALLBACK (answer), &asked);
  if (i == FIRST_HANDLER_WINS)
    g_signal_connect (reconnector, "should-retry", G_CALLBACK (give_up), &asked);

  wsp_reconnector_start (reconnector);
  g_assert_true (wsp_reconnector_get_active (reconnector));
  g_assert_cmpstr (asked.log->str, ==, "");             /* not inside the call */
  run_until_decided (reconnector);
  g_assert_cmpint (wsp_reconnector_get_active (reconnector), ==, answers[i].is_active);
  g_assert_cmpstr (asked.log->str, ==, answers[i].is_active ? "y" : "yn");

  /* It can be started again, and stopped; a second call changes nothing. */
  wsp_reconnector_retry_now (reconnector);
  run_until_decided (reconnector);
  g_assert_cmpstr (asked.log->str, ==, answers[i].is_active ? "y" : "ynyn");
  wsp_reconnector_stop (reconnector);
  wsp_reconnector_stop (reconnector);
  run_pending ();
  g_assert_false (wsp_reconnector_get_active (reconnector));
  g_assert_cmpstr (asked.log->str, ==, answers[i].is_active ? "yn" : "ynyn");
  g_string_free (asked.log, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/endpoint/reconnector-properties/time", times, test_time);
  for (guint i = 0; i < N_ANSWERS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/reconnector-properties/active/%s",
                                               answers[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_active);
    }
  g_test_add_func ("/endpoint/reconnector-properties/one-notify-for-each-change", test_notifies);
  g_test_add_func ("/endpoint/reconnector-properties/construct-only", test_constructed);
  g_test_add_func ("/endpoint/reconnector-properties/defaults", test_defaults);
  g_test_add_func ("/endpoint/reconnector-properties/subprotocols-and-headers", test_offers);
  g_test_add_func ("/endpoint/reconnector-properties/no-uri-does-not-start", test_no_uri);

  return g_test_run ();
}
