/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Each place where a connection calls the program, and each call that the program may make there.
 * In a tap, calls that drive the connection are criticals without effect.
 *
 * A scene is a script: calls of each kind, input of each kind, an end.  It is played for each role,
 * each way to receive and each way to end.  After it nothing may be left: no object, no call
 * without a result, no signal after `closed`. */
#include "connection/wire.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef enum
{
  IN_MESSAGE,
  IN_CLOSING,
  IN_CLOSED,
  IN_WRITABLE,
  IN_PONG,
  IN_STATE_CLOSING,
  IN_STATE_CLOSED,
  IN_CLOSE_INFO,
  IN_RTT,
  IN_FILTER,
  IN_RECEIVED,
  IN_STREAM_RECEIVED,
  IN_STREAM_READ,
  IN_SENT,
  IN_PINGED,
  IN_FLUSHED,
  IN_CLOSE_RESULT,
  IN_WRITTEN,
  IN_REFUSED,
  IN_TAP_RECEIVED,
  IN_TAP_SENT,
  IN_TAP_STATE,
  IN_BYTES_FREED,
  N_PLACES,
} Place;

typedef enum                    /* what happens in a main loop that the handler runs to the end */
{
  LOOP_ENDS,
  LOOP_ENDS_ABORTED,            /* the connection is aborted in a read: nothing more is read until
                                 * the handler returns */
  LOOP_GOES_ON,                 /* the connection goes on; it ends when the handler has returned */
} Loop;

static const struct
{
  const char *name;
  Loop        loop;
} places[N_PLACES] = {
  [IN_MESSAGE] = { "message", LOOP_ENDS_ABORTED },
  [IN_CLOSING] = { "closing", LOOP_ENDS },
  [IN_CLOSED] = { "closed", LOOP_ENDS },
  [IN_WRITABLE] = { "writable", LOOP_ENDS },
  [IN_PONG] = { "pong", LOOP_ENDS },
  [IN_STATE_CLOSING] = { "notify-state-closing", LOOP_ENDS },
  [IN_STATE_CLOSED] = { "notify-state-closed", LOOP_GOES_ON },
  [IN_CLOSE_INFO] = { "notify-close-info", LOOP_ENDS },
  [IN_RTT] = { "notify-rtt", LOOP_ENDS },
  [IN_FILTER] = { "notify-message-filter", LOOP_ENDS },
  [IN_RECEIVED] = { "received", LOOP_ENDS },
  [IN_STREAM_RECEIVED] = { "stream-received", LOOP_ENDS },
  [IN_STREAM_READ] = { "stream-read", LOOP_ENDS },
  [IN_SENT] = { "sent", LOOP_ENDS },
  [IN_PINGED] = { "pinged", LOOP_ENDS },
  [IN_FLUSHED] = { "flushed", LOOP_ENDS },
  [IN_CLOSE_RESULT] = { "close-result", LOOP_ENDS },
  [IN_WRITTEN] = { "written", LOOP_ENDS },
  [IN_REFUSED] = { "refused", LOOP_ENDS },
  [IN_TAP_RECEIVED] = { "tap-received", LOOP_GOES_ON },
  [IN_TAP_SENT] = { "tap-sent", LOOP_GOES_ON },
  [IN_TAP_STATE] = { "tap-state", LOOP_GOES_ON },
  [IN_BYTES_FREED] = { "bytes-freed", LOOP_ENDS_ABORTED },
};

typedef enum
{
  DO_DROP,
  DO_CLOSE,
  DO_ABORT,
  DO_FAIL,
  DO_CANCEL,
  DO_SHUT_DOWN,
  DO_CLOSE_STREAM,
  DO_RUN,
  DO_ABORT_AND_RUN,
  DO_ABORT_DROP_AND_RUN,
  DO_CLOSE_AND_RUN,
  DO_DROP_AND_RUN,
  DO_SEND_AND_RUN,
  DO_SEND_RAW,
  DO_SEND_RAW_AND_RUN,
  DO_REMOVE_TAP,
  DO_DISPOSE,
  N_ACTIONS,
} Action;

