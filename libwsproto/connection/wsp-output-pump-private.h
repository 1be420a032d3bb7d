/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Performs SEND_TO_NETWORK: what a turn makes leaves in one write at its end. */
#pragma once

#include <libwsproto/connection/wsp-connection.h>

#include "connection/message/wsp-message-sink-private.h"
#include "reactor/wsp-completion-private.h"

G_BEGIN_DECLS

/* So much is written before the turn ends. */
#define WSP_OUTPUT_FLUSH_LENGTH (64 * 1024)
/* A message that was put into a frame when it was made leaves as it lies in memory, to however many
 * it is sent; a shorter one is better off copied into the write that it shares with others. */
#define WSP_OUTPUT_PREPARED_LENGTH 4096
/* What a call holds whose result is still to come. */
#define WSP_OUTPUT_CALL_OVERHEAD 160

typedef struct _WspQueuedSend WspQueuedSend;

typedef struct                  /* what the socket did not take */
{
  guint8          *moved;       /* out of the memory that was lent */
  gsize            moved_length, moved_sent;
  gint64           last_taken;  /* when the socket took something, or waiting began */
  gboolean         has_action;  /* a payload by reference is not complete */
  WspSessionAction action;
  const guint8    *payload;
  gsize            payload_length, payload_sent, action_length;
  WspMessage      *message;     /* whose payload it is, if it is not an action's */
} WspBlockedOutput;

typedef enum                    /* a message that the program sends in parts */
{
  WSP_OUTGOING_NONE,
  WSP_OUTGOING_OPEN,            /* its stream was given out, nothing was written to it */
  WSP_OUTGOING_BEGUN,
} WspOutgoing;

typedef struct                  /* of every connection */
{
  WspMessage *deferred;         /* the next turn begins with it; NULL: none */
  gsize       deflate_left;     /* octets that may be compressed until the next turn has ended */
  gsize       queue_bytes;      /* all that is held of what has not left */
  guint       queue_length;     /* messages, pings and parts among it */
  WspOutgoing outgoing : 8;
  guint8      is_full;          /* passed the high-water mark, not yet below the low one */
} WspOutputPump;

typedef struct                  /* what has not left, and who waits for that; all zero: nothing */
{
  WspBlockedOutput *blocked;    /* NULL: the socket takes more */
  GQueue            raw;        /* of GBytes: written as they are between two frames */
  GQueue            finished;   /* of WspCompletion: told when what is kept has left */
  WspCompletion    *indicated;  /* of the operation that is being indicated */
  WspMessageSink   *sink;       /* not owned; holds what waits for more.  NULL: nothing does */
  WspQueuedSend    *released;   /* outside of a turn */
} WspHeldOutput;

/* header_length: octets before the payload that are its frame's header where a server sends it as
 * it is; 0 = none.  completion: taken, may be NULL.  FALSE: nothing was queued, completion is the
 * caller's. */
gboolean wsp_output_pump_send     (WspConnection *connection,
                                   WspBufferType  type,
                                   GBytes        *payload,
                                   guint8         header_length,
                                   WspSendFlags   flags,
                                   WspCompletion *completion,
                                   GError       **error);
/* The same for a message of so many bytes, compressed in the form that its session has for it. */
gboolean wsp_output_pump_send_deflated (WspConnection *connection,
                                        WspBufferType  type,
                                        GBytes        *deflated,
                                        gsize          length,
                                        WspSendFlags   flags,
                                        WspCompletion *completion,
                                        GError       **error);
void     wsp_output_pump_send_raw (WspConnection *connection,
                                   GBytes        *bytes);
void     wsp_output_pump_perform  (WspConnection    *connection,
                                   WspSessionAction *action);
void     wsp_output_pump_indicate (WspConnection    *connection,
                                   WspSessionAction *action);
/* After queue_bytes has grown. */
void     wsp_output_pump_note_load (WspConnection *connection);
/* A message whose header stands behind what is kept. */
void     wsp_output_pump_write_long (WspConnection *connection,
                                     WspMessage    *message,
                                     gsize          header_length);
/* Whole frames, with nothing kept before them; what the socket does not take blocks.  FALSE: the
 * connection is lost. */
gboolean wsp_output_pump_write    (WspConnection *connection,
                                   const guint8  *frames,
                                   gsize          length);
void     wsp_output_pump_resume   (WspConnection *connection);
void     wsp_output_pump_flush    (WspConnection *connection);
/* Has everything left? */
gboolean wsp_output_pump_is_idle  (WspConnection *connection);
/* The end of the connection: what has not left has failed. */
void     wsp_output_pump_end      (WspConnection *connection);
/* Both free what the program has given, and so run code of its own. */
void     wsp_output_pump_clear    (WspConnection *connection);
void     wsp_output_pump_free_released (WspConnection *connection);

G_END_DECLS
