/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Turns that end early because no work seems to be left. */
#include "connection/fault-stream.h"
#include "connection/wire.h"
#include "lib/rows.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ONE_BYTE "82 81 00 00 00 00 61"
#define TEXT "a text for another"

typedef struct
{
  int   fd;
  guint n_messages;
} Reader;

/* While the handler runs a loop of its own, nothing is read: the loop would not become idle
 * otherwise. */
static void
run_loop_inside (WspConnection *connection,
                 WspMessage    *message,
                 gpointer       user_data)
{
  Reader *self = user_data;

  if (++self->n_messages != 2)
    return;

  wire_write (self->fd, ONE_BYTE);
  run_pending ();
  g_assert_cmpuint (self->n_messages, ==, 2);
}

static void
test_loop_inside (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  Reader reader = { raw->fd, 0 };

  g_signal_connect (raw->connection, "message", G_CALLBACK (run_loop_inside), &reader);
  wsp_connection_start_receiving (raw->connection);
  for (guint i = 0; i < 2; i++)
    {
      wire_write (raw->fd, ONE_BYTE);
      run_pending ();
    }
  g_assert_cmpuint (reader.n_messages, ==, 3);

  wire_write (raw->fd, ONE_BYTE);
  run_until_count (&reader.n_messages, 4);
}

/* Sends before, and in, a main loop that a handler runs (for a dialog, say) leave while the loop
 * runs. */
typedef enum
{
  QUEUED_BEFORE,
  QUEUED_IN_AN_IDLE,
  SENT_AND_AWAITED,
  QUEUED_AND_FLUSHED,
  QUEUED_IN_A_SECOND_LOOP,
  N_SENDS_AROUND_LOOPS,
} SendAroundLoop;

static const char *const send_around_loop_names[N_SENDS_AROUND_LOOPS] = {
  "queued-before", "queued-by-another-source", "sent-and-awaited", "queued-and-flushed",
  "queued-in-a-second-loop",
};

typedef struct
{
  WspConnection *connection;
  SendAroundLoop how;
  int            fd;
  guint          n_left;        /* number of frames that the peer has when the loop runs */
  guint          n_ended;       /* number of sends that have ended */
} LoopingSender;

static gboolean
queue_in_idle (gpointer user_data)
{
  LoopingSender *self = user_data;

  g_assert_true (wsp_connection_queue_text (self->connection, "a", NULL));
  return G_SOURCE_REMOVE;
}

static void
count_sent (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  LoopingSender *self = user_data;

  g_assert_true (wsp_connection_send_message_finish (self->connection, result, NULL));
  self->n_ended++;
}

static void
count_flushed (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  LoopingSender *self = user_data;

  g_assert_true (wsp_connection_flush_finish (self->connection, result, NULL));
  self->n_ended++;
}

static void
loop_until_frame (LoopingSender *self)
{
  guint8 frame[3];

  while (recv (self->fd, frame, sizeof frame, MSG_DONTWAIT) != sizeof frame)
    g_main_context_iteration (NULL, TRUE);
  self->n_left++;
}

static void
send_around_loop (WspConnection *connection,
                  WspMessage    *message,
                  gpointer       user_data)
{
  LoopingSender *self = user_data;
  gboolean is_awaited = self->how == SENT_AND_AWAITED || self->how == QUEUED_AND_FLUSHED;

  if (self->how == QUEUED_IN_AN_IDLE)
    g_idle_add (queue_in_idle, self);
  else if (self->how == SENT_AND_AWAITED)
    wire_send_text (connection, "a", NULL, count_sent, self);
  else
    queue_in_idle (self);
  if (self->how == QUEUED_AND_FLUSHED)
    wsp_connection_flush_async (connection, NULL, count_flushed, self);

  loop_until_frame (self);
  while (is_awaited && self->n_ended == 0)
    g_main_context_iteration (NULL, TRUE);
  if (self->how == QUEUED_IN_A_SECOND_LOOP)
    {
      queue_in_idle (self);
      loop_until_frame (self);
    }
}

static void
test_send_around_loop (gconstpointer data)
{
  LoopingSender sender = { .how = GPOINTER_TO_UINT (data) };
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &sender.fd);
  g_autoptr (Watched) server = watch (connection);

  sender.connection = connection;
  g_signal_connect (connection, "message", G_CALLBACK (send_around_loop), &sender);
  wsp_connection_start_receiving (connection);
  run_pending ();
  wire_write (sender.fd, ONE_BYTE);
  run_until_count (&sender.n_left, sender.how == QUEUED_IN_A_SECOND_LOOP ? 2 : 1);
  wsp_connection_abort (connection);
  run_until_closed (server);
  close (sender.fd);
}

