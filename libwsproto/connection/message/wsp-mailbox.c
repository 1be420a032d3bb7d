/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Mailbox: any thread puts messages in, one thread takes them out: urgent messages first, otherwise
 * in the same order.
 *
 * is_notified is set from when a caller has to notify the owner until the owner begins to take: the
 * owner is notified once for all letters that come meanwhile.  is_waiting is set while the owner
 * waits for room, and takes the letters then without being notified.
 *
 * docs/rationales/threads-and-contexts.md has the reasons.
 */
#include "connection/message/wsp-mailbox-private.h"

#include "connection/message/wsp-message-private.h"

typedef struct
{
  GQueue all;                   /* letters (WspLetter), urgent ones and others */
  GQueue offers;                /* links of `all` (GList) whose letters are offers */
} Letters;

struct _WspMailbox
{
  GMutex   lock;                /* protects all following members */
  Letters  urgent, others;
  gsize    n_bytes;
  guint    n_missed;            /* offers that were not accepted since the owner has asked */
  gboolean is_notified, is_waiting;
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
  WspLetter *self = data;

  wsp_message_unref (self->message);
  g_slice_free (WspLetter, self);
}

static void
letters_clear (Letters *self)
{
  g_queue_clear (&self->offers);
  g_queue_clear_full (&self->all, letter_free);
}

static void
letters_put (Letters         *self,
             const WspLetter *letter)
{
  g_queue_push_tail (&self->all, g_slice_dup (WspLetter, letter));
  if (letter->is_offer)
    g_queue_push_tail (&self->offers, self->all.tail);
}

/* NULL: there is none. */
static WspLetter *
letters_take_offer (Letters *self)
{
  GList *link = g_queue_pop_head (&self->offers);
  WspLetter *letter = link != NULL ? link->data : NULL;

  if (link != NULL)
    g_queue_delete_link (&self->all, link);
  return letter;
}

static WspLetter *
letters_take (Letters *self)
{
  const WspLetter *first = g_queue_peek_head (&self->all);

  return first != NULL && first->is_offer ? letters_take_offer (self)
                                          : g_queue_pop_head (&self->all);
}

void
wsp_mailbox_free (WspMailbox *self)
{
  letters_clear (&self->urgent);
  letters_clear (&self->others);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* The owner decides at once about an offer, also about one that finds no room. */
static gboolean
must_notify (WspMailbox      *self,
             const WspLetter *letter)
{
  gboolean must = !self->is_notified && (letter->is_offer || !self->is_waiting);

  self->is_notified |= must;
  return must;
}

static WspMailboxVerdict
put_locked (WspMailbox      *self,
            const WspLetter *letter,
            gsize            max_bytes,
            gboolean        *notifies)
{
  gboolean is_full = self->n_bytes >= max_bytes;

  *notifies = FALSE;
  if (self->is_closed)
    return WSP_MAILBOX_CLOSED;

  if (!is_full || letter->is_offer)
    *notifies = must_notify (self, letter);
  if (is_full)
    {
      self->n_missed += letter->is_offer;
      return WSP_MAILBOX_FULL;
    }

  wsp_message_ref (letter->message);
  letters_put (letter->flags & WSP_SEND_FLAGS_URGENT ? &self->urgent : &self->others, letter);
  self->n_bytes += wsp_message_get_size (letter->message) + WSP_MESSAGE_OVERHEAD;
  return WSP_MAILBOX_TAKEN;
}

WspMailboxVerdict
wsp_mailbox_put (WspMailbox      *self,
                 const WspLetter *letter,
                 gsize            max_bytes,
                 gboolean        *notifies)
{
  g_mutex_lock (&self->lock);

  WspMailboxVerdict verdict = put_locked (self, letter, max_bytes, notifies);

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

gboolean
wsp_mailbox_has_offers (WspMailbox *self)
{
  g_mutex_lock (&self->lock);

  gboolean has_offers = self->urgent.offers.length > 0 || self->others.offers.length > 0;

  g_mutex_unlock (&self->lock);
  return has_offers;
}

guint
wsp_mailbox_begin (WspMailbox *self)
{
  g_mutex_lock (&self->lock);

  guint n_missed = self->n_missed;

  self->n_missed = 0;
  self->is_notified = FALSE;
  g_mutex_unlock (&self->lock);
  return n_missed;
}

static WspLetter *
take_locked (WspMailbox *self,
             WspLetters  which)
{
  WspLetter *(*take)(Letters *) = which == WSP_LETTERS_ALL ? letters_take : letters_take_offer;
  WspLetter *letter = take (&self->urgent);

  if (letter == NULL)
    letter = take (&self->others);
  self->is_waiting = letter == NULL && self->urgent.all.length + self->others.all.length > 0;
  if (letter == NULL)
    return NULL;

  self->n_bytes -= wsp_message_get_size (letter->message) + WSP_MESSAGE_OVERHEAD;
  return letter;
}

WspMailboxContent
wsp_mailbox_take (WspMailbox *self,
                  WspLetters  which,
                  WspLetter  *letter)
{
  g_mutex_lock (&self->lock);

  WspLetter *taken = take_locked (self, which);
  gboolean is_waiting = self->is_waiting;

  g_mutex_unlock (&self->lock);
  letter->message = NULL;
  if (taken == NULL)
    return is_waiting ? WSP_MAILBOX_WAITS : WSP_MAILBOX_EMPTY;

  *letter = *taken;
  g_slice_free (WspLetter, taken);
  return WSP_MAILBOX_LETTER;
}

void
wsp_mailbox_close (WspMailbox *self)
{
  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  self->is_waiting = FALSE;
  self->n_bytes = 0;

  Letters urgent = self->urgent, others = self->others;

  self->urgent = self->others = (Letters) { G_QUEUE_INIT, G_QUEUE_INIT };
  g_mutex_unlock (&self->lock);
  letters_clear (&urgent);
  letters_clear (&others);
}
