/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The send queue, in the order of writing.  A Send holds a reference to its data, and no copy. */
#pragma once

#include "connection/message/wsp-message-private.h"
#include "core/stream/stream.h"
#include "reactor/wsp-completion-private.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_SEND_MESSAGE,             /* a message, or a piece of a message */
  WSP_SEND_URGENT,              /* a message that goes ahead of messages that have not begun */
  WSP_SEND_CONTROL,             /* a ping or a pong */
  WSP_SEND_CLOSE,
  WSP_SEND_BYTES,               /* raw bytes, which go between two frames */
} WspSendKind;

typedef enum                    /* what a Send holds a reference to */
{
  WSP_HOLDS_NOTHING,
  WSP_HOLDS_MESSAGE,
  WSP_HOLDS_BYTES,
  WSP_HOLDS_BATCH,
} WspSendHolds;

/* A batch has at most so many messages. */
#define WSP_BATCH_SIZE 16

typedef struct                  /* whole messages, each with the header of a server's frame before its payload */
{
  guint       n, n_written;     /* those written stay until all are */
  WspMessage *messages[WSP_BATCH_SIZE];
} WspSendBatch;

typedef struct                  /* data of a Send that was taken out of it */
{
  gpointer     held;
  WspSendHolds holds;
} WspSendData;

typedef struct _WspSend WspSend;

struct _WspSend
{
  WspSend       *next, *previous;       /* next is NULL in the last Send; previous of the first is the last */
  WscOutgoing    out;           /* the rest of the Send that is left to write */
  const guint8  *payload;       /* the begin of the payload when it was accepted */
  gpointer       held;          /* the owner of the bytes: a WspMessage, a GBytes or a WspSendBatch */
  WspCompletion *completion;    /* call that waits for the Send; NULL: no call waits */
  guint64        end;           /* bytes that the connection has sent when this Send has left; set when it was written */
  gsize          counted;       /* the part of send-queue-bytes that this Send adds; 0: it does not count */
  WspSendHolds   holds : 8;
  WspSendKind    kind : 8;
  guint8         type;          /* type of the message or control frame (WscBufferType) */
  guint8         is_behind;     /* TRUE: the Send is in the list that waits for a message in parts */
  guint32        since;         /* when the Send was queued, in milliseconds; unset while max_delay is 0 */
};

typedef struct                  /* all zero: empty */
{
  WspSend *first;
  WspSend *last_urgent;         /* last Send that is urgent; NULL: there may be none */
  gsize    bytes;               /* send-queue-bytes: the memory of Sends that have not left */
} WspSendQueue;

/* Returns a copy of self, which holds its own reference to the data.  The reference ends the loan
 * of a message that borrows: its bytes are copied to another address. */
WspSend *wsp_send_keep       (const WspSend *self);
/* Frees what wsp_send_keep () made; code of the program may run. */
void     wsp_send_free       (WspSend *self);
/* The caller clears the data, when code of the program may run. */
WspSendData wsp_send_steal_data (WspSend *self);
void     wsp_send_data_clear (WspSendData *self);

/* Takes the Send.  is_frame_open: a frame of the first Send has begun and is not complete. */
void     wsp_send_queue_add  (WspSendQueue *self,
                              WspSend      *send,
                              gboolean      is_frame_open);
/* Adds a message to the last Send, and its bytes to the queue.  message: checked and prepared for a
 * server.  longest: the last Send is not compressed, and may become a batch if its only message is
 * not longer.  FALSE: nothing has changed, and the message needs a Send of its own. */
gboolean wsp_send_queue_join (WspSendQueue *self,
                              WspMessage   *message,
                              gsize         longest,
                              gboolean      is_frame_open);
/* Puts the Send behind all others, also an urgent one, as they all came before. */
void     wsp_send_queue_add_last (WspSendQueue *self,
                                  WspSend      *send);
/* Puts the Send before all others, because it was begun. */
void     wsp_send_queue_add_first (WspSendQueue *self,
                                   WspSend      *send);
/* Gives the Send back to the caller. */
void     wsp_send_queue_remove (WspSendQueue *self,
                                WspSend      *send);
/* TRUE: the Send can be withdrawn.  No byte of it has left, and it is not a part of a message. */
gboolean wsp_send_queue_may_cancel (const WspSendQueue *self,
                                    const WspSend      *send,
                                    gboolean            is_frame_open);

G_END_DECLS