static const char *const action_names[N_ACTIONS] = {
  "SEC-102-drop", "close", "abort", "fail", "cancel", "shut-down", "close-stream", "run-to-the-end",
  "abort-and-run", "abort-drop-and-run", "close-and-run", "drop-and-run", "send-and-run", "send-raw", "send-raw-and-run",
  "remove-tap", "dispose",
};

/* The call of an action that drives the connection; NULL = none. */
static const char *const driving_calls[N_ACTIONS] = {
  [DO_CLOSE] = "wsp_connection_close_async",
  [DO_ABORT] = "wsp_connection_abort",
  [DO_FAIL] = "wsp_connection_fail",
  [DO_ABORT_AND_RUN] = "wsp_connection_abort",
  [DO_ABORT_DROP_AND_RUN] = "wsp_connection_abort",
  [DO_CLOSE_AND_RUN] = "wsp_connection_close_async",
  [DO_SEND_AND_RUN] = "wsp_connection_queue_text",
  [DO_SEND_RAW] = "wsp_connection_send_raw_unsafe",
  [DO_SEND_RAW_AND_RUN] = "wsp_connection_send_raw_unsafe",
};

typedef enum
{
  STARTED,
  RECEIVING,
  RECEIVING_STREAMS,
  SENDING,                      /* the program only sends, and only the test has a reference */
  N_WAYS,
} Way;

typedef enum
{
  PEER_CLOSES,
  WE_CLOSE,
  PEER_BREAKS_A_RULE,
  TRANSPORT_IS_LOST,
  N_ENDS,
} End;

typedef struct
{
  WspConnection *connection;    /* the test's only reference */
  gpointer       alive;         /* weak pointer to the connection */
  WspRole        role;
  Way            way;
  End            end;
  Place          place;
  Action           action;
  int            fd;            /* socket of the peer */
  guint          step;
  GCancellable  *cancellable;
  WspTap        *tap;
  GInputStream  *stream;        /* stream of the message that is being read; NULL: none */
  guint8         buffer[64];
  guint          n_skipped;     /* number of calls of this place that are skipped */
  gboolean       is_done;       /* TRUE if the action was done, which happens once */
  GByteArray    *received;      /* bytes that the peer has received */
  guint          n_waiting;     /* number of calls that have no result yet */
  guint          n_closed;
  gboolean       is_inside;     /* TRUE while a main loop runs in the handler */
  gboolean       has_ended_inside;
} Scene;

/* A tap that performs the action. */
G_DECLARE_FINAL_TYPE (SceneTap, scene_tap, TEST, SCENE_TAP, GObject)

struct _SceneTap
{
  GObject parent_instance;
  Scene  *scene;
};

static void play_steps (Scene *self);
static void peer_reads (Scene *self);
static void peer_sends_messages (Scene *self);
static void run_the_loop (Scene *self);

static gboolean
has_ended (Scene *self)
{
  return self->alive == NULL || self->n_closed > 0;
}

static gboolean
is_in_tap (Scene *self)
{
  return self->place == IN_TAP_RECEIVED || self->place == IN_TAP_SENT ||
         self->place == IN_TAP_STATE;
}

/* The connection does nothing in the loop, although it has work. */
static void
run_inside_tap (Scene *self)
{
  guint n_closed = self->n_closed;
  gsize n_received;

  peer_reads (self);
  n_received = self->received->len;
  peer_sends_messages (self);
  run_the_loop (self);
  g_assert_cmpuint (self->received->len, ==, n_received);
  g_assert_cmpuint (self->n_closed, ==, n_closed);
}

static void
run_to_the_end (Scene *self)
{
  if (is_in_tap (self))
    {
      run_inside_tap (self);
      return;
    }

  self->is_inside = TRUE;
  play_steps (self);
  self->is_inside = FALSE;
  self->has_ended_inside = has_ended (self);
}

static void
shut_down (Scene *self)
{
  GIOStream *stream = wsp_connection_get_io_stream (self->connection);

  if (stream != NULL && !g_io_stream_is_closed (stream))
    g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)), TRUE, TRUE,
                       NULL);
}

