/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A drain: a server that sends its clients away one after the other.
 *
 * The server's context leads from one WspService to the next by ending_timer.  In CLOSING each
 * worker closes its own connections, evenly and in an order of its own.  The rest is that of a
 * shutdown.
 *
 * docs/rationales/server.md has the reasons. */
#include "endpoint/serving/wsp-server-private.h"

#include <libwsproto/base/wsp-error.h>

#include "base/wsp-error-private.h"
#include "connection/wsp-connection-transport-private.h"
#include "core/close-code.h"
#include "core/frames/close-payload.h"
#include "http/wsp-retry-after-private.h"
#include "random/random-pool.h"
#include "reactor/wsp-reactor-private.h"

#define MAX_REASON 108          /* bytes, so that the mark and the reason fit into a Close */

static const char drain_tag[] = "drain";

static void
server_drain_shuffle (GPtrArray *list)
{
  for (guint i = list->len; i > 1; i--)
    {
      guint chosen = (guint) wsc_random_choose_below (i);
      gpointer last = list->pdata[i - 1];

      list->pdata[i - 1] = list->pdata[chosen];
      list->pdata[chosen] = last;
    }
}

/* Returns the connections whose time has come. */
static GPtrArray *
server_drain_take_due (WspWorker *worker)
{
  GPtrArray *due = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 now = wsp_reactor_get_time (worker->reactor);

  for (; worker->leaving->len > 0 && worker->next_leave <= now;
       worker->next_leave += worker->leave_step)
    g_ptr_array_add (due, g_ptr_array_steal_index (worker->leaving, worker->leaving->len - 1));

  return due;
}

/* A Close may run code of the program, which may end the drain: then the rest stays open. */
static void
on_leave_due (WspTimer *timer)
{
  WspWorker *worker = WSP_OWNER_OF (timer, WspWorker, leave_timer);
  g_autoptr (GPtrArray) due = server_drain_take_due (worker);

  if (worker->leaving->len > 0)
    wsp_reactor_set_timer (worker->reactor, &worker->leave_timer, worker->next_leave);
  for (guint i = 0; i < due->len && worker->leaving != NULL; i++)
    wsp_connection_close_quietly (due->pdata[i], worker->close_code, worker->close_reason);
}

/* Connections that open later are not in the list: the server closes them when spread is over. */
static void
begin_leaving (gpointer receiver,
               gpointer content)
{
  WspWorker *worker = receiver;
  WspCloseRequest *request = content;
  GPtrArray *leaving = wsp_worker_list_connections (worker);

  wsp_worker_end_close (worker);
  wsp_worker_set_close (worker, request->code, request->reason);
  server_drain_shuffle (leaving);
  worker->leaving = leaving;
  worker->leave_step = request->spread * (gint64) 1000 / MAX (leaving->len, 1);
  worker->next_leave = wsp_reactor_get_time (worker->reactor) +
                       (gint64) wsc_random_choose_below (worker->leave_step + 1);
  worker->leave_timer.expired = on_leave_due;
  if (leaving->len > 0)
    wsp_reactor_set_timer (worker->reactor, &worker->leave_timer, worker->next_leave);
}

static void
end_leaving (gpointer receiver,
             gpointer content)
{
  wsp_worker_end_close (receiver);
}

static void
server_drain_enter (WspServer   *self,
                    WspService   service,
                    guint        duration,
                    WspTimerFunc next)
{
  g_atomic_int_set (&self->service, service);
  self->ending_timer.expired = next;
  wsp_reactor_set_timer (self->reactor, &self->ending_timer,
                         wsp_reactor_get_time (self->reactor) + duration * (gint64) 1000);
}

static void
on_spread_over (WspTimer *timer)
{
  g_autoptr (WspServer) self = g_object_ref (WSP_OWNER_OF (timer, WspServer, ending_timer));

  g_atomic_int_set (&self->service, WSP_SERVICE_GRACE);
  wsp_server_begin_grace (self, self->drain.code, self->drain.reason, self->drain.grace);
}

static void
on_lead_over (WspTimer *timer)
{
  WspServer *self = WSP_OWNER_OF (timer, WspServer, ending_timer);

  server_drain_enter (self, WSP_SERVICE_CLOSING, self->drain.spread, on_spread_over);
  wsp_server_invoke_close (self, begin_leaving, self->drain.code, self->drain.reason,
                           self->drain.spread);
}

/* marked: the reason with the mark. */
static gboolean
check_drain (WspServer  *self,
             guint16     code,
             const char *reason,
             const char *marked,
             GError    **error)
{
  const gsize length = reason != NULL ? strlen (reason) : 0;
  const WscBytes text = { (const guint8 *) marked, MIN (strlen (marked), 123) };
  const WscFault fault = wsc_close_payload_check_send (code, text);

  if (self->service != WSP_SERVICE_OPEN)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PENDING, "Another %s is going on",
                 self->service == WSP_SERVICE_SHUTDOWN ? "shutdown" : "drain");
  else if (length > MAX_REASON)
    g_set_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                 "Cannot drain: expected a reason of at most %d bytes, received one of %" G_GSIZE_FORMAT
                 " (the Close begins with retry-after=0)", MAX_REASON, length);
  else if (fault != WSC_FAULT_NONE)
    wsp_error_from_fault (error, fault, 0, NULL);
  else
    return TRUE;

  return FALSE;
}

