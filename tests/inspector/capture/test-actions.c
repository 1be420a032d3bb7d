/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The actions of engines: of the example's sessions, and of connections as a tap observes them. */

#include "inspect/show/engine/wsi-action-model.h"
#include "inspect/show/engine/wsi-action-text.h"
#include "inspect/show/engine/wsi-engine-state.h"
#include "inspect/sources/example/wsi-example.h"
#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-session.h"
#include "inspector/client-text.h"
#include "inspector/opened.h"
#include "inspector/started.h"

#include <string.h>

static WsiSession *
run_example (void)
{
  WsiSession *session = opened_session ();
  g_autoptr (WsiRecorder) recorder = wsi_session_make_recorder (session, WSP_ROLE_CLIENT, NULL);
  g_autoptr (WsiExample) example = wsi_example_new (recorder, WSI_PLACE_THREAD, 0);

  wsi_session_add (session, WSI_SOURCE (example));
  while (wsi_source_get_state (WSI_SOURCE (example)) != WSI_SOURCE_ENDED)
    g_main_context_iteration (NULL, TRUE);
  return session;
}

static void
drop (WsiSession *session)
{
  g_object_run_dispose (G_OBJECT (session));
  g_object_unref (session);
}

/* The next action of this kind and type; NULL: there is none. */
static const WsiAction *
find (const WsiActions *actions,
      guint64           from,
      WsiActionKind     kind,
      WspActionType     type)
{
  for (guint64 i = from; i < wsi_actions_get_end (actions); i++)
    {
      const WsiAction *action = wsi_actions_get (actions, i);

      if (action->kind == kind && action->type == type)
        return action;
    }
  return NULL;
}

/* Each frame that a session has made has the action that ended its Send, and each that one has
 * indicated the action that did so. */
static void
test_rows (void)
{
  WsiSession *session = run_example ();
  WsiStore *store = wsi_session_get_store (session);
  const WsiActions *actions = wsi_store_get_actions (store);
  guint n_linked = 0;

  for (guint64 i = 0; i < wsi_actions_get_end (actions); i++)
    {
      const WsiAction *action = wsi_actions_get (actions, i);
      const WsiRecord *record;

      if (action->row == WSI_NO_ROW)
        continue;
      record = wsi_store_get_record (store, action->row);
      g_assert_true (wsi_record_is_frame (record));
      g_assert_cmpuint (record->conversation, ==, action->conversation);
      if (action->type == WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE &&
          action->kind == WSI_ACTION_TAKEN && action->operation != 0)
        {
          g_assert_cmpint (record->direction == WSP_DIRECTION_SENT, ==,
                           action->role == WSP_ROLE_CLIENT);
          n_linked++;
        }
    }
  /* All Sends of both connections. */
  g_assert_cmpuint (n_linked, >=, 10);
  drop (session);
}

static void
test_queues (void)
{
  WsiSession *session = run_example ();
  const WsiActions *actions = wsi_store_get_actions (wsi_session_get_store (session));
  const WsiAction *queued = find (actions, 0, WSI_ACTION_QUEUED, WSP_ACTION_TYPE_NONE);
  const WsiAction *taken, *complete;
  WsiEngineState state;

  while (queued->queue != WSP_ACTION_QUEUE_SEND)
    queued = find (actions, queued->number + 1, WSI_ACTION_QUEUED, WSP_ACTION_TYPE_NONE);
  wsi_engine_state_init (&state, actions, 1, queued->number);
  g_assert_true (state.has_queues);
  g_assert_cmpstr (state.sides[WSP_ROLE_CLIENT].state, ==, "OPEN");
  g_assert_cmpstr (state.sides[WSP_ROLE_SERVER].state, ==, "OPEN");
  g_assert_cmpuint (state.sides[WSP_ROLE_CLIENT].sends.n, ==, 1);
  g_assert_cmpuint (state.sides[WSP_ROLE_CLIENT].sends.shown[0].n_bytes, ==,
                    strlen ("Hello, server"));

  taken = find (actions, queued->number, WSI_ACTION_TAKEN, WSP_ACTION_TYPE_SEND_TO_NETWORK);
  wsi_engine_state_init (&state, actions, 1, taken->number);
  g_assert_cmpuint (state.sides[WSP_ROLE_CLIENT].n_to_send, ==, strlen ("Hello, server") + 6);
  complete = find (actions, taken->number, WSI_ACTION_COMPLETED,
                   WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE);
  wsi_engine_state_init (&state, actions, 1, complete->number);
  g_assert_cmpuint (state.sides[WSP_ROLE_CLIENT].sends.n, ==, 0);
  g_assert_cmpuint (state.sides[WSP_ROLE_CLIENT].n_to_send, ==, 0);
  wsi_engine_state_init (&state, actions, 1, G_MAXUINT64);
  g_assert_cmpstr (state.sides[WSP_ROLE_CLIENT].state, ==, "CLOSED");
  wsi_engine_state_init (&state, actions, 2, G_MAXUINT64);
  g_assert_cmpstr (state.sides[WSP_ROLE_CLIENT].state, ==, "FAILED");
  drop (session);
}

