/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A session of a connection is recorded, then played once for each of its steps with a fault in
 * that step, and for each call that a program may make in each of its callbacks. */

#include "connection/fault-stream.h"

#include <string.h>

#define LARGE 70000

typedef enum
{
  ACT_NOTHING,
  ACT_CANCEL,
  ACT_UNREF,
  ACT_CLOSE,
  ACT_ABORT,
  N_ACTS,
} Act;

typedef struct _Scenario Scenario;

typedef struct
{
  const Scenario *scenario;
  FaultPlan       plan;
  Act             act;
  guint           callback;     /* number of the callback that acts, from 1 */

  WspConnection  *connection;   /* the connection; NULL: its reference was dropped */
  GWeakRef        alive;
  FaultStream    *stream;
  Peer           *peer;
  GCancellable   *cancellable;
  guint           n_callbacks;
  guint           n_pending;
  guint           n_closed;
  guint           n_finalized;
  gboolean        has_acted;
  gboolean        is_clean;
  GPtrArray      *promised;     /* texts whose sends have succeeded */
  GPtrArray      *received;
} Play;

struct _Scenario
{
  const char *name;
  WspRole     role;
  void      (*begin) (Play *play);
  void      (*on_message) (Play       *play,
                           WspMessage *message);
};

static const char *fault_names[N_FAULTS] = {
  "none", "short", "would-block", "stall", "end", "connection-closed", "timed-out", "broken-pipe",
  "close-fails",
};
static const char *kind_names[N_STREAM_KINDS] = { "pollable", "async" };
static const char *act_names[N_ACTS] = { "nothing", "cancel", "unref", "close", "abort" };

/* One pending call, and what its success promises */

typedef struct
{
  Play    *play;
  char    *text;                /* text that the call sends */
  gboolean is_done;
} Call;

typedef gboolean (*FinishFunc) (WspConnection *connection,
                                GAsyncResult  *result,
                                GError       **error);

static Call *
call_new (Play       *play,
          const char *text)
{
  Call *call = g_new0 (Call, 1);

  call->play = play;
  call->text = g_strdup (text);
  play->n_pending++;
  return call;
}

static void
on_extra_closed (GObject      *source,
                 GAsyncResult *result,
                 gpointer      data)
{
  Play *play = data;
  g_autoptr (GError) error = NULL;

  wsp_connection_close_finish (WSP_CONNECTION (source), result, &error);
  play->n_pending--;
}

/* The call that the program makes in the chosen callback. */
static void
enter_callback (Play *play)
{
  if (++play->n_callbacks != play->callback || play->connection == NULL)
    return;

  play->has_acted = TRUE;
  switch (play->act)
    {
    case ACT_CANCEL:
      g_cancellable_cancel (play->cancellable);
      break;
    case ACT_UNREF:
      g_clear_object (&play->connection);
      break;
    case ACT_CLOSE:
      play->n_pending++;
      wsp_connection_close_async (play->connection, 1000, "early", NULL, on_extra_closed, play);
      break;
    case ACT_ABORT:
      wsp_connection_abort (play->connection);
      break;
    case ACT_NOTHING:
    case N_ACTS:
      break;
    }
}

static void
finish_call (Call         *call,
             FinishFunc    finish,
             GObject      *source,
             GAsyncResult *result)
{
  Play *play = call->play;
  g_autoptr (GError) error = NULL;
  gboolean succeeded = finish (WSP_CONNECTION (source), result, &error);

  g_assert_true (succeeded == (error == NULL));
  play->n_pending--;
  if (succeeded && call->text != NULL)
    g_ptr_array_add (play->promised, g_steal_pointer (&call->text));
  g_free (call->text);
  g_free (call);
  enter_callback (play);
}

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  finish_call (data, wsp_connection_send_message_finish, source, result);
}

static void
on_flushed (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  finish_call (data, wsp_connection_flush_finish, source, result);
}

static void
on_call_closed (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  finish_call (data, wsp_connection_close_finish, source, result);
}

static gboolean
finish_ping (WspConnection *connection,
             GAsyncResult  *result,
             GError       **error)
{
  return wsp_connection_ping_finish (connection, result, error) >= 0;
}

