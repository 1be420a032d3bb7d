/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A connection with a receiver of messages starts by itself, when the callback or the handlers that
 * were given the connection have returned.  Until then the program may do other things with it. */
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/heads.h"
#include "lib/limit.h"
#include "lib/listen.h"

#include <sys/socket.h>

#define PATH "/endpoint/starting/"
#define TIME_LIMIT 60           /* seconds, for one case */
#define PATTERN "*expected a function or handlers of message, received both*"

typedef enum
{
  OF_SERVER,
  OF_CONNECT,
  OF_OPEN,
  OF_RECONNECTOR,
  OF_ADOPT,
  N_GIVERS,
} Giver;

typedef enum
{
  HANDLER,
  FUNCTION,
  BOTH,                         /* function and handler, the function first */
  NONE,
  N_RECEIVERS,
} Receiver;

typedef enum
{
  RETURNS,
  SETS_LATER,                   /* sets the receivers when the callback has returned */
  RUNS_LOOP,
  RECEIVES,
  STOPS,
  DROPS,
  ABORTS,
  CLOSES,
  BLOCKS,                       /* blocks in the handler */
  IN_WORKER,
  N_DEEDS,
} Deed;

static const char *const giver_names[N_GIVERS] = {
  "server", "connect", "open", "reconnector", "adopt",
};
static const char *const receiver_names[N_RECEIVERS] = { "handler", "function", "both", "none" };
static const char *const deed_names[N_DEEDS] = {
  "starts-when-the-callback-returns", "starts-when-a-function-is-set-later", "waits-while-the-callback-runs-a-loop",
  "does-not-start-after-receive", "does-not-start-after-stop", "starts-if-the-callback-drops-it",
  "is-freed-after-abort", "receives-up-to-the-close", "does-not-start-for-a-blocked-handler",
  "starts-in-its-worker",
};

/* Where the message goes; "" = the message waits. */
static const char *const places[N_DEEDS][N_RECEIVERS] = {
  [RETURNS] = { "handler ", "function ", "function ", "" },
  [SETS_LATER] = { "", "function ", "function ", "" },
  [RUNS_LOOP] = { "handler ", "function ", "function ", "" },
  [RECEIVES] = { "result ", "result ", "result ", "result " },
  [STOPS] = { "", "", "", "" },
  [DROPS] = { "handler ", "function ", "function ", "" },
  [ABORTS] = { "", "", "", "" },
  [CLOSES] = { "handler ", "function ", "function ", "" },
  [BLOCKS] = { "", "function ", "function ", "" },
  [IN_WORKER] = { "handler ", "function ", "function ", "" },
};

/* TRUE: a connection with a function and a handler starts, which is a critical. */
static const gboolean starts[N_DEEDS] = {
  [RETURNS] = TRUE, [RUNS_LOOP] = TRUE, [DROPS] = TRUE, [ABORTS] = TRUE, [CLOSES] =
    TRUE, [IN_WORKER] = TRUE,
};

typedef struct
{
  Giver           giver;
  Receiver        receiver;
  Deed            deed;
  WspServer      *server;
  WspClient      *client;
  WspReconnector *reconnector;
  WspConnection  *peer;         /* connection that sends the message */
  WspConnection  *connection;   /* connection that the program has a reference to */
  int             is_freed;     /* TRUE if the connection was finalized; atomic */
  GMutex          lock;         /* lock for log and thread */
  GString        *log;
  GThread        *thread;       /* thread in which the connection was given */
  int             is_given;     /* TRUE if the callback has returned, or is about to; atomic */
} Case;

static void
note (Case       *self,
      const char *word)
{
  g_mutex_lock (&self->lock);
  g_assert_true (self->thread == g_thread_self ());
  g_string_append (self->log, word);
  g_mutex_unlock (&self->lock);
  g_main_context_wakeup (NULL);
}

static gboolean
is_log (Case       *self,
        const char *expected)
{
  g_mutex_lock (&self->lock);

  gboolean is_equal = g_str_equal (self->log->str, expected);

  g_mutex_unlock (&self->lock);
  return is_equal;
}

static void
on_signal (WspConnection *connection,
           WspMessage    *message,
           Case          *self)
{
  note (self, "handler ");
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       data)
{
  note (data, "function ");
}

