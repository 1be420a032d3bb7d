/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The error of each call of a connection that ends, or has ended: one domain, however it ends.  The
 * close info keeps the error of the transport. */
#include "connection/transports.h"
#include "connection/wire.h"
#include "lib/rows.h"

#include <libwsproto/base/wsp-error.h>

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NO_MASK "00 00 00 00 "
#define HALF_A "01 81 " NO_MASK "61"
#define NORMAL_CLOSE "88 82 " NO_MASK "03 e8"
#define BAD_FRAME "c1 81 " NO_MASK "61"

typedef enum
{
  END_RESET,
  END_EOF,
  END_TLS_CUT,
  END_KEEPALIVE,
  END_BROKEN_RULE,
  END_CLOSE,
  N_ENDS,
} End;

typedef enum
{
  CALL_RECEIVE,
  CALL_RECEIVE_STREAM,
  CALL_SEND,
  CALL_FLUSH,
  CALL_PING,
  CALL_CLOSE,
  CALL_READ_PART,               /* read of a part of a message stream */
  CALL_WRITE_PART,
  N_CALLS,
} Call;

typedef enum
{
  CALL_WAITS,                   /* when the connection ends */
  CALL_IS_LATE,                 /* comes after the end */
  N_MOMENTS,
} Moment;

static const char *const call_names[N_CALLS] = {
  "receive", "receive-stream", "send", "flush", "ping", "close", "read-part", "write-part",
};

static const char *const moment_names[N_MOMENTS] = { "waits", "is-late" };

#define NO_ERROR -1

static const struct
{
  const char *name;
  GQuark    (*domain) (void);           /* domain of the close info's error; NULL: a clean close */
  int         code;                     /* code of the close info's error */
  int         errors[N_MOMENTS];        /* codes of WSP_ERROR; exceptions has others */
} ends[N_ENDS] = {
  [END_RESET] = { "reset", g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED,
                  { WSP_ERROR_ABNORMAL_CLOSURE, WSP_ERROR_ABNORMAL_CLOSURE } },
  [END_EOF] = { "eof", wsp_error_quark, WSP_ERROR_ABNORMAL_CLOSURE,
                { WSP_ERROR_ABNORMAL_CLOSURE, WSP_ERROR_ABNORMAL_CLOSURE } },
  [END_TLS_CUT] = { "tls-cut", g_tls_error_quark, G_TLS_ERROR_EOF,
                    { WSP_ERROR_ABNORMAL_CLOSURE, WSP_ERROR_ABNORMAL_CLOSURE } },
  [END_KEEPALIVE] = { "keepalive", g_io_error_quark, G_IO_ERROR_TIMED_OUT,
                      { WSP_ERROR_ABNORMAL_CLOSURE, WSP_ERROR_ABNORMAL_CLOSURE } },
  [END_BROKEN_RULE] = { "1002", wsp_error_quark, WSP_ERROR_INVALID_FORMAT,
                        { WSP_ERROR_INVALID_FORMAT, WSP_ERROR_INVALID_FORMAT } },
  [END_CLOSE] = { "close", NULL, 0, { WSP_ERROR_CLOSED, WSP_ERROR_CLOSED } },
};

static const struct
{
  End    end;
  Call   call;
  Moment moment;
  int    error;                 /* a code of WSP_ERROR, or NO_ERROR */
} exceptions[] = {
  /* After a closing handshake there is no next message, and nothing more to close.  What was
   * queued before is still sent. */
  { END_CLOSE, CALL_RECEIVE, CALL_WAITS, NO_ERROR },
  { END_CLOSE, CALL_RECEIVE, CALL_IS_LATE, NO_ERROR },
  { END_CLOSE, CALL_RECEIVE_STREAM, CALL_WAITS, NO_ERROR },
  { END_CLOSE, CALL_RECEIVE_STREAM, CALL_IS_LATE, NO_ERROR },
  { END_CLOSE, CALL_CLOSE, CALL_WAITS, NO_ERROR },
  { END_CLOSE, CALL_CLOSE, CALL_IS_LATE, NO_ERROR },
  { END_CLOSE, CALL_SEND, CALL_WAITS, NO_ERROR },
  { END_CLOSE, CALL_FLUSH, CALL_WAITS, NO_ERROR },
  { END_CLOSE, CALL_WRITE_PART, CALL_WAITS, NO_ERROR },
  /* Nothing is read while a write waits: the peer's end is seen after the peer has read on. */
  { END_EOF, CALL_WRITE_PART, CALL_WAITS, NO_ERROR },
  { END_BROKEN_RULE, CALL_WRITE_PART, CALL_WAITS, NO_ERROR },
};

