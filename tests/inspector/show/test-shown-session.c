/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The page of a session without a display: whose details it shows, and when a row is there. */
#include "inspect/capture/wsi-row.h"
#include "inspect/show/sample/wsi-sample.h"
#include "inspect/show/wsi-shown-session.h"
#include "inspector/opened.h"
#include "inspector/store-scene.h"

#define TIMEOUT_S 30
#define SEGMENT_LENGTH 16384    /* of the store: rows that it removes together */

typedef struct
{
  WsiSession      *session;
  StoreScene       store;
  WsiShownRows    *rows;
  WsiShownSession *shown;
  guint            n_shown, n_found;
  guint32          number;      /* number of the connection that was shown last; 0 = none */
  guint64          found;
} Scene;

static gboolean
give_up (gpointer data)
{
  g_error ("%s", "waited too long");
  return G_SOURCE_REMOVE;
}

static void
on_connection (Scene           *scene,
               WsiConversation *conversation)
{
  scene->n_shown++;
  scene->number = conversation != NULL ? wsi_conversation_get_number (conversation) : 0;
}

static void
on_row_found (Scene  *scene,
              guint64 number)
{
  scene->n_found++;
  scene->found = number;
}

/* A row of the connection that is no frame. */
static void
append_note (Scene *scene)
{
  const WsiRecord event = { .time_us = 1, .event = WSI_EVENT_NOTE, .direction = WSI_NO_DIRECTION };

  wsi_store_append_event (scene->store.store, scene->store.conversation, &event,
                          WSI_SENTENCE (TEXT, "a note"));
}

/* Another connection: a received text, and a note. */
static void
append_other (Scene *scene)
{
  store_scene_open (&scene->store);
  store_scene_append (&scene->store, WSP_DIRECTION_RECEIVED, TEXT, 1, "other");
  append_note (scene);
}

/* Connections: a sent text, one in two frames and a note; if there are two, another one. */
static void
scene_init_with (Scene *scene,
                 guint  n_connections)
{
  const WsiStoreLimits limits = {
    .max_records = SEGMENT_LENGTH,
    .max_memory = WSI_DEFAULT_MAX_PAYLOAD,
    .max_stored = WSI_DEFAULT_MAX_STORED,
    .event_rows = WSI_EVENT_ROWS_CONVERSATIONS,
  };

  scene->session = wsi_session_new_with_limits (&limits);
  scene->store.store = g_object_ref (wsi_session_get_store (scene->session));
  store_scene_open (&scene->store);
  store_scene_append (&scene->store, WSP_DIRECTION_SENT, TEXT, 1, "hello");
  store_scene_append (&scene->store, WSP_DIRECTION_SENT, TEXT, 0, "in ");
  store_scene_append (&scene->store, WSP_DIRECTION_SENT, CONTINUATION, 1, "two");
  append_note (scene);
  if (n_connections == 2)
    append_other (scene);
  scene->rows = wsi_shown_rows_new ();
  wsi_shown_rows_set_store (scene->rows, scene->store.store);
  scene->shown = wsi_shown_session_new (scene->session, scene->rows);
  g_signal_connect_swapped (scene->shown, "connection", G_CALLBACK (on_connection), scene);
  g_signal_connect_swapped (scene->shown, "row-found", G_CALLBACK (on_row_found), scene);
}

static void
scene_init (Scene *scene)
{
  scene_init_with (scene, 2);
}

