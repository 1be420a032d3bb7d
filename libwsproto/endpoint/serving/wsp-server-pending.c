/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Limits how long and how many clients wait in their opening handshakes, and makes the errors of
 * those that may not.  They wait in queues of the worker, oldest first: pending, and proxied.
 * docs/rationales/server.md has the reasons. */
#include "endpoint/serving/wsp-server-private.h"

#include <libwsproto/base/wsp-error.h>

#include "reactor/wsp-reactor-private.h"

/* There is little room for clients beyond max-connections: milliseconds at most. */
#define EXTRA_TIME 2000

static guint
get_timeout (const WspServerClient *self,
             const WspServerRules  *rules)
{
  return wsp_server_client_has_less_time (self, rules) ? EXTRA_TIME : rules->handshake_timeout;
}

gboolean
wsp_server_client_has_less_time (const WspServerClient *self,
                                 const WspServerRules  *rules)
{
  return self->is_extra && (rules->handshake_timeout == 0 || rules->handshake_timeout > EXTRA_TIME);
}

gint64
wsp_server_client_get_deadline (const WspServerClient *self,
                                const WspServerRules  *rules,
                                gint64                 accepted,
                                gint64                 now)
{
  guint timeout = get_timeout (self, rules);

  if (timeout == 0)
    return WSP_TIMER_NEVER;

  return (self->is_extra ? accepted : now) + timeout * (gint64) 1000;
}

GError *
wsp_server_make_full_error (const WspServerRules *rules,
                            const char          **limit)
{
  g_autofree char *text = wsp_server_rules_describe_full (rules);

  *limit = "max-connections";
  return g_error_new_literal (WSP_ERROR, WSP_ERROR_REJECTED, text);
}

GError *
wsp_server_client_make_timeout (const WspServerClient *self,
                                const WspServerRules  *rules,
                                gint64                 accepted,
                                const char            *what,
                                const char           **limit)
{
  gint64 time = wsp_reactor_get_time (self->worker->reactor) - accepted;

  if (wsp_server_client_has_less_time (self, rules))
    return wsp_server_make_full_error (rules, limit);

  *limit = "handshake-timeout";
  return g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                      "%s: for %" G_GINT64_FORMAT " ms, limit handshake-timeout %u ms", what,
                      time / 1000, rules->handshake_timeout);
}

static guint
get_max_pending (WspWorker            *worker,
                 const WspServerRules *rules)
{
  guint n_workers = MAX (worker->server->workers->len, 2) - 1;

  return MAX (rules->max_pending / n_workers, 1);
}

gboolean
wsp_worker_has_too_many (WspWorker            *self,
                         const GQueue         *pending,
                         const WspServerRules *rules)
{
  return pending->length > get_max_pending (self, rules);
}

GError *
wsp_worker_make_pending_error (WspWorker            *self,
                               const GQueue         *pending,
                               const WspServerRules *rules,
                               const char          **limit)
{
  *limit = "max-pending-handshakes";
  return g_error_new (WSP_ERROR, WSP_ERROR_REJECTED,
                      "Too many opening handshakes: %u, limit max-pending-handshakes %u",
                      pending->length, get_max_pending (self, rules));
}

void
wsp_worker_make_room (WspWorker        *self,
                      GQueue           *pending,
                      WspServerRules   *rules,
                      const WspWaiting *waiting)
{
  if (!wsp_worker_has_too_many (self, pending, rules))
    return;

  g_autoptr (WspServer) server = g_object_ref (self->server);
  g_autoptr (WspServerRules) held = wsp_server_rules_ref (rules);

  waiting->read (g_queue_peek_head (pending));
  if (wsp_worker_has_too_many (self, pending, held))
    waiting->end (g_queue_peek_head (pending));
}