/* Nothing is read in the loop, not even the peer's Close: the loop ends with close-timeout. */
typedef void (*EndFunc) (WspConnection *connection);

static void
end_by_closing (WspConnection *connection)
{
  wsp_connection_close_async (connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
}

static void
end_by_failing (WspConnection *connection)
{
  wsp_connection_fail (connection, NULL);
}

static const struct
{
  const char *name;
  EndFunc     end;
} ends_before_loops[] = {
  { "closed", end_by_closing },
  { "failed", end_by_failing },
  { "aborted", wsp_connection_abort },
};

typedef struct
{
  EndFunc  end;
  Watched *watched;
} EndingLooper;

static void
end_and_loop (WspConnection *connection,
              WspMessage    *message,
              gpointer       user_data)
{
  EndingLooper *self = user_data;

  self->end (connection);
  run_until_closed (self->watched);
}

static void
test_end_and_loop (gconstpointer data)
{
  g_autoptr (WspLimits) limits = g_object_new (WSP_TYPE_LIMITS, "close-timeout", 20, NULL);
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_CLIENT);
  EndingLooper looper = { ends_before_loops[GPOINTER_TO_UINT (data)].end, raw->watched };

  wsp_connection_set_limits (raw->connection, limits);
  g_signal_connect (raw->connection, "message", G_CALLBACK (end_and_loop), &looper);
  wsp_connection_start_receiving (raw->connection);
  run_pending ();
  wire_write (raw->fd, "81 01 61");
  run_until_closed (raw->watched);
  g_assert_cmpuint (wsp_connection_get_state (raw->connection), ==, WSP_CONNECTION_STATE_CLOSED);
}

static void
drop_all (WspConnection *connection,
          WspMessage    *message,
          gpointer       user_data)
{
  WspConnection **place = user_data;

  wsp_connection_abort (connection);
  g_clear_object (place);
  run_pending ();
}

/* The turn has the last reference, and it is the connection's own. */
static void
test_dropped_inside (void)
{
  int fd;
  WspConnection *connection = wire_raw (WSP_ROLE_SERVER, &fd);
  gpointer watched = connection;

  g_object_add_weak_pointer (G_OBJECT (connection), &watched);
  g_signal_connect (connection, "message", G_CALLBACK (drop_all), &connection);
  wsp_connection_start_receiving (connection);
  run_pending ();
  wire_write (fd, ONE_BYTE " " ONE_BYTE);
  run_pending ();
  g_assert_null (connection);
  g_assert_null (watched);
  close (fd);
}

/* A tap without functions. */
G_DECLARE_FINAL_TYPE (EmptyTap, empty_tap, TEST, EMPTY_TAP, GObject)

struct _EmptyTap
{
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE_WITH_CODE (EmptyTap, empty_tap, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, NULL))

static void
empty_tap_class_init (EmptyTapClass *class)
{
}

static void
empty_tap_init (EmptyTap *self)
{
}

typedef void (*SendFunc) (WspConnection *connection);

static void
queue (WspConnection *connection,
       const char    *text)
{
  g_assert_true (wsp_connection_queue_text (connection, text, NULL));
}

static guint64
get_queue_bytes (WspConnection *connection)
{
  guint64 queued;

  g_object_get (connection, "send-queue-bytes", &queued, NULL);
  return queued;
}

static void
send_one (WspConnection *connection)
{
  queue (connection, "a");
  g_assert_cmpuint (get_queue_bytes (connection), >=, 1);
}

static void
send_three (WspConnection *connection)
{
  queue (connection, "a");
  queue (connection, "b");
  queue (connection, "c");
}

static void
send_with_ping (WspConnection *connection)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("p", 1);

  queue (connection, "a");
  wsp_connection_ping_async (connection, payload, NULL, NULL, NULL);
  queue (connection, "b");
}

static void
send_before_close (WspConnection *connection)
{
  queue (connection, "a");
  wsp_connection_close_async (connection, 1000, NULL, NULL, NULL, NULL);
}

static void
send_before_failure (WspConnection *connection)
{
  queue (connection, "a");
  wsp_connection_fail (connection, NULL);
}