static void
close_stream (Scene *self)
{
  GIOStream *stream = wsp_connection_get_io_stream (self->connection);

  if (stream != NULL)
    g_io_stream_close (stream, NULL, NULL);
}

static void
count_result (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Scene *self = data;

  self->n_waiting--;
}

static void
begin_close (Scene *self)
{
  self->n_waiting++;
  wsp_connection_close_async (self->connection, 4000, "action", NULL, count_result, self);
}

static void
fail_connection (Scene *self)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "action");

  wsp_connection_fail (self->connection, error);
}

/* A pong, which is allowed between any two frames. */
static void
send_raw (Scene *self)
{
  g_autoptr (GBytes) bytes =
    self->role == WSP_ROLE_SERVER ? g_bytes_new_static ("\x8a\0", 2)
                                  : g_bytes_new_static ("\x8a\x80\0\0\0\0", 6);

  wsp_connection_send_raw_unsafe (self->connection, bytes, NULL);
}

/* The call of the action, before the loop runs. */
static void
do_action (Scene *self)
{
  switch (self->action)
    {
    case DO_CLOSE:
    case DO_CLOSE_AND_RUN:
      begin_close (self);
      return;
    case DO_ABORT:
    case DO_ABORT_AND_RUN:
    case DO_ABORT_DROP_AND_RUN:
      wsp_connection_abort (self->connection);
      return;
    case DO_FAIL:
      fail_connection (self);
      return;
    case DO_SHUT_DOWN:
      shut_down (self);
      return;
    case DO_CLOSE_STREAM:
      close_stream (self);
      return;
    case DO_SEND_AND_RUN:
      wsp_connection_queue_text (self->connection, "action", NULL);
      return;
    case DO_SEND_RAW:
    case DO_SEND_RAW_AND_RUN:
      send_raw (self);
      return;
    case DO_REMOVE_TAP:
      wsp_connection_remove_tap (self->connection, self->tap);
      return;
    case DO_DISPOSE:
      g_object_run_dispose (G_OBJECT (self->connection));
      return;
    case DO_DROP:
    case DO_DROP_AND_RUN:
    case DO_CANCEL:
    case DO_RUN:
    case N_ACTIONS:
      return;
    }
}

static void
touch (Scene *self)
{
  const char *refused = is_in_tap (self) ? driving_calls[self->action] : NULL;
  g_autofree char *pattern = refused != NULL ? g_strdup_printf ("%s: *", refused) : NULL;
  WspConnectionState state = wsp_connection_get_state (self->connection);
  guint n_waiting = self->n_waiting;

  if (refused == NULL)
    {
      do_action (self);
      return;
    }

  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, pattern);
  do_action (self);
  g_test_assert_expected_messages ();
  g_assert_cmpint (wsp_connection_get_state (self->connection), ==, state);
  self->n_waiting = n_waiting;  /* no callback follows */
}

static gboolean
is_running_action (Action action)
{
  return action == DO_RUN || action == DO_ABORT_AND_RUN || action == DO_CLOSE_AND_RUN ||
         action == DO_ABORT_DROP_AND_RUN || action == DO_DROP_AND_RUN ||
         action == DO_SEND_AND_RUN || action == DO_SEND_RAW_AND_RUN;
}

static void
reach (Scene *self,
       Place  place)
{
  if (place != self->place || self->is_done || self->connection == NULL || self->n_skipped-- > 0)
    return;

  self->is_done = TRUE;
  touch (self);
  if (self->action == DO_CANCEL)
    g_cancellable_cancel (self->cancellable);
  if (self->action == DO_DROP || self->action == DO_DROP_AND_RUN ||
      self->action == DO_ABORT_DROP_AND_RUN)
    g_clear_object (&self->connection);
  if (is_running_action (self->action))
    run_to_the_end (self);
}

static void
on_tap_bytes (WspTap      *tap,
              GObject     *source,
              WspDirection direction,
              GBytes      *bytes,
              gint64       time_us)
{
  reach (TEST_SCENE_TAP (tap)->scene,
         direction == WSP_DIRECTION_SENT ? IN_TAP_SENT : IN_TAP_RECEIVED);
}

