/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Each asynchronous call is cancelled before it begins, while it waits, and after its end.  To
 * cancel is to stop waiting politely: nothing is lost, and what would end, ends at once. */
#define _GNU_SOURCE
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/listen.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef enum
{
  BEFORE,
  WAITING,
  AFTER,
  N_TIMES,
} Time;

static const char *const time_names[N_TIMES] = {
  "cancelled-before", "cancelled-while-it-waits", "cancelled-after-its-end",
};

typedef struct
{
  WspServer     *server;
  WspHandshake  *request;       /* handshake that the server has not decided yet; nullable */
  guint          n_prepared, n_requests;
  guint16        port;
  WspClient     *client;
  WspConnection *connection;
  GInputStream  *input;
  GOutputStream *output;
  char           buffer[8];
  int            fd;            /* the peer's end of the socket; -1: none */
  GString       *received;      /* text that the peer has received */
  gboolean       has_peer_end;
  GCancellable  *cancellable;
  GAsyncResult  *result;
} Scene;

typedef struct
{
  const char *name;
  void (*prepare)(Scene *self);
  void (*begin)(Scene *self);
  void (*complete)(Scene *self);        /* function that does what the call waits for; NULL: the
                                         * call never waits */
  gboolean (*finish)(Scene   *self,
                     GError **error);
  void (*check)(Scene *self,
                Time   time);
} Call;

/* The peer */

static void
read_at_peer (Scene *self)
{
  char bytes[4096];
  ssize_t n;

  while (self->fd >= 0 && (n = recv (self->fd, bytes, sizeof bytes, MSG_DONTWAIT)) >= 0)
    {
      if (n == 0)
        {
          self->has_peer_end = TRUE;
          return;
        }
      g_string_append_len (self->received, bytes, n);
    }
}

static gboolean
has_received (Scene      *self,
              const char *text)
{
  return memmem (self->received->str, self->received->len, text, strlen (text)) != NULL;
}

static void
wait_for_text (Scene      *self,
               const char *text)
{
  gsize length = 0;

  while (length == self->received->len || !has_received (self, text))
    {
      length = self->received->len;
      g_main_context_iteration (NULL, FALSE);
      read_at_peer (self);
    }
}

static void
wait_for_end (Scene *self)
{
  while (!self->has_peer_end)
    {
      g_main_context_iteration (NULL, FALSE);
      read_at_peer (self);
    }
}

/* Messages still go out. */
static void
check_open (Scene *self)
{
  g_assert_cmpint (wsp_connection_get_state (self->connection), ==, WSP_CONNECTION_STATE_OPEN);
  g_assert_true (wsp_connection_queue_text (self->connection, "still open", NULL));
  wait_for_text (self, "still open");
}

/* Without a Close if the call was cancelled before it began. */
static void
check_end (Scene *self,
           Time   time)
{
  wait_for_end (self);
  g_assert_true (has_received (self, "\x88\x02\x03") == (time != BEFORE));
}

/* Objects that calls need */

static void
make_connection (Scene *self)
{
  self->connection = wire_raw (WSP_ROLE_SERVER, &self->fd);
  wire_limit (self->connection, "close-timeout", 0);    /* only cancelling ends a wait */
}

/* The peer does not read, and the queue is above the high-water mark. */
static void
make_full_connection (Scene *self)
{
  g_autofree guint8 *zeros = g_malloc0 (4 << 20);

  make_connection (self);
  g_assert_true (wsp_connection_queue_binary (self->connection, zeros, 4 << 20, NULL));
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *request,
            Scene        *self)
{
  self->n_requests++;
  wsp_handshake_defer (request);
  g_set_object (&self->request, request);
  return FALSE;
}

static void
make_server (Scene *self)
{
  self->server = wsp_server_new ();
  wsp_limits_set_close_timeout (wsp_server_get_limits (self->server), 0);
  self->port = listen_on_free_port (self->server, NULL);
  self->client = wsp_client_new ();
}

static void
make_deferring_server (Scene *self)
{
  make_server (self);
  g_signal_connect_swapped (self->client, "prepare", G_CALLBACK (g_atomic_int_inc),
                            &self->n_prepared);
  g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
}

static void
join_server (Scene *self)
{
  self->fd = knock_dial (self->port);
  knock_send (self->fd, KNOCK_REQUEST (""));
  g_free (knock_read (self->fd, "\r\n\r\n"));
}

