/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Received messages that the program has not taken, in the order of their receipt.  The messages
 * are the links: a received message is in one inbox only. */
#pragma once

#include "connection/message/wsp-message-private.h"

G_BEGIN_DECLS

typedef struct                  /* all zero: empty */
{
  WspMessage *first, *last;
  guint       length;
  gsize       bytes;            /* payload of all messages */
} WspInbox;

/* Takes the message. */
void        wsp_inbox_push (WspInbox   *self,
                            WspMessage *message);
/* Gives the oldest message to the caller; NULL: there is none. */
WspMessage *wsp_inbox_pop  (WspInbox *self);

G_END_DECLS
