/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Output of a connection: messages become frames in the memory of the turn, which are written
 * together at its end.  Data that cannot be written now waits in the send queue. */
#pragma once

#include "connection/message/wsp-message-sink-private.h"
#include "connection/link/wsp-link-private.h"
#include "connection/output/wsp-send-queue-private.h"

G_BEGIN_DECLS

/* Once the memory of the turn holds this many bytes, they are written before the turn ends. */
#define WSP_OUTPUT_FLUSH_LENGTH (64 * 1024)
/* A message that has its header before the payload is written from its own memory, to any number
 * of peers.  A shorter message is copied and shares a write with other messages, which costs
 * less. */
#define WSP_OUTPUT_PREPARED_LENGTH 4096
/* The memory of a call that has not returned its result. */
#define WSP_OUTPUT_CALL_OVERHEAD 160

typedef enum                    /* the state of the message that the program sends in parts */
{
  WSP_OUTGOING_NONE,
  WSP_OUTGOING_OPEN,            /* the program has the stream of the message, and wrote nothing to it */
  WSP_OUTGOING_BEGUN,
} WspOutgoing;

typedef struct                  /* data that most connections do not have; made when needed */
{
  guint8         *moved;        /* bytes of the lent memory that the blocked socket did not take; NULL: none */
  gsize           moved_length, moved_sent;
  const guint8   *payload;      /* the rest of the step of the first Send, written after `moved` */
  gsize           payload_length;
  gint64          blocked_since;        /* the time at which waiting began */
  gint64          last_taken;   /* the time at which the socket last took a byte, or at which waiting began */
  WspSendQueue    leaving;      /* Sends whose call is completed when their last byte has left; without their data */
  WspMessageSink *sink;         /* the sink that holds bytes of a message in parts; not owned.  NULL: no sink holds bytes */
  WspSendQueue    behind;       /* messages that wait for the end of the message in parts; their bytes count in the send queue, too */
} WspOutputRest;

typedef struct
{
  WspSendQueue   queue;
  WspOutgoing    outgoing : 8;
  guint8         closes_slow;   /* a receiver that is slow for a broadcast is closed; FALSE: it is skipped */
  guint16        tally_place;   /* see wsp-connection-tally.c; here, because a turn reads this cache line */
  guint          max_delay;     /* milliseconds that a message may wait; 0: the Sends have no time */
  WspOutputRest *rest;          /* data that most connections do not have; NULL: all its members are empty */
} WspOutput;

/* Accepts the message, and counts it as sent.  Writes the message at once if a turn of this
 * connection is running, the queue is empty and completion is NULL; otherwise queues it.  While a
 * message in parts has not ended, the message waits for its end, and is not counted before.
 * completion: taken if there is no fault; NULL: no call waits.  A fault: nothing has changed. */
WscFault wsp_output_send_message   (WspOutput     *self,
                                    WspLink       *link,
                                    WspMessage    *message,
                                    WspSendFlags   flags,
                                    WspCompletion *completion);
/* As wsp_output_send_message (), for a piece of a message or a ping, which are never urgent.  Takes
 * a reference to the bytes. */
WscFault wsp_output_send_payload   (WspOutput    *self,
                                    WspLink      *link,
                                    WscBufferType type,
                                    WspSendFlags  flags,
                                    GBytes       *payload);
/* Call it when the message in parts has ended, or was abandoned: sends the messages that wait for
 * its end.  Code of the program may run. */
void     wsp_output_end_parts      (WspOutput *self,
                                    WspLink   *link);
/* TRUE: a message without a completion can be written at once.  Then no Send waits and no
 * compression was negotiated, so flags would change nothing. */
gboolean wsp_output_may_write_message (const WspOutput  *self,
                                       const WspLink    *link,
                                       const WspMessage *message);
/* Writes the message, if wsp_output_may_write_message () says so.  Returns TRUE. */
gboolean wsp_output_write_message  (WspOutput        *self,
                                    WspLink          *link,
                                    const WspMessage *message);
/* Adds a short message without a completion to the last Send, and counts it as sent; the caller
* wakes the connection.  FALSE: nothing has changed, and the message needs a Send of its own. */
gboolean wsp_output_join_last      (WspOutput   *self,
                                    WspLink     *link,
                                    WspMessage  *message,
                                    WspSendFlags flags);
/* Sends a Close.  If a message in parts has begun, the messages that wait for its end cannot be
 * sent: their calls fail.  Code of the program may run.  reason: a reference is taken; NULL: the
 * Close has no reason. */
