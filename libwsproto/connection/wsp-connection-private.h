/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The connection's struct, and the functions of its files.  A file calls only functions of files
 * that stand above it in this list.  LAYERS has the same order; the files of calls/ are last.
 * docs/rationales/connection.md has the reasons. */
#pragma once

#include <libwsproto/base/wsp-error.h>
#include <libwsproto/connection/wsp-connection.h>
#include <libwsproto/handshake/wsp-handshake.h>
#include <libwsproto/base/wsp-close-code.h>
#include <libwsproto/session/wsp-session.h>

#include "base/wsp-peer-certificate-private.h"
#include "connection/input/wsp-input-private.h"
#include "connection/link/wsp-life-private.h"
#include "connection/link/wsp-link-private.h"
#include "connection/link/wsp-tap-list-private.h"
#include "connection/message/wsp-mailbox-private.h"
#include "connection/output/wsp-output-private.h"
#include "connection/wsp-connection-tally-private.h"
#include "connection/wsp-connection-transport-private.h"
#include "core/stream/keepalive.h"
#include "reactor/wsp-completion-private.h"
#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

typedef struct _WspMessageHandler WspMessageHandler;

typedef enum                    /* logged once for each connection */
{
  WSP_REPORTED_SEND_HIGH_WATER_MARK = 1 << 0,
  WSP_REPORTED_MAX_SEND_QUEUE = 1 << 1,
  WSP_REPORTED_MAX_READ_AHEAD = 1 << 2,
} WspReportedLimit;

typedef enum                    /* how a connection has its opening handshake */
{
  WSP_HANDSHAKE_FORM_OBJECT,            /* an object: the program has got it from the connection; or there was no handshake */
  WSP_HANDSHAKE_FORM_UNASKED,           /* an object, which the program has not got from the connection */
  WSP_HANDSHAKE_FORM_SOURCE,
  WSP_HANDSHAKE_FORM_KEPT,
} WspHandshakeForm;

typedef struct                  /* messages that other threads send */
{
  WspPost        post;
  WspConnection *connection;
  WspMailbox    *mailbox;
} WspThreadSends;

typedef struct                  /* facts from the creation of the connection, by an endpoint or for a stream */
{
  GIOStream *stream;            /* the program's stream, or the one that the getter made later; NULL: neither */
  char      *uri;
  GQuark     route;             /* route of the handshake that was dropped; 0 = none */
} WspConnectionOrigin;

typedef struct                  /* facts about the end of the connection */
{
  gint64        closing_since, drain_deadline;
  char         *local_reason;
  GError       *error;          /* the error of the connection, until the close info has it */
  GError       *output_error;   /* error of the write that has failed; NULL: no write has failed */
  WspCloseInfo *close_info;     /* report of the end, for the program; NULL: the connection has not ended */
  GQueue        closers;
  WspDue        closed_due;
} WspConnectionEnding;

typedef struct                  /* a ping of the program whose pong was not received */
{
  WspCompletion *completion;
  GBytes        *payload;
  gint64         time;
} WspWaitingPing;

typedef struct                  /* a pong that waits for its signal */
{
  GBytes *payload;
  gint64  rtt;                  /* time from the ping to its pong, in microseconds; -1: the pong answers no ping */
} WspReceivedPong;

typedef enum                    /* why a receiver is slow */
{
  WSP_SLOW_QUEUE,
  WSP_SLOW_DELAY,
  WSP_SLOW_MAILBOX,             /* the mailbox for messages of other threads holds too much */
} WspSlowCause;

/* Data that most connections do not have, or not for long; allocated when first needed. */
typedef struct
{
  WspConnectionOrigin origin;
  GQueue              pings, flushers;
  GQueue              pongs;            /* received pongs (WspReceivedPong), in the order of their receipt */
  guint               is_emitting_pong : 1;
  guint               hides_tls : 1;    /* the TLS of the transport ends at a proxy, so that its facts are not the peer's */
  GTlsCertificateFlags tls_peer_errors;
  gint64              rtt;              /* last time from a ping to its pong, in microseconds */
  gboolean            has_rtt, is_rtt_new;      /* is_rtt_new: the program was not notified of rtt yet */
  gsize               shown_queue;      /* last value of WspConnection:send-queue-bytes that was notified */
  guint               is_skip_due : 1;  /* `skipped` was not emitted yet */
  guint               has_reported_skipped : 1; /* the log has the line that broadcasts skip the receiver */
  WspSlowCause        slow_cause;
  guint64             slow_value;       /* bytes or milliseconds that made the receiver slow */
  guint64             n_skipped;        /* number of broadcast messages that the receiver did not get */
  GSocketAddress     *remote_address;   /* peer's address, as the getter last returned it; NULL: not asked for yet */
  GSocketAddress     *local_address;    /* own address, as the getter last returned it; NULL: not asked for yet */
  char               *tls_ciphersuite;
  WspPeerCertificate *tls_peer_certificate;     /* peer's certificate, kept when it is first asked for, and at the end */
  WspConnectionEnding ending;
  WspConnection      *connection;
} WspConnectionDetails;