static gboolean
has_text (const WsiActions *actions,
          const char       *text)
{
  for (guint64 i = wsi_actions_get_first (actions); i < wsi_actions_get_end (actions); i++)
    {
      g_autofree char *line = wsi_action_text_print (wsi_actions_get (actions, i));

      if (g_str_has_prefix (line, text))
        return TRUE;
    }
  return FALSE;
}

static void
wait_for_text (const WsiActions *actions,
               const char       *text)
{
  while (!has_text (actions, text))
    g_main_context_iteration (NULL, TRUE);
}

/* A client and a server of the library, in two sessions. */
static void
test_tap (void)
{
  WsiSession *server = opened_session (), *client = opened_session ();
  WsiSource *serving = started_server (server, 0, NULL);
  WsiSource *source = started_client (client, wsi_source_get_uri (serving), NULL);
  WsiStore *store = wsi_session_get_store (client);
  const WsiActions *actions = wsi_store_get_actions (store);
  const WsiAction *sent;

  while (wsi_source_get_state (source) != WSI_SOURCE_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  client_text_send (source, "hello");
  wait_for_text (actions, "INDICATE_RECEIVE_COMPLETE · text · 5 bytes");
  g_assert_true (has_text (actions, "SEND_TO_NETWORK · 11 bytes"));
  sent = find (actions, 0, WSI_ACTION_PERFORMED, WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE);
  g_assert_cmpuint (wsi_store_get_record (store, sent->row)->direction, ==, WSP_DIRECTION_SENT);
  wsi_session_stop (client);
  wait_for_text (actions, "State CLOSED");
  g_assert_true (has_text (actions, "INDICATE_RECEIVE_COMPLETE · close"));
  drop (client);
  drop (server);
}

static void
test_limit (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (10, 1 << 20);
  WsiActions *actions = wsi_store_get_actions (store);
  g_autoptr (WsiActionModel) model = NULL;
  WsiAction action = { .conversation = 1 };
  WsiActionItem *item;
  guint position;

  for (guint i = 0; i < 10; i++)
    {
      action.row = i;
      wsi_actions_append (actions, &action);
    }
  model = wsi_action_model_new (store, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 10);
  action.conversation = 2;
  for (guint i = 0; i < WSI_MAX_ACTIONS - 5; i++)
    wsi_actions_append (actions, &action);
  g_assert_cmpuint (wsi_actions_get_first (actions), ==, 5);
  g_assert_null (wsi_actions_get (actions, 4));
  g_assert_null (wsi_actions_get (actions, wsi_actions_get_end (actions)));
  g_assert_true (wsi_action_model_find_row (model, 7, &position));
  g_assert_cmpuint (position, ==, 7);
  wsi_action_model_update (model);
  g_assert_true (wsi_action_model_find_row (model, 7, &position));
  g_assert_cmpuint (position, ==, 2);
  g_assert_false (wsi_action_model_find_row (model, 4, &position));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 5);
  item = g_list_model_get_item (G_LIST_MODEL (model), 0);
  g_assert_cmpuint (wsi_action_item_get (item)->number, ==, 5);
  g_object_unref (item);
}

