/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* In each of the first callbacks of a reconnector, its client and its connections, the program
 * does something disruptive.  The requirements: a stopped reconnector makes no further attempt,
 * and a dropped one leaks nothing. */
#include "endpoint/far/dialed.h"
#include "endpoint/far/monitor.h"
#include "reactor/wsp-reactor-private.h"

#define N_PLACES 28             /* two rounds of the longest way */
#define SHORT 10                /* milliseconds of an inner main loop */
#define LIMIT 30                /* seconds after which a case fails */

typedef enum
{
  DO_NOTHING,
  DO_DROP,
  DO_STOP,
  DO_STOP_AND_RUN,
  DO_STOP_AND_START,
  DO_STOP_START_AND_RUN,
  DO_STOP_AND_DROP,
  DO_RETRY,
  DO_RUN,
  DO_ABORT,
  DO_CLOSE,
  DO_FLAP,
  DO_DISPOSE,
  DO_DISCONNECT,
  N_ACTIONS,
} Action;

static const char *const action_names[N_ACTIONS] = {
  "nothing", "drop", "stop", "stop-in-inner-loop", "stop-and-start", "stop-and-start-in-inner-loop",
  "stop-and-drop", "retry-now", "inner-loop", "abort", "close",
  "network-flaps", "dispose", "disconnect",
};

typedef struct
{
  Action          action;
  guint           at, n_reached;
  guint           n_failed, n_asked;
  gboolean        is_done, is_stopped, has_run_out;
  WspReconnector *reconnector;  /* the reconnector, with the only reference */
  WspConnection  *connection;   /* connection of the last attempt; nullable */
} Case;

static gboolean
end_loop (gpointer has_ended)
{
  *(gboolean *) has_ended = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (guint milliseconds)
{
  gboolean has_ended = FALSE;

  g_timeout_add (milliseconds, end_loop, &has_ended);
  run_until (&has_ended);
}

static void
stop (Case *self)
{
  wsp_reconnector_stop (self->reconnector);
  self->is_stopped = self->action == DO_STOP || self->action == DO_STOP_AND_RUN;
}

static void
restart (Case *self)
{
  if (self->action == DO_STOP_AND_START || self->action == DO_STOP_START_AND_RUN)
    wsp_reconnector_start (self->reconnector);
  if (self->action == DO_STOP_START_AND_RUN || self->action == DO_STOP_AND_RUN)
    run_for (SHORT);
  if (self->action == DO_STOP_AND_DROP)
    g_clear_object (&self->reconnector);
}

static void
do_action (Case *self)
{
  g_autoptr (GNetworkMonitor) monitor = NULL;

  switch (self->action)
    {
    case DO_DROP:
      g_clear_object (&self->reconnector);
      return;
    case DO_STOP:
    case DO_STOP_AND_RUN:
    case DO_STOP_AND_START:
    case DO_STOP_START_AND_RUN:
    case DO_STOP_AND_DROP:
      stop (self);
      restart (self);
      return;
    case DO_RETRY:
      self->is_stopped = FALSE;         /* it starts one that was stopped */
      wsp_reconnector_retry_now (self->reconnector);
      return;
    case DO_RUN:
      run_for (SHORT);
      return;
    case DO_ABORT:
      if (self->connection != NULL)
        wsp_connection_abort (self->connection);
      return;
    case DO_CLOSE:
      if (self->connection != NULL &&
          wsp_connection_get_state (self->connection) == WSP_CONNECTION_STATE_OPEN)
        wsp_connection_close_async (self->connection, 1000, NULL, NULL, NULL, NULL);
      return;
    case DO_FLAP:
      g_object_get (self->reconnector, "network-monitor", &monitor, NULL);
      for (guint i = 0; i < 9; i++)
        g_signal_emit_by_name (monitor, "network-changed", i % 3 > 0);
      return;
    case DO_DISPOSE:
      self->is_stopped = TRUE;
      g_object_run_dispose (G_OBJECT (self->reconnector));
      return;
    case DO_DISCONNECT:
      g_signal_handlers_disconnect_by_data (self->reconnector, self);
      return;
    case DO_NOTHING:
    case N_ACTIONS:
      return;
    }
}

static void
reach (Case       *self,
       const char *name)
{
  if (g_test_verbose ())
    g_test_message ("%u %s", self->n_reached, name);
  if (self->n_reached++ != self->at || self->is_done || self->reconnector == NULL)
    return;

  self->is_done = TRUE;
  do_action (self);
}

static void
on_notify (GObject    *object,
           GParamSpec *pspec,
           Case       *self)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();

  g_assert_cmpuint (wsp_reactor_get_depth (reactor), >, 0);
  reach (self, pspec->name);
}

static void
on_prepare (WspClient    *client,
            WspHandshake *handshake,
            Case         *self)
{
  g_assert_false (self->is_stopped);
  reach (self, "prepare");
}

static void
on_event (WspClient          *client,
          WspHandshake       *handshake,
          GSocketClientEvent  event,
          GSocketConnectable *place,
          GIOStream          *stream,
          Case               *self)
{
  if (event == G_SOCKET_CLIENT_COMPLETE)
    reach (self, "event");
}

