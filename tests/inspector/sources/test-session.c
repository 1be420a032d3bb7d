/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-session.h"
#include "inspector/client-text.h"
#include "inspector/opened.h"
#include "inspector/started.h"
#include "lib/hold-port.h"

#define N_RECORDS_OF_DEMO 13

typedef gboolean (*IsTrueFunc) (WsiSession *session,
                                guint       n);

static void
wait_until (WsiSession *session,
            IsTrueFunc  is_true,
            guint       n)
{
  while (!is_true (session, n))
    g_main_context_iteration (NULL, TRUE);
}

/* The source that was added last. */
static WsiSource *
get_source (WsiSession *session)
{
  return wsi_session_get_source (session, wsi_session_get_n_sources (session) - 1);
}

static gboolean
is_in_state (WsiSession *session,
             guint       state)
{
  return wsi_source_get_state (get_source (session)) == state;
}

static gboolean
has_records (WsiSession *session,
             guint       n)
{
  return wsi_store_get_end (wsi_session_get_store (session)) >= n;
}

static gboolean
has_sentence (WsiSession *session,
              guint       n)
{
  return wsi_session_get_sentence (session) != NULL;
}

/* Aborts what is under way, as a window that closes does. */
static void
drop (WsiSession *session)
{
  g_object_run_dispose (G_OBJECT (session));
  g_object_unref (session);
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

static void
test_demonstration (void)
{
  WsiSession *session = opened_session ();
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (wsi_session_demonstrate (session, NULL, &error));
  g_assert_true (is_in_state (session, WSI_SOURCE_STARTING));
  wait_until (session, is_in_state, WSI_SOURCE_ENDED);

  g_assert_true (has_records (session, N_RECORDS_OF_DEMO));
  g_assert_cmpint (wsi_session_get_ending (session), ==, WSI_ENDING_CLEAN);
  g_assert_nonnull (wsi_session_get_sentence (session));
  g_assert_cmpuint (wsi_session_get_ended (session), !=, 0);
  drop (session);
}

/* Two windows talk to each other. */
static void
test_serve_and_connect (void)
{
  WsiSession *server = opened_session ();
  WsiSession *client = opened_session ();
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (started_server (server, 0, &error));
  g_assert_nonnull (started_client (client, wsi_source_get_uri (get_source (server)),
                                    &error));
  wait_until (client, is_in_state, WSI_SOURCE_RUNNING);
  client_text_send (get_source (client), "Hello");
  wait_until (client, has_records, 2);
  wsi_source_stop_async (get_source (client), NULL, NULL);
  wait_until (client, is_in_state, WSI_SOURCE_ENDED);
  wait_until (server, has_sentence, 0);

  g_assert_true (is_in_state (server, WSI_SOURCE_RUNNING));
  g_assert_cmpint (wsi_session_get_ending (server), ==, WSI_ENDING_CLEAN);
  g_assert_true (has_records (server, 4));

  g_autoptr (WsiConversation) only =
    wsi_store_dup_conversation (wsi_session_get_store (server), 1);

  g_assert_true (only == wsi_session_get_conversation (server));
  g_assert_null (wsi_store_dup_conversation (wsi_session_get_store (server), 2));
  drop (client);
  drop (server);
}

static guint
count_sent (WsiStore *store,
            guint     conversation)
{
  guint n = 0;

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      n += record->conversation == conversation && record->direction == WSP_DIRECTION_SENT;
    }
  return n;
}

/* Both sides of a connection in one store: each frame twice, and sent before it is received. */
static void
test_both_sides (void)
{
  WsiSession *session = opened_session ();
  WsiStore *store = wsi_session_get_store (session);
  WsiSource *server = started_server (session, 0, NULL);

  g_assert_nonnull (started_client (session, wsi_source_get_uri (server), NULL));
  wait_until (session, is_in_state, WSI_SOURCE_RUNNING);
  client_text_send (get_source (session), "Hello");
  wait_until (session, has_records, 4);

  g_assert_cmpuint (wsi_store_get_end (store), ==, 4);
  g_assert_cmpuint (count_sent (store, 1), ==, 1);
  g_assert_cmpuint (count_sent (store, 2), ==, 1);
  drop (session);
}

