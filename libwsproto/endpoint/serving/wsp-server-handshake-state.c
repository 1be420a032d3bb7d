/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The state of a server's opening handshake, and what it holds; wsp-server-handshake.c says what
 * each state waits for.
 *
 * (1) The state only goes up: a response is begun once, by ACCEPTING or RESPONDING.
 *
 * A handshake is in the worker's pending, and has a client, until it is OPEN or ENDED.
 */
#include "endpoint/serving/wsp-server-handshake-private.h"

#include "reactor/wsp-reactor-private.h"

#define DEFAULT_WRITE_TIME (10 * G_USEC_PER_SEC)        /* without handshake-timeout */
#define LEAST_WRITE_TIME (G_USEC_PER_SEC / 10)

typedef struct                  /* a handshake that was ended without a decision */
{
  WspDue        due;
  WspReactor   *reactor;        /* the server may be freed before the call */
  WspHandshake *handshake;
  WspWorker    *worker;         /* worker with a thread, which ends after the call; NULL: the main
                                   worker */
  guint         n_forks;        /* value of wsp_n_forks when the handshake ended */
} Abandoned;

static void
cancel_abandoned (WspDue *due)
{
  Abandoned *self = WSP_OWNER_OF (due, Abandoned, due);

  if (!wsp_reactor_has_ended (self->reactor) && self->n_forks == wsp_n_forks)
    wsp_handshake_cancel (self->handshake);
  if (self->worker != NULL)
    self->worker->n_reports--;
  g_object_unref (self->handshake);
  wsp_reactor_unref (self->reactor);
  g_free (self);
}

void
wsp_server_handshake_cancel_later (WspServerHandshake *self)
{
  Abandoned *abandoned;

  if (self->handshake == NULL || !wsp_handshake_take_abandoned (self->handshake))
    return;

  abandoned = g_new0 (Abandoned, 1);
  abandoned->due.run = cancel_abandoned;
  abandoned->reactor = wsp_reactor_ref (self->worker->reactor);
  abandoned->handshake = g_object_ref (self->handshake);
  abandoned->n_forks = wsp_n_forks;
  abandoned->worker = self->worker->thread != NULL ? self->worker : NULL;
  if (abandoned->worker != NULL)
    abandoned->worker->n_reports++;
  wsp_reactor_call (abandoned->reactor, &abandoned->due, WSP_DUE_THIS_DISPATCH);
}

static void
leave_pending (WspServerHandshake *self)
{
  g_queue_unlink (&self->worker->pending[self->stage], &self->link);
  if (self->handshake != NULL)
    wsp_handshake_end_request (self->handshake);
}

/* The members are released from a copy, after self was freed: the release may run code of the
 * program. */
static void
server_handshake_state_free_all (WspServerHandshake *self)
{
  WspServerHandshake held = *self;

  wsp_server_handshake_cancel_later (self);
  if (!wsp_due_is_queued (&self->due))
    g_slice_free (WspServerHandshake, self);
  if (held.client != NULL)
    wsp_server_client_leave (held.client);
  g_clear_pointer (&held.upgrade, wsp_upgrade_free);
  g_clear_object (&held.http_request);
  g_clear_object (&held.handshake);
  g_clear_object (&held.session);
  g_clear_pointer (&held.log, wsp_head_log_free);
  wsp_server_rules_unref (held.rules);
  g_clear_object (&held.connection);
  g_clear_object (&held.server);
}

gboolean
wsp_server_handshake_is_on_loopback (WspServerHandshake *self)
{
  return !self->is_proxied &&
         wsp_transport_is_on_loopback (wsp_upgrade_get_transport (self->upgrade));
}

gboolean
wsp_server_handshake_has_address (WspServerHandshake *self)
{
  return self->address.any.sa_family != AF_UNSPEC;
}

gint64
wsp_server_handshake_get_deadline (WspServerHandshake *self,
                                   gint64              now)
{
  return wsp_server_client_get_deadline (self->client, self->rules, self->begun, now);
}

/* The time for a client that does not read is limited, also without handshake-timeout.  The
 * response to a client whose time is over is still written. */
static gint64
get_write_deadline (WspServerHandshake *self)
{
  gint64 now = wsp_reactor_get_time (self->worker->reactor);
  gint64 deadline = wsp_server_handshake_get_deadline (self, now);

  return deadline != WSP_TIMER_NEVER ? MAX (deadline, now + LEAST_WRITE_TIME)
                                     : now + DEFAULT_WRITE_TIME;
}