static void
send_before_stream (WspConnection *connection)
{
  g_autoptr (GOutputStream) stream = NULL;

  queue (connection, "a");
  stream = wsp_connection_begin_message (connection, WSP_MESSAGE_TYPE_TEXT, WSP_SEND_FLAGS_DEFAULT,
                                         NULL);
  g_assert_cmpint (g_output_stream_write (stream, "b", 1, NULL, NULL), ==, 1);
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
}

/* Raw bytes are sent before queued messages. */
static void
send_before_raw (WspConnection *connection)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x81\x01r", 3);

  queue (connection, "a");
  g_assert_true (wsp_connection_send_raw_unsafe (connection, bytes, NULL));
}

static void
send_urgent (WspConnection *connection)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("u");

  queue (connection, "a");
  queue (connection, "b");
  wsp_connection_send_message_async (connection, message, WSP_SEND_FLAGS_URGENT, NULL, NULL, NULL);
}

static void
send_before_tap (WspConnection *connection)
{
  g_autoptr (EmptyTap) empty_tap = g_object_new (empty_tap_get_type (), NULL);

  queue (connection, "a");
  wsp_connection_add_tap (connection, WSP_TAP (empty_tap));
  queue (connection, "b");
}

static const struct
{
  const char *name;
  SendFunc    send;
  const char *wire;             /* bytes on the wire after the main loop has run */
} orders[] = {
  { "one", send_one, "81 01 61" },
  { "three", send_three, "81 01 61 81 01 62 81 01 63" },
  { "ping", send_with_ping, "89 01 70 81 01 61 81 01 62" },
  { "WS-148-close", send_before_close, "81 01 61 88 02 03 e8" },
  { "failure", send_before_failure, "81 01 61 88" },
  { "stream", send_before_stream, "81 01 61 81 01 62" },
  { "raw", send_before_raw, "81 01 72 81 01 61" },
  { "urgent", send_urgent, "81 01 75 81 01 61 81 01 62" },
  { "tap", send_before_tap, "81 01 61 81 01 62" },
};

typedef struct
{
  WspConnection *connection;    /* connection that the handler of another one sends to */
  SendFunc       send;
} Forward;

static void
forward (WspConnection *connection,
         WspMessage    *message,
         gpointer       user_data)
{
  Forward *self = user_data;

  self->send (self->connection);
}

typedef struct                  /* a message to one connection makes a handler send to the other */
{
  int            from, to;
  WspConnection *source, *target;
  Watched       *source_watch, *target_watch;
  Forward        other;
} Relay;

static void
relay_add_source (Relay   *self,
                  SendFunc send)
{
  self->source = wire_raw (WSP_ROLE_SERVER, &self->from);
  self->source_watch = watch (self->source);
  self->other.send = send;
  g_signal_connect (self->source, "message", G_CALLBACK (forward), &self->other);
  wsp_connection_start_receiving (self->source);
}

static void
relay_add_target (Relay         *self,
                  WspConnection *target)
{
  self->other.connection = self->target = target;
  self->target_watch = watch (target);
  wsp_connection_start_receiving (target);
  run_pending ();
}

/* The relay's source is read first. */
static void
relay_begin (Relay   *self,
             SendFunc send)
{
  relay_add_source (self, send);
  relay_add_target (self, wire_raw (WSP_ROLE_SERVER, &self->to));
  wire_write (self->from, ONE_BYTE);
}

/* The target has ended before. */
static void
relay_end (Relay *self)
{
  wsp_connection_abort (self->source);
  run_until_closed (self->source_watch);
  watched_free (self->source_watch);
  watched_free (self->target_watch);
  g_object_unref (self->source);
  g_object_unref (self->target);
  close (self->from);
}

static void
check_order (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Relay relay;

  relay_begin (&relay, orders[i].send);

  g_autofree char *wire = wire_read (relay.to, (strlen (orders[i].wire) + 1) / 3);

  g_assert_cmpstr (wire, ==, orders[i].wire);
  wsp_connection_abort (relay.target);
  run_until_closed (relay.target_watch);
  close (relay.to);
  relay_end (&relay);
}

/* A message that another connection's handler sends is before the answer to input that is read
 * later, even to a Close. */
static void
test_before_answers (void)
{
  Relay relay;

  relay_begin (&relay, send_one);
  wire_write (relay.to, "88 82 00 00 00 00 03 e8");

  g_autofree char *wire = wire_read (relay.to, 7);

  g_assert_cmpstr (wire, ==, "81 01 61 88 02 03 e8");
  close (relay.to);
  run_until_closed (relay.target_watch);
  relay_end (&relay);
}

