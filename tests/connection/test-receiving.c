/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls that receive, in each state that a connection can be in: the whole table. */
#include "connection/wire.h"

#include <string.h>
#include <unistd.h>

#define NO_MASK "00 00 00 00 "
#define TEXT_A "81 81 " NO_MASK "61"
#define TEXT_B "81 81 " NO_MASK "62"
#define HALF_A "01 81 " NO_MASK "61"
#define OTHER_HALF_A "80 81 " NO_MASK "62"
#define NORMAL_CLOSE "88 82 " NO_MASK "03 e8"
#define BAD_FRAME "c1 81 " NO_MASK "61"

typedef enum
{
  CALL_RECEIVE,
  CALL_RECEIVE_STREAM,
  CALL_START,
  CALL_STOP,
  N_CALLS,
} Call;

static const char *const call_names[N_CALLS] = { "receive", "receive-stream", "start", "stop" };

typedef enum
{
  AT_IDLE,
  AT_IDLE_AHEAD,                /* a message was read ahead */
  AT_IDLE_INSIDE,               /* half of a message was read ahead */
  AT_IDLE_STOPPED,              /* start_receiving() was followed by stop_receiving() */
  AT_IDLE_STOPPED_AHEAD,
  AT_IDLE_CANCELLED,            /* a receive was cancelled, and the main loop has not run since */
  AT_IDLE_CANCELLED_STREAM,
  AT_AWAITED,
  AT_AWAITED_STREAM,
  AT_STREAM,
  AT_STREAM_INSIDE,             /* a stream is open, and a part of its message was read */
  AT_STARTED,
  AT_ENDED,
  AT_ENDED_AHEAD,
  AT_ENDED_STARTED,
  AT_ENDED_FAILED,
  AT_ENDED_FAILED_AHEAD,
  N_STATES,
} State;

static const char *const state_names[N_STATES] = {
  "idle", "idle-ahead", "idle-inside", "idle-stopped", "idle-stopped-ahead", "idle-cancelled",
  "idle-cancelled-stream", "awaited", "awaited-stream", "stream-open", "stream-read", "started",
  "ended", "ended-ahead", "ended-started", "failed", "failed-ahead",
};

typedef enum
{
  DOES_WAIT,                    /* the call waits for the next message, and receives it */
  DOES_GIVE_A,                  /* the call gives the message that was read ahead */
  DOES_GIVE_AB,                 /* the call gives the message whose beginning was read ahead */
  DOES_FAIL_PENDING,
  DOES_FAIL_INVALID,
  DOES_FAIL_WITH_REASON,        /* the call fails with the error that ended the connection */
  DOES_END,                     /* the call returns NULL without an error */
  DOES_START,
  DOES_START_A,                 /* messages are delivered, the one that was read ahead first */
  DOES_START_AB,
  DOES_STOP,
  DOES_NOTHING,
  DOES_WARN,                    /* the call is a critical without effect */
} Effect;

static const Effect effects[N_STATES][N_CALLS] = {
  [AT_IDLE] = { DOES_WAIT, DOES_WAIT, DOES_START, DOES_NOTHING },
  [AT_IDLE_AHEAD] = { DOES_GIVE_A, DOES_GIVE_A, DOES_START_A, DOES_NOTHING },
  [AT_IDLE_INSIDE] = { DOES_GIVE_AB, DOES_GIVE_AB, DOES_START_AB, DOES_NOTHING },
  [AT_IDLE_STOPPED] = { DOES_WAIT, DOES_WAIT, DOES_START, DOES_NOTHING },
  [AT_IDLE_STOPPED_AHEAD] = { DOES_GIVE_A, DOES_GIVE_A, DOES_START_A, DOES_NOTHING },
  [AT_IDLE_CANCELLED] = { DOES_WAIT, DOES_WAIT, DOES_START, DOES_NOTHING },
  [AT_IDLE_CANCELLED_STREAM] = { DOES_WAIT, DOES_WAIT, DOES_START, DOES_NOTHING },
  [AT_AWAITED] = { DOES_FAIL_PENDING, DOES_FAIL_PENDING, DOES_WARN, DOES_NOTHING },
  [AT_AWAITED_STREAM] = { DOES_FAIL_PENDING, DOES_FAIL_PENDING, DOES_WARN, DOES_NOTHING },
  [AT_STREAM] = { DOES_FAIL_INVALID, DOES_FAIL_INVALID, DOES_WARN, DOES_NOTHING },
  [AT_STREAM_INSIDE] = { DOES_FAIL_INVALID, DOES_FAIL_INVALID, DOES_WARN, DOES_NOTHING },
  [AT_STARTED] = { DOES_FAIL_INVALID, DOES_FAIL_INVALID, DOES_NOTHING, DOES_STOP },
  [AT_ENDED] = { DOES_END, DOES_END, DOES_NOTHING, DOES_NOTHING },
  [AT_ENDED_AHEAD] = { DOES_GIVE_A, DOES_GIVE_A, DOES_NOTHING, DOES_NOTHING },
  [AT_ENDED_STARTED] = { DOES_END, DOES_END, DOES_NOTHING, DOES_NOTHING },
  [AT_ENDED_FAILED] = { DOES_FAIL_WITH_REASON, DOES_FAIL_WITH_REASON, DOES_NOTHING, DOES_NOTHING },
  [AT_ENDED_FAILED_AHEAD] = { DOES_GIVE_A, DOES_GIVE_A, DOES_NOTHING, DOES_NOTHING },
};