/* Thousands of connections may be idle: a member that is empty in an idle connection belongs in
 * the details.  A turn of small messages touches few cache lines, because of the order of the
 * members. */
struct _WspConnection
{
  GObject                    parent_instance;

  WspConnectionDetails      *details;           /* data that most connections do not have; NULL: all details are empty */
  WspMessageHandler         *message_handler;   /* function that gets each message; NULL: the signal `message` is emitted */
  union
  {
    WspHandshake            *handshake;         /* handshake as an object; NULL: it was dropped, or there was none */
    WspHandshakeSource      *handshake_source;
    WspKeptHandshake        *kept_handshake;
  };                                            /* link.handshake_form says which member is set */
  WspInput                   input;
  WspConnectionOwner        *owner;             /* owner that learns of the end; NULL: not of a
                                                   server, or the connection has left its tally */
  WspLink                    link;
  WspOutput                  output;
  WspTimer                   timer;
  WspThreadSends            *thread_sends;      /* messages that other threads send; NULL: no other thread has sent any */
  WspDue                     due;               /* a turn of small messages uses none of the members from here on */
  gint64                     opened;
  union                                         /* the address of a server's peer, from accept () */
  {
    guint32                  accepted_ipv4;
    gpointer                 accepted_other;    /* a sockaddr_in6, for a peer without IPv4 */
  };
  guint16                    accepted_port;     /* port of an IPv4 peer, in network byte order */
  guint16                    accepted_family;   /* address family; 0: ask the transport for the address */
  guint                      number;            /* number of the connection in the log */
  guint                      owner_number;      /* number that the owner may use as it likes */
  guint                      max_from_threads;  /* max-send-queue in bytes, for messages of other threads; read in any thread */
};

extern const WspConnectionDetails wsp_connection_no_details;

/* Returns the details for reading only: all connections share one empty struct. */
static inline const WspConnectionDetails *
wsp_connection_peek_details (const WspConnection *self)
{
  return self->details != NULL ? self->details : &wsp_connection_no_details;
}

static inline WspSession *
wsp_connection_peek_session (const WspConnection *self)
{
  return wsp_link_peek_session (&self->link);
}

static inline WspSessionState
wsp_connection_get_session_state (const WspConnection *self)
{
  return (WspSessionState) self->link.stream->phase;
}

/* Any thread may call it. */
static inline WspConnectionState
wsp_connection_peek_state (const WspConnection *self)
{
  return (WspConnectionState) wsp_life_get_row (&self->link.life)->shown;
}

/* TRUE: the connection is the parent's, and this is the child of a fork (). */
static inline gboolean
wsp_connection_is_inherited (const WspConnection *self)
{
  return wsp_reactor_is_inherited (self->link.reactor);
}

/* wsp-connection-end.c */
gboolean      wsp_connection_may_take_over   (const WspConnection *self);

/* FALSE: another thread runs the main context of the connection.  A connection that was inherited
 * is left: then it is CLOSED, and calls fail. */
static inline gboolean
wsp_connection_is_in_thread (const WspConnection *self)
{
  return G_LIKELY (wsp_reactor_was_iterated_here (self->link.reactor) &&
                   !wsp_connection_is_inherited (self)) ||
         wsp_connection_may_take_over (self);
}

/* FALSE: the caller is a tap of this connection, or another thread runs its main context. */
static inline gboolean
wsp_connection_may_be_called (const WspConnection *self)
{
  return !wsp_tap_list_is_calling (self->link.taps) && wsp_connection_is_in_thread (self);
}

/* The time at which keepalive sent a ping, if nothing was received since; 0 = no such ping. */
static inline gint64
wsp_connection_get_unanswered_ping (const WspConnection *self)
{
  const WscKeepalive *keepalive = &self->link.stream->keepalive;

  return wsc_keepalive_is_waiting (keepalive) ? keepalive->ping_sent : 0;
}