static void
scene_clear (Scene *scene)
{
  g_object_unref (scene->shown);
  g_object_unref (scene->rows);
  store_scene_clear (&scene->store);
  g_object_run_dispose (G_OBJECT (scene->session));
  g_object_unref (scene->session);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
handshake (Scene *scene)
{
  g_signal_emit_by_name (scene->session, "handshake");
}

/* The only connection needs no row, and is shown again when there is more to see of it.  With the
 * second one the user has to say which. */
static void
test_handshakes (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init_with (&scene, 1);
  handshake (&scene);
  g_assert_cmpuint (scene.number, ==, 1);
  g_assert_cmpuint (scene.n_shown, ==, 1);
  handshake (&scene);
  g_assert_cmpuint (scene.n_shown, ==, 2);
  append_other (&scene);
  for (guint i = 0; i < 5; i++)
    handshake (&scene);
  g_assert_cmpuint (scene.number, ==, 0);
  g_assert_cmpuint (scene.n_shown, ==, 3);
}

static void
select_row (Scene  *scene,
            guint64 number)
{
  g_autoptr (WsiRow) row = NULL;
  guint position;

  g_assert_true (wsi_shown_rows_find (scene->rows, number, &position));
  row = g_list_model_get_item (G_LIST_MODEL (wsi_shown_rows_get_model (scene->rows)), position);
  wsi_shown_session_select_row (scene->shown, row);
}

/* A handshake does not replace what the user reads, nor is it shown once nothing is selected. */
static void
test_row (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  select_row (&scene, 0);
  g_assert_cmpuint (scene.number, ==, 1);
  handshake (&scene);
  g_assert_cmpuint (scene.n_shown, ==, 1);
  select_row (&scene, 4);
  g_assert_cmpuint (scene.number, ==, 2);
  wsi_shown_session_select_row (scene.shown, NULL);
  g_assert_cmpuint (scene.number, ==, 0);
  handshake (&scene);
  g_assert_cmpuint (scene.n_shown, ==, 3);
}

/* Also the only connection is not shown again after the user has taken back the selection. */
static void
test_only_row (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init_with (&scene, 1);
  handshake (&scene);
  select_row (&scene, 0);
  wsi_shown_session_select_row (scene.shown, NULL);
  g_assert_cmpuint (scene.number, ==, 0);
  handshake (&scene);
  g_assert_cmpuint (scene.number, ==, 0);
}

static guint32
get_charted (Scene *scene)
{
  return wsi_timeline_get_conversation (wsi_chart_feed_get_timeline (
                                          wsi_shown_session_get_feed (scene->shown)));
}

static void
test_connection (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *filter = NULL;

  scene_init (&scene);
  wsi_shown_session_select_connection (scene.shown, 2);
  g_assert_cmpuint (scene.number, ==, 2);
  g_assert_cmpuint (get_charted (&scene), ==, 2);
  filter = wsi_shown_rows_print_filter (scene.rows);
  g_assert_nonnull (filter);
  handshake (&scene);
  g_assert_cmpuint (scene.n_shown, ==, 1);
  wsi_shown_session_select_connection (scene.shown, 0);
  g_assert_cmpuint (scene.number, ==, 0);
  g_assert_cmpuint (get_charted (&scene), ==, 0);
  g_assert_null (wsi_shown_rows_print_filter (scene.rows));
}

/* A session of recordings alone is not live, whether they can be read or not. */
static void
test_live (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) file = g_file_new_for_path ("/nonexistent/a.pcap");
  g_autoptr (GError) error = NULL;
  guint n_changes = 0;

  scene_init (&scene);
  g_signal_connect_swapped (scene.shown, "sources-changed", G_CALLBACK (g_atomic_int_inc),
                            &n_changes);
  g_assert_true (wsi_shown_session_is_live (scene.shown));
  g_list_store_append (files, file);
  g_assert_nonnull (wsi_session_open_files (scene.session, G_LIST_MODEL (files), NULL,
                                            NULL));
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_false (wsi_shown_session_is_live (scene.shown));
  g_assert_nonnull (wsi_session_demonstrate (scene.session, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_changes, ==, 2);
  g_assert_true (wsi_shown_session_is_live (scene.shown));
}

static gboolean
has_ended (gpointer scene)
{
  return !wsi_shown_session_may_grow (((Scene *) scene)->shown);
}

/* As long as one of its sources has not ended. */
static void
test_growing (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GError) error = NULL;
  WsiSource *source;

  scene_init (&scene);
  g_assert_true (wsi_shown_session_may_grow (scene.shown));
  source = wsi_session_demonstrate (scene.session, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (wsi_shown_session_may_grow (scene.shown));
  wsi_source_stop_async (source, NULL, NULL);
  while (!has_ended (&scene))
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_until_hidden (Scene  *scene,
                   guint64 number)
{
  guint limit = g_timeout_add_seconds (TIMEOUT_S, give_up, NULL);

  while (wsi_shown_session_has_row (scene->shown, number))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

static void
test_wanted (void)
{
  g_auto (Scene) scene = { 0 };
  guint limit;

  scene_init (&scene);
  wsi_shown_session_wait_for_row (scene.shown, 1);
  g_assert_cmpuint (scene.n_found, ==, 1);
  g_assert_cmpuint (scene.found, ==, 1);

  g_object_set (scene.rows, "direction", "received", NULL);
  wait_until_hidden (&scene, 1);
  g_object_set (scene.rows, "direction", "sent", NULL);
  wsi_shown_session_wait_for_row (scene.shown, 1);
  g_assert_cmpuint (scene.n_found, ==, 1);
  limit = g_timeout_add_seconds (TIMEOUT_S, give_up, NULL);
  while (scene.n_found < 2)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
  g_assert_true (wsi_shown_session_has_row (scene.shown, 1));
}

/* A list of messages has the message of a fragment. */
static void
test_fragment (void)
{
  g_auto (Scene) scene = { 0 };
  guint limit;

  scene_init (&scene);
  g_object_set (scene.rows, "view", "messages", NULL);
  limit = g_timeout_add_seconds (TIMEOUT_S, give_up, NULL);
  while (g_list_model_get_n_items (G_LIST_MODEL (wsi_shown_rows_get_model (scene.rows))) != 5)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
  wsi_shown_session_wait_for_row (scene.shown, 1);
  g_assert_cmpuint (scene.n_found, ==, 1);
  g_assert_true (wsi_shown_session_has_row (scene.shown, 1));
}

/* The row is not waited for once the list has all rows. */
static void
test_not_there (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  g_assert_false (wsi_shown_session_has_row (scene.shown, 6));
  wsi_shown_session_wait_for_row (scene.shown, 6);
  g_assert_cmpuint (scene.n_found, ==, 1);
}

/* A row that is no frame has no message, as that of another connection. */
static void
test_note (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  g_assert_true (wsi_shown_session_has_row (scene.shown, 3));
  wsi_shown_session_select_connection (scene.shown, 2);
  g_object_set (scene.rows, "show-text", FALSE, NULL);
  wait_until_hidden (&scene, 3);
  wait_until_hidden (&scene, 4);
  g_assert_true (wsi_shown_session_has_row (scene.shown, 5));
  g_assert_false (wsi_shown_session_has_row (scene.shown, 3));
}

/* The row is there, though others were not tested yet. */
static void
test_untested (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  g_object_set (scene.rows, "direction", "received", NULL);
  wait_until_hidden (&scene, 1);
  store_scene_append_many (&scene.store, 1);
  wsi_shown_session_wait_for_row (scene.shown, 4);
  g_assert_cmpuint (scene.n_found, ==, 1);
}

/* The list has only rows after it. */
static void
test_removed (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  store_scene_append_many (&scene.store, 2 * SEGMENT_LENGTH);
  g_assert_cmpuint (wsi_store_get_first (scene.store.store), >, 0);
  wsi_store_announce (scene.store.store);
  wait_until_hidden (&scene, 0);
  g_assert_false (wsi_shown_session_has_row (scene.shown, 0));
}

static void
append_message (Scene *scene)
{
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_RECEIVED, TEXT, 1, "{\"a\":1}");

  frame.message_opcode = TEXT;
  wsi_store_append (scene->store.store, scene->store.conversation, &(WsiFrame) {
    .frame = &frame, .payload = (const guint8 *) "{\"a\":1}", .n_payload = 7,
  });
  wsi_store_announce (scene->store.store);
}

static void
wait_for_messages (WsiSample *sample,
                   guint64    n)
{
  guint limit = g_timeout_add_seconds (TIMEOUT_S, give_up, NULL);

  while (wsi_sample_get_n_messages (sample) < n)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

/* The sample has what was there before and what comes, and goes with what is shown. */
static void
test_sample (void)
{
  g_auto (Scene) scene = { 0 };
  WsiSample *sample;

  scene_init (&scene);
  append_message (&scene);
  sample = wsi_shown_session_get_sample (scene.shown);
  wait_for_messages (sample, 1);
  append_message (&scene);
  wait_for_messages (sample, 2);

  g_object_add_weak_pointer (G_OBJECT (sample), (gpointer *) &sample);
  g_object_run_dispose (G_OBJECT (scene.shown));
  g_assert_null (sample);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/shown-session/details/without-a-row-are-of-the-only-connection",
                   test_handshakes);
  g_test_add_func ("/inspector/shown-session/details/a-selected-row-stays", test_row);
  g_test_add_func ("/inspector/shown-session/details/are-empty-after-a-selection", test_only_row);
  g_test_add_func ("/inspector/shown-session/may-grow-until-all-sources-have-ended", test_growing);
  g_test_add_func ("/inspector/shown-session/is-live-unless-all-are-recordings", test_live);
  g_test_add_func ("/inspector/shown-session/details/a-selected-connection", test_connection);
  g_test_add_func ("/inspector/shown-session/row/is-found-once-nothing-hides-it", test_wanted);
  g_test_add_func ("/inspector/shown-session/row/a-fragment-is-in-its-message", test_fragment);
  g_test_add_func ("/inspector/shown-session/row/not-there-ends-the-search", test_not_there);
  g_test_add_func ("/inspector/shown-session/row/a-note-is-in-no-message", test_note);
  g_test_add_func ("/inspector/shown-session/row/is-found-before-later-ones", test_untested);
  g_test_add_func ("/inspector/shown-session/row/removed-is-not-there", test_removed);
  g_test_add_func ("/inspector/shown-session/sample-as-long-as-the-session", test_sample);
  return g_test_run ();
}