typedef struct
{
  WspConnection    *connection;
  Watched          *watched;
  int               fd;
  GAsyncResult     *waiting;    /* result of the receive that the state waits for; NULL: none */
  WspMessageStream *stream;
  GAsyncResult     *result;     /* result of the tested call; NULL: none yet */
} Fixture;

static void
feed (Fixture    *self,
      const char *hex)
{
  wire_write (self->fd, hex);
  run_pending ();
}

static void
start_call (Fixture       *self,
            Call           call,
            GCancellable  *cancellable,
            GAsyncResult **result)
{
  if (call == CALL_RECEIVE)
    wsp_connection_receive_async (self->connection, cancellable, keep_result, result);
  else
    wsp_connection_receive_stream_async (self->connection, cancellable, keep_result, result);
}

static void
cancel_one (Fixture *self,
            Call     call)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  start_call (self, call, cancellable, &self->waiting);
  run_pending ();
  g_cancellable_cancel (cancellable);
}

static void
open_stream (Fixture *self)
{
  start_call (self, CALL_RECEIVE_STREAM, NULL, &self->waiting);
  feed (self, HALF_A);
  self->stream = wsp_connection_receive_stream_finish (self->connection, self->waiting, NULL);
  g_clear_object (&self->waiting);
}

static void
end_with (Fixture    *self,
          const char *hex)
{
  feed (self, hex);
  close (self->fd);
  self->fd = -1;
  run_until_closed (self->watched);
}

static void
go_to_idle (Fixture *self,
            State    state)
{
  gboolean is_stopped = state == AT_IDLE_STOPPED || state == AT_IDLE_STOPPED_AHEAD;

  if (is_stopped)
    {
      wsp_connection_start_receiving (self->connection);
      run_pending ();
      wsp_connection_stop_receiving (self->connection);
    }
  if (state == AT_IDLE_AHEAD || state == AT_IDLE_STOPPED_AHEAD)
    feed (self, TEXT_A);
  if (state == AT_IDLE_INSIDE)
    feed (self, HALF_A);
}

static void
go_to_end (Fixture *self,
           State    state)
{
  gboolean is_failed = state == AT_ENDED_FAILED || state == AT_ENDED_FAILED_AHEAD;

  if (state == AT_ENDED_STARTED)
    wsp_connection_start_receiving (self->connection);
  if (state == AT_ENDED_AHEAD || state == AT_ENDED_FAILED_AHEAD)
    {
      /* Before the first call only one message is read. */
      cancel_one (self, CALL_RECEIVE);
      feed (self, TEXT_A);
    }
  end_with (self, is_failed ? BAD_FRAME : NORMAL_CLOSE);
}

