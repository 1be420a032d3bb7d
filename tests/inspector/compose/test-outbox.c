/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The outbox of a session, without a display: a server, its clients, and which connection is
 * written to. */
#include "inspect/compose/wsi-outbox.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "inspector/opened.h"
#include "inspector/sources/deaf-client.h"
#include "inspector/sources/open-conversation.h"
#include "inspector/started.h"

#define TIMEOUT_S 30
#define N_REFRESHES 3
#define REFRESH_MS 100
#define MAX_OPEN 100            /* of the product */
#define HUGE (G_GINT64_CONSTANT (1) << 30)

typedef struct
{
  WsiSession *session;
  WsiSource  *server, *client;  /* sources of the session */
  WsiSource  *again;            /* another client source; NULL = none */
  WsiOutbox  *outbox;
  guint32     of_server, of_client;
  guint       n_changes;
  char       *path;             /* path of the file; NULL: there is none */
  GError     *error;            /* error of the last call; NULL: it has not failed */
} Scene;

static gboolean
give_up (gpointer data)
{
  g_error ("waited too long");
  return G_SOURCE_REMOVE;
}

static void
wait_until (Scene     *scene,
            gboolean (*is_true)(Scene *scene))
{
  guint limit = g_timeout_add_seconds (TIMEOUT_S, give_up, NULL);

  while (!is_true (scene))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

static gboolean
note_end (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for_refreshes (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (N_REFRESHES * REFRESH_MS, note_end, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static void
keep_error (WsiOutbox    *outbox,
            const GError *error,
            Scene        *scene)
{
  g_assert_null (scene->error);
  scene->error = g_error_copy (error);
}

static guint32
find_open (Scene  *scene,
           WspRole role)
{
  g_autoptr (WsiConversation) conversation = open_conversation_dup (scene->session, role);

  return conversation != NULL ? wsi_conversation_get_number (conversation) : 0;
}

static gboolean
are_both_open (Scene *scene)
{
  scene->of_server = find_open (scene, WSP_ROLE_SERVER);
  scene->of_client = find_open (scene, WSP_ROLE_CLIENT);
  return scene->of_server != 0 && scene->of_client != 0;
}

/* A server and its client, and an outbox that writes to either. */
static void
scene_init (Scene *scene)
{
  *scene = (Scene) { .session = opened_session (), .outbox = wsi_outbox_new () };
  scene->server = started_server (scene->session, 0, NULL);
  scene->client = started_client (scene->session, wsi_source_get_uri (scene->server), NULL);
  wait_until (scene, are_both_open);
  wsi_outbox_set_session (scene->outbox, scene->session);
  g_signal_connect_swapped (scene->outbox, "changed", G_CALLBACK (g_atomic_int_inc),
                            &scene->n_changes);
  g_signal_connect (scene->outbox, "failed", G_CALLBACK (keep_error), scene);
}

static void
scene_clear (Scene *scene)
{
  g_clear_object (&scene->outbox);
  g_object_run_dispose (G_OBJECT (scene->session));
  g_clear_object (&scene->session);
  g_clear_error (&scene->error);
  if (scene->path != NULL)
    g_unlink (scene->path);
  g_free (scene->path);
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static guint
count_open (Scene *scene)
{
  return g_list_model_get_n_items (wsi_outbox_get_open (scene->outbox));
}

static guint32
get_target (Scene *scene)
{
  WsiConversation *target = wsi_outbox_get_target (scene->outbox);

  return target != NULL ? wsi_conversation_get_number (target) : 0;
}

static gboolean
is_closed (Scene  *scene,
           guint32 number)
{
  g_autoptr (WsiConversation) conversation =
    wsi_store_dup_conversation (wsi_session_get_store (scene->session), number);

  return wsi_conversation_get_ending (conversation) != WSI_ENDING_NONE;
}

static gboolean
is_client_closed (Scene *scene)
{
  return is_closed (scene, scene->of_client);
}

static gboolean
has_no_target (Scene *scene)
{
  return wsi_outbox_get_target (scene->outbox) == NULL;
}

static void
close_client (Scene *scene)
{
  wsi_source_stop_async (scene->client, NULL, NULL);
  wait_until (scene, is_client_closed);
}

static WsiOutgoing *
make_text (void)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("Hello", 5);

  return wsi_outgoing_new_message (WSP_MESSAGE_TYPE_TEXT, payload);
}

static WsiOutgoing *
make_file (void)
{
  WsiOutgoing *outgoing = wsi_outgoing_new (WSI_OUTGOING_FILE);
  int file = g_file_open_tmp ("outbox-XXXXXX", &outgoing->path, NULL);

  g_assert_cmpint (ftruncate (file, HUGE), ==, 0);
  g_assert_true (g_close (file, NULL));
  return outgoing;
}

/* Nothing is said of a session that is not there. */
static void
test_no_session (void)
{
  g_autoptr (WsiOutbox) outbox = wsi_outbox_new ();

  g_assert_null (wsi_outbox_get_target (outbox));
  g_assert_null (wsi_outbox_get_obstacle (outbox, NULL));
  g_assert_false (wsi_outbox_send (outbox, make_text ()));
}

static void
test_no_connection (void)
{
  WsiSession *session = opened_session ();
  g_autoptr (WsiOutbox) outbox = wsi_outbox_new ();
  const char *advice;

  wsi_outbox_set_session (outbox, session);
  g_assert_cmpstr (wsi_outbox_get_obstacle (outbox, &advice), ==, "No connection is open.");
  g_assert_cmpstr (advice, ==, "Connect to send messages.");
  g_assert_null (wsi_outbox_get_conversation (outbox));
  g_assert_null (wsi_outbox_get_target (outbox));
  g_object_run_dispose (G_OBJECT (session));
  g_object_unref (session);
}

static void
test_latest (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiConversation) first = NULL;

  scene_init (&scene);
  g_assert_cmpuint (count_open (&scene), ==, 2);
  g_assert_cmpuint (get_target (&scene), ==, 2);
  first = g_list_model_get_item (wsi_outbox_get_open (scene.outbox), 0);
  g_assert_true (first == wsi_outbox_get_target (scene.outbox));
  g_assert_null (wsi_outbox_get_obstacle (scene.outbox, NULL));
}

/* The connection of before stays if the user has chosen none and it is open. */
static void
test_chosen (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  wsi_outbox_choose (scene.outbox, 1);
  g_assert_cmpuint (get_target (&scene), ==, 1);
  wsi_outbox_choose (scene.outbox, 0);
  g_assert_cmpuint (get_target (&scene), ==, 1);
  wsi_outbox_choose (scene.outbox, 99);
  g_assert_cmpuint (get_target (&scene), ==, 0);
  g_assert_nonnull (wsi_outbox_get_obstacle (scene.outbox, NULL));
  wsi_outbox_choose (scene.outbox, 0);
  g_assert_cmpuint (get_target (&scene), ==, 2);
}

/* The connection of the selected row is taken, while it is open and no other one was chosen. */
static void
test_preferred (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  wsi_outbox_prefer (scene.outbox, scene.of_server);
  g_assert_cmpuint (get_target (&scene), ==, scene.of_server);
  wsi_outbox_prefer (scene.outbox, scene.of_client);
  g_assert_cmpuint (get_target (&scene), ==, scene.of_client);
  wsi_outbox_prefer (scene.outbox, 99);
  g_assert_cmpuint (get_target (&scene), ==, scene.of_client);
  wsi_outbox_choose (scene.outbox, scene.of_server);
  wsi_outbox_prefer (scene.outbox, scene.of_client);
  g_assert_cmpuint (get_target (&scene), ==, scene.of_server);
  wsi_outbox_choose (scene.outbox, 0);
  g_assert_cmpuint (get_target (&scene), ==, scene.of_client);
}

static void
test_closed (void)
{
  g_auto (Scene) scene = { 0 };
  const char *advice;

  scene_init (&scene);
  wsi_outbox_choose (scene.outbox, scene.of_client);
  close_client (&scene);
  wait_until (&scene, has_no_target);
  g_assert_cmpstr (wsi_outbox_get_obstacle (scene.outbox, &advice), ==,
                   "The connection is closed.");
  g_assert_cmpuint (wsi_conversation_get_number (wsi_outbox_get_conversation (scene.outbox)), ==,
                    scene.of_client);
  g_assert_false (wsi_outbox_send (scene.outbox, make_text ()));
}

static gboolean
is_second_open (Scene *scene)
{
  g_autoptr (WsiConversation) second =
    wsi_store_dup_conversation (wsi_session_get_store (scene->session), 3);

  return second != NULL && wsi_conversation_get_status (second) == 101;
}

static gboolean
is_second_target (Scene *scene)
{
  return get_target (scene) == 3;
}

/* The connection of the client was not chosen. */
static void
test_replaced (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GSocketConnection) deaf = NULL;

  scene_init (&scene);
  wsi_outbox_choose (scene.outbox, scene.of_client);
  wsi_outbox_choose (scene.outbox, 0);
  deaf = deaf_client_new (scene.server);
  wait_until (&scene, is_second_open);
  wsi_outbox_choose (scene.outbox, 0);
  g_assert_cmpuint (get_target (&scene), ==, scene.of_client);
  close_client (&scene);
  wait_until (&scene, is_second_target);
  g_assert_null (wsi_outbox_get_obstacle (scene.outbox, NULL));
  g_assert_cmpuint (count_open (&scene), ==, 1);
}

static gboolean
has_changed (Scene *scene)
{
  return scene->n_changes > 0;
}

static gboolean
has_fewer_open (Scene *scene)
{
  return count_open (scene) < 2;
}

/* Signals of the handshakes are over. */
static void
settle (Scene   *scene,
        gboolean is_watched)
{
  wsi_outbox_set_watched (scene->outbox, TRUE);
  wait_for_refreshes ();
  wsi_outbox_set_watched (scene->outbox, is_watched);
  scene->n_changes = 0;
}

static void
test_watched (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  settle (&scene, TRUE);
  close_client (&scene);
  wait_until (&scene, has_fewer_open);
  g_assert_cmpuint (scene.n_changes, >, 0);
}

static void
test_unwatched (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  settle (&scene, FALSE);
  close_client (&scene);
  wait_for_refreshes ();
  g_assert_cmpuint (scene.n_changes, ==, 0);
  g_assert_cmpuint (count_open (&scene), ==, 2);
  wsi_outbox_set_watched (scene.outbox, TRUE);
  wait_until (&scene, has_changed);
  g_assert_true (has_fewer_open (&scene));
}

static gboolean
has_sent (Scene       *scene,
          WspFrameKind kind,
          guint32      conversation)
{
  WsiStore *store = wsi_session_get_store (scene->session);

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      if (record->kind == kind && record->direction == WSP_DIRECTION_SENT &&
          record->conversation == conversation)
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_text (Scene *scene)
{
  return has_sent (scene, WSP_FRAME_KIND_TEXT, scene->of_server);
}

static gboolean
has_begun (Scene *scene)
{
  return has_sent (scene, WSP_FRAME_KIND_BINARY, 3);
}

static void
test_send (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  wsi_outbox_choose (scene.outbox, scene.of_server);
  g_assert_true (wsi_outbox_send (scene.outbox, make_text ()));
  g_assert_false (wsi_outbox_is_sending (scene.outbox));
  wait_until (&scene, has_text);
  g_assert_no_error (scene.error);
}

static gboolean
has_error (Scene *scene)
{
  return scene->error != NULL;
}

static guint
count_texts (Scene *scene)
{
  WsiStore *store = wsi_session_get_store (scene->session);
  guint n = 0;

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    n += wsi_store_get_record (store, i)->kind == WSP_FRAME_KIND_TEXT;
  return n;
}

static gboolean
has_client_text (Scene *scene)
{
  WsiStore *store = wsi_session_get_store (scene->session);

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      if (record->kind == WSP_FRAME_KIND_TEXT && record->direction == WSP_DIRECTION_SENT &&
          record->conversation > scene->of_client)
        return TRUE;
    }
  return FALSE;
}

/* The client's connection is closed, and another client takes its place; nobody watches. */
static void
test_once_open (void)
{
  g_auto (Scene) scene = { 0 };
  WsiSource *again;

  scene_init (&scene);
  wsi_outbox_choose (scene.outbox, scene.of_client);
  close_client (&scene);
  again = started_client (scene.session, wsi_source_get_uri (scene.server), NULL);
  wsi_outbox_send_once_open (scene.outbox, again, make_text ());
  wait_until (&scene, has_client_text);
  g_assert_true (wsi_session_find_source (scene.session,
                                          wsi_outbox_get_target (scene.outbox)) == again);
  g_assert_no_error (scene.error);
}

/* Nobody listens there any more. */
static void
test_never_open (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *uri = NULL;

  scene_init (&scene);
  uri = g_strdup (wsi_source_get_uri (scene.server));
  wsi_source_close (scene.server);
  wsi_outbox_send_once_open (scene.outbox, started_client (scene.session, uri, NULL),
                             make_text ());
  wait_until (&scene, has_error);
  g_assert_error (scene.error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_assert_cmpstr (scene.error->message, ==,
                   "Not sent: the client did not connect (its row in the sidebar says why)");
}

static gboolean
is_again_open (Scene *scene)
{
  WsiStore *store = wsi_session_get_store (scene->session);
  guint32 n_kept, n = wsi_store_count_conversations (store, &n_kept);

  for (guint32 i = 1; i <= n; i++)
    {
      g_autoptr (WsiConversation) conversation = wsi_store_dup_conversation (store, i);

      if (wsi_session_find_source (scene->session, conversation) == scene->again)
        return wsi_conversation_was_open (conversation);
    }
  return FALSE;
}

static gboolean
has_again_ended (Scene *scene)
{
  return wsi_source_get_state (scene->again) == WSI_SOURCE_ENDED;
}

/* The connection was open for less than the time between two looks. */
static void
test_closed_at_once (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  scene.again = started_client (scene.session, wsi_source_get_uri (scene.server), NULL);
  wait_until (&scene, is_again_open);
  wsi_source_stop_async (scene.again, NULL, NULL);
  wait_until (&scene, has_again_ended);
  wsi_outbox_send_once_open (scene.outbox, scene.again, make_text ());
  wait_until (&scene, has_error);
  g_assert_error (scene.error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_assert_cmpstr (scene.error->message, ==,
                   "Not sent: the client connected, and the connection was closed at once (its "
                   "row in the sidebar says why)");
}

static void
choose_other (WsiOutbox *outbox,
              Scene     *scene)
{
  WsiConversation *conversation = wsi_outbox_get_conversation (outbox);

  if (wsi_session_find_source (scene->session, conversation) == scene->again)
    wsi_outbox_choose (outbox, scene->of_client);
}

/* Also an owner that chooses in the handler for the connection that is written to. */
static void
test_taken_back_by_handler (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  wsi_outbox_choose (scene.outbox, scene.of_client);
  scene.again = started_client (scene.session, wsi_source_get_uri (scene.server), NULL);
  g_signal_connect (scene.outbox, "changed", G_CALLBACK (choose_other), &scene);
  wsi_outbox_send_once_open (scene.outbox, scene.again, make_text ());
  wait_until (&scene, is_again_open);
  wait_for_refreshes ();
  g_assert_cmpuint (get_target (&scene), ==, scene.of_client);
  g_assert_cmpuint (count_texts (&scene), ==, 0);
  g_assert_no_error (scene.error);
}

/* A user who has chosen another connection meanwhile does not want that. */
static void
test_taken_back (void)
{
  g_auto (Scene) scene = { 0 };
  WsiSource *again;

  scene_init (&scene);
  again = started_client (scene.session, wsi_source_get_uri (scene.server), NULL);
  wsi_outbox_send_once_open (scene.outbox, again, make_text ());
  wsi_outbox_choose (scene.outbox, scene.of_client);
  wait_for_refreshes ();
  g_assert_cmpuint (get_target (&scene), ==, scene.of_client);
  g_assert_false (has_client_text (&scene));
}

/* The server writes to a client that never reads. */
static void
begin_file (Scene *scene)
{
  WsiOutgoing *outgoing = make_file ();

  scene->path = g_strdup (outgoing->path);
  wsi_outbox_choose (scene->outbox, 3);
  g_assert_cmpuint (get_target (scene), ==, 3);
  scene->n_changes = 0;
  g_assert_true (wsi_outbox_send (scene->outbox, outgoing));
  g_assert_true (wsi_outbox_is_sending (scene->outbox));
  g_assert_cmpuint (scene->n_changes, ==, 1);
  wait_until (scene, has_begun);
}

static gboolean
has_failed (Scene *scene)
{
  return scene->error != NULL;
}

static void
test_cancel (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GSocketConnection) deaf = NULL;

  scene_init (&scene);
  deaf = deaf_client_new (scene.server);
  wait_until (&scene, is_second_open);
  begin_file (&scene);
  wsi_outbox_cancel (scene.outbox);
  wait_until (&scene, has_failed);
  g_assert_error (scene.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (wsi_outbox_is_sending (scene.outbox));

  wsi_outbox_choose (scene.outbox, scene.of_server);
  g_assert_true (wsi_outbox_send (scene.outbox, make_text ()));
  wait_until (&scene, has_text);
}

static WsiOutgoing *
make_ping (void)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("Hello", 5);

  return wsi_outgoing_new_ping (payload, NULL);
}

/* A ping waits for its pong, which does not come. */
static void
begin_ping (Scene *scene)
{
  wsi_outbox_choose (scene->outbox, 3);
  g_assert_true (wsi_outbox_send (scene->outbox, make_ping ()));
  g_assert_false (wsi_outbox_is_sending (scene->outbox));
}

static void
test_short (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GSocketConnection) deaf = NULL;

  scene_init (&scene);
  deaf = deaf_client_new (scene.server);
  wait_until (&scene, is_second_open);
  begin_ping (&scene);
  wsi_outbox_cancel (scene.outbox);
  wait_for_refreshes ();
  g_assert_no_error (scene.error);

  begin_ping (&scene);
  g_io_stream_close (G_IO_STREAM (deaf), NULL, NULL);
  wait_until (&scene, has_failed);
}

/* It leaves in pieces, and takes its time. */
static void
test_fragments (void)
{
  g_auto (Scene) scene = { 0 };
  WsiOutgoing *outgoing = make_text ();

  scene_init (&scene);
  outgoing->n_fragments = 1;
  outgoing->fragments = g_new (guint32, 1);
  outgoing->fragments[0] = 2;
  wsi_outbox_choose (scene.outbox, scene.of_server);
  g_assert_true (wsi_outbox_send (scene.outbox, outgoing));
  g_assert_true (wsi_outbox_is_sending (scene.outbox));
  wait_until (&scene, has_text);
}

static gboolean
is_second_closed (Scene *scene)
{
  return is_closed (scene, 3);
}

/* The outbox cancels and forgets the message, also where the next session is the same. */
static void
test_another_session (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GSocketConnection) deaf = NULL;

  scene_init (&scene);
  deaf = deaf_client_new (scene.server);
  wait_until (&scene, is_second_open);
  begin_file (&scene);
  wsi_outbox_set_session (scene.outbox, NULL);
  g_assert_false (wsi_outbox_is_sending (scene.outbox));
  g_assert_cmpuint (count_open (&scene), ==, 0);
  g_assert_null (wsi_outbox_get_conversation (scene.outbox));

  wsi_outbox_set_session (scene.outbox, scene.session);
  g_assert_cmpuint (count_open (&scene), >, 0);
  g_assert_nonnull (wsi_outbox_get_target (scene.outbox));
  wait_until (&scene, is_second_closed);
  wait_for_refreshes ();
  g_assert_no_error (scene.error);
  g_assert_false (wsi_outbox_is_sending (scene.outbox));
}

/* The window goes, and what it sends is cancelled. */
static void
test_gone (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GSocketConnection) deaf = NULL;

  scene_init (&scene);
  deaf = deaf_client_new (scene.server);
  wait_until (&scene, is_second_open);
  begin_file (&scene);
  g_clear_object (&scene.outbox);
  wait_until (&scene, is_second_closed);
  wait_for_refreshes ();
  g_assert_no_error (scene.error);
}

