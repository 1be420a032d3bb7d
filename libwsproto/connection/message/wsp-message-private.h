/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "connection/message/wsp-message-block-private.h"
#include "connection/message/wsp-message.h"

G_BEGIN_DECLS

/* Takes the block, in which a message that was checked begins.  A server's header is written before
 * it, once for all to whom it may be sent. */
WspMessage   *wsp_message_new_of_block      (WspMessageType   type,
                                             WspMessageBlock *block,
                                             gsize            length);

/* A message that lies in memory of somebody else, who is the only holder of a reference: text was
 * checked.  What others want to keep of it is copied when they say so, before he takes the memory
 * back. */
WspMessage   *wsp_message_new_borrowing     (WspMessagePool *pool,
                                             WspMessageType  type,
                                             const guint8   *data,
                                             gsize           length);
/* The end of the loan.  TRUE: nobody else holds the message, which may borrow again. */
gboolean      wsp_message_end_borrowing     (WspMessage *self);
void          wsp_message_borrow            (WspMessage    *self,
                                             WspMessageType type,
                                             const guint8  *data,
                                             gsize          length);

const guint8 *wsp_message_peek              (WspMessage *self,
                                             gsize      *length);
gboolean      wsp_message_is_borrowing      (WspMessage *self);
/* Text that is known to be UTF-8, and everything binary. */
gboolean      wsp_message_is_checked        (WspMessage *self);
/* The payload compressed, as long as the message lives: made once.  NULL: no memory. */
GBytes       *wsp_message_get_deflated      (WspMessage           *self,
                                             const WscDeflateForm *form,
                                             WscDeflatePool       *streams);
/* Octets before the payload that are the header of a server's frame; 0 = none. */
guint8        wsp_message_get_header_length (WspMessage *self);

G_END_DECLS
