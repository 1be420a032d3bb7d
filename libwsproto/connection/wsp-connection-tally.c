/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Adds the counters of connections to those of their server, which other threads read.
 *
 * A message costs nothing more: a connection counts for itself, and joins `active` when a turn
 * begins.  The timer adds what the active connections have counted, and drops those that have
 * counted nothing since.  So numbers that other threads read are at most a period old.  `active` is
 * short, so that it takes no memory for each connection: when it is full, all are added.
 *
 * A connection with an owner has a place: its position in `active`, counted from 1, or
 * WSP_PLACE_IDLE.  While it is idle, all that it has counted is added.
 *
 * A connection is active in its turns.  While it is idle, wsp_connection_count_outside () adds at
 * once what it counts outside turns, such as a broadcast's message.
 *
 * `queued` has what wsp_connection_show_queue () last notified, which is 0 once the connection has
 * left.
 */
#include "connection/wsp-connection-private.h"

#include <string.h>

#include "connection/report/wsp-close-info-private.h"

#define PERIOD (G_USEC_PER_SEC / 2)
#define MAX_ACTIVE 256

typedef struct
{
  guint64 messages_received, messages_sent, bytes_received, bytes_sent;
} Traffic;

typedef struct
{
  WspConnection *connection;
  Traffic        added;         /* part of the traffic that is already in the tally */
} ActiveConnection;

static Traffic
get_traffic (const WspConnection *self)
{
  const WspCounters *counters = &self->link.counters;

  return (Traffic) {
           counters->messages_received, counters->messages_sent, counters->bytes_received,
           counters->bytes_sent
  };
}

/* FALSE: the connection has counted nothing since. */
static gboolean
connection_tally_update (WspTally         *self,
                         ActiveConnection *active)
{
  const Traffic now = get_traffic (active->connection);
  const Traffic added = active->added;

  if (memcmp (&now, &added, sizeof now) == 0)
    return FALSE;

  wsp_count_add (&self->messages_received, now.messages_received - added.messages_received);
  wsp_count_add (&self->messages_sent, now.messages_sent - added.messages_sent);
  wsp_count_add (&self->bytes_received, now.bytes_received - added.bytes_received);
  wsp_count_add (&self->bytes_sent, now.bytes_sent - added.bytes_sent);
  active->added = now;
  return TRUE;
}

static ActiveConnection *
get_active (WspTally *self,
            guint     position)
{
  return &g_array_index (self->active, ActiveConnection, position);
}

static void
connection_tally_drop (WspTally *self,
                       guint     position)
{
  get_active (self, position)->connection->output.tally_place = WSP_PLACE_IDLE;
  g_array_remove_index_fast (self->active, position);
  if (position < self->active->len)
    get_active (self, position)->connection->output.tally_place = (guint16) (position + 1);
}

static void
begin_period (WspTally *self)
{
  wsp_reactor_set_timer (self->reactor, &self->timer,
                         wsp_reactor_get_time (self->reactor) + PERIOD);
}

/* A main loop inside a handler does not make the connection of the running turn idle. */
static void
drop_unless_in_turn (WspTally *self,
                     guint     position)
{
  if (get_active (self, position)->connection->link.turn == NULL)
    connection_tally_drop (self, position);
}

static void
on_period_over (WspTimer *timer)
{
  WspTally *self = WSP_OWNER_OF (timer, WspTally, timer);

  for (guint i = self->active->len; i > 0; i--)
    if (!connection_tally_update (self, get_active (self, i - 1)))
      drop_unless_in_turn (self, i - 1);

  if (self->active->len > 0)
    begin_period (self);
  else
    g_clear_pointer (&self->active, g_array_unref);
}

void
wsp_tally_begin (WspTally                      *self,
                 WspReactor                    *reactor,
                 const WspConnectionOwnerFuncs *funcs)
{
  self->reactor = reactor;
  self->funcs = funcs;
  self->timer.expired = on_period_over;
}

