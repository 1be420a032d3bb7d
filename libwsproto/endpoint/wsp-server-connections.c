/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The clients of a server: count, list, broadcast, shutdown.
 *
 * (1) A client is counted, for the server, its worker and its address, from
 *     wsp_server_client_new () to forget_client ().
 * (2) A client with a connection stores its positions in the worker's clients and in the list, so
 *     that leaving takes constant time.
 */
#include "endpoint/wsp-server-private.h"

#include <libwsproto/observe/wsp-close-code.h>

#include "base/wsp-session-error-private.h"
#include "connection/wsp-connection-transport-private.h"
#include "log/wsp-log-private.h"

#define WSP_TYPE_CONNECTION_LIST (wsp_connection_list_get_type ())
G_DECLARE_FINAL_TYPE (WspConnectionList, wsp_connection_list, WSP, CONNECTION_LIST, GObject)

struct _WspConnectionList       /* not sorted: the last client moves to a free place */
{
  GObject    parent_instance;
  GPtrArray *clients;
  gboolean   is_shown;          /* TRUE: the program has got the list */
};

static void wsp_connection_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WspConnectionList, wsp_connection_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      wsp_connection_list_model_init))

#define MAX_REASON 123
#define SKIP_REPORT_TIME (10 * G_USEC_PER_SEC)

static const char shutdown_tag[] = "shutdown";
static guint items_changed_signal;

static GType
wsp_connection_list_get_item_type (GListModel *model)
{
  return WSP_TYPE_CONNECTION;
}

static guint
wsp_connection_list_get_n_items (GListModel *model)
{
  return WSP_CONNECTION_LIST (model)->clients->len;
}

static gpointer
wsp_connection_list_get_item (GListModel *model,
                              guint       position)
{
  WspConnectionList *self = WSP_CONNECTION_LIST (model);

  if (position >= self->clients->len)
    return NULL;

  WspServerClient *client = self->clients->pdata[position];

  return g_object_ref (client->connection);
}

static void
wsp_connection_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = wsp_connection_list_get_item_type;
  iface->get_n_items = wsp_connection_list_get_n_items;
  iface->get_item = wsp_connection_list_get_item;
}

static void
wsp_connection_list_finalize (GObject *object)
{
  g_ptr_array_unref (WSP_CONNECTION_LIST (object)->clients);
  G_OBJECT_CLASS (wsp_connection_list_parent_class)->finalize (object);
}

static void
wsp_connection_list_class_init (WspConnectionListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsp_connection_list_finalize;
  items_changed_signal = g_signal_lookup ("items-changed", G_TYPE_LIST_MODEL);
}

static void
wsp_connection_list_init (WspConnectionList *self)
{
  self->clients = g_ptr_array_new ();
}

GListModel *
wsp_connection_list_new (void)
{
  return g_object_new (WSP_TYPE_CONNECTION_LIST, NULL);
}

GListModel *
wsp_connection_list_show (GListModel *list)
{
  WSP_CONNECTION_LIST (list)->is_shown = TRUE;
  return list;
}

