/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Ends a connection: cleanly, by an error, or because its transport was lost. */
#include "connection/wsp-connection-private.h"

#include "attach/wsp-attach-private.h"
#include "base/wsp-error-private.h"
#include "connection/link/wsp-life-private.h"
#include "core/stream/stream.h"
#include "reactor/wsp-reactor-private.h"

/* From now on no message of another thread is accepted.  Messages that were accepted, but not yet
 * moved to the send queue, are dropped. */
static void
close_thread_sends (WspConnection *self)
{
  WspThreadSends *thread_sends = g_atomic_pointer_get (&self->thread_sends);

  if (thread_sends != NULL)
    wsp_mailbox_close (thread_sends->mailbox);
}

void
wsp_connection_show_life (WspConnection *self)
{
  WspLife *life = &self->link.life;
  WspLifeShown shown = wsp_life_get_row (life)->shown;

  if (shown == WSP_LIFE_SHOWS_OPEN || life->notified >= shown || wsp_connection_is_inherited (self))
    return;

  life->notified = shown;
  wsp_connection_ensure_details (self)->ending.closing_since =
    wsp_reactor_get_time (self->link.reactor);
  close_thread_sends (self);
  wsp_tap_list_notify_state (self->link.taps);
  wsp_connection_notify (self, WSP_NOTIFIES_STATE);
}

static void
connection_end_waiting (WspConnection *self)
{
  g_autoptr (GError) error = wsp_input_is_awaited (&self->input)
                             ? wsp_connection_make_error (self) : NULL;
  gboolean is_clean = wsp_close_info_is_clean (self->details->ending.close_info);
  WspConnectionDetails *details = self->details;
  WspCompletion *completion;
  WspWaitingPing *ping;

  wsp_input_end (&self->input, is_clean, error);
  while ((ping = g_queue_pop_head (&details->pings)))
    {
      wsp_completion_return_error (g_steal_pointer (&ping->completion),
                                   wsp_connection_make_error (self));
      wsp_waiting_ping_free (ping);
    }
  while ((completion = g_queue_pop_head (&details->flushers)))
    wsp_completion_return_error (completion, wsp_connection_make_error (self));
  wsp_link_set_waiting (&self->link, WSP_WAITING_FLUSH, FALSE);
  while ((completion = g_queue_pop_head (&details->ending.closers)))
    {
      if (is_clean)
        wsp_completion_return_number (completion, 0);
      else
        wsp_completion_return_error (completion, wsp_connection_make_error (self));
    }
}

/* The error of the write, or the one that ended the connection; NULL: no output waits. */
static GError *
make_output_error (WspConnection *self)
{
  const GError *of_write = wsp_connection_peek_details (self)->ending.output_error;

  if (!wsp_output_is_awaited (&self->output))
    return NULL;

  return of_write != NULL ? wsp_connection_make_call_error (of_write)
                          : wsp_connection_make_error (self);
}

/* Fails all output that has not left. */
static void
connection_end_output (WspConnection *self)
{
  g_autoptr (GError) error = make_output_error (self);
  WscStream *stream = self->link.stream;

  if (stream->phase != WSC_PHASE_CLOSED)
    (void) wsc_stream_abort (stream);
  wsp_output_end (&self->output, &self->link, error);
}

/* Code of the program may run. */
static void
clear_output (WspConnection *self)
{
  wsp_output_drop_parts (&self->output);
  wsp_output_clear (&self->output, &self->link);
}

static void
close_transport (WspConnection    *self,
                 WspTransportClose how)
{
  WspTransport *transport = g_steal_pointer (&self->link.transport);

  wsp_reactor_unset_timer (self->link.reactor, &self->timer);
  if (transport != NULL)
    wsp_transport_close (transport, how);
}

/* close_notify is of no use where the transport has ended, a write has failed or the session was
 * aborted. */