/* A recording of wsinspect has no reader of actions. */
static void
test_not_kept (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (10, 1 << 20);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  const WsiAction action = { .kind = WSI_ACTION_STATE, .state = "OPEN" };

  wsi_recorder_act (recorder, wsi_recorder_open (recorder, &opening, 1), &action);
  g_assert_cmpuint (wsi_actions_get_end (wsi_store_get_actions (store)), ==, 0);
}

/* The frame of an action is no row while the capture is paused; after the end no frame follows. */
static void
test_no_row (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (10, 1 << 20);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .handshake = WSI_HANDSHAKE_MISSING };
  const WsiAction action = { .type = WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK, .n_bytes = 7 };
  const WsiActions *actions = wsi_store_get_actions (store);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x81\x05Hello", 7);
  g_autoptr (WsiConversation) conversation = g_object_ref (wsi_recorder_open (recorder, &opening,
                                                                              1));

  wsi_recorder_keep_actions (recorder);
  wsi_recorder_push (recorder, conversation, WSP_DIRECTION_RECEIVED, bytes, 2);
  wsi_recorder_act (recorder, conversation, &action);
  wsi_store_pause (store, 3);
  wsi_recorder_act (recorder, conversation, &action);
  wsi_store_resume (store, 4);
  wsi_recorder_close (recorder, conversation, WSI_ENDING_CLEAN, WSI_SENTENCE (TEXT, "a"), 5);
  wsi_recorder_act (recorder, conversation, &action);
  g_assert_cmpuint (wsi_actions_get (actions, 0)->row, ==, 0);
  g_assert_cmpuint (wsi_actions_get (actions, 1)->row, ==, WSI_NO_ROW);
  g_assert_cmpuint (wsi_actions_get (actions, 2)->row, ==, WSI_NO_ROW);
}

/* An action and its line.  Actions that were left out have their own test. */
static const struct
{
  const char *name;
  WsiAction   action;
  const char *text;
} lines[] = {
  { "a-state-has-no-bytes", { .kind = WSI_ACTION_STATE, .state = "OPEN" }, "State OPEN" },
  { "the-end-of-a-queue-has-no-bytes", { .kind = WSI_ACTION_TAKEN, .queue = WSP_ACTION_QUEUE_ALL }, "GetAction(ALL) → NONE" },
  { "what-is-taken-has-bytes",
    { .kind = WSI_ACTION_TAKEN, .type = WSP_ACTION_TYPE_SEND_TO_NETWORK, .queue = WSP_ACTION_QUEUE_SEND, .n_bytes = 11,
      .n_buffers = 2 },
    "GetAction(SEND) → SEND_TO_NETWORK · 11 bytes in 2 buffers" },
  { "a-send-has-bytes",
    { .kind = WSI_ACTION_QUEUED, .queue = WSP_ACTION_QUEUE_SEND, .buffer_type = WSP_BUFFER_TYPE_UTF8_MESSAGE, .n_bytes = 5,
      .operation = 1 },
    "Send · text · 5 bytes · operation 1" },
  { "a-receive-has-none", { .kind = WSI_ACTION_QUEUED, .queue = WSP_ACTION_QUEUE_RECEIVE }, "Receive" },
  { "no-bytes-of-the-network-are-told",
    { .kind = WSI_ACTION_PERFORMED, .type = WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK }, "RECEIVE_FROM_NETWORK · 0 bytes" },
  { "the-end-of-a-send-has-no-bytes",
    { .kind = WSI_ACTION_PERFORMED, .type = WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE }, "INDICATE_SEND_COMPLETE" },
  { "completed-bytes",
    { .kind = WSI_ACTION_COMPLETED, .type = WSP_ACTION_TYPE_SEND_TO_NETWORK, .queue = WSP_ACTION_QUEUE_SEND, .n_bytes = 1 },
    "CompleteAction(SEND_TO_NETWORK) · 1 byte" },
  { "completed-without-bytes",
    { .kind = WSI_ACTION_COMPLETED, .type = WSP_ACTION_TYPE_SEND_TO_NETWORK, .queue = WSP_ACTION_QUEUE_SEND },
    "CompleteAction(SEND_TO_NETWORK)" },
};