/* Most programs do not use the list. */
static void
notify_change (WspConnectionList *self,
               guint              position,
               guint              n_removed,
               guint              n_added)
{
  if (self->is_shown && g_signal_has_handler_pending (self, items_changed_signal, 0, FALSE))
    g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

static void
list_client (WspConnectionList *self,
             WspServerClient   *client)
{
  client->list_position = self->clients->len;
  g_ptr_array_add (self->clients, client);
  notify_change (self, client->list_position, 0, 1);
}

/* Does not emit items-changed. */
static void
unlist_client (WspConnectionList *self,
               WspServerClient   *client)
{
  guint position = client->list_position;

  g_assert (self->clients->pdata[position] == client);  /* (2) */
  g_ptr_array_remove_index_fast (self->clients, position);
  if (position < self->clients->len)
    ((WspServerClient *) self->clients->pdata[position])->list_position = position;
}

/* Emits one change from the free place to the end of the list.  With two changes, for the removal
 * and for the client that has moved, the list would be wrong in between. */
static void
notify_unlisted (WspConnectionList *self,
                 guint              position)
{
  guint n_left = self->clients->len - position;

  notify_change (self, position, n_left + 1, n_left);
}

static guint
address_hash (gconstpointer key)
{
  const WspAddressCount *self = key;
  guint32 words[4];

  memcpy (words, self->bytes, sizeof words);
  return words[0] ^ words[1] ^ words[2] * 31 ^ words[3] * 2654435761u;
}

static gboolean
address_equal (gconstpointer left,
               gconstpointer right)
{
  const WspAddressCount *one = left, *other = right;

  return memcmp (one->bytes, other->bytes, sizeof one->bytes) == 0;
}

/* Addresses are counted only with a limit, because clients determine how much memory the table
 * needs. */
static WspAddressCount *
count_address (WspServer    *server,
               const guint8 *bytes)
{
  WspAddressCount key;
  WspAddressCount *count;

  if (server->addresses == NULL)
    server->addresses = g_hash_table_new_full (address_hash, address_equal, g_free, NULL);

  memcpy (key.bytes, bytes, sizeof key.bytes);
  count = g_hash_table_lookup (server->addresses, &key);
  if (count == NULL)
    {
      count = g_new0 (WspAddressCount, 1);
      memcpy (count->bytes, bytes, sizeof count->bytes);
      g_hash_table_add (server->addresses, count);
    }

  count->n_clients++;
  return count;
}

WspServerClient *
wsp_server_client_new (WspServer            *server,
                       WspWorker            *worker,
                       const WspServerRules *rules,
                       const guint8         *address)
{
  WspServerClient *self = g_slice_new0 (WspServerClient);

  self->worker = worker;
  self->list_position = WSP_NOT_LISTED;
  if (address != NULL && rules->max_per_address > 0)
    {
      self->address = count_address (server, address);
      self->exceeds_address_limit = self->address->n_clients > rules->max_per_address;
    }

  server->n_clients++;          /* (1) */
  worker->n_clients++;
  return self;
}

static void
end_shutdown (WspServer *self)
{
  WspCompletion *completion = g_steal_pointer (&self->shutdown);

  wsp_reactor_unset_timer (self->reactor, &self->shutdown_timer);
  wsp_server_stop_workers (self);
  wsp_completion_return_number (completion, 0);
}

/* (1) */
static void
uncount_client (WspServer       *server,
                WspServerClient *client)
{
  if (client->list_position != WSP_NOT_LISTED)
    client->worker->n_connections--;
  if (client->address != NULL && --client->address->n_clients == 0)
    g_hash_table_remove (server->addresses, client->address);

  client->worker->n_clients--;
  server->n_clients--;
}

/* A connection is unreffed in the context of its worker.  Handlers of items-changed run last: they
 * may drop the server, or wait for the end of a shutdown. */
static void
forget_client (gpointer receiver,
               gpointer content)
{
  g_autoptr (WspServer) server = g_object_ref (receiver);
  g_autoptr (WspConnectionList) list = WSP_CONNECTION_LIST (g_object_ref (server->connections));
  WspServerClient *client = content;
  g_autoptr (WspConnection) connection = client->connection;
  guint position = client->list_position;
  gboolean was_listed = position != WSP_NOT_LISTED;

  uncount_client (server, client);
  if (was_listed)
    unlist_client (list, client);
  if (connection != NULL)
    wsp_worker_invoke (client->worker, NULL, g_steal_pointer (&connection), g_object_unref);
  g_slice_free (WspServerClient, client);

  wsp_server_resume_accepting (server);
  if (server->n_clients == 0 && server->shutdown != NULL)
    end_shutdown (server);
  if (was_listed)
    notify_unlisted (list, position);
}

void
wsp_server_client_leave (WspServerClient *self)
{
  GPtrArray *clients = self->worker->clients;

  if (self->connection != NULL)
    {
      g_ptr_array_remove_index_fast (clients, self->position);
      if (self->position < clients->len)
        ((WspServerClient *) clients->pdata[self->position])->position = self->position;
    }

  wsp_worker_invoke_main (self->worker, forget_client, self, NULL);
}

static void
on_connection_ended (WspConnection *connection,
                     gpointer       owner)
{
  wsp_connection_set_ended_func (connection, NULL, NULL);
  wsp_server_client_leave (owner);
}

static void
list_connection (gpointer receiver,
                 gpointer content)
{
  WspServer *server = receiver;
  WspServerClient *client = content;

  client->worker->n_connections++;
  list_client (WSP_CONNECTION_LIST (server->connections), client);
}

static gboolean
serves (WspWorker       *self,
        WspServerClient *client,
        WspConnection   *connection)
{
  guint position;

  return g_ptr_array_find (self->clients, client, &position) && client->connection == connection;
}

/* on_connection_ended () runs after the handlers of `closed`, which still find the connection in
 * the list.  A tap may end the connection before it is listed. */
void
wsp_server_client_open (WspServerClient *self,
                        WspConnection   *connection,
                        WspHeadLog      *log,
                        GPtrArray       *taps)
{
  WspWorker *worker = self->worker;

  self->connection = g_object_ref (connection);
  self->position = self->worker->clients->len;
  g_ptr_array_add (self->worker->clients, self);
  wsp_connection_set_ended_func (connection, on_connection_ended, self);
  if (log != NULL)
    wsp_head_log_notify (log, taps, G_OBJECT (connection));
  if (log == NULL || serves (worker, self, connection))
    wsp_worker_invoke_main (worker, list_connection, self, NULL);
}

static GPtrArray *
list_connections (WspWorker *worker)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < worker->clients->len; i++)
    {
      WspServerClient *client = worker->clients->pdata[i];

      g_ptr_array_add (list, g_object_ref (client->connection));
    }

  return list;
}

