/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The data that both directions of one connection use: the stream of frames, the transport below
 * it, the limits, the memory of the running turn, the counters. */
#pragma once

#include <libwsproto/session/wsp-session.h>

#include "connection/link/wsp-life-private.h"
#include "connection/message/wsp-message-stream.h"
#include "connection/message/wsp-message.h"
#include "connection/report/wsp-connection-stats-private.h"
#include "core/stream/stream.h"
#include "limits/wsp-limits-private.h"
#include "reactor/wsp-transport-private.h"
#include "session/wsp-session-lend-private.h"

G_BEGIN_DECLS

typedef struct _WspLink WspLink;
typedef struct _WspContextMemory WspContextMemory;
typedef struct _WspTapList WspTapList;

typedef struct                  /* the cost of a turn; exists during the turn */
{
  guint   n_messages;           /* number of messages and pongs in the turn */
  gsize   n_bytes;
  guint64 inflate_begin;        /* the cost of inflating at the begin of the turn */
  guint64 n_inflated;           /* the cost of inflating since then */
} WspInputSpent;

typedef struct                  /* exists while a turn runs; on the stack */
{
  WscWorkspace      *workspace; /* memory that the turn has borrowed */
  WspContextMemory  *shared;    /* memory that the connections of a main context share */
  gint64             now;       /* the time at which the turn began */
  WspReactorLooping  looping;
  WspReactorLooping *looping_before;    /* looping notification of the outer turn; NULL: no outer turn */
  WspLink           *link;
  gboolean           was_disturbed;     /* a main loop ran inside the turn: messages do not wait for its end */
  WspInputSpent      spent;
} WspTurn;

typedef WspMessageStream *(*WspLinkMakeStreamFunc) (WspLink       *self,
                                                    WspMessageType type);
typedef GError *(*WspLinkMakeErrorFunc) (WspLink *self);
typedef GError *(*WspLinkMakeSendErrorFunc) (WspLink *self,
                                             WscFault fault);
typedef GError *(*WspLinkMakeRefusalFunc) (WspLink *self,
                                           WscFault fault,
                                           guint64  number);

typedef struct                  /* the functions of the connection that its input and output call */
{
  void (*lost)(WspLink *self,
               GError  *error);         /* (transfer full) error: the transport has failed; NULL: input has ended after a failed write */
  void (*output_lost)(WspLink *self,
                      GError  *error);  /* (transfer full) error: a write has failed */
  void (*failed)(WspLink *self,
                 WscFault fault);       /* the rest of a message cannot be sent */
  void (*filled)(WspLink *self);        /* the send queue holds the high-water mark or more */
  void (*sent_outside)(WspLink *self,
                       guint    n_messages,
                       gsize    n_bytes);       /* counted, while no turn runs */

  /* The input calls these.  Code of the program may run in `message`. */
  void (*message)(WspLink    *self,
                  WspMessage *message);         /* hands a pushed message to the program */
  void (*pong)(WspLink *self,
               GBytes  *payload);
  void (*peer_closed)(WspLink           *self,
                      const WscReceived *close);
  void (*fault)(WspLink *self,
                WscFault fault);        /* the stream has failed with this fault */
  void (*refuse)(WspLink *self,
                 WscFault fault,
                 guint64  number);      /* the peer broke a rule that the stream does not check */
  void (*call_soon)(WspLink *self);     /* queues a turn for the end of this dispatch */
  void (*inbox_filled)(WspLink *self,
                       guint    length);        /* no more messages are read ahead */
  WspLinkMakeStreamFunc make_stream;    /* makes a stream from which the program reads a message */
  WspLinkMakeErrorFunc  make_unread_error;      /* makes the error of a stream whose message is dropped */
  WspLinkMakeSendErrorFunc make_send_error;     /* makes the error of a message that cannot be sent */
  WspLinkMakeRefusalFunc make_late_refusal;     /* as refuse, after the last byte of the peer: logs and makes the error */
} WspLinkFuncs;

/* The functions that the connection gives to its link; wsp-connection-link.c defines them. */
extern const WspLinkFuncs wsp_link_funcs;

typedef enum                    /* why a connection is not idle, although it has read and written everything */
{
  WSP_WAITING_BLOCKED = 1 << 0,         /* the output waits: the socket takes no more at the moment */
  WSP_WAITING_BEHIND = 1 << 1,          /* a message waits for the end of the message in parts */
  WSP_WAITING_FULL = 1 << 2,            /* a sender waits: the high-water mark was passed, the low one not yet reached */
  WSP_WAITING_POSTED = 1 << 3,          /* messages of other threads wait for room in the send queue */
  WSP_WAITING_FLUSH = 1 << 4,           /* a call waits until all output has left */
  WSP_WAITING_PONG = 1 << 5,            /* a received pong waits for its signal */
  WSP_WAITING_NOTIFY = 1 << 6,          /* send-queue-bytes, last notified as more than 0, waits for its next notify */
  WSP_WAITING_SLOW = 1 << 7,            /* a slow receiver of broadcasts waits for its Close, or for the end of what it misses */
} WspWaiting;

struct _WspLink
{
  WspReactor         *reactor;
  WscStream          *stream;           /* the stream of the session; the link holds a reference to the session */
  WspTransport       *transport;        /* transport of the connection; NULL: closed */
  WspLimitValues     *limits;
  WspTurn            *turn;             /* the turn that runs; NULL: no turn is running */
  WspTapList         *taps;             /* taps of the connection; NULL: it has none */
  WspLife             life;
  guint8              waiting;          /* flags of WspWaiting: each is set where the waiting begins, cleared where it ends */
  guint8              is_put_off : 1;   /* a turn waits until all taps have returned */
  guint8              handshake_form : 2;       /* form in which the handshake is kept (WspHandshakeForm) */
  guint8              has_reported_unread : 1;  /* the log has the line that no call asks for messages */
  guint8              has_own_limits : 1;       /* the limits are not those of the endpoint: the program has asked for them or set them */
  guint8              reported_limits : 3;      /* limits that the log has reported (WspReportedLimit) */
  guint32             deflate_left;     /* bytes that may be compressed until the next turn has ended */
  gint64              last_input;
  gint64              last_message;     /* time at which the last message was sent or received */
  WspCounters         counters;
};

static inline WspSession *
wsp_link_peek_session (const WspLink *self)
{
  return wsp_session_of_stream (self->stream);
}

static inline gboolean
wsp_link_is_waiting (const WspLink *self,
                     WspWaiting     what)
{
  return (self->waiting & what) != 0;
}

static inline void
wsp_link_set_waiting (WspLink   *self,
                      WspWaiting what,
                      gboolean   is_waiting)
{
  self->waiting = (guint8) (is_waiting ? self->waiting | what : self->waiting & ~what);
}

static inline gboolean
wsp_link_is_server (const WspLink *self)
{
  return self->stream->options->role == WSC_ROLE_SERVER;
}

G_END_DECLS
