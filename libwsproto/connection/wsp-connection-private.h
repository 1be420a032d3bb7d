/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The connection's struct, for its own files. */
#pragma once

#include <libwsproto/connection/wsp-connection.h>
#include <libwsproto/observe/wsp-close-code.h>
#include <libwsproto/session/wsp-handshake.h>
#include <libwsproto/session/wsp-session-error.h>

#include "connection/message/wsp-mailbox-private.h"
#include "connection/wsp-connection-transport-private.h"
#include "connection/input/wsp-input-private.h"
#include "connection/link/wsp-link-private.h"
#include "connection/output/wsp-output-private.h"
#include "connection/link/wsp-taps-private.h"
#include "reactor/wsp-completion-private.h"
#include "session/wsp-session-lend-private.h"

G_BEGIN_DECLS

typedef struct _WspMessageHandler WspMessageHandler;

typedef enum                    /* logged once for each connection */
{
  WSP_TOLD_HIGH_WATER_MARK = 1 << 0,
  WSP_TOLD_MAX_SEND_QUEUE = 1 << 1,
  WSP_TOLD_RECEIVE_QUEUE_LIMIT = 1 << 2,
} WspToldLimit;

typedef struct                  /* messages that other threads send */
{
  WspPost        post;
  WspConnection *connection;
  WspMailbox    *mailbox;
  gboolean       is_waiting;    /* messages are left: no room, or a message is sent in parts */
} WspThreadSends;

typedef struct                  /* how it was made: by an endpoint, or for a stream */
{
  GIOStream *stream;            /* as given, or as asked for since; may be NULL */
  GBytes    *initial_input;
  char      *uri;
} WspConnectionOrigin;

typedef struct                  /* how it ends */
{
  gint64  closing_since, drain_deadline;
  char   *local_reason;
  GError *error;                /* why it failed, until the close info has it */
  GQueue  closers;
  WspDue  closed_due;
} WspConnectionEnding;

typedef struct                  /* a ping of the program whose pong was not received */
{
  WspCompletion *completion;
  GBytes        *payload;
  gint64         time;
} WspWaitingPing;

/* Data that most connections do not have, or not for long; allocated when first needed. */
typedef struct
{
  WspConnectionOrigin origin;
  GQueue              pings, flushers;
  gint64              rtt;              /* microseconds */
  gboolean            has_rtt;
  WspConnectionEnding ending;
  WspConnection      *connection;
} WspConnectionDetails;

/* Thousands of connections may be idle: a field that is empty in an idle one belongs in the
 * details.  Ordered so that a turn of small messages touches few lines of the processor's cache. */
struct _WspConnection
{
  GObject                    parent_instance;

  WspConnectionDetails      *details;           /* NULL: all of them are empty */
  WspMessageHandler         *message_handler;   /* NULL: the signal is emitted */
  WspCloseInfo              *close_info;        /* NULL: it has not ended */
  union
  {
    WspHandshake            *handshake;         /* NULL: forgotten, or there was none */
    WspHandshakeSource      *handshake_source;  /* while has_handshake_source: it is not made */
  };
  WspInput                   input;
  guint8                     told_limits;       /* of WspToldLimit */
  guint8                     is_held : 1;       /* keeps itself alive until it is closed */
  guint8                     was_closing_told : 1;
  guint8                     was_started_by_peer : 1;
  guint8                     has_handshake_source : 1;
  guint8                     has_taken_session : 1;     /* and drives its stream */
  guint8                     is_put_off : 1;    /* a turn waits until all taps have returned */
  WspConnectionState         state;             /* other threads ask */
  guint                      max_from_threads;  /* bytes; other threads ask */
  guint                      number;            /* for the log */
  WspLink                    link;
  WspOutput                  output;
  WspTimer                   timer;
  WspThreadSends            *thread_sends;      /* NULL: no other thread has sent anything */
  WspDue                     due;               /* from here on: not of such a turn */
  gint64                     opened;
  WspConnectionEndedFunc     ended;             /* NULL: no endpoint wants to know */
  gpointer                   ended_owner;
#if WSP_CHECKS_THREADS
  GThread                   *thread;            /* only to be compared */
#endif
};