/* The message is dropped with its connection. */
static void
send_and_abort (WspConnection *connection)
{
  queue (connection, "a");
  wsp_connection_abort (connection);
}

static void
test_aborted (void)
{
  Relay relay;

  relay_begin (&relay, send_and_abort);
  run_until_closed (relay.target_watch);
  g_assert_true (wire_is_ended (relay.to));
  close (relay.to);
  relay_end (&relay);
}

/* The transport of the target: a lone message is sent without a turn. */
static const struct
{
  const char *name;
  WspRole     role;             /* role of the target; a client has to mask, so it needs a turn */
  FaultPlan   plan;
  guint       n_texts;          /* number of received texts; if fewer than sent, the connection is
                                 * lost */
} transport_cases[] = {
  { "whole", WSP_ROLE_SERVER, { STREAM_POLLABLE, 1000, 0, FAULT_NONE }, 2 },
  { "in-parts", WSP_ROLE_SERVER, { STREAM_POLLABLE, 3, 0, FAULT_NONE }, 2 },
  { "one-byte-first", WSP_ROLE_SERVER, { STREAM_POLLABLE, 1000, 1, FAULT_SHORT }, 2 },
  { "not-now", WSP_ROLE_SERVER, { STREAM_POLLABLE, 1000, 1, FAULT_WOULD_BLOCK }, 2 },
  { "broken", WSP_ROLE_SERVER, { STREAM_POLLABLE, 1000, 1, FAULT_BROKEN_PIPE }, 0 },
  { "broken-inside", WSP_ROLE_SERVER, { STREAM_POLLABLE, 3, 2, FAULT_BROKEN_PIPE }, 0 },
  { "broken-later", WSP_ROLE_SERVER, { STREAM_POLLABLE, 1000, 2, FAULT_BROKEN_PIPE }, 1 },
  { "masked", WSP_ROLE_CLIENT, { STREAM_POLLABLE, 1000, 0, FAULT_NONE }, 2 },
};

static void
send_text (WspConnection *connection)
{
  wsp_connection_queue_text (connection, TEXT, NULL);
}

static void
check_transport (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  WspRole role = transport_cases[i].role;
  WspRole other = role == WSP_ROLE_SERVER ? WSP_ROLE_CLIENT : WSP_ROLE_SERVER;
  g_autoptr (FaultStream) stream = fault_stream_new (&transport_cases[i].plan, other);
  Peer *peer = fault_stream_get_peer (stream);
  Relay relay;

  relay_add_source (&relay, send_text);
  relay_add_target (&relay, wsp_connection_new_for_stream (G_IO_STREAM (stream), role, NULL, NULL,
                                                           NULL, NULL));
  for (guint n = 0; n < 2; n++)
    {
      wire_write (relay.from, ONE_BYTE);
      run_pending ();
    }

  g_assert_no_error (peer->error);
  g_assert_cmpuint (peer->texts->len, ==, transport_cases[i].n_texts);
  for (guint n = 0; n < peer->texts->len; n++)
    g_assert_cmpstr (peer->texts->pdata[n], ==, TEXT);
  g_assert_cmpint (relay.target_watch->is_closed, ==, transport_cases[i].n_texts < 2);
  g_assert_cmpuint (get_queue_bytes (relay.target), ==, 0);

  wsp_connection_abort (relay.target);
  run_until_closed (relay.target_watch);
  relay_end (&relay);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection/turns/loop-inside-a-handler/reads-again-after-it",
                   test_loop_inside);
  g_test_add_func ("/connection/turns/loop-inside-a-handler/may-drop-the-connection",
                   test_dropped_inside);
  ADD_ROWS_AS ("/connection/turns/loop-inside-a-handler/%s-ends", ends_before_loops,
               test_end_and_loop);
  for (guint i = 0; i < N_SENDS_AROUND_LOOPS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/turns/loop-inside-a-handler/%s-is-sent",
                                               send_around_loop_names[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_send_around_loop);
    }
  ADD_ROWS ("/connection/turns/sent-to-another", orders, check_order);
  ADD_ROWS ("/connection/turns/sent-to-another/transport", transport_cases, check_transport);
  g_test_add_func ("/connection/turns/sent-to-another/before-later-answers", test_before_answers);
  g_test_add_func ("/connection/turns/sent-to-another/abort-drops-it", test_aborted);
  return g_test_run ();
}