static void
on_pinged (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  finish_call (data, finish_ping, source, result);
}

static void
send_text (Play       *play,
           const char *text)
{
  g_autoptr (WspMessage) message = wsp_message_new_text (text);

  if (play->connection != NULL)
    wsp_connection_send_message_async (play->connection, message, WSP_SEND_FLAGS_DEFAULT,
                                       play->cancellable, on_sent, call_new (play, text));
}

static void
send_large (Play *play)
{
  g_autofree char *text = g_strnfill (MIN (LARGE, play->plan.chunk * 60), 'l');

  send_text (play, text);
}

static void
ping (Play *play)
{
  if (play->connection != NULL)
    wsp_connection_ping_async (play->connection, NULL, play->cancellable, on_pinged,
                               call_new (play, NULL));
}

static void
flush (Play *play)
{
  if (play->connection != NULL)
    wsp_connection_flush_async (play->connection, play->cancellable, on_flushed,
                                call_new (play, NULL));
}

static void
close_connection (Play *play)
{
  if (play->connection != NULL)
    wsp_connection_close_async (play->connection, 1000, "done", play->cancellable, on_call_closed,
                                call_new (play, NULL));
}

/* Signals */

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Play          *play)
{
  g_ptr_array_add (play->received, g_strdup (wsp_message_get_text (message)));
  if (play->scenario->on_message != NULL)
    play->scenario->on_message (play, message);
  enter_callback (play);
}

static void
on_closing (WspConnection *connection,
            guint          code,
            const char    *reason,
            Play          *play)
{
  enter_callback (play);
}

static void
on_closed (WspConnection *connection,
           Play          *play)
{
  WspCloseInfo *info = wsp_connection_get_close_info (connection);

  play->n_closed++;
  play->is_clean = wsp_close_info_is_clean (info);
  g_assert_true (play->is_clean || wsp_close_info_get_error (info) != NULL);
  enter_callback (play);
}

static void
on_finalized (gpointer data,
              GObject *where)
{
  Play *play = data;

  play->n_finalized++;
}

/* The sessions that are recorded.  The peer sends the same in all of them. */

static const char *const peer_texts[] = { "one", "two", "three", "four" };

static void
let_peer_send (Play *play,
               guint first,
               guint last)
{
  for (guint i = first; i < last; i++)
    {
      g_autoptr (GBytes) text = g_bytes_new_static (peer_texts[i], strlen (peer_texts[i]));

      if (i == 1)
        wsp_session_send (play->peer->session, WSP_BUFFER_TYPE_PING_PONG, NULL, NULL);
      wsp_session_send (play->peer->session, WSP_BUFFER_TYPE_UTF8_MESSAGE, text, NULL);
    }
  peer_pump (play->peer);
}

static void
begin_push (Play *play)
{
  let_peer_send (play, 0, G_N_ELEMENTS (peer_texts));
  send_text (play, "first");
  ping (play);
  send_large (play);
  flush (play);
  if (play->connection != NULL)
    wsp_connection_start_receiving (play->connection);
}