extern const WspConnectionDetails wsp_connection_no_details;

/* Only to be looked at. */
static inline const WspConnectionDetails *
wsp_connection_peek_details (const WspConnection *self)
{
  return self->details != NULL ? self->details : &wsp_connection_no_details;
}

static inline WspSessionState
wsp_connection_get_session_state (const WspConnection *self)
{
  return (WspSessionState) self->link.stream->phase;
}

/* When keepalive sent the ping that nothing has answered so far; 0 = there is none. */
static inline gint64
wsp_connection_get_unanswered_ping (const WspConnection *self)
{
  const WscKeepalive *keepalive = &self->link.stream->keepalive;

  return wsc_keepalive_is_waiting (keepalive) ? keepalive->ping_sent : 0;
}

enum
{
  WSP_CONNECTION_SIGNAL_MESSAGE,
  WSP_CONNECTION_SIGNAL_CLOSING,
  WSP_CONNECTION_SIGNAL_CLOSED,
  WSP_CONNECTION_SIGNAL_WRITABLE,
  WSP_CONNECTION_SIGNAL_PONG,
  WSP_CONNECTION_N_SIGNALS,
};

/* wsp-connection.c */
WspConnectionDetails      *wsp_connection_need_details (WspConnection *self);
void                       wsp_connection_emit_message (WspConnection *self,
                                                        WspMessage    *message);
void                       wsp_connection_emit_closing (WspConnection *self,
                                                        guint          code,
                                                        const char    *reason);
void                       wsp_connection_emit_pong    (WspConnection *self,
                                                        GBytes        *payload,
                                                        gint64         rtt);
void                       wsp_connection_emit_writable (WspConnection *self);
void                       wsp_connection_emit_closed  (WspConnection *self);

/* wsp-message-handler.c */
void                       wsp_connection_deliver      (WspLink    *link,
                                                        WspMessage *message);
void                       wsp_connection_drop_message_func (WspConnection *self);

/* Moves messages of other threads to the send queue, until it is full or none is left.  Moves
 * none while a message is sent in parts. */
void                       wsp_connection_take_posted  (WspConnection *self);
void                       wsp_connection_close_thread_sends (WspConnection *self);
/* FALSE: the caller is a tap of this connection, or, in debug builds only, another thread runs
 * its main context. */
gboolean                   wsp_connection_may_be_called (WspConnection *self);

/* wsp-connection-send.c: what refuses anything that is sent, what needs a peer that has not closed,
 * and a message */
gboolean                   wsp_connection_send_close   (WspConnection *self,
                                                        guint16        code,
                                                        const char    *reason,
                                                        GError       **error);
/* FALSE: there is a fault, and the error is set. */
gboolean                   wsp_connection_take_fault   (WspConnection *self,
                                                        WscFault       fault,
                                                        GError       **error);
gboolean                   wsp_connection_check_send   (WspConnection *self,
                                                        GError       **error);
gboolean                   wsp_connection_check_open   (WspConnection *self,
                                                        GError       **error);
gboolean                   wsp_connection_check_message (WspConnection *self,
                                                         GError       **error);

/* wsp-connection-receive.c */
extern const WspLinkFuncs wsp_connection_link_funcs;
void                       wsp_waiting_ping_free       (WspWaitingPing *self);

/* wsp-connection-parts.c: what was written to the stream of a message and waits for more */
void                       wsp_connection_leave_parts  (WspConnection *self);
void                       wsp_connection_drop_parts   (WspConnection *self);

/* wsp-connection-turn.c */
void                       wsp_connection_init_turns   (WspConnection *self);
void                       wsp_connection_begin        (WspConnection *self,
                                                        WspTransport  *transport);  /* once; taken */