static void
drop_pending (WspWorker *worker)
{
  while (!g_queue_is_empty (&worker->pending))
    wsp_server_handshake_drop (g_queue_peek_head (&worker->pending));
}

static void
abort_all (gpointer receiver,
           gpointer content)
{
  g_autoptr (GPtrArray) connections = list_connections (receiver);

  for (guint i = 0; i < connections->len; i++)
    wsp_connection_drop_transport (connections->pdata[i]);
}

void
wsp_worker_drop_all (WspWorker *self)
{
  drop_pending (self);
  abort_all (self, NULL);
}

/* `closed` is still emitted, but the server does not handle it. */
void
wsp_worker_abort_all_unnotified (WspWorker *self)
{
  drop_pending (self);
  while (self->clients->len > 0)
    {
      WspServerClient *client = self->clients->pdata[self->clients->len - 1];

      wsp_connection_set_ended_func (client->connection, NULL, NULL);
      wsp_connection_drop_transport (client->connection);
      wsp_server_client_leave (client);
    }
}

typedef struct
{
  guint16 code;
  char   *reason;
} CloseRequest;

static void
close_request_free (gpointer data)
{
  CloseRequest *self = data;

  g_free (self->reason);
  g_free (self);
}

static void
close_all (gpointer receiver,
           gpointer content)
{
  WspWorker *worker = receiver;
  g_autoptr (GPtrArray) connections = list_connections (worker);
  CloseRequest *request = content;

  drop_pending (worker);
  for (guint i = 0; i < connections->len; i++)
    wsp_connection_close_quietly (connections->pdata[i], request->code, request->reason);
}

static void
invoke_all (WspServer  *self,
            WspCallFunc func)
{
  for (guint i = 0; i < self->workers->len; i++)
    wsp_worker_invoke (self->workers->pdata[i], func, NULL, NULL);
}

static void
on_grace_over (WspTimer *timer)
{
  invoke_all (WSP_OWNER_OF (timer, WspServer, shutdown_timer), abort_all);
}