typedef struct
{
  WspConnection *connection;
  Watched       *watched;
  int            fd;            /* socket of the peer; -1: the peer has TLS */
  GIOStream     *tls;           /* TLS stream of the peer; NULL: the peer has none */
  GInputStream  *input;         /* stream of a message whose end is missing */
  GOutputStream *output;
  GAsyncResult  *result;
  guint8         room[8];
} Fixture;

static int
get_expected (End    end,
              Call   call,
              Moment moment)
{
  for (guint i = 0; i < G_N_ELEMENTS (exceptions); i++)
    if (exceptions[i].end == end && exceptions[i].call == call && exceptions[i].moment == moment)
      return exceptions[i].error;

  return ends[end].errors[moment];
}

static void
shake_hands (GIOStream *tls)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, NULL, keep_result,
                                    &result);
  run_until_result (&result);
  g_assert_true (g_tls_connection_handshake_finish (G_TLS_CONNECTION (tls), result, NULL));
}

static void
write_peer (Fixture    *self,
            const char *hex)
{
  if (self->fd >= 0)
    {
      wire_write (self->fd, hex);
      return;
    }

  g_autoptr (GAsyncResult) result = NULL;
  GOutputStream *output = g_io_stream_get_output_stream (self->tls);

  /* HALF_A is all that a peer with TLS sends. */
  g_assert_cmpstr (hex, ==, HALF_A);
  g_output_stream_write_all_async (output, "\x01\x81\0\0\0\0a", 7, G_PRIORITY_DEFAULT, NULL,
                                   keep_result, &result);
  run_until_result (&result);
  g_assert_true (g_output_stream_write_all_finish (output, result, NULL, NULL));
}

/* Limits that change inside a message hold from the next message on. */
static void
set_keepalive (Fixture *self,
               guint    interval)
{
  wire_limit (self->connection, "keepalive-timeout", 10);
  wire_limit (self->connection, "keepalive-interval", interval);
}

static void
set_up (Fixture *self,
        End      end,
        Call     call)
{
  self->fd = -1;
  if (end == END_TLS_CUT)
    {
      g_autoptr (GIOStream) ours = NULL;

      transport_pair (TRANSPORT_TLS, &self->tls, &ours);
      self->connection = wsp_connection_new_for_stream (ours, WSP_ROLE_SERVER, NULL, NULL, NULL,
                                                        NULL);
    }
  else
    {
      self->connection = wire_raw (WSP_ROLE_SERVER, &self->fd);
    }
  self->watched = watch (self->connection);
  wire_limit (self->connection, "close-timeout", 50);
  if (call == CALL_SEND || call == CALL_FLUSH)
    wire_limit (self->connection, "send-high-water-mark", G_MAXINT);     /* reads on */
  if (end == END_KEEPALIVE && call == CALL_READ_PART)
    set_keepalive (self, 1000);
  if (self->tls != NULL)
    shake_hands (self->tls);
}

static void
fixture_clear (Fixture *self)
{
  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_object (&self->result);
  g_clear_object (&self->tls);
  g_object_unref (self->connection);
  watched_free (self->watched);
  if (self->fd >= 0)
    close (self->fd);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

/* More than socket and TLS hold: the peer does not read. */
static GBytes *
make_long (void)
{
  return g_bytes_new_take (g_malloc0 (4 * 1024 * 1024), 4 * 1024 * 1024);
}

static void
fill_output (Fixture *self)
{
  g_autoptr (GBytes) bytes = make_long ();
  g_autoptr (WspMessage) message = wsp_message_new_binary_bytes (bytes);

  g_assert_true (wsp_connection_queue_message (self->connection, message, WSP_SEND_FLAGS_DEFAULT,
                                               NULL));
  run_pending ();
}

static void
begin_input (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsp_connection_receive_stream_async (self->connection, NULL, keep_result, &result);
  write_peer (self, HALF_A);
  run_until_result (&result);
  self->input = G_INPUT_STREAM (wsp_connection_receive_stream_finish (self->connection, result,
                                                                      NULL));
  g_assert_nonnull (self->input);
  g_assert_cmpint (g_input_stream_read (self->input, self->room, 1, NULL, NULL), ==, 1);
}

static void
begin_output (Fixture *self,
              Moment   moment)
{
  self->output = wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_BINARY,
                                               WSP_SEND_FLAGS_DEFAULT, NULL);
  g_assert_nonnull (self->output);
  if (moment == CALL_IS_LATE)
    return;

  g_autoptr (GBytes) bytes = make_long ();

  g_assert_true (g_output_stream_write_all (self->output, g_bytes_get_data (bytes, NULL),
                                            g_bytes_get_size (bytes), NULL, NULL, NULL));
  run_pending ();
}