static void
make_joined_server (Scene *self)
{
  make_server (self);
  join_server (self);
}

/* Connecting */

static char *
make_uri (Scene *self)
{
  return g_strdup_printf ("ws://127.0.0.1:%u/", self->port);
}

static void
begin_connect (Scene *self)
{
  g_autofree char *uri = make_uri (self);

  wsp_client_connect_async (self->client, uri, NULL, NULL, self->cancellable, keep_result,
                            &self->result);
}

static gboolean
finish_connect (Scene   *self,
                GError **error)
{
  self->connection = wsp_client_connect_finish (self->client, self->result, error);
  return self->connection != NULL;
}

static void
begin_open (Scene *self)
{
  g_autofree char *uri = make_uri (self);
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (uri, NULL, NULL, NULL);

  wsp_client_open_async (self->client, handshake, NULL, self->cancellable, keep_result,
                         &self->result);
}

static gboolean
finish_open (Scene   *self,
             GError **error)
{
  self->connection = wsp_client_open_finish (self->client, self->result, error);
  return self->connection != NULL;
}

static void
accept_request (Scene *self)
{
  while (self->request == NULL)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (wsp_handshake_accept (self->request, NULL, NULL, NULL));
}

static void
check_connect (Scene *self,
               Time   time)
{
  g_assert_cmpuint (self->n_prepared, ==, time != BEFORE);
  g_assert_cmpuint (self->n_requests, ==, time != BEFORE);
  if (time == AFTER)
    g_assert_cmpint (wsp_connection_get_state (self->connection), ==, WSP_CONNECTION_STATE_OPEN);
}

/* Receiving */

static void
begin_receive (Scene *self)
{
  wsp_connection_receive_async (self->connection, self->cancellable, keep_result, &self->result);
}

static void
begin_receive_stream (Scene *self)
{
  wsp_connection_receive_stream_async (self->connection, self->cancellable, keep_result,
                                       &self->result);
}

static void
send_message (Scene *self)
{
  wire_write (self->fd, "81 81 00 00 00 00 61");
}

static gboolean
finish_receive (Scene   *self,
                GError **error)
{
  g_autoptr (WspMessage) message =
    wsp_connection_receive_finish (self->connection, self->result, error);

  return message != NULL;
}

static gboolean
finish_receive_stream (Scene   *self,
                       GError **error)
{
  g_autoptr (WspMessageStream) stream =
    wsp_connection_receive_stream_finish (self->connection, self->result, error);

  return stream != NULL;
}

/* The next call gets the message. */
static void
check_receive (Scene *self,
               Time   time)
{
  wire_write (self->fd, "81 81 00 00 00 00 62");

  g_autoptr (WspMessage) message = receive (self->connection, NULL);

  g_assert_cmpstr (wsp_message_get_text (message), ==, "b");
  check_open (self);
}

/* Sending */

static void
begin_send (Scene *self)
{
  wire_send_text (self->connection, "cancelled", self->cancellable, keep_result, &self->result);
}

static void
begin_flush (Scene *self)
{
  wsp_connection_flush_async (self->connection, self->cancellable, keep_result, &self->result);
}

static gboolean
finish_send (Scene   *self,
             GError **error)
{
  return wsp_connection_send_message_finish (self->connection, self->result, error);
}

static gboolean
finish_flush (Scene   *self,
              GError **error)
{
  return wsp_connection_flush_finish (self->connection, self->result, error);
}

static void
check_send (Scene *self,
            Time   time)
{
  check_open (self);
  g_assert_true (has_received (self, "cancelled") == (time == AFTER));
}

static void
check_flush (Scene *self,
             Time   time)
{
  check_open (self);
}

/* Pinging */

static void
begin_ping (Scene *self)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("ping", 4);

  wsp_connection_ping_async (self->connection, payload, self->cancellable, keep_result,
                             &self->result);
}

static void
send_pong (Scene *self)
{
  wire_write (self->fd, "8a 84 00 00 00 00 70 69 6e 67");
}

static gboolean
finish_ping (Scene   *self,
             GError **error)
{
  return wsp_connection_ping_finish (self->connection, self->result, error) >= 0;
}

/* The pong of a ping that was cancelled is no fault. */
static void
check_ping (Scene *self,
            Time   time)
{
  if (time == WAITING)
    send_pong (self);
  check_open (self);
  g_assert_true (has_received (self, "ping") == (time != BEFORE));
}

