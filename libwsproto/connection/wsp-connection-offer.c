/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Accepts messages of broadcasts (offers) and of other threads.  A receiver takes an offer unless
 * it is slow: then it is closed or skipped.  Messages of other threads that belong to a broadcast
 * are offers, too; the others wait for room.
 *
 * A receiver that is slow is only marked here: the next turn closes it, or notifies the program,
 * because the caller goes on with other receivers, and may be a tap.  From the mark until the Close
 * is sent the receiver takes no message of a broadcast.
 *
 * docs/rationales/broadcasts-and-groups.md has the reasons. */
#include "connection/wsp-connection-private.h"

#include "connection/link/wsp-tap-list-private.h"
#include "connection/wsp-connection-tally-private.h"
#include "session/wsp-session-lend-private.h"

#define SLOW_REASON "Receiver is too slow"

void
wsp_connection_set_slow_rule (WspConnection *self,
                              WspSlowPolicy  policy,
                              guint          max_delay)
{
  self->output.closes_slow = policy == WSP_SLOW_POLICY_CLOSE;
  self->output.max_delay = max_delay;
}

static gboolean
is_full (const WspConnection *self)
{
  return self->output.queue.bytes >= self->link.limits->max_send_queue;
}

static gboolean
connection_offer_is_late (const WspConnection *self)
{
  return wsp_output_get_delay (&self->output, &self->link) > self->output.max_delay;
}

static gboolean
connection_offer_is_slow (const WspConnection *self)
{
  return is_full (self) || connection_offer_is_late (self);
}

/* The turn that writes the log comes later, when less may wait. */
static void
note_cause (WspConnection *self)
{
  WspConnectionDetails *details = self->details;

  if (is_full (self))
    {
      details->slow_cause = WSP_SLOW_QUEUE;
      details->slow_value = self->output.queue.bytes;
    }
  else if (connection_offer_is_late (self))
    {
      details->slow_cause = WSP_SLOW_DELAY;
      details->slow_value = wsp_output_get_delay (&self->output, &self->link);
    }
  else
    {
      details->slow_cause = WSP_SLOW_MAILBOX;
      details->slow_value = wsp_mailbox_get_bytes (self->thread_sends->mailbox);
    }
}

static gboolean
connection_offer_is_marked (const WspConnection *self)
{
  return wsp_link_is_waiting (&self->link, WSP_WAITING_SLOW);
}