static void
on_tap_state (WspTap  *tap,
              GObject *source)
{
  reach (TEST_SCENE_TAP (tap)->scene, IN_TAP_STATE);
}

static void
scene_tap_tap_init (WspTapInterface *iface)
{
  iface->bytes_passed = on_tap_bytes;
  iface->state_changed = on_tap_state;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SceneTap, scene_tap, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, scene_tap_tap_init))

static void
scene_tap_class_init (SceneTapClass *class)
{
}

static void
scene_tap_init (SceneTap *self)
{
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Scene         *self)
{
  g_assert_cmpuint (self->n_closed, ==, 0);
  reach (self, IN_MESSAGE);
}

static void
on_closing (WspConnection *connection,
            guint          code,
            const char    *reason,
            Scene         *self)
{
  g_assert_cmpuint (self->n_closed, ==, 0);
  reach (self, IN_CLOSING);
}

static void
on_closed (WspConnection *connection,
           Scene         *self)
{
  g_assert_cmpuint (self->n_closed++, ==, 0);
  reach (self, IN_CLOSED);
}

static void
on_writable (WspConnection *connection,
             Scene         *self)
{
  reach (self, IN_WRITABLE);
}

static void
on_pong (WspConnection *connection,
         GBytes        *payload,
         gint64         rtt,
         Scene         *self)
{
  reach (self, IN_PONG);
}

static void
on_notify (WspConnection *connection,
           GParamSpec    *pspec,
           Scene         *self)
{
  const char *name = g_param_spec_get_name (pspec);

  if (strcmp (name, "close-info") == 0)
    reach (self, IN_CLOSE_INFO);
  else if (strcmp (name, "rtt-us") == 0)
    reach (self, IN_RTT);
  else if (strcmp (name, "message-filter") == 0)
    reach (self, IN_FILTER);
  else if (strcmp (name, "state") == 0)
    reach (self, wsp_connection_get_state (connection) == WSP_CONNECTION_STATE_CLOSED
                 ? IN_STATE_CLOSED : IN_STATE_CLOSING);
}

static void
end_call (Scene *self,
          Place  place)
{
  self->n_waiting--;
  reach (self, place);
}

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  wsp_connection_send_message_finish (WSP_CONNECTION (source), result, NULL);
  end_call (data, IN_SENT);
}

static void
on_refused (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (wsp_connection_ping_finish (WSP_CONNECTION (source), result, &error), ==, -1);
  g_assert_nonnull (error);
  end_call (data, IN_REFUSED);
}

static void
on_pinged (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  end_call (data, IN_PINGED);
}

static void
on_flushed (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  end_call (data, IN_FLUSHED);
}

static void
on_close_result (GObject      *source,
                 GAsyncResult *result,
                 gpointer      data)
{
  end_call (data, IN_CLOSE_RESULT);
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  end_call (data, IN_WRITTEN);
  g_output_stream_close (G_OUTPUT_STREAM (source), NULL, NULL);
}

static void start_receive (Scene *self);

static void
on_received (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Scene *self = data;
  g_autoptr (WspMessage) message =
    wsp_connection_receive_finish (WSP_CONNECTION (source), result, NULL);

  end_call (self, IN_RECEIVED);
  if (message != NULL)
    start_receive (self);
}

static void
on_stream_read (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  Scene *self = data;

  end_call (self, IN_STREAM_READ);
  g_input_stream_close (G_INPUT_STREAM (source), NULL, NULL);
  start_receive (self);
}

static void
on_stream_received (GObject      *source,
                    GAsyncResult *result,
                    gpointer      data)
{
  Scene *self = data;
  g_autoptr (WspMessageStream) stream =
    wsp_connection_receive_stream_finish (WSP_CONNECTION (source), result, NULL);

  end_call (self, IN_STREAM_RECEIVED);
  if (stream == NULL)
    return;

  self->n_waiting++;
  g_input_stream_read_async (G_INPUT_STREAM (stream), self->buffer, sizeof self->buffer, 0,
                             self->cancellable, on_stream_read, self);
}

