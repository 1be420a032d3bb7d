/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages that other threads hand over: the only part of a connection with a lock. */
#pragma once

#include "connection/message/wsp-message.h"

G_BEGIN_DECLS

typedef struct _WspMailbox WspMailbox;

typedef enum
{
  WSP_MAILBOX_CLOSED,
  WSP_MAILBOX_FULL,
  WSP_MAILBOX_TAKEN,
  WSP_MAILBOX_TAKEN_FIRST,      /* accepted, and the caller has to notify the owner */
} WspMailboxVerdict;

WspMailbox       *wsp_mailbox_new   (void);
void              wsp_mailbox_free  (WspMailbox *self);
/* For any thread.  A message is accepted whenever less than max_bytes wait. */
WspMailboxVerdict wsp_mailbox_put   (WspMailbox  *self,
                                     WspMessage  *message,
                                     WspSendFlags flags,
                                     gsize        max_bytes);
/* For any thread: the bytes of the waiting messages. */
gsize             wsp_mailbox_get_bytes (WspMailbox *self);
/* For the owner's thread.  Urgent messages come first.  (transfer full); NULL: the mailbox is
 * empty, and the next put () returns TAKEN_FIRST. */
WspMessage       *wsp_mailbox_take  (WspMailbox   *self,
                                     WspSendFlags *flags);
/* Closes the mailbox; waiting messages are dropped. */
void              wsp_mailbox_close (WspMailbox *self);

G_END_DECLS
