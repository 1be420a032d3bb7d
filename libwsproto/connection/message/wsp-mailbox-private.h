/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages that other threads hand over: the only part of a connection with a lock. */
#pragma once

#include "connection/message/wsp-message.h"

G_BEGIN_DECLS

typedef struct _WspMailbox WspMailbox;

typedef enum
{
  WSP_MAILBOX_CLOSED,           /* nothing is taken any more */
  WSP_MAILBOX_FULL,
  WSP_MAILBOX_TAKEN,
  WSP_MAILBOX_TAKEN_FIRST,      /* taken, and the owner has to be notified */
} WspMailboxVerdict;

WspMailbox       *wsp_mailbox_new   (void);
void              wsp_mailbox_free  (WspMailbox *self);
/* Any thread.  A message is taken whenever less than max_bytes wait. */
WspMailboxVerdict wsp_mailbox_put   (WspMailbox *self,
                                     WspMessage *message,
                                     gsize       max_bytes);
/* Any thread: what is held. */
gsize             wsp_mailbox_get_bytes (WspMailbox *self);
/* The owner's thread.  (transfer full); NULL: empty, the next one is a first one again. */
WspMessage       *wsp_mailbox_take  (WspMailbox *self);
/* Nothing more is taken; messages that wait are dropped. */
void              wsp_mailbox_close (WspMailbox *self);

G_END_DECLS