static void
start_receive (Scene *self)
{
  if (self->connection == NULL || self->way == STARTED || self->way == SENDING)
    return;

  self->n_waiting++;
  if (self->way == RECEIVING)
    wsp_connection_receive_async (self->connection, self->cancellable, on_received, self);
  else
    wsp_connection_receive_stream_async (self->connection, self->cancellable, on_stream_received,
                                         self);
}

static void
on_bytes_freed (gpointer data)
{
  reach (data, IN_BYTES_FREED);
}

/* A message to which only the connection has a reference. */
static WspMessage *
make_message (Scene *self)
{
  g_autoptr (GBytes) bytes =
    g_bytes_new_with_free_func ("one byte", 8, on_bytes_freed, self);

  return wsp_message_new_binary_bytes (bytes);
}

static void
call_ping (Scene *self)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("p", 1);

  self->n_waiting++;
  wsp_connection_ping_async (self->connection, payload, self->cancellable, on_pinged, self);
}

static void
call_refused (Scene *self)
{
  g_autofree char *text = g_strnfill (126, 'x');
  g_autoptr (GBytes) payload = g_bytes_new (text, 126);

  self->n_waiting++;
  wsp_connection_ping_async (self->connection, payload, self->cancellable, on_refused, self);
}

static void
call_send (Scene *self)
{
  g_autoptr (WspMessage) message = make_message (self);

  self->n_waiting++;
  wsp_connection_send_message_async (self->connection, message, WSP_SEND_FLAGS_DEFAULT,
                                     self->cancellable, on_sent, self);
}

static void
call_queue (Scene *self)
{
  g_autoptr (WspMessage) message = make_message (self);

  wsp_connection_queue_message (self->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

/* A message longer than the socket takes, and one after it. */
static void
call_stalled (Scene *self)
{
  static const guint8 data[1 << 20];
  g_autoptr (GBytes) bytes =
    g_bytes_new_with_free_func (data, sizeof data, on_bytes_freed, self);
  g_autoptr (WspMessage) message = wsp_message_new_binary_bytes (bytes);

  if (self->end != TRANSPORT_IS_LOST)
    return;

  wsp_connection_queue_message (self->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  if (self->connection != NULL)
    call_send (self);
}

static void
call_flush (Scene *self)
{
  self->n_waiting++;
  wsp_connection_flush_async (self->connection, self->cancellable, on_flushed, self);
}

static void
call_write (Scene *self)
{
  g_autoptr (GOutputStream) stream =
    wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_TEXT, WSP_SEND_FLAGS_DEFAULT,
                                  NULL);

  if (stream == NULL)
    return;

  self->n_waiting++;
  g_output_stream_write_async (stream, "text", 4, 0, NULL, on_written, self);
}

static void
call_end_message (Scene *self)
{
  g_autoptr (GOutputStream) stream =
    wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_TEXT, WSP_SEND_FLAGS_DEFAULT,
                                  NULL);

  if (stream != NULL)
    g_output_stream_close (stream, NULL, NULL);
}

static void
call_filter (Scene *self)
{
  g_object_set (self->connection, "message-filter", WSP_MESSAGE_FILTER_TEXT_ONLY, NULL);
}

static void
call_close (Scene *self)
{
  self->n_waiting++;
  wsp_connection_close_async (self->connection, 1000, "script", self->cancellable,
                              on_close_result, self);
}

/* Joins the closing handshake that is in progress. */
static void
call_late_close (Scene *self)
{
  if (self->end != TRANSPORT_IS_LOST)
    call_close (self);
}

/* A frame to a server has a mask of zeros. */
static void
peer_sends (Scene      *self,
            guint8      first,
            const char *payload)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  gsize length = strlen (payload);
  guint8 header[] = { first, length | (self->role == WSP_ROLE_SERVER ? 0x80 : 0), 0, 0, 0, 0 };

  if (self->fd < 0)
    return;

  g_byte_array_append (frame, header, self->role == WSP_ROLE_SERVER ? 6 : 2);
  g_byte_array_append (frame, (const guint8 *) payload, length);
  send (self->fd, frame->data, frame->len, MSG_NOSIGNAL);
}