/* TRUE: an offer has found the receiver slow, and it is not closed yet. */
static inline gboolean
wsp_connection_closes_soon (const WspConnection *self)
{
  return wsp_link_is_waiting (&self->link, WSP_WAITING_SLOW) && self->output.closes_slow;
}

typedef enum                    /* the properties that change without a call of their setter */
{
  WSP_NOTIFIES_STATE,
  WSP_NOTIFIES_CLOSE_INFO,
  WSP_NOTIFIES_RTT_US,
  WSP_NOTIFIES_SEND_QUEUE_BYTES,
  WSP_NOTIFIES_PEER_CLOSE_CODE,
  WSP_NOTIFIES_PEER_CLOSE_REASON,
  WSP_N_NOTIFIES,
} WspConnectionNotifies;

/* wsp-connection-details.c */
/* Emits notify without looking the property up by its name. */
void          wsp_connection_notify          (WspConnection        *self,
                                              WspConnectionNotifies property);
void          wsp_connection_install_notify  (WspConnectionNotifies property,
                                              GParamSpec           *pspec);
WspConnectionDetails *wsp_connection_ensure_details (WspConnection *self);
void          wsp_connection_details_free    (WspConnectionDetails *details);
void          wsp_waiting_ping_free          (WspWaitingPing *self);
void          wsp_received_pong_free         (WspReceivedPong *self);
/* The connection keeps itself alive until it is CLOSED. */
void          wsp_connection_hold            (WspConnection *self);
void          wsp_connection_let_go          (WspConnection *self);     /* drops its own reference, unless a turn runs */

/* The result of a call that returns no data. */
gboolean      wsp_connection_finish_call     (WspConnection *self,
                                              GAsyncResult  *result,
                                              gconstpointer  tag,
                                              GError       **error);

/* wsp-connection-tally.c */
#define WSP_PLACE_NONE 0                /* there is no tally */
#define WSP_PLACE_IDLE G_MAXUINT16      /* the tally has all that the connection has counted */
void          wsp_connection_activate        (WspConnection *self);
/* Call it after these were counted, if no turn runs. */
void          wsp_connection_count_outside   (WspConnection *self,
                                              guint          n_messages_sent,
                                              gsize          n_bytes_sent);

/* Call it if there is an owner. */
static inline WspTally *
wsp_connection_get_tally (const WspConnection *self)
{
  return self->owner->host->tally;
}

static inline void
wsp_connection_call_leaving (WspConnection *self)
{
  if (self->owner != NULL)
    wsp_connection_get_tally (self)->funcs->leaving (self, self->owner);
}

static inline void
wsp_connection_call_ended (WspConnection *self)
{
  if (self->owner != NULL)
    wsp_connection_get_tally (self)->funcs->ended (self, self->owner);
}

/* wsp-connection-signals.c */
void          wsp_connection_install_signals (void);
void          wsp_connection_drop_message_func (WspConnection *self);
/* Whether `message` has a handler that is not blocked: without one, messages would be lost. */
gboolean      wsp_connection_has_message_handler (WspConnection *self);
/* Calls destroy at once if there is no function, or the connection is CLOSED. */
void          wsp_connection_replace_message_func (WspConnection *self,
                                                   WspMessageFunc func,
                                                   gpointer       user_data,
                                                   GDestroyNotify destroy);
void          wsp_connection_deliver         (WspLink    *link,
                                              WspMessage *message);
void          wsp_connection_emit_closing    (WspConnection *self,      /* once */
                                              guint          code,
                                              const char    *reason);
/* Keeps the pong until the turn has read, when `notify::rtt-us` and `pong` are emitted.  rtt -1:
 * the pong answers no ping. */
void          wsp_connection_keep_pong       (WspConnection *self,
                                              GBytes        *payload,
                                              gint64         rtt);
void          wsp_connection_emit_pongs      (WspConnection *self);
void          wsp_connection_emit_stream     (WspConnection    *self,
                                              WspMessageStream *stream,        /* may be NULL */
                                              const GError     *error);        /* may be NULL */
void          wsp_connection_emit_skipped    (WspConnection *self);
void          wsp_connection_emit_writable   (WspConnection *self);
void          wsp_connection_emit_closed     (WspConnection *self);