static void
go_to (Fixture *self,
       State    state)
{
  char first;

  self->connection = wire_raw (WSP_ROLE_SERVER, &self->fd);
  self->watched = watch (self->connection);
  run_pending ();
  switch (state)
    {
    case AT_IDLE:
    case AT_IDLE_AHEAD:
    case AT_IDLE_INSIDE:
    case AT_IDLE_STOPPED:
    case AT_IDLE_STOPPED_AHEAD:
      go_to_idle (self, state);
      return;
    case AT_IDLE_CANCELLED:
      cancel_one (self, CALL_RECEIVE);
      return;
    case AT_IDLE_CANCELLED_STREAM:
      cancel_one (self, CALL_RECEIVE_STREAM);
      return;
    case AT_AWAITED:
      start_call (self, CALL_RECEIVE, NULL, &self->waiting);
      return;
    case AT_AWAITED_STREAM:
      start_call (self, CALL_RECEIVE_STREAM, NULL, &self->waiting);
      return;
    case AT_STREAM:
      open_stream (self);
      return;
    case AT_STREAM_INSIDE:
      open_stream (self);
      g_assert_cmpint (g_input_stream_read (G_INPUT_STREAM (self->stream), &first, 1, NULL, NULL),
                       ==, 1);
      return;
    case AT_STARTED:
      wsp_connection_start_receiving (self->connection);
      return;
    case AT_ENDED:
    case AT_ENDED_AHEAD:
    case AT_ENDED_STARTED:
    case AT_ENDED_FAILED:
    case AT_ENDED_FAILED_AHEAD:
      go_to_end (self, state);
      return;
    case N_STATES:
      return;
    }
}

static void
clear (Fixture *self)
{
  wsp_connection_abort (self->connection);
  run_until_closed (self->watched);
  run_pending ();
  g_clear_object (&self->waiting);
  g_clear_object (&self->stream);
  g_clear_object (&self->result);
  watched_free (self->watched);
  g_object_unref (self->connection);
  if (self->fd >= 0)
    close (self->fd);
}

static char *
read_stream (WspMessageStream *stream)
{
  char buffer[64];
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, sizeof buffer, NULL, &error);

  g_assert_no_error (error);
  return g_strndup (buffer, n);
}

/* The text that the call returned; NULL: none. */
static char *
take_result (Fixture *self,
             Call     call,
             GError **error)
{
  run_until_result (&self->result);
  if (call == CALL_RECEIVE)
    {
      g_autoptr (WspMessage) message = wsp_connection_receive_finish (self->connection,
                                                                      self->result, error);

      return message != NULL ? g_strdup (wsp_message_get_text (message)) : NULL;
    }

  g_autoptr (WspMessageStream) stream = wsp_connection_receive_stream_finish (self->connection,
                                                                              self->result, error);

  return stream != NULL ? read_stream (stream) : NULL;
}