static void
mark_slow (WspConnection *self,
           guint          n_missed)
{
  WspConnectionDetails *details = wsp_connection_ensure_details (self);

  if (!self->output.closes_slow)
    {
      details->n_skipped += n_missed;
      wsp_connection_count_skipped (self, n_missed);
    }
  if (connection_offer_is_marked (self))
    return;

  note_cause (self);
  details->is_skip_due = !self->output.closes_slow;
  wsp_link_set_waiting (&self->link, WSP_WAITING_SLOW, TRUE);
  if (!wsp_connection_put_off (self))
    wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

/* Messages that were queued in this dispatch wait for its end, and not for the peer: they are
 * written now, so that a burst does not make a receiver slow that takes it all.  A tap may run. */
static void
connection_offer_write_waiting (WspConnection *self)
{
  if (self->link.turn != NULL || wsp_output_is_blocked (&self->link) ||
      wsp_tap_list_is_notifying (self->link.taps))
    return;

  wsp_connection_send_now (self);
  wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

/* FALSE: the receiver misses the message. */
static gboolean
connection_offer_may_take (WspConnection *self)
{
  if (wsp_connection_is_inherited (self) || !wsp_connection_check_open (self, NULL) ||
      wsp_connection_closes_soon (self))
    return FALSE;
  if (!connection_offer_is_slow (self))
    return TRUE;

  connection_offer_write_waiting (self);
  if (!wsp_connection_check_open (self, NULL))
    return FALSE;
  if (!connection_offer_is_slow (self))
    return TRUE;

  mark_slow (self, 1);
  return FALSE;
}

gboolean
wsp_connection_offer (WspConnection *self,
                      WspMessage    *message,
                      WspSendFlags   flags)
{
  g_autoptr (WspConnection) kept = NULL;
  gboolean is_usual = !is_full (self) && self->output.max_delay == 0 &&
                      !connection_offer_is_marked (self) &&
                      !wsp_connection_is_inherited (self);

  if (G_UNLIKELY (!is_usual))
    {
      kept = g_object_ref (self);
      if (!connection_offer_may_take (self))
        return FALSE;
    }

  return wsp_connection_send_quietly (self, message, flags, NULL);
}

static void
report_slow (WspConnection *self,
             const char    *text)
{
  static const char *const limits[] = {
    [WSP_SLOW_QUEUE] = "max-send-queue",
    [WSP_SLOW_DELAY] = "max-send-delay",
    [WSP_SLOW_MAILBOX] = "max-send-queue",
  };
  static const char *const causes[] = {
    [WSP_SLOW_QUEUE] = "send queue is full",
    [WSP_SLOW_DELAY] = "milliseconds that a message waits",
    [WSP_SLOW_MAILBOX] = "messages of other threads wait",
  };
  const WspConnectionDetails *details = self->details;
  const WspSlowCause cause = details->slow_cause;
  g_autofree char *line =
    g_strdup_printf ("%s: %s: %" G_GUINT64_FORMAT ", limit %s %" G_GUINT64_FORMAT
                     " (see WspServer:slow-policy)", text, causes[cause], details->slow_value,
                     limits[cause],
                     cause == WSP_SLOW_DELAY ? self->output.max_delay
                                             : self->link.limits->max_send_queue);

  wsp_connection_report_limit (self, limits[cause], line);
}

/* A frame that has begun to leave is completed, and the Close follows it. */
void
wsp_connection_close_slow (WspConnection *self)
{
  g_autoptr (GError) error =
    wsp_session_make_error (wsp_connection_peek_session (self), WSC_FAULT_CLOSING_STARTED, NULL);

  wsp_link_set_waiting (&self->link, WSP_WAITING_SLOW, FALSE);
  if (!wsp_connection_check_open (self, NULL))
    return;

  report_slow (self, "Receiver is closed because it is slow");
  if (!wsp_connection_check_open (self, NULL))  /* a handler of the log has closed it */
    return;

  wsp_output_drop_waiting (&self->output, &self->link, error);
  self->link.stream->has_dropped_waiting = TRUE;
  (void) wsp_connection_send_close (self, WSP_CLOSE_CODE_TRY_AGAIN_LATER, SLOW_REASON, NULL);
}

void
wsp_connection_show_skipped (WspConnection *self)
{
  WspConnectionDetails *details = self->details;

  if (!connection_offer_is_marked (self) || !details->is_skip_due)
    return;

  details->is_skip_due = FALSE;
  if (!details->has_reported_skipped)
    {
      details->has_reported_skipped = TRUE;
      report_slow (self, "Broadcasts skip a receiver because it is slow");
    }
  if (wsp_life_sends (&self->link.life))    /* no handler has ended the connection */
    wsp_connection_emit_skipped (self);
}

gboolean
wsp_connection_end_full (WspConnection *self)
{
  const gboolean is_skipping = connection_offer_is_marked (self) && !self->output.closes_slow;

  /* A handler of `skipped` may have ended the connection. */
  if (!wsp_life_sends (&self->link.life))
    return FALSE;

  if ((!is_skipping && !wsp_link_is_waiting (&self->link, WSP_WAITING_FULL)) ||
      self->output.queue.bytes > self->link.limits->send_low_water_mark ||
      (is_skipping && connection_offer_is_slow (self)))
    return FALSE;

  wsp_link_set_waiting (&self->link, WSP_WAITING_FULL, FALSE);
  if (is_skipping)
    wsp_link_set_waiting (&self->link, WSP_WAITING_SLOW, FALSE);
  return TRUE;
}

/* A message of another thread, unless it is a broadcast's, is refused only if closing has begun:
 * then it is dropped, and so are all messages that still wait. */
static WspMailboxContent
take_letter (WspConnection *self)
{
  WspMailbox *mailbox = self->thread_sends->mailbox;
  WspLetter letter;

  /* An offer makes room if it can: then the letters before it go first. */
  if (is_full (self) && wsp_mailbox_has_offers (mailbox))
    connection_offer_write_waiting (self);

  WspMailboxContent content =
    wsp_mailbox_take (mailbox, is_full (self) ? WSP_LETTERS_OFFERS : WSP_LETTERS_ALL, &letter);
  g_autoptr (WspMessage) message = letter.message;

  if (message == NULL)
    return content;

  if (letter.is_offer)
    (void) wsp_connection_offer (self, message, letter.flags);
  else
    (void) wsp_connection_send_quietly (self, message, letter.flags, NULL);
  return content;
}

void
wsp_connection_take_posted (WspConnection *self)
{
  WspMailboxContent content = WSP_MAILBOX_LETTER;

  wsp_link_set_waiting (&self->link, WSP_WAITING_POSTED, TRUE);
  while (content == WSP_MAILBOX_LETTER && wsp_link_is_waiting (&self->link, WSP_WAITING_POSTED))
    content = take_letter (self);
  if (content == WSP_MAILBOX_EMPTY)
    wsp_link_set_waiting (&self->link, WSP_WAITING_POSTED, FALSE);
}

void
wsp_connection_begin_posted (WspConnection *self)
{
  const guint n_missed = wsp_mailbox_begin (self->thread_sends->mailbox);

  if (n_missed > 0 && wsp_connection_check_open (self, NULL))
    mark_slow (self, n_missed);
  wsp_connection_take_posted (self);
}