/* Each connection knows its source, until that is removed; its rows stay. */
static void
test_remove (void)
{
  WsiSession *session = opened_session ();
  WsiStore *store = wsi_session_get_store (session);
  WsiSource *server = started_server (session, 0, NULL);
  WsiSource *client = started_client (session, wsi_source_get_uri (server), NULL);
  g_autoptr (WsiConversation) one = NULL, other = NULL;
  guint64 end;

  wait_until (session, is_in_state, WSI_SOURCE_RUNNING);
  client_text_send (client, "Hello");
  wait_until (session, has_records, 4);
  one = wsi_store_dup_conversation (store, 1);
  other = wsi_store_dup_conversation (store, 2);
  g_assert_true (wsi_session_find_source (session, one) !=
                 wsi_session_find_source (session, other));

  end = wsi_store_get_end (store);
  wsi_session_remove (session, server);
  g_assert_cmpuint (wsi_session_get_n_sources (session), ==, 1);
  g_assert_true (wsi_session_get_source (session, 0) == client);
  g_assert_true (wsi_session_find_source (session, one) == client ||
                 wsi_session_find_source (session, other) == client);
  g_assert_true (wsi_session_find_source (session, one) == NULL ||
                 wsi_session_find_source (session, other) == NULL);
  wait_until (session, is_in_state, WSI_SOURCE_ENDED);
  g_assert_cmpuint (wsi_store_get_end (store), >=, end);
  wsi_session_remove (session, client);
  g_assert_null (wsi_session_get_source (session, 0));
  drop (session);
}

/* A window that removes what has ended, while it is notified of that. */
static void
remove_ended (WsiSource  *source,
              WsiSession *session)
{
  if (wsi_source_get_state (source) >= WSI_SOURCE_ENDED)
    wsi_session_remove (session, source);
}

static gboolean
has_no_source (WsiSession *session,
               guint       n)
{
  return wsi_session_get_n_sources (session) == 0;
}

static void
test_remove_when_changed (void)
{
  WsiSession *session = opened_session ();
  WsiSource *source = wsi_session_demonstrate (session, NULL, NULL);

  g_signal_connect (source, "changed", G_CALLBACK (remove_ended), session);
  wait_until (session, has_no_source, 0);
  wait_until (session, has_records, N_RECORDS_OF_DEMO);
  drop (session);
}

/* A recording is merged with what goes on. */
static void
test_open (void)
{
  WsiSession *session = opened_session ();
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "wsi-no-such-file", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  WsiSource *server = started_server (session, 0, NULL);
  WsiSource *recording = started_file (session, file);

  wait_until (session, is_in_state, WSI_SOURCE_FAILED);
  g_assert_nonnull (wsi_source_get_sentence (recording));
  g_assert_cmpint (wsi_source_get_kind (recording), ==, WSI_SOURCE_KIND_FILE);
  g_assert_cmpstr (wsi_source_get_title (recording), ==, "wsi-no-such-file");
  g_assert_null (wsi_source_get_line (recording));

  g_assert_cmpint (wsi_source_get_kind (server), ==, WSI_SOURCE_KIND_SERVER);
  g_assert_cmpstr (wsi_source_get_line (server), ==, wsi_source_get_uri (server));
  g_assert_nonnull (started_client (session, wsi_source_get_line (server), NULL));
  wait_until (session, is_in_state, WSI_SOURCE_RUNNING);
  drop (session);
}

static void
count_items (GListModel *model,
             guint       position,
             guint       n_removed,
             guint       n_added,
             guint      *n)
{
  *n += n_removed + n_added;
}

static void
test_list (void)
{
  WsiSession *session = opened_session ();
  GListModel *sources = wsi_session_get_sources (session);
  guint n_changes = 0;
  WsiSource *server;

  g_signal_connect (sources, "items-changed", G_CALLBACK (count_items), &n_changes);
  server = started_server (session, 0, NULL);
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (sources), ==, 1);
  wsi_session_remove (session, server);
  g_assert_cmpuint (n_changes, ==, 2);
  g_signal_handlers_disconnect_by_data (sources, &n_changes);
  drop (session);
}