static void
cancel_shutdown (WspCompletion *completion,
                 gpointer       source_object)
{
  WspServer *self = WSP_SERVER (source_object);

  self->shutdown = NULL;
  wsp_reactor_unset_timer (self->reactor, &self->shutdown_timer);
  invoke_all (self, abort_all);
  wsp_completion_return_cancelled (completion);
}

static gboolean
check_shutdown (WspServer  *self,
                guint16     code,
                const char *reason,
                GError    **error)
{
  if (self->shutdown != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "Another shutdown is going on");
  else if (!wsp_close_code_is_sendable (code) && code != WSP_CLOSE_CODE_NO_STATUS)
    wsp_session_error_from_fault (error, WSC_FAULT_CLOSE_CODE_NOT_SENDABLE, 0, NULL);
  else if (reason != NULL && (strlen (reason) > MAX_REASON || !g_utf8_validate (reason, -1, NULL)))
    g_set_error_literal (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_ARGUMENT,
                         "Close reason is not UTF-8 of at most 123 bytes");
  else
    return TRUE;

  return FALSE;
}

/**
 * wsp_server_shutdown_async:
 * @self: a server
 * @code: close code for all connections, usually 1001
 * @reason: (transfer none) (nullable): close reason, at most 123 bytes
 * @grace: time to wait for the peers, in milliseconds; 0 = none
 * @cancellable: (transfer none) (nullable): a cancellable; cancelling aborts all connections
 * @callback: (scope async) (nullable): called when no connection is left
 * @user_data: for @callback
 *
 * Stops accepting, drops opening handshakes, closes all connections, and aborts those that
 * remain after @grace. Threads of [method@Wsp.Server.start_workers] end last.
 *
 * Fails with %G_IO_ERROR_PENDING while another shutdown is in progress, and with
 * [error@Wsp.SessionError.INVALID_ARGUMENT] for a code or a reason that cannot be sent.
 *
 * Since: 0.1
 */
void
wsp_server_shutdown_async (WspServer          *self,
                           guint16             code,
                           const char         *reason,
                           guint               grace,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  WspCompletion *completion = wsp_completion_new (self->reactor, self, shutdown_tag, cancellable,
                                                  callback, user_data);
  GError *error = NULL;

  if (!check_shutdown (self, code, reason, &error))
    {
      wsp_completion_return_error (completion, error);
      return;
    }

  self->shutdown = completion;
  wsp_completion_set_cancel_func (completion, cancel_shutdown);
  wsp_server_stop_accepting (self);
  self->shutdown_timer.expired = on_grace_over;
  wsp_reactor_set_timer (self->reactor, &self->shutdown_timer,
                         wsp_reactor_get_time (self->reactor) + grace * (gint64) 1000);
  for (guint i = 0; i < self->workers->len; i++)
    {
      CloseRequest *request = g_new0 (CloseRequest, 1);

      request->code = code;
      request->reason = g_strdup (reason);
      wsp_worker_invoke (self->workers->pdata[i], close_all, request, close_request_free);
    }

  /* The last handshake may have completed the shutdown already. */
  if (self->n_clients == 0 && self->shutdown != NULL)
    end_shutdown (self);
}

/**
 * wsp_server_shutdown_finish:
 * @self: a server
 * @result: (transfer none): a [iface@Gio.AsyncResult]
 * @error: return location for an error
 *
 * Finishes [method@Wsp.Server.shutdown_async].
 *
 * Returns: %TRUE if no connection is left
 *
 * Since: 0.1
 */
gboolean
wsp_server_shutdown_finish (WspServer    *self,
                            GAsyncResult *result,
                            GError      **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), FALSE);
  g_return_val_if_fail (wsp_completion_is_valid (result, self, shutdown_tag), FALSE);

  return wsp_completion_propagate_number (WSP_COMPLETION (result), error) >= 0;
}

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

  /* A handler of the log may broadcast the line. */
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
