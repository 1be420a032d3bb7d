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
} WspMailboxVerdict;

typedef struct
{
  WspMessage  *message;
  WspSendFlags flags;
  gboolean     is_offer;        /* the message belongs to a broadcast: it does not wait for room in the send queue */
} WspLetter;

typedef enum                    /* which letters the owner takes */
{
  WSP_LETTERS_ALL,
  WSP_LETTERS_OFFERS,
} WspLetters;

typedef enum                    /* what the owner got */
{
  WSP_MAILBOX_EMPTY,
  WSP_MAILBOX_WAITS,            /* there are letters that the owner did not ask for: it asks again when there is room */
  WSP_MAILBOX_LETTER,
} WspMailboxContent;

WspMailbox       *wsp_mailbox_new   (void);
void              wsp_mailbox_free  (WspMailbox *self);
/* For any thread.  A message is accepted whenever less than max_bytes wait.  notifies becomes TRUE
 * if the caller has to notify the owner, of this letter or of an offer that was not accepted. */
WspMailboxVerdict wsp_mailbox_put   (WspMailbox      *self,
                                     const WspLetter *letter,
                                     gsize            max_bytes,
                                     gboolean        *notifies);
/* For any thread: the bytes of the waiting messages. */
gsize             wsp_mailbox_get_bytes (WspMailbox *self);
/* Returns whether an offer waits. Any thread may call it. */
gboolean          wsp_mailbox_has_offers (WspMailbox *self);
/* For the owner's thread, when it is notified.  Returns how many offers were not accepted since the
 * last call. */
guint             wsp_mailbox_begin (WspMailbox *self);
/* For the owner's thread.  Urgent messages come first.  The message of the letter is (transfer
 * full); NULL: there is no letter. */
WspMailboxContent wsp_mailbox_take  (WspMailbox *self,
                                     WspLetters  which,
                                     WspLetter  *letter);
/* Closes the mailbox; waiting messages are dropped. */
void              wsp_mailbox_close (WspMailbox *self);

G_END_DECLS
