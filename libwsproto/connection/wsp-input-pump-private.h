/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Performs RECEIVE_FROM_NETWORK and takes what is indicated. */
#pragma once

#include <libwsproto/connection/wsp-connection.h>

#include "connection/message/wsp-message-builder-private.h"
#include "reactor/wsp-completion-private.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_DELIVERY_UNDECIDED,       /* neither start() nor receive_async() was called */
  WSP_DELIVERY_PULL,
  WSP_DELIVERY_PUSH,
  WSP_DELIVERY_PUSH_STOPPED,
} WspDelivery;

typedef struct
{
  WspMessageBuilder builder;
  GQueue            inbox;              /* of WspMessage: parsed, not yet taken */
  WspCompletion    *receiver;           /* waits for a message */
  WspDelivery       delivery;
  gboolean          is_receive_queued;  /* the session holds a Receive of ours */
  gboolean          is_socket_empty;    /* of this turn: the last read was short */
  gboolean          has_more;           /* the turn's budget ended before the input did */
  guint             n_messages;         /* of this turn */
  gsize             n_bytes;
} WspInputPump;

typedef struct
{
  WspCompletion *completion;
  GBytes        *payload;
  gint64         time;
} WspWaitingPing;

void     wsp_waiting_ping_free     (WspWaitingPing *self);

/* events: what the socket was told to be ready for. */
void     wsp_input_pump_begin_turn (WspConnection *connection,
                                    WspWatchEvents events);
/* Hands waiting messages to whoever asks, and asks the session for more while there is room for
 * it. */
void     wsp_input_pump_prepare    (WspConnection *connection);
/* FALSE: nothing more is to be read in this turn. */
gboolean wsp_input_pump_read       (WspConnection    *connection,
                                    WspSessionAction *action);
void     wsp_input_pump_indicate   (WspConnection    *connection,
                                    WspSessionAction *action);
/* Reads and drops; FALSE when the peer's stream has ended. */
gboolean wsp_input_pump_drain      (WspConnection *connection);
gboolean wsp_input_pump_has_budget (WspConnection *connection);
gboolean wsp_input_pump_is_held_back (WspConnection *connection);
gboolean wsp_input_pump_is_wanted  (WspConnection *connection);
/* Nothing is read because the program takes no messages. */
gboolean wsp_input_pump_is_paused  (WspConnection *connection);
void     wsp_input_pump_clear      (WspConnection *connection);

G_END_DECLS