/* Closing */

static void
begin_close (Scene *self)
{
  wsp_connection_close_async (self->connection, 1000, NULL, self->cancellable, keep_result,
                              &self->result);
}

static void
send_close (Scene *self)
{
  wire_write (self->fd, "88 82 00 00 00 00 03 e8");
}

static gboolean
finish_close (Scene   *self,
              GError **error)
{
  return wsp_connection_close_finish (self->connection, self->result, error);
}

static void
check_close (Scene *self,
             Time   time)
{
  check_end (self, time);
  while (wsp_connection_get_state (self->connection) != WSP_CONNECTION_STATE_CLOSED)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (self->connection)) ==
                 (time == AFTER));
}

static void
begin_shutdown (Scene *self)
{
  wsp_server_shutdown_async (self->server, 1001, NULL, 100000, self->cancellable, keep_result,
                             &self->result);
}

static void
send_going_away (Scene *self)
{
  wire_write (self->fd, "88 82 00 00 00 00 03 e9");
}

static gboolean
finish_shutdown (Scene   *self,
                 GError **error)
{
  return wsp_server_shutdown_finish (self->server, self->result, error);
}

/* A server that listens again keeps its new connections. */
static void
check_shutdown (Scene *self,
                Time   time)
{
  GListModel *list = wsp_server_get_connections (self->server);

  check_end (self, time);
  while (g_list_model_get_n_items (list) > 0)
    g_main_context_iteration (NULL, FALSE);
  close (self->fd);
  self->port = listen_on_free_port (self->server, NULL);
  join_server (self);
  run_pending ();
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);
}

/* The streams of messages */

static void
make_input (Scene *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  make_connection (self);
  wire_write (self->fd, "01 81 00 00 00 00 61");
  wsp_connection_receive_stream_async (self->connection, NULL, keep_result, &result);
  run_until_result (&result);
  self->input = G_INPUT_STREAM (wsp_connection_receive_stream_finish (self->connection, result,
                                                                      NULL));
  g_assert_cmpint (g_input_stream_read (self->input, self->buffer, 8, NULL, NULL), ==, 1);
}

static void
begin_read (Scene *self)
{
  g_input_stream_read_async (self->input, self->buffer, 8, G_PRIORITY_DEFAULT, self->cancellable,
                             keep_result, &self->result);
}

static void
send_piece (Scene *self)
{
  wire_write (self->fd, "00 81 00 00 00 00 62");
}

static gboolean
finish_read (Scene   *self,
             GError **error)
{
  return g_input_stream_read_finish (self->input, self->result, error) == 1;
}

static void
check_read (Scene *self,
            Time   time)
{
  g_clear_object (&self->cancellable);
  g_clear_object (&self->result);
  send_piece (self);
  begin_read (self);
  run_until_result (&self->result);
  g_assert_true (finish_read (self, NULL));
  g_assert_cmpint (self->buffer[0], ==, 'b');
  check_open (self);
}

static void
begin_close_input (Scene *self)
{
  g_input_stream_close_async (self->input, G_PRIORITY_DEFAULT, self->cancellable, keep_result,
                              &self->result);
}

static gboolean
finish_close_input (Scene   *self,
                    GError **error)
{
  return g_input_stream_close_finish (self->input, self->result, error);
}

/* The rest of the message is skipped. */
static void
check_close_input (Scene *self,
                   Time   time)
{
  wire_write (self->fd, "80 81 00 00 00 00 62");
  check_receive (self, time);
}