void
wsp_server_handshake_set_stage (WspServerHandshake *self,
                                WspStage            stage)
{
  if (self->stage == stage)
    return;

  g_queue_unlink (&self->worker->pending[self->stage], &self->link);
  self->stage = stage;
  g_queue_push_tail_link (&self->worker->pending[stage], &self->link);
}

gboolean
wsp_server_handshake_are_too_many (WspServerHandshake *self,
                                   WspStage            stage)
{
  return wsp_worker_has_too_many (self->worker, &self->worker->pending[stage], self->rules);
}

void
wsp_server_handshake_enter (WspServerHandshake     *self,
                            WspServerHandshakeState state)
{
  gboolean was_pending = self->state < WSP_SERVER_HANDSHAKE_OPEN;

  g_assert (state > self->state);       /* (1) */
  self->state = state;
  if (was_pending && state >= WSP_SERVER_HANDSHAKE_OPEN)
    leave_pending (self);

  switch (state)
    {
    case WSP_SERVER_HANDSHAKE_READING:
      break;
    case WSP_SERVER_HANDSHAKE_ASKING:
      wsp_server_handshake_set_stage (self, WSP_STAGE_UNDECIDED);
      break;
    case WSP_SERVER_HANDSHAKE_ACCEPTING:
      wsp_server_handshake_set_stage (self, WSP_STAGE_RESPONDING);
      break;
    case WSP_SERVER_HANDSHAKE_DECIDED:
      wsp_server_handshake_set_stage (self, WSP_STAGE_DECIDED);
      wsp_upgrade_unset_timer (self->upgrade);  /* the program decided in time */
      wsp_reactor_call (self->worker->reactor, &self->due, WSP_DUE_THIS_DISPATCH);
      break;
    case WSP_SERVER_HANDSHAKE_OPEN:
      wsp_reactor_call (self->worker->reactor, &self->due, WSP_DUE_THIS_DISPATCH);
      break;
    case WSP_SERVER_HANDSHAKE_UNDECIDED:
      wsp_upgrade_watch_peer (self->upgrade, self->http_request != NULL
                                             ? WSP_UPGRADE_PEER_END_IS_LATE
                                             : WSP_UPGRADE_PEER_END_FAILS);
      break;
    case WSP_SERVER_HANDSHAKE_RESPONDING:
      wsp_server_handshake_set_stage (self, WSP_STAGE_RESPONDING);
      wsp_upgrade_finish (self->upgrade, get_write_deadline (self));
      break;
    case WSP_SERVER_HANDSHAKE_ENDED:
      server_handshake_state_free_all (self);
      break;
    }
}

/* Does not use the transport, which the connection may have already. */
WspHandshake *
wsp_server_handshake_make_object (WspServerHandshake *self)
{
  g_autoptr (GBytes) head = wsp_upgrade_dup_input (self->upgrade);
  WspHandshake *handshake = wsp_handshake_new_checked (head, self->funcs, self);

  if (wsp_server_handshake_has_address (self))
    wsp_handshake_set_native_address (handshake, &self->address, sizeof self->address);
  wsp_handshake_record_route (handshake, self->route);
  if (self->rules->deflate != NULL)
    wsp_handshake_change_deflate (handshake, self->rules->deflate);
  return handshake;
}

static void
copy_transport_details (WspServerHandshake *self)
{
  WspTransport *transport = wsp_upgrade_get_transport (self->upgrade);
  GTlsCertificateFlags errors;
  g_autoptr (WspPeerCertificate) certificate =
    wsp_transport_dup_peer_certificate (transport, &errors);

  if (!wsp_server_handshake_has_address (self))
    {
      g_autoptr (GSocketAddress) address = wsp_transport_dup_remote_address (transport);

      wsp_handshake_record_address (self->handshake, address);
    }
  wsp_handshake_record_peer_certificate (self->handshake, certificate, errors);
}

void
wsp_server_handshake_ensure_object (WspServerHandshake *self)
{
  if (self->handshake != NULL)
    return;

  self->handshake = wsp_server_handshake_make_object (self);
  copy_transport_details (self);
}

void
wsp_server_handshake_drop (WspServerHandshake *self)
{
  wsp_server_handshake_enter (self, WSP_SERVER_HANDSHAKE_ENDED);
}