static WspTransportClose
get_close_mode (WspConnection *self)
{
  return !wsp_life_has_transport (&self->link.life) ||
         wsp_connection_peek_details (self)->ending.output_error != NULL ||
         wsp_connection_get_session_state (self) == WSP_SESSION_STATE_ABORTED
         ? WSP_TRANSPORT_CLOSE_NOW
         : WSP_TRANSPORT_CLOSE_GRACEFUL;
}

static void
run_closed (WspDue *due)
{
  g_autoptr (WspConnection) self =
    WSP_OWNER_OF (due, WspConnectionDetails, ending.closed_due)->connection;

  (void) wsp_life_enter (&self->link.life, WSP_LIFE_CLOSED);
  wsp_connection_call_leaving (self);
  if (!wsp_reactor_has_ended (self->link.reactor) && !wsp_connection_is_inherited (self))
    {
      wsp_connection_show_life (self);
      wsp_connection_emit_closed (self);
    }
  wsp_connection_let_go (self);
}

/* Nobody takes the lock of the mailbox: another thread may have held it, which the child does not
 * have. */
void
wsp_connection_leave (WspConnection *self)
{
  if (wsp_life_has_ended (&self->link.life))
    return;

  WspConnectionEnding *ending = &wsp_connection_ensure_details (self)->ending;

  g_clear_error (&ending->error);
  ending->error = wsp_error_new_inherited ("Connection");
  ending->close_info = wsp_connection_make_close_info (self);
  (void) wsp_life_enter (&self->link.life, WSP_LIFE_CLOSED);
  close_transport (self, WSP_TRANSPORT_CLOSE_NOW);
  wsp_input_drop_ahead (&self->input);  /* the parent gets these messages */
  connection_end_output (self);
  connection_end_waiting (self);
  if (!wsp_tap_list_is_notifying (self->link.taps))
    clear_output (self);
}

gboolean
wsp_connection_may_take_over (const WspConnection *self)
{
  if (!wsp_reactor_may_take_over (self->link.reactor))
    return FALSE;

  if (wsp_connection_is_inherited (self))
    wsp_connection_leave ((WspConnection *) self);
  return TRUE;
}

/* Pending calls get their results before `closed`, the last signal, is emitted.  closed_due is
 * queued before clear_output () and the notifies run code of the program, because that code may
 * wait for `closed`. */
void
wsp_connection_end (WspConnection *self)
{
  if (wsp_connection_is_inherited (self))
    wsp_connection_leave (self);
  if (wsp_life_has_ended (&self->link.life))
    return;

  WspTransportClose how = get_close_mode (self);
  WspConnectionEnding *ending = &wsp_connection_ensure_details (self)->ending;

  ending->close_info = wsp_connection_make_close_info (self);
  (void) wsp_life_enter (&self->link.life, WSP_LIFE_ENDED);
  wsp_connection_report_end (self);
  wsp_connection_keep_certificate (self);
  close_transport (self, how);
  wsp_tap_list_notify_state (self->link.taps);
  wsp_attach_remove (G_OBJECT (self));
  connection_end_output (self);
  connection_end_waiting (self);

  g_object_ref (self);
  ending->closed_due.run = run_closed;
  wsp_reactor_call (self->link.reactor, &ending->closed_due, WSP_DUE_THIS_DISPATCH);

  clear_output (self);
  wsp_connection_show_queue (self);
  wsp_connection_show_peer_close (self);
  wsp_connection_notify (self, WSP_NOTIFIES_CLOSE_INFO);
}

void
wsp_connection_drop (WspConnection *self)
{
  if (wsp_life_has_ended (&self->link.life))
    return;

  (void) wsp_life_enter (&self->link.life, WSP_LIFE_LOST);
  if (wsp_attach_is_watched ())
    wsp_attach_tell_closed (G_OBJECT (self), FALSE, "Program dropped the connection");
  wsp_attach_remove (G_OBJECT (self));
  close_transport (self, WSP_TRANSPORT_CLOSE_NOW);
  connection_end_output (self);
  if (!wsp_tap_list_is_notifying (self->link.taps))
    clear_output (self);
}