static void
peer_sends_messages (Scene *self)
{
  peer_sends (self, 0x81, "whole");
  peer_sends (self, 0x01, "be");
  peer_sends (self, 0x8a, "p");
  peer_sends (self, 0x80, "gun");
  peer_sends (self, 0x89, "ping");
}

static void
peer_reads (Scene *self)
{
  guint8 buffer[4096];
  gssize n;

  while (self->fd >= 0 && (n = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    g_byte_array_append (self->received, buffer, n);
}

static void
start_end (Scene *self)
{
  switch (self->end)
    {
    case PEER_CLOSES:
      peer_sends (self, 0x88, "\x03\xe9" "bye");
      return;
    case WE_CLOSE:
      if (self->connection != NULL)
        call_close (self);
      return;
    case PEER_BREAKS_A_RULE:
      peer_sends (self, 0xc1, "x");
      return;
    case TRANSPORT_IS_LOST:
    case N_ENDS:
      return;
    }
}

static void
peer_disconnects (Scene *self)
{
  if (self->end == WE_CLOSE)
    peer_sends (self, 0x88, "\x03\xe8");
  peer_reads (self);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

typedef void (*StepFunc) (Scene *self);

static const struct
{
  StepFunc run;
  gboolean is_call;             /* TRUE if the step calls the connection, which then has to exist */
  gboolean is_followed;         /* TRUE if the main loop runs after the step, until it is idle */
} steps[] = {
  { start_receive, TRUE, TRUE },
  { call_queue, TRUE, FALSE },
  { call_ping, TRUE, FALSE },
  { call_send, TRUE, FALSE },
  { call_refused, TRUE, FALSE },
  { call_flush, TRUE, TRUE },
  { call_end_message, TRUE, FALSE },
  { call_filter, TRUE, FALSE },
  { peer_sends_messages, FALSE, TRUE },
  { call_send, TRUE, FALSE },
  { call_queue, TRUE, TRUE },
  { call_write, TRUE, FALSE },
  { call_ping, TRUE, FALSE },
  { start_end, FALSE, FALSE },
  { call_flush, TRUE, TRUE },
  { call_ping, TRUE, FALSE },
  { call_send, TRUE, FALSE },
  { call_late_close, TRUE, TRUE },
  { call_stalled, TRUE, FALSE },
  { peer_disconnects, FALSE, TRUE },
  { call_send, TRUE, FALSE },
  { call_close, TRUE, FALSE },
  { call_flush, TRUE, TRUE },
};

/* A loop that still has work after so many turns would run for ever. */
static void
run_the_loop (Scene *self)
{
  guint n_turns = 0;

  while (g_main_context_iteration (NULL, FALSE))
    g_assert_cmpuint (n_turns++, <, 10000);
  peer_reads (self);
}

/* After each action the peer has received whole frames, and after a Close only pongs. */
static void
check_frames (Scene *self)
{
  const guint8 *frames = self->received->data;
  gsize left = self->received->len;
  gboolean is_over = FALSE;

  while (left > 1 && (frames[1] & 0x7f) < 126)  /* the end cuts off a long one */
    {
      gboolean is_masked = (frames[1] & 0x80) != 0;
      gsize length = 2 + (is_masked ? 4 : 0) + (frames[1] & 0x7f);

      g_assert_true (!is_over || frames[0] == 0x8a);    /* RFC 6455 5.5.2 */
      g_assert_cmpuint (left, >=, length);
      g_assert_cmpint (is_masked, ==, self->role == WSP_ROLE_CLIENT);
      g_assert_nonnull (memchr ("\x80\x01\x81\x82\x88\x89\x8a", frames[0], 7));
      is_over = is_over || frames[0] == 0x88;
      frames += length;
      left -= length;
    }
}

static void
play_steps (Scene *self)
{
  while (self->step < G_N_ELEMENTS (steps))
    {
      guint i = self->step++;

      if (self->connection != NULL || !steps[i].is_call)
        steps[i].run (self);
      if (steps[i].is_followed)
        run_the_loop (self);
    }
  run_the_loop (self);
}

static void
begin_scene (Scene *self)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  WspConnection *connection = wire_raw (self->role, &self->fd);
  SceneTap *tap = g_object_new (scene_tap_get_type (), NULL);

  self->connection = connection;
  self->alive = connection;
  self->cancellable = g_cancellable_new ();
  self->received = g_byte_array_new ();
  self->tap = WSP_TAP (tap);
  tap->scene = self;
  g_object_add_weak_pointer (G_OBJECT (connection), &self->alive);
  wsp_limits_set_send_low_water_mark (limits, 0);
  wsp_limits_set_send_high_water_mark (limits, 1);
  wsp_connection_set_limits (connection, limits);
  wsp_connection_add_tap (connection, self->tap);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "closing", G_CALLBACK (on_closing), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  g_signal_connect (connection, "writable", G_CALLBACK (on_writable), self);
  g_signal_connect (connection, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (connection, "notify", G_CALLBACK (on_notify), self);
  if (self->way == STARTED)
    wsp_connection_start_receiving (connection);
}

static void
end_scene (Scene *self)
{
  /* Nothing takes the input behind a write that has failed: close-timeout would end it. */
  if (self->connection != NULL && self->way == SENDING)
    wsp_connection_abort (self->connection);
  run_the_loop (self);

  gboolean is_dropped = self->connection == NULL;

  if (!is_dropped)
    g_assert_cmpint (wsp_connection_get_state (self->connection), ==, WSP_CONNECTION_STATE_CLOSED);
  g_clear_object (&self->connection);
  run_the_loop (self);
  if (self->alive != NULL && self->way == SENDING && is_dropped)
    wsp_connection_abort (self->alive); /* a call waits, and the peer reads nothing */
  run_the_loop (self);
  g_assert_null (self->alive);
  g_assert_cmpuint (self->n_waiting, ==, 0);
  if (!is_dropped && (self->action != DO_DISPOSE || !self->is_done))    /* no handler is left */
    g_assert_cmpuint (self->n_closed, ==, 1);
  check_frames (self);
  g_byte_array_unref (self->received);
  g_object_unref (self->cancellable);
  g_object_unref (self->tap);
}

/* A connection whose input nothing takes waits for its close-timeout if a write has failed. */
static gboolean
must_end_inside (Scene *self)
{
  Loop loop = places[self->place].loop;

  return self->is_done && is_running_action (self->action) &&
         (self->way != SENDING || self->action == DO_ABORT_AND_RUN ||
          self->action == DO_ABORT_DROP_AND_RUN) &&
         (loop == LOOP_ENDS || (loop == LOOP_ENDS_ABORTED && self->action == DO_ABORT_AND_RUN));
}

static gboolean
play (Scene *self)
{
  g_test_message ("%s, way %u, end %u, %u calls skipped",
                  self->role == WSP_ROLE_SERVER ? "server" : "client", self->way, self->end,
                  self->n_skipped);
  begin_scene (self);
  play_steps (self);
  end_scene (self);
  if (must_end_inside (self))
    g_assert_true (self->has_ended_inside);
  return self->is_done;
}

/* A place may be reached in several ways, some of them only later. */
static const guint skip_counts[] = { 0, 1, 2, 5, 6 };

static void
test_action (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  guint n_reached = 0;

  for (guint i = 0; i < 2 * N_WAYS * N_ENDS * G_N_ELEMENTS (skip_counts); i++)
    {
      Scene scene = {
        .role = i % 2 == 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT,
        .way = i / 2 % N_WAYS,
        .end = i / 2 / N_WAYS % N_ENDS,
        .n_skipped = skip_counts[i / 2 / N_WAYS / N_ENDS],
        .place = number / N_ACTIONS,
        .action = number % N_ACTIONS,
      };

      n_reached += play (&scene);
    }
  g_assert_cmpuint (n_reached, >, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < N_PLACES * N_ACTIONS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/callbacks/%s/%s",
                                               places[i / N_ACTIONS].name,
                                               action_names[i % N_ACTIONS]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_action);
    }
  return g_test_run ();
}
