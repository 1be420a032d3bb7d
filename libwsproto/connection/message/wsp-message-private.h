/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "connection/message/wsp-deflated-private.h"
#include "connection/message/wsp-message-block-private.h"
#include "connection/message/wsp-message.h"

G_BEGIN_DECLS

/* The memory of a queued message in addition to its payload: its objects, its header, its
 * operation.  The override for Python has the same number (MESSAGE in _wsp/connection.py). */
#define WSP_MESSAGE_OVERHEAD 240

/* While a message borrows, its lender holds the only reference, in the thread of its
 * context.  Taking another reference, or the bytes or the text, ends the loan: the payload is
 * copied.
 * A NUL follows the payload of a block. */
struct _WspMessage
{
  gatomicrefcount  ref_count;
  guint8           message_type;
  guint8           is_borrowing;
  guint8           is_checked;
  guint8           header_length;
  const guint8    *data;
  gsize            length;
  WspMessageBlock *block;       /* block that data belongs to; NULL: data belongs to bytes, or is borrowed */
  WspMessagePool  *pool;        /* pool that gives a block when the loan ends; NULL: the message never borrowed */
  GBytes          *bytes;       /* made by the first wsp_message_get_bytes () */
  WspMessage      *next;        /* next message of the inbox; NULL: the last, or in no inbox */
  char            *text;        /* a copy with a NUL, made by the first wsp_message_get_text () */
  WspDeflated     *deflated;    /* the compressed forms that were made so far */
};

/* Takes the block, which holds the payload; a text was checked.  Writes the header of a server's
 * frame before the payload, once for all peers to which the message may be sent. */
WspMessage   *wsp_message_new_of_block      (WspMessageType   type,
                                             WspMessageBlock *block,
                                             gsize            length);

/* A message whose payload is in memory of the caller, which holds the only reference; a text was
 * checked.  If other code keeps the message or its payload, the payload is copied at that moment,
 * before the caller takes the memory back. */
WspMessage   *wsp_message_new_borrowing     (WspMessagePool *pool,
                                             WspMessageType  type,
                                             const guint8   *data,
                                             gsize           length);
/* Ends the loan.  TRUE: the caller has the only reference, and the message may borrow again.
 * FALSE: the message has other owners; the caller's reference was released. */
gboolean      wsp_message_end_borrowing     (WspMessage *self);
void          wsp_message_borrow            (WspMessage    *self,
                                             WspMessageType type,
                                             const guint8  *data,
                                             gsize          length);

/* Returns the compressed payload, which lives as long as the message: it is made once, if the
 * budget suffices.  NULL: the budget does not suffice, or there is no memory. */
GBytes       *wsp_message_get_deflated      (WspMessage           *self,
                                             const WscDeflateForm *form,
                                             WscDeflatePool       *streams,
                                             guint32              *budget);

/* These functions are inline, because they are called for every message that is sent. */
static inline const guint8 *
wsp_message_peek (const WspMessage *self,
                  gsize            *length)
{
  *length = self->length;
  return self->data;
}

static inline WscBufferType
wsp_message_get_buffer_type (const WspMessage *self)
{
  return self->message_type == WSP_MESSAGE_TYPE_TEXT ? WSC_BUFFER_UTF8_MESSAGE
                                                     : WSC_BUFFER_BINARY_MESSAGE;
}

static inline gboolean
wsp_message_is_borrowing (const WspMessage *self)
{
  return self->is_borrowing;
}

/* TRUE: the message is binary, or its text is known to be UTF-8. */
static inline gboolean
wsp_message_is_checked (const WspMessage *self)
{
  return self->is_checked;
}

/* Bytes before the payload that are the header of a server's frame; 0 = none. */
static inline guint8
wsp_message_get_header_length (const WspMessage *self)
{
  return self->header_length;
}

G_END_DECLS
