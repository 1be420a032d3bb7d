/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The age of connections, for max-connection-age.
 *
 * A worker keeps the timers in a table of its own, so that a connection of a server without the
 * limit needs no memory for it. */
#include "endpoint/serving/wsp-server-private.h"

#include "connection/wsp-connection-transport-private.h"
#include "http/wsp-retry-after-private.h"
#include "random/random-pool.h"
#include "reactor/wsp-reactor-private.h"

typedef struct
{
  WspTimer       timer;
  WspConnection *connection;    /* not referenced: its client ends the age */
} Age;

static void
on_old (WspTimer *timer)
{
  Age *self = WSP_OWNER_OF (timer, Age, timer);
  g_autofree char *reason = wsp_close_mark_write (0, NULL);

  wsp_connection_close_quietly (self->connection, WSP_SERVER_AWAY_CODE, reason);
}

/* Clients that came together leave apart: from 90 % of the limit to 110 %. */
void
wsp_server_client_begin_age (WspServerClient      *self,
                             const WspServerRules *rules)
{
  WspWorker *worker = self->worker;
  const gint64 limit = rules->max_age * (gint64) 1000;
  Age *timed = NULL;

  if (rules->max_age == 0)
    return;

  if (worker->ages == NULL)
    worker->ages = g_hash_table_new_full (NULL, NULL, NULL, g_free);

  timed = g_new0 (Age, 1);
  timed->timer.expired = on_old;
  timed->connection = self->connection;
  g_hash_table_insert (worker->ages, self, timed);
  wsp_reactor_set_timer (worker->reactor, &timed->timer,
                         wsp_reactor_get_time (worker->reactor) + limit - limit / 10 +
                         (gint64) wsc_random_choose_below (limit / 5));
}

void
wsp_server_client_end_age (WspServerClient *self)
{
  WspWorker *worker = self->worker;
  Age *timed = worker->ages != NULL ? g_hash_table_lookup (worker->ages, self) : NULL;

  if (timed == NULL)
    return;

  wsp_reactor_unset_timer (worker->reactor, &timed->timer);
  g_hash_table_remove (worker->ages, self);
}
