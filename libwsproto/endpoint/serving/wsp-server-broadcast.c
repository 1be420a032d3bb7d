/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages to all connections of a server, or to some. */
#include "endpoint/serving/wsp-server-private.h"

#include "connection/message/wsp-message.h"
#include "connection/wsp-connection-transport-private.h"
#include "log/wsp-log-private.h"
#include "reactor/wsp-reactor-private.h"

#define SKIP_REPORT_TIME (10 * G_USEC_PER_SEC)

/* Logs at most one line in SKIP_REPORT_TIME; receivers that are skipped meanwhile are counted for
 * the next line. */
static void
report_skipped (WspWorker *worker,
                guint      n_skipped)
{
  gint64 now = wsp_reactor_get_time (worker->reactor);
  const WspLogFields fields = { .limit = "max-send-queue" };

  n_skipped += worker->n_skipped;
  worker->n_skipped = n_skipped;
  if (n_skipped == 0 || now < worker->next_skip_report)
    return;

  /* The counts are set before wsp_log (): a log handler of the program may broadcast the line. */
  worker->n_skipped = 0;
  worker->next_skip_report = now + SKIP_REPORT_TIME;
  wsp_log (WSP_LOG_LIMITS, WSP_LOG_LEVEL_INFO, &fields,
           "Broadcast skipped %u slow receivers: their send queues are full (see "
           "WspLimits:max-send-queue)", n_skipped);
}

static guint
send_to_all (WspWorker  *worker,
             WspMessage *message)
{
  guint n_taken = 0, n_skipped = 0;

  for (guint i = 0; i < worker->clients->len; i++)
    {
      WspServerClient *client = worker->clients->pdata[i];

      if (wsp_connection_send_quietly (client->connection, message, NULL))
        n_taken++;
      else if (wsp_connection_get_state (client->connection) == WSP_CONNECTION_STATE_OPEN)
        n_skipped++;
    }

  report_skipped (worker, n_skipped);
  return n_taken;
}

static void
broadcast_in_worker (gpointer receiver,
                     gpointer content)
{
  send_to_all (receiver, content);
}

/**
 * wsp_server_broadcast:
 * @self: a server
 * @message: (transfer none): a message
 *
 * Sends @message to all open connections. The message is put into frames once, for any number of
 * connections. With permessage-deflate without context takeover of the server the message is also
 * compressed once for each window size. A connection that is closing or whose send queue is
 * full does not get the message, and does not delay the others.
 *
 * With [method@Wsp.Server.start_workers] the message is queued for the threads, and all
 * their connections are counted.
 *
 * Returns: the number of connections that queued the message
 *
 * Since: 0.1
 */
guint
wsp_server_broadcast (WspServer  *self,
                      WspMessage *message)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);
  g_return_val_if_fail (message != NULL, 0);

  g_autoptr (WspServer) held = g_object_ref (self);     /* a tap may drop the server */
  guint n_taken = send_to_all (self->workers->pdata[0], message);

  for (guint i = 1; i < self->workers->len; i++)
    {
      WspWorker *worker = self->workers->pdata[i];

      n_taken += worker->n_connections;
      wsp_worker_invoke (worker, broadcast_in_worker, wsp_message_ref (message),
                         (GDestroyNotify) wsp_message_unref);
    }

  return n_taken;
}

static gboolean
is_list_of_connections (WspConnection **connections,
                        guint           n_connections)
{
  for (guint i = 0; i < n_connections; i++)
    if (!WSP_IS_CONNECTION (connections[i]))
      return FALSE;

  return TRUE;
}

/**
 * wsp_server_broadcast_to:
 * @self: a server
 * @connections: (transfer none) (array length=n_connections): some of its connections
 * @n_connections: the number of connections
 * @message: (transfer none): a message
 *
 * Sends @message to some connections, as [method@Wsp.Server.broadcast] does to all: the message is
 * put into frames once, and compressed as [method@Wsp.Server.broadcast] does. A connection that is
 * closing or whose send queue is full does not get the message, and does not delay the others.
 *
 * A connection of another thread is sent the message with
 * [method@Wsp.Connection.send_from_thread], and is counted when that function accepts the message;
 * the caller's reference to the connection must not be the last. A connection that is given twice
 * is sent the message twice.
 *
 * Returns: the number of connections that queued the message
 *
 * Since: 0.1
 */
guint
wsp_server_broadcast_to (WspServer      *self,
                         WspConnection **connections,
                         guint           n_connections,
                         WspMessage     *message)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);
  g_return_val_if_fail (is_list_of_connections (connections, n_connections), 0);
  g_return_val_if_fail (message != NULL, 0);

  g_autoptr (WspServer) held = g_object_ref (self);     /* taps may drop server and connections */
  g_autoptr (GPtrArray) receivers = g_ptr_array_new_full (n_connections, g_object_unref);
  guint n_taken = 0, n_skipped = 0;

  for (guint i = 0; i < n_connections; i++)
    g_ptr_array_add (receivers, g_object_ref (connections[i]));
  for (guint i = 0; i < receivers->len; i++)
    {
      WspConnection *connection = receivers->pdata[i];
      gboolean is_own = wsp_connection_is_in_context (connection, self->reactor);

      if (is_own ? wsp_connection_send_quietly (connection, message, NULL)
                 : wsp_connection_send_from_thread (connection, message, NULL))
        n_taken++;
      else if (wsp_connection_get_state (connection) == WSP_CONNECTION_STATE_OPEN)
        n_skipped++;
    }

  report_skipped (self->workers->pdata[0], n_skipped);
  return n_taken;
}