static void
on_connected (WspReconnector *reconnector,
              WspConnection  *connection,
              Case           *self)
{
  g_autoptr (WspConnection) present = NULL;

  g_object_get (reconnector, "connection", &present, NULL);
  g_assert_true (present == connection);
  g_set_object (&self->connection, connection);
  wsp_connection_start_receiving (connection);
  reach (self, "connected");
}

static void
on_disconnected (WspReconnector *reconnector,
                 WspCloseInfo   *info,
                 Case           *self)
{
  g_assert_nonnull (info);
  reach (self, "disconnected");
}

static void
on_attempt_failed (WspReconnector *reconnector,
                   WspHandshake   *handshake,
                   const GError   *error,
                   Case           *self)
{
  self->n_failed++;
  reach (self, "attempt-failed");
  g_assert_nonnull (error->message);
}

/* The question comes once after each failure, unless a handler has stopped the reconnector. */
static gboolean
on_should_retry (WspReconnector *reconnector,
                 WspHandshake   *handshake,
                 const GError   *error,
                 Case           *self)
{
  g_assert_false (self->is_stopped);
  g_assert_cmpuint (self->n_failed, >, self->n_asked);
  self->n_asked = self->n_failed;
  reach (self, "should-retry");
  g_assert_nonnull (error->message);
  return handshake == NULL || wsp_handshake_get_response_status (handshake) != 404;
}

static void
on_handlers_gone (gpointer  data,
                  GClosure *closure)
{
  reach (data, "destroy-notify");
}

/* Sends "hi" and closes, like a server that restarts. */
static void
serve_shortly (FarPeer *peer,
               gpointer data)
{
  g_autofree char *head = far_read_head (peer);

  if (head != NULL)
    far_switch_and_end (peer, head);
}

#define ANSWER(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\n\r\n"

static const struct
{
  const char *name;
  FarFunc     serve;
  const char *answer, *uri;
} ways[] = {
  { "opens-and-ends", serve_shortly, NULL, "ws://127.0.0.1:PORT/" },
  { "stays-open", far_serve, NULL, "ws://127.0.0.1:PORT/" },
  { "503", far_serve, ANSWER ("503 Later"), "ws://127.0.0.1:PORT/" },
  { "404", far_serve, ANSWER ("404 None"), "ws://127.0.0.1:PORT/" },
  { "no-listener", far_serve, NULL, "ws://127.0.0.1:1/" },
  { "bad-uri", far_serve, NULL, "http://127.0.0.1/" },
};

static void
begin (Case       *self,
       const char *uri)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (TestMonitor) monitor = g_object_new (TEST_TYPE_MONITOR, NULL);

  g_signal_connect (client, "prepare", G_CALLBACK (on_prepare), self);
  g_signal_connect (client, "event", G_CALLBACK (on_event), self);
  self->reconnector = g_object_new (WSP_TYPE_RECONNECTOR, "client", client, "uri", uri,
                                    "network-monitor", monitor, "spread", 1, "min-delay", 1, "max-delay", 1, NULL);
  g_signal_connect_data (self->reconnector, "notify", G_CALLBACK (on_notify), self,
                         on_handlers_gone, 0);
  g_signal_connect (self->reconnector, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->reconnector, "disconnected", G_CALLBACK (on_disconnected), self);
  g_signal_connect (self->reconnector, "attempt-failed", G_CALLBACK (on_attempt_failed), self);
  g_signal_connect (self->reconnector, "should-retry", G_CALLBACK (on_should_retry), self);
}

static void
on_gone (gpointer is_gone,
         GObject *object)
{
  *(gboolean *) is_gone = TRUE;
}

/* A reconnector that was stopped or has given up reaches fewer callbacks. */
static void
run_case (guint  way,
          Action action,
          guint  at)
{
  Case self = { .action = action, .at = at };
  g_autoptr (Far) far = far_new (ways[way].serve, (gpointer) ways[way].answer);
  g_autofree char *uri = far_make_uri (ways[way].uri, far);
  gint64 end = g_get_monotonic_time () + LIMIT * G_USEC_PER_SEC;
  gboolean is_gone = FALSE, is_idle = FALSE;

  begin (&self, uri);
  g_object_weak_ref (G_OBJECT (self.reconnector), on_gone, &is_gone);
  wsp_reconnector_start (self.reconnector);
  while (!is_idle && self.reconnector != NULL && self.n_reached < N_PLACES + 8)
    {
      guint n_reached = self.n_reached;

      run_for (SHORT);
      is_idle = self.n_reached == n_reached;
    }
  if (self.reconnector != NULL)
    {
      wsp_reconnector_stop (self.reconnector);
      self.is_stopped = TRUE;
    }
  g_clear_object (&self.connection);
  run_for (1);
  g_clear_object (&self.reconnector);
  while (!is_gone && g_get_monotonic_time () < end)
    run_for (1);
  g_assert_true (is_gone);
  g_clear_object (&self.connection);
  run_pending ();
}

static void
test_action (gconstpointer data)
{
  guint way = GPOINTER_TO_UINT (data) / N_ACTIONS;
  Action action = GPOINTER_TO_UINT (data) % N_ACTIONS;

  for (guint at = 0; at < (action == DO_NOTHING ? 1 : N_PLACES); at++)
    run_case (way, action, at);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (ways) * N_ACTIONS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/reconnector-callbacks/%s/%s",
                                               ways[i / N_ACTIONS].name,
                                               action_names[i % N_ACTIONS]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_action);
    }

  return g_test_run ();
}