/* Brings the connection to where the call waits, or a stream is open. */
static void
prepare_call (Fixture *self,
              Call     call,
              Moment   moment)
{
  if (moment == CALL_WAITS && (call == CALL_SEND || call == CALL_FLUSH))
    fill_output (self);
  if (call == CALL_READ_PART)
    begin_input (self);
  if (call == CALL_WRITE_PART)
    begin_output (self, moment);
}

static void
begin_call (Fixture *self,
            Call     call)
{
  WspConnection *connection = self->connection;
  GAsyncResult **result = &self->result;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a", 1);
  g_autoptr (WspMessage) message = wsp_message_new_binary_bytes (bytes);

  switch (call)
    {
    case CALL_RECEIVE:
      wsp_connection_receive_async (connection, NULL, keep_result, result);
      return;
    case CALL_RECEIVE_STREAM:
      wsp_connection_receive_stream_async (connection, NULL, keep_result, result);
      return;
    case CALL_SEND:
      wsp_connection_send_message_async (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL,
                                         keep_result, result);
      return;
    case CALL_FLUSH:
      wsp_connection_flush_async (connection, NULL, keep_result, result);
      return;
    case CALL_PING:
      wsp_connection_ping_async (connection, NULL, NULL, keep_result, result);
      return;
    case CALL_CLOSE:
      wsp_connection_close_async (connection, 1000, NULL, NULL, keep_result, result);
      return;
    case CALL_READ_PART:
      g_input_stream_read_async (self->input, self->room, sizeof self->room, G_PRIORITY_DEFAULT,
                                 NULL, keep_result, result);
      return;
    case CALL_WRITE_PART:
      g_output_stream_write_async (self->output, "a", 1, G_PRIORITY_DEFAULT, NULL, keep_result,
                                   result);
      return;
    case N_CALLS:
      break;
    }

  g_assert_not_reached ();
}

static void
finish_call (Fixture *self,
             Call     call,
             GError **error)
{
  WspConnection *connection = self->connection;
  GAsyncResult *result = self->result;

  switch (call)
    {
    case CALL_RECEIVE:
      g_assert_null (wsp_connection_receive_finish (connection, result, error));
      return;
    case CALL_RECEIVE_STREAM:
      g_assert_null (wsp_connection_receive_stream_finish (connection, result, error));
      return;
    case CALL_SEND:
      (void) wsp_connection_send_message_finish (connection, result, error);
      return;
    case CALL_FLUSH:
      (void) wsp_connection_flush_finish (connection, result, error);
      return;
    case CALL_PING:
      (void) wsp_connection_ping_finish (connection, result, error);
      return;
    case CALL_CLOSE:
      (void) wsp_connection_close_finish (connection, result, error);
      return;
    case CALL_READ_PART:
      (void) g_input_stream_read_finish (self->input, result, error);
      return;
    case CALL_WRITE_PART:
      (void) g_output_stream_write_finish (self->output, result, error);
      return;
    case N_CALLS:
      break;
    }

  g_assert_not_reached ();
}

/* Only a peer that has not read all makes the system reset the connection. */
static void
reset (Fixture *self)
{
  wsp_connection_ping_async (self->connection, NULL, NULL, NULL, NULL);
  run_pending ();
  close (self->fd);
  self->fd = -1;
}

static void
cut (GIOStream *tls)
{
  g_autoptr (GIOStream) base = NULL;

  g_object_get (tls, "base-io-stream", &base, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (base)), FALSE, TRUE,
                     NULL);
}

