/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The send queue, in the order of writing: it holds references to the data and what is left to
 * write of it, no copies. */
#pragma once

#include "connection/message/wsp-message-private.h"
#include "core/stream/stream.h"
#include "reactor/wsp-completion-private.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_SEND_MESSAGE,             /* or a piece of one */
  WSP_SEND_URGENT,              /* a message ahead of those that have not begun */
  WSP_SEND_CONTROL,             /* a ping or a pong */
  WSP_SEND_CLOSE,
  WSP_SEND_BYTES,               /* as they are, between two frames */
} WspSendKind;

typedef enum                    /* what a Send holds a reference to */
{
  WSP_HOLDS_NOTHING,
  WSP_HOLDS_MESSAGE,
  WSP_HOLDS_BYTES,
} WspSendHolds;

typedef struct _WspSend WspSend;

struct _WspSend
{
  WspSend       *next, *previous;       /* NULL: it is the last, the first */
  WscOutgoing    out;           /* what is left of it */
  const guint8  *payload;       /* where all of it began when it was accepted */
  gpointer       held;          /* where its bytes lie: a WspMessage or GBytes */
  WspCompletion *completion;    /* NULL: no call waits */
  gsize          counted;       /* what it adds to send-queue-bytes; 0: it does not count */
  WspSendHolds   holds : 8;
  WspSendKind    kind : 8;
  guint8         type;          /* WscBufferType */
  guint8         is_behind;     /* it waits for a message in parts, in a list of its own */
};

typedef enum                    /* a message that the program sends in parts */
{
  WSP_OUTGOING_NONE,
  WSP_OUTGOING_OPEN,            /* its stream was given out, nothing was written to it */
  WSP_OUTGOING_BEGUN,
} WspOutgoing;

typedef struct                  /* all zero: empty */
{
  WspSend *first, *last;
  gsize    bytes;               /* all that is held of what has not left */
  WspOutgoing outgoing : 8;
} WspSendQueue;

/* A copy of self, with a reference of its own to what it holds.  A message that borrows ends its
 * loan by that: its bytes lie elsewhere then. */
WspSend *wsp_send_keep       (const WspSend *self);
/* Frees what wsp_send_keep () made; code of the program may run. */
void     wsp_send_free       (WspSend *self);

/* Takes the Send.  is_frame_open: a frame of the first one has begun and is not whole. */
void     wsp_send_queue_add  (WspSendQueue *self,
                              WspSend      *send,
                              gboolean      is_frame_open);
/* The Send is in front of all others: it was begun. */
void     wsp_send_queue_add_first (WspSendQueue *self,
                                   WspSend      *send);
/* The caller owns it again. */
void     wsp_send_queue_remove (WspSendQueue *self,
                                WspSend      *send);
/* May it be taken back?  Nothing of it has left, and it is no part of a message. */
gboolean wsp_send_queue_may_cancel (const WspSendQueue *self,
                                    const WspSend      *send,
                                    gboolean            is_frame_open);

G_END_DECLS
