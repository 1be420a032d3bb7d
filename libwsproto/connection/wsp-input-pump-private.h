/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads from the transport, and takes what the stream has received. */
#pragma once

#include <libwsproto/connection/wsp-connection.h>

#include "connection/message/wsp-message-builder-private.h"
#include "connection/message/wsp-message-stream-private.h"
#include "core/stream/stream.h"
#include "reactor/wsp-completion-private.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_DELIVERY_UNDECIDED,       /* nothing was asked for so far */
  WSP_DELIVERY_PULL,            /* to calls that ask; until then a little is read ahead */
  WSP_DELIVERY_PUSH,            /* start() was called, and not stop() */
} WspDelivery;

typedef enum                    /* where the message goes that is coming */
{
  WSP_INCOMING_WHOLE,           /* into the builder */
  WSP_INCOMING_STREAM,
  WSP_INCOMING_SKIPPED,         /* its stream was closed, or nobody asked before our Close */
} WspIncoming;

typedef enum
{
  WSP_RECEIVER_OF_MESSAGE,
  WSP_RECEIVER_OF_STREAM,
} WspReceiverKind;

typedef struct                  /* between turns, of every connection */
{
  WspDelivery delivery : 8;
  guint8      is_reading;               /* what comes is wanted */
  guint8      is_socket_empty;          /* of this turn: the last read was short */
  guint8      has_more;                 /* the turn's budget ended before the input did, or
                                           what there was to compress */
} WspInputPump;

typedef struct                  /* what is not handed out at once, and who waits; all zero: nothing */
{
  WspMessageBuilder builder;
  WspMessageStream *stream;             /* not owned; set while INCOMING_STREAM */
  WspIncoming       incoming;
  WspMessageType    message_type;       /* of the last piece */
  WspReceiverKind   receiver_kind;
  gsize             counted;            /* in the limits' buffered_input */
  GQueue            inbox;              /* of WspMessage: parsed, not yet taken */
  gsize             inbox_bytes;
  WspCompletion    *receiver;           /* waits for a message */
} WspHeldInput;

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
/* As wsp_transport_read, and the connection learns what has become of it. */
gssize   wsp_input_pump_receive    (WspConnection *connection,
                                    guint8        *buffer,
                                    gsize          length);
/* Delivers what waits, then reads and takes one thing: a piece of a message, a control frame, a
 * fault.  FALSE: nothing more is to be read in this turn. */
gboolean wsp_input_pump_step       (WspConnection *connection);
/* Messages are pushed, and nothing is held before them. */
gboolean wsp_input_pump_is_pushing (const WspConnection *connection);
/* Reads and drops; FALSE when the peer's stream has ended. */
gboolean wsp_input_pump_drain      (WspConnection *connection);
gboolean wsp_input_pump_is_wanted  (WspConnection *connection);
void     wsp_input_pump_clear      (WspConnection *connection);

/* wsp-input-pump.c, for the other half */
gboolean          wsp_input_pump_has_room       (WspConnection *connection);
/* Behind our Close what nobody has asked for is dropped, to come to the peer's. */
gboolean          wsp_input_pump_must_drop      (WspConnection *connection);
/* A receiver whose cancellable has fired, and nobody has told him so yet. */
void              wsp_input_pump_drop_cancelled (WspConnection *connection);
/* The first of the inbox, (transfer full).  NULL: it was longer than whoever takes it whole allows,
 * and the connection has failed. */
WspMessage       *wsp_input_pump_take_ahead     (WspConnection  *connection,
                                                 WspReceiverKind kind);
/* Judges the length of what has come and of what will come by how it is wanted now. */
void              wsp_input_pump_choose_limit   (WspConnection *connection);

/* wsp-connection-receive.c */
WspMessageType    wsp_input_pump_get_message_type (WspBufferType type);
gboolean          wsp_input_pump_is_accepted    (WspConnection *connection,
                                                 WspBufferType  type);
void              wsp_input_pump_take_chunk     (WspConnection     *connection,
                                                 const WscReceived *received);
/* Where the next piece is wanted: {NULL, 0}: in the lent memory. */
WscBuffer         wsp_input_pump_get_own        (WspConnection *connection);
/* FALSE: max-buffered-input does not allow what the builder holds. */
gboolean          wsp_input_pump_may_hold       (WspConnection *connection);
/* Takes back what was counted for that. */
void              wsp_input_pump_uncount        (WspConnection *connection);
/* Somebody waits for a stream, which may have begun. */
void              wsp_input_pump_want_stream    (WspConnection *connection,
                                                 WspCompletion *receiver);
void              wsp_input_pump_forget_receiver (WspConnection *connection);
/* A stream of what has come whole. */
WspMessageStream *wsp_input_pump_make_stream    (WspConnection *connection,
                                                 WspMessage    *message);
void              wsp_input_pump_end_stream     (WspConnection *connection);
/* The end of the connection: what has not come whole has failed. */
void              wsp_input_pump_fail_stream    (WspConnection *connection);

G_END_DECLS