static void
make_output (Scene *self)
{
  make_connection (self);
  self->output = wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_BINARY,
                                               WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
make_full_output (Scene *self)
{
  make_full_connection (self);
  self->output = wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_BINARY,
                                               WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
begin_write (Scene *self)
{
  g_output_stream_write_async (self->output, "cancelled", 9, G_PRIORITY_DEFAULT, self->cancellable,
                               keep_result, &self->result);
}

static gboolean
finish_write (Scene   *self,
              GError **error)
{
  return g_output_stream_write_finish (self->output, self->result, error) == 9;
}

static void
check_write (Scene *self,
             Time   time)
{
  g_assert_true (g_output_stream_close (self->output, NULL, NULL));
  check_send (self, time);
}

static void
begin_close_output (Scene *self)
{
  g_output_stream_close_async (self->output, G_PRIORITY_DEFAULT, self->cancellable, keep_result,
                               &self->result);
}

static gboolean
finish_close_output (Scene   *self,
                     GError **error)
{
  return g_output_stream_close_finish (self->output, self->result, error);
}

/* A message of which nothing was sent is given up without harm. */
static void
check_close_output (Scene *self,
                    Time   time)
{
  check_open (self);
  g_assert_true (has_received (self, "\x82") == (time == AFTER));
}

static const Call calls[] = {
  { "connect", make_deferring_server, begin_connect, accept_request, finish_connect, check_connect },
  { "open", make_deferring_server, begin_open, accept_request, finish_open, check_connect },
  { "receive", make_connection, begin_receive, send_message, finish_receive, check_receive },
  { "receive-stream", make_connection, begin_receive_stream, send_message, finish_receive_stream, check_receive },
  { "send", make_full_connection, begin_send, read_at_peer, finish_send, check_send },
  { "flush", make_full_connection, begin_flush, read_at_peer, finish_flush, check_flush },
  { "flush-of-nothing", make_connection, begin_flush, NULL, finish_flush, check_flush },
  { "ping", make_connection, begin_ping, send_pong, finish_ping, check_ping },
  { "close", make_connection, begin_close, send_close, finish_close, check_close },
  { "shutdown", make_joined_server, begin_shutdown, send_going_away, finish_shutdown, check_shutdown },
  { "stream-read", make_input, begin_read, send_piece, finish_read, check_read },
  { "stream-close", make_input, begin_close_input, NULL, finish_close_input, check_close_input },
  { "stream-write", make_full_output, begin_write, read_at_peer, finish_write, check_write },
  { "stream-end", make_output, begin_close_output, NULL, finish_close_output, check_close_output },
};

/* The input of a message closes whatever the cancellable says: closing does not wait. */
static gboolean
ignores_cancellable (const Call *call)
{
  return call->begin == begin_close_input;
}

static void
run_until_blocked (Scene *self)
{
  for (guint i = 0; i < 20; i++)
    {
      run_pending ();
      g_usleep (500);           /* for what a socket passes on */
    }
  g_assert_null (self->result);
}

static void
complete (Scene      *self,
          const Call *call)
{
  if (call->complete != NULL)
    call->complete (self);
  while (self->result == NULL)
    {
      g_main_context_iteration (NULL, FALSE);
      read_at_peer (self);
    }
}

static void
run_call (Scene      *self,
          const Call *call,
          Time        time)
{
  g_autoptr (GError) error = NULL;

  if (time == BEFORE)
    g_cancellable_cancel (self->cancellable);
  call->begin (self);
  g_assert_null (self->result);
  if (time == WAITING)
    {
      run_until_blocked (self);
      g_cancellable_cancel (self->cancellable);
    }
  if (time == AFTER)
    complete (self, call);
  else
    run_until_result (&self->result);

  gboolean is_done = call->finish (self, &error);

  if (time == AFTER || ignores_cancellable (call))
    g_assert_no_error (error);
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (is_done == (error == NULL));
  if (time == AFTER)
    g_cancellable_cancel (self->cancellable);
  run_pending ();
}

static void
test_call (gconstpointer data)
{
  const Call *call = &calls[GPOINTER_TO_UINT (data) / N_TIMES];
  Time time = GPOINTER_TO_UINT (data) % N_TIMES;
  Scene self = { .fd = -1, .received = g_string_new (NULL), .cancellable = g_cancellable_new () };

  call->prepare (&self);
  run_call (&self, call, time);
  call->check (&self, time);

  g_clear_object (&self.result);
  g_clear_object (&self.input);
  g_clear_object (&self.output);
  if (self.connection != NULL)
    wsp_connection_abort (self.connection);
  g_clear_object (&self.connection);
  g_clear_object (&self.request);
  g_clear_object (&self.server);
  g_clear_object (&self.client);
  g_clear_object (&self.cancellable);
  run_pending ();
  g_string_free (self.received, TRUE);
  if (self.fd >= 0)
    close (self.fd);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (calls) * N_TIMES; i++)
    {
      const Call *call = &calls[i / N_TIMES];
      g_autofree char *path = g_strdup_printf ("/endpoint/cancel/%s/%s", call->name,
                                               time_names[i % N_TIMES]);

      if (call->complete != NULL || i % N_TIMES != WAITING)
        g_test_add_data_func (path, GUINT_TO_POINTER (i), test_call);
    }

  return g_test_run ();
}