/* wsp-connection-report.c */
GSocketAddress *wsp_connection_dup_remote_address (WspConnection *self);
GSocketAddress *wsp_connection_dup_local_address (WspConnection *self);
/* Nothing is known if there is no TLS, or if TLS ends at a proxy. */
void          wsp_connection_describe_tls    (WspConnection   *self,
                                              WspTransportTls *tls);
/* Copies the certificate of the peer to the details, if the transport has one. */
void          wsp_connection_keep_certificate (WspConnection *self);
/* Notifies each of these properties if it has changed since its last notify. */
void          wsp_connection_show_queue      (WspConnection *self);
void          wsp_connection_show_peer_close (WspConnection *self);
char         *wsp_connection_name_peer       (WspConnection *self);
WspHandshake *wsp_connection_ensure_handshake (WspConnection *self);     /* NULL: there is no handshake */
GError       *wsp_connection_make_error      (WspConnection *self);     /* the error for a call of a connection that has ended */
/* Makes the error of a call from the error that has ended the connection, or its output. */
GError       *wsp_connection_make_call_error (const GError *error);
WspCloseInfo *wsp_connection_peek_close_info (WspConnection *self);     /* NULL: the connection has not ended */
WspCloseInfo *wsp_connection_make_close_info (WspConnection *self);
void          wsp_connection_report_open     (WspConnection *self);
void          wsp_connection_report_end      (WspConnection *self);
void          wsp_connection_report_limit    (WspConnection *self,
                                              const char    *limit,
                                              const char    *text);
/* For a limit that may be exceeded often: logged once for each connection. */
void          wsp_connection_report_limit_once (WspConnection   *self,
                                                WspReportedLimit limit,
                                                guint64          came,
                                                guint64          allowed);
void          wsp_connection_report_timer    (WspConnection *self,
                                              const char    *text);
void          wsp_connection_report_unread   (WspConnection *self,      /* once */
                                              guint          seconds);
void          wsp_connection_report_drop     (WspConnection *self);

/* wsp-connection-wake.c */
void          wsp_connection_call_soon       (WspConnection *self,
                                              WspDueTime     time);
void          wsp_connection_wake            (WspConnection *self);     /* there is something to send */
void          wsp_connection_write_replies_now (WspConnection *self);   /* the loop begins an iteration, or ends */
/* (transfer full) error.  Keeps the error if the connection has no error yet.  After the end the
 * error has no effect: the close info keeps its own.  limit: the property that was exceeded;
 * NULL: the error has another cause. */
void          wsp_connection_note_error      (WspConnection *self,
                                              GError        *error,
                                              const char    *limit);
/* Call wsp_connection_follow_fault () when the stream has failed: notes the error, and sends a
 * Close with its code.  wsp_connection_refuse () makes the stream fail, and does nothing if the
 * stream cannot fail any more.  A stream that has failed takes no more input. */
void          wsp_connection_follow_fault    (WspConnection *self,
                                              WscFault       fault);
void          wsp_connection_refuse          (WspConnection *self,
                                              WscFault       fault,
                                              guint64        number);
void          wsp_connection_lose            (WspConnection *self,
                                              GError        *error);    /* (transfer full) error: the transport failed */
/* (transfer full) error: a write has failed.  Input is still received to its end. */
void          wsp_connection_lose_output     (WspConnection *self,
                                              GError        *error);
/* The memory of the main context is lent to the stream from begin to end. */
void          wsp_connection_begin_turn      (WspConnection *self,
                                              WspTurn       *turn);
void          wsp_connection_end_turn        (WspConnection *self);
/* TRUE: taps are being notified, so the connection does no work now.  A turn is queued when all
 * taps have returned. */
gboolean      wsp_connection_put_off         (WspConnection *self);
/* Writes the queued output, and does not read. */
void          wsp_connection_send_now        (WspConnection *self);

/* wsp-connection-send.c: check_room and check_send are for everything that is sent;
 * wsp_connection_check_open () is for what needs a peer that has not closed. */
gboolean      wsp_connection_check_room      (WspConnection *self,
                                              gsize          held,
                                              GError       **error);
gboolean      wsp_connection_check_send      (WspConnection *self,
                                              GError       **error);
/* FALSE: a write has failed, and error is its error. */
gboolean      wsp_connection_check_output    (WspConnection *self,
                                              GError       **error);
/* Makes the error of a call that cannot send: it says what has failed the connection, and not that
 * the closing handshake has started. */
GError       *wsp_connection_make_send_error (WspConnection *self,
                                              WscFault       fault);