void                       wsp_connection_wake         (WspConnection *self);   /* there is something to send */
void                       wsp_connection_call_soon    (WspConnection *self,
                                                        WspDueTurn     turn);
void                       wsp_connection_lose         (WspConnection *self,
                                                        GError        *error);  /* taken: the transport failed */
/* All taps have returned: queues the turn that waited for them, and frees an empty list of taps. */
void                       wsp_connection_take_put_off (GObject *connection);
/* The stream has failed: notes the error, and sends the Close that says why.
 * wsp_connection_refuse () makes the stream fail first, if it still may; then nothing more of
 * the peer is taken. */
void                       wsp_connection_follow_fault (WspConnection *self,
                                                        WscFault       fault);
void                       wsp_connection_refuse       (WspConnection *self,
                                                        WscFault       fault,
                                                        guint64        number);
/* Reading continues, and this turn has nothing left to do, check or report. */
gboolean                   wsp_connection_is_at_rest   (WspConnection *self);
/* Taken.  The first one counts; after the end, where the close info has it, none does.  limit NULL:
 * none was exceeded. */
void                       wsp_connection_note_error   (WspConnection *self,
                                                        GError        *error,
                                                        const char    *limit);
void                       wsp_connection_hold         (WspConnection *self);
WspHandshake              *wsp_connection_need_handshake (WspConnection *self);  /* NULL: there is none */
GError                    *wsp_connection_make_error   (WspConnection *self);   /* for a call on one that has ended */

WspCloseInfo              *wsp_connection_make_close_info (WspConnection *self);
void                       wsp_connection_report_open  (WspConnection *self);
void                       wsp_connection_report_end   (WspConnection *self);
void                       wsp_connection_report_limit (WspConnection *self,
                                                        const char    *limit,
                                                        const char    *text);
void                       wsp_connection_report_timer (WspConnection *self,
                                                        const char    *text);
/* For a limit that may be exceeded often: logged once for each connection. */
void                       wsp_connection_tell_limit   (WspConnection *self,
                                                        WspToldLimit   limit,
                                                        guint64        came,
                                                        guint64        allowed);

/* wsp-connection-time.c */
void                       wsp_connection_tell_time    (WspConnection *self,            /* when a turn begins */
                                                        WspWatchEvents events);
/* When all is read; now: when the turn began, because what has come since is not read. */
void                       wsp_connection_judge_time   (WspConnection *self,
                                                        gint64         now);
void                       wsp_connection_judge_idle   (WspConnection *self,
                                                        gint64         now);
GError                    *wsp_connection_make_close_timeout (WspConnection *self);
void                       wsp_connection_begin_draining (WspConnection *self);
gboolean                   wsp_connection_has_drained  (WspConnection *self);
void                       wsp_connection_update_timer (WspConnection *self);
void                       wsp_connection_set_state    (WspConnection     *self,
                                                        WspConnectionState state);      /* later ones only */
void                       wsp_connection_end          (WspConnection *self);   /* closed follows */
/* From the start on: what is not given a transport has ended. */
void                       wsp_connection_wait_for_transport (WspConnection *self);
void                       wsp_connection_refuse_session (WspConnection *self);
void                       wsp_connection_let_go       (WspConnection *self);   /* of itself, if it is closed */
void                       wsp_connection_drop         (WspConnection *self);   /* without a word to anybody */

/* wsp-connection-properties.c */
void                       wsp_connection_install_properties (GObjectClass *class);
void                       wsp_connection_notify_state       (WspConnection *self);
void                       wsp_connection_notify_close_info  (WspConnection *self);
void                       wsp_connection_notify_rtt         (WspConnection *self);
GSocketAddress            *wsp_connection_dup_remote_address (WspConnection *self);
GTlsProtocolVersion        wsp_connection_get_tls_protocol   (WspConnection *self);
char                      *wsp_connection_dup_tls_ciphersuite (WspConnection *self);
char                      *wsp_connection_name_peer          (WspConnection *self);

G_END_DECLS
