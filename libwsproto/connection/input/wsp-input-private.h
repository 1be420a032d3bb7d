/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Input of a connection: reads from the transport, asks the stream for what was received, and hands
 * messages out: to the function of the program (pushed), or to the call that asks for one
 * (pulled). */
#pragma once

#include "connection/input/wsp-inbox-private.h"
#include "connection/link/wsp-life-private.h"
#include "connection/link/wsp-link-private.h"
#include "connection/message/wsp-message-builder-private.h"
#include "connection/message/wsp-message-stream-private.h"
#include "core/stream/stream.h"
#include "reactor/wsp-completion-private.h"

G_BEGIN_DECLS

#define WSP_MESSAGES_PER_TURN 64        /* messages, and pongs, that one connection delivers before others have their turns */

typedef enum                    /* up to DELAYED no message was asked for so far */
{
  WSP_DELIVERY_UNDECIDED,       /* the connection was not handed out, or was made for a stream: only
                                   start_receiving () starts delivery */
  WSP_DELIVERY_OFFERED,         /* the connection was handed out: start_receiving () or a message function
                                   starts delivery */
  WSP_DELIVERY_DELAYED,         /* stop_receiving () was called: only start_receiving () starts delivery */
  WSP_DELIVERY_PULL,            /* receive calls get the messages; while no call waits, a little is read ahead */
  WSP_DELIVERY_PUSH,            /* the connection has started, and stop_receiving () was not called afterwards */
} WspDelivery;

typedef enum                    /* the values of WspMessageFilter */
{
  WSP_ACCEPTED_ALL,
  WSP_ACCEPTED_TEXT,
  WSP_ACCEPTED_BINARY,
} WspAcceptedTypes;

typedef enum                    /* where the pieces of the current message go */
{
  WSP_INCOMING_WHOLE,           /* the builder gets the pieces of the whole message */
  WSP_INCOMING_STREAM,
  WSP_INCOMING_SKIPPED,         /* the message is dropped: its stream was closed, or no call asked for it before our Close */
} WspIncoming;

typedef enum
{
  WSP_RECEIVER_OF_MESSAGE,
  WSP_RECEIVER_OF_STREAM,
} WspReceiverKind;

typedef struct                  /* messages that are not delivered at once, and the waiting call */
{
  WspMessageBuilder builder;
  WspMessageStream *stream;             /* not owned; set while INCOMING_STREAM */
  WspIncoming       incoming;
  WspMessageType    message_type;       /* type of the message that the last piece belongs to */
  WspReceiverKind   receiver_kind;
  gsize             counted;            /* the part of the limits' buffered_input that this connection adds */
  WspInbox          inbox;
  WspCompletion    *receiver;           /* the waiting call; NULL: no call waits */
  gint64            undecided_since;    /* when the first message began to wait, if the program has asked for none so far; else 0 */
} WspHeldInput;

typedef struct
{
  WspHeldInput    *held;                /* messages that wait, and the call that waits; NULL: nothing is held */
  WspDelivery      delivery : 8;
  WspAcceptedTypes accepted : 8;        /* the peer may send messages of these types */
  guint8           is_reading;          /* input is wanted */
  guint8           is_socket_empty;     /* the last read of this turn was short, so the socket is empty */
  guint8           has_more;            /* the turn's budget was used up before all input was handled, or all output compressed */
  guint8           is_ended : 1;        /* the peer's stream of bytes has ended */
  guint8           has_held_replies : 1;        /* the connection's due call waits for the next iteration, to write replies */
  guint8           is_turn_held : 1;    /* a turn was asked for while the due call waits for the next iteration */
  guint16          reply_iteration;     /* the iteration of the loop in which the last message was delivered, while replies are held */
} WspInput;

extern const WspHeldInput wsp_input_nothing_held;

/* events: what the socket is ready for. */
void     wsp_input_begin_turn      (WspInput      *self,
                                    WspLink       *link,
                                    WspWatchEvents events);
/* Call it when a turn has begun and messages are pushed: reads once, and pushes what was read.
 * FALSE: wsp_input_step () goes on, because something else was read or is to be read. */
gboolean wsp_input_read_whole      (WspInput *self,
                                    WspLink  *link);
/* Delivers waiting messages, then reads and handles one item: a piece of a message, a control
 * frame, a fault.  FALSE: do not read again in this turn. */