static gboolean
are_many_open (Scene *scene)
{
  guint n = 0;

  for (guint32 i = 1; i <= MAX_OPEN + 1; i++)
    {
      g_autoptr (WsiConversation) conversation =
        wsi_store_dup_conversation (wsi_session_get_store (scene->session), i);

      n += conversation != NULL && wsi_conversation_get_status (conversation) == 101;
    }
  return n == MAX_OPEN + 1;
}

static void
test_many (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GPtrArray) deaf = g_ptr_array_new_with_free_func (g_object_unref);

  scene_init (&scene);
  for (guint i = 2; i <= MAX_OPEN; i++)
    g_ptr_array_add (deaf, deaf_client_new (scene.server));
  wait_until (&scene, are_many_open);
  wsi_outbox_choose (scene.outbox, 0);
  g_assert_cmpuint (count_open (&scene), ==, MAX_OPEN);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/outbox/target/none-without-a-session", test_no_session);
  g_test_add_func ("/inspector/outbox/target/none-without-a-connection", test_no_connection);
  g_test_add_func ("/inspector/outbox/target/latest-open-one-is-taken", test_latest);
  g_test_add_func ("/inspector/outbox/target/chosen-one-is-taken", test_chosen);
  g_test_add_func ("/inspector/outbox/target/that-of-the-selected-row-is-taken", test_preferred);
  g_test_add_func ("/inspector/outbox/target/chosen-one-is-not-replaced", test_closed);
  g_test_add_func ("/inspector/outbox/target/taken-one-is-replaced-when-closed", test_replaced);
  g_test_add_func ("/inspector/outbox/watched/lists-what-is-open", test_watched);
  g_test_add_func ("/inspector/outbox/watched/waits-until-somebody-watches", test_unwatched);
  g_test_add_func ("/inspector/outbox/send/reaches-the-connection", test_send);
  g_test_add_func ("/inspector/outbox/waiting/is-sent-once-the-client-is-connected",
                   test_once_open);
  g_test_add_func ("/inspector/outbox/waiting/client-that-cannot-connect", test_never_open);
  g_test_add_func ("/inspector/outbox/waiting/client-that-is-closed-at-once", test_closed_at_once);
  g_test_add_func ("/inspector/outbox/waiting/another-choice-takes-it-back", test_taken_back);
  g_test_add_func ("/inspector/outbox/waiting/choice-of-a-handler-takes-it-back",
                   test_taken_back_by_handler);
  g_test_add_func ("/inspector/outbox/send/cancelled-file-fails", test_cancel);
  g_test_add_func ("/inspector/outbox/send/fragments-take-their-time", test_fragments);
  g_test_add_func ("/inspector/outbox/send/only-a-failed-ping-is-reported", test_short);
  g_test_add_func ("/inspector/outbox/send/outbox-goes-meanwhile", test_gone);
  g_test_add_func ("/inspector/outbox/watched/lists-the-latest-hundred", test_many);
  g_test_add_func ("/inspector/outbox/session/another-one-begins-anew", test_another_session);
  return g_test_run ();
}
