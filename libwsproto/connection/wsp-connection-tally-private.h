/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Tally: what the connections of one owner, a worker of a server, have counted together. */
#pragma once

#include <libwsproto/connection/wsp-connection.h>

#include "base/wsp-count-private.h"
#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

typedef struct                  /* how the owner of a connection learns that it has ended */
{
  /* Called before `notify::state` and `closed` of a connection that has ended by itself. */
  void (*leaving)(WspConnection *connection,
                  gpointer       owner);
  /* Called after the handlers of `closed`, or alone when the connection is disposed. */
  void (*ended)(WspConnection *connection,
                gpointer       owner);
} WspConnectionOwnerFuncs;

typedef struct
{
  /* Any thread reads the following counts. */
  WspCount messages_received, messages_sent;
  WspCount bytes_received, bytes_sent;
  WspCount queued;              /* bytes in the send queues */
  WspCount skipped;             /* messages that slow receivers of a broadcast did not get */

  /* Only the thread of the connections uses the following members. */
  const WspConnectionOwnerFuncs *funcs;
  WspReactor *reactor;          /* reactor of the connections; NULL: there are no connections */
  GArray     *active;           /* connections that have counted lately (ActiveConnection); NULL: none */
  WspTimer    timer;
} WspTally;

typedef struct                  /* the first member of what the owners of connections share */
{
  WspTally *tally;
} WspTallyHost;

typedef struct                  /* the first member of what owns a connection: a connection has room for one pointer */
{
  WspTallyHost *host;
} WspConnectionOwner;

void  wsp_tally_begin                 (WspTally                      *self,
                                       WspReactor                    *reactor,
                                       const WspConnectionOwnerFuncs *funcs);
/* All connections have left. */
void  wsp_tally_end                   (WspTally *self);
/* In the child of a fork (), which does not have the thread of the connections: they are forgotten,
 * with what they have counted since it was last added. */
void  wsp_tally_leave                 (WspTally *self);
/* Adds what the connections have counted since it was last added. */
void  wsp_tally_update                (WspTally *self);

/* The functions of the tally are called unless the connection leaves before. */
void  wsp_connection_join_tally       (WspConnection      *self,
                                       WspConnectionOwner *owner);
WspConnectionOwner *wsp_connection_peek_owner (WspConnection *self);    /* NULL: no owner */
/* The number is the owner's, for any use, and 0 at first. */
guint wsp_connection_get_owner_number (WspConnection *self);
void  wsp_connection_set_owner_number (WspConnection *self,
                                       guint          number);
/* A connection without a tally does nothing. */
void  wsp_connection_leave_tally      (WspConnection *self);
/* Broadcasts did not queue so many messages, because the connection is slow. */
void  wsp_connection_count_skipped    (WspConnection *self,
                                       guint          n_messages);
/* The code of the Close that was first, of either side; 1006: there was none, or the connection has
 * not ended. */
guint wsp_connection_get_end_code     (WspConnection *self);

G_END_DECLS