static void
on_received (GObject      *connection,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (WspMessage) message =
    wsp_connection_receive_finish (WSP_CONNECTION (connection), result, NULL);

  g_assert_nonnull (message);
  note (data, "result ");
}

static void
set_receivers (Case *self)
{
  if (self->receiver == FUNCTION || self->receiver == BOTH)
    wsp_connection_set_message_func (self->connection, on_message, self, NULL);
  if (self->receiver == HANDLER || self->receiver == BOTH)
    g_signal_connect (self->connection, "message", G_CALLBACK (on_signal), self);
}

static guint64
count_messages (WspConnection *connection)
{
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (connection);

  return stats->messages_received;
}

static void
run_until_read_ahead (Case *self)
{
  while (count_messages (self->connection) == 0)
    g_main_context_iteration (NULL, TRUE);
  run_pending ();
  g_assert_true (is_log (self, ""));
}

static void
do_deed (Case *self)
{
  switch (self->deed)
    {
    case RUNS_LOOP:
      run_until_read_ahead (self);
      return;
    case RECEIVES:
      wsp_connection_receive_async (self->connection, NULL, on_received, self);
      return;
    case STOPS:
      wsp_connection_stop_receiving (self->connection);
      return;
    case ABORTS:
      wsp_connection_abort (self->connection);
      return;
    case CLOSES:
      run_until_read_ahead (self);
      wsp_connection_close_async (self->connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
      return;
    case BLOCKS:
      g_signal_handlers_block_by_func (self->connection, on_signal, self);
      return;
    case DROPS:
    case IN_WORKER:
      g_clear_object (&self->connection);
      return;
    case RETURNS:
    case SETS_LATER:
    case N_DEEDS:
      return;
    }
}

static void
on_freed (gpointer data,
          GObject *connection)
{
  Case *self = data;

  g_atomic_int_set (&self->is_freed, TRUE);
  g_main_context_wakeup (NULL);
}

/* The program is given the connection. */
static void
take (Case          *self,
      WspConnection *connection)
{
  self->thread = g_thread_self ();
  self->connection = g_object_ref (connection);
  g_object_weak_ref (G_OBJECT (connection), on_freed, self);
  if (self->receiver == BOTH && starts[self->deed])
    g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, PATTERN);
  if (self->deed != SETS_LATER)
    set_receivers (self);

  do_deed (self);
  g_atomic_int_set (&self->is_given, TRUE);
  g_main_context_wakeup (NULL);
}

static void
on_peer_opened (Case          *self,
                WspConnection *peer)
{
  g_assert_null (self->peer);
  self->peer = g_object_ref (peer);
  wsp_connection_start_receiving (peer);
  wsp_connection_queue_text (peer, "one", NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Case          *self)
{
  if (self->giver == OF_SERVER || self->giver == OF_ADOPT)
    take (self, connection);
  else
    on_peer_opened (self, connection);
}

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      data)
{
  Case *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WspConnection) connection =
    self->giver == OF_OPEN ? wsp_client_open_finish (WSP_CLIENT (client), result, &error)
                           : wsp_client_connect_finish (WSP_CLIENT (client), result, &error);

  g_assert_no_error (error);
  if (self->giver == OF_SERVER)
    on_peer_opened (self, connection);
  else
    take (self, connection);
}

static void
on_reconnected (WspReconnector *reconnector,
                WspConnection  *connection,
                Case           *self)
{
  take (self, connection);
}

static void
adopt (Case *self)
{
  g_autoptr (WspHeaders) headers = parse_headers (KNOCK_FIELDS "\r\n", NULL);
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_server ("GET", "/", "HTTP/1.1", headers,
                                                                 NULL);
  GIOStream *streams[2];
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GSocket) socket = g_socket_new_from_fd (pair[i], NULL);

      streams[i] = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
    }

  g_autoptr (WspConnection) peer =
    wsp_connection_new_for_stream (streams[0], WSP_ROLE_CLIENT, NULL, NULL, NULL, NULL);
  g_autoptr (WspConnection) connection = wsp_server_adopt (self->server, handshake, streams[1],
                                                           NULL);

  g_assert_nonnull (connection);
  on_peer_opened (self, peer);
  g_object_unref (streams[0]);
  g_object_unref (streams[1]);
}

