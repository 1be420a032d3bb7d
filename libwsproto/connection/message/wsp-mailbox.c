/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Mailbox: any thread puts messages in, one thread takes them out in the same order.
 *
 * is_notified is set while the owner knows that messages wait: the owner is notified once for all
 * waiting messages.
 */
#include "connection/message/wsp-mailbox-private.h"

#include "connection/message/wsp-message-private.h"

struct _WspMailbox
{
  GMutex   lock;                /* protects all following members */
  GQueue   messages;
  gsize    n_bytes;
  gboolean is_notified;
  gboolean is_closed;
};

WspMailbox *
wsp_mailbox_new (void)
{
  WspMailbox *self = g_new0 (WspMailbox, 1);

  g_mutex_init (&self->lock);
  g_queue_init (&self->messages);
  return self;
}

void
wsp_mailbox_free (WspMailbox *self)
{
  g_queue_clear_full (&self->messages, (GDestroyNotify) wsp_message_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static WspMailboxVerdict
put_locked (WspMailbox *self,
            WspMessage *message,
            gsize       max_bytes)
{
  gboolean was_notified = self->is_notified;

  if (self->is_closed)
    return WSP_MAILBOX_CLOSED;

  if (self->n_bytes >= max_bytes)
    return WSP_MAILBOX_FULL;

  g_queue_push_tail (&self->messages, wsp_message_ref (message));
  self->n_bytes += wsp_message_get_size (message) + WSP_MESSAGE_OVERHEAD;
  self->is_notified = TRUE;
  return was_notified ? WSP_MAILBOX_TAKEN : WSP_MAILBOX_TAKEN_FIRST;
}

WspMailboxVerdict
wsp_mailbox_put (WspMailbox *self,
                 WspMessage *message,
                 gsize       max_bytes)
{
  g_mutex_lock (&self->lock);

  WspMailboxVerdict verdict = put_locked (self, message, max_bytes);

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

WspMessage *
wsp_mailbox_take (WspMailbox *self)
{
  g_mutex_lock (&self->lock);

  WspMessage *message = g_queue_pop_head (&self->messages);

  if (message != NULL)
    self->n_bytes -= wsp_message_get_size (message) + WSP_MESSAGE_OVERHEAD;
  else
    self->is_notified = FALSE;
  g_mutex_unlock (&self->lock);
  return message;
}

void
wsp_mailbox_close (WspMailbox *self)
{
  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  self->n_bytes = 0;

  GQueue forgotten = self->messages;

  g_queue_init (&self->messages);
  g_mutex_unlock (&self->lock);
  g_queue_clear_full (&forgotten, (GDestroyNotify) wsp_message_unref);
}
