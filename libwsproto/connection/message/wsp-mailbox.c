/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Mailbox: any thread puts messages in, one thread takes them out: urgent messages first, otherwise
 * in the same order.
 *
 * is_notified is set while the owner knows that messages wait: the owner is notified once for all
 * waiting messages.
 */
#include "connection/message/wsp-mailbox-private.h"

#include "connection/message/wsp-message-private.h"

typedef struct
{
  WspMessage  *message;
  WspSendFlags flags;
} Letter;

struct _WspMailbox
{
  GMutex   lock;                /* protects all following members */
  GQueue   urgent, others;      /* of Letter */
  gsize    n_bytes;
  gboolean is_notified;
  gboolean is_closed;
};

WspMailbox *
wsp_mailbox_new (void)
{
  WspMailbox *self = g_new0 (WspMailbox, 1);

  g_mutex_init (&self->lock);
  return self;
}

static void
letter_free (gpointer data)
{
  Letter *self = data;

  wsp_message_unref (self->message);
  g_slice_free (Letter, self);
}

void
wsp_mailbox_free (WspMailbox *self)
{
  g_queue_clear_full (&self->urgent, letter_free);
  g_queue_clear_full (&self->others, letter_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static WspMailboxVerdict
put_locked (WspMailbox  *self,
            WspMessage  *message,
            WspSendFlags flags,
            gsize        max_bytes)
{
  const Letter letter = { message, flags };
  gboolean was_notified = self->is_notified;

  if (self->is_closed)
    return WSP_MAILBOX_CLOSED;

  if (self->n_bytes >= max_bytes)
    return WSP_MAILBOX_FULL;

  wsp_message_ref (message);
  g_queue_push_tail (flags & WSP_SEND_FLAGS_URGENT ? &self->urgent : &self->others,
                     g_slice_dup (Letter, &letter));
  self->n_bytes += wsp_message_get_size (message) + WSP_MESSAGE_OVERHEAD;
  self->is_notified = TRUE;
  return was_notified ? WSP_MAILBOX_TAKEN : WSP_MAILBOX_TAKEN_FIRST;
}

WspMailboxVerdict
wsp_mailbox_put (WspMailbox  *self,
                 WspMessage  *message,
                 WspSendFlags flags,
                 gsize        max_bytes)
{
  g_mutex_lock (&self->lock);

  WspMailboxVerdict verdict = put_locked (self, message, flags, max_bytes);

  g_mutex_unlock (&self->lock);
  return verdict;
}

gsize
wsp_mailbox_get_bytes (WspMailbox *self)
{
  g_mutex_lock (&self->lock);

  gsize n_bytes = self->n_bytes;

  g_mutex_unlock (&self->lock);
  return n_bytes;
}

static Letter *
take_locked (WspMailbox *self)
{
  Letter *letter = g_queue_pop_head (self->urgent.length > 0 ? &self->urgent : &self->others);

  if (letter != NULL)
    self->n_bytes -= wsp_message_get_size (letter->message) + WSP_MESSAGE_OVERHEAD;
  else
    self->is_notified = FALSE;
  return letter;
}

WspMessage *
wsp_mailbox_take (WspMailbox   *self,
                  WspSendFlags *flags)
{
  g_mutex_lock (&self->lock);

  Letter *letter = take_locked (self);

  g_mutex_unlock (&self->lock);
  if (letter == NULL)
    return NULL;

  WspMessage *message = letter->message;

  *flags = letter->flags;
  g_slice_free (Letter, letter);
  return message;
}

void
wsp_mailbox_close (WspMailbox *self)
{
  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  self->n_bytes = 0;

  GQueue urgent = self->urgent, others = self->others;

  g_queue_init (&self->urgent);
  g_queue_init (&self->others);
  g_mutex_unlock (&self->lock);
  g_queue_clear_full (&urgent, letter_free);
  g_queue_clear_full (&others, letter_free);
}