static void
test_bad_uri (void)
{
  WsiSession *session = opened_session ();
  g_autoptr (GError) error = NULL;

  g_assert_null (started_client (session, "ftp://example.com/", &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (wsi_session_get_n_sources (session), ==, 0);
  drop (session);
}

static void
test_port_in_use (void)
{
  WsiSession *first = opened_session ();
  WsiSession *second = opened_session ();
  g_autoptr (GUri) uri = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (started_server (first, 0, &error));
  uri = g_uri_parse (wsi_source_get_uri (get_source (first)), G_URI_FLAGS_NONE, NULL);
  g_assert_null (started_server (second, g_uri_get_port (uri), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  drop (first);
  drop (second);
}

static void
test_no_listener (void)
{
  guint16 port;
  g_autoptr (GSocket) held = hold_port (&port);
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", port);
  WsiSession *session = opened_session ();

  g_assert_nonnull (started_client (session, uri, NULL));
  wait_until (session, is_in_state, WSI_SOURCE_FAILED);
  g_assert_nonnull (wsi_session_get_sentence (session));
  g_assert_null (wsi_session_get_conversation (session));
  drop (session);
}

static guint
count_events (WsiStore *store,
              WsiEvent  event)
{
  guint n = 0;

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      n += record->kind == WSI_RECORD_KIND_EVENT && record->event == event;
    }
  return n;
}

static gboolean
has_counted (WsiSession *session,
             guint       n)
{
  WsiTotals totals;

  wsi_statistics_get_totals (wsi_store_get_statistics (wsi_session_get_store (session)), &totals);
  return totals.all.flows[0].n_frames + totals.all.flows[1].n_frames >= n;
}

static gboolean
has_left_out (WsiSession *session,
              guint       n)
{
  return wsi_store_get_n_left_out (wsi_session_get_store (session)) >= n;
}

/* The connection goes on, and each of its directions says how many frames are missing. */
static void
test_pause (void)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  WsiSession *session = wsi_session_new_with_limits (&limits);
  WsiSession *server = opened_session ();
  WsiStore *store = wsi_session_get_store (session);
  WsiSource *client;

  g_assert_nonnull (started_server (server, 0, NULL));
  started_client (session, wsi_source_get_uri (get_source (server)), NULL);
  client = get_source (session);
  wait_until (session, is_in_state, WSI_SOURCE_RUNNING);
  client_text_send (client, "one");
  wait_until (session, has_counted, 2);
  wsi_session_pause (session);
  wsi_session_pause (session);
  g_assert_true (wsi_session_is_paused (session));
  client_text_send (client, "two");
  client_text_send (client, "three");
  wait_until (session, has_left_out, 4);
  wsi_session_resume (session);
  client_text_send (client, "four");
  wait_until (session, has_counted, 4);

  g_assert_cmpuint (count_events (store, WSI_EVENT_PAUSED), ==, 1);
  g_assert_cmpuint (count_events (store, WSI_EVENT_RESUMED), ==, 1);
  g_assert_cmpuint (count_events (store, WSI_EVENT_GAP), ==, 2);
  drop (session);
  drop (server);
}

/* No row of a recording may be missing. */
static void
test_pause_with_file (void)
{
  WsiSession *session = opened_session ();
  g_autoptr (GFile) file = g_file_new_for_path ("/no/such/file");

  g_assert_nonnull (started_server (session, 0, NULL));
  wsi_session_pause (session);
  started_file (session, file);
  g_assert_false (wsi_session_is_paused (session));
  wsi_session_pause (session);
  g_assert_false (wsi_session_is_paused (session));
  drop (session);
}

static gboolean
is_ended (WsiSession *session,
          guint       i)
{
  return wsi_source_get_state (wsi_session_get_source (session, i)) == WSI_SOURCE_ENDED;
}

/* A window shows each sentence for a moment: later changes of another source do not repeat it. */
static void
test_reported_once (void)
{
  WsiSession *session = opened_session ();
  g_autoptr (GFile) file = g_file_new_for_path ("/no/such/file");
  guint n_changed = 0, n_reported = 0;

  g_signal_connect_swapped (session, "reported", G_CALLBACK (g_atomic_int_inc), &n_reported);
  g_assert_nonnull (started_server (session, 0, NULL));
  started_file (session, file);
  wait_until (session, is_in_state, WSI_SOURCE_FAILED);
  g_signal_connect_swapped (session, "changed", G_CALLBACK (g_atomic_int_inc), &n_changed);
  wsi_session_stop (session);
  wait_until (session, is_ended, 0);
  g_assert_cmpuint (n_changed, >, 0);
  g_assert_cmpuint (n_reported, ==, 1);
  drop (session);
}

static void
test_dropped_early (void)
{
  WsiSession *server = opened_session ();
  WsiSession *client = opened_session ();

  g_assert_nonnull (started_server (server, 0, NULL));
  g_assert_nonnull (started_client (client, wsi_source_get_uri (get_source (server)), NULL));
  drop (client);
  drop (server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/session/demonstrate/ends-cleanly", test_demonstration);
  g_test_add_func ("/inspector/session/serve/goes-on-after-a-client-left", test_serve_and_connect);
  g_test_add_func ("/inspector/session/reported/once-for-each-sentence", test_reported_once);
  g_test_add_func ("/inspector/session/pause/connections-go-on-without-rows", test_pause);
  g_test_add_func ("/inspector/session/pause/not-while-a-file-is-read", test_pause_with_file);
  g_test_add_func ("/inspector/session/serve/a-port-in-use-is-an-error", test_port_in_use);
  g_test_add_func ("/inspector/session/connect/a-bad-uri-is-an-error", test_bad_uri);
  g_test_add_func ("/inspector/session/connect/no-listener-is-a-failure", test_no_listener);
  g_test_add_func ("/inspector/session/sources/several-record-into-one-store", test_both_sides);
  g_test_add_func ("/inspector/session/sources/are-known-to-their-connections-and-removed",
                   test_remove);
  g_test_add_func ("/inspector/session/sources/may-be-removed-when-they-end",
                   test_remove_when_changed);
  g_test_add_func ("/inspector/session/sources/a-list-tells-of-changes", test_list);
  g_test_add_func ("/inspector/session/open/a-failure-leaves-others-alone", test_open);
  g_test_add_func ("/inspector/session/dispose/while-it-connects", test_dropped_early);

  return g_test_run ();
}