gboolean wsp_input_step            (WspInput *self,
                                    WspLink  *link);
/* As wsp_input_has_room (), while something may be held. */
gboolean wsp_input_held_has_room (const WspInput *self,
                                  const WspLink  *link);
/* Reads and drops; FALSE when the peer's stream has ended. */
gboolean wsp_input_drain           (WspInput *self,
                                    WspLink  *link);

/* Switches the length limit on if the current message goes to the program as a whole, off if the
 * program reads a stream or has not asked yet.  Checks the current length if the limit is on. */
void              wsp_input_choose_limit     (WspInput *self,
                                              WspLink  *link);
/* Forgets the receiver if it was cancelled, even if its cancel function has not run yet. */
void              wsp_input_drop_cancelled   (WspInput *self);
/* Returns the first message that was read ahead, (transfer full).  NULL: no message was read
 * ahead; or it is longer than a receiver of this kind allows, all were dropped, and the connection
 * has failed, or cannot fail any more and error is set. */
WspMessage       *wsp_input_take_ahead       (WspInput       *self,
                                              WspLink        *link,
                                              WspReceiverKind kind,
                                              GError        **error);
/* Forgets the messages that were read ahead. */
void              wsp_input_drop_ahead       (WspInput *self);
/* Makes this call the receiver.  Call it while there is no receiver, no message was read ahead,
 * and no stream is open. */
void              wsp_input_set_receiver     (WspInput       *self,
                                              WspLink        *link,
                                              WspCompletion  *receiver,
                                              WspReceiverKind kind);
void              wsp_input_forget_receiver  (WspInput *self);
/* Returns a stream that holds the whole message. */
WspMessageStream *wsp_input_make_stream      (WspLink    *link,
                                              WspMessage *message);
/* Drops the rest of the current message. */
void              wsp_input_skip_message     (WspInput *self,
                                              WspLink  *link);
/* Subtracts the bytes of this connection from the buffered_input of its limits. */
void              wsp_input_uncount          (WspInput *self,
                                              WspLink  *link);
/* TRUE: a call or the stream of a message waits for input. */
gboolean          wsp_input_is_awaited       (const WspInput *self);
/* At the end of the connection the receiver gets its result, and the stream of a message fails.
 * error may be NULL if wsp_input_is_awaited () is FALSE. */
void              wsp_input_end              (WspInput     *self,
                                              gboolean      is_clean,
                                              const GError *error);
void              wsp_input_clear            (WspInput *self,
                                              WspLink  *link);

/* A server does not read from a peer that takes no responses.  A client does: if both sides
 * stopped, an echo of more than the two high-water marks would never end. */
static inline gboolean
wsp_input_is_held_back (const WspLink *link)
{
  return wsp_link_is_waiting (link, WSP_WAITING_FULL) && wsp_link_is_server (link);
}

/* TRUE: the program takes more messages, or more may be read ahead. */
static inline gboolean
wsp_input_has_room (const WspInput *self,
                    const WspLink  *link)
{
  return self->held == NULL || wsp_input_held_has_room (self, link);
}

static inline gboolean
wsp_input_is_anything_held (const WspInput *self)
{
  const WspHeldInput *held = self->held;

  return held != NULL && (held->builder.block != NULL || held->inbox.length > 0 ||
                          held->incoming != WSP_INCOMING_WHOLE);
}

/* TRUE: messages are pushed, and none is held.  Inline, because it is asked for each message, and
 * before and after a turn. */
static WSC_INLINE gboolean
wsp_input_is_pushing (const WspInput *self,
                      const WspLink  *link)
{
  return self->is_reading && self->delivery == WSP_DELIVERY_PUSH &&
         !wsp_input_is_anything_held (self) &&
         wsc_stream_may_call (link->stream, WSC_CALL_RECEIVE) == WSC_FAULT_NONE &&
         wsp_life_sends (&link->life) && !wsp_input_is_held_back (link);
}

/* TRUE: the program has asked for no message so far. */
static inline gboolean
wsp_input_is_undecided (const WspInput *self)
{
  return self->delivery <= WSP_DELIVERY_DELAYED;
}

/* The result is for reading only. */
static inline const WspHeldInput *
wsp_input_peek_held (const WspInput *self)
{
  return self->held != NULL ? self->held : &wsp_input_nothing_held;
}

G_END_DECLS