static void
push_message (Play       *play,
              WspMessage *message)
{
  if (play->connection != NULL && play->received->len < G_N_ELEMENTS (peer_texts))
    wsp_connection_queue_message (play->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  else
    close_connection (play);
}

static void on_received (GObject      *source,
                         GAsyncResult *result,
                         gpointer      data);

static void
receive (Play *play)
{
  if (play->connection != NULL)
    wsp_connection_receive_async (play->connection, play->cancellable, on_received,
                                  call_new (play, NULL));
}

static void
on_received (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Call *call = data;
  Play *play = call->play;
  g_autoptr (GError) error = NULL;
  g_autoptr (WspMessage) message =
    wsp_connection_receive_finish (WSP_CONNECTION (source), result, &error);

  g_assert_true (message == NULL || error == NULL);
  g_free (call);
  play->n_pending--;
  if (message != NULL)
    {
      g_ptr_array_add (play->received, g_strdup (wsp_message_get_text (message)));
      if (play->received->len == G_N_ELEMENTS (peer_texts))
        close_connection (play);
      receive (play);
    }
  enter_callback (play);
}

static void
begin_pull (Play *play)
{
  let_peer_send (play, 0, G_N_ELEMENTS (peer_texts));
  receive (play);
  send_text (play, "first");
  send_large (play);
  send_text (play, "second");
  ping (play);
}

/* The peer closes while sends of the connection wait. */
static void
begin_answer (Play *play)
{
  send_text (play, "first");
  send_large (play);
  let_peer_send (play, 0, 2);
  wsp_session_send_close (play->peer->session, 1001, "going", NULL);
  peer_pump (play->peer);
  send_text (play, "second");
  flush (play);
  if (play->connection != NULL)
    wsp_connection_start_receiving (play->connection);
}

static const Scenario scenarios[] = {
  { "push", WSP_ROLE_SERVER, begin_push, push_message },
  { "pull", WSP_ROLE_CLIENT, begin_pull, NULL },
  { "answer", WSP_ROLE_SERVER, begin_answer, NULL },
};

/* Playing */

static WspLimits *
make_limits (void)
{
  WspLimits *limits = wsp_limits_new ();

  wsp_limits_set_keepalive_interval (limits, 0);
  wsp_limits_set_idle_timeout (limits, 0);
  return limits;
}

static void
play_begin (Play *play)
{
  g_autoptr (WspLimits) limits = make_limits ();

  play->promised = g_ptr_array_new_with_free_func (g_free);
  play->received = g_ptr_array_new_with_free_func (g_free);
  play->cancellable = g_cancellable_new ();
  play->stream = fault_stream_new (&play->plan, play->scenario->role == WSP_ROLE_SERVER
                                                ? WSP_ROLE_CLIENT : WSP_ROLE_SERVER);
  play->peer = fault_stream_get_peer (play->stream);
  play->connection =
    wsp_connection_new_for_stream (G_IO_STREAM (play->stream), play->scenario->role, NULL, NULL,
                                   NULL, NULL);
  wsp_connection_set_limits (play->connection, limits);
  g_weak_ref_init (&play->alive, play->connection);
  g_object_weak_ref (G_OBJECT (play->connection), on_finalized, play);
  g_signal_connect (play->connection, "message", G_CALLBACK (on_message), play);
  g_signal_connect (play->connection, "closing", G_CALLBACK (on_closing), play);
  g_signal_connect (play->connection, "closed", G_CALLBACK (on_closed), play);
  play->scenario->begin (play);
}

static void
run_until_quiet (void)
{
  for (guint n_quiet = 0; n_quiet < 3;)
    n_quiet = g_main_context_iteration (NULL, FALSE) ? 0 : n_quiet + 1;
}

/* Ends what only a deadline or more input would end: no play waits for time to pass. */
static void
play_to_the_end (Play *play)
{
  run_until_quiet ();

  WspConnection *connection = g_weak_ref_get (&play->alive);

  if (connection != NULL)
    wsp_connection_abort (connection);
  g_clear_object (&connection);
  g_clear_object (&play->connection);
  run_until_quiet ();
}

static gboolean
is_prefix (GPtrArray         *texts,
           const char *const *expected,
           gsize              n_expected)
{
  for (guint i = 0; i < texts->len; i++)
    if (i >= n_expected || g_strcmp0 (texts->pdata[i], expected[i]) != 0)
      return FALSE;
  return TRUE;
}

/* The texts whose sends succeeded were received, in the order of the calls. */
static gboolean
is_each_promise_kept (Play *play)
{
  guint at = 0;

  for (guint i = 0; i < play->promised->len; i++)
    {
      while (at < play->peer->texts->len &&
             strcmp (play->promised->pdata[i], play->peer->texts->pdata[at]) != 0)
        at++;
      if (at++ >= play->peer->texts->len)
        return FALSE;
    }
  return TRUE;
}

static const char *
find_failure (Play *play)
{
  if (play->n_pending > 0)
    return "a call never finished";
  if (play->n_finalized != 1)
    return "the connection was not freed";
  if (play->n_closed > 1 || (play->n_closed == 0 && play->act != ACT_UNREF))
    return "closed was not emitted exactly once";
  if (play->peer->error != NULL)
    return play->peer->error->message;
  if (!is_prefix (play->received, peer_texts, G_N_ELEMENTS (peer_texts)))
    return "messages of the peer were lost, changed or doubled";
  if (!is_each_promise_kept (play))
    return "a send that succeeded did not arrive";
  if (!fault_stream_is_closed (play->stream))
    return "the stream was left open";
  return NULL;
}

static void
play_clear (Play *play)
{
  g_weak_ref_clear (&play->alive);
  g_clear_object (&play->stream);
  g_clear_object (&play->cancellable);
  g_clear_pointer (&play->promised, g_ptr_array_unref);
  g_clear_pointer (&play->received, g_ptr_array_unref);
}

/* Plays one combination; its streams stay in the play for the recording. */
static void
play_one (Play *play)
{
  play_begin (play);
  play_to_the_end (play);

  const char *failure = find_failure (play);

  if (failure != NULL)
    {
      g_test_message ("%s, %s, %s in step %u, %s in callback %u: %s", play->scenario->name,
                      kind_names[play->plan.kind], fault_names[play->plan.fault],
                      play->plan.step, act_names[play->act], play->callback, failure);
      g_test_fail ();
    }
}

typedef struct
{
  guint n_steps, n_callbacks;
} Recording;

static Recording
record (const Scenario *scenario,
        StreamKind      kind,
        gsize           chunk)
{
  Play play = { .scenario = scenario, .plan = { .kind = kind, .chunk = chunk } };

  play_one (&play);
  g_assert_true (play.is_clean);

  Recording recording = { fault_stream_get_n_steps (play.stream), play.n_callbacks };

  play_clear (&play);
  return recording;
}

static guint
play_step (const Scenario *scenario,
           FaultPlan       plan,
           guint           n_callbacks)
{
  guint n = 0;

  for (Act act = ACT_NOTHING; act < N_ACTS; act++)
    for (guint callback = 1; callback <= (act == ACT_NOTHING ? 1 : n_callbacks); callback++)
      {
        Play play = { .scenario = scenario, .plan = plan, .act = act, .callback = callback };

        play_one (&play);
        play_clear (&play);
        n++;
      }
  return n;
}

static guint
play_all (const Scenario *scenario,
          StreamKind      kind,
          gsize           chunk,
          gboolean        with_acts)
{
  Recording recording = record (scenario, kind, chunk);
  guint n = 0;

  for (guint step = 1; step <= recording.n_steps; step++)
    for (Fault fault = FAULT_NONE; fault < N_FAULTS; fault++)
      {
        FaultPlan plan = { .kind = kind, .chunk = chunk, .step = step, .fault = fault };

        /* Without a fault all steps are alike. */
        if (fault != FAULT_NONE || step == 1)
          n += play_step (scenario, plan, with_acts ? recording.n_callbacks : 0);
      }
  g_test_message ("%s: %u steps, %u callbacks, %u combinations", scenario->name,
                  recording.n_steps, recording.n_callbacks, n);
  return n;
}

static guint n_combinations;

static void
test_whole (gconstpointer data)
{
  const Scenario *scenario = data;

  for (StreamKind kind = STREAM_POLLABLE; kind < N_STREAM_KINDS; kind++)
    n_combinations += play_all (scenario, kind, G_MAXSSIZE / 60, TRUE);
}

static void
test_single_bytes (gconstpointer data)
{
  const Scenario *scenario = data;

  for (StreamKind kind = STREAM_POLLABLE; kind < N_STREAM_KINDS; kind++)
    n_combinations += play_all (scenario, kind, 1, FALSE);
}

static void
test_count (void)
{
  g_test_message ("%u combinations", n_combinations);
  g_assert_cmpuint (n_combinations, >=, 5000);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (scenarios); i++)
    {
      g_autofree char *whole = g_strdup_printf ("/connection/faults/%s/every-step",
                                                scenarios[i].name);
      g_autofree char *single_bytes = g_strdup_printf ("/connection/faults/%s/byte-by-byte",
                                                       scenarios[i].name);

      g_test_add_data_func (whole, &scenarios[i], test_whole);
      g_test_add_data_func (single_bytes, &scenarios[i], test_single_bytes);
    }
  g_test_add_func ("/connection/faults/sum/combinations", test_count);

  return g_test_run ();
}
