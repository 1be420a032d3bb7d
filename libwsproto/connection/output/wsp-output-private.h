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
/* A message whose frame was made with it is written from where it is in memory, to any number of
 * peers.  A shorter one is copied into the write that it shares with others: that costs less. */
#define WSP_OUTPUT_PREPARED_LENGTH 4096
/* The memory of a call that has not returned its result. */
#define WSP_OUTPUT_CALL_OVERHEAD 160

typedef struct                  /* data that most connections do not have; made when needed */
{
  guint8         *moved;        /* what the socket did not take of the lent memory */
  gsize           moved_length, moved_sent;
  const guint8   *payload;      /* the rest of the step of the first Send, after it */
  gsize           payload_length;
  gint64          last_taken;   /* when the socket took something, or waiting began */
  gboolean        is_blocked;   /* the socket takes no more at the moment */
  GQueue          leaving;      /* of Departure: reported when their last byte has left */
  WspMessageSink *sink;         /* not owned; holds what waits for more.  NULL: nothing does */
  WspSendQueue    behind;       /* messages that wait for the end of the one in parts; its bytes
                                   count in the send queue, too */
} WspOutputRest;

typedef struct
{
  WspSendQueue   queue;
  WspOutputRest *rest;          /* NULL: all of it is empty */
} WspOutput;

/* The message counts as sent from here on.  It is written at once if a turn of this connection
 * is running, nothing waits before it and completion is NULL; otherwise it is queued: after a
 * message in parts that has not ended, if there is one.
 * completion: taken if there is no fault; NULL: no call waits.  flags: NO_COMPRESSION or 0.  A
 * fault: nothing has changed. */
WscFault wsp_output_send_message   (WspOutput     *self,
                                    WspLink       *link,
                                    WspMessage    *message,
                                    WspSendKind    kind,
                                    unsigned       flags,
                                    WspCompletion *completion);
/* The same for a piece of a message, or a ping.  A reference is taken. */
WscFault wsp_output_send_payload   (WspOutput    *self,
                                    WspLink      *link,
                                    WscBufferType type,
                                    GBytes       *payload);
/* The message in parts has ended, or was given up before it had begun: what waits after it is
 * sent.  Code of the program may run. */
void     wsp_output_end_parts      (WspOutput *self,
                                    WspLink   *link);
/* A short message without a completion, while none is sent in parts.  FALSE: it cannot be written
 * at once, and nothing has changed. */
gboolean wsp_output_write_message  (WspOutput  *self,
                                    WspLink    *link,
                                    WspMessage *message);
/* A message that waits for one in parts that has begun cannot be sent before a Close: it fails.
 * Code of the program may run.  reason: a reference is taken; NULL: none. */
WscFault wsp_output_send_close     (WspOutput *self,
                                    WspLink   *link,
                                    guint16    code,
                                    GBytes    *reason);
/* The Close that the stream wants to send by itself, if there is one. */
void     wsp_output_send_due_close (WspOutput *self,
                                    WspLink   *link);
void     wsp_output_send_keepalive (WspOutput *self,
                                    WspLink   *link);
/* Bytes as they are. */
void     wsp_output_send_bytes     (WspOutput *self,
                                    WspLink   *link,
                                    GBytes    *bytes);

/* Writes what waits, as far as the socket takes it: some of it into the memory of the turn. */
void     wsp_output_write          (WspOutput *self,
                                    WspLink   *link);
/* Writes the bytes in the memory of the turn. */
void     wsp_output_flush          (WspOutput *self,
                                    WspLink   *link);
/* Tries again what the socket did not take. */
void     wsp_output_resume         (WspOutput *self,
                                    WspLink   *link);
/* Outside of a turn: writes the only message of the queue from where it is in memory, if its
 * frame is prepared.  FALSE: it takes a turn. */
gboolean wsp_output_write_alone    (WspOutput *self,
                                    WspLink   *link);

/* FALSE: it is too late. */
gboolean wsp_output_cancel         (WspOutput *self,
                                    WspLink   *link,
                                    WspSend   *send);
/* Half of the time for closing is over: drops all before our Close that has not begun. */
void     wsp_output_drop_waiting   (WspOutput    *self,
                                    WspLink      *link,
                                    const GError *error);
/* Nothing of it can be sent.  Code of the program may run, here too. */
void     wsp_output_drop_all       (WspOutput    *self,
                                    const GError *error);
/* Nothing more is written: the calls for what has not left fail. */
void     wsp_output_end            (WspOutput    *self,
                                    const GError *error);
/* Frees it.  Code of the program may run. */
void     wsp_output_clear          (WspOutput *self);

/* Has everything left? */
gboolean wsp_output_is_idle        (const WspOutput *self);
/* This many bytes are held in addition to the Sends; negative: no longer held. */
void     wsp_output_count          (WspOutput *self,
                                    WspLink   *link,
                                    gssize     bytes);
void     wsp_output_set_sink       (WspOutput      *self,
                                    WspMessageSink *sink);
/* Sends now, or drops, the bytes that a message in parts holds until more of it is written. */
void     wsp_output_leave_parts    (WspOutput *self);
void     wsp_output_drop_parts     (WspOutput *self);

static inline gboolean
wsp_output_is_blocked (const WspOutput *self)
{
  return self->rest != NULL && self->rest->is_blocked;
}

/* Does a message wait for the end of the one in parts? */
static inline gboolean
wsp_output_has_behind (const WspOutput *self)
{
  return self->rest != NULL && self->rest->behind.first != NULL;
}

/* Is anything held that the next turn may not write? */
static inline gboolean
wsp_output_is_held_up (const WspOutput *self)
{
  return self->rest != NULL && (self->rest->is_blocked || self->rest->behind.first != NULL);
}

/* All that is held, but for what waits for the end of the message in parts, which may pass. */
static inline gsize
wsp_output_get_bytes_ahead (const WspOutput *self)
{
  return self->queue.bytes - (self->rest != NULL ? self->rest->behind.bytes : 0);
}

G_END_DECLS