static void
connect_client (Case *self)
{
  guint16 port = listen_on_free_port (self->server, "127.0.0.1");
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", port);
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (uri, NULL, NULL, NULL);

  if (self->giver == OF_RECONNECTOR)
    {
      self->reconnector = wsp_reconnector_new (uri, self->client);
      g_signal_connect (self->reconnector, "connected", G_CALLBACK (on_reconnected), self);
      wsp_reconnector_start (self->reconnector);
    }
  else if (self->giver == OF_OPEN)
    {
      wsp_client_open_async (self->client, handshake, NULL, NULL, on_connected, self);
    }
  else
    {
      wsp_client_connect_async (self->client, uri, NULL, NULL, NULL, on_connected, self);
    }
}

static void
case_init (Case    *self,
           Giver    giver,
           Receiver receiver,
           Deed     deed)
{
  *self = (Case) { .giver = giver, .receiver = receiver, .deed = deed,
                   .log = g_string_new (NULL) };
  g_mutex_init (&self->lock);
  self->server = wsp_server_new ();
  self->client = wsp_client_new ();
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  if (deed == IN_WORKER)
    g_assert_true (wsp_server_start_workers (self->server, 1, NULL));
}

static void
begin (Case *self)
{
  if (self->giver == OF_ADOPT)
    adopt (self);
  else
    connect_client (self);
  while (!g_atomic_int_get (&self->is_given) || self->peer == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
run_until_log (Case       *self,
               const char *expected)
{
  while (!is_log (self, expected))
    g_main_context_iteration (NULL, TRUE);
}

/* A message that waits is not lost. */
static void
check_waiting (Case *self)
{
  run_until_read_ahead (self);
  if (self->receiver == NONE)
    {
      wsp_connection_receive_async (self->connection, NULL, on_received, self);
      run_until_log (self, "result ");
      return;
    }

  if (self->receiver == BOTH)
    g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, PATTERN);
  if (self->deed == BLOCKS)
    g_signal_handlers_unblock_by_func (self->connection, on_signal, self);
  wsp_connection_start_receiving (self->connection);
  run_until_log (self, places[RETURNS][self->receiver]);
}

/* The connection keeps itself alive until it is closed, and not longer. */
static void
case_clear (Case *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (self->reconnector != NULL)
    wsp_reconnector_stop (self->reconnector);
  g_clear_object (&self->reconnector);
  wsp_connection_abort (self->peer);
  g_clear_object (&self->peer);
  g_clear_object (&self->connection);
  wsp_server_shutdown_async (self->server, WSP_CLOSE_CODE_GOING_AWAY, NULL, 1, NULL, keep_result,
                             &result);
  run_until_result (&result);
  while (!g_atomic_int_get (&self->is_freed))
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&result);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  run_pending ();
  g_string_free (self->log, TRUE);
  g_mutex_clear (&self->lock);
}

static void
run_case (Giver    giver,
          Receiver receiver,
          Deed     deed)
{
  const char *place = places[deed][receiver];
  Case self;

  case_init (&self, giver, receiver, deed);
  begin (&self);
  if (deed == SETS_LATER)
    {
      run_pending ();
      set_receivers (&self);
    }

  if (*place != '\0')
    run_until_log (&self, place);
  else if (self.connection != NULL && deed != ABORTS && deed != CLOSES)
    check_waiting (&self);
  g_test_assert_expected_messages ();
  if (deed == DROPS && receiver != NONE)
    g_assert_false (self.is_freed);
  case_clear (&self);
}

static gboolean
is_possible (Giver giver,
             Deed  deed)
{
  return giver == OF_SERVER || deed != IN_WORKER;
}

static void
test_deed (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  Giver giver = number / N_DEEDS;
  Deed deed = number % N_DEEDS;

  for (Receiver receiver = 0; receiver < N_RECEIVERS; receiver++)
    {
      g_autofree char *name = g_strconcat (giver_names[giver], "/", deed_names[deed], "/",
                                           receiver_names[receiver], NULL);

      limit_set (TIME_LIMIT, name);
      run_case (giver, receiver, deed);
      limit_clear ();
    }
}

