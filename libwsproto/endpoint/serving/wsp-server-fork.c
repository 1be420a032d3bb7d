/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A server in the child of a fork ().
 *
 * The settings and the listening sockets are the child's, too.  The clients are the parent's: the
 * child closes its descriptors of them, without a byte or a signal.
 *
 * The child does not have the threads of workers, which may have held locks and changed what
 * belongs to them: their memory is neither read nor freed.  Such a server stops listening.
 *
 * docs/rationales/threads-and-contexts.md has the reasons.
 */
#include "endpoint/serving/wsp-server-private.h"

#include "connection/wsp-connection-transport-private.h"
#include "endpoint/serving/wsp-connection-list-private.h"
#include "endpoint/serving/wsp-listener-list-private.h"
#include "endpoint/serving/wsp-listener-private.h"
#include "log/wsp-log-private.h"
#include "reactor/wsp-reactor-private.h"

static void
leave_clients (WspWorker *worker)
{
  g_autoptr (GPtrArray) connections = wsp_worker_list_connections (worker);

  for (guint i = 0; i < connections->len; i++)
    wsp_connection_leave (connections->pdata[i]);
  wsp_worker_abort_all_unnotified (worker);
}

/* The data that only the server's own context uses are whole; the rest is made anew. */
static void
forget_workers (WspServer *self)
{
  WspWorker *main_worker = self->workers->pdata[0];

  while (self->workers->len > 1)
    {
      WspWorker *worker = g_ptr_array_steal_index (self->workers, self->workers->len - 1);

      wsp_tally_leave (&worker->counts->tally);
      g_atomic_pointer_set (&worker->counts->thread, NULL);
      wsp_worker_counts_release (worker->counts);
    }

  g_clear_pointer (&main_worker->call_queue, wsp_call_queue_leave);
  g_clear_pointer (&main_worker->context, g_main_context_unref);
  wsp_connection_list_leave (self->connections);
  g_mutex_init (&self->rules_lock);
  g_mutex_init (&self->addresses_lock);
  self->rules = NULL;
  self->addresses = NULL;
  self->n_clients = main_worker->n_clients;
  self->n_extra = MIN (self->n_extra, self->n_clients);
}

static void
stop_listening (WspServer *self)
{
  if (wsp_listener_list_peek (self->listeners)->len == 0)
    return;

  wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_MESSAGE, &(WspLogFields) { 0 },
           "Server with threads does not listen in a child of fork (): expected one whose threads "
           "start after the fork, received one that has started them before (fork first)");
  wsp_server_end_listeners (self);
}

static void
server_fork_move (WspServer  *self,
                  WspReactor *reactor)
{
  WspWorker *main_worker = self->workers->pdata[0];
  GPtrArray *listeners = wsp_listener_list_peek (self->listeners);

  wsp_tally_end (&main_worker->counts->tally);
  wsp_reactor_unref (main_worker->reactor);
  main_worker->reactor = wsp_reactor_ref (reactor);
  wsp_tally_begin (&main_worker->counts->tally, reactor, self->funcs->connections);

  wsp_reactor_unref (self->reactor);
  self->reactor = wsp_reactor_ref (reactor);
  for (guint i = 0; i < listeners->len; i++)
    wsp_listener_move (listeners->pdata[i], reactor);
  wsp_reactor_add_end (reactor, &self->end);
}

static void
server_fork_on_ended (WspReactorEnd *end,
                      WspReactor    *reactor)
{
  WspServer *self = WSP_OWNER_OF (end, WspServer, end);

  if (!wsp_reactor_is_inherited (reactor))
    return;                     /* the context has ended */

  g_autoptr (WspServer) held = g_object_ref (self);
  g_autoptr (WspReactor) own = wsp_reactor_ref_own (reactor);
  gboolean has_workers = self->workers->len > 1;

  (void) wsp_server_stop_ending (self);
  self->was_draining = FALSE;
  self->was_full_logged = FALSE;
  leave_clients (self->workers->pdata[0]);
  if (has_workers)
    forget_workers (self);
  server_fork_move (self, own);
  if (has_workers)
    stop_listening (self);
}

void
wsp_server_begin_following_forks (WspServer *self)
{
  self->end.ended = server_fork_on_ended;
  wsp_reactor_add_end (self->reactor, &self->end);
}

void
wsp_server_end_following_forks (WspServer *self)
{
  wsp_reactor_remove_end (self->reactor, &self->end);
}