static void
test_line (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *text = wsi_action_text_print (&lines[i].action);

  g_assert_cmpstr (text, ==, lines[i].text);
}

static void
append_send (WsiActions   *actions,
             WsiActionKind kind,
             guint32       operation)
{
  const WsiAction action = {
    .kind = kind,
    .type = kind == WSI_ACTION_COMPLETED ? WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE
                                         : WSP_ACTION_TYPE_NONE,
    .queue = WSP_ACTION_QUEUE_SEND,
    .conversation = 1,
    .operation = operation,
    .row = WSI_NO_ROW,
  };

  wsi_actions_append (actions, &action);
}

/* More Sends than are shown: those that are left are shown from the oldest on.  One whose beginning
 * is forgotten ends, and leaves the others. */
static void
test_ended_sends (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (10, 1 << 20);
  WsiActions *actions = wsi_store_get_actions (store);
  WsiEngineState state;
  const WsiOperationQueue *sends = &state.sides[WSP_ROLE_CLIENT].sends;

  for (guint i = 1; i <= WSI_ENGINE_MAX_SHOWN + 3; i++)
    append_send (actions, WSI_ACTION_QUEUED, i);
  append_send (actions, WSI_ACTION_COMPLETED, WSI_ENGINE_MAX_SHOWN + 1);
  append_send (actions, WSI_ACTION_COMPLETED, 2);
  append_send (actions, WSI_ACTION_COMPLETED, G_MAXUINT32);
  wsi_engine_state_init (&state, actions, 1, G_MAXUINT64);
  g_assert_cmpuint (sends->n, ==, WSI_ENGINE_MAX_SHOWN + 1);
  for (guint i = 0; i < WSI_ENGINE_MAX_SHOWN - 1; i++)
    g_assert_cmpuint (sends->shown[i].operation, ==, i == 0 ? 1 : i + 2);
  g_assert_cmpuint (sends->shown[WSI_ENGINE_MAX_SHOWN - 1].operation, ==, WSI_ENGINE_MAX_SHOWN + 2);
}

/* They are a line of the log, count as actions, and change nothing that is known. */
static void
test_left_out (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (10, 1 << 20);
  WsiActions *actions = wsi_store_get_actions (store);
  const WsiAction sent = {
    .kind = WSI_ACTION_PERFORMED, .conversation = 1, .n_waiting = 7, .row = WSI_NO_ROW,
  };
  const WsiAction left_out = {
    .kind = WSI_ACTION_LEFT_OUT, .conversation = 1, .n_actions = 3, .row = WSI_NO_ROW,
  };
  g_autofree char *text = wsi_action_text_print (&left_out);
  WsiEngineState state;

  g_assert_cmpstr (text, ==, "3 actions were left out: the recording could not keep up");
  wsi_actions_append (actions, &sent);
  wsi_actions_append (actions, &left_out);
  wsi_engine_state_init (&state, actions, 1, G_MAXUINT64);
  g_assert_cmpuint (state.n_actions, ==, 4);
  g_assert_cmpuint (state.n_waiting, ==, 7);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inspector/actions/example/have-the-rows-of-their-frames", test_rows);
  g_test_add_func ("/inspector/actions/example/tell-queues-and-buffers-at-each-step", test_queues);
  g_test_add_func ("/inspector/actions/tap/are-those-of-a-connection", test_tap);
  g_test_add_func ("/inspector/actions/limit/the-oldest-ones-are-forgotten", test_limit);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *path = g_strdup_printf ("/inspector/actions/line/%s", lines[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_line);
    }
  g_test_add_func ("/inspector/actions/state/sends-that-have-ended", test_ended_sends);
  g_test_add_func ("/inspector/actions/left-out/are-counted-and-told", test_left_out);
  g_test_add_func ("/inspector/actions/are-kept-only-on-request", test_not_kept);
  g_test_add_func ("/inspector/actions/have-no-row-in-a-pause-or-after-the-end", test_no_row);
  return g_test_run ();
}