WscFault wsp_output_send_close     (WspOutput *self,
                                    WspLink   *link,
                                    guint16    code,
                                    GBytes    *reason);
/* Sends the Close that the stream has to send by itself, if a Close is due. */
void     wsp_output_send_due_close (WspOutput *self,
                                    WspLink   *link);
void     wsp_output_send_keepalive (WspOutput *self,
                                    WspLink   *link);
/* Sends raw bytes. */
void     wsp_output_send_bytes     (WspOutput *self,
                                    WspLink   *link,
                                    GBytes    *bytes);

/* Writes waiting output as far as the socket takes it; short output goes to the memory of the
 * turn first. */
void     wsp_output_write          (WspOutput *self,
                                    WspLink   *link);
/* Writes the bytes in the memory of the turn. */
void     wsp_output_flush          (WspOutput *self,
                                    WspLink   *link);
/* Writes again the bytes that the socket did not take. */
void     wsp_output_resume         (WspOutput *self,
                                    WspLink   *link);
/* Call it outside of a turn: writes the only message of the queue from its own memory, if its
 * frame is prepared.  FALSE: a turn is needed. */
gboolean wsp_output_write_alone    (WspOutput *self,
                                    WspLink   *link);

/* The caller owns its call again.  FALSE: the Send has begun to leave; only without the main
 * context it loses its call all the same. */
gboolean wsp_output_cancel         (WspOutput *self,
                                    WspLink   *link,
                                    WspSend   *send);
/* Drops the Sends that have not begun, except our Close, and the messages that wait for the end of
 * a message in parts.  Code of the program may run. */
void     wsp_output_drop_waiting   (WspOutput    *self,
                                    WspLink      *link,
                                    const GError *error);
/* Drops all Sends, because nothing can be sent any more.  Code of the program may run. */
void     wsp_output_drop_all       (WspOutput    *self,
                                    WspLink      *link,
                                    const GError *error);
/* TRUE: Sends, or calls of Sends, have not left. */
gboolean wsp_output_is_awaited     (const WspOutput *self);
/* Ends the output: the calls of Sends that have not left fail.  error may be NULL if
 * wsp_output_is_awaited () is FALSE. */
void     wsp_output_end            (WspOutput    *self,
                                    WspLink      *link,
                                    const GError *error);
/* Frees the output.  Code of the program may run. */
void     wsp_output_clear          (WspOutput *self,
                                    WspLink   *link);

/* The bytes of frames that were made and have not left. */
gsize    wsp_output_get_unsent     (const WspOutput *self,
                                    const WspLink   *link);
/* The milliseconds for which the oldest message waits for the socket; 0 while max_delay is 0.  The
 * bytes that were written to memory, at most a turn's, count from when the socket took no more.  A
 * message that waits for the end of a message in parts waits for the program, and does not
 * count. */
guint    wsp_output_get_delay      (const WspOutput *self,
                                    const WspLink   *link);
/* TRUE: no output waits. */
gboolean wsp_output_is_idle        (const WspOutput *self,
                                    const WspLink   *link);
/* Adds bytes that are held in addition to the Sends to send-queue-bytes; negative: subtracts. */
void     wsp_output_count          (WspOutput *self,
                                    WspLink   *link,
                                    gssize     bytes);
void     wsp_output_set_sink       (WspOutput      *self,
                                    WspMessageSink *sink);
/* The sink of a message in parts holds bytes until more are written.  wsp_output_leave_parts ()
 * sends these bytes now, wsp_output_drop_parts () drops them. */
void     wsp_output_leave_parts    (WspOutput *self);
void     wsp_output_drop_parts     (WspOutput *self);

/* Checks WSP_WAITING_BLOCKED and WSP_WAITING_BEHIND. */
void     wsp_output_assert_waiting (const WspOutput *self,
                                    const WspLink   *link);

static inline gboolean
wsp_output_is_blocked (const WspLink *link)
{
  return wsp_link_is_waiting (link, WSP_WAITING_BLOCKED);
}

/* TRUE: a message waits for the end of the message in parts. */
static inline gboolean
wsp_output_has_behind (const WspLink *link)
{
  return wsp_link_is_waiting (link, WSP_WAITING_BEHIND);
}

/* The bytes of all Sends, except those that wait for the end of the message in parts. */
static inline gsize
wsp_output_get_bytes_ahead (const WspOutput *self)
{
  return self->queue.bytes - (self->rest != NULL ? self->rest->behind.bytes : 0);
}

G_END_DECLS
