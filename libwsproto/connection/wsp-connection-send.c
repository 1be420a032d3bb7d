/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The only entry for messages to send: the checks, then the output. */
#include "connection/wsp-connection-private.h"

#include <string.h>

#include "connection/link/wsp-life-private.h"
#include "connection/link/wsp-tap-list-private.h"
#include "session/wsp-session-lend-private.h"

gboolean
wsp_connection_check_room (WspConnection *self,
                           gsize          held,
                           GError       **error)
{
  guint64 limit = self->link.limits->max_send_queue;

  if (held < limit)
    return TRUE;

  wsp_connection_report_limit_once (self, WSP_REPORTED_MAX_SEND_QUEUE, held, limit);
  g_set_error (error, WSP_ERROR, WSP_ERROR_QUEUE_FULL,
               "Send queue is full: %" G_GSIZE_FORMAT ", limit max-send-queue %" G_GUINT64_FORMAT,
               held, limit);
  return FALSE;
}

gboolean
wsp_connection_check_output (WspConnection *self,
                             GError       **error)
{
  if (wsp_life_get_state (&self->link.life) != WSP_LIFE_INPUT_ONLY)
    return TRUE;

  g_propagate_error (error, wsp_connection_make_call_error (self->details->ending.output_error));
  return FALSE;
}

gboolean
wsp_connection_check_send (WspConnection *self,
                           GError       **error)
{
  if (!wsp_connection_check_output (self, error))
    return FALSE;

  if (!wsp_life_sends (&self->link.life))
    return wsp_connection_refuse_ended (self, "Connection is closed", error);

  return wsp_connection_check_room (self, self->output.queue.bytes, error);
}

gboolean
wsp_connection_check_open (WspConnection *self,
                           GError       **error)
{
  if (wsp_life_get_state (&self->link.life) == WSP_LIFE_OPEN &&
      wsp_session_get_state (wsp_connection_peek_session (self)) == WSP_SESSION_STATE_OPEN)
    return TRUE;

  if (!wsp_connection_check_output (self, error))
    return FALSE;

  return wsp_connection_refuse_ended (self, "Connection is closing or closed", error);
}

gboolean
wsp_connection_take_fault (WspConnection *self,
                           WscFault       fault,
                           GError       **error)
{
  if (fault == WSC_FAULT_NONE)
    return TRUE;

  g_propagate_error (error, wsp_connection_make_send_error (self, fault));
  return FALSE;
}

gboolean
wsp_send_flags_check (WspSendFlags flags,
                      GError     **error)
{
  const guint unknown = flags & ~(guint) (WSP_SEND_FLAGS_NO_COMPRESSION | WSP_SEND_FLAGS_URGENT);

  if (unknown == 0)
    return TRUE;

  g_set_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
               "Send flags are wrong: expected flags of WspSendFlags, received 0x%x", unknown);
  return FALSE;
}

gboolean
wsp_connection_send_message (WspConnection *self,
                             WspMessage    *message,
                             WspSendFlags   flags,
                             WspCompletion *completion,
                             GError       **error)
{
  WscFault fault;

  if (!wsp_connection_check_send (self, error))
    return FALSE;

  wsp_session_refresh_options (wsp_connection_peek_session (self));
  fault = wsp_output_send_message (&self->output, &self->link, message, flags, completion);
  if (!wsp_connection_take_fault (self, fault, error))
    return FALSE;

  if (wsp_output_has_behind (&self->link))
    wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);     /* send-queue-bytes notifies */
  wsp_connection_wake (self);
  return TRUE;
}

/* TRUE: wsp_connection_wake () would do nothing, because the turn that writes is queued for the end
 * of this dispatch. */
static inline gboolean
is_woken (const WspConnection *self)
{
  return wsp_reactor_get_depth (self->link.reactor) > 0 && wsp_due_is_queued (&self->due) &&
         !self->input.has_held_replies && !wsp_tap_list_is_notifying (self->link.taps);
}

/* Not inline: see wsp_connection_send_quietly (). */
static WSC_NOINLINE gboolean
join_or_send (WspConnection *self,
              WspMessage    *message,
              WspSendFlags   flags,
              GError       **error)
{
  if (!wsp_output_join_last (&self->output, &self->link, message, flags))
    return wsp_connection_send_message (self, message, flags, NULL, error);

  if (!is_woken (self))
    wsp_connection_wake (self);
  return TRUE;
}

/* Sends without a completion.  In the usual case, a short message in a turn, all is asked for here,
 * once.  The calls are last, so that no register is saved for a message that needs none of them. */
gboolean
wsp_connection_send_quietly (WspConnection *self,
                             WspMessage    *message,
                             WspSendFlags   flags,
                             GError       **error)
{
  if (wsp_session_has_old_options (wsp_connection_peek_session (self)))
    return wsp_connection_send_message (self, message, flags, NULL, error);

  if (wsp_output_may_write_message (&self->output, &self->link, message))
    return wsp_output_write_message (&self->output, &self->link, message);

  return join_or_send (self, message, flags, error);
}

/* Code of the program may run, and free the reason. */
gboolean
wsp_connection_send_close (WspConnection *self,
                           guint16        code,
                           const char    *reason,
                           GError       **error)
{
  g_autofree char *kept = g_strdup (reason != NULL ? reason : "");
  g_autoptr (GBytes) bytes = reason != NULL ? g_bytes_new (reason, strlen (reason)) : NULL;

  wsp_output_leave_parts (&self->output);
  if (!wsp_connection_take_fault (self, wsp_output_send_close (&self->output, &self->link, code,
                                                               bytes), error))
    return FALSE;

  wsp_connection_ensure_details (self)->ending.local_reason = g_steal_pointer (&kept);
  return TRUE;
}
