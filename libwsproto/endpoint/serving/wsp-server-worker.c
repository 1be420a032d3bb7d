/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The workers of a server: the contexts that serve its clients.
 *
 * While a worker's thread runs, no other thread touches what belongs to the worker.
 */
#include "endpoint/serving/wsp-server-private.h"

#include <libwsproto/base/wsp-error.h>

#include "endpoint/serving/wsp-listener-list-private.h"
#include "reactor/wsp-graceful-close-private.h"
#include "reactor/wsp-reactor-private.h"

#define MAX_THREADS 1024

/* A call may drop the server, and the queue with it. */
static gboolean
run_calls_of_server (gpointer data)
{
  WspCallQueue *self = data;
  g_autoptr (WspServer) server = g_object_ref (wsp_call_queue_get_receiver (self));

  wsp_call_queue_run (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
run_calls_of_worker (gpointer data)
{
  wsp_call_queue_run (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
is_ended (WspWorker *self)
{
  return self->is_ending && self->clients->len == 0 && self->n_reports == 0;
}

static gpointer
run_worker (gpointer data)
{
  WspWorker *self = data;

  g_main_context_push_thread_default (self->context);
  self->reactor = wsp_reactor_ref_thread_default ();
  wsp_tally_begin (&self->counts->tally, self->reactor, self->server->funcs->connections);
  g_atomic_pointer_set (&self->counts->thread, wsp_thread_get_id ());
  while (!is_ended (self))
    g_main_context_iteration (self->context, TRUE);
  g_atomic_pointer_set (&self->counts->thread, NULL);
  wsp_tally_end (&self->counts->tally);
  wsp_reactor_end_posts (self->reactor);
  wsp_graceful_close_finish_all (self->reactor);
  g_clear_pointer (&self->reactor, wsp_reactor_unref);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static WspWorker *
wsp_worker_new (WspServer *server)
{
  WspWorker *self = g_new0 (WspWorker, 1);

  self->server = server;
  self->counts = wsp_worker_counts_acquire (server);
  self->clients = g_ptr_array_new ();
  for (guint i = 0; i < WSP_N_STAGES; i++)
    g_queue_init (&self->pending[i]);
  g_queue_init (&self->proxied);
  return self;
}

WspWorker *
wsp_worker_new_main (WspServer *server)
{
  WspWorker *self = wsp_worker_new (server);

  self->reactor = wsp_reactor_ref (server->reactor);
  wsp_tally_begin (&self->counts->tally, self->reactor, self->server->funcs->connections);
  return self;
}

static WspWorker *
wsp_worker_new_in_thread (WspServer *server,
                          GError   **error)
{
  WspWorker *self = wsp_worker_new (server);

  self->context = g_main_context_new ();
  self->index = server->workers->len;
  self->call_queue = wsp_call_queue_new (self->context, run_calls_of_worker, self);
  self->thread = g_thread_try_new ("wsp-worker", run_worker, self, error);
  if (self->thread != NULL)
    return self;

  wsp_worker_free (self);
  return NULL;
}

void
wsp_worker_free (WspWorker *self)
{
  g_clear_pointer (&self->call_queue, wsp_call_queue_free);
  wsp_tally_end (&self->counts->tally);
  wsp_worker_counts_release (self->counts);
  g_clear_pointer (&self->reactor, wsp_reactor_unref);
  g_ptr_array_unref (self->clients);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->ages, g_hash_table_unref);
  wsp_membership_table_clear (&self->memberships);
  g_free (self->close_reason);
  g_free (self);
}

WspServer *
wsp_worker_hold (WspWorker *self)
{
  return self->thread == NULL ? g_object_ref (self->server) : NULL;
}

static WspWorker *
get_main_worker (WspServer *self)
{
  return self->workers->pdata[0];
}

/* The thread with the fewest clients; without threads the main worker. */
WspWorker *
wsp_server_choose_worker (WspServer *self)
{
  WspWorker *chosen = get_main_worker (self);

  for (guint i = 1; i < self->workers->len; i++)
    {
      WspWorker *worker = self->workers->pdata[i];

      if (i == 1 || worker->n_clients < chosen->n_clients)
        chosen = worker;
    }

  return chosen;
}

static void
call_at_once (WspCallFunc    func,
              gpointer       receiver,
              gpointer       content,
              GDestroyNotify destroy)
{
  if (func != NULL)
    func (receiver, content);
  if (destroy != NULL)
    destroy (content);
}

void
wsp_worker_invoke (WspWorker     *self,
                   WspCallFunc    func,
                   gpointer       content,
                   GDestroyNotify destroy)
{
  if (self->thread != NULL)
    wsp_call_queue_add (self->call_queue, func, content, destroy);
  else
    call_at_once (func, self, content, destroy);
}

void
wsp_worker_invoke_main (WspWorker     *self,
                        WspCallFunc    func,
                        gpointer       content,
                        GDestroyNotify destroy)
{
  if (self->thread != NULL)
    wsp_call_queue_add (get_main_worker (self->server)->call_queue, func, content, destroy);
  else
    call_at_once (func, self->server, content, destroy);
}

static void
end_worker (gpointer receiver,
            gpointer content)
{
  WspWorker *self = receiver;

  self->is_ending = TRUE;
  self->server->funcs->drop_clients (self);
}

void
wsp_server_stop_workers (WspServer *self)
{
  WspCallQueue *calls = get_main_worker (self)->call_queue;

  for (guint i = 1; i < self->workers->len; i++)
    wsp_worker_invoke (self->workers->pdata[i], end_worker, NULL, NULL);

  for (guint i = 1; i < self->workers->len; i++)
    {
      WspWorker *worker = self->workers->pdata[i];

      g_thread_join (worker->thread);
      worker->thread = NULL;
    }

  /* Runs the last calls that the threads have queued, before the workers of the threads are
   * freed. */
  while (calls != NULL && wsp_call_queue_run (calls))
    continue;
  g_ptr_array_set_size (self->workers, 1);
}

/**
 * wsp_server_start_workers:
 * @self: a server
 * @n_threads: the number of threads, from 1 to 1024
 * @error: return location for an error
 *
 * Distributes the clients over threads. Call this before the server listens. Each client belongs to
 * one thread from its first byte: [signal@Wsp.Server::request], [signal@Wsp.Server::http-request],
 * [signal@Wsp.Server::connection], [signal@Wsp.Server::handshake-failed] and the signals of its
 * connection are emitted in that thread and belong to its thread-default main context. Later
 * decisions about a request must be made in that thread too.
 *
 * Everything else stays in the context of the server: its functions, its listeners and the list of
 * its connections. The connections in the list belong to other threads: the only functions to call
 * with them are [method@Wsp.Connection.send_from_thread], [method@Wsp.Connection.invoke] and
 * [method@Wsp.Message.broadcast].
 *
 * The threads end with a [method@Wsp.Server.shutdown_async] that is not cancelled, or with the
 * server. The end of the threads waits for the handlers that run in them.
 *
 * This function is for languages whose functions may run in any thread, such as C, Vala and Rust.
 * Python and JavaScript refuse it with an exception.
 *
 * Fails with [error@Wsp.Error.INVALID_OPERATION] if the server listens already or has
 * threads, and with %G_THREAD_ERROR_AGAIN if the system has no more threads.
 *
 * Returns: %TRUE if the threads run
 *
 * Since: 0.1
 */
gboolean
wsp_server_start_workers (WspServer *self,
                          guint      n_threads,
                          GError   **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), FALSE);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), FALSE);
  g_return_val_if_fail (n_threads > 0 && n_threads <= MAX_THREADS, FALSE);

  WspWorker *main_worker = get_main_worker (self);

  if (wsp_listener_list_peek (self->listeners)->len > 0 || self->workers->len > 1)
    {
      g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION,
                           "Workers are started once, before the server listens");
      return FALSE;
    }

  if (main_worker->call_queue == NULL)
    {
      /* The threads wake the context. */
      main_worker->context = g_main_context_ref (wsp_reactor_get_context (self->reactor));
      main_worker->call_queue =
        wsp_call_queue_new (main_worker->context, run_calls_of_server, self);
    }

  for (guint i = 0; i < n_threads; i++)
    {
      WspWorker *worker = wsp_worker_new_in_thread (self, error);

      if (worker == NULL)
        {
          wsp_server_stop_workers (self);
          return FALSE;
        }
      g_ptr_array_add (self->workers, worker);
    }

  return TRUE;
}