static gboolean
on_peer_readable (int          fd,
                  GIOCondition condition,
                  gpointer     unused)
{
  char room[65536];

  return read (fd, room, sizeof room) > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
read_on (Fixture *self)
{
  g_unix_fd_add (self->fd, G_IO_IN, on_peer_readable, NULL);
}

static void
end_connection (Fixture *self,
                End      end,
                Call     call)
{
  switch (end)
    {
    case END_RESET:
      reset (self);
      break;
    case END_EOF:
      g_assert_cmpint (shutdown (self->fd, SHUT_WR), ==, 0);
      break;
    case END_TLS_CUT:
      cut (self->tls);
      break;
    case END_KEEPALIVE:
      if (call != CALL_READ_PART)
        set_keepalive (self, 10);
      break;
    case END_BROKEN_RULE:
      wire_write (self->fd, BAD_FRAME);
      break;
    case END_CLOSE:
      wire_write (self->fd, NORMAL_CLOSE);
      read_on (self);
      break;
    case N_ENDS:
      g_assert_not_reached ();
    }

  if (call == CALL_WRITE_PART && (end == END_EOF || end == END_BROKEN_RULE))
    read_on (self);
  run_until_closed (self->watched);
}

static void
check_close_info (Fixture *self,
                  End      end)
{
  const GError *error =
    wsp_close_info_get_error (wsp_connection_get_close_info (self->connection));

  if (ends[end].domain != NULL)
    g_assert_error (error, ends[end].domain (), ends[end].code);
  else
    g_assert_no_error (error);
}

static void
test_call (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  Moment moment = row % N_MOMENTS;
  Call call = row / N_MOMENTS % N_CALLS;
  End end = row / N_MOMENTS / N_CALLS;
  int expected = get_expected (end, call, moment);
  g_auto (Fixture) self = { 0 };
  g_autoptr (GError) error = NULL;

  set_up (&self, end, call);
  prepare_call (&self, call, moment);
  if (moment == CALL_WAITS)
    {
      begin_call (&self, call);
      run_pending ();
      g_assert_null (self.result);
    }
  end_connection (&self, end, call);
  check_close_info (&self, end);
  if (moment == CALL_IS_LATE)
    begin_call (&self, call);
  run_until_result (&self.result);
  finish_call (&self, call, &error);
  if (expected == NO_ERROR)
    g_assert_no_error (error);
  else
    g_assert_error (error, WSP_ERROR, expected);
}

/* The connection has failed, and has not ended yet: it waits for the peer's Close. */
static const struct
{
  const char *name;
  gboolean    is_abandoned;     /* TRUE: a message that has begun; FALSE: wsp_connection_fail () */
} failures[] = {
  { "of-a-handler", FALSE },
  { "of-an-abandoned-message", TRUE },
};

static void
abandon_message (Fixture *self)
{
  g_autoptr (GOutputStream) output =
    wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_BINARY,
                                  WSP_SEND_FLAGS_DEFAULT, NULL);

  g_assert_true (g_output_stream_write_all (output, "a", 1, NULL, NULL, NULL));
  run_pending ();
}

static void
test_failed (gconstpointer data)
{
  g_auto (Fixture) self = { 0 };
  g_autoptr (GError) cause = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "disk is full");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other = NULL;

  set_up (&self, END_EOF, CALL_SEND);
  if (failures[GPOINTER_TO_UINT (data)].is_abandoned)
    abandon_message (&self);
  else
    wsp_connection_fail (self.connection, cause);
  g_assert_null (wsp_connection_get_close_info (self.connection));
  g_assert_false (wsp_connection_queue_text (self.connection, "a", &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
  g_assert_null (wsp_connection_begin_message (self.connection, WSP_MESSAGE_TYPE_TEXT,
                                               WSP_SEND_FLAGS_DEFAULT, &other));
  g_assert_error (other, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
  wsp_connection_abort (self.connection);
  run_until_closed (self.watched);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint row = 0; row < N_ENDS * N_CALLS * N_MOMENTS; row++)
    {
      /* As with EOF, but here no peer reads on. */
      if (row == (END_TLS_CUT * N_CALLS + CALL_WRITE_PART) * N_MOMENTS + CALL_WAITS)
        continue;

      g_autofree char *path =
        g_strdup_printf ("/connection/ended-calls/%s/%s/%s",
                         ends[row / N_MOMENTS / N_CALLS].name,
                         call_names[row / N_MOMENTS % N_CALLS], moment_names[row % N_MOMENTS]);

      g_test_add_data_func (path, GUINT_TO_POINTER (row), test_call);
    }

  ADD_ROWS ("/connection/ended-calls/after-the-failure", failures, test_failed);

  return g_test_run ();
}