/* A function beside a handler is refused, and the handler goes on. */
static void
test_function_beside_handler (void)
{
  GObject *counted = g_object_new (G_TYPE_OBJECT, NULL);
  Case self;

  case_init (&self, OF_CONNECT, HANDLER, STOPS);
  begin (&self);
  g_object_add_weak_pointer (counted, (gpointer *) &counted);
  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, PATTERN);
  wsp_connection_set_message_func (self.connection, on_message, counted, g_object_unref);
  g_test_assert_expected_messages ();
  g_assert_null (counted);
  wsp_connection_start_receiving (self.connection);
  run_until_log (&self, "handler ");
  case_clear (&self);
}

static void
stop_too (WspServer     *server,
          WspConnection *connection,
          gpointer       data)
{
  wsp_connection_stop_receiving (connection);
}

/* The connection starts when the last handler has returned: the first one does not start it. */
static void
test_second_handler (void)
{
  Case self;

  case_init (&self, OF_SERVER, FUNCTION, RETURNS);
  g_signal_connect (self.server, "connection", G_CALLBACK (stop_too), NULL);
  begin (&self);
  check_waiting (&self);
  case_clear (&self);
}

static void
drop_connection (gpointer place)
{
  g_clear_object ((WspConnection **) place);
}

/* The last reference belongs to the data of a function, which another function replaces. */
static void
test_last_reference (void)
{
  Case self;

  case_init (&self, OF_CONNECT, NONE, STOPS);
  begin (&self);
  wsp_connection_set_message_func (self.connection, on_message, &self.connection, drop_connection);
  wsp_connection_set_message_func (self.connection, NULL, NULL, NULL);
  g_assert_true (self.is_freed);
  case_clear (&self);
}

typedef struct
{
  Case          *of;
  GMainContext  *context;
  GThread       *thread;
} Caller;

static gpointer
run_caller (gpointer data)
{
  Caller *self = data;

  while (!g_atomic_int_get (&self->of->is_given))
    g_main_context_iteration (self->context, TRUE);
  return NULL;
}

/* The callback runs in a context of another thread: the connection starts in its own thread. */
static void
test_other_context (gconstpointer data)
{
  gboolean has_thread = data != NULL;
  Case self;
  Caller caller = { &self, g_main_context_new (), NULL };

  case_init (&self, OF_CONNECT, HANDLER, RETURNS);
  g_main_context_push_thread_default (caller.context);
  connect_client (&self);
  g_main_context_pop_thread_default (caller.context);
  if (has_thread)
    caller.thread = g_thread_new ("caller", run_caller, &caller);
  while (!g_atomic_int_get (&self.is_given) || self.peer == NULL)
    {
      g_main_context_iteration (NULL, FALSE);
      if (!has_thread)
        g_main_context_iteration (caller.context, FALSE);
    }
  if (has_thread)
    g_thread_join (caller.thread);
  self.thread = g_thread_self ();
  g_clear_object (&self.connection);    /* the connection is kept until it has started */
  run_until_log (&self, "handler ");
  case_clear (&self);
  g_main_context_unref (caller.context);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (Giver giver = 0; giver < N_GIVERS; giver++)
    for (Deed deed = 0; deed < N_DEEDS; deed++)
      {
        g_autofree char *path = g_strconcat (PATH, giver_names[giver], "/", deed_names[deed], NULL);

        if (is_possible (giver, deed))
          g_test_add_data_func (path, GUINT_TO_POINTER (giver * N_DEEDS + deed), test_deed);
      }

  g_test_add_func (PATH "function/beside-a-handler-is-refused", test_function_beside_handler);
  g_test_add_func (PATH "function/that-holds-the-last-reference", test_last_reference);
  g_test_add_func (PATH "server/waits-for-its-second-handler", test_second_handler);
  g_test_add_data_func (PATH "connect/starts-after-a-callback-in-another-context", NULL,
                        test_other_context);
  g_test_add_data_func (PATH "connect/starts-after-a-callback-in-another-thread", PATH,
                        test_other_context);
  return g_test_run ();
}