void
wsp_tally_end (WspTally *self)
{
  if (self->reactor == NULL)
    return;

  g_assert (self->active == NULL || self->active->len == 0);
  wsp_reactor_unset_timer (self->reactor, &self->timer);
  g_clear_pointer (&self->active, g_array_unref);
  self->reactor = NULL;
}

void
wsp_tally_leave (WspTally *self)
{
  self->timer = (WspTimer) { 0 };
  self->active = NULL;
  self->reactor = NULL;
}

void
wsp_tally_update (WspTally *self)
{
  for (guint i = 0; self->active != NULL && i < self->active->len; i++)
    connection_tally_update (self, get_active (self, i));
}

static void
connection_tally_drop_all (WspTally *self)
{
  for (guint i = self->active->len; i > 0; i--)
    {
      connection_tally_update (self, get_active (self, i - 1));
      drop_unless_in_turn (self, i - 1);
    }
}

static void
connection_tally_activate (WspConnection *self,
                           Traffic        added)
{
  WspTally *tally = wsp_connection_get_tally (self);
  const ActiveConnection active = { self, added };

  if (tally->active == NULL)
    {
      tally->active = g_array_new (FALSE, FALSE, sizeof (ActiveConnection));
      begin_period (tally);
    }
  if (tally->active->len >= MAX_ACTIVE)
    connection_tally_drop_all (tally);
  g_array_append_val (tally->active, active);
  g_assert (tally->active->len < WSP_PLACE_IDLE);
  self->output.tally_place = (guint16) tally->active->len;
}

void
wsp_connection_activate (WspConnection *self)
{
  connection_tally_activate (self, get_traffic (self));
}

void
wsp_connection_count_outside (WspConnection *self,
                              guint          n_messages_sent,
                              gsize          n_bytes_sent)
{
  if (self->output.tally_place != WSP_PLACE_IDLE)
    return;

  wsp_count_add (&wsp_connection_get_tally (self)->messages_sent, n_messages_sent);
  wsp_count_add (&wsp_connection_get_tally (self)->bytes_sent, n_bytes_sent);
}

/* Bytes that came with the request are added, too.  No turn has run yet, so nothing was sent. */
void
wsp_connection_join_tally (WspConnection      *self,
                           WspConnectionOwner *owner)
{
  self->owner = owner;
  connection_tally_activate (self, (Traffic) { 0 });
}

WspConnectionOwner *
wsp_connection_peek_owner (WspConnection *self)
{
  return self->owner;
}

guint
wsp_connection_get_owner_number (WspConnection *self)
{
  return self->owner_number;
}

void
wsp_connection_set_owner_number (WspConnection *self,
                                 guint          number)
{
  self->owner_number = number;
}

void
wsp_connection_leave_tally (WspConnection *self)
{
  guint place = self->output.tally_place;
  WspTally *tally;

  if (self->owner == NULL)
    return;

  tally = wsp_connection_get_tally (self);
  self->owner = NULL;
  if (place != WSP_PLACE_IDLE)
    {
      connection_tally_update (tally, get_active (tally, place - 1));
      connection_tally_drop (tally, place - 1);
    }
  self->output.tally_place = WSP_PLACE_NONE;
  wsp_count_add (&tally->queued, -(guint64) wsp_connection_peek_details (self)->shown_queue);
}

void
wsp_connection_count_skipped (WspConnection *self,
                              guint          n_messages)
{
  if (self->owner != NULL)
    wsp_count_add (&wsp_connection_get_tally (self)->skipped, n_messages);
}

guint
wsp_connection_get_end_code (WspConnection *self)
{
  const WspCloseInfo *info = wsp_connection_peek_details (self)->ending.close_info;

  if (info == NULL)
    return WSP_CLOSE_CODE_ABNORMAL;

  return info->was_started_by_peer ? info->peer_code : info->local_code;
}