static void
check_gives (Fixture    *self,
             Call        call,
             const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *received = take_result (self, call, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (received, ==, text);
}

static void
check_fails (Fixture *self,
             Call     call,
             GQuark   domain,
             int      code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *received = take_result (self, call, &error);

  g_assert_error (error, domain, code);
  g_assert_null (received);
}

static void
check_inside (Fixture *self,
              Call     call)
{
  run_pending ();
  g_assert_true ((self->result != NULL) == (call == CALL_RECEIVE_STREAM));
  feed (self, OTHER_HALF_A);
  check_gives (self, call, "ab");
}

static void
check_signal (Fixture    *self,
              const char *first)
{
  g_assert_cmpuint (self->watched->n_messages, ==, 0);
  run_pending ();
  if (first != NULL && strlen (first) > 1)
    feed (self, OTHER_HALF_A);
  feed (self, TEXT_B);

  guint n = first != NULL ? 2 : 1;

  g_assert_cmpuint (self->watched->n_messages, ==, n);
  if (first != NULL)
    g_assert_cmpstr (wsp_message_get_text (self->watched->messages->pdata[0]), ==, first);
  g_assert_cmpstr (wsp_message_get_text (self->watched->messages->pdata[n - 1]), ==, "b");
}

static void
check_stopped (Fixture *self)
{
  feed (self, TEXT_B);
  g_assert_cmpuint (self->watched->n_messages, ==, 0);
  start_call (self, CALL_RECEIVE, NULL, &self->result);
  check_gives (self, CALL_RECEIVE, "b");
}

/* The state is the same as before. */
static void
check_nothing (Fixture *self,
               State    state)
{
  if (state == AT_STARTED)
    check_signal (self, NULL);
  else if (state == AT_AWAITED || state == AT_AWAITED_STREAM)
    {
      feed (self, TEXT_A);
      g_assert_nonnull (self->waiting);
      self->result = g_steal_pointer (&self->waiting);
      check_gives (self, state == AT_AWAITED ? CALL_RECEIVE : CALL_RECEIVE_STREAM, "a");
    }
  else if (state == AT_STREAM)
    {
      g_autofree char *text = read_stream (self->stream);

      g_assert_cmpstr (text, ==, "a");
    }
  else
    {
      run_pending ();
      g_assert_cmpuint (self->watched->n_messages, ==, 0);
    }
}

static void
check_effect (Fixture *self,
              State    state,
              Call     call)
{
  switch (effects[state][call])
    {
    case DOES_WAIT:
      run_pending ();
      g_assert_null (self->result);
      feed (self, TEXT_B);
      check_gives (self, call, "b");
      return;
    case DOES_GIVE_A:
      check_gives (self, call, "a");
      return;
    case DOES_GIVE_AB:
      check_inside (self, call);
      return;
    case DOES_FAIL_PENDING:
      check_fails (self, call, G_IO_ERROR, G_IO_ERROR_PENDING);
      return;
    case DOES_FAIL_INVALID:
      check_fails (self, call, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
      return;
    case DOES_FAIL_WITH_REASON:
      check_fails (self, call, WSP_ERROR, WSP_ERROR_INVALID_FORMAT);
      return;
    case DOES_END:
      check_gives (self, call, NULL);
      return;
    case DOES_START:
      check_signal (self, NULL);
      return;
    case DOES_START_A:
      check_signal (self, "a");
      return;
    case DOES_START_AB:
      check_signal (self, "ab");
      return;
    case DOES_STOP:
      check_stopped (self);
      return;
    case DOES_NOTHING:
    case DOES_WARN:
      check_nothing (self, state);
      return;
    }
}

static void
perform (Fixture *self,
         Call     call,
         Effect   effect)
{
  if (effect == DOES_WARN)
    g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "*wsp_connection_start_receiving*");
  switch (call)
    {
    case CALL_RECEIVE:
    case CALL_RECEIVE_STREAM:
      start_call (self, call, NULL, &self->result);
      g_assert_null (self->result);
      break;
    case CALL_START:
      wsp_connection_start_receiving (self->connection);
      break;
    case CALL_STOP:
      wsp_connection_stop_receiving (self->connection);
      break;
    case N_CALLS:
      break;
    }
  if (effect == DOES_WARN)
    g_test_assert_expected_messages ();
}

static void
test_cell (gconstpointer data)
{
  State state = GPOINTER_TO_UINT (data) / N_CALLS;
  Call call = GPOINTER_TO_UINT (data) % N_CALLS;
  Fixture fixture = { .fd = -1 };

  go_to (&fixture, state);
  perform (&fixture, call, effects[state][call]);
  check_effect (&fixture, state, call);
  clear (&fixture);
}

/* Messages that were read ahead of the end can still be received, then the end; twice. */
static void
test_read_ahead_then_the_end (void)
{
  for (State state = AT_ENDED_AHEAD; state <= AT_ENDED_FAILED_AHEAD; state++)
    {
      Fixture fixture = { .fd = -1 };

      if (state != AT_ENDED_AHEAD && state != AT_ENDED_FAILED_AHEAD)
        continue;

      go_to (&fixture, state);
      start_call (&fixture, CALL_RECEIVE, NULL, &fixture.result);
      check_gives (&fixture, CALL_RECEIVE, "a");
      for (guint i = 0; i < 2; i++)
        {
          g_clear_object (&fixture.result);
          start_call (&fixture, CALL_RECEIVE, NULL, &fixture.result);
          if (state == AT_ENDED_AHEAD)
            check_gives (&fixture, CALL_RECEIVE, NULL);
          else
            check_fails (&fixture, CALL_RECEIVE, WSP_ERROR,
                         WSP_ERROR_INVALID_FORMAT);
        }
      clear (&fixture);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < N_STATES * N_CALLS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/receiving/table/%s/%s",
                                               state_names[i / N_CALLS], call_names[i % N_CALLS]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_cell);
    }
  g_test_add_func ("/connection/receiving/read-ahead-then-the-end", test_read_ahead_then_the_end);
  return g_test_run ();
}