/* Sets the error of a call that comes after the end, and returns FALSE.  text: the error of a
 * connection that has not failed. */
gboolean      wsp_connection_refuse_ended    (WspConnection *self,
                                              const char    *text,
                                              GError       **error);
/* wsp_connection_refuse_ended () for a call of any thread, without a look at what has ended the
 * connection. */
gboolean      wsp_connection_refuse_closed   (WspConnection *self,
                                              const char    *text,
                                              GError       **error);
/* FALSE: the fault is not NONE, and the error is set. */
gboolean      wsp_connection_take_fault      (WspConnection *self,
                                              WscFault       fault,
                                              GError       **error);
/* completion: taken if there is no error; NULL: no call waits. */
gboolean      wsp_connection_send_message    (WspConnection *self,
                                              WspMessage    *message,
                                              WspSendFlags   flags,
                                              WspCompletion *completion,
                                              GError       **error);
gboolean      wsp_connection_send_close      (WspConnection *self,
                                              guint16        code,
                                              const char    *reason,
                                              GError       **error);
/* wsp-connection-offer.c; wsp_connection_offer () is in wsp-connection-transport-private.h */
/* Closes a receiver that an offer has found slow.  Code of the program may run. */
void          wsp_connection_close_slow      (WspConnection *self);
/* Emits `skipped` if an offer has begun a row of skipped messages. */
void          wsp_connection_show_skipped    (WspConnection *self);
/* TRUE: the send queue is not full any more, and no message is skipped: `writable` is due. */
gboolean      wsp_connection_end_full        (WspConnection *self);
/* Moves messages of other threads to the send queue, until it is full or none is left. */
void          wsp_connection_take_posted     (WspConnection *self);
/* Does so when the mailbox notifies, and counts the offers that it did not accept. */
void          wsp_connection_begin_posted    (WspConnection *self);

/* wsp-connection-end.c */
/* Notifies `state` if the getter returns another state than at the last notify. */
void          wsp_connection_show_life       (WspConnection *self);
void          wsp_connection_end             (WspConnection *self);     /* closed follows */
void          wsp_connection_drop            (WspConnection *self);     /* without a signal or a result */

/* wsp-connection-time.c */
void          wsp_connection_set_turn_time   (WspConnection *self,
                                              /* call it when a turn begins */
                                              WspWatchEvents events);
/* Call wsp_connection_check_time () after the turn has read its input.  now is the time at which
 * the turn began: a later pong or Close was not read yet, and the peer is not late. */
void          wsp_connection_check_time      (WspConnection *self,
                                              gint64         now);
void          wsp_connection_check_idle      (WspConnection *self,
                                              gint64         now);
GError       *wsp_connection_make_close_timeout (WspConnection *self);
void          wsp_connection_begin_draining  (WspConnection *self);
gboolean      wsp_connection_has_drained     (WspConnection *self);
void          wsp_connection_update_timer    (WspConnection *self);
/* TRUE: the timer expires later than compression has to be suspended. */
gboolean      wsp_connection_must_suspend_sooner (const WspConnection *self);

/* wsp-connection-turn.c */
void          wsp_connection_init_turns      (WspConnection *self);
void          wsp_connection_begin           (WspConnection *self,
                                              WspTransport  *transport,              /* called once; (transfer full) */
                                              GBytes        *initial_input);
/* All taps have returned: queues the turn that waited for them, and frees an empty list of taps. */
void          wsp_connection_take_put_off    (GObject *connection);

/* wsp-connection-taps.c */
void          wsp_connection_insert_tap      (WspConnection *self,
                                              WspTap        *tap);
void          wsp_connection_drop_tap        (WspConnection *self,
                                              WspTap        *tap);

/* wsp-connection-attach.c */
void          wsp_connection_attach          (WspConnection *self);     /* for inspectors, if the program is offered to them */

/* wsp-connection-time.c.  For messages of other threads; call this from any thread. */
void          wsp_connection_follow_max_send_queue (WspConnection        *self,
                                                    const WspLimitValues *limits);

/* calls/wsp-connection-limits.c */
void          wsp_connection_begin_limits    (WspConnection *self);     /* those of the session */
void          wsp_connection_own_limits      (WspConnection *self);     /* nothing else uses the limits of the session */
void          wsp_connection_end_limits      (WspConnection *self);     /* call it before the session is released */

/* calls/wsp-connection-properties.c */
void          wsp_connection_install_properties (GObjectClass *class);

G_END_DECLS
