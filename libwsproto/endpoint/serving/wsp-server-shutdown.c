/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The end of a server's connections: closed by a shutdown, or dropped. */
#include "endpoint/serving/wsp-server-private.h"

#include "base/wsp-error-private.h"
#include "connection/wsp-connection-transport-private.h"
#include "core/close-code.h"
#include "core/frames/close-payload.h"
#include "reactor/wsp-reactor-private.h"

static const char shutdown_tag[] = "shutdown";

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
  wsp_worker_drop_proxied (worker);
  for (guint i = 0; i < WSP_N_STAGES; i++)
    {
      while (!g_queue_is_empty (&worker->pending[i]))
        wsp_server_handshake_drop (g_queue_peek_head (&worker->pending[i]));
    }
}

/* Connections of handshakes that end later are closed with code and reason; 0: they stay open. */
static void
set_close (WspWorker  *worker,
           guint16     code,
           const char *reason)
{
  g_free (worker->close_reason);
  worker->close_code = code;
  worker->close_reason = g_strdup (reason);
}

void
wsp_worker_drop_all (WspWorker *self)
{
  g_autoptr (GPtrArray) connections = NULL;

  set_close (self, 0, NULL);
  drop_pending (self);
  connections = list_connections (self);
  for (guint i = 0; i < connections->len; i++)
    wsp_connection_drop_transport (connections->pdata[i]);
}

static void
drop_all (gpointer receiver,
          gpointer content)
{
  wsp_worker_drop_all (receiver);
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

  set_close (worker, request->code, request->reason);
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
drop_handshakes (gpointer receiver,
                 gpointer content)
{
  drop_pending (receiver);
}

static void
on_grace_over (WspTimer *timer)
{
  invoke_all (WSP_OWNER_OF (timer, WspServer, shutdown_timer), drop_all);
}

static void
cancel_shutdown (WspCompletion *completion,
                 gpointer       source_object)
{
  WspServer *self = WSP_SERVER (source_object);

  self->shutdown = NULL;
  wsp_reactor_unset_timer (self->reactor, &self->shutdown_timer);
  invoke_all (self, drop_all);
  wsp_completion_return_cancelled (completion);
}

void
wsp_server_end_shutdown (WspServer *self)
{
  WspCompletion *completion = NULL;

  if (self->n_clients > 0 || self->shutdown == NULL)
    return;

  completion = g_steal_pointer (&self->shutdown);
  wsp_reactor_unset_timer (self->reactor, &self->shutdown_timer);
  wsp_server_stop_workers (self);
  set_close (self->workers->pdata[0], 0, NULL);
  wsp_completion_return_number (completion, 0);
}

static void
close_in_workers (WspServer  *self,
                  guint       code,
                  const char *reason)
{
  for (guint i = 0; i < self->workers->len; i++)
    {
      CloseRequest *request = g_new0 (CloseRequest, 1);

      request->code = code;
      request->reason = g_strdup (reason);
      wsp_worker_invoke (self->workers->pdata[i], close_all, request, close_request_free);
    }
}

static gboolean
check_shutdown (WspServer  *self,
                guint16     code,
                const char *reason,
                GError    **error)
{
  WscBytes text = { (const guint8 *) reason, reason != NULL ? strlen (reason) : 0 };
  WscFault fault = wsc_close_payload_check_send (code, text);

  if (self->shutdown != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "Another shutdown is going on");
  else if (fault != WSC_FAULT_NONE)
    wsp_error_from_fault (error, fault, 0, NULL);
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
 * Stops accepting, closes all connections, and aborts those that remain after @grace. Threads of
 * [method@Wsp.Server.start_workers] end last.
 *
 * A client that was accepted before may finish its opening handshake: its connection opens,
 * [signal@Wsp.Server::connection] is emitted for it, and it is closed as the others are. A request
 * for ordinary HTTP is answered. Clients that have not finished after @grace are dropped; without
 * @grace, all that are in their opening handshakes.
 *
 * Fails with %G_IO_ERROR_PENDING while another shutdown is in progress, and with
 * [error@Wsp.Error.INVALID_ARGUMENT] for a code or a reason that cannot be sent.
 *
 * If the call is cancelled, it does not wait for the peers: all connections are aborted and opening
 * handshakes dropped at once, and nothing is accepted. Threads of [method@Wsp.Server.start_workers]
 * then end with another shutdown, or with the server. If @cancellable was cancelled before, no
 * Close is sent.
 *
 * Since: 0.1
 */
void
wsp_server_shutdown_async (WspServer          *self,
                           guint               code,
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

  if (!check_shutdown (self, wsc_close_code_narrow (code), reason, &error))
    {
      wsp_completion_return_error (completion, error);
      return;
    }

  wsp_server_stop_accepting (self);
  if (wsp_completion_is_cancelled (completion))
    {
      cancel_shutdown (completion, self);
      return;
    }

  self->shutdown = completion;
  wsp_completion_set_cancel_func (completion, cancel_shutdown);
  self->shutdown_timer.expired = on_grace_over;
  wsp_reactor_set_timer (self->reactor, &self->shutdown_timer,
                         wsp_reactor_get_time (self->reactor) + grace * (gint64) 1000);
  close_in_workers (self, code, reason);
  if (grace == 0)
    invoke_all (self, drop_handshakes);

  /* There may be no client at all. */
  wsp_server_end_shutdown (self);
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