/**
 * wsp_server_drain_async:
 * @self: a server
 * @code: close code for all connections, usually 1001; not 1005, which has no reason
 * @reason: (transfer none) (nullable): close reason, at most 108 bytes
 * @lead: time until the first connection is closed, in milliseconds
 * @spread: time in which all connections are closed, in milliseconds
 * @grace: time to wait for the peers after that, in milliseconds; 0 = none
 * @cancellable: (transfer none) (nullable): a cancellable; cancelling aborts all connections
 * @callback: (scope async) (nullable): called when no connection is left
 * @user_data: for @callback
 *
 * Sends the clients away, to other servers behind a load balancer, and ends as
 * [method@Wsp.Server.shutdown_async] does:
 *
 * 1. For @lead, only [property@Wsp.Server:draining] is %TRUE, so that the answer of
 *    [signal@Wsp.Server::http-request] to a health check can tell the load balancer.
 * 2. All connections are closed in random order, evenly over @spread. Those that open meanwhile are
 *    closed at its end.
 * 3. Connections that open later are closed at once. After @grace the rest is aborted. As soon as
 *    no client is left, the listeners and the threads of [method@Wsp.Server.start_workers] end.
 *
 * The close reason begins with the mark `retry-after=0`: a [class@Wsp.Reconnector] comes back at
 * once. The server listens until the end, unless [method@Wsp.Server.stop_accepting] is called,
 * because a successor has the same socket.
 *
 * [method@Wsp.Server.resume] ends the drain, which then fails with
 * [error@Wsp.Error.INVALID_OPERATION]. A shutdown takes over: the drain fails with
 * [error@Wsp.Error.CLOSED].
 *
 * Fails with %G_IO_ERROR_PENDING while a drain or a shutdown is in progress, and with
 * [error@Wsp.Error.INVALID_ARGUMENT] for a code or a reason that cannot be sent.
 *
 * If the call is cancelled, all connections are aborted and opening handshakes dropped at once, and
 * nothing is accepted. Threads of [method@Wsp.Server.start_workers] then end with a shutdown, or
 * with the server. If @cancellable was cancelled before, no Close is sent.
 *
 * Since: 0.1
 */
void
wsp_server_drain_async (WspServer          *self,
                        guint               code,
                        const char         *reason,
                        guint               lead,
                        guint               spread,
                        guint               grace,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  WspCompletion *completion = wsp_completion_new (self->reactor, self, drain_tag, cancellable,
                                                  callback, user_data);
  g_autofree char *marked = wsp_close_mark_write (0, reason);
  GError *error = NULL;

  if (!check_drain (self, wsc_close_code_narrow (code), reason, marked, &error))
    {
      wsp_completion_return_error (completion, error);
      return;
    }

  wsp_server_begin_ending (self, WSP_SERVICE_LEADING, completion);
  if (wsp_completion_is_cancelled (completion))
    {
      wsp_server_cancel_ending (completion, self);
      return;
    }

  g_free (self->drain.reason);
  self->drain = (WspDrain) { code, g_steal_pointer (&marked), spread, grace };
  server_drain_enter (self, WSP_SERVICE_LEADING, lead, on_lead_over);
  wsp_server_notify_draining (self);
}

/**
 * wsp_server_drain_finish:
 * @self: a server
 * @result: (transfer none): a [iface@Gio.AsyncResult]
 * @error: return location for an error
 *
 * Finishes [method@Wsp.Server.drain_async].
 *
 * Returns: %TRUE if no connection is left
 *
 * Since: 0.1
 */
gboolean
wsp_server_drain_finish (WspServer    *self,
                         GAsyncResult *result,
                         GError      **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), FALSE);
  g_return_val_if_fail (wsp_completion_is_valid (result, self, drain_tag), FALSE);

  return wsp_completion_propagate_number (WSP_COMPLETION (result), error) >= 0;
}

/**
 * wsp_server_resume:
 * @self: a server
 *
 * Returns to service from a drain: [method@Wsp.Server.drain_async] fails with
 * [error@Wsp.Error.INVALID_OPERATION], and no more connections are closed. Those that got their
 * Close already leave, and listeners that [method@Wsp.Server.stop_accepting] or the end of the
 * grace time has closed stay closed. Without a drain, and during a shutdown, the function has no
 * effect.
 *
 * Since: 0.1
 */
void
wsp_server_resume (WspServer *self)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  if (self->service == WSP_SERVICE_OPEN || self->service == WSP_SERVICE_SHUTDOWN)
    return;

  WspCompletion *drain = wsp_server_stop_ending (self);

  for (guint i = 0; i < self->workers->len; i++)
    wsp_worker_invoke (self->workers->pdata[i], end_leaving, NULL, NULL);
  wsp_completion_return_error (drain, g_error_new_literal (WSP_ERROR, WSP_ERROR_INVALID_OPERATION,
                                                           "Server has returned to service"));
  wsp_server_notify_draining (self);
}

/**
 * wsp_server_get_draining: (get-property draining)
 * @self: a server
 *
 * Gets whether the server sends its clients away. Any thread may call this, such as a handler of
 * [signal@Wsp.Server::http-request] that answers the health check of a load balancer.
 *
 * Returns: whether a drain or a shutdown is in progress
 *
 * Since: 0.1
 */
gboolean
wsp_server_get_draining (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), FALSE);

  return g_atomic_int_get (&self->service) != WSP_SERVICE_OPEN;
}
