/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The end of a server's connections: closed by a shutdown, or dropped. */
#include "endpoint/serving/wsp-server-private.h"

#include <libwsproto/base/wsp-error.h>

#include "base/wsp-error-private.h"
#include "connection/wsp-connection-transport-private.h"
#include "core/close-code.h"
#include "core/frames/close-payload.h"
#include "reactor/wsp-reactor-private.h"

static const char shutdown_tag[] = "shutdown";

GPtrArray *
wsp_worker_list_connections (WspWorker *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->clients->len; i++)
    {
      WspServerClient *client = self->clients->pdata[i];

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

void
wsp_worker_set_close (WspWorker  *self,
                      guint16     code,
                      const char *reason)
{
  g_free (self->close_reason);
  self->close_code = code;
  self->close_reason = g_strdup (reason);
}

/* The end of a connection may run code of the program, so the list goes last. */
void
wsp_worker_end_close (WspWorker *self)
{
  g_autoptr (GPtrArray) leaving = g_steal_pointer (&self->leaving);

  if (leaving != NULL)
    wsp_reactor_unset_timer (self->reactor, &self->leave_timer);
  wsp_worker_set_close (self, 0, NULL);
  self->closes_new = FALSE;
}

void
wsp_worker_drop_all (WspWorker *self)
{
  g_autoptr (GPtrArray) connections = NULL;

  wsp_worker_end_close (self);
  drop_pending (self);
  connections = wsp_worker_list_connections (self);
  for (guint i = 0; i < connections->len; i++)
    wsp_connection_drop_transport (connections->pdata[i]);
}

static void
server_shutdown_drop_all (gpointer receiver,
                          gpointer content)
{
  wsp_worker_drop_all (receiver);
}

/* `closed` is still emitted, but the server does not handle it. */
void
wsp_worker_abort_all_unnotified (WspWorker *self)
{
  wsp_worker_end_close (self);
  drop_pending (self);
  while (self->clients->len > 0)
    {
      WspServerClient *client = self->clients->pdata[self->clients->len - 1];

      wsp_connection_leave_tally (client->connection);
      wsp_connection_drop_transport (client->connection);
      wsp_server_client_leave (client);
    }
}

static void
close_request_free (gpointer data)
{
  WspCloseRequest *self = data;

  g_free (self->reason);
  g_free (self);
}

void
wsp_server_invoke_close (WspServer  *self,
                         WspCallFunc func,
                         guint       code,
                         const char *reason,
                         guint       spread)
{
  for (guint i = 0; i < self->workers->len; i++)
    {
      WspCloseRequest *request = g_new0 (WspCloseRequest, 1);

      request->code = code;
      request->reason = g_strdup (reason);
      request->spread = spread;
      wsp_worker_invoke (self->workers->pdata[i], func, request, close_request_free);
    }
}

/* Code of the program may end the drain or the shutdown at each step. */
static void
server_shutdown_close_all (gpointer receiver,
                           gpointer content)
{
  WspWorker *worker = receiver;
  WspCloseRequest *request = content;

  wsp_worker_end_close (worker);
  wsp_worker_send_groups (worker);
  if (g_atomic_int_get (&worker->server->service) < WSP_SERVICE_GRACE)
    return;

  g_autoptr (GPtrArray) connections = wsp_worker_list_connections (worker);

  wsp_worker_set_close (worker, request->code, request->reason);
  worker->closes_new = TRUE;
  for (guint i = 0; worker->closes_new && i < connections->len; i++)
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

void
wsp_server_notify_draining (WspServer *self)
{
  gboolean is_draining = self->service != WSP_SERVICE_OPEN;

  if (self->was_draining == is_draining)
    return;

  self->was_draining = is_draining;
  g_object_notify (G_OBJECT (self), "draining");
}

void
wsp_server_begin_ending (WspServer     *self,
                         WspService     service,
                         WspCompletion *completion)
{
  self->ending = completion;
  g_atomic_int_set (&self->service, service);
  wsp_completion_set_cancel_func (completion, wsp_server_cancel_ending);
}

WspCompletion *
wsp_server_stop_ending (WspServer *self)
{
  g_atomic_int_set (&self->service, WSP_SERVICE_OPEN);
  wsp_reactor_unset_timer (self->reactor, &self->ending_timer);
  return g_steal_pointer (&self->ending);
}

void
wsp_server_cancel_ending (WspCompletion *completion,
                          gpointer       source_object)
{
  g_autoptr (WspServer) self = g_object_ref (WSP_SERVER (source_object));

  (void) wsp_server_stop_ending (self);
  if (wsp_reactor_is_inherited (self->reactor))
    {
      wsp_completion_return_cancelled (completion);     /* the parent ends */
      return;
    }

  invoke_all (self, server_shutdown_drop_all);
  wsp_completion_return_cancelled (completion);
  wsp_server_end_listeners (self);
  if (!wsp_reactor_has_ended (self->reactor))
    wsp_server_notify_draining (self);
}

/* A drain has listened until now. */
void
wsp_server_end_shutdown (WspServer *self)
{
  g_autoptr (WspServer) held = NULL;
  WspCompletion *completion = NULL;

  if (self->n_clients > 0 || self->service < WSP_SERVICE_GRACE)
    return;

  held = g_object_ref (self);
  completion = wsp_server_stop_ending (self);
  wsp_server_stop_workers (self);
  wsp_worker_end_close (self->workers->pdata[0]);
  wsp_server_end_listeners (self);
  wsp_completion_return_number (completion, 0);
  wsp_server_notify_draining (self);
}

static void
on_grace_over (WspTimer *timer)
{
  g_autoptr (WspServer) self =
    g_object_ref (WSP_OWNER_OF (timer, WspServer, ending_timer));

  invoke_all (self, server_shutdown_drop_all);
  wsp_server_end_listeners (self);
}

void
wsp_server_begin_grace (WspServer  *self,
                        guint       code,
                        const char *reason,
                        guint       grace)
{
  self->ending_timer.expired = on_grace_over;
  wsp_reactor_set_timer (self->reactor, &self->ending_timer,
                         wsp_reactor_get_time (self->reactor) + grace * (gint64) 1000);
  wsp_server_invoke_close (self, server_shutdown_close_all, code, reason, 0);
  if (grace == 0 && self->service >= WSP_SERVICE_GRACE)         /* no handler has resumed it */
    invoke_all (self, drop_handshakes);

  /* There may be no client at all. */
  wsp_server_end_shutdown (self);
}

static gboolean
check_shutdown (WspServer  *self,
                guint16     code,
                const char *reason,
                GError    **error)
{
  WscBytes text = { (const guint8 *) reason, reason != NULL ? strlen (reason) : 0 };
  WscFault fault = wsc_close_payload_check_send (code, text);

  if (self->service == WSP_SERVICE_SHUTDOWN)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "Another shutdown is going on");
  else if (fault != WSC_FAULT_NONE)
    wsp_error_from_fault (error, fault, 0, NULL);
  else
    return TRUE;

  return FALSE;
}

static void
take_over_drain (WspServer *self)
{
  WspCompletion *drain = wsp_server_stop_ending (self);

  if (drain != NULL)
    wsp_completion_return_error (drain, g_error_new_literal (WSP_ERROR, WSP_ERROR_CLOSED,
                                                             "Server is being shut down"));
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
 * A shutdown takes over from a drain: [method@Wsp.Server.drain_async] then fails with
 * [error@Wsp.Error.CLOSED].
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

  g_autoptr (WspServer) held = g_object_ref (self);     /* a handler may drop self */
  g_autoptr (WspCompletion) begun = g_object_ref (completion);

  take_over_drain (self);
  wsp_server_begin_ending (self, WSP_SERVICE_SHUTDOWN, completion);
  if (wsp_completion_is_cancelled (completion))
    {
      wsp_server_cancel_ending (completion, self);
      return;
    }

  wsp_server_end_listeners (self);
  if (self->ending == begun)    /* no handler has cancelled it */
    wsp_server_begin_grace (self, code, reason, grace);
  wsp_server_notify_draining (self);
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
